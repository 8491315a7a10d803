"""Tables of indicators (KPIs) inside of sheets, taken out before the sheets are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.drafting.blocks import densest_block
from auditor.drafting.board import Board, Spot
from auditor.drafting.headings import heading_of
from auditor.drafting.indicators import Indicators, indicators_in
from auditor.drafting.vocabulary import Vocabulary

__all__ = ["without_indicators"]

_HEADING_ROWS: Final = 2
_NEEDED: Final = frozenset({"name", "target", "actuals"})


def without_indicators(
    boards: Sequence[Board], vocabulary: Vocabulary
) -> tuple[list[Board], Indicators | None]:
    """The boards without their tables of indicators, and what such a table is; None where no board
    has one above or below other figures.
    """
    rest: list[Board] = []
    indicators: Indicators | None = None
    for board in boards:
        spots, table = list(board.spots), _table(board, vocabulary)
        while table:
            taken = set(map(id, table))
            read = _read(Board(board.name, board.number, table), vocabulary)
            if read is None:
                break
            indicators = read if indicators is None else _together(indicators, read)
            spots = [spot for spot in spots if id(spot) not in taken]
            table = _table(Board(board.name, board.number, list(spots)), vocabulary)
        if spots:
            rest.append(Board(board.name, board.number, spots))
    return rest, indicators


def _together(indicators: Indicators, more: Indicators) -> Indicators:
    indicators.numbers += more.numbers
    indicators.rates += more.rates
    for words, of_table in (
        (indicators.achieved, more.achieved),
        (indicators.missed, more.missed),
        (indicators.unclear, more.unclear),
    ):
        words += [word for word in of_table if word not in words]
    return indicators


def _read(table: Board, vocabulary: Vocabulary) -> Indicators | None:
    """What a table of indicators is, with its numbers counted."""
    block = densest_block(table, vocabulary)
    indicators = indicators_in(block, vocabulary) if block is not None else None
    if block is None or indicators is None or not indicators.are_named:
        return None
    for row in block.rows:
        indicators.take(block, row)
    # The sheet is the project.
    labels = {part: label for part, label in indicators.labels.items() if part != "project"}
    indicators.labels = labels
    return indicators


def _part(spot: Spot, vocabulary: Vocabulary) -> str | None:
    heading = heading_of(spot.text, vocabulary)
    text = (heading.rest or heading.word) if heading.is_dated else spot.text
    return vocabulary.kpi_part(text)


def _table(board: Board, vocabulary: Vocabulary) -> list[Spot]:
    """The cells of the first table of indicators on a board."""
    for row in sorted(board.lines):
        heads = [spot for spot in board.line(row) if spot.top == row]
        if not any(_part(spot, vocabulary) == "name" for spot in heads):
            continue
        for below in range(1, _HEADING_ROWS):
            heads += [spot for spot in board.line(row + below) if not spot.is_number]
        parts = {_part(spot, vocabulary) for spot in heads}
        if parts >= _NEEDED:
            return _rows(board, row, heads, vocabulary)
    return []


def _rows(board: Board, top: int, heads: Sequence[Spot], vocabulary: Vocabulary) -> list[Spot]:
    """The headings and the rows below them that have a name and a number or dash, from the first
    one on.
    """
    name = next(spot for spot in heads if _part(spot, vocabulary) == "name")
    left, right = min(spot.left for spot in heads), max(spot.right for spot in heads)
    rows: list[Spot] = []
    begun = False
    for row, line in board.rows(top + 1, board.bottom):
        inside = [spot for spot in line if spot.over(left, right) and spot.top == row]
        named = any(spot.over(name.left, name.right) and spot.is_text for spot in inside)
        filled = any(spot.is_number or spot.is_dash for spot in inside)
        is_row = named and filled and not any(spot.right > right for spot in inside)
        if inside and not is_row and begun:
            break
        begun = begun or is_row
        rows += inside
    return [*(spot for spot in board.line(top) if spot.over(left, right)), *rows] if begun else []
