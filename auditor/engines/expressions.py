"""Expressions that are kept between audits.

To make an expression of a formula, and of that one of the engine's own, takes longer than to
compute ten thousand rows by it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from functools import cached_property
from threading import Lock
from typing import Any, Final, Generic, TypeVar, cast

import narwhals as nw
import polars as pl

__all__ = ["KEPT", "Expressions", "Memory", "Same"]

KEPT: Final = 256
"""How many of each kind are kept, the last used."""

T = TypeVar("T")


class Same(Generic[T]):
    """An object as a key: equal to itself alone, whatever it says."""

    def __init__(self, item: T) -> None:
        self.item = item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and cast("Same[object]", other).item is self.item

    def __hash__(self) -> int:
        return id(self.item)


class Expressions:
    """Expressions that a frame takes in one step; each has a name."""

    def __init__(self, expressions: Iterable[nw.Expr]) -> None:
        self.all: tuple[Any, ...] = tuple(expressions)
        self.texts: dict[Hashable, str] = {}
        """What they are in the text of an engine, by what their frame's columns are."""

    @cached_property
    def of_polars(self) -> list[pl.Expr]:
        """The same as Polars' own."""
        if not self.all:
            return []
        recorder = _Recorder()
        frame: nw.LazyFrame[Any] = nw.from_native(recorder)
        frame.with_columns(*self.all)
        return recorder.expressions


class _Recorder(pl.LazyFrame):
    """A frame without rows that remembers which expressions it was given."""

    expressions: list[pl.Expr]

    def with_columns(self, *exprs: Any, **named: Any) -> pl.LazyFrame:
        """Take the expressions as Polars gets them."""
        del named
        self.expressions = list(exprs)
        return self


class Memory(Generic[T]):
    """What was made for some keys: the last used, so that it does not grow with every audit."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """What was made for a key."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: T) -> T:
        """Remember what was made for a key."""
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
