"""A worksheet: its cells and merges, what is hidden, and what it says of many cells together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Final, Literal, assert_never

from auditor.readers.workbook.cells import Kind, SheetCell, reads_as_number
from auditor.readers.workbook.conditions import Blank, Condition, Content, Fault, Value
from auditor.readers.workbook.drawings import Drawing
from auditor.readers.workbook.extras import Widths
from auditor.readers.workbook.looks import PLAIN
from auditor.records.addresses import Area

__all__ = ["NO_SIZE", "Visibility", "Worksheet", "WorksheetEntry"]

Visibility = Literal["visible", "hidden", "veryHidden"]
NO_SIZE: Final = 0.75
"""Of a row or column that is smaller, nothing is seen."""


@dataclass(frozen=True)
class WorksheetEntry:
    """A worksheet as the workbook lists it."""

    name: str
    part: str
    visibility: Visibility


@dataclass
class Worksheet:
    """One worksheet: its cells in reading order by row and column, its merges, and what is
    hidden. ``lost`` is one whose content is damaged or missing, whatever cells it has.
    """

    name: str
    visibility: Visibility = "visible"
    cells: dict[tuple[int, int], SheetCell] = field(
        default_factory=dict[tuple[int, int], SheetCell]
    )
    merges: list[Area] = field(default_factory=list[Area])
    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    lost: bool = False
    covered: dict[tuple[int, int], SheetCell] = field(
        default_factory=dict[tuple[int, int], SheetCell]
    )
    """What lies under merged areas, where nobody sees it; formulas do."""
    conditions: list[Condition] = field(default_factory=list[Condition])
    shows_zeros: bool = True
    shows_formulas: bool = False
    print_areas: Sequence[Area] = ()
    """The areas that are printed; empty where all is."""
    prints_no_number: bool = False
    """Whether it has numbers, and all lie outside of the areas that are printed."""
    widths: Widths = field(default_factory=Widths)
    heights: dict[int, float] = field(default_factory=dict[int, float])
    default_height: float = 13.5
    blanks: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """The styles of cells that hold nothing, where the worksheet is read to be shown."""
    row_styles: dict[int, int] = field(default_factory=dict[int, int])
    """The styles of whole rows; ``widths`` have those of columns."""
    shows_grid: bool = True
    drawings: list[Drawing] = field(default_factory=list["Drawing"])
    _of_areas: dict[int, list[Value]] = field(default_factory=dict[int, list[Value]])
    """What the cells hold that conditions are for, by the condition's identity."""

    def hides(self, row: int, column: int) -> bool:
        """Whether the row or the column is hidden."""
        return row in self.hidden_rows or self.hides_column(column)

    def hides_column(self, column: int) -> bool:
        """Whether the column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)

    def stored(self, row: int, column: int) -> SheetCell | None:
        """What a formula finds in a cell, whether it is seen or not."""
        return self.cells.get((row, column)) or self.covered.get((row, column))

    def arrange(self) -> None:
        """What the whole worksheet says of its cells: which of them span merged areas or lie
        under one, which zeros are not shown, what conditions change.
        """
        for area in self.merges:
            if cell := self.cells.get((area.top, area.left)):
                cell.rows, cell.columns = area.bottom - area.top + 1, area.right - area.left + 1
        for at in self._under_merges():
            self.covered[at] = self.cells.pop(at)
        if not self.shows_zeros:
            for cell in self.cells.values():
                cell.unseen = cell.kind == "number" and not cell.number
        if self.conditions:
            self._apply_conditions()
        self._find_narrow()
        self._find_printed_otherwise()
        for drawing in self.drawings:
            self._lay_over(drawing)
        mixed = [cell for cell in self.cells.values() if cell.format.mixes_scales and cell.number]
        if mixed:
            _print_at_one_scale(mixed)

    def _find_narrow(self) -> None:
        """Numbers that print as ####: their columns are by far too narrow for their digits."""
        widths = self.widths
        enough = 2 * widths.least
        for cell in self.cells.values():
            if len(cell.raw) * cell.look.width < enough:
                continue
            if cell.kind != "number" or cell.look.fits:
                continue
            width = widths.of(cell.column, cell.column + cell.columns - 1)
            if len(cell.raw) * cell.look.width < 2 * width or (shown := cell.shown) is None:
                continue
            text = shown.text.partition(".")[0] if shown.general else shown.text
            digits = sum(map(str.isdecimal, text))
            if digits * cell.look.width > 2 * width and width > NO_SIZE and cell.is_seen:
                cell.uncertain = "narrow"

    def _find_printed_otherwise(self) -> None:
        """Numbers that print as other signs, several times, as their formula, or not at all."""
        cells: Iterable[SheetCell] = self.cells.values()
        if not self.shows_formulas and not self.print_areas:
            cells = [cell for cell in cells if cell.look.prints_as]
        outside = self._outside()
        for cell in cells:
            if not cell.may_be_number or not cell.is_seen:
                continue
            if cell.look.prints_as:
                cell.uncertain = cell.look.prints_as
            elif self.shows_formulas and not cell.shows_as_typed():
                cell.uncertain = "formulas"
            elif (cell.row, cell.column) in outside:
                cell.uncertain = "outside"

    def _outside(self) -> set[tuple[int, int]]:
        """The numbers outside of the areas that are printed. Where no number is inside of them,
        the areas are for something else, and all numbers are read.
        """
        if not self.print_areas:
            return set()
        numbers = {at for at, cell in self.cells.items() if cell.may_be_number}
        outside = {at for at in numbers if not any(area.holds(*at) for area in self.print_areas)}
        self.prints_no_number = bool(numbers) and len(outside) == len(numbers)
        return set() if self.prints_no_number else outside

    def _lay_over(self, drawing: Drawing) -> None:
        """What is not known of cells under a drawing. A number that is written in one is a cell
        that was not read.
        """
        is_number = reads_as_number(drawing.text)
        if drawing.area is not None and (drawing.is_opaque or drawing.strikes or is_number):
            for at in self.filled(drawing.area):
                if self.cells[at].may_be_number and self.cells[at].is_seen:
                    self.cells[at].uncertain = "covered"
        if is_number and (at := self._first_of(drawing.middle)) not in self.cells:
            cell = SheetCell(self.name, *at, "text", drawing.text, None, 0, PLAIN)
            cell.uncertain = "covered"
            self.cells[at] = cell

    def _first_of(self, at: tuple[int, int]) -> tuple[int, int]:
        """The first cell of the merged area in which a cell lies, or the cell itself."""
        areas = (area for area in self.merges if area.holds(*at))
        return next(((area.top, area.left) for area in areas), at)

    def _under_merges(self) -> list[tuple[int, int]]:
        """The cells that a merged area covers, its first one apart."""
        last = max((row for row, _ in self.cells), default=0)
        areas: dict[int, list[Area]] = {}
        for area in self.merges:
            for row in range(area.top, min(area.bottom, last) + 1):
                areas.setdefault(row, []).append(area)
        return [at for at in self.cells if _is_under(at, areas.get(at[0], ()))]

    def filled(self, area: Area) -> list[tuple[int, int]]:
        """Rows and columns of the cells of an area that hold something."""
        if area.size > len(self.cells):
            return [at for at in self.cells if area.holds(*at)]
        return [at for at in area.places() if at in self.cells]

    def _apply_conditions(self) -> None:
        by_cell: dict[tuple[int, int], list[Condition]] = {}
        for condition in sorted(self.conditions, key=lambda condition: condition.priority):
            for area in condition.areas:
                for at in self.filled(area):
                    if self.cells[at].may_be_number:
                        by_cell.setdefault(at, []).append(condition)
        for at, conditions in by_cell.items():
            self._apply(self.cells[at], conditions)

    def _apply(self, cell: SheetCell, conditions: list[Condition]) -> None:
        """Give a cell the look that its conditions make, those of high priority first."""
        look = cell.look
        changes = chain.from_iterable(condition.changes() for condition in conditions)
        if not any(condition.hides for condition in conditions) and not any(
            cell.changes_with(change.over(look, set())) for change in changes
        ):
            return
        settled: set[str] = set()
        for condition in conditions:
            values = partial(self._values, condition)
            holds = condition.hides or condition.holds(cell.row, cell.column, self._content, values)
            if holds is None:
                looks = [change.over(look, settled) for change in condition.changes()]
                if any(map(cell.changes_with, looks)):
                    cell.uncertain = "condition"
            elif holds:
                change = condition.change.over(look, settled)
                cell.unseen = cell.unseen or condition.hides
                look, settled = change, settled | condition.change.names()
                if condition.stops:
                    break
        cell.look = look

    def _values(self, condition: Condition) -> Sequence[Value]:
        """What the cells hold that a condition is for."""
        if (values := self._of_areas.get(id(condition))) is None:
            places = set(chain.from_iterable(map(self.filled, condition.areas)))
            contents = (self._content(*at) for at in sorted(places))
            values = [value for value in contents if not isinstance(value, Blank | Fault)]
            self._of_areas[id(condition)] = values
        return values

    def _content(self, row: int, column: int) -> Content:
        """What a condition finds in a cell."""
        cell = self.stored(row, column)
        if cell is None:
            return Blank()
        kind: Kind = cell.kind
        match kind:
            case "number":
                return cell.number or Decimal(0)
            case "text":
                return cell.raw
            case "boolean":
                return cell.raw == "TRUE"
            case "error":
                return Fault()
            case "uncalculated":
                raise LookupError
            case _:
                assert_never(kind)


def _is_under(at: tuple[int, int], merges: Iterable[Area]) -> bool:
    """Whether a cell lies under one of the merged areas of its row, and is not its first."""
    return any(area.left <= at[1] <= area.right and at != area[:2] for area in merges)


def _print_at_one_scale(cells: list[SheetCell]) -> None:
    """Of cells whose format prints large numbers in thousands and others as they are, most tell
    the scale of the table. What the others print is misleading: they stand for what they hold.
    """
    prints = [(cell, cell.shown) for cell in cells if cell.shown is not None]
    numbers = [(cell, shown) for cell, shown in prints if shown.kind == "number"]
    scales = Counter(shown.shift for _, shown in numbers).most_common(2)
    for cell, shown in numbers:
        if len(scales) == 2 and scales[0][1] == scales[1][1]:
            cell.uncertain = "scale"
        elif shown.shift != scales[0][0] and shown.held is not None:
            held = shown.held.scaleb(scales[0][0] - shown.shift)
            cell.prints(shown._replace(value=held, held=held, misleads=True))
