"""How a speed is measured: pairs of whole processes in turn, or calls in this process, medians
and middle halves of both.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple, TypeVar

__all__ = ["Spread", "machine", "on_one_core", "ratio", "seconds"]

T = TypeVar("T")


class Spread(NamedTuple):
    """The median of several measurements, and the quartiles around it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if len(values) == 1:  # quartiles take two
            return cls(*values, *values, *values)
        return cls(*quantiles(values, n=4, method="inclusive"))


def ratio(
    command: Sequence[str],
    against: Sequence[str],
    *,
    pairs: int = 15,
    exits: Collection[int] = (0,),
) -> Spread:
    """How many times as long ``command`` takes as ``against``: a machine that slows down slows
    both runs of a pair.
    """
    _run(command, exits)  # the first runs compile modules and fill the disk's cache
    _run(against, (0,))
    return Spread.of([_run(command, exits) / _run(against, (0,)) for _ in range(pairs)])


def _run(command: Sequence[str], exits: Collection[int]) -> float:
    start = perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    taken = perf_counter() - start
    if done.returncode not in exits:
        sys.stderr.buffer.write(done.stderr)
        raise SystemExit(
            f"exit code {done.returncode}, so there is nothing to time: {' '.join(command[3:])}"
        )
    return taken


def seconds(call: Callable[[T], object], over: Sequence[T]) -> Spread:
    """How long ``call`` takes for each of the values, in this process."""

    def timed(value: T) -> float:
        start = perf_counter()
        call(value)
        return perf_counter() - start

    return Spread.of([timed(value) for value in over])


def on_one_core() -> None:
    """Keep this process to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def machine() -> str:
    """The machine and its Python in a line, without names that tell whose it is."""
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
    processor = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text().splitlines()
            if line.startswith("model name")
        ]
        processor = models[0] if models else processor
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores ({processor or 'unnamed'}){memory}, {python}"
