"""A formula worked out on one row with everything that led to the answer.

The judge's fast path gives the answer alone. A row that fails or stays unknown is worked out once
more, here, and whatever is said of it (the prose, the cells of a finding, what is expected, why
an answer is unknown) is read from the trace. A trace computes with the judge's own steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar, cast

from auditor.formula.functions import (
    OfFigure,
    OfForm,
    OfGroup,
    OfOthers,
    OfParts,
    function_of,
    kind_of,
)
from auditor.formula.judge import (
    alone,
    arithmetic,
    compare,
    equal_to,
    listed,
    measure,
    members,
    negative,
    printed_of,
    quoted,
    tabled,
    typed,
)
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
    fields,
)
from auditor.formula.values import BLANK, UNKNOWN, Row, Value
from auditor.records.figures import Answer

__all__ = ["SHOWN", "Trace", "hinges", "trace"]

SHOWN: Final = 8
"""How many cells of a group of rows a trace keeps, however many rows the group has."""

R = TypeVar("R", bound=Row)


class Trace(NamedTuple, Generic[R]):
    """A part of a formula on one row.

    ``value`` is that of a number or text, ``answer`` that of a comparison or condition; the other
    is None, and both are for a list, a group or a table. ``parts`` are the traces below, in the
    order of the tree. ``cells`` are the rows and names that the part itself stands for: one for a
    name, the members of a group, the first few of a set of rows. ``size`` is the number of rows
    behind a function over a group, and of the figures of a set that are printed or, where one is
    unknown, of those that are.
    """

    node: Node
    row: R
    value: Value | None = None
    answer: Answer | None = None
    parts: tuple[Trace[R], ...] = ()
    cells: tuple[tuple[R, str], ...] = ()
    size: int | None = None

    def walk(self) -> Iterator[Trace[R]]:
        """The trace and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def looked_at(self) -> Iterator[tuple[R, str]]:
        """The cells that a row is judged by, left to right. What a group agrees on is a number of
        the book: those of its rows are no cells of this row's.
        """
        for part in self.walk():
            of_group = isinstance(part.node, Call) and function_of(part.node).kind == "group"
            if not (of_group and kind_of(part.node) == "number"):
                yield from part.cells


def trace(node: Node, row: R) -> Trace[R]:
    """The trace of a formula, or of a part of one, on a row."""
    match node:
        case Number(value=value):
            return Trace(node, row, value)
        case String(value=word) | Name(value=word):
            return Trace(node, row, word)
        case Field():
            return _field(node, row)
        case Members():
            return _of_set(node, row)
        case Items(items=items):
            return Trace(node, row, parts=_parts(items, row))
        case Negative(operand=operand):
            (part,) = parts = _parts((operand,), row)
            return Trace(node, row, negative(_value(part)), parts=parts)
        case Arithmetic(operator=operator, left=left, right=right):
            a, b = parts = _parts((left, right), row)
            return Trace(node, row, arithmetic(operator, _value(a), _value(b)), parts=parts)
        case Call():
            return _call(node, row)
        case Compare(left=left, right=right):
            a, b = parts = _parts((left, right), row)
            return Trace(node, row, answer=_compared(node, a, b), parts=parts)
        case And(items=items):
            parts = _parts(items, row)
            return Trace(node, row, answer=min(map(_answer, parts)), parts=parts)
        case Or(items=items):
            parts = _parts(items, row)
            return Trace(node, row, answer=max(map(_answer, parts)), parts=parts)
        case Not(operand=operand):
            (part,) = parts = _parts((operand,), row)
            return Trace(node, row, answer=_answer(part).negated(), parts=parts)


def hinges(
    part: Trace[R], preferred: Callable[[Trace[R]], bool] | None = None
) -> tuple[Trace[R], ...]:
    """The comparisons and conditions on which an answer hangs. Of several that deny an ``and``,
    those that are ``preferred`` are taken, where there are any.
    """
    match part.node:
        case And() | Or():
            alike = [below for below in part.parts if below.answer is part.answer]
            if preferred is not None and isinstance(part.node, And) and part.answer is Answer.NO:
                alike = [below for below in alike if preferred(below)] or alike
            return tuple(chain.from_iterable(hinges(below, preferred) for below in alike))
        case Not(operand=operand) if not isinstance(operand, Call):
            return hinges(part.parts[0], preferred)
        case _:
            return (part,)


def _parts(nodes: Sequence[Node], row: R) -> tuple[Trace[R], ...]:
    return tuple(trace(node, row) for node in nodes)


def _of(cell: tuple[Row, str]) -> Value:
    row, name = cell
    return row.values.get(name, BLANK)


def _value(part: Trace[R]) -> Value:
    return UNKNOWN if part.value is None else part.value


def _answer(part: Trace[R]) -> Answer:
    assert part.answer is not None, f"not a condition: {part.node}"
    return part.answer


def _field(field: Field, row: R) -> Trace[R]:
    if field.kind == "group":
        return _group(field, row)
    here: R | None = row
    for link in field.links:
        here = cast("R | None", here.link(link)) if here is not None else None
    if here is None:
        return Trace(field, row, BLANK)
    return Trace(field, row, here.values.get(field.name, BLANK), cells=((here, field.name),))


def _group(node: Node, row: R) -> Trace[R]:
    cells = cast("list[tuple[R, str]]", members(node, row))
    return Trace(node, row, cells=tuple(cells))


def _of_set(node: Members, row: R) -> Trace[R]:
    """The first figures of a set of rows: those that keep its sum from being known, or else those
    that are printed.
    """
    unknown = equal_to(node, row, UNKNOWN)
    cells = cast("Sequence[tuple[R, str]]", unknown or printed_of(node, row))
    return Trace(node, row, cells=tuple(cells[:SHOWN]), size=len(cells))


def _call(call: Call, row: R) -> Trace[R]:
    match function_of(call).judgement:
        case OfParts() if isinstance(node := call.arguments[0], Members):
            return Trace(call, row, measure(call)(row), parts=(_of_set(node, row),))
        case OfParts(fold=fold, typed_only=typed_only):
            parts = _parts(call.arguments, row)
            return Trace(call, row, fold(_flat(parts, typed_only)), parts=parts)
        case OfFigure(test=test):
            (part,) = parts = _parts(call.arguments, row)
            return Trace(call, row, answer=test(_value(part)), parts=parts)
        case OfGroup():
            return _over_group(call, row)
        case OfOthers():
            return _among_others(call, row)
        case OfForm():
            if kind_of(call) == "group":
                return _group(call, row)
            value = measure(call)(row) if kind_of(call) == "number" else None
            return Trace(call, row, value, parts=_parts(call.arguments, row))


def _among_others(call: Call, row: R) -> Trace[R]:
    """Whether a row is like no other, and what stands on the first few others that are like it."""
    keys = cast("tuple[Field, ...]", call.arguments)
    rows = row.alike(keys)
    alike = cast("Sequence[R]", () if rows is None else rows.rows)
    others = [other for other in alike[: SHOWN + 1] if other is not row][:SHOWN]
    parts = chain.from_iterable(_parts(keys, other) for other in others)
    return Trace(
        call,
        row,
        answer=alone(rows),
        parts=_parts(keys, row),
        cells=tuple(chain.from_iterable(part.cells for part in parts)),
        size=max(len(alike) - 1, 0),
    )


def _over_group(call: Call, row: R) -> Trace[R]:
    """What the group tells, the size of the group, and the cells of its first rows."""
    rows = cast("Sequence[R] | None", row.group_rows())
    cells: list[tuple[R, str]] = []
    for other in rows or ():
        for field in fields(call.arguments[0]):
            cells += _field(Field(field.links, field.name, "number", field.at), other).cells
        if len(cells) >= SHOWN:
            break
    return Trace(
        call,
        row,
        measure(call)(row),
        parts=_parts(call.arguments, row),
        cells=tuple(cells[:SHOWN]),
        size=None if rows is None else len(rows),
    )


def _flat(parts: Sequence[Trace[R]], typed_only: bool) -> list[Value]:
    """The values of groups, lists and numbers side by side."""
    values: list[Value] = []
    for part in parts:
        if kind_of(part.node) == "group":
            values += [typed(*cell) if typed_only else _of(cell) for cell in part.cells]
        elif isinstance(part.node, Items):
            values += _flat(part.parts, typed_only)
        else:
            values.append(_value(part))
    return values


def _compared(node: Compare, left: Trace[R], right: Trace[R]) -> Answer:
    match node.operator:
        case "in":
            return _member(left, right)
        case "not in":
            return _member(left, right).negated()
        case operator:
            return compare(operator, _value(left), _value(right))


def _side(part: Trace[R]) -> list[Value]:
    return [_value(item) for item in (part.parts if isinstance(part.node, Items) else (part,))]


def _member(left: Trace[R], right: Trace[R]) -> Answer:
    if isinstance(right.node, Call):
        return tabled(_side(left), right.row.table(quoted(right.node)))
    return listed(_side(left), [_side(option) for option in right.parts])
