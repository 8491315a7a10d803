"""Form definitions: what a form can say, what is wrong with one that can't be used, and which
form fits a text.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from auditor.auditing.session import load
from auditor.forms.checks import RESERVED
from auditor.forms.loading import detect, load_form
from auditor.forms.model import Form, FormError
from auditor.forms.words import squeezed
from auditor.formula.functions import FUNCTIONS
from auditor.records.fields import NAMES
from auditor.records.figures import parse_figure
from auditor.records.model import SHEET_FIELDS, YEAR_FIELDS
from auditor.rules.rows import vocabulary
from auditor.tables.shape import shapes
from auditor.testing.strategies import forms

SMALL: dict[str, Any] = {
    "name": "small",
    "title": {"en": "a small form", "ja": "小さな様式"},
    "detect": ["事業調書"],
    "unit": "千円",
    "units": {"千円": 1000, "円": 1},
    "columns": [{"offset": 0, "kind": "settled"}],
    "fields": {"total_cost": {"label": "歳出"}},
}
TOML = """
name = "small"
title = { en = "a small form", ja = "小さな様式" }
unit = "千円"
units = { "千円" = 1000, "円" = 1 }
"""
COLUMN = '[[columns]]\noffset = 0\nkind = "settled"\n'
OWN = '[fields.cost]\neach = "sheet"\n'
LABELS = '[labels]\nname = "N"\nnumber = "#"\nyear = "Y"\nfiscal_year = "Ｙ "\n'
FIELDS = '[fields.total_cost]\nlabel = "歳出"\n'


def form(**changes: Any) -> Form:
    return Form.model_validate(SMALL | changes)


def fault(folder: Path, text: str | bytes) -> FormError:
    file = folder / "form.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(FormError) as caught:
        load_form(file)
    assert caught.value.file == str(file)
    assert str(file) in str(caught.value)
    assert caught.value.message.en
    assert caught.value.message.ja
    return caught.value


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (TOML + FIELDS, "columns", "at least one column is needed"),
        (TOML + COLUMN, "fields", "fields is missing"),
        (
            TOML + COLUMN + FIELDS + 'rounding = "half_even"\n',
            "fields.total_cost.rounding",
            "half_up",
        ),
        (TOML + COLUMN + FIELDS + "step = 0\n", "fields.total_cost.step", "above zero"),
        (
            TOML + COLUMN + FIELDS + 'unit = "ドル"\n',
            "fields.total_cost.unit",
            "'ドル' is not in [units]",
        ),
        (
            TOML + COLUMN + FIELDS + "colour = 1\n",
            "fields.total_cost.colour",
            "there is no key colour",
        ),
        (TOML + COLUMN + FIELDS + "[fields.cost]\n", "fields.cost", "not a figure of a sheet"),
        (
            TOML + COLUMN + FIELDS + '[fields.cost]\neach = "book"\n',
            "fields.cost.each",
            "one of sheet, year was expected",
        ),
        (
            TOML + COLUMN + FIELDS + 'each = "year"\n',
            "fields.total_cost.each",
            "every form has this figure in its place",
        ),
        (
            TOML + COLUMN + FIELDS + '[fields.Cost]\neach = "year"\n',
            "fields.Cost",
            "small letters",
        ),
        (TOML + OWN, "columns", "at least one column is needed"),
        (TOML + OWN + "[table]\n", "labels.name", "the table's column is needed"),
        (
            TOML + OWN + '[labels]\nname = "N"\n[table]\n',
            "labels.fiscal_year",
            "the table's column is needed here, or fiscal_year of the whole form",
        ),
        (TOML + OWN + LABELS + '[table]\nrows = "year"\n', "columns", "rows of years need columns"),
        (
            TOML + COLUMN + OWN + LABELS + '[table]\nrows = "year"\n',
            "fields.cost",
            "not a figure of a row, which is a year",
        ),
        (
            TOML + FIELDS + LABELS + "[table]\n",
            "fields.total_cost",
            "not a figure of a row, which is a sheet",
        ),
        (
            TOML + OWN + 'label = "y"\n' + LABELS + "[table]\n",
            "fields.cost.label",
            "'y' is the label of labels.fiscal_year, too",
        ),
        (
            TOML + OWN + LABELS + "[table]\nfiscal_year = 2024\n",
            "table.fiscal_year",
            "fiscal_year is a key of the whole file; move it up",
        ),
        (TOML + OWN + 'label = "費用"\n[list]\n', "labels.name", "the column of names is needed"),
        (
            TOML + OWN + 'label = "費用"\n' + LABELS + "[table]\n[list]\n",
            "list",
            "[table] and [list] exclude each other",
        ),
        (TOML + FIELDS + '[labels]\nname = "N"\n[list]\n', "columns", "the columns of total_cost"),
        (
            TOML + COLUMN + FIELDS + '[labels]\nname = "N"\n[list]\nrows = "year"\n',
            "list.rows",
            "rows of years need the heading",
        ),
        (
            TOML + COLUMN + FIELDS + '[labels]\nname = "N"\n[list]\nyears = [2023, 2023]\n',
            "list.years.1",
            "fiscal 2023 is there twice",
        ),
        (
            TOML
            + COLUMN
            + FIELDS
            + '[labels]\nname = "N"\nkind = "K"\n[list]\nrows = "year"\nyears = [2023]\n',
            "list.years",
            "the years of blocks are those of columns",
        ),
        (
            TOML + COLUMN + OWN + '[labels]\nname = "N"\n[list]\n',
            "fields.cost.label",
            "a label is missing",
        ),
        (
            TOML + OWN + 'label = "費用"\n[labels]\nname = "N"\n'
            '[list]\n[[list.totals]]\nwords = "*"\nof = ["area"]\n',
            "list.totals.0.words",
            "the names of total rows are needed",
        ),
        (
            TOML + "fiscal_year = 20\n" + OWN + LABELS + "[table]\n",
            "fiscal_year",
            "a number of at least 1800 was expected, not 20",
        ),
        (
            TOML + COLUMN + FIELDS + '[groups]\nfunding = ["grants"]\n',
            "groups.funding.0",
            "'grants' is not a figure",
        ),
        (TOML + COLUMN + COLUMN + FIELDS, "columns.1", "two columns have the same offset and kind"),
        (TOML.replace('"small"', '"Small Form"') + COLUMN + FIELDS, "name", "small letters"),
        (
            TOML + COLUMN + FIELDS + '[kpi]\nlower_is_better = ["("]\n',
            "kpi.lower_is_better.0",
            'a ")" is missing',
        ),
        (
            TOML.replace("1000", "1e999999999") + COLUMN + FIELDS,
            "units.千円",
            "",
        ),
        (
            TOML + COLUMN + FIELDS + 'step = "1e-999999"\n',
            "fields.total_cost.step",
            "at most 60 digits",
        ),
        (
            TOML + COLUMN + FIELDS + '[params]\nrate = "1e41"\n',
            "params",
            "at most 1e40",
        ),
        (
            TOML + COLUMN.replace("0", "99999999999999999999") + FIELDS,
            "columns.0.offset",
            "",
        ),
        (TOML + COLUMN * 201 + FIELDS, "columns", "columns: 201, and a form has at most 200"),
        (
            TOML + COLUMN + FIELDS + "[text]\nstage = '^(.|.|..)+ / $'\n",
            "text.stage",
            'the repetition "(.|.|..)+" (character 2) can match',
        ),
        (
            TOML + COLUMN + FIELDS + "[kpi]\nlower_is_better = ['率$', '^(..?)+☃$']\n",
            "kpi.lower_is_better.1",
            'the repetition ".?" (character 4) stands inside the repetition "(..?)+"',
        ),
        (
            TOML + COLUMN + FIELDS + "[kpi]\nyear_label = { pattern = 'a', unless = ['(?=a)'] }\n",
            "kpi.year_label",
            "no look-around",
        ),
        (
            TOML
            + COLUMN
            + FIELDS
            + '[[evaluation_changes.banned]]\nfrom = "end"\nto = "*"\n'
            + 'why = { en = "a", ja = "b" }\n',
            "evaluation_changes.banned.0.from",
            "no evaluation means 'end'",
        ),
        ("name = ", "-", "a value was expected"),
        (b"\xff\xfe\x00", "-", "is UTF-16, not UTF-8"),
    ],
)
def test_an_unusable_form_says_file_key_and_reason(
    tmp_path: Path, text: str | bytes, key: str, reason: str
) -> None:
    found = fault(tmp_path, text)
    assert found.key == key
    assert reason in found.message.en


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="can't be read"):
        load_form(tmp_path / "none.toml")


def test_money_takes_the_forms_unit_unless_it_names_its_own() -> None:
    made = form(
        fields={
            "total_cost": {},
            "funding": {"grants": {"unit": "円"}, "general_revenue": {}},
            "population": {},
        }
    )
    assert [
        made.fields[name].unit
        for name in ("total_cost", "funding.grants", "funding.general_revenue", "population")
    ] == [
        "千円",
        "円",
        "千円",
        "",
    ]
    assert made.funding == ("grants", "general_revenue")


def test_a_column_shows_its_kind_where_its_year_has_another() -> None:
    columns = [
        {"offset": -1, "kind": "settled"},
        {"offset": 0, "kind": "budgeted"},
        {"offset": 0, "kind": "settled"},
        {"offset": 1, "kind": "requested"},
    ]
    made = form(columns=columns, evaluation_lag=1)
    assert [made.column_id(column, 2024) for column in made.columns] == [
        "2023",
        "2024-budgeted",
        "2024-settled",
        "2025",
    ]
    assert made.evaluated_column(2024, 2024) == "2024-settled"
    assert made.directed_column(2023, 2024) == "2024-budgeted"
    assert made.directed_column(2024, 2024) == "2025"
    assert made.directed_column(2025, 2024) is None


def test_words_are_matched_without_regard_to_width_and_spacing_figures_are_not() -> None:
    made = form(
        evaluations={"Ａ": "expand", "継続 維持": "continue"},
        reasons={"new": "年度からの新規事業のため"},
    )
    assert made.meaning("A") == "expand"
    assert made.meaning("継続維持") == "continue"
    assert made.meaning("終了") is None
    assert made.reason_code("令和６年度 からの新規事業のため、空欄となります。") == "new"
    assert squeezed("①10名") == "110名"
    assert parse_figure("①10").value is None


def test_parameters_may_hold_for_a_year() -> None:
    made = form(params={"staff_unit_cost": {2024: 7388}, "jump": 10})
    assert made.param("staff_unit_cost", 2024) == Decimal(7388)
    assert made.param("staff_unit_cost", 2023) is None
    assert made.param("jump") == 10
    assert made.param("other") is None


def test_a_text_that_two_forms_fit_names_both() -> None:
    first, second = form(name="first"), form(name="second", detect=["調書", "事業"])
    other = form(name="other", detect=["成果シート"])
    found = detect(squeezed("令和６年度 事業 調書"), [first, second, other])
    assert [made.name for made in found] == ["first", "second"]
    assert detect(squeezed("令和６年度 成果シ－ト"), [first, second, other]) == ()


def test_a_form_without_words_fits_no_text() -> None:
    assert detect("何でも", [form(detect=[])]) == ()


def test_no_two_shipped_forms_fit_one_text() -> None:
    shipped = load().forms.values()
    for made in shipped:
        for words in (made.detect, made.kpi.detect if made.kpi else ()):
            if words:
                assert detect(squeezed("\n".join(words)), shipped) == (made,)


@given(forms())
def test_drawn_forms_say_the_same_after_a_round_trip(made: Form) -> None:
    again = Form.model_validate(made.model_dump(by_alias=True))
    assert again == made


# --- figures of a form's own


def test_a_form_s_own_figures_stand_where_it_says() -> None:
    own: dict[str, Any] = {
        "grant": {"each": "sheet"},
        "advance": {"each": "year"},
        "population": {},
        "funding": {"grants": {}},
    }
    made = form(
        fields={**own, "total_cost": {}},
        groups={"paid": ["advance", "grants"], "funding": ["grants"]},
    )
    assert made.sheet_figures == ("grant", "population")
    assert made.amounts == ("advance", "funding.grants", "total_cost")
    assert made.own_figures == {"grant": "sheet", "advance": "year"}
    assert made.figure_groups["paid"] == ("advance", "funding.grants")
    scopes = vocabulary([made]).scopes
    assert (scopes["sheet"].names["grant"], scopes["year"].names["advance"]) == ("number", "number")
    assert "advance" not in scopes["sheet"].names


@pytest.mark.parametrize("word", sorted(RESERVED - {"def", "class"}))
def test_no_figure_takes_a_word_that_means_something(word: str) -> None:
    if word not in (*SHEET_FIELDS, *YEAR_FIELDS, "funding"):
        with pytest.raises(
            ValidationError, match=f"fields.{word}: the word has a meaning of its own"
        ):
            form(fields={word: {"each": "year"}})


def test_every_word_of_formulas_tables_and_cases_is_reserved() -> None:
    # Claims stand in no table, and their names in no form.
    scopes = [scope for each, scope in vocabulary(()).scopes.items() if each != "claim"]
    words = (
        {name for scope in scopes for name in scope.names}
        | {part for scope in scopes for part in ".".join(scope.links).split(".")}
        | set(FUNCTIONS)
        | {"and", "or", "not", "in", "is"}
    )
    words |= {column for table in NAMES for column in shapes(table)} | {"line"}
    rules = [rule for rule in load().rules if rule.each != "claim"]
    words |= {key for rule in rules for case in rule.file.cases for key in case}
    assert words - RESERVED == set()
