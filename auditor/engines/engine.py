"""What an engine is: computes columns where their tables lie.

Inside an engine no column's name holds a point, which Spark takes for a field of a struct:
``funding.grants`` is ``funding/grants``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import narwhals as nw
import polars as pl

from auditor.engines.expressions import Expressions
from auditor.records.errors import AuditorError
from auditor.records.fields import BOOK_KEYS
from auditor.tables.cells import ROW

__all__ = ["TRIPLE", "Engine", "Frame", "MissingEngine", "named"]

T = TypeVar("T")
Frame = nw.LazyFrame[Any]
TRIPLE: Final = tuple(f"#{name}" for name in BOOK_KEYS)
"""The columns of what makes a book."""


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

    def heights(self, frames: Mapping[T, Frame]) -> dict[T, int]:
        """How many rows each frame has, in one question."""
        counts = [
            frame.select(nw.len().cast(nw.Int64).alias("rows"), nw.lit(number).alias("number"))
            for number, frame in enumerate(frames.values())
        ]
        if not counts:
            return {}
        rows = dict(self.collected(nw.concat(counts)).select("number", "rows").iter_rows())
        return {name: int(rows[number]) for number, name in enumerate(frames)}

    def books(self, frame: Frame) -> pl.DataFrame:
        """The ``book``s of a frame, how many ``rows`` each has, and the ``first`` and ``last`` of
        them, in the order of the first.
        """
        counts = (
            nw.len().alias("rows"),
            nw.col(ROW).min().alias("first"),
            nw.col(ROW).max().alias("last"),
        )
        counted = (
            self.collected(frame.group_by("#book").agg(*counts))
            .rename({"#book": "book"})
            .sort("first")
        )
        return counted.with_columns(pl.col("rows", "first", "last").cast(pl.Int64))

    def coded(self, frame: Frame, triples: pl.DataFrame) -> Frame:
        """The rows of the books in ``triples`` (``#book``, ``#form``, ``#fiscal_year``), whose
        other columns are added.
        """
        keys: list[str] = [name for name in TRIPLE if name in triples.columns]
        other = self.frame(triples.rename({key: f"of {key}" for key in keys}))
        joined = frame.join(
            other, left_on=keys, right_on=[f"of {key}" for key in keys], how="inner"
        )
        return joined.drop([f"of {key}" for key in keys], strict=False)

    def triples(self, frames: Sequence[Frame]) -> list[pl.DataFrame]:
        """The distinct books, forms and fiscal years of each frame, in one question."""
        if not frames:
            return []
        parts = [
            frame.select(
                nw.col(TRIPLE[0]).cast(nw.String),
                nw.col(TRIPLE[1]).cast(nw.String),
                nw.col(TRIPLE[2]).cast(nw.Int64),
                nw.lit(number).alias("number"),
            ).unique()
            for number, frame in enumerate(frames)
        ]
        table = self.collected(nw.concat(parts)).sort(*TRIPLE)
        return [
            named(table.filter(pl.col("number") == number).select(TRIPLE))
            for number in range(len(frames))
        ]

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

    def selected(self, frame: Frame, columns: Expressions) -> Frame:
        """A frame of these columns."""
        return frame.select(*columns.all)

    def extended(self, frame: Frame, columns: Expressions) -> Frame:
        """The frame with these columns beside its own."""
        return frame.with_columns(*columns.all)

    def with_steps(self, frame: Frame, decimals: Sequence[str]) -> Frame:
        """The frame with each of some columns of decimals as whole numbers of its last place too,
        where the engine has them at hand; null where 64 bits don't hold one.
        """
        del decimals
        return frame

    def strays(self, rows: Frame, others: Frame, key: str) -> Frame:
        """Those of some rows whose key none of the others has; one row for each key is enough."""
        keys = others.select(nw.col(key).alias("of"))
        return rows.join(keys, left_on=key, right_on="of", how="anti")

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """What jobs return that don't need each other; side by side where that saves time."""
        return [job() for job in jobs]

    def close(self) -> None:
        """Give back what was kept."""
        return


def named(triples: pl.DataFrame) -> pl.DataFrame:
    """Books by the names of their keys."""
    return triples.rename({name: name[1:] for name in triples.columns})
