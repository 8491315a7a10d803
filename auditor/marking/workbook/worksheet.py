"""The cells of a marked worksheet.

Each gets a fill in the colour of its worst finding, and a comment with all of its findings.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auditor.marking.copies import likeliest_cells, note, worst
from auditor.marking.workbook.comments import add_comments
from auditor.marking.workbook.package import PackageCopy
from auditor.marking.workbook.splices import Patch, Tag, tags
from auditor.marking.workbook.styles import Styles
from auditor.records.addresses import address, parse_address
from auditor.records.figures import Place
from auditor.records.model import UnreadNumber
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding

__all__ = ["CellMark", "mark_worksheet", "marks_of"]


@dataclass
class CellMark:
    """A cell with its findings; without any, its number was not read. Rows and columns count from
    1.
    """

    row: int
    column: int
    findings: list[Finding] = field(default_factory=list[Finding])
    likeliest: bool = False
    """Whether it is the likeliest cell to be wrong, of any of its findings."""

    def styled(self, style: int, styles: Styles) -> int:
        """The style that looks like ``style`` with the mark: a fill for findings, and a frame for a
        number that was not read.
        """
        if not self.findings:
            return styles.framed(style)
        return styles.marked(style, worst(self.findings), self.likeliest)


def marks_of(
    findings: Iterable[Finding],
    unread: Iterable[UnreadNumber],
    documents: set[str],
    worksheets: Iterable[str],
) -> dict[str, list[CellMark]]:
    """The marked cells of each worksheet, by its name, in the order of rows and columns.

    ``documents`` are the paths of the workbook, ``worksheets`` the names of its worksheets.
    """
    names = set(worksheets)
    marks: dict[str, dict[tuple[int, int], CellMark]] = {}

    def mark_at(place: Place | None) -> CellMark | None:
        at = parse_address(place.cell or "") if place is not None else None
        if place is None or at is None or place.sheet not in names:
            return None
        return marks.setdefault(place.sheet, {}).setdefault(at, CellMark(*at))

    for finding in findings:
        likeliest = likeliest_cells(finding)
        for cell in finding.cells:
            if cell.document not in documents or (mark := mark_at(cell.place)) is None:
                continue
            if finding not in mark.findings:
                mark.findings.append(finding)
            mark.likeliest = mark.likeliest or cell in likeliest
    for number in unread:
        mark_at(number.place)
    return {name: [cells[at] for at in sorted(cells)] for name, cells in marks.items()}


def mark_worksheet(
    copy: PackageCopy, part: str, marks: Sequence[CellMark], styles: Styles, words: Wording
) -> None:
    """Mark cells of the worksheet in ``part``: fills in the worksheet, comments beside it."""
    worksheet = _Worksheet(copy.part(part), {mark.row for mark in marks}, styles)
    worksheet.fill(marks)
    texts = {
        (mark.row, mark.column): "\n\n".join(note(finding, words) for finding in mark.findings)
        for mark in marks
        if mark.findings
    }
    if texts:
        add_comments(copy, part, worksheet.patch, worksheet.elements, worksheet.prefix, texts)
    copy.changed[part] = worksheet.patch.result


class _Worksheet:
    """A worksheet's part while fills are spliced into it. ``marked_rows`` are the rows whose
    cells are looked at.
    """

    def __init__(self, data: bytes, marked_rows: set[int], styles: Styles) -> None:
        self.patch, self.styles = Patch(data), styles
        self.elements, self.prefix = tags(
            data,
            lambda name, depth: depth == 1 or (name in ("row", "c", "col") and depth in (2, 3)),
        )
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
                if row in marked_rows:
                    self._cells.setdefault(row, []).append((column, tag))

    def fill(self, marks: Sequence[CellMark]) -> None:
        """Fill the marked cells; rows and cells that are not there are added in their order."""
        by_row: dict[int, list[CellMark]] = {}
        for mark in marks:
            by_row.setdefault(mark.row, []).append(mark)

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

    def _fill_row(self, row: int, marks: Sequence[CellMark]) -> None:
        cells = self._cells.get(row, [])
        at_end: list[str] = []
        for mark in marks:
            cell = next((tag for column, tag in cells if column == mark.column), None)
            if cell is not None:
                style = mark.styled(int(cell.attributes.get("s", "0")), self.styles)
                self.patch.set_attributes(cell, {"s": str(style)})
                continue
            element = self._empty_cell(mark, self._rows[row])
            following = next((tag for column, tag in cells if column > mark.column), None)
            if following is not None:
                self.patch.insert(following.start, element)
            else:
                at_end.append(element)
        if at_end:
            self.patch.append(self._rows[row], "".join(at_end), self.prefix)

    def _empty_cell(self, mark: CellMark, row: Tag | None) -> str:
        """A new cell that only shows its fill, with the look of its row or column."""
        style = mark.styled(self._inherited_style(mark.column, row), self.styles)
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
