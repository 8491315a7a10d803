"""The figures of one sheet's table: beside their labels, or alone on a line apart from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

from auditor.forms.model import ApartFigures
from auditor.readers import remarks
from auditor.readers.text.placement import Evidence, Placed, Row, joined, place
from auditor.readers.wording import Item, Wording
from auditor.records.compact import place_of_line
from auditor.records.figures import Figure, PlacedBy, parse_figure, printed_number
from auditor.records.fiscal import parse_day
from auditor.records.model import Remark

__all__ = ["Table", "holds_figure", "is_numbers"]

# A minus triangle may stand apart from its number; a comma or a point never begins or ends one.
_TOKEN: Final = re.compile(r"(?:\S*[△▲,.，．]\s+(?=\S))*\S+(?:\s+[,.，．]\S*)*")
_BRACKETED: Final = re.compile(r"[(（]([^()（）]*)[)）]")


class Values(NamedTuple):
    """A field's figures in their printed order. ``apart`` is None where the sheet has no place
    for them apart from the label.
    """

    beside: tuple[Figure, ...] = ()
    apart: tuple[Figure, ...] | None = None


class AsOf(NamedTuple):
    """The population's day, its figure as printed, and what follows them on the line."""

    day: date | None
    value: str
    rest: str


class Table:
    """The lines of a sheet outside of its headings and evaluations, by their place in the sheet."""

    uncertain: bool
    overfull: bool

    def __init__(self, items: Mapping[int, Item], wording: Wording, sheet: int) -> None:
        self._form, self._wording, self._sheet = wording.form, wording, sheet
        self.items = items
        self.rows: dict[str, int] = {}
        self.used: set[int] = set()
        """The lines that figures printed apart from their labels were taken from."""
        self.remarks: list[Remark] = []
        self.overfull = False
        """Whether a row holds more figures than it has columns: one may belong to another row."""
        self.uncertain = False
        """Whether the columns of a row are uncertain: a line may have lost a figure."""
        for index, item in items.items():
            if item.kind == "row":
                self.rows.setdefault(item.field, index)

    def sheet_figure(self, field: str) -> Figure:
        """A figure that the sheet has only one of."""
        values = self._values(field)
        figures = values.beside or values.apart or ()
        if not figures:
            return self._blank(field, "position")
        figure = joined(figures)
        if len(figures) > 1:
            self.overfull = True
            self.remarks.append(remarks.too_many_values(self._sheet, field, figure))
        return self._remarked(field, None, figure.model_copy(update={"placed_by": "position"}))

    @cached_property
    def year_rows(self) -> tuple[Row, ...]:
        """The rows of the columns, before they are placed."""
        return tuple(self._row(field, self._values(field)) for field in self._form.amounts)

    def year_figures(self, evidence: Evidence, fiscal_year: int) -> dict[str, tuple[Figure, ...]]:
        """The figures of every field by column."""
        ids = [self._form.column_id(column, fiscal_year) for column in self._form.columns]
        placed = place(self.year_rows, evidence)
        for row in self.year_rows:
            if any(len(figures) > len(columns) for figures, columns in row.parts):
                printed = joined(list(chain.from_iterable(figures for figures, _ in row.parts)))
                self.overfull = True
                self.remarks.append(remarks.too_many_values(self._sheet, row.field, printed))
            if not placed[row.field].certain:
                self.uncertain = True
                self.remarks += [
                    remarks.column_not_sure(self._sheet, row.field, year, figure)
                    for year, figure in zip(ids, placed[row.field].cells, strict=True)
                    if figure
                ]
        missing = self._missing(placed)
        loose = {
            row.field
            for row in self.year_rows
            if row.loose_columns and not placed[row.field].certain
        }
        # One of its lines may belong to another row.
        self.overfull = self.overfull or bool(loose)
        return {
            field: tuple(
                self._remarked(
                    field,
                    year,
                    self._placed(figure, its.by, unread=field in loose)
                    if figure
                    else self._blank(field, its.by, unread=index in missing and not its.certain),
                )
                for index, (year, figure) in enumerate(zip(ids, its.cells, strict=True))
            )
            for field, its in placed.items()
        }

    def _placed(self, figure: Figure, by: PlacedBy, *, unread: bool) -> Figure:
        """A figure in its column; unread where that may be another one's of its row."""
        if unread:
            return figure.model_copy(update={"placed_by": by, "state": "unread", "value": None})
        return figure.model_copy(update={"placed_by": by})

    def _missing(self, placed: Mapping[str, Placed]) -> frozenset[int]:
        """The columns that have a total without sources, or sources without a total: where rows
        are not sure of their columns, a line may have lost a figure.
        """
        total = placed.get("total_cost")
        sources = [its for name, its in placed.items() if name.startswith("funding.")]
        if total is None or not sources:
            return frozenset()
        columns = range(len(self._form.columns))
        return frozenset(
            index
            for index in columns
            if (total.cells[index] is None) != all(its.cells[index] is None for its in sources)
        )

    def _remarked(self, field: str, year: str | None, figure: Figure) -> Figure:
        if figure.state == "text":
            self.remarks.append(remarks.text_for_figure(self._sheet, field, year, figure))
        return figure

    def _blank(self, field: str, placed_by: PlacedBy, *, unread: bool = False) -> Figure:
        """An empty cell, which stands where its label does; unread where there is no label, too."""
        index = self.rows.get(field)
        labelled = index is not None or not self._form.fields[field].label
        return Figure(
            state="blank" if labelled and not unread else "unread",
            unit=self._unit(field),
            place=place_of_line(self.items[index].line.number) if index is not None else None,
            placed_by=placed_by,
        )

    def _values(self, field: str) -> Values:
        """The field's figures; lines of figures printed apart from it are marked as used."""
        index = self.rows.get(field)
        beside: tuple[Figure, ...] = ()
        if index is not None:
            item = self.items[index]
            if item.unit and self._wording.unit(item.unit) is None:
                self.remarks.append(
                    remarks.unknown_unit(
                        self._sheet, field, item.unit, place_of_line(item.line.number)
                    )
                )
            beside = self._figures(
                field, self.as_of().value if field == "population" else item.rest, item.line.number
            )
        for rule in self._rules(field):
            if rule.offsets or not beside:
                apart = self._apart(rule)
                if apart and rule.below and not self._is_printed_here(rule):
                    return self._beside_and_below(field, beside, apart)
                return Values(beside, apart)
        return Values(beside)

    def _beside_and_below(
        self, field: str, beside: tuple[Figure, ...], apart: tuple[Figure, ...]
    ) -> Values:
        """A row with figures and lines of them below it that the form prints there in another
        block order only: they go on with the row where they stand right below it, or it has none.
        """
        lines = {figure.place.line for figure in apart if figure.place is not None}
        at = self.rows.get(field)
        if not beside or (at is not None and self.items[at + 1].line.number in lines):
            return Values((*beside, *apart))
        self.used -= {index for index in self.used if self.items[index].line.number in lines}
        return Values(beside)

    def _is_printed_here(self, rule: ApartFigures) -> bool:
        above = self.rows.get(rule.above)
        return bool(rule.below) and above is not None and self._row_before(above) == rule.below

    def _rules(self, field: str) -> list[ApartFigures]:
        return (
            [rule for rule in self._form.text.apart if rule.field == field]
            if self._form.text
            else []
        )

    def as_of(self) -> AsOf:
        """The day on the population's line; the unit behind the figure belongs to the label."""
        index = self.rows.get("population")
        if index is None:
            return AsOf(None, "", "")
        day, value, rest = None, self.items[index].rest, ""
        for bracketed in _BRACKETED.finditer(value):
            if (day := parse_day(bracketed[1])) is not None:
                value, rest = value[: bracketed.start()], value[bracketed.end() :]
                break
        return AsOf(
            day, value.strip().removesuffix(self._form.fields["population"].unit).rstrip(), rest
        )

    def _row(self, field: str, values: Values) -> Row:
        """The field's figures with the columns that they can stand in."""
        columns = tuple(range(len(self._form.columns)))
        if values.apart is None:
            return Row(field, ((values.beside, columns),))
        offsets = set(chain.from_iterable(rule.offsets for rule in self._rules(field)))
        apart = tuple(i for i in columns if self._form.columns[i].offset in offsets)
        beside = tuple(i for i in columns if i not in apart)
        together = len(values.beside) + len(values.apart)
        # Too many figures in all leave no column free for those beside the label to move to.
        fits_beside = len(values.beside) <= len(beside)
        if (fits_beside or (values.apart and together > len(columns))) and (
            len(values.apart) <= len(apart)
        ):
            return Row(field, ((values.beside, beside), (values.apart, apart)), loose=1)
        return Row(field, (((*values.beside, *values.apart), columns),))

    def _apart(self, rule: ApartFigures) -> tuple[Figure, ...] | None:
        """The lines just above another row's label, up to the next line that is known."""
        above = self.rows.get(rule.above)
        if above is None:
            return None
        lines: list[int] = []
        index = above - 1
        while index in self.items and self.items[index].kind in ("blank", "other"):
            if self.items[index].kind == "other":
                lines.append(index)
            index -= 1
        printed_here = self._is_printed_here(rule)
        room = max(1, len(rule.offsets))
        rows: list[tuple[Figure, ...]] = []
        for position, line in enumerate(lines):
            figures = self._figures(
                rule.field, self.items[line].line.raw, self.items[line].line.number
            )
            fits = len(figures) <= room
            # Anything that fits may be a figure gone wrong where nothing else is ever printed;
            # elsewhere it has to look like one.
            nearest = position == 0 and (printed_here or line == above - 1)
            if rows and self._continues_row(line, lines[position - 1]):
                break
            if not (
                (nearest and fits) or (all(map(_like_figure, figures)) and (fits or position == 0))
            ):
                break
            self.used.add(line)
            rows.insert(0, figures)
            room -= len(figures)
        if not rows and rule.below and not printed_here:
            return None
        return tuple(chain.from_iterable(rows))

    def _continues_row(self, line: int, following: int) -> bool:
        """Whether a line, with a blank one behind it, stands right below a row that prints no
        figure: it may be that row's.
        """
        before = self.items.get(line - 1)
        empty = before is not None and before.kind == "row" and not before.rest
        return empty and following > line + 1

    def _row_before(self, index: int) -> str | None:
        earlier = [(at, field) for field, at in self.rows.items() if at < index]
        return max(earlier)[1] if earlier else None

    def _figures(self, field: str, text: str, line: int) -> tuple[Figure, ...]:
        unit = self._unit(field)
        return tuple(
            parse_figure(token, unit=unit, units=self._form.units, place=place_of_line(line))
            for token in _TOKEN.findall(text)
        )

    def _unit(self, field: str) -> str:
        """The unit printed beside the field's label where the form knows it, else the form's."""
        index = self.rows.get(field)
        printed = self.items[index].unit if index is not None else ""
        return (self._wording.unit(printed) if printed else None) or self._form.fields[field].unit


def _like_figure(figure: Figure) -> bool:
    """Whether something looks like a figure, if only one that is misprinted: it has digits, or
    neither digits nor letters.
    """
    printed = figure.printed
    return (
        figure.state != "text"
        or any(map(str.isdigit, printed))
        or not any(map(str.isalnum, printed))
    )


def holds_figure(text: str) -> bool:
    """Whether a line holds what may be a figure that nobody has read: digits without letters."""
    return any(
        any(map(str.isdigit, token)) and not any(map(str.isalpha, token))
        for token in _TOKEN.findall(text)
    )


def is_numbers(text: str) -> bool:
    """Whether a line holds numbers and nothing else."""
    parts = text.split()
    return bool(parts) and all(printed_number(part) is not None for part in parts)
