"""Columns of a book that several sheets print alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from auditor.rules.rows import Row, Rows

__all__ = ["copied_columns"]

LEAST = 3
"""So many figures above or below 0 have to be alike: fewer often are."""


def copied_columns(rows: Rows, own_rows: Iterable[Row]) -> list[str]:
    """The columns of a sheet, of which the rows are given, that another sheet of the book prints
    with the same figures.
    """
    counts = rows.once(_figures_of_columns)
    return [
        row.column
        for row in own_rows
        if row.scope == "year" and row.column is not None and counts[_figures(row)] > 1
    ]


def _figures_of_columns(rows: Rows) -> Counter[tuple[object, ...]]:
    """How many sheets print the same figures in the same column."""
    counts = Counter(map(_figures, rows.of("year")))
    del counts[()]
    return counts


def _figures(row: Row) -> tuple[object, ...]:
    """The figures of a column, with its key; nothing where they are few."""
    figures = filter(None, map(row.figure, row.form.fields))
    values = [figure.value for figure in figures]
    return (row.column, *values) if sum(map(bool, values)) >= LEAST else ()
