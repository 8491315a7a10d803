"""Sheets whose headings all print other years than the form's, by one step.

The title or the form is off, and nobody knows which. Every column keeps the year printed above it,
but which of them the sheet evaluates, and which are settled, is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from auditor.forms.model import Form
from auditor.records.figures import Figure

__all__ = ["evaluated_years", "shifted_column", "step_between", "undated", "unless_required"]

_DATED: Final = "population"
"""The figure of a sheet that prints a day of its own."""
_BY_ROLE: Final = frozenset(
    ("evaluated year", "settled years", "settled years of continuing projects")
)


def step_between(printed: Sequence[int | None], offsets: Sequence[int], fiscal_year: int) -> int:
    """By how many years all headings differ from the form's columns, which stand ``offsets`` years
    off its fiscal year; 0 where they do not, or not all alike.
    """
    if len(printed) != len(offsets):
        return 0
    steps = {
        year - fiscal_year - offset if year is not None else 0
        for offset, year in zip(offsets, printed, strict=True)
    }
    return steps.pop() if len(steps) == 1 else 0


def shifted_column(form: Form, index: int, step: int) -> int | None:
    """The column of the form for the year printed over its column at ``index``, or None where the
    form has none. Of several columns of that year it is the one of the same kind.
    """
    column = form.columns[index]
    of_year = [
        place for place, other in enumerate(form.columns) if other.offset == column.offset + step
    ]
    if len(of_year) == 1:
        return of_year[0]
    return next((place for place in of_year if form.columns[place].kind == column.kind), None)


def evaluated_years(form: Form, fiscal_year: int, step: int, printed: Collection[int]) -> list[int]:
    """The years whose evaluations a sheet prints: those of its title, or those of its columns
    where the headings of its evaluations all differ from the title as they do.
    """
    shifted = [fiscal_year + step + offset for offset in form.evaluated]
    if set(shifted) == set(printed):
        return shifted
    return [fiscal_year + offset for offset in form.evaluated]


def undated(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """The figures of a sheet, unread where nobody knows which column they belong to: all but the
    one that prints its own day.
    """
    return {name: figure if name == _DATED else _unread(figure) for name, figure in figures.items()}


def unless_required(form: Form, name: str, figure: Figure) -> Figure:
    """A column's figure, unread where it is blank and the form requires it in some columns only:
    whether this is one of them is unknown.
    """
    if figure.state == "blank" and form.fields[name].required in _BY_ROLE:
        return _unread(figure)
    return figure


def _unread(figure: Figure) -> Figure:
    return figure.model_copy(update={"state": "unread", "value": None, "held": None})
