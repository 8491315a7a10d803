"""What a layout finds in a document, whatever it is: records, their columns, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from auditor.drafting.board import Spot
from auditor.drafting.columns import NumberColumn
from auditor.drafting.indicators import Indicators

__all__ = ["DraftColumn", "Each", "Layout", "LayoutKind", "Measure", "Record"]

Each = Literal["sheet", "year"]
LayoutKind = Literal["sheet", "list", "items", "indicators"]


@dataclass(frozen=True)
class DraftColumn:
    """A column of years: the year where it is printed, else the group's number from 0; its kind,
    and the word that is printed for it.
    """

    year: int | None
    group: int = 0
    kind: str | None = None
    word: str = ""


@dataclass
class Measure:
    """A figure that records print under one heading.

    ``cells`` has the cell of each record, by the number of the record and, where it stands in
    columns of years, that of the column. ``group`` is a heading over several figures.
    """

    key: str
    heading: str
    each: Each
    unit: str | None = None
    group: str = ""
    cells: dict[tuple[int, int | None], Spot] = field(
        default_factory=dict[tuple[int, int | None], Spot]
    )
    totals: dict[int | None, Spot] = field(default_factory=dict[int | None, Spot])
    """The cells of the row that totals all records, by column."""
    only_kinds: tuple[str, ...] = ()
    """The kinds of the columns that have it, where it is of some alone."""
    kind_words: dict[str, None] = field(default_factory=dict[str, None])
    """Its headings, where they say only the kind or the year of the column."""
    stands_in: set[int] = field(default_factory=set[int])
    """The columns in which a list has a heading for it; none where that is not known."""


@dataclass(frozen=True)
class Record:
    """A project, row or item: its name, where it begins, and the fiscal years in its title."""

    name: str
    spot: Spot
    years: tuple[int, ...] = ()


@dataclass
class Layout:
    """A document that was taken apart. ``labels`` are the headings of texts; ``title`` is what
    stands over all, behind its first year; ``title_words`` is what of it comes again next year.
    """

    kind: LayoutKind
    records: list[Record]
    columns: list[DraftColumn]
    measures: list[Measure]
    labels: dict[str, str]
    title: str = ""
    title_words: str = ""
    years: tuple[int, ...] = ()
    fiscal_years: tuple[int, ...] = ()
    """Those in the column of fiscal years, where there is one."""
    unit: str | None = None
    row_units: tuple[str, ...] = ()
    """The units that stand on the rows."""
    total_words: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    header_rows: int | None = None
    rows: Each = "sheet"
    """What a row of a list is: a record, or one of its columns."""
    repeats: bool = False
    """Whether the columns' years are known by repetition alone."""
    levels: list[str] = field(default_factory=list[str])
    indicators: Indicators | None = None
    """The indicators on the rows; those of a table of ``indicators`` are its records."""

    def columns_of(self, each: Each) -> list[NumberColumn]:
        """The figures of a scope as columns of numbers: a row for each record, or for each record
        and column.
        """
        rows = self.rows_of(each)
        return [
            NumberColumn(
                measure.key,
                measure.heading,
                tuple(_value(measure.cells.get(row)) for row in rows),
                measure.group,
                measure.unit or "",
                _value(measure.totals.get(None)) if each == "sheet" else None,
            )
            for measure in self.measures
            if measure.each == each
        ]

    def rows_of(self, each: Each) -> Sequence[tuple[int, int | None]]:
        """The record, and the column, of each value of such a column of numbers."""
        records = range(len(self.records))
        if each == "sheet":
            return [(record, None) for record in records]
        rows: list[tuple[int, int | None]] = []
        for record in records:
            rows += [(record, column) for column in range(len(self.columns))]
        return rows

    @property
    def numbers(self) -> int:
        """How many numbers it has, of figures and of indicators."""
        of_indicators = 0 if self.indicators is None else self.indicators.numbers
        return sum(self.counts.values()) + of_indicators

    @property
    def counts(self) -> Mapping[str, int]:
        """How many numbers each figure has."""
        return {
            measure.key: sum(spot.is_number for spot in measure.cells.values())
            for measure in self.measures
        }


def _value(spot: Spot | None) -> Decimal | None:
    return None if spot is None else spot.value
