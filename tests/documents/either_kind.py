"""Worksheets as a document of any kind: a workbook, pages that print it, or text that a spreadsheet
program saved of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import pytest

from tests.documents.delimited_writer import delimited_bytes, shown_worksheet
from tests.documents.old_workbook_writer import old_workbook_bytes
from tests.documents.workbook_writer import PlainWorksheet, workbook_bytes

__all__ = ["KINDS", "Kind", "TextKind", "WideKind", "document_bytes", "file_name"]

Kind = Literal["xlsx", "pdf"]
TextKind = Literal["csv", "csv-utf8", "tsv"]
"""Text of one worksheet: CSV in CP932 or in UTF-8 with its mark, TSV in CP932."""
WideKind = Literal["xlsx", "xls", "csv", "csv-utf8", "tsv", "pdf", "pdf-unruled"]
KINDS: Final[tuple[WideKind, ...]] = (
    "xlsx",
    "xls",
    "csv",
    "csv-utf8",
    "tsv",
    "pdf",
    "pdf-unruled",
)
_A4: Final = (595.3, 841.9)
_A3_WIDE: Final = (1190.6, 841.9)
_WIDE: Final = 8
"""A worksheet of more columns is printed on a larger page."""
_A_PAGE: Final = 45
"""How many rows a page takes."""


def file_name(stem: str, kind: WideKind) -> str:
    """What a document of a kind is called."""
    return f"{stem}.{kind.partition('-')[0]}"


def document_bytes(worksheets: Sequence[PlainWorksheet], kind: WideKind) -> bytes:
    """The document; the test is skipped where what the kind needs is not installed. Text holds one
    worksheet.
    """
    match kind:
        case "xlsx":
            return workbook_bytes(worksheets)
        case "xls":
            pytest.importorskip("xlrd")
            return old_workbook_bytes(worksheets)
        case "csv" | "csv-utf8" | "tsv":
            (sheet,) = worksheets
            encoding: Literal["cp932", "utf-8-sig"] = "utf-8-sig" if kind == "csv-utf8" else "cp932"
            delimiter: Literal[",", "\t"] = "\t" if kind == "tsv" else ","
            return delimited_bytes(sheet, delimiter=delimiter, encoding=encoding)
        case "pdf" | "pdf-unruled":
            return _printed(worksheets, ruled=kind == "pdf")


def _printed(worksheets: Sequence[PlainWorksheet], *, ruled: bool) -> bytes:
    pytest.importorskip("pypdfium2")
    pytest.importorskip("reportlab")
    from tests.documents.make_pdfs import Print, drawn

    columns = max(column for sheet in worksheets for _, column in sheet.cells)
    rows = max(row for sheet in worksheets for row, _ in sheet.cells)
    how = Print(
        borders="solid" if ruled else "none",
        page=_A4 if columns <= _WIDE else _A3_WIDE,
        split=-(-rows // _A_PAGE),
        indent=2.0 if ruled else 6.0,  # without lines, space alone tells columns apart
    )
    return drawn([shown_worksheet(sheet) for sheet in worksheets], how)
