"""Sheets of a form in a grid of cells: each area's figures, texts and evaluations.

They are found by labels and years alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from auditor.forms.words import squeezed
from auditor.readers import remarks
from auditor.readers.evaluations import places_of, status_of
from auditor.readers.fiscal_years import DatedBy, dated_by, year_in_name, years_in
from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.cutting import cut
from auditor.readers.grid.evaluations import Evaluations
from auditor.readers.grid.furniture import is_numbers, numbers_in
from auditor.readers.grid.headers import fiscal_years_of_headers
from auditor.readers.grid.labels import Label, Labels, boxes_of
from auditor.readers.grid.lists import ProjectList, list_in, where
from auditor.readers.grid.singles import Single, SingleFigures
from auditor.readers.grid.strays import (
    captions,
    report_strays,
    report_text,
    shortest_texts,
    unread_boxes,
    without_doubtful,
)
from auditor.readers.grid.texts import HEADING_TEXTS, PLAIN_TEXTS, Printed, Texts
from auditor.readers.grid.units import Units
from auditor.readers.grid.yearly import YearlyFigures
from auditor.readers.remarks import part_named
from auditor.readers.shifted import undated
from auditor.readers.wording import name_and_stages
from auditor.records.fields import HEADED
from auditor.records.figures import Figure, Place
from auditor.records.fiscal import parse_day, parse_year
from auditor.records.model import NotChecked, Remark, Sheet, UnreadNumber, figures_of_sheet
from auditor.records.text import Why

__all__ = ["GridReading", "read_sheets"]


_TABLE: Final = 3
"""So many numbers under a title are a sheet's."""
_FIGURES_OF_TWO: Final = 2
"""So many figures whose labels stand twice are two sheets'."""


@dataclass
class GridReading:
    """The sheets that a grid holds, and what there is to say about them.

    ``areas`` are where they lie: top, left, bottom, right. ``unread`` are the numbers in them that
    no record holds; ``lists`` are areas that list projects instead. ``not_checked`` are areas that
    gave no sheet, ``doubtful`` says of sheets why their reading is no audit. ``beside`` are the
    parts of the grid that are none of these.
    """

    sheets: list[Sheet] = field(default_factory=list[Sheet])
    remarks: list[Remark] = field(default_factory=list[Remark])
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    doubtful: list[NotChecked] = field(default_factory=list[NotChecked])
    unread: list[UnreadNumber] = field(default_factory=list[UnreadNumber])
    lists: list[ProjectList] = field(default_factory=list[ProjectList])
    beside: list[Grid] = field(default_factory=list[Grid])
    areas: list[tuple[int, int, int, int]] = field(
        default_factory=list["tuple[int, int, int, int]"]
    )


def read_sheets(grid: Grid, labels: Labels, document: str, first: int) -> GridReading:
    """All sheets of the form in a grid, numbered from ``first``; nothing where the grid holds
    none.
    """
    reading = GridReading()
    year: int | None = None
    for part, inside in cut(grid, labels.find(grid), labels.form):
        names = {label.name for label in inside}
        figures = names.intersection(labels.form.fields)
        heads = names & {"title", "name"}
        number = first + len(reading.sheets) + len(reading.not_checked)
        if figures and heads and (projects := list_in(part, labels, inside)) is not None:
            reading.lists.append(projects)
            reading.areas.append(_extent(part))
        elif figures and heads:
            page = _SheetReading(part, labels, inside, document, number)
            page.inherited_year = year
            page.add_to(reading)
            year = page.title_year or year
        elif len(heads) == 2 and reading.areas:
            # Beside sheets it heads one more; alone it may be a cover.
            place = part.boxes[0].place
            why = _why(place, "no figure stands under its heading", "見出しの下に数値がありません")
            reading.not_checked.append(NotChecked(document=document, sheet=number, why=why))
            reading.unread += numbers_in(part)
        else:
            reading.beside.append(part)
    return reading


def _extent(part: Grid) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of an area."""
    first_column = min(box.left for box in part.boxes)
    return part.boxes[0].top, first_column, part.bottom, part.right


def _why(place: Place, en: str, ja: str) -> Why:
    """Why a sheet was not checked."""
    where_en, where_ja = where(place)
    return Why(
        code="sheet-not-understood",
        en=f"{where_en}a sheet of the form was not checked: {en}",
        ja=f"{where_ja}シートを点検していません。{ja}",
    )


class _SheetReading:
    """One sheet's area, read by its labels. ``inherited_year`` is that of a title which stands
    over several sheets.
    """

    inherited_year: int | None = None

    def __init__(
        self,
        grid: Grid,
        labels: Labels,
        printed_labels: Sequence[Label],
        document: str,
        number: int,
    ) -> None:
        self.document = document
        self.area = Area(grid, labels, printed_labels, number)
        units = Units(self.area)
        self.yearly = YearlyFigures(self.area, units)
        self.singles = SingleFigures(self.area, units)
        self.texts = Texts(self.area)
        self.evaluations = Evaluations(self.area, self.texts)

    def add_to(self, reading: GridReading) -> None:
        """Read the sheet, and say what was not checked of it."""
        reading.areas.append(_extent(self.area.grid))
        sheet = self._sheet()
        if sheet is None:
            why = _why(self.area.place, *self._missing())
            number = self.area.number
            reading.not_checked.append(NotChecked(document=self.document, sheet=number, why=why))
            reading.unread += numbers_in(self.area.grid)
            return
        unread = unread_boxes(self.area)
        reading.sheets.append(sheet)
        reading.remarks += self.area.remarks
        reading.unread += [
            UnreadNumber(printed=box.text.strip(), place=box.place, sheet=sheet.number)
            for box in unread
        ]
        if (reason := self._doubt(sheet, unread)) is not None:
            why = _why(self.area.place, *reason)
            reading.doubtful.append(NotChecked(document=self.document, sheet=sheet.number, why=why))

    def _doubt(self, sheet: Sheet, unread: Sequence[Box]) -> tuple[str, str] | None:
        """Why the sheet counts as not checked although it was read, in both languages."""
        if self._holds_two() or self._has_second_title(unread) or self._has_second_name():
            return (
                "another sheet's table and labels stand in it",
                "別のシートの表と項目が混ざっています",
            )
        if (contradiction := self.dated.contradiction) is not None:
            return contradiction.en, contradiction.ja
        if self.yearly.askew:
            part = part_named(self.yearly.askew[0])
            return (
                f"its table goes on on {part.en} in other columns than those of its headings; "
                "repeat the headings there",
                f"表が{part.ja}に続いていますが、列が見出しの列とそろっていません。"
                "続きのページにも見出しを付けてください",
            )
        if self.yearly.amid_rows:
            return (
                "its labels stand in the middle of their rows, so which row belongs to which "
                "can't be told; give the workbook, or a PDF with ruling lines",
                "項目名が行の中ほどにあり、どの行がどの項目のものか分かりません。"
                "元のブックか、罫線のある PDF を指定してください",
            )
        figures = [figure for _, _, figure in sheet.every_figure()]
        if not too_little(figures, len(unread)):
            return None
        numbers = sum(figure.state == "number" for figure in figures)
        return (
            f"{numbers} of its {len(figures)} figures could be read, "
            f"and {len(unread)} numbers on it belong to none",
            f"数値{len(figures)}件のうち読み取れたのは{numbers}件で、"
            f"どの項目のものか分からない数値が{len(unread)}件あります",
        )

    def _holds_two(self) -> bool:
        """Whether the area holds the tables of two sheets: most figures' labels stand in it more
        than once, and another label does, too. A table alone may be an appendix.
        """
        often = {name for name, labels in self.area.at.items() if len(labels) > 1}
        figures = set(self.area.at).intersection(self.area.form.amounts)
        others = often.intersection(("title", *HEADED))
        if not self.area.form.amounts:  # a card has figures without columns alone
            figures = set(self.area.at).intersection(self.area.form.sheet_figures)
        return len(figures) > 1 and 2 * len(figures & often) > len(figures) and bool(others)

    def _has_second_title(self, unread: Sequence[Box]) -> bool:
        """Whether a second title heads numbers that were not read, as where the labels of another
        sheet are lost.
        """
        titles = [title for title in self.area.at.get("title", ()) if title.match.year is not None]
        return any(
            sum(box.top > title.bottom and box.right >= title.left for box in unread) >= _TABLE
            for title in titles[1:]
        )

    def _has_second_name(self) -> bool:
        """Whether another project's name stands beside a label, as the sheet's does, and some
        figures have labels twice, too. One that comes again on the next page is no other.
        """
        area = self.area
        often = [name for name in area.form.fields if len(area.at.get(name, ())) > 1]
        if len(often) < _FIGURES_OF_TWO:
            return False
        beside = [
            next(iter(area.grid.right_of(label.boxes[0])), None)
            for label in area.at.get("name", ())
        ]
        names = {
            squeezed(box.text)
            for box in beside
            if box is not None and id(box) not in area.label_boxes and not is_numbers(box)
        }
        return len(names) > 1

    def _missing(self) -> tuple[str, str]:
        if not self.name[0]:
            return "the project's name can't be found", "事業名が見つかりません"
        return (
            "its fiscal year can't be found; where none is printed, state fiscal_year in the form",
            "年度が見つかりません。年度の記載がない文書では、様式に fiscal_year を定めてください",
        )

    def _sheet(self) -> Sheet | None:
        """The record, or None where the sheet tells neither its name nor its year."""
        name, stages = self.name
        fiscal_year = self.fiscal_year
        if not name or fiscal_year is None:
            return None
        if (remark := self.dated.remark(self.area.number, self.area.place)) is not None:
            self.area.remarks.append(remark)
        self.yearly.date_headers(fiscal_year)
        self._missing_labels()
        self.yearly.read(fiscal_year)
        singles = {
            name: self.singles.read(name, fiscal_year) for name in self.area.form.sheet_figures
        }
        # What stands under the headings of plan and result is taken first: it lies to the right
        # of other labels' texts.
        texts = {name: self.texts.text(name) for name in (*HEADING_TEXTS, *PLAIN_TEXTS)}
        plans = self.texts.text("plans")
        identifier = self.texts.text("number")
        evaluations = self.evaluations.read(fiscal_year, self.yearly.step)
        singles = without_doubtful(self.area, singles)
        report_strays(self.area, self.yearly)
        narrative = (*HEADING_TEXTS, "purpose")
        report_text(
            self.area,
            {name: texts[name].text for name in narrative} | shortest_texts(evaluations.values()),
        )
        texts["captions"] = captions(self.area)
        printed = {"name": self._name, "plans": plans, **texts}
        places = {name: text.place for name, text in printed.items()}
        if titles := self.area.at.get("title"):
            places["fiscal_year"] = titles[0].place
        figures = {name: single.figure for name, single in singles.items()}
        status = status_of(self.area.form, fiscal_year, evaluations)
        if self.yearly.step:
            figures, status = undated(figures), None
        return Sheet(
            document=self.document,
            number=self.area.number,
            identifier=" ".join(identifier.text.split()),
            name=name,
            budget_stages=stages,
            fiscal_year=fiscal_year,
            plans=tuple(line.strip() for line in plans.text.splitlines() if line.strip()),
            **{name: text.text for name, text in texts.items()},
            **figures_of_sheet(figures),
            population_as_of=self._as_of(singles),
            evaluations=evaluations,
            status=status,
            years=self.yearly.years(fiscal_year),
            place=self.area.place,
            places=places_of(places),
        )

    @property
    def fiscal_year(self) -> int | None:
        """The sheet's year, or None where nothing tells it."""
        return self.dated.year

    @cached_property
    def dated(self) -> DatedBy:
        """The year of the sheet's own title; else that of the title over it and its neighbours;
        else the year that the headers fit, or that names or the form give.
        """
        form, worksheet = self.area.form, self.area.place.sheet or ""
        title = self.title_year if self.title_year is not None else self.inherited_year
        elsewhere = dated_by(worksheet=worksheet, document=self.document, form=form.fiscal_year)
        headings = fiscal_years_of_headers(self.area.headers, form)
        fitting = elsewhere.year if elsewhere.year in headings else next(iter(headings), None)
        return dated_by(
            title=title,
            headings=fitting,
            worksheet="" if self._title_names(worksheet) else worksheet,
            document=self.document,
            form=form.fiscal_year,
        )

    def _title_names(self, worksheet: str) -> bool:
        """Whether a title prints the year by which its worksheet is called, beside another one."""
        year = year_in_name(worksheet)
        titles = boxes_of(self.area.at.get("title", ()))
        return year is not None and any(year in years_in(box.label) for box in titles)

    @cached_property
    def title_year(self) -> int | None:
        """The year of the title, which may stand in a cell beside it."""
        for title in self.area.at.get("title", ()):
            if title.match.year is not None:
                return title.match.year
            if len(within := years_in(title.boxes[0].label)) == 1:
                return within.pop()
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
                self.area.use(box for box in beside if parse_year(box.label) is not None)
                return years[0]
        return None

    @cached_property
    def _name(self) -> Printed:
        return self.texts.text("name")

    @property
    def name(self) -> tuple[str, tuple[str, ...]]:
        """The project's name and the budget stages behind it."""
        return name_and_stages(self.area.form, " ".join(self._name.text.split("\n")))

    def _as_of(self, singles: dict[str, Single]) -> date | None:
        return parse_day(singles["population"].words) if "population" in singles else None

    def _missing_labels(self) -> None:
        """Report the labels that the form has and the area does not print."""
        labels = {name: definition.label for name, definition in self.area.form.fields.items()}
        labels |= {
            name: self.area.form.labels[name] for name in HEADED if name in self.area.form.labels
        }
        for name, words in labels.items():
            if words and name not in self.area.at:
                self.area.remarks.append(
                    remarks.label_missing(self.area.number, name, words[0], self.area.place)
                )


def too_little(figures: Sequence[Figure], unread: int) -> bool:
    """Whether so little of a sheet was read that it was not checked: no figure, or fewer than
    half of those that the form expects, where numbers stand that belong to none.
    """
    numbers = sum(figure.state == "number" for figure in figures)
    certain = sum(figure.state != "unread" for figure in figures)
    if not unread:
        return bool(figures) and certain == 0
    return numbers == 0 or 2 * certain < len(figures)
