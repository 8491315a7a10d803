"""A formula, or a part of one, as it is written in a rule file."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final

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
from auditor.records import figures
from auditor.records.decimals import ended, plain_digits

__all__ = ["written"]

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(8)
"""How tightly parts of a formula bind, the loosest first."""
_BINDS: Final = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def written(node: Node) -> str:
    """The text of a node. It parses to the same tree, but for what ``at`` says; brackets stand
    where they are needed alone.
    """
    return _text(node, _OR)


def _text(node: Node, least: int) -> str:
    """The text of a node that has to bind at least so tightly where it stands."""
    text, binds = _bare(node)
    return text if binds >= least else f"({text})"


def _bare(node: Node) -> tuple[str, int]:
    """The text of a node without brackets around it, and how tightly it binds."""
    match node:
        case Number(value=value):
            digits = ended(value)
            shown = figures.shown(value, "exact", Decimal(1)) if digits is None else digits
            return plain_digits(shown), _ATOM if value >= 0 else _SIGN
        case String(value=word) | Name(value=word):
            return json.dumps(word, ensure_ascii=False), _ATOM
        case Field() | Members():
            return node.path, _ATOM
        case Items(items=items):
            return f"[{_listed(items)}]", _ATOM
        case Call(function=function, arguments=arguments):
            return f"{function}({_listed(arguments)})", _ATOM
        case Negative(operand=operand):
            return f"-{_text(operand, _SIGN)}", _SIGN
        case Arithmetic(operator=operator, left=left, right=right):
            binds = _BINDS[operator]
            return f"{_text(left, binds)} {operator} {_text(right, binds + 1)}", binds
        case Compare(operator=operator, left=left, right=right):
            return f"{_text(left, _SUM)} {operator} {_text(right, _SUM)}", _COMPARISON
        case Not(operand=operand):
            return f"not {_text(operand, _NOT)}", _NOT
        case And(items=items):
            return " and ".join(_text(item, _AND + 1) for item in items), _AND
        case Or(items=items):
            return " or ".join(_text(item, _OR + 1) for item in items), _OR


def _listed(items: tuple[Node, ...]) -> str:
    return ", ".join(_text(item, _OR) for item in items)
