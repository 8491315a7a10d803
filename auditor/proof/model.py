"""What a printed book held against its corrected documents gives, as all its reports get it.

``before`` of a fault is what the documents hold, ``after`` what the book prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, get_args

from auditor.comparison.contents import Content
from auditor.records.figures import Record
from auditor.records.model import NotChecked

__all__ = [
    "FAULTS",
    "STATES",
    "ContentsState",
    "Fault",
    "FaultKind",
    "PrintedBook",
    "Proof",
    "ProofSheet",
    "State",
]

FaultKind = Literal[
    "missing",
    "extra",
    "twice",
    "order",
    "page",
    "unlisted",
    "difference",
    "cut",
    "hashes",
    "unknown",
]
"""What is wrong with a sheet of the book.

It is not in the book, or only there, or there more than once; it stands in another order or on
another page than the contents pages say, or they don't list it. At one spot of it: the book says
something else, prints only a part of a text (文字切れ), prints ``####``, or could not be compared.
"""
FAULTS: Final[tuple[FaultKind, ...]] = get_args(FaultKind)

State = Literal["matched", "differing", "missing", "extra", "unknown"]
"""Whether a sheet is in the book as in the documents. ``unknown`` is one that could not be
compared, or not everywhere.
"""
STATES: Final[tuple[State, ...]] = get_args(State)

ContentsState = Literal["read", "none", "unreadable"]
"""Whether the book has contents pages (目次)."""

_ELSEWHERE: Final[frozenset[FaultKind]] = frozenset({"order", "page", "unlisted", "twice"})
"""Faults of the whole book: the sheet itself may well be printed as it is."""


class Fault(Record):
    """One thing that is wrong. ``field`` and ``year`` name a spot, empty for the whole sheet.

    ``lost`` are the parts of a text that a cell cut off. ``follows`` is true where another fault
    explains this one: the sheets behind a missing one stand a page earlier.
    """

    kind: FaultKind
    field: str = ""
    year: str | None = None
    before: Content | None = None
    after: Content | None = None
    lost: tuple[str, ...] = ()
    follows: bool = False


class ProofSheet(Record):
    """A sheet or KPI of the documents, or one that only the book has (``document`` is empty then).

    ``page`` is the page number printed on its first page, ``pdf_page`` that page's number in the
    file, ``contents_page`` where the contents pages put it. ``copies`` are the PDF pages on which
    it stands once more.
    """

    kind: Literal["sheet", "kpi"] = "sheet"
    name: str
    stages: tuple[str, ...] = ()
    department: str = ""
    document: str = ""
    number: int = 0
    state: State = "matched"
    page: int | None = None
    pdf_page: int | None = None
    contents_page: int | None = None
    copies: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()

    def count(self, kind: FaultKind) -> int:
        """How many faults of a kind there are that nothing else explains."""
        return sum(fault.kind == kind and not fault.follows for fault in self.faults)


class PrintedBook(Record):
    """The PDF: its name, the SHA-256 of its bytes, and how many pages it has.

    ``numbered`` is how many of them print a page number, ``contents`` the pages of the 目次.
    """

    path: str
    sha256: str
    form: str
    fiscal_year: int
    pages: int
    numbered: int
    contents: tuple[int, ...] = ()
    contents_state: ContentsState = "none"


class ProvenDocument(Record):
    """A document that the book was held against."""

    path: str
    sha256: str | None = None
    sheets: int = 0


class Proof(Record):
    """The printed book held against its documents. ``sheets`` are in the order of the book; those
    that are missing there come last.

    ``entries`` are lines of the contents pages that name no sheet of the documents. ``kpis`` is
    false where the documents have KPIs and the book has none: those were not compared.
    """

    book: PrintedBook
    documents: tuple[ProvenDocument, ...]
    sheets: tuple[ProofSheet, ...]
    entries: tuple[str, ...] = ()
    kpis: bool = True
    not_checked: tuple[NotChecked, ...] = ()

    def states(self) -> dict[State, int]:
        """How many sheets and KPIs are in which state; every state is a key."""
        return {state: sum(sheet.state == state for sheet in self.sheets) for state in STATES}

    def counts(self) -> dict[FaultKind, int]:
        """How many faults of each kind there are that nothing else explains; every kind is a
        key.
        """
        return {kind: sum(sheet.count(kind) for sheet in self.sheets) for kind in FAULTS}

    @property
    def exit_code(self) -> int:
        """2 where something was not compared, 1 where something is wrong, else 0."""
        counts = self.counts()
        if self.not_checked or counts["unknown"] or self.states()["unknown"]:
            return 2
        return 1 if any(counts.values()) else 0


def state_of(faults: Iterable[Fault]) -> State:
    """The state of a sheet that is in both, by its faults."""
    kinds = {fault.kind for fault in faults} - _ELSEWHERE
    if "unknown" in kinds:
        return "unknown"
    return "differing" if kinds else "matched"
