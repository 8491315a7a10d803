"""The page of what a run came to: ``docs/mutants.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.mutants.changes import Mutant
from tests.mutants.running import Result

__all__ = ["Run", "page"]

_OPENING = """\
# Mutants of the code

A mutant is the program with one small change: another comparison, a bound that is one more or less, a condition that always holds, an
argument, an element or a statement left out. If the tests near the code still pass, nobody would notice that slip. The mutant survives.

`make mutants` draws mutants of the modules that decide what a figure is, what a rule answers and what is reported, and runs the tests near
them. It writes this page. [Reliability](reliability.md) has the other two numbers of this kind.

Docstrings, annotations, messages for people, assertions and decorators are left alone. A mutant that no test could notice, because the
program does the same with it, is *equivalent*. These are named, with the reason, in `tests/mutants/equivalents.toml`, and count neither
way. A test that takes far longer than it did, or a program that ends, has noticed the mutant, too.
"""

_MEANING = """\
**Drawn** mutants are as many of each group as of every other, as far as it has them. **Killed** are those that a test near the code
noticed, among those that are not equivalent.
"""


@dataclass(frozen=True)
class Run:
    """One run: its options, how many mutants each group could have, the results by group, and the
    equivalents that were drawn, with their reasons.
    """

    command: str
    tests: int
    possible: Mapping[str, int]
    results: Mapping[str, Sequence[Result]]
    equivalent: Mapping[str, Sequence[tuple[Mutant, str]]]

    def survivors(self) -> list[Result]:
        results = [result for values in self.results.values() for result in values]
        return sorted(
            (result for result in results if not result.killed),
            key=lambda result: (result.mutant.path, result.mutant.line, result.mutant.index),
        )


def share(killed: int, count: int) -> str:
    """A share in per cent, never rounded up."""
    return f"{killed * 1000 // count / 10:.1f} %" if count else "–"


def _cell(text: str) -> str:
    """Code as a cell of a table."""
    escaped = text.replace("|", "\\|")
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{escaped}{ticks}"


def _table(run: Run) -> list[str]:
    lines = [
        "| group | possible | drawn | equivalent | killed | survived | score |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    sums = [0, 0, 0, 0]
    for name, results in run.results.items():
        killed = sum(result.killed for result in results)
        equal = len(run.equivalent[name])
        counts = [run.possible[name], len(results) + equal, equal, killed]
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        lines.append(_row(name, counts))
    return [*lines, _row("**all**", sums)]


def _row(name: str, counts: Sequence[int]) -> str:
    possible, drawn, equal, killed = counts
    judged = drawn - equal
    cells = (possible, drawn, equal, killed, judged - killed, share(killed, judged))
    return f"| {name} | {' | '.join(str(cell) for cell in cells)} |"


def _changes(entries: Sequence[tuple[Mutant, str]], last: str) -> list[str]:
    lines = [f"| module, line | function | change | {last} |", "|---|---|---|---|"]
    for mutant, note in entries:
        name = mutant.path.removeprefix("auditor/")
        change = f"{_cell(mutant.old)} → {_cell(mutant.new)}"
        function = _cell(mutant.function) if mutant.function else ""
        lines.append(f"| {name}:{mutant.line} | {function} | {change} | {note} |")
    return lines


def page(runs: Sequence[Run]) -> str:
    """The page of one or more runs."""
    parts = [_OPENING]
    for run in runs:
        survivors = [
            (result.mutant, result.by or f"{result.count} tests run it")
            for result in run.survivors()
        ]
        equal = [entry for entries in run.equivalent.values() for entry in entries]
        parts.append(f"## {run.command}\n\n{_MEANING}")
        parts.append("\n".join(_table(run)) + "\n")
        if survivors:
            parts.append("### Survivors\n\n" + "\n".join(_changes(survivors, "tests")) + "\n")
        if equal:
            parts.append("### Equivalent\n\n" + "\n".join(_changes(equal, "why")) + "\n")
    return "\n".join(parts)
