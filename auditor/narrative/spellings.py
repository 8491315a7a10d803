"""Names that are written in more than one way: デジタル・デバイド and デジタルデバイド.

The place in a name may stand in kana or in ideographs (みなと文化ホール, 港文化ホール).
Each name is found by a key that all its spellings have, so that no name is held against another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["names"]

_KANA: Final = re.compile("[ァ-ヶー][ァ-ヶー・-]{3,40}[ァ-ヶー]")
_PLACED: Final = re.compile(
    "(?P<first>[ァ-ヶー]{4,20})(?P<place>[ぁ-ん]{2,6}|[一-龥]{1,3})(?P<last>[一-龥]{2,4}[ァ-ヶー]{2,12})"
)
"""A name that tells its place in ideographs or in kana between other words."""
_MARKS: Final = str.maketrans("", "", "・-")


def names(text: str) -> Iterator[tuple[str, str]]:
    """The names of a text in one width that have several spellings, each with its key."""
    for match in _KANA.finditer(text):
        name = match.group()
        yield f"ア {name.translate(_MARKS).rstrip('ー')}", name
    for match in _PLACED.finditer(text):
        yield f"地 {match['first']} {match['last']}", match.group()
