"""Rules of columns, on forms whose figures stand in some columns alone.

A rule applies to no column that prints none of what it names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.model import Column, Form
from auditor.formula.functions import kind_of
from auditor.formula.judge import quoted
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Node,
    Number,
    Or,
    String,
    walk,
)
from auditor.rules.rule import InColumns, Rule

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables

__all__ = ["where_printed"]

_AT, _OUTCOME = "#at", "outcome"
"""The place of a column in its form, and what is certain of a row, as engines call them."""
_KIND: Node = Field((), "kind", "text", 0)
_OFFSET: Node = Arithmetic(
    "-", Field((), "year", "number", 0), Field(("sheet",), "fiscal_year", "number", 0), 0
)


def where_printed(rule: Rule, form: Form) -> Rule:
    """The rule, with the condition that a column prints what the rule names on it: each figure, and
    of a group any member.
    """
    if rule.each != "year" or not any(form.fields[name].columns for name in form.amounts):
        return rule
    named = [[name for name in names if name in form.amounts] for names in _named(rule, form)]
    columns = [
        column
        for column in form.columns
        if all(any(form.prints(name, column) for name in names) for names in named if names)
    ]
    if len(columns) == len(form.columns):
        return rule
    condition = _one_of(columns, form)
    when = condition if rule.when is None else And((condition, rule.when), 0)
    narrowed = replace(rule, when=when)
    if rule.in_columns is None:
        return narrowed
    return replace(narrowed, in_columns=_settled_in(rule.in_columns, columns, form))


def _named(rule: Rule, form: Form) -> Iterator[Sequence[str]]:
    """The figures that a rule names on its own row, each alone, and the members of each group."""
    groups = form.figure_groups
    for name in rule.file.needs:
        yield groups.get(name, (name,))
    for tree in (rule.tree, rule.when):
        for part in walk(tree) if tree is not None else ():
            if isinstance(part, Field) and not part.links:
                yield groups[part.name] if kind_of(part) == "group" else (part.name,)
            elif isinstance(part, Call) and kind_of(part) == "group":
                yield groups.get(quoted(part), ())


def _one_of(columns: Sequence[Column], form: Form) -> Node:
    """That a row is one of some columns of a form: of their kinds, where these tell."""
    kinds = list(dict.fromkeys(column.kind for column in columns))
    if all(column in columns for column in form.columns if column.kind in kinds):
        return _is_kind(kinds)
    each = [
        And(
            (
                _is_kind([column.kind]),
                Compare("==", _OFFSET, Number(column.offset, 0), 0),
            ),
            0,
        )
        for column in columns
    ]
    return each[0] if len(each) == 1 else Or(tuple(each), 0)


def _is_kind(kinds: Collection[str]) -> Node:
    return Compare("in", _KIND, Items(tuple(String(kind, 0) for kind in kinds), 0), 0)


def _settled_in(in_columns: InColumns, columns: Sequence[Column], form: Form) -> InColumns:
    """What settles rows by columns, with those of no other column of the form."""
    others = [at for at, column in enumerate(form.columns) if column not in columns]

    def settle(tables: Tables) -> Settled:
        import narwhals as nw

        settled = in_columns.settle(tables)
        outcome = (
            nw.when(nw.col(_AT).is_in(others))
            .then(nw.lit("not_applicable", nw.String))
            .otherwise(nw.col(_OUTCOME))
        )
        return settled._replace(rows=settled.rows.with_columns(outcome.alias(_OUTCOME)))

    return in_columns._replace(settle=settle)
