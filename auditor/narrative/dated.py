"""Days with the parts that their text leaves out: from the day before in the same range or list,
from 同年 and 翌年, and otherwise from the sheet's fiscal year, where nothing else could be meant.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import Final, Literal, NamedTuple

from auditor.narrative.days import Day
from auditor.narrative.statements import Section, Statement

__all__ = ["Dated", "Link", "Within", "dated_days", "fiscal_year_of_month"]

Link = Literal["", "range", "list"]
"""How a day hangs on the one before it: as the end of a range, as the next of a list."""

Within = Literal["sentence", "list", "sheet"]
"""Where the parts of a day stand: in its statement, in one before it, or in the sheet's year."""

_ORDER: Final[tuple[Within, ...]] = ("sentence", "list", "sheet")
_FIRST_MONTH: Final = 4
"""Fiscal years begin in April."""
_DECEMBER: Final = 12
_OF_THE_YEAR: Final = ("planned", "achieved", "undivided")
"""The sections that speak of the sheet's own year."""


def fiscal_year_of_month(year: int, month: int) -> int:
    """The fiscal year in which a month of a calendar year lies."""
    return year if month >= _FIRST_MONTH else year - 1


def _in_fiscal_year(year: int, month: int) -> int:
    """The calendar year in which a month of a fiscal year lies."""
    return year if month >= _FIRST_MONTH else year + 1


class Dated(NamedTuple):
    """A day of a text with its calendar year and its month where they are certain. ``within``
    tells where they stand.
    """

    day: Day
    year: int | None
    month: int | None
    within: Within = "sentence"
    link: Link = ""

    @property
    def days_in_month(self) -> int | None:
        """How many days the month has; the most that it can have where the year is not known. 0
        for a month that there is not.
        """
        if self.month is None:
            return None
        if not 1 <= self.month <= _DECEMBER:
            return 0
        year = 2000 if self.year is None else self.year  # a leap year
        return calendar.monthrange(year, self.month)[1]

    @property
    def date(self) -> date | None:
        """The day of the calendar, where all its parts are known and there is such a day."""
        year, month, day = self.year, self.month, self.day.day
        if year is None or month is None or day is None:
            return None
        return date(year, month, day) if 1 <= day <= (self.days_in_month or 0) else None


def dated_days(
    section: Section, fiscal_year: int | None
) -> Iterator[tuple[Statement, list[Dated]]]:
    """The statements of a section that name days, with these. ``fiscal_year`` is the sheet's."""
    before: Dated | None = None
    is_of_year = fiscal_year is not None and section.field in _OF_THE_YEAR
    year = fiscal_year if is_of_year else None
    statements = list(section.statements)
    for index, statement in enumerate(statements):
        if not statement.tokens.days:
            continue
        # The last year that is named counts: below 令和5年度実績 a day is of that year.
        years = [day for day in statement.tokens.days if day.year is not None]
        is_other = fiscal_year is None or not all(_lies_in(day, fiscal_year) for day in years)
        days = _of_statement(statement, before, None if is_other else year)
        days = [
            Dated(item.day, None, None) if _is_torn(statements, index, item.day) else item
            for item in days
        ]
        if years and is_of_year:
            is_of_other = fiscal_year is None or not _lies_in(years[-1], fiscal_year)
            year = None if is_of_other else fiscal_year
        before = next((day for day in reversed(days) if _names_year(day)), before)
        yield statement, days


def _is_torn(statements: list[Statement], index: int, day: Day) -> bool:
    """Whether a digit of a day may stand on the line before or behind its own: R7.3.3⏎１."""
    text = statements[index].text
    if day.start == 0 and index > 0 and text[:1].isdigit():
        return statements[index - 1].text[-1:].isdigit()
    if day.end == len(text) and index + 1 < len(statements) and text[-1:].isdigit():
        return statements[index + 1].text[:1].isdigit()
    return False


def _names_year(dated: Dated) -> bool:
    """Whether 同年 may mean the year of this day: one that a text gives a calendar year."""
    return dated.day.year is not None or dated.year is not None


def _lies_in(day: Day, fiscal_year: int) -> bool:
    if day.year is None:
        return True
    if day.is_fiscal:
        return day.year == fiscal_year
    if day.month is None:
        return day.year in (fiscal_year, fiscal_year + 1)
    return fiscal_year_of_month(day.year, day.month) == fiscal_year


# --- the days of a statement

_CLOCK: Final = r"(?: {0,2}(?:午前|午後)? {0,1}[0-9]{1,2}(?::[0-9]{2}|時(?:[0-9]{1,2}分|半)?))?"
_RANGE: Final = re.compile(rf"{_CLOCK} {{0,3}}(?P<sign>~|-|から) {{0,3}}翌? {{0,2}}")
_LIST: Final = re.compile(r" {0,3}(?:[・、,]|及び|並びに|と|または|又は) {0,3}翌? {0,2}")
_UNTIL: Final = re.compile(rf"{_CLOCK} {{0,3}}(?:まで|にかけて|[)、]|の[0-9]|$)")
_DIGIT_APART: Final = re.compile(r"[0-9] {1,3}$")
_NEXT: Final = {"同年": 0, "同": 0, "翌年": 1, "翌": 1, "翌々年": 2}
"""The words that stand for a year, and how many years later than the one before it is."""


def _of_statement(statement: Statement, before: Dated | None, year: int | None) -> list[Dated]:
    text = statement.text
    if year is not None and statement.words.pattern("other_years").search(text) is not None:
        year = None
    days: list[Dated] = []
    for day in statement.tokens.days:
        last = days[-1] if days else None
        link = _link(text, last.day, day) if last is not None else ""
        if _DIGIT_APART.search(text, max(0, day.start - 4), day.start) is not None:
            # The rest of a number that the layout tore apart: １ ０月.
            days.append(Dated(day, None, None))
            continue
        days.append(_dated(day, link, last, before, year, text))
    return days


def _link(text: str, last: Day, day: Day) -> Link:
    between = text[last.end : day.start]
    match = _RANGE.fullmatch(between)
    if match is not None:
        is_range = match["sign"] != "から" or _UNTIL.match(text, day.end) is not None
        return "range" if is_range else ""
    return "list" if _LIST.fullmatch(between) is not None else ""


def _dated(
    day: Day, link: Link, last: Dated | None, before: Dated | None, year: int | None, text: str
) -> Dated:
    if day.year is not None:
        is_of_fiscal = day.is_fiscal and day.month is not None
        printed = _in_fiscal_year(day.year, day.month or 1) if is_of_fiscal else day.year
        return Dated(day, printed, day.month, "sentence", link)
    if last is not None and _is_beside(text, last.day, day):
        return Dated(day, last.year, day.month, "sentence", link)
    if day.relative:
        return _related(day, link, last, before)
    if day.month is None:
        return _of_the_month(day, link, last, text)
    if last is not None and link and last.year is not None and last.within != "sheet":
        inherited = _after(day.month, link, last)
        if inherited is not None:
            return Dated(day, inherited, day.month, last.within, link)
    if year is None:
        return Dated(day, None, day.month, "sentence", link)
    return Dated(day, _in_fiscal_year(year, day.month), day.month, "sheet", link)


_BRACKET: Final = re.compile(r" {0,2}\) {0,2}年? {0,2}")


def _is_beside(text: str, last: Day, day: Day) -> bool:
    """Whether a day goes on behind its year's second name: 令和6年（2024年）4月1日."""
    is_year = last.year is not None and last.month is None and not last.is_fiscal
    if not is_year or day.month is None or day.relative:
        return False
    return _BRACKET.fullmatch(text, last.end, day.start) is not None


def _after(month: int, link: Link, last: Dated) -> int | None:
    """The year of a month that follows a day: a range ends after its beginning; a list may go
    back.
    """
    if last.year is None or last.month is None:
        return None
    if month >= last.month:
        return last.year
    return last.year + 1 if link == "range" else None


def _related(day: Day, link: Link, last: Dated | None, before: Dated | None) -> Dated:
    """A day of 同年, 翌年 or 同月; those of 毎年, 前年 and 翌月 are not known."""
    base = last or before
    unknown = Dated(day, None, day.month, "sentence", link)
    if base is None or (base.day.is_fiscal and base.day.month is None):
        return unknown
    within = _wider(base.within, "sentence" if last is not None else "list")
    if day.relative == "同月":
        return Dated(day, base.year, base.month, within, link)
    later = _NEXT.get(day.relative)
    if later is None or base.year is None:
        return unknown
    return Dated(day, base.year + later, day.month, within, link)


def _of_the_month(day: Day, link: Link, last: Dated | None, text: str) -> Dated:
    """A day without its month: that of the day before, where it can be no other."""
    unknown = Dated(day, None, None, "sentence", link)
    if last is None or last.month is None or last.day.day is None or day.day is None:
        return unknown
    if day.day >= last.day.day:
        within = last.within if link else _wider(last.within, "list")
        is_same = bool(link) or not text.endswith(("毎月", "翌月", "前月"), 0, day.start)
        return Dated(day, last.year, last.month, within, link) if is_same else unknown
    if link and text.endswith("翌", 0, day.start):
        month, year = last.month % _DECEMBER + 1, last.year
        if month == 1 and year is not None:
            year += 1
        return Dated(day, year, month, last.within, link)
    is_range = link == "range" and not day.weekday
    return Dated(day, last.year, last.month, last.within, link) if is_range else unknown


def _wider(one: Within, other: Within) -> Within:
    return one if _ORDER.index(one) >= _ORDER.index(other) else other
