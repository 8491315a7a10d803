"""The cells of a whole document as it prints them, for whoever does not know its form yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from pydantic import TypeAdapter

from auditor.readers.grid.cells import Cell, Grid
from auditor.records.figures import Place

__all__ = ["GridCell", "PrintedGrid", "cells_of_grid", "grids_adapter"]


class GridCell(NamedTuple):
    """A cell: the rectangle that it spans, what it prints, and the number in that, where it
    prints one without a unit. What an ``unread`` cell prints is not known.
    """

    row: int
    column: int
    rows: int
    columns: int
    text: str
    place: Place
    value: Decimal | None = None
    unread: bool = False


@dataclass(frozen=True)
class PrintedGrid:
    """A worksheet, a page or a table in a text. ``name`` is the worksheet's, and empty for others;
    ``number`` counts from 1. Of one that is ``lost``, the content is damaged or missing.
    """

    name: str
    number: int
    cells: tuple[GridCell, ...] = ()
    lost: bool = False


def cells_of_grid(grid: Grid) -> tuple[GridCell, ...]:
    """The cells of a grid that print something."""
    return tuple(_printed(box.cell for box in grid.boxes))


def _printed(cells: Iterable[Cell]) -> Iterable[GridCell]:
    for cell in cells:
        figure = cell.figure("", ())
        # A label that is printed around a number is a text.
        text = (cell.label or cell.text).strip()
        is_unread = figure.state == "unread"
        if text or is_unread:
            yield GridCell(
                cell.row,
                cell.column,
                cell.rows,
                cell.columns,
                text,
                cell.place,
                figure.value if figure.state == "number" else None,
                is_unread,
            )


@cache
def grids_adapter() -> TypeAdapter[tuple[PrintedGrid, ...]]:
    """How they go through JSON; built only where a form is drafted."""
    return TypeAdapter(tuple[PrintedGrid, ...])
