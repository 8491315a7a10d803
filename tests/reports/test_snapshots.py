"""Every report format in both languages, compared with what it looked like when somebody last
read it.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.formats import ReportContext, ReportFormat
from auditor.auditing.report import Report
from auditor.auditing.totals import totals
from auditor.records.languages import Lang
from auditor.reports.csv_table import totals_csv
from auditor.reports.json_lines import JsonLinesReport
from auditor.reports.json_report import JsonReport
from auditor.reports.markdown import MarkdownReport
from auditor.reports.reading import reading_text
from auditor.reports.rule_pages import rule_page
from auditor.reports.terminal import TerminalReport
from auditor.reports.wording import Wording
from auditor.rules.ruleset import RuleSet
from auditor.shipped import auditor_reports
from tests.reports.prose import prose_book, prose_report

SNAPSHOTS = Path(__file__).parent / "snapshots"
LANGUAGES: tuple[Lang, ...] = ("ja", "en")
EVERYTHING: dict[str, Any] = {
    "by": "department",
    "sections": frozenset({"totals", "unsure", "unread", "statistics"}),
    "width": 80,
}

Context = Callable[..., ReportContext]


def compare(name: str, text: str) -> None:
    file = SNAPSHOTS / name
    if os.environ.get("AUDITOR_SNAPSHOTS") == "write":
        file.write_text(text, encoding="utf-8", newline="")
    stored = file.read_bytes().decode("utf-8") if file.exists() else None
    assert text == stored, f"{name} changed or is new; AUDITOR_SNAPSHOTS=write stores it"


# JSON, which is the same in both languages, has a test of its own.
FORMATS = {form.name: form for form in auditor_reports() if not form.name.startswith("json")}
SUFFIXES = {"markdown": "md", "csv": "csv", "html": "html", "sarif": "sarif", "junit": "xml"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_every_shipped_format(name: str, lang: Lang, report: Report, context: Context) -> None:
    text = FORMATS[name].render(report, context(lang))
    compare(f"{lang}-{name}.{SUFFIXES.get(name, 'txt')}", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_sentences_and_questions(name: str, lang: Lang, context: Context) -> None:
    shown = context(lang)._replace(books=(prose_book(),), rules=RuleSet([]))
    text = FORMATS[name].render(prose_report(), shown)
    compare(f"{lang}-prose-{name}.{SUFFIXES.get(name, 'txt')}", text)


@pytest.mark.parametrize("form", [JsonReport(), JsonLinesReport()], ids=lambda form: form.name)
def test_sentences_and_questions_as_json(form: ReportFormat, context: Context) -> None:
    compare(f"prose.{form.name}", form.render(prose_report(), context("ja")))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("form", "name"),
    [(TerminalReport(), "all.txt"), (MarkdownReport(), "all.md")],
    ids=lambda item: item if isinstance(item, str) else type(item).__name__,
)
def test_report_with_everything_that_can_be_asked_for(
    form: ReportFormat, name: str, lang: Lang, report: Report, context: Context
) -> None:
    compare(
        f"{lang}-{name}",
        form.render(report, context(lang, **EVERYTHING, departments=("総務部 総務課",), hidden=3)),
    )


@pytest.mark.parametrize("form", [JsonReport(), JsonLinesReport()], ids=lambda form: form.name)
def test_json_is_the_same_in_both_languages(
    form: ReportFormat, report: Report, context: Context
) -> None:
    text = form.render(report, context("ja"))
    compare(f"report.{form.name}", text)
    assert text == form.render(report, context("en"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_records(lang: Lang, report: Report, context: Context) -> None:
    compare(f"{lang}-reading.txt", reading_text(report.not_checked, context(lang)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_totals_as_a_table(lang: Lang, context: Context) -> None:
    shown = context(lang)
    compare(f"{lang}-totals.csv", totals_csv(totals(shown.books), Wording(lang, shown.forms)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rule_page(lang: Lang) -> None:
    text = {"en": "English text", "ja": "日本語の文"}
    case = {
        "form": "kushiro",
        "total_cost": 8300,
        "funding": {"grants": 4000},
        "prior": {"total_cost": "-"},
        "outcome": "fail",
        "equation": "1 ≠ 2",
    }
    data = {
        "code": "ABC002",
        "name": "some-fault",
        "severity": "warning",
        "forms": ["result-sheets"],
        "each": "year",
        "since": "0.1",
        "formula": "total_cost == sum(funding)",
    }
    data |= {
        "retired": ["ABC001"],
        "title": text,
        "why": text,
        "action": text,
        "cases": [case, {"form": "kushiro", "outcome": "unknown"}],
    }
    compare(f"{lang}-rule.txt", rule_page(data, "abc001", Wording(lang), 80))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rule_page_of_a_question_about_claims(lang: Lang) -> None:
    text = {"en": "English text", "ja": "日本語の文"}
    stated = {"kind": "sum", "section": "achieved", "total": "7人", "parts": ["3人", "4人"]}
    data = {
        "code": "ABC003",
        "name": "some-question",
        "severity": "note",
        "question": True,
        "forms": ["result-sheets"],
        "each": "claim",
        "since": "0.1",
        "when": 'kind == "share"',
        "formula": "ratio == part / whole",
        "title": text,
        "why": text,
        "action": text,
        "cases": [
            {"form": "kushiro", "text": "・120件中\n　90件（75％）", "outcome": "pass"},
            {"form": "kushiro", **stated, "within": "list", "outcome": "unknown"},
        ],
    }
    compare(f"{lang}-rule-of-claims.txt", rule_page(data, "ABC003", Wording(lang), 80))
