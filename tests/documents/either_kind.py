"""Worksheets as a document of either kind: a workbook, or pages that print it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest

from tests.documents.workbook_writer import PlainWorksheet, workbook_bytes

__all__ = ["Kind", "document_bytes"]

Kind = Literal["xlsx", "pdf"]


def document_bytes(worksheets: Sequence[PlainWorksheet], kind: Kind) -> bytes:
    """The document; the test is skipped where what PDFs need is not installed."""
    if kind == "xlsx":
        return workbook_bytes(worksheets)
    pytest.importorskip("pypdfium2")
    pytest.importorskip("reportlab")
    from tests.documents.make_pdfs import Print, drawn

    return drawn(worksheets, Print())
