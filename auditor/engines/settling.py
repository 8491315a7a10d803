"""Python rules on tables: what columns say of their rows, so that only the others are made
records of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import narwhals as nw
import polars as pl

from auditor.engines.alike import with_squeezed, with_words
from auditor.engines.bases import AT, Base, Prepared
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER, Keyed
from auditor.forms.model import Form
from auditor.formula.columns.values import (
    FITS,
    LARGEST,
    Mask,
    both,
    either,
    expression_of,
    opposite,
)
from auditor.records.fields import SCOPES, TABLE_OF, Each
from auditor.records.model import YEAR_FIELDS
from auditor.rules.findings import Outcome
from auditor.rules.lookups import NO_LOOKUPS, Lookups
from auditor.rules.rows import Rows
from auditor.rules.rule import Rule
from auditor.tables.books import words_of
from auditor.tables.cells import ROW, as_text, inner

__all__ = [
    "OUTCOME",
    "Once",
    "Printed",
    "Settled",
    "SettledRules",
    "Tables",
    "amounts_of",
    "any_of",
    "at_places",
    "by_place",
    "in_its_book",
    "mixed",
    "more_than",
    "number_of",
    "settled",
]

OUTCOME: Final = "outcome"
"""The column of what is certain of a row: null where only the judge can tell."""

Once = Mapping[Callable[[Rows], Any], Mapping[int, Any]]
"""What functions that ``Rows.once`` computes make of whole books, by function and book."""


@dataclass(frozen=True)
class Printed:
    """A figure of one kind of row as its table has it.

    ``value`` counts ``1 / scale`` of its base unit, null where there is no number; none is
    further from 0 than ``bound``. ``text``: something is printed that is no number. ``open``:
    only the judge can tell what is printed. ``absent``: the table has no such column.
    """

    value: nw.Expr
    scale: Fraction = Fraction(1)
    bound: int = LARGEST
    text: Mask = False
    open: Mask = False
    absent: bool = False

    @property
    def blank(self) -> Mask:
        """Where nothing, or a dash, is printed."""
        if self.absent:
            return False
        return expression_of(opposite(either(self.text, self.open))) & self.value.is_null()

    @property
    def unknown(self) -> Mask:
        """Where nobody knows what is printed."""
        return True if self.absent else self.text

    @property
    def nonzero(self) -> nw.Expr:
        """Where a number other than 0 is printed."""
        return (self.value != 0).fill_null(False)

    def differs_from(self, other: Printed) -> Mask:
        """Where both are known and print different numbers, or only one of them a number."""
        there, other_there = ~self.value.is_null(), ~other.value.is_null()
        differing = (self.value != other.value).fill_null(False) | (there != other_there)
        return both(differing, opposite(either(self.unknown, other.unknown)))


class Settled(NamedTuple):
    """What columns say of every row of a rule.

    ``rows`` has the keys of each row, and its outcome in ``OUTCOME``; null where the judge has to
    tell. ``also`` are the owners (``#code``, ``#owner``) that the judge needs besides the rows
    that are left to it, ``once`` is what it would compute of whole books.
    """

    rows: Frame
    also: pl.DataFrame | None = None
    once: Once = MappingProxyType({})


@dataclass(frozen=True)
class Tables:
    """One form's sound rows, as a rule's ``settle`` sees them."""

    form: Form
    engine: Engine
    found: Keyed
    prepared: Prepared
    codes: tuple[int, ...]
    """The books of this form that columns can be sure of."""
    is_whole: bool = True
    """Whether every row of the tables is in some book."""
    lookups: Lookups = NO_LOOKUPS

    def settled(
        self, rows: Frame, *cases: tuple[Mask | str, Outcome | None], otherwise: Outcome | None
    ) -> Settled:
        """Rows with the outcome of the first case that each is, a condition or the name of a
        column that tells; None is for the judge.
        """
        outcome = nw.lit(otherwise, nw.String)
        for case, first in reversed(cases):
            mask = nw.col(case) if isinstance(case, str) else expression_of(case)
            outcome = nw.when(mask).then(nw.lit(first, nw.String)).otherwise(outcome)
        keys = [name for name in (CODE, OWNER, AT) if name in rows.collect_schema()]
        return Settled(rows.select(*keys, outcome.alias(OUTCOME)))

    def books(self) -> Frame:
        """The numbers of the books."""
        return self.engine.frame(pl.DataFrame({CODE: self.codes}, schema={CODE: pl.Int64}))

    def of_books(self, scope: Each, anywhere: Mapping[str, Mask]) -> Frame:
        """A row for each book, with the number of its rows of one kind for which each condition
        holds.
        """
        counted = (number_of(mask).alias(name) for name, mask in anywhere.items())
        rows = self.rows(scope).select(nw.col(CODE).alias("of"), *counted)
        sums = rows.group_by("of").agg(*(nw.col(name).sum() for name in anywhere))
        joined = self.books().join(sums, left_on=CODE, right_on="of", how="left")
        return joined.drop("of", strict=False).with_columns(
            nw.col(name).fill_null(0) for name in anywhere
        )

    def first_sheets(self, rows: Frame, number: int) -> pl.DataFrame | None:
        """The owners of some rows of columns, the first few of each book in its order; None where
        the table of sheets does not tell the order.
        """
        if "sheets" in self.found.derived:
            return None
        sheets = self._of_form("sheet")
        order = next(name for name in (ROW, OWNER) if name in sheets.collect_schema())
        owners = rows.select(nw.col(OWNER).alias("of")).unique()
        chosen = sheets.join(owners, left_on=OWNER, right_on="of", how="semi")
        table = self.engine.collected(chosen.select(*dict.fromkeys((CODE, OWNER, order))))
        return table.sort(order).group_by(CODE).head(number).select(CODE, OWNER)

    def has(self, scope: Each) -> bool:
        """Whether there is a table of such rows."""
        return scope in self.prepared.frames

    def rows(self, scope: Each) -> Frame:
        """The rows of one kind with their keys (``#code``, ``#owner``, ``#at``) and the columns
        that rules named.
        """
        return self.prepared.frames[scope]

    def printed(self, scope: Each, name: str) -> Printed:
        """One figure of a kind of row."""
        base = self.prepared.bases.get(scope, Base())
        if name in base.absent or scope not in self.prepared.frames:
            return Printed(nw.lit(None, nw.Int64), absent=True)
        column = inner(name)
        return Printed(
            nw.col(column),
            Fraction(base.scales.get(name, 1)),
            base.bounds.get(name, LARGEST),
            _mark(column, "unknown", base.unknown, name),
            _mark(column, "open", base.open, name),
        )

    def together(
        self, scope: Each, names: Iterable[str], *, in_print: bool
    ) -> dict[str, Printed] | None:
        """Figures on one scale, in the units that the form prints (``in_print``) or in base units;
        None where whole numbers can't hold them and their sums.
        """
        figures = {name: self.printed(scope, name) for name in names}
        definitions = self.form.definitions[scope]
        # A value counts 1 / part of its unit. All of them come to 1 / common of it.
        parts = {name: figure.scale for name, figure in figures.items()}
        if in_print:
            for name in parts:
                parts[name] *= Fraction(self.form.factor(definitions[name].unit))
        common = Fraction(lcm(*(part.numerator for part in parts.values())))
        scaled: dict[str, Printed] = {}
        for name, figure in figures.items():
            factor = common / parts[name]
            if factor.denominator != 1:
                return None
            value = figure.value if factor == 1 else figure.value * factor.numerator
            bound = figure.bound * factor.numerator
            scaled[name] = replace(figure, value=value, scale=common, bound=bound)
        return scaled if sum(figure.bound for figure in scaled.values()) <= FITS else None

    def beside_prior(self, names: Iterable[str]) -> Frame:
        """The columns of sheets with what the ones before them say of some figures, see ``prior``:
        ``#first`` has none before it, ``#gap`` one that the sheet lacks.
        """
        rows = self.rows("year")
        there = rows.collect_schema()
        wanted = [f"{inner(name)}{mark}" for name in names for mark in ("", "/open", "/unknown")]
        moved = {f"prior/{name}": name for name in [AT, *wanted] if name in there}
        frame = self.engine.moved(rows, [OWNER], AT, 1, moved)
        first = nw.col(AT) == 0
        gap = ~(nw.col(f"prior/{AT}") == nw.col(AT) - 1).fill_null(False)
        return frame.with_columns(first.alias("#first"), gap.alias("#gap"))

    def word(self, scope: Each, name: str) -> nw.Expr:
        """A text that formulas can name, null where blank."""
        base = self.prepared.bases.get(scope, Base())
        return nw.lit(None, nw.String) if name in base.absent else nw.col(inner(name))

    def prior(self, name: str) -> Printed:
        """A figure of the column before, where ``beside_prior`` has it."""
        figure = self.printed("year", name)
        marks = [
            nw.col(f"prior/{inner(name)}/{kind}").fill_null(False)
            if isinstance(mask, nw.Expr)
            else mask
            for kind, mask in (("unknown", figure.text), ("open", figure.open))
        ]
        value = figure.value if figure.absent else nw.col(f"prior/{inner(name)}")
        return replace(figure, value=value, text=marks[0], open=marks[1])

    def texts(self, scope: Each, names: Collection[str]) -> Frame:
        """The rows of one kind with their owners and some texts as the table has them; null where
        blank, or where there is no such column.
        """
        frame = self._of_form(scope)
        schema = self.found.schemas[TABLE_OF[scope]]
        texts = [
            (as_text(name, schema) if name in schema else nw.lit(None, nw.String)).alias(name)
            for name in names
        ]
        return frame.select(CODE, OWNER, *self._place(scope), *texts)

    def spelt(self, scope: Each, names: Collection[str], lists: Collection[str] = ()) -> Frame:
        """A row for each of some texts of a kind of row, with its owner: ``text``, and ``key``,
        equal where texts are alike whatever their width and spaces. ``lists`` hold several texts
        each.
        """
        frame = self.engine.kept(self.texts(scope, [*names, *lists]))
        parts = [
            frame.filter(~nw.col(name).is_null()).select(CODE, OWNER, nw.col(name).alias("text"))
            for name in names
        ]
        for name in lists:
            written = frame.filter(~nw.col(name).is_null()).select(
                CODE, OWNER, nw.col(name).alias("cell")
            )
            cells = self.engine.collected(written.select("cell").unique())["cell"].to_list()
            words = [(cell, word) for cell in cells for word in words_of(cell) if word]
            parts.append(
                with_words(written, self.engine, "cell", "text", words).select(CODE, OWNER, "text")
            )
        return with_squeezed(nw.concat(parts), self.engine, "text", "key")

    def several(self, frame: Frame, name: str, key: str) -> Frame:
        """The rows of a book in which their ``key`` stands with several of a ``name``."""
        distinct = frame.select(CODE, name, key).unique()
        counted = distinct.group_by(CODE, key).agg(nw.len().alias("names"))
        chosen = counted.filter(nw.col("names") > 1).select(
            nw.col(CODE).alias("of code"), nw.col(key).alias("of key")
        )
        return frame.join(chosen, left_on=[CODE, key], right_on=["of code", "of key"], how="semi")

    def matching(self, scope: Each, names: Collection[str], pattern: str) -> Frame:
        """The rows of which any of some texts holds a pattern, in the words of all engines: no
        look-around, no reference to what was found before.
        """
        found = [nw.col(name).str.contains(pattern).fill_null(False) for name in names]
        return self.texts(scope, names).filter(any_of(found))

    def marked(self, frame: Frame, books: Frame, name: str) -> Frame:
        """The frame with a column that says which rows are of some ``books``."""
        marks = books.select(nw.col(CODE).alias("of")).unique()
        marks = marks.with_columns(nw.lit(True).alias(name))
        joined = frame.join(marks, left_on=CODE, right_on="of", how="left")
        return joined.drop("of", strict=False).with_columns(nw.col(name).fill_null(False))

    def of_owners(
        self,
        scope: Each,
        *,
        least: Mapping[str, nw.Expr] = {},
        greatest: Mapping[str, nw.Expr] = {},
        sums: Mapping[str, nw.Expr] = {},
        anywhere: Mapping[str, Mask] = {},
        of: Frame | None = None,
    ) -> Frame:
        """A row for each sheet (or KPI) with what its rows of one kind (or some ``of`` them) come
        to; ``anywhere`` says in how many of them a condition holds.
        """
        counted = {name: number_of(mask) for name, mask in anywhere.items()}
        values = {**least, **greatest, **sums, **counted}
        if not self.has(scope):
            owner = SCOPES[scope].owner
            assert owner is not None
            none = [nw.lit(None, nw.Int64).alias(name) for name in values]
            return self.rows(owner).select(OWNER, *none)
        rows = (self.rows(scope) if of is None else of).select(
            OWNER, *(value.alias(name) for name, value in values.items())
        )
        return rows.group_by(OWNER).agg(
            *(nw.col(name).min() for name in least),
            *(nw.col(name).max() for name in greatest),
            *(nw.col(name).sum() for name in (*sums, *counted)),
        )

    def with_owned(
        self, scope: Each, owned: Frame, own: Mapping[str, nw.Expr | bool] = {}
    ) -> Frame:
        """The rows of sheets or KPIs with the columns of ``owned``, which has a row for each owner
        at most, and some of their ``own``.
        """
        rows = self.rows(scope).select(
            CODE, OWNER, *(expression_of(value).alias(name) for name, value in own.items())
        )
        return self.beside(rows, owned)

    def beside(self, rows: Frame, owned: Frame, how: Literal["left", "inner"] = "left") -> Frame:
        """Some rows with the columns of ``owned``, which has a row for each owner at most."""
        other = owned.with_columns(nw.col(OWNER).alias("of")).drop(OWNER)
        return rows.join(other, left_on=OWNER, right_on="of", how=how).drop("of", strict=False)

    def words(self, scope: Each, name: str) -> list[str]:
        """The distinct texts of a kind of row."""
        texts = self.texts(scope, [name]).select(name).unique()
        return self.engine.collected(texts)[name].drop_nulls().to_list()

    def states(self, scope: Each, name: str) -> bool:
        """Whether the table says of a figure more than its number: a dash, a text."""
        return f"{inner(name)}/state" in self.found.schemas[TABLE_OF[scope]]

    def alone(self, rows: Frame, keys: Collection[str], opened: str) -> Frame:
        """The rows with ``#alone``, where no other row of the book has the same keys, and
        ``#open``, where any row of the book has an ``opened`` above 0.
        """
        return rows.with_columns(
            (nw.len().over(CODE, *keys) == 1).alias("#alone"),
            (nw.col(opened).fill_null(0).max().over(CODE) > 0).alias("#open"),
        )

    def flagged(self, scope: Each, *owners: Frame, of: Frame | None = None) -> Frame:
        """The rows of one kind (or some ``of`` them) with a column ``#flagged``: those of some
        ``owners``.
        """
        marked = nw.concat([some.select(nw.col(OWNER).alias("of")) for some in owners]).unique()
        marked = marked.with_columns(nw.lit(True).alias("#flagged"))
        rows = self.keys(scope) if of is None else of
        joined = rows.join(marked, left_on=OWNER, right_on="of", how="left")
        return joined.drop("of", strict=False).with_columns(nw.col("#flagged").fill_null(False))

    def opened(self, scope: Each, name: str) -> nw.Expr:
        """Where only the judge can tell what a name of formulas stands for."""
        base = self.prepared.bases.get(scope, Base())
        return expression_of(_mark(inner(name), "open", base.open, name))

    def of_one_project(self, rows: Frame) -> tuple[Frame, pl.DataFrame]:
        """The sheets of some rows whose name is the project of a KPI of the book, and these KPIs,
        with their owners. What has no name is of one project with all that has none.
        """
        sheets = self._keyed_names("sheet", "name").join(
            rows.select(nw.col(OWNER).alias("of")).unique(),
            left_on=OWNER,
            right_on="of",
            how="semi",
        )
        kpis = self._keyed_names("kpi", "project")
        sheets, kpis = self.engine.kept(sheets), self.engine.kept(kpis)
        left_on, right_on = [CODE, "key"], ["of code", "of key"]

        def matched(some: Frame, others: Frame) -> Frame:
            keys = others.select(nw.col(CODE).alias("of code"), nw.col("key").alias("of key"))
            return some.join(keys.unique(), left_on=left_on, right_on=right_on, how="semi")

        return matched(sheets, kpis), self.engine.collected(matched(kpis, sheets))

    def _keyed_names(self, scope: Each, name: str) -> Frame:
        names = self.texts(scope, [name]).with_columns(nw.col(name).fill_null("").alias("text"))
        return with_squeezed(names, self.engine, "text", "key").select(CODE, OWNER, "key")

    def keys(self, scope: Each) -> Frame:
        """The keys of one kind of row."""
        frame = self.prepared.frames[scope]
        places = [] if scope in ("sheet", "kpi") else [AT]
        return frame.select(CODE, OWNER, *places)

    def writes_others(self, names: Collection[str]) -> bool:
        """Whether the table of columns has amounts that every form knows, besides some names."""
        known = {inner(name) for name in names}
        others = [
            name
            for name in self.found.schemas["years"]
            if (name in YEAR_FIELDS or name.startswith("funding/"))
            and "/" not in name.removeprefix("funding/")
            and name not in known
        ]
        if not others:
            return False
        counts = self._of_form("year").select(nw.col(name).count() for name in others)
        return any(self.engine.collected(counts).row(0))

    def _place(self, scope: Each) -> list[nw.Expr]:
        """The place of evaluations and of the years of KPIs, which is their year."""
        return [nw.col("#year").alias(AT)] if scope in ("evaluation", "kpi_year") else []

    def _of_form(self, scope: Each) -> Frame:
        frame = self.found.frames[TABLE_OF[scope]]
        if len(self.codes) == self.found.books.height:
            return frame
        return frame.filter(nw.col(CODE).is_in(list(self.codes)))


def any_of(masks: Iterable[Mask]) -> nw.Expr:
    """Where any of some conditions holds."""
    return expression_of(either(*masks))


def more_than(name: str, number: int = 0) -> nw.Expr:
    """Where a number of rows is more than another."""
    return (nw.col(name) > number).fill_null(False)


def in_its_book(mask: nw.Expr) -> nw.Expr:
    """Where a condition holds for any row of the same book."""
    return (mask.fill_null(False).cast(nw.Int64).max().over(CODE) > 0).fill_null(False)


def number_of(mask: Mask) -> nw.Expr:
    """1 where a condition holds, else 0."""
    return expression_of(mask).cast(nw.Int64)


def at_places(places: Collection[int]) -> nw.Expr:
    """Where a row stands in one of some columns of its form."""
    return nw.col(AT).is_in(list(places)) if places else nw.lit(False)


def by_place(value: nw.Expr) -> nw.Expr:
    """A number of one column or year, apart from the same number of another."""
    return value * (nw.col(AT) % 1_000 * 2 + 1)


def amounts_of(figures: Iterable[Printed]) -> tuple[nw.Expr, nw.Expr]:
    """The least and the greatest number other than 0 among figures on one scale; null where
    there is none.
    """
    values = [nw.when(figure.nonzero).then(figure.value) for figure in figures]
    if not values:
        return nw.lit(None, nw.Int64), nw.lit(None, nw.Int64)
    return nw.min_horizontal(*values), nw.max_horizontal(*values)


_MODULUS: Final = 1_048_573
_FACTORS: Final = (697_511, 523_987, 895_903, 310_831, 774_701, 451_279, 986_543, 622_177)


def mixed(values: Iterable[nw.Expr]) -> nw.Expr:
    """A number that is equal for equal values, a blank being a 0; other values seldom have it.

    It stays below 2⁴⁵ for thirty values.
    """
    parts = [
        (value.fill_null(0) % _MODULUS) * (_FACTORS[at % len(_FACTORS)] + at)
        for at, value in enumerate(values)
    ]
    return functools.reduce(lambda a, b: a + b, parts, nw.lit(0, nw.Int64))


def _mark(column: str, kind: str, marked: Collection[str], name: str) -> Mask:
    return nw.col(f"{column}/{kind}") if name in marked else False


# --- all rules of one form


@dataclass(frozen=True)
class SettledRules:
    """What columns say of the rows of some rules: how many of each outcome, and the rows that are
    left to the judge, by rule.
    """

    outcomes: Mapping[str, Mapping[Outcome, int]]
    left: Mapping[str, pl.DataFrame]
    also: tuple[pl.DataFrame, ...]
    once: Once


def settled(rules: Iterable[Rule], tables: Tables) -> SettledRules:
    """Let rules settle what they can by columns."""
    outcomes: dict[str, Mapping[Outcome, int]] = {}
    left: dict[str, pl.DataFrame] = {}
    also: list[pl.DataFrame] = []
    once: dict[Callable[[Rows], Any], Mapping[int, Any]] = {}
    for rule in rules:
        if rule.in_columns is None or rule.each == "reading":
            continue
        if rule.each in TABLE_OF and not tables.has(rule.each):
            continue
        result = rule.in_columns.settle(tables)
        rows = tables.engine.kept(result.rows)
        counted = tables.engine.collected(rows.group_by(OUTCOME).agg(nw.len().alias("rows")))
        counts: dict[Any, int] = dict(counted.select(OUTCOME, "rows").iter_rows())
        if counts.pop(None, 0):
            undecided = rows.filter(nw.col(OUTCOME).is_null()).drop(OUTCOME)
            left[rule.key] = tables.engine.collected(undecided)
            once.update(result.once)
            if result.also is not None:
                also.append(result.also.select(CODE, OWNER))
        outcomes[rule.key] = counts
    return SettledRules(outcomes, left, tuple(also), once)
