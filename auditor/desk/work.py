"""The work of a session: the documents' records, the answers, and what was dropped beside them.

It never changes; each step gives another one. What it holds does not depend on the way to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import AwareDatetime, Field

from auditor.desk.answers import Answer, Step
from auditor.desk.document import DocumentRead
from auditor.desk.dropped import DroppedFile
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict

__all__ = ["Work"]

T = TypeVar("T")


class Work(Record):
    """All that is saved.

    ``documents`` are today's by name. ``earlier`` has those of them that replaced another version,
    as they were in the round before, which is number ``round``; ``new`` names those that were not
    in it. Without any of both, today's is that round. A round ends when it is delivered, at
    ``delivered_at``; ``earlier_at`` is that of the round before. ``answers`` and ``conflicts`` are
    by the key of their entry; ``done`` are the steps that undo takes back, ``undone`` those that
    redo makes again.
    """

    round: int = 1
    earlier_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    documents: Frozen[str, DocumentRead] = Field(default_factory=FrozenDict)
    earlier: Frozen[str, DocumentRead] = Field(default_factory=FrozenDict)
    new: frozenset[str] = frozenset()
    last_year: Frozen[str, DocumentRead] = Field(default_factory=FrozenDict)
    forms: tuple[DroppedFile, ...] = ()
    waivers: tuple[DroppedFile, ...] = ()
    settings: DroppedFile | None = None
    answers: Frozen[str, Answer] = Field(default_factory=FrozenDict)
    conflicts: Frozen[str, tuple[Answer, ...]] = Field(default_factory=FrozenDict)
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    @property
    def this_round(self) -> int:
        """The number of today's round."""
        return self.round + self.is_later

    @property
    def is_later(self) -> bool:
        """Whether there is a round before today's."""
        return bool(self.earlier or self.new)

    @property
    def before(self) -> dict[str, DocumentRead]:
        """The documents as they were in the round before."""
        documents = {**self.documents, **self.earlier}
        return {name: document for name, document in documents.items() if name not in self.new}

    # — documents —

    def with_document(self, document: DocumentRead) -> Work:
        """The work with a document, which takes the place of the one of its name."""
        name = document.name
        before = self.documents.get(name)
        if before == document:
            return self
        documents = _with(self.documents, name, document)
        if before is None:
            work = self._in_next_round()
            # What was not delivered was in no round.
            new = work.new | {name} if work.earlier_at is not None else work.new
            return work.model_copy(update={"documents": documents, "new": new})
        is_version = before.books and not is_same_file(before, document)
        if not is_version or name in self.new:
            return self.model_copy(update={"documents": documents})
        work = self._in_next_round().model_copy(update={"documents": documents})
        first = work.earlier.get(name, before)
        if is_same_file(first, document):  # it is as it was
            return work.model_copy(update={"earlier": _without(work.earlier, name)})
        return work.model_copy(update={"earlier": _with(work.earlier, name, first)})

    def _in_next_round(self) -> Work:
        """The work of the round that a change begins where the last one was delivered."""
        if self.delivered_at is None:
            return self
        return self.model_copy(
            update={
                "round": self.this_round,
                "earlier": FrozenDict(),
                "new": frozenset[str](),
                "earlier_at": self.delivered_at,
                "delivered_at": None,
            }
        )

    def with_last_year(self, document: DocumentRead) -> Work:
        """The work with a document of last year's book."""
        last_year = _with(self.last_year, document.name, document)
        return self.model_copy(update={"last_year": last_year})

    def without_document(self, name: str, *, last_year: bool) -> Work:
        """The work as if a document had not been dropped."""
        if last_year:
            return self.model_copy(update={"last_year": _without(self.last_year, name)})
        return self.model_copy(
            update={
                "documents": _without(self.documents, name),
                "earlier": _without(self.earlier, name),
                "new": self.new - {name},
            }
        )

    # — answers —

    def with_answer(self, step: Step) -> Work:
        """The work with another answer to an entry, which can be undone."""
        return self._stepped(step.key, step.after, ()).model_copy(
            update={"done": (*self.done, step), "undone": ()}
        )

    def undo(self) -> Work:
        """The work without its last step."""
        *done, last = self.done
        return self._stepped(last.key, last.before, last.conflict).model_copy(
            update={"done": tuple(done), "undone": (*self.undone, last)}
        )

    def redo(self) -> Work:
        """The work with the step that was undone last."""
        *undone, last = self.undone
        return self._stepped(last.key, last.after, ()).model_copy(
            update={"done": (*self.done, last), "undone": tuple(undone)}
        )

    def _stepped(self, key: str, answer: Answer | None, conflict: tuple[Answer, ...]) -> Work:
        answers = _without(self.answers, key)
        conflicts = _without(self.conflicts, key)
        return self.model_copy(
            update={
                "answers": answers if answer is None else _with(answers, key, answer),
                "conflicts": _with(conflicts, key, conflict) if conflict else conflicts,
            }
        )

    # — other work —

    def merged_with(self, other: Work) -> Work:
        """The work with the answers and documents of another one. Of a document that both have,
        this one's stays; answers of which the two contradict each other are in conflict.
        """
        answers: dict[str, Answer] = {}
        conflicts: dict[str, tuple[Answer, ...]] = {}
        for key in sorted({*self.answers, *self.conflicts, *other.answers, *other.conflicts}):
            both = _different((*self._answers_to(key), *other._answers_to(key)))
            if len(both) == 1:
                answers[key] = both[0]
            else:
                conflicts[key] = both
        return self.model_copy(
            update={
                "documents": FrozenDict({**other.documents, **self.documents}),
                "earlier": FrozenDict({**other._earlier_beside(self), **self.earlier}),
                "new": self.new | {name for name in other.new if name not in self.documents},
                "last_year": FrozenDict({**other.last_year, **self.last_year}),
                "forms": _all_files(self.forms, other.forms),
                "waivers": _all_files(self.waivers, other.waivers),
                "settings": self.settings or other.settings,
                "answers": FrozenDict(answers),
                "conflicts": FrozenDict(conflicts),
            }
        )

    def _earlier_beside(self, other: Work) -> Mapping[str, DocumentRead]:
        """The earlier versions of those documents that another work does not have."""
        return {
            name: document for name, document in self.earlier.items() if name not in other.documents
        }

    def _answers_to(self, key: str) -> tuple[Answer, ...]:
        if key in self.conflicts:
            return self.conflicts[key]
        return (self.answers[key],) if key in self.answers else ()


def is_same_file(document: DocumentRead, other: DocumentRead) -> bool:
    """Whether two documents have the same bytes."""
    return document.sha256 is not None and document.sha256 == other.sha256


def _with(items: Mapping[str, T], key: str, item: T) -> Mapping[str, T]:
    return FrozenDict({**items, key: item})


def _without(items: Mapping[str, T], key: str) -> Mapping[str, T]:
    return FrozenDict({name: item for name, item in items.items() if name != key})


def _different(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The answers that say something different, each with its earliest date."""
    by_content: dict[str, Answer] = {}
    for answer in sorted(answers, key=Answer.model_dump_json):
        other = by_content.get(answer.content)
        if other is None or answer.date < other.date:
            by_content[answer.content] = answer
    return tuple(by_content[content] for content in sorted(by_content))


def _all_files(
    mine: tuple[DroppedFile, ...], others: tuple[DroppedFile, ...]
) -> tuple[DroppedFile, ...]:
    return tuple(dict.fromkeys((*mine, *others)))
