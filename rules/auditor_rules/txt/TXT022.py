"""TXT022: a western year and a Japanese year that a text names as one are one."""

from __future__ import annotations

from typing import Final

import auditor
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed

_FIRST_OF_WESTERN: Final = "12"


@auditor.rule(
    """
code = "TXT022"
name = "western-and-japanese-year"
severity = "error"
each = "claim"
when = 'kind == "year_pair"'
looks_at = "sheet"
since = "0.1"

[title]
en = "A western year and the Japanese year beside it are not the same"
ja = "西暦と和暦が一致しません"
[why]
en = "Where a text gives one year in both notations (2024年（令和６年）), the two have to be the same. Only pairs in brackets are held together, of which both are years, fiscal years, or the same day: 令和６年度（2025年3月） names two things."
ja = "「2024年（令和６年）」のように同じ年を西暦と和暦で併記する場合、両者は一致するはずです。括弧で併記され、年と年、年度と年度、または同じ月日の組だけを照合します。「令和６年度（2025年3月）」のような組は対象外です。"
[action]
en = "Find out which year is meant, and correct the other."
ja = "正しい年を確認し、異なるほうを訂正してください。"

[[cases]]
form = "kushiro"
text = "2018年度（平成30年度）に策定した。"
outcome = "pass"

[[cases]]
form = "kushiro"
text = "令和６（2025）年度に策定した。"
outcome = "fail"

[[cases]]
form = "kushiro"
text = "開館（1963年・昭和39年）"
outcome = "fail"

[[cases]]
form = "kushiro"
note = "March 2025 lies in the fiscal year 2024"
text = "令和６年度（2025年3月）に策定した。"
outcome = "not_applicable"
"""
)
def western_and_japanese_year(row: Row) -> Verdict:
    """Both names as printed, with the western number of the Japanese year."""
    values = row.values
    year, other = values["year"], values["other_year"]
    if not isinstance(year, int) or not isinstance(other, int):
        return NOT_APPLICABLE
    if year == other:
        return PASS
    names = [row.cell(name).printed for name in ("year", "other_year")]
    if names[0][:1] in _FIRST_OF_WESTERN:
        japanese, western = names[1], other
    else:
        japanese, western = names[0], year
    detail = Text(
        en=f"{japanese} is {western} (the text says: {names[0]}, {names[1]})",
        ja=f"{japanese}は西暦{western}年です（記載は「{names[0]}」と「{names[1]}」）",
    )
    return failed((row, "year"), (row, "other_year"), detail=detail)
