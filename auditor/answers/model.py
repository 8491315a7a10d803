"""What came back of a round, cause by cause and department by department."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal

from auditor.records.figures import Record
from auditor.records.model import NotChecked
from auditor.records.severities import Severity
from auditor.records.text import Text
from auditor.reports.workbook.answers import Answer, Confirmation
from auditor.waivers.model import WaiverKind

__all__ = [
    "DONE",
    "AnsweredCause",
    "Answers",
    "Check",
    "DepartmentAnswers",
    "Fault",
    "FaultCode",
    "State",
]

Check = Literal["settled", "still_wrong", "unchanged", "not_audited"]
"""What the new version says of a cause: it is gone; its values changed and still do not agree;
nothing changed; or its sheet or rule is not in the audit of the new version.
"""

State = Literal[
    "not_returned",
    "unanswered",
    "deleted",
    "retyped",
    "conflicting",
    "unreadable",
    "refused",
    "without_answer",
    "still_wrong",
    "unchanged",
    "not_audited",
    "asked_again",
    "checking",
    "unconfirmed",
    "corrected",
    "accepted",
    "settled",
]
"""How far a cause has come, from what is furthest from done.

``deleted``: no form has its row any more. ``retyped``: its id or its figures were changed in the
form. ``conflicting``: it is answered twice in different ways. ``unreadable``: the answer is none of
the list. ``refused``: it stands as printed, without a reason or its kind. ``without_answer``: the
section accepted what nobody answered. ``still_wrong``, ``unchanged`` and ``not_audited`` are
corrections that the new version does not show. ``unconfirmed``: it stands as printed, and the
section has to decide. ``corrected``: nobody has held it against a new version yet.
"""

DONE: Final[frozenset[State]] = frozenset({"corrected", "accepted", "settled"})
"""The states in which nobody has to do anything more."""

FaultCode = Literal[
    "other-audit",
    "other-round",
    "no-key",
    "unknown-id",
    "retyped-id",
    "retyped-figures",
    "unknown-word",
    "conflict",
    "not-waivable",
    "values-changed",
]
"""What is wrong with a form, with a row of it, or with what became of it."""


class Fault(Record):
    """One thing that is wrong with what came back: in which file, on which row of its worksheet,
    and with which cause, where that is known.
    """

    code: FaultCode
    file: str = ""
    line: int | None = None
    department: str = ""
    cause: str = ""
    message: Text


class AnsweredCause(Record):
    """A cause that a department was asked about, and its answer.

    ``number`` is that of the form. ``owner`` and ``subject`` say in words what it is about. Where
    it was ``taken_over``, the answer is that of the year before. ``check`` is what the new version
    says, where one was given.
    """

    id: str
    number: int
    department: str
    severity: Severity
    rule: str
    owner: str
    subject: str
    answer: Answer | None = None
    kind: WaiverKind | None = None
    reason: str = ""
    confirmation: Confirmation = "open"
    taken_over: bool = False
    check: Check | None = None
    state: State
    files: tuple[str, ...] = ()


class DepartmentAnswers(Record):
    """What came back of a department. ``files`` are its forms with at least one answer, ``blank``
    those without any. ``answered`` counts the entries with an answer.
    """

    department: str
    entries: int
    answered: int
    files: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    deadline: date | None = None
    overdue: bool = False
    states: dict[State, tuple[int, ...]]
    """The numbers of the causes in each state, in the order of the states."""

    @property
    def open(self) -> int:
        """How many causes need something more."""
        return sum(len(numbers) for state, numbers in self.states.items() if state not in DONE)


class Answers(Record):
    """All that came back of a round. ``unread`` could not be read; ``others`` names the files
    that are no forms and were not written by this program.
    """

    key: str
    round: int
    made_at: datetime
    departments: tuple[DepartmentAnswers, ...]
    causes: tuple[AnsweredCause, ...]
    faults: tuple[Fault, ...] = ()
    unread: tuple[NotChecked, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """2 where something could not be read, 1 where something is open or wrong, else 0."""
        if self.unread:
            return 2
        is_open = any(part.open for part in self.departments)
        return 1 if is_open or self.faults else 0
