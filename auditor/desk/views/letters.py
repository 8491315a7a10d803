"""The letters of a page that pdfium can't paint: those of fonts that the document does not embed.

The page of the desk writes them into the picture with the fonts of the machine on which it runs.
"""

from __future__ import annotations

import ctypes
import importlib
import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from auditor.desk.views.model import LettersView
from auditor.readers.pdf.forms import OpenPage
from auditor.readers.pdf.objects import TEXT, PageObject, objects_of
from auditor.readers.pdf.pages import PageLimits, PageTooLarge
from auditor.readers.pdf.printed import sight_on
from auditor.readers.pdf.rendering import Glyph, Painter

__all__ = ["PageLetters", "has_foreign_fonts", "letters_on"]

_LOOKED_AT: Final = 3_000
"""Objects of a page that are asked for their fonts."""
_SERIF, _BOLD = 1 << 1, 1 << 18  # flags of a font
_SERIF_NAMES: Final = re.compile("min|ming|mincho|song|serif|roman|times|明朝", re.IGNORECASE)
_BOLD_NAMES: Final = re.compile("bold|heavy|black|-[EHU]B?$", re.IGNORECASE)
_FAMILY: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{1,60}")
_PRIVATE: Final = range(0xE000, 0xF900)  # codes that mean something in one font alone
_UNKNOWN: Final = 0xFFFD
_LONGEST_NAME: Final = 200
_WITH_TEXT: Final = frozenset({3, 13, 20})  # annotations: free texts, stamps, form fields


class PageLetters(NamedTuple):
    """The texts that the page of the desk writes, and those in place of which it does.
    ``is_whole``: there are no others that pdfium can't paint.
    """

    letters: list[LettersView]
    replaced: list[PageObject]
    painter: Painter | None
    is_whole: bool

    @contextmanager
    def taken_off(self) -> Generator[None]:
        """The page is painted without them meanwhile."""
        if self.painter is None:
            yield
            return
        with self.painter.without(self.replaced):
            yield


class _Font(NamedTuple):
    family: str
    is_serif: bool
    is_bold: bool


def has_foreign_fonts(page: Any) -> bool:
    """Whether a text of an open page of pypdfium2 is in a font that the file does not hold."""
    raw: Any = importlib.import_module("pypdfium2.raw")
    for number, item in enumerate(objects_of(raw, page)):
        if number >= _LOOKED_AT:
            break
        if item.kind == TEXT:
            font = raw.FPDFTextObj_GetFont(item.item)
            if font and raw.FPDFFont_GetIsEmbedded(font) == 0:
                return True
    return False


def letters_on(page: Any) -> PageLetters:
    """The letters of an open page of pypdfium2 that a person sees; none where the page holds too
    much. What nobody sees is off the page from then on, as it is where the page is read.
    """
    try:
        sight = sight_on(OpenPage(page, [], []), PageLimits())
    except PageTooLarge:
        return PageLetters([], [], None, is_whole=False)
    painter = sight.painter
    fonts = _Fonts(painter.raw)
    texts: dict[int, list[Glyph]] = {}
    for number, glyph in enumerate(sight.glyphs):
        if number not in sight.sight.hidden:
            texts.setdefault(id(glyph.source), []).append(glyph)
    lacking = fonts.that_lack(texts.values())
    written: list[LettersView] = []
    is_whole = not _has_notes(painter.raw, page)
    stays = {_address(text.item) for text in sight.unseen}
    for glyphs in texts.values():
        source = glyphs[0].source
        if fonts.address_of(source.item) not in lacking:
            continue
        if all(map(_has_meaning, glyphs)):
            written.append(_written(glyphs, fonts.named(source.item)))
        else:
            is_whole = False
            stays.add(_address(source.item))
    replaced = [
        item
        for item in painter.objects
        if item.kind == TEXT
        and fonts.address_of(item.item) in lacking
        and _address(item.item) not in stays
    ]
    return PageLetters(written, replaced, painter, is_whole)


class _Fonts:
    """The fonts of a page, by their addresses."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.names: dict[int, _Font] = {}
        self.paints: dict[tuple[int, str], bool] = {}

    def address_of(self, item: Any) -> int:
        """The address of a text's font; 0 where it has none."""
        font = self.raw.FPDFTextObj_GetFont(item)
        return _address(font) if font else 0

    def that_lack(self, texts: Iterable[Sequence[Glyph]]) -> set[int]:
        """The fonts that the document does not embed and with which pdfium leaves out a letter of
        these texts, each of which is given by its glyphs.
        """
        lacking: set[int] = set()
        for glyphs in texts:
            font = self.raw.FPDFTextObj_GetFont(glyphs[0].source.item)
            if not font or self.raw.FPDFFont_GetIsEmbedded(font) != 0:
                continue
            address = _address(font)
            if address not in lacking and not self._paints_all(font, address, glyphs):
                lacking.add(address)
        return lacking

    def _paints_all(self, font: Any, address: int, glyphs: Sequence[Glyph]) -> bool:
        """Whether pdfium has an outline for each letter of a text."""
        for glyph in glyphs:
            key = address, glyph.text
            if key not in self.paints:
                path = self.raw.FPDFFont_GetGlyphPath(font, ord(glyph.text), 1.0)
                self.paints[key] = bool(path) or glyph.text.isspace()
            if not self.paints[key]:
                return False
        return True

    def named(self, item: Any) -> _Font:
        """What is known of a text's font."""
        font = self.raw.FPDFTextObj_GetFont(item)
        address = _address(font)
        if address not in self.names:
            buffer = ctypes.create_string_buffer(_LONGEST_NAME)
            self.raw.FPDFFont_GetBaseFontName(font, buffer, _LONGEST_NAME)
            name = buffer.value.decode("utf-8", "replace")
            flags = max(self.raw.FPDFFont_GetFlags(font), 0)
            family = _FAMILY.match(name.partition("+")[2] or name)
            self.names[address] = _Font(
                family[0].replace("-", " ").strip() if family else "",
                bool(flags & _SERIF or _SERIF_NAMES.search(name)),
                bool(flags & _BOLD or _BOLD_NAMES.search(name)),
            )
        return self.names[address]


def _address(item: Any) -> int:
    return ctypes.addressof(item.contents)


def _has_notes(raw: Any, page: Any) -> bool:
    """Whether a page has annotations with texts of their own, which are no part of its content."""
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in _WITH_TEXT:
            return True
    return False


def _has_meaning(glyph: Glyph) -> bool:
    """Whether another font can say the same as a glyph."""
    code = ord(glyph.text)
    return code != _UNKNOWN and code not in _PRIVATE


def _written(glyphs: Sequence[Glyph], font: _Font) -> LettersView:
    source = glyphs[0].source
    spots: list[float] = []
    for glyph in glyphs:
        spots += [round(glyph.x, 2), round(glyph.y, 2), round(_advance(glyph), 2)]
    letters = LettersView(
        text="".join(glyph.text for glyph in glyphs),
        spots=spots,
        size=round(source.size, 2),
        angle=round(source.angle, 4),
        colour="#{:02x}{:02x}{:02x}".format(*source.colour),
        family=font.family,
    )
    if font.is_serif:
        letters["serif"] = True
    if font.is_bold:
        letters["bold"] = True
    return letters


def _advance(glyph: Glyph) -> float:
    """How far the next glyph stands from it, along its text."""
    match glyph.source.quarters:
        case 1:
            advance = glyph.top - glyph.y
        case 2:
            advance = glyph.x - glyph.left
        case 3:
            advance = glyph.y - glyph.bottom
        case _:
            advance = glyph.right - glyph.x
    return max(advance, 0.0)
