"""Which pages can't be passed over though they say nothing of a sheet.

What they show is no text that could be read.
"""

from __future__ import annotations

from typing import Final

from auditor.readers.pdf.pages import PrintedPage, Rectangle
from auditor.records.text import Why

__all__ = [
    "DAMAGED",
    "GARBLED",
    "UNREADABLE",
    "is_garbled",
    "is_mostly_hidden",
    "why_hidden",
    "why_unread",
]

UNREADABLE: Final = Why(code="page-unreadable", en="can't be read", ja="読み取れません")
DAMAGED: Final = Why(code="page-unreadable", en="is damaged", ja="壊れています")
GARBLED: Final = Why(
    code="garbled",
    en="has letters whose meaning the file does not tell (a font without its character map);"
    " print it to a PDF anew",
    ja="文字化けしており、文字を読み取れません（フォントに文字の対応表がありません）。"
    "PDF を作り直してください",
)
_PICTURE: Final = Why(
    code="scan",
    en="shows a picture or drawing, and no text of a sheet (a scan)",
    ja="シートの文字がなく、画像や図形だけです（スキャンなど）",
)
_HIDDEN: Final = Why(
    code="scan",
    en="prints no text of a sheet, only a picture with hidden text behind it (a scan)",
    ja="スキャン画像です（文字は表示されていません）",
)
_UNSEEN: Final = Why(
    code="text-unseen",
    en="holds more text that nobody sees than text that it shows, and was not read; print it to a "
    "PDF anew, so that it shows all of its text",
    ja="表示されない文字が表示される文字より多いため、読み取っていません。すべての文字が表示される"
    "ように PDF を作り直してください",
)
_ASIDE: Final = Why(
    code="text-aside",
    en="has text that runs another way, and no sheet could be made out of it",
    ja="向きの異なる文字があり、シートとして読み取れません",
)

_STEPS: Final = 20  # rows and columns of fields in which a page's area is counted
_MUCH: Final = 0.2  # of its area
_OUTLINES: Final = 100  # small drawings; as many letters are more than an ornament
_LETTER: Final = 30.0  # points; no letter of a sheet is larger
_FEW: Final = 20  # characters that may be a page number, a stamp, or a word in a foreign font
_GARBLED_SHARE: Final = 0.05


def is_garbled(page: PrintedPage) -> bool:
    """Whether more than a few characters of a page have no known meaning."""
    return page.garbled >= _FEW and page.garbled >= _GARBLED_SHARE * len(page.characters)


def why_hidden(page: PrintedPage) -> Why:
    """Why a page is not read of whose text most is not to be seen: a scan that was made
    searchable, or text that is set invisible on a page without a picture.
    """
    is_scan = any(drawn.kind in ("picture", "photo") for drawn in page.drawn)
    return _HIDDEN if is_scan or not _shown(page) else _UNSEEN


def is_mostly_hidden(page: PrintedPage) -> bool:
    """Whether most of a page's text is not to be seen, as where a scan was made searchable."""
    shown = _shown(page)
    return page.hidden > (max(shown, _FEW) if shown else 0)


def _shown(page: PrintedPage) -> int:
    return sum(not character.text.isspace() for character in page.characters)


def why_unread(page: PrintedPage, *, aside: bool) -> Why | None:
    """Why a page that gives no sheet can't be passed over, or None where it can. ``aside`` is text
    that runs another way than most of its page.
    """
    if not _shown(page):
        return _PICTURE if page.drawn else None
    if aside and page.share >= 0.5 * _MUCH:
        return _ASIDE
    pictures = [drawn.area for drawn in page.drawn if drawn.kind == "picture"]
    letters = [
        drawn.area
        for drawn in page.drawn
        if drawn.kind == "drawing"
        and drawn.area.right - drawn.area.left <= _LETTER
        and drawn.area.top - drawn.area.bottom <= _LETTER
    ]
    areas = [*pictures, *(letters if len(letters) >= _OUTLINES else ())]
    if page.room is None or not areas:
        return None
    return _PICTURE if _share(page.room, areas) >= _MUCH else None


def _share(room: Rectangle, areas: list[Rectangle]) -> float:
    """The part of a page's fields that some areas touch."""
    wide = max(room.right - room.left, 0.01) / _STEPS
    high = max(room.top - room.bottom, 0.01) / _STEPS
    fields: set[tuple[int, int]] = set()
    for area in areas:
        columns = range(
            max(int((area.left - room.left) / wide), 0),
            min(int((area.right - room.left) / wide), _STEPS - 1) + 1,
        )
        for row in range(
            max(int((area.bottom - room.bottom) / high), 0),
            min(int((area.top - room.bottom) / high), _STEPS - 1) + 1,
        ):
            fields.update((row, column) for column in columns)
    return len(fields) / _STEPS**2
