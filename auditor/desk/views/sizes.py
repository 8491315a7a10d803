"""The sizes of a worksheet's columns and rows in pixels, as a spreadsheet program computes them.

Columns are counted in digits of the workbook's own font (ECMA-376, 18.3.1.13), rows in points. A
row that states no height is as high as its texts.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from auditor.readers.workbook.extras import Widths
from auditor.readers.workbook.faces import Typeface

__all__ = ["Columns", "highest", "line_height", "lines_of", "pixels", "text_width"]

_A_POINT: Final = 96 / 72
_MARGIN: Final = 5
"""The pixels beside the digits of a column."""
_STEP: Final = 8
"""A default width is a multiple of so many pixels."""
_DIGITS: Final[Mapping[str, float]] = {
    "calibri": 0.507,
    "aptos narrow": 0.49,
    "aptos": 0.56,
    "arial": 0.556,
    "helvetica": 0.556,
    "times new roman": 0.5,
    "cambria": 0.554,
    "century": 0.556,
    "tahoma": 0.546,
    "verdana": 0.636,
    "segoe ui": 0.539,
    "meiryo": 0.6,
    "メイリオ": 0.6,
    "yu gothic": 0.54,
    "游ゴシック": 0.54,
    "yu mincho": 0.54,
    "游明朝": 0.54,
    "noto sans": 0.555,
}
"""The widths of digits, in parts of their font's size."""
_HALF: Final = 0.5
_LINE: Final = 1.2
"""The height of a line, in parts of its font's size."""
_MOST_STATED: Final = 16_384
"""More widths than a worksheet has columns say nothing more."""
_MOST: Final = 2_000
"""Pixels: no column or row is wider or higher than about that."""


def pixels(points: float) -> int:
    """Points in pixels."""
    return min(max(math.floor(points * _A_POINT + 0.5), 0), _MOST)


def digit_width(font: Typeface) -> int:
    """The pixels of the widest digit of a font."""
    name = unicodedata.normalize("NFKC", font.name).casefold().strip()
    size = font.size * _A_POINT
    share = next((width for start, width in _DIGITS.items() if name.startswith(start)), None)
    if share is not None:
        return max(math.floor(share * size + 0.5), 1)
    # Japanese fonts have digits of half their size, which is a whole number of pixels.
    return max(math.ceil(math.floor(size + 0.5) * _HALF), 1)


class Columns:
    """The columns of a worksheet whose widths are counted in digits of a font."""

    def __init__(self, widths: Widths, font: Typeface) -> None:
        self.digit: int = digit_width(font)
        self._stated = widths.columns
        self._default = self._of_default(widths)

    def _of_default(self, widths: Widths) -> int:
        if widths.base is None:
            return self._stated_width(widths.default)
        whole = math.ceil((widths.base * self.digit + _MARGIN) / _STEP) * _STEP
        return min(whole, _MOST)

    def _stated_width(self, width: float) -> int:
        whole = math.floor((256 * width + math.floor(128 / self.digit)) / 256 * self.digit)
        return min(max(whole, 0), _MOST)

    def upto(self, last: int) -> list[int]:
        """The widths of the columns from the first one to ``last``."""
        sizes = [self._default] * last
        # Where several say something of a column, the first one counts.
        for first, end, width in reversed(self._stated[:_MOST_STATED]):
            for column in range(max(first, 1), min(end, last) + 1):
                sizes[column - 1] = self._stated_width(width)
        return sizes


def text_width(text: str, font: Typeface) -> float:
    """About how many pixels a line of text takes."""
    wide = sum(unicodedata.east_asian_width(character) in "FWA" for character in text)
    ems = wide + _HALF * (len(text) - wide)
    return ems * font.size * _A_POINT


def line_height(font: Typeface) -> int:
    """The pixels of a line."""
    return math.ceil(font.size * _A_POINT * _LINE)


def lines_of(text: str, font: Typeface, width: int | None) -> int:
    """How many lines a text takes, where it wraps at a width in pixels or at its own line ends."""
    return sum(_wrapped(line, font, width) for line in text.split("\n"))


def _wrapped(line: str, font: Typeface, width: int | None) -> int:
    if width is None or width <= _MARGIN:
        return 1
    return max(math.ceil(text_width(line, font) / (width - _MARGIN)), 1)


def highest(heights: Iterable[int], default: int) -> int:
    """The height of a row whose cells need these."""
    return min(max(heights, default=default), _MOST)
