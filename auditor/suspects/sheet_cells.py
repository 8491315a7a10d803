"""The cells of a sheet or a KPI as the search sees them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, cast

from auditor.forms.model import FieldDefinition
from auditor.formula.trace import Trace
from auditor.formula.tree import Call, FunctionName, Name
from auditor.formula.values import Missing
from auditor.formula.written import written
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.fields import Each, OtherBook
from auditor.records.figures import Figure
from auditor.records.model import Kpi, Sheet
from auditor.rules.rows import Row
from auditor.suspects.evidence import CellEvidence
from auditor.suspects.expressions import Variable, mask_of
from auditor.suspects.layout import Layout, series

__all__ = ["CellKey", "SheetCell", "SheetCells", "key_of"]

CellKey = tuple[OtherBook | None, str, str | None]
"""The book beside the judged one that a cell is of, its field and its year."""

FORMULA: Final = 2.0
"""The weight of a cell with a formula: it is wrong where its inputs are."""
COMPUTED: Final = 0.99
"""The chance that a cell with a formula is wrong where its inputs are."""
TYPED: Final = 0.1
"""The chance that a typed figure that agrees with wrong inputs was computed from them."""
AGREED: Final = 3.5
"""The weight of what a book agrees on, to which each row that agrees adds."""
WITNESS: Final = 0.25
MANY: Final = 60
_REFERENCE: Final = re.compile(r"[A-Za-z]\$?[0-9]")


@dataclass(slots=True)
class SheetCell:
    """One figure of the record, with every row and name under which formulas see it."""

    figure: Figure
    field: str
    year: str | None
    grid: Decimal
    other_book: OtherBook | None
    owner: Sheet | Kpi | None
    seen: list[tuple[Row, str]]


class SheetCells:
    """The cells of a sheet or a KPI, in the form's order; others come as rules name them."""

    computed: int

    def __init__(
        self,
        rows: Sequence[Row],
        evidence: Mapping[CellKey, CellEvidence],
    ) -> None:
        self._book = rows[0].rows
        self._owners = {id(row.sheet or row.kpi) for row in rows}
        self._main = id(rows[0].sheet or rows[0].kpi)
        mine = {id(row.sheet or row.kpi) for row in rows if row.rows is self._book}
        self.several: bool = len(mine) > 1
        """Whether several sheets of this book are explained together."""
        self.cells: list[SheetCell | None] = []
        """None stands for what the book agrees on."""
        self.computed = 0
        """The cells (a mask) that hold a formula."""
        self.results: dict[int, dict[int, str]] = {}
        self._evidence = evidence
        self.variables: list[Variable] = []
        self.steps: list[int | None] = []
        self.units: list[str] = []
        """The unit of each cell; none for what the book agrees on."""
        self._places: dict[tuple[int, CellKey], int] = {}
        self._agreed: dict[tuple[FunctionName, str, Each, str | None], int] = {}
        for row in rows:
            for name in _figures(row):
                self.index(row, name)

    def index(self, row: Row, name: str) -> int | None:
        """The cell that a name stands for on a row; None where it is no figure, or one that is
        not to be filled in.
        """
        figure = row.figure(name)
        definition = row.definition(name) or (
            row.definition("due_actual") if row.scope == "kpi" else None
        )
        if figure is None or definition is None or figure.state in ("text", "unread"):
            return None
        if self._is_elsewhere(row):
            return None
        key = self._place_of(row), self._key_of(row, name)
        at = self._places.get(key)
        if at is not None:
            cell = self.cells[at]
            if cell is not None and (row, name) not in cell.seen:
                cell.seen.append((row, name))
            return at
        if figure.state == "dash" or (figure.value is None and row.scope in ("kpi", "kpi_year")):
            return None
        self._places[key] = at = len(self.cells)
        self._append(row, name, figure, definition)
        return at

    def _is_elsewhere(self, row: Row) -> bool:
        """Whether a row is of a sheet that is not explained here, nor a partner of one that is:
        its figures are right as they stand.
        """
        if row.rows is self._book:
            return id(row.sheet or row.kpi) not in self._owners
        return self._book.other_book(row) is None

    def _place_of(self, row: Row) -> int:
        """What tells the sheets of this book apart; those of other books are partners."""
        return id(row.sheet or row.kpi) if row.rows is self._book else self._main

    def is_main(self, cell: SheetCell) -> bool:
        """Whether a cell stands on the sheet that is explained first, or its partner."""
        return cell.owner is None or id(cell.owner) == self._main

    def _append(self, row: Row, name: str, figure: Figure, definition: FieldDefinition) -> None:
        unit = definition.unit
        if figure.unit and figure.unit in row.form.units:
            unit = figure.unit
        factor = row.factor(unit)
        grid = definition.step
        if figure.value is not None and EXACT.remainder(figure.value, grid):
            grid = Decimal(1).scaleb(min(0, cast(int, figure.value.as_tuple().exponent)))
        at, key = len(self.cells), self._key_of(row, name)
        weight, follows = _doubts(figure, definition)
        if is_formula(figure):
            self.computed |= 1 << at
        is_main = self._place_of(row) == self._main
        if is_main and (evidence := self._evidence.get(key)) is not None:
            weight = min(weight, evidence.weight)
            self.results[at] = {
                int(Fraction(value) / Fraction(grid)): code
                for value, code in evidence.results.items()
            }
        one_step = figures.base_units(grid, factor)
        width = figures.base_units(definition.step, factor)
        step = None if figure.value is None else int(Fraction(figure.value) / Fraction(grid))
        self.variables.append(
            Variable(name, one_step, definition.rounding, width, weight, follows=follows)
        )
        self.steps.append(step)
        self.units.append(unit)
        book, field, year = key
        owner = (row.sheet or row.kpi) if row.rows is self._book else None
        self.cells.append(SheetCell(figure, field, year, grid, book, owner, [(row, name)]))

    def _key_of(self, row: Row, name: str) -> CellKey:
        return self._book.other_book(row), *key_of(row, name)

    def consensus(self, call: Trace[Row]) -> int | None:
        """The cell that stands for what the book agrees on; None where the form declares it, or
        the book does not agree.
        """
        node = cast(Call, call.node)
        declared = node.arguments[-1]
        if isinstance(declared, Name) and call.row.param(declared.value) is not None:
            return None
        if isinstance(call.value, Missing):
            return None
        key = (node.function, written(node.arguments[0]), call.row.scope, call.row.column)
        if key not in self._agreed:
            self._agreed[key] = len(self.variables)
            weight = AGREED + min(MANY, call.size or 0) * WITNESS
            self.variables.append(Variable("agreed", 1, weight=weight, agreed=True))
            self.steps.append(0)
            self.units.append("")
            self.cells.append(None)
        return self._agreed[key]

    def layout(self, copied: Collection[str]) -> Layout:
        """The cells beside each in its column, its own of other years, and the columns; of which
        some are those of another sheet, too. Of a partner in another book, which nobody types
        again, only the years are of use.
        """
        columns: dict[str | None, list[int]] = {}
        groups: dict[tuple[OtherBook | None, int, str], list[int]] = {}
        fields: dict[str, dict[str, int]] = {}
        for at, cell in enumerate(self.cells):
            if cell is None:
                continue
            groups.setdefault((cell.other_book, id(cell.owner), cell.field), []).append(at)
            if cell.other_book is None and self.is_main(cell):
                columns.setdefault(cell.year, []).append(at)
                if cell.year is not None:
                    fields.setdefault(cell.year, {})[cell.field] = at
        rows: dict[int, tuple[int, ...]] = {}
        for column in columns.values():
            for place, at in enumerate(column):
                rows[at] = (*column[max(0, place - 1) : place], *column[place + 1 : place + 2])
        repeated = [column for column in copied if column in fields]
        return Layout(rows, series(groups.values()), fields, repeated)

    def of_fields(self, names: Collection[str]) -> int:
        """The cells (a mask) of some fields."""
        return mask_of(
            at for at, cell in enumerate(self.cells) if cell is not None and cell.field in names
        )

    @property
    def of_claims(self) -> int:
        """The figures (a mask) of sentences, which write a fall in words and not as a sign."""
        return mask_of(
            at
            for at, cell in enumerate(self.cells)
            if cell is not None
            and cell.seen[0][0].claim is not None
            and (cell.figure.value or 0) >= 0
        )


def _doubts(figure: Figure, definition: FieldDefinition) -> tuple[float, float]:
    """How hard a cell is to suspect, and how likely it was computed from others."""
    follows = COMPUTED if is_formula(figure) else TYPED
    if definition.weight is not None:
        return float(definition.weight), follows
    # A typed figure that is a result by the form is as easily wrong as the others. Where the rule
    # that computes it is broken, nobody's formula kept it in step with them.
    return FORMULA if is_formula(figure) else 1.0, follows


def is_formula(figure: Figure) -> bool:
    """Whether a cell holds a formula over other cells; one over numbers alone is typed."""
    return figure.formula is not None and _REFERENCE.search(figure.formula) is not None


def key_of(row: Row, name: str) -> tuple[str, str | None]:
    """Field and year of a cell, as findings name them."""
    if row.scope == "kpi_year":
        return "actuals", row.column
    if row.scope == "kpi" and name == "due_actual" and row.kpi:
        return "actuals", str(row.kpi.due_year)
    if row.scope == "kpi" and name.startswith("actuals."):
        return "actuals", name.removeprefix("actuals.")
    return name, row.column


def _figures(row: Row) -> list[str]:
    """The names of a row's figures, in the form's order."""
    if row.scope in ("year", "sheet"):
        return [name for name in row.form.fields if row.definition(name) is not None]
    if row.scope == "kpi":
        return ["target", "declared_rate", *row.groups.get("actuals", ()), "due_actual"]
    return ["actual"] if row.scope == "kpi_year" else []
