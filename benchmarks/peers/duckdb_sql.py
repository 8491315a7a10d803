"""The six rules in SQL, on tables of a DuckDB database in memory: bare pairs of rule and failing
row.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers.harness import Pair, serve

TABLES = ("sheets", "years", "evaluations", "kpis", "kpi_years")
SOURCES = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
PARTS = [f'"funding.{source}"' for source in SOURCES]
TENTHS = "CAST({} * 10 AS BIGINT)"
QUOTIENT = "(20 * {} + population) // (2 * population)"

QUERY = f"""
WITH staff AS (
    SELECT book, sheet, year, staff_cost, {TENTHS.format("headcount")} AS tenths
    FROM years WHERE headcount IS NOT NULL AND staff_cost IS NOT NULL
), unit_costs AS (
    SELECT book, year, CAST(floor((median(staff_cost * 10 / tenths) + 500) / 1000) AS BIGINT) AS cost
    FROM staff WHERE tenths > 0 GROUP BY book, year
), per_capita AS (
    SELECT book, sheet, population, {TENTHS.format("cost_per_capita")} AS cost, {TENTHS.format("bond_burden_per_capita")} AS burden,
        total_cost, coalesce("funding.local_bonds", 0) AS bonds
    FROM sheets JOIN (SELECT book, sheet, total_cost, "funding.local_bonds" FROM years WHERE year = fiscal_year) USING (book, sheet)
    WHERE population > 0
), evaluated AS (
    SELECT book, sheet, year, fiscal_year, meaning FROM evaluations WHERE result IS NOT NULL
), declared AS (
    SELECT book, kpi, direction = 'lower' AS lower, declared_achieved = 'achieved' AS achieved, target,
        CAST(due[:4] AS BIGINT) - CAST(CAST(due[6:] AS BIGINT) < 4 AS BIGINT) AS year
    FROM kpis WHERE declared_achieved IS NOT NULL
)
SELECT 'FND001' AS rule, book, sheet AS number, year FROM years
WHERE total_cost <> {" + ".join(f"coalesce({part}, 0)" for part in PARTS)} AND coalesce({", ".join(PARTS)}) IS NOT NULL
UNION ALL
SELECT 'STF001', book, sheet, year FROM staff JOIN unit_costs USING (book, year) WHERE staff_cost <> (tenths * cost + 5) // 10 * 1000
UNION ALL
SELECT 'PCC001', book, sheet, NULL FROM per_capita WHERE cost <> {QUOTIENT.format("total_cost")}
UNION ALL
SELECT 'PCC002', book, sheet, NULL FROM per_capita WHERE burden <> {QUOTIENT.format("bonds")}
UNION ALL
SELECT 'EVL001', book, sheet, year FROM evaluated SEMI JOIN (
    SELECT book, sheet FROM evaluated WHERE meaning = 'end' AND year < fiscal_year
) AS ended USING (book, sheet) WHERE year = fiscal_year
UNION ALL
SELECT 'KPI001', book, kpi, NULL FROM declared JOIN kpi_years USING (book, kpi, year)
WHERE actual IS NOT NULL AND achieved <> CASE WHEN lower THEN actual <= target ELSE actual >= target END
"""


def load(folder: Path) -> Any:
    """A database that holds the tables."""
    connection = duckdb.connect()
    for name in TABLES:
        connection.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{folder / name}.parquet')"
        )
    return connection


def scan(folder: Path) -> Any:
    """A database that looks into the files."""
    connection = duckdb.connect()
    for name in TABLES:
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder / name}.parquet')"
        )
    return connection


def work(connection: Any) -> Any:
    """The failing pairs as an Arrow table."""
    return connection.sql(QUERY).to_arrow_table()


def rows(found: Any) -> list[Pair]:
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))


if __name__ == "__main__":
    serve(scan if "files" in sys.argv[2:] else load, work, rows)
