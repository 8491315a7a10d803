"""The wording of a statement: its text with one letter for each number, so that patterns of
sentences say which numbers stand in them and what may stand in between.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from auditor.narrative.days import Day
from auditor.narrative.quantities import Fraction, Quantity, Span
from auditor.narrative.tokens import Tokens

__all__ = ["COUNT", "DAY", "FRACTION", "GAP", "PERCENT", "POINT", "TIMES", "Wording", "wording_of"]

# Folded texts have no wide letters, so these stand for numbers alone.
COUNT: Final = "Ｑ"
"""A number with a counter."""
PERCENT: Final = "Ｐ"
"""A ratio in ％ or 割."""
POINT: Final = "Ｔ"
"""ポイント."""
TIMES: Final = "Ｘ"
"""倍."""
FRACTION: Final = "Ｆ"
DAY: Final = "Ｄ"
_PLAIN: Final = "Ｇ"
_OTHER: Final = "Ｏ"
_LETTERS: Final = COUNT + PERCENT + POINT + TIMES + FRACTION + DAY + _PLAIN + _OTHER

GAP: Final = rf"[^{_LETTERS}。;　()「」]"
"""What may stand between two numbers of one clause: no number, no bracket, no full stop."""

_OF_COUNTERS: Final = {
    "%": PERCENT,
    "パーセント": PERCENT,
    "割": PERCENT,
    "ポイント": POINT,
    "倍": TIMES,
}
_LONGEST_COUNTER: Final = 4
"""What follows a number is no counter of everyday where it is longer, unless words say so."""
_PADDING: Final = re.compile(" +")

Token = Quantity | Fraction | Day | Span


class Wording(NamedTuple):
    """A statement's text with a letter for each number; ``tokens`` are the numbers by their place
    in it. Single spaces are left out; wider ones are one wide space.
    """

    text: str
    tokens: dict[int, Token]

    def quantity(self, match: re.Match[str], name: str) -> Quantity | None:
        """The quantity that a group of a pattern stands for; None for a group without one."""
        token = self.tokens.get(match.start(name))
        return token if isinstance(token, Quantity) else None


def wording_of(text: str, tokens: Tokens) -> Wording:
    """The wording of a statement's folded text."""
    groups: tuple[tuple[Token, ...], ...] = (
        tokens.quantities,
        tokens.fractions,
        tokens.days,
        tokens.others,
    )
    in_order = sorted((token for group in groups for token in group), key=lambda t: t.start)
    pieces: list[str] = []
    places: dict[int, Token] = {}
    length = end = 0
    for token in in_order:
        between = _PADDING.sub(_narrowed, text[end : token.start])
        places[length + len(between)] = token
        pieces += (between, _letter(token))
        length += len(between) + 1
        end = token.end
    pieces.append(_PADDING.sub(_narrowed, text[end:]))
    return Wording("".join(pieces), places)


def _narrowed(match: re.Match[str]) -> str:
    return "" if match.end() - match.start() == 1 else "　"


def _letter(token: Token) -> str:
    match token:
        case Quantity():
            if token.counter in _OF_COUNTERS:
                return _OF_COUNTERS[token.counter]
            is_count = token.is_known or 0 < len(token.counter) <= _LONGEST_COUNTER
            return COUNT if is_count else _PLAIN
        case Fraction():
            return FRACTION
        case Day():
            return DAY
        case Span():
            return _OTHER
