"""Tables of indicators (KPIs) on printed pages: the rows of the grid that no sheet takes up, read
as any table's rows are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from auditor.forms.model import KpiTable
from auditor.readers.grid import Grid
from auditor.readers.kpi.table import read_rows
from auditor.readers.source import Reading
from auditor.records.addresses import column_number
from auditor.records.figures import Figure, Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi

__all__ = ["read_table"]

_WIDEST: Final = 500


def read_table(
    path: str,
    table: KpiTable,
    grid: Grid,
    areas: Sequence[tuple[int, int, int, int]],
    before: int = 0,
) -> Reading | None:
    """The indicators outside of the sheets' areas, numbered after ``before`` others; None where
    there is no such table.

    A cell that is merged downwards says the same in each of its rows.
    """
    rows: dict[int, dict[int, str]] = {}
    places: dict[tuple[int, int], Place] = {}
    boxes = [
        box
        for box in grid.boxes
        if box.left <= _WIDEST and not any(top <= box.top <= bottom for top, _, bottom, _ in areas)
    ]
    for box in boxes:
        rows.setdefault(box.top, {}).setdefault(box.left, box.text)
    width = max((column for row in rows.values() for column in row), default=0)
    for box in boxes:
        for row in range(box.top + 1, min(box.bottom, grid.bottom) + 1):
            if row in rows:
                rows[row].setdefault(box.left, box.text)
    texts = [
        (row, tuple(cells.get(column, "") for column in range(1, width + 1)))
        for row, cells in sorted(rows.items())
    ]
    reading = read_rows(path, table, texts)
    if reading is None:
        return None
    for box in boxes:
        for row in range(box.top, min(box.bottom, grid.bottom) + 1):
            places.setdefault((row, box.left), box.place)

    def place(at: Place | None) -> Place | None:
        if at is None or at.line is None:
            return None
        column = column_number(at.cell) if at.cell else min(rows.get(at.line, {1: ""}))
        return places.get((at.line, column)) or grid.place(at.line, column)

    def figure(read: Figure) -> Figure:
        return read.model_copy(update={"place": place(read.place), "placed_by": "position"})

    def moved(kpi: Kpi) -> Kpi:
        actuals = FrozenDict({year: figure(actual) for year, actual in kpi.actuals.items()})
        rate = figure(kpi.declared_rate) if kpi.declared_rate is not None else None
        update = {
            "number": kpi.number + before,
            "place": place(kpi.place),
            "target": figure(kpi.target),
        }
        return kpi.model_copy(update={**update, "declared_rate": rate, "actuals": actuals})

    remarks = tuple(
        remark.model_copy(
            update={
                "kpi": remark.kpi + before if remark.kpi is not None else None,
                "place": place(remark.place),
            }
        )
        for remark in reading.remarks
    )
    return replace(reading, kpis=tuple(moved(kpi) for kpi in reading.kpis), remarks=remarks)
