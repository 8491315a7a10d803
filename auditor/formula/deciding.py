"""What an answer hangs on, read from its trace.

An answer is unknown because of cells that have no value, or of rows that nobody knows; it is open
because figures are rounded; else some comparisons decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Generic, Literal, NamedTuple, TypeVar

from auditor.formula.functions import OfFigure, OfForm, OfGroup, OfOthers, OfParts, function_of
from auditor.formula.judge import gathered
from auditor.formula.trace import Trace, hinges
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Members,
    Negative,
    Not,
    Or,
)
from auditor.formula.values import BLANK, UNKNOWN, Missing, Row, Value
from auditor.records.figures import Answer, Interval

__all__ = ["Decider", "DeciderKind", "deciders"]

R = TypeVar("R", bound=Row)

DeciderKind = Literal[
    "blank",
    "unknown",
    "all_blank",
    "no_row",
    "rows",
    "agreed",
    "param",
    "division",
    "rounding",
    "condition",
]
"""``blank`` and ``unknown``: a cell has no value. ``all_blank``: none of the cells has one, and one
would be enough. ``no_row``: a path leads to no row. ``rows``: nobody knows which rows a set has.
``agreed``: the rows of a group do not tell. ``param``: the form sets no number. ``division``: the
divisor may be 0. ``rounding``: within the rounding of the cells both answers are possible.
``condition``: a comparison or condition answers yes or no.
"""


class Decider(NamedTuple, Generic[R]):
    """One thing that an answer hangs on.

    ``part`` is the part of the trace that it is about, ``cells`` are the rows and names; of a set
    of rows they are the first few of ``size``.
    """

    kind: DeciderKind
    part: Trace[R]
    cells: tuple[tuple[R, str], ...] = ()
    size: int = 0


def deciders(whole: Trace[R]) -> tuple[Decider[R], ...]:
    """What the answer of a formula hangs on, each thing once.

    Where the answer is unknown, it stays so until each of these is known, or one of them decides
    it; nothing else that is missing has a part in it.
    """
    match whole.answer:
        case Answer.UNKNOWN:
            return _once(_open(whole))
        case Answer.MAY:
            return _once(_rounded(whole))
        case _:
            return tuple(Decider("condition", part) for part in hinges(whole))


def _once(items: Iterable[Decider[R]]) -> tuple[Decider[R], ...]:
    """Each thing once: a cell may stand in a formula in several places."""
    by_cells: dict[object, Decider[R]] = {}
    for item in items:
        by_cells.setdefault((item.kind, item.cells or item.part.node), item)
    return tuple(by_cells.values())


# --- why an answer is unknown


def _open(part: Trace[R]) -> Iterator[Decider[R]]:
    """What keeps a condition from being known."""
    match part.node:
        case And() | Or():
            for below in part.parts:
                if below.answer is Answer.UNKNOWN:
                    yield from _open(below)
        case Not():
            yield from _open(part.parts[0])
        case Call() if isinstance(function_of(part.node).judgement, OfOthers):
            yield from _like_others(part)
        case _:
            yield from _all_lacking(part.parts)


def _like_others(part: Trace[R]) -> Iterator[Decider[R]]:
    """What keeps it from being known whether another row is alike."""
    unknown = [below for below in part.parts if below.value is UNKNOWN]
    cells = tuple(chain.from_iterable(below.cells for below in part.parts))
    if unknown:
        yield from _all_lacking(unknown)
    elif all(below.value is BLANK for below in part.parts):
        yield _all_blank(part, cells)
    else:
        yield Decider("rows", part)


def _all_lacking(parts: Iterable[Trace[R]]) -> Iterator[Decider[R]]:
    """What keeps any of several parts from being known."""
    for part in parts:
        yield from _lacking(part)


def _lacking(part: Trace[R]) -> Iterator[Decider[R]]:
    """What keeps a number, a text or a list from being known; nothing, where it is known."""
    match part.node:
        case Items():
            yield from _all_lacking(part.parts)
        case _ if not isinstance(part.value, Missing):
            return
        case Field():
            yield _of_cell(part)
        case Negative() | Arithmetic():
            below = list(_all_lacking(part.parts))
            yield from below or [
                Decider("division", part.parts[-1], _rounded_cells(part.parts[-1]))
            ]
        case Call():
            yield from _of_call(part, part.node)
        case _:
            return


def _of_cell(part: Trace[R]) -> Decider[R]:
    """A name without a value."""
    if not part.cells:
        return Decider("no_row", part)
    return Decider("blank" if part.value is BLANK else "unknown", part, part.cells, 1)


def _of_call(part: Trace[R], call: Call) -> Iterator[Decider[R]]:
    match function_of(call).judgement:
        case OfParts():
            if part.value is BLANK:
                yield _all_blank(part, tuple(dict.fromkeys(_blanks(part))))
                return
            unknown: list[Decider[R]] = []
            for below in part.parts:
                unknown += _unknown(below)
            # A function of one value, as abs is, has none where that is blank.
            yield from unknown or _all_lacking(part.parts)
        case OfGroup():
            yield Decider("agreed", part, size=part.size or 0)
        case OfForm():
            yield Decider("param", part)
        case OfFigure() | OfOthers():
            return


def _all_blank(part: Trace[R], cells: tuple[tuple[R, str], ...]) -> Decider[R]:
    """That nothing is printed of some cells, of which one is enough."""
    if not cells:
        return Decider("no_row", part)
    return Decider("blank" if len(cells) == 1 else "all_blank", part, cells, len(cells))


def _blanks(part: Trace[R]) -> Iterator[tuple[R, str]]:
    """The cells of a blank sum: all of them are blank."""
    for below in part.walk():
        for cell in below.cells:
            if _of(cell) is BLANK:
                yield cell


def _unknown(part: Trace[R]) -> Iterator[Decider[R]]:
    """What is unknown of a part of a sum; blanks have no share in that."""
    match part.node:
        case Items():
            for below in part.parts:
                yield from _unknown(below)
        case Members() if not gathered(part.node, part.row).is_certain:
            yield Decider("rows", part)
        case _ if part.value is UNKNOWN:
            yield from _lacking(part)
        case _ if part.value is None:  # a group, or the figures of a set of rows
            cells = tuple(cell for cell in part.cells if _of(cell) is UNKNOWN)
            if isinstance(part.node, Members) and cells:
                yield Decider("unknown", part, cells, part.size or len(cells))
            else:
                yield from (Decider("unknown", part, (cell,), 1) for cell in cells)
        case _:
            return


# --- why an answer is open


def _rounded(part: Trace[R]) -> Iterator[Decider[R]]:
    """The comparisons to which rounding leaves both answers, with the rounded figures."""
    match part.node:
        case And() | Or():
            for below in part.parts:
                if below.answer is Answer.MAY:
                    yield from _rounded(below)
        case Not():
            yield from _rounded(part.parts[0])
        case Compare():
            cells = _rounded_cells(part)
            yield Decider("rounding", part, cells, len(cells))
        case _:
            return


def _rounded_cells(part: Trace[R]) -> tuple[tuple[R, str], ...]:
    """The cells of a part that stand for more values than one."""
    cells = (cell for cell in part.looked_at() if isinstance(_of(cell), Interval))
    return tuple(dict.fromkeys(cells))


def _of(cell: tuple[Row, str]) -> Value:
    row, name = cell
    return row.values.get(name, BLANK)
