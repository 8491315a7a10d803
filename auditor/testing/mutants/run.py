"""The mutants of rules held against their cases: how many are killed, and which survive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.rules.rows import vocabulary
from auditor.testing.mutants.changes import Mutant, mutants_of
from auditor.testing.mutants.killing import case_rows, survivors

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.rules.rule import Rule

__all__ = ["MutantsOfRule", "has_formula", "hold_mutants"]


@dataclass(frozen=True)
class MutantsOfRule:
    """What became of the mutants of one rule. ``survivors`` are those that no case tells from it."""

    rule: Rule
    mutants: int
    survivors: tuple[Mutant, ...]

    @property
    def passed(self) -> bool:
        return not self.survivors


def has_formula(rule: Rule) -> bool:
    """Whether a rule is a formula, which has mutants: what a function does, nobody can change by
    one step.
    """
    return rule.tree is not None and rule.check is None


def hold_mutants(rules: Iterable[Rule], session: Session) -> list[MutantsOfRule]:
    """Hold the mutants of all rules that are formulas against the cases of each."""
    words = vocabulary(session.forms.values())
    results: list[MutantsOfRule] = []
    for rule in filter(has_formula, rules):
        mutants = list(mutants_of(rule, words))
        cases = case_rows(rule, session.forms, session.claim_readers)
        results.append(MutantsOfRule(rule, len(mutants), tuple(survivors(mutants, cases))))
    return results
