"""Readers of claims that plugins bring: they are used everywhere, and what they do wrong is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import Session, load
from auditor.cli.main import main
from auditor.records.model import Sheet
from auditor.testing import book as built
from auditor.testing import run_cases

ROOT = Path(__file__).resolve().parents[2]
HOURS = str(ROOT / "examples" / "opening-hours" / "opening_hours.py")
WRONG = "会場は9時から17時まで（9時間）開いている。"

BEGINNING = """
import auditor
from auditor.narrative.model import Claim
from auditor.records.figures import Figure
from auditor.records.sentences import Mark, Sentence

def read(text):
    {}

@auditor.hookimpl
def auditor_claims():
    return [{}]
"""


def report_of(session: Session, text: str = WRONG, rules: str = "HRS001") -> Report:
    form = session.forms["kushiro"]
    plain = built(2, 1, form)
    first, *others = plain.sheets
    sheets: tuple[Sheet, ...] = (first.model_copy(update={"achieved": text}), *others)
    chosen = session.rules.select([rules]) if session.rules.get(rules) else session.rules
    options = AuditOptions(
        not_checked=session.problems, claim_readers=session.claim_readers, max_findings=5
    )
    return audit([plain.model_copy(update={"sheets": sheets})], chosen, session.forms, options)


def plugin(folder: Path, body: str, given: str = "read") -> Session:
    file = folder / "sentences.py"
    file.write_text(BEGINNING.format(body, given), encoding="utf-8")
    return load((str(file),))


def test_a_plugin_adds_a_kind_of_claims() -> None:
    session = load((HOURS,))
    report = report_of(session)
    (finding,) = report.findings
    assert finding.rule == "HRS001"
    assert finding.sentence is not None
    assert [cell.shown() for cell in finding.cells] == ["9"]
    assert report.not_checked == ()
    assert report_of(session, WRONG.replace("9時間", "8時間")).findings == ()


def test_its_cases_are_read_by_its_readers() -> None:
    session = load((HOURS,))
    rule = session.rules["HRS001"]
    results = run_cases(rule, session.forms, session.claim_readers)
    assert len(results) == len(rule.file.cases) > 0
    assert not any(result.problems for result in results)
    assert run_cases(rule, session.forms)[0].outcome == "not_applicable"


@pytest.mark.parametrize(
    ("body", "en", "ja"),
    [
        ("return 1 / 0", "reader of claims read of plugin", "プラグイン"),
        ("return ['x']", "a Claim was expected", "Claim が必要です"),
        (
            "return [Claim(kind='k', sentence=Sentence(text='', section='name'))]",
            "no text name",
            "name という記載",
        ),
        (
            "s = text.statements[0].sentence()\n    return [Claim(kind='k', sentence=s, values={'hole': 1})]",
            "no hole; did you mean whole?",
            "whole のことですか",
        ),
        (
            "s = text.statements[0].sentence()\n    return [Claim(kind='k', sentence=s, values={'parts': 1})]",
            "no parts",
            "parts という名前",
        ),
        (
            "s = text.statements[0].sentence(Mark(start=0, end=999, name='whole'))\n"
            "    return [Claim(kind='k', sentence=s)]",
            "the mark whole",
            "印 whole",
        ),
        (
            "s = text.statements[0].sentence()\n    while True: yield Claim(kind='k', sentence=s)",
            "more than 10,000 claims",
            "10,000件を超える",
        ),
        ("raise SystemExit(3)", "plugin", "プラグイン"),
    ],
)
def test_what_a_reader_does_wrong_is_told_and_costs_no_other_its_claims(
    body: str, en: str, ja: str, tmp_path: Path
) -> None:
    session = plugin(tmp_path, body)
    text = WRONG + "相談は40件中10件（利用率52.0％）であった。"
    report = report_of(session, text, "TXT010")
    assert [finding.rule for finding in report.findings] == ["TXT010"]
    entry, *others = report.not_checked
    assert all(other.why.code == entry.why.code for other in others)
    assert (entry.why.code, entry.sheet) == ("claims-failed", 1)
    assert en in entry.why.en
    assert ja in entry.why.ja
    assert report.exit_code == 2


@pytest.mark.parametrize("given", ["1", "Claim", "lambda: []"])
def test_what_is_no_reader_is_a_problem_of_the_plugin(given: str, tmp_path: Path) -> None:
    session = plugin(tmp_path, "return []", given)
    (problem,) = session.problems
    assert "is no reader of claims" in problem.why.en
    assert session.claim_readers == ()


def test_a_case_is_told_that_a_reader_failed(tmp_path: Path) -> None:
    failing = plugin(tmp_path, "return 1 / 0")
    rule = load((HOURS,)).rules["HRS001"]
    result, *_ = run_cases(rule, failing.forms, failing.claim_readers)
    assert result.outcome is None
    assert "failed" in result.problems[0].en


def test_commands_use_it_and_list_it(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plugins", "--format", "json", "--plugin", HOURS])
    assert json.loads(capsys.readouterr().out)[-1]["claims"] == ["hours"]
    assert main(["test-rules", "--plugin", HOURS, str(Path(HOURS).parent / "rules")]) == 0
