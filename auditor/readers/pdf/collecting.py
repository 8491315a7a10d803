"""The sheets and indicators of a PDF, gathered from its pages in turn.

Of pages that gave none it is said why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from auditor.readers import remarks
from auditor.readers.grid import Grid, Labels
from auditor.readers.grid.cells import Box
from auditor.readers.grid.furniture import numbers_in
from auditor.readers.grid.labels import Label
from auditor.readers.grid.lists import ProjectList, judged
from auditor.readers.kpi.grid import numbers_beside, read_indicators
from auditor.readers.listing.in_sheets import SheetsAndIndicators, read_with_indicators
from auditor.readers.listing.reading import ListReading, Lists
from auditor.readers.pdf.grids import (
    LaidPage,
    PrintedCell,
    grid_of,
    holds_a_table,
    in_bands_of,
    in_same_columns,
)
from auditor.readers.pdf.pages import Rectangle
from auditor.readers.pdf.uncertain import with_unread_blanks, without_doubtful
from auditor.readers.remarks import counted
from auditor.readers.source import Reading, UnreadableDocument, most_common_year
from auditor.records.figures import Place
from auditor.records.model import Kpi, NotChecked, Part, Remark, RemarkCell, Sheet, UnreadNumber
from auditor.records.text import Text, Why

__all__ = ["Collector"]

_MOST_PAGES_A_SHEET: Final = 50
_LEFT_OUT: Final = Why(
    code="left-out", en="left out by the choice of pages", ja="読み取るページの指定により除外"
)
_HEADS: Final = frozenset({"title", "name", "department", "category"})

_GOES_ON: Final = Why(
    code="table-without-headings",
    en="has a table without the headings of the list, in other columns than those of the page "
    "before",
    ja="一覧表の見出しのない表があり、前のページと列がそろわないため読み取っていません",
)
_UNCLEAR: Final = Why(
    code="columns-unclear",
    en="has a table without ruling lines whose columns can't be told apart",
    ja="罫線のない表があり、どの列の数字か判別できません",
)


class Collector:
    """One pass over the pages. Those of a sheet are held until the next one begins."""

    labels: Labels
    path: str

    def __init__(self, path: str, labels: Labels) -> None:
        self.path, self.labels = path, labels
        form = labels.form
        self.listing: Lists | None = (
            Lists(form, path, _is_ruled) if form.listed is not None else None
        )
        self.pages: list[LaidPage] = []
        self.grid: Grid | None = None  # theirs, where they are one
        self.sheets: list[Sheet] = []
        self.kpis: list[Kpi] = []
        self.kpi_year: int | None = None
        self.remarks: list[Remark] = []
        self.not_checked: list[NotChecked] = []
        self.parts: list[Part] = []
        self.doubtful: list[NotChecked] = []
        self.lists: list[ProjectList] = []
        self.unread: list[UnreadNumber] = []

    @property
    def holds_lists(self) -> bool:
        """Whether the form is one of lists."""
        return self.listing is not None

    def left_out(self, page: int) -> None:
        """List a page that is left out by choice."""
        self.parts.append(Part(place=Place(page=page), state="left_out", why=_LEFT_OUT))

    def not_read(self, page: int, why: Why) -> None:
        """Say that a page was not read."""
        self.not_checked.append(NotChecked(document=self.path, why=_on_page(page, why)))

    def _passed_over(self, page: LaidPage, why: Why) -> None:
        """List a page that was decoded and shows no sheet, with the numbers on it."""
        place, unread = Place(page=page.number), numbers_in(grid_of([page]))
        if self.parts and self.parts[-1].place == place:  # its other half, turned
            more = (*self.parts[-1].unread, *unread)
            self.parts[-1] = self.parts[-1].model_copy(update={"unread": more})
        else:
            self.parts.append(Part(place=place, state="passed_over", why=why, unread=unread))

    def page(self, page: LaidPage, unless: Why | None = None) -> None:
        """Take the next page in; where it says nothing of a sheet but its title, ``unless`` is why
        it can't be passed over.
        """
        grid = grid_of([page])
        if self.listing is not None:
            self._list_page(self.listing, page, grid, unless)
            return
        labels = self.labels.find(grid)
        nothing = all(label.name == "title" for label in labels)
        if unless is not None and nothing and self._indicators(grid, ()) is None:
            self.not_read(page.number, unless)
            self.unread += numbers_in(grid)
            return
        begins = self._begins(grid, labels)
        if self.pages and (begins or len(self.pages) >= _MOST_PAGES_A_SHEET):
            self._finish()
        self.pages.append(page)
        self.grid = grid if len(self.pages) == 1 else None

    def _list_page(self, listing: Lists, page: LaidPage, grid: Grid, unless: Why | None) -> None:
        """Take the next page of lists in: headings begin a part, and a page without any goes on
        with the one before where its cells stand in the same columns.
        """
        if listing.heads(grid):
            self._finish()
            if page.cells.unclear:
                self.not_read(page.number, _UNCLEAR)
                self.unread += numbers_in(grid)
                return
            self.pages, self.grid = [page], grid
        elif self.pages and in_same_columns(self.pages[0], page):
            self.pages.append(page)
            self.grid = None
        elif self.pages and (going_on := in_bands_of(self.pages[0], page)) is not None:
            self.pages.append(going_on)
            self.grid = None
        elif unless is not None:
            self._finish()
            self.not_read(page.number, unless)
            self.unread += numbers_in(grid)
        else:
            goes_on = bool(self.pages) and holds_a_table(page)
            self._finish()
            self.pages, self.grid = [page], grid
            if goes_on:
                # Nobody knows which of its columns is which.
                self.pages, self.grid = [], None
                self.not_read(page.number, _GOES_ON)
                self.unread += numbers_in(grid)

    def _read(self, grid: Grid) -> ListReading | SheetsAndIndicators:
        """The sheets of the pages held, or the rows of their lists."""
        if self.listing is not None:
            return self.listing.read(grid)
        number = 1 + len(self.sheets) + sum(missed.sheet is not None for missed in self.not_checked)
        return read_with_indicators(grid, self.labels, self.path, number, len(self.kpis))

    def _begins(self, page: Grid, labels: Sequence[Label]) -> bool:
        """Whether a sheet begins at the top of a page: what heads it stands before every other
        label; or a table of indicators does.

        A title alone does not tell: print titles come again on every page.
        """
        form = self.labels.form
        names = [label.name for label in labels]
        if names and names[0] in _HEADS and ("name" in names or "name" not in form.labels):
            return True
        figures = any(name in form.fields for name in names)
        return not figures and self._indicators(page, ()) is not None

    def _indicators(
        self, grid: Grid, areas: Sequence[tuple[int, int, int, int]], more: int = 0
    ) -> Reading | None:
        """The indicators outside of the sheets' areas, if there are any, numbered after ``more``
        of the same pages.
        """
        table = self.labels.form.kpi
        if table is None or self.listing is not None:
            return None
        return read_indicators(self.path, table, grid, areas, before=len(self.kpis) + more)

    def _looks_like_a_sheet(self, names: set[str]) -> bool:
        """Whether a page that could not be read as a sheet seems to be one; a cover has a title,
        too, and a list has names.
        """
        return {"title", "name"} <= names or any(name in self.labels.form.fields for name in names)

    def _finish(self) -> None:
        """Read the pages held."""
        if not self.pages:
            return
        pages, self.pages = self.pages, []
        grid = self.grid or grid_of(pages)
        result = self._read(grid)
        sheets, kpis, issues = result.sheets, result.kpis, result.remarks
        if isinstance(result, SheetsAndIndicators):
            grid = result.rest or grid
        self.not_checked += result.not_checked
        self.doubtful += result.doubtful
        self.lists += result.lists
        self.unread += result.unread
        table = self._indicators(grid, result.areas, len(kpis))
        taken = grid if table is not None else None
        self.unread += numbers_beside(result.beside, result.areas, taken)
        if table is not None:
            kpis = [*kpis, *table.kpis]
            issues = [*issues, *table.remarks]
            self.not_checked += table.not_checked
            self.unread += table.unread
            self.kpi_year = table.fiscal_year if self.kpi_year is None else self.kpi_year
        elif not result.areas and not result.lists and not result.not_checked:
            self._without_sheets(pages, {label.name for label in self.labels.find(grid)})
        if result.areas and any(page.cells.unclear for page in pages):
            self._unclear_columns(grid)
        sheets, kpis, issues = without_doubtful(sheets, kpis, pages, issues)
        if sheets and (turned := self._turned(sheets, pages)):
            issues += turned
            sheets = [with_unread_blanks(sheet) for sheet in sheets]
        self.sheets += sheets
        self.kpis += kpis
        self.remarks += issues
        self.remarks += _across_lines(pages, sheets)

    def _unclear_columns(self, grid: Grid) -> None:
        """Say on which pages a table of the form has columns that can't be told apart."""
        numbers: set[int] = set()
        for label in self.labels.find(grid):
            for box in label.boxes if label.name in self.labels.form.amounts else ():
                cell = box.cell
                if isinstance(cell, PrintedCell):
                    extent = cell.written.extent
                    if any(
                        area.bottom < extent.top and extent.bottom < area.top
                        for area in cell.page.cells.unclear
                    ):
                        numbers.add(cell.page.number)
        for number in sorted(numbers):
            self.not_read(number, _UNCLEAR)

    def _turned(self, sheets: Sequence[Sheet], pages: Sequence[LaidPage]) -> list[Remark]:
        """Report pages with digits in their cells that run another way; they are unread."""
        messages: list[Remark] = []
        number = sheets[0].number if len(sheets) == 1 else None
        for page in pages:
            if digits := page.turned_in_cells:
                place = page.place(digits[0])
                messages.append(remarks.turned_digits(number, len(digits), place))
                self.unread.append(UnreadNumber(printed="…", place=place, sheet=number))
        return messages

    def _without_sheets(self, pages: Sequence[LaidPage], names: set[str]) -> None:
        """Say what becomes of pages on which no sheet could be made out."""
        if self._looks_like_a_sheet(names):
            self.not_read(
                pages[0].number,
                Why(
                    code="sheet-not-understood",
                    en="holds labels of the form, but no sheet could be made out",
                    ja="様式の項目がありますが、シートとして読み取れません",
                ),
            )
            self.unread += numbers_in(grid_of(pages))
            return
        for page in pages:
            number = page.number
            self._passed_over(
                page,
                Why(
                    code="no-sheet",
                    en=f"page {number} shows no sheet of the form",
                    ja=f"{number}ページ：様式のシートはありません",
                ),
            )

    def done(self) -> Reading:
        """Everything read; raises UnreadableDocument where no page held a sheet."""
        self._finish()
        if self.listing is not None:
            # Figures may have become unread since their rows were read.
            self.sheets, unsure = self.listing.finished(self.sheets)
            self.doubtful += unsure
        listed, parts, unread = judged(self.lists, self.sheets, self.labels.form, self.path)
        self.unread += unread
        self.not_checked += [*self.doubtful, *listed]
        self.parts += parts
        codes = {missed.why.code for missed in self.not_checked}
        if not self.sheets and not self.kpis:
            if codes == {"scan"}:
                raise UnreadableDocument(
                    self.path,
                    "scan",
                    "shows no text: it is a scan or a picture; read the file from which it was"
                    " printed",
                    "文字の情報がない PDF（スキャン画像など）です。"
                    "印刷元のファイルを指定してください",
                )
            if not codes:
                raise UnreadableDocument(
                    self.path,
                    "no-sheet",
                    "no page is laid out as a sheet or a table of the form",
                    "様式のシートや表として読み取れるページがありません",
                )
        year = most_common_year(self.sheets)
        return Reading(
            self.kpi_year if year is None else year,
            tuple(self.sheets),
            tuple(self.kpis),
            tuple(counted(self.remarks, len(self.sheets))),
            tuple(self.not_checked),
            tuple(self.unread),
            tuple(self.parts),
        )


def _is_ruled(box: Box) -> bool:
    """Whether a text stands between ruling lines, so that it is known what is empty beside it."""
    return isinstance(box.cell, PrintedCell) and box.cell.written.cell is not None


def _on_page(page: int, why: Why) -> Why:
    return Why(code=why.code, en=f"page {page} {why.en}", ja=f"{page}ページ：{why.ja}")


def _across_lines(pages: Sequence[LaidPage], sheets: Sequence[Sheet]) -> Iterator[Remark]:
    """What lies across the ruling lines of pages, but for torn ones."""
    for page in pages:
        for written in page.cells.crossing:
            if not page.is_torn(written.extent):
                yield _across_a_line(written.text, page, sheets, written.extent)


def _across_a_line(text: str, page: LaidPage, sheets: Sequence[Sheet], extent: Rectangle) -> Remark:
    place = page.place(extent)
    return Remark(
        rule="RD002",
        sheet=sheets[0].number if len(sheets) == 1 else None,
        printed=text,
        place=place,
        detail=Text(
            en=f"'{text}' lies across a ruling line; "
            "it was read as the value of the cell that holds most of it",
            ja=f"「{text}」は罫線をまたいでいます。大部分が入っているセルの値として読み取りました",
        ),
        evidence="uncertain",
        cells=tuple(_figures_at(place, sheets)),
    )


def _figures_at(place: Place, sheets: Sequence[Sheet]) -> Iterator[RemarkCell]:
    """The figures that were read where something is printed."""
    for sheet in sheets:
        for field, year, figure in sheet.every_figure():
            if figure.place is not None and _overlap(figure.place, place):
                yield RemarkCell(sheet=sheet.number, field=field, year=year, place=figure.place)


def _overlap(place: Place, other: Place) -> bool:
    """Whether two places on a page share more than an edge."""
    if place.page != other.page or place.box is None or other.box is None:
        return False
    (left, bottom, right, top), (left_too, bottom_too, right_too, top_too) = place.box, other.box
    return max(left, left_too) < min(right, right_too) and max(bottom, bottom_too) < min(
        top, top_too
    )
