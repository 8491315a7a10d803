"""A sheet or a KPI as a record: its rows as they would be with corrected cells."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from functools import cached_property

from auditor.forms.model import Form
from auditor.formula.values import BLANK, Value
from auditor.records.decimals import EXACT
from auditor.records.model import Sheet
from auditor.rules.rows import Row, Rows
from auditor.rules.suspects import Beside, SuspectCell
from auditor.suspects.corrected import CorrectedRow
from auditor.suspects.expressions import Span, mask_of, stands_for, union
from auditor.suspects.habits import Column, Habits, habits_of
from auditor.suspects.problem import Point
from auditor.suspects.record import Record, Rules, Signs
from auditor.suspects.sheet_cells import SheetCells
from auditor.suspects.slips import slip

__all__ = ["SheetRecord"]


class SheetRecord(Record[Row]):
    """A sheet or a KPI with its rules. ``copied`` are the columns that another sheet prints, too;
    ``book`` are all rows.
    """

    def __init__(
        self,
        rules: Rules[Row],
        cells: SheetCells,
        copied: Collection[str],
        book: Rows,
    ) -> None:
        super().__init__(
            rules,
            cells.steps,
            cells.layout(copied),
            signs=_signs(rules, cells, book.form),
            computed=cells.computed,
            in_sums=_adjusted(rules, cells, book.form),
            percentages=rules.percentages(cells.units),
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
        row, name = cell.seen[0]
        low, high = (
            None if end is None else EXACT.multiply(Decimal(end), cell.grid) for end in span
        )
        exact = low == high and (low is not None or step is None)
        if row.claim is not None and low is not None and low < 0 <= (step or 0):
            exact = True  # a fall of so much, which the sentence would say in words
        owner, beside = cell.owner, None
        if self.cells.several and isinstance(owner, Sheet):
            beside = Beside(owner.document, owner.number)
        corrected = None
        if step is not None and not unknown:
            corrected = EXACT.multiply(Decimal(step), cell.grid)
        field, year, of_claim = cell.field, cell.year, ""
        if (
            row.claim is not None
        ):  # a figure of a sentence is called by its text, and its name there
            there = row.cell(name)
            field, year, of_claim = there.field, there.year, there.name
        return SuspectCell(
            field,
            year,
            cell.figure.value,
            corrected,
            None if exact else low,
            None if exact else high,
            cell.figure.unit,
            step is None,
            other_book=cell.other_book,
            beside=beside,
            name=of_claim,
            exact=exact,
            slip=slip(code),
        )


def _signs(rules: Rules[Row], cells: SheetCells, form: Form) -> Signs:
    """Which figures the form says may be negative, or may not. Where it says nothing, those that
    are computed from others may be differences.
    """
    allowed = cells.of_fields(form.figure_groups.get("negative_allowed", ()))
    names: Collection[str] = ()
    if "not_negative" in form.groups:
        names = form.figure_groups["not_negative"]
    elif "negative_allowed" in form.groups:
        names = form.amounts if form.table is None else form.fields.keys()
    barred = (cells.of_fields(names) & ~allowed) | cells.of_claims
    every = (1 << len(cells.cells)) - 1
    return Signs(allowed, barred, every & ~allowed & ~rules.derived)


def _adjusted(rules: Rules[Row], cells: SheetCells, form: Form) -> int:
    """The amounts (a mask) whose sums hold to the unit, as the form declares or, where it says
    nothing of sums, as rules do.
    """
    match form.sums:
        case "exact":
            return cells.of_fields(form.in_sums)
        case None:
            return union(mask_of((total, *parts)) for total, parts in rules.sums.items())
        case "rounded":
            return 0


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
