"""The end of the command: plugins may neither end it nor keep it alive."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Generator
from typing import Final, NoReturn

from auditor.cli.arguments import wanted_language
from auditor.cli.output import print_error

__all__ = ["end", "ending_by_itself", "leave", "say_in_a_line"]

leave: Final = os._exit  # pyright: ignore[reportPrivateUsage]
"""Ends the process at once, whatever becomes of ``os._exit``."""


@contextlib.contextmanager
def ending_by_itself() -> Generator[None]:
    """Let ``os._exit`` count as ``sys.exit`` while a command runs: a plugin that calls it would end
    the audit with its own exit code, and not a word.
    """
    _refuse_to_leave()
    try:
        yield
    finally:
        os._exit = leave


def _refuse_to_leave() -> None:
    """Let ``os._exit`` raise SystemExit in this process."""
    process = os.getpid()

    def refused(status: int = 0) -> NoReturn:
        if os.getpid() != process:  # a child that was forked ends so
            leave(status)
        raise SystemExit(status)

    os._exit = refused


def say_in_a_line() -> None:
    """Let what fails beside the command, in a thread of a plugin or when Python throws its objects
    away, be said in a line for the rest of this process.
    """
    sys.unraisablehook = lambda item: _say(item.exc_value)
    threading.excepthook = lambda item: _say(item.exc_value)


def _say(fault: BaseException | None) -> None:
    if fault is None:
        return
    if os.environ.get("AUDITOR_TRACEBACK"):
        sys.excepthook(type(fault), fault, fault.__traceback__)
        return
    with contextlib.suppress(Exception):  # Python may be ending already
        from auditor.records.errors import message_of

        print_error(message_of(fault).of(wanted_language(sys.argv[1:])))


def end(code: int) -> int:
    """Give the exit code back, with which Python ends; nothing that is called until then chooses
    another. Where a plugin left a thread at work, Python would wait for it, perhaps for ever: the
    process ends here then.
    """
    _refuse_to_leave()
    threads = (thread for thread in threading.enumerate() if not thread.daemon)
    if all(thread is threading.main_thread() for thread in threads):
        return code
    import atexit  # few plugins start threads

    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    return leave(code)
