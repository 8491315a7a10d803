"""A judged formula with the figures in place: ``8,300 ≠ 4,000 + 4,030 = 8,030``, and what follows
from it.

Figures stand as printed; computed values stand in the unit and step of the figure they are
compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Protocol, cast

from auditor.formula.judge import BLANK, Missing, Value, judge, measure, members
from auditor.formula.judge import Row as JudgedRow
from auditor.formula.parse import kind_of
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Or,
    String,
)
from auditor.records import figures
from auditor.records.figures import Answer, Figure, Quantity, Rounding
from auditor.records.text import Text

__all__ = ["Explanation", "PrintedRow", "explain", "number", "with_unit"]


# Fields whose words are the program's, not the document's.
_CODED: Final = frozenset(
    {
        "declared_achieved",
        "direction",
        "direction_source",
        "kind",
        "meaning",
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
    def link(self, name: str) -> PrintedRow | None: ...
    def note(self, table: str, values: tuple[str, ...]) -> Text | None:
        """What the form says of a combination of words in one of its tables."""
        ...


@dataclass(frozen=True)
class Explanation:
    """Why a row answered as it did.

    ``cells`` are the figures looked at, as the row they stand on and their name. ``expected``,
    ``actual`` and ``difference`` (actual − expected) are in the printed ``unit`` of the figure
    compared, where there is one.
    """

    equation: str
    cells: tuple[tuple[PrintedRow, str], ...]
    expected: Decimal | None = None
    actual: Decimal | None = None
    difference: Decimal | None = None
    unit: str = ""
    note: Text | None = None


def number(value: Decimal) -> str:
    """Digits in groups of three; a minus stands as △, as the documents print it."""
    digits = f"{abs(value):,f}"
    return f"△{digits}" if value < 0 else digits


def explain(node: Node, row: PrintedRow) -> Explanation:
    """The part of a formula that decides the answer on ``row``, with the figures in place."""
    deciding = _deciding(node, row)
    cells = tuple(dict.fromkeys([cell for part in deciding for cell in _cells(part, row)]))
    told = [part for part in deciding if not _of_words(part)]
    phrases: list[str] = [_condition(part, row) for part in told]
    equation = " · ".join(dict.fromkeys([phrase for phrase in phrases if phrase.strip("—")]))
    if (
        len(told) == 1
        and isinstance(part := told[0], Compare)
        and kind_of(part.left) == "number"
        and kind_of(part.right) == "number"
    ):
        return _compared(part, row, equation, cells)
    return Explanation(
        equation, cells, note=next((note for part in deciding if (note := _note(part, row))), None)
    )


def _note(part: Node, row: PrintedRow) -> Text | None:
    match part:
        case Compare(
            operator="in" | "not in",
            left=Items(items=words),
            right=Call(arguments=(Name(value=table),)),
        ):
            places = [_located(word, row) for word in words]
            values = [place[0].values.get(place[1], BLANK) if place else BLANK for place in places]
            return row.note(table, tuple(str(value) for value in values))
        case _:
            return None


def _deciding(node: Node, row: PrintedRow) -> list[Node]:
    """The comparisons and conditions on which a failed (or passed) condition hangs."""
    match node:
        case And(items=items) | Or(items=items):
            answer = judge(node)(row)
            parts = [item for item in items if judge(item)(row) is answer]
            if isinstance(node, And) and answer is Answer.NO:
                parts = [
                    part for part in parts if _of_words(part)
                ] or parts  # what is said of other words decides nothing here
            return [deciding for part in parts for deciding in _deciding(part, row)]
        case Not(operand=operand) if not isinstance(operand, Call):
            return _deciding(operand, row)
        case _:
            return [node]


def _of_words(part: Node) -> bool:
    """Whether a condition asks which of the program's own words stands there; its cell says so,
    an equation can't.
    """
    return (
        isinstance(part, Compare)
        and isinstance(part.right, String)
        and isinstance(part.left, Field)
        and part.left.name in _CODED
    )


def _compared(
    part: Compare, row: PrintedRow, equation: str, cells: tuple[tuple[PrintedRow, str], ...]
) -> Explanation:
    side, other = (
        (part.left, part.right)
        if _single(part.left) or not _single(part.right)
        else (part.right, part.left)
    )
    left, right = measure(side)(row), measure(other)(row)
    if isinstance(left, Missing) or isinstance(right, Missing):
        return Explanation(equation, cells)
    unit, rounding, step = _style(side, other, row)
    factor = row.factor(unit)
    actual = _printed_value(side, row)
    if actual is None:
        actual = _shown(left, factor, rounding, step)
    if (
        part.operator != "=="
    ):  # a bound is no expected value, and a figure on the right of one is the bound
        return Explanation(
            equation,
            cells,
            actual=actual if side is part.left and _single(side) else None,
            unit=unit,
        )
    expected = _shown(right, factor, rounding, step)
    return Explanation(equation, cells, expected, actual, actual - expected, unit)


def _single(node: Node) -> bool:
    return isinstance(node, Field) or (
        isinstance(node, Call) and node.function == "zero" and isinstance(node.arguments[0], Field)
    )


def _located(node: Node, row: PrintedRow) -> tuple[PrintedRow, str] | None:
    """The row and name of a single figure."""
    if isinstance(node, Call) and node.function == "zero":
        node = node.arguments[0]
    if not isinstance(node, Field):
        return None
    here: PrintedRow | None = row
    for link in node.links:
        here = here.link(link) if here else None
    return (here, node.name) if here else None


def _printed_value(node: Node, row: PrintedRow) -> Decimal | None:
    place = _located(node, row)
    figure = place[0].figure(place[1]) if place else None
    return figure.value if figure else None


def _unit(node: Node, row: PrintedRow) -> str:
    """The printed unit that a node's value is best shown in."""
    match node:
        case Field(kind="number"):
            place = _located(node, row)
            if not place:
                return ""
            figure, definition = place[0].figure(place[1]), place[0].definition(place[1])
            return (figure.unit if figure else "") or (definition.unit if definition else "")
        case Field() | Call(function="group"):
            return next(
                (
                    unit
                    for here, name in members(node, row)
                    if (unit := _unit(Field((), name, "number", 0), cast(PrintedRow, here)))
                ),
                "",
            )
        case Call(function="count"):
            return ""
        case Negative(operand=operand):
            return _unit(operand, row)
        case Arithmetic(left=left, right=right):
            return _unit(left, row) or _unit(right, row)
        case Call(arguments=below) | Items(items=below):
            return next((unit for item in below if (unit := _unit(item, row))), "")
        case _:
            return ""


def _style(side: Node, other: Node, row: PrintedRow) -> tuple[str, Rounding, Decimal]:
    """Unit, rounding and step for values on either side of a comparison."""
    place = _located(side, row)
    definition = place[0].definition(place[1]) if place else None
    unit = _unit(side, row) or _unit(other, row)
    return (
        (unit, definition.rounding, definition.step) if definition else (unit, "exact", Decimal(1))
    )


def _shown(value: Quantity, factor: Decimal, rounding: Rounding, step: Decimal) -> Decimal:
    return figures.shown(Fraction(figures.middle(value)) / Fraction(factor), rounding, step)


def _condition(node: Node, row: PrintedRow) -> str:
    match node:
        case Compare(operator="in" | "not in"):
            return _phrase(node.left, row, "")
        case Compare(left=left, right=right) if kind_of(left) == "text":
            return f"{_phrase(left, row, '')} {_sign(node, row)} {_phrase(right, row, '')}"
        case Compare(left=left, right=right):
            return _comparison(node, left, right, row)
        case Call(arguments=(argument,)):
            return f"{_phrase(argument, row, '')}"
        case Not(operand=operand):
            return _condition(operand, row)
        case _:
            return ""


_SIGNS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_OPPOSITE = {"==": "≠", "!=": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<"}


def _sign(node: Compare, row: PrintedRow) -> str:
    """The sign that is true of the figures; none is, where one side is missing."""
    answer = judge(node)(row)
    return (
        "↔"
        if answer is Answer.UNKNOWN
        else (_OPPOSITE if answer is Answer.NO else _SIGNS)[node.operator]
    )


def _comparison(node: Compare, left: Node, right: Node, row: PrintedRow) -> str:
    units = {_unit(part, row) for side in (left, right) for part in _leaves(side)} - {""}
    mixed = "mixed" if len(units) > 1 else ""
    text = f"{_phrase(left, row, mixed)} {_sign(node, row)} {_phrase(right, row, mixed)}"
    unit, rounding, step = (
        _style(left, right, row)
        if _single(left) or not _single(right)
        else _style(right, left, row)
    )
    for side, stays in ((right, False), (left, True)):
        if (
            _single(side)
            or isinstance(side, Number)
            or _extreme(side)
            or (isinstance(side, Call) and side.function == "param")
        ):
            continue
        value = measure(side)(row)
        if not isinstance(value, Missing):
            result = with_unit(
                number(_shown(value, row.factor(unit), rounding, step)), unit if mixed else ""
            )
            if _bare(result) != _bare(_phrase(side, row, mixed)):
                text = f"{result} = {text}" if stays else f"{text} = {result}"
    return text


def _bare(text: str) -> str:
    """A figure without the marks that are written in several ways."""
    return text.replace(",", "").replace("△ ", "△").replace("-", "△")


def _extreme(node: Node) -> bool:
    """Whether a node is the least or greatest of a group, which stands as the figure itself."""
    if isinstance(node, Call) and node.function == "zero":
        node = node.arguments[0]
    return (
        isinstance(node, Call)
        and node.function in ("min", "max")
        and kind_of(node.arguments[0]) == "group"
    )


def _leaves(node: Node) -> list[Node]:
    match node:
        case Arithmetic(left=left, right=right):
            return [*_leaves(left), *_leaves(right)]
        case Negative(operand=operand):
            return _leaves(operand)
        case (
            Call(function="sum" | "min" | "max" | "abs" | "zero", arguments=below)
            | Items(items=below)
        ):
            return [leaf for item in below for leaf in _leaves(item)]
        case _:
            return [node]


def _phrase(node: Node, row: PrintedRow, mixed: str) -> str:
    """A value as a reader sees it: printed figures, operators, computed values of ``agreed`` and
    the like.
    """
    match node:
        case Number(value=value):
            return number(figures.shown(value, "exact", Decimal("0.01")))
        case String(value=value):
            return f"「{value}」"
        case Field(kind="text"):
            place = _located(node, row)
            word = place[0].values.get(node.name, BLANK) if place else BLANK
            return "—" if isinstance(word, Missing) else f"「{word}」"
        case Field(kind="number"):
            place = _located(node, row)
            return _figure(*place, mixed) if place else "—"
        case Field() | Call(function="group"):
            parts = [
                _figure(cast(PrintedRow, here), name, mixed)
                for here, name in members(node, row)
                if here.values.get(name, BLANK) is not BLANK
            ]
            return " + ".join(parts) or "—"
        case Negative(operand=operand):
            return f"−({_phrase(operand, row, mixed)})"
        case Arithmetic(operator=operator, left=left, right=right):
            sign = {"+": "+", "-": "−", "*": "×", "/": "÷"}[operator]
            return f"{_bracketed(left, operator, row, mixed)} {sign} {_bracketed(right, operator, row, mixed)}"
        case Call(function="zero", arguments=(argument,)):
            filled = measure(argument)(row) is BLANK
            return (
                with_unit("0", _unit(argument, row) if mixed else "")
                if filled
                else _phrase(argument, row, mixed)
            )
        case Call(function="sum", arguments=below):
            return (
                " + ".join(phrase for item in below if (phrase := _phrase(item, row, mixed)) != "—")
                or "—"
            )
        case Call(function="min" | "max", arguments=(group,)) if kind_of(group) == "group":
            return next(
                (_figure(here, name, mixed) for here, name in _extremes(node, group, row)), "—"
            )
        case Call(function="min" | "max" | "abs" | "count" as function, arguments=below):
            return f"{function}({', '.join(_phrase(item, row, mixed) for item in below).replace(' + ', ', ')})"
        case Call(function="agreed" | "param"):
            return _computed(node, row, mixed)
        case Items(items=items):
            return (
                " → ".join(_phrase(item, row, mixed) for item in items)
                if kind_of(items[0]) == "text"
                else " + ".join(
                    phrase for item in items if (phrase := _phrase(item, row, mixed)) != "—"
                )
            )
        case _:
            return ""


def _extremes(node: Node, group: Node, row: PrintedRow) -> list[tuple[PrintedRow, str]]:
    """The members of a group that are its least or greatest."""
    extreme = measure(node)(row)
    return [
        (cast(PrintedRow, here), name)
        for here, name in members(group, row)
        if here.values.get(name, BLANK) == extreme
    ]


def _bracketed(node: Node, operator: str, row: PrintedRow, mixed: str) -> str:
    text = _phrase(node, row, mixed)
    loose = isinstance(node, Arithmetic) and node.operator in "+-" and operator in "*/-"
    return (
        f"({text})"
        if loose
        or (isinstance(node, Call) and node.function == "sum" and " + " in text and operator != "+")
        else text
    )


def _computed(node: Call, row: PrintedRow, mixed: str) -> str:
    value = measure(node)(row)
    if isinstance(value, Missing):
        return "?"
    unit = "" if isinstance(node.arguments[0], Name) else _unit(node.arguments[0], row)
    style = next(
        (
            d
            for leaf in _leaves(node.arguments[0])
            if (place := _located(leaf, row)) and (d := place[0].definition(place[1]))
        ),
        None,
    )
    step = style.step if style else Decimal(1)
    shown = _shown(
        value, row.factor(unit), "half_up" if isinstance(value, figures.Interval) else "exact", step
    )
    return with_unit(number(shown), unit if mixed else "")


def _figure(row: PrintedRow, name: str, mixed: str) -> str:
    figure = row.figure(name)
    value: Value = row.values.get(name, BLANK)
    if figure is None:
        return (
            "—"
            if isinstance(value, (Missing, str))
            else number(figures.shown(figures.middle(value), "exact", Decimal(1)))
        )
    if figure.state == "blank":
        return "—"
    text = figure.printed or (number(figure.value) if figure.value is not None else "—")
    return with_unit(text, figure.unit if mixed and figure.value is not None else "")


def with_unit(text: str, unit: str) -> str:
    """``8,300千円``, ``52.5%``, ``635 EUR``: words in letters stand apart."""
    return f"{text} {unit}" if unit[:1].isascii() and unit[:1].isalpha() else text + unit


def _cells(node: Node, row: PrintedRow) -> list[tuple[PrintedRow, str]]:
    """The figures and words a condition looks at; of a group, those that are printed."""
    match node:
        case Call(function="min" | "max", arguments=(group,)) if kind_of(group) == "group":
            return _extremes(node, group, row)
        case Field(kind="group") | Call(function="group"):
            return [
                (cast(PrintedRow, here), name)
                for here, name in members(node, row)
                if here.values.get(name, BLANK) is not BLANK
            ]
        case Field(
            name="year"
            | "kind"
            | "fiscal_year"
            | "due_year"
            | "first_year"
            | "last_year"
            | "status"
            | "target_bound"
        ):
            return []
        case Field(
            links=links, name="direction_source"
        ):  # what the direction comes from is told with it
            return _cells(Field(links, "direction", "text", 0), row)
        case Field():
            place = _located(Field(node.links, node.name, "number", 0), row)
            return [place] if place else []
        case Negative(operand=below) | Not(operand=below):
            return _cells(below, row)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return [*_cells(left, row), *_cells(right, row)]
        case (
            And(items=several) | Or(items=several) | Items(items=several) | Call(arguments=several)
        ):
            return [cell for item in several for cell in _cells(item, row)]
        case _:
            return []
