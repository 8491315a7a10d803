"""The rules on lists as checks of a pandera schema on Polars. That names come once is a check of
pandera's own; sums over rows have none, and are joined to the rows before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrors

from benchmarks.lists.by_hand import EXPRESSIONS, ROW, load, pairs, prepared
from benchmarks.peers.harness import serve

UNIQUE = "LST005"


def _check(rule: str, expression: pl.Expr) -> pa.Check:
    def holds(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(expression.fill_null(True))

    return pa.Check(cast(Any, holds), name=rule)


SUMS = pa.DataFrameSchema(
    checks=[_check(rule, each) for rule, each in EXPRESSIONS.items() if rule != UNIQUE]
)
NAMES = pa.DataFrameSchema({"name": pa.Column(pl.String, unique=True)})


def work(folder: Path) -> pl.DataFrame:
    """The failing pairs of rule and line."""
    failing: list[pl.DataFrame] = []
    table = prepared(folder).collect()
    for schema, rows in ((SUMS, table), (NAMES, table.filter(ROW))):
        try:
            schema.validate(rows, lazy=True)
        except SchemaErrors as failed:
            for error in cast(list[Any], failed.schema_errors):
                rule = error.check.name if schema is SUMS else UNIQUE
                lines = rows.filter(~error.check_output.to_series()).select("line")
                failing.append(lines.with_columns(pl.lit(rule).alias("rule")))
    return pl.concat(failing)


if __name__ == "__main__":
    serve(load, work, pairs)
