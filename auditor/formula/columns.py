"""Formulas as columns: compiles a tree to narwhals expressions that say for which rows the answer is certain.

Where integers can be exact, they are; everything else is enclosed from both sides by binary floats rounded outwards, so that a row is
settled only where no rounding could change its answer. Rows that are not settled are left to the exact judge.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol, cast

import narwhals as nw

from auditor.figures import Interval, Quantity
from auditor.formula.parse import kind_of
from auditor.formula.tree import And, Arithmetic, Call, Compare, Field, Items, Name, Negative, Node, Not, Number, Or, String
from auditor.model import Text

__all__ = [
    "LARGEST",
    "Answers",
    "Columns",
    "Mask",
    "NotColumnar",
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

# Whole numbers up to this are exact as binary floats too, and a few of them can be added in 64 bits.
LARGEST: Final = 2**52
_FITS: Final = 2**62
# More than two roundings to nearest, so that adding it after an operation encloses the true result.
_NUDGE: Final = 2.0**-51
_EXACT: Final = 2**53

Mask = nw.Expr | bool
"""A condition of a row, never null; a plain bool where it is the same for every row."""


class NotColumnar(Exception):
    """A formula that can't be compiled to columns; it is judged row by row. ``part`` is what of it can't be."""

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
class Whole:
    """Values (or the two ends of intervals) as whole numbers of ``1 / scale``, exact, null where missing.

    ``lo is hi`` for points; no value is further from 0 than ``bound``, and with ``least`` at 0 or above none is below 0. Whether an end
    is open is not kept: where two values touch only at their ends, the row is left open.
    """

    lo: nw.Expr
    hi: nw.Expr
    scale: int
    bound: int
    missing: Missing
    least: int = -1

    @property
    def point(self) -> bool:
        return self.lo is self.hi

    def scaled(self, scale: int) -> Whole | None:
        """The same on a finer scale, or None where 64 bits would not hold it."""
        factor = scale // self.scale
        if self.bound * factor > _FITS:
            return None
        if factor == 1:
            return self
        lo = self.lo * factor
        return Whole(lo, lo if self.point else self.hi * factor, scale, self.bound * factor, self.missing, self.least)

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
    """Enclosures of the two ends of an interval: the lower end lies in ``lo_d … lo_u``, the upper in ``hi_d … hi_u``."""

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


Num = Whole | Real


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
        """The members of a group, each with whether a 0 in it may be a formula's; or what is known of them together."""
        ...

    def param(self, name: str) -> Num: ...
    def table(self, name: str) -> Sequence[tuple[str, ...]]: ...
    def agreed(self, call: Call) -> Num: ...
    def let(self, expression: nw.Expr, at: int) -> nw.Expr:
        """A column of its own for what an expression at a height makes of columns below it: it is computed once, however often used."""
        ...


@dataclass(frozen=True)
class Reduced:
    """A group of which each row has members of its own: only their number, least, greatest and sum are columns."""

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
    """What is missing of an operation on all of ``values``: it is unknown where any of them is missing for certain."""
    unknown = either(*(either(value.missing.blank, value.missing.unknown) for value in values))
    return Missing(False, unknown, both(either(*(value.missing.open for value in values)), opposite(unknown)))


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
    missing = Missing(*(_let_mask(mask, at, columns) for mask in (value.missing.blank, value.missing.unknown, value.missing.open)))
    if isinstance(value, Whole):
        lo = columns.let(value.lo, at)
        return Whole(lo, lo if value.point else columns.let(value.hi, at), value.scale, value.bound, missing, value.least)
    lo_d, lo_u, hi_d, hi_u = (columns.let(end, at) for end in (value.lo_d, value.lo_u, value.hi_d, value.hi_u))
    return Real(lo_d, lo_u, hi_d, hi_u, missing)


# --- numbers


def measured(node: Node, columns: Columns) -> Num:
    """The columns of a number; raises NotColumnar where the formula can't be columns."""
    value = _measured(node, columns)
    # A field is a column already, and what is agreed on is joined as one.
    plain = isinstance(node, Number | Field) or (isinstance(node, Call) and node.function in ("agreed", "param"))
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
            raise NotColumnar(f"{type(node).__name__} as a number", f"数としての {type(node).__name__}")


def _negated(value: Num) -> Num:
    if isinstance(value, Whole):
        hi = -value.lo
        return Whole(hi if value.point else -value.hi, hi, value.scale, value.bound, value.missing)
    return Real(-value.hi_u, -value.hi_d, -value.lo_u, -value.lo_d, value.missing)


def _added(a: Num, b: Num) -> Num:
    missing = _together((a, b))
    aligned = _aligned((a, b))
    if aligned and aligned[0].bound + aligned[1].bound <= _FITS:
        x, y = aligned
        lo = x.lo + y.lo
        least = min(x.least, y.least)
        return Whole(lo, lo if x.point and y.point else x.hi + y.hi, x.scale, x.bound + y.bound, missing, least)
    r, s = a.real, b.real
    return Real(_down(r.lo_d + s.lo_d), _up(r.lo_u + s.lo_u), _down(r.hi_d + s.hi_d), _up(r.hi_u + s.hi_u), missing)


def _multiplied(a: Num, b: Num) -> Num:
    missing = _together((a, b))
    if not a.point and b.point:
        a, b = b, a
    if isinstance(a, Whole) and isinstance(b, Whole) and a.point and a.bound * b.bound <= _FITS:
        scale, bound = a.scale * b.scale, a.bound * b.bound
        if b.point:
            product = a.lo * b.lo
            return Whole(product, product, scale, bound, missing, min(a.least, b.least))
        ends = (a.lo * b.lo, a.lo * b.hi)
        return Whole(nw.min_horizontal(*ends), nw.max_horizontal(*ends), scale, bound, missing)
    if isinstance(a, Whole) and a.point and a.least >= 0 and a.bound <= _EXACT:
        factor, y = a.lo.cast(nw.Float64), b.real
        products = [factor * end / a.scale if a.scale > 1 else factor * end for end in (y.lo_d, y.lo_u, y.hi_d, y.hi_u)]
        return Real(_down(products[0]), _up(products[1]), _down(products[2]), _up(products[3]), missing)
    x, y = a.real, b.real
    # The judge takes intervals of either sign; here only what is not negative is worth the work.
    negative = _sure(x.lo_d < 0) if a.point else either(_sure(x.lo_d < 0), _sure(y.lo_d < 0))
    missing = Missing(False, missing.unknown, either(missing.open, both(negative, opposite(missing.unknown))))
    if a.point:  # the other side may have any sign: its ends keep their order under a factor above 0
        lo = (_down(nw.min_horizontal(x.lo_d * y.lo_d, x.hi_u * y.lo_d)), _up(nw.max_horizontal(x.lo_d * y.lo_u, x.hi_u * y.lo_u)))
        hi = (_down(nw.min_horizontal(x.lo_d * y.hi_d, x.hi_u * y.hi_d)), _up(nw.max_horizontal(x.lo_d * y.hi_u, x.hi_u * y.hi_u)))
        return Real(*lo, *hi, missing)
    return Real(_down(x.lo_d * y.lo_d), _up(x.lo_u * y.lo_u), _down(x.hi_d * y.hi_d), _up(x.hi_u * y.hi_u), missing)


def _divided(a: Num, b: Num) -> Num:
    """A quotient. A divisor that is or may be 0 makes it unknown; one that is not surely above 0 leaves the row open."""
    missing = _together((a, b))
    if isinstance(a, Whole) and isinstance(b, Whole) and b.point and b.least >= 0:
        common = math.gcd(a.scale, b.scale)
        up, down = b.scale // common, a.scale // common
        if a.bound * up <= _EXACT and b.bound * down <= _EXACT:
            return _quotient(a, b, up, down, missing)
    x, y = a.real, b.real
    zero = _sure(cast(Whole, b).lo == 0) if b.point else both(_sure(y.lo_u <= 0), _sure(y.hi_d >= 0))
    unknown = either(missing.unknown, both(zero, opposite(missing.open)))
    above = _sure(y.lo_d > 0)
    missing = Missing(False, unknown, both(either(missing.open, opposite(above)), opposite(unknown)))

    def over(value: nw.Expr) -> nw.Expr:  # no engine may meet a division by 0
        return nw.when(above).then(value)

    least, most = (over(y.lo_d), over(y.lo_u)), (over(y.hi_d), over(y.hi_u))
    if b.point:
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


def _quotient(a: Whole, b: Whole, up: int, down: int, missing: Missing) -> Real:
    """A quotient of exact floats by one that is never negative: it is rounded once. A divisor of 0 makes it unknown, whatever comes out."""
    divisor = (b.lo * down if down > 1 else b.lo).cast(nw.Float64)
    zero = b.lo == 0
    if b.least == 0:
        missing = Missing(False, either(missing.unknown, both(_sure(zero), opposite(missing.open))), missing.open)

    def over(end: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
        quotient = (end * up if up > 1 else end).cast(nw.Float64) / divisor
        return (quotient * (1 - _NUDGE), quotient * (1 + _NUDGE)) if a.least >= 0 else (_down(quotient), _up(quotient))

    lo = over(a.lo)
    return Real(*lo, *(lo if a.point else over(a.hi)), missing)


def _zero(value: Num) -> Num:
    missing = Missing(False, value.missing.unknown, value.missing.open)
    if isinstance(value, Whole):
        lo = value.lo.fill_null(0)
        return Whole(lo, lo if value.point else value.hi.fill_null(0), value.scale, value.bound, missing, min(value.least, 0))
    return _by_end([value], lambda ends: ends[0].fill_null(0.0), lambda ends: ends[0].fill_null(0.0), missing)


def _absolute(value: Num) -> Num:
    missing = Missing(False, either(value.missing.blank, value.missing.unknown), value.missing.open)
    if isinstance(value, Whole) and value.point:
        point = value.lo.abs()
        return Whole(point, point, value.scale, value.bound, missing)
    across = opposite(_sure(value.lo >= 0) if isinstance(value, Whole) else _sure(value.lo_d >= 0))
    left = Missing(False, missing.unknown, either(missing.open, both(across, opposite(missing.unknown))))
    if isinstance(value, Whole):
        return Whole(value.lo, value.hi, value.scale, value.bound, left)
    return Real(value.lo_d, value.lo_u, value.hi_d, value.hi_u, left)


def _folded(function: str, arguments: Sequence[Node], columns: Columns) -> Num:
    """``sum``, ``min``, ``max``: over what is printed; blank where nothing is, unknown where a part of it is."""
    values: list[Num] = []
    for argument in arguments:
        for part in argument.items if isinstance(argument, Items) else (argument,):
            if kind_of(part) == "group":
                members = _members(part, columns)
                if isinstance(members, Reduced):
                    values.append({"sum": members.total, "min": members.least, "max": members.greatest}[function])
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
            hi = lo if all(value.point for value in aligned) else _sum([value.hi for value in aligned], 0)
            least = min(value.least for value in aligned)
            return Whole(lo, hi, aligned[0].scale, sum(value.bound for value in aligned), missing, least)
        reals = [value.real for value in values]

        def total(away: Callable[[nw.Expr], nw.Expr]) -> Callable[[list[nw.Expr]], nw.Expr]:
            return lambda ends: functools.reduce(lambda a, b: away(a + b), (end.fill_null(0.0) for end in ends))

        return _by_end(reals, total(_down), total(_up), missing)
    horizontal = nw.min_horizontal if function == "min" else nw.max_horizontal

    def fold(first: nw.Expr, *others: nw.Expr) -> nw.Expr:
        return horizontal(first, *others) if others else first

    if aligned:
        lo = fold(*(value.lo for value in aligned))
        hi = lo if all(value.point for value in aligned) else fold(*(value.hi for value in aligned))
        return Whole(lo, hi, aligned[0].scale, max(value.bound for value in aligned), missing)
    return _by_end([value.real for value in values], lambda ends: fold(*ends), lambda ends: fold(*ends), missing)


def _by_end(
    values: Sequence[Real], lower: Callable[[list[nw.Expr]], nw.Expr], upper: Callable[[list[nw.Expr]], nw.Expr], missing: Missing
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
                    raise NotColumnar("a formula cell that is no whole number", "整数でない計算セル")
                if value.point:
                    printed = both(printed, opposite(_sure(value.lo == 0)))
                else:  # an interval is never plainly 0; whether this one is a point, the judge knows
                    left.append(_sure((value.lo <= 0) & (value.hi >= 0)))
            left.append(value.missing.open)
            counts.append(nw.lit(int(printed), nw.Int64) if isinstance(printed, bool) else printed.cast(nw.Int64))
    total = _sum(counts, 0) if counts else nw.lit(0, nw.Int64)
    return Whole(total, total, 1, len(counts), Missing(open=either(*left)))


# --- answers


def answers(node: Node, columns: Columns) -> Answers:
    """For which rows a condition's answer is certain; raises NotColumnar where the formula can't be columns."""
    found = _answers(node, columns)
    if isinstance(node, Not) or (isinstance(node, Compare) and node.operator in ("in", "not in")):
        return found  # made of columns that stand as high
    masks = (_let_mask(mask, height(node), columns) for mask in (found.yes, found.may, found.unknown, found.no))
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
            a, b = measured(left, columns), measured(right, columns)
            match operator:
                case "==":
                    return _equal(a, b)
                case "!=":
                    return _equal(a, b).negated
                case "<":
                    return _less(a, b)
                case ">":
                    return _less(b, a)
                case ">=":
                    return _less(a, b).negated
                case _:
                    return _less(b, a).negated
        case Call(function="present" | "blank" as function, arguments=(argument,)):
            found = _present(argument, columns)
            return found if function == "present" else found.negated
        case _:
            raise NotColumnar(f"{type(node).__name__} as a condition", f"条件としての {type(node).__name__}")


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


def _ends(a: Num, b: Num) -> tuple[tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr], tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr], bool]:
    """Enclosures of both sides' ends that can be compared, and whether they are exact points on one scale."""
    aligned = _aligned((a, b))
    if aligned:
        x, y = aligned
        return (x.lo, x.lo, x.hi, x.hi), (y.lo, y.lo, y.hi, y.hi), x.point and y.point
    left, right = a.real, b.real
    return (left.lo_d, left.lo_u, left.hi_d, left.hi_u), (right.lo_d, right.lo_u, right.hi_d, right.hi_u), False


def _decided(a: Num, b: Num) -> tuple[Mask, Missing]:
    """For which rows both sides are there: a comparison is null only where they are not, and false beside that mask."""
    missing = _together((a, b))
    return missing.there, missing


def _equal(a: Num, b: Num) -> Answers:
    there, missing = _decided(a, b)
    (a_lo_d, a_lo_u, a_hi_d, a_hi_u), (b_lo_d, b_lo_u, b_hi_d, b_hi_u), points = _ends(a, b)
    if points:
        return Answers(yes=both(a_lo_d == b_lo_d, there), unknown=missing.unknown, no=both(a_lo_d != b_lo_d, there))
    # Two points can't overlap strictly from both sides, so one of the sides is an interval: the answer is "may".
    overlap = (a_lo_u < b_hi_d) & (b_lo_u < a_hi_d)
    apart = (a_hi_u < b_lo_d) | (b_hi_u < a_lo_d)
    return Answers(may=both(overlap, there), unknown=missing.unknown, no=both(apart, there))


def _less(a: Num, b: Num) -> Answers:
    there, missing = _decided(a, b)
    (a_lo_d, a_lo_u, a_hi_d, a_hi_u), (b_lo_d, b_lo_u, b_hi_d, b_hi_u), points = _ends(a, b)
    yes, no = both(a_hi_u < b_lo_d, there), both(a_lo_d >= b_hi_u, there)
    if points:
        return Answers(yes=yes, unknown=missing.unknown, no=no)
    overlap = (a_lo_u < b_hi_d) & (b_lo_u < a_hi_d)
    return Answers(yes=yes, may=both(overlap, there), unknown=missing.unknown, no=no)


def _word(node: Node, columns: Columns) -> Word:
    match node:
        case String(value=value):
            return Word(value)
        case Field(links=links, name=name):
            return columns.word(links, name)
        case _:
            raise NotColumnar(f"{type(node).__name__} as a text", f"文字としての {type(node).__name__}")


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
    equal = _sure(cast(nw.Expr, left) == right)
    return Answers(yes=both(equal, there), unknown=unknown, no=both(~equal, there))


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
        words = [_word(item, columns) for item in (left.items if isinstance(left, Items) else (left,))]
        there, unknown = _absent(words)
        patterns = [pattern for pattern in columns.table(cast(Name, right.arguments[0]).value) if len(pattern) == len(words)]
        found = either(*(both(*(_fits(word, wanted) for word, wanted in zip(words, pattern, strict=True))) for pattern in patterns))
        return Answers(yes=both(found, there), unknown=unknown, no=both(opposite(found), there))
    options = cast(Items, right).items
    if kind_of(left) == "list":
        parts = cast(Items, left).items
        pairs = [zip(parts, cast(Items, option).items, strict=True) for option in options]
        return _any([_all([answers(Compare("==", a, b, a.at), columns) for a, b in pair]) for pair in pairs])
    return _any([answers(Compare("==", left, option, left.at), columns) for option in options])


def _fits(word: Word, wanted: str) -> Mask:
    if wanted == "*":
        return True
    return word.value == wanted if isinstance(word.value, str) else _sure(cast(Any, word.value) == wanted)
