"""The keys of a described table that need not be whole numbers.

They are identifiers, and fiscal years in every notation.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from auditor.forms.words import squeezed
from auditor.records.fiscal import fiscal_year_in
from auditor.tables.lossless import lossless

__all__ = ["keys", "years"]

_PLAIN: Final = r"^[1-9][0-9]{0,11}$"
_LARGEST: Final = 10**12


def keys(column: pl.Series, rows: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """The numbers that tell the rows of a table apart, and what the table prints for them, where
    that is no plain whole number in all rows: ``A-001``, ``0001``.

    Such a number is that of the first row with the identifier; ``rows`` counts them. Identifiers
    are alike whatever their width and spaces.
    """
    series, _ = lossless(column, "integer")
    if series.dtype.is_integer():
        largest = series.max()
        is_small = not isinstance(largest, int) or largest <= _LARGEST
        # Zeros before a number are part of it.
        if is_small and (column.dtype != pl.String or _are_plain(column)):
            return series, None
        series = series.cast(pl.String) if column.dtype != pl.String else column
    if series.dtype != pl.String:
        return series, None
    printed = series.str.strip_chars()
    printed = printed.set((printed == "").fill_null(False), None)
    distinct = printed.unique().drop_nulls()
    alike = {text: squeezed(text) for text in distinct}
    table = pl.DataFrame({"printed": printed, "row": rows}).with_columns(
        pl.col("printed").replace_strict(alike, default=None, return_dtype=pl.String).alias("key")
    )
    there = pl.col("key").is_not_null()
    numbered = table.select(
        pl.when(there).then(pl.col("row").min().over("key")).alias("number"),
        pl.when(there).then(pl.col("printed").first().over("key")).alias("identifier"),
    )
    return numbered["number"], numbered["identifier"]


def _are_plain(column: pl.Series) -> bool:
    stripped = column.str.strip_chars()
    return bool(stripped.filter(stripped != "").str.contains(_PLAIN).all())


def years(column: pl.Series) -> pl.Series:
    """Fiscal years as whole numbers; a cell that is none for sure stays as it is."""
    dtype = column.dtype
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        before_april = (column.dt.month() < 4).cast(pl.Int64)
        return column.dt.year().cast(pl.Int64) - before_april
    series, _ = lossless(column, "integer")
    if series.dtype != pl.String:
        return series
    readings = {text: fiscal_year_in(text) for text in series.unique().drop_nulls()}
    plain = {text: str(year) for text, year in readings.items() if year is not None}
    if not plain:
        return series
    replaced, _ = lossless(series.replace(plain), "integer")
    return replaced
