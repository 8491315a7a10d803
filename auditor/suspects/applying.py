"""The rules of a form, by what the search for suspects does with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from auditor.rules.rows import Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.searchable import looks_at_other_rows, rests_on_rows, why_unusable

__all__ = ["RulesOf"]


class RulesOf(NamedTuple):
    """The rules of a form: those that any correction has to satisfy, the errors that the search
    can't use, or that look at another book, and that are only asked whether a correction breaks
    them, and the rules on words; these two by scope. ``among`` are the errors that compare rows
    with others.
    """

    hard: list[Rule]
    judged: dict[str, list[Rule]]
    words: dict[str, list[Rule]]
    among: list[Rule]

    @classmethod
    def of(cls, rows: Rows, rules: RuleSet) -> RulesOf:
        """The rules that apply to the form of a book."""
        applying = [
            rule
            for rule in rules
            if rule.tree
            and rule.file.severity != "note"
            and rule.applies_to(rows.form, rows.others, rows.lookups.forms)
        ]
        errors = [rule for rule in applying if rule.file.severity == "error"]
        left_aside = [rule for rule in applying if why_unusable(rule) is not None]
        # What stands on other rows is no word of this one.
        words = [rule for rule in left_aside if not rests_on_rows(rule)]
        unusable = {rule.key for rule in applying if rule in left_aside or rule.others}
        return cls(
            [rule for rule in errors if rule.key not in unusable],
            _by_scope(rule for rule in errors if rule.key in unusable),
            _by_scope(words),
            [rule for rule in errors if looks_at_other_rows(rule)],
        )


def _by_scope(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    several: dict[str, list[Rule]] = {}
    for rule in rules:
        several.setdefault(rule.each, []).append(rule)
    return several
