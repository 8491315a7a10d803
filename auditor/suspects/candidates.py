"""Explanations: which cells are wrong, by which slips, and how much that is believed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from auditor.suspects.beliefs import Context
from auditor.suspects.expressions import Domains
from auditor.suspects.problem import Point, Problem
from auditor.suspects.slips import CHANCES

__all__ = ["Candidate", "common_slip", "exchange_belief", "exchanged", "joined"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A corrected record: its cells with their slips, the values left and guessed, the belief in
    it, and of how many slips it is. ``unknown`` are the cells (a mask) of
    which nothing tells the true figures. ``plausibility`` is how much less it is believed because
    of what it says the figures should be: what speaks against it speaks for none of those that
    were looked at.
    """

    slips: tuple[tuple[int, str], ...]
    slip: str
    point: Point
    domains: Domains
    belief: float
    count: int = 1
    unknown: int = 0
    plausibility: float = 1.0

    def times(self, factor: float) -> Candidate:
        """The same, believed so much more or less."""
        return self if factor == 1.0 else replace(self, belief=self.belief * factor)


def exchanged(cells: Sequence[int], point: Point, problem: Problem, context: Context) -> float:
    """The belief in two cells having changed places: one slip, not two."""
    if len(cells) != 2:
        return 0.0
    a, b = cells
    if point[a] != problem.steps[b] or point[b] != problem.steps[a]:
        return 0.0
    return exchange_belief(a, b, context)


def exchange_belief(a: int, b: int, context: Context) -> float:
    """The belief that two cells changed places, whatever they say."""
    odds = max(context.odds(a), context.odds(b))
    return odds * CHANCES["cells-swapped"] / max(1, len(context.steps) - 1)


def joined(candidates: Sequence[Candidate]) -> Candidate:
    """One explanation of several components, from one of each."""
    if len(candidates) == 1:
        return candidates[0]
    slips: list[tuple[int, str]] = []
    point: dict[int, int | None] = {}
    domains: Domains = {}
    belief = 1.0
    unknown = 0
    for candidate in candidates:
        slips += candidate.slips
        point |= candidate.point
        domains |= candidate.domains
        belief *= candidate.belief
        unknown |= candidate.unknown
    slip = common_slip({candidate.slip for candidate in candidates if candidate.slips})
    count = sum(candidate.count for candidate in candidates)
    return Candidate(tuple(slips), slip, point, domains, belief, count, unknown)


def common_slip(codes: Collection[str]) -> str:
    """The slip of all cells: their only one, or several; missing where no cell has a slip."""
    if len(codes) > 1:
        return "several"
    return next(iter(codes), "missing")
