"""Conditions over cells: whether a record meets them, and what they leave of the free cells.

Cells count in whole steps.

They only ever leave too much, never too little: the exact judge has the last word on every
corrected record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Final, Literal, NamedTuple, Protocol

from auditor.records import figures
from auditor.records.figures import Answer, Interval, Quantity
from auditor.suspects.expressions import (
    ALL,
    INFINITE,
    SIGNS,
    Cells,
    Domains,
    Expression,
    Span,
    bits,
    exactly,
    hull,
    mask_of,
    meet,
    union,
)

__all__ = [
    "COMPARE",
    "Affine",
    "Any",
    "Comparing",
    "Comparison",
    "Condition",
    "Constraint",
    "Every",
    "Known",
    "Linear",
    "Printed",
    "Term",
    "divided",
    "equation_of",
    "is_equation",
]

Comparison = Literal["==", "!=", "<", "<=", ">", ">="]


# Conditions. Each is asked two things: does the printed record satisfy it, and what does it leave
# of the free cells.


class Condition(Protocol):
    @property
    def cells(self) -> int:
        """The cells that it looks at, as a mask."""
        ...

    def holds(self, record: Cells, /) -> bool: ...
    def narrow(self, record: Cells, domains: Domains, /) -> bool: ...


@dataclass(slots=True)
class Known:
    """A condition that no correction changes."""

    answer: bool
    cells: int = 0

    def holds(self, _record: Cells) -> bool:
        return self.answer

    def narrow(self, _record: Cells, _domains: Domains) -> bool:
        return self.answer


@dataclass(slots=True)
class Printed:
    """That a cell prints something, or that it does not: filling a blank cell is a correction,
    emptying one is not.
    """

    at: int
    present: bool
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = 1 << self.at

    def holds(self, record: Cells) -> bool:
        return (record.steps[self.at] is not None) is self.present

    def narrow(self, record: Cells, domains: Domains) -> bool:
        return (self.at in domains or record.steps[self.at] is not None) is self.present


@dataclass(slots=True)
class Every:
    items: tuple[Condition, ...]
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = union(item.cells for item in self.items)

    def holds(self, record: Cells) -> bool:
        return all(item.holds(record) for item in self.items)

    def narrow(self, record: Cells, domains: Domains) -> bool:
        return all(item.narrow(record, domains) for item in self.items)


@dataclass(slots=True)
class Any:
    items: tuple[Condition, ...]
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.cells = union(item.cells for item in self.items)

    def holds(self, record: Cells) -> bool:
        return any(item.holds(record) for item in self.items)

    def narrow(self, record: Cells, domains: Domains) -> bool:
        """What any of the items leaves: the hull of what each does."""
        rest: Domains = {}
        alive = False
        for item in self.items:
            copy = dict(domains)
            if not item.narrow(record, copy):
                continue
            if not alive:
                alive, rest = True, copy
            else:
                rest = {at: hull(span, rest[at]) for at, span in copy.items()}
        domains.update(rest)
        return alive


Noise = tuple[int, int, bool, bool]
"""How far the value behind a figure may lie below and above it, and whether the ends are open."""


class Linear(NamedTuple):
    """``lo <= sum of factor times steps <= hi`` in whole numbers, before the rounding of the
    cells is allowed for.

    ``rounded`` gives, for each rounded occurrence of a cell, its noise for a negative, zero and
    positive figure, and for a free one. ``lo_open`` and ``hi_open`` count the constants' own open
    ends.
    """

    factors: dict[int, int]
    lo: int | None
    hi: int | None
    lo_open: bool
    hi_open: bool
    rounded: tuple[tuple[int, tuple[Noise, ...]], ...]
    equation: bool
    scale: int

    def bounds(
        self, steps: Sequence[int | None], domains: Domains
    ) -> tuple[int | None, int | None]:
        """The closed bounds of the sum, with the noise of these figures."""
        lo, hi, lo_open, hi_open = self.lo, self.hi, self.lo_open, self.hi_open
        for at, noise in self.rounded:
            if at in domains:
                low, high, low_open, high_open = noise[3]
            else:
                step = steps[at] or 0
                low, high, low_open, high_open = noise[(step > 0) - (step < 0) + 1]
            if lo is not None:
                lo -= high
                lo_open = lo_open or high_open
            if hi is not None:
                hi -= low
                hi_open = hi_open or low_open
        if lo_open and lo is not None:
            lo += 1
        if hi_open and hi is not None:
            hi -= 1
        return lo, hi

    def residue(
        self, steps: Sequence[int | None], free: int
    ) -> tuple[dict[int, int], int | None, int | None]:
        """What is left to the free cells: their factors, and the bounds of their sum."""
        lo, hi = self.bounds(steps, dict.fromkeys(bits(free), ALL))
        factors: dict[int, int] = {}
        for at, factor in self.factors.items():
            if free >> at & 1:
                factors[at] = factor
                continue
            shift = factor * (steps[at] or 0)
            lo, hi = None if lo is None else lo - shift, None if hi is None else hi - shift
        return factors, lo, hi

    def holds(self, steps: Sequence[int | None]) -> bool:
        total = 0
        for at, factor in self.factors.items():
            total += factor * (steps[at] or 0)
        lo, hi = self.bounds(steps, {})
        return (lo is None or total >= lo) and (hi is None or total <= hi)

    def narrow(self, steps: Sequence[int | None], domains: Domains) -> bool:
        """Narrow the free cells; False where nothing is left of one."""
        lo, hi = self.bounds(steps, domains)
        free: list[tuple[int, int, Span]] = []
        for at, factor in self.factors.items():
            span = domains.get(at)
            if span is None:
                shift = factor * (steps[at] or 0)
                if lo is not None:
                    lo -= shift
                if hi is not None:
                    hi -= shift
            else:
                free.append((at, factor, span))
        if len(free) == 1:
            [(at, factor, span)] = free
            rest = meet(span, divided(lo, hi, factor))
            if rest is None:
                return False
            domains[at] = rest
            return True
        if not free:
            return (lo is None or lo <= 0) and (hi is None or hi >= 0)
        return _narrow_together(free, lo, hi, domains)


def _narrow_together(
    free: Sequence[tuple[int, int, Span]], lo: int | None, hi: int | None, domains: Domains
) -> bool:
    """Narrow cells, each with its factor and its span, so that their sum may lie between the
    ends; False where nothing is left of one.
    """
    products = [_times(span, factor) for _, factor, span in free]
    open_least = sum(least is None for least, _ in products)
    open_most = sum(most is None for _, most in products)
    sum_least = sum(least or 0 for least, _ in products)
    sum_most = sum(most or 0 for _, most in products)
    for (at, factor, span), (least, most) in zip(free, products, strict=True):
        # What the others leave is bounded only where none of them is open.
        low = high = None
        if lo is not None and open_most == (most is None):
            low = lo - (sum_most - (most or 0))
        if hi is not None and open_least == (least is None):
            high = hi - (sum_least - (least or 0))
        rest = meet(span, divided(low, high, factor))
        if rest is None:
            return False
        domains[at] = rest
    return True


def _times(span: Span, factor: int) -> Span:
    """The least and the most that a factor times a span may be."""
    low, high = span if factor >= 0 else (span[1], span[0])
    return None if low is None else factor * low, None if high is None else factor * high


def divided(lo: int | None, hi: int | None, factor: int) -> Span:
    """The whole numbers that, times ``factor``, lie between the ends."""
    if factor < 0:
        lo, hi, factor = None if hi is None else -hi, None if lo is None else -lo, -factor
    return None if lo is None else -(-lo // factor), None if hi is None else hi // factor


COMPARE: Final[dict[str, Callable[[Quantity, Quantity], Answer]]] = {
    "==": figures.equal,
    "!=": lambda a, b: figures.equal(a, b).negated(),
    "<": figures.less,
    "<=": figures.at_most,
    ">": lambda a, b: figures.less(b, a),
    ">=": lambda a, b: figures.at_most(b, a),
}


@dataclass(slots=True)
class Comparing:
    """One comparison: linear where the cells that stand in its products and divisors keep their
    values.

    ``needs`` are sets of blank cells (masks); without one of each the comparison is not known.
    """

    operator: Comparison
    expression: Expression
    held: int
    needs: tuple[int, ...]
    strict: bool
    affine: Affine | None
    cells: int = field(init=False)
    _holding: tuple[int, ...] = field(init=False, repr=False)
    _linear: dict[tuple[int | None, ...], Linear | None] = field(
        default_factory=dict[tuple[int | None, ...], "Linear | None"], repr=False
    )

    def __post_init__(self) -> None:
        self.cells = self.expression.cells
        self._holding = tuple(bits(self.held))
        self.cells |= union(self.needs)

    def linear(self, record: Cells) -> Linear | None:
        """The comparison in whole numbers, for these values of the cells it holds."""
        if self.affine is None:
            return None
        steps = record.steps
        key = tuple([steps[at] for at in self._holding])
        if key not in self._linear:
            if len(self._linear) > 512:
                self._linear.clear()
            self._linear[key] = _linear(self.affine, self.operator, record)
        return self._linear[key]

    def unknown(self, record: Cells, free: int) -> bool:
        """Whether a blank cell keeps the comparison from being known."""
        return any(
            not mask & free and all(record.steps[at] is None for at in bits(mask))
            for mask in self.needs
        )

    def holds(self, record: Cells) -> bool:
        if self.needs and self.unknown(record, 0):
            return not self.strict
        linear = self.linear(record)
        if linear is not None:
            return linear.holds(record.steps)
        value = exactly(self.expression, record)
        return (
            not self.strict if value is None else COMPARE[self.operator](value, 0) is not Answer.NO
        )

    def narrow(self, record: Cells, domains: Domains) -> bool:
        if self.needs and self.unknown(record, mask_of(domains)):
            return not self.strict
        held = self.held
        if not held or not any(held >> at & 1 for at in domains):
            linear = self.linear(record)
            if linear is not None:
                return linear.narrow(record.steps, domains)
        elif any(record.variables[at].agreed for at in domains if self.cells >> at & 1):
            return True
        if (
            not self.strict
            and not any(self.cells >> at & 1 for at in domains)
            and exactly(self.expression, record) is None
        ):
            return True
        match self.operator:
            case "==":
                return self.expression.narrow(record, domains, 0, 0)
            case "!=":
                lo, hi = self.expression.ends(record, domains)
                return not lo == 0 == hi
            case "<" | "<=":
                return self.expression.narrow(record, domains, -INFINITE, 0)
            case _:
                return self.expression.narrow(record, domains, 0, INFINITE)


@dataclass(slots=True)
class Constraint:
    """One rule (or one part of its ``and``) on one record; ``sides`` are those of an ``or``, each
    as constraints of its own.
    """

    rule: int
    condition: Condition
    derived: int | None = None
    cells: int = field(init=False)
    sides: tuple[tuple[Constraint, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = self.condition.cells
        self.sides = ((self,),)
        if isinstance(self.condition, Any):
            self.sides = tuple(
                tuple(
                    Constraint(self.rule, part)
                    for part in (item.items if isinstance(item, Every) else (item,))
                )
                for item in self.condition.items
            )


def is_equation(condition: Condition) -> bool:
    """Whether a condition may pin a figure down, and does not only bound it."""
    match condition:
        case Comparing(operator=operator):
            return operator == "=="
        case Any(items=items) | Every(items=items):
            return any(map(is_equation, items))
        case _:
            return False


def equation_of(condition: Condition) -> Comparing | None:
    """The equation that a condition comes to, beside what says when it applies; None where it is
    no single one.
    """
    if isinstance(condition, Comparing):
        return condition if condition.operator == "==" else None
    if isinstance(condition, Any):
        equations = [item for item in map(equation_of, condition.items) if item is not None]
        return equations[0] if len(equations) == 1 else None
    return None


class Term(NamedTuple):
    """A cell times a number, and times (or, where it ``divides``, over) an expression of held
    cells.
    """

    at: int
    factor: int | Fraction
    held: Expression | None = None
    divides: bool = False


class Affine(NamedTuple):
    """A sum of cells with factors, and of expressions of held cells alone."""

    terms: tuple[Term, ...]
    constants: tuple[tuple[int | Fraction, Expression], ...]


def _linear(affine: Affine, operator: Comparison, record: Cells) -> Linear | None:
    """The comparison in whole numbers; None where a factor is no point or can't be computed, and
    for ``!=``.
    """
    if operator == "!=":
        return None
    factors = _factors(affine, record)
    constant = _constant(affine, record)
    if factors is None or constant is None:
        return None

    # All numbers are multiplied by one scale that makes each of them whole.
    variables = record.variables
    noisy = [
        (at, factor, [variables[at].noise(sign) for sign in SIGNS])
        for at, factor in factors
        if variables[at].rounding != "exact"
    ]
    span = figures.ends(constant)
    numbers = [factor * variables[at].grid for at, factor in factors]
    scale = lcm(*(Fraction(number).denominator for number in (*numbers, span.lo, span.hi)))
    for at, factor, _ in noisy:
        scale = lcm(scale, *((factor * end).denominator for end in variables[at].loose()))

    whole: dict[int, int] = {}
    for (at, _), number in zip(factors, numbers, strict=True):
        whole[at] = whole.get(at, 0) + int(number * scale)
    rounded = tuple((at, _noises(noises, factor * scale)) for at, factor, noises in noisy)
    lo, hi = -int(span.hi * scale), -int(span.lo * scale)
    return Linear(
        {at: factor for at, factor in whole.items() if factor},
        None if operator in ("<", "<=") else lo,
        None if operator in (">", ">=") else hi,
        span.hi_open or operator == ">",
        span.lo_open or operator == "<",
        rounded,
        operator == "==",
        scale,
    )


def _factors(affine: Affine, record: Cells) -> list[tuple[int, Fraction]] | None:
    """The cells with their factors; None where a factor is no point or can't be computed."""
    factors: list[tuple[int, Fraction]] = []
    for at, factor, held, divides in affine.terms:
        if held is None:
            factors.append((at, Fraction(factor)))
            continue
        value = exactly(held, record)
        if value is None or isinstance(value, Interval) or (divides and value == 0):
            return None
        factors.append((at, Fraction(factor) / value if divides else Fraction(factor * value)))
    return factors


def _constant(affine: Affine, record: Cells) -> Quantity | None:
    """The sum of what is held; None where it can't be computed."""
    constant: Quantity = 0
    for factor, expression in affine.constants:
        value = exactly(expression, record)
        if value is None:
            return None
        constant = figures.add(constant, figures.multiply(value, factor))
    return constant


def _noises(noises: Sequence[Interval], factor: Fraction) -> tuple[Noise, ...]:
    """The noise of a negative, zero and positive figure times a factor, and that of any."""
    table: list[Noise] = []
    for noise in noises:
        low, high = int(noise.lo * factor), int(noise.hi * factor)
        if factor > 0:
            table.append((low, high, noise.lo_open, noise.hi_open))
        else:
            table.append((high, low, noise.hi_open, noise.lo_open))
    least, most = min(entry[0] for entry in table), max(entry[1] for entry in table)
    return (*table, (least, most, False, False))
