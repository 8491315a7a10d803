"""Whether the sheets of a book stand in the order and on the pages that its contents pages say.

One fault has one cause: where a sheet is missing, those behind it stand earlier, and where two
have changed places, their pages have, too. What so follows is marked, not counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

__all__ = ["Placed", "Placement", "placements"]


_LIKELY: Final = 5
"""How many ways of counting pages are tried."""


class Placed(NamedTuple):
    """A sheet of the documents: its page in the file and that page's number, None where it is not
    in the book; and the page by the contents pages, None where they don't list it.

    ``rank`` is its place in the contents.
    """

    pdf_page: int | None
    number: int | None
    contents_page: int | None
    rank: int | None


class Placement(NamedTuple):
    """What is wrong with the place of a sheet. ``follows`` is true where its page differs since
    another sheet is wrong.
    """

    is_out_of_order: bool = False
    is_on_other_page: bool = False
    follows: bool = False


def placements(sheets: Sequence[Placed], inserted: Iterable[tuple[int, int]]) -> list[Placement]:
    """What is wrong with the place of each sheet.

    ``inserted`` are pages of the file on which something stands that the documents don't have
    there, with how many pages it takes: extra sheets, and sheets that are there already.

    In a book that prints no page numbers, the contents pages may count from any page on: from the
    one with the fewest faults.
    """
    insertions = list(inserted)
    if any(sheet.number is not None for sheet in sheets):
        return _placements(sheets, insertions)
    counted = [_counted_from(sheets, offset) for offset in _offsets(sheets)]
    results = [_placements(numbered, insertions) for numbered in counted]
    if not results:
        return _placements(sheets, insertions)
    return min(results, key=_faults)


def _faults(places: Iterable[Placement]) -> int:
    return sum(place.is_on_other_page and not place.follows for place in places)


def _offsets(sheets: Iterable[Placed]) -> list[int]:
    """By how much the pages of the contents may be more than those of the file, the likeliest
    first; where sheets have changed places, it is so in the mean.
    """
    offsets = [
        sheet.contents_page - sheet.pdf_page
        for sheet in sheets
        if sheet.contents_page is not None and sheet.pdf_page is not None
    ]
    if not offsets:
        return []
    common = [offset for offset, _ in Counter(offsets).most_common(_LIKELY)]
    return list(dict.fromkeys([*common, round(sum(offsets) / len(offsets))]))


def _counted_from(sheets: Iterable[Placed], offset: int) -> list[Placed]:
    return [
        sheet if sheet.pdf_page is None else sheet._replace(number=sheet.pdf_page + offset)
        for sheet in sheets
    ]


def _placements(sheets: Sequence[Placed], insertions: Sequence[tuple[int, int]]) -> list[Placement]:
    missing = _missing(sheets)
    disordered = _out_of_order(sheets)
    shifts = {at: shift for at, sheet in enumerate(sheets) if (shift := _shift(sheet))}
    explained = {
        at for at, shift in shifts.items() if shift == _expected(sheets[at], insertions, missing)
    }
    others = shifts.keys() - explained
    # Sheets that have changed places stand on each other's pages.
    exchanged = bool(disordered) and _pages(sheets, others) == _numbers(sheets, others)
    return [
        Placement(
            is_out_of_order=at in disordered,
            is_on_other_page=at in shifts,
            follows=at in explained or at in disordered or exchanged,
        )
        for at in range(len(sheets))
    ]


def _shift(sheet: Placed) -> int:
    """By how many pages a sheet stands behind where the contents pages put it."""
    if sheet.number is None or sheet.contents_page is None:
        return 0
    return sheet.number - sheet.contents_page


def _missing(sheets: Sequence[Placed]) -> list[tuple[int, int]]:
    """The ranks of the sheets that are missing, with the pages that they took."""
    pages = sorted(
        (sheet.rank, sheet.contents_page)
        for sheet in sheets
        if sheet.rank is not None and sheet.contents_page is not None
    )
    after = {rank: following for (rank, _), (_, following) in pairwise(pages)}
    return [
        (sheet.rank, max(after.get(sheet.rank, sheet.contents_page) - sheet.contents_page, 0))
        for sheet in sheets
        if sheet.pdf_page is None and sheet.rank is not None and sheet.contents_page is not None
    ]


def _expected(
    sheet: Placed, insertions: Iterable[tuple[int, int]], missing: Iterable[tuple[int, int]]
) -> int:
    """By how many pages a sheet stands off because of what was put in or left out before it."""
    if sheet.pdf_page is None or sheet.rank is None:
        return 0
    more = sum(pages for page, pages in insertions if page < sheet.pdf_page)
    return more - sum(pages for rank, pages in missing if rank < sheet.rank)


def _out_of_order(sheets: Sequence[Placed]) -> set[int]:
    """The fewest sheets without which the others stand in the order of the contents pages."""
    listed = [
        (sheet.pdf_page, sheet.rank, at)
        for at, sheet in enumerate(sheets)
        if sheet.pdf_page is not None and sheet.rank is not None
    ]
    # Sheets of one page have no order among each other.
    listed.sort()
    ends: list[int] = []
    chains: list[tuple[int, int | None]] = []  # the sheet that ends it, and the chain before
    heads: list[int] = []
    for _, rank, at in listed:
        place = bisect_left(ends, rank)
        before = heads[place - 1] if place else None
        chains.append((at, before))
        ends[place : place + 1] = [rank]
        heads[place : place + 1] = [len(chains) - 1]
    ordered: set[int] = set()
    link = heads[-1] if heads else None
    while link is not None:
        at, link = chains[link]
        ordered.add(at)
    return {at for _, _, at in listed} - ordered


def _pages(sheets: Sequence[Placed], numbers: Iterable[int]) -> list[int]:
    return sorted(sheets[at].contents_page or 0 for at in numbers)


def _numbers(sheets: Sequence[Placed], numbers: Iterable[int]) -> list[int]:
    return sorted(sheets[at].number or 0 for at in numbers)
