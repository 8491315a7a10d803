"""Sets of rows as columns: what the rows of a book that are alike, the details of a total and the
columns of a sheet come to, beside each row that looks at them.

Rows that look at their own group are told by windows over it; others by a join.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from auditor.engines.alike import with_listed, with_squeezed
from auditor.engines.bases import AT, Base
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER
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
    from auditor.engines.joining import Sources
    from auditor.engines.views import View

__all__ = ["Above", "Alone", "Companions", "Gathered", "Group", "Partition"]

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
    looking: str | None = None
    """The column of the rows that look at their group; None for all."""

    @property
    def columns(self) -> list[str]:
        """The columns that are equal for rows of one group."""
        names = [f"{self.prefix}/key{at}" for at in range(len(self.keys))]
        return [CODE, *([AT] if self.by_place else []), *names]

    @property
    def marks(self) -> list[str]:
        """These, and the column that says whose group is unknown."""
        looking = [] if self.looking is None else [self.looking]
        return [*self.columns, f"{self.prefix}/lacks", *looking]

    def beside(self, looking: Frame, rows: Frame) -> Iterator[Frame]:
        """The rows of the groups that some rows look at."""
        if self.looking is not None:
            looking = looking.filter(nw.col(self.looking) == 1)
        yield _alike(rows, self.columns, looking, self.columns)
        if self.unknown is not False:  # then nobody knows of any row of the book
            lacking = rows.filter(nw.col(f"{self.prefix}/lacks") == 1)
            yield _alike(lacking, [CODE], looking, [CODE])

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
    def any_blank(self) -> nw.Expr:
        """Where nothing is printed under some name."""
        keys = self.columns[-len(self.keys) :]
        nothing = zip(keys, self._nothing, strict=True)
        return expression_of(either(*(nw.col(name) == value for name, value in nothing)))

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
            own_links(key.links)
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


def _alike(rows: Frame, columns: list[str], others: Frame, of_others: list[str]) -> Frame:
    """The rows whose columns are those of any of some others."""
    keys = others.select(
        nw.col(name).alias(f"of {number}") for number, name in enumerate(of_others)
    )
    right = [f"of {number}" for number in range(len(of_others))]
    return rows.join(keys.unique(), left_on=columns, right_on=right, how="semi")


@dataclass(frozen=True, eq=False)
class Spans:
    """The blocks of rows that a total of those above adds up, as columns of their frame."""

    prefix: str
    view: View
    looking: str

    def __post_init__(self) -> None:
        self._numbers()

    def _numbers(self) -> list[nw.Expr]:
        """The block of a row, and the first one that it totals."""
        return [of_sheet(self.view, name)[1] for name in ("block", "since")]

    @property
    def by(self) -> list[str]:
        """The columns of a book, and of a column of it."""
        return [CODE] if self.view.scope == "sheet" else [CODE, AT]

    @property
    def marks(self) -> list[str]:
        """The columns that tell of each row its block, and the first block that it totals."""
        return [*self.by, f"{self.prefix}/block", f"{self.prefix}/since", self.looking]

    def marked(self, frame: Frame) -> Frame:
        """The frame with these columns."""
        block, since = self._numbers()
        return frame.with_columns(
            block.alias(f"{self.prefix}/block"), since.alias(f"{self.prefix}/since")
        )

    def beside(self, looking: Frame, rows: Frame) -> Iterator[Frame]:
        """The rows that some rows add up."""
        looking = looking.filter(nw.col(self.looking) == 1)
        spans = looking.select(
            nw.col(CODE).alias("of code"),
            nw.col(f"{self.prefix}/since").alias("#first"),
            nw.col(f"{self.prefix}/block").alias("#last"),
        ).unique()
        block = nw.col(f"{self.prefix}/block")
        joined = rows.join(spans, left_on=CODE, right_on="of code", how="inner")
        yield joined.filter((block >= nw.col("#first")) & (block <= nw.col("#last")))


@dataclass(frozen=True, eq=False)
class Kin:
    """What rows are called by those below them, and what they call the row above."""

    prefix: str
    view: View

    def __post_init__(self) -> None:
        self.texts()
        plain_rows(self.view)

    def texts(self) -> tuple[nw.Expr, nw.Expr]:
        """A row's own name, its number where rows have numbers; and that of its parent."""
        named = "number" if self._has_numbers else "name"
        return of_sheet(self.view, named)[1], of_sheet(self.view, "parent")[1]

    @property
    def _has_numbers(self) -> bool:
        return bool(self.view.form.labels.get("number"))

    @property
    def by(self) -> list[str]:
        """The columns of a book, and of a column of it."""
        return [CODE] if self.view.scope == "sheet" else [CODE, AT]

    @property
    def own(self) -> list[str]:
        """The columns that the children of a row name."""
        return [*self.by, f"{self.prefix}/own"]

    @property
    def above(self) -> list[str]:
        """The columns by which a row names its parent."""
        return [*self.by, f"{self.prefix}/above"]

    @property
    def marks(self) -> list[str]:
        return [*self.own, f"{self.prefix}/above"]

    def marked(self, frame: Frame, engine: Engine) -> Frame:
        """The frame with these columns: null where a row is a total, or has no parent."""
        own, above = self.texts()
        texts = {"own": own.cast(nw.String).fill_null(""), "above": above}
        for name, text in texts.items():
            column = f"{self.prefix}/{name}"
            frame = engine.kept(frame.with_columns(text.alias(f"{column} text")))
            frame = with_squeezed(frame, engine, f"{column} text", column)
            if self._has_numbers:
                digits = nw.col(column).str.contains(r"^[0-9]{1,18}\z").fill_null(False)
                plain = nw.when(digits).then(nw.col(column)).cast(nw.Int64).cast(nw.String)
                frame = frame.with_columns(nw.coalesce(plain, nw.col(column)).alias(column))
        is_plain = expression_of(plain_rows(self.view))
        return frame.with_columns(
            nw.when(is_plain).then(nw.col(f"{self.prefix}/own")).alias(f"{self.prefix}/own")
        )

    def beside(self, looking: Frame, rows: Frame) -> Iterator[Frame]:
        """The rows of the same name as some rows, their parents and their children."""
        yield _alike(rows, self.own, looking, self.own)
        yield _alike(rows, self.own, looking, self.above)
        yield _alike(rows, self.above, looking, self.own)


Group = Partition | Spans | Kin


def own_links(links: Sequence[str]) -> None:
    """Raises NotColumnar for links to a parent, whose record a set's rows would need, too."""
    if "parent" in links:
        raise NotColumnar("a parent's figures in a set", "行の集まりの中の上位の行")


def of_sheet(view: View, name: str) -> tuple[Base, nw.Expr, Missing]:
    """The column of a row's sheet, seen from a sheet or a column of one."""
    return view.column(() if view.scope == "sheet" else ("sheet",), name)


def plain_rows(view: View) -> Mask:
    """The rows that total no others."""
    if "sheet" not in (view.scope, SCOPES[view.scope].owner):
        return True
    _, role, missing = of_sheet(view, "role")
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

    def groups(self) -> Sequence[Group]:
        """The rows that a row needs beside itself to be judged: those of its group."""
        return [self.partition]


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
    _groups: list[Group] = field(default_factory=list[Group])

    def __post_init__(self) -> None:
        if not isinstance(self.value, Whole):
            raise NotColumnar("a sum of quotients", "割り算の合計")
        own_links(self.node.then)
        self._groups = [*self._made_groups()]

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
            case "rows" | "same":
                (partition,) = self._groups
                assert isinstance(partition, Partition)
                return self._windowed(frame, sources, partition)
            case "details":
                return self._details(frame, sources)
            case "children":
                return self._children(frame, sources)
            case "years":
                return self._of_sheet(frame, sources)

    def groups(self) -> Sequence[Group]:
        """The rows that a row needs beside itself to be judged; none beside its own sheet."""
        return self._groups

    def _made_groups(self) -> Iterator[Group]:
        match self.node.of:
            case "rows":
                yield Partition(self.prefix, self.view, ())
            case "same":
                yield Partition(self.prefix, self.view, self.node.keys)
            case "details":
                for column in ("role", "totals"):
                    of_sheet(self.view, column)
                for number, totals in enumerate(self._entries):
                    yield self._totalled(f"{self.prefix}/{number}", totals)
            case "children":
                yield Kin(self.prefix, self.view)
            case "years":
                return

    @property
    def _entries(self) -> Sequence[tuple[str, ...]]:
        """What the total rows of the form may total."""
        return [*dict.fromkeys(total.totals for total in self.view.form.totals)]

    def _totalled(self, prefix: str, totals: tuple[str, ...]) -> Group:
        looking = f"{prefix}/looking"
        if totals == ("above",):
            return Spans(prefix, self.view, looking)
        before = () if self.view.scope == "sheet" else ("sheet",)
        labels = () if totals == ("all",) else totals
        keys = tuple(Field(before, label, "text", 0) for label in labels)
        return Partition(prefix, self.view, keys, self.view.scope == "year", looking)

    def _windowed(self, frame: Frame, sources: Sources, partition: Partition) -> Frame:
        """Each row with what the rows of its own group come to."""
        plain = plain_rows(self.view)
        frame = partition.marked(frame, sources.engine)
        told = {
            name: _FOLDS[fold](value).over(*partition.columns)
            for name, (fold, value) in self._parts(plain).items()
        }
        unsure = either(partition.unknown, _over(both(plain, partition.unknown), [CODE]))
        opened = either(partition.open, _over(both(plain, partition.open), [CODE]))
        if not self.is_whole:
            unsure = True
        for name, mask in (("unknown", unsure), ("left", opened)):
            told[name] = nw.when(expression_of(mask)).then(1).otherwise(told[name])
        return frame.with_columns(
            value.alias(f"{partition.prefix}/{name}") for name, value in told.items()
        )

    def _details(self, frame: Frame, sources: Sources) -> Frame:
        """Each total row with what those that it totals come to; other rows total none."""
        is_total = expression_of(opposite(plain_rows(self.view)))
        said = of_sheet(self.view, "totals")[1]
        told: dict[str, nw.Expr] = dict.fromkeys(self._parts(True), nw.lit(None, nw.Int64))
        known: Mask = False
        for group, totals in zip(self._groups, self._entries, strict=True):
            written = json.dumps(totals, ensure_ascii=False)
            looks = is_total & (said == written).fill_null(False)
            frame = frame.with_columns(_number_of(looks).alias(f"{group.prefix}/looking"))
            if isinstance(group, Spans):
                frame = self._spanned(frame, sources, group)
            else:
                assert isinstance(group, Partition)
                frame = self._windowed(frame, sources, group)
            for name, value in told.items():
                told[name] = nw.when(looks).then(nw.col(f"{group.prefix}/{name}")).otherwise(value)
            known = either(known, looks)
        left = nw.when(is_total & expression_of(opposite(known))).then(1)
        told["left"] = left.otherwise(told["left"])
        if not self.is_whole:
            told["unknown"] = nw.lit(1, nw.Int64)
        return frame.with_columns(
            value.alias(f"{self.prefix}/{name}") for name, value in told.items()
        )

    def _spanned(self, frame: Frame, sources: Sources, spans: Spans) -> Frame:
        """Each total row with what the blocks above it come to."""
        engine, prefix, parts = sources.engine, spans.prefix, self._parts(plain_rows(self.view))
        frame = engine.kept(spans.marked(frame))
        block, since = f"{prefix}/block", f"{prefix}/since"
        looking = frame.filter((nw.col(spans.looking) == 1) & ~nw.col(since).is_null())
        totals = engine.collected(looking.select(CODE, since, block).unique()).drop_nulls()
        each = totals.with_columns(pl.int_ranges(since, pl.col(block) + 1).alias("of block"))
        each = each.explode("of block").select(
            pl.col(CODE).alias("of code"),
            pl.col(since).alias("first"),
            pl.col(block).alias("last"),
            pl.col("of block").cast(pl.Int64),
        )
        rows = frame.select(
            *spans.by, block, *(value.alias(f"part {name}") for name, (_, value) in parts.items())
        )
        blocks = _folded(rows, [*spans.by, block], parts)
        joined = blocks.join(
            engine.frame(each), left_on=[CODE, block], right_on=["of code", "of block"]
        )
        folded = _folded(joined, [*spans.by, "first", "last"], parts)
        frame = _beside(frame, [*spans.by, since, block], folded, prefix, parts)
        lost = nw.col(since).is_null() | nw.col(block).is_null()
        unknown = nw.when(lost).then(1).otherwise(nw.col(f"{prefix}/unknown"))
        return frame.with_columns(unknown.alias(f"{prefix}/unknown"))

    def _children(self, frame: Frame, sources: Sources) -> Frame:
        """Each row with what those below it come to."""
        (kin,) = self._groups
        assert isinstance(kin, Kin)
        frame = sources.engine.kept(kin.marked(frame, sources.engine))
        parts = self._parts(plain_rows(self.view))
        rows = frame.filter(~nw.col(f"{self.prefix}/above").is_null()).select(
            *kin.above, *(value.alias(f"part {name}") for name, (_, value) in parts.items())
        )
        folded = _folded(rows, kin.above, parts)
        frame = _beside(frame, kin.own, folded, self.prefix, parts)
        named = (~nw.col(f"{self.prefix}/own").is_null()).cast(nw.Int64)
        several = (named.sum().over(*kin.own) > 1) & (named == 1)
        unsure = several if self.is_whole else nw.lit(True)
        unknown = nw.when(unsure).then(1).otherwise(nw.col(f"{self.prefix}/unknown"))
        return frame.with_columns(unknown.alias(f"{self.prefix}/unknown"))

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


_FOLDS: Final[dict[str, Callable[[nw.Expr], nw.Expr]]] = {
    "sum": lambda value: value.sum(),
    "min": lambda value: value.min(),
    "max": lambda value: value.max(),
}


def _number_of(mask: Mask) -> nw.Expr:
    """1 where a condition holds, else 0; never a constant, of which engines make no sums."""
    return mask.cast(nw.Int64) if isinstance(mask, nw.Expr) else nw.col(CODE) * 0 + int(mask)


@dataclass
class Above:
    """The row that a row names as its parent, and what of it formulas name."""

    kin: Kin
    is_whole: bool
    _asked: dict[tuple[tuple[str, ...], str], int] = field(
        default_factory=dict[tuple[tuple[str, ...], str], int]
    )

    def column(self, links: tuple[str, ...], name: str) -> tuple[Base, nw.Expr, Missing]:
        """The column under a name of the parent, as ``View.column`` has that of the row."""
        own_links(links)
        view, prefix = self.kin.view, self.kin.prefix
        at = self._asked.setdefault((links, name), len(self._asked))
        base = view.column(links, name)[0]
        value = view.named(f"{prefix}/{at}")
        unknown, opened = (
            (view.named(f"{prefix}/{at}/{mark}") == 1).fill_null(False)
            for mark in ("unknown", "left")
        )
        blank = value.is_null() & ~unknown & ~opened
        return base, value, Missing(blank, unknown & ~opened, opened)

    def joined(self, frame: Frame, sources: Sources) -> Frame:
        """The frame with these columns."""
        kin, prefix = self.kin, self.kin.prefix
        frame = sources.engine.kept(kin.marked(frame, sources.engine))
        parts: dict[str, tuple[str, nw.Expr]] = {"rows": ("sum", _number_of(True))}
        for (links, name), at in self._asked.items():
            _, value, missing = kin.view.column(links, name)
            parts |= {
                f"{at}": ("max", value),
                f"{at}/unknown": ("max", _number_of(missing.unknown)),
                f"{at}/left": ("max", _number_of(missing.open)),
            }
        rows = frame.filter(~nw.col(f"{prefix}/own").is_null()).select(
            *kin.own, *(value.alias(f"part {name}") for name, (_, value) in parts.items())
        )
        frame = _beside(frame, kin.above, _folded(rows, kin.own, parts), prefix, parts)
        found = nw.col(f"{prefix}/rows")
        unsure = (found > 1).fill_null(False)
        if not self.is_whole:
            unsure = unsure | (found.is_null() & ~nw.col(f"{prefix}/above").is_null())
        marks = [f"{prefix}/{at}/unknown" for at in self._asked.values()]
        lefts = [f"{prefix}/{at}/left" for at in self._asked.values()]
        return frame.with_columns(
            *(nw.when(unsure).then(1).otherwise(nw.col(name)).alias(name) for name in marks),
            *(nw.when(unsure).then(0).otherwise(nw.col(name)).alias(name) for name in lefts),
        )

    def groups(self) -> Sequence[Group]:
        """The rows that a row needs beside itself to be judged."""
        return [self.kin]


Parts = Mapping[str, tuple[str, nw.Expr]]


def _folded(rows: Frame, keys: list[str], parts: Parts) -> Frame:
    """What the parts of the rows of each group come to, under the names of the parts."""
    folds = (_FOLDS[fold](nw.col(f"part {name}")) for name, (fold, _) in parts.items())
    return rows.group_by(*keys).agg(*folds)


def _beside(frame: Frame, keys: list[str], folded: Frame, prefix: str, parts: Parts) -> Frame:
    """Each row with what the group of its keys comes to; ``folded`` begins with these."""
    there = folded.collect_schema().names()[: len(keys)]
    right = [f"of {name}" for name in there]
    folded = folded.select(
        *(nw.col(name).alias(new) for name, new in zip(there, right, strict=True)),
        *(nw.col(f"part {name}").alias(f"{prefix}/{name}") for name in parts),
    )
    joined = frame.join(folded, left_on=keys, right_on=right, how="left")
    return joined.drop(*right, strict=False)


@dataclass(frozen=True)
class Companions:
    """What the judge needs of some rules' sets beside the rows that are left to it."""

    rows: Frame
    groups: Sequence[Group]
    engine: Engine

    def owners(self, judged: pl.DataFrame) -> pl.DataFrame:
        """The owners of all rows of the groups that some rows look at."""
        keys: list[str] = [name for name in (CODE, OWNER, AT) if name in judged.columns]
        wanted = self.engine.frame(judged.select(pl.col(key).alias(f"of {key}") for key in keys))
        looking = self.rows.join(
            wanted, left_on=keys, right_on=[f"of {key}" for key in keys], how="semi"
        )
        beside = chain.from_iterable(group.beside(looking, self.rows) for group in self.groups)
        owners = (self.engine.collected(rows.select(CODE, OWNER).unique()) for rows in beside)
        return pl.concat(owners).unique()
