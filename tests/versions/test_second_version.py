"""A file that was sent again beside the one before."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from auditor.cli.main import main
from auditor.versions.newer import newer_of, saved_at_path
from tests.documents.workbook_writer import workbook_bytes
from tests.versions.returning import changed, figures_in, original, settled, worksheets


def second(source: Path, name: str) -> Path:
    """The same workbook with another figure, under another name."""
    path = Path(shutil.copy(source, source.parent / name))
    changed(path, figures_in(source)[0][-1])
    return path


def test_a_second_version_is_never_audited_beside_the_first(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    later = second(source, "01（修正版）.xlsx")
    read = settled(source, later)
    assert read.books == ()
    (missed,) = read.not_checked
    for text in (missed.why.en, missed.why.ja):
        assert source.name in text
        assert later.name in text
        assert "--take" in text
    assert re.search(r"新しいとみられるのは「[^」]*修正版", missed.why.ja)
    for taken, other in ((source, later), (later, source)):
        read = settled(source, later, takes=(taken,))
        assert read.not_checked == ()
        assert {sheet.document for book in read.books for sheet in book.sheets} == {str(taken)}
        assert [item.document for item in read.passed_over] == [str(other)]


def test_a_version_of_some_sheets_takes_the_place_of_these(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx", sheets=3)
    later = tmp_path / "01再提出.xlsx"
    later.write_bytes(workbook_bytes(worksheets(3)[:1]))
    changed(later, figures_in(later)[0][-1])
    read = settled(source, later)
    assert len(read.not_checked) == 1
    assert sum(len(book.sheets) for book in read.books) == 2
    read = settled(source, later, takes=(later,))
    assert read.not_checked == ()
    documents = [Path(sheet.document).name for book in read.books for sheet in book.sheets]
    assert sorted(documents) == ["01.xlsx", "01.xlsx", "01再提出.xlsx"]


def test_sheets_that_two_documents_share_in_part_stay_doubles(tmp_path: Path) -> None:
    of_all = worksheets(3)
    for name, part in (("a.xlsx", of_all[:2]), ("b.xlsx", of_all[1:])):
        (tmp_path / name).write_bytes(workbook_bytes(part))
    read = settled(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert read.not_checked == ()
    assert sum(len(book.sheets) for book in read.books) == 4


def test_the_same_bytes_are_audited_once(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    shutil.copy(source, tmp_path / "01 - コピー.xlsx")
    read = settled(source, tmp_path / "01 - コピー.xlsx")
    assert read.not_checked == ()
    assert [item.why.code for item in read.passed_over] == ["same-file"]
    assert {sheet.document for book in read.books for sheet in book.sheets} == {str(source)}


def test_a_file_that_was_only_saved_again_is_audited_once(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    again = tmp_path / "01 保存.xlsx"
    openpyxl.load_workbook(source).save(again)
    assert again.read_bytes() != source.read_bytes()
    read = settled(source, again)
    assert read.not_checked == ()
    assert [(item.document, item.why.code) for item in read.passed_over] == [
        (str(again), "same-content")
    ]


def test_the_command_asks_which_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = original(tmp_path / "01.xlsx")
    later = second(source, "01（修正版）.xlsx")
    words = ["check", str(tmp_path), "--format", "json", "--lang", "ja"]
    assert main(words) == 2
    report = json.loads(capsys.readouterr().out)
    assert [item["why"]["code"] for item in report["not_checked"][:1]] == ["versions"]
    assert not [finding for finding in report["findings"] if finding["rule"].startswith("BOK")]
    assert main([*words, "--take", str(later)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [item["document"] for item in report["passed_over"]] == [str(source)]
    assert main([*words, "--take", str(tmp_path / "x.xlsx")]) == 2
    assert "x.xlsx" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "hours", "newest"),
    [
        (("a.xlsx", "b.xlsx"), (1, 2), "b.xlsx"),
        (("a.xlsx", "b.xlsx"), (2, 2), None),
        (("a修正.xlsx", "b.xlsx"), (2, 2), "a修正.xlsx"),
        (("a修正.xlsx", "b.xlsx"), (1, 2), None),
        (("a修正.xlsx", "b訂正.xlsx"), (1, 2), "b訂正.xlsx"),
        (("a.xlsx", "a_v2.xlsx"), (3, 3), "a_v2.xlsx"),
        (("archive1.xlsx", "archive2.xlsx"), (3, 3), None),
    ],
)
def test_which_is_newer_is_said_only_where_it_is_known(
    names: tuple[str, str], hours: tuple[int, int], newest: str | None, tmp_path: Path
) -> None:
    for name, hour in zip(names, hours, strict=True):
        book = openpyxl.Workbook()
        book.save(tmp_path / name)
        parts = openpyxl.load_workbook(tmp_path / name)
        parts.properties.modified = datetime(2025, 8, 1, hour, tzinfo=UTC).replace(tzinfo=None)
        _save_as_it_is(parts, tmp_path / name)
    text = newer_of(names, lambda name: saved_at_path(str(tmp_path / name)))
    assert text.en.startswith(f"{newest} seems to be the newest") is (newest is not None)


def _save_as_it_is(book: openpyxl.Workbook, path: Path) -> None:
    """Save a workbook without the time of now, which openpyxl would write."""
    from tests.documents.workbook_writer import package_of, parts_of

    moment = book.properties.modified
    book.save(path)
    parts = parts_of(path.read_bytes())
    core = parts["docProps/core.xml"].decode()
    core = re.sub(r"(:modified[^>]*>)[^<]*", rf"\g<1>{moment:%Y-%m-%dT%H:%M:%SZ}", core)
    path.write_bytes(package_of({**parts, "docProps/core.xml": core.encode()}))
