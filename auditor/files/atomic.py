"""Files that appear whole or not at all, and never in place of what the program reads."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from auditor.records.errors import AuditorError
from auditor.records.reasons import reason

__all__ = [
    "UnwritableFile",
    "can_be_name",
    "cannot_write",
    "check_name",
    "input_at",
    "refusals",
    "remove_workplaces",
    "replacement",
    "workplace",
    "write_whole",
]


class UnwritableFile(AuditorError):
    """A file that can't, or must not, be written where it was to be."""


def cannot_write(what: str | Path, fault: OSError) -> UnwritableFile:
    """That a file can't be written, and why."""
    en, ja = reason(fault)
    if fault.errno in (errno.EACCES, errno.EPERM) and os.path.lexists(what):
        ja = (
            "権限がないか、ほかのプログラム（Excel など）で開いています。"
            "閉じてから、もう一度実行してください"
        )
    return UnwritableFile(f"{what} can't be written: {en}", f"{what} に書き込めません（{ja}）")


@contextmanager
def refusals(path: str | Path) -> Generator[None, None, None]:
    """Raise what the system refuses on the way as UnwritableFile."""
    try:
        yield
    except OSError as fault:
        raise cannot_write(path, fault) from fault


def can_be_name(path: str | Path) -> bool:
    """Whether a file could have a name: none holds a NUL or half a character."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def check_name(path: str | Path) -> None:
    """Raises UnwritableFile for a name that no file can have: too long, with a NUL, or that of a
    link that leads to itself.
    """
    with refusals(path):
        if not can_be_name(path):
            raise OSError(errno.EILSEQ, "the name holds a character that no file can have")
        target = Path(os.path.realpath(path))
        if target.is_symlink():  # all other links were followed
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        with suppress(FileNotFoundError):
            target.lstat()


@contextmanager
def workplace(folder: Path, path: str | Path) -> Generator[Path, None, None]:
    """A new folder inside ``folder`` for what is not whole yet; at the end it is gone. Raises
    UnwritableFile, about ``path``, where the system refuses it.
    """
    # Imported only here: a command that writes no file starts without them.
    import shutil
    import tempfile

    with refusals(path):
        place = Path(tempfile.mkdtemp(prefix=".auditor-", dir=folder))
    _WORKPLACES.append(place)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        _WORKPLACES.remove(place)


_WORKPLACES: Final[list[Path]] = []


def remove_workplaces() -> None:
    """Remove what is not whole yet, where the program ends before it can be."""
    import shutil

    for place in _WORKPLACES:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def replacement(path: str | Path, like: Path | None = None) -> Generator[Path, None, None]:
    """The path of a file to write, in a folder of its own, where parts of it may lie as well. At
    the end it takes the place of ``path``; after an exception everything is as before.

    A file that is replaced keeps its permissions; one that may not be written is not replaced,
    although its folder would let it. A new one gets the permissions of ``like``, of which it is a
    copy, or the usual ones. Raises UnwritableFile.
    """
    check_name(path)
    target = Path(os.path.realpath(path))
    with refusals(path):
        _check_writable(target)
    with workplace(target.parent, path) as folder:
        whole = folder / "whole"
        yield whole
        with refusals(path):
            whole.chmod(_permissions(target, like))
            whole.replace(target)


def write_whole(path: str | Path, data: bytes, like: Path | None = None) -> None:
    """Write a file as ``replacement`` does, all at once."""
    with replacement(path, like) as whole, refusals(path):
        whole.write_bytes(data)


def _check_writable(target: Path) -> None:
    """Raises OSError for a file that may not be written. Rights are told by trying."""
    if target.is_file():
        os.close(os.open(target, os.O_WRONLY))


def _permissions(target: Path, like: Path | None) -> int:
    if target.exists():
        return target.stat().st_mode & 0o777
    # A copy can be read by those who can read the original, and changed by whoever made it.
    most = 0o666 if like is None else like.stat().st_mode & 0o666 | 0o600
    return most & ~_umask()


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def input_at(
    path: str | Path, inputs: Iterable[str | Path], *, also_new: bool = False
) -> str | Path | None:
    """The first of ``inputs`` that a file is, under whatever name, or that is a folder with the
    file in it. With ``also_new``, a file that doesn't exist yet counts as in its folder: the next
    run would read it there.
    """
    target = Path(os.path.realpath(path))
    return next((name for name in inputs if _is_at(target, Path(name), also_new)), None)


def _is_at(target: Path, source: Path, also_new: bool) -> bool:
    try:
        if source.is_dir():
            within = target.is_relative_to(os.path.realpath(source))
            return within and (also_new or target.exists())
        return target.samefile(source)
    except OSError:  # one of them does not exist
        return target == Path(os.path.realpath(source))
