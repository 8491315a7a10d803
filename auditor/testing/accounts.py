"""Builds a consistent book and the accounts that its sheets were made from: rows in yen, of which
several may add up to a project.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from auditor.accounts.columns import USUAL, AccountColumns
from auditor.accounts.model import Entry, Ledger, added
from auditor.forms.model import Form
from auditor.records import figures
from auditor.records.figures import Figure, Interval, spread
from auditor.records.model import Book, Sheet
from auditor.testing.build import Chooser, RandomChooser, build_book, chance, largest_form

__all__ = ["WithAccounts", "accounts_csv", "build_accounts", "ledger_for", "with_accounts"]

_ITEMS: Final = ("総務管理費", "企画費", "道路橋りょう費")
_OTHER_DEPARTMENT: Final = "出納室会計課"


class WithAccounts(NamedTuple):
    """A book, and the accounts of its fiscal year."""

    book: Book
    ledger: Ledger


def with_accounts(sheets: int = 10, seed: int = 0, form: Form | None = None) -> WithAccounts:
    """A consistent book of a form (the registered one with the most figures, if none is given)
    with its accounts; the same seed gives the same.
    """
    return build_accounts(form or largest_form(), RandomChooser(seed), sheets)


def build_accounts(form: Form, chooser: Chooser, sheets: int) -> WithAccounts:
    """A consistent book with its accounts, from the choices of ``chooser``."""
    book = build_book(form, chooser, sheets, 0)
    return WithAccounts(book, ledger_for(book, form, chooser))


def ledger_for(book: Book, form: Form, chooser: Chooser) -> Ledger:
    """The accounts that the sheets of a book were made from, from the choices of ``chooser``."""
    fields = ("total_cost", *(f"funding.{source}" for source in form.funding))
    entries: list[Entry] = []
    for sheet in book.sheets:
        entries += _entries(sheet, form, chooser, fields, len(entries))
    return Ledger("accounts.csv", "0" * 64, fields, True, tuple(entries))


def _entries(
    sheet: Sheet, form: Form, chooser: Chooser, fields: Sequence[str], before: int
) -> list[Entry]:
    """The rows of a sheet's project; none where its year prints no total."""
    key = form.evaluated_column(sheet.fiscal_year, sheet.fiscal_year)
    year = sheet.years.get(key or "")
    if year is None or year.total_cost is None or year.total_cost.value is None:
        return []
    amounts = {name: _true(year.figure(name), name, form, chooser) for name in fields}
    there = {name: amount for name, amount in amounts.items() if amount is not None}
    parts = 1 + (chooser.integer(0, 2) if chance(chooser, 30) else 0)
    is_shared = parts > 1 and chance(chooser, 50)
    entries: list[Entry] = []
    for part, share in enumerate(_shares(there, parts, chooser)):
        other = is_shared and part == parts - 1
        entries.append(
            Entry(
                line=before + part + 2,
                project=sheet.name,
                department=_OTHER_DEPARTMENT if other else sheet.department,
                amounts=share,
                item=_ITEMS[part],
                is_shared=is_shared,
            )
        )
    return entries


def _true(figure: Figure | None, name: str, form: Form, chooser: Chooser) -> Decimal | None:
    """An amount in whole yen that may have been printed as a figure."""
    if figure is None or figure.value is None:
        return None
    definition = form.fields[name]
    factor = form.factor(figure.unit or definition.unit)
    printed = spread(figure.value, definition.rounding, definition.step, factor)
    if not isinstance(printed, Interval):
        unit = figures.base_units(definition.step, factor)
        printed = Interval(printed - unit, printed + unit, lo_open=True, hi_open=True)
    # The least and the greatest whole yen within the ends.
    low, high = Fraction(printed.lo).__ceil__(), Fraction(printed.hi).__floor__()
    low += printed.lo_open and low == printed.lo
    high -= printed.hi_open and high == printed.hi
    point = int(figures.base_units(figure.value, factor))
    return Decimal(point if high < low else chooser.integer(0, high - low) + low)


def _shares(
    amounts: Mapping[str, Decimal], parts: int, chooser: Chooser
) -> list[dict[str, Decimal]]:
    """Amounts divided among some rows."""
    shares: list[dict[str, Decimal]] = [{} for _ in range(parts)]
    for name, amount in amounts.items():
        remaining = amount
        for share in shares[:-1]:
            share[name] = Decimal(chooser.integer(0, int(abs(amount)) // parts))
            remaining -= share[name]
        shares[-1][name] = remaining
    return shares


def accounts_csv(
    ledger: Ledger,
    form: Form,
    columns: AccountColumns = USUAL,
    *,
    delimiter: str = ",",
    with_total: bool = True,
) -> str:
    """The accounts as a file of the 財務会計システム has them, with a row of totals at the end."""
    headings = [columns.project, columns.department, columns.item, columns.shared]
    for name in ledger.fields:
        source = name.removeprefix("funding.")
        stated = columns.sources.get(source)
        headings.append(
            columns.total if name == "total_cost" else stated or form.fields[name].label[0]
        )
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(headings)
    for entry in ledger.entries:
        mark = "○" if entry.is_shared else ""
        texts = [entry.project, entry.department, entry.item, mark]
        writer.writerow([*texts, *(_text(entry.amounts.get(name)) for name in ledger.fields)])
    if with_total:
        sums = [
            _text(added(entry.amounts.get(name) for entry in ledger.entries))
            for name in ledger.fields
        ]
        writer.writerow(["合計", "", "", "", *sums])
    return file.getvalue()


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)
