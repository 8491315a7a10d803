"""What became of the files of an audit that are versions of others."""

from __future__ import annotations

from typing import NamedTuple

from auditor.comparison.differences import Difference
from auditor.records.figures import Place, Record
from auditor.records.model import Book, NotChecked, PassedOver

__all__ = ["Resolved", "ReturnedFile", "ReturnedRecord"]


class ReturnedRecord(Record):
    """A sheet or an indicator of a copy that came back changed. ``number`` is its number in the
    copy, ``earlier_number`` that of the one in the original whose place it takes; None for one
    that is new.

    ``differences`` are all that the two say otherwise. There are none where something changed that
    is no figure and no text of the record, such as a formula.
    """

    is_kpi: bool = False
    number: int
    earlier_number: int | None = None
    name: str
    department: str = ""
    place: Place | None = None
    differences: tuple[Difference, ...] = ()


class ReturnedFile(Record):
    """A marked copy that came back, audited as the new version of the sheets that it changes.

    ``original`` is the document of which it is a copy; None where that is not in the audit, so
    that nobody knows what was changed. ``is_changed`` is False where nothing was, as far as its
    cells tell. ``is_audited`` is False where there are other versions of all that was changed, of
    which none is audited until the user says which is meant. ``missing`` names the sheets that
    were written and are in the copy no more: those of the original stay in the audit.
    """

    document: str
    original: str | None = None
    is_changed: bool = True
    is_audited: bool = True
    records: tuple[ReturnedRecord, ...] = ()
    missing: tuple[str, ...] = ()


class Resolved(NamedTuple):
    """What is audited of some documents, what is not, and what became of copies that came back."""

    books: tuple[Book, ...]
    not_checked: tuple[NotChecked, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    returned: tuple[ReturnedFile, ...] = ()
