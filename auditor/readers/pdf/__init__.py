"""The reader of PDFs that print text, with the extra ``pdf``.

A value belongs to the cell between ruling lines in which it stands; what nobody sees is not read.

The program runs it in a child process: see ``auditor.readers.in_child``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from auditor.forms.model import Form
from auditor.readers.grid import Labels
from auditor.readers.in_child import is_pdf, ready_for_pdf
from auditor.readers.pdf.cells import cells_of
from auditor.readers.pdf.collecting import Collector
from auditor.readers.pdf.doubts import doubts_of, loose_marks
from auditor.readers.pdf.forms import OpenPage, opened_page
from auditor.readers.pdf.grids import LaidPage, grid_of
from auditor.readers.pdf.opening import PageContents, damaged, opened_document
from auditor.readers.pdf.pages import MOST_PAGES, PageLimits, PageTooLarge
from auditor.readers.pdf.printed import page_words, printed_pages
from auditor.readers.pdf.scans import (
    DAMAGED,
    GARBLED,
    UNREADABLE,
    is_garbled,
    is_mostly_hidden,
    why_hidden,
    why_unread,
)
from auditor.readers.pdf.texts import PageAskew
from auditor.readers.printed_grids import PrintedGrid, cells_of_grid
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.records.text import Why

__all__ = ["PdfReader"]

_UNKNOWN: Final = "\ufffd"


def _nobody() -> None:
    """Nobody wants to know how far the reading is."""


class _Pages(Protocol):
    """What takes the pages of a document, and hears why one was not read. ``holds_lists`` says
    whether they hold lists.
    """

    @property
    def holds_lists(self) -> bool: ...

    def not_read(self, page: int, why: Why, /) -> None: ...
    def page(self, page: LaidPage, unless: Why | None, /) -> None: ...


class _PrintedPages:
    """The grids of the pages; one that can't be read is lost."""

    holds_lists = False

    def __init__(self, path: str) -> None:
        self.path = path
        self.grids: list[PrintedGrid] = []

    def not_read(self, page: int, _: Why) -> None:
        self.grids.append(PrintedGrid("", page, lost=True))

    def page(self, page: LaidPage, _: Why | None) -> None:
        self.grids.append(PrintedGrid("", page.number, cells_of_grid(grid_of([page]))))


class PdfReader:
    """Reads the sheets of a PDF page by page, in this process, and tells ``progress`` of each.

    ``limits`` say how much one page may hold, ``pages`` how many there may be.
    """

    limits: PageLimits
    most_pages: int

    name = "pdf"

    def __init__(self, limits: PageLimits | None = None, pages: int = MOST_PAGES) -> None:
        self.limits, self.most_pages = limits or PageLimits(), pages
        self.progress: Callable[[], None] = _nobody

    def raise_limits(self, factor: int) -> None:
        """Read ``factor`` times as much of a page, and as many pages."""
        self.limits = self.limits.raised(factor)
        self.most_pages *= factor

    def accepts(self, source: Source, form: Form) -> bool:
        """Any PDF: which form it has, its words say."""
        return bool(form.fields or form.kpi) and is_pdf(source)

    def words(self, source: Source) -> str | None:
        """All text of the document, or None where it is no PDF; raises UnreadableDocument for a
        scan or a broken file.
        """
        if not is_pdf(source):
            return None
        ready_for_pdf(source)
        pages: list[str] = []
        with opened_document(source) as document:
            for index in range(self._count(source, document)):
                with opened_page(document, index) as opened:
                    if opened is not None:
                        pages.append(page_words(opened, self.limits))
                self.progress()
        words = "\n".join(pages)
        if not words.strip():
            raise UnreadableDocument(
                source.path,
                "scan",
                "shows no text: it is a scan or a picture; read the file from which it was printed",
                "文字の情報がない PDF（スキャン画像など）です。印刷元のファイルを指定してください",
            )
        if 2 * words.count(_UNKNOWN) > len("".join(words.split())):
            raise UnreadableDocument(
                source.path, "garbled", f"the PDF file {GARBLED.en}", f"PDF ファイルが{GARBLED.ja}"
            )
        return words

    def grids(self, source: Source) -> tuple[PrintedGrid, ...]:
        """The cells of each page; one that can't be read is lost."""
        ready_for_pdf(source)
        pages = _PrintedPages(source.path)
        with opened_document(source) as document:
            contents = PageContents(source)
            for number in range(1, self._count(source, document) + 1):
                with opened_page(document, number - 1) as opened:
                    self._read_page(pages, opened, number, contents)
                self.progress()
        return tuple(pages.grids)

    def read(self, source: Source, form: Form) -> Reading:
        """The sheets on all pages. A sheet that goes on over the next page is read as one."""
        ready_for_pdf(source)
        pages = Collector(source.path, Labels(form))
        with opened_document(source) as document:
            contents = PageContents(source)
            for number in range(1, self._count(source, document) + 1):
                if not form.reads_page(number):
                    pages.left_out(number)
                    self.progress()
                    continue
                with opened_page(document, number - 1) as opened:
                    self._read_page(pages, opened, number, contents)
                self.progress()
        return pages.done()

    def _read_page(
        self, pages: _Pages, opened: OpenPage | None, number: int, contents: PageContents
    ) -> None:
        """Take a page in, or say why it is not read."""
        if opened is None:
            pages.not_read(number, UNREADABLE)
            return
        try:
            printed = printed_pages(opened, number, self.limits)
        except (PageTooLarge, PageAskew) as fault:
            pages.not_read(number, fault.message)
            return
        if contents.is_damaged(number - 1):
            pages.not_read(number, DAMAGED)
            return
        whole = printed[0]
        if not (whole.characters or whole.drawn or whole.hidden or whole.across or whole.down):
            if not contents.is_blank(number - 1):
                pages.not_read(number, DAMAGED)
            return
        for page in printed:
            why = why_unread(page, aside=page is not whole)
            if is_garbled(page):
                pages.not_read(number, GARBLED)
            elif is_mostly_hidden(page):
                pages.not_read(number, why_hidden(page))
            elif all(character.text.isspace() for character in page.characters):
                if why is not None:
                    pages.not_read(number, why)
            else:
                cells = cells_of(page, lists=pages.holds_lists)
                laid = LaidPage(
                    number,
                    page.turn,
                    cells,
                    doubts_of(page, cells),
                    page.turned,
                    loose_marks(page, cells),
                )
                pages.page(laid, why)

    def _count(self, source: Source, document: Any) -> int:
        count = len(document)
        if count > self.most_pages:
            raise UnreadableDocument(
                source.path,
                "too-many-pages",
                f"has more than {self.most_pages:,} pages; split it",
                f"{self.most_pages:,}ページを超えています。分割してください",
            )
        if not count:
            raise damaged(source)
        return count
