"""Which rows of a described table total others, and which rows those are.

It is worked out once, when the table is made tidy, so that the judge and the columns see the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import polars as pl

from auditor.forms.model import Form, Total
from auditor.tables.cells import ROW

__all__ = ["TOTALS", "with_totals"]

TOTALS: Final = ("role", "totals", "block", "since")
"""The columns of tidy tables that say which rows total others."""

_ENTRY: Final = "#entry"
"""Which of the form's totals a row is one of, from 0; null for a row that totals none."""
_END: Final = "#end"
"""1 for a row that ends a block of rows."""
_OF_BOOK: Final = ("#book", "#fiscal_year")
_OF_A_YEAR: Final = ("#year", "#kind")


def with_totals(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """A table whose columns are called ``#name``, ``#number`` …, with those of ``TOTALS`` too;
    as it is where its form has no totals.

    Total rows have often no number: they get some that no row has. Where all rows are of one book
    and fiscal year, these are theirs as well.
    """
    table = form.table
    if table is None or not table.totals:
        return frame
    entries = {
        name: next(index for index, other in enumerate(table.totals) if other is total)
        for name in frame["#name"].drop_nulls().unique()
        if (total := table.total(name)) is not None
    }
    entry = pl.col("#name").replace_strict(entries, default=None, return_dtype=pl.Int64)
    frame = frame.with_columns(entry.alias(_ENTRY))
    is_total = pl.col(_ENTRY).is_not_null()
    written = [json.dumps(total.totals, ensure_ascii=False) for total in table.totals]
    frame = _with_keys(frame).with_columns(
        pl.when(is_total).then(pl.lit("total")).otherwise(pl.lit("row")).alias("#role"),
        pl.col(_ENTRY)
        .replace_strict(dict(enumerate(written)), default=None, return_dtype=pl.String)
        .alias("#totals"),
    )
    return _with_blocks(frame, table.totals).drop(_ENTRY)


def _with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with keys for its total rows, where these have none."""
    is_total = pl.col(_ENTRY).is_not_null()
    for column in _OF_BOOK:
        if column in frame.columns:
            stated = frame.filter(~is_total)[column].drop_nulls().unique()
            if len(stated) == 1:
                filled = pl.col(column).fill_null(pl.lit(stated[0]))
                frame = frame.with_columns(pl.when(is_total).then(filled).otherwise(pl.col(column)))
    if "#number" in frame.columns and frame["#number"].dtype.is_integer():
        lacks = is_total & pl.col("#number").is_null()
        above = pl.col("#number").max().fill_null(0) + lacks.cast(pl.Int64).cum_sum()
        number = pl.when(lacks).then(above).otherwise(pl.col("#number"))
        frame = frame.with_columns(number.alias("#number"))
    return frame


def _with_blocks(frame: pl.DataFrame, totals: Sequence[Total]) -> pl.DataFrame:
    """The table with the blocks of its rows: each total of those above ends one, and adds up the
    blocks since the last such total.

    Rows of one year are counted by themselves, whether years follow each other in the table or
    projects. A sheet is of no block where its years are of different ones.
    """
    ends = [index for index, total in enumerate(totals) if total.of == "above"]
    nothing = pl.lit(None, pl.Int64)
    if not ends:
        return frame.with_columns(nothing.alias("#block"), nothing.alias("#since"))
    keys = [name for name in _OF_BOOK if name in frame.columns]
    within = [pl.col(name) for name in (*keys, *_OF_A_YEAR) if name in frame.columns]
    within = within or [pl.lit(0)]
    is_end = pl.col(_ENTRY).is_in(ends).fill_null(value=False)
    rows = frame.sort(ROW).with_columns(is_end.cast(pl.Int64).alias(_END))
    rows = rows.with_columns(
        (pl.col(_END).cum_sum().over(within) - pl.col(_END) + 1).alias("#block")
    )
    last = pl.col("#block").shift(1).over([*within, pl.col(_ENTRY)]).fill_null(0)
    rows = rows.with_columns(pl.when(pl.col(_END) == 1).then(last + 1).alias("#since"))
    rows = rows.drop(_END)
    if "#year" not in frame.columns:
        return rows
    of_sheet = [pl.col(name) for name in (*keys, "#number")]
    blocks = pl.struct("#block", "#since")
    agreed = blocks.n_unique().over(of_sheet) == 1
    return rows.with_columns(
        pl.when(agreed).then(pl.col(name)).alias(name) for name in ("#block", "#since")
    )
