"""The rows that somebody asks about.

A sheet is named by its number or name, a year in any notation, a kind of column by its word or as
the form prints it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

from auditor.forms.words import squeezed
from auditor.records.errors import AuditorError
from auditor.records.fiscal import fiscal_year_in
from auditor.records.model import Evaluation, FiscalYear
from auditor.rules.findings import KpiReference, SheetReference
from auditor.rules.rows import Row

__all__ = ["RowChoice", "WrongYear"]

_KINDS: Final[dict[str, str]] = {
    "決算額": "settled",
    "決算": "settled",
    "決算見込額": "expected",
    "決算見込": "expected",
    "予算額": "budgeted",
    "予算": "budgeted",
    "要求額": "requested",
    "要求": "requested",
}
"""What people call the kinds of columns."""


class WrongYear(AuditorError):
    """A year that is none."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text} is no fiscal year; 2024, FY2024 or R6 is",
            f"「{text}」は年度として読めません（例：2024、R6、令和６年度）",
        )


class RowChoice:
    """Which rows are meant. What is empty chooses all; of several values one is enough.

    ``fits`` asks row by row. It remembers what there was to choose from, for those whose choice
    fits no row. Raises WrongYear for a year that can't be read.
    """

    def __init__(
        self,
        *,
        sheets: Iterable[int | str] = (),
        kpis: Iterable[int | str] = (),
        years: Iterable[int | str] = (),
        kinds: Iterable[str] = (),
        columns: Iterable[str] = (),
    ) -> None:
        self.sheets, self.kpis = [str(sheet) for sheet in sheets], [str(kpi) for kpi in kpis]
        self.years = [_year(year) for year in years]
        self.kinds = {_KINDS.get(squeezed(kind), kind) for kind in kinds}
        self.columns = [squeezed(column) for column in columns]
        self.sheets_there: dict[tuple[str, int], SheetReference] = {}
        self.kpis_there: dict[tuple[str, int], KpiReference] = {}
        self.columns_there: dict[str, None] = {}

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.sheets or self.kpis or self.years or self.kinds or self.columns)

    def fits(self, row: Row) -> bool:
        """Whether a row is one of those that are meant."""
        self._note(row)
        return (
            (not self.sheets or self._is_sheet(row))
            and (not self.kpis or self._is_kpi(row))
            and (not self.years or _year_of(row) in self.years)
            and (not self.kinds or self._is_kind(row))
            and (not self.columns or self._is_column(row))
        )

    def _note(self, row: Row) -> None:
        if row.sheet is not None:
            key = row.sheet.document, row.sheet.number
            self.sheets_there.setdefault(key, SheetReference.of(row.sheet))
        if row.kpi is not None:
            self.kpis_there.setdefault((row.kpi.document, row.kpi.number), KpiReference.of(row.kpi))
        if row.column is not None:
            self.columns_there.setdefault(row.column)

    def _is_sheet(self, row: Row) -> bool:
        """Whether a row is of one of the sheets; a KPI is of its project's."""
        if row.sheet is not None:
            return _is_called(self.sheets, row.sheet.number, row.sheet.name, row.sheet.identifier)
        return row.kpi is not None and _is_called(self.sheets, None, row.kpi.project)

    def _is_kpi(self, row: Row) -> bool:
        return row.kpi is not None and _is_called(self.kpis, row.kpi.number, row.kpi.name)

    def _is_kind(self, row: Row) -> bool:
        return isinstance(row.record, FiscalYear) and row.record.kind in self.kinds

    def _is_column(self, row: Row) -> bool:
        if row.column is None:
            return False
        if squeezed(row.column) in self.columns:
            return True
        if not isinstance(row.record, FiscalYear) or row.sheet is None:
            return False
        fiscal_year = row.sheet.fiscal_year
        labels = [
            column.label
            for column in row.form.columns
            if row.form.column_id(column, fiscal_year) == row.column
        ]
        printed = "\n".join(map(squeezed, chain.from_iterable(labels)))
        return any(column in printed for column in self.columns)


def _year(text: int | str) -> int:
    year = fiscal_year_in(str(text))
    if year is None:
        raise WrongYear(str(text))
    return year


def _year_of(row: Row) -> int | None:
    """The year of a row: that of its column, else that of its sheet, KPI or book."""
    if isinstance(row.record, FiscalYear | Evaluation):
        return row.record.year
    if row.column is not None and row.column.isdecimal():
        return int(row.column)
    owner = row.sheet or row.kpi
    return row.rows.book.fiscal_year if owner is None else owner.fiscal_year


def _is_called(words: Iterable[str], number: int | None, name: str, identifier: str = "") -> bool:
    """Whether one of some words is the number or name of something, or a part of its name."""
    for word in map(squeezed, words):
        if number is not None and word == str(number):
            return True
        if identifier and word == squeezed(identifier):
            return True
        # A number names by itself alone: 3 is not 第３期計画.
        if word == squeezed(name) or (word and not word.isdecimal() and word in squeezed(name)):
            return True
    return False
