"""HSM002: a project's name holds no other year than the sheet's. No formula can look into a name,
so this is Python.
"""

from __future__ import annotations

import auditor
from auditor.records.fiscal import parse_year
from auditor.rules import NOT_APPLICABLE, PASS, Verdict, failed
from auditor.rules.rows import Row


@auditor.rule(
    """
code = "HSM002"
name = "year-in-name-differs"
severity = "warning"
each = "sheet"
since = "1.0"

[title]
en = "The year in the project's name is not the sheet's"
ja = "事業名の年度がシートの年度と異なります"
[why]
en = "A sheet that was made from last year's often keeps last year's number in the name."
ja = "前年度のシートを写して作成すると、事業名に前年度の年度が残ることがあります。"
[action]
en = "Correct the year in the name."
ja = "事業名の年度を訂正してください。"

[[cases]]
form = "hoshimi"
name = "令和６年度星空観察会開催事業"
fiscal_year = 2024
outcome = "pass"

[[cases]]
form = "hoshimi"
name = "令和５年度星空観察会開催事業"
fiscal_year = 2024
outcome = "fail"
equation = "2023 ≠ 2024"

[[cases]]
form = "hoshimi"
name = "道路整備事業"
outcome = "not_applicable"
"""
)
def year_in_name_differs(row: Row) -> Verdict:
    """Compare the first year in the name with the sheet's."""
    sheet = row.sheet
    assert sheet is not None
    year = parse_year(sheet.name)
    if year is None:
        return NOT_APPLICABLE
    if year == sheet.fiscal_year:
        return PASS
    return failed((row, "name"), equation=f"{year} ≠ {sheet.fiscal_year}")
