"""A document that is looked at: it stays open from one question about it to the next."""

from __future__ import annotations

from typing import Protocol

from auditor.desk.views.model import View
from auditor.desk.views.png import Picture
from auditor.desk.views.texts import ViewedText
from auditor.desk.views.workbooks import ViewedWorkbook
from auditor.readers.in_child import is_pdf, may_be_workbook
from auditor.readers.kinds import explained, refused
from auditor.readers.source import Source, UnreadableDocument

__all__ = ["Viewed", "viewed"]


class Viewed(Protocol):
    """An open document."""

    def view(self, worksheet: str | None, lang: str) -> View:
        """How the document looks; of a workbook the worksheet of that name, or the first one that
        is not hidden. Raises UnreadableDocument.
        """
        ...

    def picture(self, number: int, width: int) -> Picture:
        """The picture of a page, counted from 1, about so many pixels wide. Raises
        UnreadableDocument.
        """
        ...

    def close(self) -> None:
        """Let the document go."""
        ...


def viewed(source: Source) -> Viewed:
    """Open a document to look at it; raises UnreadableDocument with the reasons that reading it
    would give.
    """
    if is_pdf(source):
        from auditor.desk.views.pages import ViewedPages

        return ViewedPages(source)
    if may_be_workbook(source) and (workbook := ViewedWorkbook.opened(source)) is not None:
        return workbook
    if source.text is not None:
        return ViewedText(source)
    fault = refused(source, ())
    why = explained(source, [fault.message], ())[0]
    raise UnreadableDocument(source.path, why.code, why.en, why.ja)
