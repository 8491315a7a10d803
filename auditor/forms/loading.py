"""Loads forms from files, and finds those whose words a text holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from auditor.forms.checks import faults_of_file
from auditor.forms.model import AS_WRITTEN, Form, FormError
from auditor.forms.words import squeezed
from auditor.records.text import Text
from auditor.toml.faults import Lines
from auditor.toml.reading import Unparsable, bytes_of, parsed

__all__ = ["detect", "load_form"]

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
    if {"code", "severity", "formula"} <= set(file.content):
        reason = Text(
            en="this is a rule, not a form; --plugin takes both",
            ja="様式ではなく規則のファイルです（--plugin にはどちらも指定できます）",
        )
        raise FormError(str(path), "-", reason)
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


def detect(body: str, forms: Iterable[Form]) -> tuple[Form, ...]:
    """The forms that fit a document's text, which is squeezed: all words of the sheet, or all
    words of the KPI table, occur in it.

    Where no form does, those of lists that have no such words fit by all of their headings.
    """

    def fits(words: tuple[str, ...]) -> bool:
        return bool(words) and all(squeezed(word) in body for word in words)

    forms = tuple(forms)
    fitting = tuple(
        form
        for form in forms
        if fits(form.detect) or (form.kpi is not None and fits(form.kpi.detect))
    )
    return fitting or tuple(form for form in forms if not form.detect and _heads(form, body))


def _heads(form: Form, body: str) -> bool:
    """Whether a text holds the heading of the names and those of all figures of a form's list."""
    if form.listed is None:
        return False
    labels = [form.labels.get("name", ()), *(item.label for item in form.fields.values())]
    return all(
        any(all(squeezed(word) in body for word in label.split()) for label in alternatives)
        for alternatives in labels
    )
