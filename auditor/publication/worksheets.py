"""What the cells of a worksheet give away.

That is hidden rows and columns, what nobody sees, what is not printed, and the texts themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from auditor.publication.disclosures import Ledger
from auditor.publication.patterns import has_check_digit, may_match
from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.worksheets import Visibility, Worksheet, WorksheetEntry
from auditor.records.addresses import Area
from auditor.records.figures import Place
from auditor.records.text import Text

__all__ = ["look_at_cells", "look_at_names"]

_VISIBILITY: Final[dict[Visibility, Text | None]] = {
    "visible": None,
    "hidden": Text(en="hidden worksheet", ja="非表示のワークシート"),
    "veryHidden": Text(
        en="worksheet that Excel's menu does not list (very hidden)",
        ja="「再表示」の一覧にも出ないワークシート（VeryHidden）",
    ),
}
_ROW: Final = Text(en="hidden row with content", ja="内容のある非表示の行")
_COLUMN: Final = Text(en="hidden column with content", ja="内容のある非表示の列")
_INK: Final = Text(
    en="cell whose text has the colour of its ground or hardly a size",
    ja="地と同じ色、またはごく小さい文字のセル",
)
_INK_PERHAPS: Final = Text(
    en="cell whose text has the colour of its own ground, though a table style or conditional "
    "format may show it",
    ja="地と同じ色の文字のセル（テーブルの書式や条件付き書式により見えている場合があります）",
)
_FORMAT: Final = Text(
    en="cell that its number format does not show (;;;)",
    ja="表示形式（;;; など）で表示されないセル",
)
_MERGED: Final = Text(en="content under a merged cell", ja="結合セルの下に残っている内容")
_COVERED: Final = Text(en="cell under a shape or picture", ja="図形や画像の下にあるセル")
_OUTSIDE: Final = Text(en="cell outside of the print area", ja="印刷範囲の外にあるセル")
_TWELVE: Final = re.compile(r"[1-9][0-9]{11}")


def look_at_names(entries: Iterable[WorksheetEntry], ledger: Ledger) -> None:
    """Take up the worksheets that are hidden, and what the names of all of them say."""
    for entry in entries:
        place = Place(sheet=entry.name)
        label = _VISIBILITY[entry.visibility]
        if label is not None:
            ledger.add("PUB001", label, entry.name, place)
        ledger.scan(entry.name, place)


def look_at_cells(worksheet: Worksheet, ledger: Ledger, tables: Sequence[Area] = ()) -> None:
    """Take up what the cells of a worksheet give away; ``tables`` are areas with a style of their
    own.
    """
    styled = [*tables, *_conditional(worksheet)]
    _look_at_hidden(worksheet, ledger)
    under = _under_drawings(worksheet)
    for at, cell in worksheet.cells.items():
        _scan(cell, ledger)
        if not _holds_something(cell):
            continue
        if not worksheet.hides(*at):
            is_styled = any(area.holds(*at) for area in styled)
            _look_at_one(cell, ledger, is_covered=at in under, is_styled=is_styled)
        if worksheet.print_areas and not any(area.holds(*at) for area in worksheet.print_areas):
            ledger.add("PUB013", _OUTSIDE, cell.raw, cell.place)
    for cell in worksheet.covered.values():
        _scan(cell, ledger)
        if _holds_something(cell):
            ledger.add("PUB012", _MERGED, cell.raw, cell.place)


def _conditional(worksheet: Worksheet) -> Iterator[Area]:
    """The areas where conditions may change the colours of a text."""
    for condition in worksheet.conditions:
        if any(change.ink or change.ground for change in condition.changes()):
            yield from condition.areas


def _look_at_one(cell: SheetCell, ledger: Ledger, *, is_covered: bool, is_styled: bool) -> None:
    """Take up a cell that nobody sees, for the first reason that there is."""
    if is_covered:
        ledger.add("PUB012", _COVERED, cell.raw, cell.place)
    elif not _shows_ink(cell):
        ledger.add("PUB012", _INK_PERHAPS if is_styled else _INK, cell.raw, cell.place)
    elif not _shows_anything(cell):
        ledger.add("PUB012", _FORMAT, cell.raw, cell.place)


def _look_at_hidden(worksheet: Worksheet, ledger: Ledger) -> None:
    """Take up the hidden rows and columns that hold something, each once."""
    rows: dict[int, SheetCell] = {}
    columns: dict[int, SheetCell] = {}
    for (row, column), cell in worksheet.cells.items():
        if not _holds_something(cell):
            continue
        if row in worksheet.hidden_rows:
            rows.setdefault(row, cell)
        if worksheet.hides_column(column):
            columns.setdefault(column, cell)
    for cell in rows.values():
        ledger.add("PUB002", _ROW, cell.raw, cell.place)
    for cell in columns.values():
        ledger.add("PUB002", _COLUMN, cell.raw, cell.place)


def _holds_something(cell: SheetCell) -> bool:
    """Whether a cell says something: a zero that is not shown gives nothing away."""
    if cell.kind == "number":
        return bool(cell.number)
    return cell.kind in ("text", "boolean") and bool(cell.raw.strip())


def _shows_ink(cell: SheetCell) -> bool:
    """Whether the ink of a cell is seen on its ground."""
    return cell.look.shows("" if cell.shown is None else cell.shown.colour)


def _shows_anything(cell: SheetCell) -> bool:
    """Whether the format of a cell shows a number or text at all."""
    if cell.kind == "number":
        return not cell.unseen and bool(cell.text.strip())
    return cell.kind != "text" or bool(cell.text.strip())


def _scan(cell: SheetCell, ledger: Ledger) -> None:
    if cell.kind == "text" and may_match(cell.raw):
        ledger.scan(cell.raw, cell.place)
    elif cell.kind == "number" and _TWELVE.fullmatch(cell.raw) and _stands_ungrouped(cell):
        ledger.add_shape("twelve", cell.raw, cell.place)


def _stands_ungrouped(cell: SheetCell) -> bool:
    """Whether a number of 12 digits is no amount: it is shown without separators, and its last
    digit is the check digit of the others.
    """
    return cell.text.strip() in (cell.raw, "") and has_check_digit(cell.raw)


def _under_drawings(worksheet: Worksheet) -> set[tuple[int, int]]:
    """The cells that a picture or a filled shape covers."""
    places: set[tuple[int, int]] = set()
    for drawing in worksheet.drawings:
        if drawing.is_opaque and drawing.area is not None:
            places.update(worksheet.filled(drawing.area))
    return places
