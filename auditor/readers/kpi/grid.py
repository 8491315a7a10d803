"""Tables of indicators (KPIs) in a grid of cells: the rows that no sheet takes up, read as any
table's rows are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from auditor.forms.model import KpiTable
from auditor.readers.evaluations import places_of
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.furniture import counting, is_numbers, is_page_number
from auditor.readers.kpi.table import read_rows
from auditor.readers.source import Reading
from auditor.records.addresses import column_number
from auditor.records.figures import Figure, Place
from auditor.records.fiscal import parse_month, parse_year
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi, UnreadNumber

__all__ = ["boxes_outside", "read_indicators"]

# Cells further to the right are ignored: no table of indicators is as wide.
_WIDEST: Final = 500


def read_indicators(
    path: str,
    table: KpiTable,
    grid: Grid,
    areas: Sequence[tuple[int, int, int, int]],
    *,
    before: int = 0,
    complete: Callable[[Figure, int, int], Figure] | None = None,
) -> Reading | None:
    """The indicators outside of the sheets' ``areas``, numbered after ``before`` others; None
    where there is no such table.

    What a merged cell holds has that cell's place in each of its rows. ``complete`` adds to a
    figure, which has its place, what the document holds in its cell beside the text.
    """
    rows = _rows(grid, areas)
    reading = read_rows(path, table, rows)
    if reading is None:
        return None
    first = {number: _first_filled(cells) for number, cells in rows}

    def position(at: Place) -> tuple[int, int]:
        row = at.line or 0
        return row, column_number(at.cell) if at.cell else first[row]

    def in_document(at: Place | None) -> Place | None:
        if at is None:
            return None
        row, column = position(at)
        boxes = grid.lines.get(row, ())
        return next((box.place for box in boxes if box.left == column), grid.place(row, column))

    def with_place(figure: Figure) -> Figure:
        update = {"place": in_document(figure.place), "placed_by": "position"}
        copy = figure.model_copy(update=update)
        if complete is None or figure.place is None:
            return copy
        return complete(copy, *position(figure.place))

    def with_places(kpi: Kpi) -> Kpi:
        rate = kpi.declared_rate
        actuals = {year: with_place(actual) for year, actual in kpi.actuals.items()}
        return kpi.model_copy(
            update={
                "number": kpi.number + before,
                "place": in_document(kpi.place),
                "places": places_of({name: in_document(at) for name, at in kpi.places.items()}),
                "target": with_place(kpi.target),
                "declared_rate": with_place(rate) if rate is not None else None,
                "actuals": FrozenDict(actuals),
            }
        )

    remarks = [
        remark.model_copy(
            update={
                "kpi": remark.kpi + before if remark.kpi is not None else None,
                "place": in_document(remark.place),
            }
        )
        for remark in reading.remarks
    ]
    kpis = tuple(with_places(kpi) for kpi in reading.kpis)
    unread = _unread(grid, boxes_outside(grid, areas), kpis)
    return replace(reading, kpis=kpis, remarks=tuple(remarks), unread=unread)


def _unread(grid: Grid, boxes: Sequence[Box], kpis: Sequence[Kpi]) -> tuple[UnreadNumber, ...]:
    """The numbers among the boxes that no indicator holds, but for those of rows, pages and
    headings.
    """
    figures = [figure for kpi in kpis for _, figure in kpi.figure_items()]
    read = dict.fromkeys(figure.place for figure in figures if figure.state != "blank")
    numbers = [box for box in boxes if is_numbers(box) and box.place not in read]
    rows = counting(numbers)
    return tuple(
        UnreadNumber(printed=box.text.strip(), place=box.place)
        for box in numbers
        if id(box) not in rows
        and not is_page_number(box, grid)
        and parse_year(box.text) is None
        and parse_month(box.text) is None
    )


def boxes_outside(grid: Grid, areas: Sequence[tuple[int, int, int, int]]) -> list[Box]:
    """The boxes that can belong to a table of indicators, in reading order."""
    return [
        box
        for box in grid.boxes
        if box.left <= _WIDEST and not any(top <= box.top <= bottom for top, _, bottom, _ in areas)
    ]


def _rows(
    grid: Grid, areas: Sequence[tuple[int, int, int, int]]
) -> list[tuple[int, tuple[str, ...]]]:
    """The texts of each row outside the areas that has a cell of its own. A cell that is merged
    downwards says the same in each of them.
    """
    boxes = boxes_outside(grid, areas)
    width = max((box.left for box in boxes), default=0)
    rows: dict[int, list[str]] = {}
    for box in boxes:
        rows.setdefault(box.top, [""] * width)[box.left - 1] = box.text
    numbers = sorted(rows)
    for box in boxes:
        below = numbers[bisect_right(numbers, box.top) : bisect_right(numbers, box.bottom)]
        for number in below:
            rows[number][box.left - 1] = rows[number][box.left - 1] or box.text
    return [(number, tuple(rows[number])) for number in numbers]


def _first_filled(cells: Sequence[str]) -> int:
    return next((column for column, text in enumerate(cells, 1) if text.strip()), 1)
