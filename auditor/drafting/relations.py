"""Relations between the columns of a block, found by their numbers and confirmed by labels.

A relation that only numbers speak for is found on one half of the rows and confirmed on the
other. It needs 20 rows with different values, has to hold in 97 of 100, and must be more than
chance does with the same columns in another order. What other relations imply is not listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from auditor.drafting.columns import NumberColumn
from auditor.drafting.counting import Count, count, holds_often, is_no_chance
from auditor.drafting.evidence import (
    ENOUGH,
    HYPOTHESES,
    is_credible,
    strength_by_label,
    strength_by_numbers,
)
from auditor.drafting.implications import LINEAR, Implications
from auditor.drafting.label_formulas import label_equations
from auditor.drafting.linear import linear_candidates, preference, rounded_sums, superseded
from auditor.drafting.numbers import Numbers
from auditor.drafting.orientation import is_rate
from auditor.drafting.ratios import RatioSearch
from auditor.drafting.relation import Equation, Relation, Strength
from auditor.records.figures import Rounding
from auditor.records.text import Text

__all__ = ["relations"]

_CANDIDATES: Final = 2**10
"""So many of the equations are held against the other half of the rows."""


def relations(
    columns: Sequence[NumberColumn], *, expected: Sequence[Equation] = ()
) -> list[Relation]:
    """What the numbers of a block say of one another, in the order of the totals' columns.

    ``expected`` are equations that a vocabulary says should hold (funding sources add up to the
    total cost); with those that labels carry they may rest on fewer rows than the others.
    """
    numbers = Numbers(columns)
    if not numbers.rows:
        return []
    draft = _Draft(numbers)
    for equation, heading in label_equations(columns):
        draft.take_words(equation, heading)
    for equation in expected:
        draft.take_expected(equation)
    draft.take_sums()
    draft.take_ratios()
    return sorted(draft.relations, key=lambda entry: numbers.place[entry.total])


class _Draft:
    """The relations so far, and what they imply."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._implications = Implications(numbers)
        self._counts: list[Count] = []
        self._sums = linear_candidates(numbers, self._searched())
        self.relations: list[Relation] = []

    def _searched(self) -> Sequence[int]:
        """The rows on which relations are searched for: one half of them, where both say enough."""
        rows = self._numbers.rows
        return range(0, rows, 2) if rows >= ENOUGH else range(rows)

    # --- what words say

    def take_words(self, equation: Equation, heading: str) -> None:
        """An equation that a heading or the vocabulary says, whether it holds or not."""
        entries = [count(self._numbers, equation)]
        if equation.kind == "ratio":
            entries += [count(self._numbers, other) for other in _other_factors(equation)]
        elif equation.kind in LINEAR and not holds_often(entries[0].holds, entries[0].of):
            entries.append(count(self._numbers, equation, leeway=True))
        entry = max(entries, key=lambda entry: entry.holds)
        if entry.of and not self._implications.imply(entry.equation):
            strength, reason = strength_by_label(entry, heading)
            self._list(entry, strength, reason)

    def take_expected(self, equation: Equation) -> None:
        """An equation of the vocabulary, unless numbers say that the total has other terms."""
        entry = count(self._numbers, equation)
        terms = {term.key for term in equation.terms}
        for other in self._sums:
            others = {term.key for term in other.equation.terms}
            better = other.of - other.holds < entry.of - entry.holds
            if better and other.equation.total == equation.total and terms & others:
                return
        self.take_words(equation, "")

    # --- what numbers say

    def take_sums(self) -> None:
        """Equal columns, sums and differences."""
        numbers = self._numbers
        best = [entry for entry in self._sums if not superseded(entry, self._sums)]
        self._implications.alike(entry.equation for entry in best if entry.equation.kind == "equal")
        for entry in sorted(best, key=lambda entry: preference(numbers, entry)):
            if not superseded(entry, self._counts):
                self._take(entry)
        totals = {entry.equation.total for entry in self._counts}
        others = [at for at in numbers.operands if numbers.columns[at].key not in totals]
        for entry in rounded_sums(numbers, others):
            self._take(entry)

    def take_ratios(self) -> None:
        """Shares first, which are multiples, too; then multiples, which make columns the same but
        for a factor; then ratios and products.
        """
        numbers = self._numbers
        search = RatioSearch(numbers, self._searched())
        for equations in (search.shares, search.multiples, search.of):
            entries: list[Count] = []
            for total in numbers.operands:
                for equation in equations(total):
                    entry = count(numbers, equation)
                    if is_credible(entry):
                        entries.append(entry)
            for entry in sorted(entries, key=self._ratio_preference):
                if not self._is_computed(entry.equation):
                    self._take(entry)

    def _ratio_preference(self, entry: Count) -> tuple[int, ...]:
        """Orders what may say the same: a rate is a ratio and anything else a product; then short
        and exact equations, those with fewer exceptions, with columns closely together.
        """
        equation = entry.equation
        places = [self._numbers.place[key] for key in equation.keys]
        is_ratio = equation.kind in ("ratio", "share")
        backwards = equation.kind == "multiple" and places[0] < places[1]
        return (
            is_rate(self._numbers.headings[places[0]]) != is_ratio,
            len(equation.terms) if is_ratio else 0,
            entry.rounded.modes[0] != "exact",
            entry.of - entry.holds,
            backwards,
            max(places) - min(places),
            *places,
        )

    def _take(self, entry: Count) -> None:
        """List a relation that only numbers speak for, if they say enough and something new."""
        if self._implications.imply(entry.equation):
            return
        few = len(entry.informative) < ENOUGH
        sure = not few and (
            is_no_chance(entry, entry.half(odd=False), HYPOTHESES)
            and is_no_chance(entry, entry.half(odd=True), _CANDIDATES)
        )
        if sure or few:
            if self._is_habit(entry):
                self._implications.add(entry.equation)
                return
            strength, reason = strength_by_numbers(entry, sure)
            self._list(entry, strength, reason)

    def _is_habit(self, entry: Count) -> bool:
        """Whether columns are equal because a figure stays the same over the years, and not since
        they have to be: they have the same heading, or are not equal everywhere.
        """
        if entry.equation.kind != "equal":
            return False
        bodies = {self._numbers.bodies[self._numbers.place[key]] for key in entry.equation.keys}
        return entry.holds < entry.of or len(bodies) == 1

    def _is_computed(self, equation: Equation) -> bool:
        """Whether a ratio or a product computes the total already, in another way that holds where
        both are the same, or has the total among its own columns.
        """
        keys = set(equation.keys)
        for entry in self._counts:
            other = entry.equation
            if other.kind in ("equal", "sum", "difference") or other.total not in keys:
                continue
            if other.total == equation.total or len(keys.intersection(other.keys)) > 1:
                return True
        return False

    def _list(self, entry: Count, strength: Strength, reason: Text) -> None:
        if strength != "question" or entry.holds == entry.of:
            self._implications.add(entry.equation)
            self._counts.append(entry)
        step = entry.rounded.step
        self.relations.append(
            Relation(
                equation=entry.equation,
                holds=entry.holds,
                of=entry.of,
                exceptions=entry.exceptions,
                strength=strength,
                reason=reason,
                modes=entry.rounded.modes,
                step=self._numbers.decimal(step) if step else None,
                leeway=entry.leeway,
                silent=self._silent(entry.equation),
                informative=len(entry.informative),
                roundings=self._roundings(entry),
            )
        )

    def _roundings(self, entry: Count) -> dict[str, tuple[Rounding, Decimal]]:
        """The rounding of each column without which the relation holds in fewer rows."""
        mode, step = entry.rounded.modes[0], entry.rounded.step
        if not step:
            return {}
        numbers = self._numbers
        roundings: dict[str, tuple[Rounding, Decimal]] = {}
        roundings[entry.equation.total] = (mode, numbers.decimal(step))
        if entry.leeway:
            for term in entry.equation.terms:
                width = numbers.steps[numbers.place[term.key]]
                roundings[term.key] = ("half_up", numbers.decimal(width))
        return roundings

    def _silent(self, equation: Equation) -> tuple[str, ...]:
        """Columns without figures that stand among the terms of a sum."""
        if equation.kind != "sum":
            return ()
        places = [self._numbers.place[term.key] for term in equation.terms]
        between = range(min(places), max(places) + 1)
        return tuple(
            self._numbers.columns[at].key
            for at in between
            if at not in places and not any(self._numbers.filled[at])
        )


def _other_factors(equation: Equation) -> list[Equation]:
    """The same ratio as a number, per cent and per thousand."""
    factors = [equation.factor * 100, equation.factor / 100, equation.factor * 1000]
    return [
        Equation(equation.kind, equation.total, equation.terms, equation.divisor, factor)
        for factor in factors
    ]
