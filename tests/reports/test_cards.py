"""Cards: the small table of an entry, with its cells marked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

import auditor
import auditor_datasets
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.records.figures import Figure, parse_figure
from auditor.records.model import Book, FiscalYear, Sheet
from auditor.records.text import Text
from auditor.reports.cards import NUMBERS, Card, CardCell, CardTable, Records, cards
from auditor.reports.entries import entries
from auditor.reports.findings import wording_of
from auditor.reports.wording import Wording
from auditor.rules.causes import Cause
from auditor.rules.findings import Finding, SheetReference
from auditor.rules.rows import Cell
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.slips import slip
from tests.reports.test_hostile import CONTEXTS, REPORTS

Context = Callable[..., ReportContext]
SESSION = load()


def cards_of(report: Report, context: ReportContext) -> list[Card]:
    words = wording_of(report, context)
    return cards(entries(report), Records(context.books), words)


def cells_of(table: CardTable) -> list[CardCell]:
    return [cell for row in table.rows for cell in row.cells]


def marked(card: Card) -> list[CardCell]:
    return [cell for table in card.tables for cell in cells_of(table) if cell.mark]


def at(table: CardTable, label: str, head: str) -> CardCell:
    (row,) = [row for row in table.rows if row.label.startswith(label)]
    return row.cells[table.heads.index(head) - 1]


def test_the_table_is_the_sheets_with_its_cells_marked(report: Report, context: Context) -> None:
    card = cards_of(report, context("ja"))[0]
    assert (card.severity, card.rule, card.needs_answer) == ("要訂正", "FND001", True)
    table = card.tables[0]
    assert table.heads == (
        "項目",
        "令和５年度（決算額）",
        "令和６年度（決算額）",
        "令和７年度（予算額）",
    )
    assert [row.label for row in table.rows] == [
        "事業費 総額（千円）",
        "国道支出金（千円）",
        "一般財源（千円）",
        "職員数（人）",
    ]
    year = "令和６年度（決算額）"
    assert at(table, "事業費", year) == CardCell("8,300", "likeliest", "①", "8,030")
    assert at(table, "国道", year) == CardCell("4,000", "candidate", "②", "4,270")
    assert at(table, "一般", year) == CardCell("4,030", "partner")
    assert at(table, "事業費", "令和７年度（予算額）") == CardCell("1,00")
    assert [label for label, _ in card.disagrees] == ["数値", "差"]
    assert "確からしさ" in dict(card.reasons)
    assert card.following is not None


def test_without_records_there_is_no_table(report: Report, context: Context) -> None:
    card = cards_of(report, context("ja")._replace(books=()))[0]
    assert card.tables == ()
    assert "該当箇所" in dict(card.disagrees)


def test_cells_of_other_sheets_have_a_table_of_their_own(report: Report, context: Context) -> None:
    card = cards_of(report, context("ja"))[1]
    other = card.tables[-1]
    assert other.caption == "そのほかの欄"
    assert [row.label for row in other.rows] == ["釧路市民の人口"]
    assert "シート1" in other.rows[0].cells[1].text


def entry_card(
    sheet: Sheet, cells: tuple[Cell, ...], suspects: tuple[Suspect, ...] = (), **more: Any
) -> Card:
    """The card of one finding on a sheet."""
    reference = SheetReference.of(sheet)
    text = Text(en="x", ja="x")
    finding = Finding(
        id="f",
        rule="FND001",
        name="x",
        severity="error",
        document=sheet.document,
        sheet=reference,
        cells=cells,
        message=text,
        action=text,
    )
    cause = Cause(
        id="c",
        place=(),
        document=sheet.document,
        sheet=reference,
        severity="error",
        findings=("f",),
        suspects=suspects,
        **more,
    )
    report = Report(documents=(), findings=(finding,), causes=(cause,))
    book = Book(form="kushiro", fiscal_year=2024, sheets=(sheet,))
    (card,) = cards(entries(report), Records([book]), Wording("ja", SESSION.forms))
    return card


def sheet_of(figures: dict[str, Figure], **more: Any) -> Sheet:
    year = FiscalYear(year=2024, kind="settled", total_cost=Figure(), figures=figures)
    return Sheet(document="a", name="事業", fiscal_year=2024, years={"2024": year}, **more)


def cell(field: str, **more: Any) -> Cell:
    return Cell(document="a", sheet=1, field=field, year="2024", **more)


def test_a_cell_that_could_not_be_read_is_marked() -> None:
    sheet = sheet_of({"extra": Figure(state="unread", printed="1?5", unit="円")})
    card = entry_card(sheet, (cell("total_cost"),))
    assert cells_of(card.tables[0]) == [CardCell("", "partner"), CardCell("1?5", unread=True)]


def test_many_rows_are_counted_and_those_that_matter_stay() -> None:
    figures = {f"extra{n}": parse_figure(str(n)) for n in range(40)}
    card = entry_card(sheet_of(figures), (cell("extra39"),))
    table = card.tables[0]
    assert len(table.rows) == 14
    assert table.more == "ほか27行"
    assert table.rows[-1].cells[0] == CardCell("39", "partner")


def test_equal_explanations_are_numbered_and_none_is_the_likeliest() -> None:
    suspects = tuple(
        Suspect(
            (SuspectCell(name, "2024", None, Decimal(7), unit="千円"),),
            slip("arbitrary"),
            Decimal("0.25"),
        )
        for name in ("extra0", "extra1", "extra2", "extra3")
    )
    figures = {f"extra{n}": parse_figure(str(n)) for n in range(4)}
    card = entry_card(sheet_of(figures), (cell("extra3"),), suspects)
    found = marked(card)
    assert [cell.number for cell in found] == [*NUMBERS, ""]
    assert {cell.mark for cell in found} == {"candidate", "partner"}
    assert found[0].computed == "7"


def test_what_was_computed_from_a_wrong_cell_follows_it() -> None:
    wrong = SuspectCell("extra0", "2024", Decimal(0), Decimal(7), slip=slip("arbitrary"))
    after = SuspectCell("extra1", "2024", Decimal(1), Decimal(8), slip=slip("computed-from-wrong"))
    suspect = Suspect((wrong, after), slip("arbitrary"), Decimal(1))
    figures = {f"extra{n}": parse_figure(str(n)) for n in range(2)}
    card = entry_card(sheet_of(figures), (), (suspect,), certainty="likely")
    assert marked(card) == [
        CardCell("0", "likeliest", "①", "7"),
        CardCell("1", "follows", "", "8"),
    ]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_cards_of_the_shipped_faults(lang: Any) -> None:
    """Each marked cell stands in one table, and each of the main finding's cells in some table."""
    names = [name for name in auditor_datasets.names() if name.endswith("faulty")]
    books = tuple(book for name in names for book in auditor_datasets.load(name))
    report = auditor.audit(books)
    context = ReportContext(lang, SESSION.rules, books, forms=SESSION.forms)
    kinds = set()
    for card in cards_of(report, context):
        captions = [table.caption for table in card.tables]
        assert len(set(captions)) == len(captions)
        kinds.update(captions)
        if card.entry.main.cells and card.tables:
            assert len(marked(card)) >= min(len(card.entry.main.cells), 12)
        for table in card.tables:
            assert all(len(row.cells) == len(table.heads) - 1 for row in table.rows)
    assert len(kinds) >= 4


@given(REPORTS, CONTEXTS)
def test_cards_never_raise_and_there_is_one_for_each_entry(
    report: Report, context: ReportContext
) -> None:
    made = cards_of(report, context)
    assert [card.entry.cause.id for card in made] == [cause.id for cause in report.causes]
