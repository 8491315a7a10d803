"""What a draft of a form is: its fields with what speaks for each, and the questions left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from auditor.drafting.adding_up import AddingUp
from auditor.drafting.measures import Each, Layout
from auditor.drafting.relation import Relation
from auditor.drafting.unit_notes import UnitNote
from auditor.records.figures import Place, Rounding
from auditor.records.text import Text

__all__ = [
    "Answers",
    "Certainty",
    "Draft",
    "DraftField",
    "DraftRule",
    "FirstFinding",
    "FormColumn",
    "Question",
    "QuestionKey",
    "Scope",
    "columns_by_parts",
]

Certainty = Literal["certain", "plain", "asked", "unnamed"]
"""``certain``: label and sum agree. ``plain``: a figure of the form's own, named as its heading
says. ``asked``: its heading or its sum says what it is, the other does not. ``unnamed``: nothing
says what it is.
"""
QuestionKey = Literal["years", "fiscal_year", "unit", "kinds", "amounts", "names"]


_IN_JAPANESE: Final = {"yes": "はい", "settled": "決算", "budgeted": "予算"}


@dataclass(frozen=True)
class Answers:
    """What a person answered, and None for what was left open.

    ``years`` are those of blocks of headings that come again; ``names`` says whether the figures
    that are asked about are what they seem to be; ``kind`` is that of all columns without one.
    """

    years: tuple[int, ...] | None = None
    fiscal_year: int | None = None
    unit: str | None = None
    names: bool | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Question:
    """A question that the document leaves open. Without an answer to a ``blocking`` one the form
    reads no figures; ``suggestion`` is what the answer may be.
    """

    key: QuestionKey
    text: Text
    suggestion: str = ""
    blocking: bool = False

    @property
    def hint(self) -> Text:
        """The suggestion in words."""
        parts = (_IN_JAPANESE.get(part, part) for part in self.suggestion.split(","))
        return Text(en=self.suggestion, ja=",".join(parts))


@dataclass(frozen=True)
class FormColumn:
    """A ``[[columns]]`` of the form. ``is_certain`` says whether the document prints its kind."""

    offset: int
    kind: str
    label: str = ""
    is_certain: bool = True


def columns_by_parts(
    printing: Sequence[FormColumn], every: Sequence[FormColumn]
) -> tuple[str | int, ...]:
    """Some of a form's columns by their kinds, their offsets or both; nothing where these are
    those of all columns, or of others, too.
    """
    kinds = dict.fromkeys(column.kind for column in printing)
    offsets = dict.fromkeys(column.offset for column in printing)
    chosen = set(printing)
    by_kinds = {column for column in every if column.kind in kinds}
    by_offsets = {column for column in every if column.offset in offsets}
    if chosen == set(every):
        return ()
    if by_kinds == chosen:
        return tuple(kinds)
    if by_offsets == chosen:
        return tuple(offsets)
    return (*kinds, *offsets) if by_kinds & by_offsets == chosen else ()


@dataclass(frozen=True)
class DraftField:
    """A figure of the form: its ``name`` there, the key of its measure, its label, and why.

    ``suggestion`` is the name that it seems to have, where that is asked.
    """

    name: str
    key: str
    label: str
    heading: str
    each: Each | None
    unit: str | None
    certainty: Certainty
    why: Text
    suggestion: str = ""
    rounding: Rounding = "exact"
    step: Decimal | None = None
    columns: tuple[str | int, ...] = ()
    """The kinds and offsets of the columns that print it; all, for none."""
    other_labels: tuple[str, ...] = ()
    """What else it is called, in columns of other kinds and years."""


@dataclass(frozen=True)
class DraftRule:
    """A rule that the form proposes, with a case that passes and one that fails."""

    code: str
    each: Each
    severity: Literal["error", "warning"]
    formula: str
    when: str
    title: Text
    shown: str
    """The equation in the headings of the document."""
    relation: Relation
    cases: tuple[Mapping[str, object], ...]


@dataclass(frozen=True)
class FirstFinding:
    """A record that does not fit a relation which others have: before any form is accepted.

    ``equation`` is the relation in headings, ``numbers`` the same with the record's numbers.
    """

    record: str
    column: Text | None
    place: Place
    equation: str
    numbers: str
    heading: str


@dataclass(frozen=True)
class Scope:
    """The relations among the figures of a scope."""

    each: Each
    relations: tuple[Relation, ...]


@dataclass
class Draft:
    """A form that was drafted from a document. ``source`` names the document."""

    source: str
    name: str
    rule_prefix: str
    layout: Layout
    title: str
    detect: list[str]
    unit: str
    units: dict[str, Decimal]
    fiscal_year: int | None
    states_fiscal_year: bool
    """Whether no document says its fiscal year, so that the form has to."""
    columns: list[FormColumn]
    evaluated: list[int]
    fields: list[DraftField]
    funding_complete: bool
    adding_up: AddingUp | None = None
    unit_notes: list[UnitNote] = field(default_factory=list["UnitNote"])
    years: list[int] | None = None
    years_assumed: bool = False
    title_label: str = ""
    lower_is_better: tuple[str, ...] = ()
    """Patterns of the names of indicators of which less is better."""
    alike: list[DraftField] = field(default_factory=list["DraftField"])
    """Figures with the same label as another one, which the form does not read."""
    rules: list[DraftRule] = field(default_factory=list[DraftRule])
    questions: list[Question] = field(default_factory=list[Question])
    findings: list[FirstFinding] = field(default_factory=list[FirstFinding])

    @property
    def is_blocked(self) -> bool:
        """Whether a question is open without whose answer nothing is read."""
        return any(question.blocking for question in self.questions)
