"""Cuts a grid into the areas of its sheets: several projects may share a worksheet or a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.forms.model import Form
from auditor.readers.grid.cells import Grid
from auditor.readers.grid.labels import Label

__all__ = ["cut"]


def cut(grid: Grid, labels: Sequence[Label], form: Form) -> list[tuple[Grid, list[Label]]]:
    """The grid cut into the areas of its sheets, each with its labels."""
    anchors = _anchors(labels, form)
    if len(anchors) < 2:
        return [(grid, list(labels))]
    rows: list[list[Label]] = []
    for anchor in sorted(anchors, key=lambda anchor: (anchor.top, anchor.left)):
        if rows and anchor.top == rows[-1][0].top:
            rows[-1].append(anchor)
        else:
            rows.append([anchor])
    # First into bands below each other, then each band into sheets side by side.
    parts: list[tuple[Grid, list[Label]]] = []
    places = _places(labels, anchors, along_rows=True)
    top = 1
    for row, next_row in zip(rows, [*rows[1:], None], strict=True):
        bottom = grid.bottom
        if next_row is not None:
            edge = _edge(grid, places, top, row[0].top, next_row[0].top, along_rows=True)
            bottom = edge - 1
        inside = [label for label in labels if top <= label.top <= bottom]
        extent = top, bottom, grid.right
        parts += _side_by_side(grid.part(top, 1, bottom, grid.right), inside, row, extent)
        top = bottom + 1
    return parts


def _side_by_side(
    band: Grid,
    labels: Sequence[Label],
    anchors: Sequence[Label],
    extent: tuple[int, int, int],
) -> Iterator[tuple[Grid, list[Label]]]:
    """A band of a grid cut into the areas of its sheets; ``extent`` are its first and last row,
    and its last column.
    """
    top, bottom, right = extent
    places = _places(labels, anchors, along_rows=False)
    first_column = 1
    for anchor, next_anchor in zip(anchors, [*anchors[1:], None], strict=True):
        last_column = right
        if next_anchor is not None:
            edge = _edge(
                band, places, first_column, anchor.left, next_anchor.left, along_rows=False
            )
            last_column = edge - 1
        part = band.part(top, first_column, bottom, last_column)
        if part.boxes:
            yield part, [label for label in labels if first_column <= label.left <= last_column]
        first_column = last_column + 1


def _places(
    labels: Sequence[Label], anchors: Sequence[Label], *, along_rows: bool
) -> list[list[int]]:
    """Where each kind of label stands that a sheet has once: those that occur no more often than
    there are sheets.
    """
    kinds: dict[tuple[str, int | None], list[int]] = {}
    for label in labels:
        kinds.setdefault((label.name, label.match.year), []).append(
            label.top if along_rows else label.left
        )
    return [places for places in kinds.values() if len(places) <= len(anchors)]


def _anchors(labels: Sequence[Label], form: Form) -> list[Label]:
    """One label for each sheet: of title, name and figures the kind that occurs a middling number
    of times.

    A list of projects has names without sheets, several cards may share a title, and a table may
    come twice. Of the figures it is the one that occurs a middling number of times.
    """
    figures = [[label for label in labels if label.name == name] for name in form.fields]
    figures = sorted(filter(None, figures), key=len)
    kinds = [[label for label in labels if label.name == name] for name in ("title", "name")]
    kinds.append(figures[(len(figures) - 1) // 2] if figures else [])
    counts = sorted(len(kind) for kind in kinds)
    return next(kind for kind in kinds if len(kind) == counts[1])


def _edge(
    grid: Grid,
    places: Sequence[Sequence[int]],
    begin: int,
    first: int,
    second: int,
    *,
    along_rows: bool,
) -> int:
    """The row or column at which the sheet of the second anchor begins; ``places`` are where each
    kind of label stands.

    Of the places between the anchors it is the one that leaves the fewest labels twice on a side;
    among equals the widest gap in the print, then the last.
    """
    starts = {
        start
        for box in grid.boxes
        if first <= (start := box.top if along_rows else box.left) <= second
    }
    ends = starts | {
        end
        for box in grid.boxes
        if first <= (end := box.bottom if along_rows else box.right) < second
    }
    # Only labels before the second anchor: those behind it are its sheet's or a later one's.
    kinds = [[place for place in kind if begin <= place < second] for kind in places]
    kinds = list(filter(None, kinds))
    best, best_score = second, (-1_000_000, 0, 0)
    for edge in sorted(start for start in starts if first < start <= second):
        # The first sheet has every kind once: more of it are twice, none of it is lost to the next.
        twice = sum(max(0, sum(place < edge for place in kind) - 1) for kind in kinds)
        lost = sum(min(kind) >= edge for kind in kinds)
        gap = edge - max((end for end in ends if end < edge), default=first)
        score = (-(twice + lost), gap, edge)
        if score > best_score:
            best, best_score = edge, score
    return best
