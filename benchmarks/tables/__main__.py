"""Measures audits of tables against their peers: ``python -m benchmarks.tables``; ``--write``
renews docs/benchmarks.md and its plot.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import auditor
from benchmarks.measure import machine
from benchmarks.pages import put_between
from benchmarks.tables.measuring import Measured, measured
from benchmarks.tables.report import markdown, plot
from benchmarks.tables.tools import CACHE, ROOT, TOOLS

SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
PAGE: Final = ROOT / "docs" / "benchmarks.md"
PLOT: Final = ROOT / "docs" / "benchmarks-tables.svg"
BEGIN: Final = "<!-- tables measured: begin -->"
END: Final = "<!-- tables measured: end -->"
KEPT: Final = CACHE / "measured.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=SIZES,
        metavar="SHEET-YEARS",
        help="how large the tables are",
    )
    parser.add_argument(
        "--tools",
        nargs="+",
        choices=[tool.key for tool in TOOLS],
        metavar="TOOL",
        help="some of the tools: %(choices)s",
    )
    parser.add_argument(
        "--rounds", type=int, help="how often each runs (more often where that is soon done)"
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="renew docs/benchmarks.md and its plot by what was measured, now and before",
    )
    chosen = parser.parse_args()
    here = f"sheet-auditor {auditor.__version__}, polars {version('polars')}{_version('duckdb')}{_version('pyspark')}, {machine()}"
    kept = _kept(here)
    tools = [tool for tool in TOOLS if not chosen.tools or tool.key in chosen.tools]
    for size in chosen.sizes:
        kept[size] = kept.get(size, {}) | measured(tools, size, chosen.rounds)
        told = {
            str(one): {key: found._asdict() for key, found in tools.items()}
            for one, tools in kept.items()
        }
        KEPT.write_text(json.dumps({"machine": here, "sizes": told}, indent=1), encoding="utf-8")
    shown = f"{datetime.now(UTC):%Y-%m-%d}, {here}\n\n{markdown(kept)}"
    print(shown)
    if chosen.write:
        put_between(
            PAGE, BEGIN, END, f"{shown}\n\n![time per million sheet-years over size]({PLOT.name})"
        )
        plot(kept, PLOT)


def _version(package: str) -> str:
    try:
        return f", {package} {version(package)}"
    except PackageNotFoundError:
        return ""


def _kept(here: str) -> dict[int, dict[str, Measured]]:
    """What earlier runs measured on this machine with the same versions: sizes may be run one by
    one.
    """
    if not KEPT.exists():
        return {}
    told: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    if told["machine"] != here:
        return {}
    return {
        int(size): {key: Measured.of_json(found) for key, found in tools.items()}
        for size, tools in told["sizes"].items()
    }


if __name__ == "__main__":
    main()
