"""Small tables within a text: lines of a label and at least two figures, parted by spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.narrative.statements import Section, Statement

__all__ = ["Cell", "Row", "TextTable", "tables_of"]


class Cell(NamedTuple):
    """A figure of a table, characters ``start`` to ``end`` of its line. A dash is 0."""

    start: int
    end: int
    value: Decimal
    unit: str


class Row(NamedTuple):
    """A line of a table: what stands before its figures, and these."""

    statement: Statement
    label: str
    cells: tuple[Cell, ...]


class TextTable(NamedTuple):
    """Lines with as many figures each. ``heads`` are the words above the figures, if each has one
    of its own.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]


_FEWEST: Final = 2
_WORD: Final = re.compile(r"[^ ]{1,200}")
_FIGURE: Final = re.compile(
    r"(?P<sign>[△▲-]?)(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,15})(?P<places>\.[0-9]{1,6})?"
    r"(?P<unit>[^0-9,.、。:()~]{0,3})"
)
_DASHES: Final = ("-", "ー", "―", "─")
_GAP: Final = 2
"""Lines of a table stand together; an empty line may be between them."""


def tables_of(section: Section) -> Iterator[TextTable]:
    """The tables of a text."""
    heads: tuple[str, ...] = ()
    rows: list[Row] = []
    above: Statement | None = None
    for statement in section.statements:
        row = _row(statement)
        is_next = rows and row is not None and _goes_on(rows, row)
        if rows and not is_next:
            if not _is_rest(rows[-1].statement, statement):
                yield TextTable(heads, tuple(rows))
            rows = []
        if row is not None:
            if not rows:
                heads = _heads(above, row)
            rows.append(row)
        above = statement
    if rows:
        yield TextTable(heads, tuple(rows))


def _is_rest(last: Statement, statement: Statement) -> bool:
    """Whether a line may hold the rest of the figure at the end of the line above."""
    return statement.line == last.paragraph.last + 1 and statement.text[0].isdigit()


def _row(statement: Statement) -> Row | None:
    words = list(_WORD.finditer(statement.text))
    cells: list[Cell] = []
    while len(words) > 1:
        cell = _cell(words[-1])
        if cell is None:
            break
        cells.append(cell)
        words.pop()
    label = " ".join(word.group() for word in words)
    if len(cells) < _FEWEST or any(_cell(word) is not None for word in words):
        return None
    return Row(statement, label, tuple(reversed(cells)))


def _cell(word: re.Match[str]) -> Cell | None:
    if word.group() in _DASHES:
        return Cell(word.start(), word.end(), Decimal(0), "")
    match = _FIGURE.fullmatch(word.group())
    if match is None:
        return None
    value = Decimal(match["digits"].replace(",", "") + (match["places"] or ""))
    return Cell(word.start(), word.end(), -value if match["sign"] else value, match["unit"])


def _goes_on(rows: list[Row], row: Row) -> bool:
    last = rows[-1]
    is_near = row.statement.line <= last.statement.line + _GAP
    return is_near and len(row.cells) == len(last.cells)


def _heads(above: Statement | None, row: Row) -> tuple[str, ...]:
    """The words right above the figures of a table's first line."""
    if above is None or row.statement.line > above.line + _GAP:
        return ()
    words = tuple(word.group() for word in _WORD.finditer(above.text))
    count = len(row.cells)
    return words[-count:] if len(words) in (count, count + 1) else ()
