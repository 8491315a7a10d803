"""When something was to take place, and when it did: the days of a plan and of its result that
stand under the same heading with the same label (会期：…).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from auditor.forms.words import squeezed
from auditor.narrative.dated import dated_days
from auditor.narrative.statements import Paragraph, Section, SheetText, Statement

__all__ = ["Moved", "moved"]


class Moved(NamedTuple):
    """The statement of the plan and that of the result, which name other days."""

    planned: Statement
    achieved: Statement


class _Event(NamedTuple):
    """A statement of days, with these as they follow one another, ranges by their ends."""

    statement: Statement
    days: tuple[tuple[int | None, int | None, int | None, str], ...]


_Key = tuple[str, str]


def moved(text: SheetText) -> Iterator[Moved]:
    """The days of the plan that are others in the result. Only what both print once under the same
    heading is compared; a day without its year counts as one of the year that the other prints.
    """
    plan, result = text.section("planned"), text.section("achieved")
    if plan is None or result is None:
        return
    fiscal_year = text.sheet.fiscal_year
    achieved = _events(result, fiscal_year)
    for key, planned in _events(plan, fiscal_year).items():
        event = achieved.get(key)
        if planned is not None and event is not None and planned.days != event.days:
            yield Moved(planned.statement, event.statement)


def _events(section: Section, fiscal_year: int) -> Mapping[_Key, _Event | None]:
    """The days of a section by heading and label; None for what stands there more than once."""
    events: dict[_Key, _Event | None] = {}
    for statement, days in dated_days(section, fiscal_year):
        label = _label(statement)
        heading = _heading(statement.paragraph)
        named = [day for day in days if day.day.day is not None]
        if not label or not heading or not named or any(day.date is None for day in named):
            continue
        key = heading, label
        parts = tuple((day.year, day.month, day.day.day, day.link) for day in named)
        events[key] = None if key in events else _Event(statement, parts)
    return events


def _label(statement: Statement) -> str:
    """The word before the first day, where it names when something takes place."""
    before = squeezed(statement.text[: statement.tokens.days[0].start]).rstrip(":")
    is_label = statement.words.pattern("when").fullmatch(before) is not None
    return before if is_label else ""


_IN_BRACKETS: Final = re.compile(r"\([^()]{0,60}\)")
_TAIL: Final = re.compile(r"(?:写真|画像|図|別紙)[0-9①-⑳,、・]{0,8}$")
_FARTHEST: Final = 6
"""So many paragraphs above its own a heading is looked for."""


def _heading(paragraph: Paragraph) -> str:
    """The nearest heading above: a line in brackets, or with a marker, that holds no label."""
    above = paragraph.head or paragraph.above
    for _ in range(_FARTHEST):
        if above is None:
            return ""
        if (above.kind or above.items) and ":" not in _IN_BRACKETS.sub("", above.text):
            return _TAIL.sub("", squeezed(_IN_BRACKETS.sub("", above.text))).strip("【】")
        above = above.above
    return ""
