"""What may have happened to a record as a whole.

That is one explanation for each broken part, or one of a block that settles several parts. All
beliefs are set against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

from auditor.suspects.blocks import Block
from auditor.suspects.candidates import Candidate, joined

__all__ = ["Part", "World", "explanations", "likeliest", "total_of", "worlds"]

NONE: Final = (0.01, 0.06, 0.15)
"""What is believed of explanations that were not looked at, against those that were, by the
number of slips in the likeliest of these.
"""
CUT_SHORT: Final = 0.1
"""The same where the search ended before it was complete."""


class Part(NamedTuple):
    """The explanations of some broken components (by number), the most believed first, and the
    belief that it is none of these.
    """

    settles: frozenset[int]
    candidates: Sequence[Candidate]
    none: float
    complete: bool

    @classmethod
    def of(
        cls, number: int, candidates: Sequence[Candidate], complete: bool, unlisted: float = 0.0
    ) -> Part:
        """The explanations of one component; ``unlisted`` is the belief in some that were not
        searched.
        """
        ordered = sorted(
            candidates, key=lambda option: (-option.belief, len(option.slips), option.slips)
        )
        count = max(1, ordered[0].count)
        part = NONE[min(count, len(NONE)) - 1] + (0 if complete else CUT_SHORT)
        everything = sum(candidate.belief for candidate in ordered)
        without = sum(candidate.belief / candidate.plausibility for candidate in ordered)
        # One that was not searched may stand in the place of one slip; the others stay.
        none = min(everything, part * without) + unlisted * ordered[0].belief ** (1 - 1 / count)
        return cls(frozenset((number,)), ordered, none, complete)

    @property
    def total(self) -> float:
        """All the belief there is."""
        return sum(candidate.belief for candidate in self.candidates) + self.none


World = tuple[Part, ...]
"""Parts that settle all broken components, each of them once."""


def worlds(parts: Sequence[Part], blocks: Sequence[Block]) -> list[World]:
    """All that may have happened: nothing but slips in each part, or one of the blocks beside
    them.
    """
    several: list[World] = [tuple(parts)]
    for block in blocks:
        rest = [part for part in parts if not part.settles <= block.settles]
        several.append((Part(block.settles, (block.candidate,), 0.0, True), *rest))
    # What only a block explains is explained in no world without it.
    most = max(map(_settled, several))
    return [world for world in several if _settled(world) == most]


def _settled(world: World) -> int:
    return sum(len(part.settles) for part in world)


def total_of(parts: Sequence[Part]) -> float:
    """The belief that some parts went wrong in one of their ways, or in none that is listed."""
    product = 1.0
    for part in parts:
        product *= part.total
    return product


def likeliest(parts: Sequence[Part]) -> Iterator[tuple[Candidate, ...]]:
    """The choices of one candidate for each part, the most believed first."""
    if len(parts) == 1:
        yield from ((candidate,) for candidate in parts[0].candidates)
        return
    heap: list[tuple[float, tuple[int, ...]]] = []
    totals = [part.total for part in parts]

    def push(choice: tuple[int, ...]) -> None:
        product = 1.0
        for part, number, total in zip(parts, choice, totals, strict=True):
            product *= part.candidates[number].belief / total
        heappush(heap, (-product, choice))

    start = tuple(0 for _ in parts)
    push(start)
    seen = {start}
    while heap:
        _, choice = heappop(heap)
        yield tuple(part.candidates[number] for part, number in zip(parts, choice, strict=True))
        for at, number in enumerate(choice):
            following = (*choice[:at], number + 1, *choice[at + 1 :])
            if number + 1 < len(parts[at].candidates) and following not in seen:
                seen.add(following)
                push(following)


def explanations(several: Sequence[World], limit: int) -> list[tuple[Candidate, float]]:
    """The likeliest explanations of the whole record, each with its part of all belief."""
    everything = sum(map(total_of, several))
    options: list[tuple[Candidate, float]] = []
    for world in several:
        for number, choice in enumerate(likeliest(world)):
            if number == limit:
                break
            candidate = joined(choice)
            options.append((candidate, candidate.belief / everything))
    options.sort(key=lambda option: (-option[1], len(option[0].slips), option[0].slips))
    return options[:limit]
