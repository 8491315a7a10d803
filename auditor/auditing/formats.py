"""What a report format is, and what it may look at.

A format turns a report into text in one language. It computes nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from auditor.auditing.occasion import Occasion
    from auditor.auditing.report import Report
    from auditor.auditing.rounds import Since
    from auditor.forms.model import Form
    from auditor.records.languages import Lang
    from auditor.records.model import Book
    from auditor.rules.ruleset import RuleSet
    from auditor.settings.model import Departments, Settings

__all__ = ["By", "ReportContext", "ReportFormat", "Section"]

By = Literal["department", "sheet", "rule"]
Section = Literal["statistics", "unsure", "unread", "totals"]


class ReportContext(NamedTuple):
    """What a report format may look at besides the report itself.

    ``width`` is the terminal's, in columns of half-width characters. ``by`` groups the findings;
    ``sections`` are the optional parts to show. ``departments`` are those that the report was
    narrowed to, and ``hidden`` counts the findings of the others. ``occasion`` and ``settings``
    are there where a command makes the report; without them it leaves out what they would say.
    ``since`` is what changed from an earlier round.
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
    settings: Settings | None = None
    since: Since | None = None

    @property
    def order(self) -> Departments | None:
        """Which knows the official order of departments; None without settings."""
        return None if self.settings is None else self.settings.departments


@runtime_checkable
class ReportFormat(Protocol):
    """One report format; ``name`` is what ``--format`` takes."""

    @property
    def name(self) -> str: ...
    def render(self, report: Report, context: ReportContext) -> str:
        """The whole report as text."""
        ...
