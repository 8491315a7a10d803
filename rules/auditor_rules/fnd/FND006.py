"""FND006: sums that are off by one, where the form does not say how its sums are rounded."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import auditor
from auditor.formula.trace import SHOWN
from auditor.formula.values import BLANK, Missing
from auditor.formula.values import UNKNOWN as UNKNOWN_VALUE
from auditor.records import figures
from auditor.records.figures import Quantity
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed, quantity

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables
    from auditor.forms.model import Form
    from auditor.rules.rule import Names


class _Counted(NamedTuple):
    """How many totals a book prints, how many of them can be held against their sources, and how
    many are off.
    """

    totals: int
    sums: int
    off: int


def _names(form: Form) -> Names:
    return {"year": ("total_cost", *form.figure_groups["funding"])}


def _settle(tables: Tables) -> Settled:
    """Columns count a book's sums; a book with some that are off is left with its first ones."""
    import narwhals as nw

    from auditor.engines.settling import any_of, more_than

    form, leeway = tables.form, tables.form.sum_leeway
    if leeway <= 0 or not tables.has("year"):
        return tables.settled(tables.books(), otherwise="not_applicable")
    names = ["total_cost", *form.figure_groups["funding"]]
    amounts = tables.together("year", names, in_print=False)
    if amounts is None or any(form.fields[name].rounding != "exact" for name in names):
        return tables.settled(tables.books(), otherwise=None)
    total, *sources = amounts.values()
    gap = total.value
    for source in sources:
        gap = gap - source.value.fill_null(0)
    is_sum = (
        ~total.value.is_null()
        & any_of(~source.value.is_null() for source in sources)
        & ~any_of(source.unknown for source in sources)
    )
    scaled = Fraction(leeway) * total.scale
    is_off = is_sum & (gap.abs() == int(scaled)) if scaled.denominator == 1 else nw.lit(False)
    is_off = is_off.fill_null(False)
    books = tables.engine.kept(
        tables.of_books(
            "year",
            {
                "totals": ~any_of([total.blank]),
                "sums": is_sum,
                "off": is_off,
                "open": any_of(amount.open for amount in amounts.values()),
            },
        )
    )
    first = tables.first_sheets(tables.rows("year").filter(is_off), SHOWN)
    settled = tables.settled(
        books,
        (more_than("open"), None),
        (~more_than("totals"), "not_applicable"),
        (~more_than("sums"), "unknown"),
        (~more_than("off"), "pass"),
        otherwise=None,
    )
    if first is None:
        return settled
    counts = {
        code: _Counted(*numbers)
        for code, *numbers, opened in tables.engine.collected(books).iter_rows()
        if not opened
    }
    return settled._replace(also=first, once={_counted: counts})


@auditor.rule(
    """
code = "FND006"
name = "sums-off-by-one"
severity = "note"
each = "book"
looks_at = "undecided"
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
""",
    settle=_settle,
    names=_names,
)
def sums_off_by_one(row: Row) -> Verdict:
    """Count the columns of the book whose total differs from its sources by one printed unit."""
    counted = row.rows.once(_counted)
    if not counted.totals:
        return NOT_APPLICABLE
    if not counted.sums:
        return UNKNOWN
    if not counted.off:
        return PASS
    off, sums = counted.off, counted.sums
    detail = Text(
        en=f"{off} of the book's {sums} sums of funding sources are off by one, "
        "and the form does not say how sums are rounded",
        ja=f"財源内訳の合計{sums}件のうち{off}件が、総額と1だけ異なります。"
        "合計の端数の扱いが様式に定められていません",
    )
    shown = islice((column for column in row.rows.of("year") if _is_off(column)), SHOWN)
    cells = [(column, "total_cost") for column in shown]
    return failed(*cells, equation=f"{off} / {sums}", detail=detail)


def _counted(rows: Rows) -> _Counted:
    totals = [column for column in rows.of("year") if column.values["total_cost"] is not BLANK]
    sums = [column for column in totals if _gap(column) is not None]
    return _Counted(len(totals), len(sums), sum(map(_is_off, sums)))


def _is_off(column: Row) -> bool:
    return _gap(column) == column.param("sum_leeway")


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
