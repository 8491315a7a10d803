"""The figures of a whole sheet: population, costs per head, a form's figures of its own."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from auditor.forms.model import Column, FieldDefinition
from auditor.readers import remarks
from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Box
from auditor.readers.grid.figures import figure_in
from auditor.readers.grid.label_text import value_of
from auditor.readers.grid.labels import Label
from auditor.readers.grid.units import Units
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.fiscal import parse_day

__all__ = ["Single", "SingleFigures"]


_NUMERALS: Final = re.compile(
    r"(?=.*[〇零一二三四五六七八九])[〇零一二三四五六七八九十百千万億,，.．・\s]+"
)
"""A number in words, which is no figure."""


class Single(NamedTuple):
    """A figure of the whole sheet, and what its row says besides."""

    figure: Figure
    words: str


class SingleFigures:
    """One sheet's figures that have no year of their own."""

    area: Area
    units: Units

    def __init__(self, area: Area, units: Units) -> None:
        self.area, self.units = area, units

    def read(self, name: str, fiscal_year: int) -> Single:
        """The figure beside or under the first of its labels; unread where there is none."""
        definition = self.area.form.fields[name]
        labels = self.area.at.get(name)
        if not labels:
            return Single(Figure(state="unread", unit=definition.unit, placed_by="position"), "")
        label = labels[0]
        if label.match.rest:
            return self._inline(label, definition, name)
        unit, units = self.units.of(label, None, definition, name)
        self.area.use(units)
        values, words = self._beside(label, unit)
        if not values:
            values, more = self._under(label, unit)
            words = f"{words} {more}"
        if len(values) > 1:
            values = self._of_evaluated(values, fiscal_year)
        words = f"{' '.join(label.match.brackets)} {words}"
        self.area.use(values)
        if len(values) > 1:
            return Single(self._several(values, unit, name), words)
        if values:
            return Single(self._figure(values[0], unit, name), f"{words} {values[0].text}")
        place = self._place(label, fiscal_year)
        return Single(Figure(unit=unit, place=place, placed_by="position"), words)

    def _several(self, values: list[Box], unit: str, name: str) -> Figure:
        """Several values, of which nobody knows which is the figure: their text together."""
        printed, place = " ".join(box.text.strip() for box in values), values[0].place
        self.area.remarks.append(
            remarks.several_values(self.area.number, name, None, printed, place)
        )
        return Figure(state="text", printed=printed, unit=unit, place=place, placed_by="position")

    def _figure(self, box: Box, unit: str, name: str) -> Figure:
        """The figure in a box, which may print a date or a note behind it."""
        figure = figure_in(box, unit, self.area.labels.units)
        if figure.state != "text":
            return figure
        value = value_of(box.text)
        if value != box.text.strip():
            without_note = self._plain(figure, value, unit)
            if without_note is not None:
                return without_note
        self.area.no_figure(figure, name, None)
        return figure

    def _inline(self, label: Label, definition: FieldDefinition, name: str) -> Single:
        """A value in its label's own cell: 人口 152,875 人(R7.3末現在)."""
        empty = Figure(place=label.place, placed_by="position")
        figure = self._plain(empty, value_of(label.match.rest), definition.unit)
        if figure is None:
            update = {"state": "text", "printed": label.match.rest, "unit": definition.unit}
            figure = empty.model_copy(update=update)
            self.area.no_figure(figure, name, None)
        return Single(figure, label.match.rest)

    def _place(self, label: Label, fiscal_year: int) -> Place:
        """Where a blank figure would stand: in the column of the evaluated year, or next to its
        label.
        """
        column = self._evaluated_column(fiscal_year)
        for header in self.area.headers:
            position = header.placed.get(column) if column and header.across else None
            if position is not None and label.right < position.first:
                return self.area.grid.place(label.first_row, position.first)
        return self.area.grid.place(label.first_row, label.right + 1)

    def _evaluated_column(self, fiscal_year: int) -> Column | None:
        form = self.area.form
        key = form.evaluated_column(fiscal_year, fiscal_year)
        return next(
            (column for column in form.columns if form.column_id(column, fiscal_year) == key), None
        )

    def _plain(self, figure: Figure, text: str, unit: str) -> Figure | None:
        """The figure in ``text``, in the place of another; None where it is none."""
        parsed = parse_figure(
            text, unit=unit, units=self.area.labels.units, place=figure.place, placed_by="position"
        )
        if parsed.state not in ("number", "dash"):
            return None
        return parsed.model_copy(update={"formula": figure.formula, "cached": figure.cached})

    def _beside(self, label: Label, unit: str) -> tuple[list[Box], str]:
        """The values to the right of a label, up to the next one, and the words among them."""
        values: list[Box] = []
        words: list[str] = []
        for box in self.area.grid.within(
            label.first_row, label.right + 1, label.bottom, self.area.grid.right
        ):
            if id(box) in self.area.label_boxes:
                break
            if id(box) in self.area.used:
                continue
            text = box.text.strip()
            figure = figure_in(box, unit, self.area.labels.units)
            tall = box.top < label.first_row or box.bottom > label.bottom
            if tall and figure.state == "text":
                continue  # the text of other rows, too, is another label's
            plain = value_of(text)
            if figure.state in ("number", "dash") or (
                plain != text and self._plain(figure, plain, unit) is not None
            ):
                values.append(box)
            elif values or self._is_words(text):
                words.append(text)
                self.area.used.add(id(box))
            else:
                values.append(box)
        return values, " ".join(words)

    def _is_words(self, text: str) -> bool:
        """Units, notes and days that stand where a value could: words without digits, or with a
        day in it. Marks alone are what is left of something unread, and numerals are a number.
        """
        return (
            parse_day(text) is not None
            or bool(re.match(r"[(（]?(?:注|※)", text))
            or (
                any(map(str.isalpha, text))
                and not re.search(r"[0-9０-９#]", text)
                and not _NUMERALS.fullmatch(text)
            )
        )

    def _under(self, label: Label, unit: str) -> tuple[list[Box], str]:
        """A value below its label."""
        boxes = [
            box
            for box in self.area.grid.within(
                label.bottom + 1, label.left, label.bottom + 1, label.right
            )
            if id(box) not in self.area.used
        ]
        values = [
            box
            for box in boxes
            if figure_in(box, unit, self.area.labels.units).state in ("number", "dash")
        ]
        return values, " ".join(box.text for box in boxes if box not in values)

    def _of_evaluated(self, values: list[Box], fiscal_year: int) -> list[Box]:
        """Of several values the one in the column of the evaluated year; the others are said to
        be strays.
        """
        column = self._evaluated_column(fiscal_year)
        for header in self.area.headers:
            position = header.placed.get(column) if column and header.across else None
            inside = [
                box
                for box in values
                if position and position.first <= box.right and box.left <= position.last
            ]
            if len(inside) == 1:
                for box in values:
                    if box is not inside[0]:
                        self.area.stray(box)
                return inside
        return values
