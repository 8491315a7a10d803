"""Holds tools against hand-written Polars at one size: the same failing pairs first, then runs in
turn, each divided by its neighbour.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.measure import Spread
from benchmarks.tables.data import make
from benchmarks.tables.process import Process, Run
from benchmarks.tables.tools import CACHE, Tool

__all__ = ["Measured", "data", "measured"]

EXAMPLES: Final = 3


class Measured(NamedTuple):
    """One tool, or one part of its work, at one size. ``ratio`` is to the hand-written Polars
    that ran before each of its runs.
    """

    shortest: float
    seconds: Spread
    ratio: Spread
    peak_mb: float
    pairs: int

    @classmethod
    def of(
        cls, seconds: Sequence[float], ratios: Sequence[float], peak_mb: float, pairs: int
    ) -> Measured:
        return cls(min(seconds), Spread.of(seconds), Spread.of(ratios), peak_mb, pairs)

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Measured:
        spreads: dict[str, Any] = {name: Spread(*told[name]) for name in ("seconds", "ratio")}
        return cls(**{**told, **spreads})


def data(sheet_years: int) -> Path:
    """The folder of the tables of a size, made anew where the maker has changed."""
    folder = CACHE / "data" / str(sheet_years)
    made, maker = (
        folder / "made",
        Path(str(sys.modules[make.__module__].__file__)).read_text(encoding="utf-8"),
    )
    if not made.exists() or made.read_text(encoding="utf-8") != maker:
        print(f"making tables of {sheet_years:,} sheet-years …", file=sys.stderr)
        make(folder, sheet_years)
        made.write_text(maker, encoding="utf-8")
    return folder


def rounds_of(sheet_years: int) -> int:
    """How often a tool runs: small sizes are soon done, and need it more."""
    return (
        25
        if sheet_years <= 10_000
        else 15
        if sheet_years <= 100_000
        else 9
        if sheet_years <= 1_000_000
        else 3
    )


def measured(
    tools: Sequence[Tool],
    sheet_years: int,
    rounds: int | None = None,
    folder: Path | None = None,
) -> dict[str, Measured]:
    """Every tool that goes to this size, by key; on the tables of the size, or other data in a
    ``folder``. Raises SystemExit where one does not find the baseline's pairs.
    """
    folder = folder or data(sheet_years)
    chosen = [tool for tool in tools if tool.smallest <= sheet_years <= tool.largest]
    result: dict[str, Measured] = {}
    by_hand: dict[str, list[Run]] = {}
    for tool in chosen:
        print(f"{sheet_years:,} sheet-years: {tool.label} …", file=sys.stderr)
        with Process(tool.baseline, folder) as baseline, Process(tool, folder) as process:
            expected = found(baseline)
            agreed(tool, found(process), expected)
            turns = [
                (baseline.run(), process.run())
                for _ in range(rounds or tool.rounds or rounds_of(sheet_years))
            ]
        peak = max(run.peak_mb for _, run in turns)
        times = {tool.key: [run.seconds for _, run in turns]} | {
            part: [run.phases[part] for _, run in turns] for part in tool.parts
        }
        for key, seconds in times.items():
            ratios = [took / run.seconds for took, (run, _) in zip(seconds, turns, strict=True)]
            result[key] = Measured.of(seconds, ratios, peak, len(expected))
        before = by_hand.setdefault(tool.baseline.key, [])
        before += [run for run, _ in turns]
        peak = max(run.peak_mb for run in before)
        result[tool.baseline.key] = Measured.of(
            [run.seconds for run in before], [1.0] * len(before), peak, len(expected)
        )
    return result


def found(process: Process) -> set[str]:
    """The pairs of a first run, which is not timed: it compiles, and fills what a tool keeps."""
    process.run()
    with tempfile.TemporaryDirectory() as folder:
        return process.pairs(Path(folder) / "pairs")


def agreed(tool: Tool, pairs: set[str], expected: set[str]) -> None:
    """Raises SystemExit where the pairs differ, with a few of them: what is not the same work is
    not compared.
    """
    if pairs == expected:
        return
    lines = [
        f"{tool.key} does not find what hand-written Polars finds, so there is nothing to compare:"
    ]
    for what, some in (("it alone finds", pairs - expected), ("it misses", expected - pairs)):
        if some:
            shown = "; ".join(pair.replace("\t", " ") for pair in sorted(some)[:EXAMPLES])
            lines.append(f"  {what} {len(some):,}: {shown}")
    raise SystemExit("\n".join(lines))
