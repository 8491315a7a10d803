"""Texts that are on a page and not to be seen, taken off it before its characters are read.

pdfium leaves out a character where the same one was printed at the same place before, seen or not.
So an old figure that nobody sees would take digits from the new one over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from auditor.readers.pdf.objects import TextObject
from auditor.readers.pdf.pages import Rectangle
from auditor.readers.pdf.rendering import Painter

__all__ = ["take_off", "take_off_unseen"]

_INVISIBLE: Final = (3, 7)  # text render modes: nothing, and clipping alone
_SMALLEST: Final = 1.0  # points; nobody reads smaller print
_FAINT: Final = 10  # of 255: more is not transparent
_PALE: Final = 160  # of 255: text of this grey may be meant not to be seen
_BAND: Final = 16.0  # points
_SHARE: Final = 0.25  # of the smaller text that the larger one overlaps
_AWAY: Final = 50_000.0  # points
_MOST: Final = 300  # tests a page


def take_off_unseen(
    painter: Painter, texts: Iterable[TextObject]
) -> tuple[list[TextObject], set[int]]:
    """Switch off the texts that can't be seen; gives them, and the ids of those texts that are
    seen though others overlap them.
    """
    unseen: list[TextObject] = []
    others: list[TextObject] = []
    for text in texts:
        hidden = text.mode in _INVISIBLE or text.size < _SMALLEST
        if hidden or (text.alpha < _FAINT and text.mode == 0):
            unseen.append(text)
        else:
            others.append(text)
    for text in unseen:
        take_off(painter.raw, text)
    contested: set[int] = set()
    for number, text in enumerate(_in_question(painter, _pairs(others))):
        if number < _MOST and not painter.changes(text):
            take_off(painter.raw, text)
            unseen.append(text)
        else:
            contested.add(id(text))
    return unseen, contested


def take_off(raw: Any, text: TextObject) -> None:
    """Switch a text off. pdfium would still leave out an equal text at the same place, so it is
    moved out of the way, too.
    """
    raw.FPDFPageObj_SetIsActive(text.item, False)
    raw.FPDFPageObj_Transform(text.item, 1, 0, 0, 1, _AWAY, _AWAY)


def _pairs(texts: Sequence[TextObject]) -> list[tuple[TextObject, TextObject]]:
    """Texts that lie over each other, the lower one first. By bands, so that only texts of about
    one height are held against each other.
    """
    bands: dict[int, list[tuple[Rectangle, TextObject]]] = {}
    pairs: dict[tuple[int, int], tuple[TextObject, TextObject]] = {}
    for text in texts:
        left, bottom, right, top = text.bounds
        if right - left < 0.1 or top - bottom < 0.1:
            continue  # it has no glyphs to paint
        size = text.bounds.area
        around = range(int(bottom // _BAND), min(int(top // _BAND), int(bottom // _BAND) + 99) + 1)
        for band in around:
            for bounds, other in bands.get(band, ()):
                if bounds.left >= right or bounds.right <= left:
                    continue
                if bounds.common(text.bounds) > _SHARE * min(size, bounds.area):
                    pairs[other.order, text.order] = (other, text)
        for band in around:
            bands.setdefault(band, []).append((text.bounds, text))
    return list(pairs.values())


def _in_question(
    painter: Painter, pairs: Sequence[tuple[TextObject, TextObject]]
) -> list[TextObject]:
    """Of texts that lie over each other those that may be hidden, in the order of painting. Texts
    printed twice to look bold are alike in everything, and nothing lies between.
    """
    texts: dict[int, TextObject] = {}
    for lower, upper in pairs:
        if (
            lower.colour != upper.colour
            or max(lower.grey, upper.grey) >= _PALE
            or lower.mode != upper.mode
            or lower.layered
            or upper.layered
            or _clips(painter.raw, lower) != _clips(painter.raw, upper)
            or any(
                lower.order < order < upper.order and area.common(lower.bounds)
                for order, area in painter.covers
            )
        ):
            texts[lower.order], texts[upper.order] = lower, upper
    return [text for _, text in sorted(texts.items())]


def _clips(raw: Any, text: TextObject) -> int:
    """How many paths clip a text."""
    path = raw.FPDFPageObj_GetClipPath(text.item)
    return int(raw.FPDFClipPath_CountPaths(path)) if path else 0
