"""Reads a form's table of indicators (KPIs) from tab- or comma-separated text: columns by their
labels, never by position.

A figure's place is the line on which its row starts and the letter of its column, as a
spreadsheet shows it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, overload

from auditor.forms.model import Form, KpiTable
from auditor.forms.words import squeezed
from auditor.readers.evaluations import places_of
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.records.addresses import column_letters
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.fiscal import fiscal_year_in_words, parse_month, parse_year
from auditor.records.model import Direction, DirectionSource, Kpi, NotChecked, Remark
from auditor.records.text import Text, Why

__all__ = ["KpiTableReader", "read_rows"]

_REQUIRED: Final = ("project", "name", "target", "unit", "due", "actuals")
_MERGED: Final = ("project", "department", "summary")
_TEXTS: Final = ("name", "unit", "due", "declared_achieved")
_HEADINGS: Final = 5  # the rows above a header that can be its headings; what stands further up belongs to something else
_LONGEST_LABEL: Final = 60
_FEWEST_NAMES: Final = 3  # the fields that the cells of a header name
_SHOWN: Final = 60


class _Row(NamedTuple):
    """One record of the file: ``order`` counts the rows that hold anything, ``line`` is where it
    starts.
    """

    order: int
    line: int
    cells: tuple[str, ...]

    def cell(self, index: int | None) -> str:
        return self.cells[index].strip() if index is not None and index < len(self.cells) else ""

    @property
    def printed(self) -> str:
        text = " ".join(" ".join(cell.split()) for cell in self.cells if cell.strip())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


class _Header(NamedTuple):
    """Where each field and each year stands. A row has to reach the last labelled column
    (``width``) and end by ``length``.
    """

    fields: Mapping[str, int]
    years: Mapping[str, int]
    labelled: frozenset[int]
    width: int
    length: int

    def holds_indicator(self, row: _Row) -> bool:
        """Whether a row says anything beside a project's name and summary, whose cells are merged
        over several rows.
        """
        own = {index for name, index in self.fields.items() if name not in _MERGED} | set(
            self.years.values()
        )
        return any(row.cell(index) for index in own)


@dataclass
class _Carried:
    """What merged cells carry down within a section, and where it stands."""

    project: str = ""
    department: str = ""
    summary: str = ""
    grant: str = ""
    section_grant: str = ""
    places: dict[str, Place | None] = field(default_factory=dict[str, "Place | None"])


class KpiTableReader:
    """Reads KPI tables as TSV or CSV: one or several sections, each with its own header, merged
    cells left empty.
    """

    name = "kpi-table"

    def accepts(self, source: Source, form: Form) -> bool:
        return (
            form.kpi is not None
            and source.text is not None
            and _delimited(source, _Labels(form.kpi)) is not None
        )

    def read(self, source: Source, form: Form) -> Reading:
        labels = _Labels(form.kpi or KpiTable())
        table = _delimited(source, labels)
        if table is None or form.kpi is None or source.text is None:
            raise UnreadableDocument(
                source.path,
                "no-table",
                "holds no table of indicators (KPIs)",
                "KPI の表が見つかりません",
            )
        rows, broken = table
        reading = _TableReading(source.path, form.kpi, labels)
        reading.read(rows)
        if broken is not None:
            reading.not_read(
                "broken-csv",
                f"the table could not be read from line {broken} on: a quotation mark is not closed, or a cell is too long",
                f"{broken}行目から先の表を読めません。引用符が閉じていないか、セルが長すぎます",
            )
        if form.detect and all(squeezed(word) in source.body for word in form.detect):
            reading.not_read(
                "also-sheets",
                "the file holds project sheets beside the KPI table; put them into a file of their own",
                "KPI の表のほかに事業シートが含まれています。別のファイルに分けてください",
            )
        return reading.done()


def read_rows(
    path: str, table: KpiTable, rows: Sequence[tuple[int, tuple[str, ...]]]
) -> Reading | None:
    """The indicators of rows of cells, each with its number, from whatever document; None where
    no header shows.

    A figure's place is its row's number as the line, and its column's letter.
    """
    filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    split = [_Row(order, number, cells) for order, (number, cells) in enumerate(filled)]
    labels = _Labels(table)
    if not labels.in_use(split):
        return None
    reading = _TableReading(path, table, labels)
    reading.read(split)
    return reading.done()


# --- rows -------------------------------------------------------------------------------------------------------------------


def _delimited(source: Source, labels: _Labels) -> tuple[list[_Row], int | None] | None:
    """The rows by the delimiter under which a header shows, and the line from which they can't be
    split; None where none does.
    """
    text = source.text or ""
    if not labels.may_head(source.body):
        return None
    for delimiter in "\t", ",":
        if delimiter in text:
            rows, broken = _split(text, delimiter)
            if labels.in_use(rows):
                return rows, broken
    return None


def _split(text: str, delimiter: Literal["\t", ","]) -> tuple[list[_Row], int | None]:
    rows: list[_Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line, broken = 1, None
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_Row(len(rows), line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        broken = line
    # Text copied out of a page is not quoted: there a quotation mark is a character like any other.
    if delimiter == "\t" and (
        broken is not None or any("\t" in cell for row in rows for cell in row.cells)
    ):
        lines = [
            (number, tuple(line.rstrip("\r\n").split("\t")))
            for number, line in enumerate(io.StringIO(text, newline=""), 1)
        ]
        filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
        return [_Row(order, number, cells) for order, (number, cells) in enumerate(filled)], None
    return rows, broken


# --- headers ----------------------------------------------------------------------------------------------------------------


class _Labels:
    """What the form's table is labelled with; every cell of a document is asked, so the answers
    are kept.
    """

    def __init__(self, table: KpiTable) -> None:
        self.names = {
            squeezed(label): name for name, labels in table.labels.items() for label in labels
        }
        self.words = [squeezed(word) for word in table.detect]
        self.year_label = re.compile(table.year_label)
        self.known: dict[str, bool] = {"": False}

    def name(self, cell: str) -> str | None:
        """The field that a cell is the label of."""
        return self.names.get(squeezed(cell))

    def year(self, cell: str) -> int | None:
        """The year of a column of actuals, or None where the cell is no label of one."""
        label = squeezed(cell)
        return parse_year(label) if len(label) <= 20 and self.year_label.search(label) else None

    def head(self, row: _Row) -> bool:
        """Whether a row is one of a header: three cells are labels, years or the table's own
        title, or two of no more than four.
        """
        found = sum(map(self._knows, row.cells)) if len(row.cells) > 1 else 0
        return found >= 3 or (found == 2 and row.filled <= 4)

    def in_use(self, rows: Sequence[_Row]) -> bool:
        """Whether the rows hold a header that names at least three fields."""
        return (
            len({self.name(cell) for row in rows if self.head(row) for cell in row.cells} - {None})
            >= _FEWEST_NAMES
        )

    def may_head(self, body: str) -> bool:
        """Whether a text has the labels of a header at all; no other is worth splitting."""
        # A quotation mark is doubled in a cell, so its label need not stand in the text.
        fields = {name for label, name in self.names.items() if '"' in label or label in body}
        return len(fields) >= _FEWEST_NAMES

    def _knows(self, cell: str) -> bool:
        if len(cell) > _LONGEST_LABEL:
            return False
        known = self.known.get(cell)
        if known is None:
            label = squeezed(cell)
            known = (
                label in self.names
                or self.year(label) is not None
                or any(word in label for word in self.words)
            )
            self.known[cell] = known
        return known


def _leaf(block: Sequence[_Row], index: int) -> str:
    """The lowest label of a column: those above it span it together with others."""
    return next((text for row in reversed(block) if (text := row.cell(index))), "")


# --- reading ----------------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class _TableReading:
    """One pass over a table's rows, gathering the KPIs and what there is to say about it."""

    path: str
    table: KpiTable
    labels: _Labels
    fiscal_year: int | None = None
    header: _Header | None = None
    kpis: list[Kpi] = field(default_factory=list[Kpi])
    remarks: list[Remark] = field(default_factory=list[Remark])
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    pending: list[_Row] = field(default_factory=list[_Row])
    stray: list[_Row] = field(default_factory=list[_Row])
    headings: set[str] = field(default_factory=set[str])
    carried: _Carried = field(default_factory=_Carried)

    def read(self, rows: Sequence[_Row]) -> None:
        block: list[_Row] = []
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
        self.stray += self.pending
        self._strays()
        self._later_years()
        return Reading(
            self.fiscal_year,
            kpis=tuple(self.kpis),
            remarks=tuple(self.remarks),
            not_checked=tuple(self.not_checked),
        )

    def not_read(self, code: str, en: str, ja: str) -> None:
        self.not_checked.append(NotChecked(document=self.path, why=Why(code=code, en=en, ja=ja)))

    def _remark(
        self,
        rule: str,
        en: str,
        ja: str,
        *,
        place: Place | None = None,
        kpi: int | None = None,
        name: str | None = None,
        year: str | None = None,
        printed: str = "",
    ) -> None:
        detail = Text(en=en, ja=ja)
        self.remarks.append(
            Remark(
                rule=rule,
                kpi=kpi,
                field=name,
                year=year,
                printed=printed,
                place=place,
                detail=detail,
            )
        )

    # Sections: headings, then the header's rows.

    def _section(self, block: Sequence[_Row]) -> None:
        near = [
            row
            for row in self.pending
            if row.filled == 1 and block[0].order - row.order <= _HEADINGS
        ]
        self.stray += [row for row in self.pending if row not in near]
        self.pending = []
        headings = [cell.strip() for row in near for cell in row.cells if cell.strip()]
        self.header = self._header(block)
        if self.fiscal_year is None:
            years = [year for heading in headings if (year := parse_year(heading)) is not None]
            printed = [int(year) for year in self.header.years]
            self.fiscal_year = years[0] if years else max(printed, default=None)
        # A header that only comes again, as on the next page, goes on with its section.
        fresh = {squeezed(heading) for heading in headings} - self.headings
        if fresh:
            self.headings |= fresh
            self.carried = _Carried()
            for row in near:
                (heading,) = (cell.strip() for cell in row.cells if cell.strip())
                if match := _search(self.table.section_grant, heading):
                    self.carried.section_grant = _group(match)
                    self.carried.places["grant_type"] = Place(line=row.line)

    def _header(self, block: Sequence[_Row]) -> _Header:
        place = Place(line=block[-1].line)
        fields: dict[str, int] = {}
        years: list[tuple[int, int]] = []
        length = max(len(row.cells) for row in block)
        leaves = {index: leaf for index in range(length) if (leaf := _leaf(block, index))}
        for index, leaf in leaves.items():
            name = self.labels.name(leaf)
            year = self.labels.year(leaf) if name is None else None
            if name is not None and name != "actuals" and name not in fields:
                fields[name] = index
            elif year is not None:
                years.append((index, year))
            else:
                self._remark(
                    "RD003",
                    f"the column headed {leaf!r} is not one that the form knows here; its cells were not read",
                    f"見出し「{leaf}」の列は様式にないか重複しています。この列は読み取っていません",
                    place=place.model_copy(update={"cell": column_letters(index + 1)}),
                    printed=leaf,
                )
        placed = self._years(years, place)
        for name in _REQUIRED:
            if not (placed if name == "actuals" else name in fields):
                wanted = next(iter(self.table.labels.get(name, ())), name)
                self._remark(
                    "RD004",
                    f"there is no column headed {wanted!r}; what stands in it could not be read",
                    f"見出し「{wanted}」の列が見つかりません。この列の内容は読み取れません",
                    place=place,
                    name=name,
                )
        return _Header(fields, placed, frozenset(leaves), max(leaves, default=-1) + 1, length)

    def _years(self, years: Sequence[tuple[int, int]], place: Place) -> dict[str, int]:
        """The column of each year. Columns follow one another by a year; of two with one label,
        only the one in its turn is read.
        """
        steps = Counter(year - index for index, year in years)
        usual = steps.most_common(1)[0][0] if steps else 0
        placed: dict[str, int] = {}
        for index, year in sorted(years, key=lambda item: item[1] - item[0] != usual):
            taken = str(year) in placed
            if not taken:
                placed[str(year)] = index
            if year - index != usual:
                en, ja = (
                    f"the column headed {year} is out of turn",
                    f"{fiscal_year_in_words(year)}の列が、1年ずつの並びから外れています",
                )
                if taken:
                    en += "; another has the same label, so its cells were not read"
                    ja += "。同じ見出しの列がほかにあるため、この列は読み取っていません"
                self._remark(
                    "RD006",
                    en,
                    ja,
                    place=place.model_copy(update={"cell": column_letters(index + 1)}),
                    name="actuals",
                    year=str(year),
                )
        return {year: placed[year] for year in sorted(placed)}

    # Rows: an indicator, a project's name on a row of its own, or nothing that the table knows.

    def _row(self, row: _Row) -> None:
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
            self.stray += others if alone else self.pending
            self.pending = []
        self._carry(row, header)
        if self._aligned(row, header):
            self._indicator(row, header)

    def _carry(self, row: _Row, header: _Header) -> None:
        at, of_department = header.fields.get("project"), header.fields.get("department")
        project = _unwrapped(row.cell(at))
        if project:
            self._begin(project, row, header)
        department = _unwrapped(row.cell(of_department))
        # A department's cell left of its projects is merged over them.
        several = at is not None and of_department is not None and of_department < at
        if department or (project and not several):
            self.carried.department = department
            self.carried.places["department"] = _place(row, of_department)

    def _begin(self, project: str, row: _Row, header: _Header) -> None:
        """Take up the project that a row begins."""
        match = _search(self.table.project_grant, project)
        self.carried.grant = _group(match) if match else self.carried.section_grant
        self.carried.project = (
            (project[: match.start()] + project[match.end() :]).strip() if match else project
        )
        self.carried.summary = row.cell(header.fields.get("summary"))
        for name in ("project", "summary"):
            self.carried.places[name] = _place(row, header.fields.get(name))
        if match:
            self.carried.places["grant_type"] = self.carried.places["project"]

    def _aligned(self, row: _Row, header: _Header) -> bool:
        """Whether each cell stands under its label; where fields were lost or added, nobody can
        tell which.
        """
        count = len(row.cells)
        if header.width <= count <= header.length:
            return True
        self._remark(
            "RD007",
            f"the row has {count} fields, the header {header.width}",
            f"この行の項目数は {count}、見出しの項目数は {header.width} です",
            place=Place(line=row.line),
            printed=row.printed,
        )
        if count > header.length and not any(cell.strip() for cell in row.cells[header.length :]):
            return True
        self.not_read(
            "row-not-read",
            f"line {row.line}: the row's fields don't match the header's, so its figures were not read",
            f"{row.line}行目：項目数が見出しと合わないため、この行の数値は読み取っていません",
        )
        return False

    def _indicator(self, row: _Row, header: _Header) -> None:
        number = len(self.kpis) + 1
        fields = header.fields
        name, unit = (
            _unwrapped(row.cell(fields.get("name"))),
            _unwrapped(row.cell(fields.get("unit"))),
        )
        for missing, text, en, ja in (
            (
                "project",
                self.carried.project,
                "the row belongs to no project",
                "この行がどの事業のものか分かりません",
            ),
            ("name", name, "the row has no indicator's name", "この行に指標の名称がありません"),
        ):
            if not text and missing in fields:
                self._remark(
                    "RD003",
                    en,
                    ja,
                    place=Place(line=row.line),
                    kpi=number,
                    name=missing,
                    printed=row.printed,
                )
        for index, cell in enumerate(row.cells):
            if cell.strip() and index not in header.labelled:
                en, ja = (
                    "the cell stands under no column label and was not read",
                    "見出しのない列に値があります。読み取っていません",
                )
                self._remark(
                    "RD003", en, ja, place=_place(row, index), kpi=number, printed=cell.strip()
                )
        target = self._target(row, fields.get("target"), unit, number)
        actuals = {
            year: self._figure(row, index, unit, number, "actuals", year)
            for year, index in header.years.items()
        }
        direction, direction_source = self._direction(row, header, name, target, number)
        # Without a column of its own it is read from the target's words, or from the name.
        of_direction = "target" if self.table.target_suffix(target.printed) else "name"
        at_direction = fields.get("direction", fields.get(of_direction))
        rate = fields.get("declared_rate")
        if self.fiscal_year is None:
            raise UnreadableDocument(
                self.path,
                "no-year",
                "neither the table's title nor its columns say which fiscal year it is of",
                "表の題名にも列の見出しにも年度が見当たりません",
            )
        self.kpis.append(
            Kpi(
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
                due=self._due(row, fields.get("due"), number),
                actuals=actuals,
                direction=direction,
                direction_source=direction_source,
                declared_achieved=self._declared(row, fields.get("declared_achieved"), number),
                declared_rate=None
                if rate is None
                else self._figure(row, rate, self.table.rate.unit, number, "declared_rate"),
                place=Place(line=row.line),
                places=places_of(
                    self.carried.places
                    | {text: _place(row, fields.get(text)) for text in _TEXTS}
                    | {"direction": _place(row, at_direction)}
                ),
            )
        )

    # Cells.

    def _figure(
        self, row: _Row, index: int, unit: str, kpi: int, name: str, year: str | None = None
    ) -> Figure:
        figure = _parsed(row.cell(index), unit, _place(row, index))
        if figure.state == "text":
            self._remark(
                "RD001",
                f"{figure.printed!r} is no figure",
                f"「{figure.printed}」は数値として読めません",
                place=_place(row, index),
                kpi=kpi,
                name=name,
                year=year,
                printed=figure.printed,
            )
        return figure

    def _target(self, row: _Row, index: int | None, unit: str, kpi: int) -> Figure:
        """The target; a word behind it that declares a direction is no part of the number, but of
        what was printed.
        """
        if index is None:
            return Figure(unit=unit)
        printed = row.cell(index)
        if suffix := self.table.target_suffix(printed):
            figure = _parsed(printed[: -len(suffix)], unit, _place(row, index))
            if figure.state == "number":
                return figure.model_copy(update={"printed": printed})
        return self._figure(row, index, unit, kpi, "target")

    def _due(self, row: _Row, index: int | None, kpi: int) -> str | None:
        printed = row.cell(index)
        due = parse_month(printed)
        if due is None and index is not None and _said(printed):
            en, ja = f"{printed!r} is no month", f"「{printed}」は年月として読めません"
            self._remark(
                "RD008", en, ja, place=_place(row, index), kpi=kpi, name="due", printed=printed
            )
        return due

    def _declared(
        self, row: _Row, index: int | None, kpi: int
    ) -> Literal["achieved", "missed"] | None:
        printed = squeezed(row.cell(index))
        if printed in map(squeezed, self.table.achieved):
            return "achieved"
        if printed in map(squeezed, self.table.missed):
            return "missed"
        if index is not None and _said(printed):
            self._unknown_word(row, index, kpi, "declared_achieved")
        return None

    def _direction(
        self, row: _Row, header: _Header, name: str, target: Figure, kpi: int
    ) -> tuple[Direction, DirectionSource]:
        index = header.fields.get("direction")
        printed = squeezed(row.cell(index))
        for word, direction in self.table.direction_words.items():
            if squeezed(word) == printed:
                return direction, "declared"
        if index is not None and _said(printed):
            self._unknown_word(row, index, kpi, "direction")
        return self.table.direction(name, target.printed)

    def _unknown_word(self, row: _Row, index: int, kpi: int, name: str) -> None:
        printed = row.cell(index)
        en, ja = (
            f"the form does not know the word {printed!r}",
            f"「{printed}」は様式で定めた語ではありません",
        )
        self._remark("RD009", en, ja, place=_place(row, index), kpi=kpi, name=name, printed=printed)

    # What is said at the end.

    def _strays(self) -> None:
        """Rows that belong to nothing, those next to one another as one."""
        runs: list[list[_Row]] = []
        for row in sorted(self.stray, key=lambda row: row.order):
            if runs and runs[-1][-1].order + 1 == row.order:
                runs[-1].append(row)
            else:
                runs.append([row])
        for run in runs:
            first, last = run[0], run[-1]
            en = (
                f"{len(run)} rows (lines {first.line} to {last.line}) belong"
                if len(run) > 1
                else "the row belongs"
            )
            ja = (
                f"{first.line}行目から{last.line}行目までの{len(run)}行"
                if len(run) > 1
                else "この行"
            )
            self._remark(
                "RD003",
                f"{en} to no section and no indicator",
                f"{ja}は、どの区分・指標にも属していません",
                place=Place(line=first.line),
                printed=first.printed,
            )

    def _later_years(self) -> None:
        """A table can't hold figures of a year after its report's: then the title or a column's
        label is wrong.
        """
        printed = [
            int(year)
            for kpi in self.kpis
            for year, figure in kpi.actuals.items()
            if figure.state == "number"
        ]
        if self.fiscal_year is None or not printed or max(printed) <= self.fiscal_year:
            return
        self._remark(
            "RD006",
            f"there are actuals for fiscal {max(printed)}, but the title says fiscal {self.fiscal_year}",
            f"{fiscal_year_in_words(max(printed))}の実績値がありますが、"
            f"題名は{fiscal_year_in_words(self.fiscal_year)}です",
            name="fiscal_year",
            year=str(max(printed)),
        )


def _parsed(text: str, unit: str, place: Place) -> Figure:
    """A figure in its KPI's unit, which may stand behind it again in either width."""
    wide = {"%": "％", "％": "%"}.get(unit, unit)
    figure = parse_figure(text, unit=unit, units=(unit, wide), place=place)
    return figure if figure.unit == unit else figure.model_copy(update={"unit": unit})


def _said(printed: str) -> bool:
    return parse_figure(printed).state not in ("blank", "dash")


@overload
def _place(row: _Row, index: int) -> Place: ...
@overload
def _place(row: _Row, index: int | None) -> Place | None: ...
def _place(row: _Row, index: int | None) -> Place | None:
    if index is None:
        return None
    return Place(line=row.line, cell=column_letters(index + 1))


def _unwrapped(text: str) -> str:
    """One line of a cell's text: a line break is a blank between Latin letters and nothing
    between Japanese ones.
    """
    joined = ""
    for part in (line.strip() for line in text.splitlines()):
        joined += (
            " " if joined and part and joined[-1].isascii() and part[0].isascii() else ""
        ) + part
    return joined


def _search(pattern: str, text: str) -> re.Match[str] | None:
    return re.search(pattern, text) if pattern else None


def _group(match: re.Match[str]) -> str:
    """What the pattern's first group caught, or all of it where it has none."""
    return match[match.lastindex or 0].strip()
