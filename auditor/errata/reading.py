"""Rows of a list of errata, read back from the workbook, CSV or JSON file that was written.

A list is a draft: people delete rows, and correct what stands in 誤 and 正. What a cell says now
counts; a row that says no more which place it is of is refused, with its number.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from auditor.errata.columns import BEFORE_SUBMISSION, HEADS, Head, displayed, typed
from auditor.errata.model import SIDES, ErrataRow, Side
from auditor.files.ooxml import Limits, PackageError, is_zip
from auditor.readers.source import Source, UnreadableDocument
from auditor.readers.workbook import opened_workbook
from auditor.readers.workbook.cells import SheetCell
from auditor.records.errors import AuditorError
from auditor.records.languages import Lang
from auditor.reports.csv_table import cell
from auditor.reports.wording import Wording
from auditor.reports.workbook.drawing import cell_text

__all__ = ["ErrataError", "read_errata"]

_NO_LIST: Final = (
    "is no list of errata that this program wrote (.xlsx, .csv or .json)",
    "このプログラムが書き出した正誤表（.xlsx、.csv、.json）ではありません",
)


class ErrataError(AuditorError):
    """A file that is no list of errata, or a row of one that can't be read."""


def read_errata(path: str | Path) -> tuple[ErrataRow, ...]:
    """The rows of a list that `auditor errata` wrote. Raises ErrataError."""
    try:
        source = Source.open(path)
    except UnreadableDocument as fault:
        en, ja = fault.message.en, fault.message.ja
        raise ErrataError(f"{path}: {en}", f"{path}：{ja}", place=str(path)) from None
    if is_zip(source.data):
        return tuple(_rows(_tables(source), str(path)))
    text = source.text or ""
    if text.lstrip().startswith("{"):
        return _of_json(text, str(path))
    return tuple(_rows([_lines(text)], str(path)))


def _refused(path: str) -> ErrataError:
    en, ja = _NO_LIST
    return ErrataError(f"{path} {en}", f"{path} は{ja}", place=path)


def _of_json(text: str, path: str) -> tuple[ErrataRow, ...]:
    try:
        data: Any = json.loads(text)
        rows: Any = data["errata"]
        return tuple(ErrataRow.model_validate(row) for row in rows)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _refused(path) from None


LANGS: Final[tuple[Lang, ...]] = get_args(Lang)

Line = tuple[int, Mapping[int, str]]
"""The number of a row, from 1, and its cells by column."""


def _lines(text: str) -> list[Line]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return []
    return [(number, dict(enumerate(row))) for number, row in enumerate(rows, 1)]


def _tables(source: Source) -> Iterator[list[Line]]:
    """The rows of each worksheet."""
    try:
        workbook = opened_workbook(source, Limits())
        worksheets = list(workbook.worksheets()) if workbook is not None else []
    except PackageError as fault:
        raise ErrataError(
            f"{source.path}: {fault.message.en}",
            f"{source.path}：{fault.message.ja}",
            place=source.path,
        ) from None
    for worksheet in worksheets:
        rows: dict[int, dict[int, str]] = {}
        for (row, column), item in worksheet.cells.items():
            rows.setdefault(row, {})[column] = _text_of(item)
        yield [(row, rows[row]) for row in sorted(rows)]


def _text_of(item: SheetCell) -> str:
    shown = item.shown
    return item.raw if shown is None else shown.text


def _rows(tables: Iterable[list[Line]], path: str) -> Iterator[ErrataRow]:
    """The rows of the table whose heads are those of a list."""
    for lines in tables:
        for at, (_, cells) in enumerate(lines):
            columns = _columns(cells)
            if columns is not None:
                for number, row in lines[at + 1 :]:
                    texts: dict[Head, str] = {
                        head: row.get(column, "") for head, column in columns.items()
                    }
                    if any(text.strip() for text in texts.values()):
                        yield _row(texts, number, path)
                return
    raise _refused(path)


def _columns(cells: Mapping[int, str]) -> dict[Head, int] | None:
    """Where each column of a list is, if these are its heads."""
    for lang in LANGS:
        for heads in (HEADS, BEFORE_SUBMISSION):
            names: dict[str, Head] = {text.of(lang): head for head, text in heads.items()}
            columns: dict[Head, int] = {
                names[text]: at for at, text in cells.items() if text in names
            }
            if len(columns) == len(heads):
                return columns
    return None


def _row(texts: Mapping[Head, str], number: int, path: str) -> ErrataRow:
    try:
        data: Any = json.loads(texts["key"])
        exact: Any = data.pop("exact", {})
        row = ErrataRow.model_validate(
            {
                **data,
                "page": texts["page"],
                "wrong": typed(texts["wrong"]),
                "right": typed(texts["right"]),
            }
        )
        written = ErrataRow.model_validate({**row.model_dump(), **exact})
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise ErrataError(
            f"{path}, row {number}: the column for reference does not say which place it is of",
            f"{path} の{number}行目：「照合用」の欄から、どの箇所の訂正か読み取れません",
            place=path,
        ) from None
    unchanged: dict[str, str | None] = {
        side: getattr(written, side) for side in SIDES if texts[side] in _shown(written, side)
    }
    return row.model_copy(update=unchanged)


def _shown(row: ErrataRow, side: Side) -> Iterator[str]:
    """What the cell of a side says in each language and each kind of file."""
    for lang in LANGS:
        text = displayed(row, side, Wording(lang))
        yield from (cell(text), cell_text(text))
