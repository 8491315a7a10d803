"""Where the cells of a record stand to each other: rows, years, columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Layout", "series"]


class Layout(NamedTuple):
    """The cells beside each cell in its column, its own of other years, and the cells of each
    column by their field. ``copied`` are the columns that another record prints, too.
    """

    rows: Mapping[int, tuple[int, ...]]
    years: Mapping[int, tuple[int, ...]]
    columns: Mapping[str, Mapping[str, int]]
    copied: Collection[str] = ()


def series(groups: Collection[Sequence[int]]) -> dict[int, tuple[int, ...]]:
    """For each cell of a group, the others of the group; none for a group of one cell."""
    others: dict[int, tuple[int, ...]] = {}
    for group in groups:
        if len(group) > 1:
            others |= {at: tuple(other for other in group if other != at) for at in group}
    return others
