"""The command as people run it: without rights on files and folders, on a full disk, with files
that change while they are read, and with other runs beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.session import load
from auditor.cli.commands import check
from auditor.cli.main import main
from auditor.files.whole_folder import whole_folder
from auditor.readers.source import Source
from auditor.testing import book
from auditor.waivers.loading import read_waivers
from auditor.waivers.model import Waiver
from auditor.waivers.writing import add_waivers
from tests.cli.test_places import (
    PARSERS,
    USUAL,
    one_of_each_argument,
    snapshot,
    words_of,
)
from tests.documents.text_writer import text_of_sheets
from tests.rights import as_a_person

WORKBOOKS = Path(__file__).resolve().parents[1] / "documents" / "workbooks"


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


def test_settings_that_may_not_be_read_are_not_gone_without(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "auditor.toml").write_text('fail_on = "never"\n', encoding="utf-8")
    with closed("auditor.toml"):
        assert main(["check", "in.txt", "--lang", "ja"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "auditor.toml" in line


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


def run_in(folder: Path, mount: str) -> tuple[int, str, list[str]]:
    """A delivery into a folder on a file system of its own. Gives exit code, standard error and
    what is there then. Skips the test where such a file system can't be had.
    """
    script = (
        'mount -t tmpfs -o size=64k tmpfs "$1" || exit 77; echo old > "$1/old.csv"; '
        f"{mount}; shift; "
        '"$@"; code=$?; ls -A disk; exit $code'
    )
    command = [sys.executable, "-m", "auditor", "check", "in.txt", "--lang", "en"]
    command += ["--fail-on", "never", "--deliver", "disk/result"]
    folder.mkdir()
    isolated = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", "disk"]
    try:
        run = subprocess.run([*isolated, *command], capture_output=True, timeout=300, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if run.returncode in (1, 77):
        pytest.skip("no file system of its own may be mounted here")
    return run.returncode, run.stderr.decode(), run.stdout.decode().split()


@pytest.mark.parametrize(
    ("mount", "says"),
    [("true", "No space left on device"), ('mount -o remount,ro "$1"', "Read-only file system")],
    ids=["full", "read-only"],
)
def test_a_share_that_is_full_or_read_only_leaves_no_part_of_a_delivery(
    mount: str, says: str, place: Path
) -> None:
    code, said, files = run_in(place / "disk", mount)
    assert code == 2
    assert says in said
    assert len(said.splitlines()) == 1
    assert files == ["old.csv"]


# — files that change, and other runs —


@pytest.mark.parametrize("change", ["replaced", "grown", "gone"])
def test_a_copy_is_of_the_bytes_that_were_judged_or_there_is_none(
    change: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody saves, or moves, the document between reading and marking."""
    clean = (WORKBOOKS / "kushiro-clean.xlsx").read_bytes()
    file = place / "book.xlsx"
    file.write_bytes((WORKBOOKS / "kushiro-faulty.xlsx").read_bytes())
    mark = check.write_marked_copy

    def after_a_change(*arguments: Any) -> None:
        if change == "gone":
            file.unlink()
        else:
            file.write_bytes(clean if change == "replaced" else file.read_bytes() + b"\0")
        mark(*arguments)

    monkeypatch.setattr(check, "write_marked_copy", after_a_change)
    words = ["check", "book.xlsx", "--mark", "copy.xlsx", "--output", "out.json"]
    assert main([*words, "--format", "json", "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "book.xlsx" in said
    assert "has changed since it was read" in said or change == "gone"
    assert not (place / "copy.xlsx").exists()
    assert not list(place.glob(".auditor*"))


def test_files_that_vanish_after_their_folder_was_listed_are_named(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Source.open

    def gone(path: str | Path) -> Source:
        if Path(path).name == "gone.txt":
            Path(path).unlink()
        return opened(path)

    (place / "half" / "gone.txt").write_text("事業名", encoding="utf-8")
    monkeypatch.setattr(Source, "open", gone)
    code, report = report_of(capsys, "half")
    assert code == 2
    assert [item["document"] for item in report["not_checked"]] == ["half/gone.txt"]
    assert [document["path"] for document in report["documents"]] == ["half/in.txt"]


def at_once(runs: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_runs_at_once_over_one_folder_lose_nothing_and_mix_nothing(place: Path) -> None:
    """Each result is whole: in the folder's place, or beside it under another name."""
    target, done = place / "result", list[str]()

    def deliver(number: int) -> None:
        with whole_folder(target, replace=True) as folder:
            folder.write("a/number", str(number).encode())
            folder.write("b/number", str(number).encode())
        done.append(str(number))

    at_once(6, deliver)
    assert sorted(done) == [str(number) for number in range(6)]
    results = [folder for folder in place.iterdir() if folder.name.startswith("result")]
    numbers = [(folder / "a" / "number").read_text() for folder in results]
    assert numbers == [(folder / "b" / "number").read_text() for folder in results]
    assert sorted(numbers) == sorted(done)
    assert not list(place.glob(".auditor*"))


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks here")
def test_runs_at_once_over_one_file_of_waivers_keep_the_entries_of_all(place: Path) -> None:
    file = place / "確認済み.toml"

    def register(number: int) -> None:
        key = f"{number:012d}"
        day = date(2025, 1, 1)
        waiver = Waiver(
            rule="FND001",
            place=key,
            values=key,
            reason="理由",
            kind="その他",
            role="財政課",
            date=day,
        )
        add_waivers(file, [waiver])

    at_once(6, register)
    assert len(read_waivers([file])) == 6


def test_a_run_that_was_killed_leaves_a_hidden_folder_that_disturbs_nobody(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is beside the output; the next run writes, reads and delivers as if it were not there."""
    for folder in (place, place / "half"):
        (folder / ".auditor-killed").mkdir()
        (folder / ".auditor-killed" / "whole").write_bytes(b"half a fi")
    code, report = report_of(capsys, "half")
    assert code < 2
    assert len(report["documents"]) == 1
    words = ["check", "half", "--lang", "en", "--fail-on", "never"]
    assert main([*words, "--output", "report.txt"]) == 0
    assert main([*words, "--deliver", "empty"]) == 0
    assert (place / "empty" / "結果.json").exists()


# — clocks, long paths, and what Office leaves —


def test_a_clock_that_was_set_back_is_noticed(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rounds are compared all the same, and said to be later; waivers of a later day waive
    nothing, since nobody knows which are over.
    """
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    assert main(["check", "in.txt", "--deliver", "result", "--fail-on", "never"]) == 0
    capsys.readouterr()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for lang, says in (("en", "look at the date of this computer"), ("ja", "パソコンの日付")):
        assert main(["check", "in.txt", "--since", "result", "--lang", lang]) < 2
        assert says in capsys.readouterr().err
    os.utime(place / "in.txt", (4_000_000_000, 4_000_000_000))
    assert main(["check", "in.txt", "--fail-on", "never"]) == 0


def test_paths_may_be_long_and_marks_of_open_workbooks_are_passed_over(
    place: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = place.joinpath(*["成果シートの提出フォルダー"] * 8, "提出")
    deep.mkdir(parents=True)
    (deep / "in.txt").write_text(text, encoding="utf-8")
    (deep / "~$book.xlsx").write_bytes(b"\x07user")
    assert len(os.fsencode(deep)) > 300
    code, report = report_of(capsys, str(deep))
    assert code < 2
    assert len(report["documents"]) == 1
    words = ["check", str(deep), "--deliver", str(deep.parent / "結果"), "--fail-on", "never"]
    assert main(words) == 0
    capsys.readouterr()
    code, report = report_of(capsys, f"{deep}/~$book.xlsx")
    assert code == 2
