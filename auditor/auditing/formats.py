"""What a report format is, and what it may look at.

A format turns a report into text in one language. It computes nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

from auditor.settings.model import Departments, Settings

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.auditing.occasion import Occasion
    from auditor.auditing.page_list import SheetPages
    from auditor.auditing.report import Report
    from auditor.auditing.rounds import Since
    from auditor.forms.model import Form
    from auditor.records.languages import Lang
    from auditor.records.model import Book
    from auditor.rules.ruleset import RuleSet

__all__ = ["By", "ReportContext", "ReportFormat", "Section"]

By = Literal["department", "sheet", "rule"]
Section = Literal["statistics", "unsure", "unread", "totals"]


class ReportContext(NamedTuple):
    """What a report format may look at besides the report itself.

    ``width`` is the terminal's, in columns of half-width characters. ``by`` groups the findings;
    ``sections`` are the optional parts to show. ``departments`` are those that the report was
    narrowed to, and ``hidden`` counts the findings of the others. ``occasion`` is there where a
    command makes the report; without it, as with settings that say nothing, the report leaves out
    what they would say.
    ``since`` is what changed from an earlier round. ``pages`` are those of the printed book.
    """

    lang: Lang
    rules: RuleSet
    books: tuple[Book, ...] = ()
    color: bool = False
    width: int = 100
    forms: Mapping[str, Form] = MappingProxyType({})
    by: By | None = None
    sections: frozenset[Section] = frozenset()
    departments: tuple[str, ...] = ()
    hidden: int = 0
    occasion: Occasion | None = None
    settings: Settings = Settings()
    since: Since | None = None
    pages: SheetPages = MappingProxyType({})

    @property
    def order(self) -> Departments:
        """The departments in their official order, as the settings have it."""
        return self.settings.departments

    @property
    def made_at(self) -> datetime | None:
        """When the audit was made; None where nobody says."""
        return None if self.occasion is None else self.occasion.made_at


@runtime_checkable
class ReportFormat(Protocol):
    """One report format; ``name`` is what ``--format`` takes."""

    @property
    def name(self) -> str: ...
    def render(self, report: Report, context: ReportContext) -> str:
        """The whole report as text."""
        ...
