"""Values that callers hand in, as exact decimals and in whole steps."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Final, cast

from auditor.records.decimals import EXACT
from auditor.records.errors import WrongArgument
from auditor.records.excerpts import harmless

__all__ = ["ONE", "Given", "as_decimal", "on_grid", "positive"]

Given = int | str | Decimal | Fraction | float | None
ONE: Final = Decimal(1)
_LARGEST: Final = 10**24


_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def as_decimal(name: str, value: Given) -> Decimal | None:
    """A value as a decimal; None where it is missing. Raises ValueError where it is no number."""
    if value is None:
        return None
    if type(value) is int and -_LARGEST < value < _LARGEST:
        return Decimal(value)
    if (
        type(value) is Decimal
        and value.is_finite()
        and -_LARGEST < value < _LARGEST
        and cast(int, value.as_tuple().exponent) > -30
    ):
        return value
    decimal = _decimal(value)
    if decimal is None:
        shown = harmless(str(value))
        raise WrongArgument(
            f"{name}: {shown} is no number: an int, Decimal, finite float, a Fraction that ends "
            "as a decimal, or a text like -52.5",
            f"{name} の値 {shown} は数値ではありません。整数、Decimal、有限の float、"
            "小数で表せる Fraction、-52.5 のような文字列のどれかで渡してください",
        )
    if decimal.copy_abs() >= _LARGEST or cast(int, decimal.as_tuple().exponent) <= -30:
        shown = harmless(str(value))
        raise WrongArgument(
            f"{name}: {shown} is no number that can be searched",
            f"{name} の値 {shown} は扱えない数値です",
        )
    return decimal


def _decimal(value: object) -> Decimal | None:
    """The finite decimal that a number or text is, or None where it is none."""
    if isinstance(value, str):
        return Decimal(value) if _PLAIN.fullmatch(value) else None
    if isinstance(value, Fraction):
        return _ended(value)
    # Numbers of numpy are Real.
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Real):
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number if number.is_finite() else None


def _ended(value: Fraction) -> Decimal | None:
    """A fraction as a decimal of at most 30 places, or None."""
    places = next((places for places in range(31) if 10**places % value.denominator == 0), None)
    return (
        None
        if places is None
        else Decimal(f"{value.numerator * 10**places // value.denominator}E-{places}")
    )


def positive(name: str, step: Given) -> Decimal:
    """A step as a decimal. Raises ValueError where it is no number above 0."""
    number = _decimal(step)
    if number is None or number <= 0:
        raise WrongArgument(
            f"step of {name}: {step}; a number above 0 was expected",
            f"{name} の刻み（step）は0より大きい数で指定してください",
        )
    return number


def on_grid(value: Decimal, step: Decimal | None) -> tuple[Decimal, int]:
    """The step that a value counts in, and how many of them it is; finer than asked for where the
    value is.
    """
    if step is not None:
        whole, rest = EXACT.divmod(value, step)
        if not rest:
            return step, int(whole)
    exponent = cast(int, value.as_tuple().exponent)
    if exponent >= 0:
        return ONE, int(value)
    grid = Decimal(1).scaleb(exponent)
    return grid, int(Fraction(value) / Fraction(grid))
