"""Expressions over cells: the ends of a value, and what a value in a span leaves of the cells.

Ends are exact and taken as closed: an expression may leave too much of a cell's values, never too
little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Final, Protocol, TypeVar, cast

from auditor.records import figures
from auditor.records.figures import Interval, Quantity, Rounding

__all__ = [
    "ALL",
    "INFINITE",
    "SIGNS",
    "Absolute",
    "Agreed",
    "Cell",
    "Cells",
    "Constant",
    "Domains",
    "Expression",
    "Greatest",
    "Product",
    "Quotient",
    "Span",
    "Sum",
    "Variable",
    "bits",
    "connected",
    "exactly",
    "hull",
    "inside",
    "mask_of",
    "meet",
    "stands_for",
    "union",
]

INFINITE: Final = float("inf")
Number = int | Fraction | float
Ends = tuple[Number, Number]
Span = tuple[int | None, int | None]
"""Whole steps from one end to the other, both included; None where there is no end."""
Domains = dict[int, Span]
"""The cells that are free, each with what is left of its values; all others keep what they print.
"""
ALL: Final[Span] = (None, None)
SIGNS: Final = (-1, 0, 1)
"""Those of a negative figure, of zero and of a positive one."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A cell as the search sees it: ``grid`` is one step in base units, ``width`` what its
    printed figure is rounded to.

    ``weight`` says how hard it is to suspect, ``follows`` how likely its figure was computed from
    the others by whoever made the document, so that it is wrong with them. An ``agreed`` one
    stands for what a book agrees on: once it is doubted, it may be anything.
    """

    name: str
    grid: int | Fraction
    rounding: Rounding = "exact"
    width: int | Fraction = 1
    weight: float = 1.0
    fixed: bool = False
    agreed: bool = False
    follows: float = 0.01

    def noise(self, sign: int) -> Interval:
        """How far the value behind a printed figure of that sign may lie from it, in base units."""
        return _noise(self.rounding, self.width, sign)

    def loose(self) -> tuple[int | Fraction, int | Fraction]:
        """The widest noise of any sign."""
        return _loose(self.rounding, self.width)


@lru_cache(maxsize=256)
def _loose(rounding: Rounding, width: int | Fraction) -> tuple[int | Fraction, int | Fraction]:
    noises = [_noise(rounding, width, sign) for sign in SIGNS]
    return min(noise.lo for noise in noises), max(noise.hi for noise in noises)


@lru_cache(maxsize=256)
def _noise(rounding: Rounding, width: int | Fraction, sign: int) -> Interval:
    return figures.ends(figures.multiply(figures.MODES[rounding].around(sign), width))


# Expressions. Each computes the ends of its value, and narrows the free cells below it to what
# gives a value in a span.


class Expression(Protocol):
    @property
    def cells(self) -> int:
        """The cells below it, as a mask."""
        ...

    def ends(self, record: Cells, domains: Domains, /) -> Ends: ...
    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number, /) -> bool: ...


class Cells(Protocol):
    """The printed values that constraints are computed with."""

    @property
    def variables(self) -> Sequence[Variable]: ...
    @property
    def steps(self) -> Sequence[int | None]: ...


def _times(a: Number, b: Number) -> Number:
    return a * b if a and b else 0


def _scaled(ends: Ends, factor: int | Fraction) -> Ends:
    """Ends times a factor other than 0."""
    lo, hi = ends
    return (lo * factor, hi * factor) if factor > 0 else (hi * factor, lo * factor)


def _product(a: Ends, b: Ends) -> Ends:
    (a_lo, a_hi), (b_lo, b_hi) = a, b
    ends = (_times(a_lo, b_lo), _times(a_lo, b_hi), _times(a_hi, b_lo), _times(a_hi, b_hi))
    return min(ends), max(ends)


def _quotient(a: Ends, b: Ends) -> Ends:
    if b[0] <= 0 <= b[1]:
        return -INFINITE, INFINITE
    return _product(a, (_inverse(b[1]), _inverse(b[0])))


def _inverse(end: Number) -> Number:
    return 0 if abs(end) == INFINITE else Fraction(1) / cast(Fraction, end)


def _floor(value: Number) -> int | None:
    return None if isinstance(value, float) else value.__floor__()


def _ceil(value: Number) -> int | None:
    return None if isinstance(value, float) else value.__ceil__()


def meet(a: Span, b: Span) -> Span | None:
    """The steps in both, or None."""
    lo, hi = a
    if lo is None or (b[0] is not None and b[0] > lo):
        lo = b[0]
    if hi is None or (b[1] is not None and b[1] < hi):
        hi = b[1]
    return None if lo is not None and hi is not None and lo > hi else (lo, hi)


def inside(value: int, span: Span) -> bool:
    """Whether a span holds a value."""
    return (span[0] is None or span[0] <= value) and (span[1] is None or value <= span[1])


def hull(a: Span, b: Span) -> Span:
    """The steps from the first of either to the last."""
    return (
        None if a[0] is None or b[0] is None else min(a[0], b[0]),
        None if a[1] is None or b[1] is None else max(a[1], b[1]),
    )


@dataclass(slots=True)
class Constant:
    value: Ends
    exact: Quantity
    cells: int = 0

    def ends(self, _record: Cells, _domains: Domains) -> Ends:
        return self.value

    def narrow(self, _record: Cells, _domains: Domains, lo: Number, hi: Number) -> bool:
        return self.value[0] <= hi and lo <= self.value[1]


@dataclass(slots=True)
class Cell:
    at: int
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = 1 << self.at

    def ends(self, record: Cells, domains: Domains) -> Ends:
        variable = record.variables[self.at]
        span = domains.get(self.at)
        if span is None:
            step = record.steps[self.at] or 0
            span = (step, step)
        lo: Number = -INFINITE
        hi: Number = INFINITE
        if variable.rounding == "exact":
            if span[0] is not None:
                lo = hi = span[0] * variable.grid
            if span[1] != span[0]:
                hi = INFINITE if span[1] is None else span[1] * variable.grid
            return lo, hi
        if span[0] is not None:
            lo = span[0] * variable.grid + variable.noise((span[0] > 0) - (span[0] < 0)).lo
        if span[1] is not None:
            hi = span[1] * variable.grid + variable.noise((span[1] > 0) - (span[1] < 0)).hi
        return lo, hi

    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number) -> bool:
        span = domains.get(self.at)
        if span is None:
            ends = self.ends(record, domains)
            return ends[0] <= hi and lo <= ends[1]
        variable = record.variables[self.at]
        below, above = variable.loose()
        grid = Fraction(variable.grid)
        low = None if isinstance(lo, float) else _ceil((lo - above) / grid)
        high = None if isinstance(hi, float) else _floor((hi - below) / grid)
        span = meet(span, (low, high))
        if span is None:
            return False
        domains[self.at] = span
        return True


@dataclass(slots=True)
class Agreed:
    """What a book agrees on; anything once that is doubted."""

    at: int
    exact: Quantity
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = 1 << self.at

    def ends(self, _record: Cells, domains: Domains) -> Ends:
        if self.at in domains:
            return -INFINITE, INFINITE
        span = figures.ends(self.exact)
        return span.lo, span.hi

    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number) -> bool:
        ends = self.ends(record, domains)
        return ends[0] <= hi and lo <= ends[1]


@dataclass(slots=True)
class Sum:
    terms: tuple[tuple[int | Fraction, Expression], ...]
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = union(term.cells for _, term in self.terms)

    def ends(self, record: Cells, domains: Domains) -> Ends:
        spans = self._several(record, domains)
        return sum(ends[0] for ends in spans), sum(ends[1] for ends in spans)

    def _several(self, record: Cells, domains: Domains) -> list[Ends]:
        return [_scaled(term.ends(record, domains), factor) for factor, term in self.terms]

    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number) -> bool:
        spans = self._several(record, domains)
        for number, (factor, term) in enumerate(self.terms):
            others = [ends for at, ends in enumerate(spans) if at != number]
            low = lo - sum(ends[1] for ends in others)
            high = hi - sum(ends[0] for ends in others)
            ends = _scaled((low, high), 1 / Fraction(factor))
            if not term.narrow(record, domains, *ends):
                return False
        return True


def _factor(product: Ends, other: Expression, record: Cells, domains: Domains) -> Ends:
    """What one factor may be, given the other: of whole steps, none lies between nought and one."""
    ends = other.ends(record, domains)
    if ends[0] <= 0 <= ends[1] and not product[0] <= 0 <= product[1] and isinstance(other, Cell):
        variable = record.variables[other.at]
        if variable.rounding == "exact":
            most: Number = max(-product[0], product[1])
            return (
                (-INFINITE, INFINITE)
                if isinstance(most, float)
                else (-Fraction(most) / variable.grid, Fraction(most) / variable.grid)
            )
    return _quotient(product, ends)


@dataclass(slots=True)
class Product:
    left: Expression
    right: Expression
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = self.left.cells | self.right.cells

    def ends(self, record: Cells, domains: Domains) -> Ends:
        return _product(self.left.ends(record, domains), self.right.ends(record, domains))

    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number) -> bool:
        ends = self.ends(record, domains)
        if ends[0] > hi or lo > ends[1]:
            return False
        if not self.left.narrow(record, domains, *_factor((lo, hi), self.right, record, domains)):
            return False
        return self.right.narrow(record, domains, *_factor((lo, hi), self.left, record, domains))


@dataclass(slots=True)
class Quotient:
    left: Expression
    right: Expression
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = self.left.cells | self.right.cells

    def ends(self, record: Cells, domains: Domains) -> Ends:
        return _quotient(self.left.ends(record, domains), self.right.ends(record, domains))

    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number) -> bool:
        ends = self.ends(record, domains)
        right = self.right.ends(record, domains)
        if ends[0] > hi or lo > ends[1] or right == (0, 0):
            return False
        if not self.left.narrow(record, domains, *_product((lo, hi), right)):
            return False
        left = self.left.ends(record, domains)
        return self.right.narrow(record, domains, *_quotient(left, (lo, hi)))


@dataclass(slots=True)
class Absolute:
    inner: Expression
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = self.inner.cells

    def ends(self, record: Cells, domains: Domains) -> Ends:
        lo, hi = self.inner.ends(record, domains)
        if lo >= 0:
            return lo, hi
        return (-hi, -lo) if hi <= 0 else (0, max(-lo, hi))

    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number) -> bool:
        if hi < 0:
            return False
        below, above = self.inner.ends(record, domains)
        low = max(lo, 0) if below > -lo or below >= 0 else -hi
        high = -max(lo, 0) if above < lo or above <= 0 else hi
        return self.inner.narrow(record, domains, low, high)


@dataclass(slots=True)
class Greatest:
    """``max``; ``min`` is the negative of the greatest negative."""

    items: tuple[Expression, ...]
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = union(item.cells for item in self.items)

    def ends(self, record: Cells, domains: Domains) -> Ends:
        spans = [item.ends(record, domains) for item in self.items]
        return max(ends[0] for ends in spans), max(ends[1] for ends in spans)

    def narrow(self, record: Cells, domains: Domains, lo: Number, hi: Number) -> bool:
        reach = [item for item in self.items if item.ends(record, domains)[1] >= lo]
        if not reach:
            return False
        return all(
            item.narrow(record, domains, lo if reach == [item] else -INFINITE, hi)
            for item in self.items
        )


T = TypeVar("T")


def connected(items: Iterable[T], cells_of: Callable[[T], int]) -> list[list[T]]:
    """Items in groups that share no cell; ``cells_of`` gives an item's cells as a mask."""
    groups: list[tuple[int, list[T]]] = []
    for item in items:
        mask, group = cells_of(item), [item]
        apart: list[tuple[int, list[T]]] = []
        for cells, others in groups:
            if cells & mask:
                mask, group = mask | cells, others + group
            else:
                apart.append((cells, others))
        groups = [*apart, (mask, group)]
    return [group for _, group in groups]


def bits(mask: int) -> Iterator[int]:
    """The places of a mask's set bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(places: Iterable[int]) -> int:
    """The mask of some places, each given once or more."""
    mask = 0
    for at in places:
        mask |= 1 << at
    return mask


def union(masks: Iterable[int]) -> int:
    """The places of any of some masks."""
    total = 0
    for mask in masks:
        total |= mask
    return total


def stands_for(variable: Variable, step: int) -> Quantity:
    """The values in base units that print as so many steps."""
    point = step * variable.grid
    if not isinstance(point, int):
        point = figures.exact(point)
    if variable.rounding == "exact":
        return point
    noise = variable.noise((step > 0) - (step < 0))
    return point if noise.lo == noise.hi else figures.add(point, noise)


def exactly(expression: Expression, record: Cells) -> Quantity | None:
    """An expression of printed cells by the judge's own arithmetic; None where it can't be
    computed.
    """
    match expression:
        case Constant(exact=exact) | Agreed(exact=exact):
            return exact
        case Cell(at=at):
            return stands_for(record.variables[at], record.steps[at] or 0)
        case Sum(terms=terms):
            total: Quantity = 0
            for factor, term in terms:
                value = exactly(term, record)
                if value is None:
                    return None
                total = figures.add(total, figures.multiply(value, factor))
            return total
        case Product(left=left, right=right) | Quotient(left=left, right=right):
            a, b = exactly(left, record), exactly(right, record)
            if a is None or b is None:
                return None
            return (
                figures.multiply(a, b) if isinstance(expression, Product) else figures.divide(a, b)
            )
        case Absolute(inner=inner):
            value = exactly(inner, record)
            return None if value is None else figures.absolute(value)
        case Greatest(items=items):
            values = [exactly(item, record) for item in items]
            return (
                None
                if any(value is None for value in values)
                else figures.greatest(cast("list[Quantity]", values))
            )
        case _:
            raise TypeError(expression)
