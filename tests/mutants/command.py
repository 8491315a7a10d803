"""The command: draws mutants, runs them, and says what became of them."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final

from tests.mutants.changes import Mutant, mutants_of
from tests.mutants.equivalents import equivalents, outdated
from tests.mutants.groups import GROUPS, ROOT, Group
from tests.mutants.memory import Memory
from tests.mutants.page import Run, page, share
from tests.mutants.running import Limits, Result, run

__all__ = ["drawn", "main"]

# Imported before any fork, so that no fork has to.
LIBRARIES: Final = (
    "duckdb",
    "hypothesis.strategies",
    "jinja2",
    "narwhals",
    "openpyxl",
    "pandera.polars",
    "polars",
    "pydantic",
    "pypdf",
    "pypdfium2",
    "xlrd",
    "xlsxwriter",
)


def _rank(mutant: Mutant, seed: int) -> str:
    """Where a mutant stands in the order of a seed: by its code, not by its line."""
    name = repr((seed, mutant.key, mutant.nth))
    return hashlib.sha256(name.encode()).hexdigest()


def drawn(
    mutants: Mapping[str, Sequence[Mutant]], seed: int, count: int
) -> dict[str, list[Mutant]]:
    """Mutants by group, as evenly as groups have them, drawn by a seed."""
    ranked = {
        name: sorted(values, key=lambda mutant: _rank(mutant, seed))
        for name, values in mutants.items()
    }
    sizes = dict.fromkeys(ranked, 0)
    while sum(sizes.values()) < count:
        growing = [name for name, values in ranked.items() if sizes[name] < len(values)]
        if not growing:
            break
        for name in growing[: count - sum(sizes.values())]:
            sizes[name] += 1
    return {name: values[: sizes[name]] for name, values in ranked.items()}


def _all_mutants(groups: Iterable[Group]) -> dict[str, list[Mutant]]:
    return {
        group.name: [mutant for file in group.files() for mutant in mutants_of(file, ROOT)]
        for group in groups
    }


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    names = [group.name for group in GROUPS]
    add = parser.add_argument
    add("--seed", type=int, default=1, help="which mutants are drawn")
    add("--count", type=int, default=660, help="how many are drawn")
    add("--seconds", type=float, default=3_600, help="no mutant is begun later")
    add("--groups", nargs="*", choices=names, default=names, metavar="GROUP", help=", ".join(names))
    add("--function", default="", help="only mutants of functions with this in their names")
    add("--memory", type=Path, help="a file to keep what the unchanged tests run, for the next run")
    add("--page", type=Path, help="the page to write")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: 0 where it came to its end, whatever survived; 2 where the list of
    equivalents names what is not there.
    """
    options = _arguments(arguments)
    begin = time.monotonic()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    groups = [group for group in GROUPS if group.name in options.groups]
    possible = _all_mutants(groups)
    reasons = equivalents()
    modules = {mutant.path for mutants in possible.values() for mutant in mutants}
    of_modules = {key: reason for key, reason in reasons.items() if key[0] in modules}
    if old := outdated(of_modules, chain.from_iterable(possible.values())):
        for key in old:
            _say(f"equivalents.toml: there is no such change any more: {' · '.join(key)}")
        return 2
    candidates = {
        name: [mutant for mutant in mutants if options.function in mutant.function]
        for name, mutants in possible.items()
    }
    chosen = drawn(candidates, options.seed, options.count)
    equal = {
        name: [(mutant, reasons[mutant.key]) for mutant in mutants if mutant.key in reasons]
        for name, mutants in chosen.items()
    }
    to_run = {
        name: [mutant for mutant in mutants if mutant.key not in reasons]
        for name, mutants in chosen.items()
    }
    _import_libraries()
    memory = Memory.of([file for group in groups for file in group.files()], options.memory)
    group_of = {mutant.path: name for name, mutants in possible.items() for mutant in mutants}
    results: dict[str, list[Result]] = {group.name: [] for group in groups}
    for result in run(groups, to_run, Limits(), memory, _say):
        results[group_of[result.mutant.path]].append(result)
        _say(_line(result))
        if time.monotonic() - begin > options.seconds:
            _say("the time is up: the other mutants are not run")
            break
    command = f"make mutants SEED={options.seed} COUNT={options.count}"
    counts = {name: len(mutants) for name, mutants in possible.items()}
    outcome = Run(command, len(memory.tests), counts, results, equal)
    for name, values in results.items():
        killed = sum(result.killed for result in values)
        _say(f"{name}: {killed} of {len(values)}, {share(killed, len(values))}")
    _say(f"{time.monotonic() - begin:.0f} s")
    if options.page is not None:
        options.page.write_text(page([outcome]), "utf-8")
    return 0


def _import_libraries() -> None:
    """Once, before any fork."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in LIBRARIES:
            with suppress(ImportError):
                importlib.import_module(name)


def _line(result: Result) -> str:
    mutant = result.mutant
    state = "killed  " if result.killed else "SURVIVED"
    place = f"{mutant.path}:{mutant.line} {mutant.function}"
    by = result.by or f"{result.count} tests"
    return f"{state} {result.seconds:5.1f} s  {place}: {mutant.old} → {mutant.new}  [{by}]"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
