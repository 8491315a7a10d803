"""YOY001: a year that both books print has the same figures in both."""

from __future__ import annotations

import auditor
from auditor.rules.beside import amounts_of, printed_apart, reason_on, same_print
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed


@auditor.rule(
    """
code = "YOY001"
name = "past-year-differs"
severity = "warning"
each = "year"
needs = ["earlier"]
since = "0.1"

[title]
en = "Last year's book prints other figures for this year"
ja = "同じ年度の数値が、前年度の冊子と異なります"
[why]
en = "A year that is settled does not change. Where both books print it, one of them is wrong, or the figures were carried over, rearranged or corrected since. For budgets, which are amended during their year, this is a note."
ja = "決算の済んだ年度の数値は変わりません。両方の冊子に載っている年度の数値が異なる場合、どちらかが誤っているか、繰越・組替え・訂正などの事情があります。年度の途中で補正される予算額については、参考として示します。"
[action]
en = "Compare both with the settlement of accounts; if the difference is lawful, say why on the sheet."
ja = "決算書と照合してください。繰越・組替え・訂正などによるものであれば、その旨を記載してください。"

[[cases]]
form = "kushiro"
column = "2023"
total_cost = 103
staff_cost = 3568
headcount = "0.5"
earlier = { total_cost = 103, staff_cost = 3568, headcount = "0.5" }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "all differing figures of a column are one finding"
column = "2023"
total_cost = 103
funding = { general_revenue = 103 }
staff_cost = 7136
headcount = "1.0"
earlier = { total_cost = 103, funding = { grants = 103 }, staff_cost = 3568, headcount = "0.5" }
outcome = "fail"
equation = "0 ≠ 103千円 · 103千円 ≠ 0 · 7,136千円 ≠ 3,568千円 · 1.0人 ≠ 0.5人"

[[cases]]
form = "kushiro"
note = "a figure that can't be read differs from none"
column = "2023"
total_cost = "1,0"
earlier = { total_cost = 103 }
outcome = "unknown"

[[cases]]
form = "kushiro"
note = "an empty cell is 0"
column = "2023"
total_cost = 103
staff_cost = 0
earlier = { total_cost = 103 }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "the sheet says why the figures differ"
column = "2023"
total_cost = 103
earlier = { total_cost = 130 }
sheet = { purpose = "観光案内所の運営。令和５年度の一部を繰越した。" }
outcome = "fail"
severity = "warning"

[[cases]]
form = "kushiro"
note = "last year's book does not print the year"
total_cost = 103
earlier = { own = { total_cost = 130 } }
outcome = "not_applicable"
"""
)
def past_year_differs(row: Row) -> Verdict:
    """Hold every figure of a column against that of last year's book."""
    earlier = row.link("earlier")
    if earlier is None:
        return NOT_APPLICABLE
    answers = {name: same_print(row, earlier, name) for name in amounts_of(row)}
    names = [name for name, is_same in answers.items() if is_same is False]
    if names:
        cells = [(each, name) for name in names for each in (row, earlier)]
        verdict = failed(
            *cells,
            remark=reason_on(row.sheet),
            equation=printed_apart(row, earlier, names),
        )
        # Budgets are amended during their year.
        return verdict if row.values["kind"] == "settled" else verdict._replace(severity="note")
    return UNKNOWN if None in answers.values() else PASS
