"""The keys of tables as typed columns, also those that need not be written on every row.

A key column ``book`` has its values in ``#book``, where other columns can't hide it: every frame
that has keys has those.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

import narwhals as nw

from auditor.forms.model import Form
from auditor.records.fields import BOOK_KEYS, TABLES, TableName
from auditor.tables.cells import as_text, as_whole
from auditor.tables.shape import PARENTS, shapes

__all__ = ["Frame", "column_key", "completed", "with_keys"]

Frame = nw.LazyFrame[Any]

_OF_BOOK: Final = ("form", "fiscal_year")
"""What makes a book, where it has no name."""


class KeyColumns(NamedTuple):
    """The ``#``-columns that a table can have by itself, by the names of their keys."""

    expressions: tuple[nw.Expr, ...]
    names: frozenset[str]


Extended = Callable[[Frame, tuple[nw.Expr, ...]], Frame]
"""Gives a frame some more columns."""


def _extended(frame: Frame, expressions: tuple[nw.Expr, ...]) -> Frame:
    return frame.with_columns(*expressions)


@functools.lru_cache(256)
def _key_columns(
    table: TableName, columns: tuple[tuple[str, nw.dtypes.DType], ...], form: str | None
) -> KeyColumns:
    """Of a table with some columns; ``form`` is that of tables which don't name one."""
    schema = dict(columns)
    keys: dict[str, nw.Expr] = {}
    for field in TABLES[table].columns:
        dtype = schema.get(field.name)
        if not field.key or dtype is None:
            continue
        if field.kind == "number":
            keys[field.name] = as_whole(field.name, schema)[0]
        elif dtype == nw.String or dtype.is_integer():
            keys[field.name] = as_text(field.name, schema)
    if form is not None and "form" in _needed(table, keys):
        keys.setdefault("form", nw.lit(form))
    expressions = (value.alias(f"#{name}") for name, value in keys.items())
    return KeyColumns(tuple(expressions), frozenset(keys))


def with_keys(
    table: TableName,
    frame: Frame,
    parent: Frame | None,
    form: str | None,
    extended: Extended = _extended,
) -> Frame:
    """The frame with a ``#``-column for each of its keys.

    ``parent`` is the table that its rows belong to, with its own ``#``-columns; ``form`` is that
    of tables which don't name one. A key that can't be had has no column. ``extended`` gets the
    same expressions for all tables with the same columns.
    """
    schema = frame.collect_schema()
    expressions, names = _key_columns(table, tuple(schema.items()), form)
    if expressions:
        frame = extended(frame, expressions)

    there = {*names}
    if parent is not None:
        frame, there = _of_parent(table, frame, parent, there, _needed(table, names))
    if "book" not in there and there.issuperset(_OF_BOOK):
        year = nw.col("#fiscal_year").cast(nw.String)
        if "fiscal_year" in schema:  # what is no year makes a book of its own
            year = nw.coalesce(year, as_text("fiscal_year", schema))
        named = nw.concat_str(nw.col("#form"), nw.lit("-"), year)
        frame = frame.with_columns(named.alias("#book"))
    return frame


def completed(table: TableName, frame: Frame, parent: Frame | None, form: str | None) -> Frame:
    """The frame with those keys as columns that it lacks and can have; ``parent`` need not have
    ``#``-columns. A row's place is not kept.
    """
    if parent is not None:
        parent = with_keys(PARENTS[table][0], parent, None, form)
    there = frame.collect_schema().names()
    keyed = with_keys(table, frame, parent, form)
    names = keyed.collect_schema().names()
    lacking = [name for name in BOOK_KEYS if name not in there and f"#{name}" in names]
    return keyed.select(*there, *(nw.col(f"#{name}").alias(name) for name in lacking))


def _needed(table: TableName, there: Collection[str]) -> list[str]:
    """Which of form and fiscal year the rows need: both, but none where they may be left out and
    neither is there.
    """
    columns = shapes(table)
    names = [name for name in _OF_BOOK if name in columns]
    optional = all(columns[name].optional for name in names)
    return [] if optional and not {*there} & set(_OF_BOOK) else names


def _of_parent(
    table: TableName, frame: Frame, parent: Frame, there: set[str], needed: list[str]
) -> tuple[Frame, set[str]]:
    """The frame with the form and fiscal year of its parent's rows, where it has none itself."""
    lacking = [name for name in needed if name not in there]
    link = PARENTS[table][1]
    names = set(parent.collect_schema().names())
    linked = there.issuperset(link) and names.issuperset(f"#{name}" for name in (*link, *lacking))
    if not lacking or not linked:
        return frame, there
    # Of a key that occurs twice any row will do: no row of such a book is trusted.
    of_parent = parent.select(f"#{name}" for name in (*link, *lacking))
    of_parent = of_parent.unique([f"#{name}" for name in link]).rename(
        {f"#{name}": f"of {name}" for name in link}
    )
    joined = frame.join(
        of_parent,
        left_on=[f"#{name}" for name in link],
        right_on=[f"of {name}" for name in link],
        how="left",
    )
    return joined.drop([f"of {name}" for name in link], strict=False), there | set(lacking)


def column_key(form: Form, year: nw.Expr, fiscal_year: nw.Expr, kind: nw.Expr) -> nw.Expr:
    """The id of a row's column in the form: the year, with the kind behind it where the form
    prints another column of that year.
    """
    key = year.cast(nw.String)
    for column in form.columns:
        if suffix := form.column_suffix(column):
            here = (year - fiscal_year == column.offset) & (kind == column.kind)
            key = (
                nw.when(here)
                .then(nw.concat_str(year.cast(nw.String), nw.lit(suffix)))
                .otherwise(key)
            )
    return key
