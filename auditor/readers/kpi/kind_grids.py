"""Grids in which each indicator (KPI) has several rows, with these laid beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from auditor.forms.model import KpiTable
from auditor.readers.grid.cells import Box, Cell, Grid, TextCell
from auditor.readers.grid.label_text import label_key
from auditor.readers.kpi.kind_rows import Words, laid_beside
from auditor.readers.years_in_headings import printed_year
from auditor.records.figures import Place

__all__ = ["NO_ROWS", "KindGrid", "with_rows_beside"]

NO_ROWS: Final[Mapping[int, set[str]]] = MappingProxyType({})
"""What indicators lack that have no rows of their own."""


class KindGrid(NamedTuple):
    """A grid with the rows of each indicator beside each other, and the figures that an indicator
    has no row for, by the row on which it stands.
    """

    grid: Grid
    lacking: Mapping[int, set[str]]


def with_rows_beside(grid: Grid, table: KpiTable) -> KindGrid | None:
    """The grid laid out anew; None where no indicator of a form's table has rows of its own."""
    names: dict[str, str] = {}
    for name, labels in table.labels.items():
        names.update((label_key(label), name) for label in labels)

    def part(text: str) -> str | None:
        return names.get(label_key(text))

    beside = laid_beside(grid.boxes, Words(part, printed_year))
    if beside is None:
        return None
    boxes: list[Box] = []
    for piece in beside.pieces:
        cell: Cell = piece.cell.cell
        if piece.text is not None:
            cell = TextCell(piece.top, piece.left, piece.text, piece.cell.place)
        box = Box(cell)
        box.top, box.left, box.bottom, box.right = piece.top, piece.left, piece.bottom, piece.right
        boxes.append(box)

    def place(row: int, column: int) -> Place:
        return grid.place(*beside.origin(row, column))

    return KindGrid(Grid(boxes, place), beside.lacking)
