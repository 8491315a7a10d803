"""Prose of consistent books: all that it says is true, by plain arithmetic on what was written."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.testing.build import RandomChooser
from auditor.testing.prose import ALL_WRITERS, DaySlot, Passage, WithProse, WordSlot, with_prose
from auditor.testing.prose.model import Layout, laid_out
from auditor_rules.corruptions_of_prose import CORRUPTIONS_OF_PROSE, corrupt_prose, gaps

WEEKDAYS = "月火水木金土日"


def passages_of(made: WithProse) -> list[Passage]:
    return [passage for prose in made.prose for passage in prose.passages]


@given(st.integers(0, 10**6))
def test_what_is_written_is_true(seed: int) -> None:
    for passage in passages_of(with_prose(3, seed)):
        for gap in gaps(passage):
            assert abs(gap.distance) <= gap.slack, passage.text


@given(st.integers(0, 10**6))
def test_weekdays_are_those_of_the_calendar(seed: int) -> None:
    for passage in passages_of(with_prose(3, seed)):
        slots = passage.slots
        days = [slot for slot in slots.values() if isinstance(slot, DaySlot)]
        if passage.kind == "dates":
            for at, slot in enumerate(days, 1):
                weekday = slots[f"weekday.{at}"].text
                assert WEEKDAYS[date(*slot.day).weekday()] == weekday
        elif "weekday" in slots:
            assert WEEKDAYS[date(*days[0].day).weekday()] == slots["weekday"].text


def test_the_same_seed_writes_the_same() -> None:
    assert with_prose(4, 7).book == with_prose(4, 7).book
    assert with_prose(4, 7).book != with_prose(4, 8).book


def test_a_sheet_says_what_its_passages_say() -> None:
    made = with_prose(5, 3)
    for sheet, prose in zip(made.book.sheets, made.prose, strict=True):
        assert sheet.achieved == prose.text("achieved")
        assert sheet.planned == prose.text("planned")


@given(st.integers(4, 40), st.text("あ１2,（）、。 ", max_size=80))
def test_a_layout_breaks_lines_and_drops_nothing(width: int, text: str) -> None:
    lines = laid_out([Passage("plain", (text,))], Layout(width))
    assert lines.replace("\n", "") == text


@pytest.mark.parametrize("kind", CORRUPTIONS_OF_PROSE)
def test_a_corruption_changes_the_text_of_one_sheet(kind: str) -> None:
    count = 0
    for seed in range(200):
        made = with_prose(6, seed, kpis=3)
        corruption = corrupt_prose(kind, made, RandomChooser(seed))
        if corruption is None:
            continue
        count += 1
        pairs = zip(made.book.sheets, corruption.made.book.sheets, strict=True)
        unlike = [at for at, (before, after) in enumerate(pairs) if before != after]
        assert unlike == [corruption.sheet]
        if count > 3:
            return
    assert count, f"{kind}: no book had a place for it"


def test_every_writer_writes() -> None:
    kinds = {
        passage.kind for seed in range(40) for passage in passages_of(with_prose(5, seed, kpis=5))
    }
    assert len(kinds) >= len(ALL_WRITERS)


def test_a_direction_is_a_word_slot() -> None:
    for seed in range(20):
        for passage in passages_of(with_prose(5, seed)):
            word = passage.slots.get("direction")
            assert word is None or isinstance(word, WordSlot)


def test_each_kind_of_fault_is_measured_on_the_page() -> None:
    """``python docs/make_errors.py`` writes the table."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    table = page.partition("<!-- measured: sentences -->")[2].partition("<!-- measured")[0]
    kinds = re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
    assert kinds == list(CORRUPTIONS_OF_PROSE)
