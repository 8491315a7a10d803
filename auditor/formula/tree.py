"""The tree of a formula, and the vocabulary: which names may stand on which row."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Literal

__all__ = [
    "And",
    "Arithmetic",
    "Call",
    "Compare",
    "Field",
    "FunctionName",
    "Items",
    "Kind",
    "Name",
    "Negative",
    "Node",
    "Not",
    "Number",
    "Or",
    "Scope",
    "String",
    "Vocabulary",
    "fields",
    "shape",
    "walk",
]

Kind = Literal["number", "text", "group", "list", "table", "answer"]
Operator = Literal["+", "-", "*", "/"]
FunctionName = Literal[
    "sum",
    "abs",
    "min",
    "max",
    "present",
    "blank",
    "zero",
    "count",
    "group",
    "param",
    "table",
    "agreed",
]
"""Closes the set of functions for the type checker; what each one is stands in ``functions``."""
Comparison = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]


@dataclass(frozen=True)
class Number:
    """A number as it stands in the formula, in base units."""

    value: int | Fraction
    at: int


@dataclass(frozen=True)
class String:
    """A text in quotes."""

    value: str
    at: int


@dataclass(frozen=True)
class Name:
    """The quoted argument of ``group``, ``param`` and ``table``, and the second of ``agreed``."""

    value: str
    at: int


@dataclass(frozen=True)
class Field:
    """A name on a row: the links to follow first (``prior``, ``sheet`` …), the field there, and
    its kind.
    """

    links: tuple[str, ...]
    name: str
    kind: Kind
    at: int

    @property
    def path(self) -> str:
        return ".".join((*self.links, self.name))


@dataclass(frozen=True)
class Items:
    """A list in square brackets."""

    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True)
class Negative:
    """A number with a minus before it."""

    operand: Node
    at: int


@dataclass(frozen=True)
class Arithmetic:
    """Two numbers with an operator between them."""

    operator: Operator
    left: Node
    right: Node
    at: int


@dataclass(frozen=True)
class Compare:
    """One comparison; a chain is the ``And`` of its comparisons."""

    operator: Comparison
    left: Node
    right: Node
    at: int


@dataclass(frozen=True)
class And:
    """A condition of which every part has to hold."""

    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True)
class Or:
    """A condition of which one part has to hold."""

    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True)
class Not:
    """A condition that must not hold."""

    operand: Node
    at: int


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: FunctionName
    arguments: tuple[Node, ...]
    at: int


Node = (
    Number | String | Name | Field | Items | Negative | Arithmetic | Compare | And | Or | Not | Call
)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, left to right."""
    yield node
    match node:
        case Items(items=below) | And(items=below) | Or(items=below) | Call(arguments=below):
            for item in below:
                yield from walk(item)
        case Negative(operand=operand) | Not(operand=operand):
            yield from walk(operand)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            yield from walk(left)
            yield from walk(right)
        case _:
            pass


def fields(node: Node) -> tuple[Field, ...]:
    """The fields that a formula names, each once, in the order of their first use."""
    return tuple(
        dict.fromkeys(
            Field(item.links, item.name, item.kind, 0)
            for item in walk(node)
            if isinstance(item, Field)
        )
    )


@lru_cache(maxsize=4096)
def shape(node: Node) -> tuple[object, ...]:
    """What a node says, wherever it stands: equal for nodes that say the same."""
    match node:
        case Items(items=below) | And(items=below) | Or(items=below):
            return (type(node), *map(shape, below))
        case Call(function=function, arguments=below):
            return (Call, function, *map(shape, below))
        case (
            Arithmetic(operator=operator, left=left, right=right)
            | Compare(operator=operator, left=left, right=right)
        ):
            return (type(node), operator, shape(left), shape(right))
        case Negative(operand=operand) | Not(operand=operand):
            return (type(node), shape(operand))
        case Field(links=links, name=name):
            return (Field, links, name)
        case _:
            return (type(node), node.value)


@dataclass(frozen=True, eq=False)
class Scope:
    """What can be named on one kind of row: fields with their kinds, and links to rows of other
    scopes.
    """

    names: Mapping[str, Kind]
    links: Mapping[str, str] = field(default_factory=dict[str, str])


class Vocabulary:
    """The scopes of a rule set, by the name of the row they describe (``year``, ``sheet``,
    ``kpi`` …).
    """

    def __init__(self, scopes: Mapping[str, Scope]) -> None:
        self.scopes = scopes

    def resolve(self, scope: str, path: str) -> tuple[tuple[str, ...], str, Kind] | None:
        """Links, name and kind of a dotted path seen from a row of ``scope``; None for an unknown
        one.
        """
        links, here, name = self._followed(scope, path)
        kind = here.names.get(name)
        return None if kind is None else (links, name, kind)

    def nearest(self, scope: str, path: str) -> str | None:
        """The known path most like an unknown one."""
        links, here, name = self._followed(scope, path)
        names = list(here.names)
        for link, target in here.links.items():
            names += [f"{link}.{linked}" for linked in self.scopes[target].names]
        matches = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        return ".".join((*links, matches[0])) if matches else None

    def _followed(self, scope: str, path: str) -> tuple[tuple[str, ...], Scope, str]:
        """The links that a path follows, the scope that they lead to, and the rest of the path."""
        parts = path.split(".")
        links: list[str] = []
        here = self.scopes[scope]
        while len(parts) > 1 and parts[0] in here.links:
            links.append(parts[0])
            here = self.scopes[here.links[parts.pop(0)]]
        return tuple(links), here, ".".join(parts)
