"""Reading formulas: what the language has, and errors that say where, what was expected, and the
nearest name.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.model import Form
from auditor.formula.functions import FUNCTIONS
from auditor.formula.parse import FormulaError, parse
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Number,
    Scope,
    Vocabulary,
    fields,
)
from auditor.rules.rows import vocabulary
from auditor.testing.strategies import forms

YEAR = {
    "total_cost": "number",
    "staff_cost": "number",
    "headcount": "number",
    "kind": "text",
    "funding": "group",
    "funding.grants": "number",
}
VOCABULARY = Vocabulary(
    {
        "year": Scope(YEAR, {"prior": "year", "next": "year", "sheet": "sheet"}),  # type: ignore[arg-type]
        "sheet": Scope(
            {"population": "number", "cost_per_capita": "number", "status": "text"},
            {"evaluated": "year"},
        ),
    }
)


def error(formula: str, scope: str = "year") -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        parse(formula, VOCABULARY, scope)
    fault = caught.value
    assert fault.message.en
    assert fault.message.ja
    assert f"column {fault.column}" in str(fault)
    return fault


def test_a_comparison() -> None:
    tree = parse("total_cost == sum(funding)", VOCABULARY, "year")
    assert isinstance(tree, Compare)
    assert tree.left == Field((), "total_cost", "number", 0)
    assert isinstance(tree.right, Call)
    assert [field.path for field in fields(tree)] == ["total_cost", "funding"]


def test_a_chain_is_an_and_of_its_comparisons() -> None:
    tree = parse("0 < total_cost <= 10", VOCABULARY, "year")
    assert isinstance(tree, And)
    assert [part.operator for part in tree.items if isinstance(part, Compare)] == ["<", "<="]


def test_numbers_are_exact() -> None:
    tree = parse("total_cost == 0.1 + 1_000", VOCABULARY, "year")
    assert isinstance(tree, Compare)
    assert isinstance(tree.right, Arithmetic)
    assert isinstance(tree.right.left, Number)
    assert tree.right.left.value * 10 == 1


def test_links_are_followed_through_rows() -> None:
    tree = parse("prior.prior.total_cost == next.funding.grants", VOCABULARY, "year")
    assert [field.links for field in fields(tree)] == [("prior", "prior"), ("next",)]
    assert [
        field.name
        for field in fields(
            parse("cost_per_capita == evaluated.total_cost / population", VOCABULARY, "sheet")
        )
    ]


def test_a_formula_may_run_over_several_lines() -> None:
    assert parse("\n  total_cost\n  == 1\n", VOCABULARY, "year") == parse(
        "total_cost == 1", VOCABULARY, "year"
    )


@pytest.mark.parametrize(
    ("formula", "column", "nearest"),
    [
        ("total_cots == 1", 1, "total_cost"),
        ("total_cost == sum(fundng)", 19, "funding"),
        ("total_cost == summ(funding)", 15, "sum"),
        ("total_cost == funding.grant", 15, "funding.grants"),
        ("total_cost == prior.total_cots", 15, "prior.total_cost"),
        ("total_cost > sheet.populaton", 14, "sheet.population"),
        ("total_cost == population", 15, "sheet.population"),
    ],
)
def test_a_wrong_name_says_where_it_stands_and_what_was_likely_meant(
    formula: str, column: int, nearest: str
) -> None:
    fault = error(formula)
    assert (fault.column, fault.nearest) == (column, nearest)
    assert nearest in fault.message.en
    assert nearest in fault.message.ja


@pytest.mark.parametrize(
    ("formula", "column", "expected"),
    [
        ("total_cost + 1", 1, "a comparison was expected, this is a number"),
        ("kind", 1, "a comparison was expected, this is a text"),
        (
            "total_cost == funding",
            15,
            "a number was expected, this is a group of figures; use sum()",
        ),
        ("total_cost == kind", 15, "a number was expected, this is a text"),
        ("kind == 1", 9, "a text was expected, this is a number"),
        ("kind < 'a'", 1, "a number was expected"),
        ("not total_cost", 5, "a comparison was expected"),
        ("total_cost == 1 and headcount", 21, "a comparison was expected, this is a number"),
        ("total_cost == abs(funding)", 19, "a number was expected, this is a group"),
        ("total_cost in 3", 15, "a list or a table was expected"),
        ("total_cost == sum", 15, "sum is a function"),
        ("total_cost == sum()", 15, "takes one argument"),
        ("total_cost == abs(total_cost, 1)", 15, "takes one argument"),
        ("total_cost == param(headcount)", 15, "one name in quotes was expected"),
        ("total_cost == sum(x=1)", 15, "arguments have no names"),
        ("total_cost == agreed(agreed(headcount))", 15, "can't stand inside"),
        ("total_cost is 1", 15, "a comparison (== != < <= > >= in) was expected"),
        ("total_cost == True", 15, "a name, number or text was expected"),
        ("total_cost == 0x1F", 15, "a plain decimal number was expected"),
        ("total_cost == headcount ** 2", 25, "there are no powers"),
        ("total_cost == (lambda: 1)()", 15, "unknown function"),
        ("total_cost == [1, 2][0]", 15, "has no such expression"),
        ("total_cost == __import__('os').system('x')", 15, "unknown function"),
        ("total_cost == 'a'.join", 15, "a name was expected before the point"),
        ("total_cost ==", 14, "an expression was expected"),
        ("", 1, "an expression was expected"),
        ("total_cost == 1; headcount == 2", 16, "a formula is one expression"),
    ],
)
def test_an_error_says_where_and_what_was_expected(
    formula: str, column: int, expected: str
) -> None:
    fault = error(formula)
    assert expected in fault.message.en
    assert fault.column == column


def test_columns_count_characters_not_bytes() -> None:
    assert error("kind == '決算' and total_cots == 1").column == 18


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 3000 + "1",
        "-" * 3000 + "1 == 1",
        "total_cost == 1" + " + 1" * 5000,
        "total_cost == 1\0",
    ],
)
def test_hostile_formulas_are_refused_shortly(formula: str) -> None:
    assert len(str(error(formula))) < 20_000


@pytest.mark.parametrize("number", ["1e999999999", "1e-41", "9" * 61, "0." + "0" * 70 + "1"])
def test_a_number_is_bounded(number: str) -> None:
    fault = error(f"total_cost == {number}")
    assert "at most 60 digits" in fault.message.en
    assert fault.column == 15
    assert parse("total_cost == " + "9" * 40, VOCABULARY, "year")


def test_nesting_rows_of_operators_and_products_are_bounded() -> None:
    assert "nested too deeply" in error("not " * 60 + "total_cost == 1").message.en
    assert "nested too deeply" in error("prior." * 60 + "total_cost == 1").message.en
    row = "total_cost" + " + 1" * 100
    assert parse(f"{row} == 1", VOCABULARY, "year")
    assert "in a row" in error(f"{row}{' + 1' * 60} == 1").message.en
    for product in ("*".join(["headcount"] * 33), "1" + "/headcount" * 33):
        assert "multiplied" in error(f"{product} == 1").message.en
    quotients = " + ".join(["total_cost / headcount"] * 33)
    assert "multiplied" in error(f"{quotients} == 1").message.en
    assert parse("*".join(["headcount"] * 30) + " == 1", VOCABULARY, "year")


WORDS = [
    *YEAR,
    *FUNCTIONS,
    "(",
    ")",
    "[",
    "]",
    ",",
    "==",
    "<",
    "+",
    "-",
    "/",
    "and",
    "or",
    "not",
    "in",
    "1",
    "'a'",
    "prior.",
]


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        parse(text, VOCABULARY, "year")
    except FormulaError as caught:
        fault = caught
    else:
        return
    assert 1 <= fault.column <= len(fault.formula) + 1
    assert fault.message.ja


@given(forms())
def test_every_source_of_a_form_can_be_named(form: Form) -> None:
    words = vocabulary([form])
    for source in form.funding:
        assert parse(f"funding.{source} <= total_cost", words, "year")
        assert parse(f"evaluated.funding.{source} == 0", words, "sheet")
