"""The rows of the accounts, and the projects that they add up to. Amounts are whole yen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from auditor.records.errors import AuditorError

__all__ = ["Account", "AccountsError", "Entry", "Ledger", "added"]


class AccountsError(AuditorError):
    """A file that can't be used as the accounts; nothing is checked."""


class Entry(NamedTuple):
    """One row: what was settled for a project, or for one of its budget items.

    ``amounts`` are by field (``total_cost``, ``funding.grants`` …); a blank one is left out.
    """

    line: int
    project: str
    department: str
    amounts: Mapping[str, Decimal]
    item: str = ""
    carried_over: Decimal | None = None
    staff_cost: Decimal | None = None
    is_shared: bool = False


class Ledger(NamedTuple):
    """The rows of a file. ``fields`` are the amounts for which it has a column."""

    document: str
    sha256: str
    fields: tuple[str, ...]
    has_departments: bool
    entries: tuple[Entry, ...]


class Account(NamedTuple):
    """A project with the rows that add up to it; ``department`` is the one that its sheet may
    have.
    """

    project: str
    department: str
    entries: tuple[Entry, ...]

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments of its rows, each once."""
        return _distinct(entry.department for entry in self.entries)

    @property
    def items(self) -> tuple[str, ...]:
        """The budget items of its rows, each once."""
        return _distinct(entry.item for entry in self.entries)

    @property
    def is_shared(self) -> bool:
        """Whether it is of several departments, by a mark or by its rows."""
        return len(self.departments) > 1 or any(entry.is_shared for entry in self.entries)

    def amount(self, field: str) -> Decimal | None:
        """What its rows add up to; None where none of them has the amount."""
        return added(entry.amounts.get(field) for entry in self.entries)

    @property
    def carried_over(self) -> Decimal | None:
        return added(entry.carried_over for entry in self.entries)

    @property
    def staff_cost(self) -> Decimal | None:
        return added(entry.staff_cost for entry in self.entries)


def added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the amounts that are there; None where none is."""
    there = [amount for amount in amounts if amount is not None]
    return sum(there, Decimal(0)) if there else None


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
