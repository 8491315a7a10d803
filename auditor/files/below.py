"""The files below a folder, none of which is passed over because the system refuses a look."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

__all__ = ["files_below"]


def files_below(folder: Path, suffixes: Collection[str]) -> list[Path]:
    """The files at and below a folder whose names end so, in the order of their names; links to
    folders are not followed. Raises OSError where a folder can't be entered: ``rglob`` would leave
    out what is in it without a word.
    """

    def refused(fault: OSError) -> None:
        raise fault

    files: list[Path] = []
    for inside, _, names in os.walk(folder, onerror=refused):
        paths = (Path(inside, name) for name in names)
        files += (path for path in paths if path.suffix in suffixes)
    return sorted(files)
