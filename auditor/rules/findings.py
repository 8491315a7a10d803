"""Findings: what contradicts what, in which cells, and which of them is suspected."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, get_args

from auditor.records.decimals import EXACT, PlainDecimal, plain_digits
from auditor.records.figures import Record
from auditor.records.model import Kpi, Sheet
from auditor.records.text import Text
from auditor.rules.rows import Cell
from auditor.rules.suspects import Suspect

__all__ = [
    "OUTCOMES",
    "SEVERITIES",
    "Finding",
    "KpiReference",
    "Outcome",
    "Severity",
    "SheetReference",
    "identity",
]

Severity = Literal["error", "warning", "note"]


Outcome = Literal["pass", "may", "fail", "unknown", "not_applicable", "crashed"]


OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)


class SheetReference(Record):
    number: int
    name: str
    department: str = ""

    @classmethod
    def of(cls, sheet: Sheet) -> SheetReference:
        return cls(number=sheet.number, name=sheet.name, department=sheet.department)


class KpiReference(Record):
    """``department`` is that of the sheet of the same project, where there is one."""

    number: int
    project: str
    name: str
    department: str = ""

    @classmethod
    def of(cls, kpi: Kpi) -> KpiReference:
        return cls(number=kpi.number, project=kpi.project, name=kpi.name)


class Finding(Record):
    """One contradiction: rule, place, the figures, what was expected. ``id`` is stable over runs
    and paths.
    """

    id: str
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
    suspects: tuple[Suspect, ...] = ()

    @property
    def department(self) -> str:
        """The department that the finding is for; empty where nobody knows it."""
        owner = self.sheet or self.kpi
        return owner.department if owner else ""


def identity(
    code: str,
    sheet: SheetReference | None,
    kpi: KpiReference | None,
    year: str | None,
    cells: Sequence[Cell],
) -> str:
    """A finding's stable id, from rule, sheet, cells and values; paths and places have no part in
    it.
    """
    parts = [
        code,
        sheet.name if sheet else "",
        str(sheet.number) if sheet else "",
        f"{kpi.project}/{kpi.name}" if kpi else "",
        year or "",
    ]
    parts += [f"{cell.field}@{cell.year}={_content(cell)}" for cell in cells]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _content(cell: Cell) -> str:
    """A cell's content for its finding's id: 12 and 12.0 are one value."""
    if isinstance(cell.value, Decimal):
        return plain_digits(EXACT.normalize(cell.value))
    return cell.shown()
