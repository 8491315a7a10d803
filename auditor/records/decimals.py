"""Decimals as figures need them: arithmetic that never rounds, and their texts.

Python's own operators round to 28 digits without a word. Figures have up to 40, sums and products
of them more.
"""

from __future__ import annotations

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from typing import Annotated, Final

from pydantic import PlainSerializer

__all__ = [
    "EXACT",
    "FARTHEST",
    "LONGEST_NUMBER",
    "DecimalText",
    "PlainDecimal",
    "ended",
    "is_bounded",
    "number",
    "plain_digits",
]

EXACT: Final = Context(
    prec=10_000, traps=[DivisionByZero, Inexact, InvalidOperation, Overflow], flags=[]
)
"""The context of everything that is called exact: what it would have to round raises Inexact."""


LONGEST_NUMBER: Final = 60
"""How many digits a number of a document, form or formula may have."""

FARTHEST: Final = 40
"""Nobody writes larger powers of ten. To compute with 1e999999999 would take for ever."""


def is_bounded(value: Decimal) -> bool:
    """Whether a number can be computed with: finite, of few digits, and of no huge power of ten."""
    return (
        value.is_finite()
        and len(value.as_tuple().digits) <= LONGEST_NUMBER
        and abs(value.adjusted()) <= FARTHEST
        and abs(int(value.as_tuple().exponent)) <= LONGEST_NUMBER
    )


def ended(value: int | Fraction) -> Decimal | None:
    """The value as a decimal with as few places as it takes; None where its digits never end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = value.numerator * 10**places // value.denominator
    return EXACT.scaleb(Decimal(digits), -places)


def number(value: Decimal) -> str:
    """Digits in groups of three; a minus stands as △, as the documents print it."""
    digits = f"{value.copy_abs():,f}"
    return f"△{digits}" if value < 0 else digits


def plain_digits(value: Decimal) -> str:
    """All digits without groups or an exponent: ``-1234.50``."""
    return f"{value:f}"


DecimalText = Annotated[Decimal, PlainSerializer(str, return_type=str, when_used="json")]
"""A figure's value; JSON writes it as a text, as it does in records, so that no digit is lost."""

PlainDecimal = Annotated[Decimal, PlainSerializer(plain_digits, return_type=str, when_used="json")]
"""A computed amount; JSON writes its plain digits."""
