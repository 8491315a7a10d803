"""Corruptions of a book of items: each changes one figure that adds up, and says beforehand which
rule codes must then fire, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.records.decimals import number
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet, figures_of_year
from auditor.rules.additive import added_figures
from auditor.testing.build import Chooser, one_of
from auditor.testing.items import WithItems

__all__ = ["CORRUPTIONS_OF_TOTALS", "TotalsCorruption", "corrupt_totals"]

_FURTHEST: Final = 10**6
"""Amounts are changed by no more, in printed units, beyond what roundings allow."""


@dataclass(frozen=True)
class TotalsCorruption:
    """A corrupted book of items. ``codes`` must fire; ``sheet``, ``field`` and ``year`` say which
    cell was changed, and ``was`` what it printed.
    """

    kind: str
    made: WithItems
    codes: frozenset[str]
    sheet: int
    field: str
    year: str | None
    was: Decimal


def corrupt_totals(kind: str, made: WithItems, chooser: Chooser) -> TotalsCorruption | None:
    """One corruption of a kind, or None where the book offers no place for it."""
    return CORRUPTIONS_OF_TOTALS[kind](made, chooser)


class _Cell(NamedTuple):
    """A figure that adds up: its row, its name, and its column if it stands in one."""

    sheet: Sheet
    name: str
    column: str | None
    value: Decimal


def _cells(made: WithItems, sheets: Iterator[Sheet]) -> list[_Cell]:
    """The printed figures of some rows that add up."""
    names = {(each.each, each.name) for each in added_figures(made.form)}
    return [
        _Cell(sheet, name, column, figure.value)
        for sheet in sheets
        for name, column, figure in sheet.every_figure()
        if figure.value is not None and ("sheet" if column is None else "year", name) in names
    ]


def _changed(
    made: WithItems, cell: _Cell, chooser: Chooser, kind: str, *codes: str
) -> TotalsCorruption:
    """The book with a figure far enough off that no rounding explains it."""
    definition = made.form.fields[cell.name]
    leeway = definition.step * (len(made.book.sheets) + 2)
    value = cell.value + leeway + definition.step * chooser.integer(1, _FURTHEST)
    figure = Figure(value=value, state="number", printed=number(value), unit=definition.unit)
    return TotalsCorruption(
        kind,
        made._replace(book=_with(made.book, cell, figure)),
        frozenset(codes),
        cell.sheet.number,
        cell.name,
        cell.column,
        cell.value,
    )


def _with(book: Book, cell: _Cell, figure: Figure) -> Book:
    """The book with another figure in a cell."""
    sheet = cell.sheet
    if cell.column is None:
        update: dict[str, object] = {"figures": FrozenDict({**sheet.figures, cell.name: figure})}
    else:
        year = sheet.years[cell.column]
        figures = {**dict(year.figure_items()), cell.name: figure}
        changed = year.model_copy(update=figures_of_year(figures))
        update = {"years": FrozenDict({**sheet.years, cell.column: changed})}
    other = sheet.model_copy(update=update)
    return book.model_copy(
        update={"sheets": tuple(other if each is sheet else each for each in book.sheets)}
    )


def _total(made: WithItems, chooser: Chooser) -> TotalsCorruption | None:
    """A total row that is not the sum of its rows."""
    cells = _cells(made, (sheet for sheet in made.book.sheets if sheet.role == "total"))
    return _changed(made, one_of(chooser, cells), chooser, "total", "TOT001") if cells else None


def _item(made: WithItems, chooser: Chooser) -> TotalsCorruption | None:
    """An item that neither those below it nor the total agree with."""
    parents = {sheet.parent for sheet in made.book.sheets}
    cells = _cells(made, (sheet for sheet in made.book.sheets if str(sheet.number) in parents))
    if not cells:
        return None
    return _changed(made, one_of(chooser, cells), chooser, "item", "TOT001", "TOT002")


def _part(made: WithItems, chooser: Chooser) -> TotalsCorruption | None:
    """One of the items below another, which the sum of that does not agree with."""
    cells = _cells(made, (sheet for sheet in made.book.sheets if sheet.parent))
    return _changed(made, one_of(chooser, cells), chooser, "part", "TOT002") if cells else None


CORRUPTIONS_OF_TOTALS: Final[dict[str, Callable[[WithItems, Chooser], TotalsCorruption | None]]] = {
    "total": _total,
    "item": _item,
    "part": _part,
}
