"""What lies over the cells of a worksheet: text boxes, shapes, pictures and charts.

They hide numbers, and numbers are written in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from auditor.files.ooxml import parse_xml
from auditor.records.addresses import MAX_COLUMN, MAX_ROW, Area

__all__ = ["Corner", "Drawing", "drawings_in"]

_POINT: Final = 12_700
_PIXEL: Final = 9_525
"""Lengths in drawings are counted in these parts of a point and of a pixel."""
_OPAQUE_KINDS: Final = frozenset(("pic", "graphicFrame"))
_FILLS: Final = frozenset(("solidFill", "gradFill", "blipFill", "pattFill"))
_LINES: Final = frozenset(("line", "straightConnector1"))
_ANCHORS: Final = frozenset(("twoCellAnchor", "oneCellAnchor"))
_LONGEST: Final = 1_000

Size = Callable[[int], float]
"""The width of a column in characters, or the height of a row in points."""


class Corner(NamedTuple):
    """A point of a worksheet: its cell, and how many pixels it lies below and to the right of the
    cell's own corner.
    """

    row: int
    column: int
    below: float
    right: float


@dataclass
class Drawing:
    """What lies over some cells: its ``text``, and whether it hides them or strikes them out.
    ``area`` are the cells of which it covers at least half; None where there is none. ``corners``
    are its upper left and its lower right one.
    """

    first: tuple[int, int]
    area: Area | None
    text: str
    is_opaque: bool
    strikes: bool
    is_picture: bool = False
    """Whether it is an image, in which a table may be seen that nobody can read from it."""
    is_graphic: bool = False
    """Whether it is an image, a chart or another thing that is no shape."""
    is_line: bool = False
    rises: bool = False
    """Whether a line runs from the lower left to the upper right."""
    corners: tuple[Corner, Corner] | None = None

    @property
    def middle(self) -> tuple[int, int]:
        """The row and column of the cell in its middle."""
        if self.area is None:
            return self.first
        return (self.area.top + self.area.bottom) // 2, (self.area.left + self.area.right) // 2


@dataclass
class _Anchor:
    """A drawing as its part says it: where it begins and ends, in rows and columns from 0 and
    lengths.
    """

    begins: dict[str, int] = field(default_factory=dict[str, int])
    ends: dict[str, int] = field(default_factory=dict[str, int])
    width: int = 0
    height: int = 0
    is_filled: bool = False
    is_picture: bool = False
    is_image: bool = False
    is_line: bool = False
    is_hidden: bool = False
    rises: bool = False
    pieces: list[str] = field(default_factory=list[str])


def drawings_in(chunks: Iterator[bytes], part: str, width: Size, height: Size) -> list[Drawing]:
    """The drawings of a worksheet that has columns and rows of these sizes."""
    reader = _Reader()
    parse_xml(chunks, part, reader.start, reader.end, reader.text)
    return [_placed(anchor, width, height) for anchor in reader.anchors if not anchor.is_hidden]


class _Reader:
    """Takes up the elements of a part with drawings."""

    def __init__(self) -> None:
        self.anchors: list[_Anchor] = []
        self._path: list[str] = []
        self._pieces: list[str] | None = None
        self._fallback = 0
        self._has_fill = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        self._pieces = None
        if tag in _ANCHORS and len(self._path) == 2:
            self.anchors.append(_Anchor())
        if tag == "Fallback":  # the same again, for older programs
            self._fallback += 1
        if self._fallback or not self.anchors:
            return
        anchor, above = self.anchors[-1], self._path[-2] if len(self._path) > 1 else ""
        if above in ("from", "to") or tag == "t":
            self._pieces = []
        elif tag == "ext" and above in _ANCHORS:
            anchor.width, anchor.height = int(attributes["cx"]), int(attributes["cy"])
        elif tag == "cNvPr":
            anchor.is_hidden = anchor.is_hidden or attributes.get("hidden") in ("1", "true")
        else:
            self._looks(anchor, above, tag, attributes)

    def _looks(self, anchor: _Anchor, above: str, tag: str, attributes: dict[str, str]) -> None:
        """An element that says what of the cells is seen behind the drawing."""
        if tag == "prstGeom":
            anchor.is_line = anchor.is_line or attributes.get("prst") in _LINES
        elif tag in _OPAQUE_KINDS:
            anchor.is_picture = True
            anchor.is_image = anchor.is_image or tag == "pic"
        elif tag == "cxnSp":
            anchor.is_line = True
        elif tag == "xfrm":
            flips = [attributes.get(flip) in ("1", "true") for flip in ("flipH", "flipV")]
            anchor.rises = flips[0] != flips[1]
        elif above == "spPr" and (tag in _FILLS or tag == "noFill"):
            anchor.is_filled = tag != "noFill"
            self._has_fill = True
        elif tag == "fillRef" and not self._has_fill:  # the fill of the shape's style
            anchor.is_filled = anchor.is_filled or attributes.get("idx", "0") != "0"
        elif tag == "alpha" and self._path[-4:-2] == ["spPr", "solidFill"]:
            anchor.is_filled = False  # what lies under it is seen through it

    def end(self, tag: str) -> None:
        self._path.pop()
        if tag == "Fallback":
            self._fallback -= 1
        if tag in ("sp", "cxnSp"):
            self._has_fill = False
        if not self.anchors or self._pieces is None:
            return
        anchor, content = self.anchors[-1], "".join(self._pieces)
        above = self._path[-1] if self._path else ""
        if tag == "t":
            anchor.pieces.append(content)
        elif above == "from":
            anchor.begins[tag] = int(content)
        elif above == "to":
            anchor.ends[tag] = int(content)
        self._pieces = None

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)


def _placed(anchor: _Anchor, width: Size, height: Size) -> Drawing:
    """A drawing with the cells that it covers."""

    def columns(column: int) -> float:
        return (width(column) * 7 + 5) * _PIXEL

    def rows(row: int) -> float:
        return height(row) * _POINT

    top, bottom = _stretch(anchor, "row", anchor.height, rows, MAX_ROW)
    left, right = _stretch(anchor, "col", anchor.width, columns, MAX_COLUMN)
    first = anchor.begins.get("row", 0) + 1, anchor.begins.get("col", 0) + 1
    covered = _halves(top, bottom, rows), _halves(left, right, columns)
    strikes = False
    if anchor.is_line:
        strikes = top[0] == bottom[0] and _is_inside(top, rows) and _is_inside(bottom, rows)
        covered = (top[0], bottom[0]), covered[1]
    (row, last_row), (column, last_column) = covered
    area = None
    if row <= last_row and column <= last_column:
        area = Area(row, column, last_row, last_column)
    text = "".join(anchor.pieces)[:_LONGEST]
    is_opaque = anchor.is_picture or (anchor.is_filled and not anchor.is_line)
    corners = (
        Corner(top[0], left[0], top[1] / _PIXEL, left[1] / _PIXEL),
        Corner(bottom[0], right[0], bottom[1] / _PIXEL, right[1] / _PIXEL),
    )
    return Drawing(
        first,
        area,
        text.strip(),
        is_opaque,
        strikes,
        is_picture=anchor.is_image,
        is_graphic=anchor.is_picture,
        is_line=anchor.is_line,
        rises=anchor.rises,
        corners=corners,
    )


End = tuple[int, float]
"""A row or column, and how much of it lies before a point."""


def _stretch(anchor: _Anchor, axis: str, length: int, size: Size, most: int) -> tuple[End, End]:
    """From where to where an anchor reaches along an axis."""
    begin = anchor.begins.get(axis, 0) + 1, float(anchor.begins.get(f"{axis}Off", 0))
    if anchor.ends:
        return begin, (anchor.ends.get(axis, 0) + 1, float(anchor.ends.get(f"{axis}Off", 0)))
    at, rest = begin[0], begin[1] + length
    while at < most and rest > size(at):
        rest -= size(at)
        at += 1
    return begin, (at, rest)


def _halves(begin: End, end: End, size: Size) -> tuple[int, int]:
    """The first and last row or column of which at least half lies in a stretch."""
    first, last = begin[0], end[0]
    if begin[1] > size(first) / 2:
        first += 1
    if end[1] < size(last) / 2:
        last -= 1
    return first, last


def _is_inside(end: End, size: Size) -> bool:
    """Whether an end lies within its row, and not along its edge."""
    return 0.2 * size(end[0]) < end[1] < 0.8 * size(end[0])
