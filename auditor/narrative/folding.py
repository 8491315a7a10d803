"""Texts in one width: each character becomes one character, so that places in the folded text are
places in the printed one.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["folded", "width"]

_WIDE_ASCII: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS: Final = {
    "　": " ",
    "\t": " ",
    "\u00a0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "〜": "~",
    "∼": "~",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "｡": "。",
    "､": "、",
    "｢": "「",
    "｣": "」",
    "･": "・",
    "◯": "○",
    "〇": "○",
    "⦅": "(",
    "⦆": ")",
    "﹙": "(",
    "﹚": ")",
    "∶": ":",
    "㌫": "%",
}
_FOLDED: Final = _WIDE_ASCII | {ord(sign): plain for sign, plain in _SIGNS.items()}


def folded(text: str) -> str:
    """The text with narrow digits, letters, brackets and signs, of the same length."""
    return text.translate(_FOLDED)


_NARROW: Final = re.compile("[\x00-\u10ff\uff61-\uff9f]")


def width(text: str) -> int:
    """How many narrow columns a text takes on paper."""
    if text.isascii():
        return len(text)
    return 2 * len(text) - len(_NARROW.findall(text))
