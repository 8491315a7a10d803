"""Days of a plan and of its result under the same heading."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.narrative.schedules import moved
from auditor.narrative.statements import SheetText
from auditor.records.fiscal import day_in_words
from auditor.records.model import Sheet

FORM: Final = load_form(
    Path(__file__).parents[2] / "rules" / "auditor_rules" / "forms" / "kushiro.toml"
)
DAYS: Final = st.dates(date(2024, 4, 1), date(2025, 3, 31))


def changes(planned: str, achieved: str) -> list[tuple[str, str]]:
    sheet = Sheet(name="港の事業", fiscal_year=2024, planned=planned, achieved=achieved)
    text = SheetText(sheet, FORM)
    return [(change.planned.printed, change.achieved.printed) for change in moved(text)]


@given(DAYS, DAYS, st.sampled_from(["日時", "会期", "開催日"]))
def test_days_that_were_moved(planned: date, achieved: date, label: str) -> None:
    before = f"・写真展\n　{label}：{day_in_words(planned)}"
    # The result may leave out the year.
    after = f"・写真展　写真①\n　{label}：{achieved.month}月{achieved.day}日\n　参加者：30名"
    assert bool(changes(before, after)) == (planned != achieved)


@pytest.mark.parametrize(
    ("planned", "achieved"),
    [
        ("・写真展\n　会期：6月1日", "・書道展\n　会期：6月2日"),
        ("・写真展\n　会期：6月1日", "・写真展\n　表彰式：6月2日"),
        ("・写真展\n　会期：6月1日", "・写真展\n　会期：6月1日\n　会期：6月2日"),
        ("・写真展\n　会期：6月", "・写真展\n　会期：6月2日"),
        ("会期：6月1日", "会期：6月2日"),
        ("・写真展\n　会期：6月1日", ""),
    ],
)
def test_what_is_not_compared(planned: str, achieved: str) -> None:
    assert changes(planned, achieved) == []
