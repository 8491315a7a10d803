"""Measures audits of lists with total rows against their peers: ``python -m benchmarks.lists``;
``--write`` renews docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import auditor
from benchmarks.lists.data import make
from benchmarks.measure import machine
from benchmarks.pages import put_between
from benchmarks.tables.measuring import Measured, measured
from benchmarks.tables.report import duration, size
from benchmarks.tables.tools import CACHE, ROOT, TOOLS, Tool

SIZES: Final = (10_000, 100_000, 1_000_000)
ONE_NAME: Final = 1_000
PAGE: Final = ROOT / "docs" / "benchmarks.md"
BEGIN: Final = "<!-- lists measured: begin -->"
END: Final = "<!-- lists measured: end -->"

_MODULE: Final = "benchmarks.lists"
OF_ROWS: Final = Tool("rows-by-hand", "Polars by hand", f"{_MODULE}.by_hand", arguments=("rows",))
ALL: Final = Tool("by-hand", "Polars by hand", f"{_MODULE}.by_hand", arguments=("all",))


def _ours(key: str, label: str, against: Tool, largest: int = SIZES[-1]) -> Tool:
    name = f"sheet-auditor, {label}"
    module = f"{_MODULE}.ours"
    return Tool(key, name, module, arguments=(key,), largest=largest, ours=True, against=against)


def _peer(key: str, module: str, largest: int = SIZES[-1]) -> Tool:
    """A tool that the benchmark of tables measures too, with the versions that it pins there."""
    (tool,) = [tool for tool in TOOLS if tool.key == key]
    module = f"{_MODULE}.{module}"
    return Tool(f"{key}-lists", tool.label, module, tool.packages, largest=largest, against=ALL)


LISTS: Final = (
    _ours("rows", "rules on single rows alone", OF_ROWS),
    _ours("all", "a default run", ALL),
    _ours("objects", "a default run, findings as objects too", ALL, largest=10_000),
    _peer("dataframely", "dataframely_schemas"),
    _peer("pointblank", "pointblank_steps"),
    _peer("pandera", "pandera_checks"),
    _peer("great-expectations", "gx_suites", 100_000),
)


def folder_of(rows: int, *, one_name: bool = False) -> Path:
    """The folder of a list, made anew at each call: that takes a second."""
    folder = CACHE / "data" / f"list-{rows}{'-one-name' if one_name else ''}"
    return make(folder, rows, one_name=one_name)


def main() -> None:
    """Measure, print, and renew the page where asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lists", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ROWS")
    parser.add_argument("--tools", nargs="+", choices=[tool.key for tool in LISTS])
    parser.add_argument("--rounds", type=int, help="how often each runs")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    chosen = parser.parse_args()
    tools = [tool for tool in LISTS if not chosen.tools or tool.key in chosen.tools]
    results = {rows: measured(tools, rows, chosen.rounds, folder_of(rows)) for rows in chosen.sizes}
    objects = [tool for tool in tools if tool.key == "objects"]
    folder = folder_of(ONE_NAME, one_name=True)
    one_name = measured(objects, ONE_NAME, chosen.rounds, folder) if objects else {}
    here = f"{datetime.now(UTC):%Y-%m-%d}, sheet-auditor {auditor.__version__}, {machine()}"
    page = f"{here}\n\n{markdown(tools, results)}{_one_name(one_name)}"
    print(page)
    if chosen.write:
        put_between(PAGE, BEGIN, END, page)


def markdown(tools: Sequence[Tool], results: Mapping[int, Mapping[str, Measured]]) -> str:
    """The ratios of all tools, what a default run costs against rules on single rows, and memory
    at the largest size.
    """
    sizes = sorted(results)
    lines = [
        f"| tool | {' | '.join(map(size, sizes))} | MB at {size(sizes[-1])} |",
        f"|---|{'---|' * (len(sizes) + 1)}",
    ]
    for tool in tools:
        measures = [results[one].get(tool.key) for one in sizes]
        cells = [_cell(measure) for measure in measures]
        peak = f"{measures[-1].peak_mb:,.0f}" if measures[-1] else "—"
        version = f" ({tool.version})" if tool.version else ""
        label = f"**{tool.label}**" if tool.ours else f"{tool.label}{version}"
        lines.append(f"| {label} | {' | '.join(cells)} | {peak} |")
    for one in sizes:
        rows, everything = results[one].get("rows"), results[one].get("all")
        if rows and everything:
            ratio = everything.seconds.median / rows.seconds.median
            lines.append(
                f"\nA default run over {size(one)} rows takes {ratio:.1f} times as long as the "
                "rules on single rows alone."
            )
    return "\n".join(lines)


def _cell(measure: Measured | None) -> str:
    if measure is None:
        return "—"
    places = 1 if measure.ratio.median < 9.95 else 0
    return f"{measure.ratio.median:.{places}f} ({duration(measure.seconds.median)})"


def _one_name(results: Mapping[str, Measured]) -> str:
    measure = results.get("objects")
    if measure is None:
        return ""
    took = duration(measure.seconds.median)
    return (
        f"\n\nA list of {ONE_NAME:,} rows of one name, findings as objects: {took}, "
        f"{measure.peak_mb:,.0f} MB."
    )


if __name__ == "__main__":
    main()
