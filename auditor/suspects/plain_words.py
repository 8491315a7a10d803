"""The words of a record of plain names: those that fit the formulas on them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple, cast

from auditor.formula.values import BLANK, Value
from auditor.records.errors import WrongArgument
from auditor.rules.suspects import SuspectCell
from auditor.suspects.candidates import Candidate
from auditor.suspects.numbers import Given
from auditor.suspects.plain import PlainRecord
from auditor.suspects.problem import Point
from auditor.suspects.slips import slip
from auditor.suspects.words import LAWFUL, Word, WordContradiction, words_that_fit

__all__ = ["PlainWords", "printed_words"]


def printed_words(
    values: Mapping[str, Given], words: Mapping[str, Collection[str]], fixed: Collection[str]
) -> dict[str, Word | None]:
    """The words of a record, as formulas name them; None where one is missing. Raises ValueError
    where what is given is no word.
    """
    printed: dict[str, Word | None] = {}
    for name, vocabulary in words.items():
        if name not in values:
            raise WrongArgument(f"words: there is no value {name}", f"{name} という値がありません")
        if isinstance(vocabulary, str) or not all(
            isinstance(cast(object, word), str) for word in vocabulary
        ):
            raise WrongArgument(
                f"words of {name}: a list of texts", f"{name} の語は文字列のリストで渡してください"
            )
        text = values[name]
        if text is not None and not isinstance(text, str):
            raise WrongArgument(
                f"{name}: {text} is no word", f"{name} の値 {text} は語ではありません"
            )
        key = unicodedata.normalize("NFKC", name)
        others = [] if name in fixed else [word for word in vocabulary if word != text]
        printed[key] = None if text is None else Word(key, name, None, text, others)
    return printed


class _Wording(NamedTuple):
    """One choice of what may be wrong in words, and its share."""

    cells: tuple[SuspectCell, ...]
    share: float


class PlainWords:
    """The words of a record. Which formulas on them are broken is asked of the record with some
    figures corrected.
    """

    def __init__(self, record: PlainRecord, words: Mapping[str, Word | None]) -> None:
        self.record = record
        self.words: dict[str, Word] = {
            name: word for name, word in words.items() if word is not None
        }
        self._broken = set(record.broken_on_words({}, {}))

    @staticmethod
    def texts(words: Mapping[str, Word | None]) -> dict[str, Value]:
        """What the words are for formulas."""
        return {name: BLANK if word is None else word.text for name, word in words.items()}

    def broken(self, point: Point) -> list[int]:
        """The formulas (by number) that are broken with these figures."""
        return self.record.broken_on_words(point, {})

    def factor(self, option: Candidate) -> float:
        """How much less a correction of figures is believed for the formulas on words: one that
        breaks another is none, one that leaves a broken one needs a second fault.
        """
        after = set(self.broken(option.point))
        return LAWFUL ** len(after) if after <= self._broken else 0.0

    def fitting(self, point: Point) -> list[_Wording]:
        """What may be wrong where formulas on words are broken, with these figures corrected;
        nothing where no word fits one of them.
        """
        broken = self.broken(point)

        # One look at the formulas answers for each of them.
        @cache
        def broken_with(key: str, other: str) -> frozenset[int]:
            return frozenset(self.record.broken_on_words(point, {key: other}))

        def breaking(word: Word, other: str) -> float:
            return 1.0 if broken_with(str(word.key), other) <= set(broken) else 0.0

        several = words_that_fit(
            {number: self._contradiction(number, broken_with) for number in broken}, breaking
        )
        if sum(len(each.contradictions) for each in several) < len(broken):
            return []
        return [_joined(choice) for choice in product(*(each.options for each in several))]

    def _contradiction(
        self, number: int, broken_with: Callable[[str, str], Collection[int]]
    ) -> WordContradiction:
        def is_met(word: Word, other: str) -> bool:
            return number not in broken_with(str(word.key), other)

        names = self.record.on_words[number].names
        figures: dict[Hashable, SuspectCell] = {}
        for name in names:
            at = self.record.places.get(name)
            if at is not None and not self.record.problem.fixed >> at & 1:
                figures[name] = self._side(at)
        words = [self.words[name] for name in names if name in self.words]
        return WordContradiction(words, figures, is_met)

    def _side(self, at: int) -> SuspectCell:
        """A figure that a word contradicts."""
        return SuspectCell(
            self.record.names[at],
            value=self.record.values[at],
            exact=False,
            slip=slip("against-word"),
        )


def _joined(choice: Sequence[tuple[SuspectCell, float]]) -> _Wording:
    share = 1.0
    for _, part in choice:
        share *= part
    return _Wording(tuple(cell for cell, _ in choice), share)
