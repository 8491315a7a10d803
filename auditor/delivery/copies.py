"""Marked copies of documents: for each department, with its own sheets alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from auditor.auditing.departments import department_of_kpi, lent_departments
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.delivery.names import DocumentNames
from auditor.marking.copies import MarkError
from auditor.marking.share import DocumentChanged, MarkedShare, marked_share
from auditor.records.model import Document, Kpi, Sheet
from auditor.records.text import Text
from auditor.reports.entries import Entry

__all__ = ["Copier", "NoCopy"]

_OF_RECORDS: Final = Text(
    en="its records were read, not the document itself",
    ja="文書そのものではなく、その記録を読み取ったためです",
)


class NoCopy(NamedTuple):
    """A document of which no marked copy could be made, and why."""

    document: str
    why: Text


class Copier:
    """Makes the marked copies of an audit's documents. ``factor`` raises the limits."""

    def __init__(
        self, report: Report, context: ReportContext, names: DocumentNames, factor: int
    ) -> None:
        self._report, self._context = report, context
        self._names, self._factor = names, factor
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
        self._last: tuple[str, bytes] = ("", b"")

    def copy(self, name: str, department: str, items: Sequence[Entry]) -> MarkedShare | NoCopy:
        """The copy of a document for a department, with its entries.

        Raises DocumentChanged where the document is another one by now than the one that was read.
        """
        path = self._names.path_of(name)
        if path is None:
            return NoCopy(name, _OF_RECORDS)
        records = self._records.get(name, [])
        share = [record for owner, record in records if owner == department]
        others = [record for owner, record in records if owner != department]
        findings = (finding for entry in items for finding in entry.findings)
        report = self._report.of_findings(f for f in findings if f.department == department)
        waived = (item for item in report.waived if item.finding.department == department)
        report = report.model_copy(update={"waived": tuple(waived)})
        try:
            return marked_share(
                self._bytes_of(name, path),
                self._document(name),
                report,
                share,
                others,
                self._context.lang,
                forms=self._context.forms,
                factor=self._factor,
            )
        except DocumentChanged:
            raise
        except MarkError as fault:
            return NoCopy(name, fault.message)

    def _document(self, name: str) -> Document:
        """A document as one, also where it holds sheets of several fiscal years."""
        first, *others = self._documents[name]
        unread = [*first.unread]
        for document in others:
            unread += document.unread
        return first.model_copy(update={"unread": tuple(unread)})

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
