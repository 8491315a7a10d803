"""What worksheets show, as text: cells as a spreadsheet program prints them, and worksheets as it
saves them as CSV or TSV.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from typing import Literal

from tests.documents.workbook_writer import PlainCell, PlainWorksheet

__all__ = ["delimited_bytes", "shown", "shown_worksheet"]


def shown(cell: PlainCell) -> str:
    """What a cell shows in the number formats that the makers of this folder write."""
    value, code = cell.value, cell.number_format
    if value is None or isinstance(value, str):
        return value or ""
    number = Decimal(value)
    if code == "General":
        return format(number.normalize(), "f") if number else "0"
    first, _, below_zero = code.partition(";")
    suffix = "%" if first.endswith("%") else ""
    number = number * 100 if suffix else number
    decimals = len(first.rstrip("%").partition(".")[2])
    digits = f"{abs(number):{',' if ',' in first else ''}.{decimals}f}{suffix}"
    if number >= 0:
        return digits
    sign = below_zero.partition("#")[0].replace('"', "") if below_zero else "-"
    return f"{sign}{digits}"


def shown_worksheet(sheet: PlainWorksheet) -> PlainWorksheet:
    """The worksheet with texts in the place of numbers, as it is printed."""
    cells = {at: PlainCell(shown(cell)) for at, cell in sheet.cells.items()}
    return PlainWorksheet(sheet.name, cells, list(sheet.merges))


def delimited_bytes(
    sheet: PlainWorksheet,
    *,
    delimiter: Literal[",", "\t"] = ",",
    encoding: Literal["cp932", "utf-8-sig"] = "cp932",
) -> bytes:
    """The worksheet as Excel saves it: what its cells show, a merged one in its first cell alone."""
    bottom = max((row for row, _ in sheet.cells), default=0)
    right = max((column for _, column in sheet.cells), default=0)
    for _, _, below, beside in sheet.merges:
        bottom, right = max(bottom, below), max(right, beside)
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    empty = PlainCell()
    for row in range(1, bottom + 1):
        cells = [sheet.cells.get((row, column), empty) for column in range(1, right + 1)]
        writer.writerow([shown(cell) for cell in cells])
    return out.getvalue().encode(encoding)
