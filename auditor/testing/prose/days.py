"""Writers of days: dates with weekdays, periods, years of two calendars, fiscal years."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from auditor.testing.prose.model import Passage, Slot, WordSlot
from auditor.testing.prose.pen import Pen, Topic, Writer, era_year

__all__ = ["CALENDAR_WRITERS"]

_FULL: Final = (
    "{era}{year}年{month}月{day}日",
    "{era}{year}年{m2}月{d2}日",
    "{era}{year}年 {month}月 {day}日",
    "{era}{year}年　{m2}月{d2}日",
    "{western}年{month}月{day}日",
    "{letter}{year}.{month}.{day}",
    "{letter}{year}.{m2}.{d2}",
    "{letter}{year}年{month}月{day}日",
    "{western}/{month}/{day}",
    "{letter}{year}/{month}/{day}",
)
_MONTH_AND_DAY: Final = ("{month}月{day}日", "{month}/{day}", "{m2}月{d2}日", "{month}月 {day}日")
_FREE_DAY: Final = "{day}日"

_DATES: Final = (
    "開催日：{day}（{weekday}）",
    "{day}（{weekday}）に{title}を行った。",
    "日時　{day}（{weekday}）10：00～12：00",
    "・{day}（{weekday}）　市民会館　参加者{count}",
    "{day}（{weekday}・祝）に開催し、{count}が来場した。",
    "会　期　　{day}（{weekday}）10時00分～12時30分",
    "{day} （{weekday}） {title}",
    "{day}{weekday}曜日　午後1時30分から3時まで",
    "{title}（{day}（{weekday}）、市民会館）",
    "{day}付けで要綱を改正した。",
    "{day}現在、{noun}は{count}である。",
    "①{day}（{weekday}）　中央会場",
)
_PERIODS: Final = (
    "期間：{first}（{weekday}）～{last}（{weekday2}）",
    "{first}から{last}まで実施した。",
    "会期：{first}（{weekday}）～{last}（{weekday2}）　来場者{count}",
    "{first}～{last}の{span}、{title}を行った。",
    "{first}（{weekday}）から{last}（{weekday2}）までの{span}開催した。",
    "募集期間　{first}～{last}（{span}）",
    "【会期】{first}（{weekday}）～{last}（{weekday2}）【{span}】",
)
_BROKEN_PERIODS: Final = (
    "{first}から{last}まで（休館日を除く{span}）開館した。",
    "{first}～{last}のうち{span}実施した。",
    "期間：{first}～{last}（開催日数{span}）",
    "{first}から{last}までの土日{span}、臨時バスを運行した。",
    "{first}～{last}（実働{span}）",
)
_PAIRS: Final = (
    "{western}年（{era}{year}年）に策定した計画に基づき実施した。",
    "{era}{year}年（{western}年）に開設した施設である。",
    "{era}{year}（{western}）年度を基準年とする。",
    "{western}（{era}{year}）年{month}に改定した。",
    "（{western}年・{era}{year}年）",
)
_SPANS_OF_YEARS: Final = (
    "{western}年度から{western2}年度まで（{span}）を計画期間とする。",
    "令和{a}年度～令和{b}年度（{span}）",
    "計画期間は令和{a}年度から令和{b}年度までの{span}である。",
    "R{a}～R{b}の{span}計画",
    "令和{a}年度から令和{b}年度までを集中取組期間とする。",
)
_FISCAL_YEARS: Final = (
    "令和{this}年度は新たに{title}を行った。",
    "令和{last}年度に引き続き、{title}を行った。",
    "令和{last}年度から継続して取り組んでいる。",
    "令和{last}年度の{noun}は{count}であった。",
    "令和{old}年度に策定した計画に基づき、{title}を進めた。",
    "令和{last}年度補正予算（令和{this}年度へ繰越）により実施した。",
    "令和{this}年度末の{noun}は{count}（令和{last}年度末{more}）となっている。",
    "平成30年度から令和{last}年度までの実績を踏まえ、見直しを行った。",
    "令和{next}年度当初予算に反映した。",
    "令和{this}年{month}に{title}を行った。",
)


def _words(pen: Pen, topic: Topic) -> dict[str, str | Slot]:
    count = pen.size(3)
    return {
        "title": topic.title,
        "noun": topic.noun,
        "count": pen.count("count", count, topic.counter),
        "more": pen.count("more", count - 1, topic.counter),
        "this": pen.plain(pen.year - 2018),
        "last": pen.plain(pen.year - 2019),
        "old": pen.plain(pen.year - 2021),
        "next": pen.plain(pen.year - 2017),
    }


def dated(pen: Pen, topic: Topic) -> Passage:
    """A day of the sheet's year with its weekday, with or without the year."""
    day = pen.day_of_year()
    wording = pen.pick(_FULL) if pen.chance(70) else pen.pick(_MONTH_AND_DAY)
    words = _words(pen, topic) | {"day": pen.day("day", day, wording), "weekday": pen.weekday(day)}
    return pen.passage("date", pen.pick(_DATES), words)


def dates(pen: Pen, _: Topic) -> Passage:
    """Several days, one a line, numbered; and how many there were."""
    number = pen.integer(2, 10)
    first = date(pen.year, 4, 1) + timedelta(days=pen.integer(0, 60))
    wording = pen.pick(_FULL)
    pieces: list[str | Slot] = []
    day = first
    for at in range(number):
        day += timedelta(days=pen.integer(7, 29))
        pieces += [f"{'①②③④⑤⑥⑦⑧⑨⑩'[at]}", pen.day(f"day.{at + 1}", day, wording)]
        pieces += [
            pen.signs("（"),
            pen.weekday(day, f"weekday.{at + 1}"),
            pen.signs("）") + "　市民会館\n",
        ]
    pieces += ["　※全", pen.count("stated", number, "回"), "開催"]
    return Passage("dates", tuple(pieces))


def _last_wording(pen: Pen, first: date, last: date, full: str) -> str:
    """How the last day of a period is printed: without what it shares with the first."""
    if "." in full or "/" in full or pen.chance(30):
        return full
    if first.month == last.month and first.year == last.year and pen.chance(50):
        return _FREE_DAY
    return "{month}月{day}日"


def period(pen: Pen, topic: Topic) -> Passage:
    """A first and a last day, which may leave out month and year; and how many days that is."""
    first = pen.day_of_year()
    last = min(first + timedelta(days=pen.integer(1, 90)), date(pen.year + 1, 3, 31))
    full = pen.pick((*_FULL[:8], "{month}月{day}日"))
    words = _words(pen, topic) | {
        "first": pen.day("first", first, full),
        "last": pen.day("last", last, _last_wording(pen, first, last, full)),
        "weekday": pen.weekday(first),
        "weekday2": pen.weekday(last, "weekday2"),
        "span": pen.count("stated_span", (last - first).days + 1, "日間"),
    }
    return pen.passage("period", pen.pick(_PERIODS), words)


def broken_period(pen: Pen, topic: Topic) -> Passage:
    """A period of which only some days count."""
    first = pen.day_of_year()
    last = min(first + timedelta(days=pen.integer(20, 90)), date(pen.year + 1, 3, 31))
    full = pen.pick(_FULL[:8])
    some = pen.integer(1, max(1, (last - first).days - 1))
    words = _words(pen, topic) | {
        "first": pen.day("first", first, full),
        "last": pen.day("last", last, _last_wording(pen, first, last, full)),
        "span": pen.count("some", some, "日間"),
    }
    return pen.passage("broken period", pen.pick(_BROKEN_PERIODS), words)


def year_pair(pen: Pen, _: Topic) -> Passage:
    """A year by both calendars."""
    year = pen.integer(1960, pen.year + 10)
    if year in (1989, 2019):
        # Two eras share them.
        year += 1
    era, _letter, of_era = era_year(year)
    written = "元" if of_era == 1 else pen.plain(of_era)
    words: dict[str, str | Slot] = {
        "western": WordSlot("year", pen.plain(year)),
        "era": era,
        "year": WordSlot("other_year", written),
        "month": f"{pen.integer(4, 12)}月",
    }
    return pen.passage("year pair", pen.pick(_PAIRS), words)


def years(pen: Pen, _: Topic) -> Passage:
    """Several fiscal years, and how many they are."""
    first = pen.integer(2019, pen.year)
    number = pen.integer(2, 10)
    unit = pen.pick(("か年", "年間", "カ年", "ヵ年"))
    words: dict[str, str | Slot] = {
        "western": pen.plain(first),
        "western2": pen.plain(first + number - 1),
        "a": pen.plain(first - 2018) if first > 2019 else "元",
        "b": pen.plain(first + number - 1 - 2018),
        "span": pen.count("stated_span", Fraction(number), unit),
    }
    return pen.passage("years", pen.pick(_SPANS_OF_YEARS), words)


def fiscal_year(pen: Pen, topic: Topic) -> Passage:
    """Fiscal years that a result may well name."""
    words = _words(pen, topic) | {"month": f"{pen.integer(4, 12)}月"}
    return pen.passage("fiscal year", pen.pick(_FISCAL_YEARS), words)


CALENDAR_WRITERS: Final[tuple[Writer, ...]] = (
    dated,
    dates,
    period,
    broken_period,
    year_pair,
    years,
    fiscal_year,
)
