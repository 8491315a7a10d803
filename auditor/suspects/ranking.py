"""From sets of cells to explanations: how much each is believed, as a share of the whole.

Likelier explanations beyond the minimal sets are added.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush
from itertools import chain
from typing import Final, NamedTuple

from auditor.suspects.conditions import Comparing, Constraint, Linear, divided
from auditor.suspects.expressions import Domains, bits
from auditor.suspects.search import Budget, Correction, Problem, search
from auditor.suspects.slips import CHANCES, Context, source_set, sources

__all__ = ["Candidate", "candidates", "combined"]

REACH: Final = 1.0
FURTHER: Final = 60
MOST: Final = 60
NEGLIGIBLE: Final = 0.005
"""Pairs that are less believable than this part of the best explanation are left out."""
WIDE: Final = 50
LIKELY: Final = 0.02
"""Few slips of the hand are likelier than this."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A corrected record: its cells with their slips, the values left and guessed, and the belief
    in it.
    """

    slips: tuple[tuple[int, str], ...]
    slip: str
    point: Mapping[int, int]
    domains: Domains
    belief: float


class Ranking(NamedTuple):
    """Explanations, the most believed first, and whether all were looked at."""

    candidates: list[Candidate]
    complete: bool


def candidates(
    problem: Problem, component: Sequence[Constraint], context: Context, budget: Budget
) -> Ranking:
    """The explanations of one component, the most believed first: its minimal sets, and pairs of
    slips that explain more.
    """
    outcome = search(problem, component, budget, limit=MOST, reach=REACH, further=FURTHER)
    ranking = [_candidate(correction, problem, context) for correction in outcome.corrections]
    if ranking and ranking[0].slips:
        ranking += _pairs(problem, component, context, ranking)
    ranking.sort(key=lambda candidate: (-candidate.belief, len(candidate.slips), candidate.slips))
    return Ranking(ranking, outcome.complete)


def _candidate(correction: Correction, problem: Problem, context: Context) -> Candidate:
    cells = tuple(bits(correction.cells))
    belief = 1.0
    slips: list[tuple[int, str]] = []
    for at in cells:
        if problem.variables[at].agreed:
            believed, code = CHANCES["arbitrary"], "book-disagrees"
        else:
            believed, code = context.belief(at, correction.point[at], correction.domains[at])
        belief *= believed * context.odds(at)
        slips.append((at, code))
    swapped = _swapped(cells, correction.point, problem, context)
    codes = {code for _, code in slips}
    slip = _common(codes)
    if swapped > belief:
        slip, slips = "cells-swapped", [(at, "cells-swapped") for at in cells]
    return Candidate(tuple(slips), slip, correction.point, correction.domains, belief + swapped)


def _swapped(
    cells: Sequence[int], point: Mapping[int, int], problem: Problem, context: Context
) -> float:
    """The belief in two cells having changed places: one slip, not two."""
    if len(cells) != 2:
        return 0.0
    a, b = cells
    if point[a] != problem.steps[b] or point[b] != problem.steps[a]:
        return 0.0
    return (
        max(context.odds(a), context.odds(b))
        * CHANCES["cells-swapped"]
        / max(1, len(problem.steps) - 1)
    )


def _pairs(
    problem: Problem,
    component: Sequence[Constraint],
    context: Context,
    singles: Sequence[Candidate],
) -> Iterable[Candidate]:
    """Pairs of cells of one violated equation, each with a slip of the hand, that are as
    believable as the single cells.
    """
    best = max(single.belief for single in singles)
    size = min(len(single.slips) for single in singles)
    if size != 1:
        return []
    slips = chain.from_iterable(single.slips for single in singles)
    odds = max(context.odds(at) for at, _ in slips)
    if odds * odds * LIKELY * LIKELY < best * NEGLIGIBLE:
        return []
    judge = problem.judge(component)
    explained = {frozenset(at for at, _ in single.slips) for single in singles}
    pairs: list[Candidate] = []
    for linear in _violated(problem):
        cells = [
            at
            for at in linear.factors
            if not (problem.fixed | problem.missing) >> at & 1 and problem.steps[at] is not None
        ]
        for number, a in enumerate(cells):
            for b in cells[number + 1 :]:
                if frozenset((a, b)) in explained:
                    continue
                pairs.extend(_pair(a, b, linear, problem, context, judge, best * NEGLIGIBLE))
    return pairs


def _violated(problem: Problem) -> list[Linear]:
    violated: list[Linear] = []
    for constraint in problem.constraints:
        if (
            isinstance(constraint.condition, Comparing)
            and constraint.condition.operator == "=="
            and not constraint.condition.holds(problem)
        ):
            linear = constraint.condition.linear(problem)
            if linear is not None:
                violated.append(linear)
    return violated


def _pair(
    a: int,
    b: int,
    linear: Linear,
    problem: Problem,
    context: Context,
    judge: Callable[[Mapping[int, int]], bool],
    least: float,
) -> list[Candidate]:
    steps = problem.steps
    lo, hi = linear.bounds(steps, {a: (None, None), b: (None, None)})
    if lo is None or hi is None:
        return []
    rest = sum(
        factor * (steps[at] or 0) for at, factor in linear.factors.items() if at not in (a, b)
    )
    first, second = linear.factors[a], linear.factors[b]
    others = source_set(steps[b] or 0)
    pairs: list[Candidate] = []
    lo, hi = lo - rest, hi - rest
    printed_a, printed_b = steps[a] or 0, steps[b] or 0
    odds = context.odds(a) * context.odds(b)
    values = (*sources(printed_a), printed_b)
    for value, other in _matches(values, others | {printed_a}, (lo, hi), first, second):
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
        belief += _swapped((a, b), point, problem, context)
        if belief >= least and judge(point):
            domains: Domains = {a: (value, value), b: (other, other)}
            correction = Correction(1 << a | 1 << b, domains, point, 0.0)
            pairs.append(_candidate(correction, problem, context))
    return pairs


def _matches(
    values: Iterable[int], others: Collection[int], ends: tuple[int, int], first: int, second: int
) -> Iterable[tuple[int, int]]:
    """The pairs that an equation allows, of a value of one cell and another of the other's."""
    lo, hi = ends
    if lo == hi:
        if second in (1, -1):
            return [
                (value, other)
                for value in values
                if (other := (lo - first * value) * second) in others
            ]
        pairs = ((value, divmod(lo - first * value, second)) for value in values)
        return [(value, other) for value, (other, rest) in pairs if not rest and other in others]
    matches: list[tuple[int, int]] = []
    for value in values:
        low, high = divided(lo - first * value, hi - first * value, second)
        if low is not None and high is not None and high - low < WIDE:
            matches += [(value, other) for other in range(low, high + 1) if other in others]
    return matches


def combined(parts: Sequence[Sequence[Candidate]], limit: int) -> list[tuple[Candidate, Decimal]]:
    """The likeliest choices of one candidate for each component, with shares that add up to one."""
    if not parts:
        return []
    heap: list[tuple[float, tuple[int, ...]]] = []

    def belief(choice: tuple[int, ...]) -> float:
        product = 1.0
        for part, number in zip(parts, choice, strict=True):
            product *= part[number].belief / part[0].belief
        return product

    start = tuple(0 for _ in parts)
    heappush(heap, (-belief(start), start))
    seen = {start}
    chosen: list[tuple[Candidate, float]] = []
    while heap and len(chosen) < limit:
        negative, choice = heappop(heap)
        chosen.append(
            (_joined([part[number] for part, number in zip(parts, choice, strict=True)]), -negative)
        )
        for at, number in enumerate(choice):
            if number + 1 < len(parts[at]):
                following = (*choice[:at], number + 1, *choice[at + 1 :])
                if following not in seen:
                    seen.add(following)
                    heappush(heap, (-belief(following), following))
    shares = _shares([weight for _, weight in chosen])
    return [(candidate, share) for (candidate, _), share in zip(chosen, shares, strict=True)]


def _joined(candidates: Sequence[Candidate]) -> Candidate:
    if len(candidates) == 1:
        return candidates[0]
    slips: list[tuple[int, str]] = []
    point: dict[int, int] = {}
    domains: Domains = {}
    for candidate in candidates:
        slips += candidate.slips
        point |= candidate.point
        domains |= candidate.domains
    slip = _common({candidate.slip for candidate in candidates if candidate.slips})
    return Candidate(tuple(slips), slip, point, domains, 0.0)


def _common(codes: Collection[str]) -> str:
    """The slip of all cells: their only one, or several; missing where no cell has a slip."""
    if len(codes) > 1:
        return "several"
    return next(iter(codes), "missing")


def _shares(weights: Sequence[float]) -> list[Decimal]:
    """Shares in thousandths that add up to exactly one, in the order of the weights."""
    total = sum(weights)
    exact = [weight / total * 1000 for weight in weights]
    whole = [int(share) for share in exact]
    rest = 1000 - sum(whole)
    for at in sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])[:rest]:
        whole[at] += 1
    return [Decimal(share).scaleb(-3) for share in whole]
