"""Snapshots of the judge: what a new one needs to go on where another one ended.

The documents' records are parts of their own, each handed over once; the rest is small enough to be
written after every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from auditor.desk.document import DocumentRead
from auditor.desk.service import DeskError
from auditor.desk.work import Work
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict

__all__ = ["NumberedWork", "Parts", "Restored", "Snapshot", "SnapshotParts"]

A = TypeVar("A")
B = TypeVar("B")


class NumberedWork(Record):
    """A work whose documents are given by the numbers of their parts."""

    work: Work
    documents: Frozen[str, int]
    earlier: Frozen[str, int]
    last_year: Frozen[str, int]

    @property
    def parts(self) -> set[int]:
        """The numbers of all its parts."""
        return {*self.documents.values(), *self.earlier.values(), *self.last_year.values()}


class Snapshot(Record):
    """The work as it is, and as it was when it was saved last."""

    now: NumberedWork
    saved: NumberedWork


class SnapshotParts(Record):
    """The parts that a snapshot refers to; ``last`` is the highest number that was given so far."""

    parts: tuple[int, ...]
    last: int


class Restored(Record):
    """What a snapshot brought back: the names of documents, and how many entries are answered."""

    documents: tuple[str, ...]
    last_year: tuple[str, ...]
    answers: int


class Parts:
    """Documents by number. One that stays in the work keeps its number."""

    def __init__(self) -> None:
        self._documents: dict[int, DocumentRead] = {}
        self._numbers: dict[int, int] = {}
        """The number of each document, by its identity: comparing contents would take long."""
        self.last = 0

    def __getitem__(self, number: int) -> DocumentRead:
        """The document of a number; raises DeskError where there is none."""
        document = self._documents.get(number)
        if document is None:
            raise DeskError("no-part", "this part is not there", "この部分はありません")
        return document

    def number_of(self, document: DocumentRead) -> int:
        """The number of a document, which gets one where it has none."""
        number = self._numbers.get(id(document))
        if number is None:
            number = self.last + 1
            self.put(number, document)
        return number

    def put(self, number: int, document: DocumentRead) -> None:
        """Take up a document under a number that it got elsewhere."""
        self._documents[number] = document
        self._numbers[id(document)] = number
        self.last = max(self.last, number)

    def drop_all_but(self, numbers: Iterable[int]) -> None:
        """Forget the documents that nobody asks for any more."""
        self._documents = {number: self._documents[number] for number in sorted(numbers)}
        self._numbers = {id(document): number for number, document in self._documents.items()}

    def numbered(self, work: Work) -> NumberedWork:
        """A work with numbers in place of its documents."""
        nothing: Mapping[str, DocumentRead] = FrozenDict()
        without = {"documents": nothing, "earlier": nothing, "last_year": nothing}
        return NumberedWork(
            work=work.model_copy(update=without),
            documents=_each(work.documents, self.number_of),
            earlier=_each(work.earlier, self.number_of),
            last_year=_each(work.last_year, self.number_of),
        )

    def whole(self, numbered: NumberedWork) -> Work:
        """The work with its documents. Raises DeskError where one is missing."""
        documents = {
            "documents": _each(numbered.documents, self.__getitem__),
            "earlier": _each(numbered.earlier, self.__getitem__),
            "last_year": _each(numbered.last_year, self.__getitem__),
        }
        return numbered.work.model_copy(update=documents)


def _each(items: Mapping[str, A], function: Callable[[A], B]) -> Mapping[str, B]:
    return FrozenDict({name: function(item) for name, item in items.items()})
