"""Confined work within a program that is a confined place itself, as the worker of a page is.

Nobody limits time and memory here: whoever started the program ends it. Answers go through JSON,
as those of a child process do.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from auditor.files.confined import Task, Worker, broken_down, fields_of, replied

__all__ = ["InPlace"]


def _nobody() -> None:
    """Nobody follows the parts of the work."""


class InPlace:
    """A Confined place: this program. ``progress`` is called for each part that is done."""

    task: Task

    def __init__(self, task: Task, progress: Callable[[], None] = _nobody) -> None:
        self.task, self._progress = task, progress
        self._worker: Worker | None = None
        self._document = "", b""

    def start(self, path: str, data: bytes) -> None:
        """Take a document, with a worker that has had no other."""
        module, _, name = self.task.worker.partition(":")
        self._worker = getattr(importlib.import_module(module), name)(*self.task.arguments)
        self._document = path, data

    def ask(self, question: Mapping[str, str]) -> dict[str, Any]:
        """The worker's answer; raises Stopped for its refusal, or where it gives none."""
        assert self._worker is not None, "no document was started"
        answer = replied(self._worker, *self._document, question, self._progress)
        try:
            return fields_of(json.loads(json.dumps(answer)), self.task)
        except (ValueError, TypeError, RecursionError):
            raise broken_down(self.task) from None

    def end(self) -> None:
        """Let the document go."""
        self._worker, self._document = None, ("", b"")
