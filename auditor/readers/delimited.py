"""The reader of sheets and lists that a spreadsheet program saved as CSV or TSV.

The text is a grid of cells, read as a worksheet is. A cell's place is its line and column.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.source import (
    DELIMITERS,
    Reading,
    Source,
    UnreadableDocument,
    most_common_year,
    too_wide,
)
from auditor.records.addresses import MAX_COLUMN

if TYPE_CHECKING:
    from auditor.readers.grid import Grid, GridReading
    from auditor.records.model import Kpi

__all__ = ["LONGEST_CELL", "DelimitedReader", "grid_of_text", "rows_in"]

Rows = list[tuple[int, tuple[str, ...]]]
"""The rows of a text with the lines on which they start."""

_ALIKE: Final = 0.9
"""The share of rows that have as many cells as most: a spreadsheet program writes all of them."""
_SHARE: Final = 0.5
LONGEST_CELL: Final = 131_072


class DelimitedReader:
    """Reads the sheets and lists of a form from comma-, semicolon- or tab-separated text."""

    name = "delimited"

    def accepts(self, source: Source, form: Form) -> bool:
        """Whether the text is rows of cells, and holds half of the labels of the form's figures
        and that of the name.
        """
        if source.text is None or form.table is not None or not form.fields:
            return False
        if source.text.lstrip()[:1] in ("{", "["):
            return False
        labels = [form.fields[name].label for name in form.fields if form.fields[name].label]
        present = sum(_is_in(source.body, words) for words in labels)
        name = form.labels.get("name", ())
        if not labels or present < _SHARE * len(labels) or not _is_in(source.body, name):
            return False
        return source.widest > MAX_COLUMN or rows_in(source.text) is not None

    def read(self, source: Source, form: Form) -> Reading:
        """The records; raises UnreadableDocument where the text is no rows of cells, or holds
        nothing of the form.
        """
        if source.widest > MAX_COLUMN:
            raise too_wide(source)
        rows = rows_in(source.text or "")
        if rows is None:
            raise UnreadableDocument(
                source.path,
                "no-rows",
                "is no text with cells (CSV or TSV) whose rows are alike",
                "CSV または TSV の表として読み取れません（行ごとのセルの数がそろっていません）",
            )
        # Every text is held against this reader, and few are its business.
        from auditor.readers.grid import Labels
        from auditor.readers.grid.lists import judged
        from auditor.readers.kpi.grid import numbers_beside
        from auditor.readers.listing.in_sheets import read_with_indicators
        from auditor.readers.listing.reading import Lists

        grid = grid_of_text(rows)
        lists = Lists(form, source.path) if form.listed is not None else None
        result: GridReading
        kpis: tuple[Kpi, ...] = ()
        if lists is not None:
            result = of_list = lists.read(grid)
            kpis = tuple(of_list.kpis)
            sheets, unsure = lists.finished(result.sheets)
            result.doubtful += unsure
        else:
            result = of_sheets = read_with_indicators(grid, Labels(form), source.path, 1, 0)
            kpis = tuple(of_sheets.kpis)
            sheets = result.sheets
        listed, _, unread = judged(result.lists, sheets, form, source.path)
        not_checked = (*result.not_checked, *result.doubtful, *listed)
        if not sheets and not not_checked:
            raise UnreadableDocument(
                source.path,
                "no-sheet",
                "nothing in it is laid out as a sheet or a list of the form",
                "様式のシートや一覧表として読み取れる部分がありません",
            )
        return Reading(
            most_common_year(sheets),
            tuple(sheets),
            kpis,
            tuple(result.remarks),
            not_checked,
            (*result.unread, *unread, *numbers_beside(result.beside, result.areas, None)),
        )


def _is_in(body: str, labels: Iterable[str]) -> bool:
    """Whether one of some labels occurs in a text, all of its words somewhere."""
    return any(all(squeezed(word) in body for word in label.split()) for label in labels)


def rows_in(text: str) -> Rows | None:
    """The rows of a text by the delimiter under which they have as many cells each; None where
    under none they have.
    """
    best: tuple[int, Rows] | None = None
    for delimiter in DELIMITERS:
        rows = _split(text, delimiter) if _may_part(text, delimiter) else None
        if rows is None:
            continue
        widths = Counter(len(cells) for _, cells in rows if any(map(str.strip, cells)))
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        if width > 1 and count >= _ALIKE * widths.total() and (best is None or width > best[0]):
            best = width, rows
    return None if best is None else best[1]


def _may_part(text: str, delimiter: str) -> bool:
    """Whether enough lines hold a delimiter: most texts are none of cells, and to split them takes
    longer. A cell in quotation marks may have lines of its own.
    """
    if delimiter not in text or '"' in text:
        return delimiter in text
    lines = [line for line in io.StringIO(text, newline="") if line.replace(delimiter, "").strip()]
    return sum(delimiter in line for line in lines) >= _ALIKE * len(lines)


def _split(text: str, delimiter: str) -> Rows | None:
    """The rows under a delimiter, blank ones among them; None where quotations are broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: Rows = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        return None
    longest = max(map(len, chain.from_iterable(cells for _, cells in rows)), default=0)
    return rows if longest <= LONGEST_CELL else None


def grid_of_text(rows: Sequence[tuple[int, tuple[str, ...]]]) -> Grid:
    """The grid of the rows of a text."""
    from auditor.readers.grid import Grid, TextCell
    from auditor.records.addresses import column_letters
    from auditor.records.figures import Place

    lines = {number: line for number, (line, _) in enumerate(rows, 1)}

    def place(row: int, column: int) -> Place:
        return Place(line=lines.get(row, row), cell=column_letters(column))

    cells: list[TextCell] = []
    for number, (_, texts) in enumerate(rows, 1):
        for column, text in enumerate(texts, 1):
            if text.strip():
                cells.append(TextCell(number, column, text, place(number, column)))
    return Grid.of(cells, place)
