"""Text for a terminal: made harmless, wrapped by display width, set in tables and colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, Literal

__all__ = [
    "Style",
    "cut",
    "entitled",
    "hanging",
    "painted",
    "plain",
    "shown_width",
    "table",
    "wrap",
]

Style = Literal["error", "warning", "note", "heading", "good", "faint"]

_SPACES: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# Controls and escape sequences, marks that turn the writing direction or show nothing, halves of
# characters.
_HARMFUL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_COLORS: Final[dict[Style, str]] = {
    "error": "1;31",
    "warning": "33",
    "note": "36",
    "heading": "1",
    "good": "32",
    "faint": "2",
}
_CLOSING: Final = "、。，．・：；？！）」』】〕〉》］｝)]}ー々…,.:;"
_OPENING: Final = "（「『【〔〈《［｛(["
_WORDS: Final = re.compile(rf"[{re.escape(_OPENING)}]*(?:[!-~]+|\S)[{re.escape(_CLOSING)}]*|\s+")
# A path is not broken where it fits on a line. What is before a slash is bounded, so that no text
# takes long.
_NAME: Final = r"[^\s/\\：、。；「」（）]{0,80}"
_PATH: Final = re.compile(rf"(?:{_NAME}[/\\])+{_NAME}[{re.escape(_CLOSING)}]*|{_WORDS.pattern}")
_FOLDER: Final = re.compile(r"[^/\\]*[/\\]+|[^/\\]+")


def plain(text: str) -> str:
    """The text on one line, with whatever could steer a terminal shown as an escape (``\\x1b``)."""
    line = _SPACES.sub(" ", text)
    return _HARMFUL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), line)


def cut(text: str, longest: int = 240) -> str:
    """The text without control characters, and with … for all that goes beyond ``longest``
    characters.
    """
    line = plain(text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    from wcwidth import wcwidth

    return max(wcwidth(character), 0)


def shown_width(text: str) -> int:
    """How many terminal columns the text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` columns; breaks at spaces and between full-width
    characters.
    """
    width = max(width, 4)
    lines: list[str] = []
    line, filled = "", 0
    for word in _pieces(text, width):
        size = shown_width(word)
        if filled + size > width and line:
            lines.append(line.rstrip(" "))
            line, filled = "", 0
        if word.isspace() and not line and lines:
            continue
        line, filled = line + word, filled + size
    return [*lines, line.rstrip(" ")] if line or not lines else lines


def _pieces(text: str, width: int) -> Iterator[str]:
    pattern = _PATH if "/" in text or "\\" in text else _WORDS
    for match in pattern.finditer(text):
        word = match[0]
        if shown_width(word) <= width:
            yield word
            continue
        for part in _FOLDER.findall(word):  # a path that is too long is broken behind its slashes
            yield from (part,) if shown_width(part) <= width else _words(part, width)


def _words(text: str, width: int) -> Iterator[str]:
    for match in _WORDS.finditer(text):
        word = match[0]
        yield from (word,) if shown_width(word) <= width else _broken(word, width)


def _broken(word: str, width: int) -> Iterator[str]:
    """A word that is too long for a line, broken where the lines are full."""
    piece, filled = "", 0
    for character in word:
        if filled + _columns(character) > width:
            yield piece
            piece, filled = "", 0
        piece, filled = piece + character, filled + _columns(character)
    yield piece


def hanging(lead: str, text: str, width: int) -> Iterator[str]:
    """Lines that start with ``lead`` and go on below the text, not below the lead."""
    inner = shown_width(lead)
    for position, line in enumerate(wrap(text, max(width - inner, 20))):
        yield (lead if position == 0 else " " * inner) + line


def painted(text: str, style: Style, color: bool) -> str:
    """The text in colour, where colour is wanted."""
    return f"\x1b[{_COLORS[style]}m{text}\x1b[0m" if color and text else text


def entitled(title: str, color: bool) -> list[str]:
    """A section's heading, with an empty line before it."""
    return ["", painted(f"■ {plain(title)}", "heading", color)]


def table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], width: int, align: str = ""
) -> str:
    """A table no wider than ``width``, as far as its columns allow; ``align`` has a letter (l, r)
    for each column.

    The widest left-aligned columns are narrowed and wrapped in themselves; figures, at the right,
    are never broken.
    """
    from tabulate import tabulate

    body = [[cut(cell) for cell in row] for row in rows]
    sides = align.ljust(len(headers), "l")
    sizes = _sizes(headers, body, sides, width)
    grid = [_wrapped(map(plain, headers), sizes), *(_wrapped(row, sizes) for row in body)]

    # The heads go in as a row: as heads, tabulate would pad each of their columns by two.
    aligned = ["right" if side == "r" else "left" for side in sides]
    cells = [["\n".join(lines) for lines in row] for row in grid]
    drawn = tabulate(cells, tablefmt="plain", disable_numparse=True, colalign=aligned).splitlines()
    top = max(len(lines) for lines in grid[0])
    columns = zip(*grid, strict=True)
    widths = [max(map(shown_width, chain.from_iterable(column))) for column in columns]
    rule = "  ".join("-" * size for size in widths)
    return "\n".join(line.rstrip(" ") for line in (*drawn[:top], rule, *drawn[top:]))


_NARROWEST = 12
"""No column of words is made narrower than this, and no heading makes one of figures wider."""


def _sizes(
    headers: Sequence[str], body: Sequence[Sequence[str]], sides: str, width: int
) -> list[int]:
    """The width of each column: that of its widest cell, as far as there is room for it."""
    columns = list(zip(*body, strict=True)) or [()] * len(headers)
    widest = [max(map(shown_width, column), default=0) for column in columns]
    sizes = [
        max(size, min(shown_width(head), _NARROWEST if side == "r" else 99))
        for size, head, side in zip(widest, headers, sides, strict=True)
    ]

    room = width - 2 * (len(sizes) - 1)
    words = [at for at, side in enumerate(sides) if side == "l"]
    while sum(sizes) > room and any(sizes[at] > _NARROWEST for at in words):
        sizes[max(words, key=sizes.__getitem__)] -= 1
    return sizes


def _wrapped(row: Iterable[str], sizes: Sequence[int]) -> list[list[str]]:
    return [wrap(cell, size) for cell, size in zip(row, sizes, strict=True)]
