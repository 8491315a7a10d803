"""Totals of a book's figures by column and field, to compare with the settlement of accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from auditor.records.decimals import EXACT
from auditor.records.figures import Figure, Record
from auditor.records.model import Book, Sheet
from auditor.settings.model import AS_THEY_COME, Departments

__all__ = ["BookTotals", "Total", "figures_of", "totals"]


class Total(Record):
    """The sum of one field over one column, in the printed unit.

    ``summed`` figures are numbers; ``blank`` cells (dashes too) count as nothing; ``text`` cells
    could not be summed.
    """

    field: str
    year: str
    kind: str
    unit: str
    value: Decimal
    summed: int
    blank: int
    text: int


class BookTotals(Record):
    """The totals of a book, or of one department's sheets in it."""

    form: str
    fiscal_year: int
    department: str | None = None
    sheets: int
    totals: tuple[Total, ...]


def figures_of(sheet: Sheet) -> Iterator[tuple[str, str, str, Figure]]:
    """Every figure of a sheet's budget table, in the form's order: its field, its column, the
    column's kind and the figure.
    """
    for key, year in sheet.years.items():
        for name, figure in year.figure_items():
            yield name, key, year.kind, figure


def totals(
    books: Iterable[Book], by_department: bool = False, order: Departments = AS_THEY_COME
) -> tuple[BookTotals, ...]:
    """The totals of every book, or of every department in it: in the official order, else as the
    departments come.
    """
    results: list[BookTotals] = []
    for book in books:
        groups: dict[str, list[Sheet]] = {}
        for sheet in book.sheets:
            groups.setdefault(sheet.department if by_department else "", []).append(sheet)
        results += (
            BookTotals(
                form=book.form,
                fiscal_year=book.fiscal_year,
                department=department if by_department else None,
                sheets=len(groups[department]),
                totals=_totals(groups[department]),
            )
            for department in order.in_order(groups)
        )
    return tuple(results)


@dataclass
class _Sum:
    kind: str
    value: Decimal = Decimal(0)
    states: Counter[str] = field(default_factory=Counter[str])


def _totals(sheets: Sequence[Sheet]) -> tuple[Total, ...]:
    sums: dict[tuple[str, str, str], _Sum] = {}
    for sheet in sheets:
        for name, key, kind, figure in figures_of(sheet):
            total = sums.setdefault((name, key, figure.unit), _Sum(kind))
            total.states[figure.state] += 1
            if figure.value is not None:
                total.value = EXACT.add(total.value, figure.value)
    return tuple(
        Total(
            field=name,
            year=key,
            kind=total.kind,
            unit=unit,
            value=total.value,
            summed=total.states["number"],
            blank=total.states["blank"] + total.states["dash"],
            text=total.states["text"] + total.states["unread"],
        )
        for (name, key, unit), total in sums.items()
    )
