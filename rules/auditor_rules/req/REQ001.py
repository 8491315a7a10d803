"""REQ001: what the form requires is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import auditor
from auditor.forms.model import FieldDefinition, Form, Required
from auditor.formula.values import BLANK
from auditor.records.figures import Figure
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Sheet, Status
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed

if TYPE_CHECKING:
    from narwhals import Expr

    from auditor.engines.engine import Frame
    from auditor.engines.settling import Settled, Tables
    from auditor.rules.rule import Names

_Of = Literal["always", "continuing"]
"""Whether a figure is required of all sheets, or of those of continuing projects."""


def _needed(form: Form) -> Names:
    required = _required_of(form)
    own = [name for name in required if name in form.sheet_figures]
    return {
        "sheet": ("status", "role", *own),
        "year": [name for name in required if name not in own],
    }


def _settle(tables: Tables) -> Settled:
    """Columns tell all of it but the finding, and what is printed but no number."""
    import narwhals as nw

    from auditor.engines.settling import any_of, more_than

    form, required = tables.form, _required_of(tables.form)
    if not required:
        return tables.settled(tables.keys("sheet"), otherwise="not_applicable")
    own = [tables.printed("sheet", name) for name in required if name in form.sheet_figures]
    status = tables.word("sheet", "status")
    sheets = tables.with_owned(
        "sheet",
        _of_columns(tables),
        {
            "blank": any_of(figure.blank for figure in own),
            "odd": any_of(mask for figure in own for mask in (figure.text, figure.open)),
            "goes on": (status == "continuing").fill_null(False),
            "nobody knows": status.is_null(),
            "total": (tables.word("sheet", "role") == "total").fill_null(False),
        },
    )
    goes_on, nobody_knows = nw.col("goes on"), nw.col("nobody knows")
    places = {of: len(_all_places(form, of)) for of in get_args(_Of)}
    # Where no column requires anything, no column has to be there.
    fewer = {
        of: ~more_than(f"there {of}", count - 1) if count else nw.lit(False)
        for of, count in places.items()
    }
    lacking = any(figure.absent for figure in own) | fewer["always"]
    later = fewer["continuing"] & (goes_on | nobody_knows)
    return tables.settled(
        sheets,
        (nw.col("total"), "not_applicable"),
        (nw.col("blank") | more_than("blank always"), None),
        (more_than("blank continuing") & goes_on, None),
        (nw.col("odd") | more_than("odd always"), None),
        (more_than("odd continuing") & goes_on, None),
        (lacking | more_than("lacking always"), "unknown"),
        (later | (more_than("lacking continuing") & goes_on), "unknown"),
        (more_than("blank continuing") & nobody_knows, "unknown"),
        otherwise="pass",
    )


def _of_columns(tables: Tables) -> Frame:
    """In how many columns of each sheet something that is required is blank, odd, or lacking, and
    how many of those that require anything are there.
    """
    from auditor.engines.settling import any_of, at_places

    form = tables.form
    names = [name for name in _required_of(form) if name not in form.sheet_figures]
    figures = {name: tables.printed("year", name) for name in names}
    conditions: dict[str, Expr] = {}
    for of in get_args(_Of):
        here = {name: at_places(_places_of(form, name, of)) for name in names}
        conditions |= {
            f"blank {of}": any_of(here[name] & figures[name].blank for name in names),
            f"odd {of}": any_of(
                here[name] & mask
                for name in names
                for mask in (figures[name].text, figures[name].open)
            ),
            f"lacking {of}": any_of(here[name] for name in names if figures[name].absent),
            f"there {of}": at_places(_all_places(form, of)),
        }
    return tables.of_owners("year", anywhere=conditions)


def _all_places(form: Form, of: _Of) -> set[int]:
    """The columns of a form in which any figure is required."""
    names = [name for name in _required_of(form) if name not in form.sheet_figures]
    return set[int]().union(*(_places_of(form, name, of) for name in names))


def _places_of(form: Form, name: str, of: _Of) -> set[int]:
    """The columns of a form in which a figure is required, as they stand in it."""
    evaluated = form.evaluated_column(0, 0)
    required = form.fields[name].required
    answers = [
        form.prints(name, column)
        and _required(required, None, column.kind, form.column_id(column, 0) == evaluated)
        for column in form.columns
    ]
    chosen = True if of == "always" else None
    return {place for place, answer in enumerate(answers) if answer is chosen}


def _required_of(form: Form) -> list[str]:
    return [name for name, its in form.fields.items() if its.required != "never"]


@auditor.rule(
    """
code = "REQ001"
name = "required-figure-blank"
severity = "error"
forms = ["*"]
each = "sheet"
looks_at = "undecided"
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
""",
    settle=_settle,
    names=_needed,
)
def required_figure_blank(row: Row) -> Verdict:
    """A sheet fails with all its blank required figures as cells. One that was not read, or whose
    column the record lacks, is not blank.
    """
    sheet = row.sheet
    assert sheet is not None
    blank: list[tuple[Row, str]] = []
    unread = False
    required = _required_of(row.form)
    if not required or sheet.role == "total":  # a total row has the columns that add up
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
    columns = {
        row.form.column_id(column, sheet.fiscal_year): column.kind
        for column in row.form.columns
        if row.form.prints(name, column)
    }
    for key in sheet.years:
        year = row.links[key]
        if key not in columns:
            continue
        answer = _required(required, sheet.status, str(year.values["kind"]), key == evaluated)
        if answer is None:
            undecided.append(year)
        elif answer:
            places.append(year)
    is_absent = any(
        key not in sheet.years
        and _required(required, sheet.status, kind, key == evaluated) is not False
        for key, kind in columns.items()
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


def _required(required: Required, status: Status | None, kind: str, evaluated: bool) -> bool | None:
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
            return None if status is None else status == "continuing"
        case _:
            return False
