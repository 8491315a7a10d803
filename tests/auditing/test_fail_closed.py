"""What could not be read or checked is never passed over: not by a selection of rules, nor where
records do not fit their form, nor where there is nothing to audit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, FiscalYear, Kpi, NotChecked, Remark, Sheet
from auditor.records.text import Text, Why
from auditor.records.unchecked import MOST_ALIKE, number_of
from auditor.rules.loading import build_rule
from auditor.rules.rows import Row, vocabulary
from auditor.rules.ruleset import READING_FAMILIES, RuleSet
from auditor.rules.verdicts import Verdict
from auditor.tables import to_tables
from auditor.testing.build import RandomChooser, build_book
from auditor.testing.build import book as built

FORMS: Final = load().forms
RULES: Final = load().rules


def number(value: int, unit: str = "千円") -> Figure:
    return Figure(value=Decimal(value), state="number", printed=str(value), unit=unit)


def kushiro(**changes: Any) -> Book:
    """A book of one sheet, with changes to its only column."""
    column: dict[str, Any] = {
        "year": 2024,
        "kind": "settled",
        "total_cost": number(100),
        "funding": FrozenDict({"general_revenue": number(100)}),
    }
    year = FiscalYear(**(column | changes))
    sheet = Sheet(
        document="a", name="a project", fiscal_year=2024, years=FrozenDict({"2024": year})
    )
    return Book(
        form="kushiro",
        fiscal_year=2024,
        documents=(Document.of("a", "kushiro", 2024, (sheet,)),),
        sheets=(sheet,),
    )


def codes(book: Book) -> set[str]:
    return {missed.why.code for missed in auditor.audit(book).not_checked}


def test_records_that_fit_are_audited() -> None:
    assert not codes(kushiro())


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (
            "not-in-form-figure",
            lambda: kushiro(funding=FrozenDict({"national_grants": number(90)})),
        ),
        ("not-in-form-figure", lambda: kushiro(figures=FrozenDict({"full_cost": number(90)}))),
        ("not-in-form-unit", lambda: kushiro(total_cost=number(100, "千"))),
        ("not-in-form-column", lambda: kushiro(kind="setled")),
        ("not-in-form-number", lambda: _twice(kushiro())),
        ("not-in-form-year", lambda: kushiro().model_copy(update={"fiscal_year": 2023})),
        ("not-in-form-documents", lambda: kushiro().model_copy(update={"documents": ()})),
        ("not-in-form-kpi", lambda: _with_kpi(kushiro().model_copy(update={"form": "hamabe"}))),
    ],
)
def test_what_the_form_has_no_place_for_is_not_checked(
    code: str, changed: Callable[[], Book]
) -> None:
    book = changed()
    assert code in codes(book)
    assert auditor.audit(book).exit_code == 2


def _twice(book: Book) -> Book:
    return book.model_copy(update={"sheets": (*book.sheets, *book.sheets)})


def _with_kpi(book: Book) -> Book:
    kpi = Kpi(document="a", fiscal_year=2024, project="p", name="n", target=number(5, "件"))
    return book.model_copy(update={"kpis": (kpi,)})


@given(st.sampled_from(sorted(FORMS)), st.integers(0, 10**6))
def test_consistent_books_fit_their_form(name: str, seed: int) -> None:
    if FORMS[name].table is None:
        assert not auditor.audit(built(3, seed, FORMS[name])).not_checked


REMARK: Final = Remark(
    rule="RD003", sheet=1, printed="90", detail=Text(en="a stray number", ja="余分な数値")
)


def remarked() -> Book:
    book = kushiro()
    (document,) = book.documents
    noted = document.model_copy(update={"remarks": (REMARK,)})
    return book.model_copy(update={"documents": (noted,)})


@given(st.lists(st.sampled_from([rule.code for rule in RULES]), min_size=1, max_size=3))
def test_no_selection_hides_what_could_not_be_read(selected: list[str]) -> None:
    report = auditor.audit(remarked(), selected)
    assert "RD003" in {finding.rule for finding in report.findings}
    ignored = auditor.audit(remarked(), RULES.select(ignore=["RD", *selected]))
    assert "RD003" in {finding.rule for finding in ignored.findings}


def test_a_rule_set_without_the_reading_rules_does_not_pass() -> None:
    only = auditor.RuleSet(rule for rule in RULES if not rule.code.startswith(READING_FAMILIES))
    assert not auditor.audit(kushiro(), only).not_checked
    report = auditor.audit(remarked(), only)
    assert report.exit_code == 2
    assert "RD003" in report.not_checked[0].why.en


def test_a_report_says_which_rules_were_left_out() -> None:
    report = auditor.audit(kushiro(), ["FND"])
    kept = {rule.code for rule in RULES if rule.code.startswith(("FND", *READING_FAMILIES))}
    usual = {rule.code for rule in RULES if not rule.file.optional}
    assert set(report.left_out) == usual - kept
    assert auditor.audit(kushiro()).left_out == ()


@pytest.mark.parametrize(
    "audit",
    [
        lambda: auditor.audit([]),
        lambda: auditor.audit(kushiro(), []),
        lambda: auditor.audit(kushiro(), ["KPI001"]),
        lambda: auditor.audit_tables({}),
    ],
)
def test_an_audit_of_nothing_does_not_pass(audit: Callable[[], auditor.Report]) -> None:
    assert audit().exit_code == 2


def test_a_form_is_insisted_on_for_tables() -> None:
    tables = to_tables(kushiro(), FORMS)
    assert not auditor.audit_tables(tables, form="kushiro").not_checked
    other = auditor.audit_tables(tables, form="hamabe")
    assert {missed.why.code for missed in other.not_checked} == {"other-form"}
    unknown = auditor.audit_tables(tables, form="kusiro")
    assert {missed.why.code for missed in unknown.not_checked} == {"unknown-form"}
    assert (other.exit_code, unknown.exit_code) == (2, 2)


@given(
    st.integers(0, 9_999),
    st.sampled_from(sorted(FORMS)),
    st.sampled_from(["figure", "sources", "column", "of the sheet"]),
    st.data(),
)
def test_nobody_is_accused_of_what_a_record_lacks(
    seed: int, form: str, lack: str, data: st.DataObject
) -> None:
    made = built(2, seed=seed, form=FORMS[form], kpis=0)
    sheet = made.sheets[0]
    evaluated = [str(made.fiscal_year)] if lack == "column" else []  # see docs/limits.md
    key = data.draw(st.sampled_from(sorted(sheet.years.keys() - evaluated)))
    year, years = sheet.years[key], dict(sheet.years)
    changes: dict[str, Any] = {}
    match lack:
        case "figure":
            name = data.draw(st.sampled_from(["total_cost", "staff_cost", "headcount"]))
            years[key] = year.model_copy(update={name: None})
        case "sources":
            left_out = data.draw(st.sets(st.sampled_from(sorted(year.funding)), min_size=1))
            funding = {name: at for name, at in year.funding.items() if name not in left_out}
            years[key] = year.model_copy(update={"funding": FrozenDict(funding)})
        case "column":
            del years[key]
        case _:
            name = data.draw(st.sampled_from(["population", "cost_per_capita"]))
            changes = {name: None}
    changed = sheet.model_copy(update={"years": FrozenDict(years), **changes})
    report = auditor.audit(made.model_copy(update={"sheets": (changed, *made.sheets[1:])}))

    assert not [finding for finding in report.findings if finding.severity == "error"]


def test_entries_of_one_kind_are_counted_behind_the_first_ones() -> None:
    """A rule that crashes on every row, and a document with as many entries as it has lines."""

    def check(row: Row) -> Verdict:
        raise ZeroDivisionError(row.scope)

    text = {"en": "t", "ja": "題"}
    data = {"code": "ZZZ001", "name": "crashing", "severity": "error", "each": "sheet"}
    texts = {"since": "1", "title": text, "why": text, "action": text, "forms": ["*"]}
    form = load().forms["kushiro"]
    rule = build_rule({**data, **texts}, "tests", vocabulary([form]), check)
    book = build_book(form, RandomChooser(3), sheets=130, kpis=0)
    why = Why(code="row-not-read", en="a row", ja="行")
    (document,) = book.documents
    lost = [NotChecked(document=document.path, why=why)] * 250
    document = document.model_copy(update={"not_checked": tuple(lost)})
    book = book.model_copy(update={"documents": (document,)})
    report = audit([book], RuleSet([rule]), {"kushiro": form})
    counts = Counter(entry.why.code for entry in report.not_checked)
    assert counts == {"crashed": MOST_ALIKE + 1, "row-not-read": MOST_ALIKE + 1}
    assert number_of(report.not_checked) == 130 + 250
    assert report.outcomes["ZZZ001"]["crashed"] == 130
    more = {entry.why.code: entry for entry in report.not_checked if entry.more}
    assert "110 more rows" in more["crashed"].why.en
    assert more["row-not-read"].why.en.startswith("230 more")
    assert more["row-not-read"].document == document.path
