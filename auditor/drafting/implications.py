"""What the relations so far imply, so that nothing is listed twice in other words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from auditor.drafting.basis import Basis
from auditor.drafting.numbers import Numbers
from auditor.drafting.relation import Equation

__all__ = ["LINEAR", "Implications"]

LINEAR: Final = ("equal", "sum", "difference", "multiple")
"""Kinds of equations between sums of columns."""


class Implications:
    """The relations that were taken in. Columns that are nearly always equal may be set as
    ``alike``: an equation says nothing new with one of them in the place of the other.
    """

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._basis = Basis()
        self._loose = Basis()
        self._quotients: set[tuple[object, ...]] = set()

    def alike(self, equations: Iterable[Equation]) -> None:
        """Take columns for the same, but for equations that say just that."""
        for equation in equations:
            self._loose.add(self._vector(equation))

    def add(self, equation: Equation) -> None:
        """Take a relation in."""
        if equation.kind in LINEAR:
            vector = self._vector(equation)
            self._basis.add(vector)
            self._loose.add(vector)
        else:
            self._quotients.add(self._quotient(equation))

    def imply(self, equation: Equation) -> bool:
        """Whether an equation says nothing new."""
        if equation.kind not in LINEAR:
            return self._quotient(equation) in self._quotients
        vector = self._vector(equation)
        if equation.kind != "equal" and self._is_little(self._loose.reduced(vector)):
            return True
        return self._is_little(self._basis.reduced(vector))

    def _is_little(self, rest: Mapping[int, Fraction]) -> bool:
        """Whether nothing is left of an equation but columns that have hardly any figures."""
        return all(self._numbers.rare[at] for at in rest)

    def _vector(self, equation: Equation) -> dict[int, Fraction]:
        """A linear equation as an expression that is 0."""
        place = self._numbers.place
        vector = {place[equation.total]: Fraction(-1)}
        for term in equation.terms:
            at = place[term.key]
            vector[at] = vector.get(at, Fraction(0)) + term.sign * Fraction(equation.factor)
        return vector

    def _quotient(self, equation: Equation) -> tuple[object, ...]:
        """A ratio or a product by what is multiplied on either side, in columns that no linear
        relation computes. Ratios of the same columns are the same, whatever their factor.
        """
        place = self._numbers.place
        total = {place[equation.total]: Fraction(1)}
        terms = [(place[term.key], Fraction(term.sign)) for term in equation.terms]
        if equation.kind == "share":
            return ("share", self._side([total]), self._side([dict(terms)]))
        if equation.kind == "product":
            return (self._side([total]), self._side([{at: sign} for at, sign in terms]))
        divisor = {place[term.key]: Fraction(term.sign) for term in equation.divisor}
        return (self._side([dict(terms)]), self._side([total, divisor]))

    def _side(self, factors: Sequence[Mapping[int, Fraction]]) -> tuple[object, ...]:
        products: list[tuple[tuple[int, Fraction], ...]] = []
        for expression in factors:
            rest = self._basis.reduced(expression)
            lead = rest[min(rest)] if rest else Fraction(1)
            products.append(tuple(sorted((at, value / lead) for at, value in rest.items())))
        return tuple(sorted(products))
