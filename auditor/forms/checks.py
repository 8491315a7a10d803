"""What a form's names must not be: reserved words, and words that mean something else."""

from __future__ import annotations

import keyword
from typing import Final

from auditor.records.fields import DOCUMENT, EACH, SCOPES

__all__ = ["RESERVED"]

# Functions of the language, whose registry lies above the forms; a test holds the two together.
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

_OF_TABLES: Final = ("line",)
"""A column of tables that were made of others, which no record holds."""

_OF_CASES: Final = ("outcome", "equation", "expected", "severity", "suspects", "note")
"""The keys of a rule's case that describe no record."""

_SCOPES: Final = (*SCOPES.values(), DOCUMENT)

RESERVED: Final = frozenset(keyword.kwlist).union(
    EACH,
    _FUNCTIONS,
    _OF_TABLES,
    _OF_CASES,
    *((field.name for field in scope.fields) for scope in _SCOPES),
    *((link.name for link in scope.links) for scope in _SCOPES),
)
"""Words of formulas, tables and cases, which a form's own figure can't be called."""
