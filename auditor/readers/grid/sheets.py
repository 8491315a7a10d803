"""Sheets of a form in a grid of cells: each area's figures, texts and evaluations, found by labels
and years alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from auditor.readers import remarks
from auditor.readers.evaluations import status_of
from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Grid
from auditor.readers.grid.cutting import cut
from auditor.readers.grid.evaluations import Evaluations
from auditor.readers.grid.headers import fiscal_year_of_headers
from auditor.readers.grid.labels import Found, Labels
from auditor.readers.grid.singles import Single, SingleFigures
from auditor.readers.grid.strays import captions, report_strays
from auditor.readers.grid.texts import HEADING_TEXTS, PLAIN_TEXTS, TEXTS, Texts
from auditor.readers.grid.units import Units
from auditor.readers.grid.yearly import YearlyFigures
from auditor.readers.wording import name_and_stages
from auditor.records.fiscal import parse_day, parse_year
from auditor.records.model import NotChecked, Remark, Sheet, figures_of_sheet
from auditor.records.text import Why

__all__ = ["GridReading", "read_sheets"]


@dataclass
class GridReading:
    """The sheets that a grid holds, and what there is to say about them. ``areas`` are where they
    lie: top, left, bottom, right.
    """

    sheets: list[Sheet] = field(default_factory=list[Sheet])
    remarks: list[Remark] = field(default_factory=list[Remark])
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    areas: list[tuple[int, int, int, int]] = field(
        default_factory=list["tuple[int, int, int, int]"]
    )


def read_sheets(grid: Grid, labels: Labels, document: str, first: int) -> GridReading:
    """All sheets of the form in a grid, numbered from ``first``; nothing where the grid holds
    none.
    """
    reading = GridReading()
    found = labels.find(grid)
    for part, inside in cut(grid, found):
        names = {label.name for label in inside}
        figures = [name for name in names if name in labels.form.fields]
        if not figures or not ({"title", "name"} & names):
            continue
        number = first + len(reading.sheets) + len(reading.not_checked)
        page = _SheetReading(part, labels, inside, document, number)
        sheet = page.sheet()
        reading.areas.append(
            (part.boxes[0].top, min(box.left for box in part.boxes), part.bottom, part.right)
        )
        if sheet is None:
            reading.not_checked.append(NotChecked(document=document, sheet=number, why=page.why()))
        else:
            reading.sheets.append(sheet)
            reading.remarks += page.area.remarks
    return reading


class _SheetReading:
    """One sheet's area, read by its labels."""

    def __init__(
        self, grid: Grid, labels: Labels, found: Sequence[Found], document: str, number: int
    ) -> None:
        self.document = document
        self.area = Area(grid, labels, found, number)
        units = Units(self.area)
        self.yearly = YearlyFigures(self.area, units)
        self.singles = SingleFigures(self.area, units)
        self.texts = Texts(self.area)
        self.evaluations = Evaluations(self.area, self.texts)

    def why(self) -> Why:
        where = self.area.place.sheet or ""
        missing = "the project's name" if not self.name[0] else "its fiscal year"
        wanted = "事業名" if not self.name[0] else "年度"
        return Why(
            code="sheet-not-understood",
            en=f"worksheet {where!r}: a sheet of the form was not checked: {missing} can't be found",
            ja=f"ワークシート「{where}」: シートを確かめていません。{wanted}が見つかりません",
        )

    def sheet(self) -> Sheet | None:
        """The record, or None where the sheet tells neither its name nor its year."""
        name, stages = self.name
        fiscal_year = self.fiscal_year
        if not name or fiscal_year is None:
            return None
        self.yearly.date_headers(fiscal_year)
        self._missing_labels()
        years = self.yearly.read(fiscal_year)
        singles = {
            name: self.singles.read(name, fiscal_year) for name in self.area.form.sheet_figures
        }
        # What stands under the headings of plan and result is taken first: it lies to the right
        # of other labels' texts.
        texts = {name: self.texts.text(name) for name in (*HEADING_TEXTS, *PLAIN_TEXTS)}
        plans = self.texts.text("plans")
        evaluations = self.evaluations.read(fiscal_year)
        report_strays(self.area, self.yearly)
        return Sheet(
            document=self.document,
            number=self.area.number,
            name=name,
            budget_stages=stages,
            fiscal_year=fiscal_year,
            plans=tuple(line.strip() for line in plans.splitlines() if line.strip()),
            **texts,
            captions=captions(self.area),
            **figures_of_sheet({name: single.figure for name, single in singles.items()}),
            population_as_of=self._as_of(singles),
            evaluations=evaluations,
            status=status_of(self.area.form, evaluations),
            years=years,
            place=self.area.place,
        )

    @cached_property
    def fiscal_year(self) -> int | None:
        """The year of the title, which may stand in a cell beside it; else the year that the
        headers fit.
        """
        for title in self.area.at.get("title", ()):
            if title.match.year is not None:
                return title.match.year
            beside = [
                box
                for box in self.area.grid.rows(title.top, title.boxes[0].bottom)
                if id(box) not in self.area.label_boxes
            ]
            years = [
                year
                for box in beside
                if len(box.label) <= 30 and (year := parse_year(box.label)) is not None
            ]
            if len(set(years)) == 1:
                self.area.used.update(
                    id(box) for box in beside if parse_year(box.label) is not None
                )
                return years[0]
        return fiscal_year_of_headers(self.area.headers, self.area.form)

    @cached_property
    def name(self) -> tuple[str, tuple[str, ...]]:
        """The project's name and the budget stages behind it."""
        return name_and_stages(self.area.form, " ".join(self.texts.text("name").split("\n")))

    def _as_of(self, singles: dict[str, Single]) -> date | None:
        return parse_day(singles["population"].words) if "population" in singles else None

    def _missing_labels(self) -> None:
        wanted = {name: definition.label for name, definition in self.area.form.fields.items()}
        wanted |= {
            name: self.area.form.labels[name] for name in TEXTS if name in self.area.form.labels
        }
        for name, words in wanted.items():
            if words and name not in self.area.at:
                self.area.remarks.append(
                    remarks.label_missing(self.area.number, name, words[0], self.area.place)
                )
