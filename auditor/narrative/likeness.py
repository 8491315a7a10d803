"""Whether one number may be another one, mistyped.

Prose repeats figures of other places without saying so. Only a number that is the other one, or
looks like it, is taken for it; any other is a figure of its own.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

from auditor.narrative.quantities import RATIOS, Quantity

__all__ = ["agrees", "is_exact", "may_be_meant", "one_slip"]

_FEWEST_DIGITS: Final = 4
"""Numbers of fewer digits look like each other by chance."""

_FOLD: Final = Decimal(1000)


def is_exact(quantity: Quantity) -> bool:
    """Whether a quantity was counted out: whole units without a scale, and no ratio."""
    return not quantity.scale and quantity.counter not in RATIOS and quantity.step == 1


def agrees(quantity: Quantity, value: Decimal) -> bool:
    """Whether a quantity is a value in base units, rounded half up or cut off to its digits."""
    exact = value / quantity.factor
    if is_exact(quantity):
        return exact == quantity.value
    roundings = (ROUND_HALF_UP, ROUND_DOWN)
    return any(
        (exact / quantity.step).quantize(Decimal(1), rounding) * quantity.step == quantity.value
        for rounding in roundings
    )


def may_be_meant(quantity: Quantity, value: Decimal) -> bool:
    """Whether a quantity is a value in base units, or that value with one slip: a digit another,
    too many, missing or exchanged with its neighbour, or the unit a thousand off.
    """
    if agrees(quantity, value):
        return True
    exact = value / quantity.factor
    candidates = {
        str((exact / quantity.step).quantize(Decimal(1), rounding))
        for rounding in (ROUND_HALF_UP, ROUND_DOWN)
    }
    printed = str((quantity.value / quantity.step).quantize(Decimal(1)))
    if len(printed.lstrip("-")) < _FEWEST_DIGITS:
        return False
    folds = (value * _FOLD, value / _FOLD)
    if any(agrees(quantity, fold) for fold in folds):
        return True
    return any(one_slip(printed, digits) for digits in candidates)


def one_slip(a: str, b: str) -> bool:
    """Whether two rows of digits differ by one digit, or by two neighbours exchanged."""
    if len(a) == len(b):
        places = [index for index, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(places) <= 1:
            return True
        first, *others = places
        is_next = others == [first + 1]
        return is_next and a[first] == b[first + 1] and a[first + 1] == b[first]
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if len(longer) - len(shorter) != 1:
        return False
    start = next(
        (i for i, (x, y) in enumerate(zip(longer, shorter, strict=False)) if x != y), len(shorter)
    )
    return longer[start + 1 :] == shorter[start:]
