"""What this program wrote is known by what is in it, and is never read as a document."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from auditor.auditing.formats import ReportContext
from auditor.cli.main import main
from auditor.readers.folders import contents_of
from auditor.readers.own_files import own_file
from auditor.records.languages import Lang
from tests.versions.returning import SESSION, audited, marked, original

DOCUMENTS = [
    path
    for path in sorted(Path(__file__).resolve().parents[1].joinpath("documents").rglob("*"))
    if path.suffix in (".xlsx", ".xls", ".pdf", ".txt", ".json", ".csv")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document and all that was made of it, which lies where it must not."""
    root = tmp_path_factory.mktemp("成果シート")
    source = original(root / "01.xlsx")
    assert main(["check", str(source), "--deliver", str(root.parent / "結果"), "--lang", "ja"]) == 1
    shutil.move(root.parent / "結果", root / "結果")
    return root


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", SESSION.reports)
def test_every_format_is_known(name: str, lang: Lang, tmp_path: Path) -> None:
    """Under whatever name, also where nothing was found."""
    faulty = audited(original(tmp_path / "01.xlsx"))
    clean = faulty.of_findings([]).model_copy(update={"counts": {}})
    for report in (faulty, clean):
        context = ReportContext(lang=lang, rules=SESSION.rules, forms=SESSION.forms)
        text = SESSION.reports[name].render(report, context)
        file = tmp_path / "文書.txt"
        file.write_text(text, encoding="utf-8")
        assert own_file(file) == "report"
        file.write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig")
        assert own_file(file) == "report"


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_table_that_a_spreadsheet_program_saved_is_known(
    encoding: str, separator: str, tmp_path: Path
) -> None:
    report = audited(original(tmp_path / "01.xlsx"))
    context = ReportContext(lang="ja", rules=SESSION.rules, forms=SESSION.forms)
    first, *_ = SESSION.reports["csv"].render(report, context).lstrip("\ufeff").splitlines()
    file = tmp_path / "一覧.csv"
    text = separator.join(f'"{head}"' for head in first.split(",")) + "\r\n"
    file.write_bytes((text + "1" + separator * 5).encode(encoding))
    assert own_file(file) == "report"


def test_a_folder_with_its_own_result_is_audited_as_without_it(folder: Path) -> None:
    contents = contents_of(str(folder))
    assert contents.not_checked == []
    names = {Path(item.document).name for item in contents.passed_over}
    assert {"点検結果.html", "点検結果.xlsx", "結果.json", "回答票.xlsx", "照会文.docx"} <= names
    assert [Path(path).name for path in contents.copies] == ["01（指摘）.xlsx"]
    source = folder / "01.xlsx"
    with_result, without = audited(folder), audited(source)
    assert with_result.findings == without.findings
    assert (with_result.documents, with_result.not_checked) == (without.documents, ())


def test_what_is_named_is_passed_over_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "結果" / "点検結果.xlsx"), "--lang", "ja"]) == 2
    out = capsys.readouterr().out
    assert "このプログラムの点検結果" in out
    assert "点検するものがありません" in out


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_is_taken_for_an_own_file(path: Path) -> None:
    assert own_file(path) is None


def test_records_are_documents_unless_they_are_those_of_a_round(
    folder: Path, tmp_path: Path
) -> None:
    records = tmp_path / "records.json"
    source = str(folder / "01.xlsx")
    assert main(["read", source, "--format", "json", "--output", str(records)]) == 0
    assert own_file(records) is None
    of_round = folder / "結果" / "記録.json"
    assert own_file(of_round) == "records"
    assert contents_of(str(of_round)).documents == [str(of_round)]  # it was named
    frozen = tmp_path / "校了.json"
    assert main(["freeze", source, "--output", str(frozen)]) == 0
    assert own_file(frozen) == "records"
    changes = tmp_path / "変更.txt"
    for name in ("json", "csv", "markdown", "terminal"):
        words = ["compare", str(folder / "結果"), source, "--format", name]
        main([*words, "--output", str(changes)])
        assert own_file(changes) == "report", name
        changes.unlink()


@pytest.mark.parametrize(
    "option", [("--findings", "f.csv"), ("--findings", "f.jsonl")], ids=lambda pair: pair[1]
)
def test_a_file_of_findings_is_known(option: tuple[str, str], tmp_path: Path) -> None:
    pytest.importorskip("polars")
    source = original(tmp_path / "01.xlsx")
    file = tmp_path / option[1]
    assert main(["check", str(source), option[0], str(file)]) in (1, 2)
    if file.exists():
        assert own_file(file) == "report"


def test_totals_as_a_table_are_known(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    file = tmp_path / "合計.csv"
    assert main(["totals", str(source), "--format", "csv", "--output", str(file)]) == 0
    assert own_file(file) == "report"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_the_mark_of_workbooks_and_letters(folder: Path, tmp_path: Path) -> None:
    result = folder / "結果"
    letter = next(result.rglob("照会文.docx"))
    form = next(result.rglob("回答票.xlsx"))
    for file, kind in (
        (result / "点検結果.xlsx", "report"),
        (form, "reply_form"),
        (letter, "letter"),
    ):
        command = ["soffice", "--headless", "--convert-to", file.suffix[1:]]
        command += [f"-env:UserInstallation=file://{tmp_path}/profile", "--outdir", str(tmp_path)]
        subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=240)
        if kind == "letter" and not (tmp_path / file.name).exists():
            pytest.skip("LibreOffice is installed without Writer, which opens letters")
        assert own_file(tmp_path / file.name) == kind


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_nothing_is_read_of_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert own_file(tmp_path / "pipe.xlsx") is None
    assert "pipe.xlsx" in contents_of(str(tmp_path)).not_checked[0].why.ja


def test_a_broken_file_is_no_own_file(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "copy.xlsx")
    assert own_file(copy) == "marked_copy"
    data = copy.read_bytes()
    for size in (0, 4, 100, len(data) // 2, len(data) - 30):
        copy.write_bytes(data[:size])
        assert own_file(copy) is None
    assert own_file(tmp_path / "nothing.xlsx") is None
    assert own_file(tmp_path) is None
