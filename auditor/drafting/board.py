"""A worksheet, page or table as a draft looks at it: its cells by rows, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from auditor.drafting.vocabulary import Vocabulary
from auditor.readers.kpi.kind_rows import Words, laid_beside
from auditor.readers.printed_grids import GridCell, PrintedGrid
from auditor.readers.years_in_headings import printed_year
from auditor.records.figures import Place, parse_figure

__all__ = ["Board", "Spot", "boards_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A cell and the rectangle that it spans, ends included; rows and columns count from 1.

    ``value`` is the number that it prints, ``unit`` the unit behind it. A dash is neither a number
    nor a text.
    """

    top: int
    left: int
    bottom: int
    right: int
    text: str
    place: Place
    value: Decimal | None = None
    unit: str = ""
    is_dash: bool = False

    @property
    def is_number(self) -> bool:
        return self.value is not None

    @property
    def is_text(self) -> bool:
        return self.value is None and not self.is_dash and bool(self.text)

    def over(self, left: int, right: int) -> bool:
        """Whether it stands over or under some of the columns."""
        return self.left <= right and self.right >= left


@dataclass
class Board:
    """One worksheet, page or table. ``name`` is the worksheet's, and empty for others."""

    name: str
    number: int
    spots: list[Spot]
    lines: dict[int, list[Spot]] = field(init=False)
    bottom: int = field(init=False)
    """The last row in which something begins."""

    def __post_init__(self) -> None:
        self.spots.sort(key=lambda spot: (spot.top, spot.left))
        self.lines = {}
        self.bottom = bottom = max((spot.top for spot in self.spots), default=0)
        for spot in self.spots:
            for row in range(spot.top, min(spot.bottom, bottom) + 1):
                self.lines.setdefault(row, []).append(spot)
        for line in self.lines.values():
            line.sort(key=lambda spot: spot.left)

    @property
    def numbers(self) -> list[Spot]:
        """The cells that print numbers."""
        return [spot for spot in self.spots if spot.is_number]

    def line(self, row: int) -> Sequence[Spot]:
        """The cells that stand in a row, from the left."""
        return self.lines.get(row, ())

    def right_of(self, spot: Spot) -> Spot | None:
        """The nearest cell to the right in the first row of another."""
        return next((other for other in self.line(spot.top) if other.left > spot.right), None)

    def below(self, spot: Spot) -> Spot | None:
        """The cell in the next row that stands under another."""
        line = self.line(spot.bottom + 1)
        return next((other for other in line if other.over(spot.left, spot.right)), None)

    def rows(self, top: int, bottom: int) -> Iterator[tuple[int, Sequence[Spot]]]:
        """The rows of a stretch that hold something, with their cells."""
        for row in range(top, min(bottom, self.bottom) + 1):
            if line := self.line(row):
                yield row, line


def boards_of(grids: Sequence[PrintedGrid], vocabulary: Vocabulary) -> list[Board]:
    """The boards of a document's grids, without those that hold nothing."""
    units = tuple(vocabulary.file.units)
    boards: list[Board] = []
    for grid in grids:
        spots = [_spot(cell, units) for cell in grid.cells if not cell.unread]
        if spots:
            boards.append(Board(grid.name, grid.number, _with_rows_beside(spots, vocabulary)))
    return boards


def _with_rows_beside(spots: list[Spot], vocabulary: Vocabulary) -> list[Spot]:
    """The cells with the rows of each indicator, where it has several, in one row."""
    beside = laid_beside(spots, Words(vocabulary.kpi_part, printed_year))
    if beside is None:
        return spots
    rows = beside.rows
    return [
        replace(
            piece.cell,
            top=piece.top,
            left=piece.left,
            # An indicator is one row of the draft.
            bottom=piece.top if piece.top in rows else piece.bottom,
            right=piece.right,
            text=piece.cell.text if piece.text is None else piece.text,
        )
        for piece in beside.pieces
    ]


def _spot(cell: GridCell, units: tuple[str, ...]) -> Spot:
    figure = parse_figure(cell.text, units=units)
    value = figure.value if cell.value is None else cell.value
    return Spot(
        cell.row,
        cell.column,
        cell.row + cell.rows - 1,
        cell.column + cell.columns - 1,
        cell.text,
        cell.place,
        value,
        figure.unit if figure.state == "number" else "",
        figure.state == "dash" and cell.value is None,
    )
