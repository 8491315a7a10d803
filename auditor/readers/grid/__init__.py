"""Sheets of a form, read from a grid of cells.

One code serves worksheets and pages whose cells stand between ruling lines.
"""

from __future__ import annotations

from auditor.readers.grid.cells import Cell, Grid, TextCell
from auditor.readers.grid.labels import Labels
from auditor.readers.grid.sheets import GridReading, read_sheets

__all__ = ["Cell", "Grid", "GridReading", "Labels", "TextCell", "read_sheets"]
