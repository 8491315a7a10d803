"""What the judge tells the page: all texts are in the language that the page asked for.

These are texts to be shown as text. They may hold what a document says, and are never markup.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from auditor.records.figures import Record
from auditor.records.severities import CountedAs
from auditor.reports.cards import CardTable, Mark
from auditor.reports.sentences import Quoted

__all__ = [
    "AnswerKind",
    "AnswerShown",
    "Card",
    "CardFollowing",
    "Change",
    "Changes",
    "Conflict",
    "CopyRequest",
    "DepartmentShown",
    "DocumentShown",
    "DocumentState",
    "Entry",
    "File",
    "FormName",
    "NearForm",
    "NextKind",
    "NextStep",
    "Problems",
    "Proposal",
    "RuleShown",
    "SettledEntry",
    "Spot",
    "State",
    "UnreadShown",
    "WaivedEntry",
    "Word",
]

AnswerKind = Literal["as_printed", "accepted", "corrected", "ask"]
"""It stands as printed (記載のとおり); the section accepted that, so that it is waived (了承); the
department corrects it (訂正した); the department is to be asked (確認中).
"""

Change = Literal["settled", "changed", "open", "new"]
"""What became of an entry since the round before: gone; other values that still do not agree;
nothing; or it was not there.
"""

DocumentState = Literal["audited", "not_checked", "passed_over"]


NextKind = Literal["not_checked", "conflict", "department", "answer", "deliver", "save"]


class NextStep(Record):
    """One of the things to do next (次にすること), with what it is about."""

    kind: NextKind
    text: str
    document: str | None = None
    department: str | None = None
    entry: str | None = None


class NearForm(Record):
    """The form that a document nearly fits: its name and title, the labels that the document
    lacks, and the way on.
    """

    form: str
    form_name: str
    missing: tuple[str, ...] = ()
    way: str


class DocumentShown(Record):
    """A document that was dropped. ``form`` is empty where none fits. ``reasons`` say what of it
    was not checked, or why it was passed over. ``changed`` is one that replaced an earlier
    version since the round before; ``last_year`` one of last year's book.
    """

    name: str
    state: DocumentState
    form: str = ""
    form_name: str = ""
    sheets: int = 0
    figures: int = 0
    unread: int = 0
    departments: tuple[str, ...] = ()
    counts: dict[CountedAs, int]
    reasons: tuple[str, ...] = ()
    near: NearForm | None = None
    sha256: str = ""
    changed: bool = False
    last_year: bool = False


class DepartmentShown(Record):
    """A department that has entries. ``name`` is empty, and ``title`` says so, where nobody knows
    whose they are. ``open`` counts the entries that need an answer and have none; ``sheets`` are
    the sheets and KPIs that the entries are on.
    """

    name: str
    title: str
    counts: dict[CountedAs, int]
    open: int
    sheets: int
    documents: tuple[str, ...]
    entries: tuple[str, ...]


class Spot(Record):
    """Where an entry points at in a document: a cell of a worksheet, a box on a page in points
    (left, bottom, right, top), or a line of a text. What is not known is None. ``number`` and
    ``computed`` are those of the card's cell: which explanation it belongs to, and what fits.
    """

    document: str
    sheet: str | None = None
    cell: str | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    line: int | None = None
    mark: Mark | None = None
    label: str = ""
    number: str = ""
    computed: str = ""


class Proposal(Record):
    """What a cell should say: the cell's name, the value as it is shown, and as it is copied."""

    label: str
    value: str
    copied: str = Field(alias="copy")


class AnswerShown(Record):
    """The answer to an entry. ``role`` is that of whoever gave it, never a person's name."""

    kind: AnswerKind
    kind_word: str
    reason: str = ""
    role: str = ""
    date: str = ""
    waiver_kind: str | None = None


class Entry(Record):
    """An entry of the report: one thing that went wrong or, with the severity ``question``, a place
    that somebody may ask about. ``sheet`` is the number of its sheet in the document. ``waivable``
    is False where it says that figures may be missing.
    """

    id: str
    severity: CountedAs
    rule: str
    title: str
    document: str
    department: str
    owner: str
    sheet: int | None = None
    place: str
    spots: tuple[Spot, ...]
    proposed: tuple[Proposal, ...] = ()
    certainty: str = ""
    answer: AnswerShown | None = None
    change: Change | None = None
    waivable: bool = True


class SettledEntry(Record):
    """An entry of the round before that is gone."""

    title: str
    owner: str
    department: str


class WaivedEntry(Record):
    """A finding that was accepted as it is, with what there is to say of it. ``entry`` is what
    ``answer`` takes to change that; None where a file of waivers accepted it.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    entry: str | None = None


class UnreadShown(Record):
    """A number that a document shows and that was not read."""

    text: str
    spot: Spot | None = None


class Changes(Record):
    """How many changes are not in the saved file, how many there were since the user was asked to
    save, and what undo and redo would do; None where there is nothing to undo.
    """

    unsaved: int = 0
    since_ask: int = 0
    undo: str | None = None
    redo: str | None = None


class RuleShown(Record):
    """A rule of this audit, and what it looks for."""

    code: str
    name: str
    text: str


class FormName(Record):
    """A form: what ``read`` takes, and what people call it."""

    name: str
    title: str


class Word(Record):
    """A word of the page with its explanation; ``key`` is the mark's, the severity's or the
    answer's.
    """

    key: str
    word: str
    text: str


class Conflict(Record):
    """Two work files that answer an entry in different ways. Both answers are here, and none of
    them counts until somebody answers again. ``about`` says what the entry is on.
    """

    entry: str | None
    about: str
    answers: tuple[AnswerShown, ...]


class State(Record):
    """All that the page shows beside one card."""

    lang: str
    made_of: str
    round: int
    sentence: str
    next: tuple[NextStep, ...]
    counts: dict[CountedAs, int]
    words: dict[str, str]
    documents: tuple[DocumentShown, ...]
    departments: tuple[DepartmentShown, ...]
    entries: tuple[Entry, ...]
    settled: tuple[SettledEntry, ...] = ()
    waived: tuple[WaivedEntry, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unread: dict[str, tuple[UnreadShown, ...]]
    changes: Changes
    rules: tuple[RuleShown, ...]
    form_names: tuple[FormName, ...]
    """The forms that a document may be read as."""
    waiver_kinds: dict[str, str]
    """What ``answer`` takes as ``waiver_kind``, with its word."""
    marks: tuple[Word, ...]
    severities: tuple[Word, ...]
    answers: tuple[Word, ...]
    problems: tuple[str, ...] = ()
    """What is wrong with dropped forms, rules and waivers, and what could not be compared."""
    notices: tuple[str, ...] = ()
    """What else the user must know: of waivers without use, of what was passed over."""
    changed_since: tuple[str, ...] = ()
    """The documents that are others now than in the work file that was opened or saved last."""


class CardFollowing(Record):
    """The findings that follow from an entry, each with its severity."""

    heading: str
    items: tuple[str, ...]


class Card(Record):
    """All that is said of one entry."""

    id: str
    title: str
    severity: CountedAs
    severity_word: str
    severity_help: str
    rule: str
    rule_help: str
    place: str
    tables: tuple[CardTable, ...]
    sentence: tuple[Quoted, ...]
    disagrees: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    action: str
    following: CardFollowing | None = None


class CopyRequest(Record):
    """A marked copy that the reader is to make: of which document, for which department;
    ``request`` is what its call ``copy`` takes.
    """

    document: str
    department: str
    request: str


class File(Record):
    """A file that is taken away; its content is the data. ``notices`` are what those who get it
    must know, and the documents without a marked copy. ``departments`` counts those that get a
    folder.
    """

    name: str
    notices: tuple[str, ...] = ()
    departments: int = 0


class Problems(Record):
    """What is wrong with what was dropped, and what else there is to know of it, a sentence
    each.
    """

    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
