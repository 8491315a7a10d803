"""Suspects of a book's findings, from the audit to the reports."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

import auditor
from auditor.auditing.documents import audit
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.formula.tree import Compare, Field, String
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.rules.ruleset import RuleSet
from auditor.rules.suspects import Suspect
from auditor.suspects import sheet_cells
from auditor.suspects.analysis import unusable
from auditor.testing import book
from auditor_rules.corruptions import corrupt


def changed(whole: Book, sheet: Sheet, **changes: object) -> Book:
    new = sheet.model_copy(update=changes)
    return whole.model_copy(
        update={"sheets": tuple(new if one is sheet else one for one in whole.sheets)}
    )


def with_year(sheet: Sheet, key: str, **changes: object) -> dict[str, object]:
    return {"years": FrozenDict({**sheet.years, key: sheet.years[key].model_copy(update=changes)})}


def printed(figure: Figure | None, value: int | str) -> Figure:
    assert figure is not None
    return figure.model_copy(
        update={"value": Decimal(value), "printed": str(value), "state": "number"}
    )


class Choosing:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def integer(self, least: int, greatest: int) -> int:
        return self.random.randint(least, greatest)


@pytest.fixture(scope="module")
def clean() -> Book:
    return book(sheets=12, seed=3, kpis=0)


def settled(clean: Book) -> tuple[Sheet, str]:
    """A sheet whose evaluated year prints a total that fixes everything else."""
    for sheet in clean.sheets:
        key = str(sheet.fiscal_year)
        year = sheet.years.get(key)
        if (
            year
            and year.total_cost
            and year.total_cost.value
            and year.total_cost.value > 1000
            and sheet.cost_per_capita
        ):
            return sheet, key
    raise AssertionError("the generated book has no such sheet")


def first_suspect(report: Report, code: str) -> Suspect:
    """The first suspect of the only finding of a rule."""
    [finding] = [finding for finding in report.findings if finding.rule == code]
    return report.cause_of(finding).suspects[0]


def test_a_finding_names_the_cell_and_its_value(clean: Book) -> None:
    sheet, key = settled(clean)
    total = sheet.years[key].total_cost
    assert total is not None and total.value is not None
    digits = str(total.value)
    at = next(at for at in range(1, len(digits) - 1) if digits[at] != digits[at + 1])
    wrong = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    spoilt = changed(clean, sheet, **with_year(sheet, key, total_cost=printed(total, wrong)))
    report = auditor.audit(spoilt)
    findings = [one for one in report.findings if one.severity == "error"]
    assert {one.rule for one in findings} >= {"FND001", "PCC001"}
    for finding in findings:
        suspects = report.cause_of(finding).suspects
        best = suspects[0]
        assert [(cell.field, cell.year, cell.value, cell.corrected) for cell in best.cells] == [
            ("total_cost", key, Decimal(wrong), total.value)
        ]
        assert best.slip.code == "adjacent-digits-swapped"
        assert Decimal("0.9") <= sum(one.share for one in suspects) < 1


def test_a_clean_book_has_no_suspects_and_never_loads_the_search(clean: Book) -> None:
    assert not any(cause.suspects for cause in auditor.audit(clean).causes)


def test_what_the_book_agrees_on_is_one_more_hard_to_suspect_cell(
    clean: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, _ = settled(clean)
    population = sheet.population
    assert population is not None and population.value is not None
    spoilt = changed(clean, sheet, population=printed(population, int(population.value) + 1))
    best = first_suspect(auditor.audit(spoilt), "BOK001")
    assert [cell.field for cell in best.cells] == ["population"]
    assert best.cells[0].corrected == population.value
    # as if a book's agreement were easy to doubt
    monkeypatch.setattr(sheet_cells, "AGREED", 0.1)
    monkeypatch.setattr(sheet_cells, "WITNESS", 0.0)
    best = first_suspect(auditor.audit(spoilt), "BOK001")
    assert ([cell.field for cell in best.cells], best.slip.code) == (["agreed"], "book-disagrees")


def test_a_blank_cell_may_be_what_is_missing(clean: Book) -> None:
    sheet, key = next(
        (sheet, key)
        for sheet in clean.sheets
        for key, year in sheet.years.items()
        if year.total_cost
        and year.total_cost.value
        and sum(bool(figure.value) for figure in year.funding.values()) == 2
        and any(figure.state == "blank" for figure in year.funding.values())
    )
    year = sheet.years[key]
    name = next(
        name for name, figure in year.funding.items() if figure.value and name != "local_bonds"
    )
    gone = year.funding[name]
    funding = FrozenDict(
        {
            **year.funding,
            name: gone.model_copy(update={"value": None, "printed": "", "state": "blank"}),
        }
    )
    report = auditor.audit(changed(clean, sheet, **with_year(sheet, key, funding=funding)))
    finding = next(one for one in report.findings if one.rule == "FND001")
    suspects = report.cause_of(finding).suspects
    filled = [one for one in suspects if one.slip.code == "left-blank"]
    assert any(
        one.cells[0].field == f"funding.{name}" and one.cells[0].corrected == gone.value
        for one in filled
    )


def test_two_slips_in_one_sheet_do_not_mix(clean: Book) -> None:
    sheet, key = settled(clean)
    other = next(
        one
        for one in sheet.years
        if one != key and (year := sheet.years[one]).total_cost and year.total_cost.value
    )
    years = dict(sheet.years)
    for one in (key, other):
        total = years[one].total_cost
        assert total is not None and total.value is not None
        years[one] = years[one].model_copy(
            update={"total_cost": printed(total, int(total.value) * 1000)}
        )
    report = auditor.audit(changed(clean, sheet, years=FrozenDict(years)))
    told = {
        one.year: report.cause_of(one).suspects[0]
        for one in report.findings
        if one.rule == "FND001"
    }
    assert {year: [cell.year for cell in one.cells] for year, one in told.items()} == {
        key: [key],
        other: [other],
    }
    assert {one.slip.code for one in told.values()} == {"thousand-fold"}


@pytest.mark.parametrize(
    "kind",
    [
        "per_capita_changed",
        "burden_changed",
        "headcount_changed",
        "population_changed",
        "sign_added",
    ],
)
def test_the_changed_cell_is_the_first_suspect(kind: str) -> None:
    form = load().forms["kushiro"]
    hits = made = 0
    for seed in range(12):
        corruption = corrupt(kind, book(sheets=8, seed=seed, kpis=0), form, Choosing(seed))
        if corruption is None:
            continue
        made += 1
        report = auditor.audit(corruption.book)
        told = [
            report.cause_of(one)
            for one in report.findings
            if one.rule in corruption.codes and report.cause_of(one).suspects
        ]
        hits += any(
            (cell.field, cell.year) == (corruption.field, corruption.year)
            for one in told
            for cell in one.suspects[0].cells
        )
    assert made >= 5
    assert hits >= made - 1


def test_the_audit_leaves_the_rows_as_they_were(clean: Book) -> None:
    sheet, key = settled(clean)
    total = sheet.years[key].total_cost
    assert total is not None and total.value is not None
    spoilt = changed(
        clean, sheet, **with_year(sheet, key, total_cost=printed(total, int(total.value) + 7))
    )
    assert auditor.audit(spoilt) == auditor.audit(spoilt)


def test_rules_that_the_search_cannot_use_are_listed_with_a_reason() -> None:
    rules = load().rules
    listed = {rule.code: why for rule, why in unusable(rules)}
    assert {"FND003", "EVL001", "REQ001", "RD001"} <= set(listed)
    assert not {"FND001", "PCC001", "PCC002", "STF001", "BOK001"} & set(listed)
    assert all(why.en and why.ja for why in listed.values())


def test_a_figure_that_the_search_cannot_take_costs_its_own_sheet_the_suspects(
    clean: Book,
) -> None:
    """No float holds 400 digits, and beliefs are floats."""
    sheet, key = settled(clean)
    other = next(one for one in clean.sheets if one is not sheet and key in one.years)
    total, huge = sheet.years[key].total_cost, 10**400
    assert total is not None
    assert total.value is not None
    spoilt = changed(
        changed(clean, sheet, **with_year(sheet, key, total_cost=printed(total, total.value + 1))),
        other,
        **with_year(other, key, total_cost=printed(other.years[key].total_cost, huge)),
    )
    report = auditor.audit(spoilt, ["FND"])
    assert [(one.document, one.sheet, one.why.code) for one in report.not_checked] == [
        (other.document, other.number, "suspects-failed")
    ]
    assert report.exit_code == 2
    of_sheet = {one.sheet.number: one for one in report.findings if one.sheet}
    assert report.cause_of(of_sheet[sheet.number]).suspects[0].cells
    assert report.cause_of(of_sheet[other.number]).suspects == ()


def test_a_rule_that_crashes_takes_no_suspects_from_the_others(clean: Book) -> None:
    sheet, key = settled(clean)
    total = sheet.years[key].total_cost
    assert total is not None
    assert total.value is not None
    spoilt = changed(clean, sheet, **with_year(sheet, key, total_cost=printed(total, 1)))
    session = load()
    fnd001 = session.rules.get("FND001")
    assert fnd001 is not None
    tree = Compare("==", Field((), "total_cost", "number", 0), String("a", 0), 0)
    file = fnd001.file.model_copy(update={"code": "OWN001"})
    crashing = replace(fnd001, file=file, tree=tree)
    report = audit(spoilt, RuleSet([crashing, fnd001]), session.forms)
    assert {one.rule for one in report.not_checked} == {"OWN001"}
    assert {one.why.code for one in report.not_checked} == {"crashed"}
    assert report.causes[0].suspects[0].cells[0].corrected == total.value
