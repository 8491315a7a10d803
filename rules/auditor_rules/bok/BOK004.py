"""BOK004: the years of a sheet fit its fiscal year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import auditor
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import PASS, Verdict, failed

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables


def _settle(tables: Tables) -> Settled:
    """Every sheet passes: a book with a year that does not fit is not sound, and made records of
    before columns see it.
    """
    return tables.settled(tables.keys("sheet"), otherwise="pass")


@auditor.rule(
    """
code = "BOK004"
name = "years-do-not-fit"
severity = "error"
each = "sheet"
since = "0.1"

[title]
en = "The sheet's years do not fit its fiscal year"
ja = "シートの年度が、表題の年度や冊子の年度と合いません"
[why]
en = "The form prints columns at fixed distances from the sheet's fiscal year, and all sheets of a book report on one year. Another year is a slip, or last year's sheet."
ja = "様式では、列の年度はシートの年度から決まり、冊子のシートはすべて同じ年度を対象とします。異なる年度は打ち間違いか、前年度のシートです。"
[action]
en = "Correct the year in the title or the header."
ja = "表題または表の見出しの年度を訂正してください。"

[[cases]]
form = "kushiro"
fiscal_year = 2024
years = { 2023 = { total_cost = 103 }, 2024 = { total_cost = 108 }, 2025 = { total_cost = 120 } }
outcome = "pass"

[[cases]]
form = "kushiro"
fiscal_year = 2024
years = { 2023 = { year = 2022, total_cost = 103 }, 2024 = { total_cost = 108 }, 2025 = { total_cost = 120 } }
outcome = "fail"
""",
    settle=_settle,
)
def years_do_not_fit(row: Row) -> Verdict:
    """Each column's year is the fiscal year plus the column's distance; the fiscal year is the
    book's.
    """
    sheet = row.sheet
    assert sheet is not None
    expected = {
        row.form.column_id(column, sheet.fiscal_year): sheet.fiscal_year + column.offset
        for column in row.form.columns
    }
    wrong = [
        _column_of_another_year(year.year, expected.get(key))
        for key, year in sheet.years.items()
        if expected.get(key) != year.year
    ]
    if sheet.fiscal_year != row.rows.book.fiscal_year:
        wrong.append(_sheet_of_another_year(sheet.fiscal_year, row.rows.book.fiscal_year))
    if not wrong:
        return PASS
    detail = Text(
        en="The sheet's years do not fit: " + "; ".join(text.en for text in wrong),
        ja="シートの年度が合いません：" + "、".join(text.ja for text in wrong),
    )
    return failed((row, "fiscal_year"), detail=detail)


def _column_of_another_year(year: int, expected: int | None) -> Text:
    named = fiscal_year_in_words(year)
    if expected is None:
        return Text(en=f"no column is of {year}", ja=f"{named}の列は様式にありません")
    return Text(
        en=f"a column is of {year}, its place is that of {expected}",
        ja=f"列の見出しは{named}、表題からは{fiscal_year_in_words(expected)}",
    )


def _sheet_of_another_year(year: int, usual: int) -> Text:
    return Text(
        en=f"the sheet is of {year}, the book of {usual}",
        ja=f"シートは{fiscal_year_in_words(year)}、冊子は{fiscal_year_in_words(usual)}",
    )
