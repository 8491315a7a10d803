"""The keys of tables as numbers, also where they are not written out.

Books are numbered, and every row has the number of the sheet or KPI that it belongs to.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, cast

import narwhals as nw
import polars as pl

from auditor.engines.engine import Engine, Frame
from auditor.engines.expressions import KEPT, Expressions, Same
from auditor.forms.model import Form
from auditor.records.fields import BOOK_KEYS, TABLES, TableName
from auditor.records.text import Text
from auditor.tables.cells import Schema
from auditor.tables.keys import with_keys
from auditor.tables.shape import PARENTS

__all__ = ["CODE", "OWNER", "SHEETS_OF_A_BOOK", "Keyed", "all_with_keys", "keyed"]

CODE: Final = "#code"
"""The number of a row's book."""
OWNER: Final = "#owner"
"""The number of a row's sheet or KPI."""
SHEETS_OF_A_BOOK: Final = 2**32

_BOOK_TYPES: Final = pl.Schema(
    {"book": pl.String(), "form": pl.String(), "fiscal_year": pl.Int64()}
)
_OWNING: Final[tuple[TableName, TableName]] = ("sheets", "kpis")

_NAMED_OTHERWISE: Final = Text(
    en="some row of theirs has no form or fiscal year that is known",
    ja="様式または年度の分からない行があります",
)
_NOT_APART: Final = Text(
    en="the rows of books that share a name can't be told apart",
    ja="同じ名前の冊子の行を区別できません",
)


def all_with_keys(
    frames: Mapping[TableName, Frame], form: str | None, engine: Engine
) -> dict[TableName, Frame]:
    """The frames with ``#``-columns for their keys, also those that need not be written on every
    row.
    """

    def extended(frame: Frame, columns: tuple[nw.Expr, ...]) -> Frame:
        return engine.extended(frame, _expressions(Same(columns)))

    with_all: dict[TableName, Frame] = {}
    for table, frame in frames.items():
        parent = with_all.get(PARENTS[table][0]) if table in PARENTS else None
        with_all[table] = with_keys(table, frame, parent, form, extended)
    if "sheets" not in with_all:
        parts = [
            with_all[table].select("#book", "#sheet", "#form", "#fiscal_year")
            for table in ("years", "evaluations")
            if table in with_all
        ]
        if parts:
            sheets = nw.concat(parts).unique(["#book", "#sheet", "#form", "#fiscal_year"])
            title = nw.concat_str(nw.lit("#"), nw.col("#sheet").cast(nw.String)).alias("name")
            with_all["sheets"] = engine.kept(
                sheets.with_columns(title, nw.col("#sheet").alias("sheet"))
            )
    return with_all


@functools.lru_cache(KEPT)
def _expressions(columns: Same[tuple[nw.Expr, ...]]) -> Expressions:
    """Some columns, which are turned into an engine's own once."""
    return Expressions(columns.item)


@functools.cache
def _owner(key: str) -> Expressions:
    """The number of a row's sheet or KPI, by the column that has it within its book."""
    is_plain = (nw.col(key) > 0) & (nw.col(key) < SHEETS_OF_A_BOOK)
    number = nw.col(CODE) * SHEETS_OF_A_BOOK + nw.col(key)
    return Expressions([nw.when(is_plain).then(number).alias(OWNER)])


@dataclass(frozen=True)
class Keyed:
    """The tables of some books with the numbers of their books and owners.

    ``books`` are the books whose keys are complete and plain: book, form, fiscal_year, code.
    ``firsts`` has the first book of each form in each table; ``derived`` are the tables made of
    others. ``doubtful`` says of other books, by their names, why columns can't be sure of them.
    ``sizes`` are the rows of each book, by number, in the tables of which they were counted.
    """

    frames: Mapping[TableName, Frame]
    schemas: Mapping[TableName, Schema]
    books: pl.DataFrame
    firsts: pl.DataFrame
    derived: frozenset[TableName] = frozenset()
    doubtful: Mapping[str, Text] = field(default_factory=dict[str, Text])
    sizes: Mapping[TableName, Mapping[int, int]] = field(
        default_factory=dict[TableName, Mapping[int, int]]
    )


def keyed(frames: Mapping[TableName, Frame], forms: Mapping[str, Form], engine: Engine) -> Keyed:
    """Number the books, and the rows of each by the sheet or KPI that they belong to; other rows
    are left out.
    """
    names: dict[TableName, Sequence[str]] = {
        table: frame.collect_schema().names() for table, frame in frames.items()
    }
    tables: list[TableName] = [table for table in frames if table != "documents"]
    counted = _named_books(frames, tables, names, engine)
    formed = [table for table in tables if "#form" in names[table]]
    named = counted.filter(pl.col("table").is_in(formed))
    firsts = named.filter(pl.col("form").is_in(list(forms))).unique(
        ["table", "form"], keep="first", maintain_order=True
    )
    distinct = named.select(BOOK_KEYS).unique(maintain_order=True)
    plain = distinct.drop_nulls().filter(
        pl.col("form").is_in(list(forms)) & pl.col("fiscal_year").is_between(1800, 2999)
    )
    doubtful: dict[str, Text] = {}
    if distinct.height > plain.height:
        # A book that some row calls otherwise too is none to be sure of.
        other = distinct.join(plain, on=list(BOOK_KEYS), how="anti")["book"].drop_nulls()
        doubtful |= dict.fromkeys(other, _NAMED_OTHERWISE)
    plain = plain.filter(~pl.col("book").is_in(list(doubtful)))
    if plain["book"].is_duplicated().any():
        doubtful |= dict.fromkeys(_not_apart(plain, frames, names, engine), _NOT_APART)
        plain = plain.filter(~pl.col("book").is_in(list(doubtful)))
    books = plain.with_row_index("code").with_columns(pl.col("code").cast(pl.Int64))
    is_by_name = books["book"].is_unique().all()

    def numbered_of(table: TableName) -> Frame:
        of, frame = books, frames[table]
        if is_by_name:
            # A name is enough where it is that of one book: what names another one is doubtful.
            of = books.select("book", "code")
        elif "#form" not in names[table]:
            frame = _of_years(table, frames)
        coded = engine.coded(frame, of.rename({name: f"#{name}" for name in of.columns}))
        return engine.extended(coded, _owner(f"#{TABLES[table].owner}"))

    numbered = dict(
        zip(tables, engine.together([partial(numbered_of, table) for table in tables]), strict=True)
    )
    schemas: dict[TableName, Schema] = {
        table: frame.collect_schema() for table, frame in numbered.items()
    }
    return Keyed(
        numbered,
        schemas,
        books,
        firsts.select("table", "form", "book"),
        doubtful=doubtful,
        sizes=_sizes(
            counted if is_by_name else named, books, ["book"] if is_by_name else BOOK_KEYS
        ),
    )


def _sizes(
    counted: pl.DataFrame, books: pl.DataFrame, keys: Sequence[str]
) -> dict[TableName, dict[int, int]]:
    """How many rows each of the numbered books has, in the tables of which rows were counted."""
    sizes: dict[TableName, dict[int, int]] = {}
    there = counted.filter(pl.col("rows").is_not_null())
    for (table,), rows in there.group_by("table", maintain_order=True):
        of_books = rows.join(books, on=list(keys), how="inner").select("code", "rows")
        sizes[cast(TableName, table)] = dict(of_books.iter_rows())
    return sizes


def _named_books(
    frames: Mapping[TableName, Frame],
    tables: Sequence[TableName],
    names: Mapping[TableName, Sequence[str]],
    engine: Engine,
) -> pl.DataFrame:
    """The books that the rows of some tables name: book, form, fiscal_year, ``table``; and how
    many ``rows`` name it, null where they were not counted.

    Where the rows are not at hand, those of tables that name no form are counted as well.
    """
    needed = "#form" if engine.rows_at_a_time is not None else "#book"
    tables = [table for table in tables if needed in names[table]]
    triples = engine.triples([frames[table] for table in tables])
    types = pl.Schema({**_BOOK_TYPES, "rows": pl.Int64()})
    parts = [pl.DataFrame(schema={**types, "table": pl.String()})]
    for table, books in zip(tables, triples, strict=True):
        counted = books if "rows" in books.columns else books.with_columns(rows=None)
        parts.append(counted.cast(types).with_columns(table=pl.lit(table)))
    return pl.concat(parts)


# --- books that share a name


def _not_apart(
    books: pl.DataFrame,
    frames: Mapping[TableName, Frame],
    names: Mapping[TableName, Sequence[str]],
    engine: Engine,
) -> set[str]:
    """The names that several books share whose rows can't be told apart by their fiscal years.

    A sheet is named by its book's name and its number. So no number may occur twice under a name,
    and every table has to say of which fiscal year its rows are.
    """
    shared = books.filter(pl.col("book").is_duplicated())
    several_forms = shared.group_by("book").agg(pl.col("form").n_unique())
    unsure = set(several_forms.filter(pl.col("form") > 1)["book"])
    sharing = sorted(set(shared["book"]) - unsure)
    for table in frames:
        if "#fiscal_year" in names[table]:
            continue
        parent = PARENTS[table][0] if table in PARENTS else None
        if parent is None or parent not in frames or "#fiscal_year" not in names[parent]:
            return {*unsure, *sharing}
        rows = frames[table].filter(nw.col("#book").is_in(sharing))
        unsure |= set(_without_parent(rows, frames[parent], _link(table), engine))
    for table in _OWNING:
        if sharing and table in frames:
            rows = frames[table].filter(nw.col("#book").is_in(sharing))
            unsure |= set(_with_key_twice(rows, f"#{TABLES[table].owner}", engine))
    if sharing and "documents" in frames:
        # Rows of any year belong to the one book that the documents name.
        (documents,) = engine.triples([frames["documents"]])
        listed = documents.group_by("book").len()
        unsure |= set(listed.filter(pl.col("len") == 1)["book"]) & set(sharing)
    return unsure


def _link(table: TableName) -> list[str]:
    """The keys by which a table's rows belong to those of its parent."""
    return [f"#{name}" for name in PARENTS[table][1]]


def _without_parent(
    rows: Frame, parents: Frame, link: Sequence[str], engine: Engine
) -> Iterator[str]:
    """The names of the books of rows that belong to no row of their table's parent."""
    there = parents.select(nw.col(name).alias(f"of {name}") for name in link)
    keys = [f"of {name}" for name in link]
    lost = rows.join(there, left_on=list(link), right_on=keys, how="anti")
    yield from engine.collected(lost.select("#book").unique())["#book"]


def _of_years(table: TableName, frames: Mapping[TableName, Frame]) -> Frame:
    """The rows of a table with the form and fiscal year of their parents."""
    link = _link(table)
    keys = [f"of {name}" for name in link]
    parents = frames[PARENTS[table][0]].select(
        *(nw.col(name).alias(key) for name, key in zip(link, keys, strict=True)),
        "#form",
        "#fiscal_year",
    )
    joined = frames[table].join(parents, left_on=link, right_on=keys, how="left")
    return joined.drop(keys, strict=False)


def _with_key_twice(rows: Frame, key: str, engine: Engine) -> Iterator[str]:
    """The names of the books in which a number occurs twice."""
    numbers = rows.filter(~nw.col(key).is_null()).select("#book", key)
    if engine.distinct(numbers, ["#book", key]):
        return
    twice = numbers.group_by("#book", key).agg(nw.len().alias("rows")).filter(nw.col("rows") > 1)
    yield from engine.collected(twice.select("#book").unique())["#book"]
