"""Layouts described by their parts from top to bottom (lines of text, labels beside values, tables
under grouped headings) and laid out on a worksheet.

``tests.documents.either_kind.document_bytes`` writes the worksheet as a document of any kind,
``grid_of`` as a grid of cells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from auditor.readers.grid.cells import Grid, TextCell
from auditor.records.addresses import address
from auditor.records.figures import Place
from tests.documents.delimited_writer import shown
from tests.documents.workbook_writer import PlainCell, PlainWorksheet

__all__ = [
    "Beside",
    "Headed",
    "Lines",
    "Pairs",
    "Piece",
    "Table",
    "Value",
    "cell_of",
    "grid_of",
    "leaves",
    "place_pieces",
    "worksheet_of",
]

Value = str | int | Decimal | PlainCell | None
"""What a cell holds; None for an empty one. Whole numbers get thousands separators, △ below zero."""

Headed = str | tuple[str, "Sequence[Headed]"]
"""A heading, or one with others under it: ``("財源内訳", ("国庫支出金", "一般財源"))``."""

_WHOLE: Final = '#,##0;"△ "#,##0'


@dataclass(frozen=True)
class Lines:
    """Lines of text over the whole width: titles, notes. An empty text leaves a row free."""

    texts: Sequence[str]
    align: Literal["left", "right"] = "left"
    merged: bool = True


@dataclass(frozen=True)
class Pairs:
    """Labels with their values to the right; each row has one pair or several."""

    rows: Sequence[Sequence[tuple[str, Value]]]
    label_columns: int = 1
    value_columns: int = 1


@dataclass(frozen=True)
class Table:
    """A table: its headings, and under them rows of values, one for each column.

    A row that is a text stands over the whole width: the name of a section. In the columns
    ``merged_down`` (counted from 0), a value like the one above is merged with it. ``groups`` says
    how a heading over several columns is written; ``repeat_every`` is after how many rows the
    headings are printed again.
    """

    headings: Sequence[Headed]
    rows: Sequence[Sequence[Value] | str]
    merged_down: Collection[int] = ()
    groups: Literal["merged", "first", "repeated"] = "merged"
    repeat_every: int = 0

    @property
    def width(self) -> int:
        return sum(leaves(heading) for heading in self.headings)

    @property
    def heading_rows(self) -> int:
        return max((_depth(heading) for heading in self.headings), default=0)


@dataclass(frozen=True)
class Beside:
    """Stacks of parts side by side, with a free column between them."""

    stacks: Sequence[Sequence[Piece]]


Piece = Lines | Pairs | Table | Beside


def leaves(heading: Headed) -> int:
    """How many columns a heading stands over."""
    return 1 if isinstance(heading, str) else sum(leaves(under) for under in heading[1])


def _depth(heading: Headed) -> int:
    return 1 if isinstance(heading, str) else 1 + max(_depth(under) for under in heading[1])


def cell_of(value: Value) -> PlainCell:
    """The cell of a value, in the number format that a finance section would give it."""
    if isinstance(value, PlainCell):
        return value
    if isinstance(value, int):
        return PlainCell(Decimal(value), number_format=_WHOLE)
    if isinstance(value, Decimal):
        decimals = max(-int(value.as_tuple().exponent), 0)
        return PlainCell(value, number_format="#,##0." + "0" * decimals if decimals else _WHOLE)
    return PlainCell(value)


def _width(piece: Piece) -> int:
    match piece:
        case Lines():
            return 1
        case Pairs():
            each = piece.label_columns + piece.value_columns
            return each * max(len(row) for row in piece.rows)
        case Table():
            return piece.width
        case Beside():
            return sum(_stack_width(stack) + 1 for stack in piece.stacks) - 1


def _stack_width(pieces: Sequence[Piece]) -> int:
    return max(_width(piece) for piece in pieces)


def worksheet_of(name: str, pieces: Sequence[Piece]) -> PlainWorksheet:
    """A worksheet with these parts below each other."""
    worksheet = PlainWorksheet(name)
    place_pieces(worksheet, pieces)
    return worksheet


def place_pieces(
    worksheet: PlainWorksheet, pieces: Sequence[Piece], top: int = 1, left: int = 1
) -> int:
    """Lay the parts out below each other from a cell on; the first row below them."""
    width = _stack_width(pieces)
    for piece in pieces:
        match piece:
            case Lines():
                top = _place_lines(worksheet, piece, top, left, width)
            case Pairs():
                top = _place_pairs(worksheet, piece, top, left)
            case Table():
                top = _place_table(worksheet, piece, top, left)
            case Beside():
                top = _place_beside(worksheet, piece, top, left)
    return top


def _place_lines(worksheet: PlainWorksheet, lines: Lines, top: int, left: int, width: int) -> int:
    for row, text in enumerate(lines.texts, top):
        if not text:
            continue
        if lines.align == "right":
            worksheet.put(row, left + width - 1, text)
        else:
            worksheet.put(row, left, text, columns=width if lines.merged else 1)
    return top + len(lines.texts)


def _place_pairs(worksheet: PlainWorksheet, pairs: Pairs, top: int, left: int) -> int:
    each = pairs.label_columns + pairs.value_columns
    for row, line in enumerate(pairs.rows, top):
        for index, (label, value) in enumerate(line):
            at = left + index * each
            worksheet.put(row, at, label, columns=pairs.label_columns)
            beside = at + pairs.label_columns
            _put(worksheet, row, beside, value, columns=pairs.value_columns)
    return top + len(pairs.rows)


def _place_beside(worksheet: PlainWorksheet, beside: Beside, top: int, left: int) -> int:
    bottom = top
    for stack in beside.stacks:
        bottom = max(bottom, place_pieces(worksheet, stack, top, left))
        left += _stack_width(stack) + 1
    return bottom


def _put(
    worksheet: PlainWorksheet, row: int, column: int, value: Value, rows: int = 1, columns: int = 1
) -> None:
    if value is not None:
        worksheet.cells[row, column] = cell_of(value)
    if rows > 1 or columns > 1:
        worksheet.merges.append((row, column, row + rows - 1, column + columns - 1))


# --- tables ---------------------------------------------------------------------------------------


def _place_table(worksheet: PlainWorksheet, table: Table, top: int, left: int) -> int:
    size = table.repeat_every or max(len(table.rows), 1)
    for start in range(0, max(len(table.rows), 1), size):
        column = left
        for heading in table.headings:
            _place_heading(worksheet, table, heading, top, column, table.heading_rows)
            column += leaves(heading)
        top += table.heading_rows
        top = _place_rows(worksheet, table, table.rows[start : start + size], top, left)
    return top


def _place_heading(
    worksheet: PlainWorksheet, table: Table, heading: Headed, row: int, column: int, rows: int
) -> None:
    """Write a heading into its rows, and those under it into the rows below its first."""
    merged = table.groups == "merged"
    if isinstance(heading, str):
        _put(worksheet, row, column, heading, rows=rows if merged else 1)
        return
    text, under = heading
    width = leaves(heading)
    if table.groups == "repeated":
        for at in range(column, column + width):
            _put(worksheet, row, at, text)
    else:
        _put(worksheet, row, column, text, columns=width if merged else 1)
    for inner in under:
        _place_heading(worksheet, table, inner, row + 1, column, rows - 1)
        column += leaves(inner)


def _place_rows(
    worksheet: PlainWorksheet,
    table: Table,
    rows: Sequence[Sequence[Value] | str],
    top: int,
    left: int,
) -> int:
    for row, values in enumerate(rows, top):
        if isinstance(values, str):
            _put(worksheet, row, left, values, columns=table.width)
            continue
        assert len(values) == table.width, f"{len(values)} values under {table.width} headings"
        for column, value in enumerate(values):
            if column not in table.merged_down:
                _put(worksheet, row, left + column, value)
    for column in table.merged_down:
        _merge_down(worksheet, rows, top, left, column)
    return top + len(rows)


def _merge_down(
    worksheet: PlainWorksheet,
    rows: Sequence[Sequence[Value] | str],
    top: int,
    left: int,
    column: int,
) -> None:
    """Write the values of a column, equal neighbours as one merged cell."""
    values = [None if isinstance(row, str) else row[column] for row in rows]
    start = 0
    for index in range(1, len(values) + 1):
        if index < len(values) and values[index] == values[start] and values[start] is not None:
            continue
        if not isinstance(rows[start], str):
            _put(worksheet, top + start, left + column, values[start], rows=index - start)
        start = index


# --- a grid ---------------------------------------------------------------------------------------


def grid_of(worksheet: PlainWorksheet) -> Grid:
    """The worksheet as a grid of texts, with the places that its workbook would give."""

    def place(row: int, column: int) -> Place:
        return Place(sheet=worksheet.name, cell=address(row, column))

    merged = {(top, left): (bottom, right) for top, left, bottom, right in worksheet.merges}
    cells: list[TextCell] = []
    for (row, column), cell in sorted(worksheet.cells.items()):
        bottom, right = merged.get((row, column), (row, column))
        if text := shown(cell):
            spans = bottom - row + 1, right - column + 1
            cells.append(TextCell(row, column, text, place(row, column), *spans))
    return Grid.of(cells, place)
