"""Writes the program's own records as JSON; ``auditor.readers.json.records`` reads them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from auditor.readers.json.exact import Object, as_list
from auditor.records.figures import Record
from auditor.records.heads import RecordsHead
from auditor.records.model import Book, Document, NotChecked

__all__ = ["SCHEMA_VERSION", "dump_records"]

SCHEMA_VERSION: Final = 1
_TELLING: Final = ("value", "result", "reason")
"""Keys whose null says something: that a cell is blank, that there is no evaluation."""


def dump_records(
    books: Iterable[Book],
    not_checked: Iterable[NotChecked] = (),
    head: RecordsHead | None = None,
) -> str:
    """The books as JSON, one document and one record a line; reading it gives them again. ``head``
    says of which act they are the record.

    Records whose document their book does not list get an entry for it: without one, a record has
    no form.
    """
    lists: dict[str, list[Any]] = {"documents": [], "sheets": [], "kpis": []}
    for book in books:
        listed = {document.path for document in book.documents}
        paths = dict.fromkeys(
            [
                *(sheet.document for sheet in book.sheets),
                *(kpi.document for kpi in book.kpis),
            ]
        )
        unlisted = [_unlisted(path, book) for path in paths if path not in listed]
        named = {"book": book.name} if book.name else {}
        for name, records in (
            ("documents", (*book.documents, *unlisted)),
            ("sheets", book.sheets),
            ("kpis", book.kpis),
        ):
            lists[name] += [named | _bare(record) for record in records]
    if missed := tuple(not_checked):
        lists["not_checked"] = [_bare(reason) for reason in missed]
    parts = [
        f'"schema_version": {SCHEMA_VERSION}',
        *([f'"head": {_line(_bare(head))}'] if head is not None else []),
        *(f'"{name}": {_lines(records)}' for name, records in lists.items()),
    ]
    return "{" + ",\n ".join(parts) + "}\n"


def _unlisted(path: str, book: Book) -> Document:
    """A document that has records in a book that does not list it."""
    sheets = [sheet for sheet in book.sheets if sheet.document == path]
    kpis = [kpi for kpi in book.kpis if kpi.document == path]
    return Document.of(path, book.form, book.fiscal_year, sheets, kpis)


def _bare(record: Record) -> Object:
    return cast(Object, _without_gaps(record.model_dump(mode="json")))


def _lines(records: Sequence[Object]) -> str:
    return "[" + ",\n  ".join(map(_line, records)) + "]"


def _line(record: Object) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _without_gaps(data: Any) -> Any:
    """Without what is None, except where that says something: a blank figure's value, an
    evaluation without result or reason.

    Few forms have figures of their own, so the others' records say nothing of them.
    """
    if isinstance(data, dict):
        items = cast(Object, data).items()
        return {
            key: _without_gaps(value)
            for key, value in items
            if (value is not None or key in _TELLING) and not (key == "figures" and not value)
        }
    if isinstance(data, list):
        return [_without_gaps(item) for item in as_list(data)]
    return data
