"""Rounds: today's causes held against those of an earlier audit of the same documents.

A cause is known by the place of its main finding. Whether a correction was made is told by the
values there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, get_args

from pydantic import Field

from auditor.auditing.report import Report
from auditor.forms.words import squeezed
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.model import Book, Kpi, Sheet
from auditor.rules.findings import Finding, KpiReference, SheetReference, department_of
from auditor.rules.severities import Severity

__all__ = ["CHANGES", "Change", "EarlierCause", "EarlierRound", "Since", "since"]

Change = Literal["resolved", "still_wrong", "open", "added", "not_audited"]
"""What became of a cause: it is gone, or its values changed and still do not agree, or nothing
changed, or it was not there before. ``not_audited`` is one whose sheet or rule is not in today's
audit.
"""

CHANGES: Final[tuple[Change, ...]] = get_args(Change)


class EarlierCause(Record):
    """A cause of an earlier round. ``rules``, ``places`` and ``values`` are those of its
    findings, the main one first.
    """

    id: str
    severity: Severity
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    rules: tuple[str, ...]
    places: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def department(self) -> str:
        """The department that it was for; empty where nobody knows it."""
        return department_of(self.sheet, self.kpi)


class EarlierRound(Record):
    """An earlier audit, as its ``結果.json`` tells it. ``waived`` has the values of its waived
    findings by their places.
    """

    made_at: datetime | None = None
    round: int = 1
    causes: tuple[EarlierCause, ...] = ()
    waived: Frozen[str, str] = Field(default_factory=FrozenDict)


class Since(Record):
    """What changed since an earlier round.

    ``changes`` has the change of each of today's causes, by its id; ``earlier`` those of earlier
    causes that today has no more.
    """

    round: int
    made_at: datetime | None = None
    changes: Frozen[str, Change]
    earlier: tuple[tuple[EarlierCause, Change], ...] = ()

    def counts(self, report: Report, department: str) -> dict[Change, int]:
        """How many causes of a department changed how; ``report`` is today's."""
        counts: Counter[Change] = Counter()
        for cause in report.causes:
            if department_of(cause.sheet, cause.kpi) == department and cause.id in self.changes:
                counts[self.changes[cause.id]] += 1
        counts.update(change for cause, change in self.earlier if cause.department == department)
        return {change: counts[change] for change in CHANGES}


def since(earlier: EarlierRound, report: Report, books: Iterable[Book]) -> Since:
    """What changed from an earlier round to today's whole report.

    ``books`` are today's: an earlier cause whose sheet is in none of them, is in a document that
    could not be checked, or has numbers that could not be read, is not resolved but not audited.
    So is one of a rule that was left out today, or that the program has no more. One that is
    waived today is neither.
    """
    findings = {finding.id: finding for finding in report.findings}
    before: dict[str, str] = dict(earlier.waived)
    for past in earlier.causes:
        before |= zip(past.places, past.values, strict=True)
    changes: dict[str, Change] = {}
    for cause in report.causes:
        parts = [findings[key] for key in cause.findings if key in findings]
        changes[cause.id] = _change(parts, before)

    places = {finding.place for finding in findings.values()}
    places.update(item.finding.place for item in report.waived)
    audited = _Audited(report, books)
    gone = (cause for cause in earlier.causes if places.isdisjoint(cause.places[:1]))
    return Since(
        round=earlier.round,
        made_at=earlier.made_at,
        changes=FrozenDict(changes),
        earlier=tuple((cause, audited.change_of(cause)) for cause in gone),
    )


def _change(findings: Sequence[Finding], before: Mapping[str, str]) -> Change:
    """What became of a cause with these findings, the main one first."""
    main = findings[0]
    if before.get(main.place) == main.values:
        return "open"
    shared = [finding for finding in findings if finding.place in before]
    if any(before[finding.place] != finding.values for finding in shared):
        return "still_wrong"
    return "added"


class _Audited:
    """The rules that today's audit ran, and the sheets and KPIs that it could check, by what they
    are known by.
    """

    def __init__(self, report: Report, books: Iterable[Book]) -> None:
        self._rules = report.outcomes.keys()
        self._missed = {reason.document for reason in report.not_checked}
        self._unread: set[tuple[str, int | None]] = set()
        for document in report.documents:
            self._unread.update((document.path, number.sheet) for number in document.unread)
        self._names: set[tuple[str, ...]] = set()
        for book in books:
            owners: list[Sheet | Kpi] = [*book.sheets, *book.kpis]
            self._names.update(_name(owner) for owner in owners if self._was_checked(owner))

    def _was_checked(self, owner: Sheet | Kpi) -> bool:
        if owner.document in self._missed:
            return False
        return isinstance(owner, Kpi) or (owner.document, owner.number) not in self._unread

    def change_of(self, cause: EarlierCause) -> Change:
        """Whether an earlier cause that is gone is resolved, or was not looked at today."""
        owner = cause.sheet or cause.kpi
        checked = _name(owner) in self._names if owner is not None else not self._missed
        ran = self._rules >= set(cause.rules)
        return "resolved" if checked and ran else "not_audited"


def _name(owner: Sheet | Kpi | SheetReference | KpiReference) -> tuple[str, ...]:
    """The kind of a record and its name, which stay from one round to the next. Departments may
    have sheets of the same name.
    """
    if isinstance(owner, Kpi | KpiReference):
        return "kpi", squeezed(owner.project), squeezed(owner.name)
    return "sheet", squeezed(owner.department), squeezed(owner.name)
