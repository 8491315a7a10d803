"""Texts as they look: their lines, or the cells of those whose lines are rows of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from auditor.desk.views.model import CellView, GridView, StyleView, TextView, WorksheetView
from auditor.desk.views.png import Picture, no_picture
from auditor.desk.views.sizes import line_height, lines_of, text_width
from auditor.readers.delimited import rows_in
from auditor.readers.source import Source
from auditor.readers.workbook.faces import Typeface
from auditor.records.figures import parse_figure
from auditor.records.text import Text

__all__ = ["MOST_LINES", "ViewedText"]

MOST_LINES: Final = 50_000
_MOST_ROWS: Final = 5_000
_MOST_COLUMNS: Final = 400
_MOST_CELLS: Final = 60_000
_LONGEST: Final = 4_000
_LINE_ENDS: Final = re.compile(r"\r\n|\r|\n")
_FONT: Final = Typeface("", 9.75)
_LEAST, _MOST = 48, 320
"""Pixels of a column."""
_ROOM: Final = 12
_SAMPLE: Final = 200
_MOST_HEIGHT: Final = 6
_TEXT, _NUMBER = 1, 2
"""The styles of cells, by number."""

Rows = Sequence[tuple[int, tuple[str, ...]]]


class ViewedText:
    """A text, or a table in one (CSV, TSV)."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def view(self, worksheet: str | None, lang: str) -> GridView | TextView:
        """The rows of a table, or lines; a text has no worksheets."""
        del worksheet
        text = self.source.text or ""
        rows = rows_in(text)
        if rows:
            return GridView(kind="grid", worksheets=[_table(rows, lang)])
        lines = _LINE_ENDS.split(text)
        more = _rest(len(lines), MOST_LINES).of(lang) if len(lines) > MOST_LINES else ""
        return TextView(kind="text", lines=[_cut(line) for line in lines[:MOST_LINES]], more=more)

    def picture(self, number: int, width: int) -> Picture:
        """A text has no pages."""
        del width
        raise no_picture(self.source, number)

    def close(self) -> None:
        """Nothing is held open."""


def _table(rows: Rows, lang: str) -> WorksheetView:
    """The rows that are shown, each column as wide as its texts need."""
    columns = min(max(len(texts) for _, texts in rows), _MOST_COLUMNS)
    count = max(min(len(rows), _MOST_ROWS, _MOST_CELLS // max(columns, 1)), 1)
    shown = rows[:count]
    widths = [_width(shown, column) for column in range(columns)]
    view = WorksheetView(
        name="",
        hidden=False,
        grid=True,
        columns=widths,
        rows=[_height(texts, widths) for _, texts in shown],
        cells=_cells(shown, columns),
        merges=[],
        styles=_styles(),
        drawings=[],
        lines=[line for line, _ in shown],
    )
    if count < len(rows):
        view["more"] = _rest(len(rows), count).of(lang)
    return view


def _styles() -> list[StyleView]:
    size = round(_FONT.size * 96 / 72, 2)
    nothing = StyleView(font="", size=0, align="left", level="bottom")
    text = StyleView(font="", size=size, align="left", level="top", wrap=True)
    return [nothing, text, StyleView(font="", size=size, align="right", level="top")]


def _cells(rows: Rows, columns: int) -> list[CellView]:
    cells: list[CellView] = []
    for number, (_, texts) in enumerate(rows, 1):
        for column, text in enumerate(texts[:columns], 1):
            if not text.strip():
                continue
            style = _NUMBER if parse_figure(text).state == "number" else _TEXT
            cells.append(CellView(r=number, c=column, style=style, text=_cut(text)))
    return cells


def _width(rows: Rows, column: int) -> int:
    """The pixels that the longest line of a column's texts takes, within bounds."""
    texts = [texts[column] for _, texts in rows[:_SAMPLE] if column < len(texts)]
    longest = max((text_width(text[:_SAMPLE], _FONT) for text in texts), default=0.0)
    return min(max(int(longest) + _ROOM, _LEAST), _MOST)


def _height(texts: Sequence[str], widths: Sequence[int]) -> int:
    line = line_height(_FONT)
    pairs = zip(texts, widths, strict=False)
    lines = max((lines_of(_cut(text), _FONT, width) for text, width in pairs), default=1)
    return line * min(lines, _MOST_HEIGHT) + _ROOM // 2


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _rest(count: int, shown: int) -> Text:
    return Text(
        en=f"Shown are the first {shown:,} of {count:,} lines; open the document itself for the "
        "rest. What is not shown was audited all the same.",
        ja=f"{count:,}行のうち最初の{shown:,}行を表示しています。残りは元の文書で確かめてください。"
        "表示していない部分も点検の対象です。",
    )
