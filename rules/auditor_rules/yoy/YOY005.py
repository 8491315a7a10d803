"""YOY005: an indicator's target is due when last year's book said."""

from __future__ import annotations

import auditor
from auditor.records.model import Kpi
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed


@auditor.rule(
    """
code = "YOY005"
name = "due-changed"
severity = "warning"
each = "kpi"
needs = ["earlier"]
since = "0.1"

[title]
en = "Last year's book prints another month for the target"
ja = "指標値の期限（年月）が、前年度の冊子と異なります"
[why]
en = "The month in which a target is due stays the same, unless the plan was revised. A wrong year moves the judgement of the whole indicator."
ja = "計画の改定がない限り、指標値の期限は変わりません。年を誤ると、達成の判定が変わります。"
[action]
en = "Compare with the plan; if it was revised, no change is needed."
ja = "計画と照合してください。計画の改定によるものであれば、訂正は不要です。"

[[cases]]
form = "kushiro"
due = "2025-03"
earlier = { due = "2025-03" }
outcome = "pass"

[[cases]]
form = "kushiro"
due = "2028-03"
earlier = { due = "2025-03" }
outcome = "fail"
equation = "2028-03 ≠ 2025-03"

[[cases]]
form = "kushiro"
note = "a month of the same fiscal year is another month"
due = "2025-03"
earlier = { due = "2024-12" }
outcome = "fail"

[[cases]]
form = "kushiro"
due = "2028-03"
earlier = {  }
outcome = "not_applicable"
"""
)
def due_changed(row: Row) -> Verdict:
    """Compare the months as they were read."""
    earlier = row.link("earlier")
    if earlier is None or row.kpi is None or not isinstance(earlier.record, Kpi):
        return NOT_APPLICABLE
    here, there = row.kpi.due, earlier.record.due
    if not here or not there:
        return NOT_APPLICABLE
    if here == there:
        return PASS
    return failed((row, "due_year"), (earlier, "due_year"), equation=f"{here} ≠ {there}")
