"""The boxes of comments: as large as their text needs, whatever the columns and rows below them.

A box is told by the cells that its corners lie in. On sheets whose columns are as narrow as a
character it has to span dozens of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from auditor.marking.workbook.splices import Tag
from auditor.records.addresses import MAX_COLUMN, MAX_ROW
from auditor.reports.layout import wrap

__all__ = ["POINTS", "Box", "Measures", "Position"]

Position = tuple[int, int]
"""Row and column of a cell, from 1."""

POINTS: Final = 9
"""The size of the letters in a comment."""
# All other sizes are in pixels, 96 an inch.
_CHARACTER: Final = 7
_LINE: Final = 17
_MARGIN: Final = 14
_WIDTHS: Final = (48, 80)
"""The widths of a box that are tried, in half-width characters."""
_HIGHEST: Final = 560
_DIGIT: Final = 7
"""The width of a digit in the workbook's font, in which widths of columns are counted."""
_COLUMN: Final = 64
_ROW: Final = 20
_RIGHT_OF_CELL: Final = 15
_BELOW: Final = 10


class Corner(NamedTuple):
    """A cell, counted from 0, and how far from its left or upper edge a corner lies."""

    cell: int
    offset: int


class Box(NamedTuple):
    """Where a comment's box begins and ends, and its size."""

    left: Corner
    top: Corner
    right: Corner
    bottom: Corner
    width: int
    height: int

    @property
    def anchor(self) -> str:
        """As a drawing writes it."""
        corners = (self.left, self.top, self.right, self.bottom)
        return ", ".join(f"{corner.cell}, {corner.offset}" for corner in corners)


class Measures:
    """How wide the columns of a worksheet are, and how high its rows. ``elements`` are those of
    its part.
    """

    def __init__(self, elements: Sequence[Tag]) -> None:
        self._column, self._row = _COLUMN, _ROW
        self._columns: list[tuple[int, int, int]] = []
        self._rows: dict[int, int] = {}
        row = 0
        for tag in elements:
            if tag.name == "sheetFormatPr":
                self._column = _width(tag, "defaultColWidth", _COLUMN)
                self._row = 0 if _is_set(tag, "zeroHeight") else _height(tag, "defaultRowHeight")
            elif tag.name == "col":
                first, last = (int(tag.attributes.get(end, "0")) for end in ("min", "max"))
                self._columns.append((first - 1, last - 1, _width(tag, "width", self._column)))
            elif tag.name == "row" and tag.depth == 2:
                row = int(tag.attributes.get("r", row + 1))
                if _is_set(tag, "hidden"):
                    self._rows[row - 1] = 0
                elif "ht" in tag.attributes:
                    self._rows[row - 1] = _height(tag, "ht")

    def box(self, at: Position, text: str) -> Box:
        """A box that shows a text beside a cell, one row higher."""
        width, height = _size_of(text)
        beside = Corner(min(at[1], MAX_COLUMN - 1), _RIGHT_OF_CELL)
        above = Corner(max(at[0] - 2, 0), _BELOW)
        return self._spanned(beside, above, width, height)

    def enlarged(self, anchor: str, text: str) -> str:
        """The anchor of a box that is there, with its lower right corner where it shows a text;
        the anchor as it is where it can't be read.
        """
        numbers = [part.strip() for part in anchor.split(",")]
        if len(numbers) != 8 or not all(number.isdecimal() for number in numbers):
            return anchor
        corners = [
            Corner(int(cell), int(offset))
            for cell, offset in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        box = self._spanned(corners[0], corners[1], *_size_of(text))
        larger = box._replace(right=max(corners[2], box.right), bottom=max(corners[3], box.bottom))
        return larger.anchor

    def _spanned(self, left: Corner, top: Corner, width: int, height: int) -> Box:
        right = _away(left, width, self._column_width, MAX_COLUMN)
        bottom = _away(top, height, self._row_height, MAX_ROW)
        return Box(left, top, right, bottom, width, height)

    def _column_width(self, index: int) -> int:
        widths = (width for first, last, width in self._columns if first <= index <= last)
        return next(widths, self._column)

    def _row_height(self, index: int) -> int:
        return self._rows.get(index, self._row)


def _away(start: Corner, distance: int, size: Callable[[int], int], most: int) -> Corner:
    """The corner at a distance; on the last column or row, the box ends there."""
    index, rest = start.cell, start.offset + distance
    while index < most - 1 and rest > size(index):
        rest -= size(index)
        index += 1
    return Corner(index, rest)


def _size_of(text: str) -> tuple[int, int]:
    """The width and height of a box for a text."""
    width = height = 0
    for characters in _WIDTHS:
        lines = sum(len(wrap(line, characters)) for line in text.split("\n"))
        width, height = characters * _CHARACTER + _MARGIN, lines * _LINE + _MARGIN
        if height <= _HIGHEST:
            break
    return width, min(height, _HIGHEST)


def _is_set(tag: Tag, name: str) -> bool:
    return tag.attributes.get(name) in ("1", "true")


def _width(tag: Tag, name: str, default: int) -> int:
    if _is_set(tag, "hidden"):
        return 0
    return int(float(tag.attributes[name]) * _DIGIT) if name in tag.attributes else default


def _height(tag: Tag, name: str) -> int:
    return round(float(tag.attributes[name]) * 96 / 72) if name in tag.attributes else _ROW
