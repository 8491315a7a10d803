"""The readers of binary documents as the program uses them.

Each works in a confined place (a child process), and nothing of it is loaded here.
"""

from __future__ import annotations

import importlib.util

from auditor.readers.guarded import GuardedReader, Limits
from auditor.readers.source import Source, UnreadableDocument
from auditor.records.extras import how_to_install

__all__ = ["is_pdf", "may_be_workbook", "pdf_reader", "ready_for_pdf", "workbook_reader"]


def pdf_reader(limits: Limits | None = None) -> GuardedReader:
    """A document that breaks pypdfium2 breaks its child process only."""
    return GuardedReader(
        "pdf", "auditor.readers.pdf:PdfReader", is_pdf, limits, ready=ready_for_pdf
    )


def workbook_reader(limits: Limits | None = None) -> GuardedReader:
    """``.xlsx`` and ``.xlsm``, and with the extra ``xls`` the old format."""
    return GuardedReader(
        "workbook", "auditor.readers.workbook:WorkbookReader", may_be_workbook, limits
    )


def is_pdf(source: Source) -> bool:
    """Whether a document's first bytes are those of a PDF."""
    return b"%PDF-" in source.data[:1024]


def may_be_workbook(source: Source) -> bool:
    """Whether a document's first bytes are those of a zip or of an old Office document; its
    reader tells other kinds apart.
    """
    return source.data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def ready_for_pdf(source: Source) -> None:
    """Raises UnreadableDocument where pypdfium2 is not installed."""
    if importlib.util.find_spec("pypdfium2") is None:
        remedy = how_to_install("pdf")
        raise UnreadableDocument(
            source.path,
            "needs-extra",
            f"is a PDF file, and the part of the program that reads them is missing; {remedy.en}",
            f"PDF ファイルですが、PDF を読み取る部品が導入されていません。{remedy.ja}",
        )
