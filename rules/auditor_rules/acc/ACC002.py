"""ACC002: a sheet's funding sources are those of the accounts."""

from __future__ import annotations

from itertools import chain

import auditor
from auditor.formula.values import BLANK
from auditor.rules.accounts import beside_accounts
from auditor.rules.rows import Row
from auditor.rules.verdicts import MAY, NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed


@auditor.rule(
    """
code = "ACC002"
name = "sources-differ-from-accounts"
severity = "warning"
each = "year"
when = "year == sheet.fiscal_year"
needs = ["accounts"]
since = "0.2"

[title]
en = "A funding source differs from the accounts"
ja = "財源内訳が財務会計の決算額と一致しません"
[why]
en = "Where the accounts have the sources of a project, each source of its sheet is that amount in the sheet's unit and rounding. In sheets whose sums are adjusted (端数調整済み), a source may be less than two units off."
ja = "財務会計の一覧に財源がある場合、シートの各財源は、その額を様式の単位と端数処理で表したものです。端数を調整する様式（端数調整済み）では、合計に合わせた1単位の調整を認めます。"
[action]
en = "Compare the sources with the accounts; correct the sheet, or note the reason of the difference."
ja = "財務会計の財源と照合し、シートを訂正するか、差の理由を確かめてください。"

[[cases]]
form = "kushiro"
funding = { grants = 4000, general_revenue = 4030 }
accounts = { funding = { grants = 4000499, general_revenue = 4029501 } }
outcome = "may"

[[cases]]
form = "kushiro"
funding = { grants = 4000, general_revenue = 4030 }
accounts = { funding = { grants = 4000000, general_revenue = 4030000 } }
outcome = "pass"

[[cases]]
form = "kushiro"
funding = { grants = 4000, general_revenue = 4030 }
accounts = { funding = { grants = 4030000, general_revenue = 4000000 } }
outcome = "fail"
equation = "4,000千円 ≠ 4,030,000円 · 4,030千円 ≠ 4,000,000円"

[[cases]]
form = "kushiro"
note = "one source alone says what it should be"
funding = { grants = 4000, general_revenue = 4030 }
accounts = { funding = { grants = 4100000 } }
outcome = "fail"
expected = "4100"

[[cases]]
form = "kushiro"
note = "a source that the sheet leaves blank"
funding = { general_revenue = 4030 }
accounts = { funding = { grants = 4000000, general_revenue = 4030000 } }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "a source that is no number"
funding = { grants = "4,00", general_revenue = 4030 }
accounts = { funding = { grants = 4000000, general_revenue = 4030000 } }
outcome = "unknown"

[[cases]]
form = "kushiro"
note = "the accounts have no sources"
total_cost = 8030
funding = { grants = 4000, general_revenue = 4030 }
accounts = { total_cost = 8030000 }
outcome = "not_applicable"
"""
)
def sources_differ_from_accounts(row: Row) -> Verdict:
    """Hold each source that the accounts have against that of the sheet."""
    names = [f"funding.{source}" for source in row.form.funding]
    if all(row.values[name] is BLANK for name in names):
        return NOT_APPLICABLE
    verdicts = [beside_accounts(row, name, blank_is_nought=True) for name in names]
    differing = {
        name: verdict
        for name, verdict in zip(names, verdicts, strict=True)
        if verdict.outcome == "fail"
    }
    there = row.link("accounts")
    if len(differing) == 1:
        return next(iter(differing.values()))
    if there is not None and differing:
        explanations = [verdict.explanation for verdict in differing.values()]
        return failed(
            *chain.from_iterable(((row, name), (there, name)) for name in differing),
            equation=" · ".join(each.equation for each in explanations),
            remark=explanations[0].remark,
        )
    for verdict in (UNKNOWN, MAY, PASS):
        if any(each.outcome == verdict.outcome for each in verdicts):
            return verdict
    return NOT_APPLICABLE
