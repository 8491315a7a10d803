"""Cells of tables as whole numbers and words, as far as columns can tell them without loss.

What they can't tell for sure is marked: a cell that does not ``fit`` sends its book to be looked
over and made records of.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw

from auditor.forms.dialect import DASHES
from auditor.formula.columns.values import Mask, both
from auditor.tables.shape import Shape

__all__ = [
    "DECIMALS",
    "ROW",
    "Number",
    "Schema",
    "as_text",
    "as_whole",
    "as_written",
    "fits",
    "inner",
    "is_one_of",
    "number",
    "outer",
    "steps_of",
    "wholly",
]

ROW: Final = "#row"
"""Where a row stands in its file or frame, from 1; frames whose rows have no order leave it out."""

Schema = Mapping[str, Any]
"""The columns of a frame inside an engine, and their narwhals types."""
DECIMALS: Final = 6
"""Decimals are screened as whole millionths."""

# To Java, and so to Spark, $ is also what comes before a last line feed; \z is the end to all.
_WHOLE: Final = r"^-?[0-9]{1,15}([.]0{1,6})?\z"
_BROKEN: Final = r"^-?[0-9]{1,9}[.][0-9]{0,5}[1-9]0*\z"
_DECIMAL: Final = r"^-?[0-9]{1,9}([.][0-9]{1,6})?\z"
_COUNT: Final = r"^[0-9]{1,12}\z"
# The 29th of February and days that are none are told apart when the book is looked over.
_DAY: Final = (
    r"^[0-9]{4}-("
    r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8])"
    r")\z"
)
# Up to here a binary float keeps every millionth of a decimal, and fifteen digits are exact.
_NEAR: Final = 2**49
_FIFTEEN: Final = 10**15


def inner(name: str) -> str:
    """A column's name inside an engine."""
    return name.replace(".", "/")


def steps_of(name: str) -> str:
    """The column that has a column of decimals as whole numbers of their last place, where an
    engine makes one.
    """
    return f"#steps/{inner(name)}"


def outer(name: str) -> str:
    """A column's name in the tables."""
    return name.replace("/", ".")


@dataclass(frozen=True)
class Number:
    """A column of figures as whole numbers of ``1 / scale``, null where there is none.

    ``fits``: the cell is a number (or blank) that is kept without loss. ``open``: it is a number
    that only the judge can compare.
    """

    value: nw.Expr
    scale: int = 1
    fits: Mask = True
    open: Mask = False


def _is_number(dtype: Any) -> bool:
    return bool(dtype == nw.String or dtype.is_float())


def wholly(names: Sequence[str], schema: Schema) -> dict[str, nw.Expr]:
    """For the columns whose type does not tell it: whether all their numbers are whole ones, to
    be aggregated over a frame.
    """
    answers: dict[str, nw.Expr] = {}
    for name in names:
        dtype = schema.get(inner(name))
        if dtype is None or not _is_number(dtype):
            continue
        column = nw.col(inner(name))
        text = dtype == nw.String
        broken = (
            column.str.contains(_BROKEN) if text else _finite(column) & (column != column.round(0))
        )
        answers[name] = ~broken.fill_null(False).any()
    return answers


def _finite(column: nw.Expr) -> nw.Expr:
    return (column.abs() < _FIFTEEN).fill_null(False) & ~column.is_nan().fill_null(False)


def _blank(column: nw.Expr) -> nw.Expr:
    return column.is_null() | column.is_in(["", *DASHES]).fill_null(False)


def number(name: str, schema: Schema, whole: bool) -> Number:
    """The figures of a column; ``whole`` says that a column whose type does not tell it holds
    whole numbers alone.
    """
    dtype, column = schema[inner(name)], nw.col(inner(name))
    if dtype.is_integer():
        if dtype == nw.Int64:
            return Number(column)
        if dtype in (nw.UInt64, nw.UInt128, nw.Int128):
            there = (column <= 2**62).fill_null(True) & (
                column >= (0 if dtype != nw.Int128 else -(2**62))
            ).fill_null(True)
            return Number(nw.when(there).then(column).cast(nw.Int64), 1, there)
        return Number(column.cast(nw.Int64))
    if dtype.is_decimal():
        if (steps := steps_of(name)) in schema:
            value = nw.col(steps)
            return Number(value, 10**dtype.scale, open=~column.is_null() & value.is_null())
        return _of_decimals(column, dtype.scale)
    if dtype.is_float():
        return _of_floats(column, whole)
    if dtype == nw.String:
        pattern = _WHOLE if whole else _DECIMAL
        plain = column.str.contains(pattern).fill_null(False)
        scale = 1 if whole else 10**DECIMALS
        near = nw.when(plain).then(column).cast(nw.Float64) * scale
        return Number(_rounded(near), scale, plain | _blank(column))
    return Number(nw.lit(None, nw.Int64), 1, column.is_null())


def _rounded(near: nw.Expr) -> nw.Expr:
    """Floats that are whole numbers but for their last bits."""
    return near.round(0).cast(nw.Int64)


def _of_decimals(column: nw.Expr, scale: int) -> Number:
    if scale > DECIMALS:
        return Number(nw.lit(None, nw.Int64), 1, open=~column.is_null())
    near = column.cast(nw.Float64) * 10**scale
    small = (near.abs() <= _NEAR).fill_null(False)
    value = _rounded(nw.when(small).then(near))
    return Number(value, 10**scale, open=~column.is_null() & ~small)


def _of_floats(column: nw.Expr, whole: bool) -> Number:
    """A float stands for the shortest decimal that it is nearest to, if that has fifteen digits
    at most.
    """
    scale = 1 if whole else 10**DECIMALS
    column = column.cast(nw.Float64)
    near = nw.when(_finite(column * scale)).then(column * scale).round(0)
    exact = (near / scale == column).fill_null(False)
    return Number(nw.when(exact).then(near).cast(nw.Int64), scale, column.is_null() | exact)


def as_whole(name: str, schema: Schema) -> tuple[nw.Expr, Mask]:
    """A column of keys or counts as whole numbers, and which cells are one or blank."""
    dtype, column = schema[inner(name)], nw.col(inner(name))
    if dtype == nw.String:
        plain = column.str.contains(_COUNT).fill_null(False)
        return nw.when(plain).then(column).cast(nw.Int64), plain | column.is_null() | (
            column == ""
        ).fill_null(False)
    whole = number(name, schema, True)
    return whole.value, whole.fits


def as_text(name: str, schema: Schema) -> nw.Expr:
    """A column of words, null where blank."""
    column = as_written(name, schema)
    return nw.when(column != "").then(column)


def as_written(name: str, schema: Schema) -> nw.Expr:
    """A column of words, to be compared with some: null or empty where blank."""
    dtype, column = schema[inner(name)], nw.col(inner(name))
    return column if dtype == nw.String else column.cast(nw.String)


def is_one_of(column: nw.Expr, words: Iterable[str]) -> nw.Expr:
    """Where a column of words is one of some; null where it is."""
    return functools.reduce(lambda a, b: a | b, (column == word for word in words), nw.lit(False))


def fits(name: str, shape: Shape, schema: Schema) -> Mask:
    """Which cells of a column, figures apart, are what its shape says."""
    dtype, column = schema[inner(name)], nw.col(inner(name))
    if shape.kind == "day":
        if dtype != nw.String:
            return True
        return (
            column.is_null()
            | (column == "").fill_null(False)
            | column.str.contains(_DAY).fill_null(False)
        )
    if shape.kind == "integer":
        value, plain = as_whole(name, schema)
        if shape.between:
            low, high = shape.between
            return both(plain, ((value >= low) & (value <= high)).fill_null(not shape.key))
        return both(plain, ~value.is_null()) if shape.key else plain
    column = as_written(name, schema)
    allowed: list[Mask] = []
    if shape.key:
        allowed.append((column != "").fill_null(False))
    if shape.options:
        allowed.append(is_one_of(column, ("", *shape.options)).fill_null(True))
    if shape.pattern:
        pattern = shape.pattern.removesuffix("$") + r"\z"
        allowed.append(((column == "") | column.str.contains(pattern)).fill_null(True))
    return both(*allowed) if allowed else True
