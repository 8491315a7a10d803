"""What befalls worksheets: cells, rows and columns, as people edit them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

from tests.documents.delimited_writer import shown
from tests.documents.workbook_writer import PlainCell, PlainWorksheet
from tests.fuzzing.numbers import telling
from tests.fuzzing.texts import damaged_word

__all__ = ["damaged_worksheets", "numbers_of"]

At = tuple[int, int]

_FORMATS: Final = ("General", "#,##0", "0.0", "0%", '#,##0;"△ "#,##0', "#,##0.00", ";;;", "@")
_HUGE: Final = (Decimal("1E+14"), Decimal("123456789012345"), Decimal("0.000001"), Decimal(-1))


def damaged_worksheets(random: Random, sheets: list[PlainWorksheet]) -> list[PlainWorksheet]:
    """The worksheets with one thing changed on one of them."""
    sheets = deepcopy(sheets)
    sheet = random.choice(sheets)
    if sheet.cells:
        random.choice(_CHANGES)(random, sheet, random.choice(sorted(sheet.cells)))
    return sheets


def numbers_of(sheets: Sequence[PlainWorksheet]) -> set[str]:
    """The numbers of three digits or more that the worksheets show. Formats that this counter does
    not know (``;;;``) hide theirs.
    """
    cells: list[str] = []
    for sheet in sheets:
        covered = _covered(sheet)
        cells += [
            shown(cell)
            for at, cell in sheet.cells.items()
            if at not in covered
            and sheet.visibility == "visible"
            and at[0] not in sheet.hidden_rows
            and at[1] not in sheet.hidden_columns
            and cell.number_format != ";;;"
        ]
    return telling(cells)


def _covered(sheet: PlainWorksheet) -> set[At]:
    """The cells that a merged area hides."""
    hidden: set[At] = set()
    for top, left, bottom, right in sheet.merges:
        for row in range(top, bottom + 1):
            hidden.update((row, column) for column in range(left, right + 1))
        hidden.discard((top, left))
    return hidden


def _word(random: Random, sheet: PlainWorksheet, at: At) -> None:
    cell = sheet.cells[at]
    sheet.cells[at] = PlainCell(damaged_word(random, shown(cell)))


def _number(random: Random, sheet: PlainWorksheet, at: At) -> None:
    at = _number_at(random, sheet, at)
    cell = sheet.cells[at]
    value = random.choice((*_HUGE, Decimal(random.randint(0, 10**7)), Decimal(0)))
    sheet.cells[at] = replace(cell, value=value)


def _printed(random: Random, sheet: PlainWorksheet, at: At) -> None:
    at = _number_at(random, sheet, at)
    sheet.cells[at] = PlainCell(damaged_word(random, shown(sheet.cells[at])))


def _number_at(random: Random, sheet: PlainWorksheet, at: At) -> At:
    places = [
        place
        for place, cell in sorted(sheet.cells.items())
        if cell.value is not None and any(sign.isdigit() for sign in shown(cell))
    ]
    return random.choice(places) if places else at


def _format(random: Random, sheet: PlainWorksheet, at: At) -> None:
    sheet.cells[at] = replace(sheet.cells[at], number_format=random.choice(_FORMATS))


def _drop(_: Random, sheet: PlainWorksheet, at: At) -> None:
    del sheet.cells[at]


def _move(random: Random, sheet: PlainWorksheet, at: At) -> None:
    by = random.choice(((0, 1), (0, -1), (1, 0), (-1, 0), (0, 9), (30, 0)))
    to = max(at[0] + by[0], 1), max(at[1] + by[1], 1)
    sheet.cells[to] = sheet.cells.pop(at)


def _copy(random: Random, sheet: PlainWorksheet, at: At) -> None:
    sheet.cells[random.choice(sorted(sheet.cells))] = sheet.cells[at]


def _swap(random: Random, sheet: PlainWorksheet, at: At) -> None:
    other = random.choice(sorted(sheet.cells))
    sheet.cells[at], sheet.cells[other] = sheet.cells[other], sheet.cells[at]


def _merge(random: Random, sheet: PlainWorksheet, at: At) -> None:
    bottom, right = at[0] + random.randint(0, 2), at[1] + random.randint(0, 3)
    for top, left, below, beside in sheet.merges:
        if top <= bottom and left <= right and below >= at[0] and beside >= at[1]:
            return  # programs write no areas that overlap
    if (bottom, right) != at:
        sheet.merges.append((*at, bottom, right))


def _unmerge(random: Random, sheet: PlainWorksheet, _: At) -> None:
    if sheet.merges:
        sheet.merges.pop(random.randrange(len(sheet.merges)))


def _shift(sheet: PlainWorksheet, change: Callable[[int, int], At | None]) -> None:
    """Put each cell and merged area where ``change`` says, or nowhere."""
    cells = sheet.cells.items()
    sheet.cells = {to: cell for at, cell in cells if (to := change(*at)) is not None}
    merges = list(sheet.merges)
    sheet.merges = []
    for top, left, bottom, right in merges:
        start, end = change(top, left), change(bottom, right)
        if start is not None and end is not None and start <= end:
            sheet.merges.append((*start, *end))


def _delete_row(_: Random, sheet: PlainWorksheet, at: At) -> None:
    def change(row: int, column: int) -> At | None:
        return None if row == at[0] else (row - (row > at[0]), column)

    _shift(sheet, change)


def _delete_column(_: Random, sheet: PlainWorksheet, at: At) -> None:
    def change(row: int, column: int) -> At | None:
        return None if column == at[1] else (row, column - (column > at[1]))

    _shift(sheet, change)


def _insert_row(random: Random, sheet: PlainWorksheet, at: At) -> None:
    _shift(sheet, lambda row, column: (row + (row >= at[0]), column))
    if random.randrange(2):
        copies = {(at[0], c): cell for (r, c), cell in sheet.cells.items() if r == at[0] + 1}
        sheet.cells |= copies


def _insert_column(_: Random, sheet: PlainWorksheet, at: At) -> None:
    _shift(sheet, lambda row, column: (row, column + (column >= at[1])))


def _swap_columns(random: Random, sheet: PlainWorksheet, at: At) -> None:
    other = random.choice(sorted(sheet.cells))[1]
    names = {at[1]: other, other: at[1]}
    cells = sheet.cells.items()
    sheet.cells = {(row, names.get(column, column)): cell for (row, column), cell in cells}


def _swap_rows(random: Random, sheet: PlainWorksheet, at: At) -> None:
    other = random.choice(sorted(sheet.cells))[0]
    names = {at[0]: other, other: at[0]}
    cells = sheet.cells.items()
    sheet.cells = {(names.get(row, row), column): cell for (row, column), cell in cells}


def _hide(random: Random, sheet: PlainWorksheet, at: At) -> None:
    if random.randrange(2):
        sheet.hidden_rows.add(at[0])
    else:
        sheet.hidden_columns.add(at[1])


def _cut_off(_: Random, sheet: PlainWorksheet, at: At) -> None:
    _shift(sheet, lambda row, column: None if row > at[0] else (row, column))


def _rename(random: Random, sheet: PlainWorksheet, _: At) -> None:
    sheet.name = (damaged_word(random, sheet.name) or "x")[:28]
    for sign in "[]:*?/\\\0":
        sheet.name = sheet.name.replace(sign, "・")


_CHANGES: Final[Sequence[Callable[[Random, PlainWorksheet, At], None]]] = (
    _word, _word, _word, _printed, _printed, _printed, _number, _number, _format, _drop, _drop,
    _move, _move, _copy, _swap, _merge, _unmerge, _delete_row, _delete_row, _delete_column,
    _insert_row, _insert_column, _swap_columns, _swap_rows, _hide, _cut_off, _rename,
)  # fmt: skip
