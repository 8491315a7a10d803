"""YOY006: what was settled is seldom what was planned throughout."""

from __future__ import annotations

from typing import Final

import auditor
from auditor.records.text import Text
from auditor.rules.beside import amounts_of, reason_on, same_print
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed

_PLANS: Final = {
    "budgeted": Text(en="budgeted", ja="予算額"),
    "requested": Text(en="requested", ja="要求額"),
    "expected": Text(en="expected", ja="決算見込額"),
}
"""The kinds of columns that are no settlement."""


@auditor.rule(
    """
code = "YOY006"
name = "settled-as-planned"
severity = "note"
each = "year"
when = 'kind == "settled" and year == sheet.fiscal_year'
needs = ["earlier"]
since = "0.1"

[title]
en = "The settled figures are those that last year's book planned"
ja = "決算額の列が、前年度の冊子の予算額・要求額・決算見込額とすべて同じです"
[why]
en = "A settled column is often begun as a copy of last year's plan. Where the parts and the staff cost agree with it throughout, the copy may not have been filled in. Columns with fewer than two different amounts are left alone: what is granted in full is settled as it was budgeted."
ja = "決算額の列は、前年度の冊子の予算額などを写して作ることがあります。内訳や人件費まで一致する場合、書き換えを忘れている可能性があります。異なる金額が2つに満たない列は対象にしません（定額の補助金など、予算どおりに決算することもあるため）。"
[action]
en = "Compare the column with the settlement of accounts; if it agrees, no change is needed."
ja = "決算書と照合してください。一致していれば訂正は不要です。"

[[cases]]
form = "kushiro"
total_cost = 103
staff_cost = 3568
earlier = { as = { budgeted = { total_cost = 110, staff_cost = 3568 } } }
outcome = "pass"

[[cases]]
form = "kushiro"
total_cost = 103
funding = { general_revenue = 103 }
staff_cost = 3568
headcount = "0.5"
earlier = { as = { budgeted = { total_cost = 103, funding = { general_revenue = 103 }, staff_cost = 3568, headcount = "0.5" } } }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "one amount alone proves nothing"
total_cost = 103
funding = { general_revenue = 103 }
earlier = { as = { budgeted = { total_cost = 103, funding = { general_revenue = 103 } } } }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "whether a text stands for the same figure can't be told"
total_cost = 103
staff_cost = "3,5"
funding = { general_revenue = 100, grants = 3 }
earlier = { as = { budgeted = { total_cost = 103, staff_cost = 3568, funding = { general_revenue = 100, grants = 3 } } } }
outcome = "unknown"

[[cases]]
form = "kushiro"
note = "last year's book has no plan for the year"
total_cost = 103
staff_cost = 3568
earlier = { own = { total_cost = 103, staff_cost = 3568 } }
outcome = "pass"
"""
)
def settled_as_planned(row: Row) -> Verdict:
    """Hold the evaluated column against each plan for its year."""
    names = amounts_of(row)
    amounts = {figure.value for name in names if (figure := row.figure(name)) and figure.value}
    amounts -= {figure.value for figure in (row.figure("headcount"),) if figure is not None}
    if len(amounts) < 2:
        return NOT_APPLICABLE
    verdict = NOT_APPLICABLE
    for kind, word in _PLANS.items():
        plan = row.link(f'earlier.as("{kind}")')
        if plan is None:
            continue
        answers = [same_print(row, plan, name) for name in names]
        if False in answers:
            verdict = PASS if verdict is NOT_APPLICABLE else verdict
        elif None in answers:
            verdict = UNKNOWN
        else:
            message = Text(
                en=f"The settled figures are all those that last year's book prints as {word.en}",
                ja=f"決算額の列が、前年度の冊子の{word.ja}とすべて同じです",
            )
            cells = [(row, name) for name in names if (cell := row.figure(name)) and cell.value]
            return failed(*cells, detail=message, remark=reason_on(row.sheet))
    return verdict
