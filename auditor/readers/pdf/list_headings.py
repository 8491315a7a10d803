"""Which heading of a list without ruling lines is over which column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["Interval", "assigned"]

_MOST: Final = 300
"""More columns than this have no lists."""


class Interval(NamedTuple):
    """What a heading or the texts of a column take up across the page; ``figures`` is above 0 where
    more of them are figures than not, and ``dashes`` says that all are dashes.
    """

    left: float
    right: float
    figures: int = 0
    dashes: bool = False

    def meets(self, other: Interval) -> bool:
        """Whether both share some place."""
        return self.left <= other.right and other.left <= self.right

    def around(self, other: Interval) -> Interval:
        """The interval that holds both."""
        return Interval(
            min(self.left, other.left),
            max(self.right, other.right),
            self.figures + other.figures,
            self.dashes and other.dashes,
        )


class _Way(NamedTuple):
    """Columns of the first headings, where the last of these ends, and how many ways lead there."""

    right: float
    columns: tuple[int | None, ...]
    number: int


def assigned(heads: Sequence[Interval], bodies: Sequence[Interval]) -> list[int | None] | None:
    """The column of each heading, from the left, None for one with nothing below it; None at all
    where there is no way to give each column a heading, or several.

    Where space alone allows several ways, figures stand right of where their heading begins, and
    texts left of where theirs ends.
    """
    if not heads or len(bodies) > len(heads) or len(heads) > _MOST:
        return None
    for is_strict in (False, True):
        ways = _ways(heads, bodies, is_strict=is_strict)
        if len(ways) == 1 and ways[0].number == 1:
            return list(ways[0].columns)
    return None


def _ways(heads: Sequence[Interval], bodies: Sequence[Interval], *, is_strict: bool) -> list[_Way]:
    """The ways to give each column a heading."""
    # By how many columns have a heading, and whether the last heading took one.
    states: dict[tuple[int, bool], _Way] = {(0, False): _Way(float("-inf"), (), 1)}
    for at, heading in enumerate(heads):
        following: dict[tuple[int, bool], _Way] = {}
        for (taken, _), way in states.items():
            if len(bodies) - taken > len(heads) - at:
                continue
            for takes in (False, True):
                if takes and (taken == len(bodies) or not _fits(heading, bodies[taken], is_strict)):
                    continue
                whole = heading.around(bodies[taken]) if takes else heading
                if whole.left <= way.right:
                    continue
                column = taken if takes else None
                key = taken + takes, takes
                count = way.number + (following[key].number if key in following else 0)
                following[key] = _Way(whole.right, (*way.columns, column), min(count, 2))
        states = following
    return [way for (taken, _), way in states.items() if taken == len(bodies)]


def _fits(heading: Interval, body: Interval, is_strict: bool) -> bool:
    """Whether a column stands under a heading in the way that figures and texts do."""
    if not is_strict:
        return True
    if body.figures > 0:
        return body.right > heading.left
    return body.left < heading.right
