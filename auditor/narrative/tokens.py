"""The numbers of a statement, each taken once: days first, what counts nothing, quantities."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from auditor.narrative.days import DAY, Day, day_of
from auditor.narrative.quantities import NO_COUNT, NUMBER, Quantity, quantity_of
from auditor.narrative.words import Words

__all__ = ["Span", "Tokens", "tokens_of"]


class Span(NamedTuple):
    """A place in a text that holds a number which counts nothing, or can't be read."""

    start: int
    end: int


class Tokens(NamedTuple):
    """The numbers of a statement by what they are, each in the order of the text."""

    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    others: tuple[Span, ...]


_TOKEN: Final = re.compile(rf"(?P<is_day>{DAY})|(?P<no_count>{NO_COUNT})|(?P<number>{NUMBER})")
_NONE: Final = Tokens((), (), ())
_DIGIT: Final = re.compile("[0-9]")


def tokens_of(text: str, printed: str, words: Words) -> Tokens:
    """The numbers of a statement. ``text`` is folded; ``printed`` is the same as printed."""
    if _DIGIT.search(text) is None:
        return _NONE
    quantities: list[Quantity] = []
    days: list[Day] = []
    others: list[Span] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() < end:
            continue
        end = match.end()
        if match["is_day"]:
            days.append(day_of(match, printed))
            continue
        quantity = quantity_of(match, text, printed, words) if match["number"] else None
        if quantity is None:
            others.append(Span(match.start(), match.end()))
            continue
        quantities.append(quantity)
        end = quantity.end
    return Tokens(tuple(quantities), tuple(days), tuple(others))
