"""Cuts a grid into the areas of its sheets: several projects may share a worksheet or a page."""

from __future__ import annotations

from collections.abc import Sequence

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
    parts: list[tuple[Grid, list[Label]]] = []
    top = 1
    for index, row in enumerate(rows):
        bottom = grid.bottom
        if index + 1 < len(rows):
            bottom = (
                _edge(
                    grid,
                    _places(labels, anchors, along_rows=True),
                    top,
                    row[0].top,
                    rows[index + 1][0].top,
                    along_rows=True,
                )
                - 1
            )
        inside = [label for label in labels if top <= label.top <= bottom]
        band = grid.part(top, 1, bottom, grid.right)
        left = 1
        for place, anchor in enumerate(row):
            right = grid.right
            if place + 1 < len(row):
                right = (
                    _edge(
                        band,
                        _places(inside, row, along_rows=False),
                        left,
                        anchor.left,
                        row[place + 1].left,
                        along_rows=False,
                    )
                    - 1
                )
            part = band.part(top, left, bottom, right)
            if part.boxes:
                parts.append((part, [label for label in inside if left <= label.left <= right]))
            left = right + 1
        top = bottom + 1
    return parts


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
    near = [inside for of in places if (inside := [at for at in of if begin <= at < second])]
    best, best_score = second, (-1_000_000, 0, 0)
    for edge in sorted(start for start in starts if first < start <= second):
        twice = sum(max(0, sum(at < edge for at in of) - 1) for of in near)
        lost = sum(min(of) >= edge for of in near)
        score = (
            -(twice + lost),
            edge - max((end for end in ends if end < edge), default=first),
            edge,
        )
        if score > best_score:
            best, best_score = edge, score
    return best
