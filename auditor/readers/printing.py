"""The cells of a document of any kind that has cells, read as apart from the program as records."""

from __future__ import annotations

from auditor.readers.delimited import grid_of_text, rows_in
from auditor.readers.in_child import pdf_reader, workbook_reader
from auditor.readers.printed_grids import PrintedGrid, cells_of_grid
from auditor.readers.source import Source

__all__ = ["printed_grids"]


def printed_grids(source: Source, factor: int = 1) -> tuple[PrintedGrid, ...] | None:
    """The grids of a workbook's worksheets, a PDF's pages or a text with cells (CSV, TSV), and
    None for any other document; raises UnreadableDocument. ``factor`` raises the limits.
    """
    for reader in (pdf_reader(), workbook_reader()):
        grids = reader.raised(factor).grids(source)
        if grids is not None:
            return grids
    rows = None if source.text is None else rows_in(source.text)
    return None if rows is None else (PrintedGrid("", 1, cells_of_grid(grid_of_text(rows))),)
