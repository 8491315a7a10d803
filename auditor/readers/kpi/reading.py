"""Reads a table of indicators (KPIs) row by row: sections, headers, projects and indicators.

A figure's place is the line on which its row starts and the letter of its column, as a
spreadsheet shows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from auditor.forms.model import KpiTable
from auditor.forms.patterns import Pattern
from auditor.forms.words import squeezed
from auditor.readers.evaluations import places_of
from auditor.readers.kpi import remarks
from auditor.readers.kpi.headers import Header, read_header, unread_columns
from auditor.readers.kpi.indicators import IndicatorCells, unwrapped
from auditor.readers.kpi.labels import Labels
from auditor.readers.kpi.rows import Row, filled_rows, place_of
from auditor.readers.kpi.yearly import of_each_year
from auditor.readers.source import Reading, UnreadableDocument
from auditor.records.figures import Place, parse_figure
from auditor.records.fiscal import parse_year
from auditor.records.model import Kpi, NotChecked, Remark
from auditor.records.text import Why

__all__ = ["TableReading", "read_rows"]

_TEXTS: Final = ("name", "unit", "due", "declared_achieved")
_HEADINGS: Final = 5
"""The rows above a header that can be its headings; what stands further up belongs to something
else."""


def read_rows(
    path: str, table: KpiTable, rows: Sequence[tuple[int, tuple[str, ...]]]
) -> Reading | None:
    """The indicators of rows of cells, each with its number, from whatever document; None where
    no header shows.

    A figure's place is its row's number as the line, and its column's letter.
    """
    filled = filled_rows(rows)
    labels = Labels(table)
    if not labels.in_use(filled):
        return None
    reading = TableReading(path, table, labels)
    reading.read(filled)
    return reading.done()


@dataclass
class _Carried:
    """What merged cells carry down within a section, and where it stands."""

    project: str = ""
    department: str = ""
    summary: str = ""
    grant: str = ""
    section_grant: str = ""
    places: dict[str, Place | None] = field(default_factory=dict[str, "Place | None"])


@dataclass(eq=False)
class TableReading:
    """One pass over a table's rows, gathering the KPIs and what there is to say about it.

    A row that is no indicator waits in ``pending``: it can be the heading of a section, or hold
    the project of the indicator below. It is a stray where it turns out to be neither.
    """

    path: str
    table: KpiTable
    labels: Labels
    fiscal_year: int | None = None
    header: Header | None = None
    kpis: list[Kpi] = field(default_factory=list[Kpi])
    remarks: list[Remark] = field(default_factory=list[Remark])
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    pending: list[Row] = field(default_factory=list[Row])
    strays: list[Row] = field(default_factory=list[Row])
    headings: set[str] = field(default_factory=set[str])
    carried: _Carried = field(default_factory=_Carried)
    with_numbers: set[int] = field(default_factory=set[int])
    """The columns unknown to the form in which numbers stand, under the present header."""

    def read(self, rows: Sequence[Row]) -> None:
        """Take up the rows of a table in their order; ``done`` has what they came to."""
        block: list[Row] = []
        for row in rows:
            if self.labels.head(row):
                block.append(row)
                continue
            if block:
                self._section(block)
                block = []
            self._row(row)
        if block:
            self._section(block)

    def done(self) -> Reading:
        """What was read, with the remarks on what belongs to nothing."""
        self.strays += self.pending
        self._report_unknown_columns()
        self._report_strays()
        self._report_later_years()
        return Reading(
            self.fiscal_year,
            kpis=tuple(self.kpis),
            remarks=tuple(self.remarks),
            not_checked=tuple(self.not_checked),
        )

    def not_read(self, code: str, en: str, ja: str) -> None:
        """Say of a part of the table why it was not read."""
        self.not_checked.append(NotChecked(document=self.path, why=Why(code=code, en=en, ja=ja)))

    # Sections: headings, then the header's rows.

    def _section(self, block: Sequence[Row]) -> None:
        """Begin a section, or go on with it: its headings stand above the rows of its header."""
        near = [
            row
            for row in self.pending
            if row.filled == 1 and block[0].order - row.order <= _HEADINGS
        ]
        self.strays += [row for row in self.pending if row not in near]
        self.pending = []
        headings = [_only_text(row) for row in near]
        self._report_unknown_columns()
        self.header, messages = read_header(block, self.labels)
        self.remarks += messages
        if self.fiscal_year is None:
            years = [year for heading in headings if (year := parse_year(heading)) is not None]
            printed = [int(year) for year in self.header.years]
            self.fiscal_year = years[0] if years else max(printed, default=None)
        # A header that only comes again, as on the next page, goes on with its section.
        fresh = {squeezed(heading) for heading in headings} - self.headings
        if not fresh:
            return
        self.headings |= fresh
        self.carried = _Carried()
        for row in near:
            if match := _search(self.table.section_grant, _only_text(row)):
                self.carried.section_grant = _group(match)
                self.carried.places["grant_type"] = Place(line=row.line)

    # Rows: an indicator, a project's name on a row of its own, or nothing that the table knows.

    def _row(self, row: Row) -> None:
        """Take up a row that is no part of a header."""
        header = self.header
        if header is None or not header.holds_indicator(row):
            self.pending.append(row)
            return
        if self.pending:
            *others, last = self.pending
            project = header.fields.get("project")
            alone = len(last.cells) >= header.width and last.cell(project) and not row.cell(project)
            if alone:
                self._carry(last, header)
            self.strays += others if alone else self.pending
            self.pending = []
        self._carry(row, header)
        if self._aligned(row, header):
            self._indicator(row, header)

    def _carry(self, row: Row, header: Header) -> None:
        """Take up what a row says of the rows below it, too."""
        of_project, of_department = header.fields.get("project"), header.fields.get("department")
        project = unwrapped(row.cell(of_project))
        if project:
            self._begin(project, row, header)
        department = unwrapped(row.cell(of_department))
        # A department's cell left of its projects is merged over them.
        over_projects = (
            of_project is not None and of_department is not None and of_department < of_project
        )
        if department or (project and not over_projects):
            self.carried.department = department
            self.carried.places["department"] = place_of(row, of_department)

    def _begin(self, project: str, row: Row, header: Header) -> None:
        """Take up the project that a row begins."""
        match = _search(self.table.project_grant, project)
        self.carried.grant = _group(match) if match else self.carried.section_grant
        self.carried.project = (
            (project[: match.start()] + project[match.end() :]).strip() if match else project
        )
        self.carried.summary = row.cell(header.fields.get("summary"))
        for name in ("project", "summary"):
            self.carried.places[name] = place_of(row, header.fields.get(name))
        if match:
            self.carried.places["grant_type"] = self.carried.places["project"]

    def _aligned(self, row: Row, header: Header) -> bool:
        """Whether each cell stands under its label; where fields were lost or added, nobody can
        tell which.
        """
        count = len(row.cells)
        if header.width <= count <= header.length:
            return True
        self.remarks.append(remarks.fields_differ(row, header.width))
        if count > header.length and not any(cell.strip() for cell in row.cells[header.length :]):
            return True
        self.not_read(
            "row-not-read",
            f"line {row.line}: the row's fields don't match the header's, "
            "so its figures were not read",
            f"{row.line}行目：項目数が見出しと合わないため、この行の数値は読み取っていません",
        )
        return False

    def _indicator(self, row: Row, header: Header) -> None:
        """Take up a row's indicator."""
        if self.fiscal_year is None:
            raise UnreadableDocument(
                self.path,
                "no-year",
                "neither the table's title nor its columns say which fiscal year it is of",
                "表の題名にも列の見出しにも年度が見当たりません",
            )
        number = len(self.kpis) + 1
        cells = IndicatorCells(row, header, self.table, number, self.remarks)
        name, unit = cells.text("name"), cells.text("unit")
        if not self.carried.project and "project" in header.fields:
            self.remarks.append(remarks.no_project(row, number))
        if not name and "name" in header.fields:
            self.remarks.append(remarks.no_name(row, number))
        cells.report_unlabelled()
        self.with_numbers.update(i for i in header.unknown if _is_number(row.cell(i)))
        targets = cells.targets(unit)
        target = next(iter(targets.values()), None) or cells.target(unit)
        actuals = cells.actuals(unit)
        direction, direction_source = cells.direction(name, target)
        places = {text: cells.place(text) for text in _TEXTS}
        places["direction"] = cells.place_of_direction(target)
        kpi = Kpi(
            document=self.path,
            number=number,
            fiscal_year=self.fiscal_year,
            project=self.carried.project,
            department=self.carried.department,
            grant_type=self.carried.grant or self.carried.section_grant,
            summary=self.carried.summary,
            name=name,
            target=target,
            unit=unit,
            due=cells.due(),
            actuals=actuals,
            direction=direction,
            direction_source=direction_source,
            declared_achieved=cells.declared_achieved(),
            declared_rate=None if targets else cells.declared_rate(),
            place=Place(line=row.line),
            places=places_of(self.carried.places | places),
        )
        rates = cells.declared_rates(targets)
        self.kpis += of_each_year(kpi, targets, rates) if targets else [kpi]

    # What is reported at the end.

    def _report_unknown_columns(self) -> None:
        """Columns of the last header that the form does not know."""
        if self.header is not None:
            self.remarks += unread_columns(self.header, self.with_numbers)
        self.with_numbers = set()

    def _report_strays(self) -> None:
        """Rows that belong to nothing, those next to one another as one."""
        runs: list[list[Row]] = []
        for row in sorted(self.strays, key=lambda row: row.order):
            if runs and runs[-1][-1].order + 1 == row.order:
                runs[-1].append(row)
            else:
                runs.append([row])
        self.remarks += [remarks.stray_rows(run[0], run[-1], len(run)) for run in runs]

    def _report_later_years(self) -> None:
        """A table can't hold figures of a year after its report's: then the title or a column's
        label is wrong.
        """
        years: list[int] = []
        for kpi in self.kpis:
            figures = kpi.actuals.items()
            years += [int(year) for year, figure in figures if figure.state == "number"]
        if self.fiscal_year is not None and years and max(years) > self.fiscal_year:
            self.remarks.append(remarks.later_year(max(years), self.fiscal_year))


def _is_number(text: str) -> bool:
    """Whether a cell holds a number, or begins with one."""
    return text[:1].isdigit() or parse_figure(text).state == "number"


def _only_text(row: Row) -> str:
    """The text of a row that has a single one."""
    return next(cell.strip() for cell in row.cells if cell.strip())


def _search(pattern: Pattern | None, text: str) -> re.Match[str] | None:
    return pattern.search(text) if pattern is not None else None


def _group(match: re.Match[str]) -> str:
    """What the pattern's first group caught, or all of it where it has none."""
    return match[match.lastindex or 0].strip()
