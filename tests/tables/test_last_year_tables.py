"""Tables beside last year's: columns say what the judge says of their records, on any engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.collector import FindingCollector
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine, not_columnar
from auditor.engines.keys import all_with_keys, keyed
from auditor.engines.pairs import name_of, pairs_of, same_names
from auditor.records.model import Book, Evaluation, FiscalYear, Sheet
from auditor.rules.loading import build_rule
from auditor.rules.rows import NO_OTHERS, Other, Rows, vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.tables import Tables, read_frames, to_tables
from auditor.testing import book as built
from tests.tables.test_columns import QUICK, SESSION, hard_books, listed

FORM = SESSION.forms["kushiro"]
FORMS = {FORM.name: FORM}
FORMULAS = [
    ("year", "total_cost == earlier.total_cost", "present(earlier.total_cost)"),
    ("year", 'total_cost != earlier.as("budgeted").total_cost or blank(earlier.year)', ""),
    ("year", "present(earlier.own.total_cost) and earlier.own.total_cost >= total_cost", ""),
    ("year", "prior.earlier.total_cost <= earlier.total_cost", ""),
    ("year", "earlier.prior.total_cost == prior.total_cost", ""),
    ("year", "sheet.earlier.population == sheet.population", ""),
    ("year", "earlier.sheet.population == sheet.earlier.population", "present(earlier.year)"),
    ("year", "sum(earlier.funding) >= sum(funding) or count(earlier.funding) == 0", ""),
    ("year", "agreed(earlier.total_cost) == total_cost", ""),
    ("sheet", "evaluated.earlier.total_cost == earlier.evaluated.total_cost", ""),
    ("sheet", "cost_per_capita >= earlier.cost_per_capita or blank(earlier.population)", ""),
    ("sheet", "status != earlier.status", ""),
    ("evaluation", "result == earlier.result", "present(earlier.result)"),
    ("evaluation", "earlier.own.meaning == meaning", ""),
    ("evaluation", "evaluated.earlier.total_cost > earlier.evaluated.total_cost", ""),
    ("evaluation", "earlier.prior.result == prior.earlier.result", ""),
    ("kpi", "target == earlier.target", ""),
    ("kpi", "max(earlier.actuals) <= max(actuals) or earlier.due_actual == due_actual", ""),
    ("kpi_year", "actual == earlier.actual", "present(earlier.actual)"),
    ("kpi_year", "kpi.earlier.target >= kpi.target", ""),
    ("kpi_year", "earlier.own.actual == actual", ""),
    ("book", "earlier.fiscal_year < fiscal_year", ""),
]


def rules() -> RuleSet:
    text = {"en": "t", "ja": "t"}
    words = vocabulary([FORM])
    common: dict[str, Any] = {"severity": "warning", "since": "0"}
    common |= dict.fromkeys(("title", "why", "action"), text)
    return RuleSet(
        build_rule(
            {
                **common,
                "code": f"OWN{number:03d}",
                "name": f"own-{number}",
                "each": each,
                "formula": formula,
                "when": when,
            },
            "test",
            words,
        )
        for number, (each, formula, when) in enumerate(FORMULAS)
    )


RULES = rules()


def year_before(book: Book) -> Book:
    """The book as it would be a year before, with the same figures."""
    sheets = tuple(_year_before(sheet) for sheet in book.sheets)
    kpis = tuple(kpi.model_copy(update={"fiscal_year": kpi.fiscal_year - 1}) for kpi in book.kpis)
    documents = tuple(
        document.model_copy(update={"fiscal_year": document.fiscal_year - 1})
        for document in book.documents
    )
    return book.model_copy(
        update={
            "fiscal_year": book.fiscal_year - 1,
            "sheets": sheets,
            "kpis": kpis,
            "documents": documents,
        }
    )


def _year_before(sheet: Sheet) -> Sheet:
    years: dict[str, FiscalYear] = {}
    for column in FORM.columns:
        year = sheet.years.get(FORM.column_id(column, sheet.fiscal_year))
        if year is not None:
            key = FORM.column_id(column, sheet.fiscal_year - 1)
            years[key] = year.model_copy(update={"year": year.year - 1})
    evaluations: dict[str, Evaluation] = {
        str(item.year - 1): item.model_copy(update={"year": item.year - 1})
        for item in sheet.evaluations.values()
    }
    fiscal_year = sheet.fiscal_year - 1
    update = {"fiscal_year": fiscal_year, "years": years, "evaluations": evaluations}
    return sheet.model_copy(update=update)


@st.composite
def named_books(draw: st.DrawFn) -> Book:
    """A book of hard figures whose records share few names, and may lack columns."""
    _, book = draw(hard_books(FORM))
    names = st.sampled_from(["道路事業", "道路　事業", "公園事業", "防災事業"])
    sheets: list[Sheet] = []
    for sheet in book.sheets:
        column = draw(st.sampled_from(["", "", *sheet.years]))
        years = {key: year for key, year in sheet.years.items() if key != column}
        update: dict[str, Any] = {"name": draw(names), "department": "課", "years": years}
        update["budget_stages"] = draw(st.sampled_from([(), ("当初",), ("当初", "補正")]))
        sheets.append(sheet.model_copy(update=update))
    kpis = [
        kpi.model_copy(update={"project": draw(names), "name": draw(names)}) for kpi in book.kpis
    ]
    return book.model_copy(update={"sheets": tuple(sheets), "kpis": tuple(kpis)})


def others_of(book: Book, last_year: Iterable[Book]) -> Any:
    for earlier in last_year:
        if earlier.fiscal_year == book.fiscal_year - 1:
            return {
                "earlier": Other(
                    Rows(earlier, FORM),
                    same_names(
                        [(name_of(sheet), sheet) for sheet in book.sheets],
                        [(name_of(sheet), sheet) for sheet in earlier.sheets],
                    ),
                    same_names(
                        [(name_of(kpi), kpi) for kpi in book.kpis],
                        [(name_of(kpi), kpi) for kpi in earlier.kpis],
                    ),
                )
            }
    return NO_OTHERS


def judged(tables: Tables, last_year: Tables, chosen: RuleSet) -> Report:
    """What the judge says of the records of both."""
    books = read_frames(tables, FORMS).books
    earlier = read_frames(last_year, FORMS).books
    collector = FindingCollector(chosen, AuditOptions())
    collector.expect(books)
    for book in books:
        collector.judge(Rows(book, FORM, others_of(book, earlier)))
    return collector.report(())


def same(tables: Tables, last_year: Tables, engine: Engine, chosen: RuleSet = RULES) -> Report:
    with patch("auditor.auditing.collector.explained_findings", lambda *_: []):
        alone = judged(tables, last_year, chosen)
        columns = audit_tables(tables, chosen, FORMS, AuditOptions(engine=engine), last_year)
    if any(item.why.code == "last-year-tables" for item in columns.not_checked):
        return columns  # figures that no column can hold are compared with nothing
    assert {code: dict(counts) for code, counts in columns.outcomes.items()} == {
        code: dict(counts) for code, counts in alone.outcomes.items()
    }
    assert listed(columns) == listed(alone)
    return columns


def tables_of(book: Book) -> Tables:
    return to_tables(book, FORMS)


@settings(QUICK, max_examples=12)
@given(named_books(), named_books(), st.booleans())
def test_columns_say_what_the_judge_says(book: Book, other: Book, is_alone: bool) -> None:
    """Of a book with last year's, or with one that is of another year."""
    last_year = other if is_alone else year_before(other)
    same(tables_of(book), tables_of(last_year), PolarsEngine())


@settings(QUICK, max_examples=2)
@given(named_books(), named_books())
def test_so_they_do_on_duckdb(book: Book, other: Book) -> None:
    same(tables_of(book), tables_of(year_before(other)), DuckDbEngine())


def test_most_rules_on_last_year_are_columns() -> None:
    codes = not_columnar(RULES, FORMS)
    judge_alone = {rule.file.formula for rule in RULES if rule.code in codes}
    assert judge_alone == {"earlier.own.actual == actual", "earlier.fiscal_year < fiscal_year"}


def test_without_last_year_no_such_rule_applies() -> None:
    book = built(4, 1, FORM)
    report = audit_tables(tables_of(book), RULES, FORMS)
    assert not report.findings
    assert {
        outcome for counts in report.outcomes.values() for outcome, n in counts.items() if n
    } == {"not_applicable"}


def test_books_with_faults_are_held_against_last_year_too() -> None:
    """Columns can't be sure of a book in which a key is written twice; the judge takes it."""
    tables, last_year = tables_of(built(4, 1, FORM)), tables_of(year_before(built(4, 1, FORM)))
    assert tables.years is not None
    broken = Tables(
        sheets=tables.sheets,
        years=pl.concat([tables.years, tables.years.head(1)]),
        evaluations=tables.evaluations,
        kpis=tables.kpis,
        kpi_years=tables.kpi_years,
    )
    report = audit_tables(broken, RULES, FORMS, last_year=last_year)
    assert any(finding.rule == "OWN000" for finding in report.findings)


def test_last_years_faults_are_told_and_compare_nothing() -> None:
    tables, last_year = tables_of(built(4, 1, FORM)), tables_of(year_before(built(4, 1, FORM)))
    assert last_year.years is not None
    broken = Tables(
        sheets=last_year.sheets, years=pl.concat([last_year.years, last_year.years.head(1)])
    )
    report = audit_tables(tables, RULES, FORMS, last_year=broken)
    assert not report.findings
    assert [item.why.code for item in report.not_checked] == ["last-year-tables"]
    assert report.exit_code == 2


def test_pairs_are_a_table() -> None:
    book, engine = built(3, 1, FORM), PolarsEngine()
    sides = []
    for side in (book, year_before(book)):
        frames = {name: engine.lifted(frame) for name, frame in tables_of(side).frames.items()}
        sides.append(keyed(all_with_keys(frames, None, engine), FORMS, engine))
    pairs = pairs_of(*sides, (), engine).table(*sides)
    assert pairs.columns == ["book", "sheet", "earlier_book", "earlier_sheet", "how"]
    assert pairs.rows() == [
        ("kushiro-2024", number, "kushiro-2023", number, "name") for number in (1, 2, 3)
    ]


@pytest.mark.xdist_group("spark")
def test_so_they_do_on_spark(spark: Engine) -> None:
    book = built(5, 3, FORM)
    same(tables_of(book), tables_of(year_before(book)), spark)
