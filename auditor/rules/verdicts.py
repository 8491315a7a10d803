"""Verdicts: how one row answered one rule, and what Python rules make them from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar, cast

from auditor.formula.prose import NOTHING, Explanation
from auditor.formula.trace import SHOWN
from auditor.formula.values import BLANK, Missing
from auditor.records.errors import AuditorError
from auditor.records.fields import SCOPES
from auditor.records.figures import Quantity
from auditor.records.model import Sheet
from auditor.records.nearest import hint, nearest_name
from auditor.records.sentences import Sentence
from auditor.records.severities import Severity
from auditor.records.text import Text
from auditor.rules.findings import Outcome
from auditor.rules.rows import Row
from auditor.toml.faults import harmless

__all__ = [
    "CRASHED",
    "MAY",
    "NOT_APPLICABLE",
    "PASS",
    "UNKNOWN",
    "Check",
    "Verdict",
    "checked_verdict",
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

    The cells of the explanation are rows with the names to point at. ``sentence`` is the passage of
    a text that is wrong.
    """

    outcome: Outcome
    explanation: Explanation = NOTHING
    severity: Severity | None = None
    sentence: Sentence | None = None


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
    sentence: Sentence | None = None,
) -> Verdict:
    """A failed verdict for a Python rule, pointing at the given cells; numbers are in the printed
    ``unit``. ``detail`` is said in place of the rule's title, ``remark`` behind either.
    ``sentence`` is the passage that a rule over texts is about; ``records.sentences.passage``
    cuts one out of a text.
    """
    explanation = Explanation(equation, cells, expected, actual, difference, unit, detail, remark)
    return Verdict("fail", explanation, sentence=sentence)


def checked_verdict(check: Check, row: Row) -> Verdict:
    """The verdict of a Python rule's function. Raises AuditorError where it gives none, or names
    what is not on the row.
    """
    try:
        verdict = cast(object, check(row))
    except KeyError as fault:
        name = fault.args[0] if fault.args else None
        if isinstance(name, str) and name not in row.values:
            near = nearest_name(name, row.values)
            if near is not None:
                raise _unknown(name, near, row) from fault
        raise
    if not isinstance(verdict, Verdict):
        shown = harmless(repr(verdict))
        is_there = "; is there a return in every branch?" if verdict is None else ""
        is_there_ja = "（return を忘れていませんか）" if verdict is None else ""
        raise AuditorError(
            f"its function gives {shown}; "
            f"PASS, MAY, UNKNOWN, NOT_APPLICABLE or failed(…) was expected{is_there}",
            f"関数の戻り値が {shown} です。"
            f"PASS・MAY・UNKNOWN・NOT_APPLICABLE・failed(…) のいずれかが必要です{is_there_ja}",
        )
    for cell in verdict.explanation.cells:
        _check_cell(cell)
    return verdict


def _check_cell(cell: object) -> None:
    """Raises AuditorError where what a rule points at is no cell."""
    match cell:
        case (Row() as row, str() as name):
            if not _is_on(row, name):
                names = (*row.values, *SCOPES[row.scope].by_name, *row.form.fields)
                raise _unknown(name, nearest_name(name, names), row)
        case _:
            shown = harmless(repr(cell))
            raise AuditorError(
                f"failed() takes pairs of a row and a name, not {shown}",
                f"failed() には行と項目名の組を渡してください（渡された値：{shown}）",
            )


def _is_on(row: Row, name: str) -> bool:
    """Whether a finding can point at a name on a row: the form may have it, and this row not."""
    if row.claim is not None and any(mark.name == name for mark in row.claim.sentence.marks):
        return True
    first = name.partition(".")[0]
    fields = SCOPES[row.scope].by_name
    return (
        name in row.values
        or name in fields
        or name in row.form.fields
        or (first != name and first in fields and fields[first].kind in ("figures", "rows"))
    )


def _unknown(name: str, near: str | None, row: Row) -> AuditorError:
    hint_en, hint_ja = hint(near)
    return AuditorError(
        f'there is no {harmless(name)} on a row of "{row.scope}"{hint_en}',
        f"{row.scope} の行に {harmless(name)} はありません{hint_ja}",
    )


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
    value = row.values.get(name)
    return None if isinstance(value, Missing | str) else value


def printed(row: Row, name: str) -> bool:
    """Whether anything is printed under a name; for Python rules."""
    return row.values.get(name, BLANK) is not BLANK
