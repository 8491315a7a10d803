"""Cell addresses and references of worksheets: ``D12``, ``$D$5:$D$9``, ``D:D``.

Rows and columns count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

__all__ = [
    "MAX_COLUMN",
    "MAX_ROW",
    "Area",
    "address",
    "column_letters",
    "column_number",
    "parse_address",
    "parse_area",
]

MAX_ROW: Final = 1_048_576
MAX_COLUMN: Final = 16_384
_ADDRESS: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_COLUMNS: Final = re.compile(r"\$?([A-Za-z]{1,3})")
_ROWS: Final = re.compile(r"\$?([0-9]{1,7})")


class Area(NamedTuple):
    """A rectangle of cells, its ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def places(self) -> Iterator[tuple[int, int]]:
        """Rows and columns of the cells, row by row."""
        return product(range(self.top, self.bottom + 1), range(self.left, self.right + 1))


@lru_cache(maxsize=MAX_COLUMN)
def column_letters(column: int) -> str:
    """``4`` is ``D``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """``D`` is ``4``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def address(row: int, column: int) -> str:
    """``(12, 4)`` is ``D12``."""
    return f"{column_letters(column)}{row}"


@lru_cache(maxsize=8_192)
def parse_address(text: str) -> tuple[int, int] | None:
    """Row and column of an address, or None where no worksheet has such a cell."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if 1 <= row <= MAX_ROW and column <= MAX_COLUMN else None


@lru_cache(maxsize=8_192)
def parse_area(text: str) -> Area | None:
    """The area of ``D5:F9``, ``D5``, ``D:F`` or ``5:9``, or None where it is none."""
    first, _, last = text.partition(":")
    last = last or first
    if (start := parse_address(first)) and (end := parse_address(last)):
        return _area(start[0], start[1], end[0], end[1])
    if ":" in text and (left := _COLUMNS.fullmatch(first)) and (right := _COLUMNS.fullmatch(last)):
        return _area(1, column_number(left[1]), MAX_ROW, column_number(right[1]))
    if ":" in text and (top := _ROWS.fullmatch(first)) and (bottom := _ROWS.fullmatch(last)):
        return _area(int(top[1]), 1, int(bottom[1]), MAX_COLUMN)
    return None


def _area(row: int, column: int, other_row: int, other_column: int) -> Area | None:
    area = Area(
        min(row, other_row),
        min(column, other_column),
        max(row, other_row),
        max(column, other_column),
    )
    return area if area.top >= 1 and area.bottom <= MAX_ROW and area.right <= MAX_COLUMN else None
