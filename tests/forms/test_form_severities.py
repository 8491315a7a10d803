"""Severities that a form states for rules: documents and tables of it have them, others don't, and
what an office settles comes before them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.forms.model import Form
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book
from auditor.records.severities import SEVERITIES, Severity
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.testing import book
from auditor.testing.build import RandomChooser
from auditor_rules.corruptions import CORRUPTIONS, corrupt

SESSION = load()
FORM = SESSION.forms["kushiro"]


def stating(severities: dict[str, Severity]) -> Form:
    return FORM.model_copy(update={"severities": FrozenDict(severities)})


def faulty() -> list[Book]:
    """Books of which each has a fault of its own kind."""
    books: list[Book] = []
    for number, kind in enumerate(sorted(CORRUPTIONS)):
        records = book(8, number, FORM, kpis=4)
        corruption = corrupt(kind, records, FORM, RandomChooser(number))
        if corruption is not None:
            books.append(corruption.book.model_copy(update={"name": kind}))
    return books


def found(report: Report) -> set[tuple[str, str]]:
    return {(finding.rule, finding.severity) for finding in report.findings}


def by_documents(books: list[Book], form: Form, rules: RuleSet) -> Report:
    return audit(books, rules, {"kushiro": form})


def by_tables(books: list[Book], form: Form, rules: RuleSet) -> Report:
    return audit_tables(to_tables(books, {"kushiro": form}), rules, {"kushiro": form})


@pytest.mark.parametrize("audited", [by_documents, by_tables])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_each_finding_of_the_rule_has_the_severity(audited, severity: Severity) -> None:
    books = faulty()
    usual = audited(books, FORM, SESSION.rules)
    codes = sorted({rule for rule, _ in found(usual)})
    assert len(codes) > 5
    form = stating(dict.fromkeys(codes, severity))
    report = audited(books, form, SESSION.rules)
    assert found(report) == {(code, severity) for code in codes}
    assert report.outcomes == usual.outcomes
    assert sum(report.counts.values()) == report.counts[severity]


@pytest.mark.parametrize("audited", [by_documents, by_tables])
def test_what_an_office_settles_comes_first(audited) -> None:
    rules = SESSION.rules.with_severities({"FND001": "warning"})
    report = audited(faulty(), stating({"funding-sum-mismatch": "note", "PCC001": "note"}), rules)
    assert {("FND001", "warning"), ("PCC001", "note")} <= found(report)


def test_a_rule_that_there_is_not_is_reported(tmp_path: Path) -> None:
    source = Path(SESSION.origins[1].source, "forms", "kushiro.toml").read_text("utf-8")
    stated = source.replace('name = "kushiro"', 'name = "other"')
    stated = stated.replace("[[columns]]", '[severities]\nFND01 = "note"\n\n[[columns]]', 1)
    (tmp_path / "other.toml").write_text(stated, "utf-8")
    (problem,) = load((str(tmp_path / "other.toml"),)).problems
    assert "there is no rule FND01; did you mean FND001" in problem.why.en
    assert "FND01 という規則はありません" in problem.why.ja
