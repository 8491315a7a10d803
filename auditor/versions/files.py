"""The documents of an audit with their records, some of which give way to other versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from auditor.files.own.copies import MarkedCopy
from auditor.records.figures import Place
from auditor.records.model import Book, Document, Kpi, Part, Remark, Sheet, numbers_in
from auditor.records.text import Why

__all__ = ["File", "Ident", "Record", "files_in", "without"]

Record = Sheet | Kpi
Ident = tuple[str, bool, int]
"""What tells a record from all others: its document, whether it is an indicator, its number."""


@dataclass(eq=False)
class File:
    """A document that was read. It is a document of several books where it holds several years.

    ``gone`` has the records that give way to other versions, and why.
    """

    path: str
    sha256: str | None
    records: list[Record] = field(default_factory=list[Record])
    remarks: list[Remark] = field(default_factory=list[Remark])
    copy_of: MarkedCopy | None = None
    gone: dict[Ident, Why] = field(default_factory=dict[Ident, Why])

    @property
    def active(self) -> list[Record]:
        """The records that give way to none."""
        return [record for record in self.records if self.ident(record) not in self.gone]

    def ident(self, record: Record) -> Ident:
        return self.path, isinstance(record, Kpi), record.number

    def leave(self, records: Iterable[Record], why: Why) -> None:
        """Let records give way."""
        for record in records:
            self.gone.setdefault(self.ident(record), why)

    def remarks_on(self, record: Record) -> Counter[tuple[str, str | None, str | None, str]]:
        """What the reader remarks on a record, wherever it stands."""
        is_kpi = isinstance(record, Kpi)
        return Counter(
            (remark.rule, remark.field, remark.year, remark.printed)
            for remark in self.remarks
            if (remark.kpi if is_kpi else remark.sheet) == record.number
        )


def files_in(books: Iterable[Book], copies: Mapping[str, MarkedCopy]) -> dict[str, File]:
    """The documents of some books, by their paths."""
    files: dict[str, File] = {}
    for book in books:
        for document in book.documents:
            file = files.setdefault(document.path, File(document.path, document.sha256))
            file.remarks += document.remarks
            file.copy_of = copies.get(document.path)
        for record in chain[Record](book.sheets, book.kpis):
            if record.document in files:
                files[record.document].records.append(record)
    return files


def without(
    books: Iterable[Book], files: Mapping[str, File], passed_over: Iterable[str]
) -> tuple[Book, ...]:
    """The books without the records that gave way and without the documents that are passed over.
    What a document held of them is named among its parts.
    """
    gone = set(passed_over)
    changed = {path for path, file in files.items() if file.gone}
    if not gone and not changed:
        return tuple(books)
    rest: list[Book] = []
    for book in books:
        sheets = tuple(sheet for sheet in book.sheets if _stays(sheet, files, gone))
        kpis = tuple(kpi for kpi in book.kpis if _stays(kpi, files, gone))
        documents = tuple(
            _narrowed(document, files[document.path], sheets, kpis)
            if document.path in changed
            else document
            for document in book.documents
            if document.path not in gone
        )
        if documents:
            update = {"sheets": sheets, "kpis": kpis, "documents": documents}
            rest.append(book.model_copy(update=update))
    return tuple(rest)


def _stays(record: Record, files: Mapping[str, File], gone: set[str]) -> bool:
    if record.document in gone:
        return False
    file = files.get(record.document)
    return file is None or file.ident(record) not in file.gone


def _narrowed(
    document: Document, file: File, sheets: Sequence[Sheet], kpis: Sequence[Kpi]
) -> Document:
    """A document without the records that gave way, and without what was said of them."""
    own_sheets = [sheet for sheet in sheets if sheet.document == document.path]
    own_kpis = [kpi for kpi in kpis if kpi.document == document.path]
    gone_sheets = {number for _, is_kpi, number in file.gone if not is_kpi}
    gone_kpis = {number for _, is_kpi, number in file.gone if is_kpi}
    remarks = (
        remark
        for remark in document.remarks
        if remark.sheet not in gone_sheets and remark.kpi not in gone_kpis
    )
    return document.model_copy(
        update={
            "sheets": len(own_sheets),
            "kpis": len(own_kpis),
            "figures": None if document.figures is None else numbers_in(own_sheets, own_kpis),
            "remarks": tuple(remarks),
            "unread": tuple(item for item in document.unread if item.sheet not in gone_sheets),
            "not_checked": tuple(
                item for item in document.not_checked if item.sheet not in gone_sheets
            ),
            "parts": (*document.parts, *_parts(document, file)),
        }
    )


def _parts(document: Document, file: File) -> Iterator[Part]:
    """The worksheets and pages of the records that gave way, each once."""
    seen: set[tuple[Place, str]] = set()
    for record in file.records:
        why = file.gone.get(file.ident(record))
        if why is None or record.fiscal_year != document.fiscal_year:
            continue
        place = record.place or Place()
        if place.sheet is not None or place.page is not None:
            place = Place(sheet=place.sheet, page=place.page)
        if (place, why.en) not in seen:
            seen.add((place, why.en))
            yield Part(place=place, state="left_out", why=why)
