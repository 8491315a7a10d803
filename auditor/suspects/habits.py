"""What the other years of a row, and the other sheets of a book, say of a blank cell.

Real sheets fill the same rows year after year, with like amounts; how far those at hand do is
counted on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import exp, log
from typing import Final

__all__ = ["Column", "Habits", "habits_of"]

Column = Mapping[str, float | None]
"""The figures of a column by field; None for a blank cell."""

FILLED: Final = {True: 0.9, False: 0.03}
"""How often a cell is filled where the row is filled in another year, and where it is not: in the
published sheets 28 of 30, and 2 of 105."""
PLAIN: Final = 0.7
"""The same where no other year tells."""
ALIKE: Final = 0.7
"""The share of amounts that are nearly those of another year."""
WORTH: Final = 5
"""What is counted at hand weighs as much as these shares once so many cells are counted."""
NEAR: Final = 0.25
"""The mean distance of such amounts, as a logarithm."""
WIDE: Final = log(10**6)
"""The range of amounts that have nothing to do with those of another year."""


@dataclass(slots=True)
class _Count:
    hits: int = 0
    cases: int = 0

    def add(self, is_hit: bool) -> None:
        self.hits += is_hit
        self.cases += 1

    def share(self, before: float) -> float:
        """The share of hits, where so large a one was believed before."""
        return (self.hits + WORTH * before) / (self.cases + WORTH)


@dataclass(slots=True)
class Habits:
    """How often cells are filled, by field and by whether the row is filled in another year, and
    how often amounts are nearly those of another year.
    """

    filled: dict[tuple[str, bool], _Count] = field(default_factory=dict[tuple[str, bool], _Count])
    alike: _Count = field(default_factory=_Count)

    def add(self, columns: Sequence[Column]) -> None:
        """Count the columns of one sheet. Those in which nothing is filled tell nothing."""
        used = [column for column in columns if any(column.values())]
        for column in used:
            for name, figure in column.items():
                others = [other[name] for other in used if other is not column and name in other]
                if others:
                    is_filled = bool(figure)
                    for key in (name, ""):  # one count for each field, and one for all
                        place = key, any(others)
                        self.filled.setdefault(place, _Count()).add(is_filled)
        for left, right in combinations(used, 2):
            for name, figure in left.items():
                other = right.get(name)
                if figure and other:
                    self.alike.add(_distance(figure, other) <= 2 * NEAR)

    def of_blank(self, name: str, figure: float, others: Sequence[float | None]) -> float:
        """How much more a blank cell is believed to lack a figure than one of which no other year
        tells, given what the row prints in the others.
        """
        if not others:
            return 1.0
        elsewhere = any(others)
        of_all = self.filled.get(("", elsewhere), _Count()).share(FILLED[elsewhere])
        share = self.filled.get((name, elsewhere), _Count()).share(of_all)
        factor = share / (1 - share) * (1 - PLAIN) / PLAIN
        return factor * self._likeness(figure, others) if elsewhere else factor

    def _likeness(self, figure: float, others: Sequence[float | None]) -> float:
        """How much likelier an amount is because of those of other years."""
        nearest = min(_distance(figure, other) for other in others if other)
        alike = self.alike.share(ALIKE)
        return alike * WIDE * exp(-nearest / NEAR) / (2 * NEAR) + 1 - alike


def habits_of(sheets: Iterable[Sequence[Column]]) -> Habits:
    """What the columns of some sheets have in common."""
    habits = Habits()
    for columns in sheets:
        habits.add(columns)
    return habits


def _distance(figure: float, other: float) -> float:
    """How far two amounts lie apart, as a logarithm; those of other signs lie as far as can be."""
    if (figure < 0) is not (other < 0):
        return WIDE
    return abs(log((abs(figure) + 1) / (abs(other) + 1)))
