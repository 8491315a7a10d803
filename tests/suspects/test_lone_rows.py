"""Suspects of rows without years, as tables of other domains have them: exchanged cells under any
formula, bounds, blank parts, roundings, shares, signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.rules.causes import Cause
from tests.suspects.listed_grants import PARTS, Printed, causes_of, corrections

SUM = 'total == sum(group("parts"))'
RATE = "rate == grant / total * 100"


def causes(
    printed: Printed, formulas: Sequence[str], groups: Mapping[str, Sequence[str]] = PARTS
) -> Sequence[Cause]:
    """The causes of the findings on one row."""
    return causes_of({"Bridge": printed}, formulas, groups)


def cause(*of: Any) -> Cause:
    """The only cause."""
    (only,) = causes(*of)
    return only


def test_an_exchange_that_meets_every_broken_rule_comes_first() -> None:
    printed = {"grant": 10426264, "total": 3749029, "rate": "36.0"}
    found = cause(printed, [RATE, "grant <= total"], {})
    assert len(found.findings) == 2
    assert corrections(found)[0] == ("cells-swapped", {"total": 10426264, "grant": 3749029})


@settings(max_examples=25)
@given(st.integers(1000, 99999), st.integers(1000, 99999), st.integers(1000, 99999))
def test_a_divisor_that_changed_places_with_a_cell_of_no_broken_rule_is_found(
    total: int, grant: int, spent: int
) -> None:
    rate, wrong = (Decimal((2000 * grant + of) // (2 * of)) / 10 for of in (total, spent))
    assume(abs(rate - wrong) > 1 and len({total, grant, spent}) == 3)
    printed = {"total": spent, "grant": grant, "spent": total, "rate": str(rate)}
    exchange = ("cells-swapped", {"total": Decimal(total), "spent": Decimal(spent)})
    assert exchange in corrections(cause(printed, [RATE], {}))


def test_bounds_in_a_row_that_no_single_cell_meets_tell_of_an_exchange() -> None:
    printed = {"least": 90, "likely": 50, "most": 10}
    for formulas in (["least <= likely", "likely <= most"], ["least <= likely <= most"]):
        slip, values = corrections(cause(printed, formulas, {}))[0]
        assert (slip, values) == ("cells-swapped", {"least": 10, "most": 90})


@settings(max_examples=25)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.booleans())
def test_a_bound_names_no_value_whatever_else_is_broken(
    budget: int, over: int, sum_is_off: bool
) -> None:
    printed = {
        "budget": budget,
        "initial": budget + 1000 * sum_is_off,
        "reserve": 0,
        "spent": budget + over,
    }
    formulas = ['budget == sum(group("parts"))', "spent <= budget"]
    found = causes(printed, formulas, {"parts": ["initial", "reserve"]})
    assert len(found) == 1 + sum_is_off or corrections(found[0])[0][1].keys() == {"budget"}
    for each in found:
        slip, values = corrections(each)[0]
        assert "spent" not in values or slip == "out-of-bounds"
        assert values.get("spent") is None


@pytest.mark.parametrize("rate", [None, "33.3"])
@pytest.mark.parametrize(("grant", "public"), [(3, 3), (3, 2)])
def test_a_blank_part_with_a_plausible_amount_is_no_less_likely_than_a_digit(
    grant: int, public: int, rate: str | None
) -> None:
    million = 10**6
    printed = {
        "total": 9 * million,
        "grant": grant * million,
        "public": public * million,
        "private": None,
        "rate": rate,
    }
    found = cause(printed, [SUM, RATE])
    missing = Decimal(9 - grant - public) * million
    assert corrections(found)[0] == ("left-blank", {"private": missing})


def test_a_blank_part_yields_to_a_slip_that_explains_all_digits() -> None:
    printed = {"total": 48213, "grant": 20031, "public": 27282, "private": None}
    found = corrections(cause(printed, [SUM]))
    assert found[0] == ("digit-mistyped", {"grant": 20931})
    assert ("left-blank", {"private": 900}) in found


@settings(max_examples=25)
@given(st.lists(st.integers(100, 10**7), min_size=3, max_size=3), st.sampled_from([1, -1]))
def test_a_difference_of_one_is_a_rounding(parts: list[int], off: int) -> None:
    printed = dict(zip(("grant", "public", "private"), parts, strict=True))
    found = cause({"total": sum(parts) + off, **printed}, [SUM])
    assert {slip for slip, _ in corrections(found)} == {"rounding-not-adjusted"}
    assert found.certainty == "open"


@pytest.mark.parametrize(
    ("printed", "corrected"), [("0.6", "60.0"), ("0.60", "60.0"), ("6000", "60.0")]
)
def test_a_share_where_a_percentage_belongs_is_called_one(printed: str, corrected: str) -> None:
    found = cause({"total": 100, "grant": 60, "rate": printed}, [RATE], {})
    assert corrections(found)[0] == ("share-for-percentage", {"rate": Decimal(corrected)})


def test_a_share_that_was_rounded_is_one_of_the_percentage() -> None:
    found = cause({"total": 3, "grant": 2, "rate": "0.667"}, [RATE], {})
    assert corrections(found)[0] == ("share-for-percentage", {"rate": Decimal("66.7")})


NEGATIVE = {"total": 10**6, "grant": 500000, "public": 1200000, "private": 300, "rate": "50.0"}


def test_a_value_below_zero_is_not_proposed_where_nothing_says_it_may_be() -> None:
    found = cause(NEGATIVE, [SUM, RATE])
    assert found.certainty == "open"
    assert all(value is None or value >= 0 for value in corrections(found)[0][1].values())


@pytest.mark.parametrize(
    "stated", [{"not_negative": ["total", "public", "private"]}, {"negative_allowed": []}]
)
def test_a_value_that_the_form_calls_impossible_is_not_proposed(
    stated: dict[str, Sequence[str]],
) -> None:
    for _, values in corrections(cause(NEGATIVE, [SUM, RATE], {**PARTS, **stated})):
        assert all(value is None or value >= 0 for value in values.values())


def test_a_value_below_zero_is_proposed_where_the_form_allows_it() -> None:
    found = cause(NEGATIVE, [SUM, RATE], {**PARTS, "negative_allowed": ["private"]})
    assert corrections(found)[0] == ("arbitrary", {"private": Decimal(-700000)})
