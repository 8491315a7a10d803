"""One quantity in two places of a sheet, with two values that look alike.

Two figures under one name are two quantities more often than not (来場者数 of two events). So a
pair is a claim only where the name, the counter and the year are the same, no third value stands
under that name, and the figures are long and equal but for one slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from auditor.narrative.likeness import may_be_meant
from auditor.narrative.model import Claim
from auditor.narrative.quantities import RATIOS, Quantity
from auditor.narrative.statements import SheetText, Statement
from auditor.records.figures import Figure
from auditor.records.sentences import Mark

__all__ = ["read"]

_FEWEST_DIGITS: Final = 5
_MOST_VALUES: Final = 2
_PLACES: Final = {"planned": "plan", "achieved": "result", "captions": "result"}
"""Plan and result are apart: what was planned and what came may differ."""

_NAME: Final = re.compile(r"(?P<name>[^ 。、,;:()「」『』【】・0-9]{2,24}?)[ :はがも]{0,4}$")


class _Key(NamedTuple):
    """What makes two figures the same quantity."""

    place: str
    name: str
    counter: str
    year: int | None


class _Mention(NamedTuple):
    statement: Statement
    quantity: Quantity


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kind ``repeated``: ``stated`` is the later figure, ``other`` the earlier one."""
    mentions: dict[_Key, list[_Mention]] = {}
    for statement in text.statements:
        place = _PLACES.get(statement.section.field)
        if place is None:
            continue
        for quantity in statement.tokens.quantities:
            key = _key(place, statement, quantity)
            if key is not None:
                mentions.setdefault(key, []).append(_Mention(statement, quantity))
    for key, same in mentions.items():
        values = {mention.quantity.in_base_units for mention in same}
        if len(same) > 1 and len(values) <= _MOST_VALUES:
            yield from _pairs(key, same)


def _key(place: str, statement: Statement, quantity: Quantity) -> _Key | None:
    digits = len(str(int(abs(quantity.value))))
    is_plain = not quantity.before and not quantity.after
    if (
        digits < _FEWEST_DIGITS
        or quantity.counter in RATIOS
        or not quantity.counter
        or not is_plain
    ):
        return None
    match = _NAME.search(statement.text[: quantity.start])
    if match is None:
        return None
    years = [day.year for day in statement.tokens.days if day.start < quantity.start]
    return _Key(place, match["name"], quantity.counter, years[-1] if years else None)


def _pairs(key: _Key, same: list[_Mention]) -> Iterator[Claim]:
    first, *others = same
    for other in others:
        if not may_be_meant(other.quantity, first.quantity.in_base_units):
            continue
        mark = Mark(start=other.quantity.start, end=other.quantity.end, name="stated")
        yield Claim(
            kind="repeated",
            sentence=other.statement.sentence(mark),
            figures={"stated": other.quantity.figure, "other": _figure(first)},
            words={"noun": key.name, "counter": key.counter, "within": "sheet"},
        )


def _figure(mention: _Mention) -> Figure:
    return mention.quantity.figure
