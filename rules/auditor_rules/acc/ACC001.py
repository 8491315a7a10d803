"""ACC001: a sheet's settled total is that of the accounts."""

from __future__ import annotations

import auditor
from auditor.rules.accounts import beside_accounts
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "ACC001"
name = "total-differs-from-accounts"
severity = "warning"
each = "year"
when = "year == sheet.fiscal_year"
needs = ["accounts", "total_cost"]
since = "0.2"

[title]
en = "The total cost differs from the accounts"
ja = "事業費総額が財務会計の決算額と一致しません"
[why]
en = "The settled total of a sheet is the amount of the accounts in the sheet's unit, rounded as the form says; where it says nothing, both rounding and cutting off are taken. Rows of several budget items or departments add up. Differences may be lawful: an amount carried over, staff cost that the sheet shows apart, a part that belongs to another project."
ja = "シートの決算額は、財務会計の決算額を様式の単位と端数処理で表したものです（端数処理の定めがない様式では、四捨五入と切捨てのどちらでも一致とします）。複数の目や共管の行は合計します。繰越、別に表示する人件費、他事業に含めた経費などにより、差があっても誤りとは限りません。"
[action]
en = "Compare the total with the accounts; correct the sheet, or note the reason of the difference."
ja = "財務会計の決算額と照合し、シートを訂正するか、差の理由を確かめてください。"

[[cases]]
form = "kushiro"
total_cost = 8030
accounts = { total_cost = 8030000 }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "rounded"
total_cost = 8031
accounts = { total_cost = 8030500 }
outcome = "may"

[[cases]]
form = "kushiro"
note = "cut off"
total_cost = 8030
accounts = { total_cost = 8030999 }
outcome = "may"

[[cases]]
form = "kushiro"
note = "two thousand yen can't be rounding"
total_cost = 8030
accounts = { total_cost = 8032000 }
outcome = "fail"
equation = "8,030千円 ≠ 8,032,000円"
expected = "8032"

[[cases]]
form = "kushiro"
note = "8,031 and 8,032 may both be right"
total_cost = 8130
accounts = { total_cost = 8031500 }
outcome = "fail"
equation = "8,130千円 ≠ 8,031,500円"

[[cases]]
form = "minato"
note = "the form truncates: 8,031,000 yen and less than a thousand more"
total_cost = 8031000
column = "2024"
accounts = { total_cost = 8031999 }
outcome = "may"

[[cases]]
form = "minato"
total_cost = 8032000
accounts = { total_cost = 8031999 }
outcome = "fail"
expected = "8031000"

[[cases]]
form = "kushiro"
sums = "rounded"
note = "the form rounds half up, so that cutting off is no excuse"
total_cost = 8030
accounts = { total_cost = 8030999 }
outcome = "fail"
expected = "8031"

[[cases]]
form = "kushiro"
note = "a total that is no number"
total_cost = "8,03"
accounts = { total_cost = 8030000 }
outcome = "unknown"

[[cases]]
form = "kushiro"
note = "the project is not in the accounts"
total_cost = 8030
accounts = false
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "nothing is printed"
accounts = { total_cost = 8030000 }
outcome = "not_applicable"
"""
)
def total_differs_from_accounts(row: Row) -> Verdict:
    """Hold the total of the evaluated year against the accounts."""
    return beside_accounts(row, "total_cost")
