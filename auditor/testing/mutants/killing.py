"""Which mutants of a rule its cases kill: those for which a case comes out otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from auditor.forms.model import Form
from auditor.formula.values import Row as JudgedRow
from auditor.records.figures import Answer
from auditor.rules.findings import Outcome
from auditor.rules.rows import Row
from auditor.rules.rule import Rule
from auditor.rules.verdicts import CRASHED, NOT_APPLICABLE, Verdict
from auditor.testing.cases import BuiltCase, CaseError, build_case, case_differences
from auditor.testing.mutants.changes import Mutant

if TYPE_CHECKING:
    from auditor.narrative.model import PluggedReader

__all__ = ["CaseRow", "case_rows", "outcome_on", "survivors"]

_EXPLAINED: Final = ("equation", "expected", "severity", "suspects")
"""What a case may state of a finding, beside its outcome, that a formula decides."""


@dataclass(frozen=True)
class CaseRow:
    """A case of a rule with its records. ``number`` counts from 1."""

    number: int
    case: Mapping[str, Any]
    built: BuiltCase


def case_rows(
    rule: Rule, forms: Mapping[str, Form], claim_readers: Sequence[PluggedReader] = ()
) -> list[CaseRow]:
    """The cases of a rule that come out as they state, each built once."""
    rows: list[CaseRow] = []
    for number, case in enumerate(rule.file.cases, 1):
        try:
            built = build_case(rule, case, forms, claim_readers)
        except (CaseError, ValidationError):
            continue
        row = CaseRow(number, case, built)
        # A failed case, which the run of the cases reports, says nothing of mutants.
        if not _kills(row, rule):
            rows.append(row)
    return rows


def survivors(mutants: Iterable[Mutant], cases: Sequence[CaseRow]) -> list[Mutant]:
    """The mutants for which every case comes out as it states."""
    return [mutant for mutant in mutants if not any(_kills(case, mutant.rule) for case in cases)]


def _kills(case: CaseRow, rule: Rule) -> bool:
    """Whether a case comes out otherwise than it states for a rule or a mutant of it."""
    rule = of_figure(rule, case.built)
    verdict, row = _verdict(rule, case)
    if verdict.outcome != case.case.get("outcome"):
        return True
    if verdict.outcome != "fail" or row is None:
        return False
    return any(case_differences(rule, case.case, row, verdict))


def of_figure(rule: Rule, built: BuiltCase) -> Rule:
    """A rule that is judged on each figure as that of a case's figure."""
    figure = built.rule.figure
    return rule if figure is None or rule.figure is not None else rule.of_figure(figure)


def _verdict(rule: Rule, case: CaseRow) -> tuple[Verdict, Row | None]:
    row = case.built.row_of(rule)
    if row is None or not case.built.applies_to(rule, row):
        return NOT_APPLICABLE, row
    states_more = any(key in case.case for key in _EXPLAINED)
    if states_more or rule.check is not None or row.rows.unsure:
        return _judged(rule, row), row
    return Verdict(outcome_on(rule, row)), row


def _judged(rule: Rule, row: Row) -> Verdict:
    try:
        return rule.judge(row)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a rule in Python may raise
        return CRASHED


_OUTCOMES: Final[Mapping[Answer, Outcome]] = {
    Answer.NO: "fail",
    Answer.UNKNOWN: "unknown",
    Answer.MAY: "may",
    Answer.YES: "pass",
}


def outcome_on(rule: Rule, row: JudgedRow) -> Outcome:
    """What the formulas of a rule answer on a row, without working out why: a row of a book, or a
    drawn one.
    """
    applies = Answer.YES if rule.applies is None else rule.applies(row)
    if applies is not Answer.YES:
        return "not_applicable" if applies is Answer.NO else "unknown"
    return _OUTCOMES[rule.holds(row)]
