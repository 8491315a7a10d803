"""Builds pairs of books, this year's and last year's, that agree in all that both print.

This year's book is built first. Last year's has its continuing projects, with the columns,
evaluations and actuals that both books print, and some projects of its own, which ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Kpi, Sheet, figures_of_sheet
from auditor.testing.build import (
    ENDINGS,
    FISCAL_YEAR,
    BookBuilder,
    Chain,
    Chooser,
    RandomChooser,
    largest_form,
    one_of,
)

__all__ = ["Years", "build_years", "years"]

_ENDED: Final = ("国勢調査", "市制記念式典", "商品券発行", "災害復旧")
"""Projects of one year or two; no name of the others is spelt like them."""

_ATTEMPTS: Final = 13
"""How often columns are drawn until they agree with what the evaluations say of budgets."""


class Years(NamedTuple):
    """This year's book and last year's."""

    book: Book
    last_year: Book


def years(sheets: int = 10, seed: int = 0, form: Form | None = None, kpis: int = 3) -> Years:
    """A consistent pair of books of a form (the registered one with the most figures, if none is
    given); the same seed gives the same pair.
    """
    return build_years(form or largest_form(), RandomChooser(seed), sheets, kpis)


def build_years(
    form: Form, chooser: Chooser, sheets: int, kpis: int, fiscal_year: int = FISCAL_YEAR
) -> Years:
    """A consistent pair from the choices of ``chooser``; ``sheets`` and ``kpis`` are how many this
    year's book has.
    """
    today = BookBuilder(form, chooser, fiscal_year, "book")
    made = [today.sheet(number) for number in range(1, sheets + 1)]
    indicators = [_indicator(today, number) for number in range(1, kpis + 1)] if form.kpi else []
    earlier = _LastYear(today)
    return Years(today.book(made, indicators), earlier.book_before(made, indicators))


def _indicator(builder: BookBuilder, number: int) -> Kpi:
    """A KPI of a project that no other one has, since pairs are made by project and name."""
    kpi = builder.kpi(number)
    return kpi.model_copy(update={"project": f"{kpi.project}{number}"})


class _LastYear(BookBuilder):
    """Builds the book before another one."""

    def __init__(self, today: BookBuilder) -> None:
        super().__init__(
            today.form, today.chooser, today.fiscal_year - 1, "last year's book", today.details
        )
        self._today = today
        while self.population == today.population:
            self.population *= 2
        theirs = {self._moment(today, key): key for key in today.columns}
        self._shared = {
            key: theirs[self._moment(self, key)]
            for key in self.columns
            if self._moment(self, key) in theirs
        }
        """The columns that both books print: their keys here and there."""
        for key, there in self._shared.items():
            self.unit_costs[key] = today.unit_costs[there]

    @staticmethod
    def _moment(builder: BookBuilder, key: str) -> tuple[int, str]:
        column = builder.columns[key]
        return builder.fiscal_year + column.offset, column.kind

    def book_before(self, sheets: Sequence[Sheet], kpis: Sequence[Kpi]) -> Book:
        """The book with the projects that go on, and some that ended."""
        going_on = [sheet for sheet in sheets if sheet.status == "continuing"]
        before = [self._before(sheet, number) for number, sheet in enumerate(going_on, 1)]
        before += self._ended(len(before) + 1)
        return self.book(before, [self._kpi_before(kpi) for kpi in kpis])

    # — sheets —

    def _before(self, sheet: Sheet, number: int) -> Sheet:
        """Last year's sheet of a project that goes on."""
        chains = self._chains_before(sheet)
        columns, amounts = self._columns_before(sheet)
        fitting = self._fitting(chains, amounts)
        attempts = 1
        while chains and not fitting and attempts < _ATTEMPTS:
            columns, amounts = self._columns_before(sheet)
            fitting = self._fitting(chains, amounts)
            attempts += 1
        chain = one_of(self.chooser, fitting or chains or [()])
        own = amounts.get(self.evaluated or "", {})
        figures = {"population": Fraction(self.population), **self.ratios(own)}
        return sheet.model_copy(
            update={
                "document": self.path,
                "number": number,
                "fiscal_year": self.fiscal_year,
                "population_as_of": None,
                **figures_of_sheet(self.sheet_figures(figures)),
                "evaluations": FrozenDict(self.evaluations(sheet.name, "continuing", chain)),
                "years": FrozenDict(columns),
            }
        )

    def _columns_before(
        self, sheet: Sheet
    ) -> tuple[dict[str, FiscalYear], dict[str, dict[str, Fraction]]]:
        """The columns of last year's sheet and their amounts: those that both books print as they
        are, and others, which look copied from none.
        """
        columns: dict[str, FiscalYear] = {}
        amounts: dict[str, dict[str, Fraction]] = {}
        for key in self.columns:
            there = self._shared.get(key)
            if there is not None:
                columns[key] = sheet.years[there]
                amounts[key] = self._amounts_of(columns[key])
            else:
                unlike = [*sheet.years.values(), *list(columns.values())[-1:]]
                columns[key], amounts[key] = self.year(key, "running", "continuing", unlike)
        return columns, amounts

    def _amounts_of(self, column: FiscalYear) -> dict[str, Fraction]:
        """The amounts that a printed column stands for."""
        amounts: dict[str, Fraction] = {}
        for name, figure in column.figure_items():
            if figure.value is not None:
                factor = self.form.factor(self.form.fields[name].unit)
                amounts[name] = Fraction(figure.value) * Fraction(factor)
        return amounts

    def _chains_before(self, sheet: Sheet) -> list[Chain]:
        """The words that the evaluations may have: those of this year's sheet where it prints
        them.
        """
        stated = {evaluation.year: evaluation.result for evaluation in sheet.evaluations.values()}
        offsets = sorted(self.form.evaluated)
        return [
            chain
            for chain in self.chains["continuing"]
            if all(
                stated.get(self.fiscal_year + offset, word) == word
                for offset, word in zip(offsets, chain, strict=True)
            )
        ]

    def _fitting(
        self, chains: Sequence[Chain], amounts: Mapping[str, Mapping[str, Fraction]]
    ) -> list[Chain]:
        """The words that agree with what the columns cost."""
        totals = {key: true["total_cost"] for key, true in amounts.items() if "total_cost" in true}
        return [chain for chain in chains if self.fits(chain, False, totals)]

    def _ended(self, number: int) -> list[Sheet]:
        """Sheets of projects that ended in the year of the book."""
        count = self.chooser.integer(0, len(_ENDED))
        sheets = [self.sheet(number + more) for more in range(count)]
        return [
            sheet.model_copy(update={"name": f"{_ENDED[at]}{sheet.number}"})
            for at, sheet in enumerate(sheets)
            if any(
                evaluation.meaning in ENDINGS and evaluation.year == self.fiscal_year
                for evaluation in sheet.evaluations.values()
            )
        ]

    # — KPIs —

    def _kpi_before(self, kpi: Kpi) -> Kpi:
        """Last year's row of an indicator: without this year's actual, and what it declares only
        where it was due by then.
        """
        first = min(map(int, kpi.actuals), default=self.fiscal_year)
        actuals = {
            year: figure for year, figure in kpi.actuals.items() if int(year) <= self.fiscal_year
        }
        actuals = {str(first - 1): Figure(state="dash", printed="-", unit=kpi.unit), **actuals}
        is_due = kpi.due_year is not None and kpi.due_year <= self.fiscal_year
        return kpi.model_copy(
            update={
                "document": self.path,
                "fiscal_year": self.fiscal_year,
                "actuals": FrozenDict(actuals),
                "declared_achieved": kpi.declared_achieved if is_due else None,
                "declared_rate": kpi.declared_rate if is_due else None,
            }
        )
