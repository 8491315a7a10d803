"""Workbooks as they look, one worksheet at a time."""

from __future__ import annotations

from auditor.desk.views.model import GridView, WorksheetView
from auditor.desk.views.png import Picture, no_picture
from auditor.desk.views.worksheet import DRAWN, drawn_worksheet
from auditor.files.ooxml import PackageError
from auditor.readers.source import Source, UnreadableDocument
from auditor.readers.workbook import Limits, OpenWorkbook, opened_workbook
from auditor.readers.workbook.worksheets import WorksheetEntry

__all__ = ["ViewedWorkbook"]


class ViewedWorkbook:
    """An open workbook."""

    source: Source
    workbook: OpenWorkbook

    def __init__(self, source: Source, workbook: OpenWorkbook) -> None:
        self.source, self.workbook = source, workbook

    @classmethod
    def opened(cls, source: Source) -> ViewedWorkbook | None:
        """The workbook, or None where the document is none; raises UnreadableDocument."""
        try:
            workbook = opened_workbook(source, Limits())
        except PackageError as fault:
            raise _unreadable(source, fault) from None
        return None if workbook is None else cls(source, workbook)

    def view(self, worksheet: str | None, lang: str) -> GridView:
        """All worksheets by name, and one of them as it looks."""
        entries = self.workbook.entries
        entry = next((entry for entry in entries if entry.name == worksheet), None)
        if entry is None:
            entry = next((entry for entry in entries if entry.visibility == "visible"), entries[0])
        shown = self._shown(entry, lang)
        worksheets = [shown if other is entry else _pending(other) for other in entries]
        return GridView(kind="grid", worksheets=worksheets)

    def _shown(self, entry: WorksheetEntry, lang: str) -> WorksheetView:
        try:
            sheet = self.workbook.drawn(entry, DRAWN)
            return drawn_worksheet(sheet, self.workbook.faces(), self.workbook.look, lang)
        except PackageError as fault:
            raise _unreadable(self.source, fault) from None

    def picture(self, number: int, width: int) -> Picture:
        """A workbook has no pages."""
        del width
        raise no_picture(self.source, number)

    def close(self) -> None:
        """Nothing is held open."""


def _pending(entry: WorksheetEntry) -> WorksheetView:
    hidden = entry.visibility != "visible"
    return WorksheetView(name=entry.name, hidden=hidden, pending=True)


def _unreadable(source: Source, fault: PackageError) -> UnreadableDocument:
    why = fault.message
    return UnreadableDocument(source.path, why.code, why.en, why.ja)
