"""Figures of up to 40 digits go through everything unchanged: no step rounds them, as Python's
decimals do beyond 28 digits without a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.auditing.totals import totals
from auditor.engines import DuckDbEngine, Engine, PolarsEngine
from auditor.marking.copies import note
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.json.writing import dump_records
from auditor.readers.source import Source
from auditor.readers.text.reader import SheetTextReader
from auditor.records import figures
from auditor.records.decimals import ended, number
from auditor.records.figures import Figure, Rounding, parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, FiscalYear, Sheet
from auditor.reports.entries import entries, proposed
from auditor.reports.findings import wording_of
from auditor.rules.findings import Finding
from auditor.suspects.locating import locate
from auditor.tables import read_frames, to_tables
from auditor.testing import book as built
from auditor.testing.strategies import ROUNDINGS
from tests.documents.text_writer import text_of_sheets

SESSION = load()
FORM = SESSION.forms["kushiro"]
FORMS = {FORM.name: FORM}
SUMS = SESSION.rules.select(["FND001"])
UNIT = "千円"


@contextmanager
def nothing_rounds() -> Iterator[None]:
    """Whatever Python's decimals round meanwhile is an error."""
    with localcontext() as context:
        context.traps[Inexact] = True
        yield


@st.composite
def long_numbers(draw: DrawFn, places: int = 3) -> Decimal:
    """Numbers of up to 40 digits, most of them of more than 28."""
    digits = draw(st.integers(10**27, 10**40 - 1) | st.integers(0, 10**40 - 1))
    value = Decimal(f"{digits}E-{draw(st.integers(0, places))}")
    return value.copy_negate() if value and draw(st.booleans()) else value


def figure(value: Decimal) -> Figure:
    """A figure as a document prints it, without groups: with them, it has no 40 digits."""
    sign = "△" if value < 0 else ""
    printed = f"{sign}{value.copy_abs():f}"
    return Figure(value=value, state="number", printed=printed, unit=UNIT)


def exact_sum(*values: Decimal) -> Decimal:
    """By whole numbers, which never round."""
    total = ended(sum((Fraction(value) for value in values), Fraction(0)))
    assert total is not None
    return total


@st.composite
def sums(draw: DrawFn) -> tuple[Decimal, Decimal, Decimal]:
    """Two parts and what is printed as their sum, which is off by its last digit or less."""
    parts = draw(long_numbers(0)), draw(long_numbers(0))
    return (*parts, exact_sum(*parts, draw(st.sampled_from([Decimal(0), Decimal(1)]))))


BLANK = {
    name.removeprefix("funding."): Figure(unit=UNIT)
    for name in FORM.fields
    if name.startswith("funding.")
}


def book_of(first: Decimal, second: Decimal, total: Decimal) -> Book:
    year = FiscalYear(
        year=2024,
        kind="settled",
        total_cost=figure(total),
        funding=FrozenDict({**BLANK, "grants": figure(first), "general_revenue": figure(second)}),
    )
    sheet = Sheet(document="d", number=1, name="長い数", fiscal_year=2024, years={"2024": year})
    document = Document(path="d", form=FORM.name, fiscal_year=2024, sheets=1)
    return Book(form=FORM.name, fiscal_year=2024, documents=(document,), sheets=(sheet,))


def values_of(book: Book) -> list[Decimal | None]:
    return [
        cell.value
        for sheet in book.sheets
        for year in sheet.years.values()
        for _, cell in year.figure_items()
    ]


# — records


@given(st.text("0123456789", min_size=1, max_size=40), st.integers(0, 12), st.booleans())
def test_a_long_figure_is_read_digit_by_digit(digits: str, places: int, minus: bool) -> None:
    point = max(1, len(digits) - places)
    text = digits[:point] + ("." + digits[point:] if digits[point:] else "")
    if len(text) > 40:
        assert parse_figure(text).state == "text"
        return
    with nothing_rounds():
        read = parse_figure(f"△ {text}" if minus else text)
    value = Fraction(int(digits), 10 ** (len(digits) - point))
    assert read.value is not None
    assert Fraction(read.value) == (-value if minus else value)
    assert read.shown() == read.printed


@given(long_numbers(), st.sampled_from(ROUNDINGS), st.sampled_from(["0.001", "1", "1000"]))
def test_what_a_long_figure_stands_for_is_exact(
    value: Decimal, rounding: Rounding, factor: str
) -> None:
    with nothing_rounds():
        span = figures.ends(figures.spread(value, rounding, Decimal("0.001"), Decimal(factor)))
        again = figures.shown(Fraction(value), rounding, Decimal("0.001"))
    assert again == value
    base, width = Fraction(value) * Fraction(factor), Fraction(factor) / 1000
    assert span.lo <= base <= span.hi
    assert {abs(span.lo - base), abs(span.hi - base)} <= {0, width / 2, width}


@given(long_numbers())
def test_a_long_figure_without_a_print_is_shown_with_all_its_digits(value: Decimal) -> None:
    with nothing_rounds():
        text = Figure(value=value, state="number").shown()
    assert Decimal(text.replace(",", "").replace("△", "-")) == value


# — through readers and back


@given(st.tuples(long_numbers(), long_numbers(), long_numbers()))
def test_long_figures_come_back_from_json(values: tuple[Decimal, Decimal, Decimal]) -> None:
    book = book_of(*values)
    with nothing_rounds():
        text = dump_records([book])
        reading = RecordsJsonReader().read_records(Source("a.json", text.encode()), FORMS)
    assert reading.not_checked == ()
    assert values_of(reading.books[0]) == values_of(book)


@given(st.tuples(long_numbers(), long_numbers(), long_numbers()))
def test_long_figures_come_back_from_tables(values: tuple[Decimal, Decimal, Decimal]) -> None:
    book = book_of(*values)
    with nothing_rounds():
        reading = read_frames(to_tables(book, FORMS), FORMS)
    assert reading.not_checked == ()
    assert values_of(reading.books[0]) == values_of(book)


@settings(max_examples=20)
@given(long_numbers(0))
def test_long_figures_come_back_from_text(value: Decimal) -> None:
    sheet = built(1, 3, FORM, kpis=0).sheets[0]
    year = sheet.years["2024"]
    funding = dict.fromkeys(year.funding, Figure(unit=UNIT)) | {"general_revenue": figure(value)}
    changed = year.model_copy(update={"total_cost": figure(value), "funding": FrozenDict(funding)})
    sheet = sheet.model_copy(update={"years": FrozenDict({**sheet.years, "2024": changed})})
    with nothing_rounds():
        text = text_of_sheets([sheet], FORM)
        reading = SheetTextReader().read(Source("a.txt", text.encode()), FORM)
    read = reading.sheets[0].years["2024"]
    assert read.total_cost is not None
    assert (read.total_cost.value, read.funding["general_revenue"].value) == (value, value)


# — judged, searched and shown


def counts(report: Report) -> dict[str, dict[str, int]]:
    """The outcomes of every rule but those that report tables as such."""
    return {
        code: dict(outcomes)
        for code, outcomes in report.outcomes.items()
        if not code.startswith("TBL")
    }


@settings(max_examples=30)
@given(sums())
@pytest.mark.parametrize("engine", [PolarsEngine, DuckDbEngine])
def test_the_last_of_forty_digits_decides_a_sum(
    engine: type[Engine], drawn: tuple[Decimal, Decimal, Decimal]
) -> None:
    *parts, total = drawn
    book = book_of(*drawn)
    right = total == exact_sum(*parts)
    alone = audit(book, SUMS, FORMS)
    options = AuditOptions(engine=engine(), max_findings=0)
    columns = audit_tables(to_tables(book, FORMS), SUMS, FORMS, options)
    assert alone.outcomes["FND001"]["pass" if right else "fail"] == 1
    assert counts(columns) == counts(alone)
    assert (alone.not_checked, columns.not_checked) == ((), ())
    assert totals([book])[0].totals[0].value == total


def finding_of(first: Decimal, second: Decimal, off: Decimal) -> tuple[Report, Finding]:
    """The finding that a total is off by so much, found while nothing rounds."""
    with nothing_rounds():
        report = audit(book_of(first, second, exact_sum(first, second, off)), SUMS, FORMS)
    assert report.not_checked == ()
    return report, report.findings[0]


@given(long_numbers(0), long_numbers(0), long_numbers(0).filter(bool))
@example(Decimal(0), Decimal(0), Decimal("9" * 40))
def test_a_difference_of_long_figures_is_exact(
    first: Decimal, second: Decimal, off: Decimal
) -> None:
    _, finding = finding_of(first, second, off)
    assert finding.difference == off


@settings(max_examples=30)
@given(long_numbers(0), long_numbers(0))
def test_a_finding_on_long_figures_is_exact(first: Decimal, second: Decimal) -> None:
    expected, actual = exact_sum(first, second), exact_sum(first, second, Decimal(1))
    report, finding = finding_of(first, second, Decimal(1))
    assert [cell.value for cell in finding.cells] == [actual, first, second]
    assert (finding.expected, finding.actual, finding.difference) == (expected, actual, 1)
    assert finding.equation.endswith(f" = {number(expected)}")
    with nothing_rounds():
        rendered = {
            name: form.render(report, ReportContext(lang="en", rules=SUMS, forms=FORMS))
            for name, form in SESSION.reports.items()
        }
    written = json.loads(rendered["json"])["findings"][0]
    assert [Decimal(cell["value"]) for cell in written["cells"]] == [actual, first, second]
    assert (written["expected"], written["difference"]) == (f"{expected:f}", "1")
    assert f"{expected:f}" in rendered["csv"]
    equation = "".join(finding.equation.split())
    assert equation in "".join(rendered["terminal"].split())
    assert equation in "".join(rendered["markdown"].replace("\\", "").split())


@settings(max_examples=30)
@given(long_numbers(0), long_numbers(0))
def test_suspects_and_marks_of_long_figures_are_exact(first: Decimal, second: Decimal) -> None:
    report, finding = finding_of(first, second, Decimal(1))
    with nothing_rounds():
        words = wording_of(report, ReportContext(lang="en", rules=SUMS, forms=FORMS))
        text = note(1, entries(report)[0], words)
    assert finding.equation in text
    (entry,) = entries(report)
    for cell in proposed(entry):
        assert cell.corrected is not None
        assert number(cell.corrected).replace("△", "−") in text
    actual = exact_sum(first, second, Decimal(1))
    printed = {"total_cost": actual, "funding.grants": first, "funding.general_revenue": second}
    suspects = report.cause_of(finding).suspects
    assert suspects
    for suspect in suspects:
        fixed = dict(printed)
        for cell in suspect.cells:
            assert cell.value == printed.get(cell.field)
            assert cell.corrected is not None
            fixed[cell.field] = cell.corrected
        total = fixed.pop("total_cost")
        assert total == exact_sum(*fixed.values())


@given(st.integers(10**22, 10**24 - 1), st.integers(0, 10**24 - 1), st.integers(0, 10**6 - 1))
def test_locate_counts_every_step(first: int, second: int, millionths: int) -> None:
    step = Decimal("0.000001")
    a, b = Decimal(f"{first // 3}.{millionths:06}"), Decimal(second // 3)
    values = {"total": exact_sum(a, b, step), "a": a, "b": b}
    with nothing_rounds():
        found = locate(values, ["total == a + b"], steps=step)
    assert found
    for explanation in found:
        fixed = values | {cell.field: cell.corrected for cell in explanation.cells}
        assert fixed["total"] == exact_sum(fixed["a"], fixed["b"])
