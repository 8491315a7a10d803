"""Tables of indicators (KPIs) in a grid of cells: rows that no sheet takes up.

They are read as any table's rows are, and then put back into their cells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from auditor.forms.model import KpiTable
from auditor.readers.evaluations import places_of
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.furniture import counting, is_numbers, is_page_number, numbers_in
from auditor.readers.kpi.kind_grids import NO_ROWS, with_rows_beside
from auditor.readers.kpi.kind_rows import FIGURES
from auditor.readers.kpi.reading import read_rows
from auditor.readers.kpi.remarks import no_row
from auditor.readers.kpi.yearly import unread_in
from auditor.readers.source import Reading
from auditor.records.addresses import column_number
from auditor.records.figures import Figure, Place
from auditor.records.fiscal import parse_month, parse_year
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi, Remark, UnreadNumber

__all__ = ["boxes_outside", "numbers_beside", "read_indicators", "unread_numbers"]

_WIDEST: Final = 500
"""Cells further to the right are ignored: no table of indicators is as wide."""


def read_indicators(
    path: str,
    table: KpiTable,
    grid: Grid,
    areas: Sequence[tuple[int, int, int, int]],
    *,
    before: int = 0,
    complete: Callable[[Figure, int, int], Figure] | None = None,
) -> Reading | None:
    """The indicators outside of the sheets' ``areas`` (first row, first column, last row, last
    column), numbered after ``before`` others; None where there is no such table.

    What a merged cell holds has that cell's place in each of its rows. ``complete`` adds to a
    figure, which has its place, what the document holds in its cell beside the text.
    """
    beside = with_rows_beside(grid, table)
    lacking = beside.lacking if beside is not None else NO_ROWS
    grid = beside.grid if beside is not None else grid
    rows = _rows(grid, areas)
    reading = read_rows(path, table, rows)
    if reading is None:
        return None
    reading, more = _without_rows(reading, lacking)
    placement = _Placement(grid, rows, before, complete)
    kpis = tuple(placement.of_kpi(kpi) for kpi in reading.kpis)
    remarks = tuple(placement.of_remark(remark) for remark in (*reading.remarks, *more))
    unread = unread_numbers(grid, kpis, areas)
    return replace(reading, kpis=kpis, remarks=remarks, unread=unread)


def _without_rows(
    reading: Reading, lacking: Mapping[int, set[str]]
) -> tuple[Reading, list[Remark]]:
    """The indicators with what they have no row for as unread, and what is said of that."""
    kpis: list[Kpi] = []
    messages: list[Remark] = []
    for kpi in reading.kpis:
        parts = lacking.get(kpi.place.line or 0, ()) if kpi.place is not None else ()
        if not kpis or kpis[-1].place != kpi.place:
            messages += [no_row(kpi, part) for part in FIGURES if part in parts]
        kpis.append(unread_in(kpi, parts))
    return replace(reading, kpis=tuple(kpis)), messages


class _Placement:
    """Puts what was read from rows back into the cells of the document. A place in the rows has
    the row as its line, and the column's letter.
    """

    def __init__(
        self,
        grid: Grid,
        rows: Sequence[tuple[int, tuple[str, ...]]],
        before: int,
        complete: Callable[[Figure, int, int], Figure] | None,
    ) -> None:
        self.grid, self.before, self.complete = grid, before, complete
        self.first_filled = {number: _first_filled(cells) for number, cells in rows}

    def of_kpi(self, kpi: Kpi) -> Kpi:
        """The indicator with its number and its places in the document."""
        rate = kpi.declared_rate
        actuals = {year: self.of_figure(actual) for year, actual in kpi.actuals.items()}
        places = {name: self.in_document(place) for name, place in kpi.places.items()}
        return kpi.model_copy(
            update={
                "number": kpi.number + self.before,
                "place": self.in_document(kpi.place),
                "places": places_of(places),
                "target": self.of_figure(kpi.target),
                "declared_rate": self.of_figure(rate) if rate is not None else None,
                "actuals": FrozenDict(actuals),
            }
        )

    def of_remark(self, remark: Remark) -> Remark:
        """The remark with its indicator's number and its place in the document."""
        return remark.model_copy(
            update={
                "kpi": remark.kpi + self.before if remark.kpi is not None else None,
                "place": self.in_document(remark.place),
            }
        )

    def of_figure(self, figure: Figure) -> Figure:
        """The figure with its place in the document, and what its cell holds besides."""
        update = {"place": self.in_document(figure.place), "placed_by": "position"}
        copy = figure.model_copy(update=update)
        if self.complete is None or figure.place is None:
            return copy
        row, column = self.position(figure.place)
        box = self._box(row, column)
        return self.complete(
            copy, *((row, column) if box is None else (box.cell.row, box.cell.column))
        )

    def in_document(self, place: Place | None) -> Place | None:
        """The cell of the document, which may be merged, for a place in the rows."""
        if place is None:
            return None
        row, column = self.position(place)
        box = self._box(row, column)
        return self.grid.place(row, column) if box is None else box.place

    def _box(self, row: int, column: int) -> Box | None:
        """The cell that begins in a column, in a row or above it."""
        return next((box for box in self.grid.lines.get(row, ()) if box.left == column), None)

    def position(self, place: Place) -> tuple[int, int]:
        """Row and column of a place in the rows; that of a whole row is its first filled cell."""
        row = place.line or 0
        return row, column_number(place.cell) if place.cell else self.first_filled[row]


def unread_numbers(
    grid: Grid, kpis: Sequence[Kpi], areas: Sequence[tuple[int, int, int, int]] = ()
) -> tuple[UnreadNumber, ...]:
    """The numbers outside of the sheets' ``areas`` that no indicator holds, but for those of rows,
    pages and headings.
    """
    held = dict.fromkeys(figure.place for figure in _figures(kpis) if figure.state != "blank")
    boxes = boxes_outside(grid, areas)
    numbers = [box for box in boxes if is_numbers(box) and box.place not in held]
    rows = counting(numbers)
    return tuple(
        UnreadNumber(printed=box.text.strip(), place=box.place)
        for box in numbers
        if id(box) not in rows
        and not is_page_number(box, grid)
        and parse_year(box.text) is None
        and parse_month(box.text) is None
    )


def numbers_beside(
    parts: Sequence[Grid], taken: Sequence[tuple[int, int, int, int]], grid: Grid | None
) -> Iterator[UnreadNumber]:
    """The numbers of the ``parts`` of a grid that are no sheets, where sheets stand in the areas
    ``taken``; where no sheet does, whoever reads the grid knows what it is. ``grid`` is the one
    outside of whose areas a table of indicators was read: what it holds is accounted for.
    """
    if not taken:
        return
    outside = boxes_outside(grid, taken) if grid is not None else ()
    places = dict.fromkeys(box.place for box in outside)
    for part in parts:
        yield from (number for number in numbers_in(part) if number.place not in places)


def _figures(kpis: Sequence[Kpi]) -> Iterator[Figure]:
    for kpi in kpis:
        for _, figure in kpi.figure_items():
            yield figure


def boxes_outside(grid: Grid, areas: Sequence[tuple[int, int, int, int]]) -> list[Box]:
    """The boxes that can belong to a table of indicators, in reading order."""

    def outside(box: Box) -> bool:
        return not any(top <= box.top <= bottom for top, _, bottom, _ in areas)

    return [box for box in grid.boxes if box.left <= _WIDEST and outside(box)]


def _rows(
    grid: Grid, areas: Sequence[tuple[int, int, int, int]]
) -> list[tuple[int, tuple[str, ...]]]:
    """The texts of each row outside the areas that has a cell of its own. A cell that is merged
    downwards says the same in each of them; several that begin in one place are one text.
    """
    boxes = boxes_outside(grid, areas)
    width = max((box.left for box in boxes), default=0)
    rows: dict[int, list[str]] = {}
    for box in boxes:
        row = rows.setdefault(box.top, [""] * width)
        row[box.left - 1] = f"{row[box.left - 1]} {box.text}".strip()
    numbers = sorted(rows)
    for box in boxes:
        below = numbers[bisect_right(numbers, box.top) : bisect_right(numbers, box.bottom)]
        for number in below:
            rows[number][box.left - 1] = rows[number][box.left - 1] or box.text
    return [(number, tuple(rows[number])) for number in numbers]


def _first_filled(cells: Sequence[str]) -> int:
    return next((column for column, text in enumerate(cells, 1) if text.strip()), 1)
