"""Columns of a book that several sheets print alike."""

from __future__ import annotations

from collections import Counter

from auditor.formula.values import Value
from auditor.records.model import Kpi, Sheet
from auditor.rules.rows import Row, Rows

__all__ = ["copied_columns"]

LEAST = 3
"""So many figures above or below 0 have to be alike: fewer often are."""


def copied_columns(rows: Rows, owner: Sheet | Kpi) -> list[str]:
    """The columns of a sheet that another sheet of the book prints with the same figures."""
    counts = rows.once(_figures_of_columns)
    return [
        row.column
        for row in rows.of("year")
        if row.sheet is owner and row.column is not None and counts[_figures(row)] > 1
    ]


def _figures_of_columns(rows: Rows) -> Counter[tuple[Value | None, ...]]:
    """How many sheets print the same figures in the same column."""
    counts = Counter(map(_figures, rows.of("year")))
    del counts[()]
    return counts


def _figures(row: Row) -> tuple[Value | None, ...]:
    """The figures of a column, with its key; nothing where they are few."""
    figures = [row.values.get(name) for name in row.form.fields if row.figure(name) is not None]
    printed = sum(isinstance(value, int) and value != 0 for value in figures)
    return (row.column, *figures) if printed >= LEAST else ()
