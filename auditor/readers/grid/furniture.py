"""Numbers that are furniture: no figure that a reader could have lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice, pairwise
from typing import Final

from auditor.readers.grid.cells import Box, Grid
from auditor.records.model import UnreadNumber

__all__ = ["counting", "is_numbers", "is_page_number", "numbers_in"]

_AROUND: Final = r"[-+−－‐△▲()（）\[\].,，．¥￥%％\s]"
# Digits with what figures have around them: signs, separators, brackets; and nothing else.
_NUMBERS: Final = re.compile(rf"{_AROUND}*(?:[0-9０-９]{_AROUND}*)+")
_PAGE_NUMBER: Final = re.compile(
    r"[-−－‐–—\s]*(?:[pP][.\s]*)?[0-9０-９]{1,4}(?:\s*/\s*[0-9０-９]{1,4})?[-−－‐–—\s]*"
)
_WHOLE: Final = re.compile(r"[0-9]{1,4}")
_CODE: Final = re.compile(r"[0-9０-９]{1,3}(?:[-－−‐][0-9０-９]{1,3})+")
_LONGEST: Final = 40
_MOST_LISTED: Final = 1_000
"""How many numbers are listed of one worksheet or page that was not read."""


def is_numbers(box: Box) -> bool:
    """Whether all that a box says is a number, or several; 1-2 numbers a row."""
    text = box.text.strip()
    if not text or len(text) > _LONGEST or not _NUMBERS.fullmatch(text):
        return False
    return not _CODE.fullmatch(text)


def is_page_number(box: Box, grid: Grid) -> bool:
    """Whether a number stands alone at the upper or lower edge of a printed page."""
    if box.place.page is None or not _PAGE_NUMBER.fullmatch(box.text.strip()):
        return False
    page = [other for other in grid.boxes if other.place.page == box.place.page]
    alone = all(other is box or other.bottom < box.top or other.top > box.bottom for other in page)
    first, last = min(other.top for other in page), max(other.bottom for other in page)
    return alone and (box.top == first or box.bottom == last)


def counting(boxes: Iterable[Box]) -> set[int]:
    """The identities of the boxes that number the rows of a table: below each other, counting up
    by one.
    """
    columns: dict[int, list[Box]] = {}
    for box in boxes:
        if _WHOLE.fullmatch(box.text.strip()):
            columns.setdefault(box.left, []).append(box)
    rows: set[int] = set()
    for column in columns.values():
        numbers = [int(box.text) for box in column]
        if len(numbers) > 1 and all(after == before + 1 for before, after in pairwise(numbers)):
            rows.update(id(box) for box in column)
    return rows


def numbers_in(grid: Grid) -> tuple[UnreadNumber, ...]:
    """The first numbers of a worksheet or page that was not read, but for those of pages and of
    rows.
    """
    boxes = [box for box in grid.boxes if is_numbers(box)]
    rows = counting(boxes)
    numbers = (
        UnreadNumber(printed=box.text.strip(), place=box.place)
        for box in boxes
        if id(box) not in rows and not is_page_number(box, grid)
    )
    return tuple(islice(numbers, _MOST_LISTED))
