"""What drafts say of sums and units: exact or rounded where the rows decide, a doubt where a
column's numbers are of another size.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.drafting.draft import Answers, Draft
from auditor.drafting.drafter import drafted
from auditor.drafting.explanation import explanation_page, open_lines
from auditor.drafting.form_file import form_text
from auditor.drafting.shipped import shipped_vocabulary
from auditor.readers.printed_grids import PrintedGrid, cells_of_grid
from auditor.records.fiscal import fiscal_year_in_words
from tests.layouts.described import Headed, Lines, Table, Value, grid_of, worksheet_of

VOCABULARY = shipped_vocabulary()
SOURCES = ["国庫支出金", "県支出金", "市債", "一般財源"]
TOP = Lines(["令和６年度決算　主要事業一覧（単位：千円）"])


def draft_of(headings: Sequence[Headed], rows: Sequence[Sequence[Value]]) -> Draft:
    worksheet = worksheet_of("一覧", [TOP, Lines([""]), Table(headings, rows)])
    grid = PrintedGrid("一覧", 1, cells_of_grid(grid_of(worksheet)))
    draft = drafted([grid], VOCABULARY, source="book.xlsx", name="mycity", answers=Answers())
    assert draft is not None
    return draft


def rows_of(numbers: random.Random, count: int, unit: int) -> list[list[Value]]:
    """Rows whose sources add up in yen, each printed in a unit of so many."""
    rows: list[list[Value]] = []
    for at in range(count):
        parts = [numbers.randrange(1_000, 9_000_000) for _ in SOURCES]
        printed = [(part + unit // 2) // unit for part in (sum(parts), *parts)]
        rows.append([f"試験事業{at}", *printed])
    return rows


def odd_rows(rows: Sequence[Sequence[Value]]) -> int:
    numbers = [[value for value in row if isinstance(value, int)] for row in rows]
    return sum(total != sum(parts) for total, *parts in numbers)


@given(st.integers(0, 10_000), st.integers(20, 40), st.sampled_from([1, 1_000]))
@settings(max_examples=30, deadline=None)
def test_sums_are_declared_as_the_rows_show_them(seed: int, count: int, unit: int) -> None:
    rows = rows_of(random.Random(seed), count, unit)
    draft = draft_of(["事業名", "事業費", *SOURCES], rows)
    sums = None if draft.adding_up is None else draft.adding_up.sums
    if odd_rows(rows) == 0:
        assert sums == "exact"
    else:
        assert sums != "exact"
    if 2 * odd_rows(rows) > count:
        assert sums == "rounded"
        assert {field.rounding for field in draft.fields} == {"exact"}
    if sums is not None:
        assert f'sums = "{sums}"' in form_text(draft)
        assert "`sums`" in explanation_page(draft, None, "en")


def test_a_slip_of_a_row_does_not_make_sums_rounded() -> None:
    rows = rows_of(random.Random(3), 40, 1)
    total = rows[5][1]
    assert isinstance(total, int)
    rows[5][1] = total + 5_000
    draft = draft_of(["事業名", "事業費", *SOURCES], rows)
    assert draft.adding_up is not None
    assert draft.adding_up.sums == "exact"
    assert len(draft.findings) == 1


def test_a_slip_of_one_unit_leaves_sums_open() -> None:
    rows = rows_of(random.Random(3), 40, 1)
    total = rows[5][1]
    assert isinstance(total, int)
    rows[5][1] = total + 1
    assert draft_of(["事業名", "事業費", *SOURCES], rows).adding_up is None


def test_few_rows_say_nothing_of_sums() -> None:
    rows = rows_of(random.Random(3), 9, 1)
    assert draft_of(["事業名", "事業費", *SOURCES], rows).adding_up is None


@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_column_in_another_unit_is_asked_about(column: int) -> None:
    numbers = random.Random(7)
    rows: list[list[Value]] = []
    for at in range(12):
        usual = numbers.randrange(100, 9_000)
        amounts = [usual + numbers.randrange(50) for _ in range(3)]
        amounts[column - 1] *= 1_000
        rows.append([f"試験事業{at}", *amounts])
    draft = draft_of(["事業名", "R4決算額", "R5決算額", "R6決算額"], rows)
    (note,) = draft.unit_notes
    assert f"{fiscal_year_in_words(column + 2021)}決算額の数値は" in note.text.ja
    assert "約1,000倍です（12件中12件）。単位は同じですか。" in note.text.ja
    assert f"# {note.text.ja}" in form_text(draft)
    assert any("1,000 times as large" in line for line in open_lines(draft, "en"))
    assert note.text.ja in explanation_page(draft, None, "ja")


def test_years_of_one_size_are_no_doubt() -> None:
    numbers = random.Random(7)
    rows: list[list[Value]] = [
        [f"試験事業{at}", *(numbers.randrange(100, 9_000) for _ in range(3))] for at in range(12)
    ]
    assert not draft_of(["事業名", "R4決算額", "R5決算額", "R6決算額"], rows).unit_notes
