"""Several files and folders in one call become one audit, whatever the number of jobs."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest

import auditor_datasets
from auditor import cli
from auditor.output import Progress
from auditor.readers import read_documents
from auditor.readers.records_json import dump_records
from auditor.session import load
from auditor.testing.sheet_text import text_of_sheets

WORKBOOK = Path(__file__).resolve().parents[1] / "documents" / "workbooks" / "kushiro-clean.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of documents of three kinds, one of them broken, and what an open workbook leaves behind."""
    (book,) = auditor_datasets.load("kushiro-r6")
    below = tmp_path / "documents" / "総務部"
    below.mkdir(parents=True)
    (below / "text.txt").write_text(text_of_sheets(book.sheets[:3], load().forms["kushiro"]), encoding="cp932", errors="replace")
    (below / "records.json").write_text(dump_records(auditor_datasets.load("kushiro-r5-kpi")), encoding="utf-8")
    (below / "~$book.xlsx").write_bytes(b"lock")
    (below / "notes.docx").write_bytes(b"PK\x03\x04")
    shutil.copy(WORKBOOK, below.parent / "book.xlsx")
    (below.parent / "broken.xlsx").write_bytes(WORKBOOK.read_bytes()[:500])
    return below.parent


def test_a_folder_is_all_documents_below_it(folder: Path) -> None:
    session = load()
    result = read_documents([folder, folder / "book.xlsx"], forms=session.forms, readers=session.readers)
    paths = [Path(document.path).name for book in result.books for document in book.documents]
    assert sorted(paths) == ["book.xlsx", "kushiro-r5-kpi.json", "text.txt"]
    assert [Path(str(missed.document)).name for missed in result.not_checked] == ["broken.xlsx"]


def test_the_number_of_jobs_changes_nothing(folder: Path) -> None:
    session, heard = load(), list[tuple[int, int]]()
    one = read_documents([folder], forms=session.forms, readers=session.readers)
    four = read_documents([folder], forms=session.forms, readers=session.readers, jobs=4, told=lambda *how_far: heard.append(how_far))
    assert one == four
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_command_reads_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(folder), "--jobs", "2", "--lang", "en"]) == 2
    out = capsys.readouterr().out
    assert "broken.xlsx" in out
    assert "text.txt" in out
    assert cli.main(["check", str(folder), "--jobs", "0", "--lang", "ja"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_without_documents_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path), "--lang", "en"]) == 2
    shown = capsys.readouterr()
    assert "without any document" in shown.out + shown.err


@pytest.mark.parametrize(("terminal", "waited", "drawn"), [(True, 2, True), (True, 0, False), (False, 2, False)])
def test_progress_is_drawn_on_a_terminal_after_a_second(terminal: bool, waited: int, drawn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress("読み取り中") as progress:
        progress.started -= waited
        progress.told(1, 2)
    assert ("[##########..........] 1/2" in stream.getvalue()) is drawn
    assert not stream.getvalue() or stream.getvalue().endswith("\r")
