"""Whether what a sheet prints may stand for an amount of the accounts, for Python rules."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from auditor.formula.values import BLANK, Missing
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.figures import Answer, Interval, shown
from auditor.records.text import Text
from auditor.rules.beside import printed_apart, reason_on
from auditor.rules.rows import Row
from auditor.rules.verdicts import MAY, NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed

__all__ = ["beside_accounts", "settled_there"]

_ADJUSTED: Final = 2
"""A source of a sum that was adjusted is less than so many units off."""


def settled_there(row: Row, name: str) -> Row | None:
    """The row of the accounts, where it has an amount of that name."""
    there = row.link("accounts")
    if there is None or not _is_number(there, name):
        return None
    return there


def beside_accounts(row: Row, name: str, *, blank_is_nought: bool = False) -> Verdict:
    """Hold an amount against that of the accounts, in the sheet's unit and rounding. A blank one
    says nothing, or that it is 0.
    """
    there = settled_there(row, name)
    figure = row.figure(name)
    if there is None or figure is None:
        return NOT_APPLICABLE
    here, amount = row.values[name], there.values[name]
    if here is BLANK:
        if not blank_is_nought:
            return NOT_APPLICABLE
        here = 0
    if isinstance(here, Missing | str) or isinstance(amount, Missing | str | Interval):
        return UNKNOWN
    definition = row.definition(name)
    assert definition is not None
    unit = figures.base_units(definition.step, row.factor(figure.unit or definition.unit))
    if isinstance(here, Interval):  # the form says how it rounds
        agrees = figures.equal(here, amount) is not Answer.NO
    else:
        steps = _ADJUSTED if _is_adjusted(row, name) else 1
        gap = figures.absolute(figures.add(here, figures.negate(amount)))
        agrees = figures.less(gap, steps * unit) is Answer.YES
    if agrees:
        return PASS if here == amount else MAY
    # Where nobody says whether the sheet rounds or cuts off, two prints may be right.
    is_plain = isinstance(here, Interval) or not Fraction(amount) % Fraction(unit)
    factor = Fraction(row.factor(figure.unit or definition.unit))
    expected = shown(Fraction(amount) / factor, definition.rounding, definition.step)
    actual = figure.value or Decimal(0)
    difference = EXACT.subtract(actual, expected)
    return failed(
        (row, name),
        (there, name),
        equation=printed_apart(row, there, [name]),
        expected=expected if is_plain else None,
        actual=actual if is_plain else None,
        difference=difference if is_plain else None,
        unit=figure.unit or definition.unit,
        remark=_remark(row, there),
    )


def _is_number(row: Row, name: str) -> bool:
    figure = row.figure(name)
    return figure is not None and figure.value is not None


def _is_adjusted(row: Row, name: str) -> bool:
    """Whether an amount may have been adjusted so that its sum holds."""
    return row.form.sums == "exact" and name in row.form.in_sums and name != "total_cost"


def _remark(row: Row, there: Row) -> Text | None:
    """What the amount of the accounts is the sum of, and the sheet's own reason."""
    rows = there.sheet.captions if there.sheet is not None else ""
    reason = reason_on(row.sheet)
    if not rows:
        return reason
    en, ja = (reason.en, reason.ja) if reason is not None else ("", "")
    return Text(en=f" (the accounts: {rows}){en}", ja=f"（財務会計：{rows}）{ja}")
