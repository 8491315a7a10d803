"""Corruptions of a book with its accounts: each changes one thing in the accounts, and says
beforehand which rule codes must then fire on the book, and no others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from auditor.accounts.model import Entry
from auditor.forms.model import Form
from auditor.records.figures import base_units
from auditor.testing.accounts import WithAccounts
from auditor.testing.build import Chooser, one_of

__all__ = ["CORRUPTIONS_OF_ACCOUNTS", "AccountsCorruption", "corrupt_accounts"]

_BEYOND_ROUNDING: Final = 4
"""So many printed units no rounding takes away, nor an adjustment to a sum."""


@dataclass(frozen=True)
class AccountsCorruption:
    """A book with corrupted accounts. ``codes`` must fire on the sheet of that name; ``alone`` is
    a project that has no partner then.
    """

    kind: str
    made: WithAccounts
    codes: frozenset[str]
    project: str
    alone: str | None = None


Corrupter = Callable[[WithAccounts, Form, Chooser], AccountsCorruption | None]


def corrupt_accounts(
    kind: str, made: WithAccounts, form: Form, chooser: Chooser
) -> AccountsCorruption | None:
    """One corruption of a kind, or None where the accounts offer no place for it."""
    return CORRUPTIONS_OF_ACCOUNTS[kind](made, form, chooser)


def _replaced(made: WithAccounts, at: int, *entries: Entry) -> WithAccounts:
    """The accounts with other rows in place of one."""
    before, after = made.ledger.entries[:at], made.ledger.entries[at + 1 :]
    return made._replace(ledger=made.ledger._replace(entries=(*before, *entries, *after)))


def _far(form: Form, name: str, chooser: Chooser) -> Decimal:
    """An amount that no rounding of a field takes away."""
    definition = form.fields[name]
    unit = Decimal(int(base_units(definition.step, form.factor(definition.unit)) + 1))
    return unit * chooser.integer(_BEYOND_ROUNDING, 10**4)


def _changed(entry: Entry, name: str, by: Decimal) -> Entry:
    return entry._replace(amounts={**entry.amounts, name: entry.amounts[name] + by})


def _other_total(made: WithAccounts, form: Form, chooser: Chooser) -> AccountsCorruption | None:
    """The total of a row is another."""
    places = [at for at, entry in enumerate(made.ledger.entries) if "total_cost" in entry.amounts]
    if not places:
        return None
    at = one_of(chooser, places)
    entry = made.ledger.entries[at]
    changed = _changed(entry, "total_cost", _far(form, "total_cost", chooser))
    return AccountsCorruption(
        "other-total", _replaced(made, at, changed), frozenset({"ACC001"}), entry.project
    )


def _other_source(made: WithAccounts, form: Form, chooser: Chooser) -> AccountsCorruption | None:
    """A source of a row is another, under the same total."""
    places = [at for at, entry in enumerate(made.ledger.entries) if len(entry.amounts) > 1]
    if not places:
        return None
    at = one_of(chooser, places)
    entry = made.ledger.entries[at]
    name = one_of(chooser, [name for name in sorted(entry.amounts) if name != "total_cost"])
    changed = _changed(entry, name, _far(form, name, chooser))
    return AccountsCorruption(
        "other-source", _replaced(made, at, changed), frozenset({"ACC002"}), entry.project
    )


def _row_twice(made: WithAccounts, form: Form, chooser: Chooser) -> AccountsCorruption | None:
    """A row is there twice, so that its project has too much of everything."""
    places = [at for at, entry in enumerate(made.ledger.entries) if entry.amounts]
    if not places:
        return None
    at = one_of(chooser, places)
    entry = made.ledger.entries[at]
    codes = {
        "ACC001" if name == "total_cost" else "ACC002"
        for name, amount in entry.amounts.items()
        if abs(amount) >= _far(form, name, _Least())
    }
    unclear = [
        name
        for name, amount in entry.amounts.items()
        if amount and abs(amount) < _far(form, name, _Least())
    ]
    if not codes or unclear:  # rounding may hide it
        return None
    again = _replaced(made, at, entry, entry)
    return AccountsCorruption("row-twice", again, frozenset(codes), entry.project)


class _Least:
    """Choices that are always the least."""

    def integer(self, least: int, greatest: int) -> int:
        del greatest
        return least


def _other_project(made: WithAccounts, form: Form, chooser: Chooser) -> AccountsCorruption | None:
    """A project has another name in the accounts: neither it nor its sheet has a partner."""
    del form
    names = list(dict.fromkeys(entry.project for entry in made.ledger.entries))
    if len(names) < 2:  # accounts without any project of the book are refused
        return None
    name = one_of(chooser, names)
    entries = tuple(
        entry._replace(project="基金積立金（一般会計）") if entry.project == name else entry
        for entry in made.ledger.entries
    )
    changed = made._replace(ledger=made.ledger._replace(entries=entries))
    return AccountsCorruption("other-project", changed, frozenset(), name, name)


CORRUPTIONS_OF_ACCOUNTS: Final[dict[str, Corrupter]] = {
    "other-total": _other_total,
    "other-source": _other_source,
    "row-twice": _row_twice,
    "other-project": _other_project,
}
"""All kinds of corruptions."""
