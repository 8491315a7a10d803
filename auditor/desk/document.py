"""What the reader hands to the judge of one document: its records, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final, Literal

from pydantic import AwareDatetime

from auditor.desk.service import DeskError
from auditor.files.own.copies import MarkedCopy
from auditor.readers.documents import together, unchanged_copies, unchanged_copy
from auditor.readers.folders import other_kinds
from auditor.readers.source import ReadResult
from auditor.records.figures import Record
from auditor.records.model import Book, NotChecked, PassedOver
from auditor.records.text import Text, Why

__all__ = [
    "DocumentKind",
    "DocumentRead",
    "NearRead",
    "check_name",
    "in_order",
    "put_together",
    "saved_times",
]

DocumentKind = Literal["document", "own", "other", "ignored"]
"""A document; a file that the program wrote, which needs no audit; one of another kind in a folder;
or one that a folder may hold and that nobody takes for a document (README, hidden files).
"""

_LONGEST_NAME: Final = 1_000


class NearRead(Record):
    """The form that a document nearly fits: the labels that it lacks, each with what the document
    prints that looks like it.
    """

    form: str
    title: Text
    missing: tuple[tuple[str, str], ...]
    in_catalogue: bool


class DocumentRead(Record):
    """A file that was dropped, as the reader knows it. ``name`` has the folders that it was dropped
    with. ``sha256`` is None where it was not read to its end. ``form`` is the one that was insisted
    on.
    """

    name: str
    in_folder: bool = False
    kind: DocumentKind = "document"
    form: str | None = None
    sha256: str | None = None
    saved_at: AwareDatetime | None = None
    books: tuple[Book, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    why_not: Why | None = None
    """Why it is passed over."""
    copy_of: MarkedCopy | None = None
    near: NearRead | None = None

    @property
    def result(self) -> ReadResult:
        """What was read of it."""
        return ReadResult(self.books, self.not_checked)


def check_name(name: str) -> PurePosixPath:
    """The parts of a document's name; raises DeskError for one that none can have."""
    path = PurePosixPath(name)
    is_usable = (
        0 < len(name) <= _LONGEST_NAME
        and "\0" not in name
        and not path.is_absolute()
        and ".." not in path.parts
        and str(path) == name
        and path.name != ""
    )
    if not is_usable:
        raise DeskError(
            "name",
            "the name of the file can't be used; rename it",
            "このファイル名は使えません。名前を変えてください",
        )
    return path


def in_order(documents: Iterable[DocumentRead]) -> list[DocumentRead]:
    """The documents in the order in which a folder gives them."""
    return sorted(documents, key=lambda document: PurePosixPath(document.name))


def put_together(documents: Iterable[DocumentRead]) -> ReadResult:
    """What was read of all documents, as if they had been read together."""
    ordered = in_order(documents)
    others: dict[str, list[str]] = {}
    for document in ordered:
        if document.kind == "other":
            top, _, rest = document.name.partition("/")
            others.setdefault(top, []).append(rest)
    readable = [document for document in ordered if document.kind == "document"]
    copies = {item.name: item.copy_of for item in readable if item.copy_of is not None}
    unchanged = unchanged_copies({item.name: item.sha256 for item in readable}, copies)
    passed_over = [
        PassedOver(document=document.name, why=document.why_not)
        for document in ordered
        if document.kind == "own" and document.why_not is not None
    ]
    passed_over += (
        PassedOver(document=name, why=unchanged_copy(original))
        for name, original in unchanged.items()
    )
    return together(
        ((item.name, item.result) for item in readable if item.name not in unchanged),
        not_checked=[other_kinds(top, names) for top, names in others.items()],
        passed_over=passed_over,
        copies={name: copy for name, copy in copies.items() if name not in unchanged},
    )


def saved_times(documents: Iterable[DocumentRead]) -> dict[str, datetime | None]:
    """When each document says that it was saved."""
    return {document.name: document.saved_at for document in documents}
