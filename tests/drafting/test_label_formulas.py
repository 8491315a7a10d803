"""Labels that carry formulas: what they say, and which columns they mean."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.drafting.columns import NumberColumn
from auditor.drafting.label_formulas import Expression, label_equations, read_label
from auditor.drafting.relation import Equation, Term


def plus(*names: str) -> Expression:
    return Expression(tuple((name, 1) for name in names))


LABELS = {
    "④職員費(②×③)": ("④", Expression((("②", 1), ("③", 1)), product=True)),
    "⑤総事業費(①+④)": ("⑤", plus("①", "④")),
    "トータルコスト(A)＋(B)": (None, plus("A", "B")),
    "総コスト(A+B)": (None, plus("A", "B")),
    "総コスト（Ａ＋Ｂ）": (None, plus("A", "B")),
    "事業費計（A）": ("A", None),
    "人件費B": ("B", None),
    "差引(A-B)": (None, Expression((("A", 1), ("B", -1)))),
    "増減額（Ｂ－Ａ）": (None, Expression((("B", 1), ("A", -1)))),
    "不用額 A-B-C": (None, Expression((("A", 1), ("B", -1), ("C", -1)))),
    "③=①/②": ("③", Expression((("①", 1),), (("②", 1),))),
    "Ｃ＝Ａ＋Ｂ": ("C", plus("A", "B")),
    "計 C=A+B": ("C", plus("A", "B")),
    "(C)=(A)-(B)": ("C", Expression((("A", 1), ("B", -1)))),
    "執行率（B/A）×100": (None, Expression((("B", 1),), (("A", 1),), Fraction(100))),
    "②÷①×100": (None, Expression((("②", 1),), (("①", 1),), Fraction(100))),
    "増減率（(B-A)/A）": (None, Expression((("B", 1), ("A", -1)), (("A", 1),))),
    "合計(①～③)": (None, plus("①", "②", "③")),
    "①～③の計": (None, plus("①", "②", "③")),
    "（ア）＋（イ）": (None, plus("ア", "イ")),
    "(1)+(2)": (None, plus("(1)", "(2)")),
    "差引額（歳入総額－歳出総額）": (None, Expression((("歳入総額", 1), ("歳出総額", -1)))),
    "令和5年度 予算額（千円）": (None, None),
    "R5年度": (None, None),
    "国・県支出金": (None, None),
    "PR費": (None, None),
    "1人当たり（円）": (None, None),
    "": (None, None),
}


@pytest.mark.parametrize("text", LABELS)
def test_a_label_says_its_mark_and_its_formula(text: str) -> None:
    label = read_label(text)
    assert (label.mark, label.expression) == LABELS[text]


@given(st.text(alphabet="①②③AＢR5（）()+＋-－×÷/＝=～費計 年度.,0", max_size=20))
def test_any_text_is_a_label(text: str) -> None:
    label = read_label(text)
    assert label.expression is None or label.expression.operands


def equations(*headings: str, group: str = "") -> list[Equation]:
    columns = [NumberColumn(f"c{at}", heading, (), group) for at, heading in enumerate(headings)]
    return [equation for equation, _ in label_equations(columns)]


def test_marks_mean_the_nearest_columns_before() -> None:
    block = ("①事業費", "②時間", "③単価", "④職員費(②×③)", "⑤総事業費(①+④)")
    assert equations(*block, *block) == [
        Equation("product", "c3", (Term("c1"), Term("c2"))),
        Equation("sum", "c4", (Term("c0"), Term("c3"))),
        Equation("product", "c8", (Term("c6"), Term("c7"))),
        Equation("sum", "c9", (Term("c5"), Term("c8"))),
    ]


def test_a_total_before_its_parts_means_those_behind() -> None:
    assert equations("総コスト（A+B）", "事業費A", "人件費B") == [
        Equation("sum", "c0", (Term("c1"), Term("c2")))
    ]


def test_names_mean_the_columns_that_they_head() -> None:
    assert equations("歳入総額", "歳出総額", "差引額（歳入総額－歳出総額）") == [
        Equation("difference", "c2", (Term("c0"), Term("c1", -1)))
    ]


def test_a_rate_without_a_factor_is_per_cent() -> None:
    (equation,) = equations("予算額A", "決算額B", "執行率（B/A）")
    assert (equation.kind, equation.factor) == ("ratio", 100)


def test_marks_that_no_column_has_say_nothing() -> None:
    assert equations("事業費A", "総コスト（A+B）") == []
    assert equations("総コスト（A+A）", "事業費A") == []


def test_the_mark_of_a_group_is_that_of_its_total() -> None:
    columns = [
        NumberColumn("a", "A 事業費 国", (), "A 事業費"),
        NumberColumn("b", "A 事業費 一般財源", (), "A 事業費"),
        NumberColumn("t", "A 事業費 計", (), "A 事業費"),
        NumberColumn("s", "B 人件費", ()),
        NumberColumn("T", "総コスト A+B", ()),
    ]
    (equation,) = [equation for equation, _ in label_equations(columns)]
    assert equation == Equation("sum", "T", (Term("t"), Term("s")))
