"""STF002: staff and staff cost come together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import auditor
from auditor.formula.judge import measure
from auditor.formula.tree import Arithmetic, Field
from auditor.records import figures
from auditor.records.figures import Answer, Quantity
from auditor.rules.rows import Row
from auditor.rules.verdicts import MAY, PASS, UNKNOWN, Verdict, failed, printed, quantity

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables

LEAST: Final = 1_000_000  # yen a person and year, where the rows agree on none: below half of a full-time year at the minimum wage

UNIT_COST: Final = Arithmetic(
    "/", Field((), "staff_cost", "number", 0), Field((), "headcount", "number", 0), 0
)
_MEASURED: Final = measure(UNIT_COST)


def _settle(tables: Tables) -> Settled:
    """A column passes if both figures or neither are something."""
    staff, cost = tables.printed("year", "headcount"), tables.printed("year", "staff_cost")
    return tables.settled(
        tables.rows("year"),
        *((mask, None) for figure in (staff, cost) for mask in (figure.open, figure.text)),
        (staff.nonzero == cost.nonzero, "pass"),
        otherwise=None,
    )


@auditor.rule(
    """
code = "STF002"
name = "staff-without-cost"
severity = "warning"
each = "year"
looks_at = "undecided"
needs = ["headcount", "staff_cost"]
since = "0.1"

[title]
en = "Staff without staff cost, or staff cost without staff"
ja = "職員数と職員人件費の一方だけが記入されています"
[why]
en = "Whoever works on a project costs something. A headcount beside a cost of 0 (or the other way round; a blank counts as 0) is a figure that was not carried on, unless it is so small that the other rounds to 0."
ja = "職員が従事していれば人件費がかかります。一方が0または空欄で他方に数値がある場合は、記入漏れか消し忘れと考えられます。ごくわずかで、他方が端数処理によって0になるものは除きます。"
[action]
en = "Enter the missing one, or clear the other."
ja = "足りないほうを記入するか、不要なほうを消してください。"

[[cases]]
form = "kushiro"
headcount = "0.5"
staff_cost = 3694
outcome = "pass"

[[cases]]
form = "kushiro"
note = "both nothing, printed differently"
staff_cost = 0
outcome = "pass"

[[cases]]
form = "kushiro"
headcount = "0.5"
staff_cost = 0
outcome = "fail"
equation = "0.5 ↔ 0"

[[cases]]
form = "kushiro"
note = "some minutes a year: about 440 yen, which round to 0 thousand"
headcount = "0.00006"
staff_cost = 0
book = [{ staff_cost = 7388, headcount = "1.0" }, { staff_cost = 29552, headcount = "4.0" }, { staff_cost = 1478, headcount = "0.2" }]
outcome = "may"

[[cases]]
form = "kushiro"
note = "about 740 yen, which round to 1 thousand"
headcount = "0.0001"
staff_cost = 0
book = [{ staff_cost = 7388, headcount = "1.0" }, { staff_cost = 29552, headcount = "4.0" }, { staff_cost = 1478, headcount = "0.2" }]
outcome = "fail"

[[cases]]
form = "kushiro"
staff_cost = 3694
outcome = "fail"

[[cases]]
form = "kushiro"
headcount = "0,5"
staff_cost = 3694
outcome = "unknown"
""",
    settle=_settle,
    names={"year": ("headcount", "staff_cost")},
    agreed=[UNIT_COST],
)
def staff_without_cost(row: Row) -> Verdict:
    """One of the two is there and the other not, unless what is there is so little that the other
    rightly rounds to 0.
    """
    staff, cost = row.figure("headcount"), row.figure("staff_cost")
    if any(figure is not None and figure.state in ("text", "unread") for figure in (staff, cost)):
        return UNKNOWN
    if bool(staff and staff.value) == bool(cost and cost.value):
        return PASS
    persons, amount = _stands_for(row, "headcount"), _stands_for(row, "staff_cost")
    if persons is None or amount is None:
        return UNKNOWN
    if figures.equal(amount, figures.multiply(persons, _unit_cost(row))) != Answer.NO:
        return MAY
    return failed(
        (row, "headcount"),
        (row, "staff_cost"),
        equation=" ↔ ".join((figure and figure.shown()) or "—" for figure in (staff, cost)),
    )


def _stands_for(row: Row, name: str) -> Quantity | None:
    """The values that print as the figure, a blank being a 0; None where its unit is not known."""
    if printed(row, name):
        return quantity(row, name)
    definition = row.definition(name)
    assert definition is not None  # the rule needs both fields
    return figures.spread(
        Decimal(0), definition.rounding, definition.step, row.factor(definition.unit)
    )


def _unit_cost(row: Row) -> Quantity:
    """The form's unit cost, or what the column's rows agree on, or the least that a person can
    cost.
    """
    declared = row.param("staff_unit_cost")
    agreed = row.over_group("agreed", UNIT_COST, _MEASURED) if declared is None else declared
    return LEAST if agreed is None else agreed
