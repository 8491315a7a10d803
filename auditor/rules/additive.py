"""Which figures of a form add up over rows: a total row has their sum, a parent that of its parts.

Amounts and counts do. Rates, amounts per head and averages do not. The form has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from auditor.forms.model import FieldDefinition, Form, is_amount
from auditor.forms.words import squeezed
from auditor.records.fields import Each
from auditor.rules.units import UnitKind, is_counter, kind_of_unit

__all__ = ["AddedFigure", "added_figures"]

_NEVER_BEHIND: Final = (
    "単価",
    "平均",
    "率",
    "割合",
    "比",
    "指数",
    "price",
    "rate",
    "ratio",
    "average",
)
"""Words at the end of a label whose figures don't add up, whatever their unit."""
_NEVER_WITHIN: Final = ("当たり", "あたり", "当り", " per ", "／人", "/人")
_NEVER_BEFORE: Final = ("平均", "average", "mean")


class AddedFigure(NamedTuple):
    """A figure that adds up, and the kind of row on which it stands."""

    each: Each
    name: str


def added_figures(form: Form) -> tuple[AddedFigure, ...]:
    """The figures that add up, those of a sheet first, in the order of the form."""
    return tuple(_added(form))


def _added(form: Form) -> Iterator[AddedFigure]:
    for name in form.sheet_figures:
        if _adds_up(form, name, form.fields[name]):
            yield AddedFigure("sheet", name)
    for name in form.amounts:
        if _adds_up(form, name, form.fields[name]):
            yield AddedFigure("year", name)


def _adds_up(form: Form, name: str, definition: FieldDefinition) -> bool:
    if definition.adds_up is not None:
        return definition.adds_up
    if definition.each is None:
        # Of the figures that every form knows, a sheet's own are of the whole city.
        return is_amount(name) or name == "headcount"
    if any(map(_is_of_no_sum, definition.label)):
        return False
    unit = definition.unit
    kind = kind_of_unit(form, unit)
    if kind is UnitKind.MONEY:
        return unit == form.unit
    return kind is UnitKind.PERSONS or is_counter(unit)


def _is_of_no_sum(label: str) -> bool:
    """Whether a label says that its figures don't add up."""
    text = squeezed(label.partition("(")[0].partition("（")[0]).casefold()
    spaced = label.casefold()
    return (
        text.endswith(_NEVER_BEHIND)
        or text.startswith(_NEVER_BEFORE)
        or any(word in spaced for word in _NEVER_WITHIN)
    )
