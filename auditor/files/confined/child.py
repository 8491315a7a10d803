"""The child process: it takes documents and answers questions about them, one a line of JSON."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from auditor.files.confined import PROGRESS, READY, Worker, replied
from auditor.files.memory import all_loaded

__all__ = ["main"]


def limit_time(seconds: float) -> None:
    """Have the system end this process once it has used ``seconds`` more of processor time, all of
    its threads together. Where there is no such timer (on Windows), the parent's clock serves.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, max(seconds, 1e-6))  # 0 would stop the timer


def more_time(seconds: float) -> None:
    """As much more processor time for this process."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, signal.getitimer(signal.ITIMER_PROF)[0] + seconds)


def limit_memory(memory: int) -> None:
    """Have the system refuse more memory, where it can, and write no image of a crash."""
    with contextlib.suppress(ImportError):
        import resource

        for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
            with contextlib.suppress(OSError, ValueError):
                _, hard = resource.getrlimit(kind)
                most = most if hard == resource.RLIM_INFINITY else min(most, hard)
                resource.setrlimit(kind, (most, most))


def resident() -> int:
    """The bytes of memory in use, or 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


class _Service:
    """Answers questions about one document after the other. Each has ``seconds`` of processor
    time, and each part that is done earns ``part`` more.
    """

    def __init__(
        self, make: Callable[[], Worker], seconds: float, part: float, answers: IO[bytes]
    ) -> None:
        self.make, self.seconds, self.part, self.answers = make, seconds, part, answers

    def run(self, questions: IO[bytes]) -> None:
        """Answer until nobody asks any more."""
        worker, path, data = self.make(), "", b""
        self._tell(READY)
        for line in questions:
            message = json.loads(line)
            if "document" in message:
                limit_time(self.seconds)
                path, data = message["document"], questions.read(message["size"])
            elif "finish" in message:
                # A worker that has had a document must not see another one.
                worker, path, data = self.make(), "", b""
                self._tell(json.dumps({"resident": resident()}).encode() + b"\n")
            else:
                self._tell(self._answer(worker, path, data, message))

    def _answer(self, worker: Worker, path: str, data: bytes, question: Mapping[str, str]) -> bytes:
        answer = replied(worker, path, data, question, self._progress)
        return json.dumps(answer).encode() + b"\n"

    def _progress(self) -> None:
        more_time(self.part)
        self._tell(PROGRESS)

    def _tell(self, line: bytes) -> None:
        self.answers.write(line)
        self.answers.flush()


def main() -> None:
    """Run as ``python -m auditor.files.confined.child seconds seconds_a_part memory module:class
    argument …``.
    """
    seconds, part, memory, name, *arguments = sys.argv[1:]
    # Whatever a library prints must not get among the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        limit_memory(int(memory))
        module, _, attribute = name.partition(":")
        kind = getattr(importlib.import_module(module), attribute)
        all_loaded()

        def make() -> Worker:
            worker: Worker = kind(*arguments)
            return worker

        _Service(make, float(seconds), float(part), answers).run(sys.stdin.buffer)


if __name__ == "__main__":
    main()
