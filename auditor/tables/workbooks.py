"""Tables in worksheets: rows of the cells as they are displayed, and where each of them stands.

The workbook's own reader takes its cells apart, in a confined place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from auditor.readers.shown import ShownCell, ShownWorksheet
from auditor.records.addresses import column_letters
from auditor.tables.cells import ROW
from auditor.tables.headings import Header

__all__ = ["Cells", "Segment", "Typed", "frame_of", "lines_of", "of_workbook"]

_PREFIX: Final = "#typed "
_TYPED: Final = pl.Struct(
    {"value": pl.String, "held": pl.String, "unit": pl.String, "unread": pl.Boolean}
)
_FIELDS: Final = ("value", "held", "unit", "unread")


@dataclass(frozen=True)
class Segment:
    """The rows of one worksheet: those after ``offset``, with the columns' numbers by heading."""

    offset: int
    worksheet: str
    columns: Mapping[str, int]


@dataclass(frozen=True)
class Cells:
    """Where the rows of a workbook's table stand. The rows of a second worksheet are counted on
    from those of the first.
    """

    segments: tuple[Segment, ...]

    def place(self, row: int, column: str = "") -> str:
        """The cell of a row, as in ``Grants!B4``; that of its first column for no heading."""
        index = bisect_right([segment.offset for segment in self.segments], row - 1) - 1
        segment = self.segments[max(index, 0)]
        number = segment.columns.get(column) or min(segment.columns.values())
        return f"{segment.worksheet}!{column_letters(number)}{row - segment.offset}"

    def column(self, rows: pl.Series, column: str) -> pl.Series:
        """The cells of all rows in a column."""
        return pl.Series([self.place(row, column) for row in rows], dtype=pl.String)


@dataclass(frozen=True)
class Typed:
    """What the cells of a column hold that are no texts: the numbers that they print, what they
    hold where that is another number, the units that they print, and which of them show nobody
    knows what.
    """

    values: pl.Series
    held: pl.Series
    units: pl.Series
    unread: pl.Series


def typed_name(column: str) -> str:
    """The column of a frame that says what a column's cells hold."""
    return f"{_PREFIX}{column}"


def of_workbook(frame: pl.DataFrame, column: str) -> Typed | None:
    """What a column's cells hold; None for a table of no workbook."""
    if typed_name(column) not in frame.columns:
        return None
    fields = frame[typed_name(column)].struct.unnest()
    return Typed(fields["value"], fields["held"], fields["unit"], fields["unread"].fill_null(False))


def frame_of(
    worksheet: ShownWorksheet, header: Header, names: Mapping[str, int], offset: int
) -> pl.DataFrame:
    """The rows of a worksheet below its heading, those that hold anything: the texts of the
    columns ``names``, which are numbered, what their cells hold, and the count of each row.
    """
    by_row: dict[int, dict[int, ShownCell]] = {}
    for cell in worksheet.cells:
        if cell.row > header.last and (cell.text.strip() or cell.unread):
            by_row.setdefault(cell.row, {})[cell.column] = cell
    rows = sorted(by_row)
    columns = [pl.Series(ROW, [row + offset for row in rows], dtype=pl.Int64)]
    for name, number in names.items():
        cells = [by_row[row].get(number) for row in rows]
        texts = [None if cell is None else cell.text or None for cell in cells]
        columns.append(pl.Series(name, texts, dtype=pl.String))
        held = [
            None if cell is None else (cell.value, cell.held, cell.unit or None, cell.unread)
            for cell in cells
        ]
        data = [None if item is None else dict(zip(_FIELDS, item, strict=True)) for item in held]
        columns.append(pl.Series(typed_name(name), data, dtype=_TYPED))
    return pl.DataFrame(columns)


def lines_of(worksheet: ShownWorksheet, first: int, count: int) -> list[list[str]]:
    """Some rows of a worksheet as the texts of their cells."""
    rows: list[list[str]] = [[] for _ in range(count)]
    for cell in worksheet.cells:
        if first <= cell.row < first + count:
            texts = rows[cell.row - first]
            texts.extend([""] * (cell.column - len(texts)))
            texts[cell.column - 1] = cell.text
    return rows
