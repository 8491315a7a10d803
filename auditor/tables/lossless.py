"""Columns in types that keep every value: what can be cast without loss is, all else stays text."""

from __future__ import annotations

import polars as pl

from auditor.forms.dialect import DASHES, PLAIN
from auditor.tables.shape import WHOLE, Kind

__all__ = ["exact_numbers", "lossless"]

_EMPTY_TYPES: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "day": pl.Date(),
    "integer": pl.Int64(),
    "number": pl.Int64(),
}
"""The type of a column that holds nothing."""


def lossless(series: pl.Series, kind: Kind) -> tuple[pl.Series, pl.Series | None]:
    """A column in a type that keeps every value, and the states of those cells in which a dash
    stands (where one does).
    """
    dtype = series.dtype
    if dtype == pl.Null:
        return series.cast(_EMPTY_TYPES[kind]), None
    if isinstance(dtype, pl.Categorical | pl.Enum) or (kind == "text" and dtype.is_integer()):
        series = series.cast(pl.String)
    dashed = None
    if series.dtype == pl.String:
        series, dashed = _of_texts(series, kind)
    elif series.dtype.is_integer() and series.dtype != pl.Int64:
        whole = series.cast(pl.Int64, strict=False)
        series = whole if whole.null_count() == series.null_count() else series.cast(pl.String)
    elif series.dtype.is_float():
        series = _of_floats(series)
        if kind == "integer":
            series = _whole_numbers(series)
    return series, dashed


def exact_numbers(series: pl.Series) -> pl.Series:
    """A column of plain decimals in the narrowest type that keeps them all: Int64, Decimal(38,
    6), or text.
    """
    if series.dtype != pl.String:
        return series
    there = series.drop_nulls()
    if there.str.contains(WHOLE).all():
        return series.cast(pl.Int64)
    if there.str.contains(r"^[+-]?[0-9]{1,31}(\.[0-9]{1,6})?$").all():
        return series.str.strip_prefix("+").cast(pl.Decimal(38, 6))
    return series


def _of_texts(series: pl.Series, kind: Kind) -> tuple[pl.Series, pl.Series | None]:
    """Texts as values of a kind, where all of them are; figures stay texts, but for dashes."""
    dashed = None
    if kind != "text":
        series = series.str.strip_chars()
    if kind == "number" and (dash := series.is_in(DASHES)).any():
        state = pl.select(pl.when(dash).then(pl.lit("dash"))).to_series()
        dashed = state.alias(f"{series.name}.state")
        series = series.set(dash, None)
    series = series.set(series == "", None)
    if kind == "integer":
        series = _whole_numbers(series)
    if kind == "day":
        days = series.str.to_date("%Y-%m-%d", strict=False)
        series = days if days.null_count() == series.null_count() else series
    return series, dashed


def _whole_numbers(series: pl.Series) -> pl.Series:
    """Texts as whole numbers, where all of them are."""
    return series.cast(pl.Int64) if series.drop_nulls().str.contains(WHOLE).all() else series


def _of_floats(series: pl.Series) -> pl.Series:
    """Floats as the shortest decimals that they stand for; those of more digits than a float
    keeps stay recognisably floats.
    """
    digits = 6 if series.dtype == pl.Float32 else 15
    value = pl.col(series.name)
    whole = value.is_finite() & (value == value.round(0)) & (value.abs() < 10**digits)
    text = (
        pl.when(whole)
        .then(value.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(value.cast(pl.String))
    )
    is_exact = text.str.replace_all(r"^-?0\.0*|[-.]", "").str.len_chars() <= digits
    shown = (
        pl.when(whole | (is_exact & text.str.contains(PLAIN)))
        .then(text)
        .otherwise(pl.concat_str(text, pl.lit(" (float)")))
    )
    return (
        series.to_frame()
        .select(pl.when(value.is_not_null()).then(shown).alias(series.name))
        .to_series()
    )
