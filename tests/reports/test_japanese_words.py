"""Whatever the program says in Japanese, it says in words that an outsider can't take for an
inspection of the auditors, or for an approval.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final, get_args

import pytest

import auditor
import auditor_datasets
from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.cli import main
from auditor.marking.workbook.copy import marked_workbook
from auditor.readers.documents import read_documents
from auditor.records.severities import SEVERITIES
from auditor.reports.findings import checked_range
from auditor.reports.reading import reading_text
from auditor.reports.rule_pages import rule_data, rule_list, rule_page
from auditor.reports.wording import Wording
from auditor.rules.findings import OUTCOMES
from auditor.shipped import auditor_reports
from tests.reports.japanese_words import NO_AUDIT, forbidden_in

SESSION: Final = load()
ROOT: Final = Path(__file__).parents[2]
WORKBOOKS: Final = ROOT / "tests" / "documents" / "workbooks"
WORDS: Final = Wording("ja", SESSION.forms)

# Where Japanese is read or said: code, rules and templates. The forms and the words of prose hold
# what documents print.
TEXTS: Final = [
    path
    for folder in (ROOT / "auditor", ROOT / "rules")
    for path in sorted(folder.rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts and path.parent.name != "forms"
    if path.relative_to(ROOT).as_posix() != "auditor/narrative/words.toml"
    if path.suffix in {".py", ".toml", ".j2", ".css", ".js", ".html", ".json", ".md"}
]
PAGES: Final = [*sorted((ROOT / "docs").glob("*.ja.md")), ROOT / "README.ja.md"]


def reports() -> dict[str, tuple[Report, ReportContext]]:
    """The audits of the shipped books with faults and without, with all that can be asked for."""
    audits: dict[str, tuple[Report, ReportContext]] = {}
    more: dict[str, Any] = {
        "sections": frozenset({"totals", "unsure", "unread", "statistics"}),
    }
    names = auditor_datasets.names()
    for kind, chosen in (
        ("faulty", [name for name in names if name.endswith("faulty")]),
        ("clean", [name for name in names if not name.endswith("faulty")]),
    ):
        assert chosen
        books = tuple(book for name in chosen for book in auditor_datasets.load(name))
        report = auditor.audit(books)
        assert bool(report.findings) or kind == "clean"
        for by in (None, "department", "rule"):
            context = ReportContext("ja", SESSION.rules, books, forms=SESSION.forms, by=by, **more)
            audits[f"{kind} by {by}"] = report, context
    return audits


REPORTS: Final = reports()


@pytest.mark.parametrize(
    "text", ["検査結果", "（監査委員）", "数値は適正です", "［エラー］ FND001"]
)
def test_a_forbidden_word_is_found(text: str) -> None:
    assert forbidden_in(text)
    assert forbidden_in(f"{NO_AUDIT}。{text}")


def test_one_sentence_may_name_the_auditors() -> None:
    assert not forbidden_in(f"用語：{NO_AUDIT}。")


@pytest.mark.parametrize("path", [*TEXTS, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_uses_a_forbidden_word(path: Path) -> None:
    assert forbidden_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("form", auditor_reports(), ids=lambda form: form.name)
@pytest.mark.parametrize("audit_of", REPORTS)
def test_no_report_uses_a_forbidden_word(form: Any, audit_of: str) -> None:
    text = form.render(*REPORTS[audit_of])
    assert text
    assert forbidden_in(text) == []


@pytest.mark.parametrize("name", ["terminal", "markdown", "csv"])
def test_a_clean_result_has_its_range_beside_it(name: str) -> None:
    report, context = next(pair for key, pair in REPORTS.items() if key.startswith("clean"))
    clean = report.of_findings(()).model_copy(
        update={"counts": {}, "left_out": ("FND001", "FND002")}
    )
    text = "".join(SESSION.reports[name].render(clean, context).split()).replace("'", "")
    assert "点検した範囲では不一致は見つかりませんでした" in text
    assert "".join(checked_range(clean, WORDS).split()) in text
    assert "点検していないもの：" in text
    assert "点検から除いた規則2件" in text


def test_pages_of_rules_and_of_what_was_read_use_no_forbidden_word() -> None:
    for rule in SESSION.rules:
        assert forbidden_in(rule_page(rule_data(rule), rule.code, WORDS, 100)) == []
    assert forbidden_in(rule_list(SESSION.rules, ReportContext("ja", SESSION.rules))) == []
    for _, context in REPORTS.values():
        assert forbidden_in(reading_text((), context)) == []


@pytest.mark.parametrize("command", ["", *get_args(main.CommandName)])
def test_no_help_uses_a_forbidden_word(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([*command.split(), "--help", "--lang", "ja"]) == 0
    text = capsys.readouterr().out
    assert re.search("[ぁ-ん]", text)
    assert forbidden_in(text) == []


@pytest.mark.parametrize("name", ["kushiro-faulty", "kushiro-clean"])
def test_no_marked_copy_uses_a_forbidden_word(name: str) -> None:
    path = WORKBOOKS / f"{name}.xlsx"
    read = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
    options = AuditOptions(not_checked=read.not_checked)
    report = audit(read.books, SESSION.rules, SESSION.forms, options)
    copy = marked_workbook(path.read_bytes(), report, {str(path)}, "ja", forms=SESSION.forms)
    with zipfile.ZipFile(BytesIO(copy)) as archive:
        texts = [archive.read(part).decode() for part in archive.namelist() if "xml" in part]
    assert any("点検結果" in text for text in texts)
    assert [word for text in texts for word in forbidden_in(text)] == []


def test_options_speak_the_words_of_reports(capsys: pytest.CaptureFixture[str]) -> None:
    """What an option takes is explained in the words that the reports have for it."""
    assert main.main(["check", "a", "--fail-on", "bad", "--lang", "ja"]) == 2
    message = capsys.readouterr().err
    assert main.main(["check", "--help", "--lang", "ja"]) == 0
    options = "".join(capsys.readouterr().out.split())
    for severity in SEVERITIES:
        assert f"{severity}（{WORDS.word(severity)}）" in message
        assert f"{severity}（{WORDS.word(severity)}）" in options


def test_severities_and_outcomes() -> None:
    assert [WORDS.word(severity) for severity in SEVERITIES] == ["要訂正", "要確認", "参考"]
    assert [Wording("en").word(severity) for severity in SEVERITIES] == list(SEVERITIES)
    assert [WORDS.word(outcome) for outcome in OUTCOMES] == [
        "一致",
        "一致（端数処理の範囲内）",
        "不一致",
        "判定不能",
        "対象外",
        "規則の異常",
    ]
