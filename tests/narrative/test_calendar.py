"""Claims of the calendar: days with weekdays, periods, and western years beside Japanese ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.narrative.claims import calendar
from auditor.narrative.days import WEEKDAYS
from auditor.narrative.model import Claim
from auditor.narrative.statements import SheetText
from auditor.records.fiscal import day_in_words, era_of, wide_digits
from auditor.records.model import Evaluation, Sheet

FORM: Final = load_form(
    Path(__file__).parents[2] / "rules" / "auditor_rules" / "forms" / "kushiro.toml"
)


def claims(achieved: str = "", issues: str = "") -> list[Claim]:
    """The claims of a sheet of 令和６年度 with some results and issues."""
    evaluations = {"2024": Evaluation(year=2024, issues=issues)}
    sheet = Sheet(name="港の事業", fiscal_year=2024, achieved=achieved, evaluations=evaluations)
    return list(calendar.read(SheetText(sheet, FORM)))


def of_kind(kind: str, achieved: str, issues: str = "") -> list[Claim]:
    return [claim for claim in claims(achieved, issues) if claim.kind == kind]


def weekday_pairs(achieved: str, issues: str = "") -> list[tuple[str, str, str]]:
    """The weekdays of a text with those of the calendar, and where their year stands."""
    return [
        (claim.words["weekday"], claim.words["calendar_weekday"], claim.words["within"])
        for claim in of_kind("date", achieved, issues)
        if "weekday" in claim.words
    ]


def marked(claim: Claim) -> dict[str, str]:
    """What of its sentence a claim marks, by name."""
    sentence = claim.sentence
    return {mark.name: sentence.text[mark.start : mark.end] for mark in sentence.marks}


DAYS: Final = st.dates(date(1989, 1, 8), date(2060, 12, 31))


def letter(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def in_year(day: date, *, is_western: bool) -> str:
    era = era_of(day)
    assert era is not None
    number = day.year - era.begins.year + 1
    year = f"{day.year}" if is_western else f"{era.name}{'元' if number == 1 else number}"
    return f"{year}年{day.month}月{day.day}日"


# --- weekdays


@given(DAYS, st.integers(0, 6), st.booleans())
def test_a_weekday_is_held_against_the_calendar(day: date, shift: int, is_western: bool) -> None:
    printed = WEEKDAYS[(day.weekday() + shift) % 7]
    text = f"日時：{in_year(day, is_western=is_western)}（{printed}）"
    assert weekday_pairs(text) == [(printed, letter(day), "sentence")]
    (claim,) = of_kind("date", text)
    assert marked(claim) == {"day": in_year(day, is_western=is_western), "weekday": printed}


@given(DAYS, st.integers(1, 40))
def test_the_end_of_a_range_inherits_the_year(begin: date, days: int) -> None:
    end = begin + timedelta(days=days)
    text = f"会期：{day_in_words(begin)}～{end.month}月{end.day}日（{letter(end)}）"
    pairs = weekday_pairs(text)
    assert pairs == [(letter(day), letter(day), "sentence") for day in (begin, end)]


@given(st.dates(date(2024, 4, 1), date(2025, 3, 31)))
def test_a_day_without_a_year_is_of_the_sheets_year(day: date) -> None:
    text = f"{day.month}月{day.day}日（{letter(day)}）に開催した。"
    assert weekday_pairs(text) == [(letter(day), letter(day), "sheet")]


@pytest.mark.parametrize(
    ("achieved", "issues"),
    [
        ("", "10月5日（月）に開催する。"),
        ("令和5年度実績　10月5日（月）に開催した。\n11月5日（日）に開催した。", ""),
        ("昨年10月5日（月）に開催した。", ""),
        ("前年度の10月5日（月）に続き開催した。", ""),
        ("毎年10月5日（月）に開催している。", ""),
        ("毎月5日（月）に開催した。", ""),
        ("5月1日（木）に決算を公表した。", ""),
        ("7月20日～8月31日（日・祝）に開館した。", ""),
        ("10月5日（土・日）", ""),
        ("令和6年2月30日（金）", ""),
        ("令和6年9月28日（土）に開催した。翌月の5日（月）に公表した。", ""),
        ("令和6年9月28日（土）に開催し、5日（月）に公表した。", ""),
        ("１ ０月5日（月）に開催した。", ""),
    ],
)
def test_what_is_not_certain_is_no_weekday(achieved: str, issues: str) -> None:
    pairs = weekday_pairs(achieved, issues)
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("令和6年10月5日（土）・6日（日）", [("土", "土"), ("日", "日")]),
        ("令和6年10月5日(土)10時～、6日(日)9時～", [("土", "土"), ("日", "日")]),
        (
            "令和6年11月26日（火）に開催。また、同年11月30日（土）に掲載。",
            [("火", "火"), ("土", "土")],
        ),
        ("令和6年12月7日（土）、翌年1月11日（土）", [("土", "土"), ("土", "土")]),
        ("令和6年12月30日（月）～1月3日（金）", [("月", "月"), ("金", "金")]),
        ("R6.10.5（日）", [("日", "土")]),
        ("令和6年6月22日【金】", [("金", "土")]),
    ],
)
def test_weekdays_of_lists_and_relatives(text: str, pairs: list[tuple[str, str]]) -> None:
    assert [pair[:2] for pair in weekday_pairs(text)] == pairs


def test_a_line_that_the_layout_broke() -> None:
    text = "記念事業として、多くの市民が参加できるよう日程を広く周知し、令\n和6年11月30日（金）に開催した。"
    assert weekday_pairs(text) == [("金", "土", "sentence")]


def test_a_number_that_a_line_tore_is_whole_or_none() -> None:
    for claim in of_kind("period", "R7.3.9～R7.3.3\n１　来場者41人"):
        assert claim.values["span"] == 23
    for claim in of_kind("date", "開催日1\n0月5日に開催"):
        assert claim.values["month"] == 10


# --- days that do not exist


@given(st.integers(0, 40), st.integers(0, 20), st.integers(2020, 2035))
def test_days_are_counted_by_the_calendar(day: int, month: int, year: int) -> None:
    (claim,) = of_kind("date", f"{year}年{month}月{day}日に実施した。")
    try:
        date(year, month, day)
    except ValueError:
        assert not 1 <= claim.values["day"] <= claim.values["days_in_month"]
    else:
        assert 1 <= claim.values["day"] <= claim.values["days_in_month"]


def test_the_29th_of_february_needs_a_year() -> None:
    (claim,) = of_kind("date", "今後は2月29日に実施する。")
    assert claim.values["days_in_month"] == 29
    (claim,) = of_kind("date", "2月29日に実施した。")
    assert (claim.values["days_in_month"], claim.words["within"]) == (28, "sheet")


# --- periods


@given(DAYS, st.integers(0, 200), st.integers(1, 300), st.booleans())
def test_the_length_of_a_period(begin: date, days: int, stated: int, is_wide: bool) -> None:
    end = begin + timedelta(days=days)
    text = f"{day_in_words(begin)}～{day_in_words(end)}の{stated}日間開催した。"
    (claim,) = of_kind("period", wide_digits(text) if is_wide else text)
    # Of more than two weeks, some days of each may be those that something is open.
    is_open = days + 1 > 14 and 6 * (days + 1) <= 10 * stated <= 9 * (days + 1)
    assert claim.values["span"] == days + 1
    assert claim.values.get("stated_span") == (None if is_open else stated)


@given(DAYS, DAYS)
def test_a_period_that_ends_before_it_begins(begin: date, end: date) -> None:
    assume(begin != end + timedelta(days=1))
    text = f"{in_year(begin, is_western=False)}から{in_year(end, is_western=True)}まで"
    (claim,) = of_kind("period", text)
    assert claim.values["span"] == (end - begin).days + 1


@pytest.mark.parametrize(
    ("text", "span", "stated"),
    [
        ("１月１７日～１９日の3日間", 3, 3),
        ("令和6年8月5日（月）~令和6年9月12日（木）【41日間】", 39, 41),
        ("令和6年4月～令和7年3月の12か月間", 12, 12),
        ("4月から翌年3月までの12か月", 12, 12),
        ("令和6年4月1日～令和7年3月31日の１年間", 1, 1),
        ("令和6年4月1日～9月30日の6か月間", 6, 6),
        ("2018年度から2027年度までの10年間", 10, 10),
        ("2018年度から2027年度までの9年間", 10, None),
        ("令和4年度～令和6年度（3か年）", 3, 3),
        ("10月5日・6日・12日の3日間", 3, 3),
        ("10月5日～7日、12日の5日間", 4, 5),
        ("令和6年4月～令和6年3月", 0, None),
        ("１月１９日～１７日", -1, None),
    ],
)
def test_periods(text: str, span: int, stated: int | None) -> None:
    read = of_kind("period", text)
    spans = [(claim.values["span"], claim.values.get("stated_span")) for claim in read]
    assert (span, stated) in spans


@pytest.mark.parametrize(
    "text",
    [
        "10月5日から9月1日に変更した。",
        "R6～R4",
        "令和6年度～令和4年度の実績",
        "令和6年4月16日～4月15日",
        "令和6年4月1日～9月30日の約6か月間",
        "4月1日から30日のうち10日間",
        "9月1日（会場A）、10月5日・6日の3日間",
        "令和6年4月1日～4月30日、延べ20日間",
        "10月5日、1日3回",
    ],
)
def test_what_is_no_period(text: str) -> None:
    for claim in of_kind("period", text):
        assert claim.values["span"] > 0
        assert "stated_span" not in claim.values


# --- western and Japanese years


@given(st.integers(1990, 2060), st.integers(-3, 3), st.sampled_from(["年", "年度"]), st.booleans())
def test_two_notations_of_a_year(year: int, shift: int, sign: str, is_western_first: bool) -> None:
    western = f"{year}"
    other = date(year + shift, 12, 31)
    era = era_of(other)
    assert era is not None
    number = other.year - era.begins.year + 1
    japanese = f"{era.name}{'元' if number == 1 else number}"
    one, two = (western, japanese) if is_western_first else (japanese, western)
    for text in (f"{one}{sign}（{two}{sign}）", f"{one}（{two}）{sign}"):
        (claim,) = of_kind("year_pair", f"{text}に策定した。")
        years = {claim.values["year"], claim.values["other_year"]}
        assert years == {year, year + shift}


def test_two_notations_in_one_bracket() -> None:
    (claim,) = of_kind("year_pair", "開館（1963年・昭和39年）")
    assert (claim.values["year"], claim.values["other_year"]) == (1963, 1964)


@pytest.mark.parametrize(
    "text",
    [
        "開催（2023年・令和６年・令和７年）",
        "開催（平成30年・令和元年）",
        "平成30年度（令和元年度）",
        "令和６年度（2025年3月）",
        "令和６年度（2024年）",
        "令和６年度（2024人）",
        "令和６年度（令和５年度）",
        "令和６年、2023年",
        "2025年（令和６年度）",
    ],
)
def test_what_is_no_pair_of_years(text: str) -> None:
    assert of_kind("year_pair", text) == []
