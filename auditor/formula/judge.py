"""The exact judge: compiles a formula to functions of a row that answer yes, may, unknown or no.

Figures are intervals, ends open or closed; there is no epsilon. A missing value is BLANK (nothing
printed) or UNKNOWN (text, or not computable). Compiled formulas give the answer alone, fast; the
steps that they are made of (``arithmetic``, ``compare``, ``listed``, …) are also those of
``formula.trace``, which keeps the value of every part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, cast

from auditor.formula.functions import (
    OfFigure,
    OfForm,
    OfGroup,
    OfOthers,
    OfParts,
    function_of,
    kind_of,
)
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Field,
    Items,
    Members,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Operator,
    Or,
    String,
)
from auditor.formula.values import BLANK, UNKNOWN, Judge, Measure, Missing, Row, RowSet, Value
from auditor.records import figures
from auditor.records.figures import Answer, Quantity

__all__ = [
    "alone",
    "arithmetic",
    "compare",
    "equal_to",
    "gathered",
    "judge",
    "listed",
    "measure",
    "members",
    "negative",
    "printed_of",
    "quoted",
    "tabled",
    "typed",
]


# A member looked up on its class costs ten times as much as a global.
_NO, _UNKNOWN, _, _YES = Answer


# --- the steps, shared with ``formula.trace``


def negative(value: Value) -> Quantity | Missing:
    """``-value``; of what is missing, unknown."""
    return UNKNOWN if isinstance(value, (Missing, str)) else figures.negate(value)


def arithmetic(operator: Operator, left: Value, right: Value) -> Quantity | Missing:
    """Two numbers put together; unknown where one is missing or a division can't be made."""
    if isinstance(left, (Missing, str)) or isinstance(right, (Missing, str)):
        return UNKNOWN
    result = _COMPUTE[operator](left, right)
    return UNKNOWN if result is None else result


def _subtract(left: Quantity, right: Quantity) -> Quantity:
    return figures.add(left, figures.negate(right))


_COMPUTE: Final[Mapping[Operator, Callable[[Quantity, Quantity], Quantity | None]]] = {
    "+": figures.add,
    "-": _subtract,
    "*": figures.multiply,
    "/": figures.divide,
}


_COMPARE: Final[dict[Comparison, Callable[[Quantity, Quantity], Answer]]] = {
    "==": figures.equal,
    "!=": lambda a, b: figures.equal(a, b).negated(),
    "<": figures.less,
    "<=": figures.at_most,
    ">": lambda a, b: figures.less(b, a),
    ">=": lambda a, b: figures.at_most(b, a),
}


def compare(operator: Comparison, left: Value, right: Value) -> Answer:
    """Two numbers or two texts compared; unknown where one is missing."""
    if isinstance(left, Missing) or isinstance(right, Missing):
        return _UNKNOWN
    if isinstance(left, str) or isinstance(right, str):
        return _YES if (left == right) is (operator == "==") else _NO
    return _COMPARE[operator](left, right)


def listed(values: Sequence[Value], options: Iterable[Sequence[Value]]) -> Answer:
    """Whether values, side by side, are one of the options."""
    best = _NO
    for option in options:
        answer = _YES
        for value, other in zip(values, option, strict=True):
            equal = compare("==", value, other)
            if equal < answer:
                answer = equal
        if answer is _YES:
            return answer
        if answer > best:
            best = answer
    return best


def tabled(values: Sequence[Value], patterns: Iterable[tuple[str, ...]]) -> Answer:
    """Whether texts, side by side, are a row of a table; ``*`` there stands for any text."""
    if any(isinstance(value, Missing) for value in values):
        return _UNKNOWN
    return _YES if any(_fits(values, pattern) for pattern in patterns) else _NO


def _fits(values: Sequence[Value], pattern: tuple[str, ...]) -> bool:
    if len(values) != len(pattern):
        return False
    return all(text in ("*", value) for value, text in zip(values, pattern, strict=True))


def typed(row: Row, name: str) -> Value:
    """A value, blank where it is the 0 of a formula cell: nobody typed it.

    Of all figures, only one that prints 0 may stand for 0.
    """
    value = row.values.get(name, BLANK)
    if name not in row.formula_cells or isinstance(value, (Missing, str)):
        return value
    return value if figures.equal(value, 0) is _NO else BLANK


def quoted(call: Call) -> str:
    """The name in quotes that is the only argument of a call."""
    return cast(Name, call.arguments[0]).value


def members(node: Node, row: Row) -> list[tuple[Row, str]]:
    """The figures of a group, each as the row it stands on and its name."""
    here: Row | None = row
    match node:
        case Field(links=links, name=name):
            for link in links:
                here = here.link(link) if here else None
        case Call(function="group", arguments=(Name(value=name),)):
            pass
        case Members():
            return list(_figures_of(node, gathered(node, row)))
        case _:
            return []
    return [(here, member) for member in here.groups.get(name, ())] if here else []


# --- sets of rows


def gathered(node: Members, row: Row) -> RowSet:
    """The rows of a set as they are seen from a row; none where its links lead nowhere."""
    here: Row | None = row
    for link in node.links:
        here = here.link(link) if here else None
    return RowSet() if here is None else here.gathered(node)


def _figures_of(node: Members, rows: RowSet) -> Sequence[tuple[Row, str]]:
    """The figures that a name stands for on the rows of a set."""

    def figures_of(several: Sequence[Row]) -> Sequence[tuple[Row, str]]:
        ends = (_end(row, node.then) for row in several)
        return [(end, node.name) for end in ends if end is not None]

    return rows.once((node.then, node.name), figures_of)


def _end(row: Row, links: Sequence[str]) -> Row | None:
    """The row that some links lead to."""
    here: Row | None = row
    for link in links:
        here = here.link(link) if here is not None else None
    return here


def _over_set(call: Call, node: Members, judgement: OfParts) -> Measure:
    """A function over the rows of a set, computed once for all rows that share the set."""
    key = (call.function, node.then, node.name)

    def apply(row: Row) -> Quantity | Missing:
        rows = gathered(node, row)
        if not rows.is_certain:
            return UNKNOWN

        def fold(_: Sequence[Row]) -> Quantity | Missing:
            cells = _figures_of(node, rows)
            if judgement.typed_only:
                return judgement.fold([typed(here, name) for here, name in cells])
            return judgement.fold([here.values.get(name, BLANK) for here, name in cells])

        return rows.once(key, fold)

    return apply


def printed_of(node: Members, row: Row) -> Sequence[tuple[Row, str]]:
    """The printed figures of a set of rows."""
    rows = gathered(node, row)

    def printed(_: Sequence[Row]) -> Sequence[tuple[Row, str]]:
        figures_of = _figures_of(node, rows)
        return [(end, name) for end, name in figures_of if end.values.get(name) is not BLANK]

    return rows.once(("printed", node.then, node.name), printed)


def equal_to(node: Members, row: Row, value: Value) -> Sequence[tuple[Row, str]]:
    """The figures of a set of rows that are a value, as its least is."""
    rows = gathered(node, row)

    def equal(_: Sequence[Row]) -> Sequence[tuple[Row, str]]:
        return [
            (end, name) for end, name in _figures_of(node, rows) if end.values.get(name) == value
        ]

    return rows.once(("equal", node.then, node.name, value), equal)


def alone(rows: RowSet | None) -> Answer:
    """Whether a row is the only one of those that are like it."""
    if rows is None:
        return _UNKNOWN
    return _NO if len(rows.rows) > 1 else _YES


# --- numbers


def measure(node: Node) -> Measure:
    """A function that computes a number on a row: in base units, or why there is none."""
    match node:
        case Number(value=value):
            return lambda row: value
        case Field():
            return cast(Measure, _at(node))
        case Negative(operand=operand):
            inner = measure(operand)
            return lambda row: negative(inner(row))
        case Arithmetic(operator=operator, left=left, right=right):
            first, second = measure(left), measure(right)
            return lambda row: arithmetic(operator, first(row), second(row))
        case Call():
            return _call(node)
        case _:
            raise TypeError(f"not a number: {node}")


def _at(field: Field) -> Callable[[Row], Value]:
    """The value under a name, on the row that its links lead to."""
    name = field.name
    if not field.links:
        return lambda row: row.values.get(name, BLANK)
    links = field.links

    def linked(row: Row) -> Value:
        here = row
        for link in links:
            next_row = here.link(link)
            if next_row is None:
                return BLANK
            here = next_row
        return here.values.get(name, BLANK)

    return linked


def _call(call: Call) -> Measure:
    match function_of(call).judgement:
        case OfParts() as judgement if isinstance(node := call.arguments[0], Members):
            return _over_set(call, node, judgement)
        case OfParts(fold=fold, typed_only=typed_only):
            values = _values(call.arguments, typed_only)
            return lambda row: fold(values(row))
        case OfGroup():
            return _over_group(call)
        case OfForm():
            name = quoted(call)
            return lambda row: UNKNOWN if (value := row.param(name)) is None else value
        case OfFigure() | OfOthers():
            raise TypeError(f"not a number: {call}")


def _over_group(call: Call) -> Measure:
    """What the form declares, where a name in quotes says so, or what the group's rows tell."""
    expression = call.arguments[0]
    inner = measure(expression)
    declared = call.arguments[-1]
    name = declared.value if isinstance(declared, Name) else None

    def apply(row: Row) -> Quantity | Missing:
        value = row.param(name) if name is not None else None
        if value is None:
            value = row.over_group(call.function, expression, inner)
        return UNKNOWN if value is None else value

    return apply


def _values(nodes: Sequence[Node], typed_only: bool) -> Callable[[Row], list[Value]]:
    """All values of groups, lists and numbers side by side."""
    parts = [_listed(node, typed_only) for node in nodes]
    if len(parts) == 1:
        return parts[0]
    return lambda row: list(chain.from_iterable(part(row) for part in parts))


def _listed(node: Node, typed_only: bool) -> Callable[[Row], list[Value]]:
    if typed_only and kind_of(node) == "group":
        return lambda row: [typed(here, name) for here, name in members(node, row)]
    if isinstance(node, Field) and node.kind == "group" and not node.links:
        group = node.name
        return lambda row: [row.values.get(name, BLANK) for name in row.groups.get(group, ())]
    if kind_of(node) == "group":
        return lambda row: [here.values.get(name, BLANK) for here, name in members(node, row)]
    if isinstance(node, Items):
        return _values(node.items, typed_only)
    measured = measure(node)
    return lambda row: [measured(row)]


# --- answers


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
        case Compare(operator="in", left=left, right=right):
            return _membership(left, right)
        case Compare(operator="not in", left=left, right=right):
            member = _membership(left, right)
            return lambda row: member(row).negated()
        case Compare(operator=operator, left=left, right=right):
            return _comparison(operator, left, right)
        case Call():
            return _asked(node)
        case _:
            raise TypeError(f"not a condition: {node}")


def _asked(call: Call) -> Judge:
    """An answer about a figure, or about a row among others."""
    match function_of(call).judgement:
        case OfFigure(test=test):
            value = _value(call.arguments[0])
            return lambda row: test(value(row))
        case OfOthers():
            keys = cast("tuple[Field, ...]", call.arguments)
            return lambda row: alone(row.alike(keys))
        case OfParts() | OfGroup() | OfForm():
            raise TypeError(f"not a condition: {call}")


def _least(judges: list[Judge]) -> Judge:
    def apply(row: Row) -> Answer:
        worst = _YES
        for inner in judges:
            answer = inner(row)
            if answer is _NO:
                return answer
            if answer < worst:
                worst = answer
        return worst

    return apply


def _greatest(judges: list[Judge]) -> Judge:
    def apply(row: Row) -> Answer:
        best = _NO
        for inner in judges:
            answer = inner(row)
            if answer is _YES:
                return answer
            if answer > best:
                best = answer
        return best

    return apply


def _comparison(operator: Comparison, left: Node, right: Node) -> Judge:
    if kind_of(left) == "text":
        first, second = _value(left), _value(right)
        return lambda row: compare(operator, first(row), second(row))
    a, b, numbers = measure(left), measure(right), _COMPARE[operator]

    def apply(row: Row) -> Answer:
        x, y = a(row), b(row)
        if isinstance(x, Missing) or isinstance(y, Missing):
            return _UNKNOWN
        return numbers(x, y)

    return apply


def _value(node: Node) -> Callable[[Row], Value]:
    """A number or a text."""
    match node:
        case String(value=value):
            return lambda row: value
        case Field():
            return _at(node)
        case _:
            return measure(node)


def _side(node: Node) -> list[Callable[[Row], Value]]:
    """The values of a list, or of a single one."""
    return [_value(item) for item in (node.items if isinstance(node, Items) else (node,))]


def _membership(left: Node, right: Node) -> Judge:
    values = _side(left)
    if isinstance(right, Call):
        table = quoted(right)
        return lambda row: tabled([value(row) for value in values], row.table(table))
    options = [_side(option) for option in cast(Items, right).items]

    def apply(row: Row) -> Answer:
        candidates = ([value(row) for value in option] for option in options)
        return listed([value(row) for value in values], candidates)

    return apply
