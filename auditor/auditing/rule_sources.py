"""Rules as a program has them: files, sets, rules of dicts and of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from auditor.records.errors import WrongArgument
from auditor.rules import loading
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import Check

if TYPE_CHECKING:
    from auditor.auditing.session import Session

__all__ = ["RuleSource", "rules_of"]

RuleSource: TypeAlias = str | Path | Mapping[str, Any] | Callable[..., Any] | Rule | RuleSet
"""Rules by a path, as a dict, as a function with ``@auditor.rule``, or as they are."""


def rules_of(source: object, session: Session) -> RuleSet:
    """The rules of a source, for the forms that they are for. Raises RuleError for rules that
    can't be used, WrongArgument for what is no source.
    """
    if isinstance(source, RuleSet):
        return source
    if isinstance(source, Rule):
        return RuleSet([source])
    words = vocabulary(session.forms.values())
    if isinstance(source, str | Path):
        return RuleSet(map(session.placed, loading.load_rules(source, words)))
    if isinstance(source, Mapping):
        stated = cast("Mapping[str, Any]", source)
        name = str(stated.get("code", "rule"))
        rule = loading.build_rule(loading.with_defaults(stated), name, words)
        return RuleSet([session.placed(replace(rule, source="in memory"))])
    if callable(source) and hasattr(source, "rule_definition"):
        file = getattr(getattr(source, "__code__", None), "co_filename", "in memory")
        rule = loading.rule_of_function(Path(file), cast("Check", source), words)
        return RuleSet([session.placed(rule)])
    raise _no_rules(source)


def _no_rules(source: object) -> WrongArgument:
    """That something is no rules."""
    if callable(source) and not isinstance(source, type):
        name = getattr(source, "__name__", "-")
        return WrongArgument(
            f"the function {name} is no rule: mark it with @auditor.rule(…)",
            f"関数 {name} は規則ではありません。@auditor.rule(…) を付けてください",
        )
    if isinstance(source, Iterable):
        return WrongArgument(
            "rules are given one by one: load_rules(*several)",
            "規則は1つずつ渡してください（並びの前に * を付けます）",
        )
    kind = "None" if source is None else type(source).__name__
    return WrongArgument(
        f"rules are codes, paths, dicts, functions with @auditor.rule or a RuleSet, not {kind}",
        f"規則は、規則コード・パス・辞書・@auditor.rule を付けた関数・RuleSet で"
        f"指定してください（渡された型：{kind}）",
    )
