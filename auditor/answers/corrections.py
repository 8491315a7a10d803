"""Whether what departments say they corrected is corrected in the new version."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from auditor.answers.model import Check
from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierRound, since
from auditor.records.model import Book

__all__ = ["corrections"]


def corrections(earlier: EarlierRound, report: Report, books: Sequence[Book]) -> dict[str, Check]:
    """What the audit of a new version shows of each earlier cause, by its id. ``report`` is whole;
    what is waived in it is there all the same. Raises UnrelatedBooks.

    A cause is settled where none of its findings is there any more, unchanged where the values at
    its first place are the same.
    """
    gone = {cause.id: change for cause, change in since(earlier, report, books).earlier}
    values: dict[str, set[str]] = {}
    waived = (item.finding for item in report.waived)
    for finding in chain(report.findings, waived):
        values.setdefault(finding.place, set()).add(finding.values)
    checks: dict[str, Check] = {}
    for cause in earlier.causes:
        if cause.id in gone and values.keys().isdisjoint(cause.places):
            checks[cause.id] = "settled" if gone[cause.id] == "resolved" else "not_audited"
        elif cause.values[0] in values.get(cause.places[0], ()):
            checks[cause.id] = "unchanged"
        else:
            checks[cause.id] = "still_wrong"
    return checks
