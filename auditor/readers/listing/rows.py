"""The rows of a list: which of them are projects, totals, names of sections, headings that come
again, notes, and which are none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from auditor.forms.model import Items, Listing, Total
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.furniture import is_numbers
from auditor.readers.grid.label_text import label_key
from auditor.readers.listing.columns import ListColumns
from auditor.readers.listing.headings import Band, Heading
from auditor.readers.listing.words import Lexicon

__all__ = ["ListRow", "RowKind", "rows_of", "text_of"]

RowKind = Literal["record", "total", "section", "again", "counting", "more", "other", "foreign"]
"""``record`` is a project's row, ``section`` a name that stands alone in its column, ``again`` one
of headings, ``counting`` one of the numbers of columns. ``more`` has figures and no name of its
own, ``other`` is a note or a title, and with ``foreign`` another table begins.
"""

_COUNTED: Final = 3
"""So many numbers in a row number the columns, where each is one more than the one before."""
_COUNT: Final = re.compile(r"[(（]?[0-9０-９]{1,3}[)）]?")
_FOREIGN: Final = 2
"""So many texts in columns of figures are the headings of another table."""
_NOTE: Final = ("※", "注", "*", "＊", "（注", "(注", "備考")


class ListRow(NamedTuple):
    """A row of a list, or the rows that the merged cell of its name takes up; ``boxes`` are those
    that begin there.
    """

    kind: RowKind
    top: int
    bottom: int
    boxes: tuple[Box, ...]
    name: str = ""
    total: Total | None = None


class _Columns:
    """What the rows of a list are told by."""

    def __init__(self, columns: ListColumns, lexicon: Lexicon, listing: Listing) -> None:
        self.name = columns.texts["name"]
        self.of_years = listing.rows == "year"
        self.has_own_rows = self.of_years or isinstance(listing, Items)
        self.lexicon = lexicon
        slots = [slot.heading for slot in columns.singles.values() if slot.heading is not None]
        slots += [heading for headings in columns.yearly.values() for heading in headings]
        self.figures: set[int] = set()
        for heading in slots:
            self.figures.update(range(heading.left, heading.right + 1))
        self.first_figure = min(self.figures, default=0)
        self.beside = [
            columns.texts[name]
            for name in ("number", "department", "year", "kind")
            if name in columns.texts
        ]
        self.of_columns = [
            columns.texts[name] for name in ("year", "kind") if name in columns.texts
        ]
        self.heading_keys = {
            label_key(box.text) for heading in columns.band.headings for box in heading.boxes
        }

    def is_figure(self, box: Box) -> bool:
        """Whether a cell stands in a column of figures."""
        if box.left == box.right:
            return box.left in self.figures
        return not self.figures.isdisjoint(range(box.left, box.right + 1))


def rows_of(
    grid: Grid,
    columns: ListColumns,
    lexicon: Lexicon,
    listing: Listing,
    last: int,
    again: Sequence[Band] = (),
) -> Iterator[ListRow]:
    """The rows below the headings of a list, to a ``last`` one; ``again`` are headings among them
    that say the same.
    """
    known = _Columns(columns, lexicon, listing)
    repeated = {row for band in again for row in range(band.top, band.bottom + 1)}
    row, after_gap = columns.band.bottom + 1, False
    while row <= min(last, grid.bottom):
        boxes = [box for box in grid.lines.get(row, ()) if box.top == row and box.text.strip()]
        if not boxes:
            row, after_gap = row + 1, not any(grid.lines.get(row, ()))
            continue
        names = [box for box in boxes if _stands_in(box, known.name)]
        bottom = max((box.bottom for box in names), default=row)
        if known.has_own_rows:
            bottom = row
        elif bottom > row:
            below = grid.rows(row + 1, bottom)
            boxes += [box for box in below if box.top > row and box.text.strip()]
        if row in repeated:
            yield ListRow("again", row, row, tuple(boxes))
            row, after_gap = row + 1, False
            continue
        line = _row(row, bottom, boxes, names, known, listing)
        if after_gap and line.kind != "again" and _heads_another(line, known):
            yield line._replace(kind="foreign")
            return
        yield line
        row, after_gap = bottom + 1, False


def _row(
    top: int,
    bottom: int,
    boxes: Sequence[Box],
    names: Sequence[Box],
    known: _Columns,
    listing: Listing,
) -> ListRow:
    figures = [box for box in boxes if known.is_figure(box)]
    # A note over the whole width may have digits in it, and is no figure.
    numbers = [box for box in figures if box not in names and _is_printed(box, known.lexicon)]
    name = text_of([box for box in names if not is_numbers(box)])
    kind: RowKind = "other"
    total: Total | None = None
    if _comes_again(boxes, known):
        kind = "again"
    elif _counts(boxes):
        kind = "counting"
    elif (called := _total_in(boxes, known, listing)) is not None:
        kind, (name, total) = "total", called
    elif name and _is_record(name, names, boxes, numbers, known):
        kind = "record"
    elif numbers or (known.of_years and _tells_column(boxes, known)):
        kind = "more"
    elif name and not (name.startswith(_NOTE) or _spans_figures(names, known)):
        kind = "section"
    return ListRow(kind, top, bottom, tuple(boxes), name, total)


def _heads_another(row: ListRow, known: _Columns) -> bool:
    """Whether a row has the headings of another table: texts where figures stood, and no number."""
    figures = [box for box in row.boxes if known.is_figure(box)]
    return len(figures) >= _FOREIGN and not any(_is_printed(box, known.lexicon) for box in figures)


def _stands_in(box: Box, heading: Heading) -> bool:
    return box.left <= heading.right and box.right >= heading.left


def _is_printed(box: Box, lexicon: Lexicon) -> bool:
    """Whether a cell prints a number or a dash, or what was to be one."""
    # Most cells have digits or no text at all, which is cheaper to see than what they say.
    if any(map(str.isdigit, box.text)):
        return True
    return box.cell.figure("", lexicon.units).state in ("number", "dash", "unread")


def _is_record(
    name: str, names: Sequence[Box], boxes: Sequence[Box], numbers: Sequence[Box], known: _Columns
) -> bool:
    """Whether a row with a name is a project's: figures stand on it, or at least its number or
    department. The name of a section stands alone, or over the figures as well.
    """
    if _spans_figures(names, known) and not numbers:
        return False
    if numbers:
        return True
    beside = [box for box in boxes if any(_stands_in(box, heading) for heading in known.beside)]
    return any(box not in names for box in beside) and not name.startswith(_NOTE)


def _tells_column(boxes: Sequence[Box], known: _Columns) -> bool:
    """Whether a year or kind stands on a row by which it is one of a project's columns."""
    return any(heading.holds(boxes) for heading in known.of_columns)


def _spans_figures(names: Sequence[Box], known: _Columns) -> bool:
    """Whether a name stands over the figures as well, which a project's does not."""
    return any(box.right >= known.first_figure > known.name.right for box in names)


def _comes_again(boxes: Sequence[Box], known: _Columns) -> bool:
    """Whether a row is one of the headings, printed again."""
    if all(not known.lexicon.of(box.label).full for box in boxes if box.label):
        return not any(is_numbers(box) for box in boxes)  # units alone
    texts = [label_key(box.text) for box in boxes]
    same = sum(text in known.heading_keys for text in texts)
    return same > 1 and 2 * same > len(texts)


def _counts(boxes: Sequence[Box]) -> bool:
    """Whether a row numbers the columns: (1) (2) (3) …"""
    if len(boxes) < _COUNTED or not all(_COUNT.fullmatch(box.text.strip()) for box in boxes):
        return False
    numbers = [int("".join(filter(str.isdigit, box.text))) for box in boxes]
    return all(after == before + 1 for before, after in pairwise(numbers))


def _total_in(boxes: Sequence[Box], known: _Columns, listing: Listing) -> tuple[str, Total] | None:
    """What a row is called that totals others, with the form's word for such: its name may stand
    anywhere before its figures.
    """
    before = [
        box
        for box in boxes
        if not is_numbers(box) and (box.left < known.first_figure or _stands_in(box, known.name))
    ]
    joined = text_of(before)
    names = [box for box in before if _stands_in(box, known.name)]
    for text in (text_of(names), *(text_of([box]) for box in before), joined):
        total = listing.total(text) if text else None
        if total is not None:
            return text, total
    return None


def text_of(boxes: Sequence[Box]) -> str:
    """What some cells say, on one line: what was broken between Japanese letters has no blank."""
    whole, last = "", 0
    for box in sorted(boxes, key=lambda box: (box.top, box.left)):
        if whole:
            whole += " " if box.top == last else "\n"
        whole += box.text.strip()
        last = box.top
    return _unbroken(whole)


def _unbroken(text: str) -> str:
    """A text on one line."""
    lines = [line.strip() for line in text.splitlines()]
    whole = ""
    for line in filter(None, lines):
        join = " " if whole and whole[-1].isascii() and line[0].isascii() else ""
        whole += join + line
    return whole
