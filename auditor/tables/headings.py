"""Where the headings of a table stand.

A form declares the layout; the headings are one line of it, or several that are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from auditor.forms.model import Encoding, Form

__all__ = ["PLAIN_LAYOUT", "Header", "Layout", "header_in", "layout_of"]


class Layout(NamedTuple):
    """How a table is laid out; a delimiter that is not declared goes by the file's name."""

    delimiter: str = ""
    encoding: Encoding | None = None
    header_row: tuple[int, ...] = ()


PLAIN_LAYOUT: Final = Layout()


class Header(NamedTuple):
    """The headings of a table's columns, and the last of their lines."""

    columns: tuple[str, ...]
    last: int


def layout_of(form: Form) -> Layout:
    """The layout that a form of tables declares."""
    assert form.table is not None
    dialect = form.table.dialect
    return Layout(dialect.delimiter, dialect.encoding, dialect.header_row)


def header_in(
    rows: Iterable[tuple[Sequence[str], int]], header_row: Sequence[int]
) -> Header | None:
    """The headings of rows that come with their lines: those of ``header_row``, or the first that
    holds anything. None where there are no such rows.
    """
    lines: list[tuple[Sequence[str], int]] = []
    for cells, line in rows:
        if header_row and line > header_row[-1]:
            break
        if any(cell.strip() for cell in cells) and (not header_row or line in header_row):
            lines.append((cells, line))
            if not header_row:
                break
    if not lines:
        return None
    return Header(_joined([cells for cells, _ in lines]), max(lines[-1][1], *header_row, 1))


def _joined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One heading for each column. A heading over several columns stands over the first of them:
    it goes on to the right where there are headings below it.
    """
    headings: list[str] = []
    above = [""] * len(rows)
    for column in zip_longest(*rows, fillvalue=""):
        cells = [" ".join(cell.split()) for cell in column]
        for level, cell in enumerate(cells):
            if cell:
                # What stood below another heading ends with it.
                above[level:] = [cell, *[""] * (len(rows) - level - 1)]
            elif not any(cells[level + 1 :]):
                above[level] = ""
        headings.append(" ".join(text for text in above if text) if any(cells) else "")
    return tuple(headings)
