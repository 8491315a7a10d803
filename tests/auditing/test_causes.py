"""Causes: every finding belongs to one of them, and both keep their keys from round to round."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import chain
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import auditor
from auditor.auditing.book_findings import Explained
from auditor.auditing.causes import grouped, in_order
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.records.figures import Place
from auditor.records.model import Book
from auditor.records.severities import SEVERITIES
from auditor.records.text import Text
from auditor.rules.causes import certainty_of
from auditor.rules.findings import Finding, SheetReference
from auditor.rules.rows import Cell
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.slips import slip
from auditor.testing import book
from auditor_rules.corruptions import corrupt


class Choosing:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def integer(self, least: int, greatest: int) -> int:
        return self.random.randint(least, greatest)


KINDS = ("total_changed", "per_capita_changed", "population_changed", "sign_added")
FORM = load().forms["kushiro"]


def corrupted(seed: int, kinds: tuple[str, ...]) -> Book:
    """A book with a mistake of each kind, where it has room for one."""
    wrong = book(sheets=5, seed=seed, kpis=2)
    for kind in kinds:
        corruption = corrupt(kind, wrong, FORM, Choosing(seed))
        wrong = corruption.book if corruption is not None else wrong
    return wrong


def assert_partition(report: Report) -> None:
    ids = list(chain.from_iterable(cause.findings for cause in report.causes))
    assert Counter(ids) == Counter(finding.id for finding in report.findings)
    findings = {finding.id: finding for finding in report.findings}
    for cause in report.causes:
        members = [findings[key] for key in cause.findings]
        severities = [SEVERITIES.index(member.severity) for member in members]
        assert SEVERITIES.index(cause.severity) == min(severities)
        assert set(cause.place) == {member.place for member in members}
        assert (cause.document, cause.sheet) == (members[0].document, members[0].sheet)
        if cause.suspects:
            total = sum(suspect.share for suspect in cause.suspects) + cause.none_of_these
            assert abs(total - 1) < Decimal("0.01")
    assert len({cause.id for cause in report.causes}) == len(report.causes)


@settings(max_examples=10)
@given(st.integers(0, 99), st.lists(st.sampled_from(KINDS), max_size=3).map(tuple))
def test_every_finding_is_in_one_cause_and_sheets_stay_together(
    seed: int, kinds: tuple[str, ...]
) -> None:
    report = auditor.audit(corrupted(seed, kinds))
    assert_partition(report)
    owners = [
        (cause.sheet.department, cause.sheet.number) for cause in report.causes if cause.sheet
    ]
    runs = [owner for at, owner in enumerate(owners) if at == 0 or owners[at - 1] != owner]
    assert len(runs) == len(set(runs))
    departments = [department for department, _ in runs]
    runs_of = [name for at, name in enumerate(departments) if name not in departments[:at]]
    assert list(dict.fromkeys(departments)) == runs_of
    for part in (report.limited(1), report.of_findings(report.findings[::2])):
        assert_partition(part)


@settings(max_examples=10)
@given(st.integers(0, 99), st.integers(1, 50))
def test_keys_stay_when_documents_and_numbers_change(seed: int, shift: int) -> None:
    before = corrupted(seed, ("total_changed", "per_capita_changed"))
    sheets = tuple(
        sheet.model_copy(update={"number": sheet.number + shift, "document": "別の文書.txt"})
        for sheet in before.sheets
    )
    documents = tuple(
        document.model_copy(update={"path": "別の文書.txt"}) for document in before.documents
    )
    kpis = tuple(kpi.model_copy(update={"document": "別の文書.txt"}) for kpi in before.kpis)
    after = before.model_copy(update={"sheets": sheets, "documents": documents, "kpis": kpis})

    def keys(report: Report) -> list[tuple[str, str, str]]:
        return [(finding.place, finding.values, finding.id) for finding in report.findings]

    assert keys(auditor.audit(before)) == keys(auditor.audit(after))


def test_a_place_stays_and_the_values_change_with_a_figure() -> None:
    first = corrupted(3, ("total_changed",))
    report = auditor.audit(first, ["FND001"])
    (finding,) = report.findings
    assert finding.sheet is not None
    sheet = first.sheets[finding.sheet.number - 1]
    year = sheet.years[finding.year or ""]
    total = year.total_cost
    assert total is not None
    assert total.value is not None
    other = total.model_copy(update={"value": total.value + 1, "printed": f"{total.value + 1:,}"})
    years = {**sheet.years, finding.year or "": year.model_copy(update={"total_cost": other})}
    sheets = tuple(
        one.model_copy(update={"years": years}) if one is sheet else one for one in first.sheets
    )
    (again,) = auditor.audit(first.model_copy(update={"sheets": sheets}), ["FND001"]).findings
    assert again.place == finding.place
    assert again.values != finding.values
    assert again.id != finding.id


# — which findings stand together —


def finding(rule: str, address: str, field: str = "", **more: object) -> Finding:
    cell = Cell(
        document="本.xlsx", sheet=1, field=field, year="2024", place=Place(sheet="表", cell=address)
    )
    text = Text(en=rule, ja=rule)
    values = {"severity": "error", "cells": (cell,), **more}
    return Finding(
        id=f"{rule}{address}",
        place=address,
        rule=rule,
        name=rule,
        document="本.xlsx",
        sheet=SheetReference(number=1, name="事業"),
        message=text,
        action=text,
        **values,
    )


def test_what_a_reader_found_joins_the_cause_of_its_cell() -> None:
    findings = [
        finding("XLS003", "M16"),
        finding("XLS001", "M21"),
        finding("RD002", "A1"),
        finding("XLS002", "A1"),
        finding("FND001", "M16", "total_cost"),
        finding("EVL005", "M16", "total_cost"),
        finding("PCC001", "M27", "cost_per_capita"),
    ]
    suspect = Suspect(
        (SuspectCell("funding.general_revenue", "2024", Decimal(1), Decimal(-1)),),
        slip("sign-lost"),
        Decimal("0.95"),
    )
    cell = finding("", "M21", "funding.general_revenue").cells[0]
    explained = Explained((findings[5], findings[6]), (suspect,), Decimal("0.05"), (cell,))
    reading = {"XLS001", "XLS002", "XLS003", "RD002"}
    groups = grouped(findings, [explained], reading)
    members = {frozenset(group.members) for group in groups}
    assert members == {frozenset({0, 1, 5, 6}), frozenset({2, 3}), frozenset({4})}

    listed = in_order(findings, groups, reading)
    main = next(cause for cause in listed.causes if len(cause.findings) == 4)
    assert main.findings[0].startswith(("EVL005", "PCC001"))
    assert main.certainty == "likely"
    assert {cause.certainty for cause in listed.causes if cause is not main} == {"open"}


@pytest.mark.parametrize(
    ("code", "leads"),
    [
        ("text-not-added", True),
        ("left-out-of-sum", True),
        ("not-recalculated", True),
        ("arbitrary", False),
    ],
)
def test_what_a_reader_saw_leads_where_it_is_the_slip(code: str, leads: bool) -> None:
    findings = [finding("XLS001", "M21"), finding("FND001", "M16", "total_cost")]
    suspect = Suspect(
        (SuspectCell("total_cost", "2024", Decimal(2), Decimal(1)),),
        slip(code),
        Decimal("0.95"),
    )
    cells = (finding("", "M21").cells[0],)
    explained = Explained((findings[1],), (suspect,), Decimal("0.05"), cells)
    (cause,) = in_order(findings, grouped(findings, [explained], {"XLS001"}), {"XLS001"}).causes
    first, second = cause.findings
    assert {first, second} == {"XLS001M21", "FND001M16"}
    assert (first == "XLS001M21") is leads


@pytest.mark.parametrize(
    ("share", "certainty"),
    [("0.9", "likely"), ("0.899", "possible"), ("0.5", "possible"), ("0.499", "open")],
)
def test_the_certainty_is_that_of_the_first_suspect(share: str, certainty: str) -> None:
    cells = (SuspectCell("total_cost", "2024", Decimal(2), Decimal(1)),)
    suspects = (Suspect(cells, slip("arbitrary"), Decimal(share)),)
    assert certainty_of(suspects) == certainty
    assert certainty_of(()) == "open"
    assert certainty_of((Suspect((), slip("undecided"), Decimal(1)),)) == "open"


def test_many_findings_are_grouped_in_one_pass() -> None:
    """Each finding's cells are looked at a fixed number of times, however many there are."""
    counts = [_looks(number) for number in (200, 400)]
    assert counts[1] <= 2.2 * counts[0]


def _looks(number: int) -> int:
    looks = 0

    class Counted(Finding):
        def __getattribute__(self, name: str) -> object:
            nonlocal looks
            looks += name == "cells"
            return super().__getattribute__(name)

    plain = [finding("XLS003" if at % 2 else "FND001", f"M{at}") for at in range(number)]
    findings: list[Finding] = [Counted.model_construct(**dict(item)) for item in plain]
    in_order(findings, grouped(findings, [], {"XLS003"}), {"XLS003"})
    return looks


def test_two_sheets_with_the_same_figures_are_one_entry() -> None:
    clean = book(sheets=6, seed=11, kpis=0)
    first = max(
        clean.sheets, key=lambda sheet: sum(len(each.funding) for each in sheet.years.values())
    )
    other = next(sheet for sheet in clean.sheets if sheet is not first)
    twin = first.model_copy(
        update={"number": other.number, "name": other.name, "department": other.department}
    )
    sheets = tuple(twin if sheet is other else sheet for sheet in clean.sheets)
    report = auditor.audit(clean.model_copy(update={"sheets": sheets}))
    twins = [finding for finding in report.findings if finding.rule == "BOK006"]
    assert len(twins) == 2
    assert report.cause_of(twins[0]) == report.cause_of(twins[1])
    assert {cell.sheet for cell in twins[0].cells} == {first.number, other.number}


def test_a_sheet_that_is_there_twice_is_one_entry() -> None:
    """It has the same name and the same figures: two rules say so of both sheets."""
    clean = book(sheets=6, seed=11, kpis=0)
    first = max(
        clean.sheets, key=lambda sheet: sum(len(each.funding) for each in sheet.years.values())
    )
    again = first.model_copy(update={"number": len(clean.sheets) + 1})
    report = auditor.audit(clean.model_copy(update={"sheets": (*clean.sheets, again)}))
    rules = sorted(finding.rule for finding in report.findings)
    assert rules == ["BOK002", "BOK002", "BOK006", "BOK006"]
    (cause,) = report.causes
    main = next(finding for finding in report.findings if finding.id == cause.findings[0])
    assert main.rule == "BOK002"
