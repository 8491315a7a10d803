"""What every tool's process does: it reads the tables, then works when it is told to, and says
how long each time took.

The process is told by lines on its standard input: ``run``, or ``pairs`` and a file that the
failing pairs of the last run go to. It answers each with a line of JSON. Standard library only:
it runs in environments that hold one tool.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TypeVar

__all__ = ["Pair", "serve"]

T = TypeVar("T")
R = TypeVar("R")

Pair = tuple[str, str, int, int | None]
"""A rule, and the row that fails it: book, number of the sheet or KPI, and the year of a row that
has one.
"""


def serve(
    load: Callable[[Path], T],
    work: Callable[[T], R],
    pairs: Callable[[R], Iterable[Pair]],
    phases: Callable[[R], Mapping[str, float]] = lambda result: {},
) -> None:
    """Serve one tool: ``load`` and ``pairs`` are not timed, ``work`` is; ``phases`` are the
    seconds of its parts, where it tells them.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a tool prints is no answer
    loaded = load(Path(sys.argv[1]))
    result: R | None = None
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        command, _, path = line.rstrip("\n").partition(" ")
        if command == "run":
            result = None
            gc.collect()
            start = perf_counter()
            result = work(loaded)
            seconds = perf_counter() - start
            told: dict[str, object] = {
                "seconds": seconds,
                "peak_mb": _peak(os.getpid()),
                "phases": dict(phases(result)),
            }
        elif command == "pairs" and result is not None:
            lines = sorted(
                "\t".join("" if part is None else str(part) for part in pair)
                for pair in pairs(result)
            )
            Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            told = {"pairs": len(lines)}
        else:
            raise SystemExit(f"not understood: {line!r}")
        print(json.dumps(told), file=answers, flush=True)


def _peak(process: int) -> float:
    """The most memory (MB) that a process and those that it started ever had, each at its own
    time; 0 where no system tells.
    """
    folder = Path("/proc") / str(process)
    try:
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        children = {
            int(child)
            for task in (folder / "task").iterdir()
            for child in (task / "children").read_text().split()
        }
    except OSError:  # it has just ended, or there is no such folder
        return 0.0
    return int(status.get("VmHWM", "0 kB").split()[0]) / 1024 + sum(
        _peak(child) for child in children
    )
