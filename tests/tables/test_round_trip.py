"""Records to tidy tables and back, in memory and in files: nothing but printed forms and places
is lost.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.records.figures import Figure
from auditor.records.model import Book, Document, Evaluation, FiscalYear, Kpi, NotChecked, Sheet
from auditor.records.text import Why
from auditor.tables import Tables, from_tables, read_tables, to_tables, write_tables
from auditor.testing import book as built
from auditor.testing.strategies import consistent_books, figures

FORMS = load().forms


def bare(value: Any) -> Any:
    """Records without printed forms and places (a column that was seen on the page has no
    evidence to tell).
    """
    if isinstance(value, Figure):
        placed = None if value.placed_by == "position" else value.placed_by
        return (value.value, value.state, value.unit, placed)
    if isinstance(value, dict | Kpi | Sheet | Book | FiscalYear | Evaluation | Document):
        items = value.items() if isinstance(value, dict) else iter(value)
        return {key: bare(item) for key, item in items if key not in ("place", "places", "printed")}
    return tuple(bare(item) for item in value) if isinstance(value, tuple) else value


def scattered(book: Book, cells: list[Figure]) -> Book:
    """The book with some of its figures replaced by any cells: text, dashes, blanks, numbers of
    many digits.
    """
    spare = iter(cells)

    def other(figure: Figure | None) -> Figure | None:
        cell = next(spare, None)
        return (
            figure
            if cell is None or figure is None
            else cell.model_copy(update={"unit": figure.unit})
        )

    sheets = [
        sheet.model_copy(
            update={
                "population": other(sheet.population),
                "years": {
                    key: year.model_copy(
                        update={
                            "total_cost": other(year.total_cost),
                            "headcount": other(year.headcount),
                            "funding": {
                                name: other(figure) for name, figure in year.funding.items()
                            },
                        }
                    )
                    for key, year in sheet.years.items()
                },
            }
        )
        for sheet in book.sheets
    ]
    kpis = [
        kpi.model_copy(
            update={
                "target": other(kpi.target),
                "actuals": {year: other(actual) for year, actual in kpi.actuals.items()},
            }
        )
        for kpi in book.kpis
    ]
    return book.model_copy(update={"sheets": tuple(sheets), "kpis": tuple(kpis)})


@settings(max_examples=25)
@given(
    consistent_books(),
    st.lists(st.lists(figures(), max_size=12), min_size=4, max_size=4),
)
def test_records_come_back_equal(drawn: tuple[Form, Book], cells: list[list[Figure]]) -> None:
    """Four books at a time: a look at tables takes as long for four books as for one."""
    form, book = drawn
    forms = {form.name: form}
    books = [
        scattered(book, some).model_copy(update={"name": f"book {number}" if number else ""})
        for number, some in enumerate(cells)
    ]
    assert bare(from_tables(to_tables(books, forms), forms)) == bare(tuple(books))


@st.composite
def many_books(draw: st.DrawFn) -> tuple[Form, list[Book]]:
    """Books of one form, those of one fiscal year told apart by name; a name may come back in
    another year.
    """
    form, book = draw(consistent_books(sheets=(0, 2)))
    years = st.sampled_from([book.fiscal_year, book.fiscal_year - 3])
    names = st.sampled_from(["", "甲市", "乙市", "minato-2024"])
    keys = draw(st.lists(st.tuples(names, years), min_size=2, max_size=4, unique=True))
    seeds = draw(st.lists(st.integers(0, 9), min_size=len(keys), max_size=len(keys)))
    return form, [
        built(count % 3, count, form, fiscal_year=year).model_copy(update={"name": name})
        for count, (name, year) in zip(seeds, keys, strict=True)
    ]


@settings(max_examples=25)
@given(many_books(), st.booleans())
def test_books_of_one_form_and_year_keep_their_names(
    drawn: tuple[Form, list[Book]], listed: bool
) -> None:
    form, books = drawn
    forms = {form.name: form}
    tables = to_tables(books, forms)
    if not listed:
        books = [book for book in books if book.sheets or book.kpis]
        tables = replace(tables, documents=None)
    back = {(book.key, book.fiscal_year): book for book in from_tables(tables, forms)}
    assert len(back) == len(books)
    for book in books:
        assert bare(back[book.key, book.fiscal_year]) == bare(book)


def test_a_stray_sheet_of_another_year_stays_in_the_book_that_is_listed() -> None:
    book = built(3, 1, FORMS["kushiro"]).model_copy(update={"name": "甲市"})
    first, *others = book.sheets
    stray = book.model_copy(
        update={
            "sheets": (first.model_copy(update={"fiscal_year": first.fiscal_year - 1}), *others)
        }
    )
    tables = to_tables(stray, FORMS)
    assert bare(from_tables(tables, FORMS)) == bare((stray,))
    apart = from_tables(replace(tables, documents=None), FORMS)
    assert [(each.name, each.fiscal_year, len(each.sheets)) for each in apart] == [
        ("甲市", first.fiscal_year - 1, 1),
        ("甲市", first.fiscal_year, 2),
    ]


@settings(max_examples=15)
@given(
    consistent_books(sheets=(1, 4)),
    st.lists(figures(), max_size=12),
    st.sampled_from(["csv", "parquet"]),
)
def test_files_come_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: tuple[Form, Book],
    cells: list[Figure],
    kind: str,
) -> None:
    form, book = drawn
    book = scattered(book, cells)
    forms = {form.name: form}
    folder = tmp_path_factory.mktemp("tables")
    write_tables(to_tables(book, forms), folder, kind=kind)
    result = read_tables([folder], forms)
    assert not result.not_checked
    faults = {remark.rule for document in result.books[0].documents for remark in document.remarks}
    assert faults <= {"TBL008"}  # a table that is empty, of a book without KPIs
    without = tuple(b.model_copy(update={"documents": ()}) for b in result.books)
    assert bare(without) == bare((book.model_copy(update={"documents": ()}),))


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_shipped_form_goes_through(name: str, tmp_path: Path) -> None:
    books = [
        built(12, seed, FORMS[name], fiscal_year=year) for seed, year in ((1, 2023), (2, 2024))
    ]
    for kind in ("csv", "parquet"):
        write_tables(to_tables(books, FORMS), tmp_path / kind, kind=kind)
        result = read_tables([tmp_path / kind], FORMS)
        assert bare(tuple(b.model_copy(update={"documents": ()}) for b in result.books)) == bare(
            tuple(b.model_copy(update={"documents": ()}) for b in books)
        )


def test_amounts_are_integers_in_base_units() -> None:
    tables = to_tables(built(5, 3, FORMS["kushiro"]), FORMS)
    years, sheets = tables.years, tables.sheets
    assert years is not None and sheets is not None
    assert years.schema["total_cost"] == pl.Int64
    assert isinstance(years.schema["headcount"], pl.Decimal)
    book = built(5, 3, FORMS["kushiro"])
    first = next(
        year for year in book.sheets[0].years.values() if year.total_cost and year.total_cost.value
    )
    assert first.total_cost is not None and first.total_cost.value is not None
    row = years.filter((pl.col("sheet") == 1) & (pl.col("year") == first.year))
    assert row["total_cost"][0] == first.total_cost.value * 1000
    assert years.columns[:4] == ["book", "sheet", "year", "kind"]


@pytest.mark.parametrize(
    "value",
    ["1" * 40, "0." + "1" * 39, "9223372036854775808", "-0.0000001", "12345678901234567890.123456"],
)
def test_no_digit_is_lost(value: str) -> None:
    form = FORMS["kushiro"]
    year = FiscalYear(
        year=2024,
        kind="settled",
        total_cost=Figure(value=Decimal(value), state="number", unit="千円"),
    )
    book = Book(
        form="kushiro",
        fiscal_year=2024,
        sheets=(Sheet(name="道路整備事業", fiscal_year=2024, years={"2024": year}),),
    )
    back = (
        from_tables(to_tables(book, FORMS), {"kushiro": form})[0].sheets[0].years["2024"].total_cost
    )
    assert back is not None
    assert back.value == Decimal(value)


def test_a_unit_of_its_own_and_the_evidence_for_a_column_stay() -> None:
    own = Figure(value=Decimal(1_234_567), state="number", unit="円", placed_by="arithmetic")
    dash = Figure(state="dash", printed="-", unit="千円")
    year = FiscalYear(year=2024, kind="settled", total_cost=own, funding={"grants": dash})
    book = Book(
        form="kushiro",
        fiscal_year=2024,
        sheets=(Sheet(name="道路整備事業", fiscal_year=2024, years={"2024": year}),),
    )
    tables = to_tables(book, FORMS)
    assert tables.years is not None
    assert tables.years["total_cost"][0] == 1_234_567
    assert tables.years["total_cost.unit"][0] == "円"
    back = from_tables(tables, FORMS)[0].sheets[0].years["2024"]
    assert back.total_cost == own
    assert back.funding == {"grants": dash.model_copy(update={"printed": ""})}


def test_what_was_not_checked_is_not_forgotten() -> None:
    why = Why(code="page-unreadable", en="page 3 is a scan", ja="3ページは画像です")
    document = Document(
        path="a.txt",
        form="kushiro",
        fiscal_year=2024,
        figures=0,
        not_checked=(NotChecked(document="a.txt", why=why),),
    )
    book = Book(form="kushiro", fiscal_year=2024, documents=(document,))
    assert from_tables(to_tables(book, FORMS), FORMS) == (book,)


def test_lazy_frames_are_collected() -> None:
    tables = to_tables(built(3, 1, FORMS["kushiro"]), FORMS)
    assert tables.years is not None
    lazy: Any = tables.years.lazy()
    assert isinstance(Tables(years=lazy).years, pl.DataFrame)
    with pytest.raises(TypeError, match="DataFrame"):
        Tables(years=[1])  # type: ignore[arg-type]


def test_the_example_of_the_docs() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    assert "from_tables" in program
    exec(compile(program, "docs/tables.md", "exec"), {})
