"""How a text in quotes is written in a file: where each of its characters stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["characters"]

_OPENING: Final = re.compile("\"\"\"\n?|'''\n?|[\"']")
_ESCAPE: Final = re.compile(
    r"\\(?:u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<end>[ \t]*\n\s*)|(?P<sign>.))",
    re.DOTALL,
)
_SIGNS: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def characters(text: str, spot: tuple[int, int]) -> Iterator[tuple[str, int, int]]:
    """The characters of the text in quotes at a place of a TOML file, each with where it begins
    and ends there; none where there is no text in quotes.
    """
    start, end = spot
    opening = _OPENING.match(text, start, end)
    if opening is None:
        return
    quotes = opening[0].strip()
    at, end = opening.end(), end - len(quotes)
    while at < end:
        escape = _ESCAPE.match(text, at, end) if quotes[0] == '"' else None
        if escape is None:
            yield text[at], at, at + 1
            at += 1
            continue
        # The end of a line after a backslash is no character.
        if escape["end"] is None:
            yield _meant(escape), at, escape.end()
        at = escape.end()


def _meant(escape: re.Match[str]) -> str:
    """The character that an escape stands for."""
    code = escape["short"] or escape["long"]
    if code is None:
        return _SIGNS.get(escape["sign"], escape["sign"])
    return chr(int(code, 16)) if int(code, 16) < 0x110000 else "?"
