"""Looks for forms in a workbook that came back, in a confined place: it may be any file.

A form is a worksheet with the heads of the answers and of the ids. What its cells say is passed on
as texts; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Final

from auditor.forms.words import squeezed
from auditor.readers.source import Source, UnreadableDocument
from auditor.readers.workbook import Limits, opened_workbook
from auditor.readers.workbook.cells import SheetCell, unescaped
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.decimals import plain_digits
from auditor.reports.workbook.cells import HEADS

__all__ = ["Forms"]

_LINES: Final = 1_000
"""How many of the texts above the head of a worksheet, or of one without a head, are passed on."""
_MOST: Final = 100_000
"""How many rows of a worksheet are passed on."""
_HEADS: Final = ("answer", "id")
"""The columns by whose heads a worksheet is known as a form."""

_Row = dict[int, str]
_Json = dict[str, object]


class Forms:
    """The worker in the child process; ``factor`` says how far the limits are raised."""

    def __init__(self, factor: str) -> None:
        self._factor = int(factor)

    def answer(
        self, path: str, data: bytes, _: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, object]:
        """The worksheets of a workbook that are forms, and the texts that stand above; ``forms``
        is empty for any other workbook. Raises a CodedError for a file that can't be opened.
        """
        workbook = opened_workbook(Source(path, data), Limits().raised(self._factor))
        if workbook is None:
            raise UnreadableDocument(path, "no-workbook", "is no workbook", "ブックではありません")
        lines: list[str] = []
        forms: list[_Json] = []
        for worksheet in workbook.worksheets():
            rows = _rows(worksheet)
            head = next((number for number, row in rows.items() if _is_head(row.values())), None)
            above = (row.values() for number, row in rows.items() if head is None or number < head)
            lines += islice(chain.from_iterable(above), _LINES)
            if head is not None:
                forms.append(_form(worksheet.name, rows, head))
            progress()
        return {"lines": lines if forms else [], "forms": forms}


def _rows(worksheet: Worksheet) -> dict[int, _Row]:
    """The texts of a worksheet by row and column, hidden ones too: a filter hides rows."""
    rows: dict[int, _Row] = {}
    for (row, column), cell in sorted(worksheet.cells.items()):
        if (text := _text(cell)).strip():
            rows.setdefault(row, {})[column] = text
    return rows


def _text(cell: SheetCell) -> str:
    """What a cell holds: a number with its own digits, whatever its format prints, but for days,
    which nobody types as numbers.
    """
    if cell.shown is not None and cell.shown.kind == "day":
        return cell.shown.text
    number = cell.number
    return plain_digits(number) if number is not None else unescaped(cell.raw)


def _is_head(texts: Iterable[str]) -> bool:
    """Whether these are the heads of a form's columns."""
    names = {squeezed(text) for text in texts}
    return all(
        not names.isdisjoint({squeezed(HEADS[key].ja), squeezed(HEADS[key].en)}) for key in _HEADS
    )


def _form(name: str, rows: Mapping[int, _Row], head: int) -> _Json:
    """The rows below the head, each with its number and its texts by column."""
    below = islice(_below(rows, head), _MOST)
    heads = {str(column): text for column, text in rows[head].items()}
    return {"worksheet": name, "heads": heads, "rows": list(below)}


def _below(rows: Mapping[int, _Row], head: int) -> Iterator[_Json]:
    for number, row in rows.items():
        if number > head:
            texts = {str(column): text for column, text in row.items()}
            yield {"number": number, "texts": texts}
