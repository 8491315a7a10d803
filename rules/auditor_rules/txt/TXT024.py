"""TXT024: a sentence about the year's results or the years to come does not name a year gone by."""

from __future__ import annotations

import auditor
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed


@auditor.rule(
    """
code = "TXT024"
name = "leftover-fiscal-year"
severity = "note"
each = "claim"
when = 'kind == "fiscal_year" and present(other_year)'
looks_at = "sheet"
since = "0.1"

[title]
en = "A sentence is about the fiscal year before"
ja = "文の主題が前の年度になっています"
[why]
en = "A sentence that tells what was done in the year before (令和５年度は…を実施した in the sheet of 令和６年度), or that announces for the evaluated year what is still to be done, may be left over from last year's sheet. Only sentences whose subject is a fiscal year are looked at. A sentence that compares, or names plans, budgets or reports of other years, is none, nor is one beside a sentence about another year."
ja = "「令和５年度は…を実施した」のように前の年度を主題とする文や、評価した年度についてこれから行うことを述べる文は、前年度のシートの文が残っている可能性があります。年度を主題とする文だけを点検し、年度を比べる文、他の年度の計画・予算・報告書に触れる文、別の年度の文と並ぶ文は対象外です。"
[action]
en = "Read the sentence again and correct the year; if it is about the year before on purpose, no change is needed."
ja = "文を読み直し、年度の誤りであれば訂正してください。意図して前の年度に触れているのであれば、訂正は不要です。"

[[cases]]
form = "kushiro"
text = "令和６年度は、相談会を開催した。"
sheet = { fiscal_year = 2024 }
outcome = "pass"

[[cases]]
form = "kushiro"
text = "令和５年度は、相談会を開催した。"
sheet = { fiscal_year = 2024 }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "a comparison"
text = "令和５年度は、前年度に比べて多くの相談会を開催した。"
sheet = { fiscal_year = 2024 }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "one year after another"
text = "令和５年度は、基本設計を実施した。令和６年度は、実施設計を実施した。"
sheet = { fiscal_year = 2024 }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "the report of another year"
text = "令和５年度の報告書を作成した。"
sheet = { fiscal_year = 2024 }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "what will be done is of a year after the evaluated one"
section = "direction"
text = "令和７年度は、対象地区を広げて実施する。"
sheet = { fiscal_year = 2024 }
outcome = "pass"

[[cases]]
form = "kushiro"
section = "direction"
text = "令和６年度は、対象地区を広げて実施する。"
sheet = { fiscal_year = 2024 }
outcome = "fail"

[[cases]]
form = "kushiro"
section = "direction"
text = "記念事業であるため、令和６年度で終了する。"
sheet = { fiscal_year = 2024 }
outcome = "not_applicable"
"""
)
def leftover_fiscal_year(row: Row) -> Verdict:
    """The year that the sentence is about, and the one that it should be about."""
    year, expected = row.values["year"], row.values["other_year"]
    if not isinstance(year, int) or not isinstance(expected, int):
        return NOT_APPLICABLE
    if year == expected:
        return PASS
    printed = row.cell("year").printed
    words = fiscal_year_in_words(expected)
    detail = Text(
        en=f"The sentence is about {printed}; {words} was expected here",
        ja=f"{printed}についての文です（この欄では{words}の文が想定されます）",
    )
    return failed((row, "year"), detail=detail)
