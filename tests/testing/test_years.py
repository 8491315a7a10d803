"""Pairs of years: where two books agree, nothing is found between them; what one of them has wrong
fires exactly the rules that it declares.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Sheet, figures_of_year
from auditor.testing import Years, years
from auditor.testing.build import RandomChooser
from auditor.testing.strategies import DrawnChooser, consistent_years
from auditor_rules.corruptions_of_years import CORRUPTIONS_OF_YEARS, corrupt_years

SESSION = load()
SHIPPED = sorted(SESSION.forms)
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def audited(pair: Years, form: Form) -> Report:
    last_year = [pair.last_year] if pair.last_year.sheets or pair.last_year.kpis else []
    options = AuditOptions(last_year=last_year)
    report = audit(pair.book, SESSION.rules, {form.name: form}, options)
    missed = {reason.why.code for reason in report.not_checked}
    assert missed <= {"no-rule-applies"}, "a book without a figure"
    return report


def fired(report: Report) -> set[str]:
    """The codes of errors and warnings, and all of the family YOY."""
    return {
        finding.rule
        for finding in report.findings
        if finding.severity != "note" or finding.rule.startswith("YOY")
    }


@slow
@given(consistent_years())
def test_a_consistent_pair_of_any_form_has_no_finding(made: tuple[Form, Years]) -> None:
    form, pair = made
    report = audited(pair, form)
    assert fired(report) == set()
    if report.last_year is not None:
        assert not report.last_year.undecided
        assert {found.how for found in report.last_year.pairs} <= {"name"}


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("seed", [1, 2])
def test_both_books_of_a_pair_are_consistent(name: str, seed: int) -> None:
    form = SESSION.forms[name]
    pair = years(40, seed, form, kpis=12)
    report = audited(pair, form)
    assert fired(report) == set()
    judged = {code: counts for code, counts in report.outcomes.items() if code.startswith("YOY")}
    assert sum(counts["pass"] + counts["may"] for counts in judged.values()) > 60
    assert all(counts["crashed"] == 0 for counts in judged.values())
    assert report.last_year is not None
    names = {item.sheet.name for item in report.last_year.unpaired_earlier if item.sheet}
    assert len(names) > 0 or name != "kushiro", "some projects ended"
    before = audit(pair.last_year, SESSION.rules, SESSION.forms)
    assert {finding.severity for finding in before.findings} <= {"note"}


@slow
@given(st.data(), consistent_years(sheets=(1, 4)), st.sampled_from(sorted(CORRUPTIONS_OF_YEARS)))
def test_a_corruption_fires_what_it_declares_in_any_form(
    data: DataObject, made: tuple[Form, Years], kind: str
) -> None:
    form, pair = made
    corruption = corrupt_years(kind, pair, form, DrawnChooser(data.draw))
    if corruption is not None:
        event(kind)
        assert fired(audited(corruption.years, form)) == corruption.codes


@pytest.mark.parametrize("kind", CORRUPTIONS_OF_YEARS)
def test_a_corruption_fires_what_it_declares_in_the_shipped_forms(kind: str) -> None:
    count = 0
    for name in SHIPPED:
        form = SESSION.forms[name]
        for seed in range(4):
            corruption = corrupt_years(kind, years(10, seed, form), form, RandomChooser(seed))
            if corruption is None:
                continue
            count += 1
            report = audited(corruption.years, form)
            assert fired(report) == corruption.codes, (name, seed)
            findings = [item for item in report.findings if item.rule in corruption.codes]
            if corruption.sheet is not None:
                assert {item.sheet.number for item in findings if item.sheet} == {corruption.sheet}
            if corruption.kpi is not None:
                assert {item.kpi.number for item in findings if item.kpi} == {corruption.kpi}
            if corruption.year is not None and len(corruption.codes) == 1:
                assert {item.year for item in findings} == {corruption.year}
    assert count >= 3, "no shipped form has a place for it"


@slow
@given(st.data(), consistent_years(SESSION.forms["kushiro"], sheets=(1, 4), kpis=(1, 3)))
def test_what_was_not_read_of_either_book_differs_from_nothing(
    data: DataObject, made: tuple[Form, Years]
) -> None:
    form, pair = made
    side = data.draw(st.sampled_from(["book", "last_year"]))
    book: Book = getattr(pair, side)
    unread = pair._replace(**{side: _unread_in(book, data)})
    report = audited(unread, form)
    assert {code for code in fired(report) if code.startswith("YOY")} == set()


def _unread_in(book: Book, data: DataObject) -> Book:
    """The book with some figures that were not read."""
    gone = Figure(state="unread", printed="1?3")

    def some(figures: Mapping[str, Figure]) -> FrozenDict[str, Figure]:
        return FrozenDict(
            {name: gone if data.draw(st.booleans()) else each for name, each in figures.items()}
        )

    sheets: list[Sheet] = []
    for sheet in book.sheets:
        years = {
            key: FiscalYear(
                year=year.year, kind=year.kind, **figures_of_year(some(dict(year.figure_items())))
            )
            for key, year in sheet.years.items()
        }
        sheets.append(sheet.model_copy(update={"years": FrozenDict(years)}))
    kpis = tuple(kpi.model_copy(update={"actuals": some(kpi.actuals)}) for kpi in book.kpis)
    return book.model_copy(update={"sheets": tuple(sheets), "kpis": kpis})


@pytest.mark.parametrize(
    "text", ["", "平成28年度からの繰越分を含む。", "課の再編により組み替えた。"]
)
def test_a_note_on_the_sheet_is_shown_with_the_finding(text: str) -> None:
    form = SESSION.forms["kushiro"]
    corruption = corrupt_years("past_figure_changed", years(10, 1, form), form, RandomChooser(1))
    assert corruption is not None
    book = corruption.years.book
    sheets = tuple(
        sheet.model_copy(update={"achieved": f"利用者は増えた。{text}"}) for sheet in book.sheets
    )
    pair = corruption.years._replace(book=book.model_copy(update={"sheets": sheets}))
    (finding,) = (item for item in audited(pair, form).findings if item.rule == "YOY001")
    assert ("シートの記載" in finding.message.ja) is bool(text)
    assert text.rstrip("。") in finding.message.ja
    assert "利用者" not in finding.message.ja
