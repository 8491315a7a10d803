"""The engine Polars: tables are audited in this process, with all its cores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import narwhals as nw
import polars as pl

from auditor.engines.engine import TRIPLE, Engine, Frame, named
from auditor.engines.expressions import Expressions
from auditor.records.errors import WrongArgument
from auditor.tables.cells import ROW, inner, steps_of

__all__ = ["AS_WRITTEN", "PolarsEngine"]

T = TypeVar("T")
_AT_A_TIME: Final = 1_200_000
AS_WRITTEN: Final = pl.QueryOptFlags(comm_subexpr_elim=False, comm_subplan_elim=False)
"""Formulas have a column for what they use twice, and frames are kept. To look for more of that
takes longer than many a question itself.
"""


_NARWHALS: Final = nw.from_native(pl.LazyFrame()).__narwhals_namespace__()
"""Narwhals' own way to a frame, once it is known for one of Polars."""


class _InMemory(pl.LazyFrame):
    """A table of this process as a frame: it is at hand and need not be computed. Frames that are
    made of it have no ``table``.
    """

    table: pl.DataFrame | None = None

    def __init__(self, table: pl.DataFrame) -> None:
        super().__init__(table)
        self.table = table


class PolarsEngine(Engine):
    """In this process, with all its cores."""

    name = "polars"

    def __init__(self, rows_at_a_time: int = _AT_A_TIME) -> None:
        self.rows_at_a_time: int | None = rows_at_a_time
        self._runs_of: dict[int, tuple[Frame, pl.Series, pl.DataFrame]] = {}

    def lifted(self, native: Any) -> Frame:
        table = native.collect() if isinstance(native, pl.LazyFrame) else native
        if not isinstance(table, pl.DataFrame):
            table = _from_other(native)
        return self.frame(_numbered(table, table.columns))

    def scan(self, path: Path) -> Frame:
        scanned = pl.scan_parquet(path, glob=False)
        return _frame(_numbered(scanned, scanned.collect_schema().names()))

    def frame(self, table: pl.DataFrame) -> Frame:
        return _frame(_InMemory(table))

    def collected(self, frame: Frame) -> pl.DataFrame:
        native: pl.LazyFrame = frame.to_native()
        table = _at_hand(native)
        return native.collect(optimizations=AS_WRITTEN) if table is None else table

    def sifted(
        self, frame: Frame, flags: Sequence[str], counts: Expressions, mark: str
    ) -> tuple[dict[str, int], pl.DataFrame | None]:
        del counts
        table = self.collected(frame)
        counted = {name: int(table[name].sum()) for name in (*flags, mark)}
        rows = table.filter(table[mark]) if counted[mark] else None
        return {"rows": table.height, **counted}, rows

    def height(self, frame: Frame) -> int:
        native: pl.LazyFrame = frame.to_native()
        table = _at_hand(native)
        if table is not None:
            return table.height
        return int(native.select(pl.len()).collect().item())

    def heights(self, frames: Mapping[T, Frame]) -> dict[T, int]:
        return {name: self.height(frame) for name, frame in frames.items()}

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """In threads: while one makes its expressions, the rows of another are computed."""
        if len(jobs) < 2:
            return [job() for job in jobs]
        with ThreadPoolExecutor(max_workers=2) as pool:
            return [job.result() for job in [pool.submit(job) for job in jobs]]

    def kept(self, frame: Frame) -> Frame:
        is_at_hand = _at_hand(frame.to_native()) is not None
        return frame if is_at_hand else self.frame(self.collected(frame))

    def selected(self, frame: Frame, columns: Expressions) -> Frame:
        native: pl.LazyFrame = frame.to_native()
        return _frame(native.select(columns.of_polars))

    def summed_up(
        self, questions: Sequence[tuple[Frame, Expressions]]
    ) -> list[dict[str, int | None]]:
        """Side by side."""
        answers = [partial(self.selected, frame, columns) for frame, columns in questions]
        return self.together([partial(self._row, answer) for answer in answers])

    def _row(self, frame: Callable[[], Frame]) -> dict[str, int | None]:
        return self.collected(frame()).row(0, named=True)

    def extended(self, frame: Frame, columns: Expressions) -> Frame:
        native: pl.LazyFrame = frame.to_native()
        return _frame(native.with_columns(columns.of_polars))

    def filtered(self, frame: Frame, mask: Expressions) -> Frame:
        native: pl.LazyFrame = frame.to_native()
        return _frame(native.filter(mask.of_polars))

    def sampled(self, frame: Frame, key: str, every: int) -> Frame:
        del key
        native: pl.LazyFrame = frame.to_native()
        return _frame(native.gather_every(every))

    def grouped(self, frame: Frame, keys: Sequence[str], columns: Expressions) -> Frame:
        native: pl.LazyFrame = frame.to_native()
        return _frame(native.group_by(keys).agg(columns.of_polars))

    def with_grouped(self, frame: Frame, keys: Sequence[str], groups: Frame) -> Frame:
        return self.looked_up(frame, keys, self.collected(groups))

    def with_steps(self, frame: Frame, decimals: Sequence[str]) -> Frame:
        """Decimals are kept as whole numbers of their last place."""
        native: pl.LazyFrame = frame.to_native()
        steps = [
            pl.col(name).to_physical().cast(pl.Int64, strict=False).alias(steps_of(name))
            for name in decimals
        ]
        return _frame(native.with_columns(steps))

    def strays(self, rows: Frame, others: Frame, key: str) -> Frame:
        """Rows of a key mostly stand together, in the order in which the others have it."""
        table = self.collected(rows)
        # None is like the row before the first one, so a first row without a key is no head.
        heads = table.filter(pl.col(key) != pl.col(key).shift(fill_value=-1))
        there = _columns(others, [key])
        if table[key].null_count() == 0 and heads[key].equals(there[key]):
            return self.frame(heads.clear())
        return super().strays(self.frame(table), self.frame(there), key)

    def coded(self, frame: Frame, triples: pl.DataFrame) -> Frame:
        keys = [name for name in TRIPLE if name in triples.columns]
        table = self.collected(frame)
        entry = self._runs_of.pop(id(frame), None)
        runs, heads = entry[1:] if entry is not None else _runs(table, keys)
        books = heads.join(triples, on=keys, how="left", maintain_order="left")
        added = [name for name in triples.columns if name not in keys]
        table = table.with_columns(books[name].gather(runs).alias(name) for name in added)
        return self.frame(
            table.filter(pl.col(added[0]).is_not_null()) if books[added[0]].null_count() else table
        )

    def triples(self, frames: Sequence[Frame]) -> list[pl.DataFrame]:
        """In the order of first sight, which is the order of their rows."""
        return self.together([partial(self._triples, frame) for frame in frames])

    def _triples(self, frame: Frame) -> pl.DataFrame:
        runs, heads = _runs(_columns(frame, TRIPLE), TRIPLE)
        self._runs_of[id(frame)] = (frame, runs, heads)  # to number its books by
        books = heads.group_by(TRIPLE, maintain_order=True).agg(pl.col("rows").sum())
        return named(books)

    def close(self) -> None:
        self._runs_of.clear()

    def looked_up(self, frame: Frame, keys: Sequence[str], table: pl.DataFrame) -> Frame:
        """By place instead of a join, where the keys are close enough together."""
        keyed = table if table.height else table.clear(1)
        first = [int(cast("int | None", keyed[key].min()) or 0) for key in keys]
        last = [int(cast("int | None", keyed[key].max()) or 0) for key in keys]
        sizes = [high - low + 1 for low, high in zip(first, last, strict=True)]
        places = math.prod(sizes)
        if not table.height or places > 8 * table.height + 1_000:
            return super().looked_up(frame, keys, table)

        def place() -> pl.Expr:
            at: pl.Expr | None = None
            for key, low, size in zip(keys, first, sizes, strict=True):
                inside = pl.col(key).is_between(low, low + size - 1)
                here = pl.when(inside).then(pl.col(key) - low)
                at = here if at is None else at * size + here
            return pl.lit(0, pl.Int64) if at is None else at

        dense = _placed(table.with_columns(place().alias("#place")), places)
        native: pl.LazyFrame = frame.to_native()
        placed = native.with_columns(place().alias("#place"))
        values = [
            pl.lit(dense[name]).gather(pl.col("#place")).alias(name)
            for name in table.columns
            if name not in keys
        ]
        return _frame(placed.with_columns(values).drop("#place"))

    def linked(self, frame: Frame, other: Frame, keys: Sequence[str], of: Sequence[str]) -> Frame:
        """Side by side where both have the same keys in the same order, as most tables are
        written.

        The frame is computed once for that: a join gives its rows in another order each time.
        """
        here, there = self.collected(frame), self.collected(other)
        pairs = list(zip(keys, of, strict=True))
        if not all(here[key].equals(there[name]) for key, name in pairs):
            return super().linked(self.frame(here), self.frame(there), keys, of)
        return self.frame(pl.concat([here, there.drop(of)], how="horizontal"))

    def distinct(self, frame: Frame, keys: Sequence[str]) -> bool:
        table = _columns(frame, keys)
        return _ascending(table, keys) or table.n_unique() == table.height

    def moved(
        self, frame: Frame, owner: Sequence[str], order: str, step: int, columns: Mapping[str, str]
    ) -> Frame:
        table = self.collected(frame)
        if not _ascending(table, (*owner, order)):
            table = table.sort(*owner, order)
        same = pl.all_horizontal(pl.col(key) == pl.col(key).shift(step) for key in owner)
        native = table.lazy().with_columns(
            pl.when(same).then(pl.col(old).shift(step)).alias(new) for new, old in columns.items()
        )
        return _frame(native)


_Table = TypeVar("_Table", pl.DataFrame, pl.LazyFrame)


def _numbered(table: _Table, names: Sequence[str]) -> _Table:
    """A table with the names that columns have inside an engine, and the numbers of its rows."""
    table = table.rename({name: inner(name) for name in names if inner(name) != name})
    return table if ROW in names else table.with_row_index(ROW, 1)


def _frame(native: pl.LazyFrame) -> Frame:
    """A frame for expressions. An audit makes a hundred, and ``nw.from_native`` looks each time
    for what could have made it.
    """
    frame: Frame = _NARWHALS.from_native(native).to_narwhals()
    return frame


def _columns(frame: Frame, names: Sequence[str]) -> pl.DataFrame:
    """Some columns of a frame; no question where they are at hand."""
    native: pl.LazyFrame = frame.to_native()
    table = _at_hand(native)
    if table is None:
        return native.select(names).collect(optimizations=AS_WRITTEN)
    return table[list(names)]


def _at_hand(native: pl.LazyFrame) -> pl.DataFrame | None:
    """The table of a frame that is one."""
    return native.table if isinstance(native, _InMemory) else None


def _placed(table: pl.DataFrame, places: int) -> pl.DataFrame:
    """The rows of a table in their places (``#place``), from 0, with rows of nulls between."""
    table = table.sort("#place")
    if table.height == places and table["#place"].is_unique().all():
        return table
    all_places = pl.int_range(places, eager=True).alias("#place").to_frame()
    return all_places.join(table, on="#place", how="left", maintain_order="left")


def _ascending(table: pl.DataFrame, keys: Sequence[str]) -> bool:
    """Whether each row comes after the one before, as most tables are written."""
    after: pl.Expr = pl.lit(False)
    for key in reversed(keys):
        before = pl.col(key).shift()
        after = (pl.col(key) > before) | ((pl.col(key) == before) & after)
    return bool(table.select(after.slice(1).fill_null(False).all()).item())


def _runs(table: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.Series, pl.DataFrame]:
    """Which run of equal keys each row is of, and the keys of every run with the number of its
    ``rows``. Rows of a book mostly stand together.
    """
    if table.is_empty():
        return pl.Series("run", [], pl.UInt32), table.select(
            *keys, pl.lit(0, pl.Int64).alias("rows")
        )
    # To hold a text against that of the row before takes longer than to hold it against one.
    varying = [key for key in keys if not _is_constant(table[key])] or [*keys][:1]
    run = pl.col(varying[0]) if len(varying) == 1 else pl.struct(varying)
    runs = table.select(run.rle_id().alias("run"))["run"]
    numbers = pl.int_range(int(runs[-1]) + 1, dtype=pl.UInt32, eager=True)
    starts = runs.search_sorted(numbers)
    first = pl.lit(starts)
    rows = first.shift(-1, fill_value=table.height) - first
    return runs, table[list(keys)][starts].with_columns(rows.cast(pl.Int64).alias("rows"))


def _is_constant(values: pl.Series) -> bool:
    """Whether all rows have the same value, or none has one."""
    if values.null_count():
        return values.null_count() == values.len()
    return bool(values[0] == values[-1] and (values == values[0]).all())


def _from_other(native: Any) -> pl.DataFrame:
    """The table of a pandas or Arrow frame."""
    try:
        table = nw.from_native(native, eager_only=True)
    except TypeError:
        name = type(native).__name__
        raise WrongArgument(
            f"{name} is no frame of this process; relations of DuckDB and frames of Spark need the "
            f"engine that holds them (engine=…)",
            f"{name} はこのプロセスのデータフレームでは"
            "ありません。DuckDB や Spark の表には、そのエンジンを engine= で指定してください",
        ) from None
    return cast(pl.DataFrame, table.to_polars())
