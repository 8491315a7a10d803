"""What holds for every book: consistent ones have no contradiction, each corruption fires exactly
what it declares, JSON says all.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.json.writing import dump_records
from auditor.readers.source import Source
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.languages import Lang
from auditor.records.model import Book
from auditor.rules.findings import OUTCOMES
from auditor.testing import build_book
from auditor.testing.build import RandomChooser
from auditor.testing.strategies import DrawnChooser, consistent_books, figures
from auditor_rules.corruptions import CORRUPTIONS, Corruption, corrupt

SESSION = load()
SHIPPED = sorted(SESSION.forms)
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def audited(book: Book, form: Form) -> Report:
    report = audit(book, SESSION.rules, {form.name: form})
    empty = not book.sheets and not book.kpis  # of which nothing can be audited
    assert [missed.why.code for missed in report.not_checked] == ["no-rule-applies"] * empty
    return report


def fired(report: Report) -> set[str]:
    """The codes of errors and warnings."""
    return {finding.rule for finding in report.findings if finding.severity != "note"}


def reread(text: str, forms: Mapping[str, Form]) -> tuple[Book, ...]:
    result = RecordsJsonReader().read_records(Source("again.json", text.encode()), forms)
    assert result.not_checked == ()
    return result.books


@slow
@given(consistent_books())
def test_a_consistent_book_of_any_form_has_no_error_and_no_warning(made: tuple[Form, Book]) -> None:
    form, book = made
    assert fired(audited(book, form)) == set()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_consistent_book_of_a_shipped_form_has_no_error_and_no_warning(name: str) -> None:
    form = SESSION.forms[name]
    report = audited(build_book(form, RandomChooser(1), sheets=120, kpis=40), form)
    assert fired(report) == set()
    judged = Counter(
        {
            outcome: sum(counts[outcome] for counts in report.outcomes.values())
            for outcome in OUTCOMES
        }
    )
    assert judged["crashed"] == 0
    assert judged["pass"] + judged["may"] > 500, "the rules did look at the book"


@slow
@given(st.data(), consistent_books(sheets=(1, 5)), st.sampled_from(sorted(CORRUPTIONS)))
def test_a_corruption_fires_what_it_declares_in_any_form(
    data: DataObject, made: tuple[Form, Book], kind: str
) -> None:
    form, book = made
    corruption = corrupt(kind, book, form, DrawnChooser(data.draw))
    if corruption is not None:
        event(kind)
        assert fired(audited(corruption.book, form)) == corruption.codes


@functools.cache
def corrupted_by(kind: str, name: str, seed: int) -> tuple[Corruption, Report] | None:
    """A corruption in a book of a shipped form, and what an audit finds."""
    form, chooser = SESSION.forms[name], RandomChooser(seed)
    book = build_book(form, chooser, sheets=5, kpis=6)
    corruption = corrupt(kind, book, form, chooser)
    return None if corruption is None else (corruption, audited(corruption.book, form))


def corrupted(kind: str, name: str) -> Iterator[tuple[Corruption, Report]]:
    """Corruptions of one kind in books of a shipped form, and what an audit finds."""
    return filter(None, (corrupted_by(kind, name, seed) for seed in range(10)))


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_corruption_fires_what_it_declares_in_the_shipped_forms(kind: str) -> None:
    found = 0
    for name in SHIPPED:
        for corruption, report in corrupted(kind, name):
            assert fired(report) == corruption.codes, corruption
            where = [finding for finding in report.findings if finding.rule in corruption.codes]
            if (
                corruption.sheet is not None
                and corruption.kind != "sheet_repeated"
                and corruption.codes.isdisjoint({"BOK001"})
            ):
                assert {finding.sheet.number for finding in where if finding.sheet} == {
                    corruption.sheet
                }
            if corruption.kpi is not None:
                assert {finding.kpi.number for finding in where if finding.kpi} == {corruption.kpi}
            found += 1
    assert found >= 4, "no shipped form has a place for it"


@slow
@given(consistent_books())
def test_records_come_back_from_json_as_they_were(made: tuple[Form, Book]) -> None:
    form, book = made
    again = reread(dump_records([book]), {form.name: form})
    assert again == (book,) or not (book.sheets or book.kpis)


@slow
@given(
    consistent_books(SESSION.forms["kushiro"], sheets=(1, 2)),
    st.lists(figures("千円"), min_size=6, max_size=6),
)
def test_any_figure_comes_back_from_json_as_it_was(
    made: tuple[Form, Book], cells: list[Figure]
) -> None:
    form, book = made
    sheet = book.sheets[0]
    names = ("total_cost", "staff_cost", "headcount")
    year = sheet.years["2024"].model_copy(
        update=dict(zip(names, cells, strict=False))
        | {
            "funding": FrozenDict(
                zip(("grants", "fees", "general_revenue"), cells[3:], strict=True)
            )
        }
    )
    changed = sheet.model_copy(
        update={"years": FrozenDict({**sheet.years, "2024": year}), "population": cells[0]}
    )
    (again,) = reread(
        dump_records([book.model_copy(update={"sheets": (changed, *book.sheets[1:])})]),
        {form.name: form},
    )
    for key, figure in year.funding.items():
        assert again.sheets[0].years["2024"].funding[key] == figure
    assert again.sheets[0].years["2024"].total_cost == year.total_cost
    assert again.sheets[0].population == cells[0]


@settings(
    slow, max_examples=max(30, settings().max_examples // 3)
)  # most of these audits search for suspects
@given(
    consistent_books(SESSION.forms["kushiro"], sheets=(1, 3)),
    st.lists(figures("千円"), min_size=3, max_size=3),
)
def test_no_cell_makes_a_rule_crash_or_pass_unseen(
    made: tuple[Form, Book], cells: list[Figure]
) -> None:
    """Whatever a cell holds, every rule gives an outcome; a text in the total is never a pass of
    the sum.
    """
    form, book = made
    sheet = book.sheets[0]
    year = sheet.years["2024"].model_copy(update={"total_cost": cells[0], "headcount": cells[1]})
    changed = sheet.model_copy(
        update={"years": FrozenDict({**sheet.years, "2024": year}), "cost_per_capita": cells[2]}
    )
    alone = book.model_copy(update={"sheets": (changed,)})
    report = audited(alone, form)
    if cells[0].state == "text":
        sums = report.outcomes["FND001"]
        assert sums["unknown"] >= 1
        assert report.outcomes["PCC001"] == dict.fromkeys(OUTCOMES, 0) | {"unknown": 1}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", sorted(SESSION.reports))
@pytest.mark.parametrize("form_name", SHIPPED)
def test_reports_show_every_finding_of_every_corruption(
    name: str, lang: Lang, form_name: str
) -> None:
    form = SESSION.forms[form_name]
    for kind in CORRUPTIONS:
        for corruption, report in islice(corrupted(kind, form_name), 1):
            context = ReportContext(
                lang=lang, rules=SESSION.rules, books=(corruption.book,), forms={form_name: form}
            )
            text = SESSION.reports[name].render(report, context)
            assert all(code in text for code in corruption.codes), (name, kind)


@slow
@given(consistent_books(), st.sampled_from(["ja", "en"]))
def test_reports_of_consistent_books_never_raise(made: tuple[Form, Book], lang: Lang) -> None:
    form, book = made
    report = audited(book, form)
    context = ReportContext(lang=lang, rules=SESSION.rules, books=(book,), forms={form.name: form})
    for report_format in SESSION.reports.values():
        assert isinstance(report_format.render(report, context), str)
