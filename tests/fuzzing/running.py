"""Runs the command in a worker: a fork of this process, which takes one case after the other and
is replaced when it dies, hangs, has grown large or has had enough of them.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from auditor.auditing.session import load
from auditor.files.confined import using
from auditor.files.confined.in_place import InPlace
from auditor.shipped import format_named
from tests.fuzzing.model import Case, End, Outcome

__all__ = ["Runner"]

_MOST_CASES: Final = 200
_PROCESSOR_SECONDS: Final = 25
_WALL_SECONDS: Final = 300
"""Generous: a busy machine is no fault. What hangs uses up its processor time, or this."""
_MEMORY: Final = 4 << 30
_GROWN: Final = 1 << 30
"""A worker that has grown so large, as readers do that work in it without their limits, would fail
over the next case.
"""


class Runner:
    """Runs cases, each in an empty folder, which is its current one. ``plugins`` are loaded before
    the workers are forked, so that each of them has them.
    """

    def __init__(self, plugins: Sequence[str] = ()) -> None:
        for plugin in plugins:
            load((plugin,))
        for name in load().reports:
            format_named(name)
        self._folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        self._context: Any = multiprocessing.get_context("fork")
        self._process: Any = None
        self._pipe: Connection | None = None
        self._cases = 0
        self.replaced = 0
        """How many workers died or were ended before their time."""

    def run(self, case: Case, *, apart: bool = True) -> Outcome:
        """What the program does with a case. Its readers work in child processes, or unless they
        are to be ``apart`` in the worker itself, which takes less time.
        """
        folder = self._folder / "case"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in case.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        end, code = self._ended(folder, case.words, apart=apart)
        return Outcome(
            end,
            code,
            _bytes(self._folder / "out"),
            _bytes(self._folder / "err"),
            _written(folder, case.files),
        )

    def _ended(self, folder: Path, words: Sequence[str], *, apart: bool) -> tuple[End, int | None]:
        if self._process is None or self._cases >= _MOST_CASES:
            self._start()
        assert self._pipe is not None
        self._cases += 1
        end: End = "hang"
        try:
            self._pipe.send((str(folder), list(words), apart))
            if self._pipe.poll(_WALL_SECONDS):
                code, kibibytes = self._pipe.recv()
                if kibibytes << 10 > _GROWN:
                    self._end()
                return "ended", code
        except (EOFError, OSError):
            self._process.join(5)
            end = "hang" if self._process.exitcode == -signal.SIGPROF else "died"
        self.replaced += 1
        self._end()
        return end, None

    def _start(self) -> None:
        self._end()
        self._pipe, other = self._context.Pipe()
        arguments = (other, self._pipe, str(self._folder))
        self._process = self._context.Process(target=_work, args=arguments, daemon=False)
        self._process.start()
        other.close()
        self._cases = 0

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(5)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process = None

    def close(self) -> None:
        """End the worker and remove its folder."""
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _written(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that were made, and the inputs that are others now."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and files.get(name) != (content := path.read_bytes()):
            found[name] = content
    return found


def _work(pipe: Connection, others: Connection, folder: str) -> None:
    """Take cases until nobody sends any more."""
    from auditor.cli.main import main

    others.close()  # or the end of the fuzzer would never be heard
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 # nobody answers
    os.dup2(sys.stdin.fileno(), 0)
    outputs = [Path(folder, "out"), Path(folder, "err")]
    while True:
        try:
            place, words, apart = pipe.recv()
        except EOFError:
            break
        os.chdir(place)
        for number, path in enumerate(outputs, 1):
            with path.open("wb") as stream:
                os.dup2(stream.fileno(), number)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        signal.setitimer(signal.ITIMER_PROF, _PROCESSOR_SECONDS)
        code: object = None
        place_of_readers = contextlib.nullcontext() if apart else using(InPlace)
        with contextlib.suppress(BaseException), place_of_readers:
            code = main(words)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.flush()
        sys.stderr.flush()
        pipe.send((code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    from auditor.files.confined.process import end_waiting

    end_waiting()
    os._exit(0)
