"""Conditional formats, as far as they decide what a figure's cell prints.

Comparisons with constants and cells of the worksheet, blanks and errors are worked out. Of any
other condition it is unknown whether it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

from auditor.readers.workbook.looks import Change
from auditor.readers.workbook.number_formats import plain
from auditor.records.addresses import Area, parse_address, parse_area

__all__ = ["Condition", "Content"]

Value = Decimal | str | bool


class Blank:
    """A cell that holds nothing."""


class Fault:
    """A cell that holds an error value."""


Content = Value | Blank | Fault
Lookup = Callable[[int, int], Content]
"""What the cell of a row and a column holds; raises LookupError where that is not known."""


@dataclass
class Condition:
    """One rule of a conditional format, over areas whose first cell its formulas are written for.

    ``hides``: the rule draws something in the place of the number, whatever its condition.
    ``scale``: the changes between which a scale of colours chooses.
    """

    areas: Sequence[Area]
    kind: str
    priority: int
    change: Change
    operator: str = ""
    text: str = ""
    stops: bool = False
    hides: bool = False
    formulas: list[list[str]] = field(default_factory=list[list[str]])
    """Its formulas, each in the pieces in which it was read."""
    scale: tuple[Change, ...] = ()
    rank: int = 0
    is_bottom: bool = False
    is_percent: bool = False

    def changes(self) -> Sequence[Change]:
        """What it may change a cell's look to."""
        return self.scale or (self.change,)

    def holds(
        self, row: int, column: int, content: Lookup, values: Callable[[], Sequence[Value]] = tuple
    ) -> bool | None:
        """Whether it holds for a cell; None where that could not be worked out. ``values`` are
        what the cells of its areas hold.
        """
        first = self.areas[0]
        at = row, column
        moved = row - first.top, column - first.left

        def value(index: int) -> Content:
            return _Formula("".join(self.formulas[index]), at, moved, content).value()

        try:
            if self.kind in ("duplicateValues", "uniqueValues", "top10"):
                return self._among(content(row, column), values())
            return self._holds(content(row, column), value)
        except (LookupError, ValueError, ArithmeticError, RecursionError):
            return None

    def _among(self, cell: Content, values: Sequence[Value]) -> bool | None:
        """Whether a rule holds that compares a cell with the others of its areas."""
        if isinstance(cell, Blank | Fault):
            return False
        if len(values) > _MOST_COMPARED:
            return None
        if self.kind != "top10":
            alike = sum(_rank(value) == _rank(cell) for value in values)
            return (alike > 1) is (self.kind == "duplicateValues")
        numbers = [value for value in values if isinstance(value, Decimal)]
        if not isinstance(cell, Decimal):
            return False
        if self.rank <= 0:
            return None
        many = max(len(numbers) * self.rank // 100, 1) if self.is_percent else self.rank
        before = sum(value < cell if self.is_bottom else value > cell for value in numbers)
        return before < many

    def _holds(self, cell: Content, value: Callable[[int], Content]) -> bool | None:
        shown = cell if isinstance(cell, str) else ""
        if isinstance(cell, Decimal):
            shown = plain(cell)
        match self.kind:
            case "cellIs":
                return self._compared(cell, value)
            case "expression":
                return _truth(value(0))
            case "containsErrors":
                return isinstance(cell, Fault)
            case "notContainsErrors":
                return not isinstance(cell, Fault)
            case "containsBlanks":
                return not isinstance(cell, Fault) and not shown.strip()
            case "notContainsBlanks":
                return bool(shown.strip())
            case "containsText" if self.text:
                return self.text.casefold() in shown.casefold()
            case "beginsWith" if self.text:
                return shown.casefold().startswith(self.text.casefold())
            case "endsWith" if self.text:
                return shown.casefold().endswith(self.text.casefold())
            case "notContainsText" if self.text:
                return self.text.casefold() not in shown.casefold()
            case _:
                return None

    def _compared(self, cell: Content, value: Callable[[int], Content]) -> bool | None:
        sign = _OPERATORS.get(self.operator)
        if sign is not None:
            return _compare(cell, sign, value(0))
        if self.operator in ("between", "notBetween"):
            low, high = value(0), value(1)
            if _compare(low, ">", high):
                low, high = high, low
            inside = _compare(cell, ">=", low) and _compare(cell, "<=", high)
            return inside is (self.operator == "between")
        return None


_OPERATORS: Final = {
    "equal": "=",
    "notEqual": "<>",
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
}


# --- values


def _truth(value: Content) -> bool:
    """A value as a condition; an error or a text makes none that holds."""
    if isinstance(value, Decimal | bool):
        return bool(value)
    return False


def _rank(value: Value) -> tuple[int, Value]:
    """Numbers come before texts, and both before yes and no."""
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def _compare(left: Content, sign: str, right: Content) -> bool:
    if isinstance(left, Fault) or isinstance(right, Fault):
        return False
    first, second = _rank(_as_like(left, right)), _rank(_as_like(right, left))
    before, same = _before(first, second), first == second
    match sign:
        case "=":
            return same
        case "<>":
            return not same
        case "<":
            return before
        case "<=":
            return before or same
        case ">":
            return not before and not same
        case _:
            return not before


def _before(lower: tuple[int, Value], upper: tuple[int, Value]) -> bool:
    if lower[0] != upper[0]:
        return lower[0] < upper[0]
    first, second = lower[1], upper[1]
    if isinstance(first, str) and isinstance(second, str):
        return first < second
    return Decimal(first) < Decimal(second)


def _as_like(value: Content, other: Content) -> Value:
    """A blank is what the other value would be if it were nothing."""
    if isinstance(value, Blank):
        if isinstance(other, str):
            return ""
        return False if isinstance(other, bool) else Decimal(0)
    if isinstance(value, Fault):
        raise LookupError
    return value


# --- formulas


_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|"(?P<text>(?:[^"]|"")*)"
    |(?P<cell>\$?[A-Za-z]{1,3}\$?[0-9]{1,7})(?![\w(.!:])|(?P<call>[A-Za-z]+)\(
    |(?P<word>TRUE|FALSE)(?!\w)|(?P<sign><=|>=|<>|[-+*/=<>(),]))""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST: Final = 500
_MOST_COMPARED: Final = 5_000
_COMPARISONS: Final = frozenset(("=", "<>", "<", "<=", ">", ">="))


class _Formula:
    """A formula that is worked out while it is read; ValueError where it says anything else."""

    def __init__(
        self, formula: str, place: tuple[int, int], moved: tuple[int, int], content: Lookup
    ) -> None:
        self.tokens = _tokens(formula)
        self.at = 0
        self.place, self.moved, self.content = place, moved, content

    def value(self) -> Content:
        value = self._comparison()
        if self.at < len(self.tokens):
            raise ValueError
        return value

    def _sign(self, *signs: str) -> str:
        """The next token where it is one of the signs."""
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "sign" and text in signs:
                self.at += 1
                return text
        return ""

    def _need(self, sign: str) -> None:
        if not self._sign(sign):
            raise ValueError

    def _comparison(self) -> Content:
        value = self._sum()
        while sign := self._sign(*_COMPARISONS):
            other = self._sum()
            if isinstance(value, Fault) or isinstance(other, Fault):
                value = Fault()
            else:
                value = _compare(value, sign, other)
        return value

    def _sum(self) -> Content:
        value = self._product()
        while sign := self._sign("+", "-"):
            value = _reckoned(value, sign, self._product())
        return value

    def _product(self) -> Content:
        value = self._single()
        while sign := self._sign("*", "/"):
            value = _reckoned(value, sign, self._single())
        return value

    def _single(self) -> Content:
        if self._sign("-"):
            return _reckoned(Decimal(0), "-", self._single())
        if self._sign("("):
            value = self._comparison()
            self._need(")")
            return value
        if self.at >= len(self.tokens):
            raise ValueError
        kind, text = self.tokens[self.at]
        self.at += 1
        match kind:
            case "number":
                return Decimal(text)
            case "text":
                return text.replace('""', '"')
            case "word":
                return text.upper() == "TRUE"
            case "cell":
                return self._cell(text)
            case "call":
                return self._call(text.upper())
            case _:
                raise ValueError

    def _cell(self, reference: str) -> Content:
        place = parse_address(reference)
        if place is None:
            raise ValueError
        row, column = place
        fixed_column = reference.startswith("$")
        fixed_row = "$" in reference[1:]
        return self.content(
            row if fixed_row else row + self.moved[0],
            column if fixed_column else column + self.moved[1],
        )

    def _call(self, name: str) -> Content:
        values: list[Content] = []
        if not self._sign(")"):
            values.append(self._comparison())
            while self._sign(","):
                values.append(self._comparison())
            self._need(")")
        if name in ("ROW", "COLUMN") and not values:
            return Decimal(self.place[name == "COLUMN"])
        if name in ("AND", "OR"):
            if not values:
                raise ValueError
            return (all if name == "AND" else any)(map(_truth, values))
        if len(values) == 1:
            return _asked(name, values[0])
        return _of_several(name, values)


def _tokens(formula: str) -> list[tuple[str, str]]:
    formula = formula.strip().removeprefix("=")
    if len(formula) > _LONGEST:
        raise ValueError
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None or match.lastgroup is None:
            raise ValueError
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


def _reckoned(left: Content, sign: str, right: Content) -> Content:
    if isinstance(left, Fault) or isinstance(right, Fault):
        return Fault()
    operands = [_as_like(value, Decimal(0)) for value in (left, right)]
    if any(isinstance(operand, str) for operand in operands):
        raise ValueError
    first, second = map(Decimal, operands)
    match sign:
        case "+":
            return first + second
        case "-":
            return first - second
        case "*":
            return first * second
        case _:
            return first / second if second else Fault()


def _asked(name: str, value: Content) -> Content:
    match name:
        case "ISERROR" | "ISERR" | "ISNA":
            if isinstance(value, Fault) and name != "ISERROR":
                raise ValueError  # which error it is was not kept
            return isinstance(value, Fault)
        case "ISBLANK":
            return isinstance(value, Blank)
        case "ISNUMBER":
            return isinstance(value, Decimal)
        case "ISTEXT":
            return isinstance(value, str)
        case "NOT":
            return not _truth(value)
        case "ABS" if isinstance(value, Decimal):
            return abs(value)
        case "INT" if isinstance(value, Decimal):
            return value.to_integral_value(ROUND_FLOOR)
        case "LEN" if not isinstance(value, Fault | bool):
            text = plain(value) if isinstance(value, Decimal) else ""
            return Decimal(len(value if isinstance(value, str) else text))
        case _:
            raise ValueError


def _of_several(name: str, values: Sequence[Content]) -> Content:
    """The value of a function of several values."""
    first, second = (*values, None, None)[:2]
    if name == "IF" and len(values) in (2, 3):
        other = values[2] if len(values) == 3 else False
        return values[1] if _truth(values[0]) else other
    if not isinstance(second, Decimal) or len(values) != 2:
        raise ValueError
    match name:
        case "MOD" if isinstance(first, Decimal) and second:
            return first - second * (first / second).to_integral_value(ROUND_FLOOR)
        case "ROUND" if isinstance(first, Decimal):
            return first.quantize(Decimal(1).scaleb(-int(second)), ROUND_HALF_UP)
        case "LEFT" | "RIGHT" if isinstance(first, Decimal | str) and second > 0:
            text = plain(first) if isinstance(first, Decimal) else first
            return text[: int(second)] if name == "LEFT" else text[-int(second) :]
        case _:
            raise ValueError


def areas_of(references: str) -> Iterator[Area]:
    """The areas of a list of them: ``A1:B2 D4``."""
    return (area for text in references.split() if (area := parse_area(text)) is not None)
