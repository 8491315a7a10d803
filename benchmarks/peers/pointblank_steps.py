"""The six rules as steps of pointblank validations: each step keeps the rows that failed it."""

from __future__ import annotations

import pointblank as pb
import polars as pl

from benchmarks.peers.harness import serve
from benchmarks.peers.prepared import RULES, Tables, load, prepared, rows


def work(tables: Tables) -> dict[str, pl.DataFrame]:
    """The failing rows of each rule."""
    failing: dict[str, pl.DataFrame] = {}
    for name, frame in prepared(tables).items():
        mine = {rule: expression for rule, (table, expression) in RULES.items() if table == name}
        steps = pb.Validate(frame)
        for expression in mine.values():
            steps = steps.col_vals_expr(expression.fill_null(True))
        done = steps.interrogate(collect_tbl_checked=False, extract_limit=max(1, frame.height))
        failing |= {
            rule: done.get_data_extracts(i=step, frame=True) for step, rule in enumerate(mine, 1)
        }
    return failing


if __name__ == "__main__":
    serve(load, work, rows)
