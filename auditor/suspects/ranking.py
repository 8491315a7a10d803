"""From sets of cells to explanations of a component, each with the belief in it.

Likelier explanations beyond the minimal sets are added: cells with those that were computed from
them, and pairs of slips of the hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from auditor.suspects.beliefs import Context
from auditor.suspects.candidates import Candidate, common_slip, exchanged
from auditor.suspects.conditions import Constraint, is_equation
from auditor.suspects.expressions import ALL, Domains, bits, mask_of, union
from auditor.suspects.pairs import pairs
from auditor.suspects.problem import Budget, Correction, Problem
from auditor.suspects.search import search
from auditor.suspects.settling import Settling

__all__ = ["Ranking", "ranking"]

REACH: Final = 1.0
FURTHER: Final = 60
MOST: Final = 60
SELDOM: Final = 0.05
"""Where figures follow from wrong ones no more often, only the smallest sets are looked at."""
OPEN: Final = 1e-4
"""The chance that one side of an inequality is as wrong as it has to be."""


class Ranking(NamedTuple):
    """Explanations of a component, and whether all were looked at."""

    candidates: list[Candidate]
    complete: bool


def ranking(
    problem: Problem, component: Sequence[Constraint], context: Context, budget: Budget
) -> Ranking:
    """The explanations of one component: its minimal sets, those with what was computed from
    them, and pairs of slips that explain more.
    """
    broken = [constraint for constraint in component if problem.breaks(constraint)]
    # A bound on a missing value is not broken: it says what that may be.
    bounds = [constraint for constraint in broken if not constraint.cells & problem.missing]
    if bounds and not any(is_equation(constraint.condition) for constraint in broken):
        return Ranking(list(_sides(problem, context, bounds)), True)
    outcome = search(problem, component, budget, limit=MOST, reach=REACH, further=FURTHER)
    weighing = _Weighing(problem, component, context, broken)
    candidates = [weighing.candidate(correction) for correction in outcome.corrections]
    if candidates and candidates[0].slips:
        candidates += weighing.followed(outcome.corrections, budget)
        candidates += map(
            weighing.candidate, pairs(problem, component, context, broken, candidates)
        )
    return Ranking([option for option in candidates if option.belief], outcome.complete)


def _sides(problem: Problem, context: Context, broken: Sequence[Constraint]) -> Iterator[Candidate]:
    """The sides of inequalities: which of them is wrong, and by how much, can't be told."""
    cells = union(constraint.cells for constraint in broken)
    for at in bits(cells & ~problem.fixed & ~problem.missing):
        domains: Domains = {at: ALL}
        concerned = [constraint for constraint in broken if constraint.cells >> at & 1]
        # A cell that can't mend what it is part of is none of its sides.
        if all(constraint.condition.narrow(problem, domains) for constraint in concerned):
            belief = context.odds(at) * OPEN
            slips = ((at, "out-of-bounds"),)
            point = {at: problem.steps[at]}
            yield Candidate(slips, "out-of-bounds", point, domains, belief, unknown=1 << at)


class _Weighing:
    """Weighs corrections of a component."""

    def __init__(
        self,
        problem: Problem,
        component: Sequence[Constraint],
        context: Context,
        broken: Sequence[Constraint],
    ) -> None:
        self.problem, self.component, self.context = problem, component, context
        self.broken = broken
        self.computing = [
            (constraint.derived, constraint.cells)
            for constraint in component
            if constraint.derived is not None and not problem.breaks(constraint)
        ]

    def candidate(self, correction: Correction) -> Candidate:
        """A correction with its slips and the belief in it."""
        cells = tuple(bits(correction.cells))
        following = self.following(correction.cells)
        belief = self.unmoved(correction.cells)
        spans = self.spans(correction)
        slips: list[tuple[int, str]] = []
        for at in cells:
            if following >> at & 1:
                believed, code = self.problem.variables[at].follows, "computed-from-wrong"
            else:
                believed, code = self.context.belief(at, correction.point[at], spans[at])
                believed *= self.context.odds(at)
                if self.problem.variables[at].agreed:
                    code = "book-disagrees"
            belief *= believed
            slips.append((at, code))
        swapped = exchanged(cells, correction.point, self.problem, self.context)
        slips.sort(key=lambda item: item[1] == "computed-from-wrong")
        codes = {code for _, code in slips if code != "computed-from-wrong"}
        slip = common_slip(codes)
        count = len(cells) - following.bit_count()
        if swapped > belief:
            slip, slips = "cells-swapped", [(at, "cells-swapped") for at in cells]
            count = 1
        plausibility = 1.0
        for at, code in slips:
            if code == "arbitrary" and not self.context.negative >> at & 1:
                plausibility *= self.context.plausibility(at, correction.point[at])
        return Candidate(
            tuple(slips),
            slip,
            correction.point,
            correction.domains,
            belief + swapped,
            count,
            plausibility=plausibility or 1.0,
        )

    def spans(self, correction: Correction) -> Domains:
        """What is left of each wrong cell once those before it say what they should. Where an
        equation ties two open cells, only the first may say anything.
        """
        spans = correction.domains
        rest, placed = dict(spans), dict[int, int]()
        conditional: Domains = {}
        for at in bits(correction.cells):
            conditional[at] = rest.pop(at)
            placed[at] = correction.point[at]
            record = self.problem.corrected(placed)
            for constraint in self.component:
                if constraint.cells >> at & 1 and constraint.cells & mask_of(rest):
                    constraint.condition.narrow(record, rest)
        return conditional

    def following(self, cells: int) -> int:
        """Those of some wrong cells (masks) that were computed from the others, by rules that the
        printed figures satisfy.
        """
        if cells & (cells - 1) == 0:
            return 0
        following = 0
        for derived, others in self.computing:
            sources = others & cells & ~(1 << derived)
            if cells >> derived & 1 and sources & ~following:
                following |= 1 << derived
        return following

    def unmoved(self, cells: int) -> float:
        """The chance that what rules compute from some wrong cells (a mask) was not computed from
        them: it stands there as it should.
        """
        chance = 1.0
        seen = cells
        for constraint in self.broken:
            derived = constraint.derived
            if derived is not None and not seen >> derived & 1 and constraint.cells & cells:
                seen |= 1 << derived
                chance *= 1 - self.problem.variables[derived].follows
        return chance

    def followed(self, corrections: Sequence[Correction], budget: Budget) -> list[Candidate]:
        """Cells of what is broken that can be wrong only together with what was computed from
        them.
        """
        closed = self.problem.fixed | self.problem.missing
        if not any(self.problem.variables[at].follows > SELDOM for at, _ in self.computing):
            return []
        sets = {correction.cells for correction in corrections}
        settling: Settling | None = None
        candidates: list[Candidate] = []
        cells = union(constraint.cells for constraint in self.broken)
        for at in bits(self.with_inputs(cells) & ~closed):
            free = self.computed_from(at, closed)
            if free in sets or 1 << at in sets or free == 1 << at:
                continue
            if not all(constraint.cells & free for constraint in self.broken):
                continue
            if not budget.spend():
                break
            settling = settling or Settling(self.problem, self.component, budget)
            answer = settling.examine(free | self.problem.missing, free)
            if isinstance(answer, Correction):
                answer = self.changed(answer)
                if answer.cells not in sets:
                    sets.add(answer.cells)
                    candidates.append(self.candidate(answer))
        return candidates

    def with_inputs(self, cells: int) -> int:
        """Some cells (a mask), with all that those of them with a formula are computed from."""
        growing = True
        while growing:
            growing = False
            for derived, others in self.computing:
                formula = (cells & self.context.computed) >> derived & 1
                if formula and others & ~cells:
                    cells |= others
                    growing = True
        return cells

    def changed(self, correction: Correction) -> Correction:
        """A correction without the cells that it leaves as they are printed."""
        cells = mask_of(
            at for at in bits(correction.cells) if correction.point[at] != self.problem.steps[at]
        )
        free = cells | self.problem.missing
        return correction._replace(
            cells=cells,
            domains={at: span for at, span in correction.domains.items() if free >> at & 1},
            point={at: step for at, step in correction.point.items() if free >> at & 1},
        )

    def computed_from(self, at: int, closed: int) -> int:
        """A cell with all that was computed from it, as a mask."""
        cells = 1 << at
        growing = True
        while growing:
            growing = False
            for derived, others in self.computing:
                if not cells >> derived & 1 and others & cells and not closed >> derived & 1:
                    cells |= 1 << derived
                    growing = True
        return cells
