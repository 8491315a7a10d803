"""Figures: what is read as a number, what a printed figure stands for, and arithmetic over
intervals against brute force.
"""

from __future__ import annotations

import itertools
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)
from fractions import Fraction
from typing import get_args
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records import figures
from auditor.records.figures import (
    MODES,
    Answer,
    Interval,
    Mode,
    Quantity,
    Rounding,
    Towards,
    parse_figure,
    shown,
    spread,
)
from auditor.testing.strategies import ROUNDINGS, printed_numbers

HAIR = Fraction(1, 10**9)


def holds(quantity: Quantity | None, value: Fraction) -> bool:
    """Whether a value lies in a set."""
    if quantity is None:
        return False
    if not isinstance(quantity, Interval):
        return quantity == value
    above = value > quantity.lo or (value == quantity.lo and not quantity.lo_open)
    return above and (value < quantity.hi or (value == quantity.hi and not quantity.hi_open))


# — reading —


@given(printed_numbers())
def test_a_printed_number_is_read_exactly(printed: tuple[str, Decimal]) -> None:
    text, value = printed
    figure = parse_figure(f"　{text} ")
    assert (figure.state, figure.value, figure.printed) == ("number", value, text)
    assert not (figure.value == 0 and figure.value.is_signed())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("△ 39,168", "-39168"),
        ("▲5", "-5"),
        ("－５", "-5"),
        ("(1,234)", "-1234"),
        ("１0,717", "10717"),
        ("+3.5", "3.5"),
        ("△0", "0"),
        ("0.0", "0.0"),
        ("¥ 6,354", "6354"),
        ("￥△6,354", "-6354"),
        ("△¥5", "-5"),
        ("(\\5)", "-5"),
    ],
)
def test_signs_and_widths(text: str, value: str) -> None:
    assert parse_figure(text).value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "1,00",
        "①10",
        "12,345①",
        "1²",
        "####",
        "#DIV/0!",
        "1,2345",
        ",5",
        "5,",
        "1.",
        ".5",
        "5-",
        "1△2",
        "△△5",
        "¥¥5",
        "¥△¥5",
        "¥",
        "(5",
        "皆増",
        "1 234",
        "NaN",
        "1e5",
        "Infinity",
        "٣",
        "9" * 41,
    ],
)
def test_what_is_no_plain_number_stays_text(text: str) -> None:
    figure = parse_figure(text)
    assert (figure.state, figure.value, figure.printed) == ("text", None, text)


@pytest.mark.parametrize("text", ["-", "－", "ー", "―", "--", "−"])
def test_a_dash_is_no_minus_and_no_zero(text: str) -> None:
    assert parse_figure(text).state == "dash"


@pytest.mark.parametrize("text", ["", "　", " \t\n"])
def test_white_space_is_blank(text: str) -> None:
    figure = parse_figure(text)
    assert (figure.state, figure.printed) == ("blank", "")


def test_a_known_unit_may_stand_behind() -> None:
    figure = parse_figure("1,234 千円", unit="円", units=("円", "千円"))
    assert (figure.value, figure.unit, figure.printed) == (Decimal(1234), "千円", "1,234 千円")
    assert parse_figure("1,234千円", unit="円").state == "text"
    assert parse_figure("千円", units=("千円",)).state == "text"


@given(st.text(max_size=30))
def test_nothing_is_repaired_and_nothing_raises(text: str) -> None:
    figure = parse_figure(text)
    assert (figure.value is not None) == (figure.state == "number")
    assert figure.printed in text
    assert not [
        character
        for character in text
        if not character.isspace() and not figure.printed and figure.state != "blank"
    ]


# — what a printed figure stands for —


DECIMAL_MODES: dict[Towards, str] = {
    "nearest": ROUND_HALF_UP,
    "zero": ROUND_DOWN,
    "away": ROUND_UP,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}


def prints(value: Fraction, rounding: Rounding, step: Decimal) -> set[Decimal]:
    """How a value may be printed, by decimal's own rounding; a tie of ``nearest`` may be printed
    either way, and ``either`` is half up or cut off.
    """
    if rounding == "either":
        return prints(value, "half_up", step) | prints(value, "truncate", step)
    steps = value / Fraction(step)
    if rounding == "exact":
        return {Decimal(steps.numerator) * step} if steps.denominator == 1 else set()
    if rounding == "nearest":
        near = [
            whole
            for whole in (steps.__floor__(), steps.__floor__() + 1)
            if abs(steps - whole) <= Fraction(1, 2)
        ]
        return {whole * step for whole in near}
    mode = DECIMAL_MODES[MODES[rounding].towards]
    return {
        (Decimal(steps.numerator) / Decimal(steps.denominator)).quantize(Decimal(1), mode) * step
    }


@pytest.mark.parametrize("step", [Decimal(1), Decimal("0.1"), Decimal(1000), Decimal(5)])
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_a_figure_stands_for_just_the_values_that_print_as_it(
    rounding: Rounding, step: Decimal
) -> None:
    for printed in range(-3, 4):
        stands_for = spread(printed * step, rounding, step)
        for eighths in range(-40, 41):
            value = Fraction(eighths, 8) * Fraction(step)
            assert holds(stands_for, value) == (printed * step in prints(value, rounding, step)), (
                printed,
                value,
            )


@given(
    st.integers(-(10**12), 10**12),
    st.integers(1, 10**6),
    st.sampled_from(ROUNDINGS),
    st.sampled_from(["1", "0.1", "1000", "0.25"]),
)
def test_what_a_value_is_shown_as_stands_for_it(
    numerator: int, denominator: int, rounding: Rounding, step: str
) -> None:
    value = Fraction(numerator, denominator)
    if rounding == "exact":
        value = numerator * Fraction(step)
    assert holds(spread(shown(value, rounding, Decimal(step)), rounding, Decimal(step)), value)


@pytest.mark.parametrize("towards", get_args(Towards))
@given(st.fractions())
def test_a_value_is_rounded_as_decimal_rounds_it(towards: Towards, value: Fraction) -> None:
    with localcontext(prec=1000):
        steps = Decimal(value.numerator) / Decimal(value.denominator)
        expected = steps.to_integral_value(DECIMAL_MODES[towards])
    mode = Mode(0, 0, 0, towards)
    with patch.dict(MODES, half_up=mode):  # type: ignore[arg-type]
        assert shown(value, "half_up", Decimal(1)) == expected


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.sampled_from(ROUNDINGS),
    st.sampled_from([Decimal(1), Decimal(1000)]),
)
def test_units_scale_the_whole_set(value: Decimal, rounding: Rounding, factor: Decimal) -> None:
    step = Decimal("0.01")
    small, large = (
        figures.ends(spread(value, rounding, step)),
        figures.ends(spread(value, rounding, step, factor)),
    )
    times = Fraction(factor)
    assert (small.lo * times, small.hi * times, small.lo_open, small.hi_open) == large


# — arithmetic —

SPANS: list[Quantity] = [
    *range(-2, 3),
    *(
        Interval(lo, hi, lo_open, hi_open)
        for lo in range(-2, 3)
        for hi in range(lo + 1, 3)
        for lo_open in (False, True)
        for hi_open in (False, True)
    ),
]


def tried(quantity: Quantity) -> list[Fraction]:
    """Values that reach the ends of a set: the ends themselves, or a hair inside them, and the
    middle.
    """
    if not isinstance(quantity, Interval):
        return [Fraction(quantity)]
    lo, hi = (
        quantity.lo + (HAIR if quantity.lo_open else 0),
        quantity.hi - (HAIR if quantity.hi_open else 0),
    )
    zero = [Fraction(0)] if lo <= 0 <= hi else []
    return [Fraction(lo), Fraction(hi), Fraction(lo + hi) / 2, *zero]


def just(result: Quantity, values: list[Fraction]) -> bool:
    """Whether the result holds all the values and its ends are those of the values."""
    span = figures.ends(result)
    least, most = min(values), max(values)
    tight = abs(span.lo - least) < 100 * HAIR and abs(span.hi - most) < 100 * HAIR
    exact = (least == span.lo) != span.lo_open and (most == span.hi) != span.hi_open
    return all(holds(result, value) for value in values) and tight and exact


def test_sums_products_and_quotients_are_neither_too_wide_nor_too_narrow() -> None:
    for left, right in itertools.product(SPANS, SPANS):
        pairs = list(itertools.product(tried(left), tried(right)))
        assert just(figures.add(left, right), [a + b for a, b in pairs]), (left, right)
        assert just(figures.multiply(left, right), [a * b for a, b in pairs]), (left, right)
        quotient = figures.divide(left, right)
        span = figures.ends(right)
        if span.lo <= 0 <= span.hi:
            assert quotient is None
        else:
            assert quotient is not None
            assert just(quotient, [a / b for a, b in pairs]), (left, right)


def test_minus_and_magnitude() -> None:
    for span in SPANS:
        assert just(figures.negate(span), [-value for value in tried(span)])
        assert just(figures.absolute(span), [abs(value) for value in tried(span)]), span


def test_least_and_greatest() -> None:
    for left, right in itertools.product(SPANS, SPANS):
        pairs = list(itertools.product(tried(left), tried(right)))
        assert just(figures.least([left, right]), [min(pair) for pair in pairs]), (left, right)
        assert just(figures.greatest([left, right]), [max(pair) for pair in pairs]), (left, right)


def test_comparisons() -> None:
    for left, right in itertools.product(SPANS, SPANS):
        pairs = list(itertools.product(tried(left), tried(right)))
        less = [a < b for a, b in pairs]
        at_most = [a <= b for a, b in pairs]
        gaps = [a - b for a, b in pairs]
        for answer, found in (
            (figures.less(left, right), less),
            (figures.at_most(left, right), at_most),
        ):
            assert answer is (
                Answer.YES if all(found) else Answer.MAY if any(found) else Answer.NO
            ), (left, right)
        same = (
            Answer.YES
            if set(gaps) == {0}
            else Answer.MAY
            if min(gaps) <= 0 <= max(gaps)
            else Answer.NO
        )
        assert figures.equal(left, right) is same, (left, right)


def test_what_both_admit() -> None:
    for left, right in itertools.product(SPANS, SPANS):
        both = figures.meet(left, right)
        for value in {*tried(left), *tried(right)}:
            assert holds(both, value) == (holds(left, value) and holds(right, value)), (
                left,
                right,
                value,
            )


@given(st.lists(st.sampled_from(SPANS), max_size=7))
def test_agreed_is_what_most_admit(spans: list[Quantity]) -> None:
    ends = sorted({end for span in spans for end in (figures.ends(span).lo, figures.ends(span).hi)})
    places = [place + shift for place in ends for shift in (-HAIR, Fraction(0), HAIR)]
    depths = [sum(holds(span, place) for span in spans) for place in places]
    best = max(depths, default=0)
    agreed = figures.agreed(spans)
    if len(spans) < 3 or best * 2 <= len(spans):
        assert agreed is None
        return
    assert agreed is not None
    first, last = depths.index(best), len(depths) - 1 - depths[::-1].index(best)
    for index, place in enumerate(places):
        assert holds(agreed, place) == (first <= index <= last), (agreed, place)


@pytest.mark.parametrize("left", Answer)
@pytest.mark.parametrize("right", Answer)
def test_not_swaps_yes_and_no_and_nothing_else(left: Answer, right: Answer) -> None:
    assert left.negated().negated() is left
    assert (left.negated() is left) == (left in (Answer.MAY, Answer.UNKNOWN))
    assert (min(left, right) is Answer.NO) == (max(left.negated(), right.negated()) is Answer.YES)


@pytest.mark.parametrize("sign", ["△", "▲", "Δ", "∆", "▵", "▴", "−", "‑", "–"])
@pytest.mark.parametrize("space", ["", " ", "\u3000"])
@given(value=st.integers(1, 10**9))
def test_what_looks_like_a_minus_is_one(sign: str, space: str, value: int) -> None:
    assert parse_figure(f"{sign}{space}{value:,}").value == -value


@pytest.mark.parametrize("separator", ["\u00a0", "\u2009", "\u202f", "､"])
@given(value=st.integers(1_000, 10**12))
def test_thousands_may_be_parted_by_what_looks_like_a_comma_or_a_thin_space(
    separator: str, value: int
) -> None:
    assert parse_figure(f"{value:,}".replace(",", separator)).value == value
    assert parse_figure(f"12{separator}34").state == "text"
    assert parse_figure("12 345").state == "text"
