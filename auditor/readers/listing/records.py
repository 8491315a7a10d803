"""The records of a list's rows: their texts, their figures with their cells, their evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from auditor.forms.model import Column, FieldDefinition, Form
from auditor.readers import remarks as grid_remarks
from auditor.readers.evaluations import (
    BlankReason,
    blank_reason,
    evaluation_of,
    places_of,
    status_of,
)
from auditor.readers.grid.cells import Box, Grid, enclosing_place
from auditor.readers.grid.figures import figure_in
from auditor.readers.grid.furniture import is_numbers
from auditor.readers.grid.label_text import bare
from auditor.readers.listing import remarks
from auditor.readers.listing.columns import ListColumns, Slot
from auditor.readers.listing.headings import Heading
from auditor.readers.listing.indents import begins_in, shows_indents
from auditor.readers.listing.rows import ListRow, text_of
from auditor.readers.listing.words import Lexicon
from auditor.readers.wording import name_and_stages
from auditor.records.fields import HEADED
from auditor.records.figures import Figure, Place
from auditor.records.fiscal import fiscal_year_in, parse_year
from auditor.records.model import (
    Evaluation,
    FiscalYear,
    Remark,
    Sheet,
    figures_of_sheet,
    figures_of_year,
)

__all__ = ["Records", "RowCells"]

_NARRATIVE = frozenset({"purpose", "planned", "achieved", "plans"})
"""Texts whose lines stay lines."""


class Text(NamedTuple):
    """What a row prints under a heading, and where."""

    text: str
    place: Place


@dataclass
class RowCells:
    """The cells of a row by the columns of the grid that they stand in, those that reach into it
    from above among them.
    """

    grid: Grid
    row: ListRow
    last: int = 0
    """The last row of the project that it is of, where that has several."""
    first: int = 0
    _by_column: dict[int, list[Box]] = field(default_factory=dict[int, "list[Box]"])

    def __post_init__(self) -> None:
        above = [box for box in self.grid.lines.get(self.row.top, ()) if box.top < self.row.top]
        self._take((*above, *self.row.boxes))

    def go_on(self, row: ListRow) -> None:
        """Take in a further row of the grid, on which the texts of this one go on."""
        boxes = (*self.row.boxes, *row.boxes)
        self.row = self.row._replace(bottom=row.bottom, boxes=boxes)
        self._take(row.boxes)

    def _take(self, boxes: Iterable[Box]) -> None:
        for box in boxes:
            if not box.text.strip():
                continue
            for column in range(box.left, min(box.right, self.grid.right) + 1):
                self._by_column.setdefault(column, []).append(box)

    @property
    def extent(self) -> tuple[int, int]:
        """The first and last row of the project."""
        return self.first or self.row.top, max(self.last, self.row.bottom)

    def under(self, heading: Heading) -> list[Box]:
        """The cells under a heading, in reading order."""
        boxes: dict[int, Box] = {}
        for column in range(heading.left, heading.right + 1):
            for box in self._by_column.get(column, ()):
                boxes[id(box)] = box
        return sorted(boxes.values(), key=lambda box: (box.top, box.left))

    def place(self, heading: Heading) -> Place:
        """Where a cell under a heading would stand."""
        return self.grid.place(self.row.top, heading.left)


class Records:
    """Makes the sheets of one list. ``used`` are the identities of cells that a record holds."""

    columns: ListColumns
    grid: Grid
    lexicon: Lexicon
    document: str
    unit_of_list: str | None

    def __init__(
        self,
        grid: Grid,
        columns: ListColumns,
        lexicon: Lexicon,
        document: str,
        unit_of_list: str | None,
    ) -> None:
        self.grid, self.columns, self.lexicon = grid, columns, lexicon
        self.form: Form = lexicon.form
        self.document, self.unit_of_list = document, unit_of_list
        self.used: set[int] = set()
        self._eras: set[str] = set()
        self._odd_units: set[str] = set()
        self.remarks: list[Remark] = []

    # — texts —

    def text(self, cells: RowCells, name: str) -> Text | None:
        """The text of a row under the heading of that name; None where the list has none."""
        heading = self.columns.texts.get(name)
        if heading is None:
            return None
        boxes = cells.under(heading)
        self.used.update(map(id, boxes))
        if not boxes:
            return Text("", cells.place(heading))
        if name in _NARRATIVE:
            text = "\n".join(box.text.strip() for box in boxes)
        elif name == "name":
            words = [box for box in boxes if not is_numbers(box)]
            text = text_of(words or boxes)
        else:
            text = text_of(boxes)
        return Text(text, enclosing_place(boxes))

    def names(self, cells: RowCells) -> list[str]:
        """What an item is called on each level, with its number, and the blanks before it."""
        names: list[str] = []
        for heading in self.columns.levels:
            boxes = cells.under(heading)
            self.used.update(map(id, boxes))
            indent = boxes[0].indent if boxes else 0
            if boxes and self._shows_indents:
                indent += begins_in(boxes[0])
            names.append(" " * indent + text_of(boxes))
        return names

    @cached_property
    def _shows_indents(self) -> bool:
        """Whether the position of names, in the one column that they have, tells their depth."""
        if len(self.columns.levels) != 1:
            return False
        (heading,) = self.columns.levels
        below = self.grid.within(
            self.columns.band.bottom + 1, heading.left, self.grid.bottom, heading.right
        )
        names = [box for box in below if not is_numbers(box)]
        return shows_indents([box for box in names if not self._is_total(box)])

    def _is_total(self, box: Box) -> bool:
        return self.form.listed is not None and self.form.listed.total(box.text) is not None

    def fiscal_year(self, cells: RowCells, usual: int | None) -> int | None:
        """The fiscal year that a row prints, or the usual one; None for a text that is no year."""
        text = self.text(cells, "fiscal_year")
        if text is None or not text.text:
            return usual
        year = fiscal_year_in(text.text)
        digits = bare(text.text).removesuffix("年度")
        if year is None and digits.isascii() and digits.isdigit() and len(digits) <= 2:
            eras = [parse_year(f"{era}{int(digits)}") for era in ("R", "H", "S")]
            year = usual if usual in eras else eras[0]
            if usual not in eras and year is not None and text.text not in self._eras:
                self._eras.add(text.text)
                self.remarks.append(remarks.era_assumed(text.text, year, text.place))
        return year

    # — figures —

    def figure(
        self, cells: RowCells, slot: Slot, name: str, sheet: int, year: str | None
    ) -> Figure:
        """The figure of a row under a heading; unread where none, or no single one, is its."""
        definition = self.form.fields[name]
        heading = slot.heading
        if heading is None:  # the numbers in its several columns are counted as unread
            return Figure(state="unread", unit=definition.unit, placed_by="position")
        unit = self._unit_on_row(cells, heading, definition)
        if unit is None:
            unit = self.unit(heading, definition)
        boxes = cells.under(heading)
        self.used.update(map(id, boxes))
        if not boxes:
            return Figure(unit=unit, place=cells.place(heading), placed_by="position")
        if len(boxes) > 1:
            boxes = [box for box in boxes if self.lexicon.unit(box.text) is None] or boxes
        if len(boxes) > 1:
            printed = " ".join(box.text.strip() for box in boxes)
            place = boxes[0].place
            self.remarks.append(grid_remarks.several_values(sheet, name, year, printed, place))
            return Figure(
                state="text", printed=printed, unit=unit, place=place, placed_by="position"
            )
        figure = figure_in(boxes[0], unit, self.lexicon.units)
        if self.columns.over(boxes[0]) > 1:
            self.remarks.append(remarks.figure_over_columns(sheet, name, year, figure))
            return figure.model_copy(update={"state": "unread", "value": None, "held": None})
        first, last = cells.extent if year is None else (cells.row.top, cells.row.bottom)
        if boxes[0].top < first or boxes[0].bottom > last:
            if figure.state != "blank":
                self.remarks.append(remarks.figure_over_rows(sheet, name, year, figure))
            return figure.model_copy(update={"state": "unread", "value": None, "held": None})
        if figure.state == "text":
            self.remarks.append(grid_remarks.text_for_figure(sheet, name, year, figure))
        return figure

    def _unit_on_row(
        self, cells: RowCells, heading: Heading, definition: FieldDefinition
    ) -> str | None:
        """The unit that a row prints for its figures: of those that have the form's, and of which
        no heading says another.
        """
        if heading.unit is not None or definition.unit not in ("", self.form.unit):
            return None
        text = self.text(cells, "unit")
        if text is None or not bare(text.text):
            return None
        unit = self.lexicon.unit(text.text)
        if unit is None and text.text not in self._odd_units:
            self._odd_units.add(text.text)
            label = next(iter(definition.label), "")
            self.remarks.append(remarks.unknown_unit(label, text.text, text.place))
        return unit

    def unit(self, heading: Heading, definition: FieldDefinition) -> str:
        """The unit of the figures under a heading: its own, that of the whole list, the form's."""
        if heading.unit is not None:
            return heading.unit
        if self.unit_of_list is not None and definition.unit == self.form.unit:
            return self.unit_of_list
        return definition.unit

    def singles(self, cells: RowCells, sheet: int) -> dict[str, Figure]:
        """The figures that a row has once."""
        return {
            name: self.figure(cells, slot, name, sheet, None)
            for name, slot in self.columns.singles.items()
        }

    def years(
        self,
        cells: RowCells,
        sheet: int,
        fiscal_year: int,
        year: int | None = None,
        words: tuple[str, ...] = (),
    ) -> dict[Column, dict[str, Figure]]:
        """The figures of a row by the form's columns; a column of which the list prints nothing
        is left out.
        """
        figures: dict[Column, dict[str, Figure]] = {}
        slots = self.columns.placed(fiscal_year, year, words)
        empty = Slot()
        printed = dict.fromkeys(column for (_, column), slot in slots.items() if slot != empty)
        for (name, column), slot in slots.items():
            if column in printed or not printed:
                key = self.form.column_id(column, fiscal_year)
                figures.setdefault(column, {})[name] = self.figure(cells, slot, name, sheet, key)
        return figures

    def loses_numbers(self, cells: RowCells) -> bool:
        """Whether a number on a row stands under no heading of the list: it may be that of any
        cell that seems to be blank.
        """
        return any(
            id(box) not in self.used and not self.columns.over(box) and is_numbers(box)
            for box in cells.row.boxes
        )

    # — records —

    def sheet(
        self,
        cells: RowCells,
        number: int,
        fiscal_year: int,
        singles: Mapping[str, Figure],
        years: Mapping[Column, Mapping[str, Figure]],
    ) -> Sheet:
        """The record of a row, or of the rows of a project: ``cells`` are the first one's."""
        texts = {name: text for name in HEADED if (text := self.text(cells, name)) is not None}
        row = cells.row
        printed = texts["name"].text if row.total is None else row.name
        name, stages = name_and_stages(self.form, printed or row.name)
        identifier = self.text(cells, "number")
        said = "" if identifier is None or row.total is not None else identifier.text
        evaluations = self.evaluations(cells, fiscal_year) if row.total is None else {}
        plans = texts.pop("plans", None)
        places = {label: text.place for label, text in texts.items() if text.text}
        if plans is not None and plans.text:
            places["plans"] = plans.place
        return Sheet(
            document=self.document,
            number=number,
            identifier=said,
            name=name,
            role="row" if row.total is None else "total",
            budget_stages=stages,
            fiscal_year=fiscal_year,
            plans=_lines(plans.text) if plans is not None else (),
            **{label: text.text for label, text in texts.items() if label != "name"},
            **figures_of_sheet(singles),
            evaluations=evaluations,
            status=status_of(self.form, fiscal_year, evaluations),
            years={
                self.form.column_id(column, fiscal_year): FiscalYear(
                    year=fiscal_year + column.offset, kind=column.kind, **figures_of_year(figures)
                )
                for column, figures in years.items()
            },
            place=texts["name"].place if "name" in places else row.boxes[0].place,
            places=places_of(places),
        )

    def evaluations(self, cells: RowCells, fiscal_year: int) -> dict[str, Evaluation]:
        """The evaluations of a row by year: that of each heading with a year, and without one that
        of the last year which the form evaluates.
        """
        if not self.form.evaluations:
            return {}
        texts: dict[int, dict[str, Text]] = {}
        for name in ("evaluation", "result", "issues", "direction"):
            for heading in self.columns.all_of.get(name, ()):
                year = self._evaluated(heading, name, fiscal_year)
                boxes = cells.under(heading)
                self.used.update(map(id, boxes))
                place = enclosing_place(boxes) if boxes else cells.place(heading)
                kind = "result" if name == "evaluation" else name
                texts.setdefault(year, {}).setdefault(kind, Text(text_of(boxes), place))
        evaluations: dict[str, Evaluation] = {}
        for year, said in sorted(texts.items()):
            printed = said.get("result")
            if printed is not None:
                evaluations[str(year)] = self._evaluation(year, printed, said)
        return evaluations

    def _evaluated(self, heading: Heading, name: str, fiscal_year: int) -> int:
        """The year that an evaluation under a heading is of; a direction is headed by the year
        that it directs.
        """
        lag = self.form.evaluation_lag if name == "direction" else 0
        year = self.columns.year_of(heading)
        for offset in self.form.evaluated:
            if year is not None and year.may_be(fiscal_year + offset + lag, fiscal_year):
                return fiscal_year + offset
        return fiscal_year + max(self.form.evaluated, default=0)

    def _evaluation(self, year: int, printed: Text, said: Mapping[str, Text]) -> Evaluation:
        issues, direction = said.get("issues"), said.get("direction")
        result = printed.text or None
        texts = [text.text for text in (issues, direction) if text is not None]
        reason = blank_reason(self.form, result, texts)
        if result is not None and (code := self.form.reason_code(result)):
            reason, result = BlankReason(result, code), None
        return evaluation_of(
            self.form,
            year,
            result,
            reason,
            direction="" if direction is None else direction.text,
            issues="" if issues is None else issues.text,
            place=printed.place,
            places={name: said[name].place for name in ("issues", "direction") if name in said},
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def merged(parts: Iterable[Mapping[str, Figure]]) -> dict[str, Figure]:
    """The figures that the rows of one project have together: of each the first that is printed."""
    figures: dict[str, Figure] = {}
    for part in parts:
        for name, figure in part.items():
            if name not in figures or figures[name].state == "blank":
                figures[name] = figure
    return figures


def without_blanks(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """The figures of a row on which a number belongs to no heading: what seems to be blank is
    unread.
    """
    return {
        name: figure.model_copy(update={"state": "unread"}) if figure.state == "blank" else figure
        for name, figure in figures.items()
    }


def numbers_of(rows: Sequence[Sheet]) -> tuple[int, int, int]:
    """How many figures of some records are numbers, are known, and are there at all."""
    figures = [figure for sheet in rows for _, _, figure in sheet.every_figure()]
    numbers = sum(figure.state == "number" for figure in figures)
    certain = sum(figure.state != "unread" for figure in figures)
    return numbers, certain, len(figures)
