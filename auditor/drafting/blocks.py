"""The block of a table on a board: its heading rows, its columns, and the rows below them.

The densest block is the one whose headings have the most numbers below them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from auditor.drafting.board import Board, Spot
from auditor.drafting.headings import heading_of, same_heading
from auditor.drafting.titles import fiscal_years_in
from auditor.drafting.vocabulary import Vocabulary
from auditor.forms.words import squeezed

__all__ = ["Block", "BlockColumn", "densest_block"]

_QUALIFIER: Final = re.compile(r"\([^()]*\)|[A-Za-z](?:[-+÷×/=*][A-Za-z0-9]+)*")
_MOST_HEADING_ROWS: Final = 4
_LONGEST_HEADING: Final = 30
_MOST_CANDIDATES: Final = 60
"""Headings that stand further down are those of another table."""
_PLAIN_SHARE: Final = 0.9
"""From which share of the numbers on they stand straight under their headings."""


@dataclass
class BlockColumn:
    """A column of a block: where it stands, its heading, and the headings over that."""

    left: int
    right: int
    heading: str
    groups: tuple[str, ...] = ()
    cells: dict[int, Spot] = field(default_factory=dict[int, Spot])
    """The cells below the heading, by their rows."""

    @property
    def numbers(self) -> int:
        return sum(spot.is_number for spot in self.cells.values())

    @property
    def texts(self) -> list[str]:
        return [spot.text for spot in self.cells.values() if spot.is_text]

    @property
    def is_of_numbers(self) -> bool:
        """Whether most of what stands in it are numbers, or texts with numbers in them."""
        held = [spot for spot in self.cells.values() if not spot.is_dash]
        digits = sum(any(map(str.isdigit, spot.text)) for spot in held)
        return (self.numbers > 0 and 2 * self.numbers >= len(held)) or (
            0 < len(held) == digits < len(self.cells)
        )


@dataclass
class Block:
    """A table: its headings stand in the rows from ``top`` to ``bottom``, and ``rows`` are those
    below them that hold something.
    """

    board: Board
    top: int
    bottom: int
    columns: list[BlockColumn]
    rows: list[int] = field(default_factory=list[int])

    @property
    def headings(self) -> list[str]:
        return [same_heading(column.heading) for column in self.columns]


def densest_block(board: Board, vocabulary: Vocabulary) -> Block | None:
    """The block of a board with the most numbers below its headings; None where there is none."""
    numbers = _Numbers(board, vocabulary)
    best: tuple[int, int, int, int] | None = None
    zone = (0, 0)
    for bottom in _candidates(board, vocabulary):
        tops = _zone_tops(board, bottom, vocabulary)
        for top in tops:
            heads = _heads(board, top, bottom, vocabulary)
            if len(heads) < 2 or all(_only_qualifies(head.text, vocabulary) for head in heads):
                continue  # units stand under headings
            covered = numbers.covered(bottom, heads)
            score = (covered, numbers.texts_below(bottom, heads), bottom, top)
            if covered and (best is None or score > best):
                best, zone = score, (top, bottom)
    if best is None:
        return None
    return _block(board, *zone, vocabulary)


def _is_head(spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a cell can be a heading: a text, or a year."""
    return spot.is_text or heading_of(spot.text, vocabulary).is_year


def _candidates(board: Board, vocabulary: Vocabulary) -> list[int]:
    """Rows that may be the last one of headings: two texts or more, and no number but years."""
    rows: list[int] = []
    for row, line in board.rows(1, board.bottom):
        if len(rows) == _MOST_CANDIDATES:
            break
        here = [spot for spot in line if spot.bottom == row or spot.top == row]
        heads = [spot for spot in line if _is_head(spot, vocabulary)]
        if len(heads) >= 2 and 2 * len(heads) > len(line) and any(spot.top == row for spot in here):
            rows.append(row)
    return rows


def _zone_tops(board: Board, bottom: int, vocabulary: Vocabulary) -> list[int]:
    """The rows in which headings may begin that end in a row."""
    tops = [bottom]
    for row in range(bottom - 1, max(bottom - _MOST_HEADING_ROWS, 0), -1):
        line = board.line(row)
        heads = [spot for spot in line if _is_head(spot, vocabulary)]
        if len(heads) < 2 or len(heads) < len(line):
            break
        tops.append(row)
    return tops


def _heads(board: Board, top: int, bottom: int, vocabulary: Vocabulary) -> list[Spot]:
    """The lowest heading over each column, from the left."""
    heads: list[Spot] = []
    for row in range(bottom, top - 1, -1):
        for spot in board.line(row):
            if not _is_head(spot, vocabulary) or spot.bottom > bottom:
                continue
            if not any(spot.over(other.left, other.right) for other in heads):
                heads.append(spot)
    return sorted(heads, key=lambda spot: spot.left)


class _Numbers:
    """The rows of a board's numbers by the column in which each begins, and the last row of each
    column's texts.
    """

    def __init__(self, board: Board, vocabulary: Vocabulary) -> None:
        self.rows: dict[int, list[int]] = {}
        self.texts: dict[int, int] = {}
        for spot in board.spots:
            if spot.is_number:
                self.rows.setdefault(spot.left, []).append(spot.top)
            elif spot.is_text and not heading_of(spot.text, vocabulary).is_dated:
                self.texts[spot.left] = spot.top

    def texts_below(self, bottom: int, heads: Sequence[Spot]) -> int:
        """Under how many headings there are texts beside numbers: where a table's cells are not
        merged, names have their headings some rows above those of the figures. What stands above
        the first number may be a heading.
        """
        firsts = (rows[bisect_right(rows, bottom) :] for rows in self.rows.values())
        first = min((rows[0] for rows in firsts if rows), default=bottom + 1)
        below = [column for column, row in self.texts.items() if row >= first]
        return sum(any(head.left <= column <= head.right for column in below) for head in heads)

    def covered(self, bottom: int, heads: Sequence[Spot]) -> int:
        """How much stands below some headings: numbers right under one count twice, others once."""
        lefts = [spot.left for spot in heads]
        last = max(spot.right for spot in heads)
        count = 0
        for column, rows in self.rows.items():
            at = bisect_right(lefts, column) - 1
            if at >= 0 and column <= last + 1:
                weight = 2 if column <= heads[at].right else 1
                count += weight * (len(rows) - bisect_right(rows, bottom))
        return count


def _block(board: Board, top: int, bottom: int, vocabulary: Vocabulary) -> Block:
    heads = _heads(board, top, bottom, vocabulary)
    columns = [_column(board, head, vocabulary) for head in heads]
    block = Block(board, top, bottom, columns)
    spots = [spot for spot in board.spots if spot.top > bottom]
    straight = [_straight(spot, columns) for spot in spots if spot.is_number]
    share = sum(column is not None for column in straight) / max(len(straight), 1)
    lanes = [] if share >= _PLAIN_SHARE else _lanes(spots, columns)
    for spot in spots:
        column = _straight(spot, columns) if not lanes else _in_lane(spot, columns, lanes)
        if column is not None:
            for row in range(spot.top, min(spot.bottom, board.bottom) + 1):
                column.cells.setdefault(row, spot)
    block.rows = [row for row, _ in board.rows(bottom + 1, board.bottom)]
    return block


def _column(board: Board, head: Spot, vocabulary: Vocabulary) -> BlockColumn:
    """The column under a heading. One that is only a unit, a remark in brackets or the letter of a
    formula goes on with the heading right over it: 増減 over （決算）.
    """
    texts = [head.text]
    upper = head
    while _only_qualifies(upper.text, vocabulary):
        above = _above(board, upper, head)
        if above is None or len(above.text) > _LONGEST_HEADING:
            break
        if vocabulary.unit_of(upper.text) is not None:
            texts[0] = f"（{upper.text}）"
        upper = above
        texts.insert(0, upper.text)
    return BlockColumn(head.left, head.right, " ".join(texts), _groups(board, upper, vocabulary))


def _above(board: Board, spot: Spot, head: Spot) -> Spot | None:
    """The next text over a cell, as wide as the column at most."""
    for row in range(spot.top - 1, max(spot.top - _MOST_HEADING_ROWS, 0), -1):
        for over in board.line(row):
            if over.is_text and over.left <= head.left <= over.right <= head.right:
                return over
    return None


def _only_qualifies(text: str, vocabulary: Vocabulary) -> bool:
    plain = squeezed(text)
    return bool(_QUALIFIER.fullmatch(plain)) or vocabulary.unit_of(plain) is not None


def _straight(spot: Spot, columns: Sequence[BlockColumn]) -> BlockColumn | None:
    """The one column under whose heading a cell stands; columns are in their order."""
    at = bisect_right(columns, spot.right, key=lambda column: column.left) - 1
    if at < 0 or columns[at].right < spot.left:
        return None
    return None if at and columns[at - 1].right >= spot.left else columns[at]


def _lanes(
    spots: Sequence[Spot], columns: Sequence[BlockColumn]
) -> list[tuple[int, int, BlockColumn]]:
    """The stretches in which numbers stand below each other, each with its column.

    On a page without ruling lines numbers end where others do, and headings stand over them in
    their order.
    """
    stretches: list[list[int]] = []
    numbers = (spot for spot in spots if spot.is_number or spot.is_dash)
    for left, right in sorted((spot.left, spot.right) for spot in numbers):
        if stretches and left <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], right)
        else:
            stretches.append([left, right])
    lanes: list[tuple[int, int, BlockColumn]] = []
    free = list(columns)
    for left, right in stretches:
        before = [column for column in free if column.left <= right]
        if before:
            lanes.append((left, right, before[-1]))
            free = free[free.index(before[-1]) + 1 :]
    return lanes


def _in_lane(
    spot: Spot, columns: Sequence[BlockColumn], lanes: Sequence[tuple[int, int, BlockColumn]]
) -> BlockColumn | None:
    if spot.is_number or spot.is_dash:
        return next((column for left, right, column in lanes if spot.over(left, right)), None)
    in_lanes = {id(column) for _, _, column in lanes}
    texts = [column for column in columns if id(column) not in in_lanes]
    straight = _straight(spot, texts)
    # A name may be indented, or begin before its heading.
    return straight or (texts[0] if texts and spot.left < lanes[0][0] else None)


def _groups(board: Board, head: Spot, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The headings over a heading, the nearest first: those over several columns, and years."""
    groups: list[str] = []
    row = head.top - 1
    while row >= 1 and len(groups) < _MOST_HEADING_ROWS:
        line = board.line(row)
        over = [spot for spot in line if spot.over(head.left, head.right)]
        heads = [spot for spot in line if _is_head(spot, vocabulary)]
        if len(heads) < len(line) or not heads:
            break
        group = over[0] if over else _group_before(line, head)
        if group is None or not _is_group(board, group, head, vocabulary):
            break
        groups.append(group.text)
        row = group.top - 1
    return tuple(groups)


def _group_before(line: Sequence[Spot], head: Spot) -> Spot | None:
    """The group whose cell is not merged over its columns: the nearest to the left."""
    before = [spot for spot in line if spot.right < head.left]
    return before[-1] if before else None


def _is_group(board: Board, group: Spot, head: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a text over a heading belongs to it, and is no title or note."""
    dated = heading_of(group.text, vocabulary)
    if dated.is_dated:
        return dated.is_year
    line = board.line(group.top)
    if len(group.text) > _LONGEST_HEADING or len(line) < 2 or fiscal_years_in(group.text):
        return False
    # One that is not merged reaches to the next text beside it.
    following = next((spot.left for spot in line if spot.left > group.right), head.right + 2)
    if (group.left, group.right) == (head.left, head.right):
        # 目標値 over R6 names the figure; what stands there says only when.
        return heading_of(head.text, vocabulary).is_year
    below = [spot for spot in board.line(head.top) if group.left <= spot.left < following]
    return len(below) > 1 or vocabulary.is_group(group.text)
