"""TXT021: the day of the week that a text prints beside a date is that of the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import auditor
from auditor.records.fiscal import wide_digits, year_in_words
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed

_DAYS: Final = "月火水木金土日"
_ENGLISH: Final = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")


@auditor.rule(
    """
code = "TXT021"
name = "weekday-of-another-day"
severity = "error"
# Where the year doesn't stand beside the day, the day may be of another year.
severity_when = { warning = 'within != "sentence"' }
each = "claim"
when = 'kind == "date"'
looks_at = "sheet"
since = "0.1"

[title]
en = "A weekday in the text is not that of its date"
ja = "文中の曜日が日付と一致しません"
[why]
en = "The calendar settles which day of the week a date is. Such a slip comes of a date copied from last year's sheet, or of a mistyped day. Where the text leaves out the year, it is taken from the day before in the same range, or from the sheet's fiscal year, and the finding is a warning. Public holidays (祝) are not checked."
ja = "日付の曜日は暦で決まります。前年度のシートから日付を写した場合や、日付を打ち間違えた場合に一致しなくなります。年の記載がない日付は、同じ期間の前の日付またはシートの年度から年を補い、「要確認」として指摘します。祝日かどうかは点検しません。"
[action]
en = "Look up the day in the records of the project and correct the day, the weekday or the year."
ja = "事業の記録で開催日等を確認し、日付・曜日・年のいずれかを訂正してください。"

[[cases]]
form = "kushiro"
text = "令和６年６月２１日（金）に開催した。"
outcome = "pass"

[[cases]]
form = "kushiro"
text = "令和６年６月２２日（金）に開催した。"
outcome = "fail"
severity = "error"

[[cases]]
form = "kushiro"
note = "the year of the beginning"
text = "会期：令和６年１１月２９日（金）～１２月１日（月）"
outcome = "fail"
severity = "error"

[[cases]]
form = "kushiro"
note = "the sheet's fiscal year; the weekday is that of the year before"
text = "１０月５日（木）に開催した。"
sheet = { fiscal_year = 2024 }
outcome = "fail"
severity = "warning"

[[cases]]
form = "kushiro"
note = "a day of the year after, in which sheets are written"
text = "５月１日（木）に公表した。"
sheet = { fiscal_year = 2024 }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "what comes next year may be of any year"
section = "direction"
text = "１０月５日（日）に開催する。"
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "the days on which something is open"
text = "令和６年７月２０日～８月３１日（日・祝）に開館した。"
outcome = "not_applicable"
"""
)
def weekday_of_another_day(row: Row) -> Verdict:
    """The calendar's weekday, and which other days would be of the printed one."""
    values = row.values
    weekday, right = values["weekday"], values["calendar_weekday"]
    year, month, day = (values[name] for name in ("year", "month", "day"))
    if not isinstance(weekday, str) or not isinstance(right, str):
        return NOT_APPLICABLE
    if weekday == right:
        return PASS
    assert row.claim is not None
    assert isinstance(year, int)
    assert isinstance(month, int)
    assert isinstance(day, int)
    printed = _printed(row)
    detail = Text(
        en=f"{printed} is a {_ENGLISH[_DAYS.index(right)]}day (printed: {weekday})",
        ja=f"{printed}は{right}曜日です（記載は{weekday}）",
    )
    wanted = _DAYS.index(weekday)
    ways = [f"（{right}）", *_days(date(year, month, day), wanted)]
    remark = Text(
        en=f"; what may be meant: {', '.join(ways)}",
        ja=f"。訂正候補は{'、'.join(ways)}です",
    )
    return failed((row, "weekday"), (row, "day"), detail=detail, remark=remark)


def _printed(row: Row) -> str:
    """The day as the text prints it."""
    assert row.claim is not None
    sentence = row.claim.sentence
    mark = next(mark for mark in sentence.marks if mark.name == "day")
    return "".join(sentence.text[mark.start : mark.end].split())


_MOST: Final = 2
"""So many days of the same month are named at most."""


def _days(day: date, wanted: int) -> Iterator[str]:
    """Days of the printed weekday that a slip of one character would print so: other days of the
    month, the nearest first, and the same day a year before, as last year's sheet has it, or after.
    """
    others = [
        other
        for number in range(1, 32)
        if (other := _replaced(day, number=number)) is not None
        and other.weekday() == wanted
        and _is_one_slip(day.day, number)
    ]
    others.sort(key=lambda other: (abs((other - day).days), other))
    for other in others[:_MOST]:
        yield wide_digits(f"{other.day}日")
    for year in (day.year - 1, day.year + 1):
        same = _replaced(day, year=year)
        if same is not None and same.weekday() == wanted:
            yield year_in_words(same)


def _replaced(day: date, *, year: int = 0, number: int = 0) -> date | None:
    """The day with another year or another number, where there is one."""
    try:
        return day.replace(year=year or day.year, day=number or day.day)
    except ValueError:
        return None


def _is_one_slip(one: int, other: int) -> bool:
    """Whether two numbers differ by one digit, by its absence, or by the order of two."""
    first, second = str(one), str(other)
    if len(first) == len(second):
        differing = sum(a != b for a, b in zip(first, second, strict=True))
        return differing == 1 or first == second[::-1]
    longer, shorter = sorted((first, second), key=len, reverse=True)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
