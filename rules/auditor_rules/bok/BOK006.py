"""BOK006: two sheets seldom have all figures equal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import auditor
from auditor.forms.words import squeezed
from auditor.formula.trace import SHOWN
from auditor.records.model import YEAR_FIELDS, Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, elsewhere, failed, first_of

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables
    from auditor.forms.model import Form
    from auditor.rules.rule import Names


def _compared(form: Form) -> list[str]:
    return [
        name
        for name in form.definitions["year"]
        if name in YEAR_FIELDS or name.startswith("funding.")
    ]


def _names(form: Form) -> Names:
    return {"year": _compared(form)}


def _settle(tables: Tables) -> Settled:
    """A sheet passes if what its figures come to stands alone in its book; sheets for which it
    does not are left together.
    """
    import narwhals as nw

    from auditor.engines.settling import amounts_of, any_of, by_place, mixed

    names = _compared(tables.form)
    figures = tables.together("year", names, in_print=True)
    if not tables.has("year"):
        return tables.settled(tables.keys("sheet"), otherwise="not_applicable")
    if figures is None or tables.writes_others(names):
        return tables.settled(tables.keys("sheet"), otherwise=None)
    least, greatest = amounts_of(figures.values())
    sheets = tables.with_owned(
        "sheet",
        tables.of_owners(
            "year",
            least={"least": least},
            greatest={"greatest": greatest},
            sums={"mixed": by_place(mixed(each.value for each in figures.values()))},
            anywhere={"open": any_of(each.open for each in figures.values())},
        ),
    )
    return tables.settled(
        tables.alone(sheets, ["mixed"], "open"),
        ("#open", None),
        ((nw.col("least") == nw.col("greatest")).fill_null(True), "not_applicable"),
        ("#alone", "pass"),
        otherwise=None,
    )


@auditor.rule(
    """
code = "BOK006"
name = "identical-sheets"
severity = "note"
each = "sheet"
looks_at = "undecided"
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
""",
    settle=_settle,
    names=_names,
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
    others = first_of(twins, lambda twin: elsewhere(twin[1], sheet))
    detail = Text(
        en=f"All figures are those of another sheet: {others.en}",
        ja=f"数値が別のシートとすべて同じです：{others.ja}",
    )
    shown = [(twin, "name") for twin, _ in twins[:SHOWN]]
    verdict = failed((row, "name"), *shown, detail=detail)
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
