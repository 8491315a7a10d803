"""A proof as a workbook: what differs, and all sheets with their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auditor.proof.listing import TITLE, conclusion, facts, fault_table, notes, sheet_table
from auditor.proof.model import Proof
from auditor.reports.findings import Table
from auditor.reports.wording import Wording
from auditor.reports.workbook.drawing import Cell, Drawing, table_columns

__all__ = ["proof_workbook"]

_FAULTS = (9, 26, 20, 14, 22, 40, 40)
_SHEETS = (9, 11, 10, 44, 30, 14, 8)
_NUMBERS = 3
"""How many columns of the sheets' table are page numbers."""


def proof_workbook(proof: Proof, words: Wording, made_at: datetime | None) -> bytes:
    """The workbook, in the language of ``words``."""
    title = TITLE.of(words.lang)
    drawing = Drawing(title, made_at, words)
    heads, rows, align = fault_table(proof, words)
    columns = table_columns(heads, _FAULTS, align)
    sheet = drawing.worksheet(words.say("What differs", "相違"), columns)
    sheet.title(title)
    for name, text in facts(proof, words):
        sheet.line(words.labelled(name, text))
    sheet.line(conclusion(proof, words))
    for text in notes(proof, words):
        sheet.line(text)
    sheet.gap()
    head = sheet.row
    sheet.table(rows)
    if rows:
        sheet.filter(head)
    else:
        sheet.line(words.say("Nothing differs.", "相違はありません。"))
    sheet.end()
    _draw_sheets(drawing, sheet_table(proof, words), words)
    return drawing.finished()


def _draw_sheets(drawing: Drawing, table: Table, words: Wording) -> None:
    heads, rows, align = table
    columns = table_columns(heads, _SHEETS, align)
    sheet = drawing.worksheet(words.say("Sheets", "シート一覧"), columns)
    sheet.table(_with_numbers(row) for row in rows)
    sheet.filter(0)
    sheet.end()


def _with_numbers(row: Sequence[str]) -> list[Cell]:
    """A row of the sheets' table whose pages are numbers."""
    pages = [int(cell) if cell else None for cell in row[:_NUMBERS]]
    return [*pages, *row[_NUMBERS:]]
