"""What an engine is: computes columns where their tables lie.

Inside an engine no column's name holds a point, which Spark takes for a field of a struct:
``funding.grants`` is ``funding/grants``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import narwhals as nw
import polars as pl

from auditor.engines.expressions import Expressions
from auditor.records.errors import AuditorError
from auditor.records.fields import BOOK_KEYS
from auditor.tables.cells import ROW, Schema

__all__ = ["TRIPLE", "Engine", "Frame", "MissingEngine", "is_alike", "named"]

T = TypeVar("T")
Frame = nw.LazyFrame[Any]
_ALIKE: Final = (
    *(nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64),
    *(nw.Float32, nw.Float64, nw.Decimal, nw.Boolean, nw.String, nw.Date),
)
"""Types that are the same in every engine."""
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
        """A Parquet file, its columns renamed and its rows numbered, where they are not yet.

        It is read no further than is asked for. Raises whatever the engine does for a bad one.
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

    def head(self, frame: Frame) -> pl.DataFrame:
        """The columns of a frame, without a row; asked only for types that have other names
        here.
        """
        schema = frame.collect_schema()
        if is_alike(schema):
            return pl.DataFrame(schema=nw.Schema(schema).to_polars())
        return self.collected(frame.head(0))

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
        return self.beside(frame, other, keys, [f"of {key}" for key in keys], how="inner")

    def triples(self, frames: Sequence[Frame]) -> list[pl.DataFrame]:
        """The distinct books, forms and fiscal years of each frame, in one question; where that
        costs nothing more, with the number of their ``rows``.
        """
        if not frames:
            return []
        parts = [
            frame.select(*_triple(frame))
            .group_by(*TRIPLE)
            .agg(nw.len().cast(nw.Int64).alias("rows"))
            .with_columns(nw.lit(number).alias("number"))
            for number, frame in enumerate(frames)
        ]
        table = self.collected(nw.concat(parts)).sort(*TRIPLE)
        return [
            named(table.filter(pl.col("number") == number).select(*TRIPLE, "rows"))
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

    def unique(self, frame: Frame) -> Frame:
        """The distinct rows of a frame."""
        return frame.unique()

    def distinct(self, frame: Frame, keys: Sequence[str]) -> bool:
        """Whether no row has the keys of another one."""
        keyed = self.unique(frame.select(*keys))
        counted = self.collected(keyed.select(nw.len().alias("rows")))
        return bool(counted["rows"][0] == self.height(frame))

    def in_order(self, frames: Sequence[Frame]) -> list[bool]:
        """Whether each row of a frame comes after the one before by its columns, so that no two
        are alike; False where that is not soon told.
        """
        return [False for _ in frames]

    def looked_up(self, frame: Frame, keys: Sequence[str], table: pl.DataFrame) -> Frame:
        """The frame with the other columns of the row of ``table`` that has the same keys, whole
        numbers; null where there is none.
        """
        renamed = self.frame(table.rename({key: f"of {key}" for key in keys}))
        return self.beside(frame, renamed, keys, [f"of {key}" for key in keys])

    def linked(self, frame: Frame, other: Frame, keys: Sequence[str], of: Sequence[str]) -> Frame:
        """The frame with the other columns of the row of ``other`` whose ``of`` are its keys;
        null where there is none.
        """
        return self.beside(frame, other, keys, of)

    def beside(
        self,
        frame: Frame,
        other: Frame,
        keys: Sequence[str],
        of: Sequence[str],
        how: Literal["left", "inner"] = "left",
    ) -> Frame:
        """The frame with the other columns of those rows of ``other`` whose ``of`` are its keys.
        No column of it may have the name of one of the frame's.
        """
        joined = frame.join(other, left_on=list(keys), right_on=list(of), how=how)
        return joined.drop(*of, strict=False)

    def selected(self, frame: Frame, columns: Expressions) -> Frame:
        """A frame of these columns."""
        return frame.select(*columns.all)

    def extended(self, frame: Frame, columns: Expressions) -> Frame:
        """The frame with these columns beside its own."""
        return frame.with_columns(*columns.all)

    def summed_up(
        self, questions: Sequence[tuple[Frame, Expressions]]
    ) -> list[dict[str, int | None]]:
        """What expressions over all rows of some frames come to, whole numbers or null, in one
        question.
        """
        answers = [self.selected(frame, columns) for frame, columns in questions]
        if not answers:
            return []
        names = [answer.collect_schema().names() for answer in answers]
        width = max(map(len, names))
        padded = [
            answer.select(
                nw.lit(number).alias("number"),
                *(nw.col(name).cast(nw.Int64).alias(f"at {at}") for at, name in enumerate(mine)),
                *(nw.lit(None, nw.Int64).alias(f"at {at}") for at in range(len(mine), width)),
            )
            for number, (answer, mine) in enumerate(zip(answers, names, strict=True))
        ]
        rows = self.collected(nw.concat(padded)).sort("number").drop("number").rows()
        return [dict(zip(mine, row, strict=False)) for mine, row in zip(names, rows, strict=True)]

    def sifted(
        self, frame: Frame, flags: Sequence[str], counts: Expressions, mark: str
    ) -> tuple[dict[str, int], pl.DataFrame | None]:
        """How many ``rows`` a frame has, and how many with each of some ``flags``, which is what
        ``counts`` says; and its rows that have the flag ``mark``, None for none.
        """
        del flags
        frame = self.kept(frame)
        counted = self.collected(self.selected(frame, counts)).row(0, named=True)
        if not counted[mark]:
            return counted, None
        return counted, self.collected(frame.filter(nw.col(mark)))

    def filtered(self, frame: Frame, mask: Expressions) -> Frame:
        """The rows of a frame for which a condition holds."""
        return frame.filter(*mask.all)

    def sampled(self, frame: Frame, key: str, every: int) -> Frame:
        """About one row in ``every``, by the numbers of a key or by their order."""
        return frame.filter(nw.col(key) % every == 0)

    def grouped(self, frame: Frame, keys: Sequence[str], columns: Expressions) -> Frame:
        """A row for each group of the same keys, with what its rows come to."""
        return frame.group_by(*keys).agg(*columns.all)

    def with_grouped(self, frame: Frame, keys: Sequence[str], groups: Frame) -> Frame:
        """The frame with the other columns of the one row of ``groups`` that has the same keys,
        whole numbers; null where there is none.
        """
        renamed = groups.rename({key: f"of {key}" for key in keys})
        return self.linked(frame, renamed, keys, [f"of {key}" for key in keys])

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


def is_alike(schema: Schema) -> bool:
    """Whether the types of some columns are the same in every engine."""
    return all(type(dtype) in _ALIKE for dtype in schema.values())


def _triple(frame: Frame) -> Iterator[nw.Expr]:
    """The keys of a row's book; null for one that the frame has no column of."""
    names = frame.collect_schema().names()
    for name in TRIPLE:
        dtype = nw.Int64() if name == TRIPLE[-1] else nw.String()
        value = nw.col(name).cast(dtype) if name in names else nw.lit(None, dtype)
        yield value.alias(name)


def named(triples: pl.DataFrame) -> pl.DataFrame:
    """Books by the names of their keys."""
    return triples.rename({name: name[1:] for name in TRIPLE})
