"""Several files and folders in one call become one audit, whatever the number of jobs."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor_datasets
import auditor_datasets.tables
from auditor.auditing.session import load
from auditor.cli import main as cli
from auditor.cli.output import Progress
from auditor.files import confined, ooxml
from auditor.files.confined import process
from auditor.readers.documents import read_documents
from auditor.readers.folders import contents_of, tables_in
from auditor.readers.guarded import GuardedReader, Limits
from auditor.readers.json.writing import dump_records
from auditor.readers.pdf import PdfReader
from auditor.readers.workbook import WorkbookReader
from tests.documents.text_writer import text_of_sheets

WORKBOOK = Path(__file__).resolve().parents[1] / "documents" / "workbooks" / "kushiro-clean.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of documents of three kinds, one of them broken, one of a kind that is not read,
    and what an open workbook leaves behind.
    """
    (book,) = auditor_datasets.load("kushiro-r6")
    below = tmp_path / "documents" / "総務部"
    below.mkdir(parents=True)
    (below / "text.txt").write_text(
        text_of_sheets(book.sheets[:3], load().forms["kushiro"]), encoding="cp932", errors="replace"
    )
    (below / "records.json").write_text(
        dump_records(auditor_datasets.load("kushiro-r5-kpi")), encoding="utf-8"
    )
    (below / "~$book.xlsx").write_bytes(b"lock")
    (below / "notes.docx").write_bytes(b"PK\x03\x04")
    shutil.copy(WORKBOOK, below.parent / "book.xlsx")
    (below.parent / "broken.xlsx").write_bytes(WORKBOOK.read_bytes()[:500])
    return below.parent


def test_a_folder_is_all_documents_below_it(folder: Path) -> None:
    session = load()
    result = read_documents(
        [folder, folder / "book.xlsx"], forms=session.forms, readers=session.readers
    )
    paths = [Path(document.path).name for book in result.books for document in book.documents]
    assert sorted(paths) == ["book.xlsx", "kushiro-r5-kpi.json", "text.txt"]
    assert [
        (Path(str(missed.document)).name, missed.why.code) for missed in result.not_checked
    ] == [
        ("documents", "other-kind"),
        ("broken.xlsx", "truncated"),
    ]
    assert (
        "notes.docx" in result.not_checked[0].why.en
        and "notes.docx" in result.not_checked[0].why.ja
    )


def test_the_number_of_jobs_changes_nothing(folder: Path) -> None:
    session, heard = load(), list[tuple[int, int]]()
    one = read_documents([folder], forms=session.forms, readers=session.readers)
    four = read_documents(
        [folder],
        forms=session.forms,
        readers=session.readers,
        jobs=4,
        progress=lambda *how_far: heard.append(how_far),
    )
    assert one == four
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_command_reads_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(folder), "--jobs", "2", "--lang", "en"]) == 2
    out = capsys.readouterr().out
    assert "broken.xlsx" in out
    assert "text.txt" in out
    assert cli.main(["check", str(folder), "--jobs", "0", "--lang", "ja"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# Every file of a folder is read, or is said not to be, or is one of those that hold no figures by
# their names.
_PASSED_OVER = (
    ".gitkeep",
    "~$book.xlsx",
    "Thumbs.db",
    "desktop.ini",
    "README.md",
    "readme.txt",
    "LICENSE",
)
_NAMES = st.one_of(
    st.sampled_from(
        [*_PASSED_OVER, "years.csv", "a.parquet", "b.PDF", "c.txt", "README.xlsx", "no-extension"]
    ),
    st.from_regex(r"[a-z]{1,4}\.(docx|jtd|zip|xlsx|json|csv)", fullmatch=True),
)
_PLACES = st.lists(
    st.tuples(st.sampled_from(["", "総務部", "総務部/旧", "財政部"]), _NAMES), max_size=12
)


@given(places=_PLACES, with_tables=st.booleans())
def test_every_file_of_a_folder_is_read_or_said(
    places: list[tuple[str, str]], with_tables: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for below, file in places:
            (root / below).mkdir(parents=True, exist_ok=True)
            (root / below / file).touch()
        tables = tables_in(name) if with_tables else []
        found = contents_of(name, tables)
        for file in (file for file in root.rglob("*") if file.is_file()):
            times = found.documents.count(str(file))
            times += sum(
                str(file.relative_to(root)) in missed.why.en for missed in found.not_checked
            )
            elsewhere = str(file.parent) in tables and file.suffix in (".csv", ".tsv", ".parquet")
            assert times == 0 if file.name in _PASSED_OVER or elsewhere else times >= 1, file


def test_what_is_passed_over_is_hidden_or_holds_no_figures(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.txt").touch()
    for name in _PASSED_OVER:
        (tmp_path / name).touch()
    assert contents_of(str(tmp_path)).documents == [str(tmp_path)]


def test_a_link_to_a_folder_and_a_folder_that_cannot_be_entered_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "locked").mkdir(parents=True)
    (tmp_path / "in" / "linked").symlink_to(tmp_path, target_is_directory=True)
    entered = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return entered(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = contents_of(str(tmp_path / "in"))
    assert [(Path(str(missed.document)).name, missed.why.code) for missed in found.not_checked] == [
        ("linked", "linked-folder"),
        ("locked", "unreadable"),
    ]
    assert not found.documents


@pytest.mark.parametrize("option", [[], ["--table"]])
def test_documents_beside_tables_are_read_too(
    folder: Path, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (folder, folder / "財政部"):
        shutil.copytree(
            auditor_datasets.tables.path("kushiro-r6", "csv"), place, dirs_exist_ok=True
        )
    assert cli.main(["check", str(folder), *option, "--format", "json", "--select", "FND"]) == 2
    report = json.loads(capsys.readouterr().out)
    sheets = {Path(document["path"]).name: document["sheets"] for document in report["documents"]}
    assert sheets["book.xlsx"] > 0
    assert sheets["text.txt"] == 3
    assert sum(document["sheets"] == 10 for document in report["documents"]) == 2
    assert [missed["why"]["code"] for missed in report["not_checked"]] == [
        "other-kind",
        "truncated",
        "not-in-form-number",  # both folders hold the same sheets of the same document
    ]


@pytest.mark.parametrize("option", ["--output", "--mark"])
def test_no_document_below_an_input_folder_is_written_over(
    folder: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    for name in ("book.xlsx", "総務部/text.txt"):
        assert cli.main(["check", str(folder), option, str(folder / name), "--lang", "en"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert before == {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_one_workbook_of_a_folder_is_marked(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.xlsx").unlink()
    (folder / "総務部" / "notes.docx").unlink()
    assert (
        cli.main(
            ["check", str(folder), "--mark", str(tmp_path / "marked.xlsx"), "--fail-on", "never"]
        )
        == 0
    )
    assert (tmp_path / "marked.xlsx").read_bytes()[:2] == b"PK"


def test_limits_are_said_and_can_be_raised(capsys: pytest.CaptureFixture[str]) -> None:
    session = load()
    small = [
        reader.raised(1) if isinstance(reader, GuardedReader) else reader
        for reader in session.readers
    ]
    for reader in small:
        if isinstance(reader, GuardedReader):
            reader.limits = reader.limits._replace(seconds=0.001)
    (missed,) = read_documents([WORKBOOK], forms=session.forms, readers=small).not_checked
    assert missed.why.code == "too-slow"
    roomy = [
        reader.raised(64) if isinstance(reader, GuardedReader) else reader
        for reader in session.readers
    ]
    assert read_documents([WORKBOOK], forms=session.forms, readers=roomy) == read_documents(
        [WORKBOOK], forms=session.forms, readers=session.readers
    )
    assert cli.main(["read", str(WORKBOOK), "--limits", "2", "--lang", "ja"]) == 0
    assert cli.main(["read", str(WORKBOOK), "--limits", "none", "--lang", "ja"]) == 2
    assert "--limits には 1 から 64 までの数を指定してください" in capsys.readouterr().err


def test_what_a_reader_allows_is_raised_with_the_rest() -> None:
    workbooks, pdfs = WorkbookReader(), PdfReader()
    cells, pages, lines = workbooks.limits.cells, pdfs.most_pages, pdfs.limits.lines
    workbooks.raise_limits(3)
    pdfs.raise_limits(3)
    assert (workbooks.limits.cells, pdfs.most_pages, pdfs.limits.lines) == (
        3 * cells,
        3 * pages,
        3 * lines,
    )


def test_the_limits_are_those_of_the_docs() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
    limits = Limits()
    assert f"{limits.seconds:g} s, and {limits.seconds_a_part:g} s more" in page
    patience = confined.PATIENCE * limits.seconds_a_part
    assert f"{limits.wall_clock:g} s, and {patience:g} s more" in page
    assert f"{limits.memory >> 20} MiB (where" in page
    assert f"more than {process.MOST_RESIDENT >> 20} MiB of memory" in page
    assert f"after {Limits().documents} documents" in page
    assert f"end after {process.IDLE} s" in page
    for limit in fields(ooxml.Limits):
        most: int = getattr(ooxml.Limits(), limit.name)
        assert (f"{most >> 20} MiB" if most % (1 << 20) == 0 else f"{most:,}") in page, limit.name
    reader = PdfReader()
    for number in (
        reader.most_pages,
        reader.limits.characters,
        reader.limits.objects,
        reader.limits.lines,
    ):
        assert f"{number:,}" in page


def test_a_folder_without_documents_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = str(auditor_datasets.tables.path("kushiro-r6", "csv"))
    for inputs in ([str(tmp_path)], [tables, str(tmp_path)]):
        assert cli.main(["check", *inputs, "--lang", "en"]) == 2
        assert "without any document" in capsys.readouterr().out
    assert cli.main(["check", tables, "--lang", "en"]) == 0


@pytest.mark.parametrize(
    ("terminal", "waited", "drawn"), [(True, 2, True), (True, 0, False), (False, 2, False)]
)
def test_progress_is_drawn_on_a_terminal_after_a_second(
    terminal: bool, waited: int, drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(lambda _, ja: ja, "reading", "読み取り中") as progress:
        progress.started -= waited
        progress.show(1, 2)
    assert ("読み取り中 [##########..........] 1/2 残り約 0:03" in stream.getvalue()) is drawn
    assert not stream.getvalue() or stream.getvalue().endswith("\r")
