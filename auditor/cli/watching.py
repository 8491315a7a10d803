"""Files that people are working on: which of them change while a command runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

__all__ = ["changes"]

_SUFFIXES: Final = (".toml", ".py")
_PAUSE: Final = 0.4
"""Seconds between two looks at the files."""
_State: TypeAlias = dict[Path, tuple[int, int]]


def changes(
    paths: Iterable[str], pause: Callable[[], None] = lambda: time.sleep(_PAUSE)
) -> Iterator[None]:
    """Yields at once, and again whenever a file of TOML or Python at the paths, or in their
    folders, has changed, is new or is gone. Goes on until Ctrl-C.
    """
    roots = [Path(path) for path in paths]
    while True:
        state = _state(roots)
        yield
        # What changed while the files were worked on counts.
        while _state(roots) == state:
            pause()


def _state(roots: Iterable[Path]) -> _State:
    """When each file was changed last, and its size."""
    state: _State = {}
    for root in roots:
        files = root.rglob("*") if root.is_dir() else [root]
        for file in files:
            if file.suffix in _SUFFIXES:
                try:
                    status = file.stat()
                except OSError:  # gone in this moment, or never there
                    continue
                state[file] = status.st_mtime_ns, status.st_size
    return state
