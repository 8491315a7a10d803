"""Rows that a DuckDB table holds in order, or in runs, are told apart as sorting would."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.engines import DuckDbEngine, Engine
from auditor.engines.keys import CODE, OWNER

pytest.importorskip("duckdb")
AT = "#at"
TYPES = {CODE: pl.Int64, OWNER: pl.Int64, AT: pl.Int64, "value": pl.Int64}
Row = tuple[int, int | None, int, int | None]


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Rows of a few books in order, cut into pieces that are laid in any order; some with keys
    that occur twice, or that are null.
    """
    keys = st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(0, 3))
    rows: list[Row] = [
        (code, code * 10 + owner, at, draw(st.none() | st.integers(0, 99)))
        for code, owner, at in sorted(draw(st.sets(keys, max_size=20)))
    ]
    ends = sorted(draw(st.sets(st.integers(0, len(rows)), max_size=4)) | {0, len(rows)})
    pieces = [rows[start:end] for start, end in pairwise(ends)]
    rows = [row for piece in draw(st.permutations(pieces)) for row in piece]
    if rows and draw(st.integers(0, 3)) == 0:
        rows.insert(draw(st.integers(0, len(rows))), draw(st.sampled_from(rows)))
    if rows and draw(st.integers(0, 5)) == 0:
        rows.append((rows[0][0], None, 0, 1))
    return pl.DataFrame(rows, schema=TYPES, orient="row")


@given(tables(), st.sampled_from([-2, -1, 1, 2]))
def test_a_row_is_moved_as_a_window_moves_it(table: pl.DataFrame, step: int) -> None:
    if table.select(OWNER, AT).is_duplicated().any():
        return  # which of equal rows comes first nobody knows; their books are not sound
    engine = DuckDbEngine()
    columns = {"moved value": "value", "moved place": AT}
    frame = engine.kept(engine.frame(table))
    moved = engine.moved(frame, [OWNER], AT, step, columns)
    expected = Engine.moved(engine, frame, [OWNER], AT, step, columns)
    assert rows_of(engine, moved) == rows_of(engine, expected)


def rows_of(engine: Engine, frame: nw.LazyFrame[Any]) -> list[tuple[Any, ...]]:
    """The rows of a frame in an order of their own."""
    table = engine.collected(frame).select(*TYPES, "moved value", "moved place")
    return sorted(table.rows(), key=repr)


@given(tables())
def test_rows_in_order_are_not_alike(table: pl.DataFrame) -> None:
    engine = DuckDbEngine()
    keys = table.select(CODE, OWNER, AT)
    (in_order,) = engine.in_order([engine.frame(keys)])
    assert not (in_order and keys.is_duplicated().any())
    assert in_order or keys.height == 0 or not keys.equals(keys.unique().sort(pl.all()))


@given(tables(), tables())
def test_strays_are_found_by_the_first_row_of_each(
    rows: pl.DataFrame, others: pl.DataFrame
) -> None:
    engine = DuckDbEngine()
    strays = engine.collected(engine.strays(engine.frame(rows), engine.frame(others), OWNER))
    expected = rows.join(others.drop_nulls(OWNER), on=OWNER, how="anti")
    assert set(strays[OWNER]) == set(expected[OWNER])
