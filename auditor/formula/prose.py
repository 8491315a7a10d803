"""What a trace says to people: ``8,300 ≠ 4,000 + 4,030 = 8,030``, and what follows from it.

Figures stand as printed; computed values stand in the unit and step of the figure they are
compared with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Final, NamedTuple, Protocol, cast

from auditor.formula.functions import OfOthers, function_of, kind_of
from auditor.formula.judge import equal_to
from auditor.formula.trace import SHOWN, Trace, hinges
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Field,
    Items,
    Members,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Operator,
    Or,
    String,
    fields,
)
from auditor.formula.values import BLANK, Missing, Value
from auditor.formula.values import Row as JudgedRow
from auditor.records import figures
from auditor.records.decimals import EXACT, number
from auditor.records.fields import UNKNOWN_UNIT
from auditor.records.figures import Answer, Figure, Quantity, Rounding
from auditor.records.text import Text

__all__ = [
    "NOTHING",
    "Explanation",
    "Part",
    "PrintedRow",
    "explain",
    "has_unit",
    "in_figures",
    "prints_unit",
    "unit_beside",
    "unit_of",
    "with_unit",
]


# Fields whose words are the program's, not the document's.
_CODED: Final = frozenset(
    {
        "declared_achieved",
        "direction",
        "direction_source",
        "kind",
        "meaning",
        "role",
        "status",
        "target_bound",
    }
)
# What a finding does not point at: these say which row it is, or follow from other cells.
_NO_CELL: Final = frozenset(
    {
        "year",
        "kind",
        "role",
        "budget_stages",
        "fiscal_year",
        "due_year",
        "first_year",
        "last_printed_year",
        "status",
        "target_bound",
    }
)


class Definition(Protocol):
    """What the form says of a printed figure."""

    @property
    def unit(self) -> str: ...
    @property
    def rounding(self) -> Rounding: ...
    @property
    def step(self) -> Decimal: ...


class PrintedRow(JudgedRow, Protocol):
    """A row that also knows how its figures are printed."""

    def figure(self, name: str) -> Figure | None: ...
    def definition(self, name: str) -> Definition | None: ...
    def factor(self, unit: str) -> Decimal: ...
    def note(self, table: str, values: tuple[str, ...]) -> Text | None:
        """What the form says of a combination of words in one of its tables."""
        ...


Part = Trace[PrintedRow]
Cell = tuple[PrintedRow, str]
NameBeside = Callable[[PrintedRow, PrintedRow], Text]
"""What a finding on the second row calls the first."""


class Explanation(NamedTuple):
    """Why a row answered as it did.

    ``cells`` are the figures looked at, as the row they stand on and their name. ``expected``,
    ``actual`` and ``difference`` (actual − expected) are in the printed ``unit`` of the figure
    compared, where there is one. ``note`` is said in place of the rule's title, ``remark`` behind
    either.
    """

    equation: str
    cells: tuple[Cell, ...]
    expected: Decimal | None = None
    actual: Decimal | None = None
    difference: Decimal | None = None
    unit: str = ""
    note: Text | None = None
    remark: Text | None = None


NOTHING: Final = Explanation("", ())
"""Where there is nothing to explain."""


class _Style(NamedTuple):
    """How computed values beside a figure are shown."""

    unit: str
    rounding: Rounding = "exact"
    step: Decimal = Decimal(1)


def with_unit(text: str, unit: str) -> str:
    """``8,300千円``, ``52.5%``, ``635 EUR``: words in letters stand apart; a unit that the text
    prints itself stands once, and one that nobody knows does not stand there.
    """
    if unit in ("", UNKNOWN_UNIT) or prints_unit(text, unit):
        return text
    return f"{text} {unit}" if unit[:1].isascii() and unit[:1].isalpha() else text + unit


def prints_unit(text: str, unit: str) -> bool:
    """Whether a figure prints its unit itself, in whatever width: ``52.5％`` prints ``%``."""
    return unit != "" and _narrow(text).endswith(_narrow(unit))


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def explain(part: Part, name_beside: NameBeside) -> Explanation:
    """The part of a formula that decides the answer, with the figures in place."""
    # Where a word alone decides, what is said of figures beside it does not.
    deciding = hinges(part, _of_words)
    cells = tuple(dict.fromkeys(chain.from_iterable(map(_cells, deciding))))
    shown = [part for part in deciding if not _of_words(part)]
    shown = [part for part in shown if not _is_shown_beside(part, shown)]
    phrases = [_condition(part) for part in shown]
    equation = " · ".join(dict.fromkeys(phrase for phrase in phrases if phrase.strip("—")))
    remark = _remark(deciding, name_beside)
    if len(shown) == 1 and _compares_numbers(shown[0].node):
        return _compared(shown[0], equation, cells)._replace(remark=remark)
    notes = (_note(part) for part in deciding)
    note = next((note for note in notes if note), None)
    return Explanation(equation, cells, note=note, remark=remark)


def _compares_numbers(node: Node) -> bool:
    if not isinstance(node, Compare):
        return False
    return kind_of(node.left) == "number" and kind_of(node.right) == "number"


def _note(part: Part) -> Text | None:
    match part.node:
        case Compare(
            operator="in" | "not in", left=Items(), right=Call(arguments=(Name(value=table),))
        ):
            words = [word.value if word.cells else BLANK for word in part.parts[0].parts]
            return part.row.note(table, tuple(str(word) for word in words))
        case _:
            return None


# --- what is said of many rows


def _remark(deciding: Sequence[Part], name_beside: NameBeside) -> Text | None:
    """Which other rows are like this one, and how many figures of a set of rows are not shown."""
    parts = list(chain.from_iterable(part.walk() for part in deciding))
    others = [part for part in parts if _is_of_others(part.node) and part.answer is Answer.NO]
    remarks = [_others(part, name_beside) for part in others]
    hidden = [(len(part.cells), part.size) for part in parts if isinstance(part.node, Members)]
    for shown, size in dict.fromkeys(hidden):
        if size is not None and size > shown:
            remarks.append(
                Text(
                    en=f" ({shown} of {size:,} figures shown, {size - shown:,} more)",
                    ja=f"（{size:,}件のうち{shown}件を表示、ほか{size - shown:,}件）",
                )
            )
    if not remarks:
        return None
    return Text(
        en="".join(remark.en for remark in remarks), ja="".join(remark.ja for remark in remarks)
    )


def _is_of_others(node: Node) -> bool:
    return isinstance(node, Call) and isinstance(function_of(node).judgement, OfOthers)


def _others(part: Part, name_beside: NameBeside) -> Text:
    """The first of the rows that are like this one, and how many more there are."""
    rows = list(dict.fromkeys(row for row, _ in part.cells))
    names = [name_beside(row, part.row) for row in rows]
    more = (part.size or 0) - len(rows)
    return Text(
        en=": " + ", ".join(name.en for name in names) + (f" and {more:,} more" if more else ""),
        ja="：" + "、".join(name.ja for name in names) + (f"、ほか{more:,}件" if more else ""),
    )


# --- what decides


def _is_shown_beside(part: Part, shown: Sequence[Part]) -> bool:
    """Whether a condition only asks if a figure is blank that a comparison beside it shows."""
    if not isinstance(part.node, Call) or part.node.function not in ("blank", "present"):
        return False
    compared = [_cells(each) for each in shown if isinstance(each.node, Compare)]
    return any(set(_cells(part)) <= set(cells) for cells in compared)


def _of_words(part: Part) -> bool:
    """Whether a condition asks which of the program's own words stands there; its cell says so,
    an equation can't.
    """
    match part.node:
        case Compare(left=Field(name=name), right=String()):
            return name in _CODED
        case _:
            return False


def _compared(part: Part, equation: str, cells: tuple[Cell, ...]) -> Explanation:
    """The explanation of a comparison of numbers: what was expected, and what stands there."""
    assert isinstance(part.node, Compare)
    left, right = part.parts
    side, other = (left, right) if _single(left) or not _single(right) else (right, left)
    value, counterpart = _number_of(side), _number_of(other)
    if value is None or counterpart is None:
        return Explanation(equation, cells)
    style = _style(side, other)
    factor = part.row.factor(style.unit)
    actual = _printed_value(side)
    if actual is None:
        actual = _shown(value, factor, style)
    if part.node.operator != "==":
        # A bound is no expected value, and a figure on the right of one is the bound.
        figure = actual if side is left and _single(side) else None
        return Explanation(equation, cells, actual=figure, unit=style.unit)
    expected = _shown(counterpart, factor, style)
    difference = EXACT.subtract(actual, expected)
    if _is_of_last_year(other):
        # What last year's book prints is no result: either book may be right.
        return Explanation(equation, cells, None, actual, difference, style.unit)
    return Explanation(equation, cells, expected, actual, difference, style.unit)


def _is_of_last_year(part: Part) -> bool:
    """Whether a part takes a figure from last year's book."""
    links = chain.from_iterable(field.links for field in fields(part.node))
    return any(link.partition(".")[0] == "earlier" for link in links)


# --- figures behind a part


def _number_of(part: Part) -> Quantity | None:
    value = part.value
    return None if value is None or isinstance(value, Missing | str) else value


def _is_transparent(node: Node) -> bool:
    return isinstance(node, Call) and function_of(node).transparent


def _single(part: Part) -> bool:
    """Whether a part is one printed figure, or stands for one."""
    inner = part.parts[0] if _is_transparent(part.node) else part
    return isinstance(inner.node, Field)


def _located(part: Part) -> Cell | None:
    """The row and name of a single figure."""
    inner = part.parts[0] if _is_transparent(part.node) else part
    if not isinstance(inner.node, Field) or inner.node.kind == "group" or not inner.cells:
        return None
    return inner.cells[0]


def _value_of(cell: Cell) -> Value:
    row, name = cell
    return row.values.get(name, BLANK)


def _printed_value(part: Part) -> Decimal | None:
    cell = _located(part)
    figure = cell[0].figure(cell[1]) if cell else None
    return figure.value if figure else None


def _printed_members(part: Part) -> list[Cell]:
    return [cell for cell in part.cells if _value_of(cell) is not BLANK]


def _unit_of(cell: Cell) -> str:
    row, name = cell
    figure, definition = row.figure(name), row.definition(name)
    return (figure.unit if figure else "") or (definition.unit if definition else "")


def _unit(part: Part) -> str:
    """The printed unit that a part's value is best shown in."""
    match part.node:
        case Field(kind="text"):
            return ""
        case Field() | Members() | Call(function="group"):
            return next((unit for cell in part.cells if (unit := _unit_of(cell))), "")
        case Call():
            return _first_unit(part.parts) if function_of(part.node).has_unit else ""
        case Negative() | Arithmetic() | Items():
            return _first_unit(part.parts)
        case _:
            return ""


def _first_unit(parts: Sequence[Part]) -> str:
    return next((unit for part in parts if (unit := _unit(part))), "")


def _style(side: Part, other: Part) -> _Style:
    """Unit, rounding and step for values on either side of a comparison."""
    cell = _located(side)
    definition = cell[0].definition(cell[1]) if cell else None
    unit = _unit(side) or _unit(other)
    return _Style(unit, definition.rounding, definition.step) if definition else _Style(unit)


def _shown(value: Quantity, factor: Decimal, style: _Style) -> Decimal:
    middle = Fraction(figures.middle(value)) / Fraction(factor)
    return figures.shown(middle, style.rounding, style.step)


# --- single parts


def unit_of(part: Part) -> str:
    """The printed unit that a part's value is best shown in; empty where it has none."""
    return _unit(part)


def has_unit(part: Part) -> bool:
    """Whether a part's value has a unit: a count has none."""
    return not isinstance(part.node, Call) or function_of(part.node).has_unit


def unit_beside(part: Part) -> str:
    """The printed unit in which both sides of a comparison of numbers are best shown."""
    first, second = part.parts
    if _single(first) or not _single(second):
        return _style(first, second).unit
    return _style(second, first).unit


def in_figures(part: Part) -> str:
    """A part with the printed figures in place; empty where that says nothing, or where the
    program's own words or the year of a row would stand in it.
    """
    names = (inner.node.name for inner in part.walk() if isinstance(inner.node, Field))
    if any(name in _CODED or name in _NO_CELL for name in names):
        return ""
    phrase = _phrase(part, mixed=False) if part.answer is None else _condition(part)
    return phrase if phrase.strip("—") else ""


# --- phrases


def _condition(part: Part) -> str:
    match part.node:
        case Compare(operator="in" | "not in"):
            return _phrase(part.parts[0], mixed=False)
        case Compare(left=side) if kind_of(side) == "text":
            first, second = (_phrase(below, mixed=False) for below in part.parts)
            return f"{first} {_sign(part)} {second}"
        case Compare():
            return _comparison(part)
        case Call():
            return _phrase(part, mixed=False)
        case Not():
            return _condition(part.parts[0])
        case _:
            return ""


_SIGNS: Final[dict[Comparison, str]] = {
    "==": "=",
    "!=": "≠",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
}
_OPPOSITE: Final[dict[Comparison, str]] = {
    "==": "≠",
    "!=": "=",
    "<": "≥",
    "<=": ">",
    ">": "≤",
    ">=": "<",
}
_OPERATORS: Final[dict[Operator, str]] = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def _sign(part: Part) -> str:
    """The sign that is true of the figures; none is, where one side is missing."""
    assert isinstance(part.node, Compare)
    if part.answer is Answer.UNKNOWN:
        return "↔"
    return (_OPPOSITE if part.answer is Answer.NO else _SIGNS)[part.node.operator]


def _comparison(part: Part) -> str:
    first, second = part.parts
    leaves = [*_leaves(first), *_leaves(second)]
    mixed = len({_unit(leaf) for leaf in leaves} - {""}) > 1
    text = f"{_phrase(first, mixed)} {_sign(part)} {_phrase(second, mixed)}"
    style = (
        _style(first, second) if _single(first) or not _single(second) else _style(second, first)
    )
    for side in (second, first):
        if result := _result(side, style, mixed):
            text = f"{result} = {text}" if side is first else f"{text} = {result}"
    return text


def _result(side: Part, style: _Style, mixed: bool) -> str:
    """What a side comes to, where its phrase does not say so already."""
    value = _number_of(side)
    if value is None or _single(side) or isinstance(side.node, Number) or _is_one_figure(side):
        return ""
    shown = number(_shown(value, side.row.factor(style.unit), style))
    result = with_unit(shown, style.unit if mixed else "")
    return "" if _bare(result) == _bare(_phrase(side, mixed)) else result


def _bare(text: str) -> str:
    """A figure without the marks that are written in several ways."""
    return text.replace(",", "").replace("△ ", "△").replace("-", "△")


def _is_one_figure(part: Part) -> bool:
    """Whether a part's phrase is a figure: the least or greatest of a group, a number of the
    form's.
    """
    inner = part.parts[0] if _is_transparent(part.node) else part
    if _is_extreme(inner):
        return True
    return isinstance(part.node, Call) and function_of(part.node).kind == "form"


def _is_extreme(part: Part) -> bool:
    """Whether a part is the least or greatest of one group."""
    if not isinstance(part.node, Call) or len(part.parts) != 1:
        return False
    picks = function_of(part.node).order in ("least", "greatest")
    return picks and kind_of(part.parts[0].node) == "group"


def _leaves(part: Part) -> list[Part]:
    match part.node:
        case Arithmetic() | Negative() | Items():
            below = part.parts
        case Call() if function_of(part.node).shows_parts:
            below = part.parts
        case _:
            return [part]
    return list(chain.from_iterable(map(_leaves, below)))


def _phrase(part: Part, mixed: bool) -> str:
    """A part as a reader sees it: printed figures, operators, and values that are worked out.

    With ``mixed``, figures stand with their units.
    """
    match part.node:
        case Number(value=value):
            return number(figures.shown(value, "exact", Decimal("0.01")))
        case String(value=value):
            return f"「{value}」"
        case Field(kind="text"):
            return f"「{part.value}」" if isinstance(part.value, str) else "—"
        case Field(kind="number"):
            cell = _located(part)
            return _figure(cell, mixed) if cell else "—"
        case Field() | Members():
            return _Phrases(part, mixed).members()
        case Negative():
            return f"−({_phrase(part.parts[0], mixed)})"
        case Arithmetic(operator=operator):
            first, second = (_bracketed(side, operator, mixed) for side in part.parts)
            return f"{first} {_OPERATORS[operator]} {second}"
        case Call():
            return function_of(part.node).phrase(_Phrases(part, mixed))
        case Items(items=items) if kind_of(items[0]) == "text":
            return " → ".join(_phrase(item, mixed) for item in part.parts)
        case Items():
            return _joined(part.parts, mixed)
        case Name() | Compare() | And() | Or() | Not():
            return ""


def _joined(parts: Sequence[Part], mixed: bool) -> str:
    phrases = (_phrase(part, mixed) for part in parts)
    return " + ".join(phrase for phrase in phrases if phrase != "—")


class _Phrases(NamedTuple):
    """The phrases of a call; see ``functions.PhraseForms``."""

    part: Part
    mixed: bool

    def argument(self) -> str:
        return _phrase(self.part.parts[0], self.mixed)

    def sum(self) -> str:
        return _joined(self.part.parts, self.mixed) or "—"

    def call(self) -> str:
        assert isinstance(self.part.node, Call)
        arguments = ", ".join(_phrase(part, self.mixed) for part in self.part.parts)
        return f"{self.part.node.function}({arguments.replace(' + ', ', ')})"

    def extreme(self) -> str:
        if not _is_extreme(self.part):
            return self.call()
        return next((_figure(cell, self.mixed) for cell in _extremes(self.part)), "—")

    def blank_as_zero(self) -> str:
        (argument,) = self.part.parts
        if argument.value is not BLANK:
            return _phrase(argument, self.mixed)
        return with_unit("0", _unit(argument) if self.mixed else "")

    def members(self) -> str:
        cells = _printed_members(self.part)
        phrases = [_figure(cell, self.mixed) for cell in cells]
        if (self.part.size or 0) > len(self.part.cells):
            phrases.append("…")
        return " + ".join(phrases) or "—"

    def side_by_side(self) -> str:
        phrases = (_phrase(part, self.mixed) for part in self.part.parts)
        return ", ".join(phrase for phrase in phrases if phrase != "—")

    def value(self) -> str:
        value = _number_of(self.part)
        if value is None:
            return "?"
        argument = self.part.parts[0]
        unit = _unit(argument)
        rounding: Rounding = "half_up" if isinstance(value, figures.Interval) else "exact"
        style = _Style(unit, rounding, _step(argument))
        shown = _shown(value, self.part.row.factor(unit), style)
        return with_unit(number(shown), unit if self.mixed else "")


def _step(part: Part) -> Decimal:
    """The step to which the first figure of a part is printed."""
    for leaf in _leaves(part):
        cell = _located(leaf)
        definition = cell[0].definition(cell[1]) if cell else None
        if definition:
            return definition.step
    return Decimal(1)


def _extremes(part: Part) -> list[Cell]:
    """The members of a group that are its least or greatest; of a set of rows, the first few."""
    group = part.parts[0]
    if isinstance(group.node, Members) and part.value is not None:
        cells = equal_to(group.node, part.row, part.value)
        return cast("list[Cell]", list(cells[:SHOWN]))
    return [cell for cell in part.parts[0].cells if _value_of(cell) == part.value]


def _bracketed(part: Part, operator: Operator, mixed: bool) -> str:
    text = _phrase(part, mixed)
    loose = isinstance(part.node, Arithmetic) and part.node.operator in "+-"
    if loose and operator != "+":
        return f"({text})"
    is_sum = isinstance(part.node, Call) and " + " in text
    return f"({text})" if is_sum and operator != "+" else text


def _figure(cell: Cell, mixed: bool) -> str:
    row, name = cell
    figure, value = row.figure(name), _value_of(cell)
    if figure is None:
        if isinstance(value, (Missing, str)):
            return "—"
        return number(figures.shown(figures.middle(value), "exact", Decimal(1)))
    if figure.state == "blank":
        return "—"
    return with_unit(
        figure.shown() or "—", figure.unit if mixed and figure.value is not None else ""
    )


# --- cells


def _cells(part: Part) -> list[Cell]:
    """The figures and words a condition looks at; of a group, those that are printed."""
    match part.node:
        case Field(kind="group") | Members() | Call(function="group"):
            return _printed_members(part)
        case Field(name=name) if name in _NO_CELL:
            return []
        case Field(name="direction_source"):  # where the direction comes from stands in its cell
            return [(row, "direction") for row, _ in part.cells]
        case Field():
            return list(part.cells)
        case Call() if _is_extreme(part):
            return _extremes(part)
        case Call() if _is_of_others(part.node):
            here = chain.from_iterable(map(_cells, part.parts))
            return [*here, *(cell for cell in part.cells if cell[1] not in _NO_CELL)]
        case _:
            return list(chain.from_iterable(map(_cells, part.parts)))
