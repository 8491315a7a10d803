"""What no label of a sheet claims: numbers inside its tables, numbers elsewhere, and text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from auditor.readers import remarks
from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Box
from auditor.readers.grid.furniture import is_numbers, is_page_number
from auditor.readers.grid.headers import Header
from auditor.readers.grid.labels import Label
from auditor.readers.grid.singles import Single
from auditor.readers.grid.texts import Printed, text_in
from auditor.readers.grid.yearly import YearlyFigures, holds_several
from auditor.records.figures import parse_figure
from auditor.records.model import Evaluation

__all__ = [
    "captions",
    "report_strays",
    "report_text",
    "shortest_texts",
    "unread_boxes",
    "without_doubtful",
]

_LIST_NUMBER: Final = 2  # digits
_SENTENCE: Final = 40  # characters; notes and headings are shorter
_EXCERPT: Final = 60
_SOME: Final = 2  # numbers without a column: the table's columns are not where they seem to be
_SHORT: Final = 20  # characters of a unit or a heading with a figure behind it
_LINES: Final = 3  # of a cell that may hold a figure beside a heading


def report_strays(area: Area, yearly: YearlyFigures) -> None:
    """Report the numbers inside the tables that belong to no label: rows that the form does not
    know, values outside of the years. What is blank in their rows and columns is unread.
    """
    tables: dict[int, tuple[Header, list[Label]]] = {}
    for name in area.at:
        if name not in area.form.amounts:
            continue
        labels, header = yearly.rows(name)
        if header is not None:
            tables.setdefault(id(header), (header, []))[1].extend(labels)
    for header, labels in tables.values():
        placed = {id(position) for position in header.placed.values()}
        others = [position for position in header.positions if id(position) not in placed]
        strays = 0
        for box in _inside(area, header, labels):
            if id(box) in area.used or not _may_be_figure(box, area):
                continue
            first, last = (box.left, box.right) if header.across else (box.top, box.bottom)
            headed = any(other.first <= last and first <= other.last for other in others)
            # The header's own remark says that such a column was not read.
            area.stray(box, report=not headed)
            if not headed:
                strays += 1
                yearly.doubt(box if strays < _SOME else None)
    area.report_strays()


def without_doubtful(area: Area, singles: Mapping[str, Single]) -> dict[str, Single]:
    """The figures of the whole sheet, with the blank ones unread where a number that belongs to
    no label stands in their row or the next one: it may be theirs, set too high or too low.
    """
    several = any(holds_several(single.figure) for single in singles.values())
    certain = dict(singles)
    for name, (figure, words) in singles.items():
        if figure.state != "blank" or name not in area.at:
            continue
        label = area.at[name][0]
        strays = {id(box) for box in area.strays}
        required = area.form.fields[name].required != "never"
        near = [
            box
            for box in _around(area, label, required)
            if id(box) in strays
            or (id(box) not in area.used and (_is_unread(box, area) or _ends_in_figure(box)))
        ]
        for box in near:
            if id(box) not in strays:
                area.stray(box)
        if near or several:
            certain[name] = Single(figure.model_copy(update={"state": "unread"}), words)
    return certain


def _around(area: Area, label: Label, everywhere: bool) -> Iterable[Box]:
    """The boxes in the row of a label and the rows next to it; those of the whole sheet where its
    figure can stand anywhere.
    """
    if everywhere:
        return area.grid.boxes
    row, bottom = label.first_row - 1, label.bottom + 1
    return area.grid.within(row, label.right + 1, bottom, area.grid.right)


def _ends_in_figure(box: Box) -> bool:
    """Whether a short text without other digits ends in a number: （千円） 1,500."""
    words, _, last = box.text.strip().rpartition(" ")
    short = bool(words) and len(box.text) <= _SHORT
    return short and not any(map(str.isdigit, words)) and parse_figure(last).state == "number"


def _may_be_figure(box: Box, area: Area) -> bool:
    return (
        is_numbers(box)
        or _ends_in_figure(box)
        or box.cell.figure("", area.labels.units).state == "number"
        or any(parse_figure(line).state == "number" for line in box.text.split("\n")[:_LINES])
    )


def _inside(area: Area, header: Header, labels: list[Label]) -> Iterator[Box]:
    """The boxes of a table: in its headings and between them and its labels, under or beside both,
    and what follows its last column or row without a heading.
    """
    for box in _among_headings(area, header):
        if id(box) not in area.heading_boxes:
            yield box
    if header.across:
        top, bottom = header.end + 1, max(label.bottom for label in labels)
        while _goes_on(area, area.grid.within(bottom + 1, header.first, bottom + 1, header.last)):
            bottom += 1
        left = min(label.right for label in labels) + 1
        yield from area.grid.within(top, left, bottom, header.last)
    else:
        left, right = header.end + 1, max(label.right for label in labels)
        while _goes_on(area, area.grid.within(header.first, right + 1, header.last, right + 1)):
            right += 1
        top = min(label.bottom for label in labels) + 1
        yield from area.grid.within(top, left, header.last, right)
    for label in labels:
        yield from _beyond(area, header, label)


def _among_headings(area: Area, header: Header) -> Iterator[Box]:
    """The boxes that begin in the line of the headings."""
    grid = area.grid
    if header.across:
        boxes = grid.within(header.line, header.first, header.end, header.last)
        yield from (box for box in boxes if box.top >= header.line)
    else:
        boxes = grid.within(header.first, header.line, header.last, header.end)
        yield from (box for box in boxes if box.left >= header.line)


def _goes_on(area: Area, line: list[Box]) -> bool:
    """Whether a line behind the last label holds what nothing uses."""
    return any(id(box) not in area.used for box in line)


def _beyond(area: Area, header: Header, label: Label) -> Iterator[Box]:
    """The numbers behind the last year of a label, up to anything else. What has a heading of its
    own is no year of the form.
    """
    grid = area.grid
    if header.across:
        boxes = grid.within(label.first_row, header.last + 1, label.bottom, grid.right)
        boxes = [box for box in boxes if box.left > header.last]
    else:
        first_column = label.boxes[-1].left
        boxes = grid.within(header.last + 1, first_column, grid.bottom, label.right)
        boxes = [box for box in boxes if box.top > header.last]
    for box in boxes:
        if header.across:
            headings = grid.within(header.line, box.left, header.end, box.right)
        else:
            headings = grid.within(box.top, header.line, box.bottom, header.end)
        if headings or id(box) in area.used or not is_numbers(box):
            return
        yield box


def unread_boxes(area: Area) -> list[Box]:
    """The numbers of a sheet's area that are no figures, no part of a kept text, and no
    furniture.
    """
    strays = {id(box) for box in area.strays}
    return [
        box
        for box in area.grid.boxes
        if id(box) in strays or (id(box) not in area.used and _is_unread(box, area))
    ]


def _is_unread(box: Box, area: Area) -> bool:
    return is_numbers(box) and not _is_furniture(box, area)


def _is_furniture(box: Box, area: Area) -> bool:
    """Whether a number is furniture: that of a page, that of a list before a label, the year of a
    heading.
    """
    if id(box) in area.heading_boxes or is_page_number(box, area.grid):
        return True
    return len(box.text.strip()) <= _LIST_NUMBER and any(
        other.left == box.right + 1 and id(other) in area.label_boxes
        for other in area.grid.right_of(box)
    )


def captions(area: Area) -> Printed:
    """The text that belongs to no label and is not what every sheet prints. Numbers alone are no
    text: they are unread.
    """
    boxes = _unclaimed(area)
    return Printed(text_in(boxes).text, boxes[0].place if len(boxes) == 1 else None)


def report_text(area: Area, texts: Mapping[str, str]) -> None:
    """Report a sentence that no label got, where a text of the form that has a label is empty."""
    empty = [name for name, text in texts.items() if not text and name in area.at]
    sentences = [box for box in _unclaimed(area) if len(box.text.strip()) >= _SENTENCE]
    if empty and sentences:
        label = area.at[empty[0]][0].boxes[0].text.strip()
        first = sentences[0]
        printed = " ".join(first.text.split())[:_EXCERPT]
        area.remarks.append(remarks.stray_text(area.number, label, printed, first.place))


def shortest_texts(evaluations: Iterable[Evaluation]) -> dict[str, str]:
    """The issues and the direction of the evaluation that says least of them. One with a reason
    for being blank needs neither.
    """
    rated = [evaluation for evaluation in evaluations if evaluation.reason is None]
    if not rated:
        return {}
    return {
        "issues": min((evaluation.issues for evaluation in rated), key=len),
        "direction": min((evaluation.direction for evaluation in rated), key=len),
    }


def _unclaimed(area: Area) -> list[Box]:
    """The boxes with text that belong to no label and are no furniture."""
    return [
        box
        for box in area.grid.boxes
        if id(box) not in area.used
        and not is_numbers(box)
        and not area.labels.is_furniture(box.text)
    ]
