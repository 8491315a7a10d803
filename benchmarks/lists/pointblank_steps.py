"""The rules on lists as steps of a pointblank validation. That names come once is a step of
pointblank's own; sums over rows have none, and are joined to the rows before.
"""

from __future__ import annotations

from pathlib import Path

import pointblank as pb
import polars as pl

from benchmarks.lists.by_hand import EXPRESSIONS, ROW, load, pairs, prepared
from benchmarks.peers.harness import serve

UNIQUE = "LST005"


def work(folder: Path) -> pl.DataFrame:
    """The failing pairs of rule and line."""
    table = prepared(folder).collect()
    steps = pb.Validate(table)
    for rule, expression in EXPRESSIONS.items():
        if rule != UNIQUE:
            steps = steps.col_vals_expr(expression.fill_null(True))
    steps = steps.rows_distinct(columns_subset="name", pre=lambda rows: rows.filter(ROW))
    done = steps.interrogate(collect_tbl_checked=False, extract_limit=max(1, table.height))
    failing = [
        done.get_data_extracts(i=step, frame=True).select("line", pl.lit(rule).alias("rule"))
        for step, rule in enumerate(EXPRESSIONS, 1)
    ]
    return pl.concat(failing)


if __name__ == "__main__":
    serve(load, work, pairs)
