"""Which relations say something new: a basis of linear equations, and what others imply."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

__all__ = ["Basis", "Vector"]

Vector = Mapping[int, int | Fraction]
"""Columns with their factors in an expression; an equation is one that is 0."""


class Basis:
    """Independent equations between columns, each solved for one column."""

    def __init__(self) -> None:
        self._solved: dict[int, dict[int, Fraction]] = {}

    def add(self, equation: Vector) -> bool:
        """Take an equation in; False where those before it imply it."""
        rest = self.reduced(equation)
        if not rest:
            return False
        pivot = max(rest)
        factor = rest.pop(pivot)
        solution = {at: -value / factor for at, value in rest.items()}
        for at, other in self._solved.items():
            if pivot in other:
                by = other.pop(pivot)
                self._solved[at] = _sum(other, solution, by)
        self._solved[pivot] = solution
        return True

    def reduced(self, expression: Vector) -> dict[int, Fraction]:
        """An expression in columns for which no equation is solved. Two expressions that are
        equal by the equations are reduced to the same.
        """
        result: dict[int, Fraction] = {}
        for at, value in expression.items():
            if at in self._solved:
                result = _sum(result, self._solved[at], Fraction(value))
            else:
                result = _sum(result, {at: Fraction(value)}, Fraction(1))
        return result


def _sum(
    left: Mapping[int, Fraction], right: Mapping[int, Fraction], by: Fraction
) -> dict[int, Fraction]:
    result = dict(left)
    for at, value in right.items():
        total = result.get(at, Fraction(0)) + by * value
        if total:
            result[at] = total
        else:
            result.pop(at, None)
    return result
