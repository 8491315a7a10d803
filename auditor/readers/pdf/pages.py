"""What a page prints, as pypdfium2 tells it: its characters by their origins, and the straight
lines that rule it.

Everything is turned so that the text runs to the right (``u``) and lines follow each other
downwards (``v`` grows upwards, as in the file). A ``Turn`` leads back to the page's own space, in
points before its /Rotate, where annotations live.
"""

from __future__ import annotations

import ctypes
import importlib
import math
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any, Final, NamedTuple

from auditor.records.errors import CodedError

__all__ = [
    "Character",
    "Line",
    "PageLimits",
    "PageTooLarge",
    "PrintedPage",
    "Turn",
    "page_words",
    "printed_page",
]

_THICK: Final = 3.0  # a filled rectangle not thicker than this is a line
_SLANT: Final = 0.6  # how far the ends of a straight line may lie apart
_DEEPEST: Final = 12  # forms in forms
_PATH, _IMAGE, _FORM, _TEXT = 2, 3, 5, 1
_MOVE, _LINE, _CURVE = 2, 0, 1
_STROKED, _INVISIBLE = 1, 3
_NO_EXTENT: Final = 0.02  # pdfium's own limit is 0.01; this much is added where text is below it


@dataclass(frozen=True)
class PageLimits:
    """How much of a page is read; more is refused, for no sheet prints it."""

    characters: int = 200_000
    objects: int = 300_000
    lines: int = 100_000


class PageTooLarge(CodedError):
    """A page that holds more than the limits allow."""

    def __init__(self) -> None:
        super().__init__(
            "page-too-large",
            "holds more lines or characters than a sheet prints",
            "線や文字が多すぎます",
        )


@dataclass(frozen=True)
class Turn:
    """Quarter turns between a page's own space and the one in which its text is upright."""

    quarters: int = 0

    def upright(self, x: float, y: float) -> tuple[float, float]:
        match self.quarters:
            case 1:
                return y, -x
            case 2:
                return -x, -y
            case 3:
                return -y, x
            case _:
                return x, y

    def box(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """A rectangle of the upright space as left, bottom, right, top on the page."""
        back = Turn((4 - self.quarters) % 4)
        (x0, y0), (x1, y1) = back.upright(left, bottom), back.upright(right, top)
        return (
            round(min(x0, x1), 2),
            round(min(y0, y1), 2),
            round(max(x0, x1), 2),
            round(max(y0, y1), 2),
        )


class Character(NamedTuple):
    """One character: its origin on the baseline, where the next one would begin, and the height
    of its font's box.
    """

    text: str
    left: float
    base: float
    right: float
    height: float


class Line(NamedTuple):
    """A straight line along one direction: ``at`` across it, from ``start`` to ``end`` along it."""

    at: float
    start: float
    end: float


@dataclass
class PrintedPage:
    """A page's characters in the order of the file, and its lines. ``pictures``, ``curves`` (text
    may be drawn as outlines) and ``hidden`` tell a scan.
    """

    number: int
    turn: Turn = Turn()
    characters: list[Character] = field(default_factory=list[Character])
    across: list[Line] = field(default_factory=list[Line])
    down: list[Line] = field(default_factory=list[Line])
    pictures: int = 0
    curves: int = 0
    hidden: int = 0
    shown: int = 0


def printed_page(page: Any, number: int, limits: PageLimits) -> PrintedPage:
    """Read one open page of pypdfium2."""
    raw: Any = importlib.import_module("pypdfium2.raw")

    found = PrintedPage(number)
    objects = list(islice(_objects(raw, page), limits.objects + 1))
    if len(objects) > limits.objects:
        raise PageTooLarge
    with _text_page(raw, page, objects) as text:
        characters, found.turn = _characters(raw, text, _visible(raw, page), limits)
    found.characters = _once(characters)
    _Objects(raw, found, limits).read(objects)
    return found


def page_words(page: Any, limits: PageLimits) -> str:
    """All text of one open page of pypdfium2."""
    raw: Any = importlib.import_module("pypdfium2.raw")

    with _text_page(raw, page, islice(_objects(raw, page), limits.objects)) as text:
        count = raw.FPDFText_CountChars(text)
        if count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (count * 2 + 1))()
        written = raw.FPDFText_GetText(text, 0, count, buffer)
        return bytes(buffer)[: max(written - 1, 0) * 2].decode("utf-16-le", "replace")


@contextmanager
def _text_page(raw: Any, page: Any, objects: Iterable[_Object]) -> Generator[Any]:
    """pdfium's text page of an open page, with every character that its objects print.

    pdfium measures a text by the outlines of its glyphs. Where it has none, as for a font that is
    neither embedded nor installed, the text's bounds are a line or a point. It leaves out texts
    without width (one character, or any number of them that run upwards) and takes texts without
    height for one another if they say the same in rows near each other. So such texts are first
    given bounds, as small as will do.
    """
    sides = [ctypes.c_float() for _ in range(4)]
    for item, kind, _, _ in objects:
        if kind == _TEXT and raw.FPDFPageObj_GetBounds(item, *sides):
            left, bottom, right, top = (side.value for side in sides)
            if right - left < _NO_EXTENT or top - bottom < _NO_EXTENT:
                _extend(raw, item)
    text = raw.FPDFText_LoadPage(page)
    try:
        yield text
    finally:
        raw.FPDFText_ClosePage(text)


def _extend(raw: Any, text: Any) -> None:
    """Widen a text's bounds on all sides: those of stroked text hold the stroke, too, and they are
    measured anew when a text is moved, even to where it stands.
    """
    mode = raw.FPDFTextObj_GetTextRenderMode(text)
    raw.FPDFTextObj_SetTextRenderMode(text, _STROKED)
    raw.FPDFPageObj_SetStrokeWidth(text, 2 * _NO_EXTENT)
    raw.FPDFPageObj_Transform(text, *_PLAIN)
    raw.FPDFTextObj_SetTextRenderMode(text, mode)


def _visible(raw: Any, page: Any) -> tuple[float, float, float, float]:
    """The part of the page that is shown: left, bottom, right, top. Pages cut out of a larger one
    hold all of it.
    """
    area = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, area):
        return -math.inf, -math.inf, math.inf, math.inf
    return area.left, area.bottom, area.right, area.top


def _characters(
    raw: Any, page: Any, visible: tuple[float, float, float, float], limits: PageLimits
) -> tuple[list[Character], Turn]:
    """The characters that the page shows (pdfium adds spaces and line ends of its own), and which
    way most of them run.
    """
    count = raw.FPDFText_CountChars(page)
    if count > limits.characters:
        raise PageTooLarge
    x, y, loose = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    at_x, at_y, box = ctypes.byref(x), ctypes.byref(y), ctypes.byref(loose)
    generated, code_of, origin_of = (
        raw.FPDFText_IsGenerated,
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetCharOrigin,
    )
    box_of, angle_of = raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharAngle
    found: list[tuple[str, float, float, float, float, float, float]] = []
    ways: Counter[int] = Counter()
    x_min, y_min, x_max, y_max = visible
    for index in range(count):
        if generated(page, index) == 1:
            continue
        code = code_of(page, index)
        text = (
            chr(code)
            if 0x1F < code < 0xD800 or 0xDFFF < code < 0x110000
            else "\ufffd"
            if code not in (9, 10, 13)
            else " "
        )
        if not origin_of(page, index, at_x, at_y) or not box_of(page, index, box):
            continue
        if not (x_min <= x.value <= x_max and y_min <= y.value <= y_max):
            continue
        found.append((text, x.value, y.value, loose.left, loose.bottom, loose.right, loose.top))
        if not index % 3 and not text.isspace():
            ways[-round(angle_of(page, index) / (math.pi / 2)) % 4] += 1  # pdfium counts clockwise
    turn = Turn(max(ways, key=lambda way: (ways[way], -way), default=0))
    if not turn.quarters:
        return [
            Character(c[0], c[1], c[2], max(c[5], c[1]), (c[6] - c[4]) or (c[5] - c[3]) or 8.0)
            for c in found
        ], turn
    upright: list[Character] = []
    for text, origin_x, origin_y, left, bottom, right, top in found:
        u, v = turn.upright(origin_x, origin_y)
        (u0, v0), (u1, v1) = turn.upright(left, bottom), turn.upright(right, top)
        height = abs(v1 - v0) or abs(u1 - u0) or 8.0
        upright.append(Character(text, u, v, max(u0, u1, u), height))
    return upright, turn


def _once(characters: list[Character]) -> list[Character]:
    """The characters without those printed twice, a hair apart, to look bold."""
    seen: dict[tuple[str, int, int], list[Character]] = {}
    kept: list[Character] = []
    for character in characters:
        text, left, base, right, height = character
        if text.isspace():
            kept.append(character)
            continue
        near = 0.2 * height
        if right > left and 0.6 * (right - left) < near:
            near = 0.6 * (right - left)
        # Squares of 32 points; a character near the side of one is looked up, and kept, in both.
        columns = (int((left - near) // 32), int((left + near) // 32))
        rows = (int((base - near) // 32), int((base + near) // 32))
        keys = {(text, columns[0], rows[0])}
        if columns[0] != columns[1] or rows[0] != rows[1]:
            keys |= {(text, column, row) for column in columns for row in rows}
        twice = False
        for key in keys:
            for other in seen.get(key, ()):
                if abs(other[1] - left) < near and abs(other[2] - base) < near:
                    twice = True
        if twice:
            continue
        kept.append(character)
        for key in keys:
            if key in seen:
                seen[key].append(character)
            else:
                seen[key] = [character]
    return kept


Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Final[Matrix] = (1, 0, 0, 1, 0, 0)
_Object = tuple[Any, int, Matrix, int]


def _times(inner: Matrix, outer: Matrix) -> Matrix:
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


def _matrix_of(raw: Any, item: Any) -> Matrix:
    m = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, m):
        return _PLAIN
    return m.a, m.b, m.c, m.d, m.e, m.f


def _objects(raw: Any, page: Any) -> Iterator[_Object]:
    """A page's objects with their kinds, and the matrices and depths of the forms that hold them;
    what a form holds follows it.
    """

    def within(objects: Iterator[Any], matrix: Matrix, depth: int) -> Iterator[_Object]:
        for item in objects:
            kind = raw.FPDFPageObj_GetType(item)
            yield item, kind, matrix, depth
            if kind == _FORM and depth < _DEEPEST:
                inside = (
                    raw.FPDFFormObj_GetObject(item, index)
                    for index in range(raw.FPDFFormObj_CountObjects(item))
                )
                yield from within(inside, _times(_matrix_of(raw, item), matrix), depth + 1)

    objects = (
        raw.FPDFPage_GetObject(page, index) for index in range(raw.FPDFPage_CountObjects(page))
    )
    return within(objects, _PLAIN, 0)


class _Objects:
    """One pass over a page's objects."""

    def __init__(self, raw: Any, page: PrintedPage, limits: PageLimits) -> None:
        self.raw, self.page, self.limits = raw, page, limits
        self.x, self.y = ctypes.c_float(), ctypes.c_float()
        self.mode, self.stroked = ctypes.c_int(), ctypes.c_int()
        self.bounds = [ctypes.c_float() for _ in range(4)]
        self.colour = [ctypes.c_uint() for _ in range(4)]

    def read(self, objects: Iterable[_Object]) -> None:
        for item, kind, matrix, depth in objects:
            if kind == _PATH:
                self._path(item, matrix, depth)
            elif kind == _IMAGE:
                self.page.pictures += 1
            elif kind == _TEXT:
                if self.raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
                    self.page.hidden += 1
                else:
                    self.page.shown += 1

    def _path(self, item: Any, matrix: Matrix, depth: int) -> None:
        raw = self.raw
        if not raw.FPDFPath_GetDrawMode(item, self.mode, self.stroked) or not (
            self.mode.value or self.stroked.value
        ):
            return
        if self._white(
            raw.FPDFPageObj_GetStrokeColor if self.stroked.value else raw.FPDFPageObj_GetFillColor,
            item,
        ):
            return
        if depth == 0 and self._plain_line(item):
            return
        matrix = _times(_matrix_of(raw, item), matrix)
        for points, straight in self._outlines(item, matrix):
            self.page.curves += not straight
            if self.stroked.value:
                for first, second in pairwise(points):
                    self._segment(first, second)
            elif straight and len(points) > 2:
                self._filled(points)

    def _plain_line(self, item: Any) -> bool:
        """Whether a path is one stroke, or one thin rectangle, as most are; its bounds tell all
        there is to know of it.
        """
        raw = self.raw
        count = raw.FPDFPath_CountSegments(item)
        if count > 5 or (
            count > 2 and raw.FPDFPathSegment_GetType(raw.FPDFPath_GetPathSegment(item, 2)) != _LINE
        ):
            return False
        left, bottom, right, top = self.bounds
        if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return False
        x0, y0, x1, y1 = left.value, bottom.value, right.value, top.value
        if x1 - x0 > _THICK and y1 - y0 > _THICK:
            return False
        if self.page.turn.quarters:
            (u0, v0), (u1, v1) = self.page.turn.upright(x0, y0), self.page.turn.upright(x1, y1)
            x0, y0, x1, y1 = min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)
        self._thin(x0, y0, x1, y1)
        return True

    def _white(self, colour_of: Any, item: Any) -> bool:
        """Whether a line can't be seen on paper."""
        red, green, blue, alpha = self.colour
        if not colour_of(item, red, green, blue, alpha):
            return False
        return alpha.value == 0 or min(red.value, green.value, blue.value) == 255

    def _outlines(
        self, item: Any, matrix: Matrix
    ) -> Iterator[tuple[list[tuple[float, float]], bool]]:
        """The path's parts as points, and whether each is made of straight lines; a curve cuts a
        part in two.
        """
        raw, x, y = self.raw, self.x, self.y
        a, b, c, d, e, f = matrix
        count = raw.FPDFPath_CountSegments(item)
        if count + len(self.page.across) + len(self.page.down) > self.limits.lines:
            raise PageTooLarge
        points: list[tuple[float, float]] = []
        straight = True
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            kind = raw.FPDFPathSegment_GetType(segment)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = self.page.turn.upright(
                a * x.value + c * y.value + e, b * x.value + d * y.value + f
            )
            if kind != _LINE:
                if points:
                    yield points, straight
                points, straight = [point], kind == _MOVE
            else:
                points.append(point)
            if raw.FPDFPathSegment_GetClose(segment) and points:
                points.append(points[0])
        if points:
            yield points, straight

    def _segment(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        (u0, v0), (u1, v1) = first, second
        if abs(v0 - v1) <= _SLANT and u0 != u1:
            self.page.across.append(Line((v0 + v1) / 2, min(u0, u1), max(u0, u1)))
        elif abs(u0 - u1) <= _SLANT:
            self.page.down.append(Line((u0 + u1) / 2, min(v0, v1), max(v0, v1)))

    def _filled(self, points: list[tuple[float, float]]) -> None:
        """A filled outline; only a thin one is a line."""
        self._thin(
            min(u for u, _ in points),
            min(v for _, v in points),
            max(u for u, _ in points),
            max(v for _, v in points),
        )

    def _thin(self, left: float, bottom: float, right: float, top: float) -> None:
        """A thin rectangle is a line; a tiny one is a dot of a line in either direction."""
        wide, high = right - left, top - bottom
        dot = wide <= _THICK and high <= _THICK
        if high <= _THICK and (wide >= high or dot):
            self.page.across.append(Line((top + bottom) / 2, left, right))
        if wide <= _THICK and (high >= wide or dot):
            self.page.down.append(Line((left + right) / 2, bottom, top))
