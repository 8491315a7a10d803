"""Rows looked up in another table, as columns beside the rows that look.

A table that rows are looked up in is made records of as it is. What formulas name of it becomes a
small table, which is joined by the keys of the lookup.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from auditor.engines.engine import Frame
from auditor.engines.sets import Group, Partition
from auditor.forms.model import Lookup
from auditor.formula.columns.values import (
    FITS,
    LARGEST,
    Ends,
    Missing,
    NotColumnar,
    Whole,
    Word,
)
from auditor.formula.tree import Field
from auditor.formula.values import BLANK, Value
from auditor.formula.values import Missing as MissingValue
from auditor.records import figures
from auditor.records.fields import SCOPES
from auditor.records.figures import Interval

if TYPE_CHECKING:  # views ask for looked-up rows, and these for views
    from auditor.engines.joining import Sources
    from auditor.engines.views import View
    from auditor.rules.lookups import Lookups

__all__ = ["LookedUp"]

_FINEST: Final = 10**9


@dataclass
class LookedUp:
    """The row of another table that a row names, and what of it formulas name.

    ``lookups`` has the tables; None while nothing is known of them.
    """

    lookup: Lookup
    prefix: str
    view: View
    lookups: Lookups | None
    _asked: dict[str, Whole | Word] = field(default_factory=dict[str, "Whole | Word"])

    def __post_init__(self) -> None:
        keys: list[Field] = []
        for name in self.lookup.on:
            *links, last = name.split(".")
            item = SCOPES[self.view.target(tuple(links))].by_name.get(last)
            if item is None or item.kind not in ("text", "number"):
                raise NotColumnar(f"a lookup by {name}", f"{name} による参照")
            keys.append(Field(tuple(links), last, "text", 0))
        self.partition: Partition = Partition(self.prefix, self.view, tuple(keys))

    def number(self, name: str) -> Whole:
        """A number of the row."""
        if name not in self._asked:
            self._asked[name] = self._number(name)
        made = self._asked[name]
        assert isinstance(made, Whole)
        return made

    def word(self, name: str) -> Word:
        """A text of the row."""
        if name not in self._asked:
            self._asked[name] = Word(self.view.named(f"{self.prefix}/{name}"), self._missing(name))
        made = self._asked[name]
        assert isinstance(made, Word)
        return made

    def groups(self) -> Sequence[Group]:
        """The judge has the tables."""
        return ()

    def joined(self, frame: Frame, sources: Sources) -> Frame:
        """The frame with the columns that were asked for."""
        frame = self.partition.marked(frame, sources.engine)
        keys = self.partition.columns[1:]
        texts = [f"{name} text" for name in keys]
        frame = frame.with_columns(
            nw.col(name).cast(nw.String).alias(text) for name, text in zip(keys, texts, strict=True)
        )
        right = [f"of {text}" for text in texts]
        table = self._table.rename(dict(zip(texts, right, strict=True)))
        joined = frame.join(sources.engine.frame(table), left_on=texts, right_on=right, how="left")
        joined = joined.drop(*texts, *right, strict=False)
        opened = self.partition.open
        left = opened if isinstance(opened, nw.Expr) else nw.lit(opened)
        joined = joined.with_columns(left.cast(nw.Int64).alias(f"{self.prefix}/left"))
        lost = self._is_lost()
        marks = [f"{self.prefix}/{name}/unknown" for name in self._asked]
        return joined.with_columns(
            nw.when(lost).then(1).otherwise(nw.col(mark).fill_null(0)).alias(mark) for mark in marks
        )

    def _is_lost(self) -> nw.Expr:
        """Where nobody knows which row it is: a key is not known, or some of the table was not
        read.
        """
        lost = nw.col(f"{self.prefix}/lacks") == 1
        assert self.lookups is not None
        if self.lookups.is_partial(self.lookup):
            nowhere = nw.col(f"{self.prefix}/rows").is_null()
            lost = lost | (nowhere & ~self.partition.any_blank)
        return lost

    # --- the table

    @cached_property
    def _rows(self) -> list[tuple[tuple[str, ...], list[Value] | None]]:
        """The keys of the table as texts, with the values of the row that has them by the names
        that were asked for; None where several have.
        """
        assert self.lookups is not None
        entries = self.lookups.entries(self.lookup)
        told: list[tuple[tuple[str, ...], list[Value] | None]] = []
        for key, rows in entries:
            texts = tuple(part for part in key if isinstance(part, str))
            if len(texts) == len(key):  # a blank names no row
                values = [rows[0].values.get(name, BLANK) for name in self._asked]
                told.append((texts, values if len(rows) == 1 else None))
        return told

    @property
    def _table(self) -> pl.DataFrame:
        keys = [f"{name} text" for name in self.partition.columns[1:]]
        rows = self._rows
        columns = [
            pl.Series(name, [key[at] for key, _ in rows], dtype=pl.String)
            for at, name in enumerate(keys)
        ]
        columns.append(pl.Series(f"{self.prefix}/rows", [1] * len(rows), dtype=pl.Int64))
        for at, (name, asked) in enumerate(self._asked.items()):
            values = [None if row is None else row[at] for _, row in rows]
            columns += self._columns(f"{self.prefix}/{name}", values, asked)
        return pl.DataFrame(columns)

    def _columns(
        self, name: str, values: Sequence[Value | None], asked: Whole | Word
    ) -> list[pl.Series]:
        """The columns of one name; None stands for a row that can't be told."""
        unknown = [value is None or _is_unknown(value) for value in values]
        marks = pl.Series(f"{name}/unknown", [int(mark) for mark in unknown], dtype=pl.Int64)
        if isinstance(asked, Word):
            texts = [value if isinstance(value, str) and value else None for value in values]
            return [pl.Series(name, texts, dtype=pl.String), marks]
        spans = [_span(value) for value in values]
        scale = asked.scale
        ends: dict[str, list[int | None]] = {
            name: [None if span is None else int(span.lo * scale) for span in spans],
            f"{name}/hi": [None if span is None else int(span.hi * scale) for span in spans],
            f"{name}/open lo": [int(span is not None and span.lo_open) for span in spans],
            f"{name}/open hi": [int(span is not None and span.hi_open) for span in spans],
        }
        return [*(pl.Series(key, numbers, dtype=pl.Int64) for key, numbers in ends.items()), marks]

    def _number(self, name: str) -> Whole:
        """The columns of a number, on a scale that holds all of the table's."""
        column = f"{self.prefix}/{name}"
        lo, hi = self.view.named(column), self.view.named(f"{column}/hi")
        missing = self._missing(name)
        if self.lookups is None:
            return Whole(lo, hi, 1, LARGEST, missing)
        entries = self.lookups.entries(self.lookup)
        spans = [
            span
            for _, rows in entries
            if len(rows) == 1 and (span := _span(rows[0].values.get(name, BLANK))) is not None
        ]
        numbers = [Fraction(end) for span in spans for end in (span.lo, span.hi)]
        scale = math.lcm(*(number.denominator for number in numbers))
        bound = max((abs(int(number * scale)) for number in numbers), default=0)
        if scale > _FINEST or bound > FITS:
            raise NotColumnar(f"the numbers of {name}", f"{name} の数値")
        if all(span.lo == span.hi for span in spans):
            hi = lo
        ends = Ends(*((self.view.named(f"{column}/open {end}") == 1) for end in ("lo", "hi")))
        return Whole(lo, hi, scale, bound, missing, ends=ends)

    def _missing(self, name: str) -> Missing:
        column = f"{self.prefix}/{name}"
        unknown = (self.view.named(f"{column}/unknown") == 1).fill_null(False)
        blank = self.view.named(column).is_null() & ~unknown
        left = (self.view.named(f"{self.prefix}/left") == 1).fill_null(False)
        return Missing(blank & ~left, unknown & ~left, left)


def _is_unknown(value: Value) -> bool:
    return isinstance(value, MissingValue) and value is not BLANK


def _span(value: Value | None) -> Interval | None:
    """The ends of a number; None for what is none."""
    if value is None or isinstance(value, MissingValue | str):
        return None
    return figures.ends(value)
