"""Runs of rows in a DuckDB relation.

A run are rows of a book that are read one after the other and ascend by their keys. Tables are
mostly written in the order of their keys, but DuckDB's threads write what they join each in its
turn. So a book is one run or a few, and what sorting all rows would tell can be told from where
the runs begin and end.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import polars as pl

from auditor.engines.duckdb_text import quoted

__all__ = ["boundaries", "disjoint", "has_fixed_order", "meeting"]

_MOST: Final = 1_000_000
"""A relation of more runs is in no order."""
_REORDERING: Final = re.compile(
    r"\b(join|group|distinct|union|except|intersect|order|limit|offset|sample|read_\w+)\b", re.I
)
"""What may give rows in another order each time."""


def has_fixed_order(relation: Any) -> bool:
    """Whether a relation's rows come in the same order whenever they are read one by one: those of
    a table, projected or filtered.
    """
    return _REORDERING.search(relation.sql_query()) is None


def boundaries(relation: Any, keys: Sequence[str]) -> Any:
    """The rows of a relation at which its runs begin, and its last row: their keys, ``#key 0`` and
    so on, and the keys of the row before, ``#before 0`` and so on; which they are, ``#begins`` and
    ``#last``. All rows of a run have the same first key. Those of too many runs are cut off.
    """
    here, before = _named("key", keys), _named("before", keys)
    columns = [f"{quoted(key)} as {name}" for key, name in zip(keys, here, strict=True)]
    columns += [
        f"lag({quoted(key)}) over () as {name}" for key, name in zip(keys, before, strict=True)
    ]
    columns.append('lead(true) over () is null as "#last"')
    beside = relation.project(", ".join(columns))
    rows = beside.project(f'*, not coalesce({_ascends(before, here)}, false) as "#begins"')
    return rows.filter('"#begins" or "#last"').limit(_MOST + 1)


def _named(side: str, keys: Sequence[str]) -> list[str]:
    return [quoted(f"#{side} {at}") for at in range(len(keys))]


def _ascends(first: Sequence[str], then: Sequence[str]) -> str:
    """Whether some keys come before others of the same book."""
    ascends = "false"
    for key, next_key in reversed([*zip(first[1:], then[1:], strict=True)]):
        ascends = f"({key} < {next_key} or ({key} = {next_key} and {ascends}))"
    return f"({first[0]} = {then[0]} and {ascends})"


def disjoint(rows: pl.DataFrame) -> pl.DataFrame | None:
    """The runs that have some boundaries, in the order of their keys: ``#first 0`` and so on of the
    row that a run begins with, ``#last 0`` and so on of the one that it ends with.

    None where two share keys, where a key is null, or where they are too many. So no two rows of
    disjoint runs are alike.
    """
    keys = [name for name in rows.columns if name.startswith("#key ")]
    before = [name.replace("#key", "#before") for name in keys]
    begins = rows.filter("#begins")
    if rows.height > _MOST or any(begins[key].null_count() for key in keys):
        return None
    # A run ends before the next one begins; before the first row there is none.
    ends = [begins.select(before).drop_nulls(), rows.filter("#last").select(keys)]
    first, last = ([f"#{side} {at}" for at in range(len(keys))] for side in ("first", "last"))
    sides = [
        begins.select(keys).rename(dict(zip(keys, first, strict=True))),
        pl.concat([end.rename(dict(zip(end.columns, last, strict=True))) for end in ends]),
    ]
    runs = pl.concat([side.sort(pl.all()) for side in sides], how="horizontal")
    overlapping = runs.select(
        turned=_comes_before(map(pl.col, last), map(pl.col, first)).any(),
        met=(~_comes_before((pl.col(key).shift() for key in last), map(pl.col, first)))
        .slice(1)
        .any(),
    )
    return None if any(overlapping.row(0)) else runs


def _comes_before(first: Iterable[pl.Expr], then: Iterable[pl.Expr]) -> pl.Expr:
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
