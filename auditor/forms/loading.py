"""Loads forms from files, and finds those whose words a text holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from auditor.forms.checks import faults_of_file
from auditor.forms.model import AS_WRITTEN, Form, FormError
from auditor.forms.words import squeezed
from auditor.records.text import Text
from auditor.toml.faults import Lines
from auditor.toml.reading import Unparsable, bytes_of, parsed

__all__ = ["Near", "detect", "load_form", "nearest"]

_NEAR: Final = 0.5
"""From which share of its words on a form is near to a text."""


_KIND: Final = ("form file", "様式ファイル")


def load_form(path: Path) -> Form:
    """Read a form definition; raises FormError with all that is wrong: file, line, key, reason."""
    data = bytes_of(path, *_KIND)
    if not isinstance(data, bytes):
        raise FormError(str(path), "-", Text(en=data[0], ja=data[1]))
    try:
        file = parsed(data)
    except Unparsable as why:
        raise FormError.with_faults(str(path), [why.fault], Lines(why.text)) from None
    try:
        form = Form.model_validate(file.content, context=AS_WRITTEN)
    except ValidationError as error:
        from auditor.forms.faults import faults_of_values  # few forms are faulty

        faults = faults_of_values(error, file.whole)
    else:
        wrong = faults_of_file(form)
        if not wrong:
            return form
        faults = [
            file.whole.fault(fault.key, fault.en, fault.ja, of_key=fault.of_key) for fault in wrong
        ]
    raise FormError.with_faults(str(path), faults, file.lines) from None


class Near(NamedTuple):
    """A form that nearly fits a text, and its words that do not occur in it."""

    form: Form
    missing: tuple[str, ...]


def nearest(text: str, forms: Iterable[Form]) -> Near | None:
    """The form of whose words most occur in a text that no form fits; None where none has half of
    them there.
    """
    body = squeezed(text)
    best: tuple[float, Near] | None = None
    for form in forms:
        for words in (form.detect, form.kpi.detect if form.kpi is not None else ()):
            missing = tuple(word for word in words if squeezed(word) not in body)
            share = 1 - len(missing) / len(words) if words else 0.0
            if share >= _NEAR and (best is None or share > best[0]):
                best = share, Near(form, missing)
    return best[1] if best else None


def detect(body: str, forms: Iterable[Form]) -> tuple[Form, ...]:
    """The forms that fit a document's text, which is squeezed: all words of the sheet, or all
    words of the KPI table, occur in it.
    """

    def fits(words: tuple[str, ...]) -> bool:
        return bool(words) and all(squeezed(word) in body for word in words)

    return tuple(
        form
        for form in forms
        if fits(form.detect) or (form.kpi is not None and fits(form.kpi.detect))
    )
