"""Questions: findings that are no errors, but places that somebody may ask about."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import auditor
from auditor.auditing.baseline import hold_against
from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierRound
from auditor.auditing.session import load
from auditor.auditing.waiving import waive
from auditor.records.model import Book
from auditor.records.severities import FailOn
from auditor.tables import to_tables
from auditor.testing.build import book
from auditor.waivers.model import Waiver

QUESTION: dict[str, Any] = {
    "code": "QST001",
    "title": {"en": "The total grew", "ja": "事業費が増えています"},
    "each": "year",
    "severity": "note",
    "question": True,
    "when": "present(total_cost)",
    "formula": "total_cost < 0",
}


@pytest.fixture(scope="module")
def consistent() -> Book:
    return book(3, seed=1, form=load().forms["kushiro"])


@pytest.fixture(scope="module")
def asked(consistent: Book) -> Report:
    return auditor.audit(consistent, QUESTION)


def test_questions_are_counted_apart(asked: Report) -> None:
    assert asked.findings
    assert all(finding.question for finding in asked.findings)
    assert asked.questions == len(asked.findings)
    assert set(asked.by_severity.values()) == {0}
    assert asked.unlisted == 0


@pytest.mark.parametrize("fail_on", ["error", "warning", "note", "never"])
def test_questions_never_fail_an_audit(consistent: Book, fail_on: FailOn) -> None:
    report = auditor.audit(consistent, QUESTION, fail_on=fail_on)
    assert (report.questions > 0, report.exit_code) == (True, 0)


def test_every_question_stands_alone(asked: Report) -> None:
    assert [len(cause.findings) for cause in asked.causes] == [1] * len(asked.findings)


def test_a_note_of_the_same_rule_is_no_question(consistent: Book, asked: Report) -> None:
    report = auditor.audit(consistent, {**QUESTION, "question": False}, fail_on="note")
    assert report.by_severity["note"] == asked.questions
    assert (report.questions, report.exit_code) == (0, 1)


def test_settings_that_raise_a_question_make_it_a_finding(consistent: Book) -> None:
    rules = auditor.load_rules(QUESTION)
    raised = auditor.audit(consistent, rules.with_severities({"QST001": "warning"}))
    assert raised.questions == 0
    assert raised.by_severity["warning"] == len(raised.findings) > 0


def test_limits_leave_the_counts(consistent: Book, asked: Report) -> None:
    limited = auditor.audit(consistent, QUESTION, max_findings=1)
    assert limited.questions == asked.questions
    assert limited.unlisted == asked.questions - len(limited.findings)


def test_tables_count_as_books_do(consistent: Book, asked: Report) -> None:
    tables: Any = dict(to_tables([consistent], load().forms).frames)
    assert auditor.audit_tables(tables, QUESTION).counts == asked.counts
    none_listed = auditor.audit_tables(tables, QUESTION, max_findings=0)
    assert none_listed.counts == asked.counts
    assert none_listed.unlisted == asked.questions


def test_a_waiver_takes_a_question_away(asked: Report) -> None:
    first = asked.findings[0]
    waiver = Waiver(
        rule=first.rule,
        place=first.place,
        values=first.values,
        kind="その他",
        department=first.department,
        reason="説明資料を準備した",
        role="係",
        date=date(2025, 7, 1),
    )
    rest = waive(asked, [waiver], date(2025, 7, 2))
    assert rest.questions == asked.questions - 1
    assert [item.finding for item in rest.waived] == [first]


def test_a_baseline_knows_questions(asked: Report) -> None:
    held = hold_against(asked, EarlierRound.of(asked))
    assert held.baseline is not None
    assert len(held.baseline.unchanged) == asked.questions
    assert held.exit_code == 0


@pytest.mark.parametrize("more", [{"severity": "warning"}, {"severity_when": {"error": "1 > 0"}}])
def test_a_question_is_a_note_and_nothing_else(more: dict[str, Any]) -> None:
    with pytest.raises(auditor.RuleError, match="a question is no error"):
        auditor.load_rules({**QUESTION, **more})
