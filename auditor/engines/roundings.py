"""Printed values as the intervals that they stand for, in columns."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import narwhals as nw

from auditor.forms.model import FieldDefinition
from auditor.formula.columns.values import Ends, Mask, NotColumnar, Num, Whole
from auditor.records import figures

__all__ = ["is_decimal", "rounded"]


def is_decimal(factor: Decimal) -> bool:
    """Whether dividing by it ends: only then do base units stand for a printed decimal."""
    numerator = Fraction(factor).numerator
    for prime in (2, 5):
        while numerator % prime == 0:
            numerator //= prime
    return numerator == 1


def rounded(point: Whole, definition: FieldDefinition, step: Fraction) -> Num:
    """The interval that a printed value stands for; its ends are whole numbers on a scale fine
    enough.
    """
    mode = figures.MODES[definition.rounding]
    around = [figures.ends(mode.around(sign)) for sign in _signs(point.least)]
    if all(span.lo == span.hi for span in around):
        return point
    ends = [*(span.lo for span in around), *(span.hi for span in around)]
    finer = math.lcm(point.scale, *((end * step).denominator for end in ends))
    if finer > 10**12:
        raise NotColumnar("a very fine step", "非常に細かい単位の数値")
    factor = finer // point.scale
    value = point.lo if factor == 1 else point.lo * factor
    below = [int(span.lo * step * finer) for span in around]
    above = [int(span.hi * step * finer) for span in around]
    return Whole(
        lo=_moved(value, *below),
        hi=_moved(value, *above),
        scale=finer,
        bound=point.bound * factor + max(map(abs, (*below, *above))),
        missing=point.missing,
        least=point.least * factor + min(below),
        ends=Ends(
            _where(value, *(span.lo_open for span in around)),
            _where(value, *(span.hi_open for span in around)),
        ),
        wide=all(span.lo < span.hi for span in around),
    )


def _signs(least: int) -> tuple[int, int, int]:
    """The signs of figures below 0, of 0 and of those above; where no figure is below ``least``,
    signs that none has stand for the nearest that some have, so that no row is asked for its own.
    """
    if least > 0:
        return 1, 1, 1
    return (0, 0, 1) if least == 0 else (-1, 0, 1)


def _moved(value: nw.Expr, negative: int, zero: int, positive: int) -> nw.Expr:
    """Values moved by what their sign says."""
    if negative == zero == positive:
        return value + zero if zero else value
    otherwise = nw.lit(zero, nw.Int64)
    if negative != zero:
        otherwise = nw.when(value < 0).then(nw.lit(negative, nw.Int64)).otherwise(otherwise)
    if positive != zero:
        otherwise = nw.when(value > 0).then(nw.lit(positive, nw.Int64)).otherwise(otherwise)
    return value + otherwise


def _where(value: nw.Expr, negative: bool, zero: bool, positive: bool) -> Mask:
    """Where a value's sign is one of those for which something holds."""
    if negative == zero == positive:
        return zero
    if negative == zero:
        where = value > 0 if positive else value <= 0
    elif zero == positive:
        where = value < 0 if negative else value >= 0
    else:
        where = value == 0 if zero else value != 0
    return where.fill_null(False)
