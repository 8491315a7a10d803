"""Measures audits of tables against hand-written Polars that returns bare pairs: ``python -m benchmarks.tables [sheet-years …]``."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Final
from unittest.mock import patch

import polars as pl

from auditor.engines import audit_tables, screened
from auditor.rows import Row, Rows
from auditor.rules import Finding, Rule, RuleSet
from auditor.session import load
from auditor.tables import Tables, to_tables
from auditor.testing.build import book
from benchmarks.measure import machine

CODES: Final = ("EVL001", "FND001", "PCC001", "PCC002", "STF001")
SOURCES: Final = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
Pairs = set[tuple[object, ...]]


def made(sheet_years: int, bad: int = 100) -> Tables:
    """Books of 100 sheets, copied until there are enough, one sheet in ``bad`` with a wrong total and a wrong staff cost."""
    forms = load().forms
    kushiro = forms["kushiro"]
    tables = to_tables(book(100, 7, kushiro, kpis=0), forms)
    copies = pl.DataFrame({"copy": range(1, max(1, sheet_years // 300) + 1)})
    frames: dict[str, pl.DataFrame] = {}
    for name in ("sheets", "years", "evaluations"):
        frame = frame_of(tables, name).join(copies, how="cross")
        # One form and fiscal year is one book: the copies are books of other years, and more sheets of the same.
        shift = pl.col("copy") % 1000 - 200
        year = (
            [(pl.col("year") + shift).alias("year"), (pl.col("year") + shift).cast(pl.String).alias("column")] if name != "sheets" else []
        )
        frames[name] = frame.with_columns(
            *year,
            pl.concat_str(pl.lit("kushiro-"), (pl.col("fiscal_year") + shift).cast(pl.String)).alias("book"),
            (pl.col("fiscal_year") + shift).alias("fiscal_year"),
            (pl.col("sheet") + 100 * (pl.col("copy") // 1000)).alias("sheet"),
            (pl.col("sheet") + 100 * (pl.col("copy") // 1000)).alias("number"),
        ).drop("copy", *(["number"] if name != "sheets" else []))
    wrong = (pl.col("sheet") % bad == bad // 2) & (pl.col("total_cost") > 0) & (pl.col("staff_cost") > 0)
    frames["years"] = frames["years"].with_columns(
        pl.when(wrong).then(pl.col("total_cost") + 9_000_000).otherwise("total_cost").alias("total_cost"),
        pl.when(wrong).then(pl.col("staff_cost") * 2).otherwise("staff_cost").alias("staff_cost"),
    )
    return Tables(**frames)


def frame_of(tables: Tables, name: str) -> pl.DataFrame:
    frame = getattr(tables, name)
    assert isinstance(frame, pl.DataFrame)
    return frame


def by_hand(tables: Tables) -> Pairs:
    """The same five rules as a Polars user would write them for this one form: the failing (rule, row) pairs."""
    years, sheets, evaluations = (frame_of(tables, name).lazy() for name in ("years", "sheets", "evaluations"))
    key = ["book", "sheet", "column"]
    parts = [pl.col(f"funding.{source}") for source in SOURCES]
    printed = pl.any_horizontal(part.is_not_null() for part in parts)
    years = years.with_columns((pl.col("headcount").cast(pl.Float64) * 10).round(0).cast(pl.Int64).alias("tenths"))
    unit = (pl.col("staff_cost") * 10 / pl.col("tenths")).replace([float("inf")], None).median().over("book", "column")
    years = years.with_columns((unit / 1000).round(0).alias("unit"))
    expected = pl.col("tenths") * pl.col("unit") * 100
    staff = years.filter((pl.col("staff_cost") - expected).abs() > 500).select(pl.lit("STF001"), *key)
    funding = years.filter(pl.col("total_cost").is_not_null() & printed & (pl.col("total_cost") != pl.sum_horizontal(parts)))
    evaluated = years.filter(pl.col("year") == pl.col("fiscal_year")).select("book", "sheet", "total_cost", "funding.local_bonds")
    tenth = pl.col("cost_per_capita", "bond_burden_per_capita").cast(pl.Float64) * 20
    per_capita = sheets.select("book", "sheet", pl.col("population"), tenth.round(0).cast(pl.Int64)).join(evaluated, on=["book", "sheet"])
    cost, bonds = pl.col("total_cost") * 20, pl.col("funding.local_bonds").fill_null(0) * 20
    rows: list[pl.LazyFrame] = [staff, funding.select(pl.lit("FND001"), *key)]
    for code, amount, printed_name in (("PCC001", cost, "cost_per_capita"), ("PCC002", bonds, "bond_burden_per_capita")):
        low, high = (pl.col(printed_name) - 1) * pl.col("population"), (pl.col(printed_name) + 1) * pl.col("population")
        wrong = per_capita.filter((amount < low) | (amount >= high))
        rows.append(wrong.select(pl.lit(code), "book", "sheet", pl.lit(None, pl.String).alias("column")))
    before = pl.col("meaning").shift(1).over("book", "sheet")
    changed = evaluations.with_columns(before.alias("before")).filter((pl.col("before") == "end") & pl.col("result").is_not_null())
    rows.append(changed.select(pl.lit("EVL001"), *key))
    return set(pl.concat(rows).collect().rows())


def unsuspected(_rows: Rows, _rules: RuleSet, failed: list[tuple[Finding, Rule, Row]]) -> list[Finding]:
    """The findings without the search for suspects, which is measured apart."""
    return [finding for finding, _, _ in failed]


def seconds(call: Callable[[], object], times: int = 3) -> float:
    """The shortest of a few runs."""
    taken: list[float] = []
    for _ in range(times):
        start = perf_counter()
        call()
        taken.append(perf_counter() - start)
    return min(taken)


def main() -> None:
    session = load()
    rules = RuleSet(rule for rule in session.rules if rule.code in CODES)
    sizes = [int(size) for size in sys.argv[1:]] or [10_000, 100_000]
    print(machine())
    print("| sheet-years | by hand | screening | of hand | audit without suspects | findings |")
    print("|---|---|---|---|---|---|")
    for size in sizes:
        tables = made(size)
        with patch("auditor.suspects.sheets.suspected", unsuspected):
            report = audit_tables(tables, rules, session.forms)
        hand = seconds(functools.partial(by_hand, tables))
        screen = seconds(functools.partial(screened, tables, rules, session.forms))
        with patch("auditor.suspects.sheets.suspected", unsuspected):
            whole = seconds(functools.partial(audit_tables, tables, rules, session.forms), 1)
        pairs = len(by_hand(tables))
        if pairs != len(report.findings):
            raise SystemExit(f"{pairs} pairs by hand, {len(report.findings)} findings: there is nothing to compare")
        print(f"| {size:,} | {hand:.3f} s | {screen:.3f} s | {screen / hand:.1f} × | {whole:.2f} s | {pairs} |")


if __name__ == "__main__":
    main()
