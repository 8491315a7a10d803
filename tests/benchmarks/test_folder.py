"""The folder with known faults, and what a report makes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.readers.source import Source
from auditor.readers.workbook import WorkbookReader
from auditor.records.model import Evidence
from auditor.records.text import Slip
from auditor.rules.causes import Certainty
from auditor.rules.suspects import Suspect, SuspectCell
from benchmarks.folder import Audited, Entry, Verdict, audited, names, verdict
from tests.documents.folder.faults import HIDDEN_KINDS, INDICATOR_KINDS, KINDS, Answer
from tests.documents.folder.making import COPY, Folder, PutIn, made

SEED: Final = 1

AMBIGUOUS: Final = frozenset(
    {
        "digit_dropped",
        "digit_inserted",
        "digit_replaced",
        "digits_swapped",
        "last_year_left",
        "value_missing",
    }
)
"""The kinds that another cell may explain as well: no report can always give the answer."""

EVIDENCE: Final[dict[str, Evidence]] = {
    "text_skipped": "text",
    "sum_misses_first": "left_out",
    "sum_misses_last": "left_out",
    "typed_over": "typed_over",
    "stale": "stale",
}


@lru_cache(maxsize=1)
def folder() -> Folder:
    """A smaller folder, which still has room for every kind of fault."""
    return made(SEED, books=14, sheets=60, rows=6)


@lru_cache(maxsize=1)
def faulty() -> Audited:
    return audited(folder().faulty)


@lru_cache(maxsize=1)
def verdicts() -> tuple[Verdict, ...]:
    return tuple(verdict(fault, faulty().entries) for fault in folder().faults)


@pytest.mark.parametrize("large", [False, True])
def test_the_folder_has_every_kind_of_fault_and_one_a_sheet(large: bool) -> None:
    kinds = {*KINDS, *HIDDEN_KINDS, *INDICATOR_KINDS, COPY}
    made_up = made(SEED) if large else folder()

    assert {fault.kind for fault in made_up.faults} == kinds
    assert len(made_up.clean) > (30 if large else 14)
    assert made_up.sheets >= (100 if large else 60)
    places = [(fault.document, fault.sheet, fault.kpi) for fault in made_up.faults]
    assert len(set(places)) == len(places)


_HASH: Final = """
import hashlib
from tests.documents.folder.making import made
folder = made(5, books=6, sheets=24, rows=4)
parts = [*folder.clean.values(), *folder.faulty.values()]
faults = [str(fault.as_json()).encode() for fault in folder.faults]
print(hashlib.sha256(b"".join((*parts, *faults))).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_in_any_process() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", _HASH],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(hashes) == 1


def test_another_seed_gives_another_folder() -> None:
    assert made(5, books=3, sheets=6, rows=4) != made(6, books=3, sheets=6, rows=4)


def test_a_clean_folder_has_no_entries() -> None:
    assert audited(folder().clean).entries == ()


def test_every_fault_that_shows_is_found_and_no_other_sheet_has_an_entry() -> None:
    shown = [said for said in verdicts() if not said.fault.is_hidden]
    hidden = [said for said in verdicts() if said.fault.is_hidden]

    assert [said.fault.kind for said in shown if not said.entries] == []
    assert [said.fault.kind for said in hidden if said.entries] == []
    about = {id(entry) for said in verdicts() for entry in said.entries}
    assert [entry for entry in faulty().entries if id(entry) not in about] == []


@pytest.mark.parametrize("kind", sorted({*KINDS, *INDICATOR_KINDS, COPY} - AMBIGUOUS))
def test_the_answer_is_given_first(kind: str) -> None:
    (said,) = (said for said in verdicts() if said.fault.kind == kind)

    assert said.right


@settings(max_examples=5)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(sorted(EVIDENCE)))
def test_what_a_workbook_tells_of_a_result_is_the_answer(seed: int, kind: str) -> None:
    small = made(seed, books=6, sheets=12, rows=4, kinds=[kind])
    form = load().forms["kushiro"]
    for fault in small.faults:
        ((key, right),) = fault.answer.cells.items()
        source = Source(fault.document, small.faulty[fault.document])
        remarks = WorkbookReader().read(source, form).remarks
        results = {
            (cell.field, cell.year): cell.recomputed
            for remark in remarks
            if remark.evidence == EVIDENCE[kind] and remark.sheet == fault.sheet
            for cell in (remark, *remark.cells)
            if cell.recomputed is not None
        }

        assert results == {key: Decimal(right or 0)}


# What counts as the answer.

_SLIP: Final = Slip(code="arbitrary", en="another value", ja="別の値")
_TOTAL: Final = ("total_cost", "2024")
_FAULT: Final = PutIn(
    "stale", "a.xlsx", Answer({_TOTAL: "30"}, frozenset({("cost_per_capita", None)})), sheet=1
)


def entry(
    *cells: tuple[str, str | None, int | None],
    certainty: Certainty = "likely",
    code: str = "FND001",
) -> Entry:
    """An entry on the fault's sheet with one suspect, or with none."""
    found = tuple(
        SuspectCell(name, year, Decimal(1), None if right is None else Decimal(right))
        for name, year, right in cells
    )
    suspects = (Suspect(found, _SLIP, Decimal("0.9")),) if found else ()
    sure: Certainty = certainty if found else "open"
    return Entry("a.xlsx", 1, None, frozenset({code}), suspects, sure, "")


RIGHT: Final = entry(("total_cost", "2024", 30))
FOLLOWED: Final = entry(("total_cost", "2024", 30), ("cost_per_capita", None, 7))
FOLLOWER: Final = entry(("cost_per_capita", None, 7))
WRONG_VALUE: Final = entry(("total_cost", "2024", 31))
WRONG_CELL: Final = entry(("funding.fees", "2024", 0))
DOUBTFUL: Final = entry(("funding.fees", "2024", 0), certainty="open")


@pytest.mark.parametrize(
    ("given", "is_right", "is_rival"),
    [
        (RIGHT, True, False),
        (FOLLOWED, True, False),
        (FOLLOWER, False, False),
        (WRONG_VALUE, False, True),
        (WRONG_CELL, False, True),
        (DOUBTFUL, False, False),
        (entry(code="XLS010"), False, False),
    ],
)
def test_an_answer_is_the_cell_with_its_value(given: Entry, is_right: bool, is_rival: bool) -> None:
    said = verdict(_FAULT, [given])

    assert said.entries == (given,)
    assert bool(said.right) == is_right
    assert bool(said.rivals) == is_rival


def test_a_word_is_named_by_its_finding_and_by_no_figure() -> None:
    answer = Answer(codes=frozenset({"EVL006"}))

    assert names(entry(code="EVL006"), answer)
    assert not names(entry(code="EVL005"), answer)
    assert not names(entry(("total_cost", "2024", 30), code="EVL006"), answer)
    # An inequality names both sides and claims nothing.
    assert names(entry(("total_cost", "2024", None), code="EVL006", certainty="open"), answer)


def test_a_word_has_the_word_that_fits() -> None:
    answer = Answer({("declared_achieved", None): "達成"})
    cell = SuspectCell("declared_achieved", None, word="未達成", fits="達成")
    right = replace(entry(code="KPI001"), suspects=(Suspect((cell,), _SLIP, Decimal("0.9")),))
    other = replace(cell, fits="未達成")
    wrong = replace(right, suspects=(Suspect((other,), _SLIP, Decimal("0.9")),))

    assert names(right, answer)
    assert not names(wrong, answer)


def test_a_blank_cell_is_as_good_as_nought() -> None:
    answer = Answer({("funding.fees", "2024"): ""})
    cell = SuspectCell("funding.fees", "2024", Decimal(1), emptied=True)
    emptied = replace(RIGHT, suspects=(Suspect((cell,), _SLIP, Decimal("0.9")),))

    assert names(emptied, answer)
    assert names(entry(("funding.fees", "2024", 0)), answer)
    assert not names(entry(("funding.fees", "2024", None)), answer)
    assert not names(entry(("funding.fees", "2024", 3)), answer)
