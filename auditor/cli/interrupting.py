"""Ctrl-C ends the command soon, whatever it is at.

Python hears of Ctrl-C between two steps of its own. A library at work in code of another language
may take its time: then the process is ended from aside, and nothing half-written stays.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import Final

from auditor.cli.arguments import wanted_language
from auditor.cli.ending import leave
from auditor.cli.output import print_error

__all__ = ["INTERRUPTED", "interrupted", "listen"]

_PATIENCE: Final = 1.2
"""How many seconds the command has to end by itself."""
INTERRUPTED: Final = 2
"""The exit code of a command that did not do all that it was to do."""

_SAID: Final = threading.Event()


def interrupted(lang: str) -> int:
    """Say that somebody ended the command; gives the exit code."""
    _SAID.set()
    print_error("中断しました" if lang == "ja" else "interrupted")
    return INTERRUPTED


def listen() -> None:
    """End this process some time after Ctrl-C, where it has not ended by itself. Only the system
    tells a thread beside the one at work, and Windows tells none.
    """
    if os.name == "nt" or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    # A child that is forked has a Ctrl-C of its own.
    os.register_at_fork(after_in_child=_be_deaf)
    threading.Thread(target=_end_after_it, args=(reading,), daemon=True).start()


def _be_deaf() -> None:
    with contextlib.suppress(ValueError):
        signal.set_wakeup_fd(-1)


def _end_after_it(reading: int) -> None:
    while signal.SIGINT not in os.read(reading, 64):
        pass
    time.sleep(_PATIENCE)
    if not _SAID.is_set():
        interrupted(wanted_language(sys.argv[1:]))
    _let_go()
    leave(INTERRUPTED)


def _let_go() -> None:
    """End the processes that read documents, and remove what is half-written."""
    for module, ending in (
        ("auditor.files.confined.process", "end_every"),
        ("auditor.files.atomic", "remove_workplaces"),
    ):
        # What is not loaded has nothing to let go.
        if (loaded := sys.modules.get(module)) is not None:
            with contextlib.suppress(Exception):
                getattr(loaded, ending)()
