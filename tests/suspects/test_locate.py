"""``locate`` on records of any kind: explanations, corrected values, shares, slips, and input
that can't be answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.formula.judge import judge
from auditor.formula.parse import FormulaError, parse
from auditor.formula.tree import Scope, Vocabulary
from auditor.records.figures import Answer, spread
from auditor.suspects.locating import Infeasible, Undecided, locate
from auditor.testing.strategies import INEXACT

SUM = ["total == a + b"]


def test_the_likeliest_slip_comes_first() -> None:
    found = locate({"total": 8300, "a": 4000, "b": 4030}, SUM)
    assert [one.fields for one in found] == [("total",), ("b",), ("a",)]
    [cell] = found[0].cells
    assert (cell.value, cell.corrected, cell.exact) == (Decimal(8300), Decimal(8030), True)
    assert found[0].slip.code == "adjacent-digits-swapped"
    assert found[0].slip.en != found[0].slip.ja
    assert sum(one.share for one in found) + found.none_of_these == 1
    assert found.complete


def test_a_record_that_holds_needs_no_explanation() -> None:
    assert locate({"total": 8030, "a": 4000, "b": 4030}, SUM) == []
    assert locate({"total": 8030, "a": 4000, "b": 4030}, []) == []
    assert locate({}, []) == []


def test_explanations_never_change() -> None:
    found = locate({"total": 8300, "a": 4000, "b": 4030}, SUM)
    with pytest.raises(FrozenInstanceError):
        found[0].share = Decimal(1)  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        found[0].cells[0].low = None  # type: ignore[misc]


@pytest.mark.parametrize(
    ("printed", "slip"),
    [
        (5274, "adjacent-digits-swapped"),
        (524, "digit-dropped"),
        (57724, "digit-doubled"),
        (57924, "digit-inserted"),
        (5774, "digit-mistyped"),
        (-5724, "sign-lost"),
        (5724000, "thousand-fold"),
    ],
)
def test_each_slip_of_the_hand_is_named(printed: int, slip: str) -> None:
    # The second rule leaves no other cell.
    found = locate({"a": printed, "b": 5724, "c": 5724}, ["a == b", "a == c"])
    assert found[0].fields == ("a",)
    assert found[0].slip.code == slip


def test_values_from_elsewhere_are_named() -> None:
    years = {
        "total_2023": 900,
        "x_2023": 500,
        "y_2023": 400,
        "total_2024": 900,
        "x_2024": 711,
        "y_2024": 630,
    }
    formulas = [f"total_{year} == x_{year} + y_{year}" for year in (2023, 2024)]
    assert (locate(years, formulas)[0].fields, locate(years, formulas)[0].slip.code) == (
        ("total_2024",),
        "other-year-value",
    )
    parts = locate({"total": 1341, "a": 711, "b": 630, "c": 3_207}, ["total == a + b + c"])
    assert [one.slip.code for one in parts if one.fields == ("total",)] == ["part-left-out"]
    zero = locate(
        {"total": 1341, "a": 711, "b": 630, "c": 3_207}, ["total == a + b + c"], fixed=["c"]
    )
    assert (zero[0].fields, zero[0].cells[0].corrected) == (("total",), 4548)


def test_two_cells_that_changed_places_are_one_slip() -> None:
    values = {"a": 4711, "b": 9, "c": 100, "left": 109, "right": 4811, "sum": 4720}
    found = locate(values, ["left == a + c", "right == b + c", "sum == a + b"])
    assert set(found[0].fields) <= {"a", "b", "left", "right"}
    swapped = [one for one in found if set(one.fields) == {"a", "b"}]
    assert [one.slip.code for one in swapped] == ["cells-swapped"]


def test_two_slips_in_a_sum_can_be_likelier_than_one_arbitrary_value() -> None:
    # 52,340 printed 53,240 and 7,815 printed 7,185; no single cell has a slip that explains both
    found = locate(
        {"total": 160_155, "a": 53_240, "b": 7_185, "c": 100_000}, ["total == a + b + c"], limit=20
    )
    assert ("a", "b") in [one.fields for one in found]
    pairs = [
        tuple(cell.corrected for cell in one.cells) for one in found if one.fields == ("a", "b")
    ]
    assert pairs[0] == (52_340, 7_815)
    ranks = {one.fields: rank for rank, one in reversed(list(enumerate(found)))}
    assert ranks["a", "b"] < ranks["a",]


def test_rounded_ratios_leave_an_interval() -> None:
    found = locate(
        {"total": 1, "people": 3200, "rate": 2.5},
        ["rate == total / people"],
        rounding={"rate": "half_up"},
        steps={"rate": "0.1"},
        fixed=["people", "rate"],
    )
    [cell] = found[0].cells
    assert (cell.low, cell.high, cell.exact) == (
        7840,
        8159,
        False,
    )  # 2.45 and 2.55 times 3,200, the upper end open
    assert cell.low <= cell.corrected <= cell.high


def test_products_of_uncertain_cells_take_part() -> None:
    found = locate({"cost": 36940, "staff": 5, "unit": 7832}, ["cost == staff * unit"])
    assert (found[0].fields, found[0].cells[0].corrected, found[0].slip.code) == (
        ("unit",),
        7388,
        "arbitrary",
    )
    assert {one.fields for one in found} == {
        ("unit",),
        ("cost",),
    }  # no whole number of staff would do


@pytest.mark.parametrize("function", ["sum", "min", "max"])
def test_a_missing_value_may_be_named_twice(function: str) -> None:
    found = locate({"a": 8, "b": None}, [f"a == {function}(b, b)", "a == 8"])
    [cell] = found[0].cells
    assert (cell.field, cell.corrected) == ("b", 4 if function == "sum" else 8)


def test_a_value_without_ends_is_not_exact() -> None:
    [other] = locate({"a": 5, "b": 5}, ["a != b"], fixed=["b"])
    [cell] = other.cells
    assert (cell.low, cell.high, cell.exact) == (None, None, False)
    assert cell.corrected is None


def test_conditions_take_part() -> None:
    values = {"bonds": 0, "burden": 5, "total": 10}
    found = locate(values, ["not bonds == 0 or burden == 0", "bonds <= total"])
    assert {one.fields for one in found} >= {("bonds",), ("burden",)}


def test_missing_cells_get_the_value_that_is_implied() -> None:
    [one] = locate({"total": None, "a": 4000, "b": 4030}, SUM)
    assert [(cell.field, cell.value, cell.corrected) for cell in one.cells] == [
        ("total", None, 8030)
    ]
    assert (one.slip.code, one.share) == ("missing", Decimal("0.99"))
    assert locate({"total": None, "a": None, "b": None}, SUM) == []


@pytest.mark.parametrize(
    ("formulas", "low", "high"),
    [
        (["x - y <= d"], 7, None),
        (["abs(x - y) <= d"], 7, 11),
        (["y < x", "y >= d"], 2, 8),
        (["y <= d", "x > y"], None, 2),
    ],
)
def test_a_bound_says_what_a_missing_value_may_be(
    formulas: list[str], low: int | None, high: int | None
) -> None:
    [one] = locate({"x": 9, "y": None, "d": 2}, formulas)
    [cell] = one.cells
    assert (cell.field, cell.low, cell.high) == ("y", low, high)
    assert one.slip.code == "missing"


def test_a_broken_bound_is_told_beside_one_on_a_missing_value() -> None:
    suspects = locate({"x": 9, "y": None, "d": 2}, ["x <= d", "y <= x"])
    assert {one.fields for one in suspects} >= {("x",), ("d",)}


def test_weights_and_fixed_cells_are_respected() -> None:
    values = {"total": 8300, "a": 4000, "b": 4030}
    assert {one.fields for one in locate(values, SUM, fixed=["total", "a"])} == {("b",)}
    assert locate(values, SUM, weights={"total": 5})[0].fields == ("b",)
    assert len(locate(values, SUM, limit=1)) == 1


def test_the_budget_is_in_nodes_and_ends_undecided() -> None:
    values = {f"x{number}": number for number in range(12)}
    formulas = [f"x{number} == x{number - 1} + x{number - 2} + 1" for number in range(2, 12)]
    with pytest.raises(Undecided) as caught:
        locate(values, formulas, nodes=3)
    assert caught.value.nodes == 3
    assert [one.fields for one in locate(values, formulas)] == [
        one.fields for one in locate(values, formulas)
    ]


def test_contradictory_formulas_are_named_and_no_others() -> None:
    with pytest.raises(Infeasible) as caught:
        locate({"x": 1, "y": 5, "z": 9}, ["z == x + y", "x == y + 1", "z >= 0", "y == x + 1"])
    assert set(caught.value.formulas) == {"x == y + 1", "y == x + 1"}
    with pytest.raises(Infeasible) as caught:
        locate({"x": 1, "y": 5}, ["2 * x == 2 * y + 1", "x > 0"])  # no whole numbers
    assert caught.value.formulas == ("2 * x == 2 * y + 1",)
    with pytest.raises(Infeasible):
        locate({"total": 1, "people": 0}, ["total / people == 2"], fixed=["people"])


def test_large_negative_and_zero_values_get_an_answer() -> None:
    large = locate({"t": 10**15, "a": 10**15 - 1, "b": 2}, ["t == a + b"])
    assert {(one.fields[0], int(one.cells[0].corrected)) for one in large} == {
        ("t", 10**15 + 1),
        ("a", 10**15 - 2),
        ("b", 1),
    }
    negative = locate({"t": -5, "a": 3, "b": 2}, ["t == a + b"])
    assert (negative[0].fields, negative[0].slip.code) == (("t",), "sign-lost")
    [nobody] = locate(
        {"cost": 8030, "people": 0, "rate": 2.5},
        ["rate == cost / people"],
        rounding={"rate": "half_up"},
        steps={"rate": "0.1"},
    )
    assert nobody.fields == ("people",)
    assert nobody.cells[0].low == 3150  # 8030 / 2.55, rounded up


def test_all_cells_missing_is_answered_at_once() -> None:
    names = [f"x{number}" for number in range(30)]
    formulas = [f"x{number} == x{number - 1} + x{number - 2}" for number in range(2, 30)] + [
        "x3 == x4 / x5",
        "x0 >= 5",
    ]
    start = process_time()
    try:
        found = locate(dict.fromkeys(names), formulas)
        assert all(cell.value is None for one in found for cell in one.cells)
    except Undecided:
        pass
    assert process_time() - start < 5


@given(number=st.decimals(-(10**9), 10**9, places=3))
def test_a_number_is_the_same_in_every_notation(number: Decimal) -> None:
    as_decimal, *others = (
        locate({"a": value, "b": "0.001"}, ["a == b"], steps="0.001")
        for value in (
            number,
            f"{number:f}",
            Fraction(number),
            float(number),
        )  # 12 digits at most: a float holds them
    )
    assert others == [as_decimal] * 3


def test_a_text_counts_in_steps_of_its_last_printed_place() -> None:
    (found,) = locate({"a": "52.50", "b": "51"}, ["a == b"], fixed=["b"])
    assert (found.cells[0].value, found.cells[0].corrected) == (Decimal("52.50"), Decimal(51))
    (narrow,) = locate(
        {"rate": "0.52", "done": 21, "all": 40},
        ["rate == done / all"],
        fixed=["done", "all"],
        rounding={"rate": "half_up"},
    )
    assert narrow.cells[0].corrected == Decimal("0.53")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"values": {"a": "8,300"}, "formulas": []}, "8,300 is no number"),
        ({"values": {"a": "８"}, "formulas": []}, "is no number"),
        ({"values": {"a": "1e3"}, "formulas": []}, "is no number"),
        ({"values": {"a": ""}, "formulas": []}, "is no number"),
        ({"values": {"a": Fraction(1, 3)}, "formulas": []}, "is no number"),
        ({"values": {"a": [1]}, "formulas": []}, "is no number"),
        ({"values": {"a": "1" * 40}, "formulas": []}, "can be searched"),
        ({"values": {"a": float("nan")}, "formulas": []}, "a"),
        ({"values": {"a": True}, "formulas": []}, "a"),
        ({"values": {"a": 10**40}, "formulas": []}, "a"),
        ({"values": {"a": 1}, "formulas": [], "weights": {"b": 1}}, "weights"),
        ({"values": {"a": 1}, "formulas": [], "weights": {"a": 0}}, "weight"),
        ({"values": {"a": 1}, "formulas": [], "steps": {"a": 0}}, "step"),
        ({"values": {"a": 1}, "formulas": [], "rounding": {"a": "up?"}}, "rounding"),
        ({"values": {"a": None}, "formulas": [], "fixed": ["a"]}, "fixed"),
        ({"values": {"a": 1}, "formulas": [], "limit": 0}, "limit"),
    ],
)
def test_input_that_makes_no_sense_is_refused_in_both_languages(
    arguments: dict[str, object], part: str
) -> None:
    with pytest.raises(ValueError, match=part) as caught:
        locate(**arguments)  # type: ignore[arg-type]
    assert " / " in str(caught.value)


def test_a_formula_that_cannot_be_read_says_where() -> None:
    with pytest.raises(FormulaError) as caught:
        locate({"total": 1, "a": 1}, ["total == b"])
    assert caught.value.column == 10
    with pytest.raises(FormulaError):
        locate({"total": 1}, ["total + 1"])


@pytest.mark.parametrize("rounding", INEXACT)
def test_every_explanation_of_rounded_records_satisfies_the_judge(rounding: str) -> None:
    random = Random(rounding)
    formulas = ["total == a + b", "rate == 100 * total / people", "share == 10 * a / people"]
    vocabulary = Vocabulary(
        {"record": Scope(dict.fromkeys(("total", "a", "b", "rate", "share", "people"), "number"))}
    )
    judges = [judge(parse(formula, vocabulary, "record")) for formula in formulas]

    class Plain:
        groups: Mapping[str, tuple[str, ...]] = {}
        formula_cells: frozenset[str] = frozenset()

        def __init__(self, values: dict[str, Decimal]) -> None:
            tenths = Decimal("0.1")
            self.values = {
                name: spread(value, rounding, tenths)
                if name in ("rate", "share")
                else spread(value)  # type: ignore[arg-type]
                for name, value in values.items()
            }

    def holds(values: dict[str, Decimal]) -> bool:
        row = Plain(values)
        return all(one(row) >= Answer.MAY for one in judges)  # type: ignore[arg-type]

    for _ in range(40):
        values = {name: Decimal(random.randrange(-50, 400)) for name in ("total", "a", "b")}
        values |= {
            "rate": Decimal(random.randrange(-50, 900)) / 10,
            "share": Decimal(random.randrange(0, 90)) / 10,
        }
        values["people"] = Decimal(random.randrange(3, 400))
        found = locate(
            values,
            formulas,
            rounding={"rate": rounding, "share": rounding},  # type: ignore[dict-item]
            steps={"rate": "0.1", "share": "0.1"},
            fixed=["people"],
            limit=50,
        )
        assert found or holds(values)
        for one in found:
            corrected = {cell.field: cell.corrected for cell in one.cells}
            assert holds({**values, **corrected})
            for name in corrected:
                assert not holds(
                    {
                        **values,
                        **{other: value for other, value in corrected.items() if other != name},
                    }
                )
            if len(one.cells) == 1:
                [cell] = one.cells
                step = Decimal("0.1") if cell.field in ("rate", "share") else Decimal(1)
                ends = (cell.corrected, cell.corrected) if cell.exact else (cell.low, cell.high)
                for end, beyond in zip(ends, (-step, step), strict=True):
                    assert end is not None
                    assert holds({**values, cell.field: end})
                    assert not holds({**values, cell.field: end + beyond})


def test_a_lost_decimal_point_is_named() -> None:
    values = {"staff": 40634, "heads": 55, "unit": 7388}
    suspects = locate(
        values,
        ["staff == heads * unit"],
        steps={"heads": "0.1"},
        rounding={"staff": "half_up"},
        fixed=["unit"],
    )
    assert suspects[0].cells[0].field == "heads"
    assert suspects[0].cells[0].corrected == Decimal("5.5")
    assert suspects[0].slip.code == "point-lost"
