"""The indicators (KPIs) that stand on the rows of projects, one or several beside each other.

The columns of an indicator follow each other: a name, targets, actuals and rates of one or more
years. Where they come again, or stand under another group, the next one begins. What year stands
over the group of an indicator is that of its figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from auditor.forms.model import Form, KpiTable
from auditor.forms.words import squeezed
from auditor.readers import remarks as grid_remarks
from auditor.readers.evaluations import places_of
from auditor.readers.grid.cells import Box, enclosing_place
from auditor.readers.grid.figures import figure_in
from auditor.readers.kpi.kind_grids import NO_ROWS
from auditor.readers.kpi.kind_rows import FIGURES
from auditor.readers.kpi.remarks import no_row
from auditor.readers.kpi.yearly import due_in, is_printed, of_each_year, unread_in
from auditor.readers.listing.columns import ListColumns
from auditor.readers.listing.headings import Heading
from auditor.readers.listing.records import RowCells
from auditor.readers.listing.rows import text_of
from auditor.readers.listing.words import KPI
from auditor.readers.years_in_headings import Year, due_month
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi, Remark, Sheet

__all__ = ["Indicators"]

_BRACKETED: Final = re.compile(r"[(（]([^()（）]*)[)）]\s*$")


_SEVERAL: Final = 2
_NEAR: Final = 15
"""A year without its era is so far from the fiscal year at most."""


@dataclass
class _Indicator:
    """The headings of one indicator: of each text its own, and of each kind of figures by year."""

    parts: dict[str, Heading] = field(default_factory=dict[str, Heading])
    dated: dict[str, dict[Year | None, Heading]] = field(
        default_factory=lambda: {name: {} for name in FIGURES}
    )

    def has(self, name: str, year: Year | None) -> bool:
        return year in self.dated[name] if name in FIGURES else name in self.parts

    @property
    def headings(self) -> list[Heading]:
        """All of its headings: those of what was reached before all others."""
        dated = [heading for name in FIGURES for heading in self.dated[name].values()]
        return [*dated, *self.parts.values()]

    @property
    def group(self) -> Box | None:
        """The cell over all of its headings; None where they have none."""
        over = [heading.boxes[0] if len(heading.boxes) > 1 else None for heading in self.headings]
        first = over[0] if over else None
        return first if all(box is first for box in over) else None


@dataclass(frozen=True)
class _Read:
    """What a row says of an indicator: a record, and its targets and rates by their years, where
    it has several of either.
    """

    kpi: Kpi
    targets: Mapping[int, Figure] = field(default_factory=dict[int, Figure])
    rates: Mapping[int, Figure] = field(default_factory=dict[int, Figure])

    @property
    def in_its_year(self) -> _Read:
        """The same with its one target, and its rate, by the last year of its actuals."""
        if self.targets or not self.kpi.actuals:
            return self
        year, rate = int(max(self.kpi.actuals)), self.kpi.declared_rate
        rates = {} if rate is None else {year: rate}
        return _Read(self.kpi, {year: self.kpi.target}, rates)

    def records(self, number: int) -> list[Kpi]:
        """The records of the indicator, numbered from ``number``."""
        kpi = self.kpi.model_copy(update={"number": number})
        return of_each_year(kpi, self.targets, self.rates) if self.targets else [kpi]


class Indicators:
    """The indicators of the rows of one list."""

    columns: ListColumns
    document: str
    form: Form
    used: set[int]

    def __init__(
        self,
        columns: ListColumns,
        form: Form,
        document: str,
        used: set[int],
        lacking: Mapping[int, set[str]] = NO_ROWS,
    ) -> None:
        """``lacking`` are the figures that indicators have no row for, by their rows."""
        self.columns, self.form, self.document, self.used = columns, form, document, used
        self.lacking = lacking
        self.remarks: list[Remark] = []
        self.indicators: list[_Indicator] = list(_grouped(columns))

    def of_row(self, cells: RowCells, sheet: Sheet, first: int) -> Iterator[Kpi]:
        """The indicators on a project's row, numbered from ``first``; those of which nothing is
        printed but dashes are none.
        """
        table = self.form.kpi
        if table is None or sheet.role == "total":
            return
        indicators: list[_Read] = []
        number = first
        for indicator in self.indicators:
            read = self._read(cells, sheet, indicator, table, number)
            if read is None:
                continue
            same = [at for at, other in enumerate(indicators) if _go_together(other.kpi, read.kpi)]
            if same:
                indicators[same[0]] = _together(indicators[same[0]], read)
            else:
                indicators.append(read)
            number = first + sum(len(other.records(1)) for other in indicators)
        number, parts = first, self.lacking.get(cells.row.top, ())
        for read in indicators:
            records = [unread_in(kpi, parts) for kpi in read.records(number)]
            self.remarks += [no_row(records[0], part) for part in FIGURES if part in parts]
            number += len(records)
            yield from records

    def _read(
        self, cells: RowCells, sheet: Sheet, indicator: _Indicator, table: KpiTable, number: int
    ) -> _Read | None:
        texts = {name: self._text(cells, indicator, name) for name in _TEXTS}
        unit = texts["unit"][0] or self._heading_unit(indicator)
        targets, due = self._targets(cells, indicator, table, unit, number)
        actuals = {
            str(_in(year, sheet.fiscal_year)): self._figure(cells, heading, unit, "actuals", number)
            for year, heading in indicator.dated["actuals"].items()
        }
        name, place = texts["name"]
        if not name and not any(map(is_printed, (*targets.values(), *actuals.values()))):
            return None
        if not name and "name" not in indicator.parts and indicator.group is not None:
            name, place = text_of([indicator.group]), indicator.group.place
        target = next(iter(targets.values()), Figure(unit=unit))
        due = self._due(texts["due"][0], indicator) or due
        rates = self._rates(cells, indicator, table, targets, due, sheet.fiscal_year, number)
        direction, source = table.direction(name, target.printed)
        kpi = Kpi(
            document=self.document,
            number=number,
            fiscal_year=sheet.fiscal_year,
            project=sheet.name,
            department=sheet.department,
            name=name,
            target=target,
            unit=unit,
            due=due,
            actuals=FrozenDict(actuals),
            direction=direction,
            direction_source=source,
            declared_achieved=_achieved(texts["declared_achieved"][0], table),
            declared_rate=next(iter(rates.values()), None),
            place=sheet.place,
            places=places_of(
                {"project": sheet.place, "name": place}
                | {part: texts[part][1] for part in _TEXTS if part != "name"}
            ),
        )
        if len(targets) < _SEVERAL:
            return _Read(kpi)
        return _Read(kpi, _by_year(targets, sheet), _by_year(rates, sheet))

    def _text(self, cells: RowCells, indicator: _Indicator, name: str) -> tuple[str, Place | None]:
        heading = indicator.parts.get(name)
        boxes = cells.under(heading) if heading is not None else []
        self.used.update(map(id, boxes))
        return (text_of(boxes), enclosing_place(boxes)) if boxes else ("", None)

    def _heading_unit(self, indicator: _Indicator) -> str:
        units = (heading.unit for heading in indicator.headings)
        return next((unit for unit in units if unit is not None), "")

    def _figure(
        self, cells: RowCells, heading: Heading, unit: str, name: str, number: int
    ) -> Figure:
        boxes = cells.under(heading)
        self.used.update(map(id, boxes))
        if len(boxes) != 1:
            printed = " ".join(box.text.strip() for box in boxes)
            place = boxes[0].place if boxes else cells.place(heading)
            state: Literal["text", "blank"] = "text" if boxes else "blank"
            return Figure(
                state=state, printed=printed, unit=unit, place=place, placed_by="position"
            )
        other = {"%": "％", "％": "%"}.get(unit, unit)
        figure = figure_in(boxes[0], unit, (unit, other) if unit else ("%", "％"))
        if figure.state == "text":
            message = grid_remarks.text_for_figure(None, name, None, figure, kpi=number)
            self.remarks.append(message)
        return figure.model_copy(update={"unit": unit}) if unit else figure

    def _targets(
        self,
        cells: RowCells,
        indicator: _Indicator,
        table: KpiTable,
        unit: str,
        number: int,
    ) -> tuple[dict[Year | None, Figure], str | None]:
        """The targets by year, from the first one on, and the month in which one is due where its
        cell says it: 30（R12年度までに）.
        """
        targets: dict[Year | None, Figure] = {}
        due: str | None = None
        for year, heading in indicator.dated["target"].items():
            boxes = cells.under(heading)
            printed = boxes[0].text.strip() if len(boxes) == 1 else ""
            plain: Figure | None = None
            if suffix := table.target_suffix(printed):
                plain = _without_suffix(boxes[0], suffix, unit)
            if plain is not None:
                self.used.update(map(id, boxes))
            else:
                noted = _BRACKETED.search(printed)
                due = due_month(noted[1]) if noted is not None else due
            targets[year] = plain or self._figure(cells, heading, unit, "target", number)
        return targets, due

    def _rates(
        self,
        cells: RowCells,
        indicator: _Indicator,
        table: KpiTable,
        targets: Mapping[Year | None, Figure],
        due: str | None,
        usual: int,
        number: int,
    ) -> dict[Year | None, Figure]:
        """The rates of the years for which targets are printed. Of several rates of one target,
        that of the year in which it is due is what was reached of it; the others are not read.
        """
        headings = indicator.dated["declared_rate"]
        years = [year for year in headings if len(targets) < _SEVERAL or year in targets]
        if len(targets) < _SEVERAL <= len(headings):
            years = [year for year in headings if due and due_in(_in(year, usual)) == due]
        unit = table.rate.unit
        return {
            year: self._figure(cells, headings[year], unit, "declared_rate", number)
            for year in years
        }

    def _due(self, printed: str, indicator: _Indicator) -> str | None:
        """The month in which a target is due: of its column, or of the year in the heading of the
        target.
        """
        if month := due_month(printed):
            return month
        heading = next(iter(indicator.dated["target"].values()), None)
        cell = heading.cells[-1].year if heading is not None else None
        return None if cell is None or cell.year is None else due_in(cell.year)


_TEXTS: Final = ("name", "unit", "due", "declared_achieved")


def _go_together(kpi: Kpi, other: Kpi) -> bool:
    """Whether two indicators of a row are one, whose years stand in blocks of their own."""
    alike = kpi.name and squeezed(kpi.name) == squeezed(other.name) and kpi.unit == other.unit
    return bool(alike) and not set(kpi.actuals).intersection(other.actuals)


def _together(read: _Read, later: _Read) -> _Read:
    """An indicator with the figures of another year, which stand in a block of their own. A target
    that says when it is due is the same in each block, and that of the last one counts.
    """
    first, last = sorted((read, later), key=lambda part: max(part.kpi.actuals, default=""))
    actuals = dict(sorted({**first.kpi.actuals, **last.kpi.actuals}.items()))
    kpi = last.kpi.model_copy(update={"actuals": FrozenDict(actuals)})
    if last.kpi.due is not None and not last.targets:
        return _Read(kpi)
    earlier, block = first.in_its_year, last.in_its_year
    return _Read(kpi, {**earlier.targets, **block.targets}, {**earlier.rates, **block.rates})


def _by_year(figures: Mapping[Year | None, Figure], sheet: Sheet) -> dict[int, Figure]:
    return {_in(year, sheet.fiscal_year): figure for year, figure in figures.items()}


def _in(year: Year | None, fiscal_year: int) -> int:
    """The year of a heading in a list of some fiscal year, which is that of one without a year."""
    if year is None:
        return fiscal_year
    if year.year is not None:
        return year.year
    near = range(fiscal_year - _NEAR, fiscal_year + _NEAR + 1)
    return next((at for at in near if year.may_be(at, fiscal_year)), fiscal_year)


def _grouped(columns: ListColumns) -> Iterator[_Indicator]:
    """The indicators of a list, from the left."""
    headings: list[tuple[Heading, str]] = []
    for name, of_name in columns.all_of.items():
        if name.startswith(KPI):
            headings += [(heading, name.removeprefix(KPI)) for heading in of_name]
    indicator, over = _Indicator(), None
    for heading, name in sorted(headings, key=lambda item: item[0].left):
        group = heading.boxes[0] if len(heading.boxes) > 1 else None
        year = columns.year_of(heading)
        begins = group is not over and not (_is_of_year(heading) and name in FIGURES)
        if indicator.has(name, year) or (indicator.headings and begins):
            yield indicator
            indicator = _Indicator()
        over = over if over is not None and _is_of_year(heading) else group
        if name in FIGURES:
            indicator.dated[name][year] = heading
        else:
            indicator.parts[name] = heading
    if indicator.headings:
        yield indicator


def _is_of_year(heading: Heading) -> bool:
    """Whether what stands over a heading, or below it, is nothing but a year."""
    ends = heading.cells[0], heading.cells[-1]
    return len(heading.cells) > 1 and heading.year is not None and not all(c.full for c in ends)


def _without_suffix(box: Box, suffix: str, unit: str) -> Figure | None:
    """The target in a cell without the words behind it that say which way is better."""
    text = box.text.strip().removesuffix(suffix)
    figure = parse_figure(text, unit=unit, units=(unit,), place=box.place, placed_by="position")
    if figure.state != "number":
        return None
    return figure.model_copy(update={"printed": box.text.strip()})


def _achieved(printed: str, table: KpiTable) -> Literal["achieved", "missed"] | None:
    word = squeezed(printed)
    if word and word in map(squeezed, table.achieved):
        return "achieved"
    if word and word in map(squeezed, table.missed):
        return "missed"
    return None
