"""Japanese eras, and fiscal years (April to March) in every notation of the documents."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

__all__ = [
    "ERAS",
    "ERA_SIGNS",
    "YEAR_KEY",
    "Era",
    "EraYear",
    "day_in_words",
    "era_of",
    "era_year",
    "fiscal_year_in",
    "fiscal_year_in_words",
    "fiscal_year_of",
    "parse_day",
    "parse_month",
    "parse_year",
    "wide_digits",
    "year_in_era",
    "year_in_words",
]


class Era(NamedTuple):
    """An era: ``令和``, ``R``, and its first day."""

    name: str
    letter: str
    begins: date

    def western(self, of_era: str) -> int:
        """The western year of ``6`` or ``元``: 令和元年 is 2019, which is also 平成31年."""
        return self.begins.year - 1 + (1 if of_era == "元" else int(of_era))


class EraYear(NamedTuple):
    """A year counted in its era."""

    era: Era
    number: int

    @property
    def of_era(self) -> str:
        """The number as it stands behind the era's name: ``元``, ``2`` …"""
        return "元" if self.number == 1 else str(self.number)


ERAS: Final = (
    Era("令和", "R", date(2019, 5, 1)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("昭和", "S", date(1926, 12, 25)),
)
"""The eras that documents name years by, the last first."""

_BY_NOTATION: Final = {era.name: era for era in ERAS} | {era.letter: era for era in ERAS}
_NAMES: Final = "|".join(era.name for era in ERAS)
_LETTERS: Final = "".join(era.letter for era in ERAS)
YEAR_KEY: Final = f"(?:(?:{_NAMES}|[{_LETTERS}])(?:元|[0-9]{{1,2}})|(?:19|20)[0-9]{{2}})"
"""The pattern of a year in a text without spaces, in narrow characters and capital letters."""

ERA_SIGNS: Final = str.maketrans({"㋿": "令和", "㍻": "平成", "㍼": "昭和"})
"""For ``str.translate``: the names of eras that print in one character, written out."""

_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_WEEKDAYS: Final = "月火水木金土日"
_DIGITS: Final = ERA_SIGNS | str.maketrans(
    "０１２３４５６７８９．／－ＲＨＳ（）", "0123456789./-RHS()"
)
_YEAR: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?P<era>{_NAMES}|[{_LETTERS}{_LETTERS.lower()}])\s*\.?\s*"
    r"(?P<of_era>元|[0-9]{1,2})|(?P<western>(?:19|20)[0-9]{2}))(?![0-9])"
)
_MONTH: Final = re.compile(
    _YEAR.pattern + r"\s*(?:年度?|[./-])\s*(?P<month>1[0-2]|0?[1-9])(?![0-9])"
)
_DAY: Final = re.compile(
    _MONTH.pattern + r"\s*(?:月|[./-])?\s*(?P<day>末|[0-3]?[0-9](?=\s*日|\s*$|[^0-9]))?"
)


def era_year(match: re.Match[str]) -> int:
    """The western year of a match of the year pattern."""
    if match["western"]:
        return int(match["western"])
    return _BY_NOTATION[match["era"].upper()].western(match["of_era"])


def era_of(day: date) -> Era | None:
    """The era of a day; None before 昭和."""
    return next((era for era in ERAS if day >= era.begins), None)


def year_in_era(year: int) -> EraYear | None:
    """A western year in the era that it ends in, which is the one that fiscal years are named by:
    2019 is 令和元. None before 昭和.
    """
    era = era_of(date(year, 12, 31)) if 1 <= year <= 9999 else None
    return EraYear(era, year - era.begins.year + 1) if era is not None else None


def wide_digits(text: str) -> str:
    """The text with full-width digits, as official documents write dates."""
    return text.translate(_WIDE)


def fiscal_year_in_words(year: int) -> str:
    """A fiscal year as official documents write it: 令和６年度, 令和元年度; １９２５年度 before
    昭和.
    """
    in_era = year_in_era(year)
    return wide_digits(f"{in_era.era.name}{in_era.of_era}年度" if in_era else f"{year}年度")


def day_in_words(day: date) -> str:
    """A day as official documents write it, in the era that it lies in: 令和７年８月４日（月）,
    平成３１年４月３０日（火）, 令和元年５月１日（水）; １９２５年… before 昭和.
    """
    number = f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"
    return year_in_words(day) + wide_digits(number)


def year_in_words(day: date) -> str:
    """The year of a day as official documents write it, in the era that it lies in: 令和７年,
    平成３１年 and 令和元年 in 2019; １９２５年 before 昭和.
    """
    era = era_of(day)
    year = f"{day.year}"
    if era is not None:
        year = era.name + EraYear(era, day.year - era.begins.year + 1).of_era
    return wide_digits(f"{year}年")


def parse_year(text: str) -> int | None:
    """The first fiscal year in ``text``: 令和６年度, R6, H31 (= R1), 令和元年度, 2024年度.
    ``DXR6`` holds none.
    """
    match = _YEAR.search(text.translate(_DIGITS))
    return era_year(match) if match else None


def parse_month(text: str) -> str | None:
    """The first month in ``text`` as ``"2024-03"``: R6.3, R6年3月, 令和6年3月, 2024/3."""
    match = _MONTH.search(text.translate(_DIGITS))
    return f"{era_year(match):04d}-{int(match['month']):02d}" if match else None


def parse_day(text: str) -> date | None:
    """The first day in ``text``; a month without a day, or its 末, is the month's last day:
    R7.3末 is 2025-03-31.
    """
    match = _DAY.search(text.translate(_DIGITS))
    if not match:
        return None
    year, month = era_year(match), int(match["month"])
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    day = match["day"]
    if day and day != "末" and 1 <= int(day) <= last:
        return date(year, month, int(day))
    return date(year, month, last)


def fiscal_year_of(month: str) -> int:
    """The fiscal year that holds a month: 2024-03 lies in 2023."""
    year, number = (int(part) for part in month.split("-")[:2])
    return year if number >= 4 else year - 1


_ERA_YEAR: Final = rf"(?:(?:{_NAMES}|[{_LETTERS}])\.?(?:元|[0-9]{{1,2}}))"
_YEAR_OR_ERA: Final = rf"(?:{_ERA_YEAR}|(?:1[89]|2[0-9])[0-9]{{2}})"
_FISCAL_YEAR: Final = re.compile(rf"(?:FY)?(?P<year>{_YEAR_OR_ERA})(?:年度|年)?(?:\.0+)?")
_SHORT_FISCAL_YEAR: Final = re.compile(r"FY'?(?P<short>[0-9]{2})")
_TWO_YEARS: Final = re.compile(
    r"(?P<fy>FY)?(?P<first>(?:1[89]|2[0-9])[0-9]{2})[-/–—~〜～](?P<second>[0-9]{4}|[0-9]{2})(?:年度)?"
)
_MONTH_OF: Final = re.compile(
    rf"(?P<year>{_YEAR_OR_ERA})(?P<mark>年|[./-])(?P<month>1[0-2]|0?[1-9])月?"
)
_DAY_OF: Final = re.compile(
    rf"(?P<year>{_YEAR_OR_ERA})(?P<mark>年|[./-])(?P<month>1[0-2]|0?[1-9])(?:月|(?P=mark))"
    r"(?P<day>[0-3]?[0-9])日?(?:[T ]?00:00(?::00(?:\.0+)?)?Z?)?"
)
_THIS_CENTURY: Final = 80
_BOTH: Final = re.compile(r"(?P<first>[^()]+)\((?P<second>[^()]+)\)")


def fiscal_year_in(text: str) -> int | None:
    """The fiscal year that the whole of ``text`` is, in any notation: 2024, 2024.0, FY24, 2024-25,
    2024/2025, 令和６年度, R6, ㋿６, 令和６年度（2024年度）, or a month or day that lies in it.

    None for any other text, and where two fiscal years are possible: 2002-03 is the year from
    April 2002, or a month of the year before.
    """
    plain = "".join(text.translate(_DIGITS).upper().split())
    both = _BOTH.fullmatch(plain)
    if both is not None:
        first, second = fiscal_year_in(both["first"]), fiscal_year_in(both["second"])
        return first if first == second else None
    years = {_of_two_years(plain), _of_a_year(plain), _of_a_day(plain)} - {None}
    return years.pop() if len(years) == 1 else None


def _of_a_year(plain: str) -> int | None:
    short = _SHORT_FISCAL_YEAR.fullmatch(plain)
    if short is not None:
        # FY99 may be the year 1999.
        return 2000 + int(short["short"]) if int(short["short"]) < _THIS_CENTURY else None
    match = _FISCAL_YEAR.fullmatch(plain)
    return _year_of(match["year"]) if match is not None else None


def _of_two_years(plain: str) -> int | None:
    """``2023-24``; None where the second year does not follow the first."""
    match = _TWO_YEARS.fullmatch(plain)
    if match is None:
        return None
    first, second = int(match["first"]), match["second"]
    return first if second == str(first + 1)[-len(second) :] else None


def _of_a_day(plain: str) -> int | None:
    """The fiscal year in which a day or month lies."""
    match = _DAY_OF.fullmatch(plain) or _MONTH_OF.fullmatch(plain)
    year = None if match is None else _year_of(match["year"])
    if match is None or year is None:
        return None
    of_day = "day" in match.groupdict()
    if not of_day and match["mark"] == "." and match["year"].isdigit():
        return None  # 2024.1 may be what a spreadsheet made of 2024.10
    month, day = int(match["month"]), int(match["day"]) if of_day else 1
    try:
        return fiscal_year_of(date(year, month, day).isoformat())
    except ValueError:
        return None


def _year_of(text: str) -> int | None:
    """The western year of ``2024``, ``令和6`` or ``R.6``; None for one after the era's end."""
    if text.isdigit():
        return int(text)
    match = re.fullmatch(rf"(?P<era>{_NAMES}|[{_LETTERS}])\.?(?P<of_era>元|[0-9]{{1,2}})", text)
    if match is None or match["of_era"] in ("0", "00"):
        return None
    era = _BY_NOTATION[match["era"]]
    year = era.western(match["of_era"])
    later = [other.begins.year for other in ERAS if other.begins > era.begins]
    return year if year <= min(later, default=year) else None
