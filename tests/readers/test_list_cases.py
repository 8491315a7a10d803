"""Lists as cities publish them, rebuilt small: headings in two rows, indicators beside the figures,
blocks of years, kinds under years, names merged down, doubts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.forms.loading import detect
from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.delimited import DelimitedReader
from auditor.readers.listing.reading import ListReading, Lists
from auditor.readers.source import Source
from auditor.records.model import Sheet
from tests.documents.delimited_writer import shown_worksheet
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import Beside, Lines, Piece, Table, Value, grid_of, worksheet_of

COMMON: dict[str, Any] = {
    "name": "listed",
    "title": {"en": "A list", "ja": "一覧"},
    "unit": "千円",
    "units": {"円": 1, "千円": 1000, "人": 1},
    "evaluated": [0],
    "list": {},
    "labels": {"name": "事業名", "department": "担当課", "number": "番号"},
}
TWO_YEARS = [
    {"offset": -1, "kind": "settled", "label": "決算額"},
    {"offset": 0, "kind": "budgeted", "label": "予算額"},
]
COST = {"total_cost": {"label": "事業費"}}
ONE = [{"offset": 0, "kind": "settled"}]


def form(**keys: Any) -> Form:
    return Form.model_validate({**COMMON, **keys})


def read(
    of: Form, *pieces: Sequence[Piece] | PlainWorksheet, document: str = "list.xlsx"
) -> ListReading:
    """What is read of the worksheets of a document, the last of them."""
    lists = Lists(of, document)
    reading = ListReading()
    for number, part in enumerate(pieces, 1):
        sheet = part if isinstance(part, PlainWorksheet) else worksheet_of(f"表{number}", part)
        reading = lists.read(grid_of(sheet), sheet.name)
    return reading


def cost(sheet: Sheet, column: str) -> Decimal | None:
    figure = sheet.years[column].total_cost
    assert figure is not None
    return figure.value


def said(reading: ListReading) -> list[str]:
    """All that is said of a reading, in English."""
    remarks = [remark.detail.en for remark in reading.remarks if remark.detail is not None]
    return remarks + [missed.why.en for missed in (*reading.not_checked, *reading.doubtful)]


# --- several indicators on a row


INDICATORS = {
    "labels": {"target": "目標値", "actuals": "実績値", "declared_rate": "達成率"},
}


def test_two_indicators_on_a_row_are_two_indicators_of_its_project() -> None:
    beside: list[Any] = ["目標値", "実績値", "達成率"]
    table = Table(
        ["番号", "事業名", "担当課", ("ＫＰＩ①", beside), ("ＫＰＩ②", beside), "事業費"],
        [
            [1, "観光", "観光課", 100, 90, "90.0%", "30（R12年度までに）", 12, "40.0%", 5000],
            [2, "移住", "政策課", 20, 25, "125.0%", "－", "－", "－", 3000],
        ],
    )
    reading = read(
        form(columns=ONE, fields=COST, kpi=INDICATORS), [Lines(["令和６年度　一覧"]), table]
    )
    assert said(reading) == []
    assert reading.unread == []
    assert [(kpi.project, kpi.name, kpi.department) for kpi in reading.kpis] == [
        ("観光", "ＫＰＩ①", "観光課"),
        ("観光", "ＫＰＩ②", "観光課"),
        ("移住", "ＫＰＩ①", "政策課"),
    ]
    second = reading.kpis[1]
    assert (second.target.value, second.target.printed) == (30, "30（R12年度までに）")
    assert second.due == "2031-03"
    assert second.actuals["2024"].value == 12
    assert second.declared_rate is not None
    assert second.declared_rate.value == Decimal("40.0")


def test_the_year_over_a_block_is_that_of_its_actual() -> None:
    table = Table(
        [
            "番号",
            "事業名",
            "担当課",
            "事業費",
            "指標名",
            "目標値（R6）",
            ("令和５年度", ["実績値"]),
            ("令和６年度", ["実績値"]),
        ],
        [[1, "観光", "観光課", 10, "来客数", 50, 40, 55]],
    )
    labels = {"name": "指標名", "target": "目標値", "actuals": "実績値"}
    reading = read(
        form(columns=ONE, fields=COST, kpi={"labels": labels}), [Lines(["令和６年度"]), table]
    )
    (kpi,) = reading.kpis
    assert (kpi.name, kpi.target.value, kpi.due) == ("来客数", 50, "2025-03")
    assert {year: figure.value for year, figure in kpi.actuals.items()} == {"2023": 40, "2024": 55}


# --- years


def test_a_fiscal_year_without_era_is_that_of_the_blocks() -> None:
    fields = {**COST, "funding": {"grants": {"label": "国庫支出金"}}}
    table = Table(
        ["番号", "年度", "事業名", "国庫支出金", "事業費", "国庫支出金", "事業費"],
        [[1, 7, "環境", 500, 3020, 500, 2008], [2, 7, "市場", 0, 4956, 0, 10692]],
    )
    labels = {"name": "事業名", "number": "番号", "fiscal_year": "年度"}
    columns = [{"offset": -1, "kind": "settled"}, {"offset": 0, "kind": "settled"}]
    of = form(columns=columns, fields=fields, labels=labels, list={"years": [2024, 2025]})
    reading = read(of, [table])
    assert said(reading) == []
    assert [
        (sheet.fiscal_year, cost(sheet, "2024"), cost(sheet, "2025")) for sheet in reading.sheets
    ] == [
        (2025, 3020, 2008),
        (2025, 4956, 10692),
    ]


def test_headings_that_come_again_without_years_are_not_read() -> None:
    table = Table(
        ["番号", "事業名", "担当課", "事業費", "事業費"], [[1, "環境", "環境課", 3020, 2008]]
    )
    reading = read(form(columns=TWO_YEARS, fields=COST), [Lines(["令和６年度"]), table])
    assert any("state the years of the blocks" in text for text in said(reading))
    assert all(
        figure.state == "unread"
        for sheet in reading.sheets
        for _, _, figure in sheet.every_figure()
    )
    assert reading.doubtful


def test_headings_of_another_year_than_the_title_are_a_doubt() -> None:
    table = Table(
        ["番号", "事業名", "担当課", "R4事業費（決算額）", "R5事業費（予算額）"],
        [[1, "環境", "環境課", 3020, 2008]],
    )
    reading = read(form(columns=TWO_YEARS, fields=COST), [Lines(["令和６年度"]), table])
    (missed,) = reading.doubtful
    assert missed.why.code == "years-contradict"
    assert "the title says fiscal 2024, but the headings are those of fiscal 2023" in missed.why.en


def test_a_list_that_no_year_dates_is_not_read() -> None:
    table = Table(["番号", "事業名", "担当課", "事業費"], [[1, "環境", "環境課", 3020]])
    reading = read(form(columns=ONE, fields=COST), [table])
    assert reading.sheets == []
    assert [missed.why.code for missed in reading.not_checked] == ["list-without-year"]
    named = read(form(columns=ONE, fields=COST), [table], document="R5_list.xlsx")
    assert [sheet.fiscal_year for sheet in named.sheets] == [2023]
    assert [remark.rule for remark in named.remarks] == ["RD011"]


# --- headings


def test_columns_may_stand_in_another_order_on_each_worksheet() -> None:
    of = form(columns=TWO_YEARS, fields=COST)
    first = Table(
        ["番号", "事業名", "担当課", "R5事業費（決算額）", "R6事業費（予算額）"],
        [[1, "環境", "環境課", 1, 2], [None, "合計", None, 1, 2]],
    )
    second = Table(
        ["事業名", "R6事業費（予算額）", "番号", "R5事業費（決算額）", "担当課"],
        [["市場", 4, 2, 3, "水産課"]],
    )
    lists = Lists(of, "list.xlsx")
    sheets: list[Sheet] = []
    for number, table in enumerate([first, second], 1):
        grid = grid_of(worksheet_of(f"表{number}", [Lines(["令和６年度"]), table]))
        reading = lists.read(grid, f"表{number}")
        assert said(reading) == []
        sheets += reading.sheets
    assert [(sheet.number, sheet.name, sheet.department) for sheet in sheets] == [
        (1, "環境", "環境課"),
        (2, "合計", ""),
        (3, "市場", "水産課"),
    ]
    assert [(cost(sheet, "2023"), cost(sheet, "2024")) for sheet in sheets] == [
        (1, 2),
        (1, 2),
        (3, 4),
    ]
    # A total is of its own worksheet.
    (environment, total, market), doubtful = lists.finished(sheets)
    assert doubtful == []
    assert total.totals == ("above",)
    assert environment.block == total.block != market.block


def test_equal_headings_are_told_apart_by_the_one_over_them() -> None:
    fields = {
        "total_cost": {"label": "事業費"},
        "funding": {"other": {"label": "財源内訳 その他"}, "grants": {"label": "財源内訳 国"}},
        "others": {"each": "sheet", "label": "件数 その他", "unit": "人"},
    }
    table = Table(
        ["番号", "事業名", "事業費", ("財源内訳", ["国", "その他"]), ("件数", ["国", "その他"])],
        [[1, "環境", 10, 4, 6, 7, 8]],
    )
    reading = read(
        form(columns=ONE, fields=fields, labels={"name": "事業名", "number": "番号"}),
        [Lines(["令和６年度"]), table],
    )
    (sheet,) = reading.sheets
    assert sheet.figures["others"].value == 8
    assert {name: figure.value for name, figure in sheet.years["2024"].funding.items()} == {
        "other": 6,
        "grants": 4,
    }
    # What the form does not know is listed.
    assert [number.printed for number in reading.unread] == ["7"]


def test_a_missing_heading_is_named_and_its_figures_are_unread() -> None:
    fields = {**COST, "funding": {"grants": {"label": "国庫支出金"}}}
    table = Table(["番号", "事業名", "担当課", "事業費"], [[1, "環境", "環境課", 3020]])
    reading = read(form(columns=ONE, fields=fields), [Lines(["令和６年度"]), table])
    assert [remark.rule for remark in reading.remarks] == ["RD004"]
    (sheet,) = reading.sheets
    assert cost(sheet, "2024") == 3020
    assert sheet.years["2024"].funding["grants"].state == "unread"


def test_numbers_of_columns_that_are_alike_are_counted_as_unread() -> None:
    rows: list[list[Value]] = [[1, "環境", "環境課", 100, 40, 60], [2, "港", "港課", 300, 90, 210]]
    headings: list[Any] = ["番号", "事業名", "担当課", "事業費", "事業費", "補助金"]
    grants = {"funding.grants": {"label": "補助金"}}
    reading = read(
        form(columns=ONE, fields=COST | grants), [Lines(["令和６年度"]), Table(headings, rows)]
    )
    assert [remark.rule for remark in reading.remarks] == ["RD005"]
    assert [number.printed for number in reading.unread] == ["100", "40", "300", "90"]


# --- rows


def test_a_cell_over_several_rows_or_headings_is_no_figure_of_one() -> None:
    worksheet = worksheet_of(
        "表",
        [
            Lines(["令和６年度"]),
            Table(
                ["番号", "事業名", "担当課", "R5事業費（決算額）", "R6事業費（予算額）"],
                [
                    [1, "環境", "環境課", 7, 2],
                    [2, "市場", "水産課", None, 4],
                    [3, "港", "港課", 9, None],
                ],
            ),
        ],
    )
    worksheet.merges += [(3, 4, 4, 4), (5, 4, 5, 5)]
    reading = read(form(columns=TWO_YEARS, fields=COST), worksheet)
    figures = {
        (sheet.name, column): figure
        for sheet in reading.sheets
        for _, column, figure in sheet.every_figure()
    }
    assert figures["環境", "2023"].state == figures["市場", "2023"].state == "unread"
    assert figures["港", "2023"].state == "unread"
    assert figures["環境", "2024"].value == 2
    assert [remark.rule for remark in reading.remarks] == ["RD005"] * 4


def test_figures_without_a_name_are_told() -> None:
    rows: list[list[Value]] = [
        [1, "環境", "環境課", 1],
        [None, None, None, 2],
        [2, "港", "港課", 3],
    ]
    reading = read(
        form(columns=ONE, fields=COST),
        [Lines(["令和６年度"]), Table(["番号", "事業名", "担当課", "事業費"], rows)],
    )
    assert [cost(sheet, "2024") for sheet in reading.sheets] == [1, 3]
    assert [number.printed for number in reading.unread] == ["2"]
    (text,) = said(reading)
    assert "the row with '2' has no name" in text


def test_a_second_table_below_is_not_read_as_rows() -> None:
    table = Table(
        ["番号", "事業名", "担当課", "R5事業費（決算額）", "R6事業費（予算額）"],
        [[1, "環境", "環境課", 1, 2]],
    )
    below = Table(["区分", "部局", "職員", "人数", "前年"], [["合算", "総務部", "部長", 5, 6]])
    reading = read(
        form(columns=TWO_YEARS, fields=COST), [Lines(["令和６年度"]), table, Lines([""]), below]
    )
    assert [sheet.name for sheet in reading.sheets] == ["環境"]
    assert [number.printed for number in reading.unread] == ["5", "6"]
    assert any("another table begins" in text for text in said(reading))


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("7,810※", 7810),
        ("7,810※1", 7810),
        ("7,810（見込）", 7810),
        ("7,810（注1）", 7810),
        ("7,810（※１）", 7810),
        ("7,810 ※見込", 7810),
        ("7,810（令和7年3月）", 7810),
        ("7,810（補正後8,000）", None),
        ("7,810（うち6）", None),
        ("7,810 ※8,000", None),
        ("▲ 7,810 ※", -7810),
        ("7,810（百万円）", None),
        ("7,810（6,000）", None),
        ("約7,810", None),
        ("皆増", None),
    ],
)
def test_a_note_behind_a_figure_is_no_part_of_it(printed: str, value: int | None) -> None:
    rows = [[1, "環境", "環境課", printed], [2, "港", "港課", 5]]
    reading = read(
        form(columns=ONE, fields=COST),
        [Lines(["令和６年度"]), Table(["番号", "事業名", "担当課", "事業費"], rows)],
    )
    figure = reading.sheets[0].years["2024"].total_cost
    assert figure is not None
    assert (figure.value, figure.printed) == (value, printed)
    assert [remark.rule for remark in reading.remarks] == ([] if value is not None else ["RD001"])


# --- text, and which form it has


TEXT = '令和６年度　補助金,,,\r\n番号,事業名,担当課,事業費\r\n1,環境,環境課,"5,000"\r\n,合計,,"5,000"\r\n'


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_text_is_read_with_lines_and_columns(encoding: str, delimiter: str) -> None:
    text = (
        TEXT
        if delimiter == ","
        else TEXT.replace('"5,000"', "5;000").replace(",", "\t").replace(";", ",")
    )
    of = form(columns=ONE, fields=COST)
    source = Source("list.csv", text.encode(encoding))
    assert DelimitedReader().accepts(source, of)
    reading = DelimitedReader().read(source, of)
    assert [(sheet.role, cost(sheet, "2024")) for sheet in reading.sheets] == [
        ("row", 5000),
        ("total", 5000),
    ]
    figure = reading.sheets[0].years["2024"].total_cost
    assert figure is not None
    assert figure.place is not None
    assert (figure.place.line, figure.place.cell) == (3, "D")


def test_the_numbers_of_a_row_that_another_row_s_column_has_are_unread() -> None:
    of = form(
        list={"rows": "year"},
        labels={"name": "事業名", "year": "年度", "kind": "区分"},
        columns=TWO_YEARS,
        fields={**COST, "headcount": {"label": "職員数", "unit": "人"}},
    )
    rows: list[list[Value]] = [
        ["道路整備", "令和５年度", "決算額", 1200, 3],
        ["道路整備", "令和５年度", "決算額", 4567, 8],
        ["公園整備", "令和５年度", "決算額", 900, 1],
        ["公園整備", "令和６年度", "予算額", 950, 1],
    ]
    headings = ["事業名", "年度", "区分", "事業費", "職員数"]
    reading = read(of, [Lines(["令和６年度"]), Table(headings, rows, merged_down=[0])])
    assert [cost(sheet, "2023") for sheet in reading.sheets] == [1200, 900]
    assert [number.printed for number in reading.unread] == ["4,567", "8"]
    assert [text for text in said(reading) if "is of no column" in text] != []


def test_a_text_of_sentences_is_no_rows_of_cells() -> None:
    text = "事業名 環境、港\n担当課, 環境課\n番号 1\n事業費 8,030 9,000\n"
    assert not DelimitedReader().accepts(
        Source("a.txt", text.encode()), form(columns=ONE, fields=COST)
    )


def test_a_form_of_lists_fits_by_its_headings_where_no_other_fits() -> None:
    listed = form(columns=ONE, fields=COST)
    other = form(name="other", columns=ONE, fields=COST, detect=["事業シート"])
    assert detect(squeezed(TEXT), [listed, other]) == (listed,)
    assert detect(squeezed(TEXT + "事業シート"), [listed, other]) == (other,)
    assert detect(squeezed("番号,名,事業費"), [listed]) == ()


# --- pages


def printed_list(parts: Sequence[Sequence[Piece]], **how: Any) -> bytes:
    """A PDF with a page for each part, printed in some way."""
    pytest.importorskip("pypdfium2")
    pytest.importorskip("reportlab")
    from tests.documents.make_pdfs import Print, drawn

    sheets = [shown_worksheet(worksheet_of("表", part)) for part in parts]
    return drawn(sheets, Print(page=(595.3, 841.9), **how))


def pages(*parts: Sequence[Piece], split: int = 1) -> bytes:
    """A PDF with ruling lines, a page for each part, or ``split`` pages."""
    return printed_list(parts, borders="solid", split=split)


def unruled(*parts: Sequence[Piece], split: int = 1, indent: float = 6.0) -> bytes:
    """A PDF without ruling lines, a page for each part, or ``split`` pages."""
    return printed_list(parts, borders="none", split=split, indent=indent)


HEADS: list[Any] = ["番号", "事業名", "担当課", "事業費"]


def test_a_list_goes_on_over_pages_with_and_without_its_headings() -> None:
    from auditor.readers.pdf import PdfReader

    headings = ["番号", "事業名", "担当課", "事業費"]
    rows: list[list[Value]] = [[at, f"架空の事業{at}", "環境課", 100 + at] for at in range(1, 10)]
    first = [Lines(["令和６年度　一覧"]), Table(headings, rows[:3])]
    with_headings = [Table(headings, rows[3:6])]
    data = pages(first, with_headings)
    of = form(columns=ONE, fields=COST)
    reading = PdfReader().read(Source("list.pdf", data), of)
    assert reading.not_checked == ()
    assert [cost(sheet, "2024") for sheet in reading.sheets] == [101, 102, 103, 104, 105, 106]
    # One list, whatever the pages: its rows stand in one block.
    assert {sheet.block for sheet in reading.sheets} == {1}
    whole = [Lines(["令和６年度　一覧"]), Table(headings, rows)]
    reading = PdfReader().read(Source("list.pdf", pages(whole, split=2)), of)
    assert reading.not_checked == ()
    assert [cost(sheet, "2024") for sheet in reading.sheets] == list(range(101, 110))
    assert {sheet.place.page for sheet in reading.sheets if sheet.place is not None} == {1, 2}


@pytest.mark.parametrize("printed", [pages, unruled], ids=["ruled", "unruled"])
def test_a_table_in_other_columns_without_headings_is_not_read(
    printed: Callable[..., bytes],
) -> None:
    from auditor.readers.pdf import PdfReader

    rows: list[list[Value]] = [[at, f"架空の事業{at}", "環境課", 100 + at] for at in range(1, 4)]
    first = [Lines(["令和６年度　一覧"]), Table(HEADS, rows)]
    wide: list[list[Value]] = [[f"架空の{at}", 5, 6, 7, 8, 9, 10] for at in range(3)]
    rest = [Table(["い", "ろ", "は", "に", "ほ", "へ", "と"], wide)]
    reading = PdfReader().read(
        Source("list.pdf", printed(first, rest)), form(columns=ONE, fields=COST)
    )
    assert len(reading.sheets) == 3
    assert [missed.why.code for missed in reading.not_checked] == ["table-without-headings"]


def test_a_figure_of_some_columns_is_missed_in_no_other() -> None:
    fields = {**COST, "staff_cost": {"label": "人件費", "columns": [-1]}}
    table = Table(
        ["番号", "事業名", "R5事業費（決算額）", "R5人件費（決算額）", "R6事業費（予算額）"],
        [[1, "環境", 7, 3, 2]],
    )
    labels = {"name": "事業名", "number": "番号"}
    of = form(columns=TWO_YEARS, fields=fields, labels=labels)
    reading = read(of, [Lines(["令和６年度"]), table])
    assert said(reading) == []
    (sheet,) = reading.sheets
    assert sheet.years["2024"].staff_cost is None
    assert sheet.years["2023"].staff_cost is not None


def test_a_group_on_a_page_reaches_as_far_as_its_empty_ruled_cells() -> None:
    from auditor.readers.pdf import PdfReader

    columns = [{"offset": -1, "kind": "settled"}, {"offset": 0, "kind": "settled"}]
    fields = {**COST, "funding": {"grants": {"label": "国庫支出金"}}}
    inner: list[Any] = ["事業費", "国庫支出金"]
    headings: list[Any] = ["番号", "事業名", "担当課", ("令和５年度", inner), ("令和６年度", inner)]
    table = Table(headings, [[1, "架空の事業", "環境課", 1, 2, 3, 4]], groups="first")
    data = pages([Lines(["令和６年度　一覧"]), table])
    reading = PdfReader().read(Source("list.pdf", data), form(columns=columns, fields=fields))
    assert reading.not_checked == ()
    (sheet,) = reading.sheets
    assert [cost(sheet, "2023"), cost(sheet, "2024")] == [1, 3]
    assert [year.funding["grants"].value for year in sheet.years.values()] == [2, 4]


@pytest.mark.parametrize("rows", ["sheet", "year"])
def test_a_note_over_the_whole_width_is_no_row(rows: str) -> None:
    of = form(
        columns=TWO_YEARS,
        fields=COST,
        labels={"name": "事業名", "year": "年度", "kind": "区分"},
        list={"rows": "year"},
    )
    headings = ["事業名", "年度", "区分", "事業費"]
    values: list[list[Value]] = [["環境", "令和５年度", "決算", 1], [None, "令和６年度", "予算", 2]]
    if rows == "sheet":
        of = form(columns=ONE, fields=COST)
        headings = ["番号", "事業名", "担当課", "事業費"]
        values = [[1, "環境", "環境課", 1], [2, "港", "港課", 2]]
    notes = Lines(["※ 令和６年度は12月補正後の額です。", "(注) 1 単位未満は四捨五入"])
    reading = read(of, [Lines(["令和６年度"]), Table(headings, values), notes])
    assert said(reading) == []
    assert [sheet.name for sheet in reading.sheets] == (
        ["環境"] if rows == "year" else ["環境", "港"]
    )


# --- pages without ruling lines


def test_a_list_without_lines_goes_on_over_pages_without_its_headings() -> None:
    from auditor.readers.pdf import PdfReader

    rows: list[list[Value]] = [[at, f"架空の事業{at}", "環境課", 100 + at] for at in range(1, 10)]
    whole = [Lines(["令和６年度　一覧"]), Table(HEADS, rows)]
    source = Source("list.pdf", unruled(whole, split=2))
    reading = PdfReader().read(source, form(columns=ONE, fields=COST))
    assert reading.not_checked == ()
    assert [(sheet.name, sheet.department) for sheet in reading.sheets] == [
        (f"架空の事業{at}", "環境課") for at in range(1, 10)
    ]
    assert [cost(sheet, "2024") for sheet in reading.sheets] == list(range(101, 110))


def test_a_column_that_two_headings_may_be_over_is_refused() -> None:
    from auditor.readers.pdf import PdfReader

    of = form(columns=TWO_YEARS, fields=COST, labels={"name": "事業名"})
    # Text under a text's heading, a figure under none: that of the year before, or of this one.
    headings: list[Any] = ["事業名", "備考", "R5事業費（決算額）", "R6事業費（予算額）"]
    table = Table(headings, [["環境", None, None, 5], ["市場", None, None, 7]])
    source = Source("list.pdf", unruled([Lines(["令和６年度"]), table]))
    reading = PdfReader().read(source, of)
    figures = [figure.value for sheet in reading.sheets for *_, figure in sheet.every_figure()]
    assert reading.not_checked or figures == [None, 5, None, 7]


# --- lists beside each other, names over two rows


@given(st.lists(st.integers(1, 5), min_size=2, max_size=3), st.sampled_from(["（単位：円）", ""]))
@settings(max_examples=20, deadline=None)
def test_lists_beside_each_other_are_read_one_after_the_other(sizes: list[int], note: str) -> None:
    number = 0
    stacks: list[list[Piece]] = []
    for size in sizes:
        rows: list[list[Value]] = []
        for _ in range(size):
            number += 1
            rows.append([number, f"架空の事業{number}号", "環境課", 1000 * number])
        stacks.append([Table(HEADS, rows)])
    of = form(columns=ONE, fields=COST)
    lines = [Lines(["令和６年度　一覧"]), Lines([note], "right"), Beside(stacks)]
    for reading in (read(of, lines), read(of, lines[:1] + lines[2:])):
        assert said(reading) == []
        assert reading.unread == []
        assert [(sheet.name, sheet.department) for sheet in reading.sheets] == [
            (f"架空の事業{at}号", "環境課") for at in range(1, number + 1)
        ]
        assert [cost(sheet, "2024") for sheet in reading.sheets] == [
            1000 * at for at in range(1, number + 1)
        ]


def test_lists_beside_each_other_with_other_headings_are_not_read_as_one() -> None:
    other = Table(["番号", "事業名", "人数"], [[1, "港", 7]])
    pieces = [Lines(["令和６年度"]), Beside([[Table(HEADS, [[1, "環境", "環境課", 5]])], [other]])]
    reading = read(form(columns=ONE, fields=COST), pieces)
    assert {sheet.name for sheet in reading.sheets} <= {"環境"}
    assert "港" not in [sheet.name for sheet in reading.sheets]
    assert said(reading) or "7" in [number.printed for number in reading.unread]


@pytest.mark.parametrize("figures_on", [0, 1])
@pytest.mark.parametrize(
    ("first", "rest"),
    [("架空の長い名前の", "事業"), ("架空事業（第２", "期）"), ("架空事業", "（第２期分の整備）")],
)
def test_a_name_over_two_rows_is_one_name(first: str, rest: str, figures_on: int) -> None:
    rows: list[list[Value]] = [
        [1, first, "環境課", None],
        [None, rest, None, None],
        [2, "港", "港課", 2],
    ]
    rows[figures_on][3] = 5
    reading = read(form(columns=ONE, fields=COST), [Lines(["令和６年度"]), Table(HEADS, rows)])
    assert said(reading) == []
    assert [(sheet.name, cost(sheet, "2024")) for sheet in reading.sheets] == [
        (first + rest, 5),
        ("港", 2),
    ]


@pytest.mark.parametrize("section", ["水産課", "架空"])
def test_a_text_that_may_be_the_rest_of_a_name_or_a_section_is_told(section: str) -> None:
    rows: list[list[Value]] = [
        [1, "環境", "環境課", 5],
        [None, section, None, None],
        [2, "架空の長い事業", "港課", 2],
    ]
    reading = read(form(columns=ONE, fields=COST), [Lines(["令和６年度"]), Table(HEADS, rows)])
    assert [sheet.name for sheet in reading.sheets] == ["環境", "架空の長い事業"]
    (text,) = said(reading)
    assert text.startswith(f"'{section}' below '環境' may be the rest of its name")


def test_a_total_amid_the_rows_is_no_project() -> None:
    rows: list[list[Value]] = [
        [1, "環境", "環境課", 1],
        [2, "森", "環境課", 2],
        [None, "小計", None, 3],
        [3, "港", "港課", 4],
        [None, "小計", None, 4],
        [None, "合計", None, 7],
    ]
    of = form(columns=ONE, fields=COST)
    lists = Lists(of, "list.xlsx")
    grid = grid_of(worksheet_of("表", [Lines(["令和６年度"]), Table(HEADS, rows)]))
    sheets, doubtful = lists.finished(lists.read(grid, "表").sheets)
    assert doubtful == []
    assert [sheet.role for sheet in sheets] == ["row", "row", "total", "row", "total", "total"]
    assert [(sheet.since, sheet.block) for sheet in sheets if sheet.role == "total"] == [
        (1, 1),
        (2, 2),
        (1, 2),
    ]


@pytest.mark.parametrize(("more", "is_checked"), [(1, True), (2, False)])
def test_a_list_of_which_most_numbers_have_no_column_is_not_checked(
    more: int, is_checked: bool
) -> None:
    others = [f"その他の額{number}" for number in range(more)]
    rows = [[at, f"架空{at}", "試験課", 700 + 13 * at, *([31 * at + 5] * more)] for at in (1, 2, 3)]
    table = Table(["番号", "事業名", "担当課", "事業費", *others], rows)
    reading = read(form(columns=ONE, fields=COST), [Lines(["令和６年度　一覧"]), table])
    assert len(reading.sheets) == 3
    assert len(reading.unread) == 3 * more
    codes = [missed.why.code for missed in reading.doubtful]
    assert codes == ([] if is_checked else ["list-mostly-unread"])


def test_figures_have_the_unit_that_their_row_prints() -> None:
    fields = {
        "measured": {"each": "year", "label": "数値"},
        "share": {"label": "割合", "unit": "%"},
    }
    fields["share"]["each"] = "sheet"
    table = Table(
        ["番号", "事業名", "担当課", "単位", "数値", "割合"],
        [[1, "橋", "土木課", "円", 7000, 5], [2, "道", "土木課", "人", 31, 6], [3, "川", "土木課", None, 8, 7]],
    )  # fmt: skip
    units = {"円": 1, "千円": 1000, "人": 1, "%": 1}
    labels = {**COMMON["labels"], "unit": "単位"}
    of = form(columns=ONE, fields=fields, units=units, labels=labels)
    reading = read(of, [Lines(["令和６年度　一覧"]), table])
    assert said(reading) == []
    figures = [sheet.years["2024"].figures["measured"] for sheet in reading.sheets]
    assert [(figure.value, figure.unit) for figure in figures] == [
        (7000, "円"),
        (31, "人"),
        (8, "千円"),
    ]
    assert {sheet.figures["share"].unit for sheet in reading.sheets} == {"%"}
    odd = Table(
        ["番号", "事業名", "担当課", "単位", "数値", "割合"], [[1, "橋", "土木課", "本", 7, 5]]
    )
    (remark,) = read(of, [Lines(["令和６年度　一覧"]), odd]).remarks
    assert (remark.rule, remark.printed) == ("RD003", "本")
