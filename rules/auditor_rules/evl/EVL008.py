"""EVL008: a project is seldom expanded while most of its indicators are missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import auditor
from auditor.forms.words import squeezed
from auditor.formula.trace import SHOWN
from auditor.records.text import Text
from auditor.rules.kpi import achievement
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables


def _settle(tables: Tables) -> Settled:
    """An evaluation is left with the indicators of its project if it expands one; any other is
    not applicable.
    """
    import narwhals as nw

    rows = tables.rows("evaluation")
    opened = tables.opened("evaluation", "meaning")
    due = nw.col("year") == nw.col("fiscal_year")
    expanding = ~nw.col("result").is_null() & (nw.col("meaning") == "expand") & due
    if not tables.has("kpi"):
        return tables.settled(rows, (opened, None), otherwise="not_applicable")
    chosen = rows.filter((expanding | opened).fill_null(False))
    sheets, kpis = tables.of_one_project(chosen)
    rows = tables.flagged("evaluation", sheets, of=rows)
    left = tables.settled(
        rows,
        (opened, None),
        (~expanding.fill_null(False), "not_applicable"),
        ("#flagged", None),
        otherwise="not_applicable",
    )
    return left._replace(also=kpis)


@auditor.rule(
    """
code = "EVL008"
name = "expanded-while-missed"
severity = "note"
each = "evaluation"
looks_at = "undecided"
when = 'present(result) and meaning == "expand"'
since = "0.1"

[title]
en = "Expanded while most of its indicators are missed"
ja = "拡充と評価されていますが、指標の過半数が未達成です"
[why]
en = "Where the book's indicators name the project, the evaluation can be held against them. There may be reasons to expand a project that missed its targets, which the council will ask for."
ja = "冊子の指標が同じ事業名を示している場合、評価と指標の達成状況を見比べられます。未達成でも拡充する理由がある場合もありますが、議会で説明を求められやすい点です。"
[action]
en = "Check evaluation and indicators, and have the reason at hand."
ja = "評価と指標を確かめ、正しければ理由を説明できるようにしておいてください。"

[[cases]]
form = "kushiro"
year = 2024
result = "拡充"
sheet = { name = "観光推進事業" }
kpis = [{ project = "観光推進事業", name = "宿泊客数", target = 100, due = "2025-03", actuals = { 2024 = 120 } }]
outcome = "pass"

[[cases]]
form = "kushiro"
year = 2024
result = "拡充"
sheet = { name = "観光推進事業" }
kpis = [{ project = "観光推進事業", name = "宿泊客数", target = 100, due = "2025-03", actuals = { 2024 = 80 } }]
outcome = "fail"

[[cases]]
form = "kushiro"
year = 2024
result = "拡充"
sheet = { name = "観光推進事業" }
kpis = [{ project = "観光推進事業", name = "宿泊客数", target = 100, due = "2025-03", actuals = { 2024 = "-" } }]
outcome = "unknown"

[[cases]]
form = "kushiro"
year = 2024
result = "拡充"
sheet = { name = "観光推進事業" }
outcome = "not_applicable"
""",
    settle=_settle,
    names={"evaluation": ("result", "meaning")},
)
def expanded_while_missed(row: Row) -> Verdict:
    """Only indicators whose project has the sheet's name count, and only the evaluation of the
    report's own year.
    """
    sheet = row.sheet
    assert sheet is not None
    if row.values["year"] != sheet.fiscal_year:
        return NOT_APPLICABLE
    mine = row.rows.once(_by_project).get(squeezed(sheet.name), [])
    if not mine:
        return NOT_APPLICABLE
    outcomes = [achievement(other.kpi).outcome for other in mine if other.kpi is not None]
    missed, achieved = outcomes.count("missed"), outcomes.count("achieved")
    if missed + achieved == 0:
        return UNKNOWN
    if missed <= achieved:
        return PASS
    detail = Text(
        en=f"Expanded, while {missed} of {missed + achieved} judged indicators are missed",
        ja=f"拡充と評価されていますが、判定できた指標{missed + achieved}件のうち{missed}件が未達成です",
    )
    shown = mine[:SHOWN]
    return failed(
        (row, "result"),
        *((other, name) for other in shown for name in ("target", "due_actual")),
        detail=detail,
    )


def _by_project(rows: Rows) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows.of("kpi"):
        if row.kpi is not None:
            found.setdefault(squeezed(row.kpi.project), []).append(row)
    return found
