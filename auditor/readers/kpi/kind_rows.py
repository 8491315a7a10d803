"""Indicators (KPIs) with rows of their own for targets, actuals and rates, below years.

The rows of each are laid beside each other, and are then read as any other table of indicators.
Whether a table is of this kind is seen: words for targets and for actuals stand below each other,
between the names and the years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from auditor.forms.words import squeezed
from auditor.readers.grid.label_text import OPENING

__all__ = ["FIGURES", "Beside", "Piece", "Words", "laid_beside"]

FIGURES: Final = ("target", "actuals", "declared_rate")
"""What of an indicator may have a row of its own."""

_NEEDED: Final = frozenset({"target", "actuals"})
_LONGEST: Final = 30
_HEADING_ROWS: Final = 3
"""So many rows above its years, a table's heading of names may begin."""
_BRACKETED: Final = re.compile(r"[(（\[［][^()（）\[\]［］]*[)）\]］]$")


class Rectangle(Protocol):
    """A cell of any document: the rows and columns that it spans, ends included."""

    @property
    def top(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def bottom(self) -> int: ...
    @property
    def right(self) -> int: ...
    @property
    def text(self) -> str: ...


_Cell = TypeVar("_Cell", bound=Rectangle)
_Of = TypeVar("_Of", bound=Rectangle, covariant=True)


class Words(NamedTuple):
    """What texts are in a table of indicators: ``part`` of an indicator by its heading, and the
    year of a heading as it prints it.
    """

    part: Callable[[str], str | None]
    year: Callable[[str], str | None]

    def figure(self, text: str) -> str | None:
        """What of an indicator stands on the row that a text begins, whatever its unit."""
        if len(text) > _LONGEST:
            return None
        part = self.part(text) or self.part(_BRACKETED.sub("", text.strip()))
        return part if part in FIGURES else None


@dataclass(frozen=True)
class Piece(Generic[_Of]):
    """A cell in its new place; ``text`` is what stands there instead of what the cell prints."""

    cell: _Of
    top: int
    left: int
    bottom: int
    right: int
    text: str | None = None


@dataclass
class Beside(Generic[_Cell]):
    """All cells of a document in their places. ``lacking`` are the figures that an indicator has no
    row for, by the row on which it stands now.
    """

    pieces: list[Piece[_Cell]] = field(default_factory=list[Piece[_Cell]])
    lacking: dict[int, set[str]] = field(default_factory=dict[int, "set[str]"])
    tables: list[_Table[_Cell]] = field(default_factory=list["_Table[_Cell]"])

    @property
    def rows(self) -> set[int]:
        """The rows in which indicators stand now."""
        rows: set[int] = set()
        for table in self.tables:
            rows.update(indicator.top for indicator in table.indicators)
        return rows

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """The row and column at which something stood."""
        for table in self.tables:
            indicator = table.of_row.get(row)
            if indicator is not None:
                return table.origin(indicator, column)
        return row, column


def laid_beside(cells: Sequence[_Cell], words: Words) -> Beside[_Cell] | None:
    """The cells with the rows of each indicator beside each other; None where none has several."""
    tables = list(_tables(cells, words))
    if not tables:
        return None
    beside = Beside[_Cell](tables=tables)
    taken: set[int] = set()
    for table in tables:
        inside = [cell for cell in cells if table.holds(cell)]
        taken.update(map(id, inside))
        beside.pieces += table.pieces(inside, words)
        for indicator in table.indicators:
            absent = {part for part in _NEEDED if part not in indicator.rows}
            if absent | indicator.merged:
                beside.lacking[indicator.top] = absent | indicator.merged
    beside.pieces += [_unmoved(cell) for cell in cells if id(cell) not in taken]
    return beside


def _unmoved(cell: _Cell) -> Piece[_Cell]:
    return Piece(cell, cell.top, cell.left, cell.bottom, cell.right)


# — where such tables stand —


@dataclass
class _Indicator:
    """The rows of one indicator by what stands on them, and the figures that are merged over
    several of these.
    """

    name: str
    top: int
    bottom: int
    rows: dict[str, int] = field(default_factory=dict[str, int])
    merged: set[str] = field(default_factory=set[str])

    def below(self, cell: Rectangle) -> set[str]:
        """What has a row that a cell is merged over, below its first one."""
        return {part for part, row in self.rows.items() if cell.top < row <= cell.bottom}


def _tables(cells: Sequence[_Cell], words: Words) -> Iterator[_Table[_Cell]]:
    """The tables from the top: their headings, and the rows below these that begin with a word for
    targets, actuals or rates.
    """
    by_column: dict[int, list[tuple[str, _Cell]]] = {}
    for cell in cells:
        if (part := words.figure(cell.text)) is not None:
            by_column.setdefault(cell.left, []).append((part, cell))
    lines: dict[int, list[_Cell]] | None = None
    for column, kinds in sorted(by_column.items()):
        if not {part for part, _ in kinds} >= _NEEDED:
            continue
        if lines is None:
            lines = {
                row: list(line) for row, line in groupby(_by_rows(cells), key=attrgetter("bottom"))
            }
        runs = list(_runs(sorted(kinds, key=lambda kind: kind[1].top)))
        table: _Table[_Cell] | None = None
        for run in runs:
            if not {part for part, _ in run} >= _NEEDED:
                continue
            after = table.bottom if table is not None else 0
            heads = _heads(lines, words, column, run, after)
            if heads is not None:
                if table is not None:
                    yield table
                table = _Table(*heads, column)
            if table is not None:
                table.add(run, cells)
        if table is not None:
            yield table


def _by_rows(cells: Iterable[_Cell]) -> list[_Cell]:
    return sorted(cells, key=lambda cell: (cell.bottom, cell.left))


def _runs(kinds: Sequence[tuple[str, _Cell]]) -> Iterator[list[tuple[str, _Cell]]]:
    """Words that stand right below each other."""
    run = list(kinds[:1])
    for before, kind in pairwise(kinds):
        if kind[1].top != before[1].bottom + 1:
            yield run
            run = []
        run.append(kind)
    yield run


def _heads(
    lines: dict[int, list[_Cell]],
    words: Words,
    column: int,
    run: Sequence[tuple[str, _Cell]],
    after: int,
) -> tuple[int, int, _Cell, list[tuple[_Cell, str]]] | None:
    """The first and last row of the headings nearest above some rows, that of names, and those of
    years; None where none stand between another table and these.
    """
    first = run[0][1]
    for row in range(first.top - 1, after, -1):
        line = lines.get(row, ())
        dated = [(cell, words.year(cell.text)) for cell in line if cell.left > first.right]
        years = [(cell, year) for cell, year in dated if year is not None]
        if not years:
            continue
        top = min(cell.top for cell, _ in years)
        near = range(max(top - _HEADING_ROWS, after + 1), row + 1)
        names: list[_Cell] = []
        for at in near:
            of_line = (cell for cell in lines.get(at, ()) if cell.left < column)
            names += [cell for cell in of_line if words.part(cell.text) == "name"]
        if names:
            return min(top, *(cell.top for cell in names)), row, names[-1], years
    return None


# — what stands where in one —


class _Table(Generic[_Cell]):
    """A table: its headings in the rows from ``top`` to ``head``, the words of its rows in a
    ``column``, and its indicators.
    """

    def __init__(
        self, top: int, head: int, name: _Cell, years: Sequence[tuple[_Cell, str]], column: int
    ) -> None:
        self.top, self.head, self.name, self.column = top, head, name, column
        self.years = years
        self.left = min(cell.left for cell, _ in years)
        self.right = max(cell.right for cell, _ in years)
        self.width = self.right - self.left + 1
        self.bottom = head
        self.words: dict[str, _Cell] = {}
        self.indicators: list[_Indicator] = []
        self.of_row: dict[int, _Indicator] = {}

    @property
    def parts(self) -> list[str]:
        return list(self.words)

    @property
    def shift(self) -> int:
        """By how much what stands right of the years has to move."""
        return (len(self.words) - 1) * self.width

    def holds(self, cell: _Cell) -> bool:
        if self.top <= cell.top and cell.bottom <= self.head:
            return True
        return cell.top in self.of_row

    def add(self, run: Sequence[tuple[str, _Cell]], cells: Sequence[_Cell]) -> None:
        """Take up rows that stand below each other, as the rows of indicators."""
        first, last = run[0][1].top, run[-1][1].top
        before = [c for c in cells if c.right < self.column and first <= c.top <= last]
        merged = {cell.top for cell in before if cell.bottom > cell.top}
        names = {c.top: c.text for c in before if self.name.left <= c.left <= self.name.right}
        indicator: _Indicator | None = None
        for part, cell in run:
            self.words.setdefault(part, cell)
            name = names.get(cell.top, "")
            # What is merged over the rows of an indicator says where they begin, and so does a
            # name; one in brackets goes on with the name above it.
            begins = cell.top in merged or (name and not name.lstrip().startswith(OPENING))
            if (
                indicator is None
                or part in indicator.rows
                or (begins and squeezed(name) != squeezed(indicator.name))
            ):
                indicator = _Indicator(name, cell.top, cell.bottom)
                self.indicators.append(indicator)
            indicator.rows[part] = cell.top
            indicator.bottom = self.bottom = cell.bottom
            self.of_row.update(dict.fromkeys(range(cell.top, cell.bottom + 1), indicator))

    def _is_year(self, column: int) -> bool:
        return any(cell.left <= column <= cell.right for cell, _ in self.years)

    def pieces(self, cells: Sequence[_Cell], words: Words) -> Iterator[Piece[_Cell]]:
        """The cells in their new places."""
        of_head = [cell for cell in cells if cell.bottom <= self.head]
        units = {cell.left for cell in of_head if words.part(cell.text) == "unit"}
        yield from self._headings(of_head, words)
        inside: dict[int, list[_Cell]] = {}
        for cell in cells:
            if cell.bottom > self.head:
                inside.setdefault(self.of_row[cell.top].top, []).append(cell)
        for indicator in self.indicators:
            yield from self._of(indicator, inside[indicator.top], units)

    def _headings(self, cells: Sequence[_Cell], words: Words) -> Iterator[Piece[_Cell]]:
        years = {id(cell) for cell, _ in self.years}
        for cell in cells:
            is_over = self.left <= cell.left and cell.right <= self.right
            is_of_kinds = cell.left == self.column and words.part(cell.text) is None
            if id(cell) in years or is_over or is_of_kinds:
                continue
            by = self.shift if cell.left > self.right else 0
            yield Piece(cell, cell.top, cell.left + by, cell.bottom, cell.right + by)
        for at, word in enumerate(self.words.values()):
            text = _BRACKETED.sub("", word.text.strip())
            by = at * self.width
            for cell, year in self.years:
                heading = f"{text}（{year}）"
                yield Piece(cell, self.top, cell.left + by, self.head, cell.right + by, heading)

    def _of(
        self, indicator: _Indicator, cells: Sequence[_Cell], units: set[int]
    ) -> Iterator[Piece[_Cell]]:
        """The cells of an indicator, all in one row."""
        beside: dict[int, list[_Cell]] = {}
        end = self.right + self.shift + self.width
        for cell in cells:
            part = next((part for part, row in indicator.rows.items() if row == cell.top), None)
            if cell.left == self.column:
                continue
            if part is None or not self._is_year(cell.left):
                beside.setdefault(cell.left, []).append(cell)
            elif over := indicator.below(cell):
                indicator.merged |= over | {part}
                yield self._at(indicator, cell, end)
            else:
                by = self.parts.index(part) * self.width
                yield self._at(indicator, cell, by)
        for column, stacked in beside.items():
            by = self.shift if column > self.right else 0
            texts = list(dict.fromkeys(squeezed(cell.text) for cell in stacked))
            if len(texts) == 1 or column in units:
                yield self._at(indicator, stacked[0], by)
            elif any(text[:1].isdigit() for text in texts):
                # Figures of which no heading says which they are.
                for cell in stacked:
                    yield self._at(indicator, cell, end)
            else:
                text = "\n".join(cell.text.strip() for cell in stacked)
                yield self._at(indicator, stacked[0], by, text)

    def _at(
        self, indicator: _Indicator, cell: _Cell, by: int, text: str | None = None
    ) -> Piece[_Cell]:
        bottom = max(indicator.bottom, cell.bottom)
        return Piece(cell, indicator.top, cell.left + by, bottom, cell.right + by, text)

    def origin(self, indicator: _Indicator, column: int) -> tuple[int, int]:
        """Where the cell of an indicator in some column stood."""
        if column < self.left:
            return indicator.top, column
        if column > self.right + self.shift:
            return indicator.top, column - self.shift
        part = self.parts[(column - self.left) // self.width]
        at = self.left + (column - self.left) % self.width
        return indicator.rows.get(part, indicator.top), at
