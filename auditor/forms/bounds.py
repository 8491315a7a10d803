"""How large the numbers and lists of a form may be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, Field

from auditor.forms.keys import path_of_field
from auditor.records.decimals import FARTHEST, LONGEST_NUMBER, is_bounded
from auditor.toml.faults import WrongValue

if TYPE_CHECKING:
    from auditor.forms.model import Form

__all__ = [
    "FARTHEST_YEAR",
    "MOST_COLUMNS",
    "MOST_FIGURES",
    "MOST_LABELS",
    "MOST_WORDS",
    "MOST_YEARS",
    "Bounded",
    "YearsAway",
    "YearsLater",
    "bounded",
    "counts",
]

MOST_COLUMNS: Final = 200
MOST_FIGURES: Final = 2_000
MOST_LABELS: Final = 200
"""How many labels a figure, or another thing that is printed, may have."""
MOST_WORDS: Final = 2_000
"""How many words, units, parameters or groups a form may have of each kind."""
MOST_YEARS: Final = 100
"""How many years a sheet may evaluate."""
FARTHEST_YEAR: Final = 200
"""How many years a column may be away from that of the book."""


def bounded(value: Decimal) -> Decimal:
    """The number. Raises WrongValue for one that can't be computed with."""
    if not is_bounded(value):
        raise WrongValue(
            f"a number has at most {LONGEST_NUMBER} digits, and is at most 1e{FARTHEST}",
            f"数値は{LONGEST_NUMBER}桁まで、大きさは1e{FARTHEST}までです",
        )
    return value


Bounded = Annotated[Decimal, AfterValidator(bounded)]
"""A number that can be computed with."""

YearsAway = Annotated[int, Field(ge=-FARTHEST_YEAR, le=FARTHEST_YEAR)]
"""A distance in years."""

YearsLater = Annotated[int, Field(ge=0, le=FARTHEST_YEAR)]
"""A distance in years that are to come."""


def counts(form: Form) -> Iterator[WrongValue]:
    """What a form has more of than any sheet prints: the time of an audit grows with the columns
    times the figures.
    """
    yield from _most("columns", len(form.columns), MOST_COLUMNS, "columns")
    yield from _most("fields", len(form.fields), MOST_FIGURES, "fields")
    for name, definition in form.fields.items():
        yield from _most("label", len(definition.label), MOST_LABELS, *path_of_field(name), "label")
    for name, labels in form.labels.items():
        yield from _most("labels", len(labels), MOST_LABELS, "labels", name)
    if form.kpi is not None:
        for name, labels in form.kpi.labels.items():
            yield from _most("labels", len(labels), MOST_LABELS, "kpi", "labels", name)
    yield from _most("evaluated", len(form.evaluated), MOST_YEARS, "evaluated")
    for key in ("detect", "worksheets", "units", "evaluations", "params", "groups"):
        yield from _most(key, len(getattr(form, key)), MOST_WORDS, key)


def _most(shown: str, count: int, most: int, *key: str) -> Iterator[WrongValue]:
    if count > most:
        yield WrongValue(
            f"{shown}: {count:,}, and a form has at most {most:,}",
            f"{shown} が{count:,}個あります。様式に書けるのは{most:,}個までです",
            key,
        )
