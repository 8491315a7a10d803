"""The tools that are measured: the module that each runs as a process, the environment it lives
in, and how far it is taken.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = ["BASELINE", "BASELINE_FILES", "CACHE", "ROOT", "TOOLS", "Tool", "python_of"]

ROOT: Final = Path(__file__).resolve().parents[2]
CACHE: Final = ROOT / ".bench"
"""Where environments, data and measurements are kept; not under version control."""
_POLARS: Final = "polars==2.1.0"
_ARROW: Final = "pyarrow==26.0.1"


@dataclass(frozen=True)
class Tool:
    """``packages`` are pinned, and installed into an environment of the tool's own; none: it runs
    in the project's environment.

    ``arguments`` follow the folder of the data on its command line. ``files`` are tools that read
    the Parquet files as they work. ``against`` is what it is held against, where that is not the
    hand-written Polars of the tables. ``rounds`` are those of a slow one. ``parts`` are phases of
    its work that are told apart, and what they are called.
    """

    key: str
    label: str
    module: str
    packages: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    smallest: int = 0
    largest: int = 10_000_000
    rounds: int | None = None
    files: bool = False
    ours: bool = False
    against: Tool | None = None
    parts: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def baseline(self) -> Tool:
        """The hand-written Polars that it is held against: where it reads files, so does that."""
        if self.against is not None:
            return self.against
        return BASELINE_FILES if self.files else BASELINE

    @property
    def version(self) -> str:
        """The version of the tool's own package, as pinned."""
        return self.packages[0].partition("==")[2] if self.packages else ""


def _ours(key: str, label: str, engine: str, what: str, **named: Any) -> Tool:
    return Tool(
        key,
        f"sheet-auditor, {label}",
        "benchmarks.tables.ours",
        arguments=(engine, what),
        ours=True,
        **named,
    )


PARTS: Final = {
    "screening": "sheet-auditor, screening alone",
    "columns": "sheet-auditor, findings as columns",
    "guard": "sheet-auditor, keys and cells looked over",
}
_DUCKDB: Final = ("duckdb==2.0.0", _ARROW)
_FROM_FILES: Final = 10_000_000
BASELINE: Final = Tool("by-hand", "Polars by hand", "benchmarks.peers.by_hand")
BASELINE_FILES: Final = Tool(
    "by-hand-files", "Polars by hand", BASELINE.module, arguments=("files",), files=True
)
TOOLS: Final = (
    _ours("audit", "the whole audit", "polars", "columns", parts=PARTS),
    _ours("duckdb-engine", "the whole audit on DuckDB", "duckdb", "columns", largest=1_000_000),
    _ours(
        "spark-engine",
        "the whole audit on Spark",
        "spark",
        "columns",
        smallest=100_000,
        largest=1_000_000,
        rounds=3,
    ),
    _ours(
        "objects",
        "the whole audit, findings as objects too",
        "polars",
        "objects",
        largest=100_000,
        rounds=3,
    ),
    Tool("duckdb", "DuckDB SQL", "benchmarks.peers.duckdb_sql", _DUCKDB),
    Tool(
        "dataframely",
        "dataframely",
        "benchmarks.peers.dataframely_schemas",
        ("dataframely==3.1.2", _POLARS),
    ),
    Tool(
        "pointblank",
        "pointblank",
        "benchmarks.peers.pointblank_steps",
        ("pointblank==1.1.1", _POLARS),
    ),
    Tool(
        "pandera",
        "pandera on Polars",
        "benchmarks.peers.pandera_checks",
        ("pandera[polars]==0.35.0", _POLARS),
    ),
    Tool(
        "great-expectations",
        "Great Expectations",
        "benchmarks.peers.gx_suites",
        ("great-expectations==1.24.1", "pandas==3.1.1", _ARROW),
        largest=100_000,
    ),
    Tool(
        "duckdb-files",
        "DuckDB SQL",
        "benchmarks.peers.duckdb_sql",
        _DUCKDB,
        ("files",),
        smallest=_FROM_FILES,
        files=True,
    ),
    _ours("files", "the whole audit", "polars", "files", smallest=_FROM_FILES, files=True),
)


def python_of(tool: Tool) -> str:
    """The interpreter of a tool's environment, which is made where it is missing or was made of
    other packages.
    """
    if not tool.packages:
        return sys.executable
    folder = CACHE / tool.key.removesuffix("-files").removesuffix("-lists")
    made = folder / "made"
    told = f"{sys.version}\n" + "\n".join(tool.packages)
    python = folder / "bin" / "python"
    if not made.exists() or made.read_text(encoding="utf-8") != told:
        print(f"making an environment with {', '.join(tool.packages)} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [
            str(python),
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            *tool.packages,
        ]
        subprocess.run(pip, check=True, stdin=subprocess.DEVNULL)
        made.write_text(told, encoding="utf-8")
    return str(python)
