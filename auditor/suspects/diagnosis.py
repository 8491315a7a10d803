"""What may have happened to a record of which some rules are broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple, TypeVar

from auditor.formula.values import Row
from auditor.suspects.blocks import Block, Blocks, Component
from auditor.suspects.candidates import Candidate
from auditor.suspects.conditions import is_equation
from auditor.suspects.problem import Budget
from auditor.suspects.ranking import Ranking, ranking
from auditor.suspects.record import Record
from auditor.suspects.search import contradictory
from auditor.suspects.worlds import Part, World, worlds

__all__ = ["Diagnosis", "diagnosis"]

R = TypeVar("R", bound=Row)
Reason = Literal["infeasible", "undecided"]
"""Why nothing explains a broken component."""


class Diagnosis(NamedTuple):
    """What may have happened to a record of which some components are broken.

    ``unexplained`` are the components (by number) that nothing explains, each with the reason.
    """

    broken: Sequence[Component]
    worlds: Sequence[World]
    unexplained: Mapping[int, Reason]
    complete: bool


def diagnosis(
    record: Record[R],
    budget: Budget,
    factor: Callable[[Candidate], float] | None = None,
    about: tuple[str, int] | None = None,
    *,
    unlisted: Callable[[Component], float] | None = None,
    more: bool = False,
    bounds_apart: bool = True,
) -> Diagnosis:
    """What may have happened to a record.

    ``factor`` is how much less an explanation is believed for what it leaves or breaks. Of the
    broken components only that of one rule is looked at, where ``about`` gives its name and the
    id of its row. ``unlisted`` is the belief in what may have happened to a component and is not
    searched. ``more`` is whether other contradictions are known than those of its rules.
    Where bounds are broken beside equations, they may be explained ``bounds_apart``: then cells
    are named that need not mend all rules together.
    """
    broken = [component for component in record.rules.components if record.breaks(component)]
    if about is not None:
        broken = [component for component in broken if record.holds_rule(component, about)]
    broken, rankings = _ranked(record, broken, budget, bounds_apart)
    rules = record.rules
    searched = Blocks(
        record.problem, record.context, record.layout, broken, rules.sums, rules.names, more
    )
    blocks = _apart(searched.settling(budget), rankings)
    if factor is not None:
        blocks, rankings = _weighed(blocks, rankings, factor)

    covered = frozenset[int]().union(*(block.settles for block in blocks))
    parts: list[Part] = []
    unexplained: dict[int, Reason] = {}
    for number, (candidates, complete) in enumerate(rankings):
        if candidates:
            rest = unlisted(broken[number]) if unlisted is not None else 0.0
            parts.append(Part.of(number, candidates, complete, rest))
        elif number not in covered:
            proof = complete or contradictory(record.problem, broken[number])
            unexplained[number] = "infeasible" if proof else "undecided"
    complete = all(outcome.complete for outcome in rankings)
    return Diagnosis(broken, worlds(parts, blocks), unexplained, complete)


def _ranked(
    record: Record[R], broken: Sequence[Component], budget: Budget, bounds_apart: bool
) -> tuple[list[Component], list[Ranking]]:
    """The broken components with their explanations. Where no single slip explains equations and
    bounds together, the bounds are a component of their own: no equation tells by how much their
    sides are wrong.
    """
    components: list[Component] = []
    rankings: list[Ranking] = []
    for component in broken:
        outcome = ranking(record.problem, component, record.context, budget)
        rest, bounds = _split(record, component)
        if bounds_apart and bounds and _count(outcome) != 1:
            others = ranking(record.problem, rest, record.context, budget)
            if _leaves(record, others, bounds):
                components += (rest, bounds)
                rankings += (others, ranking(record.problem, bounds, record.context, budget))
                continue
        components.append(component)
        rankings.append(outcome)
    return components, rankings


def _split(record: Record[R], component: Component) -> tuple[Component, Component]:
    """A component that has broken equations without its broken bounds, and these; none of them
    where a rule is in both.
    """
    broken = [constraint for constraint in component if record.problem.breaks(constraint)]
    bounds = [constraint for constraint in broken if not is_equation(constraint.condition)]
    if len(bounds) == len(broken):
        return component, ()
    rules = {constraint.rule for constraint in bounds}
    rest = tuple(constraint for constraint in component if constraint.rule not in rules)
    if len(rest) + len(bounds) < len(component):
        return component, ()
    return rest, tuple(bounds)


def _best(outcome: Ranking) -> Candidate | None:
    return max(outcome.candidates, key=lambda option: option.belief, default=None)


def _count(outcome: Ranking) -> int:
    """Of how many slips the likeliest explanation is."""
    best = _best(outcome)
    return 0 if best is None else best.count


def _leaves(record: Record[R], outcome: Ranking, bounds: Component) -> bool:
    """Whether the likeliest explanation leaves some bounds broken."""
    best = _best(outcome)
    if best is None:
        return False
    corrected = record.problem.corrected(best.point)
    return not all(constraint.condition.holds(corrected) for constraint in bounds)


def _apart(blocks: Sequence[Block], rankings: Sequence[Ranking]) -> list[Block]:
    """The blocks that settle several components. Those that settle one are candidates of it."""
    several: list[Block] = []
    for block in blocks:
        if len(block.settles) > 1:
            several.append(block)
            continue
        (number,) = block.settles
        _add(block.candidate, rankings[number].candidates)
    return several


def _add(block: Candidate, candidates: list[Candidate]) -> None:
    """Add a block to the explanations of its component. Where the same cells were found one by
    one, both ways lead to the same figures, and the likelier names the slip.
    """
    point = dict(block.point)
    for number, other in enumerate(candidates):
        if dict(other.point) == point:
            best, less = (block, other) if block.belief > other.belief else (other, block)
            # That two cells changed places is in the belief in them already.
            is_exchange = block.slip == "cells-swapped" and len(point) == 2
            if not (is_exchange or other.slip == block.slip or block.unknown):
                candidates[number] = replace(best, belief=best.belief + less.belief)
            return
    candidates.append(block)


def _weighed(
    blocks: Sequence[Block], rankings: Sequence[Ranking], factor: Callable[[Candidate], float]
) -> tuple[list[Block], list[Ranking]]:
    """The same with their factors, without those that are not to be believed at all."""
    weighed = [Block(option.times(factor(option)), settles) for option, settles in blocks]
    several: list[Ranking] = []
    for candidates, complete in rankings:
        options = [option.times(factor(option)) for option in candidates]
        several.append(Ranking([option for option in options if option.belief], complete))
    return [block for block in weighed if block.candidate.belief], several
