"""Audits of tables by this project as a process like its peers': the shipped rules as they are,
by one of the engines.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final, cast
from unittest.mock import patch

import polars as pl

from auditor.auditing import tables as tabular
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import Engine, engine_named
from auditor.rules.ruleset import RuleSet
from auditor.tables.findings import FindingFile
from benchmarks.peers.harness import Pair, serve
from benchmarks.tables.data import TABLES, written

__all__ = ["CODES", "Audit", "audited", "pairs"]

CODES: Final = ("EVL001", "FND001", "KPI001", "PCC001", "PCC002", "STF001")
OF_A_YEAR: Final = ("EVL001", "FND001", "STF001")


# What an audit calls for each part of the books, by phase: which books and documents there are,
# keys, references and the soundness of every cell; what the rules say of rows. Findings as
# columns are all that an audit does but the former.
PHASES: Final = {
    "guard": (
        "sources_of",
        "all_with_keys",
        "_spans",
        "_of_books",
        "_in_memory",
        "keyed",
        "prepared",
        "_outlines",
    ),
    "screening": ("screened",),
}


@dataclass
class Audit:
    """One audit's report and findings as columns: it takes the place of the file that they are
    written to.
    """

    report: Report = field(default_factory=lambda: Report(documents=()))
    columns: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    phases: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PHASES, 0.0))

    def write(self, frame: pl.DataFrame) -> None:
        self.columns.append(frame)

    @contextmanager
    def watched(self) -> Generator[None, None, None]:
        """Adds up the seconds that the audit's phases take."""
        with ExitStack() as patches:
            for phase, names in PHASES.items():
                for name in names:
                    patches.enter_context(
                        patch.object(tabular, name, self._timed(phase, getattr(tabular, name)))
                    )
            yield

    def _timed(self, phase: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            start = perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                self.phases[phase] += perf_counter() - start

        return timed


def audited(tables: Any, engine: Engine, most: int | None) -> Audit:
    """Every finding as columns, and ``most`` of them (all, for None) as objects with what is
    suspected.
    """
    session = load()
    rules = RuleSet(rule for rule in session.rules if rule.code in CODES)
    audit = Audit()
    written_to = cast(FindingFile, audit)
    start = perf_counter()
    with audit.watched():
        audit.report = audit_tables(
            tables,
            rules,
            session.forms,
            AuditOptions(engine=engine, max_findings=most, findings=written_to),
        )
    audit.phases["columns"] = perf_counter() - start - audit.phases["guard"]
    if audit.report.not_checked:
        raise SystemExit(f"not everything was checked: {audit.report.not_checked[0]}")
    return audit


def pairs(audit: Audit) -> list[Pair]:
    """The pairs of an audit's findings; as many as its outcomes count, or it stops."""
    year = pl.when(pl.col("rule").is_in(OF_A_YEAR)).then(pl.col("year")).cast(pl.Int64)
    found = [
        pair
        for frame in audit.columns
        for pair in frame.select("rule", "book", pl.coalesce("sheet", "kpi"), year).iter_rows()
    ]
    counted = sum(outcomes["fail"] for outcomes in audit.report.outcomes.values())
    if len(found) != counted:
        raise SystemExit(f"{counted} rows fail, and {len(found)} findings tell of them")
    return found


def in_memory(folder: Path) -> Any:
    """Frames of Polars."""
    return written(folder)


def in_duckdb(folder: Path, engine: Any) -> Any:
    """Tables of the engine's database."""
    for name in TABLES:
        engine.connection.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{folder / name}.parquet')"
        )
    return {name: engine.connection.table(name) for name in TABLES}


def in_spark(folder: Path, engine: Any) -> Any:
    """Frames that Spark holds in its memory."""
    frames = {
        name: engine.session.read.parquet(f"{folder / name}.parquet").cache() for name in TABLES
    }
    for frame in frames.values():
        frame.count()
    return frames


def main() -> None:
    """Serve ``folder engine what``: the engine's name, and ``columns``, ``objects`` or ``files``."""
    name, what = sys.argv[2:4]
    engine = engine_named(name, "local[2]" if name == "spark" else None)

    def tables(folder: Path) -> Any:
        if what == "files":
            return [folder]
        return (
            in_memory(folder)
            if name == "polars"
            else in_duckdb(folder, engine)
            if name == "duckdb"
            else in_spark(folder, engine)
        )

    serve(
        tables,
        partial(audited, engine=engine, most=None if what == "objects" else 0),
        pairs,
        lambda audit: audit.phases,
    )


if __name__ == "__main__":
    main()
