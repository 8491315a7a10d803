"""The grammar of formulas is that of Python's expressions, with links and names as paths.

Python keeps the word ``as`` for itself; formulas have it as a link.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

from auditor.records.fields import of_kind, of_same

__all__ = ["expression", "is_path", "path", "readable"]

_TEXT_OR_AS: Final = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<=\.)(\s*)as(?=\s*\()"""
)
# Python reads ſ in a name as s, but takes no such word for a keyword. Every character keeps its
# place.
_AS: Final = "a\u017f"


def readable(formula: str) -> str:
    """A formula as Python can read it, each character in its place."""
    return _TEXT_OR_AS.sub(lambda match: match[1] or match[2] + _AS, formula)


def expression(formula: str) -> ast.expr:
    """The expression that a formula is. Raises SyntaxError, and what ``ast.parse`` raises.

    What Python only warns of (a number that runs into a word, an escape that there is not) is an
    error here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ast.parse(readable(formula), mode="eval").body


def is_path(tree: ast.expr) -> bool:
    """Whether an expression is written as a name is, links and all."""
    match tree:
        case ast.Name() | ast.Attribute() | ast.Call(func=ast.Attribute(attr="as" | "same")):
            return True
        case ast.Call(func=ast.Name(id="same")):
            return True
        case _:
            return False


def path(tree: ast.expr) -> tuple[str, ...] | None:
    """The steps of a name and the name itself; None where it is no name.

    A link with a kind of column is one step: ``earlier.as("budgeted")``; so are the rows that
    have some names in common: ``same("category", "kind")``.
    """
    match tree:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=inner, attr=name):
            before = path(inner)
            return None if before is None else (*before, name)
        case ast.Call(
            func=ast.Attribute(value=inner, attr="as"),
            args=[ast.Constant(value=str(kind))],
            keywords=[],
        ):
            before = path(inner)
            return None if before is None else (*before[:-1], of_kind(before[-1], kind))
        case ast.Call(func=ast.Name(id="same"), args=arguments, keywords=[]):
            keys = _quoted(arguments)
            return None if keys is None else (of_same(keys),)
        case ast.Call(func=ast.Attribute(value=inner, attr="same"), args=arguments, keywords=[]):
            before, keys = path(inner), _quoted(arguments)
            return None if before is None or keys is None else (*before, of_same(keys))
        case _:
            return None


def _quoted(arguments: list[ast.expr]) -> tuple[str, ...] | None:
    """Names in quotes; None where an argument is none, or there is none."""
    names: list[str] = []
    for argument in arguments:
        match argument:
            case ast.Constant(value=str(name)) if '"' not in name:
                names.append(name)
            case _:
                return None
    return tuple(names) or None
