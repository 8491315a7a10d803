"""Arithmetic of intervals, tried on all of a small grid: points and intervals with ends open or
closed, below, at and above zero. What comes out is held against single numbers taken from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, product
from typing import Final

import pytest

from auditor.records.figures import (
    MODES,
    Answer,
    Interval,
    Quantity,
    Rounding,
    absolute,
    add,
    agreed,
    at_most,
    base_units,
    divide,
    ends,
    equal,
    greatest,
    least,
    less,
    meet,
    middle,
    multiply,
    negate,
    shown,
    spread,
)

GRID: Final = (-2, -1, 0, 3)
NEAR: Final = Fraction(1, 1_000)
"""How near to an open end a number is taken; no product of two such is as far off as a step."""


def _intervals(grid: tuple[int, ...]) -> Iterator[Quantity]:
    yield from grid
    for (lo, hi), lo_open, hi_open in product(combinations(grid, 2), (False, True), (False, True)):
        yield Interval(lo, hi, lo_open, hi_open)


ALL: Final = tuple(_intervals(GRID))
SMALL: Final = tuple(_intervals((0, 1, 2)))
QUARTERS: Final = tuple(Fraction(number, 4) for number in range(-1, 10))


def numbers(value: Quantity) -> list[Fraction]:
    """The least and greatest numbers of a quantity, as nearly as it has them, and 0."""
    span = ends(value)
    lo = span.lo + (NEAR if span.lo_open else 0)
    hi = span.hi - (NEAR if span.hi_open else 0)
    return [Fraction(lo), Fraction(hi), *([Fraction(0)] if span.lo < 0 < span.hi else [])]


def admits(value: Quantity, number: Fraction) -> bool:
    span = ends(value)
    above = span.lo < number or (span.lo == number and not span.lo_open)
    return above and (number < span.hi or (number == span.hi and not span.hi_open))


def is_hull(result: Quantity, values: list[Fraction]) -> bool:
    """Whether a result reaches as far as some numbers, and is open where they only come near. What
    has one value is a point.
    """
    span = ends(result)
    assert isinstance(result, Interval) == (span.lo < span.hi)
    low, high = min(values), max(values)
    step = 12 * NEAR
    return (
        span.lo <= low <= span.lo + step
        and span.hi - step <= high <= span.hi
        and span.lo_open == (low > span.lo)
        and span.hi_open == (high < span.hi)
    )


@pytest.mark.parametrize(
    ("operation", "plain"),
    [
        (add, lambda a, b: a + b),
        (multiply, lambda a, b: a * b),
        (lambda a, b: least([a, b]), min),
        (lambda a, b: greatest([a, b]), max),
    ],
)
def test_two_of_them(
    operation: Callable[[Quantity, Quantity], Quantity],
    plain: Callable[[Fraction, Fraction], Fraction],
) -> None:
    for left, right in product(ALL, ALL):
        values = [plain(a, b) for a, b in product(numbers(left), numbers(right))]
        assert is_hull(operation(left, right), values), (left, right)


def test_quotients() -> None:
    """A divisor that comes as near to zero as one likes has none."""
    for left, right in product(ALL, ALL):
        span, quotient = ends(right), divide(left, right)
        assert (quotient is None) == (span.lo <= 0 <= span.hi), (left, right)
        if quotient is not None:
            values = [a / b for a, b in product(numbers(left), numbers(right))]
            assert is_hull(quotient, values), (left, right)
    assert [type(divide(number, 2)) for number in (8, 9)] == [int, Fraction]


def test_one_of_them() -> None:
    for value in ALL:
        assert is_hull(negate(value), [-number for number in numbers(value)])
        assert is_hull(absolute(value), [abs(number) for number in numbers(value)]), value
        assert absolute(value) == value or ends(value).lo < 0
    assert [absolute(Fraction(number, 2)) for number in (-1, 1)] == [Fraction(1, 2)] * 2


def test_comparisons() -> None:
    for left, right in product(SMALL, SMALL):
        of_left, of_right = (
            [number for number in QUARTERS if admits(side, number)] for side in (left, right)
        )
        pairs = list(product(of_left, of_right))
        smaller = {a < b for a, b in pairs}
        not_larger = {a <= b for a, b in pairs}
        same = {a == b for a, b in pairs}
        assert less(left, right) is _answer(smaller), (left, right)
        assert at_most(left, right) is _answer(not_larger), (left, right)
        assert equal(left, right) is _answer(same), (left, right)
        both = [number for number in of_left if number in of_right]
        common = meet(left, right)
        assert (common is None) == (not both)
        if common is not None:
            assert isinstance(common, Interval) == (ends(common).lo < ends(common).hi)
            assert [number for number in QUARTERS if admits(common, number)] == both
            assert ends(common).lo in (ends(left).lo, ends(right).lo)
            assert ends(common).hi in (ends(left).hi, ends(right).hi)


def _answer(answers: set[bool]) -> Answer:
    if len(answers) == 2:
        return Answer.MAY
    return Answer.YES if True in answers else Answer.NO


def test_what_most_of_three_or_four_admit() -> None:
    few = [value for value in SMALL if ends(value).hi != 1 or not isinstance(value, Interval)]
    assert agreed(few[:2]) is None
    halves = Interval(Fraction(1, 2), Fraction(3, 2))
    assert agreed([halves, halves, 7]) == halves
    threes = product(SMALL, few, few)
    fours = product(few[:6], repeat=4)
    for values in chain(threes, fours):
        depths = {n: sum(admits(value, n) for value in values) for n in QUARTERS}
        best = max(depths.values())
        result = agreed(list(values))
        if best * 2 <= len(values):
            assert result is None, values
            continue
        numbers_there = [number for number, depth in depths.items() if depth == best]
        assert result is not None, values
        span = ends(result)
        assert isinstance(result, Interval) == (span.lo < span.hi)
        step = Fraction(1, 4)
        assert span.lo + (step if span.lo_open else 0) == numbers_there[0], values
        assert span.hi - (step if span.hi_open else 0) == numbers_there[-1], values


STANDS_FOR: Final[Mapping[Rounding, Callable[[Fraction, int], bool]]] = {
    "exact": lambda value, printed: value == printed,
    "half_up": lambda value, printed: printed == int(abs(value) + Fraction(1, 2)) * _sign(value),
    "nearest": lambda value, printed: abs(value - printed) <= Fraction(1, 2),
    "truncate": lambda value, printed: printed == int(value),
    "up": lambda value, printed: printed == -(-abs(value) // 1) * _sign(value),
    "floor": lambda value, printed: printed == value // 1,
}
EITHER: Final = ("half_up", "truncate")


def _sign(value: Fraction) -> int:
    return -1 if value < 0 else 1


def _may_print(rounding: Rounding, value: Fraction, printed: int) -> bool:
    if rounding == "either":
        return any(STANDS_FOR[one](value, printed) for one in EITHER)
    return STANDS_FOR[rounding](value, printed)


@pytest.mark.parametrize("rounding", MODES)
def test_a_printed_figure_stands_for_the_values_that_print_as_it(rounding: Rounding) -> None:
    values = [Fraction(eighths, 8) for eighths in range(-40, 41)]
    for printed in range(-3, 4):
        there = spread(Decimal(printed), rounding)
        around = add(printed, MODES[rounding].around((printed > 0) - (printed < 0)))
        assert around == there
        stands_for = [value for value in values if _may_print(rounding, value, printed)]
        assert [value for value in values if admits(there, value)] == stands_for
        assert isinstance(there, Interval) == (len(stands_for) > 1)


@pytest.mark.parametrize("rounding", MODES)
def test_a_value_is_shown_as_one_of_the_figures_that_stand_for_it(rounding: Rounding) -> None:
    for eighths in range(-40, 41):
        value = Fraction(eighths, 8)
        printed = shown(value, rounding, Decimal(1))
        if rounding == "exact":
            assert printed == value
        else:
            assert printed == int(printed)
            assert _may_print(rounding, value, int(printed))
    halves = {"half_up": 3, "nearest": 3, "truncate": 2, "either": 3, "up": 3, "floor": 2}
    if rounding in halves:
        assert shown(Fraction(5, 2), rounding, Decimal(1)) == halves[rounding]


def test_steps_and_units_widen_what_a_figure_stands_for() -> None:
    for factor, unit in ((Decimal(1_000), 1_000), (Decimal("0.5"), Fraction(1, 2))):
        there = spread(Decimal("12.5"), "half_up", Decimal("0.5"), factor)
        edges = Fraction(49, 4) * unit, Fraction(51, 4) * unit
        assert there == Interval(*edges, lo_open=False, hi_open=True)
        assert type(base_units(Decimal(4), factor)) is int
        assert base_units(Decimal(5), factor) == 5 * unit
    assert spread(Decimal("12.5"), "exact", Decimal(1), Decimal(1_000)) == 12_500
    assert shown(Fraction(1, 3), "exact", Decimal(1)) == Decimal("0.33")
    assert shown(Fraction(1, 3), "exact", Decimal("0.001")) == Decimal("0.333")
    assert shown(Fraction(355), "half_up", Decimal(10)) == 360
    assert middle(Interval(1, 2)) == Fraction(3, 2)
    assert [type(middle(value)) for value in (7, Interval(1, 3))] == [int, int]
