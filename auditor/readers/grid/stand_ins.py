"""What stands in a grid where labels of a form would.

It is found by the order of the form's figures between labels that are there, and by likeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.label_text import plain_label
from auditor.readers.grid.labels import Label, Labels, boxes_of
from auditor.records.nearest import nearest_text

__all__ = ["stand_ins"]

_LONGEST: Final = 80

Axis = Literal["down", "across"]


def stand_ins(labels: Labels, grid: Grid) -> Mapping[str, Box]:
    """The box that stands in the place of each label that the grid does not have, by the label's
    name in the form; a label without a box is left out.

    Figures stand in the form's order, down a sheet's column of labels or across a list's headings:
    where as many other texts stand between two labels as the form has figures there, they are
    those. Elsewhere, and for texts such as a department, the text that looks most like the label
    is taken.
    """
    present = labels.find(grid)
    names = {label.name for label in present}
    taken = set(map(id, boxes_of(present)))
    others = [box for box in grid.boxes if id(box) not in taken and _can_be_label(box)]

    boxes: dict[str, Box] = {}
    fields = [name for name, field in labels.form.fields.items() if field.label]
    line = _line(present, fields)
    for missing, gap in _gaps(fields, line, others):
        boxes |= _matched(labels, missing, gap)
    absent = [
        name
        for name in (*fields, *labels.form.labels)
        if name not in names and name not in boxes and name != "title"
    ]
    used = {id(box) for box in boxes.values()}
    rest = [box for box in others if id(box) not in used]
    return boxes | _alike(labels, absent, rest)


def _can_be_label(box: Box) -> bool:
    return 0 < len(box.label) <= _LONGEST and any(map(str.isalpha, box.label))


def _line(present: Iterable[Label], fields: Sequence[str]) -> dict[str, Label]:
    """The first label of each figure, in the order of the form."""
    first: dict[str, Label] = {}
    for label in present:
        first.setdefault(label.name, label)
    return {name: first[name] for name in fields if name in first}


def _gaps(
    fields: Sequence[str], line: Mapping[str, Label], others: Sequence[Box]
) -> Iterable[tuple[Sequence[str], Sequence[Box]]]:
    """The figures that are missing between two that are there, each time with the other texts that
    stand between those two.
    """
    places = [index for index, name in enumerate(fields) if name in line]
    for before, after in pairwise(places):
        missing = fields[before + 1 : after]
        first, last = line[fields[before]], line[fields[after]]
        if missing and (axis := _axis(first, last)) is not None:
            yield missing, [box for box in others if _is_between(box, first, last, axis)]


def _axis(first: Label, last: Label) -> Axis | None:
    """How two labels lie to each other; None where neither below the other nor beside it."""
    if first.left <= last.right and last.left <= first.right and first.bottom < last.top:
        return "down"
    if first.top <= last.bottom and last.top <= first.bottom and first.right < last.left:
        return "across"
    return None


def _is_between(box: Box, first: Label, last: Label, axis: Axis) -> bool:
    if axis == "down":
        inside = first.bottom < box.top and box.bottom < last.top
        return inside and box.left <= first.right and box.right >= first.left
    inside = first.right < box.left and box.right < last.left
    return inside and box.top <= first.bottom and box.bottom >= first.top


def _matched(labels: Labels, missing: Sequence[str], gap: Sequence[Box]) -> dict[str, Box]:
    """Missing figures with the texts of the gap in which they would stand."""
    if len(missing) == len(gap):
        return dict(zip(missing, gap, strict=True))
    return _alike(labels, missing, gap)


def _alike(labels: Labels, names: Sequence[str], boxes: Sequence[Box]) -> dict[str, Box]:
    """The boxes that look most like the labels of some names, each for one of them."""
    texts: dict[str, Box] = {}
    for box in boxes:
        texts.setdefault(plain_label(box.label), box)
    matches: dict[str, Box] = {}
    for name in names:
        for word in _words(labels, name):
            match = nearest_text(plain_label(word), texts)
            if match is not None:
                matches[name] = texts.pop(match)
                break
    return matches


def _words(labels: Labels, name: str) -> tuple[str, ...]:
    definition = labels.form.fields.get(name)
    return definition.label if definition is not None else labels.form.labels[name]
