"""What the page shows, as data: the templates lay it out and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from auditor.records.languages import Lang
from auditor.reports.cards import Card
from auditor.reports.entries import QUESTIONS, QUESTIONS_NOTE
from auditor.reports.returned import PASSED_OVER, RETURNED, Returned

__all__ = [
    "Choice",
    "DepartmentSection",
    "NoteSection",
    "NumberedCard",
    "OverviewRow",
    "Page",
    "PageTable",
    "SheetSection",
]


class PageTable(NamedTuple):
    """A table under its caption; ``align`` has ``l`` or ``r`` for each column."""

    key: str
    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: str

    @property
    def kind(self) -> str:
        """The key without its number: tables of one kind look alike."""
        return self.key.rstrip("0123456789")


class OverviewRow(NamedTuple):
    """A row of the overview; ``target`` is the anchor of what there is to ask, empty where there
    is nothing any more. ``changes`` are those since the earlier round.
    """

    target: str
    name: str
    counts: tuple[str, ...]
    sheets: str
    subjects: str
    contact: str = ""
    changes: str = ""


class NumberedCard(NamedTuple):
    """A card with its number on the page, and the key of its department. ``change`` is what became
    of it since the earlier round.
    """

    number: int
    card: Card
    department: str
    where: str
    change: str


class SheetSection(NamedTuple):
    """The cards of one sheet, KPI or document."""

    heading: str
    document: str
    cards: tuple[NumberedCard, ...]


class DepartmentSection(NamedTuple):
    """The entries that a department has to answer, by sheet."""

    key: str
    name: str
    summary: str
    sheets: tuple[SheetSection, ...]


class NoteSection(NamedTuple):
    """The notes of a department, or what it may be asked about."""

    key: str
    name: str
    cards: tuple[NumberedCard, ...]


class WaivedItem(NamedTuple):
    """A finding that was accepted as it is: its title, and what there is to say of it."""

    title: str
    facts: list[tuple[str, str]]


class Choice(NamedTuple):
    """What the page can be filtered by: a key, its name, and how many entries it has."""

    key: str
    name: str
    entries: int


class BesideSection(NamedTuple):
    """Another book or the accounts that the book was held against; ``key`` is the section's
    anchor.
    """

    key: str
    title: str
    summary: str
    table: PageTable | None


class OutcomeTable(NamedTuple):
    """The rows of a rule and outcome, and how many more there are."""

    table: PageTable
    more: str


class Page(NamedTuple):
    """All that a page shows."""

    lang: Lang
    title: str
    approval: tuple[str, ...]
    facts: list[tuple[str, str]]
    documents: PageTable | None
    documents_later: PageTable | None
    result: str
    scope: str
    notices: list[str]
    missed: list[str]
    unread: PageTable | None
    severity_names: list[str]
    severities: list[Choice]
    choices: list[Choice]
    rows: list[OverviewRow]
    has_changes: bool
    sums: OverviewRow
    departments: list[DepartmentSection]
    waived_title: str
    waived: list[WaivedItem]
    unused_title: str
    waivers_unused: list[str]
    changes_result: list[str]
    changes: list[PageTable]
    returned: list[Returned]
    beside: list[BesideSection]
    notes: list[NoteSection]
    questions: list[NoteSection]
    entries: int
    totals: list[PageTable]
    totals_note: str
    kpis: PageTable | None
    uncertain: PageTable | None
    parts: list[str]
    passed_over: list[str]
    outcomes: PageTable
    rules: PageTable | None
    rows_title: str
    outcome_rows: list[OutcomeTable]
    glossary: list[tuple[str, str]]

    @property
    def questions_title(self) -> str:
        return QUESTIONS.of(self.lang)

    @property
    def questions_note(self) -> str:
        return QUESTIONS_NOTE.of(self.lang)

    @property
    def returned_title(self) -> str:
        return RETURNED.of(self.lang)

    @property
    def passed_over_title(self) -> str:
        return PASSED_OVER.of(self.lang)
