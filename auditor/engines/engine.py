"""The engines that columns are computed by: where their tables lie, and how a small one is brought to them."""

from __future__ import annotations

from typing import Any, Protocol, cast

import narwhals as nw
import polars as pl

__all__ = ["DuckDbEngine", "Engine", "PolarsEngine"]


class Engine(Protocol):
    """One engine; all frames that meet in an expression come from the same one."""

    @property
    def name(self) -> str: ...
    def frame(self, table: pl.DataFrame) -> nw.LazyFrame[Any]:
        """A table of this process, to be computed with."""
        ...

    def collected(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        """The rows of a frame, in this process."""
        ...

    def kept(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """The same frame, computed once."""
        ...


class PolarsEngine:
    """In this process, with all its cores."""

    name = "polars"

    def frame(self, table: pl.DataFrame) -> nw.LazyFrame[Any]:
        return nw.from_native(table.lazy())

    def collected(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        native: pl.LazyFrame = frame.to_native()
        return native.collect()

    def kept(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        return self.frame(self.collected(frame))


class DuckDbEngine:
    """In a DuckDB database, in memory unless a connection is given."""

    name = "duckdb"

    def __init__(self, connection: Any = None) -> None:
        import duckdb

        self.connection = connection or duckdb.connect()
        self._made = 0

    def frame(self, table: pl.DataFrame) -> nw.LazyFrame[Any]:
        made: Any = table
        return self._stored(self.connection.from_arrow(made.to_arrow()))

    def collected(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
        relation: Any = frame.to_native()
        made: Any = relation.pl()
        return cast(pl.DataFrame, made)

    def kept(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        return self._stored(frame.to_native())

    def _stored(self, relation: Any) -> nw.LazyFrame[Any]:
        self._made += 1
        name = f"auditor_{self._made}"
        relation.create(name)
        table: nw.LazyFrame[Any] = nw.from_native(self.connection.table(name))
        return table
