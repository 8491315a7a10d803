"""Data frames of any library as books: for questions about rows, which need their records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from auditor.forms.model import Form
from auditor.records.errors import AuditorError
from auditor.records.fields import TABLES, TableName
from auditor.records.model import Book
from auditor.records.text import Text
from auditor.tables.files import read_frames
from auditor.tables.records import Tables

__all__ = ["UnusableFrames", "books_of_frames"]


class UnusableFrames(AuditorError):
    """Tables of which some rows are in no book, so that nobody could ask about them."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en, why.ja)


def books_of_frames(
    frames: Mapping[str, Any], forms: Mapping[str, Form], form: str | None = None
) -> tuple[Book, ...]:
    """The books of tidy tables: frames by the names of their tables, of polars, pandas, PyArrow or
    PySpark, or DuckDB relations. ``form`` is that of tables which name none.

    What is wrong with a cell is remarked on in the books, as an audit of the tables reports it.
    Raises ValueError for a table of no known name, TypeError for what is no frame, UnusableFrames
    where some books can't be had.
    """
    unknown = [name for name in frames if name not in TABLES]
    if unknown:
        names = ", ".join(TABLES)
        raise ValueError(
            f"there is no table {unknown[0]!r}; known are {names} / "
            f"表 {unknown[0]} はありません。使えるのは {names} です"
        )
    named: dict[TableName, pl.DataFrame] = {
        name: _polars(frames[name]) for name in TABLES if name in frames
    }
    result = read_frames(Tables(**named), forms, form)
    if result.not_checked:
        raise UnusableFrames(result.not_checked[0].why)
    return result.books


def _polars(frame: Any) -> pl.DataFrame:
    """A frame of any library as one of polars."""
    if isinstance(frame, pl.DataFrame):
        return frame
    native: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(frame)
    table = native.collect(backend="polars") if isinstance(native, nw.LazyFrame) else native
    return table.to_polars()
