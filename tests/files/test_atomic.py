"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from auditor.files.atomic import UnwritableFile, input_at, replacement, write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("before", [None, 0o600, 0o640, 0o666])
@pytest.mark.parametrize("original", [None, 0o400, 0o600, 0o644, 0o666])
def test_a_file_keeps_its_permissions_and_a_copy_takes_those_of_its_original(
    before: int | None, original: int | None, tmp_path: Path
) -> None:
    target, like = tmp_path / "out.txt", None
    if before is not None:
        target.write_bytes(b"old")
        target.chmod(before)
    if original is not None:
        like = tmp_path / "original.txt"
        like.write_bytes(b"original")
        like.chmod(original)
    mask = os.umask(0o022)
    try:
        write_whole(target, b"new", like)
    finally:
        os.umask(mask)

    assert target.read_bytes() == b"new"
    if before is not None:
        assert permissions(target) == before
    elif original is not None:
        assert permissions(target) == (original | 0o600) & 0o644
    else:
        assert permissions(target) == 0o644


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to("file")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


@pytest.mark.parametrize("before", [None, b"old"])
def test_nothing_changes_where_the_work_ends_early(before: bytes | None, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    if before is not None:
        target.write_bytes(before)

    def interrupted(whole: Path) -> None:
        whole.write_bytes(b"half")
        whole.with_name("part").write_bytes(b"a part")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), replacement(target) as whole:
        interrupted(whole)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before] * (before is not None)


def test_the_faults_of_others_are_not_those_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacement(tmp_path / "out.txt"):
        (tmp_path / "elsewhere").read_bytes()


def test_a_refusal_of_the_system_is_said_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(UnwritableFile) as caught:
        write_whole(tmp_path / "none" / "out.txt", b"")
    assert "can't be written: No such file or directory" in caught.value.message.en
    assert "に書き込めません（フォルダーがありません）" in caught.value.message.ja


def test_an_input_is_known_under_every_name(tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    file = folder / "a.txt"
    file.write_bytes(b"")
    (tmp_path / "link").symlink_to(file)
    os.link(file, tmp_path / "hard")
    for name in (file, tmp_path / "link", tmp_path / "hard", folder / ".." / "inputs" / "a.txt"):
        assert input_at(name, [tmp_path / "other", str(file)]) == str(file)
    assert input_at(tmp_path / "b.txt", [file]) is None

    assert input_at(file, [folder]) == folder
    new = folder / "new.txt"
    assert input_at(new, [folder]) is None
    assert input_at(new, [folder], also_new=True) == folder
    assert input_at(tmp_path / "new.txt", [folder], also_new=True) is None
    assert input_at(new, [new]) == new
