"""Folders that appear whole or not at all, and never in place of what others have put there."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.files.atomic import UnwritableFile
from auditor.files.whole_folder import check_folder, whole_folder

posix = pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="Windows has no such permissions, and root may write everywhere",
)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def is_ours(folder: Path) -> bool:
    return (folder / "ours").exists()


def test_a_new_folder_appears_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "above" / "点検結果"
    with whole_folder(target, replace=False) as folder:
        folder.write("ours", b"1")
        folder.write("課/回答票", b"2")
        assert not target.exists()
    assert files(target) == {"ours": b"1", "課/回答票": b"2"}
    assert [path.name for path in target.parent.iterdir()] == ["点検結果"]
    assert folder.earlier is None


@pytest.mark.parametrize("replace", [False, True])
def test_after_a_fault_everything_is_as_before(replace: bool, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "ours").write_bytes(b"old")

    def failing() -> None:
        with whole_folder(target, replace) as folder:
            folder.write("new", b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert files(tmp_path) == {"out/ours": b"old"}


def test_an_earlier_folder_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for number in range(3):
        with whole_folder(target, replace=True) as folder:
            folder.write("ours", b"%d" % number)
    assert files(tmp_path) == {"out/ours": b"2", "out（旧1）/ours": b"0", "out（旧2）/ours": b"1"}
    assert folder.earlier == tmp_path / "out（旧2）"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with whole_folder(tmp_path / "out", replace=False) as folder:
        folder.write("ours", b"1")
    assert files(tmp_path) == {"out/ours": b"1"}
    assert folder.earlier is None


def test_what_another_run_wrote_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def runs() -> None:
        with whole_folder(target, replace=False) as slow:
            slow.write("ours", b"slow")
            with whole_folder(target, replace=False) as quick:
                quick.write("ours", b"quick")

    with pytest.raises(UnwritableFile) as refused:
        runs()
    assert files(tmp_path) == {"out/ours": b"quick"}
    assert "この実行の間に" in refused.value.message.ja


def test_of_two_runs_that_replace_nothing_is_lost(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with whole_folder(target, replace=True) as slow:
        slow.write("ours", b"slow")
        with whole_folder(target, replace=True) as quick:
            quick.write("ours", b"quick")
    assert files(tmp_path) == {"out/ours": b"slow", "out（旧1）/ours": b"quick"}


@pytest.mark.parametrize("at", [1, 2])
def test_a_folder_that_the_system_holds_stays(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows renames no folder with a file that a program has open."""
    target = tmp_path / "out"
    target.mkdir()
    (target / "ours").write_bytes(b"old")
    rename, calls = Path.rename, list[Path]()

    def refusing(path: Path, to: Path) -> Path:
        calls.append(path)
        if len(calls) == at:
            raise PermissionError(errno.EACCES, "Permission denied")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(UnwritableFile) as refused, whole_folder(target, replace=True) as folder:
        folder.write("ours", b"new")
    assert files(tmp_path) == {"out/ours": b"old"}
    assert "Excel" in refused.value.message.ja


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with (
        pytest.raises(UnwritableFile) as refused,
        whole_folder(tmp_path / "out", replace=False) as folder,
    ):
        folder.write("課/回答票.xlsx", b"1")
    assert list(tmp_path.iterdir()) == []
    assert "空き容量がありません" in refused.value.message.ja
    assert "回答票.xlsx" in refused.value.message.ja


@posix
def test_a_folder_without_permission_is_said_before_any_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UnwritableFile), whole_folder(tmp_path / "out", replace=False):
            pytest.fail("nothing is to be done in a folder that can't be written")
    finally:
        tmp_path.chmod(0o700)


def made(folder: Path) -> None:
    folder.mkdir()


def made_by_us(folder: Path) -> None:
    folder.mkdir()
    (folder / "ours").write_bytes(b"")


def made_by_others(folder: Path) -> None:
    folder.mkdir()
    (folder / "theirs").write_bytes(b"")


def a_file(folder: Path) -> None:
    folder.write_bytes(b"")


@pytest.mark.parametrize(
    ("before", "replace", "word"),
    [
        (None, False, None),
        (made, False, None),
        (made_by_us, True, None),
        (made_by_us, False, "--force"),
        (made_by_others, False, "ほかのファイル"),
        (made_by_others, True, "ほかのファイル"),
        (a_file, True, "ファイルです"),
    ],
)
def test_what_stands_in_the_way(
    before: Callable[[Path], None] | None, replace: bool, word: str | None, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    if before is not None:
        before(target)
    contents = files(tmp_path)
    if word is None:
        check_folder(target, [tmp_path / "in"], is_ours, replace)
    else:
        with pytest.raises(UnwritableFile) as refused:
            check_folder(target, [tmp_path / "in"], is_ours, replace)
        assert word in refused.value.message.ja
    assert files(tmp_path) == contents


@pytest.mark.parametrize("name", ["in", "in/out", ".", "in/a.txt/out"])
def test_never_where_documents_are_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UnwritableFile):
        check_folder(tmp_path / name, [tmp_path / "in"], is_ours, replace=True)
