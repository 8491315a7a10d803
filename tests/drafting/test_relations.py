"""Relations between columns of numbers: those that are there are found, and no others."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.drafting.columns import NumberColumn
from auditor.drafting.relation import Equation, Relation, Term
from auditor.drafting.relations import relations
from tests.drafting.number_blocks import (
    amounts,
    block,
    column,
    faulty,
    item_list,
    rounded,
    shuffled,
    wide_list,
    written,
)

SEEDS = st.integers(0, 2**32)
ROWS = st.sampled_from([60, 100, 200, 400])


def in_short(columns: list[NumberColumn]) -> dict[str, Relation]:
    return {written(entry): entry for entry in relations(columns)}


def one(columns: list[NumberColumn]) -> Relation:
    (entry,) = relations(columns)
    return entry


# --- what holds for any block


@settings(max_examples=25)
@given(SEEDS, ROWS)
def test_what_is_in_a_block_is_found_and_nothing_else(seed: int, rows: int) -> None:
    columns, expected = block(Random(seed), rows, rare=False)
    entries = relations(columns)
    assert {frozenset(entry.equation.keys) for entry in entries} == expected
    assert all(entry.holds == entry.of and not entry.exceptions for entry in entries)
    assert {entry.strength for entry in entries} == {"proposed"}


@settings(max_examples=25)
@given(SEEDS, st.sampled_from([100, 200, 400]))
def test_slips_are_exceptions_of_the_relations_that_they_break(seed: int, rows: int) -> None:
    columns, expected = block(Random(seed), rows, faults=2, rare=False)
    entries = relations(columns)
    assert {frozenset(entry.equation.keys) for entry in entries} == expected
    for entry in entries:
        assert len(entry.exceptions) == entry.of - entry.holds
        if "t" in entry.equation.keys and not {"T", "r"} & set(entry.equation.keys):
            assert 1 <= len(entry.exceptions) <= rows * 2 // 100


@settings(max_examples=40)
@given(SEEDS, ROWS, st.sampled_from([0, 2]))
def test_none_is_proposed_for_columns_in_another_order(seed: int, rows: int, faults: int) -> None:
    random = Random(seed)
    columns, _ = block(random, rows, faults=faults)
    assert relations(shuffled(random, columns)) == []


@settings(max_examples=10)
@given(SEEDS, st.integers(4, 30))
def test_short_lists_in_another_order_are_not_even_asked_about(seed: int, rows: int) -> None:
    random = Random(seed)
    columns, _ = block(random, rows)
    assert relations(shuffled(random, columns)) == []


@settings(max_examples=10)
@given(SEEDS)
def test_the_same_block_gives_the_same_relations(seed: int) -> None:
    columns, _ = block(Random(seed), 100)
    assert relations(columns) == relations(columns)


# --- lists as cities publish them


def test_a_wide_list_says_what_is_computed_in_each_of_its_years() -> None:
    entries = in_short(wide_list())
    expected: set[str] = set()
    for year in range(1, 7):
        parts = " + ".join(f"{name}{year}" for name in "abcde")
        expected |= {
            f"A{year} = {parts}",
            f"B{year} = 4 × h{year}",
            f"T{year} = A{year} + B{year}",
        }
    assert set(entries) == expected
    assert {entry.strength for entry in entries.values()} == {"proposed"}
    assert all(entry.of - entry.holds <= 8 for entry in entries.values())


def test_nothing_is_in_a_wide_list_in_another_order() -> None:
    assert relations(shuffled(Random(5), wide_list())) == []


def test_items_of_a_budget_say_differences_and_rates() -> None:
    entries = in_short(item_list(600))
    assert set(entries) == {
        "change = this - last",
        "rate = 100 × change ÷ last",
        "done = 100 × settled ÷ last",
        "left = last - settled",
    }
    assert entries["rate = 100 × change ÷ last"].modes == ("half_up",)
    assert entries["rate = 100 × change ÷ last"].step == Decimal("0.1")


# --- kinds of relations


def numbers(seed: int, rows: int = 80, high: int = 50_000) -> list[int]:
    return amounts(Random(seed), rows, high=high)


def test_a_share_is_of_the_row_of_totals() -> None:
    values = numbers(1)
    whole = Decimal(sum(values))
    shares = [rounded(100 * value / whole, "0.01") for value in values]
    columns = [column("a", "決算額", values), column("s", "構成比", shares)]
    entry = one(columns)
    assert written(entry) == "s = 100 × a ÷ all"
    assert entry.step == Decimal("0.01")


def test_a_product_of_two_columns() -> None:
    hours, prices = numbers(2, high=900), numbers(3, high=90)
    costs = [hour * price for hour, price in zip(hours, prices, strict=True)]
    columns = [column("h", "時間", hours), column("p", "賃金", prices), column("c", "費用", costs)]
    assert written(one(columns)) == "c = h × p"


@pytest.mark.parametrize("mode", ["truncate", "up"])
def test_how_a_rate_is_rounded_is_said_where_the_rows_tell(mode: str) -> None:
    above, below = numbers(4), numbers(5)
    rates: list[int | None] = []
    for part, whole in zip(above, below, strict=True):
        rate = 100 * part // whole if mode == "truncate" else -(-100 * part // whole)
        rates.append(rate)
    columns = [column("a", "実績", above), column("b", "目標", below), column("r", "達成率", rates)]
    entry = one(columns)
    assert written(entry) == "r = 100 × a ÷ b"
    assert entry.rounding == mode
    # Truncated and rounded down are the same for numbers above 0.
    assert set(entry.modes) == ({"truncate", "floor"} if mode == "truncate" else {"up"})


def test_sums_of_rounded_numbers_hold_but_for_their_roundings() -> None:
    parts = [numbers(seed, high=90_000_000) for seed in (6, 7, 8)]
    total = [sum(row) for row in zip(*parts, strict=True)]
    columns = [
        column(
            f"p{at}", f"内訳{at}", [int(rounded(Decimal(value) / 1000, "1")) for value in values]
        )
        for at, values in enumerate([*parts, total])
    ]
    entry = one(columns)
    assert written(entry) == "p3 = p0 + p1 + p2"
    assert entry.leeway
    assert entry.holds == entry.of


def test_a_balance_with_several_columns_on_both_sides() -> None:
    paid_in, taken, saved = numbers(9), numbers(10), numbers(11)
    change = [a - b + c for a, b, c in zip(paid_in, taken, saved, strict=True)]
    columns = [
        column("a", "単年度", paid_in),
        column("b", "取崩し", taken),
        column("c", "積立て", saved),
        column("d", "実質単年度収支", change),
    ]
    assert written(one(columns)) == "d = a + c - b"


def test_what_others_imply_is_not_listed() -> None:
    parts = [numbers(seed) for seed in (12, 13, 14)]
    direct = [a + b for a, b in zip(parts[0], parts[1], strict=True)]
    whole = [a + b for a, b in zip(direct, parts[2], strict=True)]
    columns = [
        column("a", "国", parts[0]),
        column("b", "県", parts[1]),
        column("A", "事業費計", direct),
        column("B", "人件費", parts[2]),
        column("T", "総コスト", whole),
        column("again", "総コスト（再掲）", whole),
    ]
    assert set(in_short(columns)) == {"A = a + b", "T = A + B", "again = T"}


def test_codes_years_constants_and_numbers_in_sequence_are_in_no_relation() -> None:
    rows = 100
    number = list(range(1, rows + 1))
    columns = [
        column("no", "No.", number),
        column("next", "次", [value + 1 for value in number]),
        column("year", "開始年度", [2000 + value % 20 for value in number]),
        column("since", "経過の起点", [2000 + value % 20 for value in number]),
        column("code", "コード", [10_000 + value % 7 for value in number]),
        column("double", "二倍", [20_000 + 2 * (value % 7) for value in number]),
        column("ten", "固定", [10] * rows),
        column("twenty", "固定2", [20] * rows),
    ]
    assert relations(columns) == []


def test_a_blank_counts_as_nothing_in_a_sum_unless_all_terms_are_blank() -> None:
    first: list[int | None] = list(numbers(15))
    second: list[int | None] = list(numbers(16))
    total: list[int | None] = [a + b for a, b in zip(numbers(15), numbers(16), strict=True)]
    first[3], total[3] = None, second[3]
    first[4] = second[4] = None
    total[5] = None
    columns = [column("a", "国", first), column("b", "県", second), column("t", "計", total)]
    entry = one(columns)
    assert (entry.holds, entry.of) == (78, 78)


def test_columns_without_figures_among_the_terms_are_named() -> None:
    first, last = numbers(17), numbers(18)
    total = [a + b for a, b in zip(first, last, strict=True)]
    columns = [
        column("a", "国", first),
        column("none", "地方債", [None] * 80),
        column("b", "一般財源", last),
        column("t", "計", total),
    ]
    assert one(columns).silent == ("none",)


def test_a_relation_with_more_exceptions_than_three_of_a_hundred_is_none() -> None:
    first, last = numbers(19, 200), numbers(20, 200)
    total = [a + b for a, b in zip(first, last, strict=True)]
    columns = [column("a", "国", first), column("b", "県", last)]
    few = faulty(Random(1), total, 3)
    assert len(one([*columns, column("t", "計", few)]).exceptions) == 6
    many = faulty(Random(1), total, 5)
    assert relations([*columns, column("t", "計", many)]) == []


def test_binary_noise_of_spreadsheets_is_no_difference() -> None:
    first = [Decimal(value) / 10 for value in numbers(21)]
    total = [value * 2 + Decimal("1.5") for value in first]
    noisy = [
        value - Decimal("0.00000000000001") if at == 3 else value for at, value in enumerate(total)
    ]
    other = [value + Decimal("1.5") for value in first]
    columns = [column("a", "国", first), column("b", "県", other), column("t", "計", noisy)]
    assert one(columns).holds == 80


# --- what words say


def test_a_heading_and_its_numbers_that_agree_are_certain() -> None:
    hours = [12, 30, 45]
    columns = [
        column("c1", "①事業費", [100, 200, 300]),
        column("c2", "②時間", hours),
        column("c3", "③単価", [4, 4, 4]),
        column("c4", "④職員費(②×③)", [hour * 4 for hour in hours]),
        column("c5", "⑤総事業費(①+④)", [148, 320, 480]),
    ]
    entries = in_short(columns)
    assert {short: entry.strength for short, entry in entries.items()} == {
        "c4 = c2 × c3": "certain",
        "c5 = c1 + c4": "certain",
    }
    assert "⑤総事業費(①+④)" in entries["c5 = c1 + c4"].reason.ja
    assert "3行のうち3行" in entries["c5 = c1 + c4"].reason.ja


def test_a_heading_that_the_numbers_refute_is_a_question() -> None:
    columns = [
        column("a", "事業費（A）", numbers(22)),
        column("b", "人件費（B）", numbers(23)),
        column("t", "総コスト（A+B）", numbers(24)),
    ]
    entry = one(columns)
    assert entry.strength == "question"
    assert entry.holds < 3


def test_a_sum_on_few_rows_is_a_question_unless_the_vocabulary_expects_it() -> None:
    first, last = numbers(25, 8, high=900_000), numbers(26, 8, high=900_000)
    total = [a + b for a, b in zip(first, last, strict=True)]
    columns = [column("a", "国", first), column("b", "県", last), column("t", "計", total)]
    entry = one(columns)
    assert (written(entry), entry.strength) == ("t = a + b", "question")
    expected = Equation("sum", "t", (Term("a"), Term("b")))
    (entry,) = relations(columns, expected=[expected])
    assert entry.strength == "certain"


def test_figures_that_stay_the_same_over_the_years_are_no_relation() -> None:
    values = numbers(27, 200)
    again = [value + 1 if at % 50 == 1 else value for at, value in enumerate(values)]
    assert relations([column("a", "令和6年度", values), column("b", "令和7年度", again)]) == []
    groups = ("令和6年度", "令和7年度")
    columns = [column(group, f"{group} 目標値", values, group) for group in groups]
    assert relations(columns) == []


def test_terms_that_the_vocabulary_did_not_expect_are_taken_from_the_numbers() -> None:
    parts = [numbers(seed, 120) for seed in (28, 29)]
    rare = [value if at % 12 == 0 else 0 for at, value in enumerate(numbers(30, 120))]
    total = [sum(row) for row in zip(*parts, rare, strict=True)]
    columns = [
        column("a", "国庫支出金", parts[0]),
        column("b", "一般財源", parts[1]),
        column("c", "諸収入", rare),
        column("t", "事業費", total),
    ]
    expected = Equation("sum", "t", (Term("a"), Term("b")))
    (entry,) = relations(columns, expected=[expected])
    assert (written(entry), entry.strength, entry.exceptions) == ("t = a + b + c", "proposed", ())


def test_an_empty_block_has_no_relations() -> None:
    assert relations([]) == []
    assert relations([column("a", "国", [])]) == []
