"""The exact judge: compiles a formula's tree to functions of a row that answer yes, may, unknown
or no.

Figures are intervals, ends open or closed; there is no epsilon. A missing value is BLANK (nothing
printed) or UNKNOWN (text, or not computable).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Protocol, cast

from auditor.formula.parse import kind_of
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Field,
    Items,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Or,
    String,
)
from auditor.records import figures
from auditor.records.figures import Answer, Quantity

__all__ = ["BLANK", "UNKNOWN", "Missing", "Row", "Value", "judge", "measure", "members"]


class Missing(Enum):
    """Why a value is not there."""

    BLANK = "blank"
    UNKNOWN = "unknown"


BLANK, UNKNOWN = Missing.BLANK, Missing.UNKNOWN
Value = Quantity | str | Missing
Measure = Callable[["Row"], Quantity | Missing]
Judge = Callable[["Row"], Answer]


class Row(Protocol):
    """What a formula sees: values in base units by name, the names in each group, and rows it is
    linked to.
    """

    @property
    def values(self) -> Mapping[str, Value]: ...
    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def formula_cells(self) -> frozenset[str]: ...
    def link(self, name: str) -> Row | None:
        """The row that ``prior``, ``sheet`` … stand for, or None where there is none."""
        ...

    def param(self, name: str) -> Quantity | None:
        """A number that the form sets, in base units."""
        ...

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        """The rows of a table that the form sets; ``*`` in one matches any text."""
        ...

    def agreed(self, expression: Node, measured: Measure, param: str | None) -> Quantity | None:
        """What the rows of the same book and column agree on for an expression."""
        ...


def _at(field: Field) -> Callable[[Row], Value]:
    name = field.name
    if not field.links:
        return lambda row: row.values.get(name, BLANK)
    links = field.links

    def linked(row: Row) -> Value:
        here = row
        for link in links:
            linked_row = here.link(link)
            if linked_row is None:
                return BLANK
            here = linked_row
        return here.values.get(name, BLANK)

    return linked


def members(node: Node, row: Row) -> list[tuple[Row, str]]:
    """The figures of a group, each as the row it stands on and its name."""
    here: Row | None = row
    match node:
        case Field(links=links, name=name):
            for link in links:
                here = here.link(link) if here else None
        case Call(function="group", arguments=(Name(value=name),)):
            pass
        case _:
            return []
    return [(here, member) for member in here.groups.get(name, ())] if here else []


def _several(nodes: Sequence[Node]) -> Callable[[Row], list[Value]]:
    """All values of groups, lists and numbers side by side."""
    parts = [_listed(node) for node in nodes]
    if len(parts) == 1:
        return parts[0]
    return lambda row: [value for part in parts for value in part(row)]


def _listed(node: Node) -> Callable[[Row], list[Value]]:
    if isinstance(node, Field) and node.kind == "group" and not node.links:
        group = node.name
        return lambda row: [row.values.get(name, BLANK) for name in row.groups.get(group, ())]
    if kind_of(node) == "group":
        return lambda row: [here.values.get(name, BLANK) for here, name in members(node, row)]
    if isinstance(node, Items):
        return _several(node.items)
    measured = measure(node)
    return lambda row: [measured(row)]


def measure(node: Node) -> Measure:
    """A function that computes a number on a row: a quantity in base units, or why there is none."""
    match node:
        case Number(value=value):
            return lambda row: value
        case Field():
            return cast(Measure, _at(node))
        case Negative(operand=operand):
            inner = measure(operand)
            return lambda row: (
                UNKNOWN if isinstance(value := inner(row), Missing) else figures.negate(value)
            )
        case Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, measure(left), measure(right))
        case Call(function=function, arguments=arguments):
            return _FUNCTIONS[function](arguments)
        case _:
            raise TypeError(f"not a number: {node}")


def _arithmetic(operator: str, left: Measure, right: Measure) -> Measure:
    def apply(row: Row) -> Quantity | Missing:
        a, b = left(row), right(row)
        if isinstance(a, Missing) or isinstance(b, Missing):
            return UNKNOWN
        match operator:
            case "+":
                return figures.add(a, b)
            case "-":
                return figures.add(a, figures.negate(b))
            case "*":
                return figures.multiply(a, b)
            case _:
                quotient = figures.divide(a, b)
                return UNKNOWN if quotient is None else quotient

    return apply


def _printed(values: list[Value]) -> list[Quantity] | Missing:
    """The printed values, or BLANK where none is, or UNKNOWN where one of them is text."""
    printed: list[Quantity] = []
    for value in values:
        if value is BLANK:
            continue
        if isinstance(value, Missing | str):
            return UNKNOWN
        printed.append(value)
    return printed or BLANK


def _folded(fold: Callable[[list[Quantity]], Quantity]) -> Callable[[tuple[Node, ...]], Measure]:
    def build(arguments: tuple[Node, ...]) -> Measure:
        several = _several(arguments)

        def apply(row: Row) -> Quantity | Missing:
            printed = _printed(several(row))
            return printed if isinstance(printed, Missing) else fold(printed)

        return apply

    return build


def _sum(values: list[Quantity]) -> Quantity:
    total: Quantity = 0
    for value in values:
        total = figures.add(total, value)
    return total


def _absolute(arguments: tuple[Node, ...]) -> Measure:
    inner = measure(arguments[0])
    return lambda row: (
        UNKNOWN if isinstance(value := inner(row), Missing) else figures.absolute(value)
    )


def _zero(arguments: tuple[Node, ...]) -> Measure:
    inner = measure(arguments[0])
    return lambda row: 0 if (value := inner(row)) is BLANK else value


def _count(arguments: tuple[Node, ...]) -> Measure:
    node = arguments[0]
    counted = node.items if isinstance(node, Items) else (node,)

    def apply(row: Row) -> Quantity | Missing:
        total = 0
        for item in counted:
            named = members(item, row) if kind_of(item) == "group" else []
            values = [
                (here.values.get(name, BLANK), name in here.formula_cells) for here, name in named
            ]
            if not named and kind_of(item) == "number":
                values = [(measure(item)(row), False)]
            total += sum(
                value is not BLANK and not (computed and _is_zero(value))
                for value, computed in values
            )
        return total

    return apply


def _is_zero(value: Value) -> bool:
    """Whether a figure prints 0: of all figures, only that one may stand for 0."""
    return not isinstance(value, Missing | str) and figures.equal(value, 0) is not Answer.NO


def _param(arguments: tuple[Node, ...]) -> Measure:
    name = cast(Name, arguments[0]).value
    return lambda row: UNKNOWN if (value := row.param(name)) is None else value


def _agreed(arguments: tuple[Node, ...]) -> Measure:
    expression = arguments[0]
    measured = measure(expression)
    param = cast(Name, arguments[1]).value if len(arguments) == 2 else None
    return lambda row: (
        UNKNOWN if (value := row.agreed(expression, measured, param)) is None else value
    )


_FUNCTIONS: dict[str, Callable[[tuple[Node, ...]], Measure]] = {
    "sum": _folded(_sum),
    "min": _folded(figures.least),
    "max": _folded(figures.greatest),
    "abs": _absolute,
    "zero": _zero,
    "count": _count,
    "param": _param,
    "agreed": _agreed,
}


def judge(node: Node) -> Judge:
    """A function that answers a comparison or condition on a row."""
    match node:
        case And(items=items):
            return _least([judge(item) for item in items])
        case Or(items=items):
            return _greatest([judge(item) for item in items])
        case Not(operand=operand):
            inner = judge(operand)
            return lambda row: inner(row).negated()
        case Compare(operator=("in" | "not in") as operator, left=left, right=right):
            found = _membership(left, right)
            return found if operator == "in" else lambda row: found(row).negated()
        case Compare(operator=operator, left=left, right=right) if kind_of(left) == "text":
            return _texts(operator, _word(left), _word(right))
        case Compare(operator=operator, left=left, right=right):
            return _numbers(operator, measure(left), measure(right))
        case Call(function="present", arguments=(argument,)):
            return _present(argument)
        case Call(function="blank", arguments=(argument,)):
            present = _present(argument)
            return lambda row: present(row).negated()
        case _:
            raise TypeError(f"not a condition: {node}")


def _least(judges: list[Judge]) -> Judge:
    def apply(row: Row) -> Answer:
        worst = Answer.YES
        for inner in judges:
            answer = inner(row)
            if answer is Answer.NO:
                return answer
            worst = min(worst, answer)
        return worst

    return apply


def _greatest(judges: list[Judge]) -> Judge:
    def apply(row: Row) -> Answer:
        best = Answer.NO
        for inner in judges:
            answer = inner(row)
            if answer is Answer.YES:
                return answer
            best = max(best, answer)
        return best

    return apply


_COMPARE: dict[Comparison, Callable[[Quantity, Quantity], Answer]] = {
    "==": figures.equal,
    "!=": lambda a, b: figures.equal(a, b).negated(),
    "<": figures.less,
    "<=": figures.at_most,
    ">": lambda a, b: figures.less(b, a),
    ">=": lambda a, b: figures.at_most(b, a),
}


def _numbers(operator: Comparison, left: Measure, right: Measure) -> Judge:
    compare = _COMPARE[operator]

    def apply(row: Row) -> Answer:
        a, b = left(row), right(row)
        if isinstance(a, Missing) or isinstance(b, Missing):
            return Answer.UNKNOWN
        return compare(a, b)

    return apply


def _word(node: Node) -> Callable[[Row], Value]:
    if isinstance(node, String):
        value = node.value
        return lambda row: value
    return _at(cast(Field, node))


def _texts(
    operator: Comparison, left: Callable[[Row], Value], right: Callable[[Row], Value]
) -> Judge:
    def apply(row: Row) -> Answer:
        a, b = left(row), right(row)
        if isinstance(a, Missing) or isinstance(b, Missing):
            return Answer.UNKNOWN
        return Answer.YES if (a == b) is (operator == "==") else Answer.NO

    return apply


def _present(node: Node) -> Judge:
    value_of = _word(node) if kind_of(node) == "text" else measure(node)

    def apply(row: Row) -> Answer:
        value = value_of(row)
        if value is UNKNOWN:
            return Answer.UNKNOWN
        return Answer.NO if value is BLANK or value == "" else Answer.YES

    return apply


def _membership(left: Node, right: Node) -> Judge:
    if isinstance(right, Call):
        table = cast(Name, right.arguments[0]).value
        words = [_word(item) for item in (left.items if isinstance(left, Items) else (left,))]

        def matches(row: Row) -> Answer:
            values = [word(row) for word in words]
            if any(isinstance(value, Missing) for value in values):
                return Answer.UNKNOWN
            return (
                Answer.YES
                if any(_fits(values, pattern) for pattern in row.table(table))
                else Answer.NO
            )

        return matches
    options = cast(Items, right).items
    if kind_of(left) == "list":
        pairs = [
            _least(
                [
                    judge(Compare("==", a, b, a.at))
                    for a, b in zip(cast(Items, left).items, cast(Items, option).items, strict=True)
                ]
            )
            for option in options
        ]
        return _greatest(pairs)
    return _greatest([judge(Compare("==", left, option, left.at)) for option in options])


def _fits(values: list[Value], pattern: tuple[str, ...]) -> bool:
    return len(values) == len(pattern) and all(
        wanted in ("*", value) for value, wanted in zip(values, pattern, strict=True)
    )
