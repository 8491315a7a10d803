"""Conditions and expressions of the search written as text, with all that is in them."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.suspects.conditions import (
    Affine,
    Any,
    Comparing,
    Condition,
    Constraint,
    Every,
    Known,
    Printed,
)
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
)

__all__ = ["written_affine", "written_condition", "written_constraint", "written_expression"]


def _joined(items: Iterable[Expression], sign: str) -> str:
    return f"({sign.join(map(written_expression, items))})"


def _below(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Sum(terms=terms):
            return tuple(term for _, term in terms)
        case Product() | Quotient():
            return expression.left, expression.right
        case Absolute(inner=inner):
            return (inner,)
        case Greatest(items=items):
            return items
        case _:
            return ()


def written_expression(expression: Expression) -> str:
    """An expression; its cells are those below it."""
    cells = 0
    for part in _below(expression):
        cells |= part.cells
    match expression:
        case Constant(value=value, exact=exact):
            text = f"{exact}" if value == (exact, exact) else f"<{value[0]} to {value[1]}: {exact}>"
        case Cell(at=at):
            cells, text = 1 << at, f"x{at}"
        case Agreed(at=at, exact=exact):
            cells, text = 1 << at, f"agreed{at}({exact})"
        case Sum(terms=terms):
            several = (f"{factor} {written_expression(term)}" for factor, term in terms)
            text = f"({' + '.join(several)})"
        case Product():
            text = _joined((expression.left, expression.right), " * ")
        case Quotient():
            text = _joined((expression.left, expression.right), " / ")
        case Absolute(inner=inner):
            text = f"abs{_joined((inner,), '')}"
        case Greatest(items=items):
            text = f"max{_joined(items, ', ')}"
        case _:
            raise TypeError(expression)
    assert expression.cells == cells, text
    return text


def written_affine(affine: Affine | None) -> str:
    """What is linear in an expression."""
    if affine is None:
        return "-"
    terms: list[str] = []
    for at, factor, held, divides in affine.terms:
        sign = " / " if divides else " * "
        terms.append(
            f"{factor} x{at}" + ("" if held is None else f"{sign}{written_expression(held)}")
        )
    constants = [f"{factor} {written_expression(held)}" for factor, held in affine.constants]
    return f"[{'; '.join(terms)} | {'; '.join(constants)}]"


def written_condition(condition: Condition) -> str:
    """A condition; its cells are those that it looks at."""
    cells = 0
    match condition:
        case Known(answer=answer):
            text = str(answer)
        case Printed(at=at, present=present):
            cells, text = 1 << at, f"{'printed' if present else 'blank'}{at}"
        case Every(items=items) | Any(items=items):
            for item in items:
                cells |= item.cells
            sign = " and " if isinstance(condition, Every) else " or "
            text = f"{{{sign.join(map(written_condition, items))}}}"
        case Comparing(operator=operator, expression=expression, needs=needs):
            cells = expression.cells
            for mask in needs:
                cells |= mask
            strict = " strict" if condition.strict else ""
            held = f" held {condition.held}" if condition.held else ""
            needed = f" needs {needs}" if needs else ""
            affine = written_affine(condition.affine)
            text = f"{written_expression(expression)} {operator} 0{strict}{held}{needed} {affine}"
        case _:
            raise TypeError(condition)
    assert condition.cells == cells, text
    return text


def written_constraint(constraint: Constraint) -> str:
    """A constraint with what it derives and its sides."""
    assert constraint.cells == constraint.condition.cells
    text = f"{constraint.rule} of {constraint.derived}: {written_condition(constraint.condition)}"
    if constraint.sides == ((constraint,),):
        return text
    sides: list[str] = []
    for side in constraint.sides:
        assert all(part.rule == constraint.rule for part in side)
        assert all(part.derived is None for part in side)
        sides.append(", ".join(written_condition(part.condition) for part in side))
    return f"{text} sides {' | '.join(sides)}"
