"""What a search is asked: a record in whole steps, its constraints, and the exact judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from auditor.suspects.conditions import Constraint
from auditor.suspects.expressions import Domains, Span, Variable

__all__ = ["Budget", "Correction", "Figures", "Outcome", "Point", "Problem"]

Point = Mapping[int, int | None]
"""What some cells should say, in steps; None where they should be blank."""


@dataclass(slots=True)
class Budget:
    """How many nodes may still be looked at; deterministic, unlike a time."""

    nodes: int

    def spend(self) -> bool:
        self.nodes -= 1
        return self.nodes >= 0


class Correction(NamedTuple):
    """A set of cells (a mask), what is left of each, and a corrected record that the judge
    passed.
    """

    cells: int
    domains: Domains
    point: Mapping[int, int]
    cost: float


class Outcome(NamedTuple):
    """What a search found, cheapest first; ``complete`` is False where the budget ended or a set
    could not be decided.
    """

    corrections: list[Correction]
    complete: bool


@dataclass(slots=True)
class Problem:
    """A record with its constraints.

    ``accepts`` is the exact judge on a corrected record, by some of the rules; ``guesses`` orders
    the values to try.
    """

    variables: Sequence[Variable]
    steps: Sequence[int | None]
    constraints: Sequence[Constraint]
    missing: int
    fixed: int
    accepts: Callable[[Point, Collection[int]], bool]
    guesses: Callable[[int, Span], Iterable[int]]
    _broken: dict[int, bool] = field(default_factory=dict[int, bool], repr=False)

    def breaks(self, constraint: Constraint) -> bool:
        """Whether the printed figures break a constraint."""
        broken = self._broken.get(id(constraint))
        if broken is None:
            broken = self._broken[id(constraint)] = not constraint.condition.holds(self)
        return broken

    def judge(self, component: Sequence[Constraint]) -> Callable[[Point], bool]:
        """Whether corrected cells satisfy the rules of a component.

        A rule of which only a part lies in the component is asked for that part: the rest is for
        the other components.
        """
        every = Counter(constraint.rule for constraint in self.constraints)
        mine = Counter(constraint.rule for constraint in component)
        whole = [rule for rule, count in mine.items() if count == every[rule]]
        parts = [
            constraint for constraint in component if mine[constraint.rule] < every[constraint.rule]
        ]

        def passes(point: Point) -> bool:
            if not self.accepts(point, whole):
                return False
            if not parts:
                return True
            record = self.corrected(point)
            return all(constraint.condition.holds(record) for constraint in parts)

        return passes

    def corrected(self, point: Point) -> Figures:
        """The figures with some corrected."""
        steps = list(self.steps)
        for at, step in point.items():
            steps[at] = step
        return Figures(self.variables, steps)


class Figures(NamedTuple):
    """The figures of a record that is corrected."""

    variables: Sequence[Variable]
    steps: Sequence[int | None]
