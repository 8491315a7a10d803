"""Verdicts: how one row answered one rule, and what Python rules make them from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from auditor.formula.prose import NOTHING, Explanation
from auditor.formula.trace import SHOWN
from auditor.formula.values import BLANK, Missing
from auditor.records.figures import Quantity
from auditor.records.model import Sheet
from auditor.records.severities import Severity
from auditor.records.text import Text
from auditor.rules.findings import Outcome
from auditor.rules.rows import Row

__all__ = [
    "CRASHED",
    "MAY",
    "NOT_APPLICABLE",
    "PASS",
    "UNKNOWN",
    "Check",
    "Verdict",
    "elsewhere",
    "failed",
    "first_of",
    "named_beside",
    "printed",
    "quantity",
]


T = TypeVar("T")


class Verdict(NamedTuple):
    """How one row answered one rule, why, and the severity where it is not the rule's usual one.

    The cells of the explanation are rows with the names to point at.
    """

    outcome: Outcome
    explanation: Explanation = NOTHING
    severity: Severity | None = None


PASS, MAY, UNKNOWN, NOT_APPLICABLE, CRASHED = (
    Verdict(o) for o in ("pass", "may", "unknown", "not_applicable", "crashed")
)


Check = Callable[[Row], Verdict]


def failed(
    *cells: tuple[Row, str],
    detail: Text | None = None,
    equation: str = "",
    expected: Decimal | None = None,
    actual: Decimal | None = None,
    difference: Decimal | None = None,
    unit: str = "",
    remark: Text | None = None,
) -> Verdict:
    """A failed verdict for a Python rule, pointing at the given cells; numbers are in the printed
    ``unit``. ``detail`` is said in place of the rule's title, ``remark`` behind either.
    """
    explanation = Explanation(equation, cells, expected, actual, difference, unit, detail, remark)
    return Verdict("fail", explanation)


def elsewhere(other: Sheet, sheet: Sheet) -> Text:
    """Another sheet as a finding on ``sheet`` names it: with its document, name and department
    where they are others.
    """
    document, name, department = (
        theirs if theirs != mine else ""
        for theirs, mine in (
            (other.document, sheet.document),
            (other.name, sheet.name),
            (other.department, sheet.department),
        )
    )
    en = f"sheet {other.number}" + (f' "{name}"' if name else "")
    ja = f"シート{other.number}" + (f"「{name}」" if name else "")
    return Text(
        en=en
        + (f" ({department})" if department else "")
        + (f" of {document}" if document else ""),
        ja=(f"{document} の" if document else "")
        + ja
        + (f"（{department}）" if department else ""),
    )


def named_beside(other: Row, row: Row) -> Text:
    """What a finding on a row calls another one of the book."""
    if other.sheet is not None and row.sheet is not None and other.sheet is not row.sheet:
        return elsewhere(other.sheet, row.sheet)
    if other.kpi is not None and other.kpi is not row.kpi:
        return Text(en=f"KPI {other.kpi.number}", ja=f"指標{other.kpi.number}")
    return Text(en=other.column or "", ja=other.column or "")


def first_of(items: Sequence[T], named: Callable[[T], Text]) -> Text:
    """The first few of some things by their names, and how many more there are: a finding does
    not grow with the group that it is about.
    """
    names = [named(item) for item in items[:SHOWN]]
    more = len(items) - len(names)
    en, ja = ", ".join(name.en for name in names), "、".join(name.ja for name in names)
    if not more:
        return Text(en=en, ja=ja)
    return Text(en=f"{en} and {more:,} more", ja=f"{ja} ほか{more:,}件")


def quantity(row: Row, name: str) -> Quantity | None:
    """The number under a name in base units, or None where there is none; for Python rules."""
    value = row.values.get(name, BLANK)
    return None if isinstance(value, Missing | str) else value


def printed(row: Row, name: str) -> bool:
    """Whether anything is printed under a name; for Python rules."""
    return row.values.get(name, BLANK) is not BLANK
