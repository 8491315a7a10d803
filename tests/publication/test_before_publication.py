"""``auditor check --before-publication``: what files would give away among the findings of an
audit, and nothing of it without the option.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.publication.disclosures import RULES, Disclosed, Disclosure, Disclosures
from auditor.records.figures import Place
from auditor.records.text import Text
from auditor.testing import book
from auditor.testing.build import RandomChooser
from auditor_rules.corruptions import corrupt
from tests.documents.disclosing import disclosing_workbook
from tests.documents.workbook_writer import Layout, PlainWorksheet, workbook_bytes, worksheets_of

SESSION = load()
FORM = SESSION.forms["kushiro"]
BOOK = book(sheets=3, form=FORM, kpis=0)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook of three sheets with a comment, an author and a hidden row on the first one."""
    package = disclosing_workbook(
        workbook_bytes(worksheets_of(BOOK, FORM, Layout())), ["comment", "author", "hidden row"]
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(package.data())
    return path


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["check", "--lang", "ja", "--format", "json", *words])
    return code, json.loads(capsys.readouterr().out)


def rules_in(report: Any) -> set[str]:
    return {finding["rule"] for finding in report["findings"]}


def test_without_the_option_nothing_is_looked_for(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = checked(capsys, str(workbook))
    assert code == 0
    assert report["findings"] == []
    assert not set(RULES) & set(report["summary"]["by_rule"])


def test_with_it_the_findings_are_notes_that_need_no_answer(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = checked(capsys, str(workbook), "--before-publication")
    assert code == 0
    assert rules_in(report) == {"PUB002", "PUB003", "PUB006"}
    assert {finding["severity"] for finding in report["findings"]} == {"note"}
    assert report["summary"]["by_rule"]["PUB003"]["fail"] == 1
    assert report["summary"]["by_rule"]["PUB001"]["pass"] == 1
    comment = next(f for f in report["findings"] if f["rule"] == "PUB003")
    assert comment["cells"][0]["place"]["cell"] == "B2"
    assert comment["cells"][0]["printed"] == "山田：要確認"
    # The worksheet is one of a department, so the finding is for it; a property is nobody's.
    assert comment["sheet"]["department"] == BOOK.sheets[0].department
    assert next(f for f in report["findings"] if f["rule"] == "PUB006")["sheet"] is None


@pytest.mark.parametrize("style", ["terminal", "markdown", "html"])
@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("ja", "公開の可否を判断するものではありません"), ("en", "no judgement of whether")],
)
def test_a_report_says_what_these_findings_are(
    style: str, lang: str, sentence: str, workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", str(workbook), "--lang", lang, "--format", style]
    main(words)
    assert sentence not in capsys.readouterr().out.replace("\n", "")
    main([*words, "--before-publication"])
    assert sentence.replace(" ", "") in capsys.readouterr().out.replace("\n", "").replace(" ", "")


def test_the_rules_can_be_chosen(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = checked(capsys, str(workbook), "--before-publication", "--select", "PUB006")
    assert (code, rules_in(report)) == (0, {"PUB006"})
    code, report = checked(capsys, str(workbook), "--before-publication", "--ignore", "PUB006")
    assert (code, rules_in(report)) == (0, {"PUB002", "PUB003"})
    code, report = checked(capsys, str(workbook), "--before-publication", "--select", "PUB018")
    assert (code, rules_in(report)) == (0, set())  # it was looked for
    for chosen in (["--select", "FND"], ["--ignore", "PUB"]):
        assert main(["check", str(workbook), "--before-publication", *chosen]) == 2
        assert "PUB" in capsys.readouterr().err


def test_the_limit_of_the_report_counts_them_too(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, report = checked(capsys, str(workbook), "--before-publication", "--max-findings", "0")
    assert report["findings"] == []
    assert report["summary"]["by_severity"]["note"] == report["summary"]["unlisted"] == 3
    _, report = checked(capsys, str(workbook), "--before-publication", "--fail-on", "note")
    assert len(report["findings"]) == 3


def test_a_file_that_is_no_document_of_a_form_is_looked_at_too(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cover = PlainWorksheet("表紙", visibility="hidden")
    cover.put(1, 1, "主要施策の成果　担当 0154-23-5151")
    (workbook.parent / "cover.xlsx").write_bytes(workbook_bytes([PlainWorksheet("表"), cover]))
    code, report = checked(capsys, str(workbook.parent), "--before-publication")
    assert code == 2  # no form fits it
    found = {f["rule"] for f in report["findings"] if f["document"].endswith("cover.xlsx")}
    assert found == {"PUB001", "PUB015"}


def test_what_could_not_be_looked_at_is_reported(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = workbook.read_bytes()
    workbook.with_name("b.xlsx").write_bytes(data[: len(data) // 2])
    code, report = checked(capsys, str(workbook.parent), "--before-publication")
    assert code == 2
    reasons = [reason["why"]["ja"] for reason in report["not_checked"]]
    assert sum(reason.startswith("公開前の確認：") for reason in reasons) == 1
    assert report["summary"]["by_rule"]["PUB001"] == {
        "pass": 1, "may": 0, "fail": 0, "unknown": 1, "not_applicable": 0, "crashed": 0
    }  # fmt: skip


def test_tables_are_looked_through_as_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sheets.csv").write_text(
        "form,fiscal_year,document,number,name,department\n"
        "kushiro,2024,a,1,窓口,財政課 0154-23-5151\n",
        encoding="utf-8",
    )
    _, report = checked(capsys, str(tmp_path), "--before-publication")
    phones = [f for f in report["findings"] if f["rule"] == "PUB015"]
    assert [f["document"] for f in phones] == [str(tmp_path / "sheets.csv")]
    assert phones[0]["cells"][0]["place"]["line"] == 2


def test_a_comment_beside_a_wrong_figure_is_no_part_of_that_mistake() -> None:
    records = book(sheets=8, form=FORM, kpis=0)
    faulty = corrupt("total_changed", records, FORM, RandomChooser(0))
    assert faulty is not None
    alone = audit(faulty.book, SESSION.rules, SESSION.forms)
    cell = next(cell for finding in alone.findings for cell in finding.cells)
    place = cell.place or Place(sheet="表", cell="M16")
    disclosure = Disclosure(
        rule="PUB003",
        label=Text(en="comment", ja="コメント"),
        count=1,
        first=(Disclosed(quote="要確認", place=place),),
    )
    files = [Disclosures(path=cell.document, rules=RULES, disclosures=(disclosure,))]
    both = audit(faulty.book, SESSION.rules, SESSION.forms, AuditOptions(files=files))
    assert len(both.findings) == len(alone.findings) + 1
    assert len(both.causes) == len(alone.causes) + 1
    (note,) = [
        cause
        for cause in both.causes
        if "PUB003" in {f.rule for f in both.findings if f.id in cause.findings}
    ]
    assert len(note.findings) == 1
    assert note.suspects == ()
    assert {cause.id for cause in alone.causes} <= {cause.id for cause in both.causes}
