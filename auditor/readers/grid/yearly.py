"""The figures of a sheet that stand in the columns of their years."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from auditor.forms.model import Column
from auditor.readers import remarks
from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Box
from auditor.readers.grid.figures import figure_in
from auditor.readers.grid.headers import Header, Position
from auditor.readers.grid.kinds import beside, rows_of_kinds, stand_amid_rows
from auditor.readers.grid.label_text import bare
from auditor.readers.grid.labels import Label
from auditor.readers.grid.singles import SingleFigures
from auditor.readers.grid.units import Units
from auditor.readers.shifted import unless_required
from auditor.records.figures import Figure, Place, State
from auditor.records.model import FiscalYear, figures_of_year

__all__ = ["YearlyFigures", "holds_several"]


def holds_several(figure: Figure) -> bool:
    """Whether a figure's cell holds several numbers: one of them may belong to a blank cell
    beside it.
    """
    parts = figure.printed.split() if figure.state == "text" else []
    return sum(any(map(str.isdigit, part)) for part in parts) > 1


class YearlyFigures:
    """One sheet's tables of years. ``figures`` are those read, by column and field; ``cells`` is
    where each of them stands, and ``dated_columns`` are the columns that a header dates.
    """

    area: Area
    units: Units
    step: int

    def __init__(self, area: Area, units: Units) -> None:
        self.area, self.units = area, units
        self.figures: dict[str, dict[str, Figure]] = {}
        self.cells: dict[tuple[str, str], tuple[Label, Header, Position]] = {}
        self.dated_columns: set[str] = set()
        self._rows_of_kinds: dict[tuple[str, int], dict[str, Label]] = {}
        self.askew: list[Place] = []
        """Rows on another page than their headings, in other columns."""
        self.amid_rows: list[Place] = []
        """Labels in the middle of the rows of their kinds."""
        self.step = 0
        """By how many years all headings of a table differ from the form's columns."""

    def date_headers(self, fiscal_year: int) -> None:
        """Give the columns of every header their years, and report the headers that do not fit."""
        form, number = self.area.form, self.area.number
        for header in self.area.headers:
            header.kinds_apart = self._has_kinds_apart(header)
            header.place(form, fiscal_year)
        # Each header once that dates some row, in the order of the labels.
        dating: dict[int, Header] = {}
        for name, labels in self.area.at.items():
            for label in labels:
                if (over := self._header(label, name)) is not None:
                    dating[id(over)] = over
        steps: set[int] = set()
        for header in dating.values():
            self.area.used.update(id(box) for box in header.boxes)
            printed, place = header.printed, header.boxes[0].place
            step = header.step(form, fiscal_year)
            if any(position.year is None for position in header.positions):
                self.area.remarks.append(remarks.header_without_years(number, printed, place))
            elif step:
                self.step = step
                if step not in steps:
                    self.area.remarks.append(
                        remarks.header_shifted(number, printed, fiscal_year, step, place)
                    )
                steps.add(step)
            elif not header.fits:
                self.area.remarks.append(
                    remarks.header_differs(
                        number, printed, fiscal_year, place, header.against(form, fiscal_year)
                    )
                )

    def _has_kinds_apart(self, header: Header) -> bool:
        """Whether the kinds of columns stand in the rows under a header, and not in it."""
        if header.has_words or not header.prints_years:
            return False
        return any(
            self.rows_of_kinds(name, header)
            for name in self.area.form.amounts
            if name in self.area.at
        )

    def rows_of_kinds(self, name: str, header: Header) -> dict[str, Label]:
        """The rows of a figure's kinds under a header, by their words; none where it has one row
        for all.
        """
        key = name, id(header)
        if key not in self._rows_of_kinds:
            self._rows_of_kinds[key] = rows_of_kinds(
                self.area.grid, self.area.labels, self.area.at[name], header
            )
        return self._rows_of_kinds[key]

    def _header(self, label: Label, name: str) -> Header | None:
        """The header that dates the figures of a label: one that fits, near in the same table,
        and nearest before it.
        """
        if name not in self.area.form.amounts:
            return None
        best: tuple[tuple[bool, int, int], Header] | None = None
        for header in self.area.headers:
            part = beside(label, header) if header.placed else None
            if part is None:
                continue
            if header.across:
                score = (
                    not header.fits and not header.by_order,
                    header.first - part.right,
                    part.first_row - header.end,
                )
            else:
                score = (
                    not header.fits and not header.by_order,
                    header.first - part.bottom,
                    part.left - header.end,
                )
            if best is None or score < best[0]:
                best = score, header
        return best[1] if best else None

    def read(self, fiscal_year: int) -> None:
        """Read every figure of every column that some header dates. A row or column that was not
        found is unread: nobody knows what its paper says.
        """
        area = self.area
        self.figures = {
            area.form.column_id(column, fiscal_year): {} for column in area.form.columns
        }
        columns = dict(zip(self.figures, area.form.columns, strict=True))
        for name in area.form.amounts:
            if name not in area.at:
                self._unread(name, area.form.fields[name].unit)
                continue
            label, header = self.dated(name)
            if header is None and len(columns) == 1:
                self._read_alone(name, next(iter(columns)), fiscal_year)
                continue
            if header is None:
                text = label.boxes[0].text.strip()
                area.remarks.append(
                    remarks.row_without_header(area.number, name, text, label.place)
                )
                self._unread(name, area.form.fields[name].unit, label.place)
                continue
            unit, boxes = self.units.of(label, header, area.form.fields[name], name)
            area.used.update(id(box) for box in boxes)
            rows = self._rows(name, label, header)
            if self._stands_amid_rows(header):
                self.amid_rows.append(label.place)
                self._unread(name, area.form.fields[name].unit, label.place)
                continue
            if any(
                self._is_askew(row, header) for row in {id(r): r for r in rows.values()}.values()
            ):
                self.askew.append(label.place)
                self._unread(name, area.form.fields[name].unit, label.place)
                continue
            for key, column in columns.items():
                self._read_column(name, key, column, rows.get(column), header, unit, label)
        every = chain.from_iterable(figures.values() for figures in self.figures.values())
        if any(map(holds_several, every)):
            self.doubt(None)
        if area.form.amounts and not self.dated_columns:
            area.remarks.append(remarks.columns_without_years(area.number, area.place))

    def _stands_amid_rows(self, header: Header) -> bool:
        """Whether the labels under a header stand in the middle of the rows of their kinds."""
        if not header.kinds_apart:
            return False
        grid, labels = self.area.grid, self.area.labels
        for name in self.area.form.amounts:
            if name not in self.area.at:
                continue
            label = self.area.at[name][0].boxes[0]
            rows = self.rows_of_kinds(name, header).values()
            behind = [row for row in rows if row.boxes[0] is not label]
            if behind:
                return stand_amid_rows(grid, labels, header, behind[0])
        return False

    def _is_askew(self, row: Label, header: Header) -> bool:
        """Whether a row goes on from another page than its headings', and its cells are not those
        of their columns: one lies in two of them, or two in one.
        """
        box = row.boxes[-1]
        if not header.across or box.place.page == header.boxes[0].place.page:
            return False
        cells = self.area.grid.within(row.first_row, header.first, row.bottom, header.last)
        taken: set[int] = set()
        for cell in cells:
            under = [
                position
                for position in header.positions
                if position.first <= cell.right and cell.left <= position.last
            ]
            if len(under) != 1 or id(under[0]) in taken:
                return True
            (position,) = under
            if cell.left != position.first and cell.right != position.last:
                return True
            taken.add(id(position))
        return False

    def _read_alone(self, name: str, key: str, fiscal_year: int) -> None:
        """Read a figure of the form's only column where no heading stands over it: it is beside
        its label.
        """
        single = SingleFigures(self.area, self.units).read(name, fiscal_year)
        self.figures[key][name] = single.figure
        self.dated_columns.add(key)

    def _rows(self, name: str, label: Label, header: Header) -> dict[Column, Label]:
        """The row of a figure for each column of the form that has one."""
        form = self.area.form
        if not header.kinds_apart:
            return dict.fromkeys(form.columns, label)
        by_word = self.rows_of_kinds(name, header)
        rows: dict[Column, Label] = {}
        for column in form.columns:
            words = [bare(word) for word in column.label]
            row = next((by_word[word] for word in words if word in by_word), None)
            if not by_word and self._is_alone(name, column):
                row = label
            if row is not None:
                rows[column] = row
        self.area.use(row.boxes[0] for row in by_word.values())
        self._report_missing(name, label, rows)
        return rows

    def _is_alone(self, name: str, column: Column) -> bool:
        """Whether no other column of its year prints a figure."""
        form = self.area.form
        of_year = [
            other
            for other in form.columns
            if other.offset == column.offset and form.prints(name, other)
        ]
        return of_year == [column]

    def _report_missing(self, name: str, label: Label, rows: Mapping[Column, Label]) -> None:
        """Report the kinds of which a figure has no row."""
        form = self.area.form
        lacking = (
            column for column in form.columns if column not in rows and form.prints(name, column)
        )
        for word in dict.fromkeys(column.label[0] if column.label else "" for column in lacking):
            self.area.remarks.append(
                remarks.kind_missing(
                    self.area.number, name, label.boxes[0].text.strip(), word, label.place
                )
            )

    def _read_column(
        self,
        name: str,
        key: str,
        column: Column,
        row: Label | None,
        header: Header,
        unit: str,
        label: Label,
    ) -> None:
        """Read a figure of one column."""
        prints = self.area.form.prints(name, column)
        if row is None or column not in header.placed:
            state: State = "unread" if prints else "blank"
            self.figures[key][name] = Figure(
                state=state, unit=unit, place=label.place, placed_by="position"
            )
            return
        self.dated_columns.add(key)
        position = header.placed[column]
        figure = self._figure(row, header, position, unit, name, key)
        self.figures[key][name] = figure
        self.cells[key, name] = row, header, position
        if not prints and figure.state not in ("blank", "dash"):
            self.area.remarks.append(remarks.not_printed_there(self.area.number, name, key, figure))

    def _unread(self, name: str, unit: str, place: Place | None = None) -> None:
        """Take a figure for unread in the columns that print it."""
        for column, figures in zip(self.area.form.columns, self.figures.values(), strict=True):
            state: State = "unread" if self.area.form.prints(name, column) else "blank"
            figures[name] = Figure(state=state, unit=unit, place=place, placed_by="position")

    def doubt(self, box: Box | None) -> None:
        """Take the blank figures for unread in the row and the column of a box that belongs to no
        label: its number may be theirs. Without a box, take all blank figures for unread.
        """
        for (key, name), (label, header, position) in self.cells.items():
            figure = self.figures[key][name]
            if figure.state != "blank":
                continue
            if box is None:
                self.figures[key][name] = figure.model_copy(update={"state": "unread"})
                continue
            across = header.across
            rows = (box.top, box.bottom) if across else (box.left, box.right)
            columns = (box.left, box.right) if across else (box.top, box.bottom)
            first, last = (
                (label.first_row, label.bottom) if across else (label.boxes[-1].left, label.right)
            )
            in_row = rows[0] <= last and rows[1] >= first
            in_column = columns[0] <= position.last and columns[1] >= position.first
            if in_row or in_column:
                self.figures[key][name] = figure.model_copy(update={"state": "unread"})

    def years(self, fiscal_year: int) -> dict[str, FiscalYear]:
        """The columns that are dated, as records; all of them where none is, so that their figures
        are unread and not none.
        """
        form = self.area.form
        if self.step:
            for figures in self.figures.values():
                figures.update(
                    (name, unless_required(form, name, figure)) for name, figure in figures.items()
                )
        ids = {form.column_id(column, fiscal_year): column for column in form.columns}
        return {
            key: FiscalYear(
                year=fiscal_year + column.offset,
                kind=column.kind,
                **figures_of_year(self.figures[key]),
            )
            for key, column in ids.items()
            if self.figures[key]
        }

    def rows(self, name: str) -> tuple[list[Label], Header | None]:
        """The labels in whose rows a field's figures stand, and the header over them."""
        label, header = self.dated(name)
        if header is None or not header.kinds_apart:
            return [label], header
        return [label, *self.rows_of_kinds(name, header).values()], header

    def dated(self, name: str) -> tuple[Label, Header | None]:
        """The field's label and the header over its figures; of several labels the first in a
        table that the form knows.
        """
        for label in self.area.at[name]:
            if (header := self._header(label, name)) is not None:
                return beside(label, header) or label, header
        return self.area.at[name][0], None

    def _figure(
        self, label: Label, header: Header, position: Position, unit: str, name: str, year: str
    ) -> Figure:
        """The figure where the row of a label meets a column; several values are one text."""
        boxes = self.area.cells(label, header, position)
        row, column = (
            (label.first_row, position.first)
            if header.across
            else (position.first, label.boxes[-1].left)
        )
        if len(boxes) > 1:
            boxes = [box for box in boxes if self.area.labels.unit(box.text) is None]
        self.area.used.update(id(box) for box in boxes)
        by = "usual_place" if header.by_order else "position"
        if not boxes:
            return Figure(unit=unit, place=self.area.grid.place(row, column), placed_by=by)
        if len(boxes) > 1:
            printed = " ".join(box.text.strip() for box in boxes)
            self.area.remarks.append(
                remarks.several_values(self.area.number, name, year, printed, boxes[0].place)
            )
            return Figure(
                state="text", printed=printed, unit=unit, place=boxes[0].place, placed_by=by
            )
        figure = figure_in(boxes[0], unit, self.area.labels.units)
        if figure.state == "text":
            self.area.no_figure(figure, name, year)
        return figure if by == "position" else figure.model_copy(update={"placed_by": by})
