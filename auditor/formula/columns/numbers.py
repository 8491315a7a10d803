"""Numbers of a formula as columns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import narwhals as nw

from auditor.formula.columns.arithmetic import (
    absolute,
    added,
    blank_as_zero,
    by_end,
    divided,
    multiplied,
    negated,
    row_sum,
)
from auditor.formula.columns.depth import height, value_column
from auditor.formula.columns.values import (
    FITS,
    Answers,
    Columns,
    Mask,
    Missing,
    NotColumnar,
    Num,
    Reduced,
    Whole,
    Word,
    both,
    certain,
    constant,
    either,
    expression_of,
    on_one_scale,
    opposite,
    rounded_down,
    rounded_up,
)
from auditor.formula.functions import function_of, kind_of
from auditor.formula.judge import quoted
from auditor.formula.tree import (
    Arithmetic,
    Call,
    Field,
    Items,
    Members,
    Name,
    Negative,
    Node,
    Number,
    String,
)
from auditor.records.text import Text

__all__ = ["call_columns", "measured", "word_of"]


def measured(node: Node, columns: Columns) -> Num:
    """The columns of a number; raises NotColumnar where the formula can't be columns."""
    value: Num = columns.once(node, lambda: _let_number(node, columns))
    return value


def _let_number(node: Node, columns: Columns) -> Num:
    value = _measured(node, columns)
    # A field is a column already, and what is agreed on is joined as one.
    if isinstance(node, Number | Field):
        return value
    if isinstance(node, Call) and not function_of(node).own_column:
        return value
    return value_column(value, height(node), columns)


def _measured(node: Node, columns: Columns) -> Num:
    match node:
        case Number(value=value):
            return constant(value)
        case Field(links=links, name=name):
            return columns.number(links, name)
        case Negative(operand=operand):
            return negated(measured(operand, columns))
        case Arithmetic(operator=operator, left=left, right=right):
            a, b = measured(left, columns), measured(right, columns)
            if operator == "+":
                return added(a, b)
            if operator == "-":
                return added(a, negated(b))
            return multiplied(a, b) if operator == "*" else divided(a, b)
        case Call():
            return cast(Num, call_columns(node, columns))
        case _:
            raise NotColumnar(
                f"{type(node).__name__} as a number", f"数としての {type(node).__name__}"
            )


def call_columns(call: Call, columns: Columns) -> Any:
    """The columns of a call, by its function's own form: of a number, or of an answer."""
    form = function_of(call).columns
    if isinstance(form, Text):
        raise NotColumnar(f"{call.function}(): {form.en}", f"{call.function}()：{form.ja}")
    return form(call, _Forms(columns))


@dataclass(frozen=True)
class _Forms:
    """The columns that functions are made of; see ``functions.ColumnForms``."""

    columns: Columns

    def total(self, arguments: Sequence[Node]) -> Num:
        return _folded("total", arguments, self.columns)

    def least(self, arguments: Sequence[Node]) -> Num:
        return _folded("least", arguments, self.columns)

    def greatest(self, arguments: Sequence[Node]) -> Num:
        return _folded("greatest", arguments, self.columns)

    def absolute(self, argument: Node) -> Num:
        return absolute(measured(argument, self.columns))

    def blank_as_zero(self, argument: Node) -> Num:
        return blank_as_zero(measured(argument, self.columns))

    def count(self, argument: Node) -> Num:
        return _counted(argument, self.columns)

    def param(self, call: Call) -> Num:
        return self.columns.param(quoted(call))

    def consensus(self, call: Call) -> Num:
        return self.columns.agreed(call)

    def alone(self, call: Call) -> Answers:
        return self.columns.alone(call)

    def present(self, argument: Node) -> Answers:
        """Presence asks the same of numbers and words: which rows have a value."""
        if kind_of(argument) != "text":
            return _presence(measured(argument, self.columns).missing)
        word = word_of(argument, self.columns)
        if isinstance(word.value, str):
            return Answers(yes=bool(word.value), no=not word.value)
        return _presence(word.missing)


def _presence(missing: Missing) -> Answers:
    return Answers(yes=missing.there, unknown=missing.unknown, no=missing.blank)


def word_of(node: Node, columns: Columns) -> Word:
    """The columns of a text."""
    match node:
        case String(value=value):
            return Word(value)
        case Field(links=links, name=name):
            return columns.word(links, name)
        case _:
            raise NotColumnar(
                f"{type(node).__name__} as a text", f"文字としての {type(node).__name__}"
            )


Fold = Literal["total", "least", "greatest"]
Group = Sequence[tuple[Num, bool]] | Reduced
"""The members of a group, or what is known of them together."""


def _folded(fold: Fold, arguments: Sequence[Node], columns: Columns) -> Num:
    """A sum or extreme over what is printed; blank where nothing is, unknown where a part is."""
    if len(arguments) == 1 and isinstance(arguments[0], Members):
        return _values(fold, arguments[0], columns)[0]
    values: list[Num] = []
    for argument in arguments:
        for part in argument.items if isinstance(argument, Items) else (argument,):
            values += _values(fold, part, columns)
    if not values:
        none = nw.lit(None, nw.Int64)
        return Whole(none, none, 1, 0, Missing(blank=True))
    unknown = either(*(value.missing.unknown for value in values))
    undecided = both(either(*(value.missing.open for value in values)), opposite(unknown))
    missing = Missing(both(*(value.missing.blank for value in values)), unknown, undecided)
    return _sum(values, missing) if fold == "total" else _extreme(fold, values, missing)


def _values(fold: Fold, part: Node, columns: Columns) -> list[Num]:
    """The values of a number, or of a group's members."""
    if kind_of(part) != "group":
        return [measured(part, columns)]
    members = _members(part, columns)
    if isinstance(members, Sequence):
        return [value for value, _ in members]
    match fold:
        case "total":
            return [members.total]
        case "least":
            return [members.least]
        case "greatest":
            return [members.greatest]


def _sum(values: Sequence[Num], missing: Missing) -> Num:
    aligned = on_one_scale(values)
    if aligned and sum(value.bound for value in aligned) <= FITS:
        lo = hi = row_sum([value.lo for value in aligned], 0)
        if not all(value.point for value in aligned):
            hi = row_sum([value.hi for value in aligned], 0)
        least = min(value.least for value in aligned)
        bound = sum(value.bound for value in aligned)
        return Whole(lo, hi, aligned[0].scale, bound, missing, least)

    def total(away: Callable[[nw.Expr], nw.Expr]) -> Callable[[list[nw.Expr]], nw.Expr]:
        """A sum whose every step is rounded away from what it encloses."""
        return lambda ends: functools.reduce(
            lambda a, b: away(a + b), (end.fill_null(0.0) for end in ends)
        )

    reals = [value.real for value in values]
    return by_end(reals, total(rounded_down), total(rounded_up), missing)


def _extreme(fold: Literal["least", "greatest"], values: Sequence[Num], missing: Missing) -> Num:
    horizontal = nw.min_horizontal if fold == "least" else nw.max_horizontal

    def extreme(ends: Sequence[nw.Expr]) -> nw.Expr:
        return horizontal(*ends) if len(ends) > 1 else ends[0]

    aligned = on_one_scale(values)
    if not aligned:
        return by_end([value.real for value in values], extreme, extreme, missing)
    lo = hi = extreme([value.lo for value in aligned])
    if not all(value.point for value in aligned):
        hi = extreme([value.hi for value in aligned])
    bound = max(value.bound for value in aligned)
    return Whole(lo, hi, aligned[0].scale, bound, missing)


def _members(node: Node, columns: Columns) -> Group:
    match node:
        case Field(links=links, name=name):
            return columns.group(links, name)
        case Call(function="group", arguments=(Name(value=name),)):
            return columns.group((), name)
        case Members():
            return columns.members(node)
        case _:
            raise NotColumnar("a group of another kind", "項目のまとまりでない部分")


def _counted(argument: Node, columns: Columns) -> Num:
    """How many are printed; unknown where a member is. What is open in a member leaves the count
    open.
    """
    counts: list[nw.Expr] = []
    undecided: list[Mask] = []
    unknown: list[Mask] = []
    for part in argument.items if isinstance(argument, Items) else (argument,):
        members: Group
        if kind_of(part) == "group":
            members = _members(part, columns)
            if not isinstance(members, Sequence) and argument is part:
                count = members.count
                return replace(count, missing=_of_count(count.missing.open, members.total.missing))
            if not isinstance(members, Sequence):
                raise NotColumnar("a count of several groups", "複数のまとまりの個数")
        else:
            members = [(measured(part, columns), False)]
        for value, computed in members:
            printed = opposite(value.missing.blank)
            if computed:
                printed = both(printed, _typed(value, undecided))
            undecided.append(value.missing.open)
            unknown.append(value.missing.unknown)
            counts.append(expression_of(printed).cast(nw.Int64))
    total = row_sum(counts, 0) if counts else nw.lit(0, nw.Int64)
    missing = _of_count(either(*undecided), Missing(unknown=either(*unknown)))
    return Whole(total, total, 1, len(counts), missing)


def _of_count(undecided: Mask, members: Missing) -> Missing:
    return Missing(unknown=members.unknown, open=both(undecided, opposite(members.unknown)))


def _typed(value: Num, undecided: list[Mask]) -> Mask:
    """For which rows the figure of a formula cell is no plain 0. An interval is never plainly 0,
    and whether this one is a point in a row, the judge knows.
    """
    if not isinstance(value, Whole):
        raise NotColumnar("a formula cell that is no whole number", "整数でない計算セル")
    if value.point:
        return opposite(certain(value.lo == 0))
    undecided.append(certain((value.lo <= 0) & (value.hi >= 0)))
    return True
