"""The cells of a marked worksheet.

Each gets a fill in the colour of its worst entry, and a comment: a note in the cell that may be
wrong, and in the others a line that points there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from auditor.marking.copies import MarkedPlace, note, places_of, pointer
from auditor.marking.workbook.comments import add_comments, note_digest
from auditor.marking.workbook.conditions import cover_conditions
from auditor.marking.workbook.package import PackageCopy
from auditor.marking.workbook.splices import Patch, Tag, tags
from auditor.marking.workbook.styles import Colour, Styles, fill_of
from auditor.records.addresses import Area, address, parse_address, parse_area
from auditor.records.figures import Place
from auditor.records.model import UnreadNumber
from auditor.records.severities import worst
from auditor.reports.entries import Entry
from auditor.reports.wording import Wording

__all__ = ["CellMark", "EarlierMarks", "is_cell", "mark_worksheet", "marks_of"]


@dataclass
class CellMark:
    """A cell with its entries; without any, its number was not read. Rows and columns count from
    1.
    """

    row: int
    column: int
    entries: list[Entry] = field(default_factory=list[Entry])
    suspected: bool = False
    """Whether it may be wrong, by any of its entries."""
    notes: list[str] = field(default_factory=list[str])
    """Those that are about this cell, then those that point to another."""
    leading: int = 0
    """How many of the notes are about this cell."""

    @property
    def color(self) -> str:
        """The colour of its fill."""
        severity = worst(entry.severity for entry in self.entries) if self.entries else None
        return fill_of(severity, self.suspected)

    @property
    def text(self) -> str:
        return "\n\n".join(self.notes)

    def add(self, other: CellMark) -> None:
        """Mark this cell for what marks another one too."""
        self.notes = [
            *self.notes[: self.leading],
            *other.notes[: other.leading],
            *self.notes[self.leading :],
            *other.notes[other.leading :],
        ]
        self.entries += other.entries
        self.leading += other.leading
        self.suspected = self.suspected or other.suspected


def marks_of(
    items: Iterable[Entry],
    unread: Iterable[UnreadNumber],
    documents: set[str],
    worksheets: Iterable[str],
    words: Wording,
) -> dict[str, list[CellMark]]:
    """The marked cells of each worksheet, by its name, in the order of rows and columns.

    ``documents`` are the paths of the workbook, ``worksheets`` the names of its worksheets.
    """
    names = set(worksheets)
    marks: dict[str, dict[tuple[int, int], CellMark]] = {}

    def mark_at(place: Place) -> CellMark:
        at = parse_address(place.cell or "")
        assert at is not None
        return marks.setdefault(place.sheet or "", {}).setdefault(at, CellMark(*at))

    for number, entry in enumerate(items, 1):
        places = places_of(entry, documents, lambda place: is_cell(place, names))
        for marked in places:
            mark = mark_at(marked.place)
            mark.entries.append(entry)
            mark.suspected = mark.suspected or marked.suspected
            if marked.leading:
                mark.notes.insert(mark.leading, note(number, entry, words))
                mark.leading += 1
            else:
                mark.notes.append(pointer(number, entry, _beside(places[0].place, marked), words))
    for item in unread:
        if item.place is not None and is_cell(item.place, names):
            mark_at(item.place)
    return {name: [cells[at] for at in sorted(cells)] for name, cells in marks.items()}


def is_cell(place: Place, worksheets: Collection[str]) -> bool:
    """Whether a place is a cell of one of these worksheets."""
    return place.sheet in worksheets and parse_address(place.cell or "") is not None


def _beside(place: Place, marked: MarkedPlace) -> Place:
    """A place as it is named on a worksheet: without the worksheet, where it is the same."""
    if place.sheet != marked.place.sheet:
        return place
    return place.model_copy(update={"sheet": None})


class EarlierMarks(NamedTuple):
    """What a copy says of the marks on a worksheet, by the addresses of cells: the colours that
    its fills cover, and the digests of its notes.
    """

    fills: Mapping[str, Colour]
    notes: Mapping[str, str]


def mark_worksheet(
    copy: PackageCopy,
    part: str,
    marks: Sequence[CellMark],
    styles: Styles,
    again: bool,
    before: EarlierMarks | None = None,
) -> EarlierMarks:
    """Mark cells of the worksheet in ``part``: fills in the worksheet, comments beside it. What an
    earlier audit marked goes, where the workbook is marked ``again``.

    ``before`` is what that audit's copy says of its marks; without it, styles tell the colours
    that cells had. Returns the same of these marks.
    """
    fills = None if before is None else before.fills
    worksheet = _Worksheet(copy.part(part), marks, styles, again, fills)
    worksheet.fill()
    texts = {(mark.row, mark.column): mark.text for mark in worksheet.marks if mark.notes}
    written: Mapping[str, str] = {} if before is None else before.notes
    if texts or again:
        add_comments(
            copy,
            part,
            worksheet.patch,
            worksheet.elements,
            worksheet.prefix,
            texts,
            written,
        )
    copy.changed[part] = worksheet.patch.result
    notes = {address(*at): note_digest(text) for at, text in texts.items()}
    return EarlierMarks(worksheet.covered, notes)


def _seen(marks: Sequence[CellMark], elements: Sequence[Tag]) -> list[CellMark]:
    """The marks, those of cells below a merged area on the cell that shows the area."""
    rows = sorted({mark.row for mark in marks})
    merged: dict[int, list[Area]] = {}
    for tag in elements:
        area = parse_area(tag.attributes.get("ref", "")) if tag.name == "mergeCell" else None
        if area is not None:
            for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]:
                merged.setdefault(row, []).append(area)
    seen: dict[tuple[int, int], CellMark] = {}
    for mark in marks:
        areas = merged.get(mark.row, ())
        area = next((area for area in areas if area.holds(mark.row, mark.column)), None)
        at = (mark.row, mark.column) if area is None else (area.top, area.left)
        if at in seen:
            seen[at].add(mark)
        else:
            seen[at] = replace(mark, row=at[0], column=at[1])
    return [seen[at] for at in sorted(seen)]


_ELEMENTS: Final = frozenset(["row", "c", "col", "mergeCell", "cfRule"])
"""What a worksheet's part is read for, besides the children of its root."""


class _Worksheet:
    """A worksheet's part while fills are spliced into it; marked ``again``, those of an earlier
    audit go from all cells. ``marks`` are those of the cells that are seen.
    """

    def __init__(
        self,
        data: bytes,
        marks: Sequence[CellMark],
        styles: Styles,
        again: bool,
        before: Mapping[str, Colour] | None,
    ) -> None:
        self.patch, self.styles, self._again = Patch(data), styles, again
        self._before = before
        self.covered: dict[str, Colour] = {}
        """The colours below the fills, by the addresses of their cells."""
        self.elements, self.prefix = tags(
            data,
            lambda name, depth: depth == 1 or (name in _ELEMENTS and depth in (2, 3)),
        )
        self.marks = _seen(marks, self.elements)
        marked_rows = {mark.row for mark in self.marks}
        self._body = next(tag for tag in self.elements if tag.name == "sheetData")
        self._columns = [tag for tag in self.elements if tag.name == "col"]
        self._rows: dict[int, Tag] = {}
        self._cells: dict[int, list[tuple[int, Tag]]] = {}
        row = column = 0
        for tag in self.elements:
            # A row or cell without an address follows the one before it.
            if tag.name == "row" and tag.depth == 2:
                row, column = int(tag.attributes.get("r", row + 1)), 0
                self._rows[row] = tag
            elif tag.name == "c" and tag.depth == 3:
                at = parse_address(tag.attributes.get("r", ""))
                column = at[1] if at else column + 1
                if again or row in marked_rows:
                    self._cells.setdefault(row, []).append((column, tag))

    def fill(self) -> None:
        """Fill the marked cells; rows and cells that are not there are added in their order."""
        by_row: dict[int, list[CellMark]] = {}
        for mark in self.marks:
            by_row.setdefault(mark.row, []).append(mark)
        if self._again:
            self._clear({(mark.row, mark.column) for mark in self.marks})

        rows = sorted(self._rows)
        at_end: list[str] = []
        for row, of_row in sorted(by_row.items()):
            if row in self._rows:
                self._fill_row(row, of_row)
                continue
            cells = "".join(self._empty_cell(mark, None) for mark in of_row)
            element = f'<{self.prefix}row r="{row}">{cells}</{self.prefix}row>'
            following = bisect_right(rows, row)
            if following < len(rows):
                self.patch.insert(self._rows[rows[following]].start, element)
            else:
                at_end.append(element)
        if at_end:
            self.patch.append(self._body, "".join(at_end), self.prefix)
        colors = {(mark.row, mark.column): mark.color for mark in self.marks}
        cover_conditions(self.patch, self.elements, self.prefix, colors, self.styles)

    def _clear(self, marked: Collection[tuple[int, int]]) -> None:
        """Give the cells that an earlier audit filled their looks back, except those that are
        filled again.
        """
        for row, cells in self._cells.items():
            for column, tag in cells:
                style = int(tag.attributes.get("s", "0"))
                original = self.styles.original(style, self._colour_before(row, column))
                if original != style and (row, column) not in marked:
                    self.patch.set_attributes(tag, {"s": str(original)})

    def _fill_row(self, row: int, marks: Sequence[CellMark]) -> None:
        cells = self._cells.get(row, [])
        at_end: list[str] = []
        for mark in marks:
            cell = next((tag for column, tag in cells if column == mark.column), None)
            if cell is not None:
                style = int(cell.attributes.get("s", "0"))
                filled = self._filled(style, mark)
                self.patch.set_attributes(cell, {"s": str(filled)})
                continue
            element = self._empty_cell(mark, self._rows[row])
            following = next((tag for column, tag in cells if column > mark.column), None)
            if following is not None:
                self.patch.insert(following.start, element)
            else:
                at_end.append(element)
        if at_end:
            self.patch.append(self._rows[row], "".join(at_end), self.prefix)

    def _colour_before(self, row: int, column: int) -> Colour | None:
        return None if self._before is None else self._before.get(address(row, column), {})

    def _filled(self, style: int, mark: CellMark) -> int:
        """The style of a marked cell."""
        before = self._colour_before(mark.row, mark.column)
        if below := self.styles.colour(style, before):
            self.covered[address(mark.row, mark.column)] = below
        return self.styles.filled(style, mark.color, before)

    def _empty_cell(self, mark: CellMark, row: Tag | None) -> str:
        """A new cell that only shows its fill, with the look of its row or column."""
        style = self._filled(self._inherited_style(mark.column, row), mark)
        return f'<{self.prefix}c r="{address(mark.row, mark.column)}" s="{style}"/>'

    def _inherited_style(self, column: int, row: Tag | None) -> int:
        if row is not None and row.attributes.get("customFormat") in ("1", "true"):
            return int(row.attributes.get("s", "0"))
        style = 0
        for tag in self._columns:
            first, last = (int(tag.attributes.get(end, "0")) for end in ("min", "max"))
            if first <= column <= last:
                style = int(tag.attributes.get("style", "0"))
        return style
