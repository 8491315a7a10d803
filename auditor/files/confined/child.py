"""The child process: it takes one document and answers questions about it, one a line of JSON."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import time
from typing import IO

from auditor.files.confined import PROGRESS, Worker
from auditor.records.errors import CodedError

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


def serve(worker: Worker, part: float, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until nobody asks any more; each part that is done earns ``part`` seconds."""

    def progress() -> None:
        more_time(part)
        answers.write(PROGRESS)
        answers.flush()

    head = json.loads(questions.readline())
    data = questions.read(head["size"])
    for line in questions:
        try:
            answer = worker.answer(head["path"], data, json.loads(line), progress)
        except MemoryError:
            answer = {"memory": True}
        except Exception as fault:
            # The parent reports it in a line; other documents are worked on all the same.
            answer = (
                {"refused": fault.message.model_dump()}
                if isinstance(fault, CodedError)
                else {"crashed": f"{type(fault).__name__}: {fault}"}
            )
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def main() -> None:
    """Run as ``python -m auditor.files.confined.child seconds seconds_a_part memory module:class
    argument …``.
    """
    seconds, part, memory, name, *arguments = sys.argv[1:]
    # Whatever a library prints must not get among the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        limit_time(float(seconds) - time.process_time())
        limit_memory(int(memory))
        module, _, attribute = name.partition(":")
        worker: Worker = getattr(importlib.import_module(module), attribute)(*arguments)
        serve(worker, float(part), sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
