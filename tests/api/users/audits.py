"""A script as a user writes it, which checkers of types hold to their strictest rules; the tests run
it, too.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import assert_type

import auditor

RULES = Path(__file__).resolve().parents[3] / "rules" / "auditor_rules" / "fnd"


def differences(path: Path) -> dict[str, list[Decimal]]:
    """The differences that an audit of tables found, by department."""
    report = auditor.audit_tables(path, ["FND", "PCC"])
    assert_type(report, auditor.Report)
    by_department: dict[str, list[Decimal]] = {}
    for finding in report.findings:
        assert_type(finding, auditor.Finding)
        assert_type(finding.expected, Decimal | None)
        if finding.difference is not None:
            by_department.setdefault(finding.department, []).append(finding.difference)
    return by_department


def worst_departments(report: auditor.Report) -> list[str]:
    """The departments with errors, the findings of each counted."""
    groups = report.by("department")
    frame = report.to_frame()
    assert frame.height == len(report.findings)
    return [
        f"{department}: {group.counts['error']} of {len(group)}"
        for department, group in groups.items()
        if group.counts["error"]
    ]


def of_sheets(report: auditor.Report) -> dict[int | None, int]:
    """How many findings each sheet has."""
    groups = report.by(lambda finding: finding.sheet.number if finding.sheet else None)
    return {number: len(group) for number, group in groups.items()}


def likeliest(report: auditor.Report) -> list[tuple[str, Decimal]]:
    """The first suspect of each cause, with its share of all belief."""
    return [
        (cause.suspects[0].slip.code, cause.suspects[0].share)
        for cause in report.causes
        if cause.suspects
    ]


def codes() -> list[str]:
    """The codes of all registered rules that end as errors."""
    rules = auditor.load_rules(RULES)
    assert_type(rules, auditor.RuleSet)
    return [rule.code for rule in rules if rule.severity == "error"]


def refused(path: Path) -> str:
    """Why a document can't be read."""
    try:
        book = auditor.read(path, form="kushiro")
    except auditor.UnreadableDocument as fault:
        return fault.message.en
    assert_type(book, auditor.Book)
    return ""
