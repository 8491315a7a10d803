"""What a page is made of, as pypdfium2 lists it.

That is texts with their size, angle and colour, ruling lines, and drawings and pictures that rule
nothing.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from auditor.readers.pdf.calls import pointer_of, quick
from auditor.readers.pdf.fills import WhiteLine, seen_on
from auditor.readers.pdf.pages import (
    Drawn,
    DrawnKind,
    Fill,
    Line,
    PageLimits,
    PageTooLarge,
    PrintedPage,
    Rectangle,
)

__all__ = [
    "IMAGE",
    "PATH",
    "TEXT",
    "Bounds",
    "BoundsOf",
    "PageObject",
    "TextObject",
    "bounds_once",
    "covers",
    "lines_and_drawings",
    "objects_of",
    "text_objects",
]

_THICK: Final = 3.0  # a filled rectangle not thicker than this is a line
_THICKEST: Final = 6.0  # so is one of this thickness that is at least ``_LONG`` times as long
_LONG: Final = 2.5
_WHITE: Final = 253  # the least of red, green and blue that nobody sees on paper
_SLANT: Final = 0.6  # how far the ends of a straight line may lie apart
_DEEPEST: Final = 12  # forms in forms
TEXT: Final = 1  # the kinds of objects, as pdfium numbers them
PATH: Final = 2
IMAGE: Final = 3
FORM: Final = 5
_MOVE, _LINE = 2, 0
_QUARTER: Final = math.pi / 2
_DARK: Final = 112  # of 255: the brightest colour on which black digits can't be read
_OPAQUE: Final = 250

Matrix = tuple[float, float, float, float, float, float]
Bounds = tuple[float, float, float, float]  # left, bottom, right, top
BoundsOf = Callable[[Any, Matrix], Bounds | None]
_NOWHERE: Final = (0.0, 0.0, 0.0, 0.0)
_PLAIN: Final[Matrix] = (1, 0, 0, 1, 0, 0)


class PageObject(NamedTuple):
    """An object of a page with its kind, and the matrix and depth of the form that holds it."""

    item: Any
    kind: int
    matrix: Matrix
    depth: int


@dataclass(slots=True)
class TextObject:
    """A text of a page. ``order`` is its place among all objects, ``size`` its font's size in
    points, ``reach`` the same along the text, ``angle`` its direction in radians, ``colour`` red,
    green and blue of its filling, and ``bounds`` what its glyphs take of the page. ``in_form`` is
    a text of a form, which has a space of its own.
    """

    item: Any
    order: int
    size: float
    reach: float
    angle: float
    mode: int
    colour: tuple[int, int, int]
    alpha: int
    layered: bool
    bounds: Rectangle
    in_form: bool = False

    @property
    def grey(self) -> int:
        """The grey of its colour, from 0 (black) to 255."""
        red, green, blue = self.colour
        return (299 * red + 587 * green + 114 * blue) // 1000

    @property
    def quarters(self) -> int:
        """By how many quarter turns it runs, from 0 to 3, as nearly as can be."""
        return round(self.angle / _QUARTER) % 4

    @property
    def deviation(self) -> float:
        """By how many radians it deviates from the nearest quarter turn."""
        return self.angle - round(self.angle / _QUARTER) * _QUARTER


def objects_of(raw: Any, page: Any) -> Iterator[PageObject]:
    """A page's objects in the order in which they are painted; what a form holds follows it."""

    kind_of, matrix_of = quick(raw, "FPDFPageObj_GetType"), _matrix_reader(raw)

    def within(objects: Iterator[Any], matrix: Matrix, depth: int) -> Iterator[PageObject]:
        for item in objects:
            kind = kind_of(item)
            yield PageObject(item, kind, matrix, depth)
            if kind == FORM and depth < _DEEPEST:
                inside = (
                    raw.FPDFFormObj_GetObject(item, index)
                    for index in range(raw.FPDFFormObj_CountObjects(item))
                )
                yield from within(inside, _times(matrix_of(item), matrix), depth + 1)

    objects = (
        raw.FPDFPage_GetObject(page, index) for index in range(raw.FPDFPage_CountObjects(page))
    )
    return within(objects, _PLAIN, 0)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    if outer is _PLAIN:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, w = outer
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + w,
    )


def _matrix_reader(raw: Any) -> Callable[[Any], Matrix]:
    """What gives the matrix of an object."""
    matrix = (ctypes.c_float * 6)()
    to_matrix = ctypes.byref(matrix)
    read = quick(raw, "FPDFPageObj_GetMatrix")

    def matrix_of(item: Any) -> Matrix:
        if not read(item, to_matrix):
            return _PLAIN
        a, b, c, d, e, f = matrix
        return a, b, c, d, e, f

    return matrix_of


def text_objects(raw: Any, objects: Iterable[PageObject]) -> dict[int, TextObject]:
    """The texts by their addresses, by which a character's object is found."""
    texts: dict[int, TextObject] = {}
    size = ctypes.c_float()
    to_size = ctypes.byref(size)
    colour, parts = _numbers(ctypes.c_uint, 4)
    bounds_of, matrix_of = bounds_reader(raw), _matrix_reader(raw)
    marks_of = quick(raw, "FPDFPageObj_CountMarks")
    size_of, mode_of = (
        quick(raw, "FPDFTextObj_GetFontSize"),
        quick(raw, "FPDFTextObj_GetTextRenderMode"),
    )
    colour_of = quick(raw, "FPDFPageObj_GetFillColor")
    for order, (item, kind, outer, _) in enumerate(objects):
        if kind != TEXT:
            continue
        a, b, c, d, _, _ = _times(matrix_of(item), outer)
        size_of(item, to_size)
        red, green, blue, alpha = colour if colour_of(item, *parts) else (0, 0, 0, 255)
        texts[ctypes.addressof(item.contents)] = TextObject(
            item,
            order,
            abs(size.value) * math.hypot(c, d),
            abs(size.value) * math.hypot(a, b),
            math.atan2(b, a) + (math.pi if size.value < 0 else 0),
            mode_of(item),
            (red, green, blue),
            alpha,
            _marked(raw, item, marks_of(item)),
            Rectangle(*(bounds_of(item, outer) or _NOWHERE)),
            outer is not _PLAIN,
        )
    return texts


def _marked(raw: Any, item: Any, count: int) -> bool:
    """Whether a text with some marks belongs to a layer. A text that a mark gives it instead of
    its own is taken off it: nobody sees that one.
    """
    if count <= 0:
        return False
    layered = False
    length = ctypes.c_ulong()
    for index in reversed(range(count)):
        mark = raw.FPDFPageObj_GetMark(item, index)
        raw.FPDFPageObjMark_GetName(mark, None, 0, length)
        layered = layered or length.value == 2 * len("OC\0")
        if raw.FPDFPageObjMark_GetParamValueType(mark, b"ActualText"):
            raw.FPDFPageObj_RemoveMark(item, mark)
    return layered


def _numbers(kind: Any, count: int) -> tuple[Any, list[Any]]:
    """Room for numbers that pdfium gives, and references to where it writes them, one by one."""
    room = (kind * count)()
    size = ctypes.sizeof(kind)
    return room, [ctypes.byref(room, size * index) for index in range(count)]


def covers(
    raw: Any, objects: Iterable[PageObject], bounds_of: BoundsOf
) -> list[tuple[int, Rectangle]]:
    """What hides all that is painted before it: the order and the bounds, on the page, of opaque
    fillings and pictures.
    """
    areas: list[tuple[int, Rectangle]] = []
    modes, to_modes = _numbers(ctypes.c_int, 2)
    colour, parts = _numbers(ctypes.c_uint, 4)
    draw_mode_of = quick(raw, "FPDFPath_GetDrawMode")
    length_of, fill_of = (
        quick(raw, "FPDFPath_CountSegments"),
        quick(raw, "FPDFPageObj_GetFillColor"),
    )
    for order, (item, kind, matrix, _) in enumerate(objects):
        if kind == PATH:
            if not draw_mode_of(item, *to_modes) or not modes[0]:
                continue
            if length_of(item) > 5:
                continue
            if fill_of(item, *parts) and colour[3] < _OPAQUE:
                continue
        elif kind != IMAGE:
            continue
        bounds = bounds_of(item, matrix)
        if bounds is not None:
            areas.append((order, Rectangle(*bounds)))
    return areas


def bounds_reader(raw: Any) -> BoundsOf:
    """What gives an object's bounds on the page."""
    sides, parts = _numbers(ctypes.c_float, 4)
    read = quick(raw, "FPDFPageObj_GetBounds")

    def bounds_of(item: Any, matrix: Matrix) -> Bounds | None:
        if not read(item, *parts):
            return None
        left, bottom, right, top = sides
        if matrix is _PLAIN:
            return left, bottom, right, top
        a, b, c, d, e, f = matrix
        corners = [
            (a * x + c * y + e, b * x + d * y + f)
            for x, y in ((left, bottom), (left, top), (right, bottom), (right, top))
        ]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    return bounds_of


def bounds_once(raw: Any) -> BoundsOf:
    """What gives the bounds of a page's paths and pictures, of which each is read once."""
    read = bounds_reader(raw)
    bounds: dict[int, Bounds | None] = {}  # by the ids of objects, which live as long as the page

    def bounds_of(item: Any, matrix: Matrix) -> Bounds | None:
        key = id(item)
        if key not in bounds:
            bounds[key] = read(item, matrix)
        return bounds[key]

    return bounds_of


def lines_and_drawings(
    raw: Any,
    page: PrintedPage,
    objects: Iterable[PageObject],
    limits: PageLimits,
    bounds_of: BoundsOf,
) -> None:
    """Give a page its lines, pictures and drawings, turned as its text is."""
    paths = _Paths(raw, page, limits, bounds_of)
    paths.read(objects)
    across, down = seen_on(page.fills, paths.white)
    page.across += across
    page.down += down


class _Paths:
    """One pass over a page's paths and pictures."""

    def __init__(
        self, raw: Any, page: PrintedPage, limits: PageLimits, bounds_of: BoundsOf
    ) -> None:
        self.raw, self.page, self.limits = raw, page, limits
        self.point, self.to_point = _numbers(ctypes.c_float, 2)
        self.modes, self.to_modes = _numbers(ctypes.c_int, 2)  # of filling, and whether it strokes
        self.bounds_of, self.matrix_of = bounds_of, _matrix_reader(raw)
        self.colour, self.to_colour = _numbers(ctypes.c_uint, 4)
        self.draw_mode_of = quick(raw, "FPDFPath_GetDrawMode")
        self.stroke_of = quick(raw, "FPDFPageObj_GetStrokeColor")
        self.fill_of = quick(raw, "FPDFPageObj_GetFillColor")
        self.dashes_of = quick(raw, "FPDFPageObj_GetDashCount")
        self.length_of = quick(raw, "FPDFPath_CountSegments")
        self.segment_of = pointer_of(raw, "FPDFPath_GetPathSegment")
        self.kind_of = quick(raw, "FPDFPathSegment_GetType")
        self.point_of = quick(raw, "FPDFPathSegment_GetPoint")
        self.is_closed = quick(raw, "FPDFPathSegment_GetClose")
        self.order = 0
        self.is_white = self.is_dashed = False
        self.white: list[WhiteLine] = []

    def read(self, objects: Iterable[PageObject]) -> None:
        for self.order, (item, kind, matrix, depth) in enumerate(objects):
            if kind == PATH:
                self._path(item, matrix, depth)
            elif kind == IMAGE:
                self._draw("picture", item, matrix)

    def _draw(self, kind: DrawnKind, item: Any, matrix: Matrix) -> None:
        bounds = self.bounds_of(item, matrix)
        if bounds is None:
            return
        area = self.page.turn.rectangle(*bounds)
        wide, high = area.right - area.left, area.top - area.bottom
        if kind == "picture" and _is_stretched(wide, high):
            self.is_white = self.is_dashed = False
            self._thin(*area)
        else:
            self.page.drawn.append(Drawn(kind, area))

    def _path(self, item: Any, matrix: Matrix, depth: int) -> None:
        """Take in a path: its filling, and then its stroke, which may have another colour."""
        if not self.draw_mode_of(item, *self.to_modes):
            return
        filled, stroked = self.modes
        if filled and stroked:
            self._filling(item, matrix)
        colour_of = self.stroke_of if stroked else self.fill_of
        if not (filled or stroked) or not self._colour(colour_of, item):
            return
        self.is_dashed = bool(stroked) and self.dashes_of(item) > 0
        if depth == 0 and not self.page.turn.skew and self._plain_line(item):
            return
        self._outlined(item, matrix, is_stroked=bool(stroked))

    def _outlined(self, item: Any, matrix: Matrix, *, is_stroked: bool) -> None:
        """Take in a path by its parts; what rules nothing is a drawing."""
        aslant = other = 0
        for points, straight in self._outlines(item, _times(self.matrix_of(item), matrix)):
            other += not straight
            if is_stroked:
                for first, second in pairwise(points):
                    aslant += not self._segment(first, second)
            elif straight and len(points) > 2:
                other += not self._filled(points)
        if (other or aslant) and not self.is_white:
            self._draw("drawing" if other or aslant > 1 else "slanted", item, matrix)

    def _filling(self, item: Any, matrix: Matrix) -> None:
        """Take in what lies within a path that is stroked, too."""
        if not self._colour(self.fill_of, item) or self.is_white:
            return
        for points, straight in self._outlines(item, _times(self.matrix_of(item), matrix)):
            if straight and len(points) > 2 and _is_rectangle(points):
                self._fill(points)

    def _fill(self, points: Sequence[tuple[float, float]]) -> None:
        us, vs = [u for u, _ in points], [v for _, v in points]
        area = Rectangle(min(us), min(vs), max(us), max(vs))
        if min(area.right - area.left, area.top - area.bottom) > _THICKEST:
            red, green, blue, alpha = self.colour
            is_dark = alpha >= _OPAQUE and max(red, green, blue) <= _DARK
            self.page.fills.append(Fill(self.order, area, is_dark))

    def _plain_line(self, item: Any) -> bool:
        """Whether a path is one stroke, or one thin rectangle, as most are; its bounds tell all
        there is to know of it.
        """
        count = self.length_of(item)
        if count > 5 or (count > 2 and self.kind_of(self.segment_of(item, 2)) != _LINE):
            return False
        bounds = self.bounds_of(item, _PLAIN)
        if bounds is None:
            return False
        x0, y0, x1, y1 = bounds
        if x1 - x0 > _THICK and y1 - y0 > _THICK:
            return False
        if self.page.turn.quarters:
            (u0, v0), (u1, v1) = self.page.turn.upright(x0, y0), self.page.turn.upright(x1, y1)
            x0, y0, x1, y1 = min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)
        wide, high = x1 - x0, y1 - y0
        if high <= _THICK < wide:
            self._line(Line((y0 + y1) / 2, x0, x1, self.is_dashed), level=True)
        elif wide <= _THICK < high:
            self._line(Line((x0 + x1) / 2, y0, y1, self.is_dashed), level=False)
        else:
            self._thin(x0, y0, x1, y1)
        return True

    def _colour(self, colour_of: Any, item: Any) -> bool:
        """Whether a path can be seen, if only on what lies under it, as white can."""
        self.is_white = False
        if not colour_of(item, *self.to_colour):
            return True
        red, green, blue, alpha = self.colour
        self.is_white = red >= _WHITE and green >= _WHITE and blue >= _WHITE
        return bool(alpha)

    def _outlines(
        self, item: Any, matrix: Matrix
    ) -> Iterator[tuple[list[tuple[float, float]], bool]]:
        """The path's parts as points, and whether each is made of straight lines; a curve cuts a
        part in two.
        """
        segment_of, kind_of, point_of = self.segment_of, self.kind_of, self.point_of
        point_at = self.page.turn.upright
        a, b, c, d, e, f = matrix
        count = self.length_of(item)
        if count + len(self.page.across) + len(self.page.down) > self.limits.lines:
            raise PageTooLarge
        points: list[tuple[float, float]] = []
        straight = True
        for index in range(count):
            segment = segment_of(item, index)
            kind = kind_of(segment)
            point_of(segment, *self.to_point)
            x, y = self.point
            point = point_at(a * x + c * y + e, b * x + d * y + f)
            if kind != _LINE:
                if points:
                    yield points, straight
                points, straight = [point], kind == _MOVE
            else:
                points.append(point)
            if self.is_closed(segment) and points:
                points.append(points[0])
        if points:
            yield points, straight

    def _segment(self, first: tuple[float, float], second: tuple[float, float]) -> bool:
        """Whether a stroke runs along the rows or columns; then it is a line."""
        (u0, v0), (u1, v1) = first, second
        if abs(v0 - v1) <= _SLANT and u0 != u1:
            self._line(Line((v0 + v1) / 2, min(u0, u1), max(u0, u1), self.is_dashed), level=True)
        elif abs(u0 - u1) <= _SLANT:
            self._line(Line((u0 + u1) / 2, min(v0, v1), max(v0, v1), self.is_dashed), level=False)
        else:
            return False
        return True

    def _line(self, line: Line, *, level: bool) -> None:
        if self.is_white:
            self.white.append(WhiteLine(self.order, line, level))
        elif level:
            self.page.across.append(line)
        else:
            self.page.down.append(line)

    def _filled(self, points: list[tuple[float, float]]) -> bool:
        """Whether a filled outline is a rectangle; only a thin one is a line. A white one has
        white edges.
        """
        us, vs = [u for u, _ in points], [v for _, v in points]
        self._thin(min(us), min(vs), max(us), max(vs))
        if not _is_rectangle(points):
            return False
        if not self.is_white:
            self._fill(points)
        elif min(max(us) - min(us), max(vs) - min(vs)) > _THICK:
            for first, second in pairwise(points):
                self._segment(first, second)
        return True

    def _thin(self, left: float, bottom: float, right: float, top: float) -> None:
        """A thin rectangle is a line; a tiny one is a dot of a line in either direction."""
        wide, high = right - left, top - bottom
        dot = wide <= _THICK and high <= _THICK
        if dot or (high <= _THICKEST and _is_thin(high, wide)):
            line = Line((top + bottom) / 2, left, right, self.is_dashed)
            self._line(line, level=True)
        if dot or (wide <= _THICKEST and _is_thin(wide, high)):
            line = Line((left + right) / 2, bottom, top, self.is_dashed)
            self._line(line, level=False)


def _is_stretched(wide: float, high: float) -> bool:
    """Whether a picture is a line: some programs draw them so."""
    return min(wide, high) <= _THICK and max(wide, high) >= 5 * _THICK


def _is_thin(thickness: float, length: float) -> bool:
    """Whether a rectangle is a line."""
    if thickness <= _THICK:
        return length >= thickness
    return thickness <= _THICKEST and length >= _LONG * thickness


def _is_rectangle(points: Sequence[tuple[float, float]]) -> bool:
    """Whether an outline has no slanted side."""
    return all(
        abs(u0 - u1) <= _SLANT or abs(v0 - v1) <= _SLANT for (u0, v0), (u1, v1) in pairwise(points)
    )
