"""The numbers of a statement, each taken once: days first, what counts nothing, quantities."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from auditor.narrative.days import DAY, Day, days_at
from auditor.narrative.quantities import (
    NO_COUNT,
    NUMBER,
    Fraction,
    Quantity,
    Span,
    quantity_at,
)
from auditor.narrative.words import Words

__all__ = ["Span", "Tokens", "tokens_of"]


class Tokens(NamedTuple):
    """The numbers of a statement by what they are, each in the order of the text."""

    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    others: tuple[Span, ...]
    fractions: tuple[Fraction, ...] = ()


_TOKEN: Final = re.compile(
    rf"(?P<is_day>{DAY})|(?=[0-9A-Za-z第(△▲+±-])(?:(?P<no_count>{NO_COUNT})|(?P<number>{NUMBER}))"
)
_OTHER: Final = re.compile(NO_COUNT)
_NONE: Final = Tokens((), (), ())
_DIGIT: Final = re.compile("[0-9]|元年")


def tokens_of(text: str, printed: str, words: Words) -> Tokens:
    """The numbers of a statement. ``text`` is folded; ``printed`` is the same as printed."""
    if _DIGIT.search(text) is None:
        return _NONE
    quantities: list[Quantity] = []
    days: list[Day] = []
    others: list[Span] = []
    fractions: list[Fraction] = []
    end = 0
    match = _TOKEN.search(text)
    while match is not None:
        begin = end
        end = match.end()
        if match["is_day"]:
            together = days_at(match, text, printed)
            days += together
            if together:
                end = together[-1].end
            else:
                other = _OTHER.match(text, match.start())
                end = end if other is None else other.end()
                others.append(Span(match.start(), end))
        elif match["no_count"]:
            others.append(Span(match.start(), end))
        else:
            token = quantity_at(match, text, printed, words, begin)
            end = token.end
            match token:
                case Quantity():
                    quantities.append(token)
                case Fraction():
                    fractions.append(token)
                case Span():
                    others.append(token)
        match = _TOKEN.search(text, end)
    return Tokens(tuple(quantities), tuple(days), tuple(others), tuple(fractions))
