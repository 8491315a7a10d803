"""The child process of a guarded reader: takes one document on its standard input and answers questions about it, a line of JSON each."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from typing import IO, Any

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


def serve(reader: Any, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until nobody asks any more."""
    from auditor.forms import Form
    from auditor.readers.guarded import PROGRESS, reading_adapter
    from auditor.readers.source import Source, UnreadableDocument

    def progress() -> None:
        answers.write(PROGRESS)
        answers.flush()

    if hasattr(reader, "progress"):
        reader.progress = progress
    head = json.loads(questions.readline())
    source = Source(head["path"], questions.read(head["size"]))
    for line in questions:
        question = json.loads(line)
        try:
            if question["ask"] == "words":
                answer = {"words": reader.words(source)}
            else:
                form = Form.model_validate_json(question["form"])
                answer = {"reading": reading_adapter().dump_json(reader.read(source, form)).decode()}
        except UnreadableDocument as fault:
            answer = {"unreadable": fault.why.model_dump()}
        except MemoryError:
            answer = {"memory": True}
        except Exception as fault:  # the parent says it in a line; other documents are read all the same
            answer = {"crashed": f"{type(fault).__name__}: {fault}"}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def main() -> None:
    """Run as ``python -m auditor.readers.child module:class seconds memory factor``, the last for the reader's own limits."""
    name, seconds, memory, factor = sys.argv[1:5]
    # Whatever a library prints must not get among the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        limit(float(seconds), int(memory))
        module, _, attribute = name.partition(":")
        reader: Any = getattr(importlib.import_module(module), attribute)()
        if int(factor) > 1:
            reader.raise_limits(int(factor))
        serve(reader, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
