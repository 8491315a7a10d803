"""Fiscal years in every notation of the documents."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records import fiscal
from auditor.records.fiscal import (
    day_in_words,
    fiscal_year_in_words,
    fiscal_year_of,
    parse_day,
    parse_month,
    parse_year,
    year_in_era,
)

ERAS = (("令和", "R", 2018, 99), ("平成", "H", 1988, 31), ("昭和", "S", 1925, 64))
WIDE = str.maketrans("0123456789RHS./", "０１２３４５６７８９ＲＨＳ．／")


def notations(year: int) -> list[str]:
    """A year in every era that has it, in words and letters, half and full width."""
    found = [f"{year}"]
    for word, letter, before, last in ERAS:
        if 1 <= (of_era := year - before) <= last:
            found += [
                f"{word}{of_era}",
                f"{letter}{of_era}",
                f"{letter.lower()}{of_era}",
                f"{letter}.{of_era}",
                f"{word} {of_era}",
            ]
            found += [f"{word}元"] if of_era == 1 else []
    return [text for plain in found for text in (plain, plain.translate(WIDE))]


@given(st.integers(1930, 2060))
def test_every_notation_of_a_year(year: int) -> None:
    for text in notations(year):
        assert parse_year(text) == year, text
        assert parse_year(f"（{text}年度 決算額）") == year, text


@given(st.integers(1930, 2060), st.integers(1, 12))
def test_every_notation_of_a_month(year: int, month: int) -> None:
    for text in notations(year):
        for between, after in ((".", ""), ("年", "月"), ("/", ""), ("-", "")):
            assert parse_month(f"{text}{between}{month}{after}") == f"{year:04d}-{month:02d}", text
    assert fiscal_year_of(f"{year:04d}-{month:02d}") == (year if month >= 4 else year - 1)


@given(st.dates(date(1990, 1, 1), date(2050, 12, 31)))
def test_days_and_ends_of_months(day: date) -> None:
    for text in notations(day.year):
        assert parse_day(f"{text}年{day.month}月{day.day}日") == day
        last = parse_day(f"{text}.{day.month}末現在")
        assert last is not None
        assert (last.year, last.month) == (day.year, day.month)
        assert (last + date.resolution).day == 1


@pytest.mark.parametrize(
    "text", ["", "DXR6", "SPI3", "年度", "令和", "R", "12024", "3,033", "20245", "ABCH31", "R123"]
)
def test_what_is_no_year(text: str) -> None:
    assert parse_year(text) is None


def test_the_first_year_of_an_era_is_the_last_of_the_one_before() -> None:
    assert parse_year("H31") == parse_year("R1") == parse_year("令和元年度") == 2019


@pytest.mark.parametrize("text", ["R6", "R6.13", "R6.0", "令和6年度"])
def test_a_year_alone_is_no_month(text: str) -> None:
    assert parse_month(text) is None


def test_dates_of_the_documents() -> None:
    assert parse_day("人（R7.3末現在）") == date(2025, 3, 31)
    assert parse_month("R6.3") == "2024-03"
    assert fiscal_year_of("2024-03") == 2023


@given(st.text(max_size=40))
def test_nothing_raises(text: str) -> None:
    parse_year(text)
    parse_month(text)
    parse_day(text)


@given(st.integers(1, 9999))
def test_a_year_in_its_era_is_read_back(year: int) -> None:
    in_era = year_in_era(year)
    assert (in_era is None) == (year < 1926)
    if in_era is not None and in_era.number < 100:
        assert parse_year(f"{in_era.era.name}{in_era.of_era}年度") == year
        assert parse_year(f"{in_era.era.letter}{in_era.number}") == year
        assert in_era.era.western(in_era.of_era) == year


# What the program writes


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_day_written_is_read_back(day: date) -> None:
    words = day_in_words(day)
    assert parse_day(words) == day
    assert not any(character in "0123456789" for character in words)
    assert words.endswith(f"日（{'月火水木金土日'[day.weekday()]}）")


@given(st.integers(1900, 2100))
def test_a_fiscal_year_written_is_read_back(year: int) -> None:
    words = fiscal_year_in_words(year)
    assert parse_year(words) == year
    assert not any(character in "0123456789" for character in words)
    assert re.fullmatch(r"[^１]+元年度|[^元]+年度", words)


@pytest.mark.parametrize("era", fiscal.ERAS, ids=lambda era: era.letter)
def test_an_era_begins_on_its_first_day(era: fiscal.Era) -> None:
    """Its first year is 元; the day before lies in the last year of the era before."""
    first, before = day_in_words(era.begins), day_in_words(era.begins - date.resolution)
    assert first.startswith(f"{era.name}元年")
    assert era.name not in before
    assert parse_day(first) == era.begins
    assert parse_day(before) == era.begins - date.resolution


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 8, 4), "令和７年８月４日（月）"),
        (date(2019, 5, 1), "令和元年５月１日（水）"),
        (date(2019, 4, 30), "平成３１年４月３０日（火）"),
        (date(1989, 1, 7), "昭和６４年１月７日（土）"),
        (date(1926, 12, 24), "１９２６年１２月２４日（金）"),
    ],
)
def test_days_in_words(day: date, words: str) -> None:
    assert day_in_words(day) == words
