"""Days in every notation of prose: read as they are printed, and told apart from what is none."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.narrative.days import WEEKDAYS
from auditor.narrative.folding import folded
from auditor.narrative.tokens import Tokens, tokens_of
from auditor.narrative.words import words_of
from auditor.records.fiscal import era_of, wide_digits

FORM: Final = Path(__file__).parents[2] / "rules" / "auditor_rules" / "forms" / "kushiro.toml"
WORDS: Final = words_of(load_form(FORM))


def tokens(text: str) -> Tokens:
    return tokens_of(folded(text), text, WORDS)


def parts(text: str) -> list[tuple[int | None, int | None, int | None]]:
    """The year, month and day of each day in a text."""
    return [(day.year, day.month, day.day) for day in tokens(text).days]


def era_year(day: date) -> tuple[str, str, str]:
    """The era of a day by name and letter, and its year in it."""
    era = era_of(day)
    assert era is not None
    number = day.year - era.begins.year + 1
    return era.name, era.letter, "元" if number == 1 else str(number)


def notations(day: date) -> list[str]:
    """A day as texts print it."""
    name, letter, year = era_year(day)
    month, number = day.month, day.day
    texts = [
        f"{name}{year}年{month}月{number}日",
        f"{name}{year}年 {month:2}月{number:2}日",
        f"{name} {year} 年 {month} 月 {number} 日",
        f"{letter}{year}年{month}月{number}日",
        f"{letter}{year}.{month}.{number}",
        f"{letter}{year}/{month}/{number}",
        f"{letter}.{year}.{month}.{number}",
        f"{day.year}年{month}月{number}日",
        f"{day.year}/{month}/{number}",
        f"{day.year}.{month}.{number}",
        day.isoformat(),
    ]
    if name == "令和":
        texts.append(f"㋿{year}年{month}月{number}日")
    return texts


def weekdays(letter: str) -> list[str]:
    """A weekday as texts print it behind a day."""
    return [
        f"（{letter}）",
        f"({letter})",
        f"（{letter}曜日）",
        f"({letter}曜)",
        f"（{letter}・祝）",
        f"({letter}･祝日)",
        f"（祝・{letter}）",
        f"（{letter}・振替休日）",
        f"【{letter}】",
        f"〔{letter}〕",
        f" ( {letter} ) ",
        f"{letter}曜日",
    ]


DAYS: Final = st.dates(date(1989, 1, 8), date(2060, 12, 31))
BEFORE: Final = st.sampled_from(["", "日時：", "①", "（", "会期　", "7月分を", "3回、", "○"])
AFTER: Final = st.sampled_from(["", "に開催した。", "　10:00～12:00", "、参加者30名", "まで"])


@given(DAYS, st.data(), BEFORE, AFTER, st.booleans())
def test_a_day_is_read_in_every_notation(
    day: date, data: st.DataObject, before: str, after: str, is_wide: bool
) -> None:
    plain = data.draw(st.sampled_from(notations(day)))
    weekday = data.draw(st.sampled_from(["", *weekdays(WEEKDAYS[day.weekday()])]))
    text = before + (wide_digits(plain) if is_wide else plain) + weekday + after
    read = [item for item in tokens(text).days if item.day is not None]
    assert [(item.year, item.month, item.day) for item in read] == [(day.year, day.month, day.day)]
    (item,) = read
    assert item.weekday == (WEEKDAYS[day.weekday()] if weekday else "")
    assert text[item.start : item.end] == item.printed
    if weekday:
        assert text[item.weekday_start] == item.weekday
        assert item.date_end <= item.weekday_start


def test_every_day_of_seventy_years_is_read() -> None:
    day, count = date(1989, 1, 8), 0
    while day < date(2060, 1, 1):
        texts = notations(day)
        text = texts[count % len(texts)]
        assert parts(f"{text}に") == [(day.year, day.month, day.day)], text
        day, count = day + timedelta(days=1), count + 1


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("１月１７日～１９日", [(None, 1, 17), (None, None, 19)]),
        ("10月5日・6日", [(None, 10, 5), (None, None, 6)]),
        ("10月5日(土)、6日(日)、12日(土)", [(None, 10, 5), (None, None, 6), (None, None, 12)]),
        ("令和6年6月9日（日）－8月16日（金）", [(2024, 6, 9), (None, 8, 16)]),
        ("10月5～7日", [(None, 10, 5), (None, None, 7)]),
        ("6月5・6・7日", [(None, 6, 5), (None, None, 6), (None, None, 7)]),
        ("5/13（月）～17（金）", [(None, 5, 13), (None, None, 17)]),
        ("8/23付けで改正、7/32付", [(None, 8, 23), (None, 7, 32)]),
        ("R6/7/32（月）", [(2024, 7, 32)]),
        ("11/2土曜日", [(None, 11, 2)]),
        ("13/5（月）、8/32（火）", [(None, 13, 5), (None, 8, 32)]),
        ("R６. ８.23～R６.11. ４(79日間）", [(2024, 8, 23), (2024, 11, 4)]),
        ("R6.4.1～9.30", [(2024, 4, 1), (None, 9, 30)]),
        ("令和6年4～9月", [(2024, 4, None), (None, 9, None)]),
        ("令和６年４月～令和７年３月", [(2024, 4, None), (2025, 3, None)]),
        ("令和6年11月から7年3月まで", [(2024, 11, None), (2025, 3, None)]),
        ("4月から翌年3月", [(None, 4, None), (None, 3, None)]),
        ("10月1日から3日まで", [(None, 10, 1), (None, None, 3)]),
        ("令和6年6月上旬、7月末", [(2024, 6, None), (None, 7, None)]),
        ("13月5日、2月30日", [(None, 13, 5), (None, 2, 30)]),
        ("令和6年9月定例市議会", [(2024, 9, None)]),
    ],
)
def test_ranges_and_lists_are_read(
    text: str, days: list[tuple[int | None, int | None, int | None]]
) -> None:
    assert parts(text) == days
    assert parts(wide_digits(text)) == days


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("令和元年度・２年度", [(2019, True), (2020, True)]),
        ("令和５・６年度", [(2023, False), (2024, True)]),
        ("令和5、6及び7年度", [(2023, False), (2024, False), (2025, True)]),
        ("R4～R6", [(2022, False), (2024, False)]),
        ("R4～6年度", [(2022, False), (2024, True)]),
        ("2018～2027年度", [(2018, False), (2027, True)]),
        ("2023・24年度", [(2023, False), (2024, True)]),
        ("2024年（令和６年）", [(2024, False), (2024, False)]),
        ("令和6（2024）年度", [(2024, False), (2024, False)]),
        ("2024(R6)年", [(2024, False), (2024, False)]),
        ("令和５年度から3年間", [(2023, True)]),
        ("令和5年から6年", [(2023, False)]),
        ("㍻30年度", [(2018, True)]),
    ],
)
def test_years_are_read_apart_from_fiscal_years(text: str, years: list[tuple[int, bool]]) -> None:
    assert [(day.year, day.is_fiscal) for day in tokens(text).days] == years


@pytest.mark.parametrize(
    "text",
    [
        "60周年",
        "昭和30年代",
        "2000年代",
        "平成元年生まれ",
        "5年間",
        "3か月",
        "月額3,000円",
        "12時30分",
        "24時間365日",
        "9月補正",
        "12月補正予算",
        "9月定例会",
        "9月定例市議会",
        "6月議会",
        "3月期",
        "補助率10/10",
        "5/13",
        "R5.5%",
        "H1.5m",
        "4日間",
        "毎月第3土曜日",
        "月2土曜日",
        "2,024年目",
        "5日目",
        "文書番号2024-11-31",
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert parts(text) == []


@pytest.mark.parametrize("text", ["10月5日、1日3回開催", "10月1日から3日に1回", "10月5日、6日間"])
def test_a_number_behind_a_day_that_is_none(text: str) -> None:
    assert parts(text) == [(None, 10, 1 if "1日から" in text else 5)]


@pytest.mark.parametrize(
    "text",
    [
        "10月5日（土・日）",
        "10月5日(土曜日を除く)",
        "4月1日～3月31日 土曜日を除く",
        "10月5日（土産）",
    ],
)
def test_what_is_no_weekday_of_the_day(text: str) -> None:
    assert {day.weekday for day in tokens(text).days} == {""}


@given(st.text("令和平成RHS元年月日0123456789 ./~-・、()（）土同翌から及びと", max_size=60))
def test_tokens_stand_in_the_order_of_the_text(text: str) -> None:
    read = tokens(text)
    spans = [
        *((day.start, day.end) for day in read.days),
        *((quantity.start, quantity.end) for quantity in read.quantities),
        *((other.start, other.end) for other in read.others),
    ]
    spans.sort()
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert all(text[day.start : day.end] == day.printed for day in read.days)
