"""FND006: sums that are off by one, where the form does not say how its sums are rounded."""

from __future__ import annotations

from typing import Final

import auditor
from auditor.formula.values import BLANK, Missing
from auditor.formula.values import UNKNOWN as UNKNOWN_VALUE
from auditor.records import figures
from auditor.records.figures import Quantity
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed, quantity

SHOWN: Final = 8
"""So many totals are pointed at; all are counted."""


@auditor.rule(
    """
code = "FND006"
name = "sums-off-by-one"
severity = "note"
each = "book"
needs = ["total_cost", "funding"]
when = 'param("sum_leeway") > 0'
since = "0.2"

[title]
en = "Sums are off by one, and the form does not say how sums are rounded"
ja = "合計が1だけ合わない列があります。合計の端数の扱いが様式に定められていません"
[why]
en = "Where amounts are rounded one by one, a total may differ by one from the sum of its sources. Some books adjust the figures so that they add up (端数調整済み), others print that totals may differ. As long as the form says neither, a difference of one printed unit is counted here and is no error; a larger one is."
ja = "金額を1つずつ四捨五入すると、総額と財源内訳の合計が1だけ異なることがあります。合計が合うように調整する冊子（端数調整済み）と、「端数処理の関係で合計が一致しない場合がある」と注記する冊子とがあります。様式にどちらの定めもない間は、表示単位で1の差はここで数えるだけとし、要訂正としません（2以上の差は要訂正です）。"
[action]
en = 'Declare it in the form: sums = "exact" where the figures are adjusted, sums = "rounded" where the book prints that totals may differ.'
ja = '様式に定めてください。端数を調整する冊子は sums = "exact"、合計が一致しない場合があると注記する冊子は sums = "rounded" です。'

[[cases]]
form = "kushiro"
sums = "undeclared"
sheets = [{ evaluated = { total_cost = 8030, funding = { grants = 4000, general_revenue = 4030 } } }]
outcome = "pass"

[[cases]]
form = "kushiro"
sums = "undeclared"
sheets = [{ evaluated = { total_cost = 8031, funding = { grants = 4000, general_revenue = 4030 } } }]
outcome = "fail"
equation = "1 / 1"

[[cases]]
form = "kushiro"
sums = "undeclared"
note = "a difference of two is an error of its own"
sheets = [{ evaluated = { total_cost = 8032, funding = { grants = 4000, general_revenue = 4030 } } }]
outcome = "pass"

[[cases]]
form = "kushiro"
sums = "undeclared"
note = "no sum of the book can be read"
sheets = [{ evaluated = { total_cost = "8,03", funding = { grants = 4000 } } }]
outcome = "unknown"

[[cases]]
form = "kushiro"
note = "the form declares it"
sheets = [{ evaluated = { total_cost = 8031, funding = { grants = 4000, general_revenue = 4030 } } }]
outcome = "not_applicable"
"""
)
def sums_off_by_one(row: Row) -> Verdict:
    """Count the columns of the book whose total differs from its sources by one printed unit."""
    totals = [column for column in row.rows.of("year") if column.values["total_cost"] is not BLANK]
    if not totals:
        return NOT_APPLICABLE
    sums = [(column, gap) for column in totals if (gap := _gap(column)) is not None]
    if not sums:
        return UNKNOWN
    off = [column for column, gap in sums if gap == row.param("sum_leeway")]
    if not off:
        return PASS
    detail = Text(
        en=f"{len(off)} of the book's {len(sums)} sums of funding sources are off by one, "
        "and the form does not say how sums are rounded",
        ja=f"財源内訳の合計{len(sums)}件のうち{len(off)}件が、総額と1だけ異なります。"
        "合計の端数の扱いが様式に定められていません",
    )
    cells = [(column, "total_cost") for column in off[:SHOWN]]
    return failed(*cells, equation=f"{len(off)} / {len(sums)}", detail=detail)


def _gap(column: Row) -> Quantity | None:
    """How far the total is from the sum of the printed sources, in base units; None where either
    can't be told.
    """
    total = quantity(column, "total_cost")
    values = [column.values[name] for name in column.groups["funding"]]
    if total is None or UNKNOWN_VALUE in values:
        return None
    sources = [value for value in values if not isinstance(value, Missing | str)]
    if not sources:
        return None
    gap = total
    for source in sources:
        gap = figures.add(gap, figures.negate(source))
    return figures.absolute(gap)
