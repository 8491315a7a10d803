"""The rules on lists as hand-written Polars: the baseline of every ratio.

``python -m benchmarks.lists.by_hand FOLDER WHAT``: the rules on single rows (``rows``), or all.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.lists.data import written
from benchmarks.peers.harness import Pair, serve

__all__ = ["EXPRESSIONS", "load", "pairs", "prepared", "work"]

TOTAL = pl.col("name") == "Total"
SUBTOTAL = pl.col("name").str.starts_with("Subtotal")
ROW = ~(TOTAL | SUBTOTAL)
EXPRESSIONS = {
    "LST001": pl.col("total") == pl.col("grant") + pl.col("own"),
    "LST002": pl.col("rate")
    == (2_000 * pl.col("grant") + pl.col("total")) // (2 * pl.col("total")),
    "LST003": pl.col("total") == pl.col("expected_total"),
    "LST004": pl.col("grant") == pl.col("expected_grant"),
    "LST005": pl.col("count") == 1,
}
"""What each rule says of a prepared row; unknown where it is not for that row."""
OF_ROWS = ("LST001", "LST002")


def load(folder: Path) -> Path:
    """The folder: reading the file is part of the work, as it is of an audit's."""
    return folder


def prepared(folder: Path) -> pl.LazyFrame:
    """The rows of a list with what their total should be, and how often their name comes."""
    expected: dict[str, pl.Expr] = {}
    for name in ("total", "grant"):
        amount = pl.when(ROW).then(name)
        expected[f"expected_{name}"] = (
            pl.when(TOTAL).then(amount.sum()).when(SUBTOTAL).then(amount.sum().over("programme"))
        )
    count = pl.when(ROW).then(pl.len().over("name"))
    return written(folder).lazy().with_columns(**expected, count=count)


def work(folder: Path, rules: tuple[str, ...] = tuple(EXPRESSIONS)) -> pl.DataFrame:
    """The failing pairs of rule and line."""
    rows = written(folder).lazy() if rules == OF_ROWS else prepared(folder)
    failing = [
        rows.filter(~EXPRESSIONS[rule]).select(pl.lit(rule).alias("rule"), "line") for rule in rules
    ]
    return pl.concat(failing).collect()


def pairs(failing: pl.DataFrame) -> list[Pair]:
    return [(rule, "", line, None) for rule, line in failing.select("rule", "line").rows()]


def main() -> None:
    rules = OF_ROWS if sys.argv[2:] == ["rows"] else tuple(EXPRESSIONS)
    serve(load, lambda folder: work(folder, rules), pairs)


if __name__ == "__main__":
    main()
