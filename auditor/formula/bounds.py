"""How large a formula may be. What is larger could keep the judge busy for hours."""

from __future__ import annotations

import ast
from typing import Final, NamedTuple

from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Members,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Or,
    String,
)
from auditor.records.text import Text

__all__ = [
    "DEEPEST",
    "LONGEST_FORMULA",
    "LONGEST_ROW",
    "MOST_FACTORS",
    "LargePart",
    "deep_part",
    "long_product",
]

LONGEST_FORMULA: Final = 4_000
"""How many characters a formula may have."""

DEEPEST: Final = 50
"""How many levels of brackets, functions and names may lie in each other."""

LONGEST_ROW: Final = 150
"""How many operators may stand in a row."""

MOST_FACTORS: Final = 32
"""How many figures may be multiplied with one another, those of divisors included."""

_DEEP: Final = Text(
    en=f"the formula is nested too deeply: {DEEPEST} levels of brackets, functions and names",
    ja=f"入れ子が深すぎます（括弧・関数・項目名は{DEEPEST}段まで）",
)
_LONG: Final = Text(
    en=f"too many operators in a row: at most {LONGEST_ROW}",
    ja=f"演算が続きすぎています（{LONGEST_ROW}個まで）",
)
_PRODUCT: Final = Text(
    en=f"too many figures are multiplied or divided by one another: at most {MOST_FACTORS}",
    ja=f"掛け算・割り算が多すぎます（数値{MOST_FACTORS}個まで）",
)


class LargePart(NamedTuple):
    """A part of a formula that is too large, and why."""

    node: ast.expr
    message: Text


def deep_part(tree: ast.expr) -> LargePart | None:
    """The first part of an expression that lies too deep in others; None in most formulas."""
    waiting = [(tree, 1, 1)]
    while waiting:
        node, nested, row = waiting.pop()
        if nested > DEEPEST or row > LONGEST_ROW:
            return LargePart(node, _DEEP if nested > DEEPEST else _LONG)
        for below in ast.iter_child_nodes(node):
            if not isinstance(below, ast.expr):
                continue
            # a + b + c is nested to the left, and is read as a row.
            in_row = isinstance(node, ast.BinOp) and below is node.left
            waiting.append((below, nested if in_row else nested + 1, row + 1))
    return None


class _Factors(NamedTuple):
    """How many figures are multiplied at most in the numerator and the divisor of a number."""

    above: int
    below: int

    def times(self, other: _Factors) -> _Factors:
        return _Factors(self.above + other.above, self.below + other.below)

    def plus(self, other: _Factors) -> _Factors:
        above = max(self.above + other.below, other.above + self.below)
        return _Factors(above, self.below + other.below)


_ONE: Final = _Factors(1, 0)


def long_product(tree: Node) -> Text | None:
    """Why the numbers of a formula could get too long; None for most formulas."""
    widest = 0

    def factors(node: Node) -> _Factors:
        nonlocal widest
        match node:
            case Number() | Field() | Members() | String() | Name():
                whole = _ONE
            case Negative(operand=operand) | Not(operand=operand):
                whole = factors(operand)
            case Arithmetic(operator=operator, left=left, right=right):
                a, b = factors(left), factors(right)
                if operator == "/":
                    b = _Factors(b.below, b.above)
                whole = a.times(b) if operator in ("*", "/") else a.plus(b)
            case Items(items=items) | Call(arguments=items):
                whole = _ONE
                for item in items:
                    whole = whole.plus(factors(item))
            case Compare(left=left, right=right):
                whole = factors(left).plus(factors(right))
            case And(items=items) | Or(items=items):
                for item in items:
                    factors(item)
                whole = _ONE
        widest = max(widest, whole.above, whole.below)
        return whole

    factors(tree)
    return _PRODUCT if widest > MOST_FACTORS else None
