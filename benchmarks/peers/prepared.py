"""What a user of a validation library for Polars prepares: rows with all that a rule needs, and
the rules of single rows.

The libraries say which rows fail a rule over columns of one table; joins and group values are
their users' own.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.peers.harness import Pair

__all__ = ["RULES", "Tables", "load", "prepared", "rows"]

Tables = dict[str, pl.DataFrame]
SOURCES = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
PARTS = [pl.col(f"funding.{source}") for source in SOURCES]


def load(folder: Path) -> Tables:
    names = ("sheets", "years", "evaluations", "kpis", "kpi_years")
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in names}


def _tenths(name: str) -> pl.Expr:
    return pl.col(name).to_physical().cast(pl.Int64)


def prepared(tables: Tables) -> Tables:
    """The tables that ``RULES`` speak of: ``years``, ``per_capita``, ``evaluations``, ``kpis``."""
    frames = {name: frame.lazy() for name, frame in tables.items()}
    usual = (
        (pl.col("staff_cost") * 10 / pl.col("tenths"))
        .filter(pl.col("tenths") > 0)
        .median()
        .over("book", "year")
    )
    years = frames["years"].select(
        "book", "sheet", "year", "total_cost", *PARTS, "staff_cost", tenths=_tenths("headcount")
    )
    years = years.with_columns(unit_cost=((usual + 500) // 1000).cast(pl.Int64))
    evaluated = frames["years"].filter(pl.col("year") == pl.col("fiscal_year"))
    evaluated = evaluated.select(
        "book", "sheet", "total_cost", bonds=pl.col("funding.local_bonds").fill_null(0)
    )
    figures = frames["sheets"].select(
        "book",
        "sheet",
        "population",
        cost=_tenths("cost_per_capita"),
        burden=_tenths("bond_burden_per_capita"),
    )
    per_capita = figures.filter(pl.col("population") > 0).join(evaluated, on=["book", "sheet"])
    judged = frames["evaluations"].filter(pl.col("result").is_not_null())
    before = judged.filter(pl.col("year") < pl.col("fiscal_year")).select(
        "book", "sheet", before="meaning"
    )
    after = judged.filter(pl.col("year") == pl.col("fiscal_year")).select(
        "book", "sheet", "year", "meaning"
    )
    due = pl.col("due").str.head(4).cast(pl.Int64) - (
        pl.col("due").str.tail(2).cast(pl.Int64) < 4
    ).cast(pl.Int64)
    declared = frames["kpis"].filter(pl.col("declared_achieved").is_not_null())
    declared = declared.select("book", "kpi", "direction", "declared_achieved", "target", year=due)
    kpis = declared.join(
        frames["kpi_years"].select("book", "kpi", "year", "actual"), on=["book", "kpi", "year"]
    )
    named = {
        "years": years,
        "per_capita": per_capita,
        "evaluations": after.join(before, on=["book", "sheet"]),
        "kpis": kpis,
    }
    return dict(zip(named, pl.collect_all(named.values()), strict=True))


def _quotient(amount: str) -> pl.Expr:
    return (20 * pl.col(amount) + pl.col("population")) // (2 * pl.col("population"))


_MET = (
    pl.when(pl.col("direction") == "lower")
    .then(pl.col("actual") <= pl.col("target"))
    .otherwise(pl.col("actual") >= pl.col("target"))
)
RULES: dict[str, tuple[str, pl.Expr]] = {
    "FND001": (
        "years",
        (pl.col("total_cost") == pl.sum_horizontal(PARTS))
        | ~pl.any_horizontal(part.is_not_null() for part in PARTS),
    ),
    "STF001": (
        "years",
        pl.col("staff_cost") == (pl.col("tenths") * pl.col("unit_cost") + 5) // 10 * 1000,
    ),
    "PCC001": ("per_capita", pl.col("cost") == _quotient("total_cost")),
    "PCC002": ("per_capita", pl.col("burden") == _quotient("bonds")),
    "EVL001": ("evaluations", pl.col("before") != "end"),
    "KPI001": ("kpis", (pl.col("declared_achieved") == "achieved") == _MET),
}
"""Each rule's table, and what holds for its rows; null where a blank leaves it open."""


def rows(failing: dict[str, pl.DataFrame]) -> list[Pair]:
    """The pairs of each rule's failing rows."""
    found: list[Pair] = []
    for rule, frame in failing.items():
        number = "kpi" if rule == "KPI001" else "sheet"
        year = pl.lit(None, pl.Int64) if rule in ("KPI001", "PCC001", "PCC002") else pl.col("year")
        found += frame.select(pl.lit(rule), "book", number, year.alias("year")).rows()
    return found
