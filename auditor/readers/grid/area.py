"""The area of one sheet in a grid: what the readers of its parts share.

They share its labels and headers, the boxes that are in use, and what there is to report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from auditor.forms.model import Form
from auditor.readers import remarks
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.headers import Header, Position, find_headers
from auditor.readers.grid.labels import Label, Labels, boxes_of
from auditor.records.figures import Figure, Place
from auditor.records.model import Remark

__all__ = ["Area"]

_MANY: Final = 6
"""How many numbers that belong to no label are reported one by one."""


class Area:
    """What the readers of one sheet share. ``labels`` are the form's, ``printed_labels`` those of
    them that the area prints, which ``at`` gives by their name; ``used`` holds the identities of
    the boxes that are labels or belong to one.
    """

    form: Form
    grid: Grid
    labels: Labels
    number: int
    printed_labels: Sequence[Label]

    def __init__(
        self, grid: Grid, labels: Labels, printed_labels: Sequence[Label], number: int
    ) -> None:
        self.grid, self.labels, self.form = grid, labels, labels.form
        self.printed_labels, self.number = printed_labels, number
        self.remarks: list[Remark] = []
        self.strays: list[Box] = []
        self._to_report: list[Box] = []
        self.at: dict[str, list[Label]] = {}
        for label in printed_labels:
            self.at.setdefault(label.name, []).append(label)
        self.label_boxes: set[int] = set(map(id, boxes_of(printed_labels)))
        self.used: set[int] = set(self.label_boxes)
        self.headers: list[Header] = find_headers(grid, labels, printed_labels)
        self.heading_boxes: set[int] = set()
        for header in self.headers:
            self.heading_boxes.update(map(id, header.boxes))
        self.place: Place = grid.boxes[0].place if grid.boxes else Place()

    def cells(self, label: Label, header: Header, position: Position) -> list[Box]:
        """The boxes that nothing uses yet where the row of a label meets a column of a header."""
        if header.across:
            boxes = self.grid.within(label.first_row, position.first, label.bottom, position.last)
        else:
            boxes = self.grid.within(
                position.first, label.boxes[-1].left, position.last, label.right
            )
        return [box for box in boxes if id(box) not in self.used]

    def use(self, boxes: Iterable[Box]) -> None:
        """Note that boxes belong to a label."""
        self.used.update(id(box) for box in boxes)

    def no_figure(self, figure: Figure, name: str, year: str | None) -> None:
        """Report text where a figure should stand."""
        self.remarks.append(remarks.text_for_figure(self.number, name, year, figure))

    def unknown_unit(self, printed: str, name: str, place: Place) -> None:
        """Report a unit that the form does not have."""
        self.remarks.append(remarks.unknown_unit(self.number, name, printed, place))

    def stray(self, box: Box, *, report: bool = True) -> None:
        """Note a number that belongs to no label, to be reported where no other remark does."""
        self.used.add(id(box))
        self.strays.append(box)
        if report:
            self._to_report.append(box)

    def report_strays(self) -> None:
        """Report the numbers noted; many of them have one cause, and are one remark."""
        boxes = self._to_report
        if len(boxes) > _MANY:
            first, more = boxes[0], len(boxes) - 1
            self.remarks.append(remarks.strays(self.number, first.text.strip(), more, first.place))
            return
        self.remarks += [remarks.stray(self.number, box.text.strip(), box.place) for box in boxes]
