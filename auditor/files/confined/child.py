"""The child process: takes one document on its standard input and answers questions about it, a
line of JSON each.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from typing import IO

from auditor.files.confined import PROGRESS, Worker
from auditor.records.text import Why

__all__ = ["main"]


def limit(seconds: float, memory: int) -> None:
    """Have the system enforce what it can; the parent keeps the time in any case."""
    with contextlib.suppress(ImportError):
        import resource

        for kind, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, int(20 * seconds) + 60),  # for a child whose parent is gone
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(OSError, ValueError):
                _, hard = resource.getrlimit(kind)
                most = most if hard == resource.RLIM_INFINITY else min(most, hard)
                resource.setrlimit(kind, (most, most))


def serve(worker: Worker, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until nobody asks any more."""

    def progress() -> None:
        answers.write(PROGRESS)
        answers.flush()

    head = json.loads(questions.readline())
    data = questions.read(head["size"])
    for line in questions:
        try:
            answer = worker.answer(head["path"], data, json.loads(line), progress)
        except MemoryError:
            answer = {"memory": True}
        except (
            Exception
        ) as fault:  # the parent says it in a line; other documents are worked on all the same
            why = getattr(fault, "why", None)
            answer = (
                {"refused": why.model_dump()}
                if isinstance(why, Why)
                else {"crashed": f"{type(fault).__name__}: {fault}"}
            )
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def main() -> None:
    """Run as ``python -m auditor.files.confined.child seconds memory module:class argument …``."""
    seconds, memory, name, *arguments = sys.argv[1:]
    # Whatever a library prints must not get among the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        limit(float(seconds), int(memory))
        module, _, attribute = name.partition(":")
        worker: Worker = getattr(importlib.import_module(module), attribute)(*arguments)
        serve(worker, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
