"""A sheet's evaluations, once a reader has found their words.

Why one is blank, and what that says about the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.wording import key_of
from auditor.records.figures import Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Evaluation, Status

__all__ = [
    "BlankReason",
    "blank_reason",
    "evaluation_of",
    "places_of",
    "status_from",
    "status_of",
]

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
    places: Mapping[str, Place | None],
) -> Evaluation:
    """The record of one year's evaluation; ``result`` as printed. ``places`` are those of the
    issues and the direction, by field; a reason stands in one of them, or in the result's.
    """
    texts = {"issues": issues, "direction": direction}
    holding = (
        name
        for name, text in texts.items()
        if reason is not None and reason.sentence in "".join(text.splitlines())
    )
    if (name := next(holding, None)) is not None:
        places = {**places, "reason": places.get(name)}
    return Evaluation(
        year=year,
        result=result,
        meaning=form.meaning(result),
        reason=reason.sentence if reason is not None else None,
        reason_code=reason.code if reason is not None else None,
        direction=direction,
        issues=issues,
        place=place,
        places=places_of(places),
    )


def places_of(places: Mapping[str, Place | None]) -> FrozenDict[str, Place]:
    """The places of a record's texts that are known, by field."""
    return FrozenDict({name: place for name, place in places.items() if place is not None})


def status_of(form: Form, fiscal_year: int, evaluations: Mapping[str, Evaluation]) -> Status | None:
    """What the first reason for a blank evaluation says about the project; None where it is not
    known.
    """
    words = {
        year: (evaluation.result, evaluation.reason_code)
        for year, evaluation in evaluations.items()
    }
    return status_from(form, fiscal_year, words)


def status_from(
    form: Form, fiscal_year: int, evaluations: Mapping[str, tuple[str | None, str | None]]
) -> Status | None:
    """The status from each evaluation's result and the code of the reason for its being blank.

    An evaluation that is not there may give a reason that nobody has read, and so may one whose
    result is no word of the form.
    """
    if not form.reasons:
        return "continuing"
    evaluated = (str(fiscal_year + offset) for offset in form.evaluated)
    for year in sorted({*evaluated, *evaluations}):
        result, code = evaluations.get(year, (None, None))
        for status in form.reasons:
            if status == code:
                return status
        if result is None or (form.evaluations and form.meaning(result) is None):
            return None
    return "continuing"


def _bare(text: str) -> str:
    """The text's letters and digits: bullets and full stops do not make a text say more."""
    return "".join(character for character in key_of(text) if character.isalnum())
