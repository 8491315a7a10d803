"""The end of the command: plugins may neither end it nor keep it alive."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Generator
from typing import NoReturn

__all__ = ["end", "ending_by_itself"]


@contextlib.contextmanager
def ending_by_itself() -> Generator[None]:
    """Let ``os._exit`` count as ``sys.exit`` while a command runs: a plugin that calls it would end
    the audit with its own exit code, and not a word.
    """
    leave, process = os._exit, os.getpid()

    def refused(status: int = 0) -> NoReturn:
        if os.getpid() != process:  # a child that was forked ends so
            leave(status)
        raise SystemExit(status)

    os._exit = refused
    try:
        yield
    finally:
        os._exit = leave


def end(code: int) -> int:
    """Give the exit code back, with which Python ends. Where a plugin left a thread at work, Python
    would wait for it, perhaps for ever: the process ends here then.
    """
    threads = (thread for thread in threading.enumerate() if not thread.daemon)
    if all(thread is threading.main_thread() for thread in threads):
        return code
    import atexit  # few plugins start threads

    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)
