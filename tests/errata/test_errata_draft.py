"""What the draft says beside its rows: pages, leaves, other documents, what was not compared."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock

from auditor.auditing.session import load
from auditor.errata.drafting import UnrelatedBooks, Version, draft_of
from auditor.errata.leaves import leaves
from auditor.errata.model import Draft, ErrataRow, RecordName, SourceFile
from auditor.errata.page import errata_page
from auditor.errata.pages import listed_pages, reverse_of
from auditor.errata.workbook import errata_workbook
from auditor.records.figures import Place, parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, NotChecked, Sheet
from auditor.records.text import Why
from auditor.reports.wording import Wording
from auditor.testing import book

FORMS = load().forms
FORM = FORMS["kushiro"]
WORDS = Wording("ja", FORMS)
PUBLISHED = book(4, 2, FORM, kpis=0)
SHEET = PUBLISHED.sheets[0]


def with_total(sheet: Sheet, total: str) -> Sheet:
    column = sheet.years["2024"]
    figure = parse_figure(total, unit="千円")
    changed = column.model_copy(update={"total_cost": figure})
    return sheet.model_copy(update={"years": FrozenDict({**sheet.years, "2024": changed})})


def with_first(sheet: Sheet, of: Book = PUBLISHED) -> Book:
    return of.model_copy(update={"sheets": (sheet, *of.sheets[1:])})


def drafted(before: Sheet, after: Sheet) -> Draft:
    return draft_of(Version([with_first(before)]), Version([with_first(after)]))


# — pages and leaves —


@given(st.integers(1, 10**6))
def test_the_two_pages_of_a_leaf_are_each_others_reverse(page: int) -> None:
    reverse = int(reverse_of(str(page)))
    assert reverse_of(str(reverse)) == str(page)
    assert abs(page - reverse) == 1
    assert min(page, reverse) % 2 == 1


@pytest.mark.parametrize("page", ["", "資-3", "0", "iv", "1-2"])
def test_what_is_no_number_has_no_reverse(page: str) -> None:
    assert reverse_of(page) == ""


class Listed(NamedTuple):
    page: int | None
    pdf_page: int


def test_a_page_list_gives_the_printed_number_of_each_page_of_a_sheet() -> None:
    first = SHEET.model_copy(update={"place": Place(page=5)})
    key = (first.document, first.number)
    page_of = listed_pages({key: Listed(35, 5)})
    assert [page_of(first, Place(page=page)) for page in (5, 6)] == ["35", "36"]
    assert page_of(SHEET, None) == "35"  # a workbook tells no page
    assert page_of(PUBLISHED.sheets[1], None) == ""
    assert listed_pages({key: Listed(None, 5)})(first, Place(page=5)) == ""


def test_rows_stand_in_the_order_of_the_pages() -> None:
    """Also where the sheets of the book stand in another order than their pages."""
    before = [
        with_total(sheet, "1").model_copy(update={"place": Place(page=page)})
        for sheet, page in zip(PUBLISHED.sheets, (7, 10, 2, 9), strict=True)
    ]
    after = [with_total(sheet, "2") for sheet in before]
    books = [PUBLISHED.model_copy(update={"sheets": tuple(each)}) for each in (before, after)]
    draft = draft_of(Version([books[0]]), Version([books[1]]))
    assert [row.page for row in draft.rows] == ["2", "7", "9", "10"]
    by_page = {leaf.page: leaf for leaf in leaves(draft)}
    assert [leaf.reverse for leaf in by_page.values()] == ["1", "8", "10", "9"]
    assert by_page["9"].reverse_changes
    assert by_page["9"].reverse_departments == by_page["10"].departments
    assert not by_page["2"].reverse_changes


# — what was not compared —


def missed(sheet: int) -> NotChecked:
    why = Why(code="x", en="not read", ja="読み取れません")
    return NotChecked(document=SHEET.document, sheet=sheet, why=why)


@pytest.mark.parametrize("side", [0, 1])
def test_a_sheet_that_a_reader_gave_up_is_not_compared(side: int) -> None:
    books = [with_first(with_total(SHEET, total)) for total in ("1", "2")]
    versions = [
        Version([each], not_checked=(missed(SHEET.number),) if at == side else ())
        for at, each in enumerate(books)
    ]
    draft = draft_of(versions[0], versions[1])
    assert draft.rows == ()
    assert draft.pairs == 3
    assert draft.not_checked == (missed(SHEET.number),)
    alone = [Version([each.model_copy(update={"sheets": each.sheets[:1]})]) for each in books]
    alone[side] = alone[side]._replace(not_checked=(missed(SHEET.number),))
    with pytest.raises(UnrelatedBooks):
        draft_of(alone[0], alone[1])


def test_a_formula_that_was_never_calculated_is_not_compared() -> None:
    draft = drafted(with_total(SHEET, "8,030"), with_total(SHEET, "=SUM(J17:J21)"))
    assert draft.rows == ()
    assert [item.unread for item in draft.uncompared] == [("right",)]


def test_a_blank_that_the_other_version_does_not_have_at_all_is_no_difference() -> None:
    years = {key: column for key, column in SHEET.years.items() if key != "2024"}
    column = SHEET.years["2024"]
    blank = {name: parse_figure("", unit="千円") for name, _ in column.figure_items()}
    funding = {
        name.removeprefix("funding."): figure
        for name, figure in blank.items()
        if name.startswith("funding.")
    }
    single = {name: figure for name, figure in blank.items() if "." not in name}
    empty = column.model_copy(update={**single, "funding": FrozenDict(funding)})
    before = SHEET.model_copy(update={"years": FrozenDict(years)})
    after = SHEET.model_copy(update={"years": FrozenDict({**years, "2024": empty})})
    assert drafted(before, after).rows == ()
    assert drafted(after, before).rows == ()


def test_a_text_that_is_not_divided_is_held_against_both_its_parts() -> None:
    divided = SHEET.model_copy(update={"planned": "計画の文", "achieved": "実績の文"})
    joined = SHEET.model_copy(
        update={"planned": "", "achieved": "", "undivided": "計画の文 実績の\n文"}
    )
    assert drafted(joined, divided).rows == ()
    assert drafted(divided, joined).rows == ()
    (row,) = drafted(joined, divided.model_copy(update={"achieved": "実績"})).rows
    assert row.field == "undivided"


def test_sheets_of_one_version_are_listed_apart() -> None:
    fewer = PUBLISHED.model_copy(update={"sheets": PUBLISHED.sheets[1:]})
    draft = draft_of(Version([PUBLISHED]), Version([fewer]))
    assert [alone.of.project for alone in draft.only_published] == [SHEET.name]
    assert (draft.rows, draft.only_corrected) == ((), ())
    assert draft.has_differences


# — other documents —


def test_only_the_same_figure_of_the_same_project_and_place_is_listed() -> None:
    before, after = with_total(SHEET, "8,030"), with_total(SHEET, "8,300")
    quoting = before.model_copy(update={"achieved": "事業費は８，０３０千円、参加者は18,030人。"})
    elsewhere = (
        with_total(SHEET, "8030"),  # the same value, printed otherwise
        with_total(SHEET, "8,300"),
        with_total(PUBLISHED.sheets[1], "8,030"),  # of another project
        quoting.model_copy(update={"years": FrozenDict()}),
    )
    other = PUBLISHED.model_copy(
        update={
            "sheets": tuple(
                sheet.model_copy(update={"number": number})
                for number, sheet in enumerate(elsewhere, 1)
            )
        }
    )
    draft = draft_of(Version([with_first(before)]), Version([with_first(after)]), Version([other]))
    places = [(item.field, item.year, item.content) for item in draft.elsewhere]
    assert places == [("total_cost", "2024", "8030"), ("achieved", None, "8,030")]
    assert "18,030" in draft.elsewhere[1].text


def test_a_text_of_the_corrected_version_that_still_quotes_the_wrong_figure_is_listed() -> None:
    text = "事業費8,030千円で、広報紙を発行した。"
    versions = [
        with_total(SHEET, total).model_copy(update={"achieved": text})
        for total in ("8,030", "8,300")
    ]
    draft = drafted(versions[0], versions[1])
    assert [row.field for row in draft.rows] == ["total_cost"]
    assert [(item.field, item.text) for item in draft.elsewhere] == [("achieved", text)]


# — what is shown —

ROW = ErrataRow(
    of=RecordName(form="kushiro", fiscal_year=2024, project="講座事業", stages=("当初",)),
    department="教育部生涯学習課",
    field="achieved",
    wrong="参加者は1,204人であった。",
    right="参加者は1,205人であった。",
    is_part=True,
)


def test_the_workbook_underlines_the_changed_number_as_a_whole() -> None:
    data = errata_workbook(Draft(rows=(ROW,)), WORDS)
    sheet = load_workbook(BytesIO(data), rich_text=True).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    rich = [cell for cell in cells if isinstance(cell, CellRichText)]
    assert [str(cell) for cell in rich] == [ROW.wrong, ROW.right]
    for cell, number in zip(rich, ("1,204", "1,205"), strict=True):
        blocks = [block for block in cell if isinstance(block, TextBlock)]
        assert [block.text for block in blocks if block.font.u] == [number]


def test_a_page_without_sheets_of_one_version_says_nothing_of_them() -> None:
    page = errata_page(Draft(rows=(ROW,), pairs=1), WORDS)
    assert "公表版だけにあるもの" not in page
    assert "参加者は<u>1,204</u>人であった。" in page
    assert "抜粋" in page


def test_files_are_named_with_their_sha256() -> None:
    draft = Draft(
        rows=(ROW,),
        published=(SourceFile(name="公表版.pdf", sha256="ab" * 32),),
        corrected=tuple(SourceFile(name=f"{n}.xlsx", sha256="cd" * 32) for n in range(2)),
    )
    page = errata_page(draft, WORDS)
    assert f"公表版：公表版.pdf SHA-256 {'ab' * 32}" in page
    assert page.count("cd" * 32) == 2


def test_captions_of_another_kind_of_document_are_not_compared() -> None:
    place = Place(page=3)
    before = SHEET.model_copy(update={"place": place, "captions": "写真① 講座の様子"})
    after = SHEET.model_copy(update={"place": Place(sheet="1", cell="A1"), "captions": ""})
    draft = drafted(before, after)
    assert (draft.rows, draft.captions) == ((), False)
    assert "写真の説明など" in errata_page(draft, WORDS)
    alike = drafted(before, after.model_copy(update={"place": place}))
    assert ([row.field for row in alike.rows], alike.captions) == (["captions"], True)
