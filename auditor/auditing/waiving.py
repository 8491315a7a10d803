"""Applies waivers to a report: findings that were accepted as they are stand apart.

A waiver holds for one place with its values. Where any of them changes, the finding is open again.
So it is in the book of the next year, where the report says why the place was accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from auditor.auditing.report import (
    EarlierAcceptance,
    Report,
    UnusedWaiver,
    WaivedFinding,
    WhyUnused,
    severity_counts,
)
from auditor.forms.words import squeezed
from auditor.records.frozen import FrozenDict
from auditor.rules.causes import Cause
from auditor.rules.findings import Finding
from auditor.rules.ruleset import READING_FAMILIES
from auditor.settings.model import AS_THEY_COME, Departments
from auditor.waivers.model import Waiver

__all__ = ["may_be_waived", "waive"]

_Key = tuple[str, str, str, int | None]
"""Rule, place and values, which a waiver and its finding have in common, and the fiscal year of a
waiver that is for one alone.
"""
_Recurring = tuple[str, str, str, int]
"""Rule, place in the book of any year, department and fiscal year: those of a waiver and of the
year before a finding.
"""


def may_be_waived(finding: Finding) -> bool:
    """Whether a finding can be accepted as it is; none can that figures may be missing."""
    return bool(finding.place) and not finding.rule.startswith(READING_FAMILIES)


def waive(
    report: Report, waivers: Iterable[Waiver], day: date, names: Departments = AS_THEY_COME
) -> Report:
    """The report with the findings that a waiver accepts apart from the others, which alone
    count. ``day`` is that of the audit: waivers until an earlier one do not apply, nor do those of
    a later one: where the clock of a computer was set back, nobody knows which are over. ``names``
    say what departments of earlier years are called now.

    A finding that figures may be missing is never waived. Raises ValueError for a report that does
    not list all its findings.
    """
    if report.unlisted:
        raise ValueError("waivers are applied first, then the report is limited")
    entries = list(waivers)
    in_force: dict[_Key, Waiver] = {}
    for waiver in entries:
        if waiver.date <= day and not _expired(waiver, day):
            in_force.setdefault(_key(waiver, waiver.fiscal_year), waiver)

    years = _Years(report)
    causes: dict[str, Cause] = {}
    for cause in report.causes:
        causes |= dict.fromkeys(cause.findings, cause)
    listed: list[Finding] = []
    waived: list[WaivedFinding] = []
    for finding in report.findings:
        match = in_force.get(_key(finding, years.of(finding))) or in_force.get(_key(finding, None))
        if match is None or not may_be_waived(finding):
            listed.append(finding)
        else:
            waived.append(WaivedFinding(finding=finding, cause=causes[finding.id], waiver=match))
    by_rule = Counter(item.finding.rule for item in waived)
    earlier = tuple(_accepted_earlier(entries, listed, years, names))
    use = _Use(report, in_force, waived, earlier, day)
    return report.of_findings(listed).model_copy(
        update={
            "counts": FrozenDict(severity_counts(listed)),
            "rule_counts": FrozenDict(
                {code: count - by_rule[code] for code, count in report.rule_counts.items()}
            ),
            "waived": tuple(waived),
            "waivers_unused": tuple(use.unused(entries, years)),
            "accepted_earlier": earlier,
        }
    )


def _key(item: Waiver | Finding, year: int | None) -> _Key:
    return item.rule, item.place, item.values, year


def _expired(waiver: Waiver, day: date) -> bool:
    return waiver.until is not None and day > waiver.until


class _Years:
    """The fiscal years of a report's books, by their documents."""

    def __init__(self, report: Report) -> None:
        self._by_document = {item.path: item.fiscal_year for item in report.documents}
        self.all = set(self._by_document.values())

    def of(self, finding: Finding) -> int | None:
        """The year of a finding; None for one on books of several years."""
        only = next(iter(self.all)) if len(self.all) == 1 else None
        return self._by_document.get(finding.document, only)


def _accepted_earlier(
    waivers: Iterable[Waiver], findings: Iterable[Finding], years: _Years, names: Departments
) -> Iterator[EarlierAcceptance]:
    """The findings whose place was accepted in the year before; of several waivers for one place
    the latest counts.
    """
    latest: dict[_Recurring, Waiver] = {}
    for waiver in waivers:
        if waiver.recurring and waiver.fiscal_year is not None:
            department = squeezed(names.name_of(waiver.department))
            key = waiver.rule, waiver.recurring, department, waiver.fiscal_year
            other = latest.get(key)
            if other is None or other.date <= waiver.date:
                latest[key] = waiver
    if not latest:
        return
    for finding in findings:
        year = years.of(finding)
        if year is None or not finding.recurring or not may_be_waived(finding):
            continue
        department = squeezed(finding.department)
        match = latest.get((finding.rule, finding.recurring, department, year - 1))
        if match is not None:
            yield EarlierAcceptance(finding=finding.id, waiver=match)


class _Use:
    """What waivers were used for."""

    def __init__(
        self,
        report: Report,
        in_force: dict[_Key, Waiver],
        waived: Iterable[WaivedFinding],
        earlier: Iterable[EarlierAcceptance],
        day: date,
    ) -> None:
        self._in_force, self._day = {id(waiver) for waiver in in_force.values()}, day
        accepted = list(waived)
        self._waivers = {id(item.waiver) for item in accepted}
        self._waivers.update(id(item.waiver) for item in earlier)
        self._waived = {_key(item.finding, None) for item in accepted}
        self._places = {(finding.rule, finding.place): finding for finding in report.findings}

    def unused(self, waivers: Iterable[Waiver], years: _Years) -> Iterator[UnusedWaiver]:
        """The waivers that were used for nothing, and why."""
        for waiver in waivers:
            if id(waiver) in self._waivers:
                continue
            at_place = self._places.get((waiver.rule, waiver.place))
            department = at_place.department if at_place is not None else waiver.department
            year = waiver.fiscal_year
            if year is not None and years.all and year < min(years.all):
                why: WhyUnused = "earlier_year"
            elif _expired(waiver, self._day):
                why = "expired"
            elif waiver.date > self._day:
                why = "to_come"
            elif id(waiver) not in self._in_force or _key(waiver, None) in self._waived:
                why = "repeated"
            elif at_place is None or (year is not None and year not in years.all):
                why = "unmatched"
            else:
                why = "changed"
            yield UnusedWaiver(waiver=waiver, why=why, department=department)
