"""Confined work in child processes, which are kept between documents.

Starting one takes longer than reading most documents. A child is replaced after every refusal,
crash or limit, above ``MOST_RESIDENT`` bytes of memory in use, and after as many documents as its
limits say. One that nobody needs for ``IDLE`` seconds ends, and all of them end with the program.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from auditor.files.confined import (
    MIB,
    PATIENCE,
    PROGRESS,
    READY,
    Limits,
    Stopped,
    Task,
    broken_down,
    ended_at_once,
    fields_of,
    not_started,
    too_slow,
)

__all__ = ["IDLE", "MOST_RESIDENT", "Child", "end_every", "end_waiting"]

MOST_RESIDENT: Final = 300 * MIB
IDLE: Final = 30

_PACKAGES: Final = Path(__file__).resolve().parents[3]
# Ends a process whose processor time is over. Windows has none.
_OVERTIME: Final[int | None] = getattr(signal, "SIGPROF", None)
# With these somebody ends a process; a crash has others.
_ENDED_FROM_OUTSIDE: Final = [
    -getattr(signal, name) for name in ("SIGKILL", "SIGTERM", "SIGINT") if hasattr(signal, name)
]


class Child:
    """A Confined place: one document in a process that may have had others before it."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.process: _Process | None = None
        self._document = "", b""
        self._fit = False

    def start(self, path: str, data: bytes) -> None:
        """Take a document into a process, a kept one if there is any."""
        self.end()
        self._document, self._fit = (path, data), True
        self.process = _KEPT.take(self.task) or _Process(self.task)
        self.process.start(path, data)

    def ask(self, question: Mapping[str, str]) -> dict[str, Any]:
        """The worker's answer; raises Stopped for its refusal, or where it gives none."""
        assert self.process is not None, "no document was started"
        # What interrupts the work (Ctrl-C) leaves a process that is still at it.
        self._fit = False
        try:
            answer = self._answer(self.process, question)
        except Stopped as fault:
            if not self._may_come_of_others(self.process, fault):
                raise
            # In a process of its own the document gets what it would get if it were the first.
            self.process.end()
            self.process = _Process(self.task)
            self.process.start(*self._document)
            answer = self._answer(self.process, question)
        self._fit = True
        return answer

    def _answer(self, process: _Process, question: Mapping[str, str]) -> dict[str, Any]:
        try:
            return fields_of(process.answer(question), self.task)
        except (OSError, ValueError, RecursionError):
            raise process.fault() from None

    def _may_come_of_others(self, process: _Process, fault: Stopped) -> bool:
        """Whether memory that earlier documents left in use may be what this one lacked. A child
        that somebody killed is no such case.
        """
        if process.documents == 1:
            return False
        code = fault.message.code
        ended = process.popen.poll() in _ENDED_FROM_OUTSIDE
        return code == "too-much-memory" or (code == "broke-reader" and not ended)

    def end(self) -> None:
        """Let the document go; the process is kept for others, where it is fit for them."""
        process, self.process = self.process, None
        self._document = "", b""
        if process is None:
            return
        if self._fit and process.documents < self.task.limits.documents:
            process.finish()
            _KEPT.put(process)
        else:
            process.end()


class _Process:
    """One process. It ends itself when a document's processor time is over, and a thread ends it
    when the document, or the wait for one, has taken too long.
    """

    task: Task
    documents: int
    ready: bool
    deadline: float
    idle: bool
    late: bool
    ended: bool

    def __init__(self, task: Task) -> None:
        self.task, self.documents = task, 0
        self.ready = self.late = False
        limits = task.limits
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        numbers = (limits.seconds, limits.seconds_a_part, limits.memory)
        options = [*map(str, numbers), task.worker, *task.arguments]
        try:
            self.popen: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", "-m", "auditor.files.confined.child", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if os.environ.get("AUDITOR_TRACEBACK") else subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        except OSError as fault:
            raise not_started(task, fault) from None
        self.deadline = time.monotonic() + limits.wall_clock
        self.idle = self.ended = False
        _KEPT.every.add(self)
        self.changed: threading.Event = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()
        if not _KEPT.open:  # the program ends, and a thread of it is still at work
            self.end()

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """The questions and the answers."""
        assert self.popen.stdin is not None and self.popen.stdout is not None
        return self.popen.stdin, self.popen.stdout

    def start(self, path: str, data: bytes) -> None:
        """Give it a document, whose time by the clock begins."""
        self.documents += 1
        self._until(self.task.limits.wall_clock)
        self._tell(json.dumps({"document": path, "size": len(data)}).encode() + b"\n", data)

    def answer(self, question: Mapping[str, str]) -> object:
        """What it answers; None, OSError, ValueError or RecursionError where that is nothing."""
        self._tell(json.dumps(question).encode() + b"\n")
        limits = self.task.limits
        while (line := self._line(limits.answer)) == PROGRESS:
            self.deadline += PATIENCE * limits.seconds_a_part
        if not line.endswith(b"\n"):
            raise ValueError("the answer has no end")
        return json.loads(line)

    def _line(self, most: int) -> bytes:
        """The next line that it writes after being ready."""
        line = self.pipes[1].readline(most)
        if line == READY and not self.ready:
            self.ready = True
            line = self.pipes[1].readline(most)
        return line

    def fault(self) -> Stopped:
        """Why there is no answer."""
        self.end()
        if _OVERTIME is not None and self.popen.returncode == -_OVERTIME:
            return too_slow(self.task, by_clock=False)
        if self.late:
            return too_slow(self.task, by_clock=True)
        return broken_down(self.task) if self.ready else ended_at_once(self.task)

    def finish(self) -> None:
        """Have it let the document go. It answers with the memory that is still in use, which
        ``is_fit`` reads.
        """
        self._tell(b'{"finish": true}\n')

    def is_fit(self) -> bool:
        """Whether it can take another document; ends it where it can't."""
        self._until(self.task.limits.wall_clock)
        try:
            resident = json.loads(self._line(100))["resident"]
        except (OSError, ValueError, TypeError, KeyError):
            resident = None
        alive = self.popen.poll() is None  # what it said may be its last word
        if alive and isinstance(resident, int) and resident <= MOST_RESIDENT:
            return True
        self.end()
        return False

    def wait_idly(self) -> None:
        """Begin to wait for another document."""
        self._until(IDLE, idle=True)

    def _until(self, seconds: float, *, idle: bool = False) -> None:
        self.idle, self.deadline = idle, time.monotonic() + seconds
        self.changed.set()

    def _tell(self, *parts: bytes) -> None:
        # A child that is gone gives no answer, which says so.
        with contextlib.suppress(OSError, ValueError):
            for part in parts:
                self.pipes[0].write(part)
            self.pipes[0].flush()

    def _watch(self) -> None:
        """End the process when its time is over."""
        while not self.ended:
            self.changed.clear()
            rest = self.deadline - time.monotonic()
            if rest > 0:
                self.changed.wait(rest)
            elif not self.idle:
                self.late = True
                self.popen.kill()
                return
            elif _KEPT.remove(self):
                self.end()
            else:
                # Another thread has just taken it, and is about to say until when.
                self.changed.wait(0.01)

    def end(self) -> None:
        """End the process; it holds nothing that could get lost."""
        self.ended = True
        self.changed.set()
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        _KEPT.every.discard(self)
        for pipe in self.pipes:
            with contextlib.suppress(OSError):
                pipe.close()

    def kill(self) -> None:
        """End the process, at which a thread may be at work."""
        self.ended = True
        self.changed.set()
        with contextlib.suppress(OSError):
            self.popen.kill()

    def disown(self) -> None:
        """Forget the process in a fork of this program: it belongs to the program."""
        for pipe in self.pipes:
            with contextlib.suppress(OSError):
                pipe.close()
        self.popen.returncode = 0


class _Kept:
    """The processes that wait for a document. Taking one off its list is what gives it to a
    thread, and lists do that at once.
    """

    def __init__(self) -> None:
        self.waiting: dict[tuple[str, tuple[str, ...], Limits], list[_Process]] = {}
        self.every: weakref.WeakSet[_Process] = weakref.WeakSet()
        """All that are not ended: those that wait, and those at work."""

        self.open = True

    def _list(self, task: Task) -> list[_Process]:
        return self.waiting.setdefault((task.worker, task.arguments, task.limits), [])

    def take(self, task: Task) -> _Process | None:
        """A process that is fit for the task, or None."""
        processes = self._list(task)
        while processes:
            try:
                process = processes.pop()
            except IndexError:
                return None
            if process.is_fit():
                process.task = task
                return process
        return None

    def put(self, process: _Process) -> None:
        """Keep a process."""
        if not self.open:
            process.end()
            return
        process.wait_idly()
        self._list(process.task).append(process)

    def remove(self, process: _Process) -> bool:
        """Whether the process was still waiting; it no longer is."""
        try:
            self._list(process.task).remove(process)
        except ValueError:
            return False
        return True

    def close(self) -> None:
        """End all, and let none begin from now on."""
        self.open = False
        self.end_all()
        for process in list(self.every):
            process.kill()

    def end_all(self) -> None:
        """End all that wait."""
        for processes in self.waiting.values():
            while processes:
                processes.pop().end()

    def disown_all(self) -> None:
        """Forget all of them in a fork of this program."""
        for processes in self.waiting.values():
            for process in processes:
                process.disown()
        self.waiting.clear()
        self.every.clear()


def end_waiting() -> None:
    """End the processes that wait for a document."""
    _KEPT.end_all()


def end_every() -> None:
    """End all processes, those at work among them; none begins from now on."""
    _KEPT.close()


_KEPT: Final = _Kept()
atexit.register(_KEPT.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_KEPT.disown_all)
