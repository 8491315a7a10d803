"""The page list that a proof gives: every sheet that is in the book, with its page."""

from __future__ import annotations

from pathlib import PurePath

from auditor.auditing.page_list import ListedSheet, PageList
from auditor.proof.model import Proof

__all__ = ["page_list_of"]


def page_list_of(proof: Proof) -> PageList:
    """The pages of the documents' sheets that are in the book."""
    digests = {document.path: document.sha256 for document in proof.documents}
    book = proof.book
    return PageList(
        form=book.form,
        fiscal_year=book.fiscal_year,
        book=PurePath(book.path).name,
        book_sha256=book.sha256,
        sheets=tuple(
            ListedSheet(
                department=sheet.department,
                name=sheet.name,
                stages=sheet.stages,
                page=sheet.page,
                pdf_page=sheet.pdf_page,
                sha256=digests.get(sheet.document),
            )
            for sheet in proof.sheets
            if sheet.kind == "sheet" and sheet.document and sheet.pdf_page is not None
        ),
    )
