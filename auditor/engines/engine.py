"""The engines that columns are computed by: where their tables lie, and how a small one is
brought to them.

Inside an engine no column's name holds a point, which Spark takes for a field of a struct:
``funding.grants`` is ``funding/grants``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import narwhals as nw
import polars as pl

from auditor.records.errors import AuditorError
from auditor.records.fields import BOOK_KEYS
from auditor.tables.cells import ROW, inner

__all__ = [
    "DuckDbEngine",
    "Engine",
    "Frame",
    "MissingEngine",
    "PolarsEngine",
    "engine_named",
]

T = TypeVar("T")
Frame = nw.LazyFrame[Any]
_AT_A_TIME: Final = 1_200_000
_TRIPLE: Final = tuple(f"#{name}" for name in BOOK_KEYS)


class MissingEngine(AuditorError):
    """An engine that is not installed, or not known; the message says what to do."""

    def __str__(self) -> str:
        return self.message.en


class Engine(ABC):
    """One engine; all frames that meet in an expression come from the same one."""

    name: str
    rows_at_a_time: int | None = None
    """How many rows of a table may be looked at together, where they come into this process for
    it; None: all, where they lie.
    """

    @abstractmethod
    def lifted(self, native: Any) -> Frame:
        """A user's frame, its columns renamed; raises TypeError for one that is not this
        engine's.
        """

    @abstractmethod
    def scan(self, path: Path) -> Frame:
        """A Parquet file, its columns renamed, read no further than is asked for; raises whatever
        the engine does for a bad one.
        """

    @abstractmethod
    def frame(self, table: pl.DataFrame) -> Frame:
        """A table of this process, to be computed with."""

    @abstractmethod
    def collected(self, frame: Frame) -> pl.DataFrame:
        """The rows of a frame, in this process."""

    @abstractmethod
    def kept(self, frame: Frame) -> Frame:
        """The same frame, computed once."""

    def height(self, frame: Frame) -> int:
        """How many rows a frame has."""
        return int(self.collected(frame.select(nw.len().alias("rows")))["rows"][0])

    def books(self, frame: Frame) -> pl.DataFrame:
        """The ``book``s of a frame, how many ``rows`` each has, and the ``first`` and ``last`` of
        them, in the order of the first.
        """
        told = (
            nw.len().alias("rows"),
            nw.col(ROW).min().alias("first"),
            nw.col(ROW).max().alias("last"),
        )
        counted = (
            self.collected(frame.group_by("#book").agg(*told))
            .rename({"#book": "book"})
            .sort("first")
        )
        return counted.with_columns(pl.col("rows", "first", "last").cast(pl.Int64))

    def coded(self, frame: Frame, triples: pl.DataFrame) -> Frame:
        """The rows of the books in ``triples`` (``#book``, ``#form``, ``#fiscal_year``), whose
        other columns are added.
        """
        keys: list[str] = [name for name in _TRIPLE if name in triples.columns]
        other = self.frame(triples.rename({key: f"of {key}" for key in keys}))
        joined = frame.join(
            other, left_on=keys, right_on=[f"of {key}" for key in keys], how="inner"
        )
        return joined.drop([f"of {key}" for key in keys], strict=False)

    def triples(self, frame: Frame) -> pl.DataFrame:
        """The distinct books, forms and fiscal years of a frame."""
        return _named(self.collected(frame.select(*_TRIPLE).unique()).sort(*_TRIPLE))

    def moved(
        self, frame: Frame, owner: Sequence[str], order: str, step: int, columns: Mapping[str, str]
    ) -> Frame:
        """The frame with columns of the row ``step`` before (or after) within the same owner, by
        their new names.
        """
        return frame.with_columns(
            nw.col(old).shift(step).over(*owner, order_by=order).alias(new)
            for new, old in columns.items()
        )

    def distinct(self, frame: Frame, keys: Sequence[str]) -> bool:
        """Whether no row has the keys of another one."""
        counted = self.collected(frame.select(*keys).unique().select(nw.len().alias("rows")))
        return bool(counted["rows"][0] == self.height(frame))

    def looked_up(self, frame: Frame, keys: Sequence[str], table: pl.DataFrame) -> Frame:
        """The frame with the other columns of the row of ``table`` that has the same keys, whole
        numbers; null where there is none.
        """
        renamed = self.frame(table.rename({key: f"of {key}" for key in keys}))
        joined = frame.join(
            renamed, left_on=list(keys), right_on=[f"of {key}" for key in keys], how="left"
        )
        return joined.drop([f"of {key}" for key in keys], strict=False)

    def linked(self, frame: Frame, other: Frame, keys: Sequence[str], of: Sequence[str]) -> Frame:
        """The frame with the other columns of the row of ``other`` whose ``of`` are its keys;
        null where there is none.
        """
        return frame.join(other, left_on=list(keys), right_on=list(of), how="left").drop(
            *of, strict=False
        )

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """What jobs return that don't need each other; side by side where that saves time."""
        return [job() for job in jobs]

    def close(self) -> None:
        """Give back what was kept."""
        return


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
        return self._numbered(table.lazy())

    def scan(self, path: Path) -> Frame:
        return self._numbered(pl.scan_parquet(path, glob=False))

    def _numbered(self, frame: pl.LazyFrame) -> Frame:
        names = frame.collect_schema().names()
        renamed = frame.rename({name: inner(name) for name in names if inner(name) != name})
        return nw.from_native(renamed if ROW in names else renamed.with_row_index(ROW, 1))

    def frame(self, table: pl.DataFrame) -> Frame:
        return nw.from_native(table.lazy())

    def collected(self, frame: Frame) -> pl.DataFrame:
        native: pl.LazyFrame = frame.to_native()
        return native.collect()

    def height(self, frame: Frame) -> int:
        native: pl.LazyFrame = frame.to_native()
        return int(native.select(pl.len()).collect().item())

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """In threads: while one makes its expressions, the rows of another are computed."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            return [job.result() for job in [pool.submit(job) for job in jobs]]

    def kept(self, frame: Frame) -> Frame:
        return self.frame(self.collected(frame))

    def coded(self, frame: Frame, triples: pl.DataFrame) -> Frame:
        keys = [name for name in _TRIPLE if name in triples.columns]
        table = self.collected(frame)
        known = self._runs_of.pop(id(frame), None)
        runs, heads = known[1:] if known is not None else _runs(table, keys)
        told = heads.join(triples, on=keys, how="left", maintain_order="left")
        added = [name for name in triples.columns if name not in keys]
        table = table.with_columns(told[name].gather(runs).alias(name) for name in added)
        return self.frame(
            table.filter(pl.col(added[0]).is_not_null()) if told[added[0]].null_count() else table
        )

    def triples(self, frame: Frame) -> pl.DataFrame:
        """In the order of first sight, which is the order of their rows."""
        runs, heads = _runs(self.collected(frame.select(*_TRIPLE)), _TRIPLE)
        self._runs_of[id(frame)] = (frame, runs, heads)  # to number its books by
        return _named(heads.unique(maintain_order=True))

    def close(self) -> None:
        self._runs_of.clear()

    def looked_up(self, frame: Frame, keys: Sequence[str], table: pl.DataFrame) -> Frame:
        """By place instead of a join, where the keys are close enough together."""
        first = [int(table[key].min() or 0) for key in keys] if table.height else []  # type: ignore[arg-type]
        last = [int(table[key].max() or 0) for key in keys] if table.height else []  # type: ignore[arg-type]
        sizes = [high - low + 1 for low, high in zip(first, last, strict=True)]
        places = math.prod(sizes)
        if not table.height or places > 8 * table.height + 1_000:
            return super().looked_up(frame, keys, table)

        def place() -> pl.Expr:
            at = pl.lit(0, pl.Int64)
            for key, low, size in zip(keys, first, sizes, strict=True):
                inside = pl.when(pl.col(key).is_between(low, low + size - 1)).then(
                    pl.col(key) - low
                )
                at = at * size + inside
            return at

        dense = pl.DataFrame({"place": range(places)}, schema={"place": pl.Int64})
        dense = dense.join(
            table.with_columns(place().alias("place")),
            on="place",
            how="left",
            maintain_order="left",
        )
        native: pl.LazyFrame = frame.to_native()
        found = native.with_columns(place().alias("#place"))
        values = [
            pl.lit(dense[name]).gather(pl.col("#place")).alias(name)
            for name in table.columns
            if name not in keys
        ]
        return nw.from_native(found.with_columns(values).drop("#place"))

    def linked(self, frame: Frame, other: Frame, keys: Sequence[str], of: Sequence[str]) -> Frame:
        """Side by side where both have the same keys in the same order, as most tables are
        written.
        """
        table = self.collected(other)
        here = self.collected(frame.select(*keys))
        if here.height != table.height or not all(
            here[key].equals(table[name]) for key, name in zip(keys, of, strict=True)
        ):
            return super().linked(frame, self.frame(table), keys, of)
        native: pl.LazyFrame = frame.to_native()
        return nw.from_native(pl.concat([native, table.lazy().drop(of)], how="horizontal"))

    def distinct(self, frame: Frame, keys: Sequence[str]) -> bool:
        table = self.collected(frame.select(*keys))
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
        return nw.from_native(native)


def _ascending(table: pl.DataFrame, keys: Sequence[str]) -> bool:
    """Whether each row comes after the one before, as most tables are written."""
    after: pl.Expr = pl.lit(False)
    for key in reversed(keys):
        before = pl.col(key).shift()
        after = (pl.col(key) > before) | ((pl.col(key) == before) & after)
    return bool(table.select(after.slice(1).fill_null(False).all()).item())


def _named(triples: pl.DataFrame) -> pl.DataFrame:
    return triples.rename({name: name[1:] for name in triples.columns})


def _runs(table: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.Series, pl.DataFrame]:
    """Which run of equal keys each row is of, and the keys of every run. Rows of a book mostly
    stand together.
    """
    runs = table.select(pl.struct(*keys).rle_id().alias("run"))["run"]
    first = runs.ne_missing(runs.shift())
    return runs, table.select(keys).filter(first)


def _from_other(native: Any) -> pl.DataFrame:
    """The table of a pandas or Arrow frame."""
    try:
        made = nw.from_native(native, eager_only=True)
    except TypeError:
        name = type(native).__name__
        raise TypeError(
            f"{name} is no frame of this process; relations of DuckDB and frames of Spark need the engine that holds them (engine=…)"
            f" / {name} はこのプロセスのデータフレームではありません。DuckDB や Spark の表には、そのエンジンを engine= で指定してください"
        ) from None
    return cast(pl.DataFrame, made.to_polars())


class DuckDbEngine(Engine):
    """In a DuckDB database: in memory, or where the relations to audit lie, whose connection has
    to be given.
    """

    name = "duckdb"

    def __init__(self, connection: Any = None) -> None:
        if (
            find_spec("duckdb") is None or find_spec("pyarrow") is None
        ):  # tables are exchanged by the latter
            raise MissingEngine(
                "the engine duckdb needs the packages duckdb and pyarrow: install sheet-auditor[duckdb]",
                "エンジン duckdb には duckdb と pyarrow が必要です。sheet-auditor[duckdb] をインストールしてください",
            )
        import duckdb

        self.connection = connection or duckdb.connect()
        self._made: list[str] = []

    def lifted(self, native: Any) -> Frame:
        if type(native).__name__ != "DuckDBPyRelation":
            return self.frame(PolarsEngine().lifted(native).collect("polars").to_native())
        return self._renamed(native)

    def scan(self, path: Path) -> Frame:
        quoted = str(path).replace("'", "''")
        read = f"select * exclude (file_row_number), file_row_number + 1 as \"{ROW}\" from read_parquet('{quoted}', file_row_number = true)"
        return self._renamed(self.connection.sql(read))

    def frame(self, table: pl.DataFrame) -> Frame:
        made: Any = table
        return self._stored(self.connection.from_arrow(made.to_arrow()))

    def collected(self, frame: Frame) -> pl.DataFrame:
        relation: Any = frame.to_native()
        made: Any = relation.pl()
        return cast(pl.DataFrame, made)

    def kept(self, frame: Frame) -> Frame:
        return self._stored(frame.to_native())

    def close(self) -> None:
        for name in self._made:
            self.connection.execute(f"drop table if exists {name}")
        self._made.clear()

    def _renamed(self, relation: Any) -> Frame:
        columns = ", ".join(
            f'"{_quoted(name)}" as "{_quoted(inner(name))}"' for name in relation.columns
        )
        frame: Frame = nw.from_native(relation.project(columns))
        return frame

    def _stored(self, relation: Any) -> Frame:
        name = f"auditor_kept_{id(self)}_{len(self._made)}"
        self._made.append(name)
        relation.create(name)
        table: Frame = nw.from_native(self.connection.table(name))
        return table


def _quoted(name: str) -> str:
    return name.replace('"', '""')


def engine_named(name: str, master: str | None = None) -> Engine:
    """The engine ``polars``, ``duckdb`` or ``spark`` (at the cluster of ``master``); raises
    MissingEngine where it can't be had.
    """
    match name:
        case "polars":
            return PolarsEngine()
        case "duckdb":
            return DuckDbEngine()
        case "spark":
            from auditor.engines.spark import SparkEngine

            return SparkEngine(master)
        case _:
            known = "polars, duckdb, spark"
            raise MissingEngine(
                f"there is no engine {name}; known are {known}",
                f"エンジン {name} はありません。使えるのは {known} です",
            )
