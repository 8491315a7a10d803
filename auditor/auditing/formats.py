"""What a report format is, and what it may look at.

A format turns a report into text in one language. It computes nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from auditor.auditing.report import Report
    from auditor.forms.model import Form
    from auditor.records.model import Book
    from auditor.rules.ruleset import RuleSet

__all__ = ["By", "Lang", "ReportContext", "ReportFormat", "Section"]

Lang = Literal["ja", "en"]
By = Literal["department", "sheet", "rule"]
Section = Literal["statistics", "unsure", "unread", "totals"]


@dataclass(frozen=True)
class ReportContext:
    """What a report format may look at besides the report itself.

    ``width`` is the terminal's, in columns of half-width characters. ``by`` groups the findings;
    ``sections`` are the optional parts to show. ``departments`` are those that the report was
    narrowed to, and ``hidden`` counts the findings of the others.
    """

    lang: Lang
    rules: RuleSet
    books: tuple[Book, ...] = ()
    color: bool = False
    width: int = 100
    forms: Mapping[str, Form] = field(default_factory=dict[str, "Form"])
    by: By | None = None
    sections: frozenset[Section] = frozenset()
    departments: tuple[str, ...] = ()
    hidden: int = 0


@runtime_checkable
class ReportFormat(Protocol):
    """One report format; ``name`` is what ``--format`` takes."""

    @property
    def name(self) -> str: ...
    def render(self, report: Report, context: ReportContext) -> str:
        """The whole report as text."""
        ...
