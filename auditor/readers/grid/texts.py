"""The texts of a sheet that are found by a label of the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Box, enclosing_place
from auditor.readers.grid.furniture import is_numbers
from auditor.readers.grid.labels import Label
from auditor.records.fields import HEADED
from auditor.records.figures import Place

__all__ = ["HEADING_TEXTS", "PLAIN_TEXTS", "Printed", "Texts", "text_in"]

HEADING_TEXTS: Final = ("planned", "achieved")
PLAIN_TEXTS: Final = [name for name in HEADED if name not in (*HEADING_TEXTS, "name", "plans")]
_NEAR: Final = 2  # how many columns further a text may go on
_FAR: Final = 8  # how many empty rows part a text from what is none of it


class Printed(NamedTuple):
    """A text, and where it stands; an empty one where its label does, if it has one."""

    text: str = ""
    place: Place | None = None


class Texts:
    """One sheet's texts."""

    def __init__(self, area: Area) -> None:
        self.area = area

    def text(self, name: str) -> Printed:
        """The text that the form labels with a field's name."""
        labels = [
            label
            for label in self.area.at.get(name, ())
            if name != "name" or label.match.rest or not self._heads_rows(label)
        ]
        return self.first_of(labels, below=name in HEADING_TEXTS, more=name == "plans")

    def first_of(self, labels: Sequence[Label], *, below: bool, more: bool = False) -> Printed:
        """The first text that belongs to one of some labels."""
        texts = (self.text_of(label, below=below, more=more) for label in labels)
        empty = Printed(place=labels[0].place if labels else None)
        return next((printed for printed in texts if printed.text), empty)

    def text_of(self, label: Label, *, below: bool, more: bool = False) -> Printed:
        """The text that belongs to a label: in its own cell, to the right up to the next label,
        or under it.
        """
        if label.match.rest:
            return Printed(label.match.rest, label.place)
        boxes: list[Box] = []
        for box in self.area.grid.right_of(label.boxes[-1]):
            if (
                id(box) in self.area.label_boxes
                or id(box) in self.area.used
                or (boxes and box.left > boxes[-1].right + _NEAR)
            ):
                break
            boxes.append(box)
        if not boxes or (below and boxes[0].left > label.right + 1):
            boxes = self._text_under(label) or boxes
        elif more:
            boxes += self._continued(label, boxes)
        self.area.used.update(id(box) for box in boxes)
        return text_in(boxes)

    def _heads_rows(self, label: Label) -> bool:
        """Whether the label of a name heads several rows: no name is joined from them."""
        if any(self.area.grid.right_of(label.boxes[-1])):
            return False
        return len({box.top for box in self._text_under(label)}) > 1

    def _text_under(self, label: Label) -> list[Box]:
        """The boxes under a label, as wide as it is or as the space to the next one on its row,
        down to the next label.
        """
        beside = [
            other.left
            for other in self.area.printed_labels
            if other.top <= label.bottom and other.bottom >= label.top and other.left > label.right
        ]
        right = max(min(beside) - 1 if beside else self.area.grid.right, label.right)
        boxes: list[Box] = []
        bottom = label.bottom
        for box in self.area.grid.within(
            label.bottom + 1, label.left, self.area.grid.bottom, right
        ):
            if id(box) in self.area.label_boxes or id(box) in self.area.used:
                break
            gap = box.top - bottom - 1
            if gap > _FAR or (gap > 0 and is_numbers(box)):
                break  # a number that stands by itself is no part of a text
            boxes.append(box)
            bottom = max(bottom, box.bottom)
        return boxes

    def _continued(self, label: Label, boxes: list[Box]) -> list[Box]:
        """The rows below that go on with a list: nothing under the label, and text under the
        first value.
        """
        following: list[Box] = []
        row = max(label.bottom, max(box.bottom for box in boxes)) + 1
        while row <= self.area.grid.bottom:
            line = self.area.grid.within(row, label.left, row, boxes[0].right)
            if len(line) != 1 or line[0].left != boxes[0].left or id(line[0]) in self.area.used:
                break
            following += line
            row = line[0].bottom + 1
        return following


def text_in(boxes: Sequence[Box]) -> Printed:
    """The boxes' text as printed: those of one row on one line."""
    if not boxes:
        return Printed()
    rows: dict[int, list[str]] = {}
    for box in boxes:
        rows.setdefault(box.top, []).append(box.text.strip())
    lines = (" ".join(text for text in row if text) for _, row in sorted(rows.items()))
    return Printed("\n".join(lines).strip(), enclosing_place(boxes))
