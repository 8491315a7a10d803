"""Sheets of a form in a grid of cells: where each one lies, and its figures, texts and
evaluations, found by labels and years alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from auditor.forms.model import FieldDefinition
from auditor.readers import remarks
from auditor.readers.evaluations import BlankReason, blank_reason, evaluation_of, status_of
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.headers import Header, Position, find_headers, fiscal_year_of_headers
from auditor.readers.grid.labels import Found, Labels, bare, label_key, value_of
from auditor.readers.wording import name_and_stages
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.fiscal import parse_day, parse_year
from auditor.records.model import (
    Evaluation,
    FiscalYear,
    NotChecked,
    Remark,
    Sheet,
    figures_of_sheet,
    figures_of_year,
)
from auditor.records.text import Why

__all__ = ["TEXTS", "GridReading", "read_sheets"]

TEXTS: Final = ("name", "department", "category", "plans", "purpose", "planned", "achieved")
"""The texts of a sheet that are found by a label of the form."""

_HEADING_TEXTS: Final = ("planned", "achieved")
_PLAIN_TEXTS: Final = [name for name in TEXTS if name not in (*_HEADING_TEXTS, "name", "plans")]
_UNIT: Final = re.compile(r"\(?単位[:は]?([^()]+)\)?")
_AS_UNIT: Final = re.compile(r"[^0-9]{0,6}(?:円|人|%)")
_LONGEST_RESULT: Final = 20
_NEAR: Final = 2  # how many columns further a text may go on


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
    for part, inside in _parts(grid, found):
        names = {label.name for label in inside}
        figures = [name for name in names if name in labels.form.fields]
        if not figures or not ({"title", "name"} & names):
            continue
        number = first + len(reading.sheets) + len(reading.not_checked)
        page = _Page(part, labels, inside, document, number)
        sheet = page.sheet()
        reading.areas.append(
            (part.boxes[0].top, min(box.left for box in part.boxes), part.bottom, part.right)
        )
        if sheet is None:
            reading.not_checked.append(NotChecked(document=document, sheet=number, why=page.why()))
        else:
            reading.sheets.append(sheet)
            reading.remarks += page.remarks
    return reading


# --- where the sheets lie ---------------------------------------------------------------------------------------------------


def _parts(grid: Grid, found: Sequence[Found]) -> list[tuple[Grid, list[Found]]]:
    """The grid cut into the areas of its sheets, each with its labels."""
    anchors = _anchors(found)
    if len(anchors) < 2:
        return [(grid, list(found))]
    rows: list[list[Found]] = []
    for anchor in sorted(anchors, key=lambda anchor: (anchor.top, anchor.left)):
        if rows and anchor.top == rows[-1][0].top:
            rows[-1].append(anchor)
        else:
            rows.append([anchor])
    parts: list[tuple[Grid, list[Found]]] = []
    top = 1
    for index, row in enumerate(rows):
        bottom = grid.bottom
        if index + 1 < len(rows):
            bottom = (
                _cut(
                    grid,
                    _places(found, anchors, along_rows=True),
                    top,
                    row[0].top,
                    rows[index + 1][0].top,
                    along_rows=True,
                )
                - 1
            )
        inside = [label for label in found if top <= label.top <= bottom]
        band = grid.part(top, 1, bottom, grid.right)
        left = 1
        for place, anchor in enumerate(row):
            right = grid.right
            if place + 1 < len(row):
                right = (
                    _cut(
                        band,
                        _places(inside, row, along_rows=False),
                        left,
                        anchor.left,
                        row[place + 1].left,
                        along_rows=False,
                    )
                    - 1
                )
            part = band.part(top, left, bottom, right)
            if part.boxes:
                parts.append((part, [label for label in inside if left <= label.left <= right]))
            left = right + 1
        top = bottom + 1
    return parts


def _places(
    found: Sequence[Found], anchors: Sequence[Found], *, along_rows: bool
) -> list[list[int]]:
    """Where each kind of label stands that a sheet has once: those that occur no more often than
    there are sheets.
    """
    kinds: dict[tuple[str, int | None], list[int]] = {}
    for label in found:
        kinds.setdefault((label.name, label.match.year), []).append(
            label.top if along_rows else label.left
        )
    return [places for places in kinds.values() if len(places) <= len(anchors)]


def _anchors(found: Sequence[Found]) -> list[Found]:
    """One label for each sheet: of title, name and total cost the kind that occurs a middling
    number of times.

    A list of projects has names without sheets, and a sheet can lack one of the three.
    """
    kinds = [
        [label for label in found if label.name == name] for name in ("title", "name", "total_cost")
    ]
    counts = sorted(len(kind) for kind in kinds)
    return next(kind for kind in kinds if len(kind) == counts[1])


def _cut(
    grid: Grid,
    places: Sequence[Sequence[int]],
    begin: int,
    first: int,
    second: int,
    *,
    along_rows: bool,
) -> int:
    """The row or column at which the sheet of the second anchor begins; ``places`` are where each
    kind of label stands.

    Of the places between the anchors it is the one that leaves the fewest labels twice on a side;
    among equals the widest gap in the print, then the last.
    """
    starts = {
        start
        for box in grid.boxes
        if first <= (start := box.top if along_rows else box.left) <= second
    }
    ends = starts | {
        end
        for box in grid.boxes
        if first <= (end := box.bottom if along_rows else box.right) < second
    }
    near = [inside for of in places if (inside := [at for at in of if begin <= at < second])]
    best, best_score = second, (-1_000_000, 0, 0)
    for edge in sorted(start for start in starts if first < start <= second):
        twice = sum(max(0, sum(at < edge for at in of) - 1) for of in near)
        lost = sum(min(of) >= edge for of in near)
        score = (
            -(twice + lost),
            edge - max((end for end in ends if end < edge), default=first),
            edge,
        )
        if score > best_score:
            best, best_score = edge, score
    return best


# --- one sheet --------------------------------------------------------------------------------------------------------------


class Single(NamedTuple):
    """A figure of the whole sheet, and what its row says besides."""

    figure: Figure
    words: str


class _Page:
    """One sheet's area, read by its labels."""

    def __init__(
        self, grid: Grid, labels: Labels, found: Sequence[Found], document: str, number: int
    ) -> None:
        self.grid, self.labels, self.form = grid, labels, labels.form
        self.found, self.document, self.number = found, document, number
        self.remarks: list[Remark] = []
        self.at: dict[str, list[Found]] = {}
        for label in found:
            self.at.setdefault(label.name, []).append(label)
        self.label_boxes = {id(box) for label in found for box in label.boxes}
        self.used: set[int] = set(self.label_boxes)
        self.headers = find_headers(grid, labels, found)
        self.place = grid.boxes[0].place if grid.boxes else Place()

    # What there is to say.

    def why(self) -> Why:
        where = self.place.sheet or ""
        missing = "the project's name" if not self.name[0] else "its fiscal year"
        wanted = "事業名" if not self.name[0] else "年度"
        return Why(
            code="sheet-not-understood",
            en=f"worksheet {where!r}: a sheet of the form was not checked: {missing} can't be found",
            ja=f"ワークシート「{where}」: シートを確かめていません。{wanted}が見つかりません",
        )

    # The record.

    def sheet(self) -> Sheet | None:
        """The record, or None where the sheet tells neither its name nor its year."""
        name, stages = self.name
        fiscal_year = self.fiscal_year
        if not name or fiscal_year is None:
            return None
        self._date_headers(fiscal_year)
        self._missing_labels()
        years = self._years(fiscal_year)
        singles = {name: self._single(name, fiscal_year) for name in self.form.sheet_figures}
        # What stands under the headings of plan and result is taken first: it lies to the right
        # of other labels' texts.
        texts = {name: self._text(name) for name in (*_HEADING_TEXTS, *_PLAIN_TEXTS)}
        plans = self._text("plans")
        evaluations = self._evaluations(fiscal_year)
        self._strays()
        captions = self._captions()
        return Sheet(
            document=self.document,
            number=self.number,
            name=name,
            budget_stages=stages,
            fiscal_year=fiscal_year,
            plans=tuple(line.strip() for line in plans.splitlines() if line.strip()),
            **texts,
            captions=captions,
            **figures_of_sheet({name: single.figure for name, single in singles.items()}),
            population_as_of=self._as_of(singles),
            evaluations=evaluations,
            status=status_of(self.form, evaluations),
            years=years,
            place=self.place,
        )

    @cached_property
    def fiscal_year(self) -> int | None:
        """The year of the title, which may stand in a cell beside it; else the year that the
        headers fit.
        """
        for title in self.at.get("title", ()):
            if title.match.year is not None:
                return title.match.year
            beside = [
                box
                for box in self.grid.rows(title.top, title.boxes[0].bottom)
                if id(box) not in self.label_boxes
            ]
            years = [
                year
                for box in beside
                if len(box.label) <= 30 and (year := parse_year(box.label)) is not None
            ]
            if len(set(years)) == 1:
                self.used.update(id(box) for box in beside if parse_year(box.label) is not None)
                return years[0]
        return fiscal_year_of_headers(self.headers, self.form)

    @cached_property
    def name(self) -> tuple[str, tuple[str, ...]]:
        """The project's name and the budget stages behind it."""
        return name_and_stages(self.form, " ".join(self._text("name").split("\n")))

    def _as_of(self, singles: dict[str, Single]) -> date | None:
        return parse_day(singles["population"].words) if "population" in singles else None

    def _missing_labels(self) -> None:
        wanted = {name: definition.label for name, definition in self.form.fields.items()}
        wanted |= {name: self.form.labels[name] for name in TEXTS if name in self.form.labels}
        for name, words in wanted.items():
            if words and name not in self.at:
                self.remarks.append(remarks.label_missing(self.number, name, words[0], self.place))

    # Years.

    def _date_headers(self, fiscal_year: int) -> None:
        for header in self.headers:
            header.place(self.form, fiscal_year)
        serving = [
            over
            for name, labels in self.at.items()
            for label in labels
            if (over := self._header(label, name)) is not None
        ]
        for header in {id(over): over for over in serving}.values():
            self.used.update(id(box) for box in header.boxes)
            printed, place = header.printed, header.boxes[0].place
            if any(position.year is None for position in header.positions):
                self.remarks.append(remarks.header_without_years(self.number, printed, place))
            elif not header.fits:
                self.remarks.append(
                    remarks.header_differs(self.number, printed, fiscal_year, place)
                )

    def _header(self, label: Found, name: str) -> Header | None:
        """The header that dates the figures of a label: one that fits, near in the same table,
        and nearest before it.
        """
        if name not in self.form.amounts:
            return None
        best: tuple[tuple[bool, int, int], Header] | None = None
        for header in self.headers:
            if not header.placed:
                continue
            if header.across:
                if header.end >= label.first_row or header.first <= label.right:
                    continue
                score = (
                    not header.fits and not header.by_order,
                    header.first - label.right,
                    label.first_row - header.end,
                )
            else:
                if header.line > label.left or header.first <= label.bottom:
                    continue
                score = (
                    not header.fits and not header.by_order,
                    header.first - label.bottom,
                    label.left - header.end,
                )
            if best is None or score < best[0]:
                best = score, header
        return best[1] if best else None

    def _years(self, fiscal_year: int) -> dict[str, FiscalYear]:
        figures: dict[str, dict[str, Figure]] = {}
        dated: set[str] = set()
        for name in self.form.amounts:
            if name not in self.at:
                continue
            label, header = self._dated(name)
            if header is None:
                text = label.boxes[0].text.strip()
                self.remarks.append(
                    remarks.row_without_header(self.number, name, text, label.place)
                )
                continue
            unit, boxes = self._unit(label, header, self.form.fields[name], name)
            self.used.update(id(box) for box in boxes)
            for column in self.form.columns:
                if column not in header.placed:
                    continue
                key = self.form.column_id(column, fiscal_year)
                dated.add(key)
                position = header.placed[column]
                figure = self._figure(label, header, position, unit, name, key)
                figures.setdefault(key, {})[name] = figure
        years: dict[str, FiscalYear] = {}
        for column in self.form.columns:
            key = self.form.column_id(column, fiscal_year)
            if key not in dated:
                continue
            years[key] = FiscalYear(
                year=fiscal_year + column.offset, kind=column.kind, **figures_of_year(figures[key])
            )
        if not dated:
            self.remarks.append(remarks.columns_without_years(self.number, self.place))
        return years

    def _dated(self, name: str) -> tuple[Found, Header | None]:
        """The field's label and the header over its figures; of several labels the first in a
        table that the form knows.
        """
        for label in self.at[name]:
            if (header := self._header(label, name)) is not None:
                return label, header
        return self.at[name][0], None

    def _cells(self, label: Found, header: Header, position: Position) -> list[Box]:
        if header.across:
            boxes = self.grid.within(label.first_row, position.first, label.bottom, position.last)
        else:
            boxes = self.grid.within(
                position.first, label.boxes[-1].left, position.last, label.right
            )
        return [box for box in boxes if id(box) not in self.used]

    def _figure(
        self, label: Found, header: Header, position: Position, unit: str, name: str, year: str
    ) -> Figure:
        boxes = self._cells(label, header, position)
        row, column = (
            (label.first_row, position.first)
            if header.across
            else (position.first, label.boxes[-1].left)
        )
        if len(boxes) > 1:
            boxes = [box for box in boxes if self.labels.unit(box.text) is None]
        self.used.update(id(box) for box in boxes)
        by = "usual_place" if header.by_order else "position"
        if not boxes:
            return Figure(unit=unit, place=self.grid.place(row, column), placed_by=by)
        if len(boxes) > 1:
            printed = " ".join(box.text.strip() for box in boxes)
            self.remarks.append(
                remarks.several_values(self.number, name, year, printed, boxes[0].place)
            )
            return Figure(
                state="text", printed=printed, unit=unit, place=boxes[0].place, placed_by=by
            )
        figure = boxes[0].cell.figure(unit, self.labels.units)
        if figure.state == "text":
            self._no_figure(figure, name, year)
        return figure if by == "position" else figure.model_copy(update={"placed_by": by})

    def _no_figure(self, figure: Figure, name: str, year: str | None) -> None:
        self.remarks.append(remarks.text_for_figure(self.number, name, year, figure))

    # Units.

    def _unit(
        self, label: Found, header: Header | None, definition: FieldDefinition, name: str
    ) -> tuple[str, list[Box]]:
        """The unit that a label prints: in its brackets, in a cell between it and its figures, or
        over the table; else the form's.
        """
        for words in label.match.brackets:
            if (unit := self.labels.unit(words)) is not None:
                return unit, []
            if _AS_UNIT.fullmatch(label_key(words)):
                self._unknown_unit(words, name, label.place)
        if header is None or header.across:
            last = header.first - 1 if header else label.right + 3
            beside = self.grid.within(label.first_row, label.right + 1, label.bottom, last)
        else:
            beside = self.grid.within(
                label.bottom + 1, label.boxes[-1].left, header.first - 1, label.right
            )
        for box in beside:
            if (
                id(box) not in self.label_boxes
                and (unit := self.labels.unit(box.label)) is not None
            ):
                return unit, [box]
            if id(box) not in self.used and _AS_UNIT.fullmatch(bare(box.label)):
                self._unknown_unit(box.text.strip(), name, box.place)
                return definition.unit, [box]
        if (
            definition.unit == self.form.unit
            and (unit := self._table_unit(label.first_row)) is not None
        ):
            return unit, []
        return definition.unit, []

    def _unknown_unit(self, printed: str, name: str, place: Place) -> None:
        self.remarks.append(remarks.unknown_unit(self.number, name, printed, place))

    @cached_property
    def _stated_units(self) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for box in self.grid.boxes:
            text = box.label
            if "単" in text and len(text) <= 20 and (match := _UNIT.fullmatch(label_key(text))):
                self.used.add(id(box))
                if (unit := self.labels.unit(match[1])) is not None:
                    found.append((box.top, unit))
                else:
                    self._unknown_unit(match[1], "total_cost", box.place)
        return found

    def _table_unit(self, row: int) -> str | None:
        """The unit that the table states over itself: 単位：千円."""
        above = [unit for top, unit in self._stated_units if top <= row]
        return above[-1] if above else None

    # Figures of the whole sheet.

    def _single(self, name: str, fiscal_year: int) -> Single:
        definition = self.form.fields[name]
        for label in self.at.get(name, ()):
            if label.match.rest:
                from_label = self._inline(label, definition)
                if from_label is not None:
                    if from_label.figure.state == "text":
                        self._no_figure(from_label.figure, name, None)
                    return from_label
            unit, units = self._unit(label, None, definition, name)
            self.used.update(id(box) for box in units)
            values, words = self._beside(label, unit)
            if not values:
                values, more = self._under(label, unit)
                words = f"{words} {more}"
            if len(values) > 1:
                values = self._of_evaluated(values, fiscal_year)
            words = f"{' '.join(label.match.brackets)} {words}"
            if len(values) > 1:
                printed = " ".join(box.text.strip() for box in values)
                self.used.update(id(box) for box in values)
                self.remarks.append(
                    remarks.several_values(self.number, name, None, printed, values[0].place)
                )
                return Single(
                    Figure(
                        state="text",
                        printed=printed,
                        unit=unit,
                        place=values[0].place,
                        placed_by="position",
                    ),
                    words,
                )
            if values:
                self.used.add(id(values[0]))
                text = values[0].text
                figure = values[0].cell.figure(unit, self.labels.units)
                if figure.state == "text" and (plain := value_of(text)) != text.strip():
                    shorter = self._plain(figure, plain, unit)
                    if shorter is not None:
                        return Single(shorter, f"{words} {text}")
                if figure.state == "text":
                    self._no_figure(figure, name, None)
                return Single(figure, f"{words} {text}")
            return Single(
                Figure(
                    unit=unit,
                    place=self.grid.place(label.first_row, label.right + 1),
                    placed_by="position",
                ),
                words,
            )
        return Single(Figure(unit=definition.unit, placed_by="position"), "")

    def _inline(self, label: Found, definition: FieldDefinition) -> Single | None:
        """A value in its label's own cell: 人口 152,875 人(R7.3末現在)."""
        figure = self._plain(
            Figure(place=label.place, placed_by="position"),
            value_of(label.match.rest),
            definition.unit,
        )
        return Single(figure, label.match.rest) if figure else None

    def _plain(self, figure: Figure, text: str, unit: str) -> Figure | None:
        """The figure in ``text``, in the place of another; None where it is none."""
        parsed = parse_figure(
            text, unit=unit, units=self.labels.units, place=figure.place, placed_by="position"
        )
        if parsed.state not in ("number", "dash"):
            return None
        return parsed.model_copy(update={"formula": figure.formula, "cached": figure.cached})

    def _beside(self, label: Found, unit: str) -> tuple[list[Box], str]:
        """The values to the right of a label, up to the next one, and the words among them."""
        values: list[Box] = []
        words: list[str] = []
        for box in self.grid.within(
            label.first_row, label.right + 1, label.bottom, self.grid.right
        ):
            if id(box) in self.label_boxes:
                break
            if id(box) in self.used:
                continue
            text = box.text.strip()
            figure = box.cell.figure(unit, self.labels.units)
            plain = value_of(text)
            if figure.state in ("number", "dash") or (
                plain != text and self._plain(figure, plain, unit) is not None
            ):
                values.append(box)
            elif values or self._is_words(text):
                words.append(text)
                self.used.add(id(box))
            else:
                values.append(box)
        return values, " ".join(words)

    def _is_words(self, text: str) -> bool:
        """Units, notes and days that stand where a value could: text without digits, or with a
        day in it.
        """
        return (
            parse_day(text) is not None
            or bool(re.match(r"[(（]?(?:注|※)", text))
            or not re.search(r"[0-9０-９#]", text)
        )

    def _under(self, label: Found, unit: str) -> tuple[list[Box], str]:
        """A value below its label."""
        boxes = [
            box
            for box in self.grid.within(label.bottom + 1, label.left, label.bottom + 1, label.right)
            if id(box) not in self.used
        ]
        values = [
            box
            for box in boxes
            if box.cell.figure(unit, self.labels.units).state in ("number", "dash")
        ]
        return values, " ".join(box.text for box in boxes if box not in values)

    def _of_evaluated(self, values: list[Box], fiscal_year: int) -> list[Box]:
        """Of several values the one in the column of the evaluated year; the others are said to
        be strays.
        """
        key = self.form.evaluated_column(fiscal_year, fiscal_year)
        column = next(
            (
                column
                for column in self.form.columns
                if self.form.column_id(column, fiscal_year) == key
            ),
            None,
        )
        for header in self.headers:
            position = header.placed.get(column) if column and header.across else None
            inside = [
                box
                for box in values
                if position and position.first <= box.right and box.left <= position.last
            ]
            if len(inside) == 1:
                for box in values:
                    if box is not inside[0]:
                        self._stray(box)
                return inside
        return values

    # Texts.

    def _text(self, name: str) -> str:
        for label in self.at.get(name, ()):
            if text := self._text_of(label, below=name in _HEADING_TEXTS, more=name == "plans"):
                return text
        return ""

    def _text_of(self, label: Found, *, below: bool, more: bool = False) -> str:
        """The text that belongs to a label: in its own cell, to the right up to the next label,
        or under it.
        """
        if label.match.rest:
            return label.match.rest
        boxes: list[Box] = []
        for box in self.grid.right_of(label.boxes[-1]):
            if (
                id(box) in self.label_boxes
                or id(box) in self.used
                or (boxes and box.left > boxes[-1].right + _NEAR)
            ):
                break
            boxes.append(box)
        if not boxes or (below and boxes[0].left > label.right + 1):
            boxes = self._text_under(label) or boxes
        elif more:
            boxes += self._continued(label, boxes)
        self.used.update(id(box) for box in boxes)
        return _lines(boxes)

    def _text_under(self, label: Found) -> list[Box]:
        """The boxes under a label, as wide as it is or as the space to the next one on its row,
        down to the next label.
        """
        beside = [
            other.left
            for other in self.found
            if other.top <= label.bottom and other.bottom >= label.top and other.left > label.right
        ]
        right = max(min(beside) - 1 if beside else self.grid.right, label.right)
        boxes: list[Box] = []
        for box in self.grid.within(label.bottom + 1, label.left, self.grid.bottom, right):
            if id(box) in self.label_boxes or id(box) in self.used:
                break
            boxes.append(box)
        return boxes

    def _continued(self, label: Found, boxes: list[Box]) -> list[Box]:
        """The rows below that go on with a list: nothing under the label, and text under the
        first value.
        """
        found: list[Box] = []
        row = max(label.bottom, max(box.bottom for box in boxes)) + 1
        while row <= self.grid.bottom:
            line = self.grid.within(row, label.left, row, boxes[0].right)
            if len(line) != 1 or line[0].left != boxes[0].left or id(line[0]) in self.used:
                break
            found += line
            row = line[0].bottom + 1
        return found

    # Evaluations.

    def _evaluations(self, fiscal_year: int) -> dict[str, Evaluation]:
        years = [fiscal_year + offset for offset in self.form.evaluated]
        if not self.form.evaluations:
            return {}
        headings = self._evaluation_headings(years)
        by_row = self._results_by_year(years) if not headings else {}
        found: dict[str, Evaluation] = {}
        for year in years:
            heading = headings.get(year)
            if heading is None and year not in by_row and self.form.labels.get("evaluation"):
                self.remarks.append(remarks.evaluation_missing(self.number, year, self.place))
            result, place = (
                by_row.get(year, (None, None)) if heading is None else self._result(heading)
            )
            issues = self._block_text("issues", heading, headings, year)
            direction = self._block_text("direction", heading, headings, year)
            reason = blank_reason(self.form, result, (issues, direction))
            if result is not None and (code := self.form.reason_code(result)):
                reason, result = BlankReason(result, code), None
            found[str(year)] = evaluation_of(
                self.form, year, result, reason, direction=direction, issues=issues, place=place
            )
        return found

    def _evaluation_headings(self, years: Sequence[int]) -> dict[int, Found]:
        """The heading of each year's evaluation. One without a year is dated by the cell before
        it, or by being the only one.
        """
        headings: dict[int, Found] = {}
        undated: list[Found] = []
        for label in self.at.get("evaluation", ()):
            year = label.match.year
            if year is None:
                before = [
                    box for box in self.grid.rows(label.top, label.bottom) if box.right < label.left
                ]
                year = parse_year(before[-1].label) if before else None
            if year is None:
                undated.append(label)
            else:
                headings.setdefault(year, label)
        missing = [year for year in years if year not in headings]
        unknown = [year for year in headings if year not in years]
        if len(undated) == len(missing):
            headings |= dict(zip(missing, undated, strict=True))
        elif len(missing) == len(unknown) == 1:
            heading = headings.pop(unknown[0])
            headings[missing[0]] = heading
            printed = heading.boxes[0].text.strip()
            self.remarks.append(
                remarks.evaluation_headed(
                    self.number, printed, unknown[0], missing[0], heading.place
                )
            )
        return headings

    def _result(self, heading: Found) -> tuple[str | None, Place | None]:
        """What is printed beside the heading, or below it."""
        if heading.match.rest:
            return heading.match.rest, heading.place
        results = {id(box) for label in self.at.get("result", ()) for box in label.boxes}
        last: Box = heading.boxes[-1]
        for box in self.grid.right_of(heading.boxes[-1]):
            if id(box) in results:
                last = box
                continue
            if id(box) in self.label_boxes:
                break
            self.used.add(id(box))
            return box.text.strip() or None, box.place
        for under in (last, heading.boxes[-1]):
            for box in self.grid.below(under):
                if id(box) not in self.used and len(box.text.strip()) <= _LONGEST_RESULT:
                    self.used.add(id(box))
                    return box.text.strip() or None, box.place
        return None, heading.place

    def _results_by_year(self, years: Sequence[int]) -> dict[int, tuple[str | None, Place | None]]:
        """Results that stand in the columns of their years."""
        found: dict[int, tuple[str | None, Place | None]] = {}
        for label in [*self.at.get("result", ()), *self.at.get("evaluation", ())]:
            for header in self.headers:
                over = (
                    header.end < label.first_row and header.first > label.right
                    if header.across
                    else header.first > label.bottom and header.line <= label.left
                )
                if not over:
                    continue
                for position in header.positions:
                    if (
                        position.year in years
                        and position.year is not None
                        and position.year not in found
                    ):
                        boxes = self._cells(label, header, position)
                        self.used.update(id(box) for box in boxes)
                        text = " ".join(box.text.strip() for box in boxes)
                        found[position.year] = (
                            text or None,
                            boxes[0].place if boxes else label.place,
                        )
        return found

    def _block_text(
        self, name: str, heading: Found | None, headings: dict[int, Found], year: int
    ) -> str:
        """The issues or the direction of one evaluation: the label dated for it, or the one under
        its heading.
        """
        candidates = self.at.get(name, ())
        dated = [
            label for label in candidates if label.match.year == year + self.form.evaluation_lag
        ]
        if name == "direction" and dated:
            return self._first_text(dated)
        if heading is None:
            return (
                self._first_text(candidates) if len(headings) == 0 and len(candidates) == 1 else ""
            )
        own: list[Found] = []
        for label in candidates:
            over = [
                other
                for other in headings.values()
                if other.top <= label.top and other.left <= label.right
            ]
            nearest = max(over, key=lambda other: (other.left, other.top), default=None)
            nearest = max(
                (other for other in over if nearest and other.left == nearest.left),
                key=lambda other: other.top,
                default=None,
            )
            if nearest is heading:
                own.append(label)
        return self._first_text(own)

    def _first_text(self, labels: Iterable[Found]) -> str:
        return next((text for label in labels if (text := self._text_of(label, below=False))), "")

    # What no label claims.

    def _strays(self) -> None:
        """Numbers inside the tables that belong to no label: rows that the form does not know,
        values outside of the years.
        """
        rows: set[int] = set()
        tables: dict[int, tuple[Header, list[Found]]] = {}
        for name in self.at:
            if name not in self.form.amounts:
                continue
            label, header = self._dated(name)
            if header is not None:
                tables.setdefault(id(header), (header, []))[1].append(label)
        for header, labels in tables.values():
            if header.across:
                top, bottom = header.end + 1, max(label.bottom for label in labels)
                while (
                    line := self.grid.within(bottom + 1, header.first, bottom + 1, header.last)
                ) and any(id(box) not in self.used for box in line):
                    bottom += 1
                left = min(label.right for label in labels) + 1
                inside = self.grid.within(top, left, bottom, header.last)
            else:
                left, right = header.end + 1, max(label.right for label in labels)
                inside = self.grid.within(header.first, left, header.last, right)
            for box in inside:
                if (
                    id(box) not in self.used
                    and id(box) not in rows
                    and box.cell.figure("", self.labels.units).state == "number"
                ):
                    rows.add(id(box))
                    self._stray(box)

    def _captions(self) -> str:
        """The text that belongs to no label and is not what every sheet prints."""
        return _lines(
            [
                box
                for box in self.grid.boxes
                if id(box) not in self.used and not self.labels.is_furniture(box.text)
            ]
        )

    def _stray(self, box: Box) -> None:
        self.used.add(id(box))
        self.remarks.append(remarks.stray(self.number, box.text.strip(), box.place))


def _lines(boxes: Sequence[Box]) -> str:
    """The boxes' text as printed: those of one row on one line."""
    rows: dict[int, list[str]] = {}
    for box in boxes:
        rows.setdefault(box.top, []).append(box.text.strip())
    return "\n".join(
        " ".join(text for text in row if text) for _, row in sorted(rows.items())
    ).strip()
