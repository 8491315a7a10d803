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
    mine = {rule: each for rule, each in EXPRESSIONS.items() if rule != UNIQUE}
    steps = pb.Validate(table)
    for expression in mine.values():
        steps = steps.col_vals_expr(expression.fill_null(True))
    done = _interrogated(steps, table)
    failing = [
        done.get_data_extracts(i=step, frame=True).select("line", pl.lit(rule).alias("rule"))
        for step, rule in enumerate(mine, 1)
    ]
    rows = table.filter(ROW)
    names = _interrogated(pb.Validate(rows).rows_distinct(columns_subset="name"), rows)
    numbers = names.get_data_extracts(i=1, frame=True)["_row_num_"]
    lines = rows["line"].gather(numbers - 1)
    failing.append(pl.DataFrame({"line": lines}).with_columns(pl.lit(UNIQUE).alias("rule")))
    return pl.concat(failing)


def _interrogated(steps: pb.Validate, table: pl.DataFrame) -> pb.Validate:
    return steps.interrogate(collect_tbl_checked=False, extract_limit=max(1, table.height))


if __name__ == "__main__":
    serve(load, work, pairs)
