"""Days, months and years as prose names them.

A year is kept as its western number. A number alone that a range or a list begun by a day makes
one (～１９日, ・６年度) is read with what that day prints. Other parts that a text leaves out (the
year of ～１月１９日) are left out here; the readers of claims inherit them.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from auditor.records.fiscal import ERA_SIGNS, ERAS

__all__ = ["DAY", "RANGE", "WEEKDAYS", "Day", "days_at"]

Notation = Literal["era", "western", "relative", "none"]

WEEKDAYS: Final = "月火水木金土日"
"""The letters of the days of the week, Monday first, as ``date.weekday`` counts them."""


class Day(NamedTuple):
    """A day, a month or a year of a text, characters ``start`` to ``end``.

    ``year`` is the western number of the printed year, ``is_fiscal`` tells that it is called
    年度, ``notation`` how it is printed. ``relative`` is a word that stands for a year or a month
    (同年, 翌年, 同月, 毎年). ``month`` and ``day`` are as printed, possible or not; ``weekday`` is
    its letter, which stands at ``weekday_start`` behind the day itself, which ends at ``date_end``.
    ``in_signs`` tells that its parts are set apart by signs (R6.10.15, 5/13).
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
    in_signs: bool = False
    date_end: int = 0
    weekday_start: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether the month and the day are printed."""
        return self.month is not None and self.day is not None


# --- where a day begins

_SIGNS: Final = {chr(sign): name for sign, name in ERA_SIGNS.items()}
_LETTERS: Final = "".join(era.letter for era in ERAS)
_NAMES: Final = "|".join((*(era.name for era in ERAS), *_SIGNS))
_BEGINS: Final = (
    {era.name: era for era in ERAS}
    | {era.letter: era for era in ERAS}
    | {sign: era for era in ERAS for sign, name in _SIGNS.items() if name == era.name}
)
_N: Final = "[0-9]{1,2}"
# What parts the members of a list or the ends of a range.
_SIGN: Final = "(?:[~・、,/-]|及び|並びに|と)"
_MORE: Final = rf"(?: {{0,2}}{_SIGN} {{0,2}}{_N}(?![0-9])){{1,9}}"
# A month in words of which it is only a part (月額, 月次) is none.
_MONTH_SIGN: Final = " {0,2}月(?![間額例刊次報謝給影見平])"
_STAGE: Final = re.compile(
    " {0,2}(?:補正|臨時|専決|定例|期(?!間|日)|(?:市|町|村|県|都|道|区)?議会)"
)
"""What stands behind a month that names a budget stage or a session of the assembly."""
# 日 in words that say how many days (5日間, 6日程度), not which one.
_DAY_SIGN: Final = (
    " {0,2}日(?!間|目|程|後|前(?!後)|以[内上]|未満|ほど|余|分|当|数|額|ごと|おき|連続)"
)
_OPEN: Final = r"[(\[【〔〈<《「『]"
_CLOSE: Final = r"[)\]】〕〉>》」』]"
_HOLIDAY: Final = "(?:振替休日|国民の休日|振休|振替|祝日?|休日?)"
_WEEKDAY_SOURCE: Final = (
    rf" {{0,3}}(?:{_OPEN} {{0,2}}(?:{_HOLIDAY}[・、,/ ]{{1,2}})?(?P<bracketed>[{WEEKDAYS}])"
    rf"(?:曜日?)?(?:[・、,/ ]{{0,2}}{_HOLIDAY})? {{0,2}}{_CLOSE}"
    rf"|{_OPEN} {{0,2}}(?P<timed>[{WEEKDAYS}])曜日? {{0,2}}(?=[0-9]|午前|午後))"
    # Without a bracket a weekday may begin a sentence of its own: 土曜日を除く.
    rf"|(?P<plain>[{WEEKDAYS}])曜日?(?![{WEEKDAYS}]|[・、,~] {{0,1}}[{WEEKDAYS}祝])"
    r"(?!を?除|以外|と|及|又|また|か[ら ]|が|も|休|祝)"
)
_IN_BRACKET: Final = (
    rf" {{0,3}}{_OPEN} {{0,2}}(?:祝[・、,/ ])?[{WEEKDAYS}]"
    rf"(?:曜|[・、,/ ]?[祝休振]| {{0,2}}{_CLOSE})"
)
_BEFORE_WEEKDAY: Final = rf"(?={_IN_BRACKET}|[{WEEKDAYS}]曜日)"

_ERA: Final = rf"(?P<era>{_NAMES}) {{0,4}}(?P<of_era>元|{_N})(?![0-9])"
_LETTER: Final = (
    rf"(?<![A-Za-z0-9])(?P<letter>[{_LETTERS}])(?:\.? ?)(?P<of_letter>元|{_N})(?![0-9A-Za-z,%])"
)
_WESTERN: Final = (
    r"(?<![0-9])(?<![0-9][,.:])(?P<western>(?:19|20)[0-9]{2})(?![0-9])"
    r"(?= {0,3}年|/[0-9]{1,2}/[0-9]{1,2}(?![0-9])|\.[0-9]{1,2}\.[0-9]{1,2}(?![0-9.])"
    r"|-(?:0[1-9]|1[0-2])-[0-3][0-9](?![0-9-])"
    r"| {0,2}[~・、-] {0,2}(?:(?:19|20)?[0-9]{2}) {0,2}年"
    rf"| {{0,2}}\( {{0,2}}(?:{_NAMES}|[{_LETTERS}]) {{0,2}}(?:元|{_N}) {{0,2}}\) {{0,2}}年"
    r"| {0,2}\) {0,2}年)"
)
_RELATIVE: Final = (
    r"(?P<relative>(?:同|翌|本|今|前|昨|毎|例|各)年度?|翌々年度?|[翌同](?=[0-9 ])|毎月|各月)"
    rf"(?= {{0,4}}{_N}{_MONTH_SIGN}|(?<=月) {{0,4}}{_N}{_DAY_SIGN})"
    rf"|(?P<relative_month>同月|翌月|前月|先月|来月)(?= {{0,4}}{_N}{_DAY_SIGN})"
)
_BARE: Final = (
    rf"(?<![0-9])(?<![0-9][.,:/])(?P<bare>{_N})(?={_MONTH_SIGN}|{_MORE}{_MONTH_SIGN})"
    r"|(?<![0-9])(?<![0-9][.,:/-])"
    rf"(?P<signed>1?[0-9]/[0-3]?[0-9]|(?:1[0-2]|[1-9])\.(?:[12][0-9]|3[01]|[1-9])){_BEFORE_WEEKDAY}"
    rf"|(?<![0-9])(?<![0-9][.,:/-])(?P<dated>(?:1[0-2]|0?[1-9])/[0-9]{{1,2}})(?= {{0,2}}付)"
    rf"|(?<![0-9])(?<![0-9][.,:/-])(?P<lone>{_N})(?={_DAY_SIGN}{_IN_BRACKET})"
)

_FIRST: Final = "".join(sorted({name[0] for name in _BEGINS}))
# Most signs begin no day: one look at each is a tenth of the time that all patterns take.
DAY: Final = (
    rf"(?=[0-9{_FIRST}同翌本今前昨毎例各先来])(?:{_ERA}|{_LETTER}|{_WESTERN}|{_RELATIVE}|{_BARE})"
)
"""The pattern of where a day begins in a folded text; ``days_at`` reads what follows."""

RANGE: Final = re.compile(r" {0,3}(?:~|-|から) {0,3}")
"""What stands between the two ends of a range; ``から`` only where a まで follows."""


# --- what follows

_YEAR_SIGN: Final = re.compile(r" {0,3}年(?:(?P<fiscal>度)|(?![間目生代])|(?=間))|(?P<none>)")
_IS_SPAN: Final = re.compile(r" {0,3}年(?:間|目|生|代)")
_IN_SIGNS: Final = re.compile(
    rf"(?P<sign>[./-]) {{0,1}}(?P<month>{_N})(?:(?P=sign) {{0,1}}(?P<day>{_N}))?"
    r"(?![0-9]|[./-][0-9]|[A-Za-z%㎡件人])"
)
_OF_MONTH: Final = re.compile(
    rf"(?: {{0,4}}|の)(?P<month>{_N})(?:{_MONTH_SIGN}|(?={_MORE}{_MONTH_SIGN}))"
)
_OF_DAY: Final = re.compile(rf" {{0,4}}(?P<day>{_N})(?:{_DAY_SIGN}|(?={_MORE}{_DAY_SIGN}))")
_WEEKDAY: Final = re.compile(_WEEKDAY_SOURCE)
_JOINT: Final = r" {0,3}(?:[~・、,-]|から|及び|並びに|と) {0,3}翌? {0,2}"
_NEXT_DAY: Final = re.compile(
    rf"(?P<joint>{_JOINT})(?P<day>{_N})(?![0-9])(?:(?P<sign>{_DAY_SIGN})|(?={_MORE}{_DAY_SIGN})|(?={_IN_BRACKET}))"
)
_UNTIL: Final = re.compile(
    rf"(?:{_WEEKDAY_SOURCE})?(?: {{0,3}}[0-9]{{1,2}}[:時][0-9]{{0,2}}分?)? {{0,2}}(?:まで|にかけて)"
)
_NEXT_YEAR: Final = re.compile(
    rf"(?P<joint> {{0,2}}(?:[~・、,-]|から|及び|並びに|と) {{0,2}})(?P<of_era>{_N})(?![0-9])"
    rf"(?: {{0,2}}年(?:(?P<fiscal>度)(?!間)|(?= {{0,4}}{_N}{_MONTH_SIGN})"
    rf"|(?P<alone>)(?![間目生代度]))|(?={_MORE} {{0,2}}年度))"
)
_NEXT_IN_SIGNS: Final = re.compile(
    r"(?P<joint> {0,2}[~・、,-] {0,2})(?P<month>1[0-2]|0?[1-9])[./](?P<day>[12][0-9]|3[01]|0?[1-9])"
    r"(?![0-9]|[./][0-9])"
)
_DASH: Final = re.compile(" {0,2}- {0,2}")
_BEGIN: Final = re.compile(DAY)
_LAST_MONTH, _LAST_DAY = 12, 31
_MOST: Final = 40
"""So many members of a list are read at most."""


def days_at(match: re.Match[str], text: str, printed: str) -> tuple[Day, ...]:
    """The day that a match of ``DAY`` begins, and those that hang on it in a range or a list.
    Empty where it turns out to be none (昭和30年代, R5.5%).
    """
    days: list[Day] = []
    begin: re.Match[str] | None = match
    while begin is not None and len(days) < _MOST:
        first = _first(begin, text, printed)
        if first is None:
            break
        days += (first, *_followers(first, text, printed))
        # Here a dash is no sign of a number: 6月9日（日）－8月16日.
        dash = _DASH.match(text, days[-1].end)
        begin = None if dash is None else _BEGIN.match(text, dash.end())
    return tuple(days)


def _first(match: re.Match[str], text: str, printed: str) -> Day | None:
    era = match["era"] or match["letter"]
    if era:
        return _of_era(match, text, printed)
    if match["western"]:
        day = _Reading(match.start(), match.end(), int(match["western"]), "western")
        return day.after_year(text, printed)
    if match["relative"] or match["relative_month"]:
        day = _Reading(match.start(), match.end(), None, "relative")
        day.relative = match["relative"] or match["relative_month"]
        if match["relative_month"] or day.relative in ("毎月", "各月"):
            return day.read_day(text).read_weekday(text).done(printed)
        day.is_fiscal = day.relative.endswith("度")
        return day.read_month(text).done(printed)
    day = _Reading(match.start(), match.start(), None, "none")
    if match["bare"]:
        day.read_month(text)
        is_stage = day.day is None and _STAGE.match(text, day.end) is not None
        return None if is_stage else day.done(printed)
    in_signs = match["signed"] or match["dated"]
    if in_signs:
        month, _, of_month = in_signs.replace(".", "/").partition("/")
        day.month, day.day, day.in_signs = int(month), int(of_month), True
        day.end = match.end()
        return day.read_weekday(text).done(printed)
    return day.read_day(text).read_weekday(text).done(printed)


def _of_era(match: re.Match[str], text: str, printed: str) -> Day | None:
    era = _BEGINS[match["era"] or match["letter"]]
    year = era.western(match["of_era"] or match["of_letter"])
    day = _Reading(match.start(), match.end(), year, "era").after_year(text, printed)
    if day is None or match["era"]:
        return day
    # A letter and a number may be anything: a model, a size. In signs it is a day that may exist.
    if day.in_signs:
        is_one = 1 <= (day.month or 0) <= _LAST_MONTH and (day.day or 1) <= _LAST_DAY
        return day if is_one or day.weekday else None
    is_year = day.is_fiscal or day.month is not None or text[day.end - 1] == "年"
    after = text[day.end : day.end + 1]
    return (
        day if is_year or (" " not in match.group() and not after.startswith((".", "/"))) else None
    )


class _Reading:
    """A day while it is read, from the left to the right."""

    def __init__(self, start: int, end: int, year: int | None, notation: Notation) -> None:
        self.start = start
        self.end = end
        self.year = year
        self.notation: Notation = notation
        self.is_fiscal = False
        self.month: int | None = None
        self.day: int | None = None
        self.weekday = ""
        self.relative = ""
        self.in_signs = False
        self.date_end = 0
        self.weekday_start = 0

    def after_year(self, text: str, printed: str) -> Day | None:
        """What stands behind the number of a year."""
        if _IS_SPAN.match(text, self.end):
            return None
        signs = _IN_SIGNS.match(text, self.end)
        if signs is not None:
            if signs["day"] is None and (signs["sign"] == "-" or self.notation == "western"):
                return self.done(printed)
            self.month, self.in_signs, self.end = int(signs["month"]), True, signs.end()
            self.day = int(signs["day"]) if signs["day"] else None
            if signs["sign"] == "-" and not self._may_exist():
                return None  # the number of a document: 2024-11-31
            return (self.read_weekday(text) if self.day else self).done(printed)
        sign = _YEAR_SIGN.match(text, self.end)
        assert sign is not None
        self.is_fiscal, self.end = bool(sign["fiscal"]), sign.end()
        is_year = sign["none"] is None
        return (self.read_month(text) if is_year else self).done(printed)

    def _may_exist(self) -> bool:
        """Whether there is such a day in some year."""
        month, day = self.month or 0, self.day or 0
        return 1 <= month <= _LAST_MONTH and 1 <= day <= monthrange(2024, month)[1]

    def read_month(self, text: str) -> _Reading:
        """The month, and what stands behind it."""
        match = _OF_MONTH.match(text, self.end)
        if match is None:
            return self
        self.month, self.end = int(match["month"]), match.end()
        return self.read_day(text).read_weekday(text)

    def read_day(self, text: str) -> _Reading:
        match = _OF_DAY.match(text, self.end)
        if match is not None:
            self.day, self.end = int(match["day"]), match.end()
        return self

    def read_weekday(self, text: str) -> _Reading:
        match = _WEEKDAY.match(text, self.end) if self.day is not None else None
        if match is not None:
            name = match.lastgroup or "plain"
            self.weekday, self.weekday_start = match[name], match.start(name)
            self.date_end, self.end = self.end, match.end()
        return self

    def done(self, printed: str) -> Day:
        return Day(
            start=self.start,
            end=self.end,
            printed=printed[self.start : self.end],
            year=self.year,
            is_fiscal=self.is_fiscal,
            month=self.month,
            day=self.day,
            weekday=self.weekday,
            notation=self.notation,
            relative=self.relative,
            in_signs=self.in_signs,
            date_end=self.date_end or self.end,
            weekday_start=self.weekday_start,
        )


# --- ranges and lists


def _followers(first: Day, text: str, printed: str) -> Iterator[Day]:
    """The days, months and years behind a day that say less than it does."""
    day = first
    for _ in range(_MOST):
        following = _next_day(day, text, printed) or _next_year(day, text, printed)
        if following is None:
            return
        yield following
        day = following


def _next_day(before: Day, text: str, printed: str) -> Day | None:
    """～１９日 behind １月１７日, ～9.30 behind R6.4.1."""
    if before.day is None:
        return None
    if before.in_signs:
        match = _NEXT_IN_SIGNS.match(text, before.end)
        if match is not None:
            day = _Reading(match.start("month"), match.end(), None, "none")
            day.month, day.day, day.in_signs = int(match["month"]), int(match["day"]), True
            return day.read_weekday(text).done(printed)
    match = _NEXT_DAY.match(text, before.end)
    if match is None:
        return None
    day = _Reading(match.start("day"), match.end(), None, "none")
    day.day = int(match["day"])
    day.read_weekday(text)
    is_later = day.day > before.day or bool(day.weekday) or "~" in match["joint"]
    if not is_later:
        return None  # 10月5日、1日3回
    if "から" in match["joint"] and not day.weekday and _UNTIL.match(text, match.end()) is None:
        return None  # 10月1日から3日に1回
    return day.done(printed)


def _next_year(before: Day, text: str, printed: str) -> Day | None:
    """・６年度 behind 令和５, ～7年3月 behind 令和6年4月."""
    if before.year is None or before.notation not in ("era", "western"):
        return None
    match = _NEXT_YEAR.match(text, before.end)
    if match is None:
        return None
    era = next((era for era in ERAS if era.begins.year <= before.year), None)
    number = int(match["of_era"])
    if before.notation == "western":
        year = before.year - before.year % 100 + number
    elif era is not None:
        year = era.begins.year - 1 + number
    else:
        return None
    is_range = any(sign in match["joint"] for sign in ("から", "と"))
    if year <= before.year or (match["alone"] is not None and is_range):
        return None  # 令和5年から6年
    day = _Reading(match.start("of_era"), match.end(), year, before.notation)
    day.is_fiscal = bool(match["fiscal"])
    return (day if day.is_fiscal else day.read_month(text)).done(printed)
