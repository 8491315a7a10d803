"""Days, months and years as prose names them.

A year is kept as its western number. What a text leaves out (the year of ～１月１９日) is left out
here; the readers of claims inherit it.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from auditor.records.fiscal import ERAS

__all__ = ["DAY", "Day", "day_of"]

Notation = Literal["era", "western", "relative", "none"]


class Day(NamedTuple):
    """A day, a month or a year of a text, characters ``start`` to ``end``.

    ``year`` is the western number of the printed year, ``is_fiscal`` tells that it is called
    年度, ``notation`` how it is printed. ``relative`` is a word that stands for a year (同, 翌).
    ``month`` and ``day`` are as printed, possible or not; ``weekday`` is its letter.
    """

    start: int
    end: int
    printed: str
    year: int | None
    is_fiscal: bool
    month: int | None
    day: int | None
    weekday: str
    notation: Notation
    relative: str = ""


_LETTERS: Final = "".join(era.letter for era in ERAS)
_NAMES: Final = "|".join(era.name for era in ERAS)
_BEGINS: Final = {era.name: era for era in ERAS} | {era.letter: era for era in ERAS}

_ERA: Final = (
    rf"(?:(?P<era>{_NAMES})|(?<![A-Za-z0-9])(?P<letter>[{_LETTERS}]))"
    r"[ .]{0,3}(?P<of_era>元|[0-9]{1,2})"
    r"(?: {0,2}年(?:(?P<e_fiscal>度)|(?! ?[間目生]))"
    r"(?: {0,4}(?P<e_month>[0-9]{1,2}) {0,2}月(?: {0,4}(?P<e_day>[0-9]{1,2}) {0,2}日)?)?"
    r"|[./] {0,1}(?P<e_pmonth>[0-9]{1,2})(?:[./] {0,1}(?P<e_pday>[0-9]{1,2}))?(?![0-9]))"
)
_LETTER_ALONE: Final = (
    rf"(?<![A-Za-z0-9])(?P<alone>[{_LETTERS}])(?P<of_alone>[0-9]{{1,2}})"
    r"(?P<a_fiscal>年度)?(?![0-9A-Za-z.年])"
)
_WESTERN: Final = (
    r"(?<![0-9,.])(?P<western>(?:19|20)[0-9]{2})"
    r"(?: {0,2}年(?:(?P<w_fiscal>度)|(?! ?[間目生]))"
    r"(?: {0,4}(?P<w_month>[0-9]{1,2}) {0,2}月(?: {0,4}(?P<w_day>[0-9]{1,2}) {0,2}日)?)?"
    r"|[./](?P<w_pmonth>[0-9]{1,2})[./](?P<w_pday>[0-9]{1,2})(?![0-9]))"
)
_RELATIVE: Final = (
    r"(?P<relative>同年度|同年|翌年度|翌年|本年度|本年|今年度|今年|前年度|前年|昨年度|昨年)"
    r"(?: {0,4}(?P<r_month>[0-9]{1,2}) {0,2}月(?: {0,4}(?P<r_day>[0-9]{1,2}) {0,2}日)?)"
)
_BARE: Final = (
    r"(?<![0-9])(?P<b_month>[0-9]{1,2}) {0,2}月(?![額間平])(?!補正|議会|定例|期)"
    r"(?: {0,4}(?P<b_day>[0-9]{1,2}) {0,2}日(?!間))?"
)
_WEEKDAY: Final = (
    r"(?: {0,3}\( {0,2}(?P<weekday>[月火水木金土日])(?:曜日?)?"
    r"(?:[・、, ]{0,2}[祝休]日?)?(?: {0,2}\)))?"
)

DAY: Final = rf"(?:{_ERA}|{_LETTER_ALONE}|{_WESTERN}|{_RELATIVE}|{_BARE}){_WEEKDAY}"
"""The pattern of a day in a folded text; ``day_of`` reads its groups."""


def day_of(match: re.Match[str], printed: str) -> Day:
    """The day that a match of ``DAY`` is."""
    part = match.groupdict()

    def number(*names: str) -> int | None:
        return next((int(part[name]) for name in names if part[name]), None)

    era = part["era"] or part["letter"] or part["alone"]
    year: int | None = None
    notation: Notation = "none"
    if era:
        year, notation = _BEGINS[era].western(part["of_era"] or part["of_alone"]), "era"
    elif part["western"]:
        year, notation = int(part["western"]), "western"
    elif part["relative"]:
        notation = "relative"
    return Day(
        start=match.start(),
        end=match.end(),
        printed=printed[match.start() : match.end()],
        year=year,
        is_fiscal=bool(part["e_fiscal"] or part["a_fiscal"] or part["w_fiscal"]),
        month=number("e_month", "e_pmonth", "w_month", "w_pmonth", "r_month", "b_month"),
        day=number("e_day", "e_pday", "w_day", "w_pday", "r_day", "b_day"),
        weekday=part["weekday"] or "",
        notation=notation,
        relative=part["relative"] or "",
    )
