"""The cells of worksheets as they are displayed, where a table stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from auditor.forms.model import Form
from auditor.readers.shown import ShownCell, ShownWorksheet
from auditor.readers.workbook.cells import SheetCell
from auditor.records.decimals import plain_digits
from auditor.records.findings_sheet import is_findings_sheet

if TYPE_CHECKING:
    from auditor.readers.workbook import OpenWorkbook

__all__ = ["displayed"]

_HUNDREDTHS: Final = 2
"""By how many digits a format shifts what it prints as per cent."""


def displayed(workbook: OpenWorkbook, form: Form) -> Iterator[ShownWorksheet]:
    """The worksheets that the form reads, hidden rows and columns included."""
    units = tuple(form.units)
    for worksheet in workbook.worksheets():
        if not form.reads_worksheet(worksheet.name):
            continue
        headings = [cell.raw for (row, _), cell in worksheet.cells.items() if row == 1]
        if is_findings_sheet(worksheet.name, headings):
            continue
        cells = tuple(_shown(cell, units) for cell in worksheet.cells.values())
        yield ShownWorksheet(worksheet.name, cells, worksheet.lost)


def _shown(cell: SheetCell, units: tuple[str, ...]) -> ShownCell:
    place = cell.row, cell.column
    if cell.kind != "number":
        text = (cell.plain if cell.has_marks else cell.text).strip()
        is_lost = cell.kind == "uncalculated" or (not text and bool(cell.raw.strip()))
        return ShownCell(*place, text, unread=is_lost or _is_doubtful(cell))
    if (day := _day(cell)) is not None:
        return ShownCell(*place, day, unread=_is_doubtful(cell))
    figure = cell.figure("", units)
    text = figure.printed
    if figure.value is None:
        # A number that the cell hides is there all the same.
        is_hidden = figure.state == "blank" and bool(figure.held)
        return ShownCell(*place, text, unread=is_hidden or figure.state == "unread")
    shown, unit = cell.shown, figure.unit
    if not unit and shown is not None and shown.shift == _HUNDREDTHS:
        unit = "%"
    held = None if figure.held is None else plain_digits(figure.held)
    return ShownCell(*place, text, _plain(figure.value), held, unit)


def _plain(value: Decimal) -> str:
    return format(value, "f")


def _is_doubtful(cell: SheetCell) -> bool:
    return bool(cell.uncertain) or cell.look.struck


def _day(cell: SheetCell) -> str | None:
    """The day that a cell holds, whatever part of it its format prints."""
    number = cell.number
    if number is None or not cell.format.is_day(number):
        return None
    day = cell.format.day(number)
    return None if day is None else day.isoformat()
