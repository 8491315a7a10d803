"""What formulas name: cells and areas, of their own worksheet or of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from auditor.records.addresses import MAX_COLUMN, MAX_ROW, Area, address, parse_address, parse_area

__all__ = [
    "AREA",
    "REFERENCE",
    "SHEETS",
    "Reference",
    "added",
    "areas_named",
    "cells_named",
    "reference_in",
    "shifted",
    "sums_in",
]

_CELL: Final = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_COLUMNS: Final = r"\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}"
_ROWS: Final = r"\$?[0-9]{1,7}:\$?[0-9]{1,7}"
AREA: Final = rf"(?:{_CELL}(?::{_CELL})?|{_COLUMNS}|{_ROWS})"
SHEETS: Final = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!"
REFERENCE: Final = re.compile(rf"({SHEETS})?({AREA})")
"""A reference of a formula: its worksheets with ``!`` behind them, or None, and its area."""
_SUM: Final = re.compile(r"(?<![\w.])SUM\(([^()\"]*)\)", re.IGNORECASE)
_MOVABLE: Final = re.compile(
    r"""("(?:[^"]|"")*")|((?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)?"""
    r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w(.!])",
    re.UNICODE,
)
_MOST_NAMED: Final = 5_000
"""So many cells of one area are named at most."""


class Reference(NamedTuple):
    """What a formula names: worksheets from first to last (of its own where they are None), and
    an area of them.
    """

    first: str | None
    last: str | None
    area: Area

    @property
    def is_one_cell(self) -> bool:
        return self.area.size == 1 and self.first == self.last


def reference_in(sheets: str | None, area: str) -> Reference | None:
    """The reference of the two parts of a ``REFERENCE``; None where no worksheet has the area."""
    place = parse_area(area)
    if place is None:
        return None
    names = (sheets or "")[:-1]
    if names.startswith("'"):
        names = names[1:-1].replace("''", "'")
    first, _, last = names.partition(":")
    return Reference(first or None, last or first or None, place)


def _summands(arguments: str) -> tuple[Reference, ...] | None:
    """The areas between the commas of a sum; None where it adds anything else."""
    summands: list[Reference] = []
    for argument in arguments.split(","):
        match = REFERENCE.fullmatch(argument.strip())
        reference = reference_in(match[1], match[2]) if match else None
        if reference is None:
            return None
        summands.append(reference)
    return tuple(summands)


def sums_in(formula: str) -> tuple[Reference, ...]:
    """What the sums in a formula add, those apart that add anything but areas."""
    if "SUM(" not in formula.upper():
        return ()
    references: list[Reference] = []
    for call in _SUM.finditer(formula):
        references += _summands(call[1]) or ()
    return tuple(references)


def added(formula: str) -> tuple[Reference, ...] | None:
    """What a formula adds if it does nothing else: ``SUM(D5:D9)+D11``; None otherwise."""
    references: list[Reference] = []
    rest = formula.replace(" ", "").lstrip("+")
    while rest:
        if call := _SUM.match(rest):
            summands = _summands(call[1])
        elif call := REFERENCE.match(rest):
            summands = _summands(call[0])
        else:
            return None
        if summands is None:
            return None
        references += summands
        rest = rest[call.end() :]
        if rest and not rest.startswith("+"):
            return None
        rest = rest[1:]
    return tuple(references) or None


def cells_named(formula: str) -> list[tuple[int, int]]:
    """The cells of its own worksheet that a formula names, of large areas none."""
    cells: list[tuple[int, int]] = []
    for match in REFERENCE.finditer(formula):
        reference = reference_in(match[1], match[2])
        if reference is None or reference.first is not None or reference.area.size > _MOST_NAMED:
            continue
        cells += reference.area.places()
    return cells


def areas_named(formula: str) -> Sequence[Area]:
    """The areas that a list of references names; none where it says anything else."""
    if REFERENCE.sub("", formula).strip(", "):
        return ()
    pairs = (reference_in(*match.groups()) for match in REFERENCE.finditer(formula))
    return [reference.area for reference in pairs if reference is not None]


def shifted(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads when it is filled from its cell to another: what is not fixed by
    ``$`` moves along.
    """

    def moved(match: re.Match[str]) -> str:
        text, sheet, fixed_column, letters, fixed_row, digits = match.groups()
        if text is not None:
            return text
        at = parse_address(letters + digits)
        if at is None:
            return match[0]
        row = at[0] if fixed_row else at[0] + rows
        column = at[1] if fixed_column else at[1] + columns
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            return "#REF!"
        letter = address(1, column)[:-1]
        return f"{sheet or ''}{fixed_column}{letter}{fixed_row}{row}"

    return _MOVABLE.sub(moved, formula)
