"""Paragraphs in the style of many cities: true ones have no finding, a fault in one is found."""

from __future__ import annotations

from typing import Final

import pytest

import auditor
from auditor.auditing.session import load
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book
from auditor.testing import book
from tests.narrative.false_paragraphs import FALSE
from tests.narrative.true_paragraphs import PAIRS, TRUE

FORM: Final = load().forms["kushiro"]
OUT_OF_REACH: Final = frozenset(
    {
        "sum in brackets",
        "sum of bullets",
        "sum of a row",
        "rest",
        "years of a plan",
        "one quantity with two values",
    }
)
"""Faults that no rule finds yet; this list only gets shorter."""
CONSISTENT: Final = book(sheets=1, seed=1, form=FORM)


def saying(achieved: str = "", planned: str = "", direction: str = "") -> Book:
    """A consistent book whose sheet says this."""
    (sheet,) = CONSISTENT.sheets
    update: dict[str, object] = {"achieved": achieved, "planned": planned}
    if direction:
        key = next(iter(sheet.evaluations))
        evaluation = sheet.evaluations[key].model_copy(update={"direction": direction})
        update["evaluations"] = FrozenDict({**sheet.evaluations, key: evaluation})
    return CONSISTENT.model_copy(update={"sheets": (sheet.model_copy(update=update),)})


def codes(said: Book) -> list[str]:
    """The rules of texts that have a finding, with what they say."""
    report = auditor.audit(said)
    assert not report.not_checked
    return [
        f"{finding.rule}: {finding.message.en}"
        for finding in report.findings
        if finding.rule.startswith("TXT")
    ]


@pytest.mark.parametrize("name", TRUE)
def test_a_true_paragraph_has_no_finding(name: str) -> None:
    text = TRUE[name]
    if name.startswith("plan of"):
        assert codes(saying(planned=text)) == []
    elif name.startswith("direction"):
        assert codes(saying(direction=text)) == []
    else:
        assert codes(saying(text)) == []


@pytest.mark.parametrize("name", PAIRS)
def test_a_plan_and_its_result_have_no_finding(name: str) -> None:
    planned, achieved = PAIRS[name]
    assert codes(saying(achieved, planned)) == []


@pytest.mark.parametrize("name", [name for name in FALSE if name not in OUT_OF_REACH])
def test_a_fault_is_found_and_nothing_else(name: str) -> None:
    fault = FALSE[name]
    messages = codes(saying(fault.achieved, fault.planned))
    assert messages, "nothing found"
    assert {message.partition(":")[0] for message in messages} <= set(fault.codes.split())


@pytest.mark.parametrize("name", sorted(OUT_OF_REACH))
def test_what_is_out_of_reach_has_no_other_finding(name: str) -> None:
    fault = FALSE[name]
    messages = codes(saying(fault.achieved, fault.planned))
    assert {message.partition(":")[0] for message in messages} <= set(fault.codes.split())
