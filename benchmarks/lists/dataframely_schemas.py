"""The rules on lists as rules of a dataframely schema. Its own way to look at groups of rows are
windows of Polars, as the hand-written ones; these come before the rules.
"""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl

from benchmarks.lists.by_hand import EXPRESSIONS, load, pairs, prepared
from benchmarks.peers.harness import serve


class Grants(dy.Schema):
    line = dy.Int64(nullable=False)
    name = dy.String(nullable=False)
    programme = dy.String(nullable=False)
    total = dy.Int64(nullable=True)
    grant = dy.Int64(nullable=True)
    own = dy.Int64(nullable=True)
    rate = dy.Int64(nullable=True)
    expected_total = dy.Int64(nullable=True)
    expected_grant = dy.Int64(nullable=True)
    count = dy.UInt32(nullable=True)

    @dy.rule()
    def LST001(cls) -> pl.Expr:
        return EXPRESSIONS["LST001"]

    @dy.rule()
    def LST002(cls) -> pl.Expr:
        return EXPRESSIONS["LST002"]

    @dy.rule()
    def LST003(cls) -> pl.Expr:
        return EXPRESSIONS["LST003"]

    @dy.rule()
    def LST004(cls) -> pl.Expr:
        return EXPRESSIONS["LST004"]

    @dy.rule()
    def LST005(cls) -> pl.Expr:
        return EXPRESSIONS["LST005"]


def work(folder: Path) -> pl.DataFrame:
    """The failing pairs of rule and line."""
    _, failures = Grants.filter(prepared(folder).collect())
    details = failures.details()
    return pl.concat(
        details.filter(pl.col(rule) == "invalid").select("line", pl.lit(rule).alias("rule"))
        for rule in EXPRESSIONS
    )


if __name__ == "__main__":
    serve(load, work, pairs)
