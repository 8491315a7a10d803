"""The search: the smallest sets of cells whose change makes all rules hold.

It goes best first and is exact, within a budget of nodes. A set is found by branching on the
cells of a contradiction: one of them has to be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Final

from auditor.suspects import simplex
from auditor.suspects.conditions import Comparing, Constraint
from auditor.suspects.expressions import bits
from auditor.suspects.problem import Budget, Correction, Outcome, Problem
from auditor.suspects.settling import Settling

__all__ = ["contradictory", "search"]

PRICES: Final = (1, 1, 3, 6)
"""What a node beyond the first set costs, by the cells of its set, from one cell on: large ones
take long, are many, and are seldom the truth. What is not looked at counts as none of the
explanations.
"""


def search(
    problem: Problem,
    constraints: Sequence[Constraint],
    budget: Budget,
    *,
    limit: int,
    reach: float,
    further: int,
) -> Outcome:
    """The minimal sets by cost: all within ``reach`` of the cheapest, as far as ``further`` nodes
    go beyond the first found.
    """
    searching = Settling(problem, constraints, budget)
    violated = [constraint for constraint in constraints if problem.breaks(constraint)]
    corrections: list[Correction] = []
    heap: list[tuple[float, int, int, int]] = [(0.0, 0, 0, 0)]
    pushed = 0
    closed = problem.fixed | problem.missing
    while heap:
        cost, _, chosen, barred = heappop(heap)
        if corrections and (cost > corrections[0].cost + reach or further <= 0):
            break
        if any(correction.cells & chosen == correction.cells for correction in corrections):
            continue
        if not budget.spend():
            return Outcome(corrections, False)
        if corrections:
            further -= PRICES[min(chosen.bit_count(), len(PRICES)) - 1]
        free = chosen | problem.missing
        conflict = _untouched(violated, free, closed | barred)
        if conflict is None:
            answer = searching.examine(free, chosen)
            if isinstance(answer, int):
                conflict = answer
            else:
                corrections.append(answer._replace(cost=cost))
                if len(corrections) >= limit:
                    break
                continue
        branches = sorted(
            bits(conflict & ~free & ~closed & ~barred), key=lambda at: problem.variables[at].weight
        )
        for at in branches:
            pushed += 1
            heappush(heap, (cost + problem.variables[at].weight, pushed, chosen | 1 << at, barred))
            barred |= 1 << at
    return Outcome(corrections, budget.nodes >= 0 and not searching.undecided)


def _untouched(violated: list[Constraint], free: int, closed: int) -> int | None:
    """The cells of a violated rule none of whose cells is free: one of them is wrong. The rule
    with the fewest is best.
    """
    least: int | None = None
    for constraint in violated:
        cells = constraint.cells
        if not cells & free and (
            least is None or (cells & ~closed).bit_count() < (least & ~closed).bit_count()
        ):
            least = cells
    return least


def contradictory(problem: Problem, constraints: Sequence[Constraint]) -> bool:
    """Whether the linear rules contradict each other whatever the cells that may change say; a
    proof without search.
    """
    free = 0
    for constraint in constraints:
        free |= constraint.cells
    free &= ~problem.fixed
    rows: list[simplex.Row] = []
    for constraint in constraints:
        condition = constraint.condition
        if (
            isinstance(condition, Comparing)
            and not condition.held & free
            and (linear := condition.linear(problem)) is not None
        ):
            rows.append(linear.residue(problem.steps, free))
    return bool(rows) and simplex.System(rows, whole=True).clash is not None
