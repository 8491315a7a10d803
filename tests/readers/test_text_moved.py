"""Extracted text in which numbers have moved: onto lines of their own, into another order, away
from their rows. What is not certain is reported, and no rule accuses the city of it.
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.readers.text.reader import SheetTextReader
from auditor.records.model import Sheet
from auditor.testing.build import book
from tests.documents.text_writer import BlockOrder, text_of_sheets

SESSION: Final = load()
FORM: Final = SESSION.forms["kushiro"]
NUMBER: Final = re.compile(r"[△▲]?[0-9][0-9,.]*")
LABELS: Final = tuple(word for definition in FORM.fields.values() for word in definition.label)
Move = Literal["last below", "last above", "all below", "each below", "split", "swapped", "away"]


def is_numbers(line: str) -> bool:
    return bool(line) and all(map(NUMBER.fullmatch, line.split(" ")))


def moved(lines: list[str], move: Move, data: st.DataObject) -> list[str]:
    """The lines with some numbers of one line moved."""
    beside = move in ("last below", "last above", "all below", "each below")
    if beside:
        at_hand = [
            index
            for index, line in enumerate(lines)
            if line.startswith(LABELS) and NUMBER.fullmatch(line.rpartition(" ")[2])
        ]
    else:
        at_hand = [index for index, line in enumerate(lines) if is_numbers(line)]
        if move != "away":
            at_hand = [index for index in at_hand if " " in lines[index]]
    assume(at_hand)
    at = data.draw(st.sampled_from(at_hand))
    words = lines[at].split(" ")
    numbers = [word for word in words if NUMBER.fullmatch(word)]
    label = " ".join(word for word in words if word not in numbers)
    rest = " ".join(words[:-1])
    before, behind = lines[:at], lines[at + 1 :]
    match move:
        case "last below":
            return [*before, rest, words[-1], *behind]
        case "last above":
            return [*before, words[-1], rest, *behind]
        case "all below":
            return [*before, label, " ".join(numbers), *behind]
        case "each below":
            return [*before, label, *numbers, *behind]
        case "split":
            return [*before, *words, *behind]
        case "swapped":
            return [*before, *reversed(words), *behind]
        case "away":
            others = [*before, *behind]
            starts = [index for index, line in enumerate(others) if "事業名等" in line]
            first = max(index for index in starts if index < at)
            end = min((index for index in starts if index > first), default=len(others))
            to = data.draw(st.integers(first + 1, end - 1))
            return [*others[:to], lines[at], *others[to:]]


def values(sheet: Sheet) -> dict[tuple[str, str | None], object]:
    return {(name, key): figure.value for name, key, figure in sheet.every_figure()}


@pytest.mark.parametrize("move", get_args(Move))
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    seed=st.integers(0, 9_999),
    order=st.sampled_from(["values_first", "texts_first"]),
    data=st.data(),
)
def test_no_number_that_moved_is_lost_without_a_word(
    move: Move,
    seed: int,
    order: BlockOrder,
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = book(sheets=4, seed=seed, form=FORM, kpis=0)
    assume(not audit((made,), SESSION.rules, SESSION.forms).findings)
    lines = moved(text_of_sheets(made.sheets, FORM, order).split("\n"), move, data)
    path = tmp_path_factory.mktemp("text") / "sheets.txt"
    path.write_text("\n".join(lines), encoding="utf-8")

    readers = (SheetTextReader(),)
    result = read_documents([path], forms=SESSION.forms, readers=readers, form="kushiro")
    options = AuditOptions(not_checked=result.not_checked)
    report = audit(result.books, SESSION.rules, SESSION.forms, options)

    read = {sheet.number: sheet for of_year in result.books for sheet in of_year.sheets}
    is_right = all(
        sheet.number in read and values(read[sheet.number]) == values(sheet)
        for sheet in made.sheets
    )
    is_reported = bool(report.not_checked) or any(
        finding.rule.startswith("RD") for finding in report.findings
    )
    assert is_right or is_reported
    assert [f.rule for f in report.findings if not f.rule.startswith(("RD", "XLS"))] == []
