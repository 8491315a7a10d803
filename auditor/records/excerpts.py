"""A line of a file as messages show it, with carets under what they are about."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["columns", "excerpt", "harmless", "plain_character"]

_EXCERPT: Final = 72
"""How many characters of a line an excerpt shows."""
_LONGEST: Final = 60


def excerpt(number: int, text: str, column: int, size: int) -> list[str]:
    """A line with its number, and carets under so many of its characters from a column on, which
    counts from 1.
    """
    first = 0 if column <= _EXCERPT - 12 else column - 12
    shown = "".join(map(plain_character, text[first : first + _EXCERPT]))
    before = sum(map(columns, shown[: column - 1 - first]))
    under = shown[column - 1 - first : column - 1 - first + max(size, 1)]
    carets = "^" * max(sum(map(columns, under)), 1)
    line = str(number)
    return [f"  {line} | {shown}", f"  {' ' * len(line)} | {' ' * before}{carets}"]


def harmless(text: str) -> str:
    """A text of a file as a message quotes it: short, and nothing in it steers a terminal."""
    shown = "".join(map(plain_character, text[: _LONGEST + 1]))
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def plain_character(character: str) -> str:
    """A character that steers no terminal."""
    if character == "\t":
        return " "
    is_shown = character.isprintable() or unicodedata.category(character) in ("Zs", "Co")
    return character if is_shown else "?"


def columns(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
