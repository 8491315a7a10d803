"""Lists of projects, read from the grids of a document one after the other.

A list has a title, headings, and a project on each row; its headings may come again on each page
or worksheet, with their columns in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from auditor.forms.model import Column, Form, Listing
from auditor.readers.fiscal_years import DatedBy, dated_by, year_in_name
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.furniture import counting, is_numbers, is_page_number
from auditor.readers.grid.label_text import bare
from auditor.readers.grid.sheets import GridReading
from auditor.readers.listing import remarks
from auditor.readers.listing.columns import ListColumns
from auditor.readers.listing.headings import Band, bands_in, matches, names_in
from auditor.readers.listing.hierarchy import Item
from auditor.readers.listing.items import ItemRows, fields_of, is_part_of_another
from auditor.readers.listing.kpis import Indicators
from auditor.readers.listing.reach import with_reach
from auditor.readers.listing.records import (
    Records,
    RowCells,
    merged,
    numbers_of,
    without_blanks,
)
from auditor.readers.listing.rows import ListRow, rows_of
from auditor.readers.listing.totals import Line, standings
from auditor.readers.listing.words import Lexicon
from auditor.readers.listing.wrapped import Wrapped
from auditor.readers.years_in_headings import Year
from auditor.records.figures import Figure, Place
from auditor.records.fiscal import fiscal_year_in_words, parse_year
from auditor.records.model import (
    Kpi,
    NotChecked,
    Remark,
    Sheet,
    UnreadNumber,
    numbers_in,
)

__all__ = ["ListReading", "Lists"]

_LONGEST_TITLE: Final = 100
_FIGURES: Final = 3
"""So many numbers in a row are figures of a list."""


@dataclass
class ListReading(GridReading):
    """What a grid's lists hold: their rows, and the indicators on these."""

    kpis: list[Kpi] = field(default_factory=list[Kpi])


class Lists:
    """The lists of one document. Sheets are numbered over all of them."""

    document: str
    form: Form
    listing: Listing

    def __init__(
        self, form: Form, document: str, reaches: Callable[[Box], bool] | None = None
    ) -> None:
        assert form.listed is not None
        self.form, self.document, self.listing = form, document, form.listed
        self.items: ItemRows | None = ItemRows() if form.items is not None else None
        self.lexicon: Lexicon = Lexicon(form) if reaches is None else Lexicon(form, reaches=reaches)
        self.sheets: list[Sheet] = []
        self._lines: list[Line] = []
        self.kpis = 0
        """How many indicators were read so far."""
        self.names_amid_rows = False
        """Whether names stand in the middle of the rows of their projects."""
        self._tables = 0
        self._title: int | None = None
        self._last: tuple[Grid, list[Band]] | None = None

    def heads(self, grid: Grid) -> bool:
        """Whether the headings of a list stand in a grid."""
        return bool(self._bands(grid))

    def _bands(self, grid: Grid) -> list[Band]:
        """The headings in a grid; those of the last one are remembered."""
        if self._last is None or self._last[0] is not grid:
            bands = bands_in(grid, self.lexicon, self.listing.header_rows)
            ends = [*(band.top - 1 for band in bands[1:]), grid.bottom][: len(bands)]
            self._last = grid, [with_reach(grid, *each) for each in zip(bands, ends, strict=True)]
        return self._last[1]

    def _side_by_side(self, band: Band) -> list[Band]:
        """The lists that stand beside each other under one line of headings, all headed alike."""
        names = [
            at
            for at, heading in enumerate(band.headings)
            if "name" in matches(heading, self.lexicon)
        ]
        if self.items is not None or len(names) < 2:
            return [band]
        starts = [at - names[0] for at in names]
        size = starts[1]
        runs = [band.headings[start : start + size] for start in starts]
        words = [[heading.cells for heading in run] for run in runs]
        if starts != list(range(0, len(band.headings), size)) or any(
            of_run != words[0] for of_run in words
        ):
            return [band]
        return [band._replace(headings=run) for run in runs]

    def _parts(self, grid: Grid, bands: Sequence[Band]) -> Iterator[tuple[Band, list[Band]]]:
        """The headings in a grid, each with those that come again amid the rows of a project, which
        has several.
        """
        band, again = bands[0], list[Band]()
        for following in bands[1:]:
            goes_on = self.listing.rows == "year" and following.columns == band.columns
            if goes_on and any(map(is_numbers, grid.lines.get(following.top - 1, ()))):
                again.append(following)
                continue
            yield band, again
            band, again = following, []
        yield band, again

    def read(self, grid: Grid, worksheet: str | None = None) -> ListReading:
        """The lists of a grid. Where it has none of the form's headings, nothing is in the
        reading; where it has some, why it was not read.

        Each ``worksheet`` has tables and a title of its own; without one, as on pages, those of
        the grid before go on.
        """
        reading = ListReading()
        bands = self._bands(grid)
        if not bands:
            self._near(grid, reading)
            if self.sheets and not reading.not_checked and _begins_with_figures(grid):
                why = remarks.headings_absent(grid.boxes[0].place)
                reading.not_checked.append(NotChecked(document=self.document, why=why))
                reading.unread += _unread(grid, set())
            return reading
        title = _title_year(grid, bands[0].top)
        if worksheet is not None:
            self._tables += 1
        else:
            title = self._title = title or self._title
        used: set[int] = set()
        if self.items is not None:
            self.items.begin()
        parts = list(self._parts(grid, bands))
        for at, (band, again) in enumerate(parts):
            last = parts[at + 1][0].top - 1 if at + 1 < len(parts) else grid.bottom
            for beside in self._side_by_side(band):
                area = grid if beside is band else _columns_of(grid, band, beside)
                part = _Part(self, area, beside, worksheet or "", last, again, grid)
                part.read(title, reading)
                used |= part.used
        reading.areas.append((1, 1, grid.bottom, grid.right))
        reading.unread += _unread(grid, used)
        self._judge(reading, bands[0])
        return reading

    def _near(self, grid: Grid, reading: GridReading) -> None:
        """Say of a grid that has the heading of the names, or some of the figures', what is
        missing.
        """
        names = names_in(grid, self.lexicon)
        labelled = [name for name in self.form.fields if self.form.fields[name].label]
        figures = [name for name in labelled if name in names]
        if not ("name" in names and figures) and 2 * len(figures) < len(labelled):
            return
        missing = [self.label(name) for name in ("name", *labelled) if name not in names]
        place = grid.boxes[0].place
        if missing:
            why = remarks.headings_missing(missing, place)
            reading.not_checked.append(NotChecked(document=self.document, why=why))
            reading.unread += _unread(grid, set())

    def _judge(self, reading: ListReading, band: Band) -> None:
        """Say of a list of which too little was read that it was not checked."""
        numbers, certain, figures = numbers_of(reading.sheets)
        if not figures or reading.doubtful:
            return
        place = band.headings[0].boxes[0].place
        unread = len(reading.unread)
        if numbers == 0 or 2 * certain < figures:
            why = remarks.too_little_read(numbers, figures, unread, place)
            reading.doubtful.append(NotChecked(document=self.document, why=why))
        elif (held := numbers_in(reading.sheets, reading.kpis)) < unread:
            why = remarks.most_without_column(held, unread, place)
            reading.doubtful.append(NotChecked(document=self.document, why=why))

    def label(self, name: str) -> str:
        """The first label of a figure or text of the form."""
        labels = (
            self.form.fields[name].label
            if name in self.form.fields
            else self.form.labels.get(name, ())
        )
        return next(iter(labels), name)

    def add(
        self, sheet: Sheet, row: ListRow, texts: dict[str, str], names: Sequence[str] = ()
    ) -> None:
        """Take up a record; ``texts`` are those by which totals know their rows, ``names`` what
        an item is called on each level.
        """
        self.sheets.append(sheet)
        if self.items is not None:
            self.items.add(names, table=self._tables, is_total=row.total is not None)
        self._lines.append(Line(table=self._tables, total=row.total, texts=texts))

    def finished(self, sheets: Iterable[Sheet]) -> tuple[list[Sheet], list[NotChecked]]:
        """The records of the document's rows with where they stand among totals and items, once
        all grids were read; and why totals of some are not checked.
        """
        update: list[dict[str, object]] = [{} for _ in self._lines]
        lines, doubtful = self._lines, list[NotChecked]()
        if self.items is not None:
            items = self.items.items()
            lines = [
                line._replace(
                    parent=item.parent,
                    apart=is_part_of_another(item.name),
                    unsure=item.unsure,
                )
                for line, item in zip(lines, items, strict=True)
            ]
            update = [fields_of(item, items) for item in items]
            doubtful += self._unsure(items)
        numbers = [sheet.number for sheet in self.sheets]
        for fields, standing in zip(update, standings(lines), strict=True):
            fields.update(standing._asdict())
        by_number = dict(zip(numbers, update, strict=True))
        return [_updated(sheet, by_number[sheet.number]) for sheet in sheets], doubtful

    def _unsure(self, items: Sequence[Item]) -> Iterator[NotChecked]:
        """The items of which nobody knows what they are part of."""
        rows = [sheet for sheet, item in zip(self.sheets, items, strict=True) if item.unsure]
        if rows:
            why = remarks.items_unsure(rows[0].name, len(rows), rows[0].place or Place())
            yield NotChecked(document=self.document, sheet=rows[0].number, why=why)


def _updated(sheet: Sheet, fields: Mapping[str, object]) -> Sheet:
    """The record of a row with what is known of it once all were read."""
    known = {key: value for key, value in fields.items() if key != "identifier"}
    identifier = fields.get("identifier", sheet.identifier)
    if identifier == str(sheet.number):
        identifier = ""
    return sheet.model_copy(update={**known, "identifier": identifier})


@dataclass
class _Project:
    """The rows of one project: a single one, or one for each of its columns."""

    rows: list[RowCells]
    columns: set[tuple[str, str]] = field(default_factory=set["tuple[str, str]"])
    """What its rows say of their years and kinds."""

    @property
    def row(self) -> ListRow:
        return self.rows[0].row

    def add(self, cells: RowCells) -> None:
        """Add a further row of it."""
        self.rows.append(cells)
        for part in self.rows:
            part.first, part.last = self.row.top, cells.row.bottom


class _Part:
    """The rows of a grid below one line of headings."""

    def __init__(
        self,
        lists: Lists,
        grid: Grid,
        band: Band,
        worksheet: str,
        last: int,
        again: Sequence[Band],
        whole: Grid,
    ) -> None:
        """``grid`` has the columns of the list, ``whole`` all that stands beside it as well."""
        self.whole = whole
        self.lists, self.grid, self.band, self.last = lists, grid, band, last
        self.again = again
        self.worksheet = worksheet
        self.form, self.listing = lists.form, lists.listing
        self.columns = ListColumns(band, lists.lexicon, self.listing.years)
        self.place = self.columns.texts["name"].boxes[0].place
        self.records = Records(
            grid,
            self.columns,
            lists.lexicon,
            lists.document,
            self._unit_of_list(),
        )
        self.used = self.records.used
        self.indicators = Indicators(self.columns, self.form, lists.document, self.used)
        self.messages: list[Remark] = []
        self.unnamed: list[ListRow] = []
        self.alone: list[ListRow] = []
        self.perhaps: list[tuple[ListRow, str]] = []

    def _unit_of_list(self) -> str | None:
        """The unit that a note over the list states for all of its money."""
        for box in reversed(list(self.whole.rows(1, self.band.bottom))):
            stated = self.lists.lexicon.stated_unit(box.label)
            if stated is not None:
                return self.lists.lexicon.unit(stated)
        return None

    # — the fiscal year —

    def _dated(self, title: int | None, projects: Sequence[_Project]) -> DatedBy:
        return dated_by(
            title=title,
            headings=self.columns.fiscal_year or self._year_of_rows(projects),
            worksheet=self.worksheet,
            document=self.lists.document,
            form=self.form.fiscal_year,
        )

    def _contradicts(self, dated: DatedBy) -> bool:
        """Whether the headings are those of another fiscal year than the one that is stated."""
        by_headings = self.columns.fiscal_year
        return (
            dated.year is not None
            and by_headings is not None
            and self.columns.count(dated.year) < self.columns.count(by_headings)
        )

    # — reading —

    def read(self, title: int | None, reading: ListReading) -> None:
        """Add the records of all rows, and what there is to say about them."""
        lexicon = self.lists.lexicon
        rows = list(rows_of(self.grid, self.columns, lexicon, self.listing, self.last, self.again))
        undated: list[ListRow] = []
        projects = self._projects(rows)
        if self._names_stand_amid_rows():
            why = remarks.names_amid_rows(self.unnamed[0].boxes[0].place)
            reading.not_checked.append(NotChecked(document=self.lists.document, why=why))
            return
        dated = self._dated(title, projects)
        for project in projects:
            sheet = self._sheet(project, dated.year)
            if sheet is None:
                undated.append(project.row)
                continue
            reading.sheets.append(sheet)
            for kpi in self.indicators.of_row(project.rows[0], sheet, self.lists.kpis + 1):
                reading.kpis.append(kpi)
                self.lists.kpis += 1
        self._say_of_headings()
        self._say_of_rows(rows)
        if 2 * len(self.unnamed) >= max(len(projects), 4):
            # Names may stand for several rows each, which the form does not say.
            why = remarks.most_without_name(len(self.unnamed), self.unnamed[0].boxes[0].place)
            reading.doubtful.append(NotChecked(document=self.lists.document, why=why))
        self._say_of_years(dated, undated, reading, bool(projects))
        reading.remarks += [*self.messages, *self.records.remarks, *self.indicators.remarks]

    def _names_stand_amid_rows(self) -> bool:
        """Whether the names of projects stand in the middle of their rows, as those of merged cells
        do on a page without lines: the first rows of all have no name then, and which row is whose
        can't be told. On a later page, such rows may go on with a project of the one before.
        """
        if self.listing.rows == "year" and self.unnamed and not self.lists.sheets:
            self.lists.names_amid_rows = True
        return self.lists.names_amid_rows and bool(self.unnamed)

    def _projects(self, rows: Sequence[ListRow]) -> list[_Project]:
        """The projects of the list, each with its rows."""
        projects: list[_Project] = []
        wrapped = Wrapped(self.columns, rows)
        for row in rows:
            if projects and self.listing.rows == "sheet" and self.lists.items is None:
                is_rest = wrapped.is_rest(projects[-1].rows[-1], row)
                if is_rest == "yes":
                    projects[-1].rows[-1].go_on(row)
                    continue
                if is_rest == "perhaps":
                    self.perhaps.append((row, projects[-1].row.name))
            self.used.update(id(box) for box in row.boxes if row.kind in ("again", "counting"))
            if row.kind in ("record", "total"):
                cells = RowCells(self.grid, row)
                told = self._told(cells)
                if not self._goes_on(projects, row, told):
                    projects.append(_Project([cells], {told}))
                else:
                    projects[-1].add(cells)
                    projects[-1].columns.add(told)
            elif row.kind == "more" and self.listing.rows == "year" and projects:
                cells = RowCells(self.grid, row)
                projects[-1].add(cells)
                projects[-1].columns.add(self._told(cells))
            elif row.kind == "more":
                self.unnamed.append(row)
            elif row.kind == "section":
                self.alone.append(row)
        return projects

    def _told(self, cells: RowCells) -> tuple[str, str]:
        """What a row says of its year and its kind, where rows are columns."""
        if self.listing.rows != "year":
            return "", ""
        year, kind = self.records.text(cells, "year"), self.records.text(cells, "kind")
        return ("" if year is None else year.text), ("" if kind is None else kind.text)

    def _goes_on(self, projects: Sequence[_Project], row: ListRow, told: tuple[str, str]) -> bool:
        """Whether a row with a name is a further one of the project before, whose name comes
        again.
        """
        if self.listing.rows != "year" or not projects:
            return False
        last = projects[-1]
        return last.row.name == row.name and told not in last.columns

    def _sheet(self, project: _Project, usual: int | None) -> Sheet | None:
        """The record of a project; None where its fiscal year is not known."""
        records, cells = self.records, project.rows[0]
        year = records.fiscal_year(cells, usual)
        if year is None:
            return None
        number = len(self.lists.sheets) + 1
        singles = merged(records.singles(row, number) for row in project.rows)
        if self.listing.rows == "sheet":
            years = records.years(cells, number, year)
        else:
            years = self._years_on_rows(project, number, year)
        if any(map(records.loses_numbers, project.rows)):
            singles = without_blanks(singles)
            years = {column: without_blanks(part) for column, part in years.items()}
        sheet = records.sheet(cells, number, year, singles, years)
        texts = {
            name: text.text
            for name in self.columns.texts
            if (text := records.text(cells, name)) is not None
        }
        self.lists.add(sheet, project.row, texts, records.names(cells))
        return sheet

    # — rows that are columns —

    def _year_of_rows(self, projects: Sequence[_Project]) -> int | None:
        """The fiscal year with which the years on the rows are those of the form's columns; None
        where several would do as well.
        """
        told = {year for project in projects for year, _ in project.columns if year}
        years = {
            year.year
            for text in told
            if (year := self.lists.lexicon.of(text).year) is not None and year.year is not None
        }
        offsets = {column.offset for column in self.form.columns}
        candidates = {year - offset for year in years for offset in offsets}
        fits = {
            candidate: len(years & {candidate + offset for offset in offsets})
            for candidate in candidates
        }
        best = max(fits.values(), default=0)
        fitting = [candidate for candidate, count in fits.items() if count == best]
        return fitting[0] if len(fitting) == 1 else None

    def _years_on_rows(
        self, project: _Project, number: int, fiscal_year: int
    ) -> dict[Column, dict[str, Figure]]:
        """The figures of a project whose columns are rows."""
        years: dict[Column, dict[str, Figure]] = {}
        last: int | None = None
        for cells in project.rows:
            year_text, kind_text = self._told(cells)
            words = self.lists.lexicon.of(year_text)
            year = self._offset_year(words.year, fiscal_year) if year_text else last
            kinds = words.kinds
            if kind_text:
                kinds = (*self.lists.lexicon.of(kind_text).kinds, bare(kind_text))
            last = year
            unknown = "year" in self.columns.texts and year is None
            held = self.used.intersection(map(id, cells.row.boxes))
            part = {} if unknown else self.records.years(cells, number, fiscal_year, year, kinds)
            if not part or any(column in years for column in part):
                shown = year_text, kind_text
                place = cells.row.boxes[0].place
                self.messages.append(remarks.row_without_column(number, *shown, place))
                # No record holds what stands in such a row: its numbers are unread.
                self.used.difference_update(set(map(id, cells.row.boxes)) - held)
                continue
            years |= part
        return years

    def _offset_year(self, year: Year | None, fiscal_year: int) -> int | None:
        """The year of a column of the form that a row's is."""
        for column in self.form.columns:
            if year is not None and year.may_be(fiscal_year + column.offset, fiscal_year):
                return fiscal_year + column.offset
        return None

    # — what there is to say —

    def _say_of_headings(self) -> None:
        for name in self.columns.missing:
            label = self.lists.label(name)
            self.messages.append(remarks.column_missing(name, label, self.place))
        if self.listing.years and (blocks := self.columns.unfit_blocks):
            unfit = remarks.years_unfit(len(self.listing.years), blocks, self.place)
            self.messages.append(unfit)
        for name, headings in self.columns.unclear:
            printed = list(dict.fromkeys(heading.printed for heading in headings))
            label = self.lists.label(name)
            self.messages.append(remarks.columns_alike(name, label, printed, self.place))
        for name, count in self.columns.unplaced:
            label = self.lists.label(name)
            self.messages.append(remarks.columns_undated(name, label, count, self.place))
        for name, heading in self.columns.of_figures:
            if heading.odd_unit:
                self.messages.append(
                    remarks.unknown_unit(
                        self.lists.label(name), heading.odd_unit, heading.boxes[-1].place
                    )
                )

    def _say_of_rows(self, rows: Sequence[ListRow]) -> None:
        if self.unnamed:
            first = self.unnamed[0]
            box = next((box for box in first.boxes if is_numbers(box)), first.boxes[0])
            printed = " ".join(box.text.split())
            self.messages.append(
                remarks.numbers_without_name(printed, len(self.unnamed), box.place)
            )
        apart = "number" in self.columns.texts or "department" in self.columns.texts
        if self.alone and not apart:
            row = self.alone[0]
            self.messages.append(remarks.names_alone(row.name, len(self.alone), row.boxes[0].place))
        for row, name in self.perhaps:
            self.messages.append(remarks.rest_or_section(row.name, name, row.boxes[0].place))
        if rows and rows[-1].kind == "foreign":
            box = rows[-1].boxes[0]
            printed = " ".join(box.text.split())
            self.messages.append(remarks.table_after(printed, box.place))

    def _say_of_years(
        self,
        dated: DatedBy,
        undated: Sequence[ListRow],
        reading: GridReading,
        has_rows: bool,
    ) -> None:
        if not has_rows:
            return
        document = self.lists.document
        if undated:
            why = remarks.no_fiscal_year(len(undated), self.place)
            reading.not_checked.append(NotChecked(document=document, why=why))
        if self.listing.rows == "sheet" and reading.sheets:
            self._say_of_absent(reading)
        on_rows = "fiscal_year" in self.columns.texts
        if on_rows:
            return
        if dated.contradiction is not None:
            why = remarks.years_contradict(dated.contradiction, self.place)
            reading.doubtful.append(NotChecked(document=document, why=why))
        elif self._contradicts(dated) and dated.year is not None:
            headings = self.columns.fiscal_year
            assert headings is not None
            text = remarks.headings_of_other_years(dated.year, headings, self.place)
            why = remarks.years_contradict(text, self.place)
            reading.doubtful.append(NotChecked(document=document, why=why))
        said = dated.remark(None, self.place)
        if said is not None:
            self.messages.append(said)

    def _say_of_absent(self, reading: GridReading) -> None:
        """Say that columns of the form have no heading, where others have one too many: a slip in
        the year or kind of a heading.
        """
        years = {sheet.fiscal_year for sheet in reading.sheets}
        absent, idle = self.columns.absent(years)
        if idle and absent:
            columns = [_called(column, max(years)) for column in absent]
            headings = [heading.printed for heading in idle]
            why = remarks.columns_absent(columns, headings, idle[0].boxes[0].place)
            reading.doubtful.append(NotChecked(document=self.lists.document, why=why))


def _called(column: Column, fiscal_year: int) -> str:
    """A column of the form as a heading would call it."""
    year = fiscal_year_in_words(fiscal_year + column.offset)
    return " ".join((year, *column.label[:1]))


def _begins_with_figures(grid: Grid) -> bool:
    """Whether the first row of a grid is one of figures already, so that nothing heads them."""
    return bool(grid.boxes) and sum(map(is_numbers, grid.rows(1, grid.boxes[0].bottom))) >= _FIGURES


def _columns_of(grid: Grid, band: Band, beside: Band) -> Grid:
    """The columns of one of several lists beside each other, to where the next begins."""
    after = [heading.left for heading in band.headings if heading.left > beside.headings[-1].left]
    right = min(after, default=grid.right + 1) - 1
    return grid.part(1, beside.headings[0].left, grid.bottom, right)


def _title_year(grid: Grid, top: int) -> int | None:
    """The fiscal year that is printed above the headings, nearest to the top: one called 年度
    before any other.
    """
    texts = [
        box.label for box in grid.rows(1, top - 1) if box.label and len(box.label) <= _LONGEST_TITLE
    ]
    years = [(text, year) for text in texts if (year := year_in_name(text)) is not None]
    named = [year for text, year in years if "年度" in text]
    plain = [year for _, year in years]
    return next(iter((*named, *plain)), None)


def _unread(grid: Grid, used: set[int]) -> list[UnreadNumber]:
    """The numbers of a grid that no record holds, but for those of rows, pages and years."""
    boxes = [box for box in grid.boxes if id(box) not in used and is_numbers(box)]
    rows = counting(boxes)
    return [
        UnreadNumber(printed=box.text.strip(), place=box.place)
        for box in boxes
        if id(box) not in rows and not is_page_number(box, grid) and parse_year(box.text) is None
    ]
