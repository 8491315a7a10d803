"""What lies over a worksheet's cells, in pixels from its upper left corner."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final, Literal

from auditor.desk.views.model import DrawingView
from auditor.readers.workbook.drawings import Corner, Drawing

__all__ = ["drawings_of"]

_MOST: Final = 500
_SIZE: Final = 20_000.0


def drawings_of(
    drawings: Sequence[Drawing], columns: Sequence[int], rows: Sequence[int]
) -> list[DrawingView]:
    """The first drawings that begin on the columns and rows that are shown."""
    across, down = [0, *accumulate(columns)], [0, *accumulate(rows)]
    views: list[DrawingView] = []
    for drawing in drawings[:_MOST]:
        if drawing.corners is None:
            continue
        first, last = drawing.corners
        if first.row > len(rows) or first.column > len(columns):
            continue
        left, top = _at(first, across, down)
        right, bottom = _at(last, across, down)
        view = DrawingView(
            kind=_kind(drawing),
            x=left,
            y=top,
            width=max(right - left, 0.0),
            height=max(bottom - top, 0.0),
        )
        if drawing.text:
            view["text"] = drawing.text
        if drawing.is_opaque:
            view["filled"] = True
        if drawing.rises:
            view["rises"] = True
        views.append(view)
    return views


def _kind(drawing: Drawing) -> Literal["box", "line", "picture"]:
    if drawing.is_line:
        return "line"
    return "picture" if drawing.is_graphic else "box"


def _at(corner: Corner, across: Sequence[int], down: Sequence[int]) -> tuple[float, float]:
    """The pixels of a corner from the left and from the top."""
    return _along(across, corner.column, corner.right), _along(down, corner.row, corner.below)


def _along(ends: Sequence[int], number: int, rest: float) -> float:
    """Where a point lies within its column or row, whose size it does not leave."""
    index = min(max(number - 1, 0), len(ends) - 1)
    size = ends[index + 1] - ends[index] if index + 1 < len(ends) else 0
    return min(ends[index] + min(max(rest, 0.0), float(size)), _SIZE * _MOST)
