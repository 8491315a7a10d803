"""Records that Python code gives as dicts, with the shapes and the checks of those in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Final, cast

from auditor.forms.model import Form
from auditor.readers.json.records import read_records
from auditor.readers.source import ReadResult, Source, UnreadableDocument

__all__ = ["records_given"]

NAME: Final = "records"
"""What the document of records is called that names none."""


def records_given(
    records: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    forms: Mapping[str, Form],
    form: Form | None = None,
) -> ReadResult:
    """The books of records: sheets, or a mapping with ``sheets``, ``kpis`` and ``documents``.

    Numbers may be numpy's. Raises UnreadableDocument where nothing can be made of them.
    """
    if isinstance(records, Mapping):
        top = dict(cast("Mapping[str, Any]", records))
    else:
        top = {"sheets": list(records)}
    try:
        text = json.dumps(top, default=_plain, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise UnreadableDocument(
            NAME,
            "wrong-record",
            "they hold what is no text, number, date, list or mapping, or a number that is"
            " not finite",
            "文字列、数値、日付、リスト、辞書のいずれでもない値、または有限でない数値があります",
        ) from None
    return read_records(Source(NAME, text.encode()), forms, form)


def _plain(value: object) -> object:
    """A value that JSON has no shape for, as one that it has; figures keep every digit."""
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, Real) and not isinstance(value, Decimal):
        return float(str(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if isinstance(value, tuple | set | frozenset):
        return list(cast("Iterable[object]", value))
    raise TypeError
