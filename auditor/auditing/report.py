"""The result of an audit, as all report formats get it.

It holds the findings with their causes, counts, and what was not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from pydantic import Field

from auditor.auditing.causes import limited, of_findings, standing_alone
from auditor.auditing.frames import Framed
from auditor.comparison.how import How
from auditor.records.decimals import PlainDecimal
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.model import Document, NotChecked, PassedOver
from auditor.records.severities import QUESTION, SEVERITIES, CountedAs, FailOn, Severity
from auditor.records.text import Text
from auditor.records.unchecked import number_of
from auditor.rules.causes import Cause
from auditor.rules.findings import (
    Finding,
    KpiReference,
    Outcome,
    SheetReference,
    department_of,
)
from auditor.rules.kpi import Achievement
from auditor.versions.model import ReturnedFile
from auditor.waivers.model import Waiver

if TYPE_CHECKING:
    from auditor.auditing.groups import Group, Grouping, Groups
    from auditor.rules.outcomes import OutcomeRows, RowOutcome
else:  # few audits list rows, and the others need not wait for their records
    OutcomeRows = RowOutcome = Any

__all__ = [
    "Baseline",
    "EarlierAcceptance",
    "JudgedKpi",
    "LastYear",
    "NamedPair",
    "NamedRecord",
    "NamedUndecided",
    "Report",
    "UnusedWaiver",
    "WaivedFinding",
    "WhyUnused",
    "severity_counts",
]

K = TypeVar("K")
WhyUnused = Literal["expired", "to_come", "changed", "unmatched", "repeated", "earlier_year"]
"""Why a waiver does not apply: its time is over, or the values at its place are others now, or
there is no such finding, or another waiver is for the same one. One of an earlier year is for
nothing at all where this year has no finding at its place.
"""


class JudgedKpi(Record):
    """One KPI with the achievement derived for it. ``department`` is that of the sheet of the same
    project, where there is one.
    """

    document: str
    number: int
    project: str
    name: str
    department: str = ""
    unit: str
    target: str
    achievement: Achievement


class WaivedFinding(Record):
    """A finding that was accepted as it is. ``cause`` is the one that it belongs to, whole: with
    the findings that are waived and those that are not.
    """

    finding: Finding
    cause: Cause
    waiver: Waiver


class Baseline(Record):
    """What a report has in common with an earlier one: the ids of the ``unchanged`` findings, and
    how many there are of each severity. ``fixed`` counts the earlier causes by department of which
    nothing is there any more.
    """

    unchanged: tuple[str, ...]
    counts: Frozen[CountedAs, int]
    fixed: Frozen[str, int]


class EarlierAcceptance(Record):
    """That the same place was accepted in the book of the year before, for which the waiver was.
    ``finding`` is the id of the finding, which is open all the same.
    """

    finding: str
    waiver: Waiver


class UnusedWaiver(Record):
    """A waiver that does not apply. ``department`` is that of today's finding at its place, else
    the one that the waiver names.
    """

    waiver: Waiver
    why: WhyUnused
    department: str = ""


class NamedRecord(Record):
    """A sheet or a KPI of a document."""

    document: str
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None

    @property
    def department(self) -> str:
        """The department whose record it is."""
        return department_of(self.sheet, self.kpi)


class NamedPair(Record):
    """A record, and the same project's in last year's book; ``how`` is what made the pair."""

    record: NamedRecord
    earlier: NamedRecord
    how: How


class NamedUndecided(Record):
    """A record that may be any of several of last year's book, and is held against none."""

    record: NamedRecord
    candidates: tuple[NamedRecord, ...]


class LastYear(Record):
    """How the audited records were held against those of last year's book. ``unpaired`` are this
    year's without a partner, ``unpaired_earlier`` last year's.
    """

    documents: tuple[Document, ...] = ()
    pairs: tuple[NamedPair, ...] = ()
    unpaired: tuple[NamedRecord, ...] = ()
    unpaired_earlier: tuple[NamedRecord, ...] = ()
    undecided: tuple[NamedUndecided, ...] = ()


class AccountRows(Record):
    """A project of the accounts: the lines of its rows, and what they add up to, in yen. ``items``
    are budget items (目); ``shared`` is one of several departments (共管).
    """

    project: str
    departments: tuple[str, ...] = ()
    lines: tuple[int, ...]
    total: PlainDecimal | None = None
    items: tuple[str, ...] = ()
    shared: bool = False
    carried_over: PlainDecimal | None = None
    staff_cost: PlainDecimal | None = None


class AccountPair(Record):
    """A sheet, and its project in the accounts; ``how`` is what made the pair."""

    record: NamedRecord
    rows: AccountRows
    how: How


class AccountUndecided(Record):
    """A sheet that may be any of several projects, and is held against none."""

    record: NamedRecord
    candidates: tuple[AccountRows, ...]


class Accounts(Record):
    """How the sheets were held against the accounts. ``unpaired`` are sheets without a project,
    ``unpaired_accounts`` projects without a sheet.
    """

    document: Document
    pairs: tuple[AccountPair, ...] = ()
    unpaired: tuple[NamedRecord, ...] = ()
    unpaired_accounts: tuple[AccountRows, ...] = ()
    undecided: tuple[AccountUndecided, ...] = ()


class JudgedByRow(Record):
    """Rows of tables of which records were made to judge them one by one, which takes time and
    memory: those of some books (the first ones are named, ``more`` are not), or all rows where
    some ``rules`` can't be columns.
    """

    rows: int
    why: Text
    books: tuple[str, ...] = ()
    more: int = 0
    rules: tuple[str, ...] = ()


class Report(Framed, Record):
    """What an audit found.

    ``findings`` are in the order of books, documents and sheets. ``causes`` are the entries that
    people read: each of the findings belongs to one of them. They are in the order of departments
    and sheets, the worst first in each sheet.

    Where the audit has a limit, both are the first ones. All other fields cover every finding,
    listed or not: ``counts`` by severity, ``rule_counts`` by rule. A place that somebody may ask
    about is counted as ``question`` there, apart from the notes.

    ``waived`` are in neither: they do not count, and no limit leaves them out. ``outcomes`` are
    those of all judgements. ``accepted_earlier`` says which places were accepted in the book of
    the year before. Where there is a ``baseline``, what is known does not fail.
    """

    documents: tuple[Document, ...]
    not_checked: tuple[NotChecked, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    """The files that were not audited and need not be."""
    returned: tuple[ReturnedFile, ...] = ()
    """The marked copies that came back, and what was changed in them."""
    outcomes: Frozen[str, Frozen[Outcome, int]] = Field(default_factory=FrozenDict)
    findings: tuple[Finding, ...] = ()
    causes: tuple[Cause, ...] = Field(
        default_factory=lambda fields: standing_alone(fields.get("findings", ()))
    )
    counts: Frozen[CountedAs, int] = Field(
        default_factory=lambda fields: severity_counts(fields.get("findings", ()))
    )
    rule_counts: Frozen[str, int] = Field(
        default_factory=lambda fields: _fail_counts(fields.get("outcomes", {}))
    )
    waived: tuple[WaivedFinding, ...] = ()
    waivers_unused: tuple[UnusedWaiver, ...] = ()
    accepted_earlier: tuple[EarlierAcceptance, ...] = ()
    baseline: Baseline | None = None
    kpis: tuple[JudgedKpi, ...] = ()
    last_year: LastYear | None = None
    """None where the audit had no last year's book."""
    accounts: Accounts | None = None
    """None where the audit had no accounts."""
    left_out: tuple[str, ...] = ()
    """The codes of the rules that a selection left out."""
    prose_unread: tuple[str, ...] = ()
    """The codes of the rules over sentences, where an audit of tables left their prose aside."""
    judged_by_row: tuple[JudgedByRow, ...] = ()
    """The rows of tables that columns could not judge."""
    severities: Frozen[str, Severity] = Field(default_factory=FrozenDict)
    """The severities that settings gave to rules, by code."""
    outcomes_listed: tuple[Outcome, ...] = ()
    """The outcomes whose rows were asked for."""
    outcome_rows: tuple[OutcomeRows, ...] = ()
    """The rows behind those outcomes, by rule and outcome."""
    fail_on: FailOn = "error"

    def outcomes_of(self, rule: str, outcome: Outcome | None = None) -> tuple[RowOutcome, ...]:
        """The rows on which a rule had an outcome (any that was asked for, for None), each with
        its figures, steps and what decided: as many as the audit lists. Raises ValueError for an
        outcome that the audit was not asked to list (``outcomes=`` of ``audit``).
        """
        there = self.outcomes_listed
        if not there or (outcome is not None and outcome not in there):
            en, ja = outcome or "any outcome", outcome or "判定"
            raise ValueError(
                f"the rows of {en} were not asked for; audit(…, outcomes=[…]) lists them / "
                f"{ja} の行は指定されていません。audit の outcomes で指定してください"
            )
        groups = (
            group.rows
            for group in self.outcome_rows
            if group.rule == rule and outcome in (None, group.outcome)
        )
        return tuple(chain.from_iterable(groups))

    @property
    def every_document(self) -> tuple[Document, ...]:
        """The documents of the audit, those of last year's book, and the accounts."""
        earlier = self.last_year.documents if self.last_year else ()
        return (*self.documents, *earlier, *([self.accounts.document] if self.accounts else ()))

    @property
    def by_severity(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity, listed or not; places that somebody may
        ask about are none of them.
        """
        return {severity: self.counts.get(severity, 0) for severity in SEVERITIES}

    @property
    def questions(self) -> int:
        """How many places somebody may ask about, listed or not; they are no errors."""
        return self.counts.get(QUESTION, 0)

    @property
    def unlisted(self) -> int:
        """How many findings ``findings`` lacks because of the limit."""
        return sum(self.counts.values()) - len(self.findings)

    def cause_of(self, finding: Finding) -> Cause:
        """The cause that a finding of the report belongs to."""
        return next(cause for cause in self.causes if finding.id in cause.findings)

    @property
    def exit_code(self) -> int:
        """2 where something was not checked, 1 where something failed that is not known, else
        0.
        """
        if self.not_checked:
            return 2
        if self.fail_on == "never":
            return 0
        failing = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        return 1 if any(self.new_counts[severity] for severity in failing) else 0

    @property
    def new_counts(self) -> Mapping[Severity, int]:
        """How many findings of each severity the baseline does not have; all, without one."""
        before: Mapping[CountedAs, int] = {}
        if self.baseline is not None:
            before = self.baseline.counts
        return {name: self.counts.get(name, 0) - before.get(name, 0) for name in SEVERITIES}

    @overload
    def by(self, key: Grouping) -> Groups[str]: ...
    @overload
    def by(self, key: Callable[[Finding], K]) -> Groups[K]: ...
    def by(self, key: Grouping | Callable[[Finding], K]) -> Groups[str] | Groups[K]:
        """The listed findings in groups, with the causes of each: by ``department``, ``document``,
        ``family``, ``name``, ``project``, ``rule``, ``severity``, ``unit`` or ``year``, or by what
        a function says of a finding. A cause of several groups is in each with its findings there.

        Raises ValueError for a word that groups by nothing.
        """
        # Most reports are never grouped.
        from auditor.auditing.groups import Groups, grouping

        if callable(key):
            return Groups(getattr(key, "__name__", "key"), self._groups(key))
        groups = self._groups(grouping(key))
        if key == "severity":
            groups.sort(key=lambda group: SEVERITIES.index(group.key))
        return Groups(key, groups)

    def _groups(self, key: Callable[[Finding], K]) -> list[Group[K]]:
        from auditor.auditing.groups import Group

        findings: dict[K, list[Finding]] = {}
        for finding in self.findings:
            findings.setdefault(key(finding), []).append(finding)
        return [
            Group(name, tuple(part), of_findings(self.causes, part))
            for name, part in findings.items()
        ]

    def to_json(self) -> str:
        """The report as JSON, as ``--format json`` writes it: the names of its schema
        (``auditor/reports/report.schema.json``), texts in both languages, amounts as texts.
        """
        from auditor.auditing.formats import ReportContext
        from auditor.auditing.session import load

        session = load()
        context = ReportContext("en", session.rules, forms=session.forms)
        return session.reports["json"].render(self, context)

    def __repr__(self) -> str:
        return f"<Report: {self._summary}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """The report as a notebook shows it: what it found, and its first findings."""
        return self._html(self._summary)

    @property
    def _summary(self) -> str:
        from auditor.auditing.groups import counted

        count = len(self.documents)
        documents = f"{count} document{'' if count == 1 else 's'}"
        missed = f"; {number_of(self.not_checked)} not checked" if self.not_checked else ""
        unknown = sum(outcomes["unknown"] for outcomes in self.outcomes.values())
        open_rows = f"; unknown for {unknown} rows" if unknown else ""
        findings = f"{counted(self.counts)} in {documents}"
        return f"{findings}{missed}{open_rows}; exit code {self.exit_code}"

    def limited(self, most: int | None) -> Report:
        """The report with the first ``most`` findings (all, for None) and those that share a cause
        with one of them; all counts stay.
        """
        if most is None or most >= len(self.findings):
            return self
        numbers = {finding.id: number for number, finding in enumerate(self.findings)}
        groups = ([numbers[key] for key in cause.findings] for cause in self.causes)
        chosen = limited(groups, most)
        return self.of_findings(
            finding for number, finding in enumerate(self.findings) if number in chosen
        )

    def of_findings(self, findings: Iterable[Finding]) -> Report:
        """The report with some of its findings, and their causes with these alone; all counts
        stay.
        """
        part = tuple(findings)
        ids = {finding.id for finding in part}
        return self.model_copy(
            update={
                "findings": part,
                "causes": of_findings(self.causes, part),
                "accepted_earlier": tuple(
                    item for item in self.accepted_earlier if item.finding in ids
                ),
            }
        )


def severity_counts(findings: Iterable[Finding]) -> dict[CountedAs, int]:
    """How many findings there are of each severity, and how many questions where there are some;
    every severity is a key.
    """
    counts: dict[CountedAs, int] = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.counted_as] = counts.get(finding.counted_as, 0) + 1
    return counts


def _fail_counts(outcomes: Mapping[str, Mapping[Outcome, int]]) -> dict[str, int]:
    return {code: counts.get("fail", 0) for code, counts in outcomes.items()}
