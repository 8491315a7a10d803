"""The likeliest explanation of a record, split into what went wrong.

Slips that settle different contradictions are different causes, a contradiction that needs two
slips joins them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple, Protocol, TypeVar

from auditor.formula.values import Row
from auditor.suspects.candidates import Candidate, common_slip, joined
from auditor.suspects.diagnosis import Diagnosis
from auditor.suspects.expressions import connected, mask_of, union
from auditor.suspects.record import Record
from auditor.suspects.worlds import Part, World, likeliest, total_of

__all__ = ["Cause", "Settling", "causes_of"]

R = TypeVar("R", bound=Row)
LOOKED_AT: Final = 40
"""So many explanations of each world are set against each other."""


class Cause(NamedTuple):
    """One thing that went wrong: the contradictions (by number) that follow from it, and what it
    may have been, each with its share of all belief.
    """

    contradictions: frozenset[int]
    options: Sequence[tuple[Candidate, float]]


class Settling(Protocol):
    """Which contradictions explanations settle."""

    def of_component(self, number: int, /) -> list[int]:
        """The contradictions whose rules are in a broken component."""
        ...

    def besides(self, option: Candidate, /) -> list[int]:
        """The contradictions that an explanation settles."""
        ...

    def cells(self, number: int, /) -> int:
        """The cells (a mask) that a contradiction is about."""
        ...


def causes_of(record: Record[R], diagnosis: Diagnosis, settling: Settling) -> list[Cause]:
    """The causes of what is broken in a record, by its likeliest explanation."""
    likely = [world for world in diagnosis.worlds if world]
    if not likely:
        return []
    best = max(likely, key=_best)
    everything = sum(map(total_of, likely))
    claimed: set[int] = set()
    causes: list[Cause] = []
    for part in best:
        claimed |= _inside(part, settling)
    for part in best:
        inside = _inside(part, settling)
        besides = set(settling.besides(part.candidates[0])) - claimed
        claimed |= besides
        for contradictions, cells in _groups(record, part, inside | besides, settling):
            options = _options(record, likely, part, cells, everything)
            causes.append(Cause(frozenset(contradictions), options))
    return [cause for cause in causes if cause.contradictions]


def _best(world: World) -> float:
    product = 1.0
    for part in world:
        product *= part.candidates[0].belief
    return product


def _inside(part: Part, settling: Settling) -> set[int]:
    inside: set[int] = set()
    for number in part.settles:
        inside |= set(settling.of_component(number))
    return inside


def _groups(
    record: Record[R], part: Part, contradictions: Collection[int], settling: Settling
) -> Iterator[tuple[set[int], int]]:
    """The contradictions of a part in groups, each with the cells (a mask) that settle it by the
    likeliest explanation.
    """
    option = part.candidates[0]
    about = {number: settling.cells(number) for number in contradictions}
    groups = _together(record, option, about.values())
    for place, cells in enumerate(groups):
        numbers = {number for number, mask in about.items() if mask & cells}
        if place == 0:  # what is about no changed cell goes with the first
            changed = sum(groups)
            numbers |= {number for number, mask in about.items() if not mask & changed}
        yield numbers, cells


def _together(record: Record[R], option: Candidate, about: Collection[int]) -> list[int]:
    """The cells of an explanation in groups (masks) that can be corrected apart: no rule, and no
    contradiction (masks), looks at cells of two of them.
    """
    changed = mask_of(at for at, _ in option.slips)
    if option.count < 2:
        return [changed]
    masks = [1 << at for at, _ in option.slips]
    masks += [mask & changed for mask in about if mask & changed]
    masks += [
        constraint.cells & changed
        for constraint in record.rules.constraints
        if constraint.cells & changed
    ]
    return sorted(map(union, connected(masks, lambda mask: mask)))


def _options(
    record: Record[R], likely: Sequence[World], part: Part, cells: int, everything: float
) -> list[tuple[Candidate, float]]:
    """What may have happened to some cells, over all that may have happened to the record, with
    the share of each.
    """
    reach = cells
    for constraint in record.rules.constraints:
        if constraint.cells & cells and record.problem.breaks(constraint):
            reach |= constraint.cells
    shares: dict[tuple[tuple[int, int | None], ...], float] = {}
    most: dict[tuple[tuple[int, int | None], ...], float] = {}
    examples: dict[tuple[tuple[int, int | None], ...], Candidate] = {}
    for world in likely:
        mine = [other for other in world if other.settles & part.settles]
        weight = (
            total_of([other for other in world if not other.settles & part.settles]) / everything
        )
        for choice in islice(likeliest(mine), LOOKED_AT):
            option = joined(choice)
            limited = _limited(record, option, reach)
            key = tuple(sorted((at, limited.point.get(at)) for at, _ in limited.slips))
            share = option.belief * weight
            shares[key] = shares.get(key, 0.0) + share
            if share > most.get(key, -1.0):  # the slip that most likely led to these figures
                most[key], examples[key] = share, limited
    options = [(examples[key], share) for key, share in shares.items() if key]
    options.sort(key=lambda item: (-item[1], len(item[0].slips), item[0].slips))
    return options


def _limited(record: Record[R], option: Candidate, reach: int) -> Candidate:
    """What an explanation says of some cells (a mask), and of those that go with them."""
    concerned = 0
    for group in _together(record, option, ()):
        if group & reach:
            concerned |= group
    slips = tuple((at, code) for at, code in option.slips if concerned >> at & 1)
    if not slips or len(slips) == len(option.slips):
        return option
    cells = {at for at, _ in slips}
    codes = {code for _, code in slips if code != "computed-from-wrong"}
    return Candidate(
        slips,
        common_slip(codes),
        {at: step for at, step in option.point.items() if at in cells},
        {at: span for at, span in option.domains.items() if at in cells},
        option.belief,
        len(slips),
        option.unknown,
    )
