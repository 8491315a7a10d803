"""The command as people run it: without rights on files and folders, on a full disk, with files
that change while they are read, and with other runs beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.testing import book
from tests.cli.test_places import (
    PARSERS,
    USUAL,
    one_of_each_argument,
    snapshot,
    words_of,
)
from tests.documents.text_writer import text_of_sheets
from tests.rights import as_a_person


@pytest.fixture(scope="module")
def text() -> str:
    form = load().forms["kushiro"]
    return text_of_sheets(book(2, seed=1, form=form).sheets, form)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a document, and another in a folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text(text, encoding="utf-8")
    for folder in ("empty", "half", "half/sub"):
        (tmp_path / folder).mkdir()
    (tmp_path / "half" / "in.txt").write_text(text, encoding="utf-8")
    return tmp_path


@contextmanager
def closed(*paths: str, mode: int = 0) -> Iterator[None]:
    """Paths that nobody may use otherwise than ``mode`` says."""
    before = [Path(path).stat().st_mode for path in paths]
    for path in reversed(paths):
        Path(path).chmod(mode)
    try:
        with as_a_person():
            yield
    finally:
        for path, old in zip(paths, before, strict=True):
            Path(path).chmod(old)


def words_with(name: Any, dest: str, value: str, lang: str = "en") -> list[str]:
    """A command line in which everything is usual but one argument."""
    parser = PARSERS[name]
    required = {a.dest for a in parser._actions if a.required or a.dest == "files"}
    usual = {key: usual for key, usual in USUAL.items() if key in required}
    return ["--lang", lang, *words_of(parser, {**usual, dest: value})]


def report_of(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["check", "--format", "json", *words])
    return code, json.loads(capsys.readouterr().out)


# — without rights —


def test_what_may_not_be_read_is_said_and_never_passed_over(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "secret.txt").write_text("x", encoding="utf-8")
    (place / "secret").mkdir()
    (place / "secret" / "in.txt").write_text("x", encoding="utf-8")
    with closed("secret.txt", "secret"):
        for name, dest in one_of_each_argument():
            for path in ("secret.txt", "secret"):
                assert main(words_with(name, dest, path)) == 2, (name, dest, path)
                output = capsys.readouterr()
                assert "internal error" not in output.err, (name, dest, path)
                # Some are looked at only where others are right.
                if name not in ("answers", "unmark") and dest != "last_year_errata":
                    assert "secret" in output.out + output.err, (name, dest, path)


def test_a_folder_is_read_but_for_what_may_not_be(
    place: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As documents, as those of the round before, as copies, and as rules."""
    (place / "half" / "no.txt").write_text(text, encoding="utf-8")
    rules = place / "rules" / "below"
    rules.mkdir(parents=True)
    with closed("half/no.txt", "half/sub", "rules/below"):
        code, report = report_of(capsys, "half")
        assert code == 2
        missed = {item["document"] for item in report["not_checked"]}
        assert missed == {"half/no.txt", "half/sub"}
        assert [document["path"] for document in report["documents"]] == ["half/in.txt"]
        code, report = report_of(capsys, "half/in.txt", "--since", "half")
        assert code == 2
        assert {item["document"] for item in report["not_checked"]} == missed
        assert main(["unmark", "half", "--output-dir", "out", "--lang", "en"]) == 2
        assert "half/sub: the folder can't be read" in capsys.readouterr().err
        code, report = report_of(capsys, "in.txt", "--plugin", "rules")
        assert code == 2
        assert "rules/below" in report["not_checked"][0]["why"]["en"]


def test_nothing_is_written_where_nobody_may_write(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each output of each command, in both languages: a line, and nothing is left behind."""
    (place / "shared").mkdir()
    for file in ("old.csv", "old.toml", "old.json"):
        (place / "shared" / file).write_text("old", encoding="utf-8")
    before = snapshot(place)
    for name, dest in one_of_each_argument(read=False):
        for path in ("shared/new.toml", "shared/new.csv"):
            with closed("shared", mode=0o500):
                code = main(words_with(name, dest, path, "ja"))
            shown = capsys.readouterr()
            assert code == 2 or "書き出していません" in shown.out, (name, dest, path)
            assert "異常" not in shown.err, (name, dest, path)
            if code == 2:
                assert shown.err
            assert snapshot(place) == before, (name, dest, path)


def test_a_file_that_may_not_be_written_is_not_replaced(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its folder would let it."""
    (place / "old.csv").write_text("old", encoding="utf-8")
    for option in ("--output", "--findings"):
        with closed("old.csv", mode=0o400):
            assert main(["check", "in.txt", option, "old.csv", "--lang", "ja"]) == 2
        assert "old.csv に書き込めません" in capsys.readouterr().err
        assert (place / "old.csv").read_text(encoding="utf-8") == "old"


# — a full disk —


@pytest.mark.skipif(sys.platform == "win32", reason="files have no limit of size here")
def test_a_disk_that_is_full_leaves_what_was_there(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import resource

    (place / "old.csv").write_text("old", encoding="utf-8")
    before = snapshot(place)
    for option, path in (
        ("--output", "old.csv"),
        ("--output", "new.txt"),
        ("--findings", "old.csv"),
        ("--findings", "new.parquet"),
        ("--deliver", "result"),
        ("--deliver", "empty"),
        ("--output-dir", "by"),
    ):
        words = ["check", "in.txt", option, path, "--lang", "ja"]
        words += ["--by", "department"] if option == "--output-dir" else []
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            code = main(words)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert code == 2, option
        (line,) = capsys.readouterr().err.splitlines()
        assert "書き込めません（書き込める大きさを超えています）" in line, option
        after = snapshot(place)
        after.pop("by", None)
        assert after == before, option
