"""Characters as words and lines of text, and the figures among them whose digits stand apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from auditor.readers.pdf.pages import Character, Rectangle
from auditor.records.figures import printed_number

__all__ = [
    "CURRENCY",
    "SIGNS",
    "TOUCHING",
    "TRIANGLES",
    "Run",
    "Spacing",
    "Written",
    "extent_of",
    "is_figure",
    "lines_of",
    "run_of",
    "runs_of",
    "text_of_cell",
    "text_of_line",
]

# In heights of the font's box, which is a little more than its size:
TOUCHING: Final = 0.1
"""Characters nearer than this were set as one word."""
_WORD: Final = 0.25  # from here on a gap is a space
_LINE: Final = 0.35  # runs whose baselines lie no further apart stand on one line
_EVEN: Final = 0.15  # by how much the gaps of evenly spaced digits may differ
_SPACED: Final = 1.3  # digits further apart than this are no figure
_LEADING: Final = 2.0  # lines of one figure lie no further apart

TRIANGLES: Final = frozenset("△▲Δ∆▵▴")
SIGNS: Final = TRIANGLES | frozenset("－−-‐‑–")
CURRENCY: Final = frozenset("¥￥\\")
_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")
_BODY: Final = _DIGITS | frozenset(",.，．")
_WRAPPED: Final = _BODY | SIGNS | CURRENCY | frozenset("()（）")
_GROUPED: Final = re.compile("[,，]")
_SEPARATORS: Final = frozenset("\u00a0\u2009\u202f")
"""Spaces that some programs print between thousands."""


class Written(NamedTuple):
    """A text and its extent; ``cell`` is the ruled cell that it fills alone, or None where it
    stands by itself. ``band`` is the left and right of the column in which a text that stands by
    itself is aligned with others.
    """

    text: str
    extent: Rectangle
    cell: Rectangle | None
    height: float
    band: tuple[float, float] | None = None

    @property
    def area(self) -> Rectangle:
        """What the text takes up in a grid."""
        if self.cell is not None:
            return self.cell
        if self.band is not None:
            return Rectangle(self.band[0], self.extent.bottom, self.band[1], self.extent.top)
        return self.extent


class Run(NamedTuple):
    """Characters set as one word on one line."""

    text: str
    left: float
    right: float
    base: float
    height: float


def runs_of(characters: Iterable[Character]) -> Iterator[list[Character]]:
    """The characters as words, in the order of the file. A space ends a word, and a triangle
    begins one: it is the sign of what follows.
    """
    word: list[Character] = []
    separator: Character | None = None
    for character in characters:
        if separator is not None:
            if character.text in _DIGITS and not _ends(separator, character):
                word.append(separator)
            else:
                yield word
                word = []
            separator = None
        if character.text.isspace():
            if character.text in _SEPARATORS and word and word[-1].text in _DIGITS:
                separator = character
                continue
            if word:
                yield word
            word = []
            continue
        if word and _ends(word[-1], character):
            yield word
            word = []
        word.append(character)
    if word:
        yield word


def _ends(last: Character, character: Character) -> bool:
    """Whether a word ends between two characters."""
    text, start, base, _, height, _ = character
    return (
        text in TRIANGLES
        or abs(base - last.base) > 0.2 * height
        or not -0.5 * height < start - last.right < _WORD * height
    )


def run_of(word: Sequence[Character]) -> Run:
    """A word as a run."""
    texts, lefts, bases, rights, heights, _ = zip(*word, strict=True)
    return Run("".join(texts), lefts[0], max(rights), bases[0], max(heights))


def lines_of(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs by lines from the top, each line from the left."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.base):
        if lines and _is_level(lines[-1][0], run):
            lines[-1].append(run)
        else:
            lines.append([run])
    for line in lines:
        line.sort(key=lambda run: run.left)
    return lines


def _is_level(first: Run, second: Run) -> bool:
    return abs(first.base - second.base) <= _LINE * max(first.height, second.height)


def extent_of(runs: Sequence[Run]) -> Rectangle:
    """The rectangle that holds runs."""
    return Rectangle(
        min(run.left for run in runs),
        min(run.base - 0.2 * run.height for run in runs),
        max(run.right for run in runs),
        max(run.base + 0.8 * run.height for run in runs),
    )


def is_figure(text: str) -> bool:
    """Whether a text is a number."""
    return printed_number(text) is not None


def _plain_text(line: Sequence[Run]) -> str:
    text, last = line[0].text, line[0]
    for run in line[1:]:
        text += (" " if run.left - last.right >= TOUCHING * run.height else "") + run.text
        last = run
    return text


class Spacing:
    """How far apart a page sets the digits of its figures, where it sets them apart.

    A figure that groups its thousands, and whose digits stand evenly, proves how a page is set:
    ``6 , 3 5 4`` is one figure. Then ``1 2`` with the same gap is one, too; without such a proof
    it may be two.
    """

    def __init__(self, lines: Iterable[Sequence[Run]]) -> None:
        self.gaps: list[float] = []
        for line in lines:
            apart = _set_apart(line)
            if apart is not None and _GROUPED.search(apart.text):
                self.gaps.append(apart.gap)

    def figure(self, line: Sequence[Run]) -> str | None:
        """The figure that a line prints with its digits apart, or None."""
        if not self.gaps:
            return None
        apart = _set_apart(line)
        if apart is None or not any(abs(apart.gap - gap) <= _EVEN for gap in self.gaps):
            return None
        return apart.text

    def joined(self, line: Sequence[Run]) -> Sequence[Run]:
        """The line with the digits of its figures, which stand apart, as one run each."""
        if not self.gaps:
            return line
        joined: list[Run] = []
        start = 0
        while start < len(line):
            end = start + 1
            while end < len(line) and line[end - 1].text in _BODY and line[end].text in _BODY:
                end += 1
            stretch = line[start:end]
            text = self.figure(stretch)
            if text is None:
                joined += stretch
            else:
                first, last = stretch[0], stretch[-1]
                joined.append(Run(text, first.left, last.right, first.base, first.height))
            start = end
        return joined

    def before(self, line: Sequence[Run], others: Sequence[Run]) -> list[Run]:
        """The digits before a line that stand as far from it, and from each other, as those of
        a figure do.
        """
        digits: list[Run] = []
        after = line[0]
        if after.text not in _BODY:
            return digits
        for run in reversed(others):
            gap = (after.left - run.right) / max(after.height, run.height)
            if run.text not in _BODY or not any(abs(gap - even) <= _EVEN for even in self.gaps):
                break
            digits.insert(0, run)
            after = run
        return digits


class _Apart(NamedTuple):
    """A figure whose digits stand apart, and by how many heights."""

    text: str
    gap: float


def _set_apart(line: Sequence[Run]) -> _Apart | None:
    """A line that may be one figure with all its digits apart."""
    if len(line) < 2 or not all(len(run.text) == 1 for run in line[1:]):
        return None
    signs = 0
    while signs < len(line) and line[signs].text in SIGNS | CURRENCY:
        signs += 1
    body = line[signs:]
    if len(body) < 2 or any(run.text not in _BODY for run in body):
        return None
    height = max(run.height for run in body)
    gaps = [(after.left - before.right) / height for before, after in pairwise(body)]
    if min(gaps) < TOUCHING or max(gaps) > _SPACED or max(gaps) - min(gaps) > _EVEN:
        return None
    text = "".join(run.text for run in line)
    return _Apart(text, sum(gaps) / len(gaps)) if is_figure(text) else None


def text_of_line(line: Sequence[Run], spacing: Spacing) -> str:
    """A line as text, with spaces where it has gaps."""
    return spacing.figure(line) or _plain_text(spacing.joined(line))


def text_of_cell(lines: Sequence[Sequence[Run]], spacing: Spacing) -> str:
    """The lines of a cell as text. A figure that the cell breaks is put together again, where its
    grouped thousands prove that the lines are one number.
    """
    texts = [text_of_line(line, spacing) for line in lines]
    return _unbroken(lines, texts) or "\n".join(texts).strip()


def _unbroken(lines: Sequence[Sequence[Run]], texts: Sequence[str]) -> str | None:
    if len(lines) < 2 or any(set("".join(text.split())) - _WRAPPED for text in texts):
        return None
    if all(is_figure(text) for text in texts) or is_figure("\n".join(texts)):
        return None
    for above, below in pairwise(lines):
        if above[0].base - below[0].base > _LEADING * max(above[0].height, below[0].height):
            return None
    joined = "".join("".join(text.split()) for text in texts)
    return joined if _GROUPED.search(joined) and is_figure(joined) else None
