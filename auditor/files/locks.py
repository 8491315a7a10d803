"""One run at a time in a folder, where a file is read, changed and written back."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

__all__ = ["alone_in"]


@contextmanager
def alone_in(folder: Path) -> Generator[None]:
    """Wait until no other run is in here with the same folder. The system holds the lock, and lets
    go of it when a run ends, however it ends. Where it has no such locks (some shares, Windows),
    nobody waits.
    """
    with ExitStack() as exits:
        if sys.platform != "win32":
            import fcntl

            with suppress(OSError):
                lock = os.open(folder, os.O_RDONLY)
                exits.callback(os.close, lock)
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield
