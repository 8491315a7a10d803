"""The six rules in Polars, as an engineer who knows Polars and this one form writes them: bare
pairs of rule and failing row.

Whole numbers throughout, no rounding by floats. What was tried is told in docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.peers.harness import Pair, serve

SOURCES = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
TABLES = ("sheets", "years", "evaluations", "kpis", "kpi_years")
LARGE = 1_000_000
"""From so many sheet-years on, Polars' streaming engine is the faster one."""
Frames = dict[str, pl.LazyFrame]


def load(folder: Path) -> Frames:
    """The tables in memory."""
    return {name: pl.read_parquet(folder / f"{name}.parquet").lazy() for name in TABLES}


def scan(folder: Path) -> Frames:
    """The tables where they lie."""
    return {name: pl.scan_parquet(folder / f"{name}.parquet") for name in TABLES}


def tenths(name: str) -> pl.Expr:
    """A decimal with one place as the whole number that it is stored as."""
    return pl.col(name).to_physical().cast(pl.Int64)


def failing(frames: Frames) -> pl.LazyFrame:
    """The columns ``rule``, ``book``, ``number`` and ``year`` (null for rows of sheets and KPIs)."""
    years, sheets = frames["years"], frames["sheets"]
    parts = [pl.col(f"funding.{source}") for source in SOURCES]
    no_year = pl.lit(None, pl.Int64).alias("year")

    def pairs(
        rule: str, found: pl.LazyFrame, number: str = "sheet", year: pl.Expr | None = None
    ) -> pl.LazyFrame:
        return found.select(
            pl.lit(rule).alias("rule"),
            "book",
            pl.col(number).alias("number"),
            pl.col("year") if year is None else year,
        )

    total = years.filter(
        pl.col("total_cost") != sum((part.fill_null(0) for part in parts), pl.lit(0))
    )
    funding = total.filter(pl.any_horizontal(part.is_not_null() for part in parts))

    # Half up to 1,000 yen, headcounts in tenths and unit costs in thousands.
    staff = years.select(
        "book", "sheet", "year", "staff_cost", tenths("headcount").alias("tenths")
    ).drop_nulls()
    each = (pl.col("staff_cost") * 10 / pl.col("tenths")).filter(pl.col("tenths") > 0)
    usual = ((each.median().over("book", "year") + 500) // 1000).cast(pl.Int64)
    staffed = staff.filter(pl.col("staff_cost") != (pl.col("tenths") * usual + 5) // 10 * 1000)

    evaluated = years.filter(pl.col("year") == pl.col("fiscal_year")).select(
        "book", "sheet", "total_cost", "funding.local_bonds"
    )
    figures = sheets.select(
        "book",
        "sheet",
        "population",
        cost=tenths("cost_per_capita"),
        burden=tenths("bond_burden_per_capita"),
    )
    per_capita = figures.filter(pl.col("population") > 0).join(evaluated, on=["book", "sheet"])

    def quotient(amount: pl.Expr) -> pl.Expr:
        return (20 * amount + pl.col("population")) // (2 * pl.col("population"))

    cost = per_capita.filter(pl.col("cost") != quotient(pl.col("total_cost")))
    burden = per_capita.filter(
        pl.col("burden") != quotient(pl.col("funding.local_bonds").fill_null(0))
    )

    evaluations = frames["evaluations"].filter(pl.col("result").is_not_null())
    ended = evaluations.filter(
        (pl.col("meaning") == "end") & (pl.col("year") < pl.col("fiscal_year"))
    )
    again = evaluations.filter(pl.col("year") == pl.col("fiscal_year")).join(
        ended, on=["book", "sheet"], how="semi"
    )

    due = pl.col("due").str.head(4).cast(pl.Int64) - (
        pl.col("due").str.tail(2).cast(pl.Int64) < 4
    ).cast(pl.Int64)
    declared = frames["kpis"].filter(pl.col("declared_achieved").is_not_null())
    declared = declared.select(
        "book", "kpi", "direction", "declared_achieved", target=tenths("target"), year=due
    )
    actual = frames["kpi_years"].select("book", "kpi", "year", actual=tenths("actual"))
    lower = pl.col("direction") == "lower"
    met = (
        pl.when(lower)
        .then(pl.col("actual") <= pl.col("target"))
        .otherwise(pl.col("actual") >= pl.col("target"))
    )
    flags = declared.join(actual, on=["book", "kpi", "year"]).filter(
        (pl.col("declared_achieved") == "achieved") != met
    )

    return pl.concat(
        [
            pairs("FND001", funding),
            pairs("STF001", staffed),
            pairs("PCC001", cost, year=no_year),
            pairs("PCC002", burden, year=no_year),
            pairs("EVL001", again),
            pairs("KPI001", flags, "kpi", no_year),
        ]
    )


def work(frames: Frames) -> pl.DataFrame:
    """The pairs of tables in memory, by the engine that is the faster for their size."""
    return failing(frames).collect(
        engine="streaming" if height(frames["years"]) >= LARGE else "in-memory"
    )


def stream(frames: Frames) -> pl.DataFrame:
    """The pairs of tables in files, which don't have to fit into memory."""
    return failing(frames).collect(engine="streaming")


def height(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def rows(found: pl.DataFrame) -> list[Pair]:
    return found.select("rule", "book", "number", "year").rows()


if __name__ == "__main__":
    if "files" in sys.argv[2:]:
        serve(scan, stream, rows)
    else:
        serve(load, work, rows)
