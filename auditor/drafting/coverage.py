"""How much of a document a drafted form reads: found out by reading the document with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.readers.source import AnyReader
from auditor.records.figures import Figure
from auditor.records.model import Document, NotChecked, UnreadNumber, numbers_in

__all__ = ["Coverage", "coverage_of"]


@dataclass(frozen=True)
class Coverage:
    """What was read of a document: its records, its figures that are numbers, the numbers that no
    record holds, and what could not be read.
    """

    records: int
    figures: int
    uncertain: int
    """Cells of figures of which the reader does not know what they say."""
    unread: tuple[UnreadNumber, ...]
    not_checked: tuple[NotChecked, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all numbers of the document are figures of records."""
        is_certain = not (self.unread or self.uncertain or self.not_checked)
        return self.figures > 0 and is_certain


def coverage_of(path: str, form: Form, readers: Iterable[AnyReader]) -> Coverage:
    """The document read with the form alone, whatever its words are."""
    result = read_documents([path], forms={form.name: form}, readers=readers, form=form.name)
    figures = uncertain = records = 0
    unread: list[UnreadNumber] = []
    not_checked = list(result.not_checked)
    for book in result.books:
        records += len(book.sheets) + len(book.kpis)
        of_sheets = chain.from_iterable(sheet.every_figure() for sheet in book.sheets)
        of_kpis = chain.from_iterable(kpi.every_figure() for kpi in book.kpis)
        figures += numbers_in(book.sheets, book.kpis)
        for _, _, figure in chain(of_sheets, of_kpis):
            uncertain += figure.state == "unread" or _is_number_amid_text(figure)
        for document in book.documents:
            unread += _unread(document)
            not_checked += document.not_checked
    return Coverage(records, figures, uncertain, tuple(unread), tuple(not_checked))


def _is_number_amid_text(figure: Figure) -> bool:
    """Whether a figure's cell has a number among words that nobody can be sure about."""
    return figure.state == "text" and any(map(str.isdigit, figure.shown()))


def _unread(document: Document) -> list[UnreadNumber]:
    numbers = list(document.unread)
    for part in document.parts:
        numbers += part.unread
    return numbers
