"""The tree of a formula, and the vocabulary: which names may stand on which row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import ClassVar, Final, Literal, NamedTuple, dataclass_transform

from auditor.records.fields import SetName, keys_in, of_same
from auditor.records.nearest import nearest_name

__all__ = [
    "FIGURE",
    "And",
    "Arithmetic",
    "Call",
    "Compare",
    "Field",
    "FunctionName",
    "Items",
    "Kind",
    "Members",
    "Name",
    "Negative",
    "Node",
    "Not",
    "Number",
    "Or",
    "Path",
    "Scope",
    "String",
    "Vocabulary",
    "fields",
    "made_of",
    "parts",
    "renamed",
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
    "unique",
]
"""Closes the set of functions for the type checker; what each one is stands in ``functions``."""
FIGURE: Final = "figure"
"""What the formula of a rule that is judged on each figure calls that figure."""
_SETS_OF_FIGURES: Final[tuple[SetName, ...]] = ("rows", "details", "children")
Comparison = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]


@dataclass_transform(frozen_default=True)
class _Part:
    """A part of a tree: it has the fields that its class annotates, and never changes.

    This is what a frozen dataclass does. Each of those compiles six methods of its own, though,
    and twelve of them took as long as a bare start of Python.
    """

    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._names = tuple(cls.__annotations__)

    def __init__(self, *values: object, **named: object) -> None:
        names = self._names
        ordered = (*values, *(named.pop(name) for name in names[len(values) :]))
        if named or len(ordered) != len(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}")
        vars(self).update(zip(names, ordered, strict=True))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} can't be set: trees never change")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        fields = (f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({', '.join(fields)})"


class Number(_Part):
    """A number as it stands in the formula, in base units."""

    value: int | Fraction
    at: int


class String(_Part):
    """A text in quotes."""

    value: str
    at: int


class Name(_Part):
    """The quoted argument of ``group``, ``param`` and ``table``, and the second of ``agreed``."""

    value: str
    at: int


class Field(_Part):
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


class Members(_Part):
    """A name on each row of a set: a group.

    ``links`` lead to the row whose set it is, and ``then`` from each row of the set to the one
    that has the name. ``keys`` are what the rows of ``same(…)`` have in common.
    """

    links: tuple[str, ...]
    of: SetName
    keys: tuple[Field, ...]
    then: tuple[str, ...]
    name: str
    kind: Kind
    at: int

    @property
    def path(self) -> str:
        step = of_same([key.path for key in self.keys]) if self.keys else self.of
        return ".".join((*self.links, step, *self.then, self.name))


class Items(_Part):
    """A list in square brackets."""

    items: tuple[Node, ...]
    at: int


class Negative(_Part):
    """A number with a minus before it."""

    operand: Node
    at: int


class Arithmetic(_Part):
    """Two numbers with an operator between them."""

    operator: Operator
    left: Node
    right: Node
    at: int


class Compare(_Part):
    """One comparison; a chain is the ``And`` of its comparisons."""

    operator: Comparison
    left: Node
    right: Node
    at: int


class And(_Part):
    """A condition of which every part has to hold."""

    items: tuple[Node, ...]
    at: int


class Or(_Part):
    """A condition of which one part has to hold."""

    items: tuple[Node, ...]
    at: int


class Not(_Part):
    """A condition that must not hold."""

    operand: Node
    at: int


class Call(_Part):
    """A function with its arguments."""

    function: FunctionName
    arguments: tuple[Node, ...]
    at: int


Node = (
    Number
    | String
    | Name
    | Field
    | Members
    | Items
    | Negative
    | Arithmetic
    | Compare
    | And
    | Or
    | Not
    | Call
)


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes that a node is made of, left to right."""
    match node:
        case Items(items=below) | And(items=below) | Or(items=below) | Call(arguments=below):
            return below
        case Negative(operand=operand) | Not(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return left, right
        case _:
            return ()


def made_of(node: Node, below: Sequence[Node]) -> Node:
    """The same node, made of as many other ones."""
    match node:
        case Items(at=at) | And(at=at) | Or(at=at):
            return type(node)(tuple(below), at)
        case Call(function=function, at=at):
            return Call(function, tuple(below), at)
        case Negative(at=at) | Not(at=at):
            return type(node)(below[0], at)
        case Arithmetic(operator=sign, at=at):
            return Arithmetic(sign, below[0], below[1], at)
        case Compare(operator=operator, at=at):
            return Compare(operator, below[0], below[1], at)
        case _:
            return node


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, left to right."""
    yield node
    for part in parts(node):
        yield from walk(part)


def fields(node: Node) -> tuple[Field, ...]:
    """The fields that a formula names, each once, in the order of their first use."""
    return tuple(
        dict.fromkeys(
            Field(item.links, item.name, item.kind, 0)
            for item in walk(node)
            if isinstance(item, Field)
        )
    )


def renamed(node: Node, name: str, to: str) -> Node:
    """The same tree with another name in the place of ``name``, on whatever row that stands."""
    match node:
        case Field(links=links, name=stated, kind=kind, at=at):
            return Field(links, to, kind, at) if stated == name else node
        case Members(links=links, of=of, keys=keys, then=then, name=stated, kind=kind, at=at):
            return Members(links, of, keys, then, to, kind, at) if stated == name else node
        case _:
            return made_of(node, [renamed(part, name, to) for part in parts(node)])


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
        case Members(links=links, of=of, keys=keys, then=then, name=name):
            return (Members, links, of, *map(shape, keys), then, name)
        case _:
            return (type(node), node.value)


@dataclass(frozen=True, eq=False)
class Scope:
    """What can be named on one kind of row: fields with their kinds, links to rows of other
    scopes, and sets of rows. ``elsewhere`` are the links that leave the book; none of them
    follows another one.

    A link is one step or several: ``prior``, ``earlier.own``, ``earlier.as("budgeted")``.
    """

    names: Mapping[str, Kind]
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    elsewhere: frozenset[str] = frozenset()
    sets: Mapping[SetName, str] = field(default_factory=dict[SetName, str])


class Path(NamedTuple):
    """A path of a formula: the links that it follows, the set that it passes through if it does,
    the links that it follows from each row of that, and the name there with its kind.
    """

    links: tuple[str, ...]
    name: str
    kind: Kind
    of: SetName | None = None
    keys: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


class _Followed(NamedTuple):
    """How far a path was followed: the links and the set, the scope that they lead to, whether
    they leave the book, and the rest of the path.
    """

    links: tuple[str, ...]
    scope: Scope
    is_elsewhere: bool
    rest: tuple[str, ...]
    of: SetName | None = None
    keys: tuple[str, ...] = ()
    then: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """What was followed, as it is written."""
        if self.of is None:
            return self.links
        step = of_same(self.keys) if self.keys else self.of
        return (*self.links, step, *self.then)

    def takes(self, link: str) -> bool:
        """Whether a link can be followed next."""
        return link in self.scope.links and not (self.is_elsewhere and link in self.scope.elsewhere)

    def gathers(self, step: str) -> SetName | None:
        """The set that a step is; None for another one, and for a set of a set."""
        name = step if keys_in(step) is None else "same"
        is_bare = name == "same" and keys_in(step) is None
        if self.of is not None or is_bare:
            return None
        return next((rows for rows in self.scope.sets if rows == name), None)


class Vocabulary:
    """The scopes of a rule set, by the name of the row they describe (``year``, ``sheet``,
    ``kpi`` …).
    """

    def __init__(
        self,
        scopes: Mapping[str, Scope],
        kinds: Sequence[str] = (),
        *,
        stated: Mapping[FunctionName, Sequence[str]] | None = None,
        words: Mapping[tuple[str, str], Sequence[str]] | None = None,
        tables: Mapping[str, int] | None = None,
        labelled: Callable[[str], Iterable[str]] | None = None,
        units: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.scopes = scopes
        self.kinds: tuple[str, ...] = tuple(kinds)
        """The kinds of columns that the forms print."""
        self.stated: Mapping[FunctionName, Sequence[str]] = stated or {}
        """The names in quotes that a function takes; any name, for a function that is not here."""
        self.words: Mapping[tuple[str, str], Sequence[str]] = words or {}
        """The texts that a name on a row of a scope can have; any text, for one not here."""
        self.tables: Mapping[str, int] = tables or {}
        """How many texts the rows of each table have."""
        self.labelled = labelled
        """The names of the figures that a label stands for, in any form."""
        self.units = units or {}
        """The units that forms print, with what one of each is in base units."""

    def with_figure(self) -> Vocabulary:
        """The same with the scope ``figure``, of whatever figure a rule is judged on: it has its
        value, and the same figure of the rows beside it.
        """
        sets: dict[SetName, str] = dict.fromkeys(_SETS_OF_FIGURES, FIGURE)
        scope = Scope({FIGURE: "number"}, {"parent": FIGURE}, sets=sets)
        return Vocabulary(
            {**self.scopes, FIGURE: scope},
            self.kinds,
            stated=self.stated,
            words=self.words,
            tables=self.tables,
            labelled=self.labelled,
            units=self.units,
        )

    def words_of(self, scope: str, field: Field) -> Sequence[str] | None:
        """The texts that a field can have, seen from a row of ``scope``; None for any text."""
        for link in field.links:
            scope = self.scopes[scope].links[link]
        return self.words.get((scope, field.name))

    def resolve(self, scope: str, path: Sequence[str]) -> Path | None:
        """What a path seen from a row of ``scope`` is; None for an unknown one."""
        end = self._followed(scope, path)
        name = ".".join(end.rest)
        kind = end.scope.names.get(name)
        if kind is None:
            return None
        return Path(end.links, name, kind, end.of, end.keys, end.then)

    def here(self, scope: str, links: Sequence[str]) -> str:
        """The name of the scope that some links lead to."""
        for link in links:
            scope = self.scopes[scope].links[link]
        return scope

    def nearest(self, scope: str, path: Sequence[str]) -> str | None:
        """The known path that was meant by an unknown one; None where none is nearly it."""
        end = self._followed(scope, path)
        rest = ".".join(end.rest)
        if (near := nearest_name(rest, end.scope.names)) is not None:
            return ".".join((*end.steps, near))
        linked: dict[str, list[str]] = {}
        for link, target in end.scope.links.items():
            if end.takes(link):
                for name in self.scopes[target].names:
                    linked.setdefault(name, []).append(f"{link}.{name}")
        if end.of is None:
            for rows, target in end.scope.sets.items():
                for name in self.scopes[target].names:
                    linked.setdefault(name, []).append(f"{rows}.{name}")
        paths = list(chain.from_iterable(linked.values()))
        near = nearest_name(rest, paths)
        # The link may be what was forgotten: population for sheet.population.
        if near is None and (tail := nearest_name(rest, linked)) is not None:
            near = linked[tail][0]
        return None if near is None else ".".join((*end.steps, near))

    def of_label(self, scope: str, label: str) -> str | None:
        """What formulas on a row of ``scope`` call the figure of a label; None where no form has
        the label, or such rows no such figure.
        """
        return self._labelled(self.scopes[scope], label)

    def of_labelled_path(self, scope: str, path: Sequence[str]) -> str | None:
        """The same of a label behind links: ``prior.事業費``."""
        end = self._followed(scope, path)
        if len(end.rest) != 1:
            return None
        name = self._labelled(end.scope, end.rest[0])
        return None if name is None else ".".join((*end.steps, name))

    def _labelled(self, here: Scope, label: str) -> str | None:
        names = () if self.labelled is None else self.labelled(label)
        for name in names:
            if name in here.names:
                return name
            for link, target in here.links.items():
                if link not in here.elsewhere and name in self.scopes[target].names:
                    return f"{link}.{name}"
        return None

    def _followed(self, scope: str, path: Sequence[str]) -> _Followed:
        """How far a path can be followed, the longest link first."""
        here = _Followed((), self.scopes[scope], False, tuple(path))
        while len(here.rest) > 1:
            step = ".".join(here.rest[:2])
            taken = 2
            if len(here.rest) < 3 or not here.takes(step):
                step, taken = here.rest[0], 1
            rows = here.gathers(step)
            if rows is not None:
                scope = here.scope.sets[rows]
                here = here._replace(
                    of=rows, keys=keys_in(step) or (), scope=self.scopes[scope], rest=here.rest[1:]
                )
                continue
            if not here.takes(step):
                break
            here = self._further(here, step, taken)
        return here

    def _further(self, here: _Followed, link: str, taken: int) -> _Followed:
        """One link further."""
        there = here._replace(
            scope=self.scopes[here.scope.links[link]],
            is_elsewhere=here.is_elsewhere or link in here.scope.elsewhere,
            rest=here.rest[taken:],
        )
        if here.of is None:
            return there._replace(links=(*here.links, link))
        return there._replace(then=(*here.then, link))
