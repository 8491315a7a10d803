"""A page's characters: as pdfium lists them, each printed once, and parted by the way they run."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from auditor.readers.pdf.calls import address_of, quick
from auditor.readers.pdf.objects import PageObject, TextObject
from auditor.readers.pdf.own_boxes import OwnBoxes
from auditor.readers.pdf.pages import Character, PageLimits, PageTooLarge, Rectangle, Turn
from auditor.readers.pdf.rendering import Glyph
from auditor.records.errors import CodedError

__all__ = [
    "NO_EXTENT",
    "Heap",
    "PageAskew",
    "glyphs_of",
    "heaps_of",
    "once",
    "text_page_of",
    "without_extent",
]

_TEXT, _STROKED = 1, 1
NO_EXTENT: Final = 0.02  # pdfium's own limit is 0.01; this much is added where text is below it
_TWICE: Final = 0.2  # of a size: a character that stands no further from another lies over it
_LINES: Final = 16.0  # points
_PLAIN: Final = (1, 0, 0, 1, 0, 0)
_UNKNOWN: Final = "\ufffd"
_ASLANT: Final = math.radians(3)  # what deviates more from a quarter turn runs aslant
_STRAIGHT: Final = math.radians(0.03)
_MOST_SKEW: Final = math.radians(2.05)
_MUCH: Final = 20  # characters aslant that are more than a stamp or watermark
_PAGE: Final = 40  # characters that are more than a label or a note at the margin
_STRANGERS: Final = 0.1  # of a page's other characters, where a part of it is a page of its own


class PageAskew(CodedError):
    """A page whose text runs aslant, or is skewed by more than can be turned back safely."""

    def __init__(self, degrees: float) -> None:
        super().__init__(
            "page-askew",
            f"is askew by {degrees:.0f} degrees; straighten it",
            f"{degrees:.0f} 度ほど傾いています。まっすぐに直してください",
        )


def without_extent(raw: Any, objects: Iterable[PageObject]) -> list[Any]:
    """The texts that have no width or no height, as pdfium sees it."""
    sides = [ctypes.c_float() for _ in range(4)]
    items: list[Any] = []
    for item, kind, _, _ in objects:
        if kind == _TEXT and raw.FPDFPageObj_GetBounds(item, *sides):
            left, bottom, right, top = (side.value for side in sides)
            if right - left < NO_EXTENT or top - bottom < NO_EXTENT:
                items.append(item)
    return items


@contextmanager
def text_page_of(raw: Any, page: Any, items: Iterable[Any]) -> Generator[Any]:
    """pdfium's text page of an open page, with every character that its objects print; ``items``
    are its texts without extent.

    pdfium measures a text by the outlines of its glyphs. Where it has none, as for a font that is
    neither embedded nor installed, the text's bounds are a line or a point. It leaves out texts
    without width (one character, or any number of them that run upwards) and takes texts without
    height for one another if they say the same in rows near each other. So such texts are first
    given bounds, as small as will do.
    """
    for item in items:
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
    raw.FPDFPageObj_SetStrokeWidth(text, 2 * NO_EXTENT)
    raw.FPDFPageObj_Transform(text, *_PLAIN)
    raw.FPDFTextObj_SetTextRenderMode(text, mode)


def glyphs_of(
    raw: Any, page: Any, texts: Mapping[int, TextObject], room: Rectangle, limits: PageLimits
) -> list[Glyph]:
    """The characters within the part of the page that is shown. pdfium adds spaces and line ends
    of its own, which belong to no object; a character whose meaning it only guessed is U+FFFD.
    """
    count = raw.FPDFText_CountChars(page)
    if count > limits.characters:
        raise PageTooLarge
    object_of, code_of = (
        address_of(raw, "FPDFText_GetTextObject"),
        quick(raw, "FPDFText_GetUnicode"),
    )
    origin_of, box_of = quick(raw, "FPDFText_GetCharOrigin"), quick(raw, "FPDFText_GetLooseCharBox")
    is_guess = quick(raw, "FPDFText_HasUnicodeMapError")
    origin, box = (ctypes.c_double * 2)(), (ctypes.c_float * 4)()  # box: left, top, right, bottom
    to_box, to_x = ctypes.byref(box), ctypes.byref(origin)
    to_y = ctypes.byref(origin, ctypes.sizeof(ctypes.c_double))
    x_min, y_min, x_max, y_max = room
    guessing: dict[int, bool] = {}  # whether the characters of an object are to be asked about
    names, own_boxes = _Names(), OwnBoxes(raw)
    source: TextObject | None = None
    foreign = None  # the font of an object that the document does not embed
    glyphs: list[Glyph] = []
    for index in range(count):
        key = object_of(page, index)
        if key is None:
            continue
        last, source = source, texts.get(key)
        if source is None:
            continue
        if source is not last:
            foreign = own_boxes.font_of(source)
        if not origin_of(page, index, to_x, to_y):
            continue
        x, y = origin
        if not (x_min <= x <= x_max and y_min <= y <= y_max) or not box_of(page, index, to_box):
            continue
        code = code_of(page, index)
        text = names[code]
        if 0x30 <= code <= 0x39 or guessing.get(key, True):
            guessing[key] = is_guess(page, index) == 1
            if guessing[key]:
                text = _UNKNOWN
        left, top, right, bottom = box
        if foreign is not None:
            left, top, right, bottom = foreign.bare(source, code, x, y, (left, top, right, bottom))
        glyphs.append(Glyph(text, x, y, left, bottom, right, top, source, index))
    return glyphs


class _Names(dict[int, str]):
    """What codes stand for; white space is a space."""

    def __missing__(self, code: int) -> str:
        if 0x1F < code < 0xD800 or 0xDFFF < code < 0x110000:
            text = chr(code)
        else:
            text = " " if code in (9, 10, 13) else _UNKNOWN
        self[code] = text
        return text


def once(glyphs: Sequence[Glyph]) -> tuple[list[Glyph], dict[int, list[TextObject]]]:
    """The glyphs without those printed twice, a hair apart, to look bold; and by the ``id`` of a
    text that is kept, the texts that print the same before it. The last one is kept: it lies on
    top.
    """
    if not _may_repeat(glyphs):
        return list(glyphs), {}
    seen: dict[tuple[str, float, float], list[tuple[float, float, TextObject]]] = {}
    distinct: list[Glyph] = []
    twins: dict[int, list[TextObject]] = {}
    for glyph in reversed(glyphs):
        text, x, y, left, bottom, right, top, source, _ = glyph
        if text.isspace():
            distinct.append(glyph)
            continue
        high, size = top - bottom, source.size
        near = _TWICE * (size if 0 < size < high else high)
        if right > left and 0.6 * (right - left) < near:
            near = 0.6 * (right - left)
        # Squares of 32 points; a character near the side of one is looked up, and kept, in both.
        column, row = (x - near) // 32, (y - near) // 32
        next_column, next_row = (x + near) // 32, (y + near) // 32
        keys = [(text, column, row)]
        if column != next_column:
            keys.append((text, next_column, row))
        if row != next_row:
            keys += [(text, at, next_row) for _, at, _ in tuple(keys)]
        twin: TextObject | None = None
        for key in keys:
            for other_x, other_y, other in seen.get(key, ()):
                if abs(other_x - x) < near and abs(other_y - y) < near:
                    twin = other
        if twin is not None:
            twins.setdefault(id(twin), []).append(source)
            continue
        distinct.append(glyph)
        for key in keys:
            seen.setdefault(key, []).append((x, y, source))
    distinct.reverse()
    return distinct, twins


def _may_repeat(glyphs: Iterable[Glyph]) -> bool:
    """Whether any glyph may be printed twice; False is sure. Where the glyphs of each text stand
    one behind the other, only texts of one line that reach into each other may repeat themselves.
    """
    bands: dict[int, list[tuple[float, float, float, float]]] = {}
    last: TextObject | None = None
    base = near = start = end = 0.0  # of the text of the last glyph
    for _, x, y, _, bottom, _, top, source, _ in glyphs:
        if source is last:
            if y != base or x - end < near:
                return True
        else:
            if last is not None and _reaches(bands, base, start, end, near):
                return True
            last, base, start = source, y, x
            near = _TWICE * (source.size or top - bottom)
            if source.angle or near <= 0:
                return True
        end = x
    return last is not None and _reaches(bands, base, start, end, near)


def _reaches(
    bands: dict[int, list[tuple[float, float, float, float]]],
    base: float,
    start: float,
    end: float,
    near: float,
) -> bool:
    """Whether a text reaches into another one of those in ``bands``, to which it is added."""
    lower, upper = int((base - near) // _LINES), int((base + near) // _LINES)
    for row in (lower,) if lower == upper else (lower, upper):
        texts = bands.setdefault(row, [])
        for level, first, last, reach in texts:
            most = near if near > reach else reach
            if -most < level - base < most and start - last < most and first - end < most:
                return True
        texts.append((base, start, end, near))
    return False


@dataclass
class Heap:
    """The glyphs that run one way and make a page of their own. ``area`` is what they cover, in
    their upright space.
    """

    turn: Turn
    glyphs: list[Glyph]

    @property
    def characters(self) -> list[Character]:
        """Them in their upright space."""
        if self.turn == Turn():
            return [
                Character(
                    text,
                    x,
                    y,
                    right if right > x else x,
                    (top - bottom) or (right - left) or 8.0,
                    source.size,
                )
                for text, x, y, left, bottom, right, top, source, _ in self.glyphs
            ]
        plain = Turn(self.turn.quarters)  # a box turned by a small angle would only grow
        upright: list[Character] = []
        for text, x, y, left, bottom, right, top, source, _ in self.glyphs:
            box = plain.rectangle(left, bottom, right, top)
            u, v = self.turn.upright(x, y)
            wide = box.right - plain.upright(x, y)[0]
            height = (box.top - box.bottom) or (box.right - box.left) or 8.0
            upright.append(Character(text, u, v, u + max(wide, 0.0), height, source.size))
        return upright


def heaps_of(glyphs: Sequence[Glyph]) -> tuple[list[Heap], list[Glyph]]:
    """The glyphs by the way they run, those of most of the page first, and the glyphs that run
    aslant as a watermark does. Raises PageAskew where most do, or the page can't be turned back.

    A few that run another way than the others (a label, a note at the margin) stay with them.
    """
    ways, aslant = _ways(glyphs)
    sizes = {way: len(of) for way, of in ways.items()}
    main = max(sizes, key=lambda way: (sizes[way], -way), default=0)
    _refuse_askew(aslant, sizes.get(main, 0))
    apart = [way for way in ways if way != main and _is_apart(ways[way], ways[main])]
    # Digits that run another way are no digits of the lines that they cross.
    for way, of in ways.items():
        if way != main and way not in apart:
            aslant += [glyph for glyph in of if glyph.text.isdigit()]
    heaps = [Heap(_turn(main, ways.get(main, [])), list(glyphs))]
    if aslant or apart:
        others = {id(glyph) for glyph in aslant}
        for way in apart:
            others.update(id(glyph) for glyph in ways[way])
        heaps[0].glyphs = [glyph for glyph in glyphs if id(glyph) not in others]
    heaps += [Heap(_turn(way, ways[way]), ways[way]) for way in apart]
    return heaps, aslant


def _refuse_askew(aslant: Sequence[Glyph], others: int) -> None:
    """Raise PageAskew where most of a page runs aslant, which is more than a stamp does."""
    count = sum(not glyph.text.isspace() for glyph in aslant)
    if count >= _MUCH and count > others:
        raise PageAskew(_usual_deviation(aslant))


def _ways(glyphs: Iterable[Glyph]) -> tuple[dict[int, list[Glyph]], list[Glyph]]:
    """The glyphs by the quarter turns by which they run, and those that run aslant."""
    direction: dict[int, int | None] = {}  # by the ids of texts; None where they run aslant
    ways: dict[int, list[Glyph]] = {}
    aslant: list[Glyph] = []
    for glyph in glyphs:
        source = glyph[7]
        key = id(source)
        if key in direction:
            way = direction[key]
        else:
            way = direction[key] = _way(source)
        if way is None:
            aslant.append(glyph)
        elif way in ways:
            ways[way].append(glyph)
        else:
            ways[way] = [glyph]
    return ways, aslant


def _way(source: TextObject) -> int | None:
    """The quarter turns by which a text runs, or None where it runs aslant."""
    if not source.angle:
        return 0
    return source.quarters if abs(source.deviation) <= _ASLANT else None


def _deviations(glyphs: Iterable[Glyph]) -> Counter[float]:
    """The deviations of some glyphs' texts, with the numbers of their glyphs."""
    counts = Counter(id(glyph.source) for glyph in glyphs)
    sources = {id(glyph.source): glyph.source for glyph in glyphs}
    deviations: Counter[float] = Counter()
    for key, count in counts.items():
        deviations[sources[key].deviation] += count
    return deviations


def _usual_deviation(glyphs: Iterable[Glyph]) -> float:
    """In degrees, of most glyphs."""
    return abs(math.degrees(_deviations(glyphs).most_common(1)[0][0]))


def _turn(quarters: int, glyphs: Sequence[Glyph]) -> Turn:
    """The turn that sets these glyphs upright, by the median of their deviations."""
    sources = {id(glyph[7]): glyph[7] for glyph in glyphs}
    if not any(source.deviation for source in sources.values()):
        return Turn(quarters)
    before, half = 0, len(glyphs) / 2
    skew = 0.0
    for deviation, count in sorted(_deviations(glyphs).items()):
        before += count
        if before >= half:
            skew = deviation
            break
    if abs(skew) > _MOST_SKEW:
        raise PageAskew(abs(math.degrees(skew)))
    return Turn(quarters, skew if abs(skew) > _STRAIGHT else 0.0)


def _is_apart(glyphs: Sequence[Glyph], others: Sequence[Glyph]) -> bool:
    """Whether some glyphs are more than a label, and have a part of the page to themselves."""
    if sum(not glyph.text.isspace() for glyph in glyphs) < _PAGE:
        return False
    left, right = min(g.x for g in glyphs), max(g.x for g in glyphs)
    bottom, top = min(g.y for g in glyphs), max(g.y for g in glyphs)
    inside = sum(left <= g.x <= right and bottom <= g.y <= top for g in others)
    return inside <= _STRANGERS * len(others)
