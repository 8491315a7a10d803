"""Japanese fiscal years (April to March) in every notation of the documents."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

__all__ = ["era_year", "fiscal_year_of", "parse_day", "parse_month", "parse_year"]

_DIGITS: Final = str.maketrans("０１２３４５６７８９．／－ＲＨＳ（）", "0123456789./-RHS()")
# The western year before each era's first: 令和1年 is 2019, which is also 平成31年.
_ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
_YEAR: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<era>令和|平成|昭和|[RHSrhs])\s*\.?\s*(?P<of_era>元|[0-9]{1,2})|(?P<western>(?:19|20)[0-9]{2}))(?![0-9])"
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
    return _ERAS[match["era"].upper()] + (1 if match["of_era"] == "元" else int(match["of_era"]))


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
