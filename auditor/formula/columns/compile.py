"""Formulas as columns: compiles a tree to narwhals expressions that say for which rows the answer
is certain.

Where integers can be exact, they are; everything else is enclosed from both sides by binary
floats rounded outwards, so that a row is settled only where no rounding could change its answer.
Rows that are not settled are left to the exact judge.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Protocol, cast

import narwhals as nw

from auditor.formula.parse import kind_of
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Or,
    String,
)
from auditor.records.figures import Interval, Quantity
from auditor.records.model import Text

__all__ = [
    "LARGEST",
    "Answers",
    "Columns",
    "Ends",
    "Mask",
    "NotColumnar",
    "Ratio",
    "Real",
    "Whole",
    "Word",
    "answers",
    "both",
    "constant",
    "either",
    "expression_of",
    "height",
    "measured",
    "opposite",
]

# Whole numbers up to this are exact as binary floats too, and a few of them can be added in 64
# bits.
LARGEST: Final = 2**52
_FITS: Final = 2**62
# More than two roundings to nearest, so that adding it after an operation encloses the true result.
_NUDGE: Final = 2.0**-51
_EXACT: Final = 2**53

Mask = nw.Expr | bool
"""A condition of a row, never null; a plain bool where it is the same for every row."""


class NotColumnar(Exception):
    """A formula that can't be compiled to columns; it is judged row by row. ``part`` is what of
    it can't be.
    """

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.part = Text(en=en, ja=ja)


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


def _sure(condition: nw.Expr) -> nw.Expr:
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
        one = nw.lit(1, nw.Int64)
        return (
            Ratio(self, Whole(one, one, 1, 1, Missing(), 1), self.missing)
            if self.bound <= _EXACT
            else None
        )

    def scaled(self, scale: int) -> Whole | None:
        """The same on a finer scale, or None where 64 bits would not hold it."""
        factor = scale // self.scale
        if self.bound * factor > _FITS:
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
        if self.bound > _EXACT:
            number = number / self.scale if self.scale > 1 else number
            return _down(_down(number)), _up(_up(number))
        if self.scale == 1:
            return number, number
        number = number / self.scale
        return _down(number), _up(number)


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
                (number * (1 - _NUDGE), number * (1 + _NUDGE))
                if self.over.least >= 0
                else (_down(number), _up(number))
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
    def let(self, expression: nw.Expr, at: float) -> nw.Expr:
        """A column of its own for what an expression at a height makes of columns below it: it is
        computed once, however often used.
        """
        ...

    def once(self, node: Node, make: Callable[[], Any]) -> Any:
        """What was made of a node before, or is made now."""
        ...


@dataclass(frozen=True)
class Reduced:
    """A group of which each row has members of its own: only their number, least, greatest and
    sum are columns.
    """

    count: Num
    least: Num
    greatest: Num
    total: Num


def _down(value: nw.Expr) -> nw.Expr:
    return value - value.abs() * _NUDGE


def _up(value: nw.Expr) -> nw.Expr:
    return value + value.abs() * _NUDGE


def constant(value: Quantity) -> Num:
    """A number that is the same for every row."""
    if isinstance(value, Interval):
        raise NotColumnar("a constant interval", "幅のある定数")
    exact = Fraction(value)
    bound = abs(exact.numerator)
    if exact.denominator > 10**9 or bound > _FITS:
        raise NotColumnar("a number of very many digits", "桁数の非常に多い数")
    point = nw.lit(exact.numerator, nw.Int64)
    return Whole(point, point, exact.denominator, bound, Missing(), exact.numerator)


def _together(values: Sequence[Num]) -> Missing:
    """What is missing of an operation on all of ``values``: it is unknown where any of them is
    missing for certain.
    """
    unknown = either(*(either(value.missing.blank, value.missing.unknown) for value in values))
    return Missing(
        False, unknown, both(either(*(value.missing.open for value in values)), opposite(unknown))
    )


def _aligned(values: Sequence[Num]) -> list[Whole] | None:
    """The values on one scale, or None where they can't all be whole numbers."""
    whole = [value for value in values if isinstance(value, Whole)]
    if len(whole) < len(values):
        return None
    scale = math.lcm(*(value.scale for value in whole))
    scaled = [value.scaled(scale) for value in whole]
    return None if None in scaled else cast(list[Whole], scaled)


# --- columns of their own


@functools.lru_cache(maxsize=4096)
def height(node: Node) -> int:
    """How high a node stands above the fields of its formula."""
    match node:
        case And(items=below) | Or(items=below) | Items(items=below) | Call(arguments=below):
            return 1 + max(map(height, below), default=0)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return 1 + max(height(left), height(right))
        case Negative(operand=operand) | Not(operand=operand):
            return 1 + height(operand)
        case _:
            return 0


def _let_mask(mask: Mask, at: int, columns: Columns) -> Mask:
    return columns.let(mask, at) if isinstance(mask, nw.Expr) else mask


def _let(value: Num, at: int, columns: Columns) -> Num:
    missing = Missing(
        *(
            _let_mask(mask, at, columns)
            for mask in (value.missing.blank, value.missing.unknown, value.missing.open)
        )
    )
    if isinstance(value, Ratio):
        over, under = (
            cast(Whole, _let(replace(side, missing=Missing()), at, columns))
            for side in (value.over, value.under)
        )
        return Ratio(over, under, missing)
    if isinstance(value, Whole):
        lo = columns.let(value.lo, at)
        hi = lo if value.point else columns.let(value.hi, at)
        ends = value.ends and Ends(
            _let_mask(value.ends.lo, at, columns), _let_mask(value.ends.hi, at, columns)
        )
        return replace(value, lo=lo, hi=hi, missing=missing, ends=ends)
    lo_d, lo_u, hi_d, hi_u = (
        columns.let(end, at) for end in (value.lo_d, value.lo_u, value.hi_d, value.hi_u)
    )
    return Real(lo_d, lo_u, hi_d, hi_u, missing)


# --- numbers


def measured(node: Node, columns: Columns) -> Num:
    """The columns of a number; raises NotColumnar where the formula can't be columns."""
    found: Num = columns.once(node, lambda: _let_number(node, columns))
    return found


def _let_number(node: Node, columns: Columns) -> Num:
    value = _measured(node, columns)
    # A field is a column already, and what is agreed on is joined as one.
    plain = isinstance(node, Number | Field) or (
        isinstance(node, Call) and node.function in ("agreed", "param")
    )
    return value if plain else _let(value, height(node), columns)


def _measured(node: Node, columns: Columns) -> Num:
    match node:
        case Number(value=value):
            return constant(value)
        case Field(links=links, name=name):
            return columns.number(links, name)
        case Negative(operand=operand):
            return _negated(measured(operand, columns))
        case Arithmetic(operator=operator, left=left, right=right):
            a, b = measured(left, columns), measured(right, columns)
            if operator == "+":
                return _added(a, b)
            if operator == "-":
                return _added(a, _negated(b))
            return _multiplied(a, b) if operator == "*" else _divided(a, b)
        case Call(function="zero", arguments=(argument,)):
            return _zero(measured(argument, columns))
        case Call(function="abs", arguments=(argument,)):
            return _absolute(measured(argument, columns))
        case Call(function="sum" | "min" | "max" as function, arguments=arguments):
            return _folded(function, arguments, columns)
        case Call(function="count", arguments=(argument,)):
            return _counted(argument, columns)
        case Call(function="param", arguments=(Name(value=name),)):
            return columns.param(name)
        case Call(function="agreed"):
            return columns.agreed(node)
        case _:
            raise NotColumnar(
                f"{type(node).__name__} as a number", f"数としての {type(node).__name__}"
            )


def _negated(value: Num) -> Num:
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


def _added(a: Num, b: Num) -> Num:
    missing = _together((a, b))
    aligned = _aligned((a, b))
    if aligned and aligned[0].bound + aligned[1].bound <= _FITS:
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
        _down(r.lo_d + s.lo_d),
        _up(r.lo_u + s.lo_u),
        _down(r.hi_d + s.hi_d),
        _up(r.hi_u + s.hi_u),
        missing,
    )


def _multiplied(a: Num, b: Num) -> Num:
    missing = _together((a, b))
    if not a.point and b.point:
        a, b = b, a
    if isinstance(a, Whole) and isinstance(b, Whole) and a.point and a.bound * b.bound <= _FITS:
        scale, bound = a.scale * b.scale, a.bound * b.bound
        if b.point:
            product = a.lo * b.lo
            return Whole(product, product, scale, bound, missing, min(a.least, b.least))
        return replace(_times(a, b), missing=missing)
    if (
        isinstance(a, Whole)
        and isinstance(b, Ratio)
        and a.point
        and a.bound * b.over.bound <= _EXACT
    ):
        under = b.under if a.least >= 0 else _swapped(b.under, _sure(a.lo < 0))
        return Ratio(_times(a, b.over), under, missing)
    if isinstance(a, Whole) and a.point and a.least >= 0 and a.bound <= _EXACT:
        factor, y = a.lo.cast(nw.Float64), b.real
        products = [
            factor * end / a.scale if a.scale > 1 else factor * end
            for end in (y.lo_d, y.lo_u, y.hi_d, y.hi_u)
        ]
        return Real(
            _down(products[0]), _up(products[1]), _down(products[2]), _up(products[3]), missing
        )
    x, y = a.real, b.real
    # The judge takes intervals of either sign; here only what is not negative is worth the work.
    negative = _sure(x.lo_d < 0) if a.point else either(_sure(x.lo_d < 0), _sure(y.lo_d < 0))
    missing = Missing(
        False, missing.unknown, either(missing.open, both(negative, opposite(missing.unknown)))
    )
    if (
        a.point
    ):  # the other side may have any sign: its ends keep their order under a factor above 0
        lo = (
            _down(nw.min_horizontal(x.lo_d * y.lo_d, x.hi_u * y.lo_d)),
            _up(nw.max_horizontal(x.lo_d * y.lo_u, x.hi_u * y.lo_u)),
        )
        hi = (
            _down(nw.min_horizontal(x.lo_d * y.hi_d, x.hi_u * y.hi_d)),
            _up(nw.max_horizontal(x.lo_d * y.hi_u, x.hi_u * y.hi_u)),
        )
        return Real(*lo, *hi, missing)
    return Real(
        _down(x.lo_d * y.lo_d),
        _up(x.lo_u * y.lo_u),
        _down(x.hi_d * y.hi_d),
        _up(x.hi_u * y.hi_u),
        missing,
    )


def _times(factor: Whole, value: Whole) -> Whole:
    """The interval times a point; where that is 0, a point is left of it."""
    if factor.least < 0:
        value = _swapped(value, _sure(factor.lo < 0))
    lo = factor.lo * value.lo
    hi = lo if value.point else factor.lo * value.hi
    ends, wide, least = value.ends, value.wide, value.least if factor.least >= 0 else -1
    if factor.least <= 0:
        there = _sure(factor.lo != 0)
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
    negative = _sure(b.lo < 0)
    swapped = _swapped(a, negative)
    lo = nw.when(negative).then(-swapped.lo).otherwise(swapped.lo)
    hi = lo if a.point else nw.when(negative).then(-swapped.hi).otherwise(swapped.hi)
    divisor = b.lo.abs()
    return replace(swapped, lo=lo, hi=hi, least=-1), Whole(
        divisor, divisor, b.scale, b.bound, b.missing, 0
    )


def _divided(a: Num, b: Num) -> Num:
    """A quotient. A divisor that is or may be 0 makes it unknown; one that is not surely above 0
    leaves the row open.
    """
    missing = _together((a, b))
    point = isinstance(b, Whole) and b.point
    zero: Mask
    if (
        isinstance(a, Whole)
        and isinstance(b, Whole)
        and point
        and a.bound <= _EXACT
        and b.bound <= _EXACT
    ):
        zero = _sure(b.lo == 0) if b.least <= 0 else False
        a, b = (a, b) if b.least >= 0 else _turned(a, b)
        return Ratio(
            a,
            b,
            Missing(
                False, either(missing.unknown, both(zero, opposite(missing.open))), missing.open
            ),
        )
    x, y = a.real, b.real
    zero = _sure(cast(Whole, b).lo == 0) if point else both(_sure(y.lo_u <= 0), _sure(y.hi_d >= 0))
    unknown = either(missing.unknown, both(zero, opposite(missing.open)))
    above = _sure(y.lo_d > 0)
    missing = Missing(
        False, unknown, both(either(missing.open, opposite(above)), opposite(unknown))
    )

    def over(value: nw.Expr) -> nw.Expr:  # no engine may meet a division by 0
        return nw.when(above).then(value)

    least, most = (over(y.lo_d), over(y.lo_u)), (over(y.hi_d), over(y.hi_u))
    if point:
        return Real(
            _down(nw.min_horizontal(x.lo_d / least[0], x.lo_d / most[1])),
            _up(nw.max_horizontal(x.lo_u / least[0], x.lo_u / most[1])),
            _down(nw.min_horizontal(x.hi_d / least[0], x.hi_d / most[1])),
            _up(nw.max_horizontal(x.hi_u / least[0], x.hi_u / most[1])),
            missing,
        )

    def lowest(end: nw.Expr, divisor: tuple[nw.Expr, nw.Expr]) -> nw.Expr:
        return nw.min_horizontal(end / divisor[0], end / divisor[1])

    def highest(end: nw.Expr, divisor: tuple[nw.Expr, nw.Expr]) -> nw.Expr:
        return nw.max_horizontal(end / divisor[0], end / divisor[1])

    return Real(
        _down(nw.min_horizontal(lowest(x.lo_d, least), lowest(x.lo_d, most))),
        _up(nw.min_horizontal(highest(x.lo_u, least), highest(x.lo_u, most))),
        _down(nw.max_horizontal(lowest(x.hi_d, least), lowest(x.hi_d, most))),
        _up(nw.max_horizontal(highest(x.hi_u, least), highest(x.hi_u, most))),
        missing,
    )


def _zero(value: Num) -> Num:
    missing = Missing(False, value.missing.unknown, value.missing.open)
    if value.missing.blank is False:
        return replace(value, missing=missing)
    if isinstance(value, Whole):
        lo, there = value.lo.fill_null(0), opposite(value.missing.blank)
        hi = lo if value.point else value.hi.fill_null(0)
        ends = value.ends and Ends(both(value.ends.lo, there), both(value.ends.hi, there))
        return Whole(lo, hi, value.scale, value.bound, missing, min(value.least, 0), ends)
    return _by_end(
        [value.real],
        lambda ends: ends[0].fill_null(0.0),
        lambda ends: ends[0].fill_null(0.0),
        missing,
    )


def _absolute(value: Num) -> Num:
    missing = Missing(False, either(value.missing.blank, value.missing.unknown), value.missing.open)
    if isinstance(value, Whole) and value.point:
        point = value.lo.abs()
        return Whole(point, point, value.scale, value.bound, missing)
    value = value.real if isinstance(value, Ratio) else value
    across = opposite(_sure(value.lo >= 0) if isinstance(value, Whole) else _sure(value.lo_d >= 0))
    left = Missing(
        False, missing.unknown, either(missing.open, both(across, opposite(missing.unknown)))
    )
    if isinstance(value, Whole):
        return Whole(value.lo, value.hi, value.scale, value.bound, left)
    return Real(value.lo_d, value.lo_u, value.hi_d, value.hi_u, left)


def _folded(function: str, arguments: Sequence[Node], columns: Columns) -> Num:
    """``sum``, ``min``, ``max``: over what is printed; blank where nothing is, unknown where a
    part of it is.
    """
    values: list[Num] = []
    for argument in arguments:
        for part in argument.items if isinstance(argument, Items) else (argument,):
            if kind_of(part) == "group":
                members = _members(part, columns)
                if isinstance(members, Reduced):
                    values.append(
                        {"sum": members.total, "min": members.least, "max": members.greatest}[
                            function
                        ]
                    )
                else:
                    values.extend(value for value, _ in members)
            else:
                values.append(measured(part, columns))
    if not values:
        none = nw.lit(None, nw.Int64)
        return Whole(none, none, 1, 0, Missing(blank=True))
    unknown = either(*(value.missing.unknown for value in values))
    left = both(either(*(value.missing.open for value in values)), opposite(unknown))
    missing = Missing(both(*(value.missing.blank for value in values)), unknown, left)
    aligned = _aligned(values)
    if function == "sum":
        if aligned and sum(value.bound for value in aligned) <= _FITS:
            lo = _sum([value.lo for value in aligned], 0)
            hi = (
                lo
                if all(value.point for value in aligned)
                else _sum([value.hi for value in aligned], 0)
            )
            least = min(value.least for value in aligned)
            return Whole(
                lo, hi, aligned[0].scale, sum(value.bound for value in aligned), missing, least
            )
        reals = [value.real for value in values]

        def total(away: Callable[[nw.Expr], nw.Expr]) -> Callable[[list[nw.Expr]], nw.Expr]:
            return lambda ends: functools.reduce(
                lambda a, b: away(a + b), (end.fill_null(0.0) for end in ends)
            )

        return _by_end(reals, total(_down), total(_up), missing)
    horizontal = nw.min_horizontal if function == "min" else nw.max_horizontal

    def fold(first: nw.Expr, *others: nw.Expr) -> nw.Expr:
        return horizontal(first, *others) if others else first

    if aligned:
        lo = fold(*(value.lo for value in aligned))
        hi = lo if all(value.point for value in aligned) else fold(*(value.hi for value in aligned))
        return Whole(lo, hi, aligned[0].scale, max(value.bound for value in aligned), missing)
    return _by_end(
        [value.real for value in values],
        lambda ends: fold(*ends),
        lambda ends: fold(*ends),
        missing,
    )


def _by_end(
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


def _sum(values: Sequence[nw.Expr], blank: int) -> nw.Expr:
    return functools.reduce(lambda a, b: a + b, (value.fill_null(blank) for value in values))


def _members(node: Node, columns: Columns) -> Sequence[tuple[Num, bool]] | Reduced:
    match node:
        case Field(links=links, name=name):
            return columns.group(links, name)
        case Call(function="group", arguments=(Name(value=name),)):
            return columns.group((), name)
        case _:
            raise NotColumnar("a group of another kind", "項目のまとまりでない部分")


def _counted(argument: Node, columns: Columns) -> Num:
    """How many are printed. What is open in a member leaves the count open."""
    counts: list[nw.Expr] = []
    left: list[Mask] = []
    for part in argument.items if isinstance(argument, Items) else (argument,):
        members: Sequence[tuple[Num, bool]]
        if kind_of(part) == "group":
            found = _members(part, columns)
            if isinstance(found, Reduced):
                if argument is not part:
                    raise NotColumnar("a count of several groups", "複数のまとまりの個数")
                return found.count
            members = found
        else:
            members = [(measured(part, columns), False)]
        for value, computed in members:
            printed = opposite(value.missing.blank)
            if computed:
                if not isinstance(value, Whole):
                    raise NotColumnar(
                        "a formula cell that is no whole number", "整数でない計算セル"
                    )
                if value.point:
                    printed = both(printed, opposite(_sure(value.lo == 0)))
                else:  # an interval is never plainly 0; whether this one is a point, the judge knows
                    left.append(_sure((value.lo <= 0) & (value.hi >= 0)))
            left.append(value.missing.open)
            counts.append(
                nw.lit(int(printed), nw.Int64)
                if isinstance(printed, bool)
                else printed.cast(nw.Int64)
            )
    total = _sum(counts, 0) if counts else nw.lit(0, nw.Int64)
    return Whole(total, total, 1, len(counts), Missing(open=either(*left)))


# --- answers


def answers(node: Node, columns: Columns) -> Answers:
    """For which rows a condition's answer is certain; raises NotColumnar where the formula can't
    be columns.
    """
    found: Answers = columns.once(node, lambda: _let_answers(node, columns))
    return found


def _let_answers(node: Node, columns: Columns) -> Answers:
    found = _answers(node, columns)
    if isinstance(node, Not) or (isinstance(node, Compare) and node.operator in ("in", "not in")):
        return found  # made of columns that stand as high
    masks = (
        _let_mask(mask, height(node), columns)
        for mask in (found.yes, found.may, found.unknown, found.no)
    )
    return Answers(*masks)


def _answers(node: Node, columns: Columns) -> Answers:
    match node:
        case And(items=items):
            return _all([answers(item, columns) for item in items])
        case Or(items=items):
            return _any([answers(item, columns) for item in items])
        case Not(operand=operand):
            return answers(operand, columns).negated
        case Compare(operator=("in" | "not in") as operator, left=left, right=right):
            found = _membership(left, right, columns)
            return found if operator == "in" else found.negated
        case Compare(operator=operator, left=left, right=right) if kind_of(left) == "text":
            found = _same(_word(left, columns), _word(right, columns))
            return found if operator == "==" else found.negated
        case Compare(operator=operator, left=left, right=right):
            a, b, at = measured(left, columns), measured(right, columns), height(node) - 0.5
            match operator:
                case "==":
                    return _equal(a, b, columns, at)
                case "!=":
                    return _equal(a, b, columns, at).negated
                case "<":
                    return _less(a, b, columns, at)
                case ">":
                    return _less(b, a, columns, at)
                case ">=":
                    return _less(a, b, columns, at).negated
                case _:
                    return _less(b, a, columns, at).negated
        case Call(function="present" | "blank" as function, arguments=(argument,)):
            found = _present(argument, columns)
            return found if function == "present" else found.negated
        case _:
            raise NotColumnar(
                f"{type(node).__name__} as a condition", f"条件としての {type(node).__name__}"
            )


def _all(parts: Sequence[Answers]) -> Answers:
    """``and``: the least in the order no < unknown < may < yes."""
    never_no = [either(part.yes, part.may, part.unknown) for part in parts]
    at_least_may = [either(part.yes, part.may) for part in parts]
    return Answers(
        yes=both(*(part.yes for part in parts)),
        may=both(either(*(part.may for part in parts)), *at_least_may),
        unknown=both(either(*(part.unknown for part in parts)), *never_no),
        no=either(*(part.no for part in parts)),
    )


def _any(parts: Sequence[Answers]) -> Answers:
    """``or``: the greatest in the same order."""
    never_yes = [either(part.no, part.may, part.unknown) for part in parts]
    at_most_unknown = [either(part.no, part.unknown) for part in parts]
    return Answers(
        yes=either(*(part.yes for part in parts)),
        may=both(either(*(part.may for part in parts)), *never_yes),
        unknown=both(either(*(part.unknown for part in parts)), *at_most_unknown),
        no=both(*(part.no for part in parts)),
    )


@dataclass(frozen=True)
class _Facing:
    """The upper end of one side and the lower end of the other as whole numbers of one size, and
    where both or one of them is open.
    """

    hi: nw.Expr
    lo: nw.Expr
    open: Mask | None

    @property
    def below(self) -> Mask:
        """Where the one side is surely less than the other as a whole; nowhere else, if it is
        known which ends are open.
        """
        if self.open is None or self.open is False:
            return self.hi < self.lo
        return (
            self.hi <= self.lo
            if self.open is True
            else (self.hi < self.lo) | ((self.hi == self.lo) & self.open)
        )


def _facing(a: Num, b: Num) -> _Facing | None:
    """What says whether ``a`` is below ``b``, divisors multiplied out; None where 64 bits would
    not hold it.
    """
    if isinstance(a, Real) or isinstance(b, Real):
        return None
    up, down = a.factors if isinstance(a, Ratio) else (1, a.scale)
    other_up, other_down = b.factors if isinstance(b, Ratio) else (1, b.scale)
    common = math.gcd(up * other_down, other_up * down)
    hi = _product(a.over if isinstance(a, Ratio) else a, b, up * other_down // common)
    lo = _product(b.over if isinstance(b, Ratio) else b, a, other_up * down // common)
    if hi is None or lo is None:
        return None
    ends, other_ends = a.open, b.open
    return _Facing(hi[1], lo[0], either(ends.hi, other_ends.lo) if ends and other_ends else None)


def _product(value: Whole, other: Num, factor: int) -> tuple[nw.Expr, nw.Expr] | None:
    """Both ends times a factor and what divides the end of the other side that they face."""
    under = other.under if isinstance(other, Ratio) else None
    if value.bound * (under.bound if under else 1) * factor > _FITS:
        return None

    def times(end: nw.Expr, divisor: nw.Expr | None) -> nw.Expr:
        end = end if divisor is None else end * divisor
        return end if factor == 1 else end * factor

    return times(value.lo, under.hi if under else None), times(
        value.hi, under.lo if under else None
    )


def _comparable(a: Num, b: Num, columns: Columns, at: float) -> tuple[Mask, Mask]:
    """For which rows both sides are there, and where one of them is missing for certain: a
    comparison is null only in other rows.
    """
    missing = _together((a, b))
    there = missing.there
    return columns.let(there, at) if isinstance(there, nw.Expr) else there, missing.unknown


def _equal(a: Num, b: Num, columns: Columns, at: float) -> Answers:
    there, unknown = _comparable(a, b, columns, at)
    below, above = _facing(a, b), _facing(b, a)
    if below is None or above is None:
        # Two points can't overlap strictly from both sides, so one of the sides is an interval:
        # the answer is "may".
        r, s = a.real, b.real
        overlap, apart = (
            (r.lo_u < s.hi_d) & (s.lo_u < r.hi_d),
            (r.hi_u < s.lo_d) | (s.hi_u < r.lo_d),
        )
    elif a.point and b.point:
        return Answers(
            yes=both(below.hi == below.lo, there),
            unknown=unknown,
            no=both(below.hi != below.lo, there),
        )
    else:
        apart = expression_of(either(below.below, above.below))
        if below.open is not None and above.open is not None and _wide(a, b):
            apart = columns.let(apart, at)
            overlap = ~apart
        else:
            overlap = (below.hi > below.lo) & (above.hi > above.lo)
    return Answers(may=both(overlap, there), unknown=unknown, no=both(apart, there))


def _wide(a: Num, b: Num) -> bool:
    """Whether one of the sides is a point in no row."""
    return any(not isinstance(side, Real) and side.wide for side in (a, b))


def _less(a: Num, b: Num, columns: Columns, at: float) -> Answers:
    there, unknown = _comparable(a, b, columns, at)
    below, above = _facing(a, b), _facing(b, a)
    if below is None or above is None:
        r, s = a.real, b.real
        yes, no = both(r.hi_u < s.lo_d, there), both(r.lo_d >= s.hi_u, there)
        overlap = (r.lo_u < s.hi_d) & (s.lo_u < r.hi_d)
        return Answers(yes=yes, may=both(overlap, there), unknown=unknown, no=no)
    yes, no = both(below.below, there), both(above.hi <= above.lo, there)
    if a.point and b.point:
        return Answers(yes=yes, unknown=unknown, no=no)
    before = below.hi <= below.lo if below.open is None else expression_of(below.below)
    return Answers(
        yes=yes, may=both(~before & (above.hi > above.lo), there), unknown=unknown, no=no
    )


def _word(node: Node, columns: Columns) -> Word:
    match node:
        case String(value=value):
            return Word(value)
        case Field(links=links, name=name):
            return columns.word(links, name)
        case _:
            raise NotColumnar(
                f"{type(node).__name__} as a text", f"文字としての {type(node).__name__}"
            )


def _absent(words: Sequence[Word]) -> tuple[Mask, Mask]:
    """Where all words are there, and where one is missing for certain."""
    unknown = either(*(either(word.missing.blank, word.missing.unknown) for word in words))
    left = either(*(word.missing.open for word in words))
    return opposite(either(unknown, left)), both(unknown, opposite(left))


def _same(a: Word, b: Word) -> Answers:
    there, unknown = _absent((a, b))
    if isinstance(a.value, str) and isinstance(b.value, str):
        return Answers(yes=a.value == b.value, no=a.value != b.value)
    left, right = (a.value, b.value) if isinstance(a.value, nw.Expr) else (b.value, a.value)
    value = cast(nw.Expr, left)
    return Answers(
        yes=both(_sure(value == right), there),
        unknown=unknown,
        no=both(_sure(value != right), there),
    )


def _present(node: Node, columns: Columns) -> Answers:
    if kind_of(node) == "text":
        word = _word(node, columns)
        if isinstance(word.value, str):
            return Answers(yes=bool(word.value), no=not word.value)
        missing = word.missing
    else:
        missing = measured(node, columns).missing
    return Answers(yes=missing.there, unknown=missing.unknown, no=missing.blank)


def _membership(left: Node, right: Node, columns: Columns) -> Answers:
    if isinstance(right, Call):
        words = [
            _word(item, columns) for item in (left.items if isinstance(left, Items) else (left,))
        ]
        there, unknown = _absent(words)
        patterns = [
            pattern
            for pattern in columns.table(cast(Name, right.arguments[0]).value)
            if len(pattern) == len(words)
        ]
        found = either(
            *(
                both(*(_fits(word, wanted) for word, wanted in zip(words, pattern, strict=True)))
                for pattern in patterns
            )
        )
        return Answers(yes=both(found, there), unknown=unknown, no=both(opposite(found), there))
    options = cast(Items, right).items
    if kind_of(left) == "list":
        parts = cast(Items, left).items
        pairs = [zip(parts, cast(Items, option).items, strict=True) for option in options]
        return _any(
            [_all([answers(Compare("==", a, b, a.at), columns) for a, b in pair]) for pair in pairs]
        )
    return _any([answers(Compare("==", left, option, left.at), columns) for option in options])


def _fits(word: Word, wanted: str) -> Mask:
    if wanted == "*":
        return True
    return (
        word.value == wanted
        if isinstance(word.value, str)
        else _sure(cast(Any, word.value) == wanted)
    )
