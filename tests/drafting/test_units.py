"""Units told by factors, and roundings by the rows that show them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.drafting.basis import Basis
from auditor.drafting.columns import NumberColumn
from auditor.drafting.roundings import Computed, best_rounding
from auditor.drafting.units import factor_between, unit_doubts
from auditor.records.figures import Rounding, shown
from tests.drafting.number_blocks import amounts, decimals

AMOUNTS = amounts(Random(3), 40, high=90_000_000)
MODE_NAMES: list[Rounding] = ["half_up", "truncate", "up", "floor"]


def test_the_same_figures_in_another_unit_differ_by_a_power_of_ten() -> None:
    yen, thousands = decimals(AMOUNTS), decimals([value // 1000 for value in AMOUNTS])
    factor = factor_between(thousands, yen)
    assert factor is not None
    assert factor.power == -3
    factor = factor_between(yen, yen)
    assert factor is not None
    assert (factor.power, factor.holds, factor.value) == (0, factor.of, 1)


def test_other_figures_have_no_factor() -> None:
    assert factor_between(decimals(AMOUNTS), decimals(AMOUNTS[1:] + AMOUNTS[:1])) is None
    assert factor_between(decimals([1, 2]), decimals([1, 2])) is None


def test_a_column_of_another_size_than_its_like_is_doubted() -> None:
    years = [decimals([value + at for value in AMOUNTS]) for at in range(4)]
    columns = [
        NumberColumn(f"c{at}", f"令和{at}年度 決算額", values, f"令和{at}年度")
        for at, values in enumerate(years)
    ]
    assert list(unit_doubts(columns)) == []
    slip = tuple(None if value is None else value * 1000 for value in years[2])
    columns[2] = NumberColumn("c2", columns[2].heading, slip, columns[2].group)
    (doubt,) = unit_doubts(columns)
    assert (doubt.key, doubt.factor.power) == ("c2", 3)


@pytest.mark.parametrize("mode", MODE_NAMES)
@given(st.lists(st.tuples(st.integers(-999, 999), st.integers(1, 99)), min_size=1, max_size=30))
def test_a_mode_that_computed_all_rows_holds_in_all(
    mode: Rounding, pairs: list[tuple[int, int]]
) -> None:
    rows: list[Computed] = []
    for row, (above, below) in enumerate(pairs):
        printed = shown(Fraction(above, below), mode, Decimal(10))
        rows.append(Computed(row, int(printed), above, below))
    result = best_rounding(rows, 10)
    assert all(result.answers)
    assert mode in result.modes or result.modes == ("exact",)


@given(st.lists(st.integers(-5, 5), min_size=3, max_size=3), st.integers(-3, 3))
def test_a_basis_knows_what_follows_from_it(signs: list[int], by: int) -> None:
    basis = Basis()
    first = {0: 1, 1: -1, 2: signs[0] or 1}
    second = {1: 1, 3: signs[1] or 1, 4: signs[2] or 1}
    assert basis.add(first)
    assert basis.add(second)
    both = {at: first.get(at, 0) + by * second.get(at, 0) for at in range(5)}
    assert not basis.add(both)
    assert basis.reduced({5: 1}) == {5: 1}
