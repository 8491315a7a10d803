"""The figures of a sheet that stand in the columns of their years."""

from __future__ import annotations

from auditor.readers import remarks
from auditor.readers.grid.area import Area
from auditor.readers.grid.headers import Header, Position
from auditor.readers.grid.labels import Found
from auditor.readers.grid.units import Units
from auditor.records.figures import Figure
from auditor.records.model import FiscalYear, figures_of_year

__all__ = ["YearlyFigures"]


class YearlyFigures:
    """One sheet's tables of years."""

    def __init__(self, area: Area, units: Units) -> None:
        self.area, self.units = area, units

    def date_headers(self, fiscal_year: int) -> None:
        for header in self.area.headers:
            header.place(self.area.form, fiscal_year)
        serving = [
            over
            for name, labels in self.area.at.items()
            for label in labels
            if (over := self._header(label, name)) is not None
        ]
        for header in {id(over): over for over in serving}.values():
            self.area.used.update(id(box) for box in header.boxes)
            printed, place = header.printed, header.boxes[0].place
            if any(position.year is None for position in header.positions):
                self.area.remarks.append(
                    remarks.header_without_years(self.area.number, printed, place)
                )
            elif not header.fits:
                self.area.remarks.append(
                    remarks.header_differs(self.area.number, printed, fiscal_year, place)
                )

    def _header(self, label: Found, name: str) -> Header | None:
        """The header that dates the figures of a label: one that fits, near in the same table,
        and nearest before it.
        """
        if name not in self.area.form.amounts:
            return None
        best: tuple[tuple[bool, int, int], Header] | None = None
        for header in self.area.headers:
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

    def read(self, fiscal_year: int) -> dict[str, FiscalYear]:
        figures: dict[str, dict[str, Figure]] = {}
        dated: set[str] = set()
        for name in self.area.form.amounts:
            if name not in self.area.at:
                continue
            label, header = self.dated(name)
            if header is None:
                text = label.boxes[0].text.strip()
                self.area.remarks.append(
                    remarks.row_without_header(self.area.number, name, text, label.place)
                )
                continue
            unit, boxes = self.units.of(label, header, self.area.form.fields[name], name)
            self.area.used.update(id(box) for box in boxes)
            for column in self.area.form.columns:
                if column not in header.placed:
                    continue
                key = self.area.form.column_id(column, fiscal_year)
                dated.add(key)
                position = header.placed[column]
                figure = self._figure(label, header, position, unit, name, key)
                figures.setdefault(key, {})[name] = figure
        years: dict[str, FiscalYear] = {}
        for column in self.area.form.columns:
            key = self.area.form.column_id(column, fiscal_year)
            if key not in dated:
                continue
            years[key] = FiscalYear(
                year=fiscal_year + column.offset, kind=column.kind, **figures_of_year(figures[key])
            )
        if not dated:
            self.area.remarks.append(
                remarks.columns_without_years(self.area.number, self.area.place)
            )
        return years

    def dated(self, name: str) -> tuple[Found, Header | None]:
        """The field's label and the header over its figures; of several labels the first in a
        table that the form knows.
        """
        for label in self.area.at[name]:
            if (header := self._header(label, name)) is not None:
                return label, header
        return self.area.at[name][0], None

    def _figure(
        self, label: Found, header: Header, position: Position, unit: str, name: str, year: str
    ) -> Figure:
        boxes = self.area.cells(label, header, position)
        row, column = (
            (label.first_row, position.first)
            if header.across
            else (position.first, label.boxes[-1].left)
        )
        if len(boxes) > 1:
            boxes = [box for box in boxes if self.area.labels.unit(box.text) is None]
        self.area.used.update(id(box) for box in boxes)
        by = "usual_place" if header.by_order else "position"
        if not boxes:
            return Figure(unit=unit, place=self.area.grid.place(row, column), placed_by=by)
        if len(boxes) > 1:
            printed = " ".join(box.text.strip() for box in boxes)
            self.area.remarks.append(
                remarks.several_values(self.area.number, name, year, printed, boxes[0].place)
            )
            return Figure(
                state="text", printed=printed, unit=unit, place=boxes[0].place, placed_by=by
            )
        figure = boxes[0].cell.figure(unit, self.area.labels.units)
        if figure.state == "text":
            self.area.no_figure(figure, name, year)
        return figure if by == "position" else figure.model_copy(update={"placed_by": by})
