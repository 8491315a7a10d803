"""Pairs of slips of the hand in one violated equation.

Two likely slips can be likelier than one arbitrary value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from auditor.suspects.beliefs import Context
from auditor.suspects.candidates import Candidate, exchanged
from auditor.suspects.conditions import Constraint, Linear, divided, equation_of
from auditor.suspects.expressions import ALL, Domains
from auditor.suspects.problem import Correction, Point, Problem
from auditor.suspects.slips import source_set, sources

__all__ = ["pairs"]

NEGLIGIBLE: Final = 0.005
"""Pairs that are less believable than this part of the best explanation are left out."""
WIDE: Final = 50
LIKELY: Final = 0.02
"""Few slips of the hand are likelier than this."""


def pairs(
    problem: Problem,
    component: Sequence[Constraint],
    context: Context,
    broken: Sequence[Constraint],
    candidates: Sequence[Candidate],
) -> Iterator[Correction]:
    """Pairs of cells, each with a slip of the hand, that are about as believable as the best
    candidate; none where no single cell explains what is broken.
    """
    singles = [candidate for candidate in candidates if len(candidate.slips) == 1]
    if not singles:
        return
    best = max(candidate.belief for candidate in candidates)
    odds = max(context.odds(candidate.slips[0][0]) for candidate in singles)
    if odds * odds * LIKELY * LIKELY < best * NEGLIGIBLE:
        return
    judge = problem.judge(component)
    closed = problem.fixed | problem.missing
    explained = {frozenset(at for at, _ in candidate.slips) for candidate in candidates}
    for linear in _violated(problem, broken):
        cells = [
            at for at in linear.factors if not closed >> at & 1 and problem.steps[at] is not None
        ]
        for number, a in enumerate(cells):
            for b in cells[number + 1 :]:
                if frozenset((a, b)) not in explained:
                    yield from _pair(a, b, linear, problem, context, judge, best * NEGLIGIBLE)


def _violated(problem: Problem, broken: Sequence[Constraint]) -> Iterator[Linear]:
    for constraint in broken:
        equation = equation_of(constraint.condition)
        linear = equation.linear(problem) if equation else None
        if linear is not None:
            yield linear


def _pair(
    a: int,
    b: int,
    linear: Linear,
    problem: Problem,
    context: Context,
    judge: Callable[[Point], bool],
    least: float,
) -> Iterator[Correction]:
    steps = problem.steps
    lo, hi = linear.bounds(steps, {a: ALL, b: ALL})
    if lo is None or hi is None:
        return
    rest = sum(
        factor * (steps[at] or 0) for at, factor in linear.factors.items() if at not in (a, b)
    )
    first, second = linear.factors[a], linear.factors[b]
    printed_a, printed_b = steps[a] or 0, steps[b] or 0
    others = source_set(printed_b) | {printed_a}
    odds = context.odds(a) * context.odds(b)
    values = (*sources(printed_a), printed_b)
    for value, other in _matches(values, others, (lo - rest, hi - rest), first, second):
        if other == printed_b or (other == printed_a) is not (value == printed_b):
            continue
        point = {a: value, b: other}
        belief = (
            odds
            * context.chance(a, value)[0]
            * context.chance(b, other)[0]
            * context.prior(a, value)
            * context.prior(b, other)
        )
        belief += exchanged((a, b), point, problem, context)
        if belief >= least and judge(point):
            domains: Domains = {a: (value, value), b: (other, other)}
            yield Correction(1 << a | 1 << b, domains, point, 0.0)


def _matches(
    values: Iterable[int], others: Collection[int], ends: tuple[int, int], first: int, second: int
) -> Iterable[tuple[int, int]]:
    """The pairs that an equation allows, of a value of one cell and another of the other's."""
    lo, hi = ends
    if lo == hi:
        quotients = ((value, divmod(lo - first * value, second)) for value in values)
        return [
            (value, other) for value, (other, rest) in quotients if not rest and other in others
        ]
    matches: list[tuple[int, int]] = []
    for value in values:
        low, high = divided(lo - first * value, hi - first * value, second)
        if low is not None and high is not None and high - low < WIDE:
            matches += [(value, other) for other in range(low, high + 1) if other in others]
    return matches
