"""What columns stand for: masks, numbers on a scale, enclosures by floats, words, answers."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Protocol, cast

import narwhals as nw

from auditor.formula.tree import Call, Members, Node
from auditor.records.errors import AuditorError
from auditor.records.figures import Interval, Quantity

__all__ = [
    "EXACT",
    "FITS",
    "LARGEST",
    "NUDGE",
    "Answers",
    "Columns",
    "Ends",
    "Mask",
    "Missing",
    "NotColumnar",
    "Num",
    "Ratio",
    "Real",
    "Reduced",
    "ReducedTo",
    "Whole",
    "Word",
    "both",
    "certain",
    "constant",
    "either",
    "expression_of",
    "missing_together",
    "on_one_scale",
    "opposite",
    "rounded_down",
    "rounded_up",
]

# Whole numbers up to this are exact as binary floats too, and a few of them can be added in 64
# bits.
LARGEST: Final = 2**52
# Sums and products are made in 64 bits as long as no value can be further from 0 than this: one
# more addition of two such values still fits.
FITS: Final = 2**62
# More than two roundings to nearest, so that adding it after an operation encloses the true result.
NUDGE: Final = 2.0**-51


EXACT: Final = 2**53


Mask = nw.Expr | bool
"""A condition of a row, never null; a plain bool where it is the same for every row."""


class NotColumnar(AuditorError):
    """A formula that can't be compiled to columns; it is judged row by row. The message is what of
    it can't be.
    """


def both(*masks: Mask) -> Mask:
    """All of them."""
    if any(mask is False for mask in masks):
        return False
    parts = [mask for mask in masks if isinstance(mask, nw.Expr)]
    return functools.reduce(lambda a, b: a & b, parts) if parts else True


def either(*masks: Mask) -> Mask:
    """Any of them."""
    if any(mask is True for mask in masks):
        return True
    parts = [mask for mask in masks if isinstance(mask, nw.Expr)]
    return functools.reduce(lambda a, b: a | b, parts) if parts else False


def opposite(mask: Mask) -> Mask:
    return not mask if isinstance(mask, bool) else ~mask


def certain(condition: nw.Expr) -> nw.Expr:
    """A comparison of columns, false where one of them is null."""
    return condition.fill_null(False)


@dataclass(frozen=True)
class Missing:
    """For which rows a value is blank, unknown, or left open; in all others it is there."""

    blank: Mask = False
    unknown: Mask = False
    open: Mask = False

    @property
    def there(self) -> Mask:
        return opposite(either(self.blank, self.unknown, self.open))


@dataclass(frozen=True)
class Ends:
    """For which rows each end of an interval is open."""

    lo: Mask = False
    hi: Mask = False


@dataclass(frozen=True)
class Whole:
    """Values (or the two ends of intervals) as whole numbers of ``1 / scale``, exact, null where
    missing.

    ``lo is hi`` for points; no value is further from 0 than ``bound``, and with ``least`` at 0 or
    above none is below 0. Where it is not known whether ``ends`` are open, rows that touch
    something only there are left open. ``wide`` intervals are a point in no row.
    """

    lo: nw.Expr
    hi: nw.Expr
    scale: int
    bound: int
    missing: Missing
    least: int = -1
    ends: Ends | None = None
    wide: bool = False

    @property
    def point(self) -> bool:
        return self.lo is self.hi

    @property
    def open(self) -> Ends | None:
        """For which rows the ends are open; those of points are closed."""
        return Ends() if self.point else self.ends

    @property
    def parts(self) -> tuple[nw.Expr, ...]:
        """The expressions that it is made of."""
        return (self.lo,) if self.point else (self.lo, self.hi)

    @property
    def over_one(self) -> Ratio | None:
        """The same as a quotient, or None where floats would not hold it."""
        unit = nw.lit(1, nw.Int64)
        return (
            Ratio(self, Whole(unit, unit, 1, 1, Missing(), 1), self.missing)
            if self.bound <= EXACT
            else None
        )

    def scaled(self, scale: int) -> Whole | None:
        """The same on a finer scale, or None where 64 bits would not hold it."""
        factor = scale // self.scale
        if self.bound * factor > FITS:
            return None
        if factor == 1:
            return self
        lo = self.lo * factor
        return replace(
            self,
            lo=lo,
            hi=lo if self.point else self.hi * factor,
            scale=scale,
            bound=self.bound * factor,
        )

    @property
    def real(self) -> Real:
        lo = self._real(self.lo)
        return Real(*lo, *(lo if self.point else self._real(self.hi)), self.missing)

    def _real(self, value: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
        number = value.cast(nw.Float64)
        if self.bound > EXACT:
            number = number / self.scale if self.scale > 1 else number
            return rounded_down(rounded_down(number)), rounded_up(rounded_up(number))
        if self.scale == 1:
            return number, number
        number = number / self.scale
        return rounded_down(number), rounded_up(number)


@dataclass(frozen=True)
class Real:
    """Enclosures of the two ends of an interval: the lower end lies in ``lo_d … lo_u``, the upper
    in ``hi_d … hi_u``.
    """

    lo_d: nw.Expr
    lo_u: nw.Expr
    hi_d: nw.Expr
    hi_u: nw.Expr
    missing: Missing

    @property
    def real(self) -> Real:
        return self

    @property
    def point(self) -> bool:
        return False

    @property
    def parts(self) -> tuple[nw.Expr, ...]:
        """The expressions that it is made of."""
        return (self.lo_d, self.lo_u, self.hi_d, self.hi_u)


@dataclass(frozen=True)
class Ratio:
    """Quotients that are not worked out: the other side of a comparison is multiplied by the
    divisors instead, which is exact.

    ``under`` is above 0 in every row that counts; where its two ends differ, they divide those of
    ``over``. Neither has a value that is not exact as a float.
    """

    over: Whole
    under: Whole
    missing: Missing

    @property
    def point(self) -> bool:
        return self.over.point and self.under.point

    @property
    def open(self) -> Ends | None:
        return self.over.open

    @property
    def wide(self) -> bool:
        return self.over.wide

    @property
    def parts(self) -> tuple[nw.Expr, ...]:
        return (*self.over.parts, *self.under.parts)

    @functools.cached_property
    def factors(self) -> tuple[int, int]:
        """What the two sides' whole numbers are multiplied by so that their quotient is the
        value.
        """
        common = math.gcd(self.over.scale, self.under.scale)
        return self.under.scale // common, self.over.scale // common

    @property
    def floats(self) -> tuple[nw.Expr, nw.Expr]:
        """The quotients of the two ends' whole numbers, rounded once: they stand in the order of
        the values. Any where the divisor is 0.
        """
        lo = self.over.lo.cast(nw.Float64) / self.under.lo.cast(nw.Float64)
        return lo, lo if self.point else self.over.hi.cast(nw.Float64) / self.under.hi.cast(
            nw.Float64
        )

    @property
    def real(self) -> Real:
        up, down = self.factors

        def around(end: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
            number = end * (up / down) if up != down else end
            return (
                (number * (1 - NUDGE), number * (1 + NUDGE))
                if self.over.least >= 0
                else (rounded_down(number), rounded_up(number))
            )

        lo, hi = self.floats
        ends = around(lo)
        return Real(*ends, *(ends if lo is hi else around(hi)), self.missing)


Num = Whole | Real | Ratio


@dataclass(frozen=True)
class Word:
    """Texts, null where missing; a plain string for one that the formula holds."""

    value: nw.Expr | str
    missing: Missing = Missing()


def expression_of(mask: Mask) -> nw.Expr:
    """A mask as an expression, also where it is the same for every row."""
    return mask if isinstance(mask, nw.Expr) else nw.lit(mask)


@dataclass(frozen=True)
class Answers:
    """For which rows each answer is certain; where none is, the row is left open."""

    yes: Mask = False
    may: Mask = False
    unknown: Mask = False
    no: Mask = False

    @property
    def negated(self) -> Answers:
        return Answers(self.no, self.may, self.unknown, self.yes)


class Columns(Protocol):
    """Where the columns of a formula's names stand, and what the form says of them."""

    def number(self, links: tuple[str, ...], name: str) -> Num:
        """The values under a name, in base units."""
        ...

    def word(self, links: tuple[str, ...], name: str) -> Word: ...
    def group(self, links: tuple[str, ...], name: str) -> Sequence[tuple[Num, bool]] | Reduced:
        """The members of a group, each with whether a 0 in it may be a formula's; or what is
        known of them together.
        """
        ...

    def param(self, name: str) -> Num: ...
    def table(self, name: str) -> Sequence[tuple[str, ...]]: ...
    def agreed(self, call: Call) -> Num: ...
    def members(self, node: Members) -> Reduced:
        """What is known of the figures of a set of rows together."""
        ...

    def alone(self, call: Call) -> Answers:
        """Whether no other row has the same values."""
        ...

    def let(self, expression: nw.Expr, at: float) -> nw.Expr:
        """A column of its own for what an expression at a height makes of columns below it: it is
        computed once, however often used.
        """
        ...

    def once(self, node: Node, make: Callable[[], Any]) -> Any:
        """What was made of a node before, or is made now."""
        ...


class Reduced(Protocol):
    """A group of which each row has members of its own: only their number, least, greatest and
    sum are columns.
    """

    @property
    def count(self) -> Num: ...
    @property
    def least(self) -> Num: ...
    @property
    def greatest(self) -> Num: ...
    @property
    def total(self) -> Num: ...


@dataclass(frozen=True)
class ReducedTo:
    """Such a group with all of them at hand."""

    count: Num
    least: Num
    greatest: Num
    total: Num


def rounded_down(value: nw.Expr) -> nw.Expr:
    return value - value.abs() * NUDGE


def rounded_up(value: nw.Expr) -> nw.Expr:
    return value + value.abs() * NUDGE


def constant(value: Quantity) -> Num:
    """A number that is the same for every row."""
    if isinstance(value, Interval):
        raise NotColumnar("a constant interval", "幅のある定数")
    exact = Fraction(value)
    bound = abs(exact.numerator)
    if exact.denominator > 10**9 or bound > FITS:
        raise NotColumnar("a number of very many digits", "桁数の非常に多い数")
    point = nw.lit(exact.numerator, nw.Int64)
    return Whole(point, point, exact.denominator, bound, Missing(), exact.numerator)


def missing_together(values: Sequence[Num]) -> Missing:
    """What is missing of an operation on all of ``values``: it is unknown where any of them is
    missing for certain.
    """
    unknown = either(*(either(value.missing.blank, value.missing.unknown) for value in values))
    return Missing(
        False, unknown, both(either(*(value.missing.open for value in values)), opposite(unknown))
    )


def on_one_scale(values: Sequence[Num]) -> list[Whole] | None:
    """The values on one scale, or None where they can't all be whole numbers."""
    whole = [value for value in values if isinstance(value, Whole)]
    if len(whole) < len(values):
        return None
    scale = math.lcm(*(value.scale for value in whole))
    scaled = [value.scaled(scale) for value in whole]
    return None if None in scaled else cast(list[Whole], scaled)
