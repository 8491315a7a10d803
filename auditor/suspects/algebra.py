"""Expressions put together: sums without sums in them, products, quotients.

What is linear in an expression is taken out, once it is settled which of its cells keep their
values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.records.figures import Interval
from auditor.suspects.conditions import Affine, Term
from auditor.suspects.expressions import (
    Absolute,
    Agreed,
    Cell,
    Constant,
    Expression,
    Greatest,
    Product,
    Quotient,
    Sum,
    Variable,
    bits,
    union,
)

__all__ = [
    "NotComputable",
    "affine",
    "divided",
    "held",
    "multiplied",
    "negated",
    "quotients",
    "total",
]


class NotComputable(Exception):
    """A number that can't be computed on this record."""


def total(terms: Sequence[tuple[int | Fraction, Expression]]) -> Expression:
    """A sum of expressions with factors, flat."""
    flat: list[tuple[int | Fraction, Expression]] = []
    for factor, term in terms:
        if isinstance(term, Sum):
            flat.extend((factor * inner, below) for inner, below in term.terms)
        else:
            flat.append((factor, term))
    return flat[0][1] if len(flat) == 1 and flat[0][0] == 1 else Sum(tuple(flat))


def negated(expression: Expression) -> Expression:
    """The negative of an expression."""
    return total(((-1, expression),))


def multiplied(left: Expression, right: Expression) -> Expression:
    """A product; with a constant, a sum of one term."""
    for constant, other in ((left, right), (right, left)):
        if isinstance(constant, Constant):
            factor = constant.exact
            if not isinstance(factor, Interval) and factor != 0:
                return total(((factor, other),))
    return Product(left, right)


def divided(left: Expression, right: Expression) -> Expression:
    """A quotient; by a constant, a sum of one term. Raises NotComputable where it divides by 0."""
    if isinstance(right, Constant):
        if right.value[0] <= 0 <= right.value[1]:
            raise NotComputable
        if not isinstance(right.exact, Interval):
            return total(((Fraction(1) / right.exact, left),))
    return Quotient(left, right)


def held(expression: Expression, variables: Sequence[Variable]) -> int:
    """The cells (a mask) to keep at their values so that the rest is linear: divisors, and the
    harder-to-suspect factor of a product.
    """
    match expression:
        case Sum(terms=terms):
            return union(held(term, variables) for _, term in terms)
        case Quotient(left=left, right=right):
            return held(left, variables) | right.cells
        case Product(left=left, right=right):
            if isinstance(left, Constant) or isinstance(right, Constant):
                return left.cells | right.cells
            hard, easy = left, right
            if _weight(right, variables) > _weight(left, variables):
                hard, easy = right, left
            return hard.cells | held(easy, variables)
        case Absolute() | Greatest() | Agreed():
            return expression.cells
        case _:
            return 0


def quotients(expression: Expression) -> Iterator[Quotient]:
    """The quotients that are added up or multiplied in an expression."""
    match expression:
        case Quotient():
            yield expression
        case Sum(terms=terms):
            for _, term in terms:
                yield from quotients(term)
        case Product(left=left, right=right):
            yield from quotients(left)
            yield from quotients(right)
        case _:
            return


def _weight(side: Expression, variables: Sequence[Variable]) -> float:
    """How hard the hardest-to-suspect cell of an expression is to suspect."""
    return max((variables[at].weight for at in bits(side.cells)), default=0)


def affine(expression: Expression, mask: int) -> Affine | None:
    """An expression as a sum of cells, with the cells of a mask kept at their values; None where
    it is no such sum.
    """
    terms: list[Term] = []
    constants: list[tuple[int | Fraction, Expression]] = []

    def add(factor: int | Fraction, node: Expression) -> bool:
        if not node.cells & ~mask:
            constants.append((factor, node))
            return True
        match node:
            case Cell(at=at):
                terms.append(Term(at, factor))
                return True
            case Sum(terms=inner):
                return all(add(factor * below, term) for below, term in inner)
            case Quotient(left=Cell(at=at), right=right):
                terms.append(Term(at, factor, right, True))
                return True
            case (
                Product(left=Cell(at=at), right=right) | Product(left=right, right=Cell(at=at))
            ) if not right.cells & ~mask:
                terms.append(Term(at, factor, right))
                return True
            case Quotient(left=Sum(terms=inner), right=right):
                return all(add(factor * below, Quotient(term, right)) for below, term in inner)
            case _:
                return False

    return Affine(tuple(terms), tuple(constants)) if add(1, expression) else None
