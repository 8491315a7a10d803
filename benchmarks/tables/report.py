"""What was measured, as tables and a plot for docs/benchmarks.md."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.tables.measuring import Measured
from benchmarks.tables.tools import BASELINE, BASELINE_FILES, TOOLS, Tool

__all__ = ["markdown", "plot"]

Results = Mapping[int, Mapping[str, Measured]]
"""What was measured, by sheet-years and tool."""
PEERS: Final = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#7f7f7f")
OURS: Final[tuple[Any, ...]] = ("-", "--", "-.", ":", (0, (1, 4)))
_SHORT: Final = {1_000: "k", 1_000_000: "M"}


def size(sheet_years: int) -> str:
    """10000 as 10 k."""
    factor = max(factor for factor in (1, *_SHORT) if factor <= sheet_years)
    return f"{sheet_years / factor:,.4g} {_SHORT.get(factor, '')}".strip()


def duration(seconds: float) -> str:
    """Two or three digits, in the unit that shows them."""
    if seconds >= 1:
        return f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{1000 * seconds:.0f} ms" if seconds >= 0.01 else f"{1000 * seconds:.1f} ms"


class Row(NamedTuple):
    """One line of the table and of the plot."""

    key: str
    label: str
    tool: Tool


def rows_of(tools: Iterable[Tool]) -> list[Row]:
    """A row for each tool, those for the parts of its work before it."""
    return [
        row
        for tool in tools
        for row in (
            *(Row(part, label, tool) for part, label in tool.parts.items()),
            Row(tool.key, _named(tool), tool),
        )
    ]


def markdown(results: Results) -> str:
    """The ratios of all tools with tables in memory, finding objects, and the runs from files."""
    sizes = sorted(results)
    widest = 1_000_000 if 1_000_000 in sizes else sizes[-1]
    lines = [
        f"| tool | {' | '.join(size(one) for one in sizes)} | MB at {size(widest)} |",
        f"|---|{'---|' * (len(sizes) + 1)}",
    ]
    for row in rows_of(
        (BASELINE, *(tool for tool in TOOLS if not tool.files and tool.key != "objects"))
    ):
        found = [results[one].get(row.key) for one in sizes]
        if any(found):
            cells = [_cell(row.tool, one) for one in found]
            peak = results[widest].get(row.key) if row.key == row.tool.key else None
            label = f"**{row.label}**" if row.tool.ours else row.label
            lines.append(
                f"| {label} | {' | '.join(cells)} | {f'{peak.peak_mb:,.0f}' if peak else '—'} |"
            )
    lines += _objects(results)
    readers = [tool for tool in (BASELINE_FILES, *TOOLS) if tool.files]
    from_files = [
        (one, tool, results[one][tool.key])
        for one in sizes
        for tool in readers
        if tool.key in results[one]
    ]
    if from_files:
        lines += [
            "",
            "From the files, reading included:",
            "",
            "| tool | sheet-years | ratio (time) | peak MB |",
            "|---|---|---|---|",
        ]
    for one, tool, measured in from_files:
        label = f"**{_named(tool)}**" if tool.ours else _named(tool)
        lines.append(
            f"| {label} | {size(one)} | {_cell(tool, measured)} | {measured.peak_mb:,.0f} |"
        )
    return "\n".join(lines)


def _objects(results: Results) -> list[str]:
    """What it takes to make objects of findings that are there as columns."""
    told: list[str] = []
    for one, tools in sorted(results.items()):
        if "objects" in tools and "audit" in tools:
            took = tools["objects"].seconds.median - tools["audit"].seconds.median
            told.append(
                f"{duration(max(0.0, took) * 1_000 / tools['objects'].pairs)} at {size(one)}"
            )
    return (
        ["", f"A thousand findings as objects, suspects sought: {', '.join(told)} more."]
        if told
        else []
    )


def _named(tool: Tool) -> str:
    return f"{tool.label} ({tool.version})" if tool.version else tool.label


def _cell(tool: Tool, found: Measured | None) -> str:
    if found is None:
        return "—"
    ratio = (
        "1"
        if tool == tool.baseline
        else f"{found.ratio.median:.{1 if found.ratio.median < 9.95 else 0}f}"
    )
    return f"{ratio} ({duration(found.seconds.median)})"


def plot(results: Results, path: Path) -> None:
    """Time per million sheet-years over size as SVG, both axes logarithmic: a line that does not
    rise grows no dearer with more rows.
    """
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "tables",
            "font.family": "sans-serif",
            "font.size": 10,
        }
    )
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    ticker: Any = importlib.import_module("matplotlib.ticker")
    figure, axes = pyplot.subplots(figsize=(9, 5), layout="constrained")
    shown = (tool for tool in TOOLS if not tool.files and tool.key != "objects")
    lines = [
        (row, points)
        for row in rows_of((BASELINE, *shown))
        if row.key != "guard" and (points := _line(results, row))
    ]
    colours, ours = iter(PEERS), iter(OURS)
    for row, points in lines:
        own = (
            {"color": "#c0392b", "linewidth": 2, "linestyle": next(ours)} if row.tool.ours else None
        )
        style = (
            {"color": "black", "linewidth": 2}
            if row.tool == BASELINE
            else own or {"color": next(colours)}
        )
        axes.loglog(
            [at for at, _ in points],
            [took for _, took in points],
            marker="o",
            markersize=4,
            label=row.label,
            **style,
        )
    axes.set_xticks(sorted(results), [size(one) for one in sorted(results)])
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_locator(ticker.NullLocator())
    axes.set_xlabel("sheet-years")
    axes.set_ylabel("seconds per million sheet-years")
    axes.grid(axis="y", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    handles, labels = axes.get_legend_handles_labels()
    order = sorted(range(len(lines)), key=lambda at: -lines[at][1][-1][1])
    axes.legend(
        [handles[at] for at in order],
        [labels[at] for at in order],
        frameon=False,
        loc="center left",
        bbox_to_anchor=(1, 0.5),
    )
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def _line(results: Results, row: Row) -> list[tuple[int, float]]:
    return [
        (one, found.seconds.median * 1_000_000 / one)
        for one in sorted(results)
        if (found := results[one].get(row.key)) is not None
    ]
