"""From sets of cells to explanations: what each is believed, likelier ones beyond the minimal
sets, and shares of one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush
from typing import Final, NamedTuple

from auditor.suspects.conditions import Comparing, Constraint, Linear, divided
from auditor.suspects.expressions import Domains, bits
from auditor.suspects.search import Budget, Found, Problem, search
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


class Answer(NamedTuple):
    found: list[Candidate]
    complete: bool


def candidates(
    problem: Problem, component: Sequence[Constraint], context: Context, budget: Budget
) -> Answer:
    """The explanations of one component, the most believed first: its minimal sets, and pairs of
    slips that explain more.
    """
    outcome = search(problem, component, budget, limit=MOST, reach=REACH, further=FURTHER)
    found = [_candidate(one, problem, context) for one in outcome.found]
    if found and found[0].slips:
        found += _pairs(problem, component, context, found)
    found.sort(key=lambda one: (-one.belief, len(one.slips), one.slips))
    return Answer(found, outcome.complete)


def _candidate(one: Found, problem: Problem, context: Context) -> Candidate:
    cells = tuple(bits(one.cells))
    belief = 1.0
    slips: list[tuple[int, str]] = []
    for at in cells:
        if problem.variables[at].agreed:
            believed, code = CHANCES["arbitrary"], "book-disagrees"
        else:
            believed, code = context.belief(at, one.point[at], one.domains[at])
        belief *= believed * context.odds(at)
        slips.append((at, code))
    swapped = _swapped(cells, one.point, problem, context)
    codes = {code for _, code in slips}
    slip = codes.pop() if len(codes) == 1 else "several" if codes else "missing"
    if swapped > belief:
        slip, slips = "cells-swapped", [(at, "cells-swapped") for at in cells]
    return Candidate(tuple(slips), slip, one.point, one.domains, belief + swapped)


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
    problem: Problem, component: Sequence[Constraint], context: Context, found: Sequence[Candidate]
) -> Iterable[Candidate]:
    """Pairs of cells of one violated equation, each with a slip of the hand, that are as
    believable as the single cells.
    """
    best = max(one.belief for one in found)
    size = min(len(one.slips) for one in found)
    if size != 1:
        return []
    odds = max(context.odds(slips[0]) for one in found for slips in one.slips)
    if odds * odds * LIKELY * LIKELY < best * NEGLIGIBLE:
        return []
    judge = problem.judge(component)
    known = {frozenset(at for at, _ in one.slips) for one in found}
    pairs: list[Candidate] = []
    for linear in _violated(problem):
        cells = [
            at
            for at in linear.factors
            if not (problem.fixed | problem.missing) >> at & 1 and problem.steps[at] is not None
        ]
        for number, a in enumerate(cells):
            for b in cells[number + 1 :]:
                if frozenset((a, b)) in known:
                    continue
                pairs.extend(_pair(a, b, linear, problem, context, judge, best * NEGLIGIBLE))
    return pairs


def _violated(problem: Problem) -> list[Linear]:
    found: list[Linear] = []
    for one in problem.constraints:
        if (
            isinstance(one.condition, Comparing)
            and one.condition.operator == "=="
            and not one.condition.holds(problem)
        ):
            linear = one.condition.linear(problem)
            if linear is not None:
                found.append(linear)
    return found


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
    found: list[Candidate] = []
    lo, hi = lo - rest, hi - rest
    own, beside = steps[a] or 0, steps[b] or 0
    odds = context.odds(a) * context.odds(b)
    for value, other in _matches((*sources(own), beside), others | {own}, (lo, hi), first, second):
        if other == beside or (other == own) is not (value == beside):
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
            found.append(
                _candidate(
                    Found(1 << a | 1 << b, {a: (value, value), b: (other, other)}, point, 0.0),
                    problem,
                    context,
                )
            )
    return found


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
    near = ((value, divided(lo - first * value, hi - first * value, second)) for value in values)
    return [
        (value, other)
        for value, (low, high) in near
        if low is not None and high is not None and high - low < WIDE
        for other in range(low, high + 1)
        if other in others
    ]


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
    return list(
        zip([one for one, _ in chosen], _shares([weight for _, weight in chosen]), strict=True)
    )


def _joined(several: Sequence[Candidate]) -> Candidate:
    if len(several) == 1:
        return several[0]
    slips = tuple(slip for one in several for slip in one.slips)
    codes = {one.slip for one in several if one.slips}
    point = {at: step for one in several for at, step in one.point.items()}
    domains = {at: span for one in several for at, span in one.domains.items()}
    return Candidate(
        slips,
        codes.pop() if len(codes) == 1 else "several" if codes else "missing",
        point,
        domains,
        0.0,
    )


def _shares(weights: Sequence[float]) -> list[Decimal]:
    """Shares in thousandths that add up to exactly one, in the order of the weights."""
    total = sum(weights)
    exact = [weight / total * 1000 for weight in weights]
    whole = [int(share) for share in exact]
    rest = 1000 - sum(whole)
    for at in sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])[:rest]:
        whole[at] += 1
    return [Decimal(share).scaleb(-3) for share in whole]
