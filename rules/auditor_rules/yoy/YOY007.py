"""YOY007: a project that ended is not back."""

from __future__ import annotations

from typing import Final

import auditor
from auditor.formula.values import UNKNOWN as UNKNOWN_VALUE
from auditor.records.model import Sheet
from auditor.rules.beside import reason_on
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed, quantity

_ENDINGS: Final = ("end", "complete", "abolish")


@auditor.rule(
    """
code = "YOY007"
name = "ended-project-back"
severity = "warning"
each = "sheet"
needs = ["earlier"]
since = "0.1"

[title]
en = "Last year's book ended the project, and it has costs again"
ja = "前年度の冊子で終了とした事業に、事業費が計上されています"
[why]
en = "Last year's book evaluated the project as ended and planned nothing for this year. Either the evaluation was another one, or the figures belong to another project. Costs that were carried over are lawful."
ja = "前年度の冊子では評価が終了で、今年度の予算もありません。評価が誤っているか、別の事業の数値が記載されている可能性があります（繰越分の執行であれば差し支えありません）。"
[action]
en = "Check the evaluation of last year and the costs; if they were carried over, say so on the sheet."
ja = "前年度の評価と今年度の事業費を確かめてください。繰越分の執行であれば、その旨を記載してください。"

[[cases]]
form = "kushiro"
evaluated = { total_cost = 103 }
earlier = { evaluations = { 2023 = { result = "継続維持" } } }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
evaluated = { total_cost = 103 }
earlier = { evaluations = { 2023 = { result = "終了" } } }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "the project was to run once more"
evaluated = { total_cost = 103 }
earlier = { evaluations = { 2023 = { result = "終了" } }, years = { 2024 = { total_cost = 110 } } }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
evaluated = { total_cost = 0 }
earlier = { evaluations = { 2023 = { result = "終了" } } }
outcome = "pass"

[[cases]]
form = "kushiro"
evaluated = { total_cost = "1,0" }
earlier = { evaluations = { 2023 = { result = "終了" } } }
outcome = "unknown"
"""
)
def ended_project_back(row: Row) -> Verdict:
    """Look for costs of the evaluated year where last year's book ended the project and planned
    none.
    """
    earlier, evaluated = row.link("earlier"), row.link("evaluated")
    if earlier is None or evaluated is None or not isinstance(earlier.record, Sheet):
        return NOT_APPLICABLE
    sheet = earlier.record
    evaluation = sheet.evaluations.get(str(sheet.fiscal_year))
    if evaluation is None or evaluation.meaning not in _ENDINGS:
        return NOT_APPLICABLE
    plan = evaluated.link('earlier.as("budgeted")')
    if plan is not None and quantity(plan, "total_cost"):
        return NOT_APPLICABLE
    if evaluated.values.get("total_cost") is UNKNOWN_VALUE:
        return UNKNOWN
    if not quantity(evaluated, "total_cost"):
        return PASS
    return failed((evaluated, "total_cost"), (earlier, "name"), remark=reason_on(row.sheet))
