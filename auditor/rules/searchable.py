"""Which rules the search for suspects can use. An audit asks before it loads the search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from auditor.formula.functions import Function, OfOthers, function_of
from auditor.formula.tree import Call, Field, Members, Node, walk
from auditor.records.fields import japanese_label
from auditor.records.text import Text
from auditor.rules.rule import Rule

__all__ = ["NO_FIGURES", "looks_at_other_rows", "rests_on_rows", "why_unusable"]

NO_FIGURES: Final = frozenset(
    {"year", "number", "fiscal_year", "due_year", "first_year", "last_printed_year"}
)
"""Numbers that formulas name and that are no figures."""


_OF_FORMS: Final = frozenset({"kind", "role"})
"""Texts that the form says, not the document."""


_DOUBTFUL: Final = frozenset({"direction", "weekday", "counter", "other_counter", "noun"})
"""The words of a sentence that may be wrong in place of its figures."""


def why_unusable(rule: Rule) -> Text | None:
    """Why the search can't use a rule, or None where it can."""
    if rule.each == "reading":
        return Text(
            en="found by a reader, not by a formula", ja="読み取り時の指摘で、数式がありません"
        )
    if rule.tree is None:
        return Text(
            en="written in Python, without a formula", ja="Python で書かれ、数式がありません"
        )
    parts = _parts(rule)
    if rests_on_rows(rule):
        return Text(
            en="rests on other rows, of which any may be wrong",
            ja="ほかの行に基づく規則で、どの行の誤りか分からないため",
        )
    calls = [function_of(part) for part in parts if isinstance(part, Call)]
    for function in calls:
        if function.gives == "number" and isinstance(function.linear, Text):
            return function.linear
    return _without_figures(rule, [part for part in parts if isinstance(part, Field)], calls)


def rests_on_rows(rule: Rule) -> bool:
    """Whether a rule looks at other rows of the book than those that a record holds."""
    return any(map(_is_of_rows, _parts(rule)))


def looks_at_other_rows(rule: Rule) -> bool:
    """Whether a rule compares figures of its row with figures of others of the same book: each of
    them may be wrong.
    """
    if rule.tree is None or rule.others or rule.each not in ("sheet", "year"):
        return False
    parts = list(walk(rule.tree))
    calls = [function_of(part) for part in parts if isinstance(part, Call)]
    if any(function.gives == "number" and isinstance(function.linear, Text) for function in calls):
        return False
    return any(
        isinstance(part, Members) or (isinstance(part, Field) and "parent" in part.links)
        for part in parts
    )


def _parts(rule: Rule) -> list[Node]:
    """The parts of a rule's formulas."""
    trees = (tree for tree in (rule.tree, rule.when) if tree is not None)
    return list(chain.from_iterable(map(walk, trees)))


def _is_of_rows(part: Node) -> bool:
    if isinstance(part, Call):
        return isinstance(function_of(part).judgement, OfOthers)
    if isinstance(part, Field):
        return "parent" in part.links
    return isinstance(part, Members)


def _without_figures(rule: Rule, named: Sequence[Field], calls: Iterable[Function]) -> Text | None:
    """Why the names of a rule are none of figures; None where they are."""
    words = [part.path for part in named if part.kind == "text" and part.name not in _OF_FORMS]
    if rule.each == "claim" and rule.tree is not None:
        # By the words of its condition a claim was read: they are not in doubt.
        judged = {part.path for part in walk(rule.tree) if isinstance(part, Field)}
        words = [path for path in words if path in judged & _DOUBTFUL]
    if words:
        names = list(dict.fromkeys(words))
        labels = "、".join(japanese_label(name, rule.each) for name in names)
        return Text(
            en=f"the mistake may be in words: {', '.join(names)}",
            ja=f"数値ではなく語（{labels}）の誤りかもしれないため",
        )
    figured = any(
        part.kind in ("number", "group") and part.name not in NO_FIGURES for part in named
    )
    if not figured and not any(function.gives == "group" for function in calls):
        return Text(en="names no figure", ja="数値の項目がありません")
    return None
