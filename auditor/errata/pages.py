"""On which page of the published book something stands, and which pages share a leaf."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeAlias

from auditor.records.figures import Place
from auditor.records.model import Kpi, Sheet

__all__ = ["PDF_PAGES", "FirstPage", "PageLookup", "listed_pages", "number_of_page", "reverse_of"]

PageLookup: TypeAlias = Callable[[Sheet | Kpi, Place | None], str]
"""The page of a place of a record, as it is cited; empty where nobody knows it."""

_NUMBER: Final = re.compile("[0-9]+")


def _pdf_page(record: Sheet | Kpi, place: Place | None) -> str:
    """The page of the PDF, counted from its first; empty for other documents."""
    for where in (place, record.place):
        if where is not None and where.page is not None:
            return str(where.page)
    return ""


PDF_PAGES: Final[PageLookup] = _pdf_page


class FirstPage(Protocol):
    """Where a sheet begins in the printed book: the page number printed there, None where none
    is, and the page of the PDF.
    """

    @property
    def page(self) -> int | None: ...
    @property
    def pdf_page(self) -> int: ...


def listed_pages(pages: Mapping[tuple[str, int], FirstPage]) -> PageLookup:
    """The printed page numbers of a page list, which has sheets by document and number. Of a sheet
    that stands on several pages, a PDF tells how far behind the first one a place is.
    """

    def page_of(record: Sheet | Kpi, place: Place | None) -> str:
        first = pages.get((record.document, record.number)) if isinstance(record, Sheet) else None
        if first is None or first.page is None:
            return ""
        of_pdf = _pdf_page(record, place)
        behind = int(of_pdf) - first.pdf_page if of_pdf else 0
        return str(first.page + behind)

    return page_of


def number_of_page(page: str) -> int | None:
    """The number of a cited page; None where it is no plain number."""
    return int(page) if _NUMBER.fullmatch(page) and len(page) < 10 else None


def reverse_of(page: str) -> str:
    """The page on the other side of the same leaf, whose front has an odd number; empty where the
    page is no plain number.
    """
    number = number_of_page(page)
    if number is None or number < 1:
        return ""
    return str(number + 1 if number % 2 else number - 1)
