"""REQ001: what the form requires is printed."""

from __future__ import annotations

import auditor
from auditor.forms.model import FieldDefinition, Required
from auditor.formula.values import BLANK
from auditor.records.figures import Figure
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed


@auditor.rule(
    """
code = "REQ001"
name = "required-figure-blank"
severity = "error"
each = "sheet"
since = "0.1"

[title]
en = "A figure that the form requires is blank"
ja = "様式で必須とされている数値が空欄です"
[why]
en = "The form says which figures every sheet of a kind prints. Without them nothing that depends on them can be checked."
ja = "どのシートに何の数値が必要かは、様式が定めています。空欄のままでは、その数値に関係する確認ができません。"
[action]
en = "Enter the missing figures."
ja = "空欄の数値を記入してください。"

[[cases]]
form = "kushiro"
population = 152875
cost_per_capita = "52.5"
bond_burden_per_capita = "0.0"
status = "single_year"
evaluated = { total_cost = 8030, funding = { general_revenue = 8030 } }
outcome = "pass"

[[cases]]
form = "kushiro"
cost_per_capita = "52.5"
bond_burden_per_capita = "0.0"
status = "single_year"
evaluated = { total_cost = 8030, funding = { general_revenue = 8030 } }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "a continuing project has a total in every settled year"
population = 152875
cost_per_capita = "52.5"
bond_burden_per_capita = "0.0"
status = "continuing"
evaluated = { total_cost = 8030, funding = { general_revenue = 8030 } }
years = { 2023 = { funding = { general_revenue = 0 } } }
outcome = "fail"
"""
)
def required_figure_blank(row: Row) -> Verdict:
    """A sheet fails with all its blank required figures as cells. One that was not read, or whose
    column the record lacks, is not blank.
    """
    sheet = row.sheet
    assert sheet is not None
    years = {key: row.links[key] for key in sheet.years}
    absent = [
        (key, column)
        for column in row.form.columns
        if (key := row.form.column_id(column, sheet.fiscal_year)) not in years
    ]
    evaluated = row.form.evaluated_column(sheet.fiscal_year, sheet.fiscal_year)
    blank: list[tuple[Row, str]] = []
    unread = asked = False
    for name, definition in row.form.fields.items():
        if definition.required == "never":
            continue
        asked = True
        if name in row.form.sheet_figures:
            places = [(row, name)]
        else:
            places = [
                (years[key], name)
                for key, year in years.items()
                if _required(definition.required, sheet, str(year.values["kind"]), key == evaluated)
            ]
            unread = unread or any(
                _required(definition.required, sheet, column.kind, key == evaluated)
                for key, column in absent
            )
        blank += [(at, name) for at, name in places if at.values[name] is BLANK]
        unread = unread or any(_is_unread(at.figure(name)) for at, name in places)
    if not asked:
        return NOT_APPLICABLE
    if not blank:
        return UNKNOWN if unread else PASS
    named = ", ".join(
        _english(row.form.fields[name], name) + (f" ({at.column})" if at.column else "")
        for at, name in blank
    )
    labels = "、".join(
        (row.form.fields[name].label[0] if row.form.fields[name].label else name)
        + (f"（{_year_of(at)}）" if at.column else "")
        for at, name in blank
    )
    detail = Text(
        en=f"The form requires these figures, and they are blank: {named}",
        ja=f"様式で必須とされている数値が空欄です：{labels}",
    )
    return failed(*blank, detail=detail)


def _year_of(row: Row) -> str:
    year = row.values["year"]
    return fiscal_year_in_words(year) if isinstance(year, int) else ""


def _is_unread(figure: Figure | None) -> bool:
    return figure is None or figure.state == "unread"


def _english(definition: FieldDefinition, name: str) -> str:
    """What English calls a figure: one that only the form has by its label."""
    return (
        definition.label[0]
        if definition.each and definition.label
        else name.rpartition(".")[2].replace("_", " ")
    )


def _required(required: Required, sheet: Sheet, kind: str, evaluated: bool) -> bool:
    match required:
        case "always":
            return True
        case "evaluated year":
            return evaluated
        case "settled years":
            return kind == "settled"
        case "settled years of continuing projects":
            return kind == "settled" and sheet.status == "continuing"
        case _:
            return False
