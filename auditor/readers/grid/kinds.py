"""Kinds of columns that stand in rows: 予算額 and 決算額 under 事業費, with the years across.

Whether they do is seen: words that the form has for its columns stand between the labels and the
years, or before the labels. Where the years run down, what is said here of rows is true of columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.headers import Header
from auditor.readers.grid.label_text import bare, label_key
from auditor.readers.grid.labels import Label, Labels

__all__ = ["beside", "rows_of_kinds", "stand_amid_rows"]

_BRACKETS: Final = re.compile(r"(.+?)\(([^()]*)\)")


class _Span(NamedTuple):
    """A stretch of lines that a label's figures stand in, and where its own words end."""

    first: int
    last: int
    end: int


def beside(label: Label, header: Header) -> Label | None:
    """A label whose figures a header can date, which stands beside its columns and behind its
    headings; None for any other. Of one that is merged over the headings and the figures, the
    part beside these.
    """
    box = label.boxes[-1]
    if header.across:
        if header.first <= label.right or header.end >= label.bottom:
            return None
        top, column = max(box.top, header.end + 1), box.left
    else:
        if header.first <= label.bottom or header.line > label.left:
            return None
        top, column = box.top, box.left
        if box.left <= header.end < box.right:
            column = header.end + 1
    if (top, column) == (box.top, box.left):
        return label
    part = Box(box.cell)
    part.top, part.left = top, column
    return Label(label.match, (*label.boxes[:-1], part))


def rows_of_kinds(
    grid: Grid, labels: Labels, printed: Sequence[Label], header: Header
) -> dict[str, Label]:
    """The rows of the kinds of one figure, by the plain word of each: labels that stand for the
    rows in which its values are. ``printed`` are the labels of the figure; the first row counts of
    a kind that comes again.
    """
    lines = _Lines(grid, labels, header)
    rows: dict[str, Label] = {}
    for label in filter(None, (beside(label, header) for label in printed)):
        for word, row in lines.kinds(label):
            rows.setdefault(word, row)
    return rows


def stand_amid_rows(grid: Grid, labels: Labels, header: Header, row: Label) -> bool:
    """Whether labels stand in the middle of their rows, as those of merged cells do on a page
    without lines: nothing stands before the first ``row`` of a kind, and which row is whose can't
    be told.
    """
    return _Lines(grid, labels, header).begin_without_label(row)


class _Lines:
    """The lines beside a header: rows, or columns where the years run down."""

    def __init__(self, grid: Grid, labels: Labels, header: Header) -> None:
        self.grid, self.labels, self.header = grid, labels, header

    def kinds(self, label: Label) -> Iterator[tuple[str, Label]]:
        """The words of kinds that go with a label, each with its row."""
        words = (self._kind(text) for text in label.match.brackets)
        if (word := next(filter(None, words), None)) is not None:
            yield word, label
            return
        behind = list(self._behind(label))
        if behind:
            yield from behind
        elif (word := self._before(label)) is not None:
            yield word, label

    def _kind(self, text: str) -> str | None:
        """The word of a kind that a text is, without the unit or note behind it."""
        words = self.labels.columns
        if (word := bare(text)) in words:
            return word
        match = _BRACKETS.fullmatch(label_key(text))
        return match[1] if match and match[1] in words else None

    def _within(self, first: int, near: int, last: int, far: int) -> list[Box]:
        """The boxes in some lines, from one position along them to another."""
        if self.header.across:
            return self.grid.within(first, near, last, far)
        boxes = self.grid.within(near, first, far, last)
        return sorted(boxes, key=lambda box: (box.left, box.top))

    def _span(self, box: Box) -> tuple[int, int, int, int]:
        """First and last line of a box, and where it begins and ends along them."""
        if self.header.across:
            return box.top, box.bottom, box.left, box.right
        return box.left, box.right, box.top, box.bottom

    def _of(self, label: Label) -> _Span:
        if self.header.across:
            return _Span(label.first_row, label.bottom, label.right)
        return _Span(label.boxes[-1].left, label.right, label.bottom)

    def _behind(self, label: Label) -> Iterator[tuple[str, Label]]:
        """The kinds between a label and the years: in its lines, and in those after them up to the
        next text in its place.
        """
        span = self._of(label)
        stop = self.header.first - 1
        boxes = [
            (word, box)
            for box in self._within(span.first, span.end + 1, span.last, stop)
            if (word := self._kind(box.label)) is not None
        ]
        if not boxes:
            return
        yield from ((word, self._row(label, box)) for word, box in boxes)
        begin = self._span(boxes[0][1])[2]
        line = max(span.last, max(self._span(box)[1] for _, box in boxes)) + 1
        while True:
            here = self._within(line, 1, line, stop)
            starts = [box for box in here if self._span(box)[0] == line]
            if any(self._span(box)[2] <= span.end for box in starts):
                return  # another label
            beside = [box for box in starts if self._span(box)[2] == begin]
            if not beside:
                return
            if (word := self._kind(beside[0].label)) is not None:
                yield word, self._row(label, beside[0])
            line = self._span(beside[0])[1] + 1

    def begin_without_label(self, row: Label) -> bool:
        """Whether nothing stands before the first of the kinds that stand in the place of one."""
        begin = self._span(row.boxes[0])[2]
        last = self.grid.bottom if self.header.across else self.grid.right
        for box in self._within(self._first_line, begin, last, begin):
            line, _, near, _ = self._span(box)
            if near == begin and self._kind(box.label) is not None:
                return not self._within(line, 1, line, begin - 1)
        return False

    def _row(self, label: Label, box: Box) -> Label:
        """A label for the row of a kind, with the brackets of both."""
        match = _BRACKETS.fullmatch(label_key(box.label))
        more = (match[2],) if match else ()
        return Label(label.match._replace(brackets=(*more, *label.match.brackets)), (box,))

    def _before(self, label: Label) -> str | None:
        """The kind whose rows a label is among: it stands before the label, merged over the rows
        or in the first of them.
        """
        span = self._of(label)
        begin = min(self._span(box)[2] for box in label.boxes)
        # The last text in each place before the label: any other ends the rows of a kind.
        last: dict[int, Box] = {}
        for box in self._within(self._first_line, 1, span.first, begin - 1):
            first, _, near, far = self._span(box)
            if far < begin and self._first_line <= first <= span.first:
                last[near] = box
        words = (self._kind(box.label) for box in last.values())
        return next(filter(None, words), None)

    @property
    def _first_line(self) -> int:
        return self.header.end + 1
