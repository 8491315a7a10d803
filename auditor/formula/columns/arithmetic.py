"""Arithmetic on columns: exact in 64 bits where it can be, else enclosed by floats.

A ``Whole`` is a whole number of ``1 / scale``. Sums bring both sides on one scale, products
multiply the scales, and ``bound`` says how far from 0 a value may be: as long as the result is
sure to fit 64 bits it stays exact. Otherwise floats enclose it, every step rounded outwards.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import narwhals as nw

from auditor.formula.columns.values import (
    EXACT,
    FITS,
    Ends,
    Mask,
    Missing,
    Num,
    Ratio,
    Real,
    Whole,
    both,
    certain,
    either,
    missing_together,
    on_one_scale,
    opposite,
    rounded_down,
    rounded_up,
)

__all__ = [
    "absolute",
    "added",
    "blank_as_zero",
    "by_end",
    "divided",
    "multiplied",
    "negated",
    "row_sum",
]


def negated(value: Num) -> Num:
    if isinstance(value, Ratio):
        value = value.real
    if isinstance(value, Whole):
        hi = -value.lo
        ends = value.ends and Ends(value.ends.hi, value.ends.lo)
        return Whole(
            hi if value.point else -value.hi,
            hi,
            value.scale,
            value.bound,
            value.missing,
            ends=ends,
            wide=value.wide,
        )
    return Real(-value.hi_u, -value.hi_d, -value.lo_u, -value.lo_d, value.missing)


def added(a: Num, b: Num) -> Num:
    missing = missing_together((a, b))
    aligned = on_one_scale((a, b))
    if aligned and aligned[0].bound + aligned[1].bound <= FITS:
        x, y = aligned
        lo = x.lo + y.lo
        hi = lo if x.point and y.point else x.hi + y.hi
        ends = (
            x.open and y.open and Ends(either(x.open.lo, y.open.lo), either(x.open.hi, y.open.hi))
        )
        return Whole(
            lo,
            hi,
            x.scale,
            x.bound + y.bound,
            missing,
            min(x.least, y.least),
            ends,
            x.wide or y.wide,
        )
    r, s = a.real, b.real
    return Real(
        rounded_down(r.lo_d + s.lo_d),
        rounded_up(r.lo_u + s.lo_u),
        rounded_down(r.hi_d + s.hi_d),
        rounded_up(r.hi_u + s.hi_u),
        missing,
    )


def multiplied(a: Num, b: Num) -> Num:
    if not a.point and b.point:
        a, b = b, a
    missing = missing_together((a, b))
    if isinstance(a, Whole) and a.point:
        return _exact_product(a, b, missing) or _product(a, b, missing)
    return _product(a, b, missing)


def _exact_product(a: Whole, b: Num, missing: Missing) -> Num | None:
    """A point times anything, where it can be exact or close to it; None where it can't."""
    if isinstance(b, Whole) and a.bound * b.bound <= FITS:
        if not b.point:
            return replace(_times(a, b), missing=missing)
        product = a.lo * b.lo
        least = min(a.least, b.least)
        return Whole(product, product, a.scale * b.scale, a.bound * b.bound, missing, least)
    if isinstance(b, Ratio) and a.bound * b.over.bound <= EXACT:
        under = b.under if a.least >= 0 else _swapped(b.under, certain(a.lo < 0))
        return Ratio(_times(a, b.over), under, missing)
    if a.least < 0 or a.bound > EXACT:
        return None
    # The factor is exact as a float and not negative: it keeps the order of the ends.
    factor, y = a.lo.cast(nw.Float64), b.real

    def scaled(end: nw.Expr) -> nw.Expr:
        return factor * end / a.scale if a.scale > 1 else factor * end

    return Real(
        rounded_down(scaled(y.lo_d)),
        rounded_up(scaled(y.lo_u)),
        rounded_down(scaled(y.hi_d)),
        rounded_up(scaled(y.hi_u)),
        missing,
    )


def _product(a: Num, b: Num, missing: Missing) -> Real:
    """A product of enclosures. The judge takes intervals of either sign; here only what is not
    negative is worth the work, and other rows are left open.
    """
    x, y = a.real, b.real
    negative = certain(x.lo_d < 0)
    if not a.point:
        negative = cast(nw.Expr, either(negative, certain(y.lo_d < 0)))
    undecided = either(missing.open, both(negative, opposite(missing.unknown)))
    missing = Missing(False, missing.unknown, undecided)
    if not a.point:
        return Real(
            rounded_down(x.lo_d * y.lo_d),
            rounded_up(x.lo_u * y.lo_u),
            rounded_down(x.hi_d * y.hi_d),
            rounded_up(x.hi_u * y.hi_u),
            missing,
        )
    # The other side may have any sign: its ends keep their order under a factor above 0.
    return Real(
        rounded_down(nw.min_horizontal(x.lo_d * y.lo_d, x.hi_u * y.lo_d)),
        rounded_up(nw.max_horizontal(x.lo_d * y.lo_u, x.hi_u * y.lo_u)),
        rounded_down(nw.min_horizontal(x.lo_d * y.hi_d, x.hi_u * y.hi_d)),
        rounded_up(nw.max_horizontal(x.lo_d * y.hi_u, x.hi_u * y.hi_u)),
        missing,
    )


def _times(factor: Whole, value: Whole) -> Whole:
    """The interval times a point; where that is 0, a point is left of it."""
    if factor.least < 0:
        value = _swapped(value, certain(factor.lo < 0))
    lo = factor.lo * value.lo
    hi = lo if value.point else factor.lo * value.hi
    ends, wide, least = value.ends, value.wide, min(factor.least, value.least)
    if factor.least <= 0:
        there = certain(factor.lo != 0)
        ends, wide = ends and Ends(both(ends.lo, there), both(ends.hi, there)), False
    return Whole(
        lo,
        hi,
        factor.scale * value.scale,
        factor.bound * value.bound,
        value.missing,
        least,
        ends,
        wide,
    )


def _swapped(value: Whole, turned: nw.Expr) -> Whole:
    """The same with its ends exchanged in some rows."""
    if value.point:
        return value

    def chosen(end: Mask, other: Mask) -> Mask:
        return end if end is other else either(both(end, ~turned), both(other, turned))

    lo, hi = (
        nw.when(turned).then(other).otherwise(end)
        for end, other in ((value.lo, value.hi), (value.hi, value.lo))
    )
    ends = value.ends and Ends(
        chosen(value.ends.lo, value.ends.hi), chosen(value.ends.hi, value.ends.lo)
    )
    return replace(value, lo=lo, hi=hi, ends=ends)


def _turned(a: Whole, b: Whole) -> tuple[Whole, Whole]:
    """Dividend and divisor with their signs changed where the divisor, a point, is below 0."""
    negative = certain(b.lo < 0)
    swapped = _swapped(a, negative)
    lo = nw.when(negative).then(-swapped.lo).otherwise(swapped.lo)
    hi = lo if a.point else nw.when(negative).then(-swapped.hi).otherwise(swapped.hi)
    divisor = b.lo.abs()
    return replace(swapped, lo=lo, hi=hi, least=-1), Whole(
        divisor, divisor, b.scale, b.bound, b.missing, 0
    )


def divided(a: Num, b: Num) -> Num:
    """A quotient. A divisor that is or may be 0 makes it unknown; one that is not surely above 0
    leaves the row open.
    """
    missing = missing_together((a, b))
    if isinstance(a, Whole) and isinstance(b, Whole) and b.point and _are_exact(a, b):
        return _exact_quotient(a, b, missing)
    return _quotient(a, b, missing)


def _are_exact(*values: Whole) -> bool:
    """Whether all are exact as floats."""
    return all(value.bound <= EXACT for value in values)


def _exact_quotient(a: Whole, b: Whole, missing: Missing) -> Ratio:
    """A quotient that is not worked out: comparisons multiply by the divisor instead."""
    zero: Mask = certain(b.lo == 0) if b.least <= 0 else False
    unknown = either(missing.unknown, both(zero, opposite(missing.open)))
    over, under = (a, b) if b.least >= 0 else _turned(a, b)
    return Ratio(over, under, Missing(False, unknown, missing.open))


def _quotient(a: Num, b: Num, missing: Missing) -> Real:
    """A quotient of enclosures, where the divisor is surely above 0."""
    x, y = a.real, b.real
    exact = isinstance(b, Whole) and b.point
    zero: Mask
    if isinstance(b, Whole) and b.point:
        zero = certain(b.lo == 0)
    else:
        zero = both(certain(y.lo_u <= 0), certain(y.hi_d >= 0))
    unknown = either(missing.unknown, both(zero, opposite(missing.open)))
    above = certain(y.lo_d > 0)
    undecided = both(either(missing.open, opposite(above)), opposite(unknown))
    missing = Missing(False, unknown, undecided)

    def over(value: nw.Expr) -> nw.Expr:  # no engine may meet a division by 0
        return nw.when(above).then(value)

    least, most = (over(y.lo_d), over(y.lo_u)), (over(y.hi_d), over(y.hi_u))
    if exact:  # both ends are divided by the one divisor
        least = most = (least[0], most[1])

    def lowest(end: nw.Expr, divisor: tuple[nw.Expr, nw.Expr]) -> nw.Expr:
        return nw.min_horizontal(end / divisor[0], end / divisor[1])

    def highest(end: nw.Expr, divisor: tuple[nw.Expr, nw.Expr]) -> nw.Expr:
        return nw.max_horizontal(end / divisor[0], end / divisor[1])

    if exact:
        return Real(
            rounded_down(lowest(x.lo_d, least)),
            rounded_up(highest(x.lo_u, least)),
            rounded_down(lowest(x.hi_d, least)),
            rounded_up(highest(x.hi_u, least)),
            missing,
        )
    return Real(
        rounded_down(nw.min_horizontal(lowest(x.lo_d, least), lowest(x.lo_d, most))),
        rounded_up(nw.min_horizontal(highest(x.lo_u, least), highest(x.lo_u, most))),
        rounded_down(nw.max_horizontal(lowest(x.hi_d, least), lowest(x.hi_d, most))),
        rounded_up(nw.max_horizontal(highest(x.hi_u, least), highest(x.hi_u, most))),
        missing,
    )


def blank_as_zero(value: Num) -> Num:
    missing = Missing(False, value.missing.unknown, value.missing.open)
    if value.missing.blank is False:
        return replace(value, missing=missing)
    if isinstance(value, Whole):
        lo, there = value.lo.fill_null(0), opposite(value.missing.blank)
        hi = lo if value.point else value.hi.fill_null(0)
        ends = value.ends and Ends(both(value.ends.lo, there), both(value.ends.hi, there))
        return Whole(lo, hi, value.scale, value.bound, missing, min(value.least, 0), ends)
    return by_end(
        [value.real],
        lambda ends: ends[0].fill_null(0.0),
        lambda ends: ends[0].fill_null(0.0),
        missing,
    )


def absolute(value: Num) -> Num:
    missing = Missing(False, either(value.missing.blank, value.missing.unknown), value.missing.open)
    if isinstance(value, Whole) and value.point:
        point = value.lo.abs()
        return Whole(point, point, value.scale, value.bound, missing)
    value = value.real if isinstance(value, Ratio) else value
    across = opposite(
        certain(value.lo >= 0) if isinstance(value, Whole) else certain(value.lo_d >= 0)
    )
    # An interval across 0 would be turned over at 0: the judge does that.
    undecided = Missing(
        False, missing.unknown, either(missing.open, both(across, opposite(missing.unknown)))
    )
    if isinstance(value, Whole):
        return Whole(value.lo, value.hi, value.scale, value.bound, undecided)
    return Real(value.lo_d, value.lo_u, value.hi_d, value.hi_u, undecided)


def by_end(
    values: Sequence[Real],
    lower: Callable[[list[nw.Expr]], nw.Expr],
    upper: Callable[[list[nw.Expr]], nw.Expr],
    missing: Missing,
) -> Real:
    """What two functions make of the lower and of the upper enclosures of each end."""
    return Real(
        lower([value.lo_d for value in values]),
        upper([value.lo_u for value in values]),
        lower([value.hi_d for value in values]),
        upper([value.hi_u for value in values]),
        missing,
    )


def row_sum(values: Sequence[nw.Expr], blank: int) -> nw.Expr:
    return functools.reduce(lambda a, b: a + b, (value.fill_null(blank) for value in values))
