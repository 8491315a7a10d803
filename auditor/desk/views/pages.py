"""The pages of a PDF as pictures, painted by pdfium."""

from __future__ import annotations

import importlib
import math
from contextlib import ExitStack, nullcontext
from typing import Any, Final, NamedTuple

from auditor.desk.views.letters import PageLetters, has_foreign_fonts, letters_on
from auditor.desk.views.model import PagesView, PageView
from auditor.desk.views.png import Picture, no_picture, png_of
from auditor.readers.in_child import ready_for_pdf
from auditor.readers.pdf.opening import damaged, opened_document
from auditor.readers.pdf.pages import MOST_PAGES
from auditor.readers.pdf.printed import room_of
from auditor.readers.source import Source
from auditor.records.text import Text

__all__ = ["MOST_PIXELS", "ViewedPages"]

MOST_PIXELS: Final = 6_000_000
_LEAST_WIDTH, _MOST_WIDTH = 40, 4_000
_A4: Final = (595.0, 842.0)


class _Opened(NamedTuple):
    """An open page, and its letters of fonts that the file does not hold; None where it holds
    all.
    """

    number: int
    page: Any
    foreign: PageLetters | None


class ViewedPages:
    """An open PDF. The page that was painted last stays open."""

    def __init__(self, source: Source) -> None:
        ready_for_pdf(source)
        self.source = source
        self._open = ExitStack()
        self.document: Any = self._open.enter_context(opened_document(source))
        self._page: _Opened | None = None
        if not len(self.document):
            self.close()
            raise damaged(source)

    def view(self, worksheet: str | None, lang: str) -> PagesView:
        """The sizes of the pages; a PDF has no worksheets."""
        del worksheet
        count = len(self.document)
        pages = [self._size(index) for index in range(min(count, MOST_PAGES))]
        more = _rest(count).of(lang) if count > MOST_PAGES else ""
        return PagesView(kind="pages", pages=pages, more=more)

    def _size(self, index: int) -> PageView:
        """The size of a page as it is shown; that of A4 where the page does not tell."""
        try:
            width, height = self.document.get_page_size(index)
        except Exception:  # pypdfium2 raises what pdfium reports of a damaged page
            width, height = _A4
        if not (width > 0 and height > 0 and math.isfinite(width * height)):
            width, height = _A4
        return PageView(width=round(width, 2), height=round(height, 2))

    def picture(self, number: int, width: int) -> Picture:
        """The picture of a page with its annotations and form fields, and the letters that it
        lacks.
        """
        if not 1 <= number <= min(len(self.document), MOST_PAGES):
            raise no_picture(self.source, number)
        _, page, foreign = self._opened(number)
        size = self._size(number - 1)
        scale = min(max(width, _LEAST_WIDTH), _MOST_WIDTH) / size["width"]
        most = math.sqrt(MOST_PIXELS / (size["width"] * size["height"]))
        try:
            with foreign.taken_off() if foreign else nullcontext():
                bitmap = page.render(scale=min(scale, most), rev_byteorder=True)
        except Exception:
            raise no_picture(self.source, number) from None
        try:
            pixels = bytes(bitmap.buffer)
            data = png_of(pixels, bitmap.width, bitmap.height, bitmap.stride)
            return Picture(
                bitmap.width,
                bitmap.height,
                self._room(page),
                self._turns(page),
                data,
                foreign.letters if foreign else (),
                foreign is not None,
                foreign is not None and not foreign.is_whole,
            )
        finally:
            bitmap.close()

    def _opened(self, number: int) -> _Opened:
        if self._page is not None and self._page.number == number:
            return self._page
        self._let_go()
        try:
            page = self.document[number - 1]
        except Exception:
            raise no_picture(self.source, number) from None
        foreign = letters_on(page.raw) if has_foreign_fonts(page.raw) else None
        self._page = _Opened(number, page, foreign)
        return self._page

    def _room(self, page: Any) -> tuple[float, float, float, float]:
        raw: Any = importlib.import_module("pypdfium2.raw")
        room = room_of(raw, page.raw)
        return room.left, room.bottom, room.right, room.top

    def _turns(self, page: Any) -> int:
        return int(page.get_rotation()) // 90 % 4

    def _let_go(self) -> None:
        if self._page is not None:
            self._page.page.close()
            self._page = None

    def close(self) -> None:
        """Close the document."""
        self._let_go()
        self._open.close()


def _rest(count: int) -> Text:
    return Text(
        en=f"Shown are the first {MOST_PAGES:,} of {count:,} pages; open the document itself for "
        "the rest.",
        ja=f"{count:,}ページのうち最初の{MOST_PAGES:,}ページを表示しています。"
        "残りは元の文書で確かめてください。",
    )
