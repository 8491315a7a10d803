"""Formulas as people write them who know spreadsheets, other languages or a Japanese keyboard: each
slip is reported at its place, with what is written instead.
"""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.formula.parse import FormulaError, parse
from auditor.rules.rows import vocabulary

WORDS: Final = vocabulary(load().forms.values())
JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def errors(formula: str, scope: str = "year") -> list[FormulaError]:
    with pytest.raises(FormulaError) as caught:
        parse(formula, WORDS, scope)
    wrong = [caught.value, *caught.value.others]
    for error in wrong:
        assert JAPANESE.search(error.message.ja)
        assert "invalid" not in error.message.en
    return wrong


def marked(error: FormulaError) -> str:
    """The characters that carets would stand under."""
    at = error.column - 1
    return error.formula[at : at + (error.size or 1)]


SLIPS: Final = (
    ("total_cost = staff_cost", "=", "equal is written =="),
    ("total_cost ＝ staff_cost", "＝", "equal is written =="),
    ("total_cost === staff_cost", "===", "equal is written =="),
    ("=total_cost == staff_cost", "=", "does not begin with ="),
    ("total_cost > 0 && staff_cost > 0", "&&", "&& is written and"),
    ("total_cost > 0 || staff_cost > 0", "||", "|| is written or"),
    ("total_cost > 0 | staff_cost > 0", "|", "| is written or"),
    ("total_cost > 0 AND staff_cost > 0", "AND", "AND is written and"),
    ("total_cost > 0 かつ staff_cost > 0", "かつ", "かつ is written and"),
    ("!present(total_cost)", "!", "! is written not"),
    ("total_cost ≠ staff_cost", "≠", "≠ is written !="),
    ("total_cost <> staff_cost", "<>", "<> is written !="),
    ("total_cost ≧ staff_cost", "≧", "≧ is written >="),
    ("total_cost =< staff_cost", "=<", "=< is written <="),
    ("total_cost ＜ staff_cost", "＜", "＜ is written <"),
    ("total_cost == 2 × staff_cost", "×", "× is written *"),
    ("total_cost ＋ 1 == staff_cost", "＋", "＋ is written +"),
    ("total_cost − 1 == staff_cost", "−", "− is written -"),
    ("total_cost == △100", "△", "△ is written -"),
    ("total_cost == sum（funding)", "（", "（ is written ("),
    ("total_cost == max(1、 staff_cost)", "、", "、 is written ,"),
    ("total_cost == 8030千円", "8030千円", ": 8030000"),
    ("total_cost == ８，０３０千円", "８，０３０千円", ": 8030000"),
    ("headcount == 5 人", "5 人", ": 5"),
    ("total_cost == 1万円", "1万円", "numbers have no unit (万円)"),
    ("total_cost > 100円以上", "100円", ": 100"),
    ("staff_cost == total_cost * 10%", "10%", "10% is written 0.1"),
    ("total_cost == 8,030", "8,030", "numbers have no commas: 8030"),
    ("total_cost == 8,430", "8,430", "numbers have no commas: 8430"),
    ("total_cost == 010", "0", "zeros before them"),
    ("total_cost == １００", "１００", "digits are in half width: 100"),
    ("kind == “settled”", "“settled”", 'in straight quotes: "settled"'),
    ("kind == 「settled」", "「settled」", 'in straight quotes: "settled"'),
    ("kind == settled", "settled", 'stands in quotes: "settled"'),
    ("事業費 == sum(funding)", "事業費", "formulas name it total_cost"),
    ("事業費 総額 == sum(funding)", "事業費 総額", "formulas name it total_cost"),
    ("total_cost == 職員人件費（千円）", "職員人件費（千円）", "formulas name it staff_cost"),
    ("total_cost == 使用料・手数料", "使用料・手数料", "formulas name it funding.fees"),
    ("total_cost > prior.事業費", "prior.事業費", "formulas name it prior.total_cost"),
    ("total_cost > 釧路市民の人口", "釧路市民の人口", "name it sheet.population"),
    ("total cost == staff_cost", "total cost", "did you mean total_cost?"),
    ("total-cost == staff_cost", "total-cost", "is written total_cost"),
    ("totalCost == staff_cost", "totalCost", "did you mean total_cost?"),
    ("total_cost.prior == staff_cost", "total_cost.prior", "is written prior.total_cost"),
    ("total_cost == staff_cost ** 2", "**", "there are no powers"),
    ("total_cost == staff_cost ^ 2", "^", "there are no powers"),
    ("total_cost == staff_cost % 2", "%", "there is no remainder"),
    ("total_cost ≒ staff_cost", "≒", "abs(a - b) <= 5"),
    ("total_cost == 1; staff_cost == 2", ";", "join two with and"),
    ("total_cost == $1", "$", "formulas have no sign $"),
    ("if total_cost > 0 staff_cost > 0", "if", "when ="),
    ("IF(total_cost > 0, staff_cost > 0)", "IF", "when ="),
    ("AND(total_cost > 0, staff_cost > 0)", "AND", "write a and b"),
    ("total_cost == SUM(funding)", "SUM", "did you mean sum?"),
    ("total_cost == total(funding)", "total", "write sum(…)"),
    ("total_cost == ROUND(staff_cost, 0)", "ROUND", "formulas round nothing"),
    ("total_cost == None", "None", "blank(…)"),
    ("(total_cost == 1", "(", '"(" is not closed'),
    ("total_cost == 1)", ")", '")" closes nothing'),
    ("kind == 'settled", "'", "no closing quote"),
    ("total_cost == ", "", "expected at the end"),
    ("total_cost == 1 staff_cost == 2", "s", "an operator such as == or +"),
)


@pytest.mark.parametrize(("formula", "place", "words"), SLIPS)
def test_a_slip_is_reported_at_its_place_with_what_is_written_instead(
    formula: str, place: str, words: str
) -> None:
    first = errors(formula)[0]
    assert words in first.message.en
    assert marked(first) == place


def test_what_else_is_wrong_is_reported_with_the_slip() -> None:
    wrong = errors("total_cots ＝ sum(fundng) && 事業費 > 0")
    assert sorted(map(marked, wrong)) == sorted(["total_cots", "＝", "fundng", "&&", "事業費"])


@pytest.mark.parametrize("name", ["participants", "visitors", "x", "weather", "来場者"])
def test_no_name_is_hinted_at_that_is_not_near(name: str) -> None:
    (error,) = errors(f"total_cost == {name}")
    assert error.nearest is None
    assert error.message.en == f"unknown name {name}"


def test_what_stands_in_quotes_is_no_slip() -> None:
    errors_of_names = errors("name in ['＝ 8030千円 && 事業費'] and total_cots > 0", "sheet")
    assert [marked(error) for error in errors_of_names] == ["total_cots"]


@given(st.text(alphabet="abc総額事業費＝=&|!()（）0１9,.千円%%'\"“” ≠<>-_[]", max_size=30))
def test_any_text_gets_a_tree_or_errors_within_it(formula: str) -> None:
    try:
        parse(formula, WORDS, "year")
    except FormulaError as fault:
        for error in (fault, *fault.others):
            assert 1 <= error.column <= len(error.formula) + 1
            assert JAPANESE.search(error.message.ja)
