"""A sheet's evaluations, once a reader has found their words: why one is blank, and what that says
about the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.wording import key_of
from auditor.records.figures import Place
from auditor.records.model import Evaluation, Status

__all__ = ["BlankReason", "blank_reason", "evaluation_of", "status_of"]

_SENTENCE: Final = re.compile(r"[^。\n]+。?")


class BlankReason(NamedTuple):
    """The sentence that says why an evaluation is blank, and the form's code for it."""

    sentence: str
    code: str


def blank_reason(form: Form, result: str | None, texts: Iterable[str]) -> BlankReason | None:
    """The first reason that the texts give.

    Beside a result it counts only where the text says nothing else: a narrative may well speak of
    a new project.
    """
    for text in texts:
        for sentence in _SENTENCE.findall(text):
            code = form.reason_code(sentence)
            if code and (result is None or _bare(sentence) == _bare(text)):
                return BlankReason(sentence.strip(), code)
    return None


def evaluation_of(
    form: Form,
    year: int,
    result: str | None,
    reason: BlankReason | None,
    *,
    direction: str,
    issues: str,
    place: Place | None,
) -> Evaluation:
    """The record of one year's evaluation; ``result`` as printed."""
    return Evaluation(
        year=year,
        result=result,
        meaning=form.meaning(result),
        reason=reason.sentence if reason is not None else None,
        reason_code=reason.code if reason is not None else None,
        direction=direction,
        issues=issues,
        place=place,
    )


def status_of(form: Form, evaluations: Mapping[str, Evaluation]) -> Status:
    """What the first reason for a blank evaluation says about the project."""
    codes = (evaluation.reason_code for evaluation in evaluations.values())
    first = next((code for code in codes if code), None)
    for status in form.reasons:
        if status == first:
            return status
    return "continuing"


def _bare(text: str) -> str:
    """The text's letters and digits: bullets and full stops do not make a text say more."""
    return "".join(character for character in key_of(text) if character.isalnum())
