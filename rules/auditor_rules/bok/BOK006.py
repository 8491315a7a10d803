"""BOK006: two sheets seldom have all figures equal."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, TypeAlias

import auditor
from auditor.forms.words import squeezed
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, elsewhere, failed


@auditor.rule(
    """
code = "BOK006"
name = "identical-sheets"
severity = "note"
each = "sheet"
since = "0.1"

[title]
en = "Another sheet of the book has the same figures throughout"
ja = "冊子の別のシートと、数値がすべて同じです"
[why]
en = "Sheets are often begun as a copy of another. Where all the budget figures agree, the copy may not have been filled in. Sheets of another project or department are a warning, two of one project a note."
ja = "別のシートを写して作り始めることがよくあります。予算・決算の数値がすべて一致する場合、書き換えを忘れている可能性があります。事業名または所管課・室が異なるシートであれば警告、同じであれば参考とします。"
[action]
en = "Compare both sheets with the ledger."
ja = "両方のシートを決算書・予算書と照合してください。"

[[cases]]
form = "kushiro"
name = "企画事業"
evaluated = { total_cost = 295, funding = { grants = 95, general_revenue = 200 } }
book = [{ name = "広報事業", evaluated = { total_cost = 296, funding = { grants = 96, general_revenue = 200 } } }]
outcome = "pass"

[[cases]]
form = "kushiro"
name = "企画事業"
evaluated = { total_cost = 295, funding = { grants = 95, general_revenue = 200 } }
book = [{ name = "広報事業", evaluated = { total_cost = 295, funding = { grants = 95, general_revenue = 200 } } }]
outcome = "fail"
severity = "warning"

[[cases]]
form = "kushiro"
note = "two stages of one project are often alike"
name = "企画事業"
budget_stages = ["当初"]
evaluated = { total_cost = 295, funding = { grants = 95, general_revenue = 200 } }
book = [{ name = "企画事業", budget_stages = ["9月補正"], evaluated = { total_cost = 295, funding = { grants = 95, general_revenue = 200 } } }]
outcome = "fail"
severity = "note"

[[cases]]
form = "kushiro"
note = "one amount alone proves nothing"
name = "企画事業"
evaluated = { total_cost = 295, funding = { general_revenue = 295 } }
book = [{ name = "広報事業", evaluated = { total_cost = 295, funding = { general_revenue = 295 } } }]
outcome = "not_applicable"
"""
)
def identical_sheets(row: Row) -> Verdict:
    """Compare all amounts of all columns; sheets with fewer than two different amounts are left
    alone.
    """
    sheet = row.sheet
    assert sheet is not None
    alike = row.rows.once(_alike)[id(sheet)]
    if len({value for _, _, value in alike.figures}) < 2:
        return NOT_APPLICABLE
    twins = [(twin, of) for twin, of in alike.sheets if of is not sheet]
    if not twins:
        return PASS
    others = [elsewhere(of, sheet) for _, of in twins]
    detail = Text(
        en="All figures are those of another sheet: " + ", ".join(other.en for other in others),
        ja="数値が別のシートとすべて同じです：" + "、".join(other.ja for other in others),
    )
    verdict = failed((row, "name"), *((twin, "name") for twin, _ in twins), detail=detail)
    copied = any(_owner(of) != _owner(sheet) for _, of in twins)
    return verdict._replace(severity="warning") if copied else verdict


def _owner(sheet: Sheet) -> tuple[str, str]:
    """The project and department of a sheet, however they are spelt."""
    return squeezed(sheet.name), squeezed(sheet.department)


_Figures: TypeAlias = tuple[tuple[str, str, Decimal], ...]


class _Alike(NamedTuple):
    """Sheets with the same amounts, each with its row, and the amounts."""

    figures: _Figures
    sheets: list[tuple[Row, Sheet]]


def _figures(sheet: Sheet) -> _Figures:
    """Column, name and value of every printed amount but zeros."""
    return tuple(
        (key, name, figure.value)
        for key, year in sorted(sheet.years.items())
        for name, figure in (
            ("total_cost", year.total_cost),
            ("staff_cost", year.staff_cost),
            ("headcount", year.headcount),
            *sorted(year.funding.items()),
        )
        if figure is not None and figure.value
    )


def _alike(rows: Rows) -> dict[int, _Alike]:
    """The sheets that are alike, by the identity of each."""
    groups: dict[_Figures, _Alike] = {}
    of_sheet: dict[int, _Alike] = {}
    for row in rows.of("sheet"):
        sheet = row.sheet
        assert sheet is not None
        figures = _figures(sheet)
        group = groups.setdefault(figures, _Alike(figures, []))
        group.sheets.append((row, sheet))
        of_sheet[id(sheet)] = group
    return of_sheet
