"""How large the numbers and lists of a form may be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, Field

from auditor.records.decimals import FARTHEST, LONGEST_NUMBER, is_bounded
from auditor.toml.faults import WrongValue

if TYPE_CHECKING:
    from auditor.forms.model import Form

__all__ = ["Bounded", "YearsAway", "bounded", "counts"]

_MOST_COLUMNS: Final = 200
_MOST_FIGURES: Final = 2_000
_MOST_LABELS: Final = 200
_MOST_WORDS: Final = 2_000


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

YearsAway = Annotated[int, Field(ge=-200, le=200)]
"""A distance in years."""


def counts(form: Form) -> Iterator[WrongValue]:
    """What a form has more of than any sheet prints: the time of an audit grows with the columns
    times the figures.
    """
    labels = max((len(definition.label) for definition in form.fields.values()), default=0)
    labels = max(labels, max(map(len, form.labels.values()), default=0))
    if form.kpi is not None:
        labels = max(labels, max(map(len, form.kpi.labels.values()), default=0))
    words = (form.detect, form.worksheets, form.units, form.evaluations, form.params, form.groups)
    stated = (
        ("columns", len(form.columns), _MOST_COLUMNS),
        ("fields", len(form.fields), _MOST_FIGURES),
        ("label", labels, _MOST_LABELS),
        ("words", max(map(len, words)), _MOST_WORDS),
    )
    for key, count, most in stated:
        if count > most:
            yield WrongValue(
                f"{key}: {count:,}, and a form has at most {most:,}",
                f"{key} が{count:,}個あります。様式に書けるのは{most:,}個までです",
            )
