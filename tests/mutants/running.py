"""Runs mutants against the tests near them.

A process for each group collects the tests once. It runs them unchanged, and so learns which tests
run each line and how long they take. Each mutant then has a fork of that process, in which its
functions get the changed code and the tests that run the line are run, the quickest first. Where
the line was run before any test began (a constant, a default, what is done when a module is
imported), the fork is one of a process that has not imported the program yet.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import coverage
import pytest

from tests.mutants.changes import Mutant, changed_tree
from tests.mutants.groups import ROOT, Group
from tests.mutants.loading import ChangedModule, change_functions, functions_of, module_name
from tests.mutants.memory import Memory

__all__ = ["Limits", "Result", "run"]

# Fixtures of tests that start other programs, which see no change.
OTHER_PROGRAMS: Final = frozenset({"java", "chromium", "browser", "spark"})
# Asserts stay plain: pytest would rewrite those of the program, too, since it has a plugin of pytest.
OPTIONS: Final = (
    "-q",
    "--assert=plain",
    *("-p", "no:cacheprovider"),
    *("-p", "no:cov"),
    *("-p", "no:xdist"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
NOTHING: Final = "no test runs it"
MOST_FILES: Final = 6
_TOO_LATE: Final = "too late"
"""What ends a run whose change can't be made in functions that are there, and is made anew."""

Answer = dict[str, Any]

lasting: Final = ExitStack()
"""What holds until a process ends."""


@dataclass(frozen=True)
class Limits:
    """How much is run for a mutant. ``seconds`` bounds the tests chosen for one, by the processor
    time that they take unchanged; a test that takes ``factor`` times as long as it did, and
    ``patience`` seconds more, has noticed the change.
    """

    seconds: float = 6
    factor: float = 8
    patience: float = 5


@dataclass(frozen=True)
class Result:
    """What became of a mutant: ``killed`` by a test, by its time or by a crash (``by`` says which),
    or not. ``count`` tests were chosen for it.
    """

    mutant: Mutant
    killed: bool
    by: str
    count: int
    seconds: float


# Forks.


def _silence() -> None:
    """What a fork prints is for nobody."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def _forked(work: Callable[[], Answer], seconds: float) -> Answer | int:
    """The answer of work in a fork of this process; the number of the signal that ended it, if one
    did, and -1 where it took more than ``seconds`` of the clock.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        process = os.fork()
    if process == 0:
        code = 1
        try:
            os.close(reading)
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            _write(writing, work())
            code = 0
        except BaseException:
            _write(writing, {"broken": traceback.format_exc()})
        finally:
            os._exit(code)
    os.close(writing)
    try:
        data = _read(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
    if data is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    if data is None:
        return -1
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    answer: Answer = json.loads(data) if data else {"by": "the program ended"}
    if "broken" in answer:
        raise RuntimeError(answer["broken"])
    return answer


def _write(descriptor: int, answer: Answer) -> None:
    data = json.dumps(answer).encode()
    while data:
        data = data[os.write(descriptor, data) :]


def _read(descriptor: int, until: float) -> bytes | None:
    """All that a fork says; None where it says it too late."""
    parts: list[bytes] = []
    while True:
        ready, _, _ = select.select([descriptor], [], [], max(until - time.monotonic(), 0))
        if not ready:
            return None
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)


# Within pytest.


@dataclass(eq=False)
class _Near:
    """A plugin of pytest: collects the tests of a group, and runs its mutants in place of them."""

    groups: Sequence[Group]
    mutants: Mapping[str, Sequence[Mutant]]
    limits: Limits
    memory: Memory
    tell: Callable[[Answer], None]
    recording: coverage.Coverage
    failed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    tests_of: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    early: dict[str, set[int]] = field(default_factory=dict)
    checked: dict[str, bool] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not OTHER_PROGRAMS & set(_fixtures(item))]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_internalerror(self, excrepr: object) -> None:
        self.tell({"broken": str(excrepr)})

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        files = _files(self.groups)
        # What is imported when it is needed has to be there to be changed.
        for file in files:
            importlib.import_module(module_name(file.relative_to(ROOT).as_posix()))
        self.recording.stop()
        self.items = {item.nodeid: item for item in session.items}
        data = self.recording.get_data()
        self.early = {str(file): set(data.lines(str(file)) or ()) for file in files}
        self.functions = functions_of(files)
        gc.collect()
        gc.freeze()
        self._measure()
        for group in self.groups:
            for mutant in self.mutants[group.name]:
                self.tell(self._run(group, mutant))
        return True

    def _measure(self) -> None:
        """Learns which tests run each line, and how long they take: from memory, or by running
        them.
        """
        new = [name for name in self.items if self.memory.lacks(name)]
        if new:
            answer = _forked(lambda: self._unchanged(new), 7_200)
            assert isinstance(answer, dict), f"the unchanged tests were ended by {answer}"
            self.memory.add(answer["tests"])
            self.memory.save()
        failing = [name for name in self.items if self.memory.tests[name]["failed"]]
        for name, test in self.memory.tests.items():
            if name not in self.items or test["failed"]:
                continue
            self.seconds[name] = test["seconds"]
            for file, lines in test["lines"].items():
                by_line = self.tests_of.setdefault(str(ROOT / file), {})
                for line in lines:
                    by_line.setdefault(line, []).append(name)
        self.tell(
            {
                "failing": failing,
                "tests": len(self.items),
                "new": len(new),
                "all": sum(self.seconds.values()),
            }
        )

    def _unchanged(self, names: Sequence[str]) -> Answer:
        """Tests, unchanged: how long each takes, and which lines each runs."""
        _silence()
        _in_place()
        files = [str(file) for file in _files(self.groups)]
        recording = coverage.Coverage(data_file=None, include=files, config_file=False)
        tests: dict[str, Answer] = {}
        recording.start()
        items = [self.items[name] for name in names]
        for item, following in zip(items, [*items[1:], None], strict=True):
            recording.switch_context(item.nodeid)
            self.failed.clear()
            begin = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            seconds = time.process_time() - begin
            tests[item.nodeid] = {"seconds": seconds, "failed": bool(self.failed), "lines": {}}
        recording.stop()
        data = recording.get_data()
        for file in files:
            for line, contexts in data.contexts_by_lineno(file).items():
                for name in filter(None, contexts):
                    lines = tests[name]["lines"]
                    lines.setdefault(Path(file).relative_to(ROOT).as_posix(), []).append(line)
        return {"tests": tests}

    def _chosen(self, group: Group, mutant: Mutant) -> tuple[list[str], bool]:
        """The tests for a mutant, the quickest first, and whether it is too late to change it
        here. What is made as a module is imported is run by all tests of it: of these come those
        first that run a line with its name, or the nearest where it has none.
        """
        file = str(ROOT / mutant.path)
        first, last = mutant.lines
        lines = range(first, last + 1)
        by_line = self.tests_of.get(file, {})
        names = {name: None for line in lines for name in by_line.get(line, ())}
        is_early = not self.early[file].isdisjoint(lines)
        readers = self._readers_of(group, mutant) if is_early and not names else {}
        names = names or readers
        if is_early and not names:
            # A test may look at what an import made, and run nothing of the module itself.
            near = {_test_file(name) for tests in by_line.values() for name in tests}
            names = {name: None for name in self.seconds if _test_file(name) in near}
        names = {name: None for name in names if name.startswith(group.tests)}
        chosen: list[str] = []
        total = 0.0
        order = {name: group.distance(name) if is_early and not readers else 0 for name in names}
        for name in sorted(names, key=lambda name: (order[name], self.seconds[name], name)):
            total += self.seconds[name]
            if chosen and total > self.limits.seconds:
                break
            chosen.append(name)
        return chosen, is_early

    def _readers_of(self, group: Group, mutant: Mutant) -> dict[str, None]:
        """The tests that run a line of the group's modules with a name that a mutant's statement
        binds.
        """
        bound = {name for name, line in _names_bound(ROOT / mutant.path) if line == mutant.lines[0]}
        names: dict[str, None] = {}
        for file in group.files():
            by_line = self.tests_of.get(str(file), {})
            for name, line in _names_read(file) if bound else ():
                if name in bound:
                    names |= dict.fromkeys(by_line.get(line, ()))
        return names

    def _run(self, group: Group, mutant: Mutant) -> Answer:
        begin = time.monotonic()
        chosen, is_early = self._chosen(group, mutant)
        if not chosen:
            return {
                "mutant": mutant.index,
                "path": mutant.path,
                "killed": False,
                "by": NOTHING,
                "count": 0,
                "time": 0,
            }
        by = _TOO_LATE if is_early else self._noticed(mutant, chosen)
        if by == _TOO_LATE:
            return {
                "mutant": mutant.index,
                "path": mutant.path,
                "early": chosen,
                "limit": sum(self.seconds[c] for c in chosen),
                "count": len(chosen),
            }
        return {
            "mutant": mutant.index,
            "path": mutant.path,
            "killed": by is not None,
            "by": by or "",
            "count": len(chosen),
            "time": time.monotonic() - begin,
        }

    def _noticed(self, mutant: Mutant, names: list[str]) -> str | None:
        """What notices a mutant; a test that fails unchanged when it is run alone is taken out."""
        while True:
            by = self._killer(mutant, names)
            if by not in self.items or self._stands_alone(by):
                return by
            names.remove(by)

    def _killer(self, mutant: Mutant | None, names: Sequence[str]) -> str | None:
        """The first test that fails, or what else ended the run; None where all pass."""
        total = sum(self.seconds[name] for name in names)
        answer = _forked(lambda: self._changed(mutant, names), 120 + 30 * total)
        if isinstance(answer, dict):
            return answer["by"]
        return {-1: "time", signal.SIGPROF: "time"}.get(answer, f"signal {answer}")

    def _changed(self, mutant: Mutant | None, names: Sequence[str]) -> Answer:
        _silence()
        _in_place()
        if mutant is not None:
            file = ROOT / mutant.path
            source = file.read_text("utf-8")
            old = compile(source, str(file), "exec", dont_inherit=True)
            tree = changed_tree(source, mutant.index)
            new = compile(tree, str(file), "exec", dont_inherit=True)
            if not change_functions(old, new, self.functions[str(file)]):
                return {"by": _TOO_LATE}
        items = [self.items[name] for name in names]
        for item, following in zip(items, [*items[1:], None], strict=True):
            limit = self.limits.patience + self.limits.factor * self.seconds[item.nodeid]
            signal.setitimer(signal.ITIMER_PROF, limit)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return {"by": self.failed[0]}
        return {"by": None}

    def _stands_alone(self, name: str) -> bool:
        """Whether a test passes unchanged when no other ran before it."""
        if name not in self.checked:
            self.checked[name] = self._killer(None, [name]) is None
        return self.checked[name]


def _test_file(name: str) -> str:
    """The file of a test."""
    return name.partition("::")[0]


def _fixtures(item: pytest.Item) -> Iterable[str]:
    return getattr(item, "fixturenames", ())


def _in_place() -> None:
    """Documents are read in this program, not in a child of it, which would see no change."""
    from auditor.files import confined
    from auditor.files.confined.in_place import InPlace

    lasting.enter_context(confined.using(InPlace))


def _files(groups: Iterable[Group]) -> list[Path]:
    return [file for group in groups for file in group.files()]


def _collected(
    groups: Sequence[Group],
    mutants: Mapping[str, Sequence[Mutant]],
    limits: Limits,
    memory: Memory,
    writing: int,
) -> None:
    """In a process of its own: the tests of groups are collected, and the mutants are run."""

    def tell(answer: Answer) -> None:
        os.write(writing, json.dumps(answer).encode() + b"\n")

    files = [str(file) for file in _files(groups)]
    recording = coverage.Coverage(data_file=None, include=files, config_file=False)
    recording.start()
    plugin = _Near(groups, mutants, limits, memory, tell, recording)
    base = tempfile.mkdtemp(prefix="mutants-")
    tests = dict.fromkeys(test for group in groups for test in group.tests)
    try:
        code = pytest.main([*OPTIONS, "--basetemp", f"{base}/tests", *tests], plugins=[plugin])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            tell({"broken": f"pytest ended with {code}: are all tests near the code collected?"})
    finally:
        shutil.rmtree(base, ignore_errors=True)


@dataclass(eq=False)
class _Chosen:
    """A plugin of pytest: runs some of the tests, and remembers the first that fails."""

    names: Sequence[str]
    failed: list[str] = field(default_factory=list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        by_name = {item.nodeid: item for item in items}
        items[:] = [by_name[name] for name in self.names if name in by_name]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def _imported_anew(mutant: Mutant | None, names: Sequence[str], limit: float) -> Answer:
    """Runs tests in a process that has not imported the program: what fails first."""
    _silence()
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
    if mutant is not None:
        file = ROOT / mutant.path
        tree = changed_tree(file.read_text("utf-8"), mutant.index)
        sys.meta_path.insert(0, ChangedModule(file, module_name(mutant.path), tree))
    files = list(dict.fromkeys(map(_test_file, names)))
    plugin = _Chosen(names)
    base = tempfile.mkdtemp(prefix="mutants-")
    try:
        code = pytest.main(
            [*OPTIONS, "-x", "--basetemp", f"{base}/tests", *files], plugins=[plugin, _InPlace()]
        )
    except BaseException as fault:
        return {"by": type(fault).__name__}
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return {"by": None if code == 0 else next(iter(plugin.failed), f"exit {int(code)}")}


class _InPlace:
    """A plugin of pytest: documents are read in this program."""

    def pytest_runtestloop(self) -> None:
        _in_place()


@dataclass(eq=False)
class Anew:
    """Runs the mutants that have to be there before the program is imported."""

    limits: Limits
    checked: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def run(self, mutant: Mutant, names: Sequence[str], seconds: float) -> Result:
        begin = time.monotonic()
        files = list(dict.fromkeys(map(_test_file, names)))[:MOST_FILES]
        chosen = [name for name in names if _test_file(name) in files]
        while True:
            by = self._killer(mutant, chosen, seconds)
            if by is None or self._passes(by, chosen, seconds):
                break
            chosen = [name for name in chosen if name != by]
        taken = time.monotonic() - begin
        return Result(mutant, by is not None, by or "", len(chosen), taken)

    def _killer(self, mutant: Mutant | None, names: Sequence[str], seconds: float) -> str | None:
        limit = 30 + self.limits.factor * seconds
        answer = _forked(lambda: _imported_anew(mutant, names, limit), 120 + 30 * seconds)
        if isinstance(answer, dict):
            return answer["by"]
        return {-1: "time", signal.SIGXCPU: "time"}.get(answer, f"signal {answer}")

    def _passes(self, by: str, names: Sequence[str], seconds: float) -> bool:
        """Whether what failed passes unchanged when it is run alone."""
        alone = [by] if by in names else list(names)
        key = tuple(alone) if by in names else (by, *sorted(set(map(_test_file, names))))
        if key not in self.checked:
            self.checked[key] = self._killer(None, alone, seconds) is None
        # What fails unchanged though it is no test can't be taken out.
        return self.checked[key] or by not in names


def run(
    groups: Sequence[Group],
    mutants: Mapping[str, Sequence[Mutant]],
    limits: Limits,
    memory: Memory,
    say: Callable[[str], None],
) -> Iterator[Result]:
    """The results of the mutants of groups, one after the other."""
    by_name = {(m.path, m.index): m for of_group in mutants.values() for m in of_group}
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reading)
            _silence()
            _collected(groups, mutants, limits, memory, writing)
        except BaseException:
            os.write(writing, json.dumps({"broken": traceback.format_exc()}).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(writing)
    anew = Anew(limits)
    try:
        with os.fdopen(reading, encoding="utf-8") as lines:
            for line in lines:
                answer = json.loads(line)
                if "broken" in answer:
                    raise RuntimeError(answer["broken"])
                if "failing" in answer:
                    say(
                        f"{answer['tests']} tests near, {answer['all']:.0f} s of processor time; "
                        f"{answer['new']} were run unchanged"
                    )
                    for name in answer["failing"]:
                        say(f"  not used, for it fails unchanged: {name}")
                    continue
                mutant = by_name[answer["path"], answer["mutant"]]
                if "early" in answer:
                    yield anew.run(mutant, answer["early"], answer["limit"])
                else:
                    yield Result(
                        mutant, answer["killed"], answer["by"], answer["count"], answer["time"]
                    )
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)


@cache
def _names(file: Path) -> tuple[ast.Name, ...]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return tuple(node for node in nodes if isinstance(node, ast.Name))


def _names_bound(file: Path) -> Iterator[tuple[str, int]]:
    """The names that a module binds, each with its line."""
    return ((node.id, node.lineno) for node in _names(file) if isinstance(node.ctx, ast.Store))


def _names_read(file: Path) -> Iterator[tuple[str, int]]:
    """The names that a module reads, each with its line."""
    return ((node.id, node.lineno) for node in _names(file) if isinstance(node.ctx, ast.Load))
