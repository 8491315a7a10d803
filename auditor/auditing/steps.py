"""The steps of an audit before and behind its judging, as the command and the desk take them.

Before: the departments as they are called now, one version of each sheet. Behind: what was accepted
as it is, what changed since the round before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from auditor.auditing.departments import with_names_of_today
from auditor.auditing.formats import ReportContext
from auditor.settings.model import AS_THEY_COME, Departments
from auditor.versions.model import Resolved

if TYPE_CHECKING:
    from auditor.auditing.changes import FilesOf
    from auditor.auditing.report import Report
    from auditor.auditing.rounds import EarlierRound, Since
    from auditor.readers.source import ReadResult
    from auditor.records.model import Book
    from auditor.rules.ruleset import RuleSet
    from auditor.waivers.model import Waiver

__all__ = ["Settled", "Settling", "audited_versions", "names_in", "of_round"]


def audited_versions(
    read: ReadResult,
    departments: Departments,
    time_of: Callable[[str], datetime | None],
    takes: Collection[str] = (),
) -> Resolved:
    """What is audited of the documents that were read: one version of each sheet, with the
    departments as they are called now. ``time_of`` and ``takes`` are as in ``resolved``.
    """
    books = with_names_of_today(read.books, departments)
    if len(names_in(books)) <= 1 and not read.copies:
        return Resolved(books, read.not_checked, read.passed_over)
    from auditor.versions.resolving import resolved  # most audits are of one document

    return resolved(read._replace(books=books), takes, time_of)


def names_in(books: Sequence[Book]) -> set[str]:
    """The names of the documents of some books."""
    documents = chain.from_iterable(book.documents for book in books)
    return {document.path for document in documents}


class Settled(NamedTuple):
    """A report behind all steps; ``since`` is what changed since the round before."""

    report: Report
    since: Since | None = None


@dataclass(frozen=True)
class Settling:
    """What an audit is held against: the ``waivers``, of which those until an earlier ``day`` do
    not apply; the round before; and a baseline, which has what does not fail. ``files`` are the
    SHA-256 of today's documents, where that matters.
    """

    day: date
    waivers: Sequence[Waiver] = ()
    earlier: EarlierRound | None = None
    baseline: EarlierRound | None = None
    files: FilesOf | None = None
    departments: Departments = AS_THEY_COME

    def accepted(self, report: Report) -> Report:
        """The report with the waived findings apart from the others."""
        if not self.waivers:
            return report
        from auditor.auditing.waiving import waive

        return waive(report, self.waivers, self.day, self.departments)

    def settled(self, report: Report, books: Sequence[Book], rules: RuleSet) -> Settled:
        """The report of some books behind all steps; ``rules`` are all that there are. Raises
        UnrelatedBooks where there is nothing to hold together, ValueError for a report that does
        not list all its findings.
        """
        report = self.accepted(report)
        changes: Since | None = None
        if self.earlier is not None:
            from auditor.auditing.rounds import since

            changes = since(self.earlier, report, books, self.files, rules)
        if self.baseline is not None:
            from auditor.auditing.baseline import hold_against

            report = hold_against(report, self.baseline)
        return Settled(report, changes)


def of_round(context: ReportContext, since: Since | None) -> ReportContext:
    """The context of a report on the round behind the one that it was held against."""
    occasion = context.occasion
    if since is None:
        return context
    if occasion is not None and not since.is_frozen:
        occasion = occasion._replace(round=since.round + 1)
    return context._replace(occasion=occasion, since=since)
