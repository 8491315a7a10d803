"""An independent, simple counter of the numbers that a text shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["numbers_in", "telling"]

_NUMBER: Final = re.compile(r"[0-9][0-9,.]*")
_NARROW: Final = str.maketrans("０１２３４５６７８９，．", "0123456789,.")
_LEAST_DIGITS: Final = 3


def numbers_in(text: str) -> list[str]:
    """The runs of digits of a text, without separators, in the order in which they stand."""
    runs = _NUMBER.finditer(text.translate(_NARROW))
    return [re.sub("[,.]", "", run[0]) for run in runs]


def telling(texts: Iterable[str]) -> set[str]:
    """The numbers of three digits or more: shorter ones stand anywhere by chance."""
    numbers: set[str] = set()
    for text in texts:
        numbers.update(number for number in numbers_in(text) if len(number) >= _LEAST_DIGITS)
    return numbers
