"""Findings: what contradicts what, and in which cells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple, get_args

from auditor.records.decimals import EXACT, PlainDecimal, plain_digits
from auditor.records.figures import Record
from auditor.records.model import Kpi, Sheet
from auditor.records.text import Text
from auditor.rules.rows import Cell
from auditor.rules.severities import Severity

__all__ = [
    "OUTCOMES",
    "Finding",
    "FindingKeys",
    "KpiReference",
    "Outcome",
    "SheetReference",
    "department_of",
    "key_of",
    "keys_of",
]

Outcome = Literal["pass", "may", "fail", "unknown", "not_applicable", "crashed"]


OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


class SheetReference(Record):
    number: int
    name: str
    department: str = ""

    @classmethod
    def of(cls, sheet: Sheet) -> SheetReference:
        return cls(number=sheet.number, name=sheet.name, department=sheet.department)


class KpiReference(Record):
    """``department`` is the table's own, else that of the sheet of the same project."""

    number: int
    project: str
    name: str
    department: str = ""

    @classmethod
    def of(cls, kpi: Kpi) -> KpiReference:
        return cls(number=kpi.number, project=kpi.project, name=kpi.name, department=kpi.department)


class Finding(Record):
    """One contradiction: rule, place, the figures, what was expected.

    ``place`` is a key of what is contradicted: rule, form, department, project, budget stage,
    fields and year. ``values`` is a key of what the cells hold. ``id`` is made of both; like them
    it is the same in every run and under every path.
    """

    id: str
    place: str = ""
    values: str = ""
    rule: str
    name: str
    severity: Severity
    document: str
    sheet: SheetReference | None = None
    year: str | None = None
    kpi: KpiReference | None = None
    cells: tuple[Cell, ...] = ()
    equation: str = ""
    expected: PlainDecimal | None = None
    actual: PlainDecimal | None = None
    difference: PlainDecimal | None = None
    unit: str = ""
    message: Text
    action: Text

    @property
    def department(self) -> str:
        """The department that the finding is for; empty where nobody knows it."""
        return department_of(self.sheet, self.kpi)


def department_of(sheet: SheetReference | None, kpi: KpiReference | None) -> str:
    """The department of what a finding or a cause is about; empty where nobody knows it."""
    owner = sheet or kpi
    return owner.department if owner else ""


class FindingKeys(NamedTuple):
    """The keys of a finding; see ``Finding``."""

    id: str
    place: str
    values: str


def keys_of(
    code: str, form: str, owner: Sheet | Kpi | None, year: str | None, cells: Sequence[Cell]
) -> FindingKeys:
    """The keys of a finding on a sheet or KPI, or on neither.

    Paths and numbers of sheets have no part in them, since both change from one round to the
    next. Only a cell without a field, which a reader reports, is named by its address.
    """
    names = [f"{_name(cell)}@{cell.year}" for cell in cells]
    place = key_of([code, form, *_owner_names(owner), year or "", *sorted(set(names))])
    values = key_of([f"{name}={_content(cell)}" for name, cell in zip(names, cells, strict=True)])
    return FindingKeys(key_of([place, values]), place, values)


def key_of(parts: Iterable[str]) -> str:
    """A short key of some texts."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _owner_names(owner: Sheet | Kpi | None) -> tuple[str, ...]:
    """What a sheet or KPI is known by."""
    if isinstance(owner, Sheet):
        return owner.department, owner.name, "/".join(owner.budget_stages)
    if owner is None:
        return ()
    names = owner.project, owner.name
    return (owner.department, *names) if owner.department else names


def _name(cell: Cell) -> str:
    if cell.field or cell.place is None:
        return cell.field
    return cell.place.cell or ""


def _content(cell: Cell) -> str:
    """A cell's content for the key of its values: 12 and 12.0 are one value."""
    if isinstance(cell.value, Decimal):
        return plain_digits(EXACT.normalize(cell.value))
    return cell.shown()
