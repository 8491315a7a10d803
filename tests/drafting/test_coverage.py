"""What a drafted form reads of a document, counted: records, numbers, cells that nobody is sure
about, numbers that no record holds, and what could not be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from auditor.drafting.coverage import Coverage, coverage_of
from auditor.forms.model import Form
from auditor.readers.source import ReadResult, Source
from auditor.records.figures import Figure, Place
from auditor.records.model import (
    Book,
    Document,
    FiscalYear,
    Kpi,
    NotChecked,
    Part,
    Sheet,
    UnreadNumber,
)
from auditor.records.text import Why

FORM = Form.model_validate(
    {
        "name": "drafted",
        "title": {"en": "drafted", "ja": "試作の様式"},
        "detect": ["試作の様式"],
        "unit": "千円",
        "units": {"千円": 1000},
        "columns": [{"offset": 0, "kind": "settled"}],
        "fields": {"total_cost": {"label": ["総額"]}},
    }
)
WHY = Why(code="not_read", en="was not read", ja="読み取れませんでした")
NUMBER = Figure(state="number", value=Decimal(3), printed="3")
WORDS = Figure(state="text", printed="未定")
AMID_WORDS = Figure(state="text", printed="約30")
UNREAD = Figure(state="unread", printed="3")
BLANK = Figure(state="blank")
DASH = Figure(state="dash", printed="-")


@dataclass
class Given:
    """A reader of records that gives what it is given, and remembers the forms it is asked for."""

    result: ReadResult
    name: str = "given"
    asked: list[tuple[list[str], Form | None]] = field(
        default_factory=list[tuple[list[str], Form | None]]
    )

    def accepts_records(self, source: Source) -> bool:  # noqa: ARG002
        return True

    def read_records(
        self,
        source: Source,  # noqa: ARG002
        forms: Mapping[str, Form],
        form: Form | None = None,
    ) -> ReadResult:
        self.asked.append((list(forms), form))
        return self.result


@pytest.fixture
def path(tmp_path: Path) -> str:
    document = tmp_path / "book.txt"
    document.write_text("words", encoding="utf-8")
    return str(document)


def sheet(number: int, *figures: Figure) -> Sheet:
    """A sheet with the first figure its own, and all others in its column."""
    rest = {f"other{at}": figure for at, figure in enumerate(figures[1:])}
    year = FiscalYear(year=2024, kind="settled", figures=rest)  # type: ignore[arg-type]
    return Sheet(
        name=f"s{number}",
        number=number,
        fiscal_year=2024,
        population=figures[0] if figures else None,
        years={"2024": year} if rest else {},  # type: ignore[arg-type]
    )


def kpi(number: int, target: Figure, *actuals: Figure) -> Kpi:
    years = {str(2020 + at): figure for at, figure in enumerate(actuals)}
    return Kpi(
        number=number,
        fiscal_year=2024,
        project="p",
        name=f"k{number}",
        target=target,
        actuals=years,  # type: ignore[arg-type]
    )


def unread(printed: str) -> UnreadNumber:
    return UnreadNumber(printed=printed)


def book(year: int, sheets: tuple[Sheet, ...], kpis: tuple[Kpi, ...], **messages: Any) -> Book:
    document = Document.of(f"book-{year}", FORM.name, year, sheets, kpis, **messages)
    return Book(form=FORM.name, fiscal_year=year, documents=(document,), sheets=sheets, kpis=kpis)


def counted(path: str, *books: Book, not_checked: tuple[NotChecked, ...] = ()) -> Coverage:
    return coverage_of(path, FORM, [Given(ReadResult(books, not_checked))])


def test_the_document_is_read_with_this_form_alone(path: str) -> None:
    reader = Given(ReadResult())
    assert coverage_of(path, FORM, [reader]) == Coverage(0, 0, 0, (), ())
    assert reader.asked == [([FORM.name], FORM)]


def test_records_are_sheets_and_indicators_of_all_books(path: str) -> None:
    first = book(2023, (sheet(1), sheet(2), sheet(3)), (kpi(1, BLANK),))
    second = book(2024, (sheet(1),), (kpi(1, BLANK), kpi(2, BLANK)))
    assert counted(path, first, second) == Coverage(7, 0, 0, (), ())


def test_figures_are_the_numbers_alone(path: str) -> None:
    first = book(2023, (sheet(1, NUMBER, NUMBER, BLANK, DASH, WORDS),), ())
    second = book(2024, (), (kpi(1, NUMBER, BLANK), kpi(2, NUMBER, NUMBER, DASH)))
    assert counted(path, first, second) == Coverage(3, 5, 0, (), ())


@pytest.mark.parametrize(
    ("figure", "uncertain"),
    [(UNREAD, 1), (AMID_WORDS, 1), (WORDS, 0), (NUMBER, 0), (BLANK, 0), (DASH, 0)],
    ids=["unread", "number amid words", "words", "number", "blank", "dash"],
)
@pytest.mark.parametrize("holder", ["sheet", "column", "target", "actual"])
def test_cells_that_nobody_is_sure_about(
    path: str, holder: str, figure: Figure, uncertain: int
) -> None:
    holders = {
        "sheet": book(2024, (sheet(1, figure),), ()),
        "column": book(2024, (sheet(1, BLANK, figure),), ()),
        "target": book(2024, (), (kpi(1, figure),)),
        "actual": book(2024, (), (kpi(1, BLANK, figure),)),
    }
    assert counted(path, holders[holder]).uncertain == uncertain


def test_all_uncertain_cells_are_counted(path: str) -> None:
    first = book(2023, (sheet(1, UNREAD, AMID_WORDS, NUMBER), sheet(2, UNREAD)), ())
    second = book(2024, (sheet(1, WORDS, AMID_WORDS),), (kpi(1, UNREAD, UNREAD, WORDS),))
    assert counted(path, first, second) == Coverage(4, 1, 6, (), ())


def test_unread_numbers_are_those_of_documents_and_of_their_parts(path: str) -> None:
    parts = tuple(
        Part(place=Place(page=at), state="passed_over", why=WHY, unread=numbers)
        for at, numbers in enumerate(((unread("2"), unread("3")), (), (unread("4"),)), 1)
    )
    first = book(2023, (), (), unread=(unread("1"),), parts=parts)
    second = book(2024, (), (), unread=(unread("5"), unread("6")))
    coverage = counted(path, first, second)
    assert [number.printed for number in coverage.unread] == ["1", "2", "3", "4", "5", "6"]
    assert not coverage.is_whole


def test_what_was_not_checked_is_that_of_the_reading_and_of_its_documents(path: str) -> None:
    def reasons(*codes: str) -> tuple[NotChecked, ...]:
        return tuple(NotChecked(why=Why(code=code, en="e", ja="j")) for code in codes)

    first = book(2023, (), (), not_checked=reasons("b", "c"))
    second = book(2024, (), (), not_checked=reasons("d"))
    coverage = counted(path, first, second, not_checked=reasons("a"))
    assert [reason.why.code for reason in coverage.not_checked] == ["a", "b", "c", "d"]
    assert coverage.unread == ()


def test_a_document_that_no_reader_reads_is_not_checked(path: str) -> None:
    coverage = coverage_of(path, FORM, [])
    assert len(coverage.not_checked) == 1
    assert not coverage.is_whole


@pytest.mark.parametrize(
    ("coverage", "is_whole"),
    [
        (Coverage(1, 1, 0, (), ()), True),
        (Coverage(9, 200, 0, (), ()), True),
        (Coverage(1, 0, 0, (), ()), False),
        (Coverage(0, 0, 0, (), ()), False),
        (Coverage(1, 1, 1, (), ()), False),
        (Coverage(1, 1, 0, (unread("1"),), ()), False),
        (Coverage(1, 1, 0, (), (NotChecked(why=WHY),)), False),
        (Coverage(1, 0, 1, (unread("1"),), (NotChecked(why=WHY),)), False),
    ],
)
def test_whole_is_a_document_with_figures_and_nothing_else(
    coverage: Coverage, *, is_whole: bool
) -> None:
    assert coverage.is_whole is is_whole
