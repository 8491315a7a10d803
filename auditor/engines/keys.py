"""The keys of tables as numbers: books numbered, every row by the sheet or KPI that it belongs
to, also where keys are not written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import narwhals as nw
import polars as pl

from auditor.engines.engine import Engine, Frame
from auditor.forms.model import Form
from auditor.records.fields import BOOK_KEYS, TABLES, TableName
from auditor.tables.cells import Schema
from auditor.tables.keys import with_keys
from auditor.tables.shape import PARENTS

__all__ = ["CODE", "OWNER", "SHEETS_OF_A_BOOK", "Keyed", "all_with_keys", "keyed"]

CODE: Final = "#code"
"""The number of a row's book."""
OWNER: Final = "#owner"
"""The number of a row's sheet or KPI."""
SHEETS_OF_A_BOOK: Final = 2**32


def all_with_keys(
    frames: Mapping[TableName, Frame], form: str | None, engine: Engine
) -> dict[TableName, Frame]:
    """The frames with ``#``-columns for their keys, also those that need not be written on every
    row.
    """
    made: dict[TableName, Frame] = {}
    for table, frame in frames.items():
        parent = made.get(PARENTS[table][0]) if table in PARENTS else None
        made[table] = with_keys(table, frame, parent, form)
    if "sheets" not in made:
        parts = [
            made[table].select("#book", "#sheet", "#form", "#fiscal_year")
            for table in ("years", "evaluations")
            if table in made
        ]
        if parts:
            sheets = nw.concat(parts).unique(["#book", "#sheet", "#form", "#fiscal_year"])
            title = nw.concat_str(nw.lit("#"), nw.col("#sheet").cast(nw.String)).alias("name")
            made["sheets"] = engine.kept(
                sheets.with_columns(title, nw.col("#sheet").alias("sheet"))
            )
    return made


@dataclass(frozen=True)
class Keyed:
    """The tables of some books with the numbers of their books and owners.

    ``books`` are the books whose keys are complete and plain: book, form, fiscal_year, code.
    ``firsts`` has the first book of each form in each table; ``derived`` are the tables made of
    others.
    """

    frames: Mapping[TableName, Frame]
    schemas: Mapping[TableName, Schema]
    books: pl.DataFrame
    firsts: pl.DataFrame
    derived: frozenset[TableName] = frozenset()


def keyed(frames: Mapping[TableName, Frame], forms: Mapping[str, Form], engine: Engine) -> Keyed:
    """Number the books, and the rows of each by the sheet or KPI that they belong to; other rows
    are left out.
    """
    none = pl.DataFrame(schema={"book": pl.String, "form": pl.String, "fiscal_year": pl.Int64})
    names = {table: frame.collect_schema().names() for table, frame in frames.items()}
    tables: list[TableName] = [
        table for table in frames if table != "documents" and "#form" in names[table]
    ]
    found = engine.together([partial(engine.triples, frames[table]) for table in tables])
    triples = dict(
        zip(
            tables,
            (
                some.cast({"book": pl.String, "form": pl.String, "fiscal_year": pl.Int64})
                for some in found
            ),
            strict=True,
        )
    )
    named = pl.concat(
        [
            none.with_columns(table=pl.lit("")),
            *(found.with_columns(table=pl.lit(table)) for table, found in triples.items()),
        ]
    )
    firsts = named.filter(pl.col("form").is_in(list(forms))).unique(
        ["table", "form"], keep="first", maintain_order=True
    )
    distinct = named.select(none.columns).unique(maintain_order=True)
    plain = distinct.drop_nulls().filter(
        pl.col("form").is_in(list(forms))
        & pl.col("fiscal_year").is_between(1800, 2999)
        & ~pl.col("book").is_duplicated()
    )
    if (
        distinct.height > plain.height
    ):  # a book that some row calls otherwise too is none to be sure of
        other = distinct.join(plain, on=list(BOOK_KEYS), how="anti")["book"].drop_nulls()
        plain = plain.filter(~pl.col("book").is_in(other.implode()))
    books = plain.with_row_index("code").with_columns(pl.col("code").cast(pl.Int64))

    def numbered_of(table: TableName) -> Frame:
        of = books if "#form" in names[table] else books.select("book", "code")
        coded = engine.coded(frames[table], of.rename({name: f"#{name}" for name in of.columns}))
        key = f"#{TABLES[table].owner}"
        owner = nw.when((nw.col(key) > 0) & (nw.col(key) < SHEETS_OF_A_BOOK)).then(
            nw.col(CODE) * SHEETS_OF_A_BOOK + nw.col(key)
        )
        return coded.with_columns(owner.alias(OWNER))

    tables = [table for table in frames if table != "documents"]
    numbered = dict(
        zip(tables, engine.together([partial(numbered_of, table) for table in tables]), strict=True)
    )
    schemas: dict[TableName, Schema] = {
        table: frame.collect_schema() for table, frame in numbered.items()
    }
    return Keyed(numbered, schemas, books, firsts.select("table", "form", "book"))
