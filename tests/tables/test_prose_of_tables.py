"""Sentences of tables are read only where that is asked for, and then as those of documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.cli.main import main
from auditor.engines import not_columnar
from auditor.records.model import Book
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.testing import book as built

SESSION = load()
FORM = SESSION.forms["kushiro"]
WRONG = "相談は40件中10件（利用率52.0％）であった。"
RULES = SESSION.rules.select(["TXT010", "FND"])


def book_saying(text: str) -> Book:
    plain = built(3, 1, FORM)
    first, *others = plain.sheets
    return plain.model_copy(
        update={"sheets": (first.model_copy(update={"achieved": text}), *others)}
    )


def of_tables(book: Book, rules: RuleSet = RULES, **options: Any) -> Report:
    frames: Mapping[str, Any] = to_tables(book, SESSION.forms).frames
    return audit_tables(frames, rules, SESSION.forms, AuditOptions(**options))


def written(folder: Path) -> None:
    for name, frame in to_tables(book_saying(WRONG), SESSION.forms).frames.items():
        frame.write_parquet(folder / f"{name}.parquet")


def codes(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def test_sentences_of_tables_are_read_where_that_is_asked_for() -> None:
    book = book_saying(WRONG)
    plain = audit([book], RULES, SESSION.forms)
    read, unread = of_tables(book, narrative=True), of_tables(book, narrative=False)
    assert codes(plain) == codes(read) == ["TXT010"]
    assert [item.id for item in plain.findings] == [item.id for item in read.findings]
    assert read.findings[0].sentence == plain.findings[0].sentence
    assert codes(unread) == []
    assert unread.prose_unread == ("TXT010",)
    assert read.prose_unread == plain.prose_unread == ()
    assert dict(read.outcomes["TXT010"]) == dict(plain.outcomes["TXT010"])


def test_without_such_rules_or_columns_nothing_is_said_of_sentences() -> None:
    book = book_saying(WRONG)
    assert of_tables(book, SESSION.rules.select(["FND"]), narrative=False).prose_unread == ()
    frames = {"years": to_tables(book, SESSION.forms).frames["years"]}
    report = audit_tables(frames, RULES, SESSION.forms, AuditOptions(narrative=False))
    assert report.prose_unread == ()


def test_records_of_tables_are_as_tables() -> None:
    report = audit([book_saying(WRONG)], RULES, SESSION.forms, AuditOptions(narrative=False))
    assert codes(report) == []
    assert report.prose_unread == ("TXT010",)
    silent = Book(form=FORM.name, fiscal_year=2024, sheets=())
    report = audit([silent], RULES, SESSION.forms, AuditOptions(narrative=False))
    assert report.prose_unread == ()


def test_the_function_takes_it_too() -> None:
    frames: dict[str, Any] = {**to_tables(book_saying(WRONG), SESSION.forms).frames}
    assert codes(auditor.audit_tables(frames, ["TXT010"])) == []
    assert codes(auditor.audit_tables(frames, ["TXT010"], narrative=True)) == ["TXT010"]


@pytest.mark.parametrize("options", [["--narrative"], ["--narrative", "--totals"]])
def test_the_command_reads_sentences_on_demand(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path)
    common = ["check", str(tmp_path), "--select", "TXT010", "--format"]
    main([*common, "json", *options])
    assert [item["rule"] for item in json.loads(capsys.readouterr().out)["findings"]] == ["TXT010"]
    main([*common, "json", *options[1:]])
    content = json.loads(capsys.readouterr().out)
    assert (content["findings"], content["prose_unread"]) == ([], ["TXT010"])
    main(["--lang", "ja", *common, "terminal", *options[1:]])
    on_one_line = "".join(capsys.readouterr().out.split())
    assert "表の文章は--narrativeを付けると点検します" in on_one_line
    main([*common, "markdown", *options[1:]])
    assert "--narrative reads those of tables" in capsys.readouterr().out


def test_settings_ask_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    written(folder)
    settings = tmp_path / "auditor.toml"
    settings.write_text("narrative = true\n", encoding="utf-8")
    main(
        [
            "--settings",
            str(settings),
            "check",
            str(folder),
            "--select",
            "TXT010",
            "--format",
            "json",
        ]
    )
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 1


def test_rules_over_claims_are_no_columns() -> None:
    reasons = not_columnar(SESSION.rules.select(["TXT010"]), SESSION.forms)
    assert [str(why.en) for why in reasons.values()] == ["it is judged on sentences"]
