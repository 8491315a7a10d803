"""Boxes of glyphs whose font the document does not embed.

pdfium draws them with a font of its own, which it bends to the width and weight of each glyph that
it paints. The box that it gives for a glyph holds the outline of that font as the last painting
left it: what is read would hang on what was painted before, in any document. The measures that the
document states for its font do not.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any, Final

from auditor.readers.pdf.calls import address_of
from auditor.readers.pdf.objects import TextObject

__all__ = ["OwnBoxes"]

Box = tuple[float, float, float, float]  # left, top, right, bottom
_MOST: Final = 0.3  # of a size that an outline stands out; text that runs downwards does by more
_WIDEST: Final = 2.0  # of a size: the outlines of wide letters in a narrow font
_HAIR: Final = 0.001  # points by which pdfium's numbers are less exact


class OwnBoxes:
    """What the document itself states of glyphs in fonts that it does not embed."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._font_of = address_of(raw, "FPDFTextObj_GetFont")
        self._fonts: dict[int, _Foreign | None] = {}  # by address; None where it is embedded

    def font_of(self, source: TextObject) -> _Foreign | None:
        """The font of a text; None where the document embeds it."""
        address = self._font_of(source.item)
        if address is None:
            return None
        if address not in self._fonts:
            font = self._raw.FPDFTextObj_GetFont(source.item)
            embedded = self._raw.FPDFFont_GetIsEmbedded(font) != 0
            self._fonts[address] = None if embedded else _Foreign(self._raw, font)
        return self._fonts[address]


class _Foreign:
    """A font that the document does not embed, for a size of one point."""

    def __init__(self, raw: Any, font: Any) -> None:
        self._raw, self._font = raw, font
        self._advances: dict[int, float] = {}
        self._ascent = self._measure(raw.FPDFFont_GetAscent)
        self._descent = self._measure(raw.FPDFFont_GetDescent)

    def bare(self, source: TextObject, code: int, x: float, y: float, box: Box) -> Box:
        """The box of a glyph at (x, y) without what pdfium's outline has beyond the font's own
        measures.
        """
        if code not in self._advances:
            self._advances[code] = self._measure(self._raw.FPDFFont_GetGlyphWidth, code)
        size, most = source.size, _MOST * source.size
        sides = (
            (self._advances[code] * source.reach, _WIDEST * size),
            (self._ascent * size, most),
            (0.0, most),
            (-self._descent * size, most),
        )
        way = source.quarters
        right, top, left, bottom = sides[-way:] + sides[:-way]
        return (
            x - _bare(x - box[0], *left),
            y + _bare(box[1] - y, *top),
            x + _bare(box[2] - x, *right),
            y - _bare(y - box[3], *bottom),
        )

    def _measure(self, ask: Any, *of: int) -> float:
        """A measure of the font at a size of one point; endless where pdfium does not know it."""
        answer = ctypes.c_float()
        is_there = ask(self._font, *of, 1.0, ctypes.byref(answer)) and answer.value
        return answer.value if is_there else math.inf


def _bare(extent: float, measure: float, most: float) -> float:
    """How far a box reaches, without the little by which the outline stands out."""
    return measure if measure - _HAIR < extent < measure + most else extent
