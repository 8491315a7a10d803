"""Of two books that print other figures, the one whose neighbours agree is right."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from auditor.auditing.collector import FindingCollector
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.marking.copies import places_of
from auditor.records.model import Book, Document, Sheet
from auditor.reports.entries import described, entries, proposed
from auditor.reports.wording import Wording
from auditor.rules.loading import load_rules
from auditor.rules.rows import Other, Rows, vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.testing.build import RandomChooser, build_book

SESSION = load()
FORM = SESSION.forms["kushiro"]
WORDS = vocabulary([FORM])
HEAD = """
code = "TST901"
name = "test"
severity = "warning"
each = "year"
since = "1"
title = { en = "t", ja = "題" }
why = { en = "w", ja = "理由" }
action = { en = "a", ja = "対応" }
"""
FORMULA = """
when = "present(total_cost) and present(earlier.total_cost)"
formula = "total_cost == earlier.total_cost"
"""
PYTHON = """
import auditor
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, failed


@auditor.rule('''
needs = ["earlier"]
HEAD
''')
def apart(row):
    earlier = row.link("earlier")
    if earlier is None:
        return NOT_APPLICABLE
    names = ("total_cost", *(f"funding.{source}" for source in row.form.funding))
    apart = [name for name in names if row.figure(name).value != earlier.figure(name).value]
    return failed(*((each, name) for name in apart for each in (row, earlier))) if apart else PASS
"""


@pytest.fixture(params=["formula", "python"])
def rules(request: pytest.FixtureRequest, tmp_path: Path) -> RuleSet:
    is_formula = request.param == "formula"
    file = tmp_path / ("TST901.toml" if is_formula else "TST901.py")
    text = HEAD + FORMULA if is_formula else PYTHON.replace("HEAD", HEAD)
    file.write_text(text, encoding="utf-8")
    others = (rule for rule in SESSION.rules if not rule.code.startswith("YOY"))
    return RuleSet([*others, *load_rules(file, WORDS)])


def last_year_of(book: Book) -> Book:
    """The book of the year before with the same figures in the columns that both print."""
    year = book.fiscal_year - 1
    sheets = [_last_year(sheet, year) for sheet in book.sheets]
    document = Document.of("that", FORM.name, year, sheets, ())
    return Book(form=FORM.name, fiscal_year=year, documents=(document,), sheets=tuple(sheets))


def _last_year(sheet: Sheet, fiscal_year: int) -> Sheet:
    years = {
        FORM.exact_column(year.year, year.kind, fiscal_year): year for year in sheet.years.values()
    }
    years.pop(None, None)
    return sheet.model_copy(
        update={"document": "that", "fiscal_year": fiscal_year, "years": years, "evaluations": {}}
    )


def with_total(book: Book, column: str, value: int) -> Book:
    first, *others = book.sheets
    year = first.years[column]
    figure = year.total_cost
    assert figure is not None
    other = figure.model_copy(update={"value": Decimal(value), "printed": f"{value:,}"})
    years = {**first.years, column: year.model_copy(update={"total_cost": other})}
    return book.model_copy(update={"sheets": (first.model_copy(update={"years": years}), *others)})


def audited(rules: RuleSet, book: Book, last_year: Book) -> Report:
    pairs = list(zip(book.sheets, last_year.sheets, strict=True))
    collector = FindingCollector(rules, AuditOptions())
    collector.expect([book])
    collector.judge(Rows(book, FORM, {"earlier": Other(Rows(last_year, FORM), pairs)}))
    return collector.report(book.documents)


def books() -> tuple[Book, Book, str, int]:
    """This year's book and last year's, a column that both print, and its total there."""
    seed = next(seed for seed in range(50) if _total(_book(seed)) > 5000)
    book = _book(seed)
    return book, last_year_of(book), "2023", _total(book)


def _book(seed: int) -> Book:
    return build_book(FORM, RandomChooser(seed), 3, 0, 2024, "this")


def _total(book: Book) -> int:
    year = book.sheets[0].years["2023"]
    parts = [figure for figure in year.funding.values() if figure.value]
    return int(year.total_cost.value or 0) if year.total_cost and len(parts) > 1 else 0


def test_a_consistent_pair_has_no_finding(rules: RuleSet) -> None:
    book, last_year, _, _ = books()
    assert not audited(rules, book, last_year).findings


def test_the_wrong_figure_of_this_year_is_the_suspect(rules: RuleSet) -> None:
    """Its own sum says so, and last year's book, whose figures agree, is further evidence."""
    book, last_year, column, total = books()
    report = audited(rules, with_total(book, column, total * 10), last_year)
    (entry,) = entries(report)
    assert {finding.rule for finding in entry.findings} >= {"FND001", "TST901"}
    (cell,) = proposed(entry)
    assert (cell.field, cell.year, cell.corrected, cell.other_book) == (
        "total_cost",
        column,
        Decimal(total),
        None,
    )


def test_the_wrong_figure_of_last_year_is_named_and_never_a_correction(rules: RuleSet) -> None:
    book, last_year, column, total = books()
    report = audited(rules, book, with_total(last_year, column, total * 10))
    (entry,) = entries(report)
    assert [finding.rule for finding in entry.findings] == ["TST901"]
    cells = entry.cause.suspects[0].cells
    assert {cell.other_book for cell in cells} == {"earlier"}
    assert (cells[-1].field, cells[-1].corrected) == ("total_cost", Decimal(total))
    assert not proposed(entry)
    # Where both documents are called alike, nothing of this one is marked for the other.
    assert {cell.document for cell in entry.cause.cells} == {"that"}
    assert not places_of(entry, ["that"], lambda place: bool(place))
    texts = dict(described(entry, Wording("ja", SESSION.forms, {"this": FORM.name})))
    assert "前年度の冊子の側の事業費" in texts["疑わしい欄"]
    assert "計算上の値" not in texts
    assert "▶" not in texts["該当箇所"]


def test_a_rule_that_asks_for_a_partner_fails_without_one_and_is_explained(tmp_path: Path) -> None:
    """No project of this year is in last year's book."""
    file = tmp_path / "TST901.toml"
    file.write_text(HEAD + 'formula = "present(earlier.total_cost)"\n', encoding="utf-8")
    book, last_year, _, _ = books()
    collector = FindingCollector(load_rules(file, WORDS), AuditOptions())
    collector.expect([book])
    collector.judge(Rows(book, FORM, {"earlier": Other(Rows(last_year, FORM))}))
    report = collector.report(book.documents)
    assert {finding.rule for finding in report.findings} == {"TST901"}
    assert not report.not_checked
