"""What a form's names must not be: reserved words, and words that mean something else."""

from __future__ import annotations

import keyword
from typing import Final

from auditor.records.model import (
    Book,
    Document,
    Evaluation,
    FiscalYear,
    Kpi,
    Sheet,
)

__all__ = ["RESERVED"]

_LINKS: Final = (
    "prior",
    "next",
    "sheet",
    "evaluated",
    "directed",
    "kpi",
    "book",
    "evaluation",
    "kpi_year",
)


_FUNCTIONS: Final = (
    "sum",
    "abs",
    "min",
    "max",
    "present",
    "blank",
    "zero",
    "count",
    "group",
    "param",
    "table",
    "agreed",
)


_KPI_WORDS: Final = ("actual", "due_actual", "due_year", "first_year", "last_year", "target_bound")


_OF_TABLES: Final = ("form", "column", "line")


_OF_CASES: Final = ("outcome", "equation", "expected", "severity", "suspects", "note")


RESERVED: Final = frozenset(keyword.kwlist).union(
    *(record.model_fields for record in (Book, Document, Sheet, FiscalYear, Evaluation, Kpi)),
    _LINKS,
    _FUNCTIONS,
    _KPI_WORDS,
    _OF_TABLES,
    _OF_CASES,
)
"""Words of formulas, tables and cases, which a form's own figure can't be called."""
