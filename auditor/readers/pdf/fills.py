"""Lines that are not drawn as such.

That is white ones on coloured cells, and the edges of coloured cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from auditor.readers.pdf.pages import Fill, Line, Rectangle

__all__ = ["WhiteLine", "edges_of", "seen_on"]

_GAP: Final = 4.5  # points between two cells of one table
_LEVEL: Final = 1.0  # points by which the sides of cells in one row may differ
_RIM: Final = 1.0  # points around a filling in which its border lies
_BAND: Final = 8.0  # points
_MOST: Final = 4_000  # fillings; more of them are a drawing


class WhiteLine(NamedTuple):
    """A white line, and its place among all that is painted."""

    order: int
    line: Line
    level: bool


def seen_on(fills: Sequence[Fill], white: Iterable[WhiteLine]) -> tuple[list[Line], list[Line]]:
    """The parts of white lines, across and down, that lie on what was filled before them."""
    across: list[Line] = []
    down: list[Line] = []
    if not 0 < len(fills) <= _MOST:
        return across, down
    levels, uprights = _Bands(fills, True), _Bands(fills, False)
    for order, line, level in white:
        lines = across if level else down
        at, start, end, dashed = line
        for before, bottom, top, left, right in (levels if level else uprights).near(at):
            if before <= order and bottom <= at <= top and left < end and start < right:
                lines.append(Line(at, max(start, left), min(end, right), dashed))
    return across, down


def _along(area: Rectangle, level: bool) -> tuple[float, float, float, float]:
    """A rectangle's extent across and along the direction of a line."""
    left, bottom, right, top = area
    return (bottom, top, left, right) if level else (left, right, bottom, top)


class _Bands:
    """Fillings with their rims, by narrow stretches across the direction of lines: the order, the
    bounds across, and the bounds along that direction.
    """

    def __init__(self, fills: Iterable[Fill], level: bool) -> None:
        self.bands: dict[int, list[tuple[int, float, float, float, float]]] = {}
        for order, area, _ in fills:
            first, last, start, end = _along(area, level)
            item = (order, first - _RIM, last + _RIM, start - _RIM, end + _RIM)
            for band in range(int(item[1] // _BAND), int(item[2] // _BAND) + 1):
                self.bands.setdefault(band, []).append(item)

    def near(self, at: float) -> Sequence[tuple[int, float, float, float, float]]:
        """The fillings that a line at ``at`` may lie on."""
        return self.bands.get(int(at // _BAND), ())


def edges_of(
    fills: Sequence[Fill], is_ruled: Callable[[float, float], bool]
) -> tuple[list[Line], list[Line]]:
    """The edges, across and down, of coloured cells that stand beside each other as those of a
    table do. Where two of them face each other over a gap, the line runs in its middle.

    Fillings within ruled cells are left out (``is_ruled`` tells whether a point lies in one): they
    rule nothing. So are those that stand alone, as stripes and panels do.
    """
    areas = sorted(
        {
            fill.area
            for fill in fills[:_MOST]
            if not is_ruled(
                (fill.area.left + fill.area.right) / 2, (fill.area.bottom + fill.area.top) / 2
            )
        }
    )
    beside = _Beside(areas)
    across: list[Line] = []
    down: list[Line] = []
    for area in areas:
        right, left = beside.to_the_right(area), beside.to_the_left(area)
        if right is None and left is None:
            continue
        up, below = beside.above(area), beside.under(area)
        x0 = area.left if left is None else (area.left + left) / 2
        x1 = area.right if right is None else (area.right + right) / 2
        y0 = area.bottom if below is None else (area.bottom + below) / 2
        y1 = area.top if up is None else (area.top + up) / 2
        across += (Line(y0, x0, x1), Line(y1, x0, x1))
        down += (Line(x0, y0, y1), Line(x1, y0, y1))
    return across, down


class _Beside:
    """Where the nearest coloured cell beside another begins."""

    def __init__(self, areas: Sequence[Rectangle]) -> None:
        self.areas = areas
        self.by_left = _near(areas, lambda area: area.left)
        self.by_right = _near(areas, lambda area: area.right)
        self.by_bottom = _near(areas, lambda area: area.bottom)
        self.by_top = _near(areas, lambda area: area.top)

    def to_the_right(self, area: Rectangle) -> float | None:
        near = _within(self.by_left, area.right - _LEVEL, area.right + _GAP)
        return min((other.left for other in near if _in_row(other, area)), default=None)

    def to_the_left(self, area: Rectangle) -> float | None:
        near = _within(self.by_right, area.left - _GAP, area.left + _LEVEL)
        return max((other.right for other in near if _in_row(other, area)), default=None)

    def above(self, area: Rectangle) -> float | None:
        near = _within(self.by_bottom, area.top - _LEVEL, area.top + _GAP)
        return min((other.bottom for other in near if _in_column(other, area)), default=None)

    def under(self, area: Rectangle) -> float | None:
        near = _within(self.by_top, area.bottom - _GAP, area.bottom + _LEVEL)
        return max((other.top for other in near if _in_column(other, area)), default=None)


def _in_row(other: Rectangle, area: Rectangle) -> bool:
    """Whether another area stands beside one."""
    return other is not area and _share(other.bottom, other.top, area.bottom, area.top)


def _in_column(other: Rectangle, area: Rectangle) -> bool:
    """Whether another area stands over or under one."""
    return other is not area and _share(other.left, other.right, area.left, area.right)


def _near(
    areas: Iterable[Rectangle], side: Callable[[Rectangle], float]
) -> dict[int, list[tuple[float, Rectangle]]]:
    sides: dict[int, list[tuple[float, Rectangle]]] = {}
    for area in areas:
        at = side(area)
        sides.setdefault(int(at // 8), []).append((at, area))
    return sides


def _within(
    sides: dict[int, list[tuple[float, Rectangle]]], first: float, last: float
) -> Iterable[Rectangle]:
    for band in range(int(first // 8), int(last // 8) + 1):
        for at, area in sides.get(band, ()):
            if first <= at <= last:
                yield area


def _share(start: float, end: float, first: float, last: float) -> bool:
    """Whether two stretches share most of the shorter one."""
    return min(end, last) - max(start, first) > 0.5 * min(end - start, last - first)
