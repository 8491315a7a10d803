"""The rules on lists as hand-written Polars: the baseline of every ratio.

``python -m benchmarks.lists.by_hand FOLDER WHAT``: the rules on single rows (``rows``), or all.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.peers.harness import Pair, serve

__all__ = ["EXPRESSIONS", "FILE", "OF_ROWS", "load", "pairs", "prepared", "work", "written"]

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
FILE = "grants.parquet"
"""What a list is called in its folder."""


def load(folder: Path) -> Path:
    """The folder: reading the file is part of the work, as it is of an audit's."""
    return folder


def written(folder: Path) -> pl.DataFrame:
    """The list of a folder, with its lines from 1 and amounts that tools compare: rates in
    tenths of a per cent.
    """
    frame = pl.read_parquet(folder / FILE)
    return frame.select(
        pl.int_range(1, pl.len() + 1).alias("line"),
        pl.col("Project").alias("name"),
        pl.col("Programme").alias("programme"),
        pl.col("Total cost").alias("total"),
        pl.col("Grant").alias("grant"),
        pl.col("Own funds").alias("own"),
        (pl.col("Rate") * 10).cast(pl.Int64).alias("rate"),
    )


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
