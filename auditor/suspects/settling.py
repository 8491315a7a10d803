"""Whether some cells, once they are free, can be corrected so that all rules hold.

What the constraints leave of the free cells is narrowed in whole steps, and a correction counts
only once the exact judge has passed a record corrected by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Final

from auditor.suspects import simplex
from auditor.suspects.conditions import Comparing, Constraint
from auditor.suspects.expressions import (
    ALL,
    Cells,
    Domains,
    Span,
    Variable,
    bits,
    hull,
    inside,
    mask_of,
    meet,
    union,
)
from auditor.suspects.problem import Budget, Correction, Point, Problem

__all__ = ["Settling"]

ROUNDS: Final = 30
FORMULA: Final = 0.5
"""What follows from other cells more often than this is worked out from them."""
TRIES: Final = 24
CASES: Final = 32
EVERY: Final = 64
"""A cell that has at most so many values left is tried with all of them."""


class Settling:
    budget: Budget
    constraints: Sequence[Constraint]
    problem: Problem
    undecided: bool

    def __init__(self, problem: Problem, constraints: Sequence[Constraint], budget: Budget) -> None:
        self.problem, self.constraints, self.budget = problem, constraints, budget
        self.undecided = False
        self.judge: Callable[[Point], bool] = problem.judge(constraints)

    def examine(self, free: int, chosen: int) -> Correction | int:
        """A corrected record in the free cells, or the cells (a mask) of a contradiction that
        remains.
        """
        touching = [constraint for constraint in self.constraints if constraint.cells & free]
        cases, conflict = _cases(touching, free, self.problem)
        corrections: list[Correction] = []
        for case in cases:
            domains: Domains = dict.fromkeys(bits(free), ALL)
            remaining = self.settled(case, domains, free)
            if isinstance(remaining, int):
                conflict |= remaining
            else:
                corrections.append(
                    Correction(chosen, self.tightened(domains, remaining), remaining, 0.0)
                )
        if not corrections:
            return conflict
        return corrections[0] if len(corrections) == 1 else self.merged(corrections)

    def settled(
        self, touching: Sequence[Constraint], domains: Domains, free: int
    ) -> Mapping[int, int] | int:
        """A corrected record under constraints without an ``or``, or the cells of a
        contradiction; narrows the domains.
        """
        conflict = self.narrowed(touching, domains)
        if conflict is not None:
            return conflict
        if len(domains) > 1 and (conflict := self.solved(touching, domains, free)) is not None:
            return conflict
        point, exhausted = self.point(touching, domains)
        if point is not None:
            return point
        self.undecided = self.undecided or not exhausted
        return _cells(touching)

    def merged(self, corrections: Sequence[Correction]) -> Correction:
        """One for all the cases of an ``or``: what any of them leaves, and the likeliest record."""
        domains = dict(corrections[0].domains)
        for correction in corrections[1:]:
            domains = {at: hull(span, correction.domains[at]) for at, span in domains.items()}
        best = corrections[0]
        if len(domains) == 1:
            [(at, span)] = domains.items()
            order = list(self.problem.guesses(at, span))
            best = min(
                corrections,
                key=lambda correction: (
                    order.index(correction.point[at])
                    if correction.point[at] in order
                    else len(order)
                ),
            )
        return best._replace(domains=domains)

    def narrowed(
        self, touching: Sequence[Constraint], domains: Domains, start: int | None = None
    ) -> int | None:
        """Narrow the free cells as far as it goes; the cells of a contradiction, if any."""
        record = self.problem
        if len(domains) == 1:
            return self.alone(touching, domains)
        why: dict[int, int] = {}
        free = mask_of(domains)
        waiting = [
            constraint for constraint in touching if start is None or constraint.cells >> start & 1
        ]
        for _ in range(ROUNDS):
            changed = 0
            for constraint in waiting:
                cells = constraint.cells
                mine = [at for at in domains if cells >> at & 1]
                before = [domains[at] for at in mine]
                reasons = cells
                for at in mine:
                    reasons |= why.get(at, 0)
                if not constraint.condition.narrow(record, domains):
                    return reasons
                for at, span in zip(mine, before, strict=True):
                    if domains[at] != span:
                        why[at] = reasons
                        changed |= 1 << at
            # A constraint on a single free cell has said all it can.
            waiting = [
                constraint
                for constraint in touching
                if constraint.cells & changed and (constraint.cells & free).bit_count() > 1
            ]
            if not waiting:
                break
        return None

    def alone(self, touching: Sequence[Constraint], domains: Domains) -> int | None:
        """The same for a single free cell, of which each constraint has its say once."""
        reasons = 0
        for constraint in touching:
            reasons |= constraint.cells
            if not constraint.condition.narrow(self.problem, domains):
                return reasons
        return None

    def solved(self, touching: Sequence[Constraint], domains: Domains, free: int) -> int | None:
        """Narrow cells that several linear rules tie in a circle, which narrowing one by one
        can't; the cells of a contradiction.
        """
        several = [
            constraint for constraint in touching if (constraint.cells & free).bit_count() > 1
        ]
        cells = _cells(several) & free
        if (
            sum((constraint.cells & free).bit_count() - 1 for constraint in several)
            < cells.bit_count()
        ):
            return None
        rows: list[simplex.Row] = []
        owners: list[int] = []
        for constraint in touching:
            condition = constraint.condition
            if (
                not isinstance(condition, Comparing)
                or condition.held & free
                or condition.unknown(self.problem, free)
            ):
                continue
            linear = condition.linear(self.problem)
            if linear is not None:
                rows.append(linear.residue(self.problem.steps, free))
                owners.append(constraint.cells)
        system = simplex.System(rows, whole=True)
        if system.clash is not None:
            return union(owners[number] for number in system.clash)
        for at in bits(cells):
            span = meet(domains[at], system.span(at))
            if span is None:
                return _cells(touching)
            domains[at] = span
        return self.narrowed(touching, domains)

    def point(
        self, touching: Sequence[Constraint], domains: Domains
    ) -> tuple[Mapping[int, int] | None, bool]:
        """A corrected record that the judge passes, and else whether every value was tried."""
        at = _narrowest(domains, self.problem.variables)
        if at is None:
            decided = {cell: span[0] or 0 for cell, span in domains.items()}
            return (decided, True) if self.judge(decided) else (None, True)
        lo, hi = domains[at]
        every = lo is not None and hi is not None and hi - lo < EVERY
        exhausted = every
        tried: set[int] = set()
        for value in self.candidates(at, domains[at], every):
            if value in tried:
                continue
            if not self.budget.spend():
                return None, False
            tried.add(value)
            copy = dict(domains)
            copy[at] = (value, value)
            if self.narrowed(touching, copy, at) is not None:
                continue
            point, whole = self.point(touching, copy)
            if point is not None:
                return point, True
            exhausted = exhausted and whole
        return None, exhausted

    def candidates(self, at: int, span: Span, every: bool) -> Iterable[int]:
        count = 0
        for value in self.problem.guesses(at, span):
            if inside(value, span):
                yield value
                count += 1
                if count >= TRIES:
                    break
        if every and span[0] is not None and span[1] is not None:
            yield from range(span[0], span[1] + 1)

    def tightened(self, domains: Domains, point: Mapping[int, int]) -> Domains:
        """The spans with ends that the judge passes: an open end, or the gap of an ``or``, is cut
        off.
        """
        exact: Domains = {}
        loose = [at for at, (lo, hi) in domains.items() if lo != hi or lo is None]
        for at, (lo, hi) in domains.items():
            if len(loose) == 1 and at in loose:
                low = lo if lo is None else self.edge(point, at, lo)
                high = hi if hi is None else self.edge(point, at, hi)
                exact[at] = (low, high)
            else:
                exact[at] = (lo, hi)
        return exact

    def edge(self, point: Mapping[int, int], at: int, end: int) -> int:
        """The passing value nearest to an end of the span, between that end and a passing value."""
        passing = point[at]
        if passing == end or self.judge({**point, at: end}):
            return end
        failing = end
        while abs(failing - passing) > 1:
            between = (failing + passing) // 2
            if self.judge({**point, at: between}):
                passing = between
            else:
                failing = between
        return passing


def _cases(
    touching: Sequence[Constraint], free: int, record: Cells
) -> tuple[list[list[Constraint]], int]:
    """The constraints with one side chosen for each ``or``, in every way; and the cells of those
    that were split.
    """
    cases: list[list[Constraint]] = [[]]
    split = 0
    for constraint in touching:
        if len(constraint.sides) == 1:
            sides: Sequence[Sequence[Constraint]] = constraint.sides
        else:
            split |= constraint.cells
            sides = _open(constraint, free, record)
            if () in sides:
                continue
            if len(cases) * len(sides) > CASES:
                sides = ((constraint,),)
        cases = [[*case, *side] for case, side in product(cases, sides)]
    return cases, split


def _open(constraint: Constraint, free: int, record: Cells) -> list[tuple[Constraint, ...]]:
    """The sides of an ``or`` that the free cells may still meet, each with what is left of it to
    meet.
    """
    sides: list[tuple[Constraint, ...]] = []
    for side in constraint.sides:
        if all(part.cells & free or part.condition.holds(record) for part in side):
            sides.append(tuple(part for part in side if part.cells & free))
    return sides


def _cells(constraints: Iterable[Constraint]) -> int:
    return union(constraint.cells for constraint in constraints)


def _narrowest(domains: Domains, variables: Sequence[Variable]) -> int | None:
    """The undecided cell with the fewest values left, of several one that no formula computes;
    None where all are decided.
    """
    best: tuple[bool, int, bool, int] | None = None
    for at, (lo, hi) in domains.items():
        if lo is not None and lo == hi:
            continue
        wide = lo is None or hi is None
        width = 0 if lo is None or hi is None else hi - lo
        size = (wide, width, variables[at].follows > FORMULA, at)
        if best is None or size < best:
            best = size
    return None if best is None else best[3]
