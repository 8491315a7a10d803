"""Claims of the calendar: days with their weekday, periods with their length, and western years
beside Japanese ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from auditor.narrative.dated import Dated, dated_days, fiscal_year_of_month
from auditor.narrative.days import WEEKDAYS, Day
from auditor.narrative.model import Claim
from auditor.narrative.statements import SheetText, Statement
from auditor.records.sentences import Mark

__all__ = ["read"]


def read(text: SheetText) -> Iterator[Claim]:
    """The claims of the calendar in a sheet's prose."""
    for section in text.sections:
        for statement, days in dated_days(section, text.sheet.fiscal_year):
            last: Day | None = None
            for day in days:
                claim = _date(statement, day, last)
                last = day.day
                if claim is not None:
                    yield claim
            yield from _periods(statement, days)
            yield from _year_pairs(statement)


# --- days


def _date(statement: Statement, dated: Dated, last: Day | None) -> Claim | None:
    """What a day says: that there is such a day, and which day of the week it is. ``last`` is the
    day before it.
    """
    day, month, days_in_month = dated.day, dated.month, dated.days_in_month
    if month is None or days_in_month is None or (day.day is None and dated.year is None):
        return None
    values = {"month": month}
    if dated.year is not None:
        values |= {"year": dated.year, "fiscal_year": fiscal_year_of_month(dated.year, month)}
    words: dict[str, str] = {"within": dated.within}
    marks = [Mark(start=day.start, end=day.date_end, name="day")]
    if day.day is not None:
        values |= {"day": day.day, "days_in_month": days_in_month}
    calendar_day = dated.date
    if day.weekday and calendar_day is not None and _has_weekday(dated, last):
        words |= {"weekday": day.weekday, "calendar_weekday": WEEKDAYS[calendar_day.weekday()]}
        at = day.weekday_start
        marks.append(Mark(start=at, end=at + 1, name="weekday"))
    return Claim(kind="date", sentence=statement.sentence(*marks), values=values, words=words)


def _has_weekday(dated: Dated, last: Day | None) -> bool:
    """Whether the weekday is surely that of the day.

    Behind a range in which the first day has none, it may be the days on which something takes
    place (７月２０日～８月３１日（日・祝）). A day in the sheet's year that fits the year after
    may be of that one: sheets are written then.
    """
    if dated.within == "sheet" and dated.year is not None:
        later = dated._replace(year=dated.year + 1).date
        if later is not None and WEEKDAYS[later.weekday()] == dated.day.weekday:
            return False
    return dated.link != "range" or (last is not None and bool(last.weekday))


# --- periods

_STATED: Final = re.compile(
    r"(?: {0,2}まで)?(?:の| {0,2}[(【\[〔<〈《] {0,2}) {0,2}(?P<number>[0-9]{1,4}) {0,2}"
    r"(?P<unit>日間|(?:か|カ|ヵ|ヶ|ケ|ヵ|箇)月間?|年間|(?:か|カ|ヵ|ヶ|ケ|箇)年間?)"
    r"(?!程度|以[上内]|余|ほど|前後|弱|強|未満|中|に[わ亘]た|ごと|毎|のうち)"
)
_SHORT: Final = {"日": "日", "月": "月", "年": "年"}


class _Length(NamedTuple):
    """A stated length: ``4`` of ``日``, characters ``start`` to ``end``."""

    number: int
    unit: str
    start: int
    end: int


def _stated_length(text: str, end: int) -> _Length | None:
    """The length that is stated right behind a period."""
    match = _STATED.match(text, end)
    if match is None:
        return None
    unit = next(sign for sign in _SHORT if sign in match["unit"])
    return _Length(int(match["number"]), unit, match.start("number"), match.end("unit"))


def _periods(statement: Statement, days: list[Dated]) -> Iterator[Claim]:
    """The ranges of a statement, and the lists of days that it counts."""
    begin, is_first = 0, True
    for index in range(1, len(days) + 1):
        if index < len(days) and days[index].link:
            continue
        chain = days[begin:index]
        begin = index
        if len(chain) > 1:
            yield from _of_chain(statement, chain, is_first=is_first)
        # A day before a chain may be counted with it.
        is_first = is_first and all(day.day.day is None for day in chain)


def _of_chain(statement: Statement, chain: list[Dated], *, is_first: bool) -> Iterator[Claim]:
    length = _stated_length(statement.text, chain[-1].day.end) if is_first else None
    if len(chain) > 2:
        span = _days_covered(chain)
        if length is not None and length.unit == "日" and span is not None:
            yield _period(statement, chain, span, length, within="list")
        for first, last in pairwise(chain):
            if last.link == "range":
                yield from _of_range(statement, first, last, None)
    elif chain[1].link == "range":
        yield from _of_range(statement, chain[0], chain[1], length)
    elif length is not None and length.unit == "日" and (span := _days_covered(chain)) is not None:
        yield _period(statement, chain, span, length, within="list")


def _of_range(
    statement: Statement, begin: Dated, end: Dated, length: _Length | None
) -> Iterator[Claim]:
    span = _span(statement, begin, end, length.unit if length is not None else "")
    if span is None:
        return
    within = begin.within if end.within == "sentence" else end.within
    if span < 1 and end.day.month is not None and end.day.year is None:
        # １１月２９日～１１月５日 may be of the year after; a year less a day surely is.
        if span == 0:
            return
        within = "list"
    if length is not None and _may_count_others(length, span):
        length = None
    yield _period(statement, [begin, end], span, length, within=within)


_FORTNIGHT: Final = 14


def _may_count_others(length: _Length, span: int) -> bool:
    """Whether a length may be right that is not the period's: from one year to another may leave
    out the first, and of more than two weeks some days of each may be those that something is open.
    """
    if length.unit != "日":
        return length.number == span - 1
    return span > _FORTNIGHT and 6 * span <= 10 * length.number <= 9 * span


def _period(
    statement: Statement, chain: list[Dated], span: int, length: _Length | None, *, within: str
) -> Claim:
    values = {"span": span}
    words = {"within": within}
    marks = [Mark(start=chain[0].day.start, end=chain[-1].day.end, name="span")]
    if length is not None:
        values["stated_span"] = length.number
        words["counter"] = length.unit
        marks.append(Mark(start=length.start, end=length.end, name="stated_span"))
    return Claim(kind="period", sentence=statement.sentence(*marks), values=values, words=words)


def _span(statement: Statement, begin: Dated, end: Dated, unit: str) -> int | None:
    """How long a range is, both ends counted, in ``unit`` or what its ends are; None where that
    is not certain.
    """
    if begin.day.is_whole and (end.day.is_whole or end.day.day is not None):
        return _span_of_days(begin, end, unit)
    if begin.day.day is not None or end.day.day is not None:
        return None
    if begin.month is not None and end.month is not None:
        return _span_of_months(begin, end, unit)
    if begin.month is not None or end.month is not None or unit not in ("", "年"):
        return None
    if begin.year is None or end.year is None or begin.day.is_fiscal != end.day.is_fiscal:
        return None
    span = end.year - begin.year + 1
    # Tables name the last year first: R6～R4.
    is_order = "から" in statement.text[begin.day.end : end.day.start]
    return span if span >= 1 or is_order else None


def _span_of_days(begin: Dated, end: Dated, unit: str) -> int | None:
    if (begin.year is None) != (end.year is None):
        return None
    if begin.year is not None:
        first, last = begin.date, end.date
        return None if first is None or last is None else _between(first, last, unit)
    # In years that are not known, the end of February counts only if none of the range hangs on it.
    spans: set[int | None] = set()
    for year in (2023, 2024, 2025):
        after = 1 if (end.month or 0) < (begin.month or 0) else 0
        if end.day.relative in ("翌年", "翌"):
            after = 1
        first = begin._replace(year=year).date
        last = end._replace(year=year + after).date
        spans.add(None if first is None or last is None else _between(first, last, unit))
    return spans.pop() if len(spans) == 1 else None


def _between(first: date, last: date, unit: str) -> int | None:
    """The days from one day to another, or the whole months or years that they are."""
    if unit in ("", "日"):
        return (last - first).days + 1
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if after.day != first.day:
        return None
    return _in(months, unit)


def _span_of_months(begin: Dated, end: Dated, unit: str) -> int | None:
    assert begin.month is not None
    assert end.month is not None
    if not (1 <= begin.month <= 12 and 1 <= end.month <= 12):
        return None
    months = end.month - begin.month + 1
    if begin.year is not None and end.year is not None:
        months += 12 * (end.year - begin.year)
    elif begin.year is not None or end.year is not None:
        return None
    elif end.day.relative in ("翌年", "翌") or months < 1:
        months += 12
    return _in(months, unit) if unit != "日" else None


def _in(months: int, unit: str) -> int | None:
    if unit != "年":
        return months
    return months // 12 if months % 12 == 0 else None


def _days_covered(chain: list[Dated]) -> int | None:
    """How many days a list of days and ranges holds; None where one is not known."""
    # Without a printed year any will do, but at the end of February.
    year = 2023 if all(day.year is None for day in chain) else None
    last: date | None = None
    days = 0
    for dated in chain:
        here = (dated if year is None else dated._replace(year=year)).date
        if here is None or (last is not None and here <= last):
            return None
        days += (here - last).days if dated.link == "range" and last is not None else 1
        last = here
    return days


# --- western and Japanese years

_OPENS: Final = re.compile(r" {0,2}\( {0,2}(?:西暦)? {0,2}")
_CLOSES: Final = re.compile(r" {0,2}\)")
_SIGN: Final = re.compile(r" {0,2}年(?P<fiscal>度)?(?!間)")


def _year_pairs(statement: Statement) -> Iterator[Claim]:
    """2024年（令和６年）, 令和６（2024）年度: two names of one year."""
    text, days = statement.text, statement.tokens.days
    for one, other in pairwise(days):
        if one.year is None or other.year is None or not _are_two_notations(one, other):
            continue
        is_beside = _OPENS.fullmatch(text, one.end, other.start) is not None
        if not is_beside and not _are_in_one_bracket(text, one, other):
            continue
        close = _CLOSES.match(text, other.end)
        if close is None or not _are_alike(text, one, other, close.end()):
            continue
        yield Claim(
            kind="year_pair",
            sentence=statement.sentence(
                Mark(start=one.start, end=one.date_end, name="year"),
                Mark(start=other.start, end=other.date_end, name="other_year"),
            ),
            values={"year": one.year, "other_year": other.year},
            words={"within": "sentence"},
        )


def _are_in_one_bracket(text: str, one: Day, other: Day) -> bool:
    """（2024年・令和６年）, （2024年／令和６年）: nothing but the two."""
    is_opened = text.endswith(("(", "( "), 0, one.start)
    return is_opened and text[one.end : other.start].strip() in ("・", "/", "、", "=")


def _are_two_notations(one: Day, other: Day) -> bool:
    """Two eras are none: 平成30年・令和元年 are two years as well."""
    return {one.notation, other.notation} == {"era", "western"}


def _are_alike(text: str, one: Day, other: Day, end: int) -> bool:
    """Whether both name a year, a fiscal year, or the same day: 令和６年度（2025年3月） are two."""
    one_sign, other_sign = _sign(text, one), _sign(text, other)
    if not one_sign and not other_sign:
        after = _SIGN.match(text, end)
        return after is not None
    return one_sign == other_sign and (one.month, one.day) == (other.month, other.day)


def _sign(text: str, day: Day) -> str:
    """年 or 年度, as a year is called; empty where it is a number alone."""
    if day.is_fiscal:
        return "年度"
    if day.in_signs:
        return "年"
    return "年" if "年" in text[day.start : day.end] else ""
