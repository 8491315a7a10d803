"""The cells of one indicator (KPI): figures, months and words under a header's labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from auditor.forms.model import KpiTable
from auditor.forms.words import squeezed
from auditor.readers.kpi import remarks
from auditor.readers.kpi.headers import Header
from auditor.readers.kpi.rows import Row, place_of
from auditor.readers.kpi.yearly import due_in, is_printed
from auditor.readers.years_in_headings import due_month
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.model import Direction, DirectionSource, Remark

__all__ = ["IndicatorCells", "unwrapped"]


@dataclass(frozen=True)
class IndicatorCells:
    """One row that holds an indicator; ``number`` counts the indicators of the table. What there
    is to say about a cell is added to ``messages`` where the cell is read.
    """

    row: Row
    header: Header
    table: KpiTable
    number: int
    messages: list[Remark]

    def text(self, name: str) -> str:
        """The text of a field on one line."""
        return unwrapped(self.row.cell(self._column(name)))

    def place(self, name: str) -> Place | None:
        """Where a field's cell stands; None where the table has no such column."""
        return place_of(self.row, self._column(name))

    def report_unlabelled(self) -> None:
        """Remark on cells that stand under no label."""
        cells = [
            (place_of(self.row, index), cell.strip())
            for index, cell in enumerate(self.row.cells)
            if cell.strip() and index not in self.header.labelled
        ]
        if len(cells) > remarks.MOST_APART:
            place, first = cells[0]
            message = remarks.cells_without_label(first, len(cells), place, self.number)
            self.messages.append(message)
            return
        for place, cell in cells:
            self.messages.append(remarks.cell_without_label(cell, place, self.number))

    def target(self, unit: str) -> Figure:
        """The target; a word behind it that declares a direction is no part of the number, but of
        what was printed.
        """
        index = self._column("target")
        return Figure(unit=unit) if index is None else self._target(index, unit)

    def targets(self, unit: str) -> Mapping[int, Figure]:
        """The target of each year, where there are several."""
        targets = self.header.targets
        return {year: self._target(index, unit) for year, index in targets.items()}

    def declared_rates(self, targets: Mapping[int, Figure]) -> Mapping[int, Figure]:
        """The rate of achievement of each year of which a target is printed."""
        unit = self.table.rate.unit
        return {
            year: self._figure(index, unit, "declared_rate", str(year))
            for year, index in self.header.rates.items()
            if year in targets and is_printed(targets[year])
        }

    def _target(self, index: int, unit: str) -> Figure:
        printed = self.row.cell(index)
        if suffix := self.table.target_suffix(printed):
            figure = _parsed(printed[: -len(suffix)], unit, place_of(self.row, index))
            if figure.state == "number":
                return figure.model_copy(update={"printed": printed})
        return self._figure(index, unit, "target")

    def actuals(self, unit: str) -> Mapping[str, Figure]:
        """The actual figure of each year."""
        return {
            year: self._figure(index, unit, "actuals", year)
            for year, index in self.header.years.items()
        }

    def declared_rate(self) -> Figure | None:
        """The rate of achievement that the table prints; None where it has no column for it."""
        index = self._column("declared_rate")
        return None if index is None else self._figure(index, self.table.rate.unit, "declared_rate")

    def due(self) -> str | None:
        """The month by which the target is due: that of its own cell, or the last one of the
        fiscal year that stands there or in the heading of the targets.
        """
        index = self._column("due")
        printed = self.row.cell(index)
        month = due_month(printed)
        if month is None and not _says_something(printed) and self.header.due is not None:
            return due_in(self.header.due)
        if month is None and index is not None and _says_something(printed):
            place = place_of(self.row, index)
            self.messages.append(remarks.no_month(printed, place, self.number))
        return month

    def declared_achieved(self) -> Literal["achieved", "missed"] | None:
        """Whether the table itself says that the target was reached."""
        printed = squeezed(self.row.cell(self._column("declared_achieved")))
        if printed in map(squeezed, self.table.achieved):
            return "achieved"
        if printed in map(squeezed, self.table.missed):
            return "missed"
        self._report_unknown_word("declared_achieved")
        return None

    def direction(self, name: str, target: Figure) -> tuple[Direction, DirectionSource]:
        """Whether more or less is better: as its column says, else as the words of the target or
        of the indicator's name do.
        """
        printed = squeezed(self.row.cell(self._column("direction")))
        for word, direction in self.table.direction_words.items():
            if squeezed(word) == printed:
                return direction, "declared"
        self._report_unknown_word("direction")
        return self.table.direction(name, target.printed)

    def place_of_direction(self, target: Figure) -> Place | None:
        """The cell that the direction is read from."""
        words = "target" if self.table.target_suffix(target.printed) else "name"
        return self.place("direction" if "direction" in self.header.fields else words)

    def _column(self, name: str) -> int | None:
        return self.header.fields.get(name)

    def _figure(self, index: int, unit: str, name: str, year: str | None = None) -> Figure:
        place = place_of(self.row, index)
        figure = _parsed(self.row.cell(index), unit, place)
        if figure.state == "text":
            self.messages.append(remarks.no_figure(figure.printed, place, self.number, name, year))
        return figure

    def _report_unknown_word(self, name: str) -> None:
        index = self._column(name)
        printed = self.row.cell(index)
        if index is not None and _says_something(squeezed(printed)):
            place = place_of(self.row, index)
            self.messages.append(remarks.unknown_word(printed, place, self.number, name))


def unwrapped(text: str) -> str:
    """One line of a cell's text: a line break is a blank between Latin letters and nothing
    between Japanese ones.
    """
    joined = ""
    for part in (line.strip() for line in text.splitlines()):
        apart = joined and part and joined[-1].isascii() and part[0].isascii()
        joined += f" {part}" if apart else part
    return joined


def _parsed(text: str, unit: str, place: Place) -> Figure:
    """A figure in its KPI's unit, which may stand behind it again in either width."""
    other_width = {"%": "％", "％": "%"}.get(unit, unit)
    figure = parse_figure(text, unit=unit, units=(unit, other_width), place=place)
    return figure if figure.unit == unit else figure.model_copy(update={"unit": unit})


def _says_something(printed: str) -> bool:
    """Whether a cell is neither blank nor crossed out by a dash."""
    return parse_figure(printed).state not in ("blank", "dash")
