"""The years in headings: what a heading says beside its year, and which year that is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from auditor.forms.words import squeezed
from auditor.records.fiscal import (
    YEAR_KEY,
    fiscal_year_in,
    fiscal_year_in_words,
    parse_month,
    parse_year,
)

__all__ = ["Year", "due_month", "printed_year", "tidy", "without_year"]

_NO_DATE: Final = r"(?![0-9]|[.\-/][0-9]|年?[0-9]{1,2}月)"
_YEAR: Final = re.compile(rf"(?<![0-9A-Za-z])({YEAR_KEY}){_NO_DATE}(?:年度?)?")
_SHORT: Final = re.compile(r"(?<![0-9A-Za-z元])([0-9]{1,2}|元)年度")
_RELATIVE: Final = {
    "前々年度": -2,
    "前年度": -1,
    "昨年度": -1,
    "本年度": 0,
    "当年度": 0,
    "今年度": 0,
    "翌年度": 1,
    "来年度": 1,
    "次年度": 1,
    "翌々年度": 2,
}
# 対前年度比 compares years and is none.
_RELATIVES: Final = re.compile(
    f"(?<!対)(?:{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})(?!比|増|差|から|との|対)"
)
_TILL: Final = re.compile("(?:末|まで|までに|目標)+$")
_LONGEST: Final = 30
_LOOSE: Final = "・:/／、,-~〜"


class Year(NamedTuple):
    """A year in a heading: by itself, by its distance from the fiscal year (前年度), or without
    its era (５年度).
    """

    year: int | None = None
    distance: int | None = None
    short: str = ""

    def may_be(self, year: int, fiscal_year: int) -> bool:
        """Whether it stands for a year in a document of some fiscal year."""
        if self.year is not None:
            return self.year == year
        if self.distance is not None:
            return fiscal_year + self.distance == year
        return any(parse_year(f"{era}{self.short}") == year for era in ("R", "H", "S"))


@lru_cache(maxsize=4_096)
def without_year(key: str) -> tuple[str, Year | None]:
    """A key without the one year that it names; as it is where it names several."""
    matches = list(_YEAR.finditer(key))
    years = {year for match in matches if (year := parse_year(match[1])) is not None}
    if len(years) == 1:
        return tidy(_YEAR.sub("", key)), Year(year=years.pop())
    if years:
        return key, None
    if (relative := _RELATIVES.search(key)) is not None:
        rest = key[: relative.start()] + key[relative.end() :]
        return tidy(rest), Year(distance=_RELATIVE[relative[0]])
    if (short := _SHORT.search(key)) is not None:
        return tidy(key[: short.start()] + key[short.end() :]), Year(short=short[1])
    return key, None


def tidy(key: str) -> str:
    """A key without brackets that hold nothing, and without what joined it to what was cut out."""
    for empty in ("()", "[]", "【】", "<>"):
        key = key.replace(empty, "")
    return key.strip(_LOOSE)


def printed_year(text: str) -> str | None:
    """The year of a heading and nothing else of it: 令和６年度 of R6（見込み）; None where it has
    none.
    """
    year = without_year(squeezed(text))[1] if len(text) <= _LONGEST else None
    if year is None:
        return None
    if year.year is not None:
        return fiscal_year_in_words(year.year)
    relative = (word for word, distance in _RELATIVE.items() if distance == year.distance)
    return next(relative, f"{year.short}年度")


def due_month(printed: str) -> str | None:
    """The month that a text names, or the last one of its fiscal year: R12年度までに is 2031-03."""
    month = parse_month(printed)
    if month is not None:
        return month
    text = _TILL.sub("", squeezed(printed))
    year = fiscal_year_in(text)
    if year is None and (said := without_year(text)[1]) is not None:
        year = said.year
    return None if year is None else f"{year + 1:04d}-03"
