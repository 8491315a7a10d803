"""A sheet or a KPI as a record: its rows as they would be with corrected cells."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from functools import cached_property

from auditor.formula.values import BLANK, Value
from auditor.records.decimals import EXACT
from auditor.rules.rows import Row, Rows
from auditor.rules.suspects import SuspectCell
from auditor.suspects.corrected import CorrectedRow
from auditor.suspects.expressions import Span, stands_for
from auditor.suspects.habits import Column, Habits, habits_of
from auditor.suspects.problem import Point
from auditor.suspects.record import Record, Rules
from auditor.suspects.sheet_cells import SheetCells
from auditor.suspects.slips import slip

__all__ = ["SheetRecord"]


class SheetRecord(Record[Row]):
    """A sheet or a KPI with its rules. ``negative`` are the cells (a mask) that may well be
    negative, ``copied`` the columns that another sheet prints, too; ``book`` are all rows.
    """

    def __init__(
        self,
        rules: Rules[Row],
        cells: SheetCells,
        negative: int,
        copied: Collection[str],
        book: Rows,
    ) -> None:
        super().__init__(
            rules,
            cells.steps,
            cells.layout(copied),
            negative=negative,
            computed=cells.computed,
            in_sums=cells.of_fields(_adjusted(book)),
            results=cells.results,
        )
        self.cells = cells
        self._book = book

    @cached_property
    def habits(self) -> Habits:
        """What all sheets of the book show of blank cells."""
        return self._book.once(_habits_of_book)

    def corrected(self, point: Point) -> Callable[[Row], CorrectedRow]:
        values_of: dict[int, dict[str, Value]] = {}
        for at, step in point.items():
            cell = self.cells.cells[at]
            value = BLANK if step is None else stands_for(self.cells.variables[at], step)
            for row, name in cell.seen if cell else ():
                values = values_of.get(id(row))
                if values is None:
                    values = values_of[id(row)] = dict(row.values)
                values[name] = value
        return lambda row: CorrectedRow(row, values_of)

    def cell(
        self, at: int, step: int | None, span: Span, code: str, unknown: bool = False
    ) -> SuspectCell:
        cell = self.cells.cells[at]
        if cell is None:
            return SuspectCell("agreed", exact=False, slip=slip(code))
        low, high = (
            None if end is None else EXACT.multiply(Decimal(end), cell.grid) for end in span
        )
        exact = low == high and (low is not None or step is None)
        corrected = None
        if step is not None and not unknown:
            corrected = EXACT.multiply(Decimal(step), cell.grid)
        return SuspectCell(
            cell.field,
            cell.year,
            cell.figure.value,
            corrected,
            None if exact else low,
            None if exact else high,
            cell.figure.unit,
            step is None,
            other_book=cell.other_book,
            exact=exact,
            slip=slip(code),
        )


def _adjusted(book: Rows) -> Collection[str]:
    """The amounts whose sums hold to the unit, as the form declares."""
    return book.form.in_sums if book.form.sums == "exact" else ()


def _habits_of_book(rows: Rows) -> Habits:
    """What the columns of all sheets have in common."""
    sheets: dict[int, list[Column]] = {}
    for row in rows.of("year"):
        figures = {name: row.figure(name) for name in row.form.fields}
        column = {
            name: None if figure.value is None else float(figure.value)
            for name, figure in figures.items()
            if figure is not None
        }
        sheets.setdefault(id(row.sheet), []).append(column)
    return habits_of(sheets.values())
