"""Applies waivers to a report: findings that were accepted as they are stand apart.

A waiver holds for one place with its values. Where any of them changes, the finding is open again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from auditor.auditing.report import (
    Report,
    UnusedWaiver,
    WaivedFinding,
    WhyUnused,
    severity_counts,
)
from auditor.records.frozen import FrozenDict
from auditor.rules.causes import Cause
from auditor.rules.findings import Finding
from auditor.rules.ruleset import READING_FAMILIES
from auditor.waivers.model import Waiver

__all__ = ["waive"]

_Key = tuple[str, str, str]
"""Rule, place and values: what a waiver and its finding have in common."""


def waive(report: Report, waivers: Iterable[Waiver], day: date) -> Report:
    """The report with the findings that a waiver accepts apart from the others, which alone
    count. ``day`` is that of the audit: waivers until an earlier one do not apply.

    A finding that figures may be missing is never waived. Raises ValueError for a report that does
    not list all its findings.
    """
    if report.unlisted:
        raise ValueError("waivers are applied first, then the report is limited")
    entries = list(waivers)
    in_force: dict[_Key, Waiver] = {}
    for waiver in entries:
        if not _expired(waiver, day):
            in_force.setdefault(_key(waiver), waiver)

    causes: dict[str, Cause] = {}
    for cause in report.causes:
        causes |= dict.fromkeys(cause.findings, cause)
    listed: list[Finding] = []
    waived: list[WaivedFinding] = []
    for finding in report.findings:
        match = in_force.get(_key(finding)) if finding.place else None
        if match is None or finding.rule.startswith(READING_FAMILIES):
            listed.append(finding)
        else:
            waived.append(WaivedFinding(finding=finding, cause=causes[finding.id], waiver=match))
    by_rule = Counter(item.finding.rule for item in waived)
    return report.of_findings(listed).model_copy(
        update={
            "counts": FrozenDict(severity_counts(listed)),
            "rule_counts": FrozenDict(
                {code: count - by_rule[code] for code, count in report.rule_counts.items()}
            ),
            "waived": tuple(waived),
            "waivers_unused": tuple(_unused(entries, in_force, report.findings, waived, day)),
        }
    )


def _key(item: Waiver | Finding) -> _Key:
    return item.rule, item.place, item.values


def _expired(waiver: Waiver, day: date) -> bool:
    return waiver.until is not None and day > waiver.until


def _unused(
    waivers: Iterable[Waiver],
    in_force: dict[_Key, Waiver],
    findings: Iterable[Finding],
    waived: Sequence[WaivedFinding],
    day: date,
) -> Iterator[UnusedWaiver]:
    """The waivers that no finding was waived by, and why."""
    used = {_key(item.finding) for item in waived}
    places = {(finding.rule, finding.place): finding for finding in findings}
    for waiver in waivers:
        at_place = places.get((waiver.rule, waiver.place))
        department = at_place.department if at_place is not None else waiver.department
        if _expired(waiver, day):
            why: WhyUnused = "expired"
        elif in_force[_key(waiver)] is not waiver:
            why = "repeated"
        elif _key(waiver) not in used:
            why = "unmatched" if at_place is None else "changed"
        else:
            continue
        yield UnusedWaiver(waiver=waiver, why=why, department=department)
