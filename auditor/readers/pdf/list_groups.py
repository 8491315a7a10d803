"""Over which columns a heading reaches that others stand under, on a page without ruling lines.

Such headings begin where their first column does, or stand in the middle of their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from auditor.readers.pdf.list_headings import Interval

__all__ = ["Group", "Line", "spans_of"]

_SAME: Final = 0.6  # in heights: by how much the left sides of one column may differ
_LOWER: Final = 0.2  # in heights: how much lower a heading stands that is under another one
_MOST: Final = 20_000
"""So many ways to lay headings over columns are tried."""


class Group(NamedTuple):
    """A heading: where it stands across the page, and at what height."""

    left: float
    right: float
    bottom: float
    is_leaf: bool = False

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


class Line(NamedTuple):
    """A line of headings: those that others stand under, from the left, and those of single columns
    ``beside`` them. ``lowest`` is the height of the lowest line of headings, ``is_top_aligned``
    whether cells that are merged down have their texts on the first.
    """

    groups: Sequence[Group]
    beside: Sequence[Group]
    is_top_aligned: bool
    lowest: float
    height: float


def spans_of(
    line: Line, columns: Sequence[Group], texts: Sequence[Interval]
) -> list[tuple[int, int]] | None:
    """The first and last column under each of the groups of a line, in their order; None where
    neither way of setting headings gives one answer.

    ``columns`` are what each column takes up and the height of its heading, ``texts`` where these
    headings stand.
    """
    # A cell that is merged down to the last line has its text midway, or else on the first line.
    top = line.groups[0].bottom
    midway = top if line.is_top_aligned else (top + line.lowest) / 2
    below = [column.bottom < midway - _LOWER * line.height for column in columns]
    ends = sorted(other.left for other in (*line.groups, *line.beside))
    by_left = _from_left(line.groups, ends, texts, below, line.height)
    if by_left is not None:
        return by_left
    ways = list(_centred(line.groups, columns, below, line.height))
    return ways[0] if len(ways) == 1 else None


def _from_left(
    groups: Sequence[Group],
    ends: Sequence[float],
    texts: Sequence[Interval],
    below: Sequence[bool],
    height: float,
) -> list[tuple[int, int]] | None:
    """The columns of headings that begin where their first column does."""
    spans: list[tuple[int, int]] = []
    for group in groups:
        starts = [
            at for at, text in enumerate(texts) if abs(text.left - group.left) <= _SAME * height
        ]
        if len(starts) != 1 or not below[starts[0]]:
            return None
        first = last = starts[0]
        end = next((other for other in ends if other > group.right), float("inf"))
        while last + 1 < len(texts) and below[last + 1] and texts[last + 1].right < end:
            if texts[last + 1].left > end - height:
                break
            last += 1
        spans.append((first, last))
    return spans


def _centred(
    groups: Sequence[Group], columns: Sequence[Group], below: Sequence[bool], height: float
) -> Iterator[list[tuple[int, int]]]:
    """All ways to lay the headings over columns of which they are in the middle."""
    fitting = [list(_around(group, columns, below, height)) for group in groups]
    tries = 0

    def laid(at: int, after: int) -> Iterator[list[tuple[int, int]]]:
        nonlocal tries
        if at == len(groups):
            yield []
            return
        for first, last in fitting[at]:
            tries += 1
            if first <= after or tries > _MOST:
                continue
            for rest in laid(at + 1, last):
                yield [(first, last), *rest]

    yield from laid(0, -1)


def _around(
    group: Group, columns: Sequence[Group], below: Sequence[bool], height: float
) -> Iterator[tuple[int, int]]:
    """The runs of columns in whose middle a heading stands."""
    for first in range(len(columns)):
        for last in range(first, len(columns)):
            if not below[last]:
                break
            whole = Group(columns[first].left, columns[last].right, 0.0)
            reach = _SAME * height + 0.1 * (whole.right - whole.left)
            if abs(whole.middle - group.middle) <= reach:
                yield first, last
