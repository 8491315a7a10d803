"""The page numbers that a book prints, and how far they are from the pages of its file."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from auditor.proof.pages import BookPage

__all__ = ["Numbering", "numbering_of"]

_DASH: Final = "[-−‐–—―~〜・ ]"
_MARKED: Final = re.compile(
    rf"(?:^|\s){_DASH}*[-−‐–—―]\s*(\d{{1,4}})\s*[-−‐–—―]{_DASH}*(?:\s|$)"
    r"|(?:^|\s)[pP]\s*\.?\s*(\d{1,4})(?:\s|$)"
    r"|(?:^|\s)(\d{1,4})\s*(?:頁|ページ)(?:\s|$)"
    r"|(?:^|\s)(\d{1,4})\s*/\s*\d{1,4}(?:\s|$)"
)
"""A number with a sign that it is a page's: －23－, P.23, 23頁, 23/120."""
_BARE: Final = re.compile(r"\d{1,4}")


class _Candidate(NamedTuple):
    number: int
    is_marked: bool


class Numbering(NamedTuple):
    """The printed numbers by the pages of the file. ``offset`` is what most of them are more than
    the page of the file; None where no page prints a number.
    """

    numbers: dict[int, int]
    offset: int | None

    def number_of(self, page: int) -> int | None:
        """The number of a page, as it would be where it prints none; None in a book without page
        numbers.
        """
        if page in self.numbers:
            return self.numbers[page]
        return None if self.offset is None else page + self.offset


def numbering_of(pages: Sequence[BookPage]) -> Numbering:
    """The page numbers of a book. A bare number at the edge of a page counts only where a page
    beside it goes on counting: it may be a year, or a number of something else.
    """
    candidates = {page.number: list(_candidates(page.edges)) for page in pages}
    offsets: Counter[int] = Counter()
    for page, listed in candidates.items():
        offsets.update(candidate.number - page for candidate in listed)
    printed: dict[int, int] = {}
    for page, listed in candidates.items():
        beside = _numbers(candidates, page - 1, page + 1)
        likely = [
            candidate.number
            for candidate in listed
            if candidate.is_marked or candidate.number - page in beside
        ]
        if likely:
            printed[page] = max(likely, key=lambda number: offsets[number - page])
    common = Counter(number - page for page, number in printed.items()).most_common(1)
    return Numbering(printed, common[0][0] if common else None)


def _numbers(candidates: dict[int, list[_Candidate]], *pages: int) -> set[int]:
    """By how much the numbers on some pages are more than the page."""
    offsets: set[int] = set()
    for page in pages:
        offsets.update(candidate.number - page for candidate in candidates.get(page, ()))
    return offsets


def _candidates(edges: Iterable[str]) -> Iterable[_Candidate]:
    for edge in edges:
        for line in unicodedata.normalize("NFKC", edge).splitlines():
            text = line.strip()
            match = _MARKED.search(text)
            if match is not None:
                digits = next(group for group in match.groups() if group)
                yield _Candidate(int(digits), True)
            elif _BARE.fullmatch(text):
                yield _Candidate(int(text), False)
