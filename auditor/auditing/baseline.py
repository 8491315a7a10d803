"""A baseline: what an earlier audit reported does not fail again, as programs in CI want it.

It is held against today finding by finding, so that a cause with one new finding is new.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

from auditor.auditing.report import Baseline, Report, severity_counts
from auditor.auditing.rounds import EarlierCause, EarlierRound
from auditor.records.frozen import FrozenDict
from auditor.rules.findings import Finding

__all__ = ["hold_against"]

_Key = tuple[str, str, str]
"""Rule, place and values: those of a finding that is the same in both audits."""


def hold_against(report: Report, earlier: EarlierRound) -> Report:
    """The report with what it has in common with an earlier one, which does not count for its exit
    code. A finding at a known place with other values is new.

    A finding that was waived then is new as well: its waiver may have lapsed. Raises ValueError
    for a report that does not list all its findings.
    """
    if report.unlisted:
        raise ValueError("a report is held against its baseline first, then limited")
    rest = Counter(chain.from_iterable(map(_keys, earlier.causes)))
    common: list[Finding] = []
    for finding in report.findings:
        key = finding.rule, finding.place, finding.values
        # Sheets that are alike to the last figure have the same findings: each is known once.
        if rest[key] > 0:
            rest[key] -= 1
            common.append(finding)
    waived = {(item.finding.rule, item.finding.place) for item in report.waived}
    today = waived | {(finding.rule, finding.place) for finding in report.findings}
    fixed = Counter(
        cause.department
        for cause in earlier.causes
        if today.isdisjoint(zip(cause.rules, cause.places, strict=True))
    )
    baseline = Baseline(
        unchanged=tuple(finding.id for finding in common),
        counts=severity_counts(common),
        fixed=FrozenDict(fixed),
    )
    return report.model_copy(update={"baseline": baseline})


def _keys(cause: EarlierCause) -> zip[_Key]:
    return zip(cause.rules, cause.places, cause.values, strict=True)
