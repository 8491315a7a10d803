"""YOY009: a project that is new has no costs in last year's book."""

from __future__ import annotations

import auditor
from auditor.formula.values import UNKNOWN as UNKNOWN_VALUE
from auditor.rules.beside import reason_on
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed, quantity


@auditor.rule(
    """
code = "YOY009"
name = "new-yet-in-last-year"
severity = "warning"
each = "sheet"
when = 'status in ["new", "single_year"]'
needs = ["earlier"]
since = "0.1"

[title]
en = "Said to be new, yet last year's book has its costs"
ja = "新規または単年度の事業とされていますが、前年度の冊子に事業費があります"
[why]
en = "A project that began this year has no costs in last year's book. Either it is not new, or last year's figures are those of another project of the same name."
ja = "今年度に始まった事業の事業費が、前年度の冊子に載ることはありません。新規ではないか、前年度の同名の事業とは別の事業である可能性があります。"
[action]
en = "Check the reason for no evaluation; if the project was made of another one, say so on the sheet."
ja = "評価を空欄とする理由を確かめてください。事業の統合や組替えによる場合は、その旨を記載してください。"

[[cases]]
form = "kushiro"
status = "new"
earlier = { evaluated = { total_cost = 103 } }
outcome = "fail"

[[cases]]
form = "kushiro"
status = "new"
earlier = { evaluated = { total_cost = 0 } }
outcome = "pass"

[[cases]]
form = "kushiro"
status = "new"
earlier = { evaluated = { total_cost = "1,0" } }
outcome = "unknown"

[[cases]]
form = "kushiro"
status = "continuing"
earlier = { evaluated = { total_cost = 103 } }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "a project that last year's book does not have"
status = "new"
earlier = false
outcome = "not_applicable"
"""
)
def new_yet_in_last_year(row: Row) -> Verdict:
    """Look for costs in the year that last year's book evaluates."""
    earlier = row.link("earlier")
    evaluated = earlier.link("evaluated") if earlier is not None else None
    if evaluated is None:
        return NOT_APPLICABLE
    if evaluated.values.get("total_cost") is UNKNOWN_VALUE:
        return UNKNOWN
    if not quantity(evaluated, "total_cost"):
        return PASS
    cells = (row, "status"), (evaluated, "total_cost")
    return failed(*cells, remark=reason_on(row.sheet))
