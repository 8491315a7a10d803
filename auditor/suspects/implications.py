"""Which linear rules contradict each other, and which follow from others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, combinations
from typing import NamedTuple

from auditor.suspects import simplex
from auditor.suspects.expressions import connected, mask_of

__all__ = ["Implied", "contradiction", "implications", "in_groups"]


@dataclass(frozen=True, slots=True)
class Implied:
    """A rule that says nothing that the others do not, and the fewest from which it follows."""

    rule: str
    by: tuple[str, ...]


def in_groups(linear: Mapping[str, Sequence[simplex.Row]]) -> list[list[str]]:
    """The rules in groups that share no cell."""

    def cells_of(code: str) -> int:
        cells = set(chain.from_iterable(factors for factors, _, _ in linear[code]))
        return mask_of(cells)

    return connected(linear, cells_of)


class _Numbered(NamedTuple):
    """The rows of several rules in one list, each with its rule."""

    rows: list[simplex.Row]
    rules: list[str]

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[simplex.Row]], codes: Iterable[str]) -> _Numbered:
        numbered = cls([], [])
        for code in codes:
            numbered.rows.extend(rows[code])
            numbered.rules.extend([code] * len(rows[code]))
        return numbered

    def named(self, numbers: Iterable[int]) -> list[str]:
        return list(dict.fromkeys(self.rules[number] for number in sorted(numbers)))


def _impossible(rows: Mapping[str, Sequence[simplex.Row]], codes: Iterable[str]) -> bool:
    return simplex.infeasible(_Numbered.of(rows, codes).rows)


def contradiction(rows: Mapping[str, Sequence[simplex.Row]]) -> tuple[str, ...]:
    """The fewest rules that contradict each other; none where some record satisfies all."""
    numbered = _Numbered.of(rows, rows)
    clash = simplex.System(numbered.rows).clash
    if clash is None:
        return ()
    clashing = _needed(numbered.named(clash), lambda subset: _impossible(rows, subset))
    for size in range(1, min(len(clashing), 3)):
        for subset in combinations(rows, size):
            if _impossible(rows, subset):
                return subset
    return tuple(clashing)


def _needed(codes: Sequence[str], holds: Callable[[list[str]], bool]) -> list[str]:
    """A part of some rules that still has a property, and of which nothing can be left out."""
    needed = list(codes)
    for code in codes:
        without = [other for other in needed if other != code]
        if holds(without):
            needed = without
    return needed


def implications(rows: Mapping[str, Sequence[simplex.Row]]) -> Iterator[Implied]:
    """The rules that follow from others; of rules that follow from each other, the later."""
    codes = list(rows)
    while (first := _first_implied(rows, codes)) is not None:
        codes.remove(first.rule)
        yield first


def _first_implied(
    rows: Mapping[str, Sequence[simplex.Row]], codes: Sequence[str]
) -> Implied | None:
    """The last of the rules that follows from the others."""
    numbered = _Numbered.of(rows, codes)
    system = simplex.System(numbered.rows)
    tight = system.tight()
    for code in reversed(codes):
        by: set[int] = set()
        for number, owner in enumerate(numbered.rules):
            if owner != code:
                continue
            if number in system.dependent:
                used: frozenset[int] | None = system.dependent[number]
            elif number in system.unequal:
                used = system.follows(number)
            else:
                used = frozenset(range(len(numbered.rules))) if tight else None
            if used is None:
                break
            by |= used
        else:
            others = [other for other in numbered.named(by) if other != code]
            if _follows(rows, code, others):
                return Implied(code, tuple(_needed(others, partial(_follows, rows, code))))
    return None


def _follows(rows: Mapping[str, Sequence[simplex.Row]], code: str, others: Sequence[str]) -> bool:
    """Whether every record that satisfies the given rules satisfies this one: its contrary
    contradicts them.
    """
    premises = _Numbered.of(rows, others).rows
    for factors, lo, hi in rows[code]:
        for below, above in (
            (None, None if lo is None else lo - 1),
            (None if hi is None else hi + 1, None),
        ):
            if (below is not None or above is not None) and not simplex.infeasible(
                [*premises, (factors, below, above)]
            ):
                return False
    return True
