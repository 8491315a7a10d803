"""The pages on which a printed book has its sheets (頁一覧), which reports show beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from auditor.forms.words import squeezed
from auditor.records.figures import Record
from auditor.records.model import Book, Sheet
from auditor.version import __version__

__all__ = [
    "PAGE_LIST_FILE",
    "ListedSheet",
    "PageList",
    "PagesInAudit",
    "SheetPage",
    "SheetPages",
    "pages_in",
]

PAGE_LIST_FILE: Final = "頁一覧.json"
"""What the file of a page list is called where nobody says otherwise."""


class SheetPage(Record):
    """The page of a sheet in the printed book: the number that is printed there, None where none
    is, and the page of the PDF.
    """

    page: int | None = None
    pdf_page: int


SheetPages = Mapping[tuple[str, int], SheetPage]
"""The pages of sheets by document and number."""


class ListedSheet(SheetPage):
    """A sheet with its page. ``sha256`` is that of the document from which it was printed."""

    department: str = ""
    name: str
    stages: tuple[str, ...] = ()
    sha256: str | None = None


class PageList(Record):
    """The pages of one book's sheets. ``book`` is the name of its PDF, ``book_sha256`` that of its
    bytes.
    """

    tool_version: str = __version__
    page_list: int = 1
    """The version of this file's form; by it the file is known."""
    form: str
    fiscal_year: int
    book: str
    book_sha256: str
    sheets: tuple[ListedSheet, ...]


class PagesInAudit(NamedTuple):
    """A page list held against the books of an audit.

    ``lacking`` counts the sheets of the audit of which it knows no page, ``changed`` those whose
    document is not the one that was printed.
    """

    pages: SheetPages
    lacking: int
    changed: int


def pages_in(listed: PageList, books: Iterable[Book]) -> PagesInAudit:
    """The pages of the sheets of some books: sheets are known by project, budget stages and
    department. Of two that have all in common, nobody knows the page.
    """
    by_key: defaultdict[tuple[str, ...], list[ListedSheet]] = defaultdict(list)
    for item in listed.sheets:
        by_key[_key(item.name, item.stages, item.department)].append(item)
    pages: dict[tuple[str, int], SheetPage] = {}
    lacking = changed = 0
    for book in books:
        if (book.form, book.fiscal_year) != (listed.form, listed.fiscal_year):
            lacking += len(book.sheets)
            continue
        digests = {document.path: document.sha256 for document in book.documents}
        for sheet in book.sheets:
            matches = by_key.get(_key_of(sheet), [])
            if len(matches) != 1:
                lacking += 1
                continue
            match = matches[0]
            changed += match.sha256 != digests.get(sheet.document)
            pages[sheet.document, sheet.number] = SheetPage(
                page=match.page, pdf_page=match.pdf_page
            )
    return PagesInAudit(pages, lacking, changed)


def _key(name: str, stages: Iterable[str], department: str) -> tuple[str, ...]:
    return squeezed(name), *sorted(map(squeezed, stages)), squeezed(department)


def _key_of(sheet: Sheet) -> tuple[str, ...]:
    return _key(sheet.name, sheet.budget_stages, sheet.department)
