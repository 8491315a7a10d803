"""Stored results are held against their formulas: random formulas over random stored values are
stale exactly where the stored result was changed.
"""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.cycles import CellName, circles
from auditor.readers.workbook.number_formats import GENERAL
from auditor.readers.workbook.recalculation import (
    StoredValues,
    Uncomputable,
    named,
    parsed,
)
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import address

ROWS = 6
SHEETS = ("表", "it's 2")
AT = (20, 5)


class Written(NamedTuple):
    """A formula and what it gives."""

    text: str
    value: Fraction


Values = dict[tuple[str, int], Fraction | str | None]
"""Column A of each worksheet: numbers, texts and blanks."""


def cell(sheet: str, row: int, column: int, raw: str, formula: str | None = None) -> SheetCell:
    kind = "number" if raw.lstrip("-").replace(".", "").replace("e", "").isdigit() else "text"
    return SheetCell(sheet, row, column, kind, raw, formula, 0, GENERAL)


def numbers() -> st.SearchStrategy[Fraction]:
    whole = st.integers(-(10**9), 10**9).map(Fraction)
    cents = st.integers(-(10**9), 10**9).map(lambda number: Fraction(number, 100))
    return whole | cents


def values() -> st.SearchStrategy[Values]:
    keys = [(sheet, row) for sheet in SHEETS for row in range(1, ROWS + 1)]
    each = numbers() | st.sampled_from([None, "－", "未定"])
    return st.fixed_dictionaries(dict.fromkeys(keys, each))


def place(sheet: str) -> str:
    return "" if sheet == SHEETS[0] else "'it''s 2'!"


@st.composite
def formulas(draw: st.DrawFn, of: Values, depth: int = 3) -> Written:
    """A formula over the values, and its value by other means."""
    kinds = ["number", "sum"] if depth == 0 else ["sum", "+", "-", "*", "/", "round", "( )", "%"]
    kind = draw(st.sampled_from(kinds))
    sheet = draw(st.sampled_from(SHEETS))
    if kind == "number":
        usable = [row for row in range(1, ROWS + 1) if not isinstance(of[sheet, row], str)]
        if not usable:
            return Written("7", Fraction(7))
        row = draw(st.sampled_from(usable))
        value = of[sheet, row]
        return Written(
            f"{place(sheet)}$A{row}", value if isinstance(value, Fraction) else Fraction(0)
        )
    if kind == "sum":
        first, last = sorted(draw(st.tuples(*[st.integers(1, ROWS)] * 2)))
        added = [of[sheet, row] for row in range(first, last + 1)]
        total = sum((value for value in added if isinstance(value, Fraction)), Fraction(0))
        function = draw(st.sampled_from(["SUM(", "sum( ", "SUBTOTAL(9,", "SUBTOTAL(109,"]))
        return Written(f"{function}{place(sheet)}A{first}:A{last})", total)
    inner = draw(formulas(of, depth - 1))
    if kind in "+-":
        other = draw(formulas(of, depth - 1))
        right = f"({other.text})" if kind == "-" else other.text
        value = inner.value + other.value if kind == "+" else inner.value - other.value
        return Written(f"{inner.text}{kind}{right}", value)
    if kind in "*/":
        factor = draw(st.integers(2, 100))
        value = inner.value * factor if kind == "*" else inner.value / factor
        return Written(f"({inner.text}) {kind} {factor}", value)
    if kind == "round":
        name, mode = draw(
            st.sampled_from(
                [("ROUND", ROUND_HALF_UP), ("ROUNDUP", ROUND_UP), ("ROUNDDOWN", ROUND_DOWN)]
            )
        )
        digits = draw(st.integers(-3, 2))
        step = Fraction(10) ** -digits
        steps = inner.value / step
        lower = math.floor(steps)
        # The mode decides between the whole numbers beside it; a tenth of a step is enough to see.
        tenths = Decimal(lower) + {0: Decimal(0), Fraction(1, 2): Decimal("0.5")}.get(
            steps - lower, Decimal("0.1") if steps - lower < Fraction(1, 2) else Decimal("0.9")
        )
        rounded = Fraction(tenths.to_integral_value(mode))
        return Written(f"{name}({inner.text},{digits})", rounded * step)
    if kind == "%":
        return Written(f"-({inner.text})%", -inner.value / 100)
    return Written(f"({inner.text})", inner.value)


def stored(of: Values) -> StoredValues:
    book = StoredValues(SHEETS)
    for sheet in SHEETS:
        worksheet = Worksheet(sheet)
        for row in range(1, ROWS + 1):
            value = of[sheet, row]
            if value is not None:
                raw = value if isinstance(value, str) else repr(float(value))
                worksheet.cells[row, 1] = cell(sheet, row, 1, raw)
        book.add(worksheet)
    return book


@given(st.data())
def test_a_stored_result_is_stale_exactly_where_it_was_changed(data: st.DataObject) -> None:
    of = data.draw(values())
    formula = data.draw(formulas(of))
    tree = parsed(formula.text)
    assert tree is not None, formula.text
    result = stored(of).result(tree, cell(SHEETS[0], *AT, "0", formula.text))

    true = float(formula.value)
    assert result.admits(true), formula.text
    assert result.admits(float(f"{true:.15g}"))
    change = data.draw(st.sampled_from([1, -1])) * data.draw(st.integers(5_000, 10**12))
    assert not result.admits(true + change), formula.text


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("ROUND(A1,0)", 5000),
        ("ROUNDUP(A1*3/3,0)", 5000),
        ("ROUNDDOWN(SUM(A1,A2),-3)", 5000),
        ("INT(-A2)", -1),
        ("TRUNC(A2/2)", 0),
        ("A1-A2+.5e1", 5004),
        ("--A1%", 50),
    ],
)
def test_whole_numbers_are_exact(formula: str, value: int) -> None:
    of: Values = {(sheet, row): None for sheet in SHEETS for row in range(1, ROWS + 1)}
    of |= {(SHEETS[0], 1): Fraction(5000), (SHEETS[0], 2): Fraction(1)}
    tree = parsed(formula)
    assert tree is not None
    result = stored(of).result(tree, cell(SHEETS[0], *AT, "0", formula))

    assert result.admits(value)
    assert not result.admits(value + 1)
    assert not result.admits(value - 1)


@given(of=values(), column=st.sampled_from(["A:A", "$A:$A"]), sheet=st.sampled_from(SHEETS))
def test_a_sum_of_a_whole_column_adds_what_it_holds(of: Values, column: str, sheet: str) -> None:
    whole, part = f"SUM({place(sheet)}{column})", f"SUM({place(sheet)}A1:A{ROWS})"
    trees = [parsed(formula) for formula in (whole, part)]
    book = stored(of)
    results = [
        book.result(tree, cell(SHEETS[0], *AT, "0", formula))
        for tree, formula in zip(trees, (whole, part), strict=True)
        if tree is not None
    ]

    assert len(results) == 2
    assert results[0] == results[1]


def test_a_sum_of_a_whole_column_with_too_many_cells_is_left_alone() -> None:
    book, worksheet = StoredValues(SHEETS), Worksheet(SHEETS[1])
    worksheet.cells = {(row, 1): cell(SHEETS[1], row, 1, "1", None) for row in range(1, 5_002)}
    book.add(worksheet)
    tree = parsed(f"SUM({place(SHEETS[1])}A:A)")

    assert tree is not None
    with pytest.raises(Uncomputable):
        book.result(tree, cell(SHEETS[0], *AT, "0", ""))


@pytest.mark.parametrize(
    "formula",
    [
        "A1^2", "A1&A2", "A1=A2", "IF(A1>0,A1,A2)", "VLOOKUP(A1,B:C,2)", "合計", "[1]表!A1", "表[計]",
        "'[1]表'!A1:A2+A1", '"1"', "A1 A2", "(A1,A2)", "SUM((A1,A2))", "SUM(A1,,A2)",
        "SUM()", "ROUND(A1)", "SUBTOTAL(1,A1:A3)", "A1#", "A1:A2:A3", "TRUE", "#REF!",
        "A1+", "(A1", "A1)", "LOG10(A1)", "{1,2}", "(" * 60 + "A1" + ")" * 60, "A1+" * 4000 + "A1",
        "SUM(A1:INDEX(A:A,3))", "OFFSET(A1,1,0)", "A1.5", "Table1[[#This Row],[a]]",
    ],
)  # fmt: skip
def test_what_is_not_plain_arithmetic_is_left_alone(formula: str) -> None:
    tree = parsed(formula)
    of: Values = {(sheet, row): Fraction(1) for sheet in SHEETS for row in range(1, ROWS + 1)}
    if tree is not None:
        with pytest.raises(Uncomputable):
            stored(of).result(tree, cell(SHEETS[0], *AT, "0", formula))


@pytest.mark.parametrize("formula", ["A1+1", "A1:A2", "不明!A1", "A2/A3", "SUM(E20:E21)"])
def test_values_that_say_nothing(formula: str) -> None:
    of: Values = {(sheet, row): None for sheet in SHEETS for row in range(1, ROWS + 1)}
    of[SHEETS[0], 1] = "△"
    tree = parsed(formula)
    assert tree is not None
    with pytest.raises(Uncomputable):
        stored(of).result(tree, cell(SHEETS[0], *AT, "0", formula))


def test_too_many_cells() -> None:
    worksheet = Worksheet(SHEETS[0])
    for row in range(1, 6_001):
        worksheet.cells[row, 1] = cell(SHEETS[0], row, 1, "1")
    book = StoredValues(SHEETS)
    book.add(worksheet)
    for formula, usable in (
        ("SUM(A1:A5000)", True),
        ("SUM(A1:A5001)", False),
        ("SUM(A1:A2501,A1:A2501)", False),
        ("SUM(B1:XFD1048575)", True),
    ):
        tree = parsed(formula)
        assert tree is not None
        if usable:
            book.result(tree, cell(SHEETS[0], 7_000, 1, "0", formula))
        else:
            with pytest.raises(Uncomputable):
                book.result(tree, cell(SHEETS[0], 7_000, 1, "0", formula))


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=25))
def test_circles_are_the_cells_that_reach_each_other(edges: list[tuple[int, int]]) -> None:
    names = [CellName("表", row, 1) for row in range(8)]
    following = {name: [names[to] for at, to in edges if at == name.row] for name in names}
    reach = {name: set(following[name]) for name in names}
    for _ in names:
        for name in names:
            reach[name] |= {far for near in reach[name] for far in reach[near]}
    expected = {
        frozenset(other for other in names if other in reach[name] and name in reach[other])
        for name in names
        if name in reach[name]
    }
    found = circles(names, following.__getitem__)

    assert {frozenset(group) for group in found} == {group for group in expected if len(group) > 1}
    assert all(group == sorted(group) for group in found)


def test_a_long_chain_is_no_circle() -> None:
    names = [CellName("表", row, 1) for row in range(50_000)]
    assert circles(names, lambda name: names[name.row + 1 : name.row + 2]) == []
    assert len(circles(names, lambda name: [names[(name.row + 1) % 50_000]])[0]) == 50_000


def test_what_a_formula_names() -> None:
    tree = parsed("ROUND(SUM(A1:B2,'it''s 2'!C3)-SUBTOTAL(9,D4)/2,0)%")
    assert tree is not None
    assert [
        (reference.first, address(reference.area.top, reference.area.left))
        for reference in named(tree)
    ] == [(None, "A1"), ("it's 2", "C3"), (None, "D4")]
