"""Which rows of the tables of a document total which others, in the way that records say it.

Rows stand in blocks, and a total row adds up the blocks from one to another. A total is of its own
table alone: the total of one department's list is not that of all. Parts of a row that is added up
are not added up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from auditor.forms.model import Total

__all__ = ["Line", "Standing", "standings", "totalled"]


class Line(NamedTuple):
    """A row as far as totals go: the number of its ``table``, the index of its ``parent`` among
    the lines, what it totals, and its texts by label.

    A row ``apart`` prints a part of another (うち…), which no total adds up. ``unsure`` is one of
    which nobody knows what it is part of.
    """

    table: int = 0
    parent: int | None = None
    total: Total | None = None
    texts: Mapping[str, str] = {}
    apart: bool = False
    unsure: bool = False


class Standing(NamedTuple):
    """Where a line stands among blocks, as records have it: ``totals``, ``block``, ``since``."""

    totals: tuple[str, ...] = ()
    block: int | None = None
    since: int | None = None


def totalled(lines: Sequence[Line]) -> dict[int, frozenset[int]]:
    """The lines that each total adds up, by its index."""
    tables: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        tables.setdefault(line.table, []).append(index)
    totals: dict[int, frozenset[int]] = {}
    for table in tables.values():
        for index in table:
            total = lines[index].total
            if total is not None:
                chosen = frozenset(_chosen(lines, table, index, total))
                totals[index] = frozenset(_topmost(lines, chosen))
    return totals


def standings(lines: Sequence[Line]) -> list[Standing]:
    """Where the lines of a document stand. A total of which blocks can't say what it adds up
    totals nothing that is known; where it is unsure what a line is part of, so is every total of
    its table.
    """
    totals = totalled(lines)
    unsure = {line.table for line in lines if line.unsure}
    blocks = _blocks(lines, list(totals.values()))
    highest = max(blocks.values(), default=0)
    standing: list[Standing] = []
    for index, line in enumerate(lines):
        if line.total is None:
            standing.append(Standing(block=blocks[index]))
            continue
        members = totals[index]
        if line.table in unsure:
            standing.append(Standing())
        elif not members:
            # A block of its own, in which no row stands.
            highest += 1
            standing.append(Standing(("above",), highest, highest))
        else:
            standing.append(_span(members, blocks))
    return standing


def _chosen(lines: Sequence[Line], table: Sequence[int], index: int, total: Total) -> Iterable[int]:
    """The lines of a table that a total is of, whatever they are part of."""
    plain = [other for other in table if lines[other].total is None and not lines[other].apart]
    match total.of:
        case "all":
            return plain
        case "above":
            alike = [other for other in table if lines[other].total is total]
            last = max((other for other in alike if other < index), default=-1)
            if any(other < index for other in plain):
                return [other for other in plain if last < other < index]
            # Where the first row is a total, its rows stand below.
            following = min((other for other in alike if other > index), default=len(lines))
            return [other for other in plain if index < other < following]
        case labels:
            texts = lines[index].texts
            return [
                other
                for other in plain
                if all(lines[other].texts.get(label) == texts.get(label) for label in labels)
            ]


def _topmost(lines: Sequence[Line], chosen: frozenset[int]) -> Iterable[int]:
    """Those of some lines that are part of none of the others."""
    for index in chosen:
        above = lines[index].parent
        while above is not None and above not in chosen:
            above = lines[above].parent
        if above is None:
            yield index


def _blocks(lines: Sequence[Line], sets: Sequence[frozenset[int]]) -> dict[int, int]:
    """A block for each line that totals none, from 1. Lines that are in the same sets share one,
    and those of a set follow each other where the sets lie within or beside each other.
    """
    ordered = sorted(set(sets), key=lambda members: (-len(members), min(members, default=0)))
    paths: dict[int, list[int]] = {
        index: [line.table] for index, line in enumerate(lines) if line.total is None
    }
    for number, members in enumerate(ordered):
        for index in members:
            paths[index].append(number)
    numbers = {path: at for at, path in enumerate(sorted(set(map(tuple, paths.values()))), 1)}
    return {index: numbers[tuple(path)] for index, path in paths.items()}


def _span(members: frozenset[int], blocks: Mapping[int, int]) -> Standing:
    """The blocks from the first to the last of some lines, if no other line stands in them."""
    mine = {blocks[index] for index in members}
    first, last = min(mine), max(mine)
    others = (block for index, block in blocks.items() if index not in members)
    if any(first <= block <= last for block in others):
        return Standing()
    return Standing(("above",), last, first)
