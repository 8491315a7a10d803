"""Formulas worked out once more, over the values that the workbook stores.

One step and never a second: a cell is held against what its formula gives of the *stored* values
of the cells that it names. So each stale result is reported once, where it is, and no chain of
formulas can take long. Anything but adding, multiplying, SUM, SUBTOTAL and rounding is left alone.
"""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple, assert_never

from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.references import AREA, REFERENCE, SHEETS, Reference, reference_in
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import Area

__all__ = [
    "MOST_CELLS",
    "MOST_CELLS_OF_ALL",
    "Arithmetic",
    "Bounded",
    "StoredValues",
    "Uncomputable",
    "named",
    "parsed",
]

_TOKEN: Final = re.compile(
    rf"(?P<function>[A-Za-z][A-Za-z0-9.]*)\("
    rf"|(?P<reference>(?:{SHEETS})?{AREA})(?![\w(.!:\[#])"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)(?![\w(.!:\[#])"
    r"|(?P<sign>[-+*/%(),])"
)
_SUBTOTAL: Final = re.compile(r"\s*SUBTOTAL\([^()]*\)\s*")
_DEEPEST: Final = 40
_LONGEST: Final = 8_192
"""The characters of the longest formula that Excel takes."""

MOST_CELLS: Final = 5_000
MOST_CELLS_OF_ALL: Final = 2_000_000
_WRITTEN: Final = 1e-14
"""How far a stored number can be from the one that was computed with, as a part of it: some
programs store 15 digits.
"""
_STEP: Final = 2.0**-52
"""What a sum or product of doubles can be off by, as a part of its largest operand."""

_TEXT: Final = math.inf
"""Stands for a text: a sum over an area ignores it, any other use of it gives no number."""
_FAULT: Final = math.nan
"""Stands for an error value and for a formula without a stored result."""


class Uncomputable(Exception):
    """What the formula gives can't be known from the stored values."""


# — the tree of a formula —


class Constant(NamedTuple):
    """A number that is written in the formula."""

    value: float


class Negated(NamedTuple):
    """A formula under a minus sign."""

    of: Arithmetic


class Combined(NamedTuple):
    """Two formulas and the operator between them."""

    operator: Literal["+", "-", "*", "/"]
    left: Arithmetic
    right: Arithmetic


class Sum(NamedTuple):
    """``SUM``."""

    parts: tuple[Arithmetic, ...]


class Subtotal(NamedTuple):
    """``SUBTOTAL(9, …)``, and ``SUBTOTAL(109, …)``, which leaves out hidden rows."""

    references: tuple[Reference, ...]
    without_hidden: bool


class Rounded(NamedTuple):
    """A formula rounded to a number of digits, in a mode of the module ``decimal``."""

    of: Arithmetic
    digits: Arithmetic
    mode: str


Arithmetic = Constant | Reference | Negated | Combined | Sum | Subtotal | Rounded


def named(formula: Arithmetic) -> Iterator[Reference]:
    """All that a formula names."""
    match formula:
        case Constant():
            return
        case Reference():
            yield formula
        case Negated(inner):
            yield from named(inner)
        case Combined(_, left, right):
            yield from named(left)
            yield from named(right)
        case Sum(parts):
            for part in parts:
                yield from named(part)
        case Subtotal(references):
            yield from references
        case Rounded(inner, digits):
            yield from named(inner)
            yield from named(digits)
        case _:
            assert_never(formula)


_ROUNDINGS: Final[Mapping[str, str]] = {
    "ROUND": ROUND_HALF_UP,
    "ROUNDUP": ROUND_UP,
    "ROUNDDOWN": ROUND_DOWN,
    "TRUNC": ROUND_DOWN,
    "INT": ROUND_FLOOR,
}


@lru_cache(maxsize=2_048)
def parsed(formula: str) -> Arithmetic | None:
    """The tree of a formula, or None where it does anything that is not recomputed. Worksheets of
    one form have the same formulas, so trees are kept.
    """
    if len(formula) > _LONGEST:
        return None
    try:
        return _Parser(formula).whole()
    except Uncomputable:
        return None


class _Parser:
    """Reads a formula from left to right, in the order of Excel's operators."""

    def __init__(self, formula: str) -> None:
        self._tokens = list(_tokens(formula))
        self._at = self._depth = 0

    def whole(self) -> Arithmetic:
        tree = self._terms()
        if self._at < len(self._tokens):
            raise Uncomputable
        return tree

    def _next(self, *signs: str) -> str | None:
        """Step over one of some signs, if one of them follows."""
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind == "sign" and text in signs:
                self._at += 1
                return text
        return None

    def _terms(self) -> Arithmetic:
        tree = self._factors()
        while sign := self._next("+", "-"):
            tree = Combined("+" if sign == "+" else "-", tree, self._factors())
        return tree

    def _factors(self) -> Arithmetic:
        tree = self._signed()
        while sign := self._next("*", "/"):
            tree = Combined("*" if sign == "*" else "/", tree, self._signed())
        return tree

    def _signed(self) -> Arithmetic:
        minus = 0
        while sign := self._next("+", "-"):
            minus += sign == "-"
        tree = self._operand()
        while self._next("%"):
            tree = Combined("/", tree, Constant(100.0))
        return Negated(tree) if minus % 2 else tree

    def _operand(self) -> Arithmetic:
        if self._at >= len(self._tokens):
            raise Uncomputable
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return Constant(float(text))
        if kind == "reference":
            match = REFERENCE.fullmatch(text)
            reference = reference_in(match[1], match[2]) if match else None
            if reference is None:
                raise Uncomputable
            return reference
        if kind == "function":
            return self._call(text.upper())
        if text == "(":
            return self._inside()[0]
        raise Uncomputable

    def _inside(self, most: int = 1) -> list[Arithmetic]:
        """What stands between parentheses, of which the first has been read."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Uncomputable
        parts = [self._terms()]
        while len(parts) < most and self._next(","):
            parts.append(self._terms())
        if not self._next(")"):
            raise Uncomputable
        self._depth -= 1
        return parts

    def _call(self, function: str) -> Arithmetic:
        parts = self._inside(most=255)
        if function == "SUM":
            return Sum(tuple(parts))
        if function == "SUBTOTAL" and parts[0] in (Constant(9.0), Constant(109.0)):
            references = tuple(part for part in parts[1:] if isinstance(part, Reference))
            if references and len(references) == len(parts) - 1:
                return Subtotal(references, parts[0] == Constant(109.0))
        if function in _ROUNDINGS:
            digits = parts[1] if len(parts) > 1 else Constant(0.0)
            of_one = function in ("INT", "TRUNC")
            if len(parts) == 2 - of_one or (function == "TRUNC" and len(parts) == 2):
                return Rounded(parts[0], digits, _ROUNDINGS[function])
        raise Uncomputable


def _tokens(formula: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(formula):
        if formula[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(formula, at)
        if match is None or match.lastgroup is None:
            raise Uncomputable
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()


# — the stored values —


class Bounded(NamedTuple):
    """A number, and how far the spreadsheet program's own result can be from it."""

    value: float
    error: float

    def admits(self, stored: float) -> bool:
        """Whether a stored result can be this number."""
        return abs(stored - self.value) <= self.error + abs(stored) * _WRITTEN


@dataclass
class _Column:
    """The filled cells of a column, from above. What is no number has a sign of its own."""

    rows: array[int] = field(default_factory=lambda: array("l"))
    values: array[float] = field(default_factory=lambda: array("d"))
    formulas: array[int] = field(default_factory=lambda: array("l"))
    """The rows of formulas."""


@dataclass
class _Values:
    """What a worksheet stores."""

    columns: dict[int, _Column]
    hidden_rows: set[int]
    subtotals: dict[tuple[int, int], bool]
    """The cells whose formula holds a subtotal; whether it is nothing else. Other subtotals do not
    add those that are nothing else.
    """

    def in_area(self, area: Area) -> Iterator[tuple[int, _Column, int, int]]:
        """The columns that have cells in an area, with the first and the last of these."""
        numbers: Sequence[int] = range(area.left, area.right + 1)
        if len(numbers) > len(self.columns):
            numbers = [number for number in self.columns if area.left <= number <= area.right]
        for number in numbers:
            if (column := self.columns.get(number)) is not None:
                first = bisect_left(column.rows, area.top)
                last = bisect_right(column.rows, area.bottom, first)
                if first < last:
                    yield number, column, first, last

    def formulas_in(self, area: Area) -> Iterator[tuple[int, int]]:
        """The cells of an area that have formulas."""
        for number, column, _, _ in self.in_area(area):
            first = bisect_left(column.formulas, area.top)
            for row in column.formulas[first : bisect_right(column.formulas, area.bottom)]:
                yield row, number


class StoredValues:
    """The numbers that a workbook stores, and what formulas give of them.

    ``names`` are the worksheets in the workbook's order. ``add`` takes one worksheet after the
    other; only their numbers are kept.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names: list[str] = [name.casefold() for name in names]
        self.order: dict[str, int] = {name: position for position, name in enumerate(self.names)}
        self._worksheets: dict[str, _Values] = {}
        self._cells_left = MOST_CELLS_OF_ALL

    def add(self, worksheet: Worksheet) -> None:
        """Keep what the cells of a worksheet store."""
        columns: dict[int, _Column] = {}
        subtotals: dict[tuple[int, int], bool] = {}
        # A sum adds what lies under merged areas, too.
        for (row, number), cell in sorted((worksheet.cells | worksheet.covered).items()):
            column = columns.get(number)
            if column is None:
                column = columns[number] = _Column()
            column.rows.append(row)
            column.values.append(_stored(cell))
            if cell.formula:
                column.formulas.append(row)
                formula = cell.formula.upper()
                if "SUBTOTAL(" in formula or "AGGREGATE(" in formula:
                    subtotals[row, number] = _SUBTOTAL.fullmatch(formula) is not None
        self._worksheets[worksheet.name.casefold()] = _Values(
            columns, worksheet.hidden_rows, subtotals
        )

    def sheets(self, reference: Reference, sheet: str) -> Sequence[str]:
        """The worksheets of a reference in a formula of ``sheet``, by their names in lower case;
        nothing where the workbook has no such worksheets.
        """
        if reference.first is None:
            return (sheet.casefold(),)
        ends = (reference.first.casefold(), (reference.last or "").casefold())
        if not all(end in self.order for end in ends):
            return ()
        first, last = sorted(self.order[end] for end in ends)
        return self.names[first : last + 1]

    def holds(self, reference: Reference, cell: SheetCell) -> bool:
        """Whether a reference in a cell's formula names the cell itself."""
        sheets = self.sheets(reference, cell.sheet)
        return reference.area.holds(cell.row, cell.column) and cell.sheet.casefold() in sheets

    def formulas(self, reference: Reference, sheet: str) -> Iterator[tuple[str, int, int]]:
        """The cells with formulas that a reference names."""
        for name in self.sheets(reference, sheet):
            if (values := self._worksheets.get(name)) is not None:
                for row, column in values.formulas_in(reference.area):
                    yield name, row, column

    def result(self, formula: Arithmetic, cell: SheetCell) -> Bounded:
        """What the formula of a cell gives. Raises Uncomputable where a value that it needs is no
        number, where it names its own cell, or names too many.
        """
        return _Result(self, cell).of(formula)

    def area(self, sheet: str, area: Area, most: int) -> list[tuple[int, _Column, int, int]]:
        """The cells of an area, of which there may be ``most``, as ``_Values`` gives them."""
        values = self._worksheets.get(sheet)
        if values is None:
            raise Uncomputable
        columns = list(values.in_area(area))
        count = sum(last - first for _, _, first, last in columns)
        if count > min(most, self._cells_left):
            raise Uncomputable
        self._cells_left -= count
        return columns

    def values(self, sheet: str) -> _Values:
        """A worksheet that ``area`` knows."""
        return self._worksheets[sheet]


class _Result:
    """One formula being worked out."""

    def __init__(self, stored: StoredValues, cell: SheetCell) -> None:
        self._stored, self._cell = stored, cell
        self._cells_left = MOST_CELLS

    def of(self, formula: Arithmetic) -> Bounded:
        match formula:
            case Constant(value):
                return Bounded(value, 0.0)
            case Reference():
                return self._value(formula)
            case Negated(inner):
                value, error = self.of(inner)
                return Bounded(-value, error)
            case Combined():
                return self._combined(formula)
            case Sum(parts):
                return self._sum(parts)
            case Subtotal():
                return self._subtotal(formula)
            case Rounded():
                return self._rounded(formula)
            case _:
                assert_never(formula)

    def _columns(self, reference: Reference) -> Iterator[tuple[str, int, _Column, int, int]]:
        """The cells of a reference, with their worksheet; the formula's own must not be one."""
        sheets = self._stored.sheets(reference, self._cell.sheet)
        if not sheets or self._stored.holds(reference, self._cell):
            raise Uncomputable
        for sheet in sheets:
            columns = self._stored.area(sheet, reference.area, self._cells_left)
            for number, column, first, last in columns:
                self._cells_left -= last - first
                yield sheet, number, column, first, last

    def _value(self, reference: Reference) -> Bounded:
        """The value of one cell; an empty one counts as 0."""
        if not reference.is_one_cell:
            raise Uncomputable
        for _, _, column, first, _ in self._columns(reference):
            value = column.values[first]
            if not math.isfinite(value):
                raise Uncomputable
            return Bounded(value, 0.0 if _is_whole(value) else abs(value) * _WRITTEN)
        return Bounded(0.0, 0.0)

    def _sum(self, parts: Sequence[Arithmetic]) -> Bounded:
        numbers: list[float] = []
        error = 0.0
        for part in parts:
            if isinstance(part, Reference):
                for _, _, column, first, last in self._columns(part):
                    numbers += column.values[first:last]
            else:
                value, error_of_part = self.of(part)
                numbers.append(value)
                error += error_of_part
        return _total(numbers, error)

    def _subtotal(self, subtotal: Subtotal) -> Bounded:
        numbers: list[float] = []
        for reference in subtotal.references:
            for sheet, number, column, first, last in self._columns(reference):
                values = self._stored.values(sheet)
                for index in range(first, last):
                    row, value = column.rows[index], column.values[index]
                    nested = values.subtotals.get((row, number))
                    if nested is False:
                        raise Uncomputable
                    if nested:
                        continue
                    if row not in values.hidden_rows:
                        numbers.append(value)
                    elif not subtotal.without_hidden and value != _TEXT:
                        # Rows hidden by a filter are left out, others are added.
                        raise Uncomputable
        return _total(numbers, 0.0)

    def _combined(self, formula: Combined) -> Bounded:
        (left, left_error), (right, right_error) = self.of(formula.left), self.of(formula.right)
        match formula.operator:
            case "+" | "-":
                value = left + right if formula.operator == "+" else left - right
                error = left_error + right_error
            case "*":
                value = left * right
                error = abs(left) * right_error + (abs(right) + right_error) * left_error
            case "/":
                least = abs(right) - right_error
                if least <= 0:
                    raise Uncomputable
                value = left / right
                error = (left_error + abs(value) * right_error) / least
            case _:
                assert_never(formula.operator)
        if error == 0 and _is_whole(left) and _is_whole(right) and _is_whole(value):
            return Bounded(value, 0.0)
        largest = abs(left) + abs(right) if formula.operator in ("+", "-") else abs(value)
        return _finite(value, error + largest * _STEP)

    def _rounded(self, formula: Rounded) -> Bounded:
        (value, error), (places, _) = self.of(formula.of), self.of(formula.digits)
        if not places.is_integer() or abs(places) > 15 or abs(value) + error >= 1e15:
            raise Uncomputable
        # Both ends are rounded: where they differ, either may be the program's own result.
        step = Decimal(1).scaleb(-int(places))
        low, rounded, high = (
            float((Decimal(f"{number:.15g}") / step).to_integral_value(formula.mode) * step)
            for number in (value - error, value, value + error)
        )
        return Bounded(rounded, max(high - rounded, rounded - low))


def _stored(cell: SheetCell) -> float:
    if cell.kind == "number":
        return float(cell.raw)
    return _FAULT if cell.kind in ("error", "uncalculated") else _TEXT


def _total(numbers: Sequence[float], error: float) -> Bounded:
    """The sum of numbers and how far it can be off; texts are ignored."""
    added = [number for number in numbers if number != _TEXT]
    value, size = math.fsum(added), math.fsum(map(abs, added))
    if error == 0 and all(map(_is_whole, added)) and _is_whole(size):
        return Bounded(value, 0.0)
    return _finite(value, error + size * (_WRITTEN + len(added) * _STEP))


def _is_whole(value: float) -> bool:
    """Whether a number is whole and so small that a double is never off."""
    return abs(value) < 2.0**53 and value.is_integer()


def _finite(value: float, error: float) -> Bounded:
    if not math.isfinite(value) or not math.isfinite(error):
        raise Uncomputable
    return Bounded(value, error)
