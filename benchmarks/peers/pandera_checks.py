"""The six rules as checks of pandera schemas on Polars: what a lazy validation raises tells which
rows failed which check.
"""

from __future__ import annotations

from typing import Any, cast

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrors

from benchmarks.peers.harness import serve
from benchmarks.peers.prepared import RULES, Tables, load, prepared, rows


def _check(rule: str, expression: pl.Expr) -> pa.Check:
    def holds(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(expression.fill_null(True))

    return pa.Check(cast(Any, holds), name=rule)


def schema(name: str) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        checks=[
            _check(rule, expression) for rule, (table, expression) in RULES.items() if table == name
        ]
    )


SCHEMAS = {name: schema(name) for name in dict.fromkeys(table for table, _ in RULES.values())}


def work(tables: Tables) -> dict[str, pl.DataFrame]:
    """The failing rows of each rule."""
    failing: dict[str, pl.DataFrame] = {}
    for name, frame in prepared(tables).items():
        try:
            SCHEMAS[name].validate(frame, lazy=True)
        except SchemaErrors as failed:
            for error in cast(list[Any], failed.schema_errors):
                failing[error.check.name] = frame.filter(~error.check_output.to_series())
    return failing


if __name__ == "__main__":
    serve(load, work, rows)
