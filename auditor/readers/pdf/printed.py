"""An open page of pypdfium2 as the pages that a person reads on it."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from auditor.readers.pdf.forms import OpenPage
from auditor.readers.pdf.notes import without_notes
from auditor.readers.pdf.objects import (
    TextObject,
    lines_and_drawings,
    objects_of,
    text_objects,
)
from auditor.readers.pdf.overlaps import take_off, take_off_unseen
from auditor.readers.pdf.pages import (
    Character,
    Drawn,
    DrawnKind,
    PageLimits,
    PageTooLarge,
    PrintedPage,
    Rectangle,
    Turn,
)
from auditor.readers.pdf.rendering import Glyph, Painter, Picture, Sight, belong_together, sight_of
from auditor.readers.pdf.strokes import take_strokes
from auditor.readers.pdf.texts import (
    NO_EXTENT,
    Heap,
    glyphs_of,
    heaps_of,
    once,
    text_page_of,
    without_extent,
)
from auditor.readers.pdf.watermarks import without_watermarks

__all__ = ["PageSight", "page_words", "printed_pages", "room_of", "sight_on", "unseen_texts"]

_BEYOND: Final = 16.0  # points around the text of a part of a page within which its lines lie
_PAPER: Final = 0.55  # of a picture of a page has the tone of its paper
_UNKNOWN: Final = "\ufffd"
_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")
_AGAIN: Final = 2  # times that a page is read anew on which texts hide others
_SAMPLE: Final = 64  # characters that tell whether a page can be understood


class PageSight(NamedTuple):
    """What a person sees of an open page: its glyphs with how they are seen, and the texts that
    were taken off it because nobody sees them.
    """

    painter: Painter
    glyphs: list[Glyph]
    sight: Sight
    unseen: list[TextObject]


def sight_on(opened: OpenPage, limits: PageLimits) -> PageSight:
    """Look at an open page of pypdfium2. Raises PageTooLarge."""
    raw: Any = importlib.import_module("pypdfium2.raw")

    page = opened.page
    objects = list(islice(objects_of(raw, page), limits.objects + 1))
    if len(objects) > limits.objects:
        raise PageTooLarge
    room = room_of(raw, page)
    texts = text_objects(raw, objects)
    painter = Painter(raw, page, room, objects)
    unseen, contested = take_off_unseen(painter, texts.values())
    bare = [
        text.item
        for text in texts.values()
        if text.bounds.right - text.bounds.left < 2 * NO_EXTENT
        or text.bounds.top - text.bounds.bottom < 2 * NO_EXTENT
    ]

    def look() -> tuple[list[Glyph], Sight]:
        with text_page_of(raw, page, bare) as text_page:
            glyphs, twins = once(glyphs_of(raw, text_page, texts, room, limits))
            return glyphs, sight_of(painter, text_page, glyphs, twins, contested)

    glyphs, sight = look()
    for _ in range(_AGAIN):
        # pdfium left out what a hidden text prints at the same place as one that is seen.
        hiding = _hidden_texts(glyphs, sight, contested)
        if not hiding:
            break
        for text in hiding:
            take_off(raw, text)
            contested.discard(id(text))
        unseen += hiding
        glyphs, sight = look()
    return PageSight(painter, glyphs, sight, unseen)


def printed_pages(opened: OpenPage, number: int, limits: PageLimits) -> list[PrintedPage]:
    """Read one open page of pypdfium2: mostly one page, and further ones where a part of it has
    text that runs another way. Raises PageTooLarge and PageAskew.
    """
    painter, glyphs, sight, unseen = sight_on(opened, limits)
    seen = glyphs
    if sight.hidden:
        seen = [glyph for index, glyph in enumerate(glyphs) if index not in sight.hidden]
    heaps, aslant = heaps_of(seen)
    pages = [_printed(painter, number, heap, limits, shared=len(heaps) > 1) for heap in heaps]
    first = pages[0]
    texts = unseen_texts(painter, unseen, limits.characters)
    first.hidden = len(sight.hidden) + sum(map(len, texts))
    for of in pages:
        if sight.graphics is not None:
            _part_photos(of, sight.graphics)
            of.graphics = _graphics(of.turn, sight.graphics)
        _doubt_characters(of, glyphs, sight, aslant)
        _doubt_annotations(of, opened, seen)
    return pages


def _hidden_texts(glyphs: Sequence[Glyph], sight: Sight, contested: set[int]) -> list[TextObject]:
    """The contested texts of which nothing is seen."""
    if not contested or not sight.hidden:
        return []
    hidden: dict[int, TextObject] = {}
    seen: set[int] = set()
    for number, glyph in enumerate(glyphs):
        name = id(glyph.source)
        if name not in contested or glyph.text.isspace():
            continue
        if number in sight.hidden:
            hidden[name] = glyph.source
        else:
            seen.add(name)
    return [text for name, text in hidden.items() if name not in seen]


def unseen_texts(painter: Painter, texts: Sequence[TextObject], most: int) -> list[str]:
    """What some texts say that were taken off the page, each by itself; of the page's characters,
    the first ``most`` are looked through.
    """
    if not texts:
        return []
    raw, page = painter.raw, painter.page
    pieces = {ctypes.addressof(text.item.contents): list[str]() for text in texts}
    for text in texts:
        raw.FPDFPageObj_SetIsActive(text.item, True)
    with text_page_of(raw, page, ()) as text_page:
        for index in range(min(raw.FPDFText_CountChars(text_page), most)):
            item = raw.FPDFText_GetTextObject(text_page, index)
            if item and (key := ctypes.addressof(item.contents)) in pieces:
                code = raw.FPDFText_GetUnicode(text_page, index)
                pieces[key].append(chr(code) if code < 0x110000 else _UNKNOWN)
    return ["".join(pieces[ctypes.addressof(text.item.contents)]) for text in texts]


def page_words(opened: OpenPage, limits: PageLimits) -> str:
    """All text of one open page of pypdfium2, hidden text included; U+FFFD where it only guessed
    at most of it.
    """
    raw: Any = importlib.import_module("pypdfium2.raw")
    page = opened.page
    objects = islice(objects_of(raw, page), limits.objects)

    with text_page_of(raw, page, without_extent(raw, objects)) as text:
        count: int = raw.FPDFText_CountChars(text)
        if count <= 0:
            return ""
        sample = range(0, count, max(count // _SAMPLE, 1))
        if 2 * sum(raw.FPDFText_HasUnicodeMapError(text, n) == 1 for n in sample) > len(sample):
            return _UNKNOWN * count
        buffer = (ctypes.c_ushort * (count * 2 + 1))()
        written = raw.FPDFText_GetText(text, 0, count, buffer)
        return bytes(buffer)[: max(written - 1, 0) * 2].decode("utf-16-le", "replace")


def room_of(raw: Any, page: Any) -> Rectangle:
    """The part of the page that is shown. Pages cut out of a larger one hold all of it."""
    area = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, area):
        return Rectangle(0, 0, raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page))
    return Rectangle(area.left, area.bottom, area.right, area.top)


def _printed(
    painter: Painter, number: int, heap: Heap, limits: PageLimits, *, shared: bool
) -> PrintedPage:
    page = PrintedPage(number, heap.turn, room=heap.turn.rectangle(*painter.room))
    characters = without_watermarks(heap.characters)
    lines_and_drawings(painter.raw, page, painter.objects, limits, painter.bounds_of)
    if shared and characters:
        _keep_within(page, _around(characters))
    page.characters, page.notes = without_notes(characters, page.down)
    take_strokes(page)
    page.garbled = sum(character.text == _UNKNOWN for character in characters)
    return page


def _part_photos(page: PrintedPage, picture: Picture) -> None:
    """Tell photos from pictures that may be of a paper."""
    for index, (kind, area) in enumerate(page.drawn):
        if kind == "picture" and picture.tones(*page.turn.box(*area)) < _PAPER:
            page.drawn[index] = Drawn("photo", area)


def _graphics(turn: Turn, picture: Picture) -> Callable[[Rectangle], int]:
    def contrast(area: Rectangle) -> int:
        return picture.contrast(*turn.box(*area))

    return contrast


def _around(characters: Sequence[Character]) -> Rectangle:
    return Rectangle(
        min(c.left for c in characters) - _BEYOND,
        min(c.base for c in characters) - _BEYOND,
        max(c.right for c in characters) + _BEYOND,
        max(c.base + c.height for c in characters) + _BEYOND,
    )


def _keep_within(page: PrintedPage, area: Rectangle) -> None:
    """Leave out what belongs to another part of the page."""
    left, bottom, right, top = area
    page.across = [
        line
        for line in page.across
        if bottom <= line.at <= top and line.start < right and line.end > left
    ]
    page.down = [
        line
        for line in page.down
        if left <= line.at <= right and line.start < top and line.end > bottom
    ]
    page.drawn = [drawn for drawn in page.drawn if drawn.area.common(area)]
    page.fills = [fill for fill in page.fills if fill.area.common(area)]
    if page.room is not None:
        page.share = area.area / max(page.room.area, 1.0)
    page.room = area


def _doubt_characters(
    page: PrintedPage, glyphs: Sequence[Glyph], sight: Sight, aslant: Sequence[Glyph]
) -> None:
    """Say of which characters it is not certain what a person makes of them."""
    turn = page.turn

    def draw(kind: DrawnKind, glyph: Glyph) -> None:
        area = turn.rectangle(glyph.left, glyph.bottom, glyph.right, glyph.top)
        if page.room is None or page.room.common(area):
            page.drawn.append(Drawn(kind, area))

    for index in sight.faint:
        draw("faint", glyphs[index])
    cut = set(sight.overprinted)
    for index in sight.hidden:
        cut.update(
            near
            for near in (index - 1, index + 1)
            if 0 <= near < len(glyphs) and belong_together(glyphs[index], glyphs[near])
        )
    for index in cut - sight.hidden:
        draw("cut", glyphs[index])
    for glyph in aslant:
        if glyph.text in _DIGITS:
            draw("drawing", glyph)
            page.turned.append(turn.rectangle(glyph.left, glyph.bottom, glyph.right, glyph.top))
    digits = [
        glyph
        for index, glyph in enumerate(glyphs)
        if glyph.text in _DIGITS and index not in sight.hidden
    ]
    red = [glyph for glyph in digits if _is_red(glyph.source.colour)]
    if 2 * len(red) <= len(digits):
        for glyph in red:
            draw("red", glyph)


def _doubt_annotations(page: PrintedPage, opened: OpenPage, seen: Sequence[Glyph]) -> None:
    """Say where annotations lie, and form fields whose value the page does not show."""
    unseen = [
        (left, bottom, right, top)
        for left, bottom, right, top in opened.filled
        if not any(left <= g.x <= right and bottom <= g.y <= top for g in seen)
    ]
    for place in (*opened.annotations, *unseen):
        page.drawn.append(Drawn("annotation", page.turn.rectangle(*place)))


def _is_red(colour: tuple[int, int, int]) -> bool:
    red, green, blue = colour
    return red - max(green, blue) > 80
