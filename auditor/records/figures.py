"""Exact figures: how a printed figure is read, and the set of values that print as it.

A figure is never repaired. What is not plainly a number stays text, so that an audit can say so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from itertools import chain, product
from numbers import Real
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, assert_never, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict

from auditor.records.decimals import EXACT, ended, number

__all__ = [
    "MODES",
    "Answer",
    "Figure",
    "Interval",
    "Mode",
    "Place",
    "PlacedBy",
    "Quantity",
    "Rounding",
    "State",
    "Towards",
    "as_printed",
    "base_units",
    "held_besides",
    "is_dust",
    "parse_figure",
    "printed_number",
    "spread",
]

State = Literal["number", "blank", "dash", "text", "unread"]
"""What a cell says. ``text`` is printed and no number; ``unread`` is not known to the reader."""
PlacedBy = Literal["position", "total_columns", "arithmetic", "usual_place"]
Rounding = Literal["exact", "half_up", "nearest", "truncate", "either", "up", "floor"]
Towards = Literal["nearest", "zero", "away", "floor", "ceiling"]
"""Where a value goes when it is rounded; a half that is to go to the nearest goes away from 0."""


class Record(BaseModel):
    """A value that never changes; every record of the project is one."""

    # A command builds only the models it uses.
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def __dir__(self) -> list[str]:
        """What completion offers: the fields, and what the project's classes add to them. What
        pydantic has (``model_copy``, ``model_dump`` …) is there, too.
        """
        classes = type(self).__mro__
        ours = classes[: classes.index(BaseModel)]
        names = set(chain(type(self).model_fields, *(vars(each) for each in ours)))
        return sorted(name for name in names if not name.startswith(("_", "model_")))

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What ``repr`` shows: the fields that say something else than where nothing is stated."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            is_usual = not value if field.default_factory is not None else value == field.default
            if field.is_required() or not is_usual:
                yield name, value


class Place(Record):
    """Where something stood in its document: a line of text, a page and box (points), or a
    worksheet cell.
    """

    line: int | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    sheet: str | None = None
    cell: str | None = None


def _of_numpy(value: object) -> object:
    """A number as the shortest decimal that it prints as, numpy's, too; all else as it is."""
    return str(value) if isinstance(value, Real) else value


class Figure(Record):
    """One cell of a document: its exact value, its state, and how and where it was printed.

    ``value`` is in the printed ``unit`` and is set for ``number`` only. ``placed_by`` says which
    evidence gave a figure its column where the document's text had lost it; ``position`` is as
    good as seen. A workbook's figure keeps the formula of its cell and the value that the file
    has stored for it. ``held`` is that value, in the printed unit, where it is another one than
    the cell prints.
    """

    value: Annotated[Decimal | None, BeforeValidator(_of_numpy)] = None
    held: Decimal | None = None
    state: State = "blank"
    printed: str = ""
    unit: str = ""
    place: Place | None = None
    placed_by: PlacedBy | None = None
    formula: str | None = None
    cached: str | None = None

    def shown(self) -> str:
        """The figure as a text: as it is printed or, where a table keeps no print, as it would be.

        Empty for a blank cell alone, and for a dash or a text of which only the state is known.
        """
        return as_printed(self.printed, self.value)


_DUST: Final = Decimal("1e-9")
_OF_OPERANDS: Final = Decimal("1e-14")


def is_dust(difference: Decimal, *operands: Decimal) -> bool:
    """Whether a difference is no more than what binary numbers may be off by, when operands as
    large as these have been added.
    """
    bounds = (_OF_OPERANDS * abs(operand) for operand in operands)
    return abs(difference) <= max((_DUST, *bounds))


def held_besides(figure: Figure | None) -> Decimal | None:
    """What a figure's cell holds, where it prints a number that is another one."""
    if figure is None or figure.held is None or figure.value is None:
        return None
    difference = figure.held - figure.value
    return None if is_dust(difference, figure.value, figure.held) else figure.held


_MOST_PLACES: Final = 100


def as_printed(printed: str, value: Decimal | None) -> str:
    """The print of a cell, or its value as it would be printed; empty where it has neither."""
    if printed or value is None:
        return printed
    # Nobody prints zeros by the hundred: such a number stands with an exponent.
    return number(value) if abs(value.adjusted()) < _MOST_PLACES else str(value)


# Figures get a table of their own: NFKC turns ①10 into 110 and 1² into 12.
_PLAIN: Final = str.maketrans("０１２３４５６７８９，．（）＋％", "0123456789,.()+%")
_SPACES: Final = " \t\r\n\u3000\u00a0"
_DASHES: Final = frozenset("-－−‐‑‒–—―ー─")
_SIGNS: Final = "△▲Δ∆▵▴－−-‐‑–"
# What some documents print between thousands in place of a comma, where three digits follow.
_SEPARATOR: Final = re.compile("(?<=[0-9])[\u00a0\u2009\u202f､](?=[0-9]{3}(?![0-9]))")
_CURRENCY: Final = "¥￥\\"  # a Japanese font prints a backslash as ¥
_NUMBER: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_LONGEST: Final = 40
_MEASURES: Final = frozenset("円人名件%")


def parse_figure(
    text: str,
    *,
    unit: str = "",
    units: Collection[str] = (),
    place: Place | None = None,
    placed_by: PlacedBy | None = None,
) -> Figure:
    """Read one printed cell.

    △ ▲, their look-alikes and the minus signs count in sign position only, and so do brackets
    around the whole number. A thin or fixed space or ､ may stand for the comma, ¥ before or behind
    the sign, a known unit of ``units`` behind the number, unless it measures something else than
    ``unit``. Anything else (``1,00``, ``①10``, ``####``) is text.
    """
    printed = text.strip(_SPACES)
    if not printed:
        return Figure(state="blank", unit=unit, place=place, placed_by=placed_by)
    if len(printed) <= 2 and all(sign in _DASHES for sign in printed):
        return Figure(state="dash", printed=printed, unit=unit, place=place, placed_by=placed_by)
    body = printed
    for ending in sorted(units, key=len, reverse=True):
        if ending and body.endswith(ending) and body != ending and _alike(ending, unit):
            body, unit = body[: -len(ending)].rstrip(_SPACES), ending
            break
    value = _number(body)
    if value is None:
        return Figure(state="text", printed=printed, unit=unit, place=place, placed_by=placed_by)
    return Figure(
        value=value, state="number", printed=printed, unit=unit, place=place, placed_by=placed_by
    )


def printed_number(text: str) -> Decimal | None:
    """The number that a printed text is, without a unit; None where it is none."""
    return _number(text.strip(_SPACES))


def _alike(printed: str, unit: str) -> bool:
    """Whether a printed unit can be that of a figure in ``unit``: 人 cannot where 千円 is."""
    measure, expected = printed[-1:].translate(_PLAIN), unit[-1:].translate(_PLAIN)
    return measure == expected or not _MEASURES.issuperset((measure, expected))


def _number(body: str) -> Decimal | None:
    body = body.translate(_PLAIN)
    negative, marked = False, False
    if body[:1] == "(" and body[-1:] == ")":
        negative, body = True, body[1:-1].strip(_SPACES)
    if body[:1] and body[0] in _CURRENCY:
        marked, body = True, body[1:].lstrip(_SPACES)
    if not negative and body[:1] and body[0] in _SIGNS:
        negative, body = True, body[1:].lstrip(_SPACES)
    elif not negative and body[:1] == "+":
        body = body[1:].lstrip(_SPACES)
    if not marked and body[:1] and body[0] in _CURRENCY:
        body = body[1:].lstrip(_SPACES)
    if not body.isascii():
        body = _SEPARATOR.sub(",", body)
    if len(body) > _LONGEST or not _NUMBER.fullmatch(body):
        return None
    value = Decimal(body.replace(",", ""))
    return value.copy_negate() if negative and value else value


class Answer(IntEnum):
    """What a comparison answers, in the order in which ``and`` takes the least and ``or`` the
    greatest.
    """

    NO = 0
    UNKNOWN = 1
    MAY = 2
    YES = 3

    def negated(self) -> Answer:
        """``not`` swaps yes and no; may and unknown stay what they are."""
        return _NEGATED[self]


# A member looked up on its class costs ten times as much as a global.
_NO, _UNKNOWN, _MAY, _YES = Answer
_NEGATED: Final = (_YES, _UNKNOWN, _MAY, _NO)


class Interval(NamedTuple):
    """The values between two ends, each end open or closed; ``lo < hi``, or it would be a point."""

    lo: int | Fraction
    hi: int | Fraction
    lo_open: bool = False
    hi_open: bool = False


Quantity = int | Fraction | Interval
"""A point (an integer wherever it can be one: sums of fractions cost fifty times as much) or an
interval.
"""


def exact(value: Decimal | Fraction | int) -> int | Fraction:
    """The point itself, as an integer where it is one."""
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        if value == (whole := int(value)):
            return whole
        return Fraction(value)
    return value.numerator if value.denominator == 1 else value


class Mode(NamedTuple):
    """A way of rounding: which values a printed figure stands for, and how a value is printed.

    The values are those around the figure, in steps: the figure itself (0), or an interval with
    its ends. They depend on the figure's sign. ``towards`` says where a value is rounded to.
    """

    negative: Quantity
    zero: Quantity
    positive: Quantity
    towards: Towards

    def around(self, sign: int) -> Quantity:
        """The values around a figure of a sign: -1, 0 or 1."""
        return (self.zero, self.positive, self.negative)[sign]


_HALF: Final = Fraction(1, 2)

MODES: Final[Mapping[Rounding, Mode]] = {
    "exact": Mode(negative=0, zero=0, positive=0, towards="nearest"),
    "half_up": Mode(
        negative=Interval(-_HALF, _HALF, lo_open=True),
        zero=Interval(-_HALF, _HALF, lo_open=True, hi_open=True),
        positive=Interval(-_HALF, _HALF, hi_open=True),
        towards="nearest",
    ),
    # A half may have gone either way.
    "nearest": Mode(
        negative=Interval(-_HALF, _HALF),
        zero=Interval(-_HALF, _HALF),
        positive=Interval(-_HALF, _HALF),
        towards="nearest",
    ),
    "truncate": Mode(
        negative=Interval(-1, 0, lo_open=True),
        zero=Interval(-1, 1, lo_open=True, hi_open=True),
        positive=Interval(0, 1, hi_open=True),
        towards="zero",
    ),
    # Rounded half up or cut off, nobody has said which: prose states no rounding.
    "either": Mode(
        negative=Interval(-1, _HALF, lo_open=True),
        zero=Interval(-1, 1, lo_open=True, hi_open=True),
        positive=Interval(-_HALF, 1, hi_open=True),
        towards="nearest",
    ),
    # Only 0 itself is printed as 0.
    "up": Mode(
        negative=Interval(0, 1, hi_open=True),
        zero=0,
        positive=Interval(-1, 0, lo_open=True),
        towards="away",
    ),
    "floor": Mode(
        negative=Interval(0, 1, hi_open=True),
        zero=Interval(0, 1, hi_open=True),
        positive=Interval(0, 1, hi_open=True),
        towards="floor",
    ),
}
"""What is known of rounding modes. Judge, columns and suspects read it; nothing else knows one."""


def base_units(value: Decimal, factor: Decimal) -> int | Fraction:
    """A printed value in base units; ``factor`` is how many of them its unit is."""
    if factor == 1:
        return exact(value)
    point = exact(value) * _units(factor)
    return point if isinstance(point, int) else exact(point)


@lru_cache(maxsize=256)
def _units(factor: Decimal) -> int | Fraction:
    return exact(factor)


def spread(
    value: Decimal,
    rounding: Rounding = "exact",
    step: Decimal = Decimal(1),
    factor: Decimal = Decimal(1),
) -> Quantity:
    """The set of values (times ``factor``) that print as ``value`` under a rounding to ``step``."""
    point = base_units(value, factor)
    if rounding == "exact":  # the same as adding 0, for most figures of all
        return point
    return add(point, _around(rounding, (point > 0) - (point < 0), step, factor))


@lru_cache(maxsize=256)
def _around(rounding: Rounding, sign: int, step: Decimal, factor: Decimal) -> Quantity:
    """The values around a figure of a sign, in base units."""
    around, width = MODES[rounding].around(sign), base_units(step, factor)
    if not isinstance(around, Interval):
        return around
    return around._replace(lo=exact(around.lo * width), hi=exact(around.hi * width))


def middle(quantity: Quantity) -> int | Fraction:
    """The point itself, or the middle of an interval."""
    return (
        exact(Fraction(quantity.lo + quantity.hi) / 2)
        if isinstance(quantity, Interval)
        else quantity
    )


def shown(value: int | Fraction, rounding: Rounding, step: Decimal) -> Decimal:
    """How ``value`` would be printed: rounded to ``step``; an exact value keeps all its digits
    where they end.
    """
    if rounding == "exact":
        if (digits := ended(value)) is not None:
            return digits
        step = min(step, _HUNDREDTH)
    steps = _rounded(Fraction(value) / Fraction(step), MODES[rounding].towards)
    return EXACT.multiply(Decimal(steps), step)


_HUNDREDTH: Final = Decimal("0.01")


def _rounded(value: Fraction, towards: Towards) -> int:
    """A value as a whole number."""
    match towards:
        case "nearest":
            magnitude = (2 * abs(value) + 1).__floor__() // 2
            return -magnitude if value < 0 else magnitude
        case "zero":
            return math.trunc(value)
        case "away":
            return value.__floor__() if value < 0 else value.__ceil__()
        case "floor":
            return value.__floor__()
        case "ceiling":
            return value.__ceil__()
        case _:
            assert_never(towards)


def add(left: Quantity, right: Quantity) -> Quantity:
    if not isinstance(left, Interval):
        if not isinstance(right, Interval):
            return left + right
        left, right = right, left
    if not isinstance(right, Interval):
        return Interval(left.lo + right, left.hi + right, left.lo_open, left.hi_open)
    return Interval(
        left.lo + right.lo,
        left.hi + right.hi,
        left.lo_open or right.lo_open,
        left.hi_open or right.hi_open,
    )


def negate(value: Quantity) -> Quantity:
    if isinstance(value, Interval):
        return Interval(-value.hi, -value.lo, value.hi_open, value.lo_open)
    return -value


_End = tuple[int | Fraction, bool]
"""An end of an interval, and whether it is open."""


def multiply(left: Quantity, right: Quantity) -> Quantity:
    if not isinstance(left, Interval):
        if not isinstance(right, Interval):
            return left * right
        left, right = right, left
    if not isinstance(right, Interval):
        if right == 0:
            return 0
        scaled = Interval(left.lo * right, left.hi * right, left.lo_open, left.hi_open)
        return scaled if right > 0 else Interval(scaled.hi, scaled.lo, left.hi_open, left.lo_open)
    ends = [_end(a, b) for a, b in product(_two_ends(left), _two_ends(right))]
    lo, lo_open = min(ends)  # of equal ends, the closed one
    hi, hi_closed = max((value, not is_open) for value, is_open in ends)
    return Interval(lo, hi, lo_open, not hi_closed)


def _two_ends(span: Interval) -> tuple[_End, _End]:
    return (span.lo, span.lo_open), (span.hi, span.hi_open)


def _end(left: _End, right: _End) -> _End:
    """The product of two ends. It is reached where both are, or where one is a 0 that is."""
    (a, a_open), (b, b_open) = left, right
    zero = (a == 0 and not a_open) or (b == 0 and not b_open)
    return a * b, (a_open or b_open) and not zero


def divide(left: Quantity, right: Quantity) -> Quantity | None:
    """The quotient, or None where the divisor is or may come as near to zero as one likes."""
    if not isinstance(right, Interval):
        if right == 0:
            return None
        if not isinstance(left, Interval):
            return exact(Fraction(left) / right)
        return multiply(left, Fraction(1) / right)
    if right.lo <= 0 <= right.hi:
        return None
    return multiply(
        left, Interval(Fraction(1) / right.hi, Fraction(1) / right.lo, right.hi_open, right.lo_open)
    )


def absolute(value: Quantity) -> Quantity:
    if not isinstance(value, Interval):
        return value if value >= 0 else -value
    if value.lo >= 0:
        return value
    if value.hi <= 0:
        return negate(value)
    hi, closed = max((-value.lo, not value.lo_open), (value.hi, not value.hi_open))
    return Interval(0, hi, False, not closed)


def ends(value: Quantity) -> Interval:
    """The value as an interval; a point has two closed ends."""
    return value if isinstance(value, Interval) else Interval(value, value)


def least(values: list[Quantity]) -> Quantity:
    """The interval of ``min`` over one value from each."""
    if not any(isinstance(value, Interval) for value in values):
        return min(cast("list[int | Fraction]", values))
    spans = [ends(value) for value in values]
    lo, lo_open = min((span.lo, span.lo_open) for span in spans)
    hi, closed = min((span.hi, not span.hi_open) for span in spans)
    return lo if lo == hi else Interval(lo, hi, lo_open, not closed)


def greatest(values: list[Quantity]) -> Quantity:
    """The interval of ``max`` over one value from each."""
    if not any(isinstance(value, Interval) for value in values):
        return max(cast("list[int | Fraction]", values))
    spans = [ends(value) for value in values]
    lo, lo_open = max((span.lo, span.lo_open) for span in spans)
    hi, closed = max((span.hi, not span.hi_open) for span in spans)
    return lo if lo == hi else Interval(lo, hi, lo_open, not closed)


def equal(left: Quantity, right: Quantity) -> Answer:
    if not isinstance(left, Interval) and not isinstance(right, Interval):
        return _YES if left == right else _NO
    a, b = ends(left), ends(right)
    if a.hi < b.lo or b.hi < a.lo:
        return _NO
    if (a.hi == b.lo and (a.hi_open or b.lo_open)) or (b.hi == a.lo and (b.hi_open or a.lo_open)):
        return _NO
    return _MAY


def less(left: Quantity, right: Quantity) -> Answer:
    """``left < right``."""
    if not isinstance(left, Interval) and not isinstance(right, Interval):
        return _YES if left < right else _NO
    a, b = ends(left), ends(right)
    if a.hi < b.lo or (a.hi == b.lo and (a.hi_open or b.lo_open)):
        return _YES
    return _NO if a.lo >= b.hi else _MAY


def at_most(left: Quantity, right: Quantity) -> Answer:
    """``left <= right``."""
    return _NEGATED[less(right, left)]


def meet(left: Quantity, right: Quantity) -> Quantity | None:
    """What both admit, or None."""
    if equal(left, right) is _NO:
        return None
    a, b = ends(left), ends(right)
    lo, lo_open = max((a.lo, a.lo_open), (b.lo, b.lo_open))
    hi, closed = min((a.hi, not a.hi_open), (b.hi, not b.hi_open))
    return lo if lo == hi else Interval(lo, hi, lo_open, not closed)


def agreed(values: list[Quantity]) -> Quantity | None:
    """The value that most intervals admit; None with fewer than three or without a majority.

    Where several stretches are admitted by equally many, the answer spans them, so that a "no"
    against it is sound.
    """
    if len(values) < 3:
        return None
    spans = [ends(value) for value in values]
    # Places are compared as whole multiples of one part: ordering fractions costs many times as
    # much.
    places = chain.from_iterable((span.lo, span.hi) for span in spans)
    part = math.lcm(*(place.denominator for place in places))
    marks: list[tuple[int, int]] = []
    for span in spans:
        marks.append((_parts(span.lo, part), _OPEN_LO if span.lo_open else _CLOSED_LO))
        marks.append((_parts(span.hi, part), _OPEN_HI if span.hi_open else _CLOSED_HI))
    marks.sort()
    depth = best = 0
    lo = hi = marks[0]
    for at, mark in enumerate(marks):
        if mark[1] in (_CLOSED_LO, _OPEN_LO):
            depth += 1
            if depth >= best:
                hi = marks[at + 1]
            if depth > best:
                best, lo = depth, mark
        else:
            depth -= 1
    if best * 2 <= len(values):
        return None
    first, last = exact(Fraction(lo[0], part)), exact(Fraction(hi[0], part))
    return first if first == last else Interval(first, last, lo[1] == _OPEN_LO, hi[1] == _OPEN_HI)


# The order of ends at one place: open upper ones leave, closed lower ones enter, closed upper
# ones leave, open lower ones enter.
_OPEN_HI, _CLOSED_LO, _CLOSED_HI, _OPEN_LO = range(4)


def _parts(place: int | Fraction, part: int) -> int:
    return place.numerator * (part // place.denominator)
