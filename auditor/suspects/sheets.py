"""The search for what explains the contradictions of one sheet or KPI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

from auditor.formula.trace import Trace, trace
from auditor.formula.values import Judge
from auditor.records.figures import Answer
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.searchable import why_unusable
from auditor.rules.suspects import Suspect
from auditor.suspects.among_rows import ANOTHER
from auditor.suspects.applying import RulesOf
from auditor.suspects.blocks import Component
from auditor.suspects.candidates import Candidate
from auditor.suspects.causes import Cause, causes_of
from auditor.suspects.copied import copied_columns
from auditor.suspects.corrected import broken_by, is_met
from auditor.suspects.diagnosis import Diagnosis, diagnosis
from auditor.suspects.equations import Unusable
from auditor.suspects.evidence import evidence_of
from auditor.suspects.explanation import Contradiction, Explanation, lawful_alone, shares
from auditor.suspects.expressions import bits
from auditor.suspects.problem import Budget
from auditor.suspects.record import Rules
from auditor.suspects.sheet_cells import SheetCells
from auditor.suspects.sheet_record import SheetRecord
from auditor.suspects.sheet_words import explained_by_words
from auditor.suspects.slips import ODDS, slip
from auditor.suspects.words import LAWFUL

__all__ = ["SheetExplaining"]

NODES: Final = 1500
SHOWN: Final = 5
"""As many suspects are kept of a cause."""


class SheetExplaining:
    """Explains the contradictions of one sheet or KPI, by their numbers."""

    book: Rows
    contradictions: Mapping[int, Contradiction]
    partners: Sequence[Row] | None
    beside: Sequence[Row]
    unlisted: float | None
    own_rows: Sequence[Row]
    rules_of: RulesOf
    among: list[Rule]

    def __init__(
        self,
        rows: Rows,
        own_rows: Sequence[Row],
        rules: RulesOf,
        contradictions: Mapping[int, Contradiction],
        partners: Sequence[Row] | None = None,
        *,
        beside: Sequence[Row] = (),
        unlisted: float | None = None,
    ) -> None:
        self.book, self.contradictions, self.partners = rows, contradictions, partners
        self.rows: list[Row] = [*own_rows, *beside, *(partners or ())]
        self.beside, self.unlisted = beside, unlisted
        self.own_rows, self.rules_of = own_rows, rules
        self.keys: set[str] = {rule.key for rule in rules.hard}
        self.on_words: dict[str, list[Rule]] = rules.words
        owner = own_rows[0].sheet or own_rows[0].kpi
        assert owner is not None
        self.cells: SheetCells = SheetCells(self.rows, evidence_of(rows, owner))
        self.copied: list[str] = copied_columns(rows, own_rows)
        self.rules: Rules[Row] = Rules(self.cells)
        for rule in rules.hard:
            self.add(rule, self.rules)
        self.among = [rule for rule in rules.among if rule not in rules.hard]
        if unlisted is None:
            self.among = []
        self.judged: dict[str, list[Rule]] = {
            scope: [rule for rule in judged if rule not in self.among]
            for scope, judged in rules.judged.items()
        }
        self.keys.update(rule.key for rule in self.among)
        for rule in self.among:
            self.add(rule, self.rules, self.is_explained_here)

    def is_explained_here(self, rule: Rule, row: Row, traces: _Traces) -> bool:
        """Whether what a rule says of a row is explained here, or confirms what is."""
        if traces.formula.answer is not Answer.NO:
            return True
        several = self.contradictions.values()
        return any(other is rule and of is row for _, other, of in several)

    def add(
        self,
        rule: Rule,
        rules: Rules[Row],
        is_added: Callable[[Rule, Row, _Traces], bool] | None = None,
    ) -> None:
        """Add a rule on all its rows."""
        for row in self.rows:
            if row.scope != rule.each or not rule.others <= row.rows.others.keys():
                continue
            try:
                traces = _Traces.of(rule, row)
            except Exception:  # the audit has named the rule that crashes here; it says nothing
                continue
            if is_added is not None and not is_added(rule, row, traces):
                continue
            with suppress(Unusable):
                rules.add(
                    rule.key,
                    traces.formula,
                    traces.judge,
                    traces.when,
                    traces.applies,
                    answered=traces.answered,
                )

    def record(self, rules: Rules[Row]) -> SheetRecord:
        """The sheet under some rules."""
        return SheetRecord(rules, self.cells, self.copied, self.book)

    @cached_property
    def main(self) -> SheetRecord:
        """The sheet under the rules that any correction has to satisfy."""
        return self.record(self.rules)

    def explanations(self) -> list[Explanation]:
        """The explanations of all contradictions that have one."""
        record = self.main
        outcome = diagnosis(
            record,
            Budget(NODES),
            lambda option: self.factor(record, option),
            unlisted=self.unlisted_in,
            more=any(rule.key not in self.keys for _, rule, _ in self.contradictions.values()),
        )
        explanations = self.of_diagnosis(record, outcome)
        settled = set(chain.from_iterable(each.contradictions for each in explanations))
        remaining = [number for number in self.contradictions if number not in settled]
        usable = {number for number in remaining if self.is_usable(number)}
        for number in usable:
            explanations += self.by_itself(number)
        others = {
            number: self.contradictions[number] for number in remaining if number not in usable
        }
        explanations += explained_by_words(self.rows, self.on_words, others)
        return sorted(explanations, key=lambda explanation: explanation.contradictions)

    def unlisted_in(self, component: Component) -> float:
        """The belief in parts of a sum that are not searched, of what is broken together."""
        among = {rule.key for rule in self.among}
        problem = self.main.problem
        broken = {self.rules.names[each.rule] for each in component if problem.breaks(each)}
        if self.unlisted is None or among.isdisjoint(broken):
            return 0.0
        # What the other rows break by themselves would be another slip.
        return self.unlisted if broken <= among else self.unlisted * ODDS * ANOTHER

    def of_diagnosis(self, record: SheetRecord, outcome: Diagnosis) -> list[Explanation]:
        """The explanations of what the hard rules contradict, and what they settle besides."""
        explanations = [
            self.explanation(record, cause)
            for cause in causes_of(record, outcome, _Settling(self, record, outcome))
        ]
        for number, reason in outcome.unexplained.items():
            of_component = self.in_component(record, outcome, number)
            if of_component:
                suspect = Suspect((), slip(reason), Decimal(0))
                explanations.append(Explanation(tuple(of_component), (suspect,), Decimal(1)))
        return explanations

    def explanation(self, record: SheetRecord, cause: Cause, lawful: float = 0.0) -> Explanation:
        """A cause as an explanation; ``lawful`` is the belief that nothing is wrong at all."""
        options = cause.options[:SHOWN]
        parts, none = shares([share * (1 - lawful) for _, share in options])
        suspects = [
            record.suspect(option, share)
            for (option, _), share in zip(options, parts, strict=True)
            if share or len(options) == 1
        ]
        return Explanation(tuple(sorted(cause.contradictions)), tuple(suspects), none)

    def in_component(self, record: SheetRecord, outcome: Diagnosis, number: int) -> list[int]:
        """The contradictions whose rules are in a broken component."""
        judges = record.rules.judges
        rules = {
            (judges[constraint.rule].name, id(judges[constraint.rule].row))
            for constraint in outcome.broken[number]
        }
        return [
            number
            for number, (_, rule, row) in self.contradictions.items()
            if (rule.key, id(row)) in rules
        ]

    def settles(self, record: SheetRecord, option: Candidate, number: int) -> bool:
        """Whether a contradiction is gone once an explanation is corrected. One about a block
        itself is, and so is one about figures of which nothing tells what they should say: it is
        no evidence of another fault.
        """
        finding, rule, row = self.contradictions[number]
        if len(option.slips) > 1 and (rule.tree is None or option.unknown):
            cells = self.keys_of(at for at, _ in option.slips)
            about = [(cell.field, cell.year) for cell in finding.cells]
            if rule.tree is None:
                return len(about) > 1 and cells.issuperset(about)
            return not self.keys_of(bits(option.unknown)).isdisjoint(about)
        if rule.tree is None or option.unknown:
            return False
        return is_met(rule, record.corrected(option.point)(row))

    def keys_of(self, cells: Iterable[int]) -> set[tuple[str, str | None]]:
        """Field and year of some cells."""
        several = filter(None, (self.cells.cells[at] for at in cells))
        return {(cell.field, cell.year) for cell in several}

    def factor(self, record: SheetRecord, option: Candidate) -> float:
        """How much less an explanation is believed for the warnings that it leaves."""
        if self.breaks_another(record, option):
            return 0.0
        factor = 1.0
        for number, (_, rule, _) in self.contradictions.items():
            if rule.tree is None or rule.key in self.keys:
                continue
            if not self.settles(record, option, number):
                factor *= LAWFUL
        return factor

    def breaks_another(self, record: SheetRecord, option: Candidate) -> bool:
        """Whether a correction breaks a rule that the search can't use."""
        cells = filter(None, (self.cells.cells[at] for at in option.point))
        rows = {id(row): row for row, _ in chain.from_iterable(cell.seen for cell in cells)}
        corrected = record.corrected(option.point)
        return any(True for _ in broken_by(corrected, rows.values(), self.judged))

    @cached_property
    def beside_partners(self) -> SheetExplaining:
        """The same with the partners in other books and the rules on them: of two figures that
        differ, the one whose neighbours agree is right.
        """
        owner = self.own_rows[0].sheet or self.own_rows[0].kpi
        assert owner is not None
        partners = tuple(self.book.partners_of(owner))
        return SheetExplaining(
            self.book,
            self.own_rows,
            self.rules_of,
            self.contradictions,
            partners,
            beside=self.beside,
        )

    def is_usable(self, number: int) -> bool:
        """Whether the search can use the rule of a contradiction."""
        _, rule, _ = self.contradictions[number]
        return why_unusable(rule) is None or rule in self.among

    def by_itself(self, number: int) -> list[Explanation]:
        """The explanation of a contradiction that no other settles; none where nothing can be
        said of its cells.
        """
        finding, rule, row = self.contradictions[number]
        if rule.others and self.partners is None:
            return self.beside_partners.by_itself(number)
        lawful = lawful_alone(finding)
        rules = self.rules.copy()
        self.add(rule, rules)
        record = self.record(rules)
        outcome = diagnosis(record, Budget(NODES), about=(rule.key, id(row)))
        settling = _Settling(self, record, outcome, only=number)
        causes = causes_of(record, outcome, settling)
        return [
            self.explanation(record, cause, lawful)
            for cause in causes
            if number in cause.contradictions
        ]


class _Settling:
    """Which contradictions belong to the explanations of a diagnosis; ``only`` one, or any."""

    def __init__(
        self,
        explaining: SheetExplaining,
        record: SheetRecord,
        outcome: Diagnosis,
        only: int | None = None,
    ) -> None:
        self.explaining, self.record, self.outcome = explaining, record, outcome
        self.numbers = list(explaining.contradictions) if only is None else [only]

    def of_component(self, number: int) -> list[int]:
        """The contradictions whose rules are in a broken component."""
        inside = self.explaining.in_component(self.record, self.outcome, number)
        return [contradiction for contradiction in inside if contradiction in self.numbers]

    def besides(self, option: Candidate) -> list[int]:
        """The contradictions that an explanation settles."""
        return [
            number
            for number in self.numbers
            if self.explaining.settles(self.record, option, number)
        ]

    def cells(self, number: int) -> int:
        """The cells (a mask) that a contradiction is about."""
        _, rule, row = self.explaining.contradictions[number]
        mask = 0
        for rule_judge in self.record.rules.judges:
            if rule_judge.name == rule.key and rule_judge.row is row:
                mask |= rule_judge.cells
        return mask


class _Traces(NamedTuple):
    """A rule on a row, worked out once: its formula and its ``when``, with the judges of both.
    ``answered`` is whether the printed row has an answer.
    """

    formula: Trace[Row]
    judge: Judge
    when: Trace[Row] | None
    applies: Judge | None
    answered: bool

    @classmethod
    def of(cls, rule: Rule, row: Row) -> _Traces:
        """The traces of a rule that has a formula. Raises what the rule raises."""
        assert rule.tree is not None
        formula = trace(rule.tree, row)
        if row.claim is not None and rule.applies is not None:
            # By its condition a rule chooses claims: no figure is put right by not being looked at.
            if rule.applies(row) is not Answer.YES:
                raise Unusable("when")
            return cls(formula, rule.holds, None, None, formula.answer is not Answer.UNKNOWN)
        is_known = formula.answer is not Answer.UNKNOWN
        if rule.when is None:
            return cls(formula, rule.holds, None, None, is_known)
        when = trace(rule.when, row)
        answered = is_known and when.answer is Answer.YES
        return cls(formula, rule.holds, when, rule.applies, answered)
