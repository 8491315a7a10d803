"""Which characters of a page can be seen.

The page is painted with and without its texts; a character whose box shows no difference is not
there for a person.

What hides it (a colour, a clip, a layer, something painted later) does not matter then. Only
where a font has no glyphs to paint do the page's objects have to tell.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from operator import sub
from typing import Any, Final, NamedTuple

from auditor.readers.pdf.calls import quick
from auditor.readers.pdf.clips import clip_of
from auditor.readers.pdf.objects import (
    IMAGE,
    PATH,
    TEXT,
    Bounds,
    BoundsOf,
    PageObject,
    TextObject,
    bounds_once,
    covers,
)
from auditor.readers.pdf.pages import Rectangle

__all__ = ["Glyph", "Painter", "Picture", "Sight", "belong_together", "sight_of"]

_LARGE: Final = 2.5  # times the usual size: titles and watermarks that may lie over other text
# Of 255: differences of grey that a person sees, or may see.
_CLEAR: Final = 24
_FAINT: Final = 10
_FINE_CLEAR: Final = 20  # of a stroke that is wider than a pixel
_TONE: Final = 16  # of 255: greys that are one tone
_PIXELS: Final = 6.0  # of a character's size, at first
_FINE_PIXELS: Final = 40.0
_MOST_PIXELS: Final = 6_000_000
_MOST_REGIONS: Final = 48
_BEYOND_CLIP: Final = 0.3  # of a size: so far a glyph may be painted beyond its box
_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")
_FIGURE: Final = _DIGITS | frozenset(",.，．")
_BESIDE: Final = 0.25  # of a font's size: how far digits of a figure are apart, or overlap
_LEVEL: Final = 0.6  # of a font's size, which digits on one line have in common
_BAND: Final = 16.0  # points
_LONG: Final = 4
_RIM: Final = 0.22  # of a glyph's width, into which its neighbours may reach
_LOW: Final = frozenset(",.、。，．_＿")  # their ink is at the baseline
_QUARTER: Final = math.pi / 2
_ALIKE: Final = 1.3  # times the size of a font
_OVER: Final = 0.2  # of the smaller of two glyphs' boxes
# In sizes of the font, what is left to be seen of a hidden character, as the tail of a comma below
# what covers its figure: no wider than the dot of a full stop, and no longer than the tail.
_SPECK: Final = (0.1, 0.25)


class Glyph(NamedTuple):
    """A character as pdfium gives it, on the page: its origin, its font's box, and its object."""

    text: str
    x: float
    y: float
    left: float
    bottom: float
    right: float
    top: float
    source: TextObject
    number: int  # among pdfium's characters of the page


class Picture(NamedTuple):
    """Rows of grey pixels of a part of the page."""

    pixels: bytes
    stride: int
    x: float  # of its left side
    y: float  # of its top
    across: float  # pixels a point
    down: float
    columns: int
    rows: int

    def contrast(self, left: float, bottom: float, right: float, top: float) -> int:
        """The largest difference of grey within a rectangle of the page, up to 255."""
        part = self._part(left, bottom, right, top)
        return max(part) - min(part) if part else 0

    def tones(self, left: float, bottom: float, right: float, top: float) -> float:
        """How much of a rectangle of the page has nearly one and the same grey, as paper has."""
        part = self._part(left, bottom, right, top)
        if not part:
            return 0.0
        counts = [0] * (256 // _TONE + 1)
        for grey, count in Counter(part).items():
            counts[grey // _TONE] += count
        return max(a + b for a, b in pairwise(counts)) / len(part)

    def columns_and_rows(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[range, range]:
        """The pixels that a rectangle of the page touches."""
        first = max(math.floor((left - self.x) * self.across), 0)
        last = min(math.ceil((right - self.x) * self.across), self.columns)
        upper = max(math.floor((self.y - top) * self.down), 0)
        lower = min(math.ceil((self.y - bottom) * self.down), self.rows)
        return range(first, last), range(upper, lower)

    def _part(self, left: float, bottom: float, right: float, top: float) -> bytes:
        first = max(round((left - self.x) * self.across), 0)
        last = min(max(round((right - self.x) * self.across), first + 1), self.columns)
        upper = max(round((self.y - top) * self.down), 0)
        lower = min(max(round((self.y - bottom) * self.down), upper + 1), self.rows)
        if first >= last or upper >= lower:
            return b""
        return b"".join(
            self.pixels[row * self.stride + first : row * self.stride + last]
            for row in range(upper, lower)
        )


@dataclass
class Sight:
    """What a person sees of some glyphs, by their numbers: not at all, hardly, or with others
    printed over them.
    """

    hidden: set[int] = field(default_factory=set[int])
    faint: set[int] = field(default_factory=set[int])
    overprinted: set[int] = field(default_factory=set[int])
    graphics: Picture | None = None
    """The page without its text."""


def _scale(part: Rectangle, scale: float) -> float:
    """At most as many pixels a point as a picture may have."""
    return min(scale, 12.0, math.sqrt(_MOST_PIXELS / max(part.area, 1.0)))


class Painter:
    """Paints parts of one open page, in its own space (before its /Rotate)."""

    objects: Sequence[PageObject]
    page: Any
    raw: Any
    room: Rectangle

    def __init__(self, raw: Any, page: Any, room: Rectangle, objects: Sequence[PageObject]) -> None:
        self.raw, self.page, self.room, self.objects = raw, page, room, objects
        self.bounds_of: BoundsOf = bounds_once(raw)
        self.back: Any = (4 - raw.FPDFPage_GetRotation(page)) % 4
        self.flags: Any = raw.FPDF_GRAYSCALE

    def paint(self, part: Rectangle, scale: float, over: Picture | None = None) -> Picture:
        """A part of the page at ``scale`` pixels a point, ``over`` a picture of the same part or
        over blank paper.
        """
        raw, room = self.raw, self.room
        full_width = max(round((room.right - room.left) * scale), 1)
        full_height = max(round((room.top - room.bottom) * scale), 1)
        across = full_width / max(room.right - room.left, 0.01)
        down = full_height / max(room.top - room.bottom, 0.01)
        left = max(math.floor((part.left - room.left) * across), 0)
        top = max(math.floor((room.top - part.top) * down), 0)
        right = min(math.ceil((part.right - room.left) * across), full_width)
        bottom = min(math.ceil((room.top - part.bottom) * down), full_height)
        width, height = max(right - left, 1), max(bottom - top, 1)
        bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_Gray, None, 0)
        try:
            stride = raw.FPDFBitmap_GetStride(bitmap)
            buffer = raw.FPDFBitmap_GetBuffer(bitmap)
            if over is None:
                raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            else:
                ctypes.memmove(buffer, over.pixels, stride * height)
            raw.FPDF_RenderPageBitmap(
                bitmap, self.page, -left, -top, full_width, full_height, self.back, self.flags
            )
            pixels = ctypes.string_at(buffer, stride * height)
        finally:
            raw.FPDFBitmap_Destroy(bitmap)
        return Picture(
            pixels,
            stride,
            room.left + left / across,
            room.top - top / down,
            across,
            down,
            width,
            height,
        )

    def changes(self, text: TextObject) -> bool:
        """Whether the page looks otherwise without a text, but for specks."""
        left, bottom, right, top = text.bounds
        part = Rectangle(left - 1, bottom - 1, right + 1, top + 1)
        scale = _scale(part, _FINE_PIXELS / max(text.size, 1.0))
        whole = self.paint(part, scale)
        with self.without([text]):
            bare = self.paint(part, scale)
        if whole.pixels == bare.pixels:
            return False
        return not _only_specks(whole, bare, whole.columns_and_rows(*part), text.size)

    @contextmanager
    def without(self, texts: Iterable[TextObject | PageObject]) -> Generator[None]:
        """Some texts and other objects are not painted meanwhile."""
        items = [text.item for text in texts]
        activate = quick(self.raw, "FPDFPageObj_SetIsActive")
        for item in items:
            activate(item, 0)
        try:
            yield
        finally:
            for item in items:
                activate(item, 1)

    @cached_property
    def covers(self) -> list[tuple[int, Rectangle]]:
        """What hides all that is painted before it: see the function."""
        return covers(self.raw, self.objects, self.bounds_of)

    def grounds(self, texts: Iterable[TextObject]) -> list[PageObject] | None:
        """What is painted on the page besides some texts, where nothing of it is painted over
        them; otherwise None.
        """
        if self.raw.FPDFPage_HasTransparency(self.page):
            return None
        bounds: dict[int, Bounds] = {id(text.item): text.bounds for text in texts}
        bounds_of, (_, lowest, _, highest) = self.bounds_of, self.room
        bands: dict[int, list[Bounds]] = {}  # of what is painted later
        grounds: list[PageObject] = []
        for painted in reversed(self.objects):
            item, kind, matrix, depth = painted
            area = bounds.get(id(item)) if kind == TEXT else None
            is_text = area is not None
            if area is None:
                if depth or kind not in (TEXT, PATH, IMAGE):
                    return None
                if kind == TEXT and not self._is_active(item):
                    continue
                grounds.append(painted)
                area = bounds_of(item, matrix)
                if area is None:
                    return None
            left, bottom, right, top = area
            first = int(max(lowest, bottom) // _BAND)
            for band in range(first, int(min(highest, top) // _BAND) + 1):
                if not is_text:
                    bands.setdefault(band, []).append(area)
                    continue
                for x0, y0, x1, y1 in bands.get(band, ()):
                    if x0 < right and left < x1 and y0 < top and bottom < y1:
                        return None
        return grounds

    def _is_active(self, item: Any) -> bool:
        is_active = ctypes.c_int()
        self.raw.FPDFPageObj_GetIsActive(item, is_active)
        return bool(is_active.value)


def belong_together(glyph: Glyph, other: Glyph) -> bool:
    """Whether two glyphs that follow each other in the file are parts of one text; some programs
    print each digit of a figure as a text of its own.
    """
    if glyph.source is other.source:
        return not other.text.isspace()
    if not {glyph.text, other.text} <= _FIGURE:
        return False
    left, bottom = max(glyph.left, other.left), max(glyph.bottom, other.bottom)
    right, top = min(glyph.right, other.right), min(glyph.top, other.top)
    size = glyph.source.size
    gap, common = (left - right, top - bottom)
    if round(glyph.source.angle / _QUARTER) % 2:
        gap, common = (bottom - top, right - left)
    return abs(gap) <= _BESIDE * size and common >= _LEVEL * size


def sight_of(
    painter: Painter,
    text_page: Any,
    glyphs: Sequence[Glyph],
    twins: Mapping[int, Sequence[TextObject]],
    contested: set[int],
) -> Sight:
    """What can be seen of a page's glyphs (spaces are not asked about). ``twins`` are the texts
    that print what a text prints, too, by its ``id``; ``contested`` the ids of texts that others
    lie over.
    """
    sight = Sight()
    by_source: dict[int, list[int]] = {}
    for number, glyph in enumerate(glyphs):
        if not glyph.text.isspace():
            by_source.setdefault(id(glyph.source), []).append(number)
    sizes: list[float] = []
    for numbers in by_source.values():
        sizes += [glyphs[numbers[0]].source.size] * len(numbers)
    if sizes:
        usual = sorted(sizes)[len(sizes) // 2]
        looking = _Looking(painter, text_page, glyphs, twins, contested, sight)
        looking.look(list(by_source.values()), usual)
    return sight


class _Looking:
    """One page looked at, coarsely first, and closely where that leaves a doubt."""

    def __init__(
        self,
        painter: Painter,
        text_page: Any,
        glyphs: Sequence[Glyph],
        twins: Mapping[int, Sequence[TextObject]],
        contested: set[int],
        sight: Sight,
    ) -> None:
        self.painter, self.raw, self.text_page = painter, painter.raw, text_page
        self.glyphs, self.twins, self.contested, self.sight = glyphs, twins, contested, sight
        self.box = (ctypes.c_double * 4)()
        self.sides = [ctypes.c_double.from_buffer(self.box, 8 * side) for side in range(4)]

    def look(self, texts: Sequence[list[int]], usual: float) -> None:
        """Settle all glyphs of some texts, whose usual size is given in points."""
        large = usual * _LARGE
        layers: dict[bool, list[list[int]]] = {}
        for numbers in texts:
            layers.setdefault(self.glyphs[numbers[0]].source.size > large, []).append(numbers)
        scale = _scale(self.painter.room, _PIXELS / max(usual, 1.0))
        painted = {
            is_large: [self.glyphs[numbers[0]].source for numbers in layer]
            for is_large, layer in layers.items()
        }
        whole, bares = self._pictures(painted, scale)
        for is_large, layer in layers.items():
            sources, bare = painted[is_large], bares[is_large]
            # Drawings are looked for among the texts of usual size.
            if self.sight.graphics is None or not is_large:
                self.sight.graphics = bare
            difference = _Difference(whole, bare)
            dim: list[int] = []
            for numbers in layer:
                dim += self._dim(numbers, difference)
            if dim:
                self._look_closely(self._without_unpainted(dim, bare), sources)
            if self.sight.hidden:
                self._hide_specks(layer, sources)
        for numbers in texts:
            source = self.glyphs[numbers[0]].source
            if id(source) in self.contested:
                self._contest(source, [n for n in numbers if n not in self.sight.hidden])
        for numbers in texts:
            self._hide_clipped(numbers)
        if self.contested:
            self._find_overprinted(texts)

    def _hide_clipped(self, numbers: Sequence[int]) -> None:
        """Hide the glyphs of one text that stand outside of its clip. A picture does not tell that
        where another text is painted: what a cell cuts off often lies over its neighbours.
        """
        source = self.glyphs[numbers[0]].source
        if source.in_form:
            return
        clip = clip_of(self.raw, source.item)
        beyond = _BEYOND_CLIP * source.size
        left, right = clip.left - beyond, clip.right + beyond
        bottom, top = clip.bottom - beyond, clip.top + beyond
        for number in numbers:
            glyph = self.glyphs[number]
            across = left < glyph.right and glyph.left < right
            if not (across and bottom < glyph.top and glyph.bottom < top):
                self.sight.hidden.add(number)

    def _pictures(
        self, layers: Mapping[bool, Sequence[TextObject]], scale: float
    ) -> tuple[Picture, dict[bool, Picture]]:
        """The page, and the page without the texts of each layer."""
        painter, room = self.painter, self.painter.room
        texts = [*chain(*layers.values())]
        texts += self._twins(texts)
        grounds = painter.grounds(texts) if len(layers) == 1 else None
        bares: dict[bool, Picture] = {}
        for is_large, sources in layers.items():
            with painter.without([*sources, *self._twins(sources)]):
                bares[is_large] = painter.paint(room, scale)
        if grounds is None:
            return painter.paint(room, scale), bares
        # To paint lines takes longer than to paint texts, so they are painted once.
        with painter.without(grounds):
            (ground,) = bares.values()
            return painter.paint(room, scale, ground), bares

    def _dim(self, numbers: list[int], difference: _Difference) -> list[int]:
        """Those glyphs of a text that are not clearly there. Of a long text without digits a few
        tell of all.
        """
        glyphs = self.glyphs
        if len(numbers) > _LONG and _DIGITS.isdisjoint([glyphs[n][0] for n in numbers]):
            sample = (numbers[0], numbers[len(numbers) // 2], numbers[-1])
            if not difference.unclear(glyphs, sample):
                return []
        return difference.unclear(glyphs, numbers)

    def _twins(self, sources: Iterable[TextObject]) -> list[TextObject]:
        twins: list[TextObject] = []
        for source in sources:
            twins += self.twins.get(id(source), ())
        return twins

    def _without_unpainted(self, numbers: Sequence[int], ground: Picture) -> list[int]:
        """Those of some glyphs that there are to paint; the others are settled."""
        bare = [number for number in numbers if self._has_no_glyph(number)]
        if bare:
            self._judge_unpainted(bare, ground)
        settled = set(bare)
        return [number for number in numbers if number not in settled]

    def _look_closely(self, numbers: Sequence[int], sources: Sequence[TextObject]) -> None:
        """Look at some glyphs again, in larger pictures of the places where they stand."""
        regions: dict[int, list[int]] = {}
        for number in numbers:
            regions.setdefault(id(self.glyphs[number].source), []).append(number)
        for group, whole, bare in self._close_ups(list(regions.values()), sources):
            for number in group:
                contrast = _contrast(self.glyphs[number], whole, bare)
                if contrast < _FAINT:
                    self.sight.hidden.add(number)
                elif contrast < _FINE_CLEAR:
                    self.sight.faint.add(number)

    def _hide_specks(self, layer: Sequence[list[int]], sources: Sequence[TextObject]) -> None:
        """Of characters beside hidden ones, hide those that show no more than a speck."""
        hidden = self.sight.hidden
        partly = [numbers for numbers in layer if any(map(self._is_beside_hidden, numbers))]
        for group, whole, bare in self._close_ups(partly, sources):
            hidden.update(self._specks(group, whole, bare))

    def _is_beside_hidden(self, number: int) -> bool:
        hidden = self.sight.hidden
        return number not in hidden and any(
            near in hidden and belong_together(self.glyphs[near], self.glyphs[number])
            for near in (number - 1, number + 1)
        )

    def _specks(self, numbers: Sequence[int], whole: Picture, bare: Picture) -> list[int]:
        """Those of some glyphs that stand beside hidden ones and show no more than a speck, though
        they are larger.
        """
        specks: list[int] = []
        for number in filter(self._is_beside_hidden, numbers):
            if self._has_no_glyph(number):
                continue
            left, right, bottom, top = self.box[:]
            size = self.glyphs[number].source.size
            if not _is_speck(right - left, top - bottom, size):
                pixels = whole.columns_and_rows(left, bottom, right, top)
                if _only_specks(whole, bare, pixels, size):
                    specks.append(number)
        return specks

    def _close_ups(
        self, groups: Sequence[list[int]], sources: Sequence[TextObject]
    ) -> list[tuple[list[int], Picture, Picture]]:
        """Larger pictures of where some groups of glyphs stand, with and without texts."""
        if len(groups) > _MOST_REGIONS:
            groups = [list(chain.from_iterable(groups))]
        parts = [self._around(group) for group in groups]
        smallest = [min(self.glyphs[number].source.size for number in group) for group in groups]
        scales = [
            _scale(part, _FINE_PIXELS / max(size, 1.0))
            for part, size in zip(parts, smallest, strict=True)
        ]
        wholes = [
            self.painter.paint(part, scale) for part, scale in zip(parts, scales, strict=True)
        ]
        with self.painter.without([*sources, *self._twins(sources)] if groups else ()):
            bares = [
                self.painter.paint(part, scale) for part, scale in zip(parts, scales, strict=True)
            ]
        return list(zip(groups, wholes, bares, strict=True))

    def _around(self, numbers: Sequence[int]) -> Rectangle:
        glyphs = [self.glyphs[number] for number in numbers]
        return Rectangle(
            min(min(glyph.left, glyph.x) for glyph in glyphs) - 1,
            min(glyph.bottom for glyph in glyphs) - 1,
            max(glyph.right for glyph in glyphs) + 1,
            max(glyph.top for glyph in glyphs) + 1,
        )

    def _has_no_glyph(self, number: int) -> bool:
        """Whether its font can't paint a character: it is neither embedded nor installed here."""
        glyph = self.glyphs[number]
        if not self.raw.FPDFText_GetCharBox(self.text_page, glyph.number, *self.sides):
            return True
        left, right, bottom, top = self.box[:]
        wide, high = right - left, top - bottom
        # Its box is a line, which may run a little aslant.
        source = glyph.source
        aslant = abs(math.sin(source.deviation)) * 1.2 * max(wide, high) if source.angle else 0.0
        return min(wide, high) < 0.05 + aslant

    def _judge_unpainted(self, numbers: Sequence[int], ground: Picture) -> None:
        """Of characters without glyphs only their objects tell: what is painted later, and in
        which colour on which ground they would be.
        """
        rooms: dict[int, tuple[Rectangle, list[Rectangle]]] = {}
        for number in numbers:
            glyph = self.glyphs[number]
            source = glyph.source
            if id(source) not in rooms:
                later = [area for order, area in self.painter.covers if order > source.order]
                rooms[id(source)] = clip_of(self.raw, source.item), later
            clip, later = rooms[id(source)]
            u, v = (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2
            if (
                not (clip.left <= u <= clip.right and clip.bottom <= v <= clip.top)
                or source.alpha < _FAINT
                or any(a.left <= u <= a.right and a.bottom <= v <= a.top for a in later)
                or (source.mode in (0, 4) and abs(source.grey - _grey(ground, u, v)) < _FAINT)
            ):
                self.sight.hidden.add(number)
            elif source.layered:
                self.sight.faint.add(number)

    def _contest(self, source: TextObject, numbers: Sequence[int]) -> None:
        """Take away one text that others overlap: where nothing changes it can't be seen."""
        if not numbers:
            return
        part = self._around(numbers)
        scale = _scale(part, _FINE_PIXELS / max(source.size, 1.0))
        whole = self.painter.paint(part, scale)
        with self.painter.without([source, *self._twins([source])]):
            bare = self.painter.paint(part, scale)
        dim = [n for n in numbers if _contrast(self.glyphs[n], whole, bare) < _FINE_CLEAR]
        self.sight.hidden.update(self._without_unpainted(dim, bare))
        self.sight.hidden.update(self._specks(numbers, whole, bare))

    def _find_overprinted(self, texts: Sequence[list[int]]) -> None:
        """Find the glyphs of contested texts that are seen, and so are others on them."""
        seen: list[int] = []
        for numbers in texts:
            if id(self.glyphs[numbers[0]].source) in self.contested:
                seen += [number for number in numbers if number not in self.sight.hidden]
        seen.sort(key=lambda number: self.glyphs[number].left)
        before: list[int] = []  # those that may reach the next one
        for number in seen:
            glyph = self.glyphs[number]
            before = [other for other in before if self.glyphs[other].right > glyph.left]
            for other in before:
                if _overprints(glyph, self.glyphs[other]):
                    self.sight.overprinted |= {number, other}
            before.append(number)


def _overprints(glyph: Glyph, other: Glyph) -> bool:
    """Whether two glyphs of about one size lie so much over each other that neither is clear."""
    if glyph.source is other.source:
        return False
    sizes = glyph.source.size, other.source.size
    if max(sizes) > _ALIKE * min(sizes):
        return False
    area = Rectangle(glyph.left, glyph.bottom, glyph.right, glyph.top)
    under = Rectangle(other.left, other.bottom, other.right, other.top)
    return area.common(under) >= _OVER * max(min(area.area, under.area), 0.01)


class _Difference:
    """Where a picture and its ground, the same without texts, clearly differ."""

    def __init__(self, whole: Picture, bare: Picture) -> None:
        self.whole, self.bare = whole, bare

    def unclear(self, glyphs: Sequence[Glyph], numbers: Sequence[int]) -> list[int]:
        """Those glyphs of one text that do not clearly change the picture in the core of their
        boxes, in which neighbours have no part.
        """
        source = glyphs[numbers[0]].source
        usual, lowest = (0.0, 0.75 * source.size), (-0.2 * source.size, 0.3 * source.size)
        quarter = round(source.angle / _QUARTER) % 4 if source.angle else 0
        _, stride, x0, y0, across, down, columns, rows = self.whole
        seen, ground, ceil, floor = self.whole.pixels, self.bare.pixels, math.ceil, math.floor
        unclear: list[int] = []
        for number in numbers:
            text, x, y, left, bottom, right, top, _, _ = glyphs[number]
            is_low = text in _LOW
            low, high = lowest if is_low else usual
            if quarter == 0:
                bottom, top = y + low, y + high
            elif quarter == 1:
                left, right = x - high, x - low
            elif quarter == 2:
                bottom, top = y - high, y - low
            else:
                left, right = x + low, x + high
            # Only pixels that lie within, but one at least.
            first = ceil((left - x0) * across)
            last = floor((right - x0) * across)
            upper = ceil((y0 - top) * down - 0.3)
            lower = floor((y0 - bottom) * down + 0.3)
            if last <= first:
                last = first + 1
            if lower <= upper:
                lower = upper + 1
            if first < 0 or upper < 0 or last > columns or lower > rows:
                last, lower = min(last, columns), min(lower, rows)
            else:
                start = (upper + lower) // 2 * stride  # where most characters have ink
                under, row = (
                    ground[start + first : start + last],
                    seen[start + first : start + last],
                )
                if row != under and min(under) - min(row) >= _CLEAR:
                    continue
            if first < 0 or upper < 0 or not self.shows(first, last, upper, lower, is_low):
                unclear.append(number)
        return unclear

    def shows(self, first: int, last: int, upper: int, lower: int, is_low: bool) -> bool:
        """Whether a person sees a difference between a part of the pictures: columns from
        ``first`` to before ``last``, and lines from ``upper`` to before ``lower``. Of a sign that
        is no larger than a pixel, all pixels together tell (``is_low``).
        """
        if first >= last:
            return False
        seen, ground, stride = self.whole.pixels, self.bare.pixels, self.whole.stride
        ink = 0
        for start in range(upper * stride, lower * stride, stride):
            row, under = seen[start + first : start + last], ground[start + first : start + last]
            if row == under:
                continue
            if min(under) - min(row) >= _CLEAR or max(row) - max(under) >= _CLEAR:
                return True
            ink += sum(under) - sum(row)
        return is_low and abs(ink) >= _CLEAR


def _contrast(glyph: Glyph, whole: Picture, bare: Picture) -> int:
    """The largest difference that a glyph makes to a pixel in the middle of its box, into which
    no neighbour reaches: a font that stands in for another has wider glyphs than it has room for.
    """
    left, bottom, right, top = glyph.left, glyph.bottom, glyph.right, glyph.top
    if round(glyph.source.angle / _QUARTER) % 2:
        bottom, top = bottom + _RIM * (top - bottom), top - _RIM * (top - bottom)
    else:
        left, right = left + _RIM * (right - left), right - _RIM * (right - left)
    columns, rows = whole.columns_and_rows(left, bottom, right, top)
    most = 0
    for row in rows:
        start, end = row * whole.stride + columns.start, row * whole.stride + columns.stop
        seen, ground = whole.pixels[start:end], bare.pixels[start:end]
        if seen != ground:
            most = max(most, *map(abs, map(sub, seen, ground)))
    return most


def _is_speck(wide: float, high: float, size: float) -> bool:
    """Whether something is so small that nobody sees a character in it."""
    thickness, length = _SPECK
    return min(wide, high) <= thickness * size and max(wide, high) <= length * size


def _only_specks(whole: Picture, bare: Picture, pixels: tuple[range, range], size: float) -> bool:
    """Whether two pictures differ, within some columns and rows, by specks alone. ``size`` is that
    of the font, in points.
    """
    columns, rows = pixels
    above: list[_Blot] = []  # those that reach the row before
    for row in rows:
        start, end = row * whole.stride + columns.start, row * whole.stride + columns.stop
        seen, ground = whole.pixels[start:end], bare.pixels[start:end]
        blots: list[_Blot] = []
        for first, last in _runs(seen, ground) if seen != ground else ():
            blot = _Blot(first, last, row)
            for other in above:
                if other.first <= last + 1 and first <= other.last + 1:
                    blot = blot.joined(other)
            wide, high = blot.last + 1 - blot.first, row + 1 - blot.top
            if not _is_speck(wide / whole.across, high / whole.down, size):
                return False
            blots.append(blot)
        above = blots
    return True


class _Blot(NamedTuple):
    """Pixels that hang together: the first and the last column, and the first row."""

    first: int
    last: int
    top: int

    def joined(self, other: _Blot) -> _Blot:
        first, last, top = other
        return _Blot(min(self.first, first), max(self.last, last), min(self.top, top))


def _runs(seen: bytes, ground: bytes) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of pixels whose greys clearly differ."""
    first: int | None = None
    last = -1
    for column, (grey, under) in enumerate(zip(seen, ground, strict=True)):
        if abs(grey - under) >= _FINE_CLEAR:
            first = column if first is None else first
            last = column
        elif first is not None:
            yield first, last
            first = None
    if first is not None:
        yield first, last


def _grey(picture: Picture, x: float, y: float) -> int:
    """The grey of a picture at a point of the page."""
    column = int((x - picture.x) * picture.across)
    row = int((picture.y - y) * picture.down)
    if not (0 <= column < picture.columns and 0 <= row < picture.rows):
        return 255
    return picture.pixels[row * picture.stride + column]
