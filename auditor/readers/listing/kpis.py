"""The indicators (KPIs) that stand on the rows of projects, one or several beside each other.

The columns of an indicator follow each other: a name, a target, the actuals of one or more years,
a rate. Where they come again, or stand under another group, the next one begins. What year stands
over the group of an indicator is that of its actual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from auditor.forms.model import Form, KpiTable
from auditor.forms.words import squeezed
from auditor.readers import remarks as grid_remarks
from auditor.readers.evaluations import places_of
from auditor.readers.grid.cells import Box, enclosing_place
from auditor.readers.grid.figures import figure_in
from auditor.readers.listing.columns import ListColumns
from auditor.readers.listing.headings import Heading
from auditor.readers.listing.records import RowCells
from auditor.readers.listing.rows import text_of
from auditor.readers.listing.words import KPI
from auditor.readers.years_in_headings import due_month
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi, Remark, Sheet

__all__ = ["Indicators"]

_BRACKETED: Final = re.compile(r"[(（]([^()（）]*)[)）]\s*$")


@dataclass
class _Indicator:
    """The headings of one indicator: of each part its own, and of its actuals by year."""

    parts: dict[str, Heading] = field(default_factory=dict[str, Heading])
    actuals: dict[int | None, Heading] = field(default_factory=dict["int | None", Heading])

    def has(self, name: str, year: int | None) -> bool:
        return year in self.actuals if name == "actuals" else name in self.parts

    @property
    def group(self) -> Box | None:
        """The cell over all of its headings; None where they have none."""
        headings = [*self.parts.values(), *self.actuals.values()]
        over = [heading.boxes[0] if len(heading.boxes) > 1 else None for heading in headings]
        first = over[0] if over else None
        return first if all(box is first for box in over) else None


class Indicators:
    """The indicators of the rows of one list."""

    def __init__(self, columns: ListColumns, form: Form, document: str, used: set[int]) -> None:
        self.columns, self.form, self.document, self.used = columns, form, document, used
        self.remarks: list[Remark] = []
        self.indicators = list(_grouped(columns))

    def of_row(self, cells: RowCells, sheet: Sheet, first: int) -> Iterator[Kpi]:
        """The indicators on a project's row, numbered from ``first``; those of which nothing is
        printed but dashes are none.
        """
        table = self.form.kpi
        if table is None or sheet.role == "total":
            return
        kpis: list[Kpi] = []
        for indicator in self.indicators:
            kpi = self._kpi(cells, sheet, indicator, table, first + len(kpis))
            if kpi is None:
                continue
            same = [at for at, other in enumerate(kpis) if _go_together(other, kpi)]
            if same:
                kpis[same[0]] = _together(kpis[same[0]], kpi)
            else:
                kpis.append(kpi)
        yield from kpis

    def _kpi(
        self, cells: RowCells, sheet: Sheet, indicator: _Indicator, table: KpiTable, number: int
    ) -> Kpi | None:
        texts = {name: self._text(cells, indicator, name) for name in _TEXTS}
        unit = texts["unit"][0] or self._heading_unit(indicator)
        target, due = self._target(cells, indicator, table, unit, number)
        actuals = {
            str(sheet.fiscal_year if year is None else year): self._figure(
                cells, heading, unit, "actuals", number
            )
            for year, heading in indicator.actuals.items()
        }
        said = [target, *actuals.values()]
        name, place = texts["name"]
        if not name and all(figure.state in ("blank", "dash") for figure in said):
            return None
        if not name and "name" not in indicator.parts and indicator.group is not None:
            name, place = text_of([indicator.group]), indicator.group.place
        rate = indicator.parts.get("declared_rate")
        direction, source = table.direction(name, target.printed)
        return Kpi(
            document=self.document,
            number=number,
            fiscal_year=sheet.fiscal_year,
            project=sheet.name,
            department=sheet.department,
            name=name,
            target=target,
            unit=unit,
            due=self._due(texts["due"][0], indicator) or due,
            actuals=FrozenDict(actuals),
            direction=direction,
            direction_source=source,
            declared_achieved=_achieved(texts["declared_achieved"][0], table),
            declared_rate=None
            if rate is None
            else self._figure(cells, rate, table.rate.unit, "declared_rate", number),
            place=sheet.place,
            places=places_of(
                {"project": sheet.place, "name": place}
                | {part: texts[part][1] for part in _TEXTS if part != "name"}
            ),
        )

    def _text(self, cells: RowCells, indicator: _Indicator, name: str) -> tuple[str, Place | None]:
        heading = indicator.parts.get(name)
        boxes = cells.under(heading) if heading is not None else []
        self.used.update(map(id, boxes))
        return (text_of(boxes), enclosing_place(boxes)) if boxes else ("", None)

    def _heading_unit(self, indicator: _Indicator) -> str:
        headings = [*indicator.actuals.values(), *indicator.parts.values()]
        return next((heading.unit for heading in headings if heading.unit is not None), "")

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

    def _target(
        self,
        cells: RowCells,
        indicator: _Indicator,
        table: KpiTable,
        unit: str,
        number: int,
    ) -> tuple[Figure, str | None]:
        """The target, and the month in which it is due where its own cell says it: 30（R12年度まで
        に）.
        """
        heading = indicator.parts.get("target")
        if heading is None:
            return Figure(unit=unit), None
        boxes = cells.under(heading)
        printed = boxes[0].text.strip() if len(boxes) == 1 else ""
        if suffix := table.target_suffix(printed):
            self.used.update(map(id, boxes))
            plain = _without_suffix(boxes[0], suffix, unit)
            if plain is not None:
                return plain, None
        noted = _BRACKETED.search(printed)
        due = due_month(noted[1]) if noted is not None else None
        return self._figure(cells, heading, unit, "target", number), due

    def _due(self, printed: str, indicator: _Indicator) -> str | None:
        """The month in which a target is due: of its column, or of the year in the heading of the
        target.
        """
        if month := due_month(printed):
            return month
        heading = indicator.parts.get("target")
        cell = heading.cells[-1].year if heading is not None else None
        return None if cell is None or cell.year is None else f"{cell.year + 1:04d}-03"


_TEXTS: Final = ("name", "unit", "due", "declared_achieved")


def _go_together(kpi: Kpi, other: Kpi) -> bool:
    """Whether two indicators of a row are one, whose years stand in blocks of their own."""
    alike = kpi.name and squeezed(kpi.name) == squeezed(other.name) and kpi.unit == other.unit
    return bool(alike) and not set(kpi.actuals).intersection(other.actuals)


def _together(kpi: Kpi, later: Kpi) -> Kpi:
    """An indicator with the actuals of another year; the target is that of the last year."""
    last = max((kpi, later), key=lambda part: max(part.actuals, default=""))
    actuals = FrozenDict(dict(sorted({**kpi.actuals, **later.actuals}.items())))
    return last.model_copy(update={"number": kpi.number, "actuals": actuals})


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
        dated = None if year is None else year.year
        begins = group is not over and not (_is_of_year(heading) and name == "actuals")
        if indicator.has(name, dated) or (indicator.parts and begins):
            yield indicator
            indicator = _Indicator()
        over = over if over is not None and _is_of_year(heading) else group
        if name == "actuals":
            indicator.actuals[dated] = heading
        else:
            indicator.parts[name] = heading
    if indicator.parts or indicator.actuals:
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
