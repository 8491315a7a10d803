"""Printed pages as one grid of cells.

A sheet that goes on over the next page goes on below in the grid.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from auditor.readers.grid import Grid
from auditor.readers.pdf.alignment import is_value
from auditor.readers.pdf.cells import PageCells
from auditor.readers.pdf.doubts import Doubt, Loose
from auditor.readers.pdf.pages import Rectangle, Turn
from auditor.readers.pdf.words import Written
from auditor.records.figures import Figure, Place, parse_figure

__all__ = ["LaidPage", "PrintedCell", "grid_of", "holds_a_table", "in_bands_of", "in_same_columns"]

_BETWEEN: Final = 40.0  # the empty space that parts two pages of one grid
_LEVEL: Final = 0.35  # in heights: by how much the tops of texts on one line may differ
_FIGURES: Final = 3
_SAME_COLUMNS: Final = 0.9
"""The share of cells that stand in the columns of the page before, where a table goes on."""
_SLIM: Final = 1.6  # edges of rows nearer than this many times ``fine`` are one: no text fits in


@dataclass(frozen=True)
class LaidPage:
    """A page with its texts in cells."""

    number: int
    turn: Turn
    cells: PageCells
    doubts: Mapping[Rectangle, Doubt] = field(default_factory=dict[Rectangle, Doubt])
    """The doubtful cells and free texts, by their rectangles."""
    turned: Sequence[Rectangle] = ()
    """Digits that run another way than the page."""
    loose: Sequence[Loose] = ()
    """What lies in no ruled cell and may stand for a figure."""

    def is_torn(self, extent: Rectangle) -> bool:
        """Whether a text across a border makes the cells that it lies in doubtful."""
        return any(doubt == "across" and area.common(extent) for area, doubt in self.doubts.items())

    @property
    def turned_in_cells(self) -> list[Rectangle]:
        """Those of them that stand in ruled cells, where figures do."""
        cells = [written.cell for written in self.cells.written if written.cell is not None]
        cells += self.cells.empty
        return [area for area in self.turned if any(cell.common(area) for cell in cells)]

    def place(self, area: Rectangle) -> Place:
        return Place(
            page=self.number, box=self.turn.box(area.left, area.bottom, area.right, area.top)
        )

    @cached_property
    def bands(self) -> set[tuple[float, float]]:
        """The lefts and rights of the columns in which texts are aligned."""
        return {written.band for written in self.cells.written if written.band is not None}

    @cached_property
    def doubtful_cells(self) -> list[Loose]:
        """The empty cells that are doubtful."""
        return [
            Loose(area, doubt)
            for area in self.cells.empty
            if (doubt := self.doubts.get(area)) is not None
        ]

    def beginning(self, bottom: float, top: float) -> float:
        """Where the first text of a row begins, which is the row's label."""
        return min(
            (
                written.extent.left
                for written in self.cells.written
                if bottom <= (written.extent.bottom + written.extent.top) / 2 <= top
            ),
            default=float("-inf"),
        )

    def doubtful_places(self) -> Iterator[tuple[Rectangle, Doubt]]:
        """The rectangles at which figures of doubtful cells have their places."""
        for written in self.cells.written:
            doubt = self.doubts.get(written.cell or written.extent)
            if doubt is not None:
                yield written.extent, doubt
        for area in self.cells.empty:
            if (doubt := self.doubts.get(area)) is not None:
                yield area, doubt


class _Stacked(NamedTuple):
    """A rectangle in the space of the whole grid, where ``top`` and ``bottom`` grow downwards."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class PrintedCell:
    """A text of a page, in the rows and columns of the grid; its place is only worked out for
    what a record keeps.
    """

    row: int
    column: int
    rows: int
    columns: int
    written: Written
    page: LaidPage

    @property
    def text(self) -> str:
        return self.written.text

    @property
    def label(self) -> str:
        return self.written.text

    @property
    def place(self) -> Place:
        return self.page.place(self.written.extent)

    @property
    def gaps(self) -> tuple[float, float]:
        """How far the text stands from the left and the right of its cell or column, in half-width
        characters.
        """
        area, extent = self.written.area, self.written.extent
        half = max(self.written.height / 2, 0.01)
        return (extent.left - area.left) / half, (area.right - extent.right) / half

    def figure(self, unit: str, units: tuple[str, ...]) -> Figure:
        return parse_figure(
            self.text, unit=unit, units=units, place=self.place, placed_by="position"
        )


def grid_of(pages: Sequence[LaidPage]) -> Grid:
    """One grid of the pages' cells, those of each page below those of the one before."""
    stacked: list[tuple[_Stacked, Written | None, LaidPage, Rectangle]] = []
    bounds: list[tuple[float, float, float, LaidPage]] = []
    below = 0.0
    for page in pages:
        areas = [written.area for written in page.cells.written] + page.cells.empty
        if not areas:
            continue
        top, bottom = max(area.top for area in areas), min(area.bottom for area in areas)
        for written in page.cells.written:
            area = written.area
            stacked.append((_down(area, top, below), written, page, area))
        for area in page.cells.empty:
            stacked.append((_down(area, top, below), None, page, area))
        bounds.append((below, below + top - bottom, top, page))
        below += top - bottom + _BETWEEN
    fine = min((page.cells.fine for page in pages), default=0.0)
    slim = _SLIM * fine
    columns, rows = _edges(stacked, fine)
    cells: list[PrintedCell] = []
    empty: list[tuple[range, range, LaidPage, Rectangle]] = []
    for box, text, page, area in stacked:
        row, column = _index(rows, box.top), _index(columns, box.left)
        last_row = max(_last(rows, box.bottom - slim), row)
        last_column = max(_last(columns, box.right - fine), column)
        if text is None:
            empty.append((range(row, last_row + 1), range(column, last_column + 1), page, area))
        else:
            cells.append(
                PrintedCell(row, column, last_row - row + 1, last_column - column + 1, text, page)
            )

    def place(row: int, column: int) -> Place:
        for of_rows, of_columns, page, area in empty:
            if row in of_rows and column in of_columns:
                return page.place(area)
        if not (0 < row < len(rows) and 0 < column < len(columns)):
            return Place(page=pages[0].number)
        upper, lower = rows[row - 1], rows[row]
        for first, last, top, page in bounds:
            if first <= upper + fine and upper <= last:
                lowest = min(lower, last)
                left, right = columns[column - 1], columns[column]
                return page.place(Rectangle(left, first + top - lowest, right, first + top - upper))
        return Place(page=pages[0].number)

    return Grid.of(cells, place)


def in_same_columns(page: LaidPage, following: LaidPage) -> bool:
    """Whether most cells of a page stand between the same vertical lines as those of another one
    before it: a table goes on.
    """
    edges = sorted({area.left for area in _ruled(page)})
    cells = _ruled(following)
    fine = max(page.cells.fine, following.cells.fine)
    alike = sum(_within(edges, area.left + fine, 2 * fine) for area in cells)
    return bool(cells) and _SAME_COLUMNS * len(cells) <= alike


def in_bands_of(page: LaidPage, following: LaidPage) -> LaidPage | None:
    """A page without lines and headings in the columns of the one before, where its list goes on:
    its figures stand in these, and none of its columns reaches into two; else None.
    """
    narrow = [
        band
        for band in page.bands
        if not any(band[0] <= o[0] and o[1] <= band[1] for o in page.bands if o != band)
    ]
    columns: dict[tuple[float, float], set[tuple[float, float]]] = {}
    texts: list[Written] = []
    outside = 0
    for written in following.cells.written:
        area = written.extent
        inside = [band for band in narrow if band[0] <= area.left and area.right <= band[1]]
        texts.append(written._replace(band=inside[0] if inside else None))
        if written.band is not None and is_value(written.text):
            outside += not inside
            for band in inside:
                columns.setdefault(band, set()).add(written.band)
    alone = all(len(parts) == 1 for parts in columns.values())
    if not (following.cells.unclear and columns and alone) or outside:
        return None
    return replace(following, cells=replace(following.cells, written=texts, unclear=[]))


def holds_a_table(page: LaidPage) -> bool:
    """Whether several figures stand in cells of a page, or in columns without lines."""
    cells = [
        written.text
        for written in page.cells.written
        if written.cell is not None or written.band is not None
    ]
    return sum(parse_figure(text).state == "number" for text in cells) >= _FIGURES


def _ruled(page: LaidPage) -> list[Rectangle]:
    """The ruled cells of a page, empty ones among them, or the columns of aligned texts."""
    cells = [written.cell for written in page.cells.written if written.cell is not None]
    return [*cells, *page.cells.empty]


def _down(area: Rectangle, top: float, below: float) -> _Stacked:
    return _Stacked(area.left, below + top - area.top, area.right, below + top - area.bottom)


def _edges(
    stacked: Sequence[tuple[_Stacked, Written | None, LaidPage, Rectangle]], fine: float
) -> tuple[list[float], list[float]]:
    """Where columns and rows begin: at the sides of cells, and where texts outside of cells
    begin.

    Such a text ends where something else begins, so that neighbours stay neighbours; only a wide
    gap is a row of its own.
    """
    slim = _SLIM * fine
    columns: list[float] = []
    rows: list[float] = []
    free: list[tuple[_Stacked, float]] = []
    for box, written, _, _ in stacked:
        if written is None or written.cell is not None:
            columns += (box.left, box.right)
            rows += (box.top, box.bottom)
            continue
        if written.band is not None:
            columns += (box.left, box.right)
        free.append((box, written.height))
    ruled_columns, ruled_rows = _distinct(columns, fine), _distinct(rows, slim)
    columns += (
        box.left
        for box, height in free
        if not _within(ruled_columns, box.left + fine, fine + 0.8 * height)
    )
    line = float("-inf")
    for box, height in sorted(free, key=lambda item: item[0].top):
        # Texts of one line may be set in fonts of different heights.
        if box.top - line <= _LEVEL * height:
            continue
        line = box.top
        if not _within(ruled_rows, box.top + fine, fine + 0.5 * height):
            rows.append(box.top)
    rows = _distinct(rows, slim)
    for box, height in free:
        after = bisect_right(rows, box.bottom - slim)
        if after == len(rows) or rows[after] - box.bottom > 1.5 * height:
            rows.insert(after, box.bottom)
    return _distinct(columns, fine), _distinct(rows, slim)


def _within(edges: Sequence[float], value: float, reach: float) -> bool:
    """Whether a text begins so little behind an edge that it stands in line with cells."""
    after = bisect_right(edges, value)
    return after > 0 and value - edges[after - 1] <= reach


def _distinct(values: list[float], fine: float) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > fine:
            edges.append(value)
    return edges


def _index(edges: Sequence[float], value: float) -> int:
    """The number, from 1, of the column in which a value lies."""
    return max(bisect_right(edges, value + 0.01), 1)


def _last(edges: Sequence[float], value: float) -> int:
    """The number, from 1, of the last column that begins before a value."""
    return max(bisect_left(edges, value), 1)
