"""STF002: staff and staff cost come together."""

from __future__ import annotations

import auditor
from auditor.rows import Row
from auditor.rules import PASS, UNKNOWN, Verdict, failed


@auditor.rule(
    """
code = "STF002"
name = "staff-without-cost"
severity = "warning"
each = "year"
needs = ["headcount", "staff_cost"]
since = "0.1"

[title]
en = "Staff without staff cost, or staff cost without staff"
ja = "職員数と職員人件費の一方だけが記入されています"
[why]
en = "Whoever works on a project costs something. A headcount beside a cost of 0 (or the other way round; a blank counts as 0) is a figure that was not carried on."
ja = "職員が従事していれば人件費がかかります。一方が0または空欄で他方に数値がある場合は、記入漏れか消し忘れと考えられます。"
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
staff_cost = 3694
outcome = "fail"

[[cases]]
form = "kushiro"
headcount = "0,5"
staff_cost = 3694
outcome = "unknown"
"""
)
def staff_without_cost(row: Row) -> Verdict:
    """Compare the two as printed: a cost that rounds to 0 is printed as 0, and so counts as none."""
    staff, cost = row.figure("headcount"), row.figure("staff_cost")
    if any(figure is not None and figure.state == "text" for figure in (staff, cost)):
        return UNKNOWN
    if bool(staff and staff.value) == bool(cost and cost.value):
        return PASS
    return failed(
        (row, "headcount"), (row, "staff_cost"), equation=" ↔ ".join((figure and figure.printed) or "—" for figure in (staff, cost))
    )
