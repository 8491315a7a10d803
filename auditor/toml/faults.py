"""What is wrong with a file of TOML: each fault with its place, an excerpt and a caret."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

from auditor.records.errors import AuditorError

__all__ = ["MOST", "Fault", "FaultyFile", "Lines", "harmless"]

MOST: Final = 100
"""How many faults are listed; the others are counted."""
_EXCERPT: Final = 72
"""How many characters of a line an excerpt shows."""
_LONGEST: Final = 60


class Fault(NamedTuple):
    """One fault: its place as offsets in the file's text (None for the file as a whole), what is
    wrong and what was expected, in English and Japanese.

    ``key`` is where the text does not name it; ``column`` is the place in a formula, from 1.
    """

    place: tuple[int, int] | None
    en: str
    ja: str
    key: str = ""
    column: int | None = None


class Lines:
    """A text by lines, which tells line and column of an offset, both from 1."""

    def __init__(self, text: str) -> None:
        self.texts = text.split("\n")
        self._starts = [0]
        for line in self.texts:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = min(bisect_right(self._starts, offset), len(self.texts))
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; the nearest there is, for one beyond the text."""
        line = min(max(line, 1), len(self.texts))
        column = min(max(column, 1), len(self.texts[line - 1]) + 1)
        return self._starts[line - 1] + column - 1

    def excerpt(self, start: int, end: int) -> list[str]:
        """The line of an offset, and carets under what stands from there to ``end``."""
        line, column = self.at(start)
        text = self.texts[line - 1]
        first = 0 if column <= _EXCERPT - 12 else column - 12
        shown = "".join(map(_plain, text[first : first + _EXCERPT]))
        before = sum(map(_columns, shown[: column - 1 - first]))
        under = shown[column - 1 - first : column - 1 - first + max(end - start, 1)]
        carets = "^" * max(sum(map(_columns, under)), 1)
        number = str(line)
        return [f"  {number} | {shown}", f"  {' ' * len(number)} | {' ' * before}{carets}"]


class FaultyFile(AuditorError):
    """A file that can't be used. ``faults`` are all that it has; the message shows each with file,
    line, column and an excerpt.
    """

    # English and Japanese: texts are pydantic's, for which a start without faults need not wait.
    kind: ClassVar[tuple[str, str]]
    """What the file is, as the conclusion says it."""
    without: ClassVar[tuple[str, str]]
    """How to go without the file."""

    def __init__(self, name: str, lines: Lines, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        name = "".join(map(_plain, name))
        parts_en: list[str] = []
        parts_ja: list[str] = []
        for fault in self.faults[:MOST]:
            if fault.place is None:
                parts_en.append(f"{name}: {fault.en}")
                parts_ja.append(f"{name}：{fault.ja}")
                continue
            line, column = lines.at(fault.place[0])
            excerpt = lines.excerpt(*fault.place)
            parts_en += [f"{name}:{line}:{column}: {fault.en}", *excerpt]
            parts_ja += [f"{name} {line}行目 {column}文字目：{fault.ja}", *excerpt]
        # A file that can't be opened is one line.
        if any(fault.place is not None for fault in self.faults):
            en, ja = self._conclusion(len(self.faults))
            parts_en.append(en)
            parts_ja.append(ja)
        super().__init__("\n".join(parts_en), "\n".join(parts_ja))

    def _conclusion(self, number: int) -> tuple[str, str]:
        """How many faults there are, and what that means."""
        more = number - MOST
        more_en = f" ({more:,} of them not shown)" if more > 0 else ""
        more_ja = f"（ほか{more:,}か所は表示していません）" if more > 0 else ""
        kind_en, kind_ja = self.kind
        without_en, without_ja = self.without
        return (
            f"{number:,} {'fault' if number == 1 else 'faults'} in the {kind_en}{more_en}; "
            f"nothing was done ({without_en})",
            f"{kind_ja}に{number:,}か所の誤りがあるため{more_ja}、処理を行いませんでした"
            f"（{without_ja}）",
        )


def harmless(text: str) -> str:
    """A text of a file as a message quotes it: short, and nothing in it steers a terminal."""
    shown = "".join(map(_plain, text[: _LONGEST + 1]))
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _plain(character: str) -> str:
    if character == "\t":
        return " "
    is_shown = character.isprintable() or unicodedata.category(character) in ("Zs", "Co")
    return character if is_shown else "?"


def _columns(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
