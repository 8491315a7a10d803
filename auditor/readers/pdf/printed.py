"""An open page of pypdfium2 as the pages that a person reads on it."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from auditor.readers.pdf.notes import without_notes
from auditor.readers.pdf.objects import (
    PageObject,
    lines_and_drawings,
    objects_of,
    text_objects,
)
from auditor.readers.pdf.pages import (
    Character,
    Drawn,
    DrawnKind,
    PageLimits,
    PageTooLarge,
    PrintedPage,
    Rectangle,
)
from auditor.readers.pdf.rendering import Glyph, Sight, sight_of
from auditor.readers.pdf.texts import Heap, glyphs_of, heaps_of, once, text_page_of

__all__ = ["page_words", "printed_pages"]

_BEYOND: Final = 16.0  # points around the text of a part of a page within which its lines lie
_UNKNOWN: Final = "\ufffd"
_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")
_INVISIBLE: Final = (3, 7)


def printed_pages(page: Any, number: int, limits: PageLimits) -> list[PrintedPage]:
    """Read one open page of pypdfium2: mostly one page, and further ones where a part of it has
    text that runs another way. Raises PageTooLarge and PageAskew.
    """
    raw: Any = importlib.import_module("pypdfium2.raw")

    objects = list(islice(objects_of(raw, page), limits.objects + 1))
    if len(objects) > limits.objects:
        raise PageTooLarge
    room = _room(raw, page)
    texts = text_objects(raw, objects)
    with text_page_of(raw, page, objects) as text_page:
        glyphs = glyphs_of(raw, text_page, texts, room, limits)
        painted = [glyph for glyph in glyphs if glyph.source.mode not in _INVISIBLE]
        distinct, twins = once(painted)
        sight = sight_of(raw, page, text_page, room, distinct, objects, twins)
    seen = [glyph for index, glyph in enumerate(distinct) if index not in sight.hidden]
    heaps, aslant = heaps_of(seen)
    pages = [_printed(raw, number, heap, objects, room, limits, len(heaps) > 1) for heap in heaps]
    first = pages[0]
    first.hidden = sum(not g.text.isspace() for g in glyphs) - sum(
        not g.text.isspace() for g in painted
    )
    first.hidden += len(sight.hidden)
    for of in pages:
        _doubt_characters(of, distinct, sight, aslant)
    return pages


def page_words(page: Any, limits: PageLimits) -> str:
    """All text of one open page of pypdfium2, hidden text included."""
    raw: Any = importlib.import_module("pypdfium2.raw")

    with text_page_of(raw, page, islice(objects_of(raw, page), limits.objects)) as text:
        count = raw.FPDFText_CountChars(text)
        if count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (count * 2 + 1))()
        written = raw.FPDFText_GetText(text, 0, count, buffer)
        return bytes(buffer)[: max(written - 1, 0) * 2].decode("utf-16-le", "replace")


def _room(raw: Any, page: Any) -> Rectangle:
    """The part of the page that is shown. Pages cut out of a larger one hold all of it."""
    area = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, area):
        return Rectangle(0, 0, raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page))
    return Rectangle(area.left, area.bottom, area.right, area.top)


def _printed(
    raw: Any,
    number: int,
    heap: Heap,
    objects: Sequence[PageObject],
    room: Rectangle,
    limits: PageLimits,
    shared: bool,
) -> PrintedPage:
    page = PrintedPage(number, heap.turn, room=heap.turn.rectangle(*room))
    characters = heap.characters
    lines_and_drawings(raw, page, objects, limits)
    if shared and characters:
        _keep_within(page, _around(characters))
    page.characters, page.notes = without_notes(characters, page.down)
    page.garbled = sum(character.text == _UNKNOWN for character in characters)
    return page


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
    for index in sight.hidden:
        for near in (index - 1, index + 1):
            if (
                0 <= near < len(glyphs)
                and near not in sight.hidden
                and glyphs[near].source is glyphs[index].source
                and not glyphs[near].text.isspace()
            ):
                draw("cut", glyphs[near])
    for glyph in aslant:
        if glyph.text in _DIGITS:
            draw("drawing", glyph)
    digits = [
        glyph
        for index, glyph in enumerate(glyphs)
        if glyph.text in _DIGITS and index not in sight.hidden
    ]
    red = [glyph for glyph in digits if _is_red(glyph.source.colour)]
    if 2 * len(red) <= len(digits):
        for glyph in red:
            draw("red", glyph)


def _is_red(colour: tuple[int, int, int]) -> bool:
    red, green, blue = colour
    return red - max(green, blue) > 80
