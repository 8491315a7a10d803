"""Marked copies of documents: for each department, with its own sheets alone.

What is to be marked is one thing, and goes through JSON; making the copy, which needs the document,
is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from auditor.auditing.departments import department_of_kpi, lent_departments
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.delivery.names import DocumentNames
from auditor.forms.model import Form
from auditor.marking.copies import DocumentChanged, MarkError
from auditor.marking.share import MarkedShare, marked_share
from auditor.records.figures import Record
from auditor.records.frozen import Frozen
from auditor.records.languages import Lang
from auditor.records.model import Document, Kpi, Sheet
from auditor.records.text import Text
from auditor.reports.entries import Entry

__all__ = ["OF_RECORDS", "Copier", "Copies", "CopyRequest", "CopyRequests", "NoCopy", "copy_of"]

OF_RECORDS: Final = Text(
    en="its records were read, not the document itself",
    ja="文書そのものではなく、その記録を読み取ったためです",
)


class NoCopy(NamedTuple):
    """A document of which no marked copy could be made, and why."""

    document: str
    why: Text


class Copies(Protocol):
    """Gives the marked copies of an audit's documents."""

    def copy(self, name: str, department: str, items: Sequence[Entry]) -> MarkedShare | NoCopy:
        """The copy of a document for a department, with its entries."""
        ...


class Share(Record):
    """Some sheets and KPIs of a document."""

    sheets: tuple[Sheet, ...] = ()
    kpis: tuple[Kpi, ...] = ()

    @classmethod
    def of(cls, records: Sequence[Sheet | Kpi]) -> Share:
        """The share that some records are."""
        return cls(
            sheets=tuple(record for record in records if isinstance(record, Sheet)),
            kpis=tuple(record for record in records if isinstance(record, Kpi)),
        )

    @property
    def records(self) -> tuple[Sheet | Kpi, ...]:
        """All of them."""
        return (*self.sheets, *self.kpis)


class CopyRequest(Record):
    """A copy to be made of a document. ``report`` is narrowed to the department, which may have
    the ``share`` of the document's records; all ``others`` must not be in the copy. ``factor``
    raises the limits.
    """

    document: Document
    report: Report
    share: Share
    others: Share
    lang: Lang
    forms: Frozen[str, Form]
    factor: int = 1


def copy_of(request: CopyRequest, data: bytes) -> MarkedShare | NoCopy:
    """The copy of the document whose bytes are ``data``. Raises DocumentChanged where these are not
    the ones that were read.
    """
    try:
        return marked_share(
            data,
            request.document,
            request.report,
            request.share.records,
            request.others.records,
            request.lang,
            forms=request.forms,
            factor=request.factor,
        )
    except DocumentChanged:
        raise
    except MarkError as fault:
        return NoCopy(request.document.path, fault.message)


class CopyRequests:
    """Says which copies are to be made of an audit's documents."""

    def __init__(self, report: Report, context: ReportContext, factor: int = 1) -> None:
        self._report, self._context, self._factor = report, context, factor
        self._documents: dict[str, list[Document]] = {}
        for document in report.documents:
            self._documents.setdefault(document.path, []).append(document)
        lent = lent_departments(context.books)
        self._records: dict[str, list[tuple[str, Sheet | Kpi]]] = {}
        for book in context.books:
            for sheet in book.sheets:
                self._records.setdefault(sheet.document, []).append((sheet.department, sheet))
            for kpi in book.kpis:
                owner = department_of_kpi(kpi, lent)
                self._records.setdefault(kpi.document, []).append((owner, kpi))

    def request(self, name: str, department: str, items: Sequence[Entry]) -> CopyRequest:
        """The copy of a document for a department, with its entries."""
        records = self._records.get(name, [])
        findings = (finding for entry in items for finding in entry.findings)
        report = self._report.of_findings(f for f in findings if f.department == department)
        waived = (item for item in report.waived if item.finding.department == department)
        return CopyRequest(
            document=self._document(name),
            report=report.model_copy(update={"waived": tuple(waived)}),
            share=Share.of([record for owner, record in records if owner == department]),
            others=Share.of([record for owner, record in records if owner != department]),
            lang=self._context.lang,
            forms=dict(self._context.forms),
            factor=self._factor,
        )

    def _document(self, name: str) -> Document:
        """A document as one, also where it holds sheets of several fiscal years."""
        first, *others = self._documents[name]
        unread = [*first.unread]
        for document in others:
            unread += document.unread
        return first.model_copy(update={"unread": tuple(unread)})


class Copier:
    """Makes the marked copies of an audit's documents from their files. ``factor`` raises the
    limits.
    """

    def __init__(
        self, report: Report, context: ReportContext, names: DocumentNames, factor: int
    ) -> None:
        self._requests = CopyRequests(report, context, factor)
        self._names = names
        self._last: tuple[str, bytes] = ("", b"")

    def copy(self, name: str, department: str, items: Sequence[Entry]) -> MarkedShare | NoCopy:
        """The copy of a document for a department, with its entries.

        Raises DocumentChanged where the document is another one by now than the one that was read.
        """
        path = self._names.path_of(name)
        if path is None:
            return NoCopy(name, OF_RECORDS)
        return copy_of(self._requests.request(name, department, items), self._bytes_of(name, path))

    def _bytes_of(self, name: str, path: str) -> bytes:
        """A document's bytes; those of the last one are kept, for it may be asked for again."""
        if self._last[0] != name:
            try:
                self._last = (name, Path(path).read_bytes())
            except OSError:
                raise DocumentChanged(
                    f"{name} can't be opened any more; audit it again",
                    f"{name} を開けなくなりました。もう一度点検してください",
                ) from None
        return self._last[1]
