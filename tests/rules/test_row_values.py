"""What rows of a book hold, and what a finding shows of each of their cells: held against a table
that says it field by field.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest

from auditor.auditing.session import load
from auditor.formula.values import BLANK, UNKNOWN
from auditor.records.figures import Figure, Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, Evaluation, FiscalYear, Kpi, Sheet
from auditor.rules.rows import Cell, Other, Row, Rows, UnknownRow

FORM: Final = load().forms["kushiro"]


def at(line: int) -> Place:
    return Place(line=line)


def figure(value: int, unit: str = "", line: int = 1, **more: Any) -> Figure:
    text = f"{value:,}"
    return Figure(
        value=Decimal(value), state="number", printed=text, unit=unit, place=at(line), **more
    )


COLUMNS: Final = {
    "2023": FiscalYear(
        year=2023,
        kind="settled",
        total_cost=figure(100, "千円", 11),
        funding=FrozenDict({"grants": figure(60, "千円", 12), "fees": Figure(state="dash")}),
        staff_cost=Figure(state="text", printed="約 3", unit="千円", place=at(13)),
        headcount=figure(2, "人", 14),
    ),
    "2024": FiscalYear(
        year=2024,
        kind="settled",
        total_cost=figure(120_000, "円", 15, placed_by="arithmetic"),
        funding=FrozenDict({"grants": figure(70, "坪", 16)}),
        headcount=figure(3, "", 17, placed_by="usual_place"),
    ),
}
SHEET: Final = Sheet(
    document="a.pdf",
    number=3,
    name="港の整備",
    fiscal_year=2024,
    department="港湾課",
    category="",
    status="continuing",
    plans=(),
    budget_stages=("款", "項"),
    purpose="整備する。",
    population=figure(200, "人", 5),
    place=at(1),
    places=FrozenDict({"purpose": at(7)}),
    years=FrozenDict(COLUMNS),
    evaluations=FrozenDict(
        {
            "2022": Evaluation(year=2022, result="継続", meaning="continue", place=at(20)),
            "2024": Evaluation(year=2024, result="検討", place=at(21), issues="財源"),
            "2025": Evaluation(
                year=2025, reason="未評価", places=FrozenDict({"reason": at(23)}), place=at(22)
            ),
        }
    ),
)
KPI: Final = Kpi(
    document="k.tsv",
    number=4,
    fiscal_year=2024,
    project="港の 整備",
    name="隻数",
    unit="隻",
    target=figure(50, "", 31),
    due="2025-03",
    actuals=FrozenDict(
        {"2022": figure(40, "", 32), "2024": figure(45, "", 34), "2023": Figure(state="dash")}
    ),
    places=FrozenDict({"due": at(38), "name": at(39)}),
    place=at(30),
)


def book_of(*sheets: Sheet, kpis: tuple[Kpi, ...] = ()) -> Book:
    documents = (Document.of("a.pdf", "kushiro", 2024, sheets),)
    return Book(form="kushiro", fiscal_year=2024, documents=documents, sheets=sheets, kpis=kpis)


ROWS: Final = Rows(book_of(SHEET, kpis=(KPI,)), FORM)


def row(scope: Any, column: str | None = None) -> Row:
    (match,) = [row for row in ROWS.of(scope) if row.column == column]
    return match


@pytest.mark.parametrize(
    ("scope", "column", "values"),
    [
        (
            "sheet",
            None,
            {
                "fiscal_year": 2024,
                "number": 3,
                "name": "港の整備",
                "department": "港湾課",
                "category": BLANK,
                "plans": BLANK,
                "status": "continuing",
                "budget_stages": "款、項",
                "purpose": "整備する。",
                "population": Decimal(200),
                "cost_per_capita": UNKNOWN,
            },
        ),
        (
            "year",
            "2023",
            {
                "year": 2023,
                "kind": "settled",
                "total_cost": Decimal(100_000),
                "funding.grants": Decimal(60_000),
                "funding.fees": BLANK,
                "funding.local_bonds": UNKNOWN,
                "staff_cost": UNKNOWN,
                "headcount": Decimal(2),
            },
        ),
        (
            "year",
            "2024",
            {"funding.grants": UNKNOWN, "headcount": Decimal(3), "staff_cost": UNKNOWN},
        ),
        (
            "evaluation",
            "2022",
            {"year": 2022, "result": "継続", "meaning": "continue", "reason": BLANK},
        ),
        ("evaluation", "2024", {"result": "検討", "meaning": UNKNOWN, "issues": "財源"}),
        ("evaluation", "2025", {"result": BLANK, "meaning": BLANK, "reason": "未評価"}),
        (
            "kpi",
            None,
            {
                "project": "港の 整備",
                "unit": "隻",
                "target": Decimal(50),
                "due_year": 2024,
                "due_actual": Decimal(45),
                "first_year": 2022,
                "last_printed_year": 2024,
                "actuals.2022": Decimal(40),
                "actuals.2023": BLANK,
                "actuals.2024": Decimal(45),
                "declared_rate": BLANK,
                "declared_achieved": BLANK,
                "direction": "higher",
                "department": BLANK,
            },
        ),
        ("kpi_year", "2022", {"year": 2022, "actual": Decimal(40)}),
        ("kpi_year", "2023", {"year": 2023, "actual": BLANK}),
        ("book", None, {"fiscal_year": 2024}),
    ],
)
def test_values(scope: str, column: str | None, values: dict[str, object]) -> None:
    present = row(scope, column).values
    assert {name: _plain(present[name]) for name in values} == values


def _plain(value: object) -> object:
    """A quantity that is one number, as that number."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_a_unit_of_the_form_counts_whatever_the_column_usually_has() -> None:
    """120,000 yen where thousands are usual."""
    assert row("year", "2024").values["total_cost"] == 120_000


def test_columns_that_only_arithmetic_or_habit_gave_are_unsure() -> None:
    assert row("year", "2024").unsure == {"total_cost", "headcount"}
    assert row("year", "2023").unsure == frozenset()
    assert ROWS.unsure
    assert not Rows(book_of(_one_column("2023")), FORM).unsure


def _one_column(key: str) -> Sheet:
    return SHEET.model_copy(update={"years": FrozenDict({key: COLUMNS[key]})})


@pytest.mark.parametrize(
    ("scope", "column", "name", "cell"),
    [
        (
            "year",
            "2023",
            "funding.grants",
            {"field": "funding.grants", "year": "2023", "value": Decimal(60), "unit": "千円"}
            | {"printed": "60", "place": at(12), "sheet": 3, "document": "a.pdf"},
        ),
        (
            "year",
            "2023",
            "staff_cost",
            {"field": "staff_cost", "year": "2023", "value": None, "unit": "千円"}
            | {"printed": "約 3", "place": at(13), "sheet": 3, "document": "a.pdf"},
        ),
        (
            "year",
            "2023",
            "kind",
            {"field": "kind", "year": "2023", "value": "settled", "printed": "settled"}
            | {"sheet": 3, "document": "a.pdf"},
        ),
        (
            "sheet",
            None,
            "population",
            {"field": "population", "value": Decimal(200), "printed": "200", "unit": "人"}
            | {"place": at(5), "sheet": 3, "document": "a.pdf"},
        ),
        (
            "sheet",
            None,
            "purpose",
            {"field": "purpose", "value": "整備する。", "printed": "整備する。", "place": at(7)}
            | {"sheet": 3, "document": "a.pdf"},
        ),
        (
            "sheet",
            None,
            "category",
            {"field": "category", "place": at(1), "sheet": 3, "document": "a.pdf"},
        ),
        (
            "sheet",
            None,
            "number",
            {"field": "number", "value": Decimal(3), "printed": "3", "place": at(1)}
            | {"sheet": 3, "document": "a.pdf"},
        ),
        (
            "evaluation",
            "2022",
            "meaning",
            {"field": "evaluations.result", "year": "2022", "value": "継続", "printed": "継続"}
            | {"place": at(20), "sheet": 3, "document": "a.pdf"},
        ),
        (
            "evaluation",
            "2025",
            "reason",
            {"field": "evaluations.reason", "year": "2025", "value": "未評価", "printed": "未評価"}
            | {"place": at(23), "sheet": 3, "document": "a.pdf"},
        ),
        (
            "kpi",
            None,
            "due_actual",
            {"field": "actuals", "year": "2024", "value": Decimal(45), "printed": "45"}
            | {"place": at(34), "kpi": 4, "document": "k.tsv"},
        ),
        (
            "kpi",
            None,
            "actuals.2022",
            {"field": "actuals", "year": "2022", "value": Decimal(40), "printed": "40"}
            | {"place": at(32), "kpi": 4, "document": "k.tsv"},
        ),
        (
            "kpi",
            None,
            "target",
            {"field": "target", "value": Decimal(50), "printed": "50", "place": at(31)}
            | {"kpi": 4, "document": "k.tsv"},
        ),
        (
            "kpi",
            None,
            "due_year",
            {"field": "due_year", "value": Decimal(2024), "printed": "2024", "place": at(38)}
            | {"kpi": 4, "document": "k.tsv"},
        ),
        (
            "kpi",
            None,
            "unit",
            {"field": "unit", "value": "隻", "printed": "隻", "place": at(30)}
            | {"kpi": 4, "document": "k.tsv"},
        ),
        (
            "kpi_year",
            "2022",
            "actual",
            {"field": "actuals", "year": "2022", "value": Decimal(40), "printed": "40"}
            | {"place": at(32), "kpi": 4, "document": "k.tsv"},
        ),
    ],
)
def test_cells(scope: str, column: str | None, name: str, cell: dict[str, Any]) -> None:
    assert row(scope, column).cell(name) == Cell(**cell)


def test_a_cell_is_of_its_row_or_of_nothing() -> None:
    """On a row of a book there is no document, no sheet and no KPI."""
    cell = row("book").cell("fiscal_year")
    assert cell == Cell(document="", field="fiscal_year", value=Decimal(2024), printed="2024")
    assert row("sheet").cell("total_cost").value is None
    assert row("kpi_year", "2022").cell("year").field == "actuals"


def test_columns_are_linked_in_the_order_of_the_form() -> None:
    first, second = row("year", "2023"), row("year", "2024")
    assert first.link("next") is second
    assert second.link("prior") is first
    assert first.link("prior") is None
    assert first.link("sheet") is row("sheet")
    assert row("sheet").link("evaluated") is second
    absent = second.link("next")
    assert absent is not None
    assert (absent.column, set(absent.values.values())) == ("2025", {UNKNOWN})
    assert ROWS.absent_years(SHEET) == [absent]
    assert absent not in ROWS.of("year")
    assert ROWS.at("year", SHEET, "2025") is absent
    assert ROWS.at("year", SHEET, "2024") is second
    assert ROWS.at("year", SHEET, "2026") is None
    assert ROWS.at("sheet", SHEET, None) is row("sheet")
    assert ROWS.at("evaluation", SHEET, "2025") is row("evaluation", "2025")


def test_between_evaluations_nothing_is_known_of_a_year_that_is_lacking() -> None:
    first, second, third = (row("evaluation", year) for year in ("2022", "2024", "2025"))
    between = first.link("next")
    assert between is not None
    assert between.column == "2023"
    assert set(between.values.values()) == {UNKNOWN}
    assert between.sheet is SHEET
    assert between.link("next") is second
    assert second.link("prior") is between
    assert second.link("next") is third
    assert [row.column for row in ROWS.of("evaluation")] == ["2022", "2024", "2025"]
    assert second.link("evaluated") is row("year", "2024")


def test_years_of_an_indicator_are_linked_in_their_order() -> None:
    rows = ROWS.of("kpi_year")
    assert [row.column for row in rows] == ["2022", "2023", "2024"]
    assert rows[0].link("next") is rows[1]
    assert rows[2].link("prior") is rows[1]
    assert rows[2].link("next") is None
    assert all(item.link("kpi") is row("kpi") for item in rows)
    assert row("kpi").groups == {"actuals": ("actuals.2022", "actuals.2023", "actuals.2024")}


def test_an_actual_that_is_due_and_not_printed_is_not_known() -> None:
    indicator = KPI.model_copy(update={"due": "2027-03"})
    (only,) = Rows(book_of(kpis=(indicator,)), FORM).of("kpi")
    assert only.values["due_actual"] is UNKNOWN
    undated = KPI.model_copy(update={"due": None, "actuals": FrozenDict()})
    (only,) = Rows(book_of(kpis=(undated,)), FORM).of("kpi")
    names = ("due_year", "due_actual", "first_year", "last_printed_year")
    assert [only.values[name] for name in names] == [BLANK, UNKNOWN, BLANK, BLANK]


def test_indicators_of_a_project_are_known_by_its_name_whatever_its_spaces() -> None:
    assert list(ROWS.kpis_of(SHEET)) == [KPI]
    assert list(ROWS.kpis_of(SHEET.model_copy(update={"name": "別の事業"}))) == []


def test_rows_are_those_of_their_owner() -> None:
    scopes = [(row.scope, row.column) for row in ROWS.of_owner(SHEET)]
    evaluations = [("evaluation", key) for key in ("2022", "2024", "2025")]
    assert scopes == [("sheet", None), ("year", "2023"), ("year", "2024"), *evaluations]
    assert {row.scope for row in ROWS.of_owner(KPI)} == {"kpi", "kpi_year"}
    assert list(ROWS.of_owner(Sheet(name="x", fiscal_year=2024))) == []
    assert ROWS.column(row("year", "2024")) == [row("year", "2024")]


def test_another_book_is_reached_by_pairs_alone() -> None:
    before = SHEET.model_copy(update={"fiscal_year": 2023, "number": 9, "document": "old.pdf"})
    there = Rows(book_of(before), FORM)
    other = Other(there, sheets=((SHEET, before),))
    rows = Rows(book_of(SHEET, kpis=(KPI,)), FORM, {"earlier": other})
    sheet, *_ = rows.of("sheet")
    partner = sheet.link("earlier")
    assert partner is there.of("sheet")[0]
    assert sheet.link("accounts") is None
    assert rows.of("book")[0].link("earlier") is there.of("book")[0]
    assert rows.of("kpi")[0].link("earlier") is None
    columns = {row.column: row.link("earlier") for row in rows.of("year")}
    assert {key: row and row.column for key, row in columns.items()} == {
        "2023": "2023",
        "2024": None,  # which was budgeted there
    }
    own = rows.of("year")[1].link("earlier.own")
    assert own is there.at("year", before, "2023")
    assert rows.of("evaluation")[0].link("earlier") is there.at("evaluation", before, "2022")
    assert rows.of("evaluation")[0].link("earlier.own") is None
    assert rows.other_book(sheet) is None
    assert rows.other_book(partner) == "earlier"
    assert rows.cell_of(partner, "population").other_book == "earlier"
    assert rows.cell_of(sheet, "population").other_book is None
    assert list(rows.partners_of(SHEET)) == list(there.of_owner(before))
    assert list(rows.partners_of(KPI)) == []
    assert rows.other_book(Rows(book_of(before), FORM).of("sheet")[0]) is None


def test_beside_a_row_that_cannot_be_told_nothing_is_known() -> None:
    unknown = UnknownRow.beside(row("year", "2024"))
    assert unknown.values.get("total_cost", BLANK) is UNKNOWN
    assert unknown.link("sheet") is unknown
    assert (unknown.scope, unknown.column, unknown.sheet) == ("year", "2024", SHEET)


def test_what_is_computed_of_a_book_is_computed_once() -> None:
    calls: list[Rows] = []

    def compute(rows: Rows) -> int:
        calls.append(rows)
        return len(calls)

    rows = Rows(book_of(SHEET), FORM)
    assert [rows.once(compute), rows.once(compute)] == [1, 1]
    assert calls == [rows]
