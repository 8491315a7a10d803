"""The title over a sheet or list: its fiscal years, and the words that come again next year."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import chain
from typing import Final, NamedTuple

from auditor.drafting.board import Board, Spot
from auditor.drafting.headings import heading_of
from auditor.drafting.vocabulary import Vocabulary
from auditor.readers.grid.label_text import label_key
from auditor.records.fiscal import YEAR_KEY, parse_year

__all__ = ["Title", "fiscal_years_in", "title_over"]

_YEARS: Final = re.compile(YEAR_KEY)
_LONGEST: Final = 80


class Title(NamedTuple):
    """A title: its cell, the fiscal years that it names, and what stands behind the first."""

    spot: Spot
    years: tuple[int, ...]
    rest: str

    @property
    def words(self) -> str:
        """The longest part of the title that next year's title has, too: without years, numbers
        and brackets.
        """
        parts = re.split(r"[\s（）()「」【】]+", self.spot.text)
        parts += [self.rest.removeprefix("年度")]
        lasting = [part for part in parts if part and not any(map(str.isdigit, part))]
        return max(lasting, key=len, default="")


def fiscal_years_in(text: str) -> tuple[int, ...]:
    """The fiscal years that a text names, in their order."""
    years = (parse_year(match[0]) for match in _YEARS.finditer(label_key(text)))
    return tuple(year for year in years if year is not None)


def title_over(
    board: Board, top: int, row: int, vocabulary: Vocabulary, headings: Collection[str] = ()
) -> Title | None:
    """The title between two rows: the first text that names a year besides other words, else the
    last that ends as titles do. The ``headings`` of a table are none.
    """
    lines = (line for _, line in board.rows(top, row))
    texts = [
        spot
        for spot in chain.from_iterable(lines)
        if spot.is_text
        and top <= spot.top
        and spot.bottom <= row
        and spot.text not in headings
        and len(spot.text) <= _LONGEST
    ]
    return _dated(texts, vocabulary) or _undated(texts, vocabulary)


def _dated(texts: Iterable[Spot], vocabulary: Vocabulary) -> Title | None:
    for spot in texts:
        heading = heading_of(spot.text, vocabulary)
        years = fiscal_years_in(spot.text)
        if years and not heading.is_year:
            key = label_key(spot.text)
            first = next(_YEARS.finditer(key))
            return Title(spot, years, key[first.end() :])
    return None


def _undated(texts: Iterable[Spot], vocabulary: Vocabulary) -> Title | None:
    for spot in texts:
        if vocabulary.is_title(spot.text):
            return Title(spot, (), label_key(spot.text))
    return None
