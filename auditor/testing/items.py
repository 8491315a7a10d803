"""Builds a consistent book of items: rows that are parts of others, and a total row, each with the
sums of what it is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from auditor.forms.model import Form
from auditor.records.decimals import number
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import (
    Book,
    Document,
    FiscalYear,
    Sheet,
    figures_of_sheet,
    figures_of_year,
)
from auditor.rules.additive import added_figures
from auditor.testing.build import Chooser, RandomChooser, build_book, largest_form

__all__ = ["WithItems", "build_items", "build_list", "items"]

_TOTAL = "合計"


class WithItems(NamedTuple):
    """A form of items, and a book of it: the items with those below each, and their total row."""

    form: Form
    book: Book


def items(sheets: int = 6, seed: int = 0, form: Form | None = None) -> WithItems:
    """A consistent book of items that have the figures of a form (the registered one with the most
    figures, if none is given); the same seed gives the same.
    """
    return build_items(form or largest_form(), RandomChooser(seed), sheets)


def build_items(form: Form, chooser: Chooser, sheets: int) -> WithItems:
    """A consistent book of items with so many at the lowest level, from the choices of
    ``chooser``.
    """
    leaves = build_book(form, chooser, sheets, 0).sheets
    content = form.model_dump(by_alias=True, exclude={"domain", "kpi"})
    of_items = Form.model_validate({**content, "items": {}})
    rows: list[Sheet] = []
    parents: list[Sheet] = []
    at = 0
    while at < len(leaves):
        group = leaves[at : at + chooser.integer(1, 3)]
        at += len(group)
        parent = _sum(of_items, group, f"{len(parents) + 1} 項目", len(rows) + 1)
        parents.append(parent)
        rows.append(parent)
        for leaf in group:
            rows.append(
                leaf.model_copy(
                    update={
                        "number": len(rows) + 1,
                        "parent": str(parent.number),
                        "block": 2,
                        "evaluations": FrozenDict[str, object](),
                        "document": "items",
                    }
                )
            )
    total = _sum(of_items, parents, _TOTAL, len(rows) + 1)
    of_total = {"role": "total", "totals": ("above",), "since": 1}
    rows.append(total.model_copy(update=of_total))
    year = rows[0].fiscal_year
    document = Document.of("items", form.name, year, rows)
    book = Book(form=form.name, fiscal_year=year, documents=(document,), sheets=tuple(rows))
    return WithItems(of_items, book)


def build_list(form: Form, chooser: Chooser, sheets: int) -> WithItems:
    """A consistent book of a list of projects with a total row, from the choices of ``chooser``."""
    projects = build_book(form, chooser, sheets, 0).sheets
    content = form.model_dump(by_alias=True, exclude={"kpi"})
    of_list = Form.model_validate({**content, "list": {}})
    rows = [
        project.model_copy(update={"document": "list", "block": 1, "number": at})
        for at, project in enumerate(projects, 1)
    ]
    total = _sum(of_list, projects, _TOTAL, len(rows) + 1)
    of_total = {"role": "total", "totals": ("above",), "since": 1, "document": "list"}
    rows.append(total.model_copy(update=of_total))
    year = rows[0].fiscal_year
    document = Document.of("list", form.name, year, rows)
    book = Book(form=form.name, fiscal_year=year, documents=(document,), sheets=tuple(rows))
    return WithItems(of_list, book)


def _sum(form: Form, parts: Sequence[Sheet], name: str, number_of_row: int) -> Sheet:
    """A row with the sums of others; figures that don't add up are blank."""
    added = added_figures(form)
    of_sheet = {
        each.name: _added([part.figure(each.name) for part in parts])
        for each in added
        if each.each == "sheet"
    }
    names = [each.name for each in added if each.each == "year"]
    first = parts[0]
    years: dict[str, FiscalYear] = {}
    for key, column in first.years.items():
        figures = {name: _added([part.years[key].figure(name) for part in parts]) for name in names}
        years[key] = FiscalYear(year=column.year, kind=column.kind, **figures_of_year(figures))
    return Sheet(
        document="items",
        number=number_of_row,
        name=name,
        fiscal_year=first.fiscal_year,
        block=1,
        status=None,
        years=FrozenDict(years),
        **figures_of_sheet(of_sheet),
    )


def _added(parts: Sequence[Figure | None]) -> Figure | None:
    """The sum of printed figures; blank where none is a number."""
    printed = [part for part in parts if part is not None]
    values = [part.value for part in printed if part.value is not None]
    if not printed:
        return None
    if not values:
        return printed[0].model_copy(update={"value": None, "state": "blank", "printed": ""})
    total = sum(values, Decimal(0))
    return Figure(value=total, state="number", printed=number(total), unit=printed[0].unit)
