"""How far the headings of a list reach: on a page without ruling lines, a heading may stand beside
the figures that it heads, which stand on the right.

A row with as many cells as there are headings tells which belongs to which.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from auditor.readers.grid.cells import Box, Grid
from auditor.readers.listing.headings import Band

__all__ = ["with_reach"]


def with_reach(grid: Grid, band: Band, last: int) -> Band:
    """The headings with the columns of the cells below them, to a ``last`` row. They stay as they
    are where every cell stands under some heading, and where the cells of two would overlap.
    """
    headings = band.headings
    rows = list(_rows(grid, band.bottom + 1, last))
    headed: set[int] = set()
    for heading in headings:
        headed.update(range(heading.left, heading.right + 1))
    if all(_is_headed(box, headed) for row in rows for box in row):
        return band
    spans = [(heading.left, heading.right) for heading in headings]
    for row in rows:
        if len(row) != len(headings):
            continue
        spans = [
            (min(left, box.left), max(right, box.right))
            for (left, right), box in zip(spans, row, strict=True)
        ]
    if any(right >= left for (_, right), (left, _) in pairwise(spans)):
        return band
    reaching = (
        heading._replace(left=left, right=right)
        for heading, (left, right) in zip(headings, spans, strict=True)
    )
    return band._replace(headings=tuple(reaching))


def _rows(grid: Grid, first: int, last: int) -> Iterator[list[Box]]:
    """The cells that begin in each row, from the left."""
    for row in range(first, min(last, grid.bottom) + 1):
        yield [box for box in grid.lines.get(row, ()) if box.top == row and box.text.strip()]


def _is_headed(box: Box, headed: set[int]) -> bool:
    """Whether a cell stands in one of the columns that have a heading."""
    if box.left in headed:
        return True
    return not headed.isdisjoint(range(box.left + 1, box.right + 1))
