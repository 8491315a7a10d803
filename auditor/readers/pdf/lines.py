"""Ruling lines, put together from their pieces, and the rectangles between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from auditor.readers.pdf.pages import Character, Line, PageTooLarge, Rectangle

__all__ = ["Lattice", "joined_lines", "lines_between"]

_MEET: Final = 1.5  # by how much more a line may stop short of another
_SHORT, _GAP = 9.0, 6.0  # the longest dash, and the widest gap between two
_SHORTEST: Final = 3.5  # a line shorter than this rules nothing
_SLIVER: Final = 3.0  # tables that overlap by less than this cut nothing off each other's cells
_MOST_ATOMS: Final = 400_000
_SOLID, _DASHED = 1, 2
_AT: Final = attrgetter("at")


def joined_lines(lines: Iterable[Line], fine: float) -> list[Line]:
    """Lines along one direction with their pieces put together: dashes, cells' own borders, both
    strokes of a double line.
    """
    groups: list[list[Line]] = []
    for line in sorted(lines):
        if groups and line.at - groups[-1][0].at <= fine:
            groups[-1].append(line)
        else:
            groups.append([line])
    joined = chain.from_iterable(map(_along, groups))
    return [line for line in joined if line.end - line.start >= min(_SHORTEST, 2 * fine)]


def lines_between(lines: Sequence[Line], low: float, high: float) -> Sequence[Line]:
    """Those of sorted lines along one direction that lie from ``low`` to ``high``."""
    return lines[bisect_left(lines, low, key=_AT) : bisect_right(lines, high, key=_AT)]


def _along(group: list[Line]) -> Iterable[Line]:
    """The lines that pieces at one place make up."""
    weight = sum(line.end - line.start + 0.01 for line in group)
    at = sum(line.at * (line.end - line.start + 0.01) for line in group) / weight
    group.sort(key=lambda line: line.start)
    start, end, widest = group[0].start, group[0].end, 0.0
    last = end - start
    dashed = group[0].dashed or last <= _SHORT
    for line in group[1:]:
        length, gap = line.end - line.start, line.start - end
        dashes = last <= _SHORT and length <= _SHORT
        if gap <= (_GAP if dashes else 1.5):
            widest = max(widest, gap)
            last = length if gap > -0.5 else max(last, length)
            end = max(end, line.end)
            dashed = dashed and (line.dashed or length <= _SHORT)
            continue
        yield Line(at, start - widest, end + widest, dashed)
        start, end, last, widest = line.start, line.end, length, 0.0
        dashed = line.dashed or length <= _SHORT
    yield Line(at, start - widest, end + widest, dashed)


class Lattice:
    """The smallest rectangles between all lines; where no line divides two of them they belong to
    one region.

    ``cells`` are the regions' rectangles, or None where a region is open or none.
    """

    columns: int
    rows: int

    def __init__(self, across: Sequence[Line], down: Sequence[Line], fine: float) -> None:
        self.fine = fine
        self.us: list[float] = sorted({line.at for line in down})
        self.vs: list[float] = sorted({line.at for line in across})
        self.columns, self.rows = max(len(self.us) - 1, 0), max(len(self.vs) - 1, 0)
        if self.columns * self.rows > _MOST_ATOMS:
            raise PageTooLarge
        # upright[row][column] stands at us[column], level[row][column] at vs[row].
        self.upright: list[bytearray] = [bytearray(self.columns + 1) for _ in range(self.rows)]
        self.level: list[bytearray] = [bytearray(self.columns) for _ in range(self.rows + 1)]
        for line in down:
            column = bisect_left(self.us, line.at)
            for row in _covered(self.vs, line, _MEET * fine):
                solid = not line.dashed or self.upright[row][column] == _SOLID
                self.upright[row][column] = _SOLID if solid else _DASHED
        for line in across:
            row = bisect_left(self.vs, line.at)
            for column in _covered(self.us, line, _MEET * fine):
                self.level[row][column] = 1
        self.region: list[list[int]] = [[-1] * self.columns for _ in range(self.rows)]
        self.cells: list[Rectangle | None] = []
        for row in range(self.rows):
            for column in range(self.columns):
                if self.region[row][column] < 0:
                    self.cells.append(self._flooded(row, column, len(self.cells)))

    def _flooded(self, row: int, column: int, number: int) -> Rectangle | None:
        """Mark a region; gives its rectangle where it is one and closed on all sides."""
        region, upright, level = self.region, self.upright, self.level
        region[row][column] = number
        todo = [(row, column)]
        rows: list[int] = []
        columns: list[int] = []
        is_open = False
        while todo:
            r, c = todo.pop()
            rows.append(r)
            columns.append(c)
            for wall, next_r, next_c in (
                (upright[r][c], r, c - 1),
                (upright[r][c + 1], r, c + 1),
                (level[r][c], r - 1, c),
                (level[r + 1][c], r + 1, c),
            ):
                if wall:
                    continue
                if not (0 <= next_r < self.rows and 0 <= next_c < self.columns):
                    is_open = True
                elif region[next_r][next_c] < 0:
                    region[next_r][next_c] = number
                    todo.append((next_r, next_c))
        if is_open:
            return None
        top, bottom, left, right = max(rows), min(rows), min(columns), max(columns)
        if len(rows) != (top - bottom + 1) * (right - left + 1):
            return self._trimmed(number, left, bottom, right, top)
        return Rectangle(self.us[left], self.vs[bottom], self.us[right + 1], self.vs[top + 1])

    def _trimmed(
        self, number: int, left: int, bottom: int, right: int, top: int
    ) -> Rectangle | None:
        """The rectangle of a region without the slivers that a table beside it cuts into it."""
        us, vs, region = self.us, self.vs, self.region
        while left <= right and bottom <= top:
            across, along = range(left, right + 1), range(bottom, top + 1)
            # An edge row or column is whole, or a sliver that goes, or the region is no rectangle.
            sides = (
                (vs[top + 1] - vs[top], [region[top][c] for c in across], (0, 0, 0, -1)),
                (vs[bottom + 1] - vs[bottom], [region[bottom][c] for c in across], (0, 1, 0, 0)),
                (us[left + 1] - us[left], [region[r][left] for r in along], (1, 0, 0, 0)),
                (us[right + 1] - us[right], [region[r][right] for r in along], (0, 0, -1, 0)),
            )
            slivers = [
                shift
                for thickness, numbers, shift in sides
                if thickness <= _SLIVER and any(other != number for other in numbers)
            ]
            if not slivers:
                break
            dl, db, dr, dt = slivers[0]
            left, bottom, right, top = left + dl, bottom + db, right + dr, top + dt
        rows = region[bottom : top + 1]
        inside = list(chain.from_iterable(row[left : right + 1] for row in rows))
        if not inside or any(other != number for other in inside):
            return None
        return Rectangle(us[left], vs[bottom], us[right + 1], vs[top + 1])

    def at(self, u: float, v: float) -> int:
        """The number of the cell around a point, or -1 where it stands in none."""
        column, row = bisect_right(self.us, u) - 1, bisect_right(self.vs, v) - 1
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return -1
        number = self.region[row][column]
        return number if self.cells[number] is not None else -1

    def around(self, characters: Iterable[Character]) -> list[int]:
        """The numbers of the cells around characters; most of a word's stand in one row."""
        numbers: list[int] = []
        at = float("nan")
        regions: Sequence[int] = ()
        for _, left, base, right, height, _ in characters:
            level = base + 0.25 * height
            if level != at:
                at = level
                row = bisect_right(self.vs, level) - 1
                regions = self.region[row] if 0 <= row < self.rows else ()
            column = bisect_right(self.us, (left + right) / 2) - 1
            number = regions[column] if 0 <= column < len(regions) else -1
            numbers.append(number if number >= 0 and self.cells[number] is not None else -1)
        return numbers

    def dotted(self) -> frozenset[int]:
        """The numbers of the cells that have a dashed line at the left or right."""
        numbers: set[int] = set()
        for row, walls in enumerate(self.upright):
            for column, wall in enumerate(walls):
                if wall == _DASHED:
                    numbers.update(self.region[row][max(column - 1, 0) : column + 1])
        return frozenset(numbers)

    def divides(self, left: float, right: float, v: float) -> bool:
        """Whether a line stands between two points of one height."""
        row = bisect_right(self.vs, v) - 1
        if not 0 <= row < self.rows:
            return False
        return any(self.upright[row][bisect_left(self.us, left) : bisect_right(self.us, right)])


def _covered(marks: Sequence[float], line: Line, reach: float) -> range:
    """The stretches between marks that a line covers, if for a little at its ends."""
    return range(bisect_left(marks, line.start - reach), bisect_right(marks, line.end + reach) - 1)
