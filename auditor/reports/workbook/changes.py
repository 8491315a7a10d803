"""The workbook of what changed between two rounds; and its worksheets in other workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from auditor.records.text import Text
from auditor.reports.changes import ChangesTable, changes_result
from auditor.reports.workbook.drawing import Column, Drawing, table_columns

if TYPE_CHECKING:
    from auditor.reports.comparison import Compared

__all__ = ["CHANGE_WORKSHEETS", "changes_workbook", "draw_changes"]

CHANGE_WORKSHEETS: Final = {
    "departments": Text(en="Departments", ja="所管課・室別"),
    "causes": Text(en="Changed findings", ja="指摘の変化"),
    "after": Text(en="After approval", ja="校了後の変更"),
    "corrections": Text(en="Corrections", ja="指摘箇所の訂正"),
    "others": Text(en="Other changes", ja="指摘していない箇所の変更"),
    "uncertain": Text(en="Not compared", ja="比較できなかった箇所"),
    "sheets": Text(en="Sheets", ja="シートの増減"),
    "files": Text(en="Files", ja="ファイルの変化"),
}
"""The worksheets by the key of their table."""


def changes_workbook(compared: Compared) -> bytes:
    """The workbook: what was compared and the counts, then a worksheet for each table."""
    words = compared.words
    drawing = Drawing(compared.title, compared.context.made_at, words)
    tables = compared.tables(whole=True)
    counts = [table for table in tables if table.key == "departments"]
    columns = _columns(counts[0]) if counts else [Column("", 110)]
    sheet = drawing.worksheet(words.say("Summary", "概要"), columns)
    sheet.title(compared.title)
    for label, text in compared.facts():
        sheet.line(words.labelled(label, text))
    sheet.line(words.labelled(words.say("result", "結果"), changes_result(compared.since, words)))
    for note in compared.notes():
        sheet.line(words.labelled(words.say("not compared", "比較できなかったもの"), note))
    for table in counts:
        sheet.gap()
        sheet.table(table.rows)
    sheet.end()
    draw_changes(drawing, [table for table in tables if table.key != "departments"])
    return drawing.finished()


def draw_changes(drawing: Drawing, tables: Sequence[ChangesTable]) -> None:
    """A worksheet for each table, which can be filtered."""
    for table in tables:
        name = CHANGE_WORKSHEETS[table.key].of(drawing.words.lang)
        sheet = drawing.worksheet(name, _columns(table))
        sheet.table(table.rows)
        sheet.filter(0, 2)
        sheet.end()


def _columns(table: ChangesTable) -> list[Column]:
    return table_columns(table.heads, table.widths, table.align)
