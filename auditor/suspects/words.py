"""Words as suspects: where rules compare words, the words that fit.

Rules that one word settles together are explained together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from auditor.records.fields import OtherBook
from auditor.rules.suspects import SuspectCell
from auditor.suspects.slips import slip

__all__ = ["LAWFUL", "OfWords", "Word", "WordContradiction", "words_that_fit"]

LAWFUL: Final = 0.05
"""How likely a warning stands beside an error that has another cause."""
NONE: Final = 0.05
"""The belief in what is neither a word nor a figure of the rule."""


@dataclass(frozen=True)
class Word:
    """A word of a record, and the others that might stand in its place. ``key`` tells it from the
    other words and figures.
    """

    key: Hashable
    field: str
    year: str | None
    text: str
    others: Sequence[str]
    other_book: OtherBook | None = None

    def cell(self, fits: str) -> SuspectCell:
        """The word as a suspect, with one that fits."""
        return SuspectCell(
            self.field,
            self.year,
            word=self.text,
            fits=fits,
            other_book=self.other_book,
            slip=slip("other-word"),
        )


@dataclass(frozen=True)
class WordContradiction:
    """A broken rule on words: the words and figures that it looks at, and whether it is met once
    a word is another. One that ``may_stand`` is only a warning.
    """

    words: Sequence[Word]
    figures: Mapping[Hashable, SuspectCell]
    is_met: Callable[[Word, str], bool]
    may_stand: bool = False


class OfWords(NamedTuple):
    """Contradictions (by number) that one word may settle, and what may be wrong: words with one
    that fits, and figures, of which nothing is said; all with their shares.
    """

    contradictions: tuple[int, ...]
    options: list[tuple[SuspectCell, float]]


class _Fitting(NamedTuple):
    """A word with another that settles some contradictions, and how much that is believed."""

    word: Word
    other: str
    settles: frozenset[int]
    belief: float


def words_that_fit(
    contradictions: Mapping[int, WordContradiction], breaking: Callable[[Word, str], float]
) -> list[OfWords]:
    """What may be wrong where rules on words are broken, one cause after the other, those of most
    contradictions first. ``breaking`` is how much less another word is believed for the rules
    that it breaks. Contradictions that no word settles are left out.
    """
    fitting = list(_fitting(contradictions, breaking))
    explained: list[OfWords] = []
    remaining = set(contradictions)
    while remaining:
        several = filter(None, (each.settles & remaining for each in fitting))
        together = max(several, key=_size_and_first, default=None)
        if together is None:
            break
        part = {number: contradictions[number] for number in sorted(together)}
        explained.append(OfWords(tuple(part), _options(part, fitting)))
        remaining -= together
    return explained


def _size_and_first(numbers: frozenset[int]) -> tuple[int, int]:
    """Most contradictions go before few, and then the first ones."""
    return len(numbers), -min(numbers)


def _fitting(
    contradictions: Mapping[int, WordContradiction], breaking: Callable[[Word, str], float]
) -> Iterator[_Fitting]:
    words: dict[Hashable, Word] = {}
    for each in contradictions.values():
        words |= {word.key: word for word in each.words}
    for word in words.values():
        concerned = {
            number: each
            for number, each in contradictions.items()
            if any(mine.key == word.key for mine in each.words)
        }
        for other in word.others:
            settles = {number for number, each in concerned.items() if each.is_met(word, other)}
            belief = breaking(word, other) if settles else 0.0
            if belief:
                yield _Fitting(word, other, frozenset(settles), belief)


def _options(
    contradictions: Mapping[int, WordContradiction], fitting: Collection[_Fitting]
) -> list[tuple[SuspectCell, float]]:
    """What may have led to some contradictions. Each word and figure is believed alike, but for
    the warnings that it leaves, and the other words in its place share that.
    """

    def leaving(settles: Collection[int]) -> float:
        belief = 1.0
        for number, each in contradictions.items():
            if number not in settles:
                belief *= LAWFUL if each.may_stand else 0.0
        return belief

    of_words: dict[Hashable, list[tuple[SuspectCell, float]]] = {}
    for word, other, settles, breaking in fitting:
        if belief := leaving(settles) * breaking:
            of_words.setdefault(word.key, []).append((word.cell(other), belief))
    options: list[tuple[SuspectCell, float]] = []
    for several in of_words.values():
        total = sum(belief for _, belief in several)
        most = max(belief for _, belief in several)
        options += [(cell, belief * most / total) for cell, belief in several]
    figures: dict[Hashable, set[int]] = {}
    cells: dict[Hashable, SuspectCell] = {}
    for number, each in contradictions.items():
        for key, cell in each.figures.items():
            figures.setdefault(key, set()).add(number)
            cells[key] = cell
    options += [(cells[key], leaving(numbers)) for key, numbers in figures.items()]

    everything = sum(belief for _, belief in options)
    shared = [(cell, (1 - NONE) * belief / everything) for cell, belief in options if belief]
    shared.sort(key=lambda option: -option[1])
    return shared
