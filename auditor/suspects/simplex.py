"""Linear rules over the rationals, exactly.

Whether any values satisfy them all, and which of them follow from others.

Equations are eliminated first; what remains are inequalities over few variables, which the
simplex method decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from math import gcd, lcm
from typing import Final, NamedTuple

__all__ = ["Row", "System", "infeasible"]

Row = tuple[Mapping[int, int], "int | Fraction | None", "int | Fraction | None"]
"""``lo <= sum of factor times variable <= hi``; None where there is no bound. Variables may take
any value.
"""
UNBOUNDED: Final = float("inf")
ZERO: Final = Fraction(0)
OPEN: Final = (None, None)
"""The bounds of what has none."""


def infeasible(rows: Sequence[Row]) -> bool:
    """Whether no values satisfy all rows."""
    return System(rows).clash is not None


class _Solved(NamedTuple):
    """An equation solved for one variable: that variable is the sum of others and a constant; and
    the rows it came from.
    """

    factors: dict[int, Fraction]
    constant: Fraction
    rows: frozenset[int]


class System:
    """Rows with their equations eliminated.

    ``clash`` are rows (by number) that no values satisfy together, or None; ``dependent`` the
    equations that follow from other equations, with those.
    """

    tableau: Tableau

    def __init__(self, rows: Sequence[Row], *, whole: bool = False) -> None:
        self.rows = rows
        self.solved: dict[int, _Solved] = {}
        self.clash: frozenset[int] | None = None
        self.dependent: dict[int, frozenset[int]] = {}
        self.unequal: dict[int, tuple[dict[int, Fraction], Fraction, frozenset[int]]] = {}
        for number, (factors, lo, hi) in enumerate(rows):
            if lo is not None and lo == hi and self.clash is None:
                self._solve(number, factors, Fraction(lo))
        if whole and self.clash is None:
            self.clash = self._fraction()
        if self.clash is None:
            self._reduce()

    def _solve(self, number: int, factors: Mapping[int, int], right: Fraction) -> None:
        rest, constant, used = self.reduced(factors)
        right -= constant
        if not rest:
            if right:
                self.clash = used | {number}
            else:
                self.dependent[number] = used
            return
        at = min(rest, key=lambda at: (abs(rest[at].numerator) + rest[at].denominator, at))
        pivot = rest.pop(at)
        row = _Solved(
            {other: -factor / pivot for other, factor in rest.items()},
            right / pivot,
            used | {number},
        )
        for solved_at, solved in self.solved.items():
            if times := solved.factors.pop(at, None):
                _add(solved.factors, row.factors, times)
                self.solved[solved_at] = _Solved(
                    solved.factors, solved.constant + times * row.constant, solved.rows | row.rows
                )
        self.solved[at] = row

    def _fraction(self) -> frozenset[int] | None:
        """The rows of an equation that no whole numbers satisfy: what divides all factors does
        not divide the constant.
        """
        for solved in self.solved.values():
            scale = lcm(*(factor.denominator for factor in solved.factors.values()))
            common = gcd(scale, *(int(factor * scale) for factor in solved.factors.values()))
            if (solved.constant * scale / common).denominator != 1:
                return solved.rows
        return None

    def span(self, at: int) -> tuple[int | None, int | None]:
        """The whole numbers from the least to the greatest that a variable may be."""
        factors, constant, _ = self.reduced({at: 1})
        most = self.tableau.maximum(factors)[0]
        least = self.tableau.maximum({other: -factor for other, factor in factors.items()})[0]
        return (
            None if isinstance(least, float) else (constant - least).__ceil__(),
            None if isinstance(most, float) else (constant + most).__floor__(),
        )

    def reduced(
        self, factors: Mapping[int, int]
    ) -> tuple[dict[int, Fraction], Fraction, frozenset[int]]:
        """A sum over the variables that no equation gives, its constant, and the equations used."""
        rest: dict[int, Fraction] = {}
        constant = ZERO
        used: frozenset[int] = frozenset()
        for at, factor in factors.items():
            solved = self.solved.get(at)
            if solved is None:
                _add(rest, {at: Fraction(1)}, Fraction(factor))
            else:
                _add(rest, solved.factors, Fraction(factor))
                constant += factor * solved.constant
                used |= solved.rows
        return rest, constant, used

    def _reduce(self) -> None:
        bounded: list[tuple[int, dict[int, Fraction], Fraction | None, Fraction | None]] = []
        for number, (factors, lo, hi) in enumerate(self.rows):
            if lo is not None and lo == hi:
                continue
            rest, constant, used = self.reduced(factors)
            low = None if lo is None else lo - constant
            high = None if hi is None else hi - constant
            if not rest and ((low is not None and low > 0) or (high is not None and high < 0)):
                self.clash = used | {number}
                return
            self.unequal[number] = (rest, constant, used)
            bounded.append((number, rest, low, high))
        self.tableau = Tableau(bounded)
        if (conflict := self.tableau.conflict()) is not None:
            self.clash = self.origins(conflict)

    def origins(self, numbers: Collection[int]) -> frozenset[int]:
        """Rows that were reduced, with the equations that reduced them."""
        origins = frozenset(numbers)
        for number in numbers:
            origins |= self.unequal[number][2]
        return origins

    def follows(self, number: int) -> frozenset[int] | None:
        """The rows from which an inequality follows; None where it says something of its own."""
        rest, _, used = self.unequal[number]
        bounds = self.tableau.bounds[number]
        rows = used
        with_others = self.tableau.bounds
        with_others[number] = OPEN
        try:
            for end, sign in ((bounds[1], 1), (bounds[0], -1)):
                if end is None:
                    continue
                reach, active = self.tableau.maximum(
                    {at: sign * factor for at, factor in rest.items()}
                )
                if reach > sign * end:
                    return None
                rows |= self.origins([row for row in active if row != number])
        finally:
            with_others[number] = bounds
            self.tableau.conflict()
        return rows

    def tight(self) -> bool:
        """Whether inequalities together amount to an equation: then equations may follow from
        them.
        """
        for number, (rest, _, _) in self.unequal.items():
            for end, sign in zip(self.tableau.bounds[number], (1, -1), strict=True):
                if (
                    end is not None
                    and self.tableau.maximum({at: sign * factor for at, factor in rest.items()})[0]
                    <= sign * end
                ):
                    return True
        return False


def _add(to: dict[int, Fraction], factors: Mapping[int, Fraction], times: Fraction) -> None:
    for at, factor in factors.items():
        total = to.get(at, ZERO) + times * factor
        if total:
            to[at] = total
        else:
            to.pop(at, None)


class Tableau:
    """The general simplex of Dutertre and de Moura (2006): each row's sum is a variable of its
    own, basic at first, between its bounds.

    Bland's rule makes it end. A row's own variable has the row's number; the others come after
    those.
    """

    def __init__(
        self, rows: Sequence[tuple[int, Mapping[int, Fraction], Fraction | None, Fraction | None]]
    ) -> None:
        self.first: int = 1 + max((number for number, _, _, _ in rows), default=0)
        self.bounds: dict[int, tuple[Fraction | None, Fraction | None]] = {
            number: (lo, hi) for number, _, lo, hi in rows
        }
        self.basic: dict[int, dict[int, Fraction]] = {
            number: {at + self.first: factor for at, factor in factors.items()}
            for number, factors, _, _ in rows
        }
        self.value: dict[int, Fraction] = dict.fromkeys(
            chain(self.bounds, *self.basic.values()), ZERO
        )

    def conflict(self) -> list[int] | None:
        """Pivot to values within all bounds; else the rows that no values satisfy together."""
        while True:
            at = min((at for at in self.basic if self._breach(at)), default=None)
            if at is None:
                return None
            lo, hi = self.bounds[at]
            value = self.value[at]
            up = lo is not None and value < lo
            goal = lo if up else hi
            assert goal is not None
            enter = min(
                (
                    other
                    for other, factor in self.basic[at].items()
                    if self._may_move(other, (factor > 0) is up)
                ),
                default=None,
            )
            if enter is None:
                return [at, *(other for other in self.basic[at] if other in self.bounds)]
            self._shift(enter, (goal - value) / self.basic[at][enter])
            self._pivot(at, enter)

    def maximum(self, target: Mapping[int, Fraction]) -> tuple[Fraction | float, list[int]]:
        """The largest value of a sum from values within all bounds, and the rows that keep it
        from being larger.
        """
        while True:
            costs: dict[int, Fraction] = {}
            for variable, factor in target.items():
                at = variable + self.first
                _add(costs, self.basic.get(at, {at: Fraction(1)}), factor)
            enter = min(
                (at for at, cost in costs.items() if self._may_move(at, cost > 0)), default=None
            )
            if enter is None:
                total = sum(
                    (
                        factor * self.value.get(at + self.first, ZERO)
                        for at, factor in target.items()
                    ),
                    ZERO,
                )
                return total, [at for at in costs if at in self.bounds]
            up = costs[enter] > 0
            end = self.bounds.get(enter, OPEN)[1 if up else 0]
            best: tuple[Fraction, int] | None = (
                None if end is None else (abs(end - self.value[enter]), enter)
            )
            for at, factors in self.basic.items():
                share = factors.get(enter)
                if share is None:
                    continue
                bound = self.bounds.get(at, OPEN)[1 if (share > 0) is up else 0]
                if bound is not None:
                    room = (abs((bound - self.value[at]) / share), at)
                    best = room if best is None or room < best else best
            if best is None:
                return UNBOUNDED, []
            length, leave = best
            self._shift(enter, length if up else -length)
            if leave != enter:
                self._pivot(leave, enter)

    def _breach(self, at: int) -> bool:
        lo, hi = self.bounds.get(at, OPEN)
        value = self.value[at]
        return (lo is not None and value < lo) or (hi is not None and value > hi)

    def _may_move(self, at: int, up: bool) -> bool:
        lo, hi = self.bounds.get(at, OPEN)
        return (
            hi is None or self.value.get(at, ZERO) < hi
            if up
            else lo is None or self.value.get(at, ZERO) > lo
        )

    def _shift(self, enter: int, by: Fraction) -> None:
        """Move a variable outside of the basis, and with it all that depend on it."""
        self.value[enter] = self.value.get(enter, ZERO) + by
        for at, factors in self.basic.items():
            if factor := factors.get(enter):
                self.value[at] += factor * by

    def _pivot(self, leave: int, enter: int) -> None:
        row = self.basic.pop(leave)
        pivot = row.pop(enter)
        solved = {at: -factor / pivot for at, factor in row.items()}
        solved[leave] = 1 / pivot
        for factors in self.basic.values():
            if times := factors.pop(enter, None):
                _add(factors, solved, times)
        self.basic[enter] = solved
