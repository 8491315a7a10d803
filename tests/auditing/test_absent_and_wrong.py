"""What a record lacks accuses nobody, in records and tables alike; a record with values of wrong
types is named, and its book is not audited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import auditor
from auditor.auditing.session import load
from auditor.records.figures import Figure, Record
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, Evaluation, FiscalYear, Kpi, Sheet
from auditor.tables import to_tables
from auditor.testing.build import book as built

T = TypeVar("T")

FORMS: Final = load().forms
PLAIN: Final = sorted(name for name, form in FORMS.items() if form.table is None)


def thinned(book: Book, random: Random, share: float) -> Book:
    """The book without some columns and evaluations of its sheets."""

    def some(entries: Mapping[str, T]) -> FrozenDict[str, T]:
        return FrozenDict({key: entry for key, entry in entries.items() if random.random() > share})

    sheets = (
        sheet.model_copy(
            update={"years": some(sheet.years), "evaluations": some(sheet.evaluations)}
        )
        for sheet in book.sheets
    )
    return book.model_copy(update={"sheets": tuple(sheets)})


def accusations(report: auditor.Report) -> Counter[tuple[str, int | None, str | None]]:
    return Counter(
        (item.rule, item.sheet.number if item.sheet else None, item.year)
        for item in report.findings
        if item.severity == "error"
    )


@given(st.sampled_from(PLAIN), st.integers(0, 10**6), st.sampled_from([0.2, 0.5, 1]))
def test_what_a_record_lacks_accuses_nobody(name: str, seed: int, share: float) -> None:
    book = built(8, seed, FORMS[name])
    lacking = thinned(book, Random(seed), share)
    assert accusations(auditor.audit(lacking)) <= accusations(auditor.audit(book))


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=3)
@given(st.lists(st.integers(0, 10**6), min_size=11, max_size=11))
def test_tables_lack_what_records_lack(name: str, seeds: list[int]) -> None:
    """Eleven books at a time: rules are made columns as fast for all of them as for one."""
    books = [
        thinned(built(6, seed, FORMS[name]), Random(seed), 0.3).model_copy(
            update={"name": f"book {number}"}
        )
        for number, seed in enumerate(seeds)
    ]
    # None is listed: what is listed, the judge counts, and is explained, which takes longest.
    of_records = auditor.audit(books, max_findings=0).outcomes
    of_tables = auditor.audit_tables(to_tables(books, FORMS), max_findings=0).outcomes
    # Sentences of tables are read where somebody asks for it.
    shared = of_records.keys() & of_tables.keys()
    judged = {code for code in shared if not code.startswith("TBL")}
    assert {"FND001", "PCC001", "KPI001"} <= judged
    assert {code: of_tables[code] for code in judged} == {code: of_records[code] for code in judged}


def test_the_year_before_is_no_other_year() -> None:
    """Without the column between them, 2025 is not held against 2023."""
    form = FORMS["kushiro"]
    for seed in range(5):
        book = built(10, seed, form)
        for sheet in book.sheets:
            years = FrozenDict({key: year for key, year in sheet.years.items() if key != "2024"})
            lacking = sheet.model_copy(update={"years": years})
            report = auditor.audit(book.model_copy(update={"sheets": (lacking,), "kpis": ()}))
            assert report.outcomes["BOK005"]["pass"] == 0
            assert report.outcomes["PCC002"]["fail"] == 0
            if sheet.status == "continuing":  # whose total of each settled year is required
                assert report.outcomes["REQ001"]["pass"] == 0


def _records(book: Book) -> dict[str, Record]:
    """One record of each kind, by where it is."""
    sheet, kpi = book.sheets[0], book.kpis[0]
    year = next(iter(sheet.years.values()))
    assert year.total_cost is not None
    return {
        "book": book,
        "document": book.documents[0],
        "sheet": sheet,
        "kpi": kpi,
        "year": year,
        "evaluation": next(iter(sheet.evaluations.values())),
        "figure": year.total_cost,
        "target": kpi.target,
    }


def _with(book: Book, kind: str, record: Any) -> Book:
    """The book with another record of a kind in the place of the first."""
    sheet, kpi = book.sheets[0], book.kpis[0]
    key, year = next(iter(sheet.years.items()))
    match kind:
        case "book":
            return record  # type: ignore[no-any-return]
        case "document":
            return book.model_copy(update={"documents": (record, *book.documents[1:])})
        case "kpi":
            return book.model_copy(update={"kpis": (record, *book.kpis[1:])})
        case "target":
            return _with(book, "kpi", kpi.model_copy(update={"target": record}))
        case "sheet":
            return book.model_copy(update={"sheets": (record, *book.sheets[1:])})
        case "year":
            years = FrozenDict({**sheet.years, key: record})
            return _with(book, "sheet", sheet.model_copy(update={"years": years}))
        case "evaluation":
            name = next(iter(sheet.evaluations))
            evaluations = FrozenDict({**sheet.evaluations, name: record})
            return _with(book, "sheet", sheet.model_copy(update={"evaluations": evaluations}))
        case _:
            return _with(book, "year", year.model_copy(update={"total_cost": record}))


KINDS: Final[Mapping[str, type[Record]]] = {
    "book": Book,
    "document": Document,
    "sheet": Sheet,
    "kpi": Kpi,
    "year": FiscalYear,
    "evaluation": Evaluation,
    "figure": Figure,
    "target": Figure,
}
FIELDS: Final = [(kind, name) for kind, model in KINDS.items() for name in model.model_fields]
VALUES: Final = (5, -1, "x", "", None, 1.5, b"y", [1], {"a": 1}, Decimal("NaN"), object(), True)


@pytest.fixture(scope="module")
def whole() -> Book:
    return built(3, 3, FORMS["kushiro"])


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_wrong_value_is_named(whole: Book, kind: str, name: str) -> None:
    record = _records(whole)[kind]
    for value in VALUES:
        changed = record.model_copy(update={name: value})
        try:
            type(record).model_validate(changed.__dict__, strict=True)
        except ValidationError:
            report = auditor.audit(_with(whole, kind, changed))
            (missed,) = report.not_checked
            assert missed.why.code == "wrong-record"
            assert name in missed.why.en
            assert name in missed.why.ja
            assert report.exit_code == 2


def test_other_books_are_audited_beside_a_wrong_one(whole: Book) -> None:
    wrong = whole.model_copy(update={"fiscal_year": "2024", "name": "other"})
    report = auditor.audit([wrong, whole])
    assert [missed.why.code for missed in report.not_checked] == ["wrong-record"]
    assert report.findings == auditor.audit(whole).findings
