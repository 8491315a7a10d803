"""The mutants of rules held against their cases: how many are killed, and which survive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.rules.rows import vocabulary
from auditor.testing.mutants.changes import Mutant, mutants_of
from auditor.testing.mutants.drawing import Builder
from auditor.testing.mutants.killing import case_rows, survivors
from auditor.testing.mutants.marks import (
    RefutedMark,
    marks_of,
    refuted_by_case,
    refuted_by_row,
    unknown_change,
)
from auditor.testing.mutants.witnesses import DRAWS, witnesses

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.formula.tree import Vocabulary
    from auditor.rules.rule import Rule

__all__ = ["MutantsOfRule", "Survivor", "has_formula", "hold_mutants"]


class Survivor(NamedTuple):
    """A mutant that no case notices, and a case that would; None where no drawn row tells it from
    its rule.
    """

    mutant: Mutant
    case: Mapping[str, Any] | None


@dataclass(frozen=True)
class MutantsOfRule:
    """What became of the mutants of one rule: how many there are, those that survive, how many the
    rule's file rightly marks as equivalent, and its marks that do not hold.

    Where the rule has no case, or one that does not come out as it states, nothing can be said of
    mutants: they are not ``tried``.
    """

    rule: Rule
    mutants: int
    survivors: tuple[Survivor, ...]
    equivalent: int = 0
    refuted: tuple[RefutedMark, ...] = ()
    tried: bool = True

    @property
    def passed(self) -> bool:
        return self.tried and not self.survivors and not self.refuted


def has_formula(rule: Rule) -> bool:
    """Whether a rule is a formula, which has mutants: what a function does, nobody can change by
    one step.
    """
    return rule.tree is not None and rule.check is None


def hold_mutants(
    rules: Iterable[Rule], session: Session, draws: int = DRAWS
) -> list[MutantsOfRule]:
    """Hold the mutants of all rules that are formulas against the cases of each. For those that
    survive, a case is looked for among so many drawn rows; a mark that says that there is none is
    refuted by such a case.
    """
    words = vocabulary(session.forms.values())
    return [_held(rule, session, words, draws) for rule in filter(has_formula, rules)]


def _held(rule: Rule, session: Session, words: Vocabulary, draws: int) -> MutantsOfRule:
    mutants = list(mutants_of(rule, words))
    cases = case_rows(rule, session.forms, session.claim_readers)
    hold = len(cases) == len(rule.file.cases)
    if not hold or not any(case.built.rows for case in cases):
        return MutantsOfRule(rule, len(mutants), (), tried=False)
    surviving = survivors(mutants, cases)
    builder = Builder(rule, session.forms, session.claim_readers)
    missing = witnesses(surviving, builder, words, draws)
    shown = {id(mutant): case for mutant, case in zip(surviving, missing, strict=True)}

    refuted: list[RefutedMark] = []
    marked: set[int] = set()
    for mark in marks_of(rule, mutants):
        if mark.mutant is None:
            refuted.append(unknown_change(rule, mark, mutants))
            continue
        marked.add(id(mark.mutant))
        if id(mark.mutant) not in shown:
            refuted.append(refuted_by_case(rule, mark))
        elif (case := shown[id(mark.mutant)]) is not None:
            refuted.append(refuted_by_row(rule, mark, case))
    rest = (mutant for mutant in surviving if id(mutant) not in marked)
    return MutantsOfRule(
        rule,
        len(mutants),
        tuple(Survivor(mutant, shown[id(mutant)]) for mutant in rest),
        len(rule.file.equivalent) - len(refuted),
        tuple(refuted),
    )
