"""Cards of projects on one page: however their labels are lost, no card is taken for a part of
another without a word, and no number is lost.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.readers.delimited import DelimitedReader
from auditor.readers.source import Reading, Source
from tests.documents.delimited_writer import shown
from tests.documents.either_kind import document_bytes
from tests.documents.workbook_writer import PlainWorksheet
from tests.fuzzing.numbers import telling
from tests.layouts.catalogue import EXAMPLES

ROOT: Final = Path(__file__).resolve().parents[2]
FORM: Final = load_form(ROOT / "rules" / "auditor_rules" / "catalogue" / "sheet-cards.toml")
CARDS: Final = EXAMPLES["sheet-cards"].worksheet
LABELS: Final = sorted(
    at for at, cell in CARDS.cells.items() if cell.value in ("当初予算額", "翌年度繰越額", "不用額")
)


def read(worksheet: PlainWorksheet) -> Reading:
    return DelimitedReader().read(Source("cards.csv", document_bytes([worksheet], "csv")), FORM)


def numbers_of(reading: Reading) -> set[str]:
    """All numbers of three digits or more that records hold, and those that are said to be in
    none.
    """
    return telling([repr(reading.sheets), repr(reading.remarks), repr(reading.unread)])


@given(st.sets(st.sampled_from(LABELS), max_size=6))
def test_no_number_is_lost_with_labels(lost: set[tuple[int, int]]) -> None:
    worksheet = deepcopy(CARDS)
    for at in lost:
        del worksheet.cells[at]
    reading = read(worksheet)
    assert telling(map(shown, CARDS.cells.values())) <= numbers_of(reading)
    if len(reading.sheets) < 3:
        assert reading.not_checked


def test_cards_that_are_read_as_one_are_not_checked() -> None:
    """The figures of one would be held against those of another."""
    worksheet = deepcopy(CARDS)
    for at in [at for at in sorted(worksheet.cells) if at[0] == 4]:
        del worksheet.cells[at]  # the upper two have no initial budget any more
    for at in ((7, 4), (8, 4)):
        del worksheet.cells[at]
    reading = read(worksheet)
    assert len(reading.sheets) < 3
    assert [missed.why.code for missed in reading.not_checked] == ["sheet-not-understood"]
