"""Documents that are laid out badly are read rightly, or it is said what is wrong: never a figure
under another year or project, and never a loss without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from xlsxwriter import Workbook

from auditor.auditing.documents import audit
from auditor.auditing.session import load, load_with
from auditor.readers.documents import ReadResult, read_documents
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import Headed, Lines, Pairs, Table, Value, worksheet_of

SESSION: Final = load_with(load().catalogue)
KINDS: Final[Sequence[WideKind]] = ("xlsx", "csv", "pdf")
LABELS: Final = {
    "total_cost": "事業費",
    "funding.national": "国庫支出金",
    "funding.general_revenue": "一般財源",
    "staff_cost": "人件費",
}
YEARS: Final = {
    "2022": "令和４年度\n決算額",
    "2023": "令和５年度\n決算額",
    "2024": "令和６年度\n当初予算額",
    "2025": "令和７年度\n計画額",
}


def read(folder: Path, worksheets: Sequence[PlainWorksheet], kind: WideKind) -> ReadResult:
    path = folder / file_name("document", kind)
    path.write_bytes(document_bytes(worksheets, kind))
    return read_documents([path], forms=SESSION.forms, readers=SESSION.readers)


def numbers(result: ReadResult) -> dict[tuple[str, str, str], Decimal]:
    figures: dict[tuple[str, str, str], Decimal] = {}
    for book in result.books:
        for sheet in book.sheets:
            for name, column, figure in sheet.every_figure():
                if figure.value is not None:
                    figures[sheet.name, name, column or ""] = figure.value
    return figures


def says_something(result: ReadResult) -> bool:
    report = audit(result.books, SESSION.rules, SESSION.forms)
    serious = any(finding.severity in ("error", "warning") for finding in report.findings)
    return bool(result.not_checked or report.not_checked) or serious


PLACES: Final[Mapping[WideKind, str]] = {"xlsx": "ワークシート「一覧」", "pdf": "1ページ"}
"""How a message names the one worksheet or page of a list."""


def places_told(result: ReadResult) -> list[str]:
    """What is said of parts that were not checked, and where findings are that need an answer."""
    report = audit(result.books, SESSION.rules, SESSION.forms)
    texts = [reason.why.ja for reason in (*result.not_checked, *report.not_checked)]
    for finding in report.findings:
        if finding.severity in ("error", "warning"):
            places = (cell.place for cell in finding.cells if cell.place is not None)
            texts += [f"ワークシート「{place.sheet}」、{place.page}ページ" for place in places]
    return texts


def amounts(seed: int) -> Mapping[str, Mapping[str, int]]:
    """Figures by field and year, each another one."""
    return {
        field: {year: 1000 * seed + 100 * row + column for column, year in enumerate(YEARS, 1)}
        for row, field in enumerate(LABELS, 1)
    }


def sheet(name: str, years: Sequence[str], fields: Sequence[str], seed: int) -> PlainWorksheet:
    of = amounts(seed)
    rows: list[list[Value]] = [[LABELS[f], *(of[f][year] for year in years)] for f in fields]
    headings: list[Headed] = ["（単位：千円）", *(YEARS[year] for year in years)]
    pieces = [
        Lines(["令和５年度　事務事業評価票"]),
        Pairs([[("事務事業名", name)], [("担当部室課名", "試験課")]]),
        Table(headings, rows),
    ]
    return worksheet_of(name, pieces)


ORDERS = st.tuples(st.permutations(list(YEARS)), st.permutations(list(LABELS)))


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@settings(max_examples=15)
@given(orders=st.lists(ORDERS, min_size=2, max_size=3))
def test_columns_and_rows_in_another_order_on_each_tab_are_read_by_their_headings(
    kind: WideKind,
    orders: list[tuple[list[str], list[str]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    worksheets = [
        sheet(f"試験事業{index}", years, fields, index)
        for index, (years, fields) in enumerate(orders, 1)
    ]
    result = read(tmp_path_factory.mktemp("order"), worksheets, kind)
    assert not result.not_checked
    expected = {
        (f"試験事業{index}", field, year): Decimal(value)
        for index in range(1, len(orders) + 1)
        for field, of_years in amounts(index).items()
        for year, value in of_years.items()
    }
    assert numbers(result) == expected


PROJECTS: Final = {"試験道路事業": 11, "試験健診事業": 23, "試験観光事業": 37}
SOURCES: Final = ("国県支出金", "市債", "その他", "一般財源")


def list_of(
    names: Mapping[str, int], *, years: Sequence[str] = ("令和５年度決算額", "令和６年度予算額")
) -> Table:
    rows: list[list[Value]] = []
    for number, (name, seed) in enumerate(names.items(), 1):
        rows.append([number, name, "試験課", *(row_of(seed, 0)), *(row_of(seed, 1))])
    sources: Headed = ("財源内訳", SOURCES)
    headings: list[Headed] = ["番号", "事業名", "担当課"]
    headings += [(year, ["事業費", sources]) for year in years]
    return Table(headings, rows)


def row_of(seed: int, column: int) -> list[Value]:
    parts = [seed * 10 + column, seed + column, seed * 2 + column, seed * 5 + column]
    return [sum(parts), *parts]


def expected_list(names: Mapping[str, int]) -> dict[tuple[str, str, str], Decimal]:
    keys = ["total_cost"]
    keys += [f"funding.{n}" for n in ("grants", "local_bonds", "other", "general_revenue")]
    figures: dict[tuple[str, str, str], Decimal] = {}
    for name, seed in names.items():
        for column, year in enumerate(("2023", "2024")):
            for key, value in zip(keys, row_of(seed, column), strict=True):
                assert isinstance(value, int)
                figures[name, key, year] = Decimal(value)
    return figures


TITLE: Final = Lines(["令和６年度　主要事業一覧"])


@pytest.mark.parametrize("kind", KINDS)
def test_headings_of_other_years_than_the_title_are_told(kind: WideKind, tmp_path: Path) -> None:
    """R2 and R3 over the columns of a list of R6: one of the two is wrong."""
    table = list_of(PROJECTS, years=["令和２年度決算額", "令和３年度予算額"])
    result = read(tmp_path, [worksheet_of("一覧", [TITLE, table])], kind)
    assert says_something(result)
    assert not [key for key in numbers(result) if key[2] in ("2023", "2024")]
    told = " ".join(places_told(result))
    assert "令和６年度" in told
    assert PLACES.get(kind, "") in told


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_list_that_goes_on_on_another_page_or_tab_is_read_wholly(
    kind: WideKind, tmp_path: Path
) -> None:
    first = dict(list(PROJECTS.items())[:2])
    second = dict(list(PROJECTS.items())[2:])
    worksheets = [
        worksheet_of("１", [TITLE, list_of(first)]),
        worksheet_of("２", [Lines(["令和６年度　主要事業一覧（つづき）"]), list_of(second)]),
    ]
    result = read(tmp_path, worksheets, kind)
    assert numbers(result) == expected_list(PROJECTS)
    assert not result.not_checked


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_the_rest_of_a_list_without_headings_is_read_or_said_not_to_be(
    kind: WideKind, tmp_path: Path
) -> None:
    """The second page has rows alone."""
    table = list_of(PROJECTS)
    rest = [
        Pairs([[(str(row[1]), row[0])] + [("", value) for value in row[2:]]])
        for row in table.rows[2:]
        if not isinstance(row, str)
    ]
    first = Table(table.headings, table.rows[:2])
    worksheets = [worksheet_of("１", [TITLE, first]), worksheet_of("２", rest)]
    result = read(tmp_path, worksheets, kind)
    figures = numbers(result)
    correct = expected_list(PROJECTS)
    assert {key: value for key, value in figures.items() if correct.get(key) != value} == {}
    if len(figures) < len(correct):
        assert says_something(result)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_with_names_merged_down_rows_that_its_form_does_not_expect(
    kind: WideKind, tmp_path: Path
) -> None:
    """Two rows for each project, where the form says that there is one."""
    table = list_of(PROJECTS)
    rows: list[list[Value]] = []
    for row in table.rows:
        assert not isinstance(row, str)
        rows += [list(row), [*row[:3], *(1 for _ in row[3:])]]
    merged = Table(table.headings, rows, merged_down=(0, 1, 2))
    result = read(tmp_path, [worksheet_of("一覧", [TITLE, merged])], kind)
    assert says_something(result)
    assert any(document.not_checked for book in result.books for document in book.documents)
    assert PLACES.get(kind, "") in " ".join(places_told(result))
    correct = expected_list(PROJECTS)
    assert {k: v for k, v in numbers(result).items() if correct.get(k) != v} == {}


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_half_a_sheet_on_another_page_is_read_or_said_not_to_be(
    kind: WideKind, tmp_path: Path
) -> None:
    of = amounts(4)
    fields = list(LABELS)
    rows: list[list[Value]] = [[LABELS[f], *(of[f][year] for year in YEARS)] for f in fields]
    head = [
        Lines(["令和５年度　事務事業評価票"]),
        Pairs([[("事務事業名", "試験事業")], [("担当部室課名", "試験課")]]),
        Table(["（単位：千円）", *YEARS.values()], rows[:2]),
    ]
    rest = [Table(["（単位：千円）", *YEARS.values()], rows[2:])]
    worksheets = [worksheet_of("１", head), worksheet_of("２", rest)]
    result = read(tmp_path, worksheets, kind)
    correct = {
        ("試験事業", field, year): Decimal(value)
        for field, of_years in of.items()
        for year, value in of_years.items()
    }
    figures = numbers(result)
    assert {key: value for key, value in figures.items() if correct.get(key) != value} == {}
    if figures != correct:
        (told,) = result.books[0].documents[0].not_checked
        assert told.why.code == "rest-of-sheet"
        assert "'２'" in told.why.en


def test_a_sheet_whose_title_and_headings_contradict_each_other_is_told(tmp_path: Path) -> None:
    worksheet = sheet("試験事業", list(YEARS), list(LABELS), 5)
    for at, cell in list(worksheet.cells.items()):
        if cell.value == "令和５年度　事務事業評価票":
            worksheet.put(*at, "令和元年度　事務事業評価票")
    result = read(tmp_path, [worksheet], "xlsx")
    assert says_something(result)


def test_a_worksheet_without_a_cell_is_no_finding_free_document(tmp_path: Path) -> None:
    """Whatever it is called: a workbook without a cell is not checked."""
    result = read(tmp_path, [PlainWorksheet("評価票")], "xlsx")
    assert result.not_checked
    assert not result.books


def workbook_with_pictures(worksheets: Sequence[PlainWorksheet], pictured: Sequence[str]) -> bytes:
    """A workbook in which a picture stands on some worksheets, as on one that was scanned."""
    picture = BytesIO()
    Image.new("RGB", (400, 300), "white").save(picture, "PNG")
    data = BytesIO()
    with Workbook(data) as workbook:
        for plain in worksheets:
            page = workbook.add_worksheet(plain.name)
            for top, left, bottom, right in plain.merges:
                page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
            for (row, column), cell in plain.cells.items():
                value = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
                page.write(row - 1, column - 1, value)
            if plain.name in pictured:
                page.insert_image("B2", "scan.png", {"image_data": picture})
    return data.getvalue()


@pytest.mark.parametrize("form", [None, "sheet-years-across", "list-year-groups", "kpi-list"])
def test_a_workbook_of_pictures_is_refused_with_what_to_do(
    form: str | None, tmp_path: Path
) -> None:
    """Sheets that were scanned and put into a workbook, whatever form is insisted on."""
    names = ["評価票１", "評価票２"]
    path = tmp_path / "pictures.xlsx"
    path.write_bytes(workbook_with_pictures([PlainWorksheet(name) for name in names], names))
    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers, form=form)
    assert not result.books
    reasons = " ".join(reason.why.ja for reason in result.not_checked)
    assert "画像だけ" in reasons
    assert "作成元のファイルを指定してください" in reasons


def test_a_picture_among_the_sheets_of_a_workbook_is_told_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    worksheets = [sheet("試験事業", list(YEARS), list(LABELS), 3), PlainWorksheet("写し")]
    path = tmp_path / "mixed.xlsx"
    path.write_bytes(workbook_with_pictures(worksheets, ["写し"]))
    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
    assert len(numbers(result)) == len(LABELS) * len(YEARS)
    assert "「写し」" in " ".join(places_told(result))
    assert audit(result.books, SESSION.rules, SESSION.forms).exit_code == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_year_that_only_one_heading_has_wrong_is_told_with_its_place(
    kind: WideKind, tmp_path: Path
) -> None:
    """令和６年度 comes twice over a list, and 令和５年度 never."""
    table = list_of(PROJECTS, years=["令和６年度決算額", "令和６年度予算額"])
    result = read(tmp_path, [worksheet_of("一覧", [TITLE, table])], kind)
    correct = expected_list(PROJECTS)
    wrong = {k: v for k, v in numbers(result).items() if correct.get(k) != v}
    assert wrong == {}
    (reason,) = audit(result.books, SESSION.rules, SESSION.forms).not_checked
    assert PLACES.get(kind, "") in reason.why.ja
    assert "様式の列「令和５年度 決算額」に当たる見出しが一覧表になく" in reason.why.ja
    assert "「令和６年度決算額 事業費」" in reason.why.ja
