"""Folders that appear whole or not at all, and never in place of what somebody else has put there.

An earlier folder that is replaced is kept beside the new one, under a name with a number.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from auditor.files.atomic import UnwritableFile, cannot_write, refusals, workplace

__all__ = ["WholeFolder", "check_folder", "whole_folder"]

_TAKEN: Final = (errno.ENOTEMPTY, errno.EEXIST)
"""What the system says of a name that another run took first."""

_MOST_RUNS: Final = 100
"""How often other runs may be first before the system's refusal is believed."""


def check_folder(
    path: Path,
    inputs: Iterable[str | Path],
    is_earlier: Callable[[Path], bool],
    replace: bool,
) -> None:
    """Raises UnwritableFile where a folder can't, or must not, be made at ``path``.

    ``inputs`` are the files and folders that are read: the folder may not be, hold, or lie in one
    of them. A folder that is there must be empty; with ``replace``, it may also be one of which
    ``is_earlier`` says that the program made it.
    """
    target = Path(os.path.realpath(path))
    for name in inputs:
        source = Path(os.path.realpath(name))
        if target.is_relative_to(source) or source.is_relative_to(target):
            raise UnwritableFile(
                f"{path} is, holds, or lies in {name}, which is read; name a folder elsewhere",
                f"{path} は、読み取る {name} と同じ場所か、その上または中にあります。"
                "別の場所のフォルダーを指定してください",
            )
    with refusals(path):
        _check_place(target.parent, path)
        if not target.exists():
            return
        if not target.is_dir():
            raise UnwritableFile(
                f"{path} is a file; name a folder",
                f"{path} はファイルです。フォルダーの名前を指定してください",
            )
        if not any(target.iterdir()):
            return
    if not is_earlier(target):
        raise UnwritableFile(
            f"{path} holds other files; name a new folder",
            f"{path} にはほかのファイルがあります。新しいフォルダーを指定してください",
        )
    if not replace:
        raise UnwritableFile(
            f"{path} holds an earlier result; name another folder, or use --force, which keeps "
            "the earlier one beside it",
            f"{path} には前回の結果があります。別のフォルダーを指定するか、--force を付けてください"
            "（前回の結果は、隣に別の名前で残します）",
        )


def _check_place(folder: Path, path: Path) -> None:
    """Raises UnwritableFile, about ``path``, where nothing can be written into a folder that there
    is, or is to be.
    """
    while not os.path.lexists(folder):
        folder = folder.parent
    # Rights are told by trying: what the system answers when asked is not all that counts.
    with workplace(folder, path):
        pass


class WholeFolder:
    """A folder that is being made: ``place`` is where its files are put until it is whole."""

    place: Path

    def __init__(self, target: Path, place: Path) -> None:
        self._target, self.place = target, place
        self.earlier: Path | None = None
        """The earlier folder under its new name, once the new one took its place."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file; ``name`` has the folders above it. Raises UnwritableFile."""
        file = self.place / name
        with refusals(self._target / name):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


@contextmanager
def whole_folder(path: Path, replace: bool) -> Generator[WholeFolder]:
    """A folder to fill. At the end it takes the place of ``path``; after an exception everything
    is as before. What is there by then is kept under another name with ``replace``; without it,
    it stays in its place. Raises UnwritableFile.
    """
    target = Path(os.path.realpath(path))
    with refusals(path):
        target.parent.mkdir(parents=True, exist_ok=True)
    with workplace(target.parent, path) as above:
        place = above / "whole"
        with refusals(path):
            place.mkdir()
        folder = WholeFolder(path, place)
        yield folder
        folder.earlier = _put_in_place(place, target, path, replace)


def _put_in_place(whole: Path, target: Path, path: Path, replace: bool) -> Path | None:
    """Let a folder take the place of another, which gets another name; gives that. Where other runs
    put their results here meanwhile, these are kept like any that was here before.
    """
    for remaining in reversed(range(_MOST_RUNS)):
        earlier = _set_aside(target, path, replace)
        try:
            with suppress(FileNotFoundError):
                target.rmdir()  # an empty folder; Windows would not rename another onto it
            whole.rename(target)
        except OSError as fault:
            if replace and remaining and fault.errno in _TAKEN:
                continue
            if earlier is not None:
                with suppress(OSError):
                    earlier.rename(target)
            raise cannot_write(path, fault) from fault
        return earlier
    raise AssertionError("the last try returns or raises")


def _set_aside(target: Path, path: Path, replace: bool) -> Path | None:
    """Give a folder that holds anything another name, and say which."""
    with refusals(path):
        while target.is_dir() and any(target.iterdir()):
            if not replace:
                raise UnwritableFile(
                    f"another run wrote {path} meanwhile; it stays as it is",
                    f"{path} には、この実行の間に別の結果が書き込まれました。そのまま残しています",
                )
            earlier = _free_name(target)
            try:
                target.rename(earlier)
            except FileNotFoundError:  # another run has set it aside
                break
            except OSError as fault:
                if fault.errno not in _TAKEN:
                    raise
            else:
                return earlier
    return None


def _free_name(target: Path) -> Path:
    """A name beside a folder that nothing has: ``点検結果（旧1）`` for ``点検結果``."""
    number = 1
    while (path := target.with_name(f"{target.name}（旧{number}）")).exists():
        number += 1
    return path
