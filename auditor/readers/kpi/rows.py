"""The rows of a table of indicators (KPIs), and how text is split into them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import chain
from typing import Final, Literal, NamedTuple, overload

from auditor.records.addresses import column_letters
from auditor.records.figures import Place

__all__ = ["Row", "filled_rows", "place_of", "split"]

_SHOWN: Final = 60
"""How much of a row a remark shows."""


class Row(NamedTuple):
    """One row of a table: ``order`` counts the rows that hold anything, ``line`` is where it
    starts.
    """

    order: int
    line: int
    cells: tuple[str, ...]

    def cell(self, index: int | None) -> str:
        """The text of a cell; nothing where the table lacks the column, or the row ends before."""
        return self.cells[index].strip() if index is not None and index < len(self.cells) else ""

    @property
    def printed(self) -> str:
        """The row as a remark shows it."""
        text = " ".join(" ".join(cell.split()) for cell in self.cells if cell.strip())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    @property
    def filled(self) -> int:
        """How many cells hold anything."""
        return sum(bool(cell.strip()) for cell in self.cells)


def filled_rows(rows: Iterable[tuple[int, tuple[str, ...]]]) -> list[Row]:
    """The rows that hold anything, of rows with the lines on which they start."""
    filled = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    return [Row(order, line, cells) for order, (line, cells) in enumerate(filled)]


@overload
def place_of(row: Row, index: int) -> Place: ...
@overload
def place_of(row: Row, index: int | None) -> Place | None: ...
def place_of(row: Row, index: int | None) -> Place | None:
    """Where a row's cell stands; None where the table lacks the column."""
    if index is None:
        return None
    return Place(line=row.line, cell=column_letters(index + 1))


def split(text: str, delimiter: Literal["\t", ","]) -> tuple[list[Row], int | None]:
    """The rows that hold anything, and the line from which the text can't be split."""
    records: list[tuple[int, tuple[str, ...]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line, broken_line = 1, None
    try:
        for cells in reader:
            records.append((line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        broken_line = line
    rows = filled_rows(records)
    if delimiter == "\t" and (broken_line is not None or _spans_cells(rows)):
        return _unquoted(text), None
    return rows, broken_line


def _spans_cells(rows: Iterable[Row]) -> bool:
    """Whether a quotation took tabs into a cell."""
    return any("\t" in cell for cell in chain.from_iterable(row.cells for row in rows))


def _unquoted(text: str) -> list[Row]:
    """The rows of text that was copied out of a page: nothing is quoted there, and a quotation
    mark is a character like any other.
    """
    lines = enumerate(io.StringIO(text, newline=""), 1)
    return filled_rows((number, tuple(line.rstrip("\r\n").split("\t"))) for number, line in lines)
