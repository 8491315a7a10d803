"""Runs of rows in a DuckDB relation.

A run are rows of a book that are read one after the other and ascend by their keys. Tables are
mostly written in the order of their keys, but DuckDB's threads write what they join each in its
turn. So a book is one run or a few, and what sorting all rows would tell can be told from where
the runs begin and end.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from auditor.engines.duckdb_text import quoted

__all__ = ["boundaries", "disjoint", "meeting", "with_neighbours"]

_MOST: Final = 1_000_000
"""A relation of more runs is in no order."""


def with_neighbours(relation: Any, keys: Sequence[str], also: Sequence[str] = ()) -> Any:
    """The relation with the keys of the rows before and after each, and ``#before 0`` and ``#after
    0`` and so on, and whether a run begins or ends with it, ``#begins`` and ``#ends``; all rows
    of a run have the same first key. ``also`` are further columns, in SQL.
    """
    before = [quoted(f"#before {at}") for at in range(len(keys))]
    after = [quoted(f"#after {at}") for at in range(len(keys))]
    here = [quoted(key) for key in keys]
    pairs = [*zip(here, before, after, strict=True)]
    neighbours = [f"lag({key}) over () as {name}" for key, name, _ in pairs]
    neighbours += [f"lead({key}) over () as {name}" for key, _, name in pairs]
    beside = relation.project(", ".join(["*", *neighbours, *also]))
    return beside.project(
        f'*, not coalesce({_ascends(before, here)}, false) as "#begins", '
        f'not coalesce({_ascends(here, after)}, false) as "#ends"'
    )


def _ascends(first: Sequence[str], then: Sequence[str]) -> str:
    """Whether some keys come before others of the same book."""
    ascends = "false"
    for key, next_key in reversed([*zip(first[1:], then[1:], strict=True)]):
        ascends = f"({key} < {next_key} or ({key} = {next_key} and {ascends}))"
    return f"({first[0]} = {then[0]} and {ascends})"


def boundaries(relation: Any, keys: Sequence[str]) -> Any:
    """The rows of a relation ``with_neighbours`` at which its runs begin and end: whether they
    do, and their keys, ``#key 0`` and so on. Those of too many runs are cut off.
    """
    columns = ", ".join(f'{quoted(key)} as "#key {at}"' for at, key in enumerate(keys))
    rows = relation.filter('"#begins" or "#ends"').project(f'"#begins", "#ends", {columns}')
    return rows.limit(2 * _MOST + 1)


def disjoint(rows: pl.DataFrame) -> pl.DataFrame | None:
    """The runs that have some boundaries, in the order of their keys: ``#first 0`` and so on of the
    row that a run begins with, ``#last 0`` and so on of the one that it ends with.

    None where two share keys, where a key is null, or where they are too many. So no two rows of
    disjoint runs are alike.
    """
    keys = [name for name in rows.columns if name.startswith("#key ")]
    if rows.height > 2 * _MOST or any(rows[key].null_count() for key in keys):
        return None
    sides = [
        rows.filter(side)
        .select(pl.col(key).alias(f"#{name} {at}") for at, key in enumerate(keys))
        .sort(pl.all())
        for side, name in (("#begins", "first"), ("#ends", "last"))
    ]
    runs = pl.concat(sides, how="horizontal")
    first, last = (
        [pl.col(f"#{side} {at}") for at in range(len(keys))] for side in ("first", "last")
    )
    overlapping = runs.select(
        turned=_comes_before(last, first).any(),
        met=(~_comes_before([key.shift() for key in last], first)).slice(1).any(),
    )
    return None if any(overlapping.row(0)) else runs


def _comes_before(first: Sequence[pl.Expr], then: Sequence[pl.Expr]) -> pl.Expr:
    """Whether some keys come before others."""
    pairs = reversed([*zip(first, then, strict=True)])
    return functools.reduce(
        lambda ascends, pair: (pair[0] < pair[1]) | ((pair[0] == pair[1]) & ascends),
        pairs,
        pl.lit(False),
    )


def meeting(runs: pl.DataFrame, alike: int) -> pl.DataFrame:
    """Where a run ends and the next one begins with rows that have their first ``alike`` keys in
    common: ``#first 0`` and so on of the one, ``#last 0`` and so on of the row before it.
    """
    last = [name for name in runs.columns if name.startswith("#last ")]
    pairs = runs.with_columns(pl.col(name).shift() for name in last)
    same = [pl.col(f"#first {at}") == pl.col(f"#last {at}") for at in range(alike)]
    return pairs.filter(pl.all_horizontal(same))
