"""What a record says, spot by spot, and whether two records say the same there.

A spot is named as a finding's cells are: a field (``funding.grants``, ``evaluations.result``) and
the key of its column or year, where it has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal, NamedTuple

from auditor.forms.words import squeezed
from auditor.records.decimals import DecimalText
from auditor.records.fields import SCOPES, Each
from auditor.records.figures import Figure, Place, Record, State
from auditor.records.model import Evaluation, Kpi, Sheet

__all__ = ["Content", "ContentState", "Printed", "Spot", "contents", "printed_on", "same_content"]

ContentState = Literal[State, "words"]
"""What a figure's cell says, or ``words`` for a text. A text that is not there is ``blank``."""


class Spot(NamedTuple):
    """Where in a record something stands. ``year`` is None for what has no column."""

    field: str
    year: str | None = None


class Content(Record):
    """What stands at a spot: a figure as printed, with its value in the printed ``unit``, or a
    text.
    """

    printed: str = ""
    value: DecimalText | None = None
    state: ContentState = "blank"
    unit: str = ""
    place: Place | None = None

    def shown(self) -> str:
        """The content as a text; empty for a blank."""
        return self.printed


class Printed(NamedTuple):
    """What is printed at a spot, in the record's own objects: its figure, or its text (empty
    where there is none), which stands at ``place``.
    """

    of: Figure | str
    place: Place | None

    @property
    def content(self) -> Content:
        """The same, as comparisons hand it on."""
        if isinstance(self.of, str):
            return Content(printed=self.of, state="words" if self.of else "blank", place=self.place)
        return Content(
            printed=self.of.shown(),
            value=self.of.value,
            state=self.of.state,
            unit=self.of.unit,
            place=self.place,
        )


def same_content(one: Printed | None, other: Printed | None) -> bool:
    """Whether the same is printed: figures by value and unit, others by their state and what is
    read. Line breaks, spaces and the width of characters make no difference.

    Nobody knows what was not read (``unread``) says: it is the same as no other.
    """
    if one is None or other is None:
        return one is other
    left, right = one.of, other.of
    if isinstance(left, str) or isinstance(right, str):
        return left == right or (
            isinstance(left, str) and isinstance(right, str) and squeezed(left) == squeezed(right)
        )
    if left.state != right.state or left.state == "unread":
        return False
    if left.state == "number":
        return (left.value, left.unit) == (right.value, right.unit)
    return squeezed(left.shown()) == squeezed(right.shown())


def contents(record: Sheet | Kpi) -> dict[Spot, Content]:
    """Every figure and every text that is printed on a record, in the order of its fields."""
    return {spot: printed.content for spot, printed in printed_on(record)}


def printed_on(record: Sheet | Kpi) -> Iterator[tuple[Spot, Printed]]:
    """The spots of a record with what is printed there. What is derived from others (``status``,
    ``meaning``) is none of them.
    """
    each: Each = "kpi" if isinstance(record, Kpi) else "sheet"
    for name in _TEXTS[each]:
        yield Spot(name), _words(record, name)
    for name, year, figure in record.every_figure():
        yield Spot(name, year), Printed(figure, figure.place)
    if isinstance(record, Sheet):
        for key, evaluation in record.evaluations.items():
            for name in _TEXTS["evaluation"]:
                yield Spot(f"evaluations.{name}", key), _words(evaluation, name)


_DERIVED: Final[frozenset[tuple[Each, str]]] = frozenset(
    {
        ("sheet", "document"),
        ("sheet", "status"),
        ("evaluation", "meaning"),
        ("evaluation", "reason_code"),
        ("kpi", "document"),
        ("kpi", "direction"),
        ("kpi", "direction_source"),
    }
)
"""The texts that are not printed but worked out, or told by the file."""


def _texts(each: Each) -> tuple[str, ...]:
    """The fields of a scope's records that hold printed texts."""
    texts = [
        field.name
        for field in SCOPES[each].fields
        if field.origin == "record" and field.kind in ("text", "texts", "month", "day")
    ]
    return tuple(name for name in texts if (each, name) not in _DERIVED)


_TEXTS: Final[dict[Each, tuple[str, ...]]] = {
    each: _texts(each) for each in ("sheet", "evaluation", "kpi")
}


def _words(record: Sheet | Kpi | Evaluation, name: str) -> Printed:
    """A text of a record; several (``budget_stages``, ``plans``) stand one a line."""
    value: str | date | tuple[str, ...] | None = getattr(record, name)
    if isinstance(value, tuple):
        value = "\n".join(value)
    return Printed("" if value is None else str(value), record.places.get(name, record.place))
