"""Sets of rows as columns: what the rows of a book that are alike, the details of a total and the
columns of a sheet come to, beside each row that looks at them.

Rows that look at their own group are told by windows over it; others by a join.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from auditor.engines.alike import with_listed, with_squeezed
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER
from auditor.engines.preparing import AT
from auditor.formula.columns.values import (
    FITS,
    LARGEST,
    Answers,
    Ends,
    Mask,
    Missing,
    NotColumnar,
    Num,
    Whole,
    both,
    either,
    expression_of,
    opposite,
)
from auditor.formula.tree import Field, Members
from auditor.records.fields import SCOPES

if TYPE_CHECKING:  # views ask for sets, and sets for views
    from auditor.engines.views import Sources, View

__all__ = ["Alone", "Companions", "Gathered", "Partition"]

_NO_NUMBER: Final = -(2**62)
"""What a blank number is in a key: blank equals blank."""


# --- what rows have in common


@dataclass(frozen=True, eq=False)
class Partition:
    """The rows of a book that have some names in common, as columns of their frame; with
    ``by_place``, those of one column each.
    """

    prefix: str
    view: View
    keys: tuple[Field, ...]
    by_place: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns that are equal for rows of one group."""
        names = [f"{self.prefix}/key{at}" for at in range(len(self.keys))]
        return [CODE, *([AT] if self.by_place else []), *names]

    @property
    def marks(self) -> list[str]:
        """These, and the column that says whose group is unknown."""
        return [*self.columns, f"{self.prefix}/lacks"]

    @functools.cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What of each key is blank, unknown, or open."""
        return tuple(self.view.column(key.links, key.name)[2] for key in self.keys)

    @property
    def unknown(self) -> Mask:
        """Where nobody knows what a row is alike to."""
        return either(*(missing.unknown for missing in self.missing))

    @property
    def open(self) -> Mask:
        """Where only the judge knows that."""
        return either(*(missing.open for missing in self.missing))

    @property
    def blank(self) -> nw.Expr:
        """Where nothing is printed under any name."""
        keys = self.columns[-len(self.keys) :]
        nothing = zip(keys, self._nothing, strict=True)
        return expression_of(both(*(nw.col(name) == value for name, value in nothing)))

    @property
    def _nothing(self) -> list[str | int]:
        """What stands for a blank in each key."""
        return [_NO_NUMBER if self._is_number(key) else "" for key in self.keys]

    def _is_number(self, key: Field) -> bool:
        item = SCOPES[self.view.target(key.links)].by_name.get(key.name)
        return key.kind != "text" or (item is not None and item.kind == "number")

    def __post_init__(self) -> None:
        # Columns are named before they are there.
        for key in self.keys:
            self.view.column(key.links, key.name)
        plain_rows(self.view)

    def marked(self, frame: Frame, engine: Engine) -> Frame:
        """The frame with the columns of the groups, and which rows' own is unknown."""
        lacks = _number_of(self.unknown).alias(f"{self.prefix}/lacks")
        frame = frame.with_columns(lacks)
        for at, key in enumerate(self.keys):
            name = f"{self.prefix}/key{at}"
            value = self.view.column(key.links, key.name)[1]
            item = SCOPES[self.view.target(key.links)].by_name.get(key.name)
            if self._is_number(key):
                frame = frame.with_columns(value.fill_null(_NO_NUMBER).alias(name))
                continue
            text = f"{self.prefix}/text{at}"
            frame = engine.kept(frame.with_columns(value.cast(nw.String).alias(text)))
            is_list = item is not None and item.kind == "texts"
            frame = (with_listed if is_list else with_squeezed)(frame, engine, text, name)
            frame = frame.with_columns(nw.col(name).fill_null(""))
        return frame


def plain_rows(view: View) -> Mask:
    """The rows that total no others."""
    if "sheet" not in (view.scope, SCOPES[view.scope].owner):
        return True
    links = () if view.scope == "sheet" else ("sheet",)
    _, role, missing = view.column(links, "role")
    return True if missing.blank is True else (role != "total").fill_null(True)


def _over(mask: Mask, columns: Sequence[str]) -> Mask:
    """Where a condition holds for any row of the same group."""
    if isinstance(mask, bool):
        return mask
    return (mask.fill_null(False).cast(nw.Int64).max().over(*columns) > 0).fill_null(False)


# --- unique(…)


@dataclass(frozen=True)
class Alone:
    """``unique(…)``: whether no other row of a book has the same values."""

    partition: Partition

    @property
    def columns(self) -> Sequence[str]:
        """The columns by which a row's group is told."""
        return self.partition.columns

    def answers(self) -> Answers:
        """What columns say of it, once they are there."""
        view, prefix = self.partition.view, self.partition.prefix
        alone, known, left = (view.named(f"{prefix}/{name}") for name in ("alone", "known", "left"))
        sure = ~left
        return Answers(yes=alone & known & sure, unknown=~known & sure, no=~alone & known & sure)

    def joined(self, frame: Frame, sources: Sources) -> Frame:
        """The frame with the columns that tell it."""
        partition, plain = self.partition, plain_rows(self.partition.view)
        frame = partition.marked(frame, sources.engine)
        # A row of which nobody knows what it is alike to, is alike to none.
        counts = _number_of(both(plain, opposite(partition.unknown)))
        size = counts.sum().over(*partition.columns)
        is_total = opposite(plain)
        known = either(is_total, opposite(either(partition.unknown, partition.blank)))
        opened = _over(both(plain, partition.open), [CODE])
        return frame.with_columns(
            expression_of(either(is_total, size <= 1)).alias(f"{partition.prefix}/alone"),
            expression_of(known).alias(f"{partition.prefix}/known"),
            expression_of(both(opened, plain)).alias(f"{partition.prefix}/left"),
        )

    def group(self) -> Partition | None:
        """The rows that a row needs beside itself to be judged: those of its group."""
        return self.partition


# --- sums and the like over a set


@dataclass
class Gathered:
    """A set of rows whose figures a function takes, and what of them is asked.

    ``member`` is the view of its rows; ``value`` their figures.
    """

    node: Members
    prefix: str
    view: View
    member: View
    value: Num
    is_whole: bool
    _asked: dict[str, None] = field(default_factory=dict[str, None])

    def __post_init__(self) -> None:
        if not isinstance(self.value, Whole):
            raise NotColumnar("a sum of quotients", "割り算の合計")
        self.group()  # names its columns

    # --- what functions ask

    @property
    def total(self) -> Num:
        return self._told("total")

    @property
    def least(self) -> Num:
        return self._told("least")

    @property
    def greatest(self) -> Num:
        return self._told("greatest")

    @property
    def count(self) -> Num:
        if self.node.name in self.view.formula_cells:
            raise NotColumnar("a count of formula cells", "計算セルの個数")
        self._asked["count"] = None
        number = self.view.named(f"{self.prefix}/count").fill_null(0)
        missing = Missing(False, *self._doubts)
        return Whole(number, number, 1, self._rows, missing, 0)

    def _told(self, what: str) -> Whole:
        self._asked |= dict.fromkeys((what, "count"))
        value = self._value
        lo = self.view.named(f"{self.prefix}/{what}")
        hi = lo if value.point else self.view.named(f"{self.prefix}/{what}/hi")
        unknown, opened = self._doubts
        count = self.view.named(f"{self.prefix}/count").fill_null(0)
        blank = (count == 0) & expression_of(opposite(either(unknown, opened)))
        rows = self._rows if what == "total" else 1
        bound = value.bound * rows
        if bound > FITS:  # 64 bits may not hold it
            return Whole(lo, hi, value.scale, LARGEST, Missing(False, False, True))
        ends = self._ends() if what == "total" else None
        return Whole(
            lo,
            hi,
            value.scale,
            bound,
            Missing(blank, unknown, opened),
            value.least,
            ends,
            value.wide and what == "total",
        )

    @property
    def _value(self) -> Whole:
        assert isinstance(self.value, Whole)
        return self.value

    @property
    def _rows(self) -> int:
        """How many rows a set has at most."""
        return max(self.member.height, 1)

    def _ends(self) -> Ends | None:
        ends = self._value.open
        if ends is None:
            return None
        lo, hi = (
            (self.view.named(f"{self.prefix}/open {end}") == 1).fill_null(False)
            if isinstance(mask, nw.Expr)
            else mask
            for end, mask in (("lo", ends.lo), ("hi", ends.hi))
        )
        return Ends(lo, hi)

    @property
    def open(self) -> nw.Expr:
        """Where only the judge can tell what the set comes to."""
        return (self.view.named(f"{self.prefix}/left") == 1).fill_null(False)

    @property
    def _doubts(self) -> tuple[Mask, Mask]:
        """Where the set or a figure of it is unknown, and where only the judge can tell."""
        unknown = (self.view.named(f"{self.prefix}/unknown") == 1).fill_null(False)
        return unknown & ~self.open, self.open

    # --- how columns tell it

    def joined(self, frame: Frame, sources: Sources) -> Frame:
        """The frame with the columns that tell it."""
        match self.node.of:
            case "rows":
                return self._windowed(frame, sources, self._partition(()))
            case "same":
                return self._windowed(frame, sources, self._partition(self.node.keys))
            case "years":
                return self._of_sheet(frame, sources)
            case "details" | "children":
                raise NotColumnar(f"the set {self.node.path}", f"行の集まり {self.node.path}")

    def _partition(self, keys: tuple[Field, ...], *, by_place: bool = False) -> Partition:
        return Partition(self.prefix, self.view, keys, by_place)

    def _windowed(self, frame: Frame, sources: Sources, partition: Partition) -> Frame:
        """Each row with what the rows of its own group come to."""
        plain = plain_rows(self.view)
        frame = partition.marked(frame, sources.engine)
        columns = partition.columns
        told = {
            name: _FOLDS[fold](value).over(*columns)
            for name, (fold, value) in self._parts(plain).items()
        }
        told["unknown"] = told["unknown"] if self.is_whole else nw.lit(1, nw.Int64)
        unsure = either(partition.unknown, _over(both(plain, partition.unknown), [CODE]))
        opened = either(partition.open, _over(both(plain, partition.open), [CODE]))
        told["unknown"] = nw.when(expression_of(unsure)).then(1).otherwise(told["unknown"])
        told["left"] = nw.when(expression_of(opened)).then(1).otherwise(told["left"])
        return frame.with_columns(
            value.alias(f"{self.prefix}/{name}") for name, value in told.items()
        )

    def _parts(self, plain: Mask) -> dict[str, tuple[str, nw.Expr]]:
        """What each row adds to what is asked of its group: how it is put together, and what."""
        value, there = self._value, self._value.missing.there
        counted = _number_of(both(plain, there)) == 1
        parts = {
            "count": ("sum", counted.cast(nw.Int64)),
            "unknown": ("max", _number_of(both(plain, value.missing.unknown))),
            "left": ("max", _number_of(both(plain, value.missing.open))),
        }
        folds = {"total": "sum", "least": "min", "greatest": "max"}
        for what, fold in folds.items():
            if what not in self._asked:
                continue
            parts[what] = fold, nw.when(counted).then(value.lo)
            if not value.point:
                parts[f"{what}/hi"] = fold, nw.when(counted).then(value.hi)
        ends = value.open
        if "total" in self._asked and ends is not None:
            for end, mask in (("lo", ends.lo), ("hi", ends.hi)):
                if isinstance(mask, nw.Expr):
                    parts[f"open {end}"] = "max", (counted & mask).cast(nw.Int64)
        return parts

    def _of_sheet(self, frame: Frame, sources: Sources) -> Frame:
        """Each sheet with what its columns come to."""
        if "year" not in sources.frames:
            rows = (
                sources.frames["sheet"]
                .filter(nw.lit(False))
                .with_columns(nw.lit(None, nw.Int64).alias(name) for name in self.member.paths)
            )
        else:
            rows = self.member.frame(sources)
        parts = self._parts(True)
        rows = rows.select(
            nw.col(OWNER).alias("of"), *(value.alias(name) for name, (_, value) in parts.items())
        )
        folded = rows.group_by("of").agg(
            nw.len().alias(f"{self.prefix}/rows"),
            *(
                _FOLDS[fold](nw.col(name)).alias(f"{self.prefix}/{name}")
                for name, (fold, _) in parts.items()
            ),
        )
        frame = frame.join(folded, left_on=OWNER, right_on="of", how="left")
        frame = frame.drop("of", strict=False)
        unknown = nw.col(f"{self.prefix}/unknown").fill_null(0)
        if self.view.form.table is None:  # a document prints all columns of its form
            lacking = nw.col(f"{self.prefix}/rows").fill_null(0) < len(self.view.form.columns)
            unknown = nw.when(lacking).then(1).otherwise(unknown)
        elif not self.is_whole:
            unknown = nw.lit(1, nw.Int64)
        return frame.with_columns(unknown.alias(f"{self.prefix}/unknown"))

    def group(self) -> Partition | None:
        """The rows that a row needs beside itself to be judged: those of its group; None where
        they are of its own sheet.
        """
        match self.node.of:
            case "rows":
                return self._partition(())
            case "same":
                return self._partition(self.node.keys)
            case "years" | "details" | "children":
                return None


_FOLDS: Final[dict[str, Callable[[nw.Expr], nw.Expr]]] = {
    "sum": lambda value: value.sum(),
    "min": lambda value: value.min(),
    "max": lambda value: value.max(),
}


def _number_of(mask: Mask) -> nw.Expr:
    """1 where a condition holds, else 0; never a constant, of which engines make no sums."""
    return mask.cast(nw.Int64) if isinstance(mask, nw.Expr) else nw.col(CODE) * 0 + int(mask)


@dataclass(frozen=True)
class Companions:
    """What the judge needs of some rules' sets beside the rows that are left to it."""

    rows: Frame
    partitions: Sequence[Partition]
    engine: Engine

    def owners(self, judged: pl.DataFrame) -> pl.DataFrame:
        """The owners of all rows of the groups that some rows look at."""
        keys: list[str] = [name for name in (CODE, OWNER, AT) if name in judged.columns]
        wanted = self.engine.frame(judged.select(pl.col(key).alias(f"of {key}") for key in keys))
        looking = self.rows.join(
            wanted, left_on=keys, right_on=[f"of {key}" for key in keys], how="semi"
        )
        owners: list[pl.DataFrame] = []
        for partition in self.partitions:
            columns = partition.columns
            groups = looking.select(nw.col(name).alias(f"of {name}") for name in columns).unique()
            of_groups = self.rows.join(
                groups, left_on=columns, right_on=[f"of {name}" for name in columns], how="semi"
            )
            owners.append(self._owners(of_groups))
            if partition.unknown is not False:  # then nobody knows of any row of the book
                books = looking.select(nw.col(CODE).alias("of")).unique()
                lacking = self.rows.filter(nw.col(f"{partition.prefix}/lacks") == 1)
                of_books = lacking.join(books, left_on=CODE, right_on="of", how="semi")
                owners.append(self._owners(of_books))
        return pl.concat(owners).unique()

    def _owners(self, rows: Frame) -> pl.DataFrame:
        return self.engine.collected(rows.select(CODE, OWNER).unique())
