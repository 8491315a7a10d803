"""Figures that only some columns of a form print: rules apply nowhere else, whoever judges."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.accounts.columns import USUAL
from auditor.accounts.reading import ledger_of
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.engines import DuckDbEngine, Engine, PolarsEngine
from auditor.forms.loading import load_form
from auditor.forms.model import Form, FormError
from auditor.readers.source import Source
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Sheet
from auditor.tables import to_tables
from auditor.testing.strategies import forms
from tests.tables.test_columns import QUICK, hard_books, quickly_same

SESSION: Final = load()


@st.composite
def restricted_books(draw: st.DrawFn) -> tuple[Form, Book]:
    """A form of whose figures some stand in some columns alone, and a book with hard figures."""
    form = draw(forms())
    fields = dict(form.fields)
    kinds = sorted({column.kind for column in form.columns})
    for name in draw(st.sets(st.sampled_from(sorted(form.amounts)), min_size=1)):
        chosen: tuple[str | int, ...] = tuple(draw(st.sets(st.sampled_from(kinds), min_size=1)))
        if draw(st.booleans()):
            chosen = (draw(st.sampled_from(form.offsets)),)
        fields[name] = fields[name].model_copy(update={"columns": chosen})
    return draw(hard_books(form.model_copy(update={"fields": FrozenDict(fields)})))


@settings(QUICK, max_examples=12)
@given(restricted_books())
def test_columns_say_what_records_say_on_polars(drawn: tuple[Form, Book]) -> None:
    _same(drawn, PolarsEngine())


@settings(QUICK, max_examples=4)
@given(restricted_books())
def test_columns_say_what_records_say_on_duckdb(drawn: tuple[Form, Book]) -> None:
    _same(drawn, DuckDbEngine())


def _same(drawn: tuple[Form, Book], engine: Engine) -> None:
    form, book = drawn
    quickly_same(to_tables(book, {form.name: form}), SESSION.rules, form, engine)


FORM: Final = """
name = "made"
title = { ja = "様式", en = "form" }
unit = "千円"
units = { "千円" = 1000, "人" = 1 }
evaluated = [0]
[[columns]]
offset = 0
kind = "settled"
[[columns]]
offset = 0
kind = "planned"
[fields.total_cost]
label = "事業費"
required = "always"
[fields.funding.grants]
label = "国県支出金"
COLUMNS
[fields.funding.general_revenue]
label = "一般財源"
required = "always"
COLUMNS
[fields.staff_cost]
label = "人件費"
[fields.headcount]
label = "職員数"
unit = "人"
COLUMNS
"""


def made(folder: Path, columns: str) -> Form:
    path = folder / "made.toml"
    path.write_text(FORM.replace("COLUMNS", columns), encoding="utf-8")
    return load_form(path)


def book_of(form: Form, planned: int | None) -> Book:
    """A sheet with a total and its sources in one column, and a total alone in the other."""

    def figure(value: int | None) -> Figure:
        return (
            Figure(state="dash", unit="千円")
            if value is None
            else Figure(state="number", value=value, printed=str(value), unit="千円")
        )

    def column(kind: str, values: tuple[int | None, ...]) -> FiscalYear:
        total, grants, general, staff = map(figure, values)
        funding = {"grants": grants, "general_revenue": general}
        return FiscalYear(
            year=2024,
            kind=kind,
            total_cost=total,
            funding=FrozenDict(funding),
            staff_cost=staff,
            headcount=figure(None).model_copy(update={"unit": "人"}),
        )

    years = {
        "2024-settled": column("settled", (10, 4, 6, None)),
        "2024-planned": column("planned", (planned, None, None, 3)),
    }
    sheet = Sheet(document="book", name="事業", fiscal_year=2024, years=FrozenDict(years))
    return Book(form=form.name, fiscal_year=2024, sheets=(sheet,))


def test_a_total_beside_sources_that_are_not_printed_is_no_finding(tmp_path: Path) -> None:
    everywhere, some = made(tmp_path, ""), made(tmp_path, 'columns = ["settled"]')

    before = audit((book_of(everywhere, 12),), SESSION.rules, {"made": everywhere})
    after = audit((book_of(some, 12),), SESSION.rules, {"made": some})

    codes = {finding.rule for finding in before.findings}
    assert {"FND004", "REQ001", "STF002"} <= codes
    assert not after.findings
    assert after.outcomes["FND004"]["not_applicable"] == 1
    assert after.outcomes["FND004"]["pass"] == 1
    assert after.outcomes["FND001"]["pass"] == 1


def test_what_is_required_of_the_other_columns_still_is(tmp_path: Path) -> None:
    form = made(tmp_path, 'columns = ["settled"]')

    report = audit((book_of(form, None),), SESSION.rules, {"made": form})

    assert [finding.rule for finding in report.findings] == ["REQ001"]


@pytest.mark.parametrize(
    ("accounts", "codes"),
    [
        ("10000,4000", set[str]()),
        ("12000,4000", {"ACC001"}),
        ("10000,5000", {"ACC002"}),
    ],
)
@pytest.mark.parametrize("planned", [12, None])
def test_accounts_are_held_against_the_columns_that_print_the_figure(
    accounts: str, codes: set[str], planned: int | None, tmp_path: Path
) -> None:
    form = made(tmp_path, 'columns = ["settled"]')
    text = f"事業名,決算額,国県支出金\n事業,{accounts}\n"
    ledger = ledger_of(Source("決算額.csv", text.encode()), form, USUAL)

    options = AuditOptions(accounts=ledger)
    report = audit((book_of(form, planned),), SESSION.rules, {"made": form}, options)

    of_accounts = [finding for finding in report.findings if finding.rule.startswith("ACC")]
    assert {finding.rule for finding in of_accounts} == codes
    assert {cell.year for finding in of_accounts for cell in finding.cells} <= {"2024-settled"}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ('columns = ["setled"]', "setled"),
        ("columns = [3]", "3"),
        ('columns = ["settled", 1]', "1"),
    ],
)
def test_columns_that_the_form_has_not_are_refused(
    tmp_path: Path, columns: str, words: str
) -> None:
    with pytest.raises(FormError, match=words):
        made(tmp_path, columns)
