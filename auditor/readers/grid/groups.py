"""Groups of labels: 財源内訳 over or before 国庫支出金, which tells it from others called alike."""

from __future__ import annotations

from collections.abc import Collection

from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.label_text import bare

__all__ = ["stands_in_group"]


def stands_in_group(grid: Grid, box: Box, group: str, members: Collection[str]) -> bool:
    """Whether a box stands in a group of some plain name: beside a cell with it in the same row,
    below the last text in such a cell's place, or under a cell with it that is wider. Its
    ``members`` may stand between a cell with it and the box.
    """
    over = grid.within(1, box.left, box.top - 1, box.right)
    for other in over:
        is_wider = other.left <= box.left and other.right >= box.right
        if is_wider and other.columns > box.columns and bare(other.label) == group:
            return True
    before = [
        other
        for other in grid.within(1, 1, box.top, box.left - 1)
        if other.right < box.left and other.top <= box.top
    ]
    last = {other.left: other for other in before}
    if any(bare(other.label) == group for other in last.values()):
        return True
    above = (bare(other.label) for other in reversed(over) if other.left == box.left)
    return next((text for text in above if text not in members), None) == group
