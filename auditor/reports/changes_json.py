"""What changed since an earlier round, for programs: the keys that the JSON report has for it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pydantic import AwareDatetime

from auditor.auditing.changes import BookChanges, ChangedSpot, FileChange, SheetChange
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.rounds import Change, EarlierCause, Since
from auditor.records.figures import Record
from auditor.records.frozen import Frozen
from auditor.records.heads import RecordsKind
from auditor.records.model import NotChecked
from auditor.reports.changes import department_counts, departments_with_changes
from auditor.version import __version__

__all__ = [
    "CHANGE_LISTS",
    "ChangedCause",
    "ComparisonDocument",
    "RoundChanges",
    "SinceSummary",
    "comparison_document",
    "round_changes",
]

CHANGE_LISTS: Final = {
    "earlier_causes": "earlier_cause",
    "content_changes": "content_change",
    "uncertain_changes": "uncertain_change",
    "sheet_changes": "sheet_change",
    "file_changes": "file_change",
}
"""The lists that a report has where there is an earlier round, and what one of their items is."""


class DepartmentChanges(Record):
    """How much changed for a department: its causes by what became of them, ``corrections`` and
    ``others``.
    """

    department: str
    counts: Frozen[str, int]


class SinceSummary(Record):
    """The earlier round, and what became of each of today's causes, by its id.

    ``kind`` is ``frozen`` where it is what was finally approved. ``compared`` says whether its
    records were kept, so that figures and texts could be compared; ``pairs`` counts the sheets and
    indicators that were.
    """

    kind: RecordsKind
    round: int
    made_at: AwareDatetime | None
    compared: bool
    pairs: int
    by_department: tuple[DepartmentChanges, ...]
    changes: Frozen[str, Change]


class ChangedCause(Record):
    """A cause with what became of it."""

    change: Change
    cause: EarlierCause


class RoundChanges(NamedTuple):
    """The content of the keys of a report that tell of an earlier round."""

    since: SinceSummary
    earlier_causes: tuple[ChangedCause, ...]
    content_changes: tuple[ChangedSpot, ...]
    uncertain_changes: tuple[ChangedSpot, ...]
    sheet_changes: tuple[SheetChange, ...]
    file_changes: tuple[FileChange, ...]


def round_changes(since: Since, context: ReportContext) -> RoundChanges:
    """What changed since an earlier round, under the names of the schema."""
    content = since.content or BookChanges()
    summary = SinceSummary(
        kind=since.head.kind if since.head is not None else "round",
        round=since.round,
        made_at=since.made_at,
        compared=since.content is not None,
        pairs=content.pairs,
        by_department=tuple(
            DepartmentChanges(department=name, counts=department_counts(since, name))
            for name in departments_with_changes(since, context)
        ),
        changes=since.changes,
    )
    return RoundChanges(
        since=summary,
        earlier_causes=_causes(since.earlier),
        content_changes=content.spots,
        uncertain_changes=content.uncertain,
        sheet_changes=content.sheets,
        file_changes=content.files,
    )


def _causes(items: tuple[tuple[EarlierCause, Change], ...]) -> tuple[ChangedCause, ...]:
    return tuple(ChangedCause(change=change, cause=cause) for cause, change in items)


class ComparisonDocument(Record):
    """The content of ``auditor compare --format json``. ``causes`` are today's and then those that
    today has no more.
    """

    schema_version: Literal[1] = 1
    tool_version: str
    exit_code: Literal[0, 1, 2]
    since: SinceSummary
    causes: tuple[ChangedCause, ...]
    content_changes: tuple[ChangedSpot, ...]
    uncertain_changes: tuple[ChangedSpot, ...]
    sheet_changes: tuple[SheetChange, ...]
    file_changes: tuple[FileChange, ...]
    not_checked: tuple[NotChecked, ...]


def comparison_document(
    since: Since, report: Report, context: ReportContext, exit_code: Literal[0, 1, 2]
) -> ComparisonDocument:
    """The comparison of two rounds."""
    changes = round_changes(since, context)
    return ComparisonDocument(
        tool_version=__version__,
        exit_code=exit_code,
        since=changes.since,
        causes=_causes((*since.today, *since.earlier)),
        content_changes=changes.content_changes,
        uncertain_changes=changes.uncertain_changes,
        sheet_changes=changes.sheet_changes,
        file_changes=changes.file_changes,
        not_checked=report.not_checked,
    )
