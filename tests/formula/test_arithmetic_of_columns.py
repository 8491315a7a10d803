"""Arithmetic on columns, held against fractions: what is exact is, and what is enclosed lies in its
enclosure, which is hardly wider than it has to be.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple, cast

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.formula.columns.arithmetic import absolute, added, divided, multiplied, negated
from auditor.formula.columns.numbers import call_columns
from auditor.formula.columns.values import (
    EXACT,
    FITS,
    Columns,
    Missing,
    NotColumnar,
    Num,
    Ratio,
    Real,
    Whole,
    certain,
    expression_of,
)
from auditor.formula.functions import FUNCTIONS
from auditor.formula.tree import Call
from auditor.records.text import Text

TIGHT: Final = Fraction(1, 2**46)
"""Of a number: an enclosure may be wider by this much, a few roundings."""

Span = tuple[Fraction, Fraction]


class Drawn(NamedTuple):
    """A column of numbers or intervals, with what stands in its rows."""

    name: str
    value: Whole
    rows: tuple[tuple[int, int], ...]

    @property
    def spans(self) -> list[Span]:
        scale = self.value.scale
        return [(Fraction(lo, scale), Fraction(hi, scale)) for lo, hi in self.rows]


BOUNDS: Final = (1, 9, 2**26, EXACT - 1, EXACT, EXACT + 1, 2**58, FITS)


@st.composite
def columns(draw: st.DrawFn, name: str) -> Drawn:
    """Three rows within a bound, at the bound more often than not."""
    bound = draw(st.sampled_from(BOUNDS))
    least = draw(st.sampled_from((-1, 0, 1)))
    lowest = -bound if least < 0 else min(least, bound)
    lower = max(lowest, 0)
    edges = (lowest, min(lowest + 1, bound), lower, max(bound - 1, lowest), bound)
    number = st.sampled_from(edges) | st.integers(lowest, bound)
    is_point = draw(st.booleans())
    rows = []
    for _ in range(3):
        lo = draw(number)
        rows.append((lo, lo if is_point else max(lo, draw(number))))
    low, high = nw.col(f"{name}.lo"), nw.col(f"{name}.hi")
    scale = draw(st.sampled_from((1, 1, 2, 3, 1000)))
    value = Whole(low, low if is_point else high, scale, bound, Missing(), least)
    return Drawn(name, value, tuple(rows))


def frame_of(drawn: Sequence[Drawn]) -> nw.DataFrame[pl.DataFrame]:
    columns = {
        f"{each.name}.{end}": [row[at] for row in each.rows]
        for each in drawn
        for at, end in enumerate(("lo", "hi"))
    }
    return nw.from_native(pl.DataFrame(columns, schema_overrides=dict.fromkeys(columns, pl.Int64)))


class Got(NamedTuple):
    """What a computed column says of a row; exact ends where it has them."""

    unknown: bool
    open: bool
    ends: Span | None
    enclosure: tuple[float, float, float, float]


def rows_of(result: Num, drawn: Sequence[Drawn]) -> list[Got]:
    exact: list[nw.Expr] = []
    if isinstance(result, Whole):
        exact = [result.lo, result.hi]
    elif isinstance(result, Ratio):
        exact = [result.over.lo, result.over.hi, result.under.lo, result.under.hi]
    real = result.real
    asked = [
        expression_of(result.missing.unknown),
        expression_of(real.missing.open),
        *(real.lo_d, real.lo_u, real.hi_d, real.hi_u),
        *exact,
    ]
    frame = frame_of(drawn)
    columns = [expression.alias(str(at)) for at, expression in enumerate(asked)]
    rows = frame.with_columns(*columns).select(*map(str, range(len(asked)))).to_native().rows()
    return [
        Got(bool(row[0]), bool(row[1]), _ends(result, row[6:]), tuple(row[2:6])) for row in rows
    ]


def _ends(result: Num, numbers: Sequence[int]) -> Span | None:
    if isinstance(result, Whole):
        return Fraction(numbers[0], result.scale), Fraction(numbers[1], result.scale)
    if isinstance(result, Ratio):
        over = [Fraction(number, result.over.scale) for number in numbers[:2]]
        under = [Fraction(number, result.under.scale) for number in numbers[2:]]
        if 0 in under:
            return None
        quotients = [above / below for above in over for below in under]
        return min(quotients), max(quotients)
    return None


def holds(got: Got, true: Span) -> bool:
    """Whether a row says the truth, and says it closely."""
    if got.ends is not None and got.ends != true:
        return False
    lo_d, lo_u, hi_d, hi_u = map(Fraction, got.enclosure)
    near = max(abs(true[0]), abs(true[1])) * TIGHT
    return (
        lo_d <= true[0] <= lo_u
        and hi_d <= true[1] <= hi_u
        and max(true[0] - lo_d, lo_u - true[0], true[1] - hi_d, hi_u - true[1]) <= near
    )


def stays_within(result: Num, spans: Sequence[Span]) -> bool:
    """Whether what a whole number says of all its rows is true of them."""
    if not isinstance(result, Whole):
        return True
    numbers = [end * result.scale for span in spans for end in span]
    return all(abs(number) <= result.bound for number in numbers) and (
        result.least < 0 or min(numbers) >= result.least
    )


@given(columns("a"), columns("b"))
def test_sums(a: Drawn, b: Drawn) -> None:
    result = added(a.value, b.value)
    truth = [(x[0] + y[0], x[1] + y[1]) for x, y in zip(a.spans, b.spans, strict=True)]
    rows = rows_of(result, (a, b))
    assert [(row.unknown, row.open) for row in rows] == [(False, False)] * 3
    assert all(map(holds, rows, truth))
    assert stays_within(result, truth)


@given(columns("a"), columns("b"))
def test_products(a: Drawn, b: Drawn) -> None:
    """Only products of intervals that go below 0 may be left open."""
    result = multiplied(a.value, b.value)
    truth = []
    for (x, xx), (y, yy) in zip(a.spans, b.spans, strict=True):
        products = (x * y, x * yy, xx * y, xx * yy)
        truth.append((min(products), max(products)))
    for row, true, x, y in zip(rows_of(result, (a, b)), truth, a.spans, b.spans, strict=True):
        assert not row.unknown
        assert row.open or holds(row, true)
        assert not row.open or min(x[0], y[0]) < 0
    assert isinstance(result, Real) or stays_within(result, truth)


SMALL: Final = tuple(
    (least, rows)
    for least, numbers in ((-1, (-1, 0, 1)), (0, (0, 1)), (1, (1, 2)))
    for rows in (
        tuple((number, number) for number in numbers),
        ((numbers[0], numbers[-1]), (numbers[0], numbers[0]), (numbers[-1], numbers[-1])),
    )
)


@pytest.mark.parametrize("first", SMALL)
@pytest.mark.parametrize("second", SMALL)
def test_small_products(
    first: tuple[int, tuple[tuple[int, int], ...]], second: tuple[int, tuple[tuple[int, int], ...]]
) -> None:
    """Of points and intervals below, at and above 0."""
    pairs = list(itertools.product(first[1], second[1]))
    drawn = []
    for name, (least, of), at in (("a", first, 0), ("b", second, 1)):
        low, high = nw.col(f"{name}.lo"), nw.col(f"{name}.hi")
        is_point = all(lo == hi for lo, hi in of)
        value = Whole(low, low if is_point else high, 1, 2, Missing(), least)
        drawn.append(Drawn(name, value, tuple(pair[at] for pair in pairs)))
    a, b = drawn
    result = multiplied(a.value, b.value)
    truth = []
    for (x, xx), (y, yy) in zip(a.spans, b.spans, strict=True):
        products = (x * y, x * yy, xx * y, xx * yy)
        truth.append((min(products), max(products)))
    rows = rows_of(result, drawn)
    assert all(row.open or holds(row, true) for row, true in zip(rows, truth, strict=True))
    assert stays_within(result, truth)
    if not (a.value.point or b.value.point):
        return
    assert isinstance(result, Whole)
    assert not any(row.open for row in rows)


def test_a_comparison_of_nothing_is_not_certain() -> None:
    frame = nw.from_native(pl.DataFrame({"a": [1, None, -1]}))
    mask = frame.select(certain(nw.col("a") > 0).alias("a")).to_native()
    assert mask["a"].to_list() == [True, False, False]


@pytest.mark.parametrize(
    "name", sorted(name for name, each in FUNCTIONS.items() if isinstance(each.columns, Text))
)
def test_functions_that_no_column_can_be_say_why(name: str) -> None:
    with pytest.raises(NotColumnar) as fault:
        call_columns(Call(function=name, arguments=(), at=0), cast(Columns, None))
    reason = cast(Text, FUNCTIONS[name].columns)
    assert fault.value.message.en == f"{name}(): {reason.en}"
    assert fault.value.message.ja == f"{name}()：{reason.ja}"


@given(columns("a"), columns("b"))
def test_quotients(a: Drawn, b: Drawn) -> None:
    """By what may be 0 nothing is known; only by what may be below 0 is a row left open."""
    result = divided(a.value, b.value)
    for row, x, y in zip(rows_of(result, (a, b)), a.spans, b.spans, strict=True):
        assert row.unknown == (y[0] <= 0 <= y[1])
        if row.unknown:
            continue
        assert not row.open or y[0] < 0
        quotients = [over / under for over in x for under in y]
        assert row.open or holds(row, (min(quotients), max(quotients)))


@given(columns("a"))
def test_signs(a: Drawn) -> None:
    turned, amount = negated(a.value), absolute(a.value)
    truth = [(-hi, -lo) for lo, hi in a.spans]
    assert all(map(holds, rows_of(turned, (a,)), truth))
    assert stays_within(turned, truth)
    for row, (lo, hi) in zip(rows_of(amount, (a,)), a.spans, strict=True):
        is_across = lo < 0 and not a.value.point
        assert row.open == is_across
        ends = sorted((abs(lo), abs(hi)))
        assert is_across or holds(row, (ends[0], ends[1]))


@given(columns("a"), st.sampled_from((1, 2, 3, 10, 2**20)))
def test_a_finer_scale_changes_nothing(a: Drawn, factor: int) -> None:
    finer = a.value.scaled(a.value.scale * factor)
    assert (finer is None) == (a.value.bound * factor > FITS)
    if finer is not None:
        assert finer.scale == a.value.scale * factor
        assert all(map(holds, rows_of(finer, (a,)), a.spans))
        assert stays_within(finer, a.spans)


def point(bound: int) -> Whole:
    number = nw.col("a.lo")
    return Whole(number, number, 1, bound, Missing(), 0)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (2**31, 2**31, Whole),
        (2**31, 2**31 + 1, Real),
        (EXACT, 2**20, Real),
        (1, FITS, Whole),
        (1, FITS + 1, Real),
    ],
)
def test_products_are_exact_as_long_as_they_fit(first: int, second: int, kind: type) -> None:
    assert isinstance(multiplied(point(first), point(second)), kind)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [(EXACT, EXACT, Ratio), (EXACT + 1, EXACT, Real), (EXACT, EXACT + 1, Real)],
)
def test_quotients_are_exact_as_long_as_floats_hold_both(
    first: int, second: int, kind: type
) -> None:
    assert isinstance(divided(point(first), point(second)), kind)
