"""The codes of a drafted form's rules: letters that no shipped rule and no other form has."""

from __future__ import annotations

import re
from collections.abc import Collection
from hashlib import sha256
from itertools import count
from typing import Final

__all__ = ["code_of", "rule_prefix"]

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLAIN: Final = re.compile("[a-z]{3,6}")
_MIXED: Final = 5
"""How many letters stand for a name that is no word of three to six letters."""


def rule_prefix(name: str, taken: Collection[str] = ()) -> str:
    """The letters before the numbers of the rules of a form called ``name``: four to eight, of
    which the first is X. Families of shipped rules have fewer.

    Two names have different letters: a short word is spelled out, and of any other name the
    letters are made from all of it. ``taken`` are prefixes that are in use.
    """
    if _PLAIN.fullmatch(name) and (prefix := f"X{name.upper()}") not in taken:
        return prefix
    begin = "".join(letter for letter in name.upper() if letter in _LETTERS)[:2].ljust(2, "X")
    for salt in count():
        number = int.from_bytes(sha256(f"{name}/{salt}".encode()).digest())
        letters = ""
        for _ in range(_MIXED):
            number, at = divmod(number, len(_LETTERS))
            letters += _LETTERS[at]
        if (prefix := f"X{begin}{letters}") not in taken:
            return prefix
    raise AssertionError("there are always other letters")


def code_of(prefix: str, number: int) -> str:
    """The code of a form's rule, counted from 1."""
    return f"{prefix}{number:03d}"
