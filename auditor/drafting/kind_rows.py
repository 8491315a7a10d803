"""Rows of sheets that say more than a figure's label: the kind of their amounts (予算額 and 決算額
under 事業費, or before it), or their year where years run down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from auditor.drafting.board import Board, Spot
from auditor.drafting.headings import Heading, heading_of
from auditor.drafting.numbers import plain
from auditor.drafting.orientation import is_rate
from auditor.drafting.vocabulary import Vocabulary

__all__ = ["KindRows", "RowLabel", "YearRow", "year_rows"]

_FEWEST: Final = 2
"""So many rows say years, or different kinds, where they run down."""


class RowLabel(NamedTuple):
    """What a row of figures is: its label, the word for its kind or ``""``, and the text around
    the label, if any. ``is_rate`` is of a rate that stands among the kinds of a figure.
    """

    label: Spot
    word: str = ""
    outer: Spot | None = None
    is_rate: bool = False


@dataclass
class KindRows:
    """The labels of the rows below one line of years, in which kinds may stand.

    ``lines`` are the texts before the years of each row that has figures.
    """

    lines: Sequence[Sequence[Spot]]
    vocabulary: Vocabulary
    carried: Spot | None = field(default=None, init=False)
    """The text around the labels of rows that leave it out, as cells do that are not merged."""

    def __post_init__(self) -> None:
        self.inner: int | None = self._kinds(spots[-1:] for spots in self.lines)
        self.outer: int | None = self._kinds(spots[:1] for spots in self.lines if len(spots) > 1)

    def _kinds(self, ends: Iterable[Sequence[Spot]]) -> int | None:
        """Where kinds stand on several rows: the column in which most of them begin."""
        words: dict[int, set[str]] = {}
        for spots in ends:
            for spot in spots:
                if kind := self.vocabulary.kind_of(spot.text):
                    words.setdefault(spot.left, set()).add(kind)
        several = {at: kinds for at, kinds in words.items() if len(kinds) >= _FEWEST}
        return max(several, key=lambda at: len(several[at]), default=None)

    def label(self, texts: Sequence[Spot]) -> RowLabel | None:
        """What the texts before a row's figures say; None where there is no label."""
        if not texts:
            return None
        first, last = texts[0], texts[-1]
        if self.inner is not None and last.left == self.inner:
            before = texts[-2] if len(texts) > 1 else self.carried
            self.carried = before
            if before is None or before.left >= last.left:
                return RowLabel(last)
            if self.vocabulary.kind_of(last.text) is not None:
                return RowLabel(before, last.text)
            if is_rate(plain(last.text)):
                return RowLabel(last, "", before, is_rate=True)
            return RowLabel(last, "", before)
        if self.outer is not None:
            if first.left == self.outer:
                self.carried = first if self.vocabulary.kind_of(first.text) else None
            if self.carried is not None and last is not self.carried:
                return RowLabel(last, self.carried.text)
        return RowLabel(last)


class YearRow(NamedTuple):
    """A row of figures whose year is said beside it: by itself, or in a row above whose cell is
    not merged.
    """

    row: int
    heading: Heading
    figures: tuple[tuple[Spot, str, Spot], ...]
    """The label over each figure, the word for the kind of its amount, and the figure."""


def year_rows(
    board: Board, rows: Sequence[tuple[int, Sequence[Spot]]], vocabulary: Vocabulary
) -> list[YearRow]:
    """The rows that begin with years, where years run down; none where they don't."""
    entries = list(_year_rows(board, rows, vocabulary))
    years = {(entry.heading.year, entry.heading.short) for entry in entries}
    return entries if len(years) >= _FEWEST else []


def _year_rows(
    board: Board, rows: Sequence[tuple[int, Sequence[Spot]]], vocabulary: Vocabulary
) -> Iterator[YearRow]:
    heading: Heading | None = None
    for row, line in rows:
        texts = [spot for spot in line if spot.is_text]
        said = heading_of(texts[0].text, vocabulary) if texts and texts[0] is line[0] else None
        if said is not None and said.is_year:
            heading, texts = said, texts[1:]
        elif not texts or vocabulary.kind_of(texts[0].text) is None:
            heading = None
        if heading is None:
            continue
        word = heading.word
        if texts and vocabulary.kind_of(texts[0].text) is not None:
            word = texts[0].text
        values = [spot for spot in line if spot.top == row and (spot.is_number or spot.is_dash)]
        labels = [_label_over(board, spot, rows[0][0], word, vocabulary) for spot in values]
        pairs = zip(labels, values, strict=True)
        figures = tuple((*label, spot) for label, spot in pairs if label is not None)
        if figures and len(figures) == len(values):
            yield YearRow(row, heading, figures)


def _label_over(
    board: Board, spot: Spot, first_row: int, word: str, vocabulary: Vocabulary
) -> tuple[Spot, str] | None:
    """The label over a figure and the word for its kind, which may stand between them."""
    for row in range(spot.top - 1, first_row - 1, -1):
        over = [other for other in board.line(row) if other.over(spot.left, spot.right)]
        if not over or not over[0].is_text:
            continue
        label = over[0]
        if len(over) > 1 or heading_of(label.text, vocabulary).is_dated:
            return None
        if word or vocabulary.kind_of(label.text) is None:
            return label, word
        above = board.line(label.top - 1)
        group = next((other for other in above if other.over(spot.left, spot.right)), None)
        if group is None or not group.is_text or heading_of(group.text, vocabulary).is_dated:
            return label, word
        return group, label.text
    return None
