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
forms = ["*"]
each = "sheet"
since = "0.1"

[title]
en = "A figure that the form requires is blank"
ja = "様式で必須とされている数値が空欄です"
[why]
en = "The form says which figures have to be there. Without them nothing that depends on them can be checked."
ja = "どの数値が必要かは、様式が定めています。空欄のままでは、その数値に関係する確認ができません。"
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
    blank: list[tuple[Row, str]] = []
    unread = False
    required = [name for name, its in row.form.fields.items() if its.required != "never"]
    if not required:
        return NOT_APPLICABLE
    for name in required:
        places, undecided, is_absent = _places(row, sheet, name)
        blank += [(at, name) for at in places if at.values[name] is BLANK]
        unread = unread or any(_is_unread(at.figure(name)) for at in places)
        unread = unread or is_absent or any(at.values[name] is BLANK for at in undecided)
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


def _places(row: Row, sheet: Sheet, name: str) -> tuple[list[Row], list[Row], bool]:
    """The rows where a figure is required, those where nobody can say, and whether the record
    lacks a column in which it is, or may be.
    """
    if name in row.form.sheet_figures:
        return [row], [], False
    evaluated = row.form.evaluated_column(sheet.fiscal_year, sheet.fiscal_year)
    required = row.form.fields[name].required
    places: list[Row] = []
    undecided: list[Row] = []
    for key in sheet.years:
        year = row.links[key]
        answer = _required(required, sheet, str(year.values["kind"]), key == evaluated)
        if answer is None:
            undecided.append(year)
        elif answer:
            places.append(year)
    columns = (
        (row.form.column_id(each, sheet.fiscal_year), each.kind) for each in row.form.columns
    )
    is_absent = any(
        key not in sheet.years and _required(required, sheet, kind, key == evaluated) is not False
        for key, kind in columns
    )
    return places, undecided, is_absent


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


def _required(required: Required, sheet: Sheet, kind: str, evaluated: bool) -> bool | None:
    """Whether a figure of a column is required; None where that hangs on the project's status and
    nobody knows it.
    """
    match required:
        case "always":
            return True
        case "evaluated year":
            return evaluated
        case "settled years":
            return kind == "settled"
        case "settled years of continuing projects":
            if kind != "settled":
                return False
            return None if sheet.status is None else sheet.status == "continuing"
        case _:
            return False
