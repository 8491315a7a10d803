"""A grid of cells, whatever document it came from.

It is a worksheet's, or that of a page's cells between ruling lines.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from auditor.records.figures import Figure, Place, parse_figure

__all__ = ["Box", "Cell", "Grid", "TextCell", "enclosing_place"]


class Cell(Protocol):
    """What a grid needs to know of a cell that holds something. Rows and columns count from 1; a
    merged cell spans several.
    """

    @property
    def row(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def text(self) -> str:
        """What the cell prints."""
        ...

    @property
    def label(self) -> str:
        """What it prints where that can be a label: nothing for a plain number."""
        ...

    @property
    def place(self) -> Place: ...
    def figure(self, unit: str, units: tuple[str, ...]) -> Figure:
        """The cell as a figure, in ``unit`` unless it prints one of ``units`` itself."""
        ...


@dataclass(frozen=True, slots=True)
class TextCell:
    """A cell of which only the printed text is known."""

    row: int
    column: int
    text: str
    place: Place
    rows: int = 1
    columns: int = 1

    @property
    def label(self) -> str:
        return self.text

    def figure(self, unit: str, units: tuple[str, ...]) -> Figure:
        return parse_figure(
            self.text, unit=unit, units=units, place=self.place, placed_by="position"
        )


class Box:
    """A cell's rectangle in the grid, ends included."""

    cell: Cell
    label: str
    left: int
    top: int
    bottom: int
    right: int

    __slots__ = ("bottom", "cell", "label", "left", "right", "top")

    def __init__(self, cell: Cell) -> None:
        self.cell, self.label = cell, cell.label
        self.top, self.left = cell.row, cell.column
        self.bottom, self.right = cell.row + cell.rows - 1, cell.column + cell.columns - 1

    @property
    def text(self) -> str:
        return self.cell.text

    @property
    def columns(self) -> int:
        """How many columns it spans."""
        return self.right - self.left + 1

    @property
    def indent(self) -> int:
        """How far in its text begins, in half-width characters: by the format of the cell, where
        its kind has one, and by the blanks before it.
        """
        blanks = self.text[: len(self.text) - len(self.text.lstrip())]
        by_format = cast(int, getattr(self.cell, "indent", 0))
        return by_format + sum(2 if blank == "\u3000" else 1 for blank in blanks)

    @property
    def place(self) -> Place:
        return self.cell.place


def enclosing_place(boxes: Sequence[Box]) -> Place:
    """Where a text stands that one or more boxes hold: its first cell or line; on a page, the
    rectangle around all of its boxes there.
    """
    first = boxes[0].place
    if first.box is None:
        return first
    on_page = (box.place for box in boxes if box.place.page == first.page)
    corners = [place.box for place in on_page if place.box is not None]
    left, top, right, bottom = zip(*corners, strict=True)
    return first.model_copy(update={"box": (min(left), min(top), max(right), max(bottom))})


@dataclass
class Grid:
    """Boxes in reading order, and by each row that they stand in. ``place`` is that of an empty
    cell.
    """

    boxes: list[Box]
    place: Callable[[int, int], Place]
    lines: dict[int, list[Box]] = field(init=False)
    bottom: int = field(init=False)
    right: int = field(init=False)

    def __post_init__(self) -> None:
        self.boxes.sort(key=lambda box: (box.top, box.left))
        # A merged cell may reach far beyond everything else; nothing stands there.
        self.bottom = max((box.top for box in self.boxes), default=0)
        self.right = max((box.left for box in self.boxes), default=0)
        self.lines = {}
        reached: set[int] = set()
        for box in self.boxes:
            self.lines.setdefault(box.top, []).append(box)
            for row in range(box.top + 1, min(box.bottom, self.bottom) + 1):
                self.lines.setdefault(row, []).append(box)
                reached.add(row)
        for row in reached:
            self.lines[row].sort(key=lambda box: box.left)

    @classmethod
    def of(cls, cells: Iterable[Cell], place: Callable[[int, int], Place]) -> Grid:
        """The grid of some cells."""
        return cls([Box(cell) for cell in cells], place)

    def part(self, top: int, left: int, bottom: int, right: int) -> Grid:
        """The boxes that begin in a rectangle, as a grid of their own."""
        if top <= 1 and left <= 1 and bottom >= self.bottom and right >= self.right:
            return self
        return Grid(
            [box for box in self.boxes if top <= box.top <= bottom and left <= box.left <= right],
            self.place,
        )

    def rows(self, top: int, bottom: int) -> Iterator[Box]:
        """The boxes that stand in some row from ``top`` to ``bottom``, each once, row by row."""
        bottom = min(bottom, self.bottom)
        if bottom - top < len(self.lines):
            numbers: Iterable[int] = range(top, bottom + 1)
        else:
            numbers = sorted(row for row in self.lines if top <= row <= bottom)
        for row in numbers:
            for box in self.lines.get(row, ()):
                if box.top == row or row == top:
                    yield box

    def within(self, top: int, left: int, bottom: int, right: int) -> list[Box]:
        """The boxes that overlap a rectangle, in reading order."""
        return [box for box in self.rows(top, bottom) if box.left <= right and box.right >= left]

    def right_of(self, box: Box) -> list[Box]:
        """The boxes to the right in the rows of a box, nearest first, then from the top."""
        return sorted(
            (other for other in self.rows(box.top, box.bottom) if other.left > box.right),
            key=lambda other: (other.left, other.top),
        )

    def next_right(self, box: Box) -> list[Box]:
        """The nearest box to the right in each row of a box."""
        nearest: list[Box] = []
        for row in range(box.top, min(box.bottom, self.bottom) + 1):
            line = self.lines.get(row, [])
            index = bisect_left(line, box.right + 1, key=lambda other: other.left)
            if index < len(line) and line[index] not in nearest:
                nearest.append(line[index])
        return nearest

    def below(self, box: Box, reach: int = 1) -> list[Box]:
        """The boxes that begin within ``reach`` rows below a box and overlap its columns."""
        return [
            other
            for other in self.rows(box.bottom + 1, box.bottom + reach)
            if other.top > box.bottom and other.left <= box.right and other.right >= box.left
        ]

    def above(self, box: Box, reach: int = 1) -> list[Box]:
        """The boxes that end within ``reach`` rows above a box and overlap its columns."""
        return [
            other
            for other in self.rows(max(box.top - reach, 1), box.top - 1)
            if other.bottom < box.top and other.left <= box.right and other.right >= box.left
        ]
