"""What hides a label, and what does not: marks, invisible characters, other words. A figure is read
right, or it is unread and reported; no other rule accuses the city of what was not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.readers.grid import Grid, GridReading, Labels, TextCell, read_sheets
from auditor.readers.grid.lists import judged
from auditor.readers.remarks import counted, label_missing
from auditor.readers.source import Reading, Source
from auditor.readers.wording import behind, folded, key_of
from auditor.readers.workbook import WorkbookReader
from auditor.records.figures import Figure, Place
from auditor.records.model import Sheet
from auditor.testing.build import book
from auditor.testing.strategies import consistent_books
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    workbook_bytes,
    worksheets_of,
)

SESSION: Final = load()
FORMS: Final = SESSION.forms
MARKS: Final = (
    *(
        "注1）",
        "（注）",
        "（注2）",
        "注：",
        "※",
        "※1 ",
        "＊",
        "ア　",
        "(ア)",
        "ア",
        "ｱ)",
        "ⅰ",
        "ⅱ ",
        "Ⅱ　",
    ),
    *("(a)", "①", "①)", "（1）", "1. ", "1　", "・", "■", "一、", "（一）"),
)
INVISIBLE: Final = ("\u200b", "\ufeff", "\u00ad", "\ufe00", "\u2060", "\u200e")
LOOKALIKES: Final = {"民": "⺠", "金": "⾦", "目": "⽬", "令和": "㋿", "人": "⼈", "方": "⽅"}
LAYOUTS: Final = st.builds(
    Layout,
    years=st.sampled_from(["across", "down"]),
    unit=st.sampled_from(["label", "beside", "table", "none"]),
    value_width=st.sampled_from([1, 2]),
    top=st.integers(1, 3),
    left=st.integers(1, 3),
)


def read(worksheets: list[PlainWorksheet], form: Form) -> Reading:
    return WorkbookReader().read(Source("book.xlsx", workbook_bytes(worksheets)), form)


def figures(sheet: Sheet) -> Iterator[tuple[str, Figure]]:
    yield from sheet.figure_items()
    for key, year in sheet.years.items():
        yield from ((f"{name}@{key}", figure) for name, figure in year.figure_items())


def values(sheet: Sheet) -> list[tuple[str, object, str]]:
    return [(name, figure.value, figure.state) for name, figure in figures(sheet)]


def labels_on(worksheet: PlainWorksheet, form: Form, kinds: set[str]) -> dict[tuple[int, int], str]:
    """The cells of a worksheet that are labels of some kinds, with their texts."""
    labels = Labels(form)
    return {
        at: cell.value
        for at, cell in worksheet.cells.items()
        if isinstance(cell.value, str)
        and any(match.name in kinds for match in labels.matches(cell.value))
    }


@pytest.mark.parametrize("name", ["kushiro", "minato"])
@settings(max_examples=15)
@given(data=st.data(), layout=LAYOUTS)
def test_marks_and_invisible_characters_hide_no_label(
    name: str, data: st.DataObject, layout: Layout
) -> None:
    form = FORMS[name]
    _, book = data.draw(consistent_books(form, sheets=(1, 2), kpis=(0, 0)))
    worksheets = worksheets_of(book, form, layout)
    plain = read(worksheets, form)

    for worksheet in worksheets:
        for at, text in labels_on(worksheet, form, {*form.fields, "department", "name"}).items():
            match data.draw(st.sampled_from(["mark", "invisible", "lookalike", "nothing"])):
                case "mark":
                    mark = data.draw(st.sampled_from(MARKS))
                    # A letter without anything behind it may be part of a word in kana.
                    text = mark + ("" if "一" <= text[0] <= "鿿" else " ") + text
                case "invisible":
                    where = data.draw(st.integers(0, 2))
                    text = text[:where] + data.draw(st.sampled_from(INVISIBLE)) + text[where:]
                case "lookalike":
                    for character, other in LOOKALIKES.items():
                        text = text.replace(character, other)
                case _:
                    continue
            worksheet.cells[at] = replace(worksheet.cells[at], value=text)
    reading = read(worksheets, form)

    assert [values(sheet) for sheet in reading.sheets] == [values(sheet) for sheet in plain.sheets]
    assert [sheet.name for sheet in reading.sheets] == [sheet.name for sheet in plain.sheets]
    assert [remark for remark in reading.remarks if remark.rule.startswith("RD")] == []
    assert reading.unread == reading.not_checked == ()


@pytest.mark.parametrize("name", ["kushiro", "minato"])
@settings(max_examples=15)
@given(data=st.data(), layout=LAYOUTS)
def test_a_lost_label_is_unread_and_nobody_is_accused(
    name: str, data: st.DataObject, layout: Layout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    form = FORMS[name]
    _, book = data.draw(consistent_books(form, sheets=(1, 1), kpis=(0, 0)))
    worksheets = worksheets_of(book, form, layout)
    labels = labels_on(worksheets[0], form, set(form.fields))
    at = data.draw(st.sampled_from(sorted(labels)))
    lost = Labels(form).matches(labels[at])[0].name
    worksheets[0].cells[at] = PlainCell("別の名前の行")

    path = tmp_path_factory.mktemp("lost") / "book.xlsx"
    path.write_bytes(workbook_bytes(worksheets))
    result = read_documents([path], forms=FORMS, readers=SESSION.readers, form=form.name)
    report = audit(result.books, SESSION.rules, FORMS)

    (sheet,) = (sheet for read_book in result.books for sheet in read_book.sheets)
    states = {figure.state for name, figure in figures(sheet) if name.partition("@")[0] == lost}
    assert states == {"unread"}
    found = {finding.rule for finding in report.findings if finding.severity == "error"}
    assert "RD004" in found
    assert {rule for rule in found if rule[:2] != "RD"} == set()


def grid_of(rows: list[str]) -> Grid:
    """A grid of the cells that the lines print, parted by ``|``; a cell of nothing is none."""
    cells = [
        TextCell(row, column, text.strip(), Place(sheet="S", cell=f"{row}-{column}"))
        for row, line in enumerate(rows, 1)
        for column, text in enumerate(line.split("|"), 1)
        if text.strip()
    ]
    return Grid.of(cells, lambda row, column: Place(sheet="S", cell=f"{row}-{column}"))


def kushiro(*rows: str) -> GridReading:
    return read_sheets(grid_of([*rows]), Labels(FORMS["kushiro"]), "book", 1)


HEAD: Final = ("令和6年度実施事業 主要施策成果シート", "事業名|道路事業", "所管課・室|道路課")
YEARS: Final = "||令和5年度（決算額）|令和6年度（決算額）|令和7年度（予算額）"
TABLE: Final = ("事業費 総額||10|20|30", "国道支出金||4|5|6", "一般財源||6|15|24")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("釧路市民の人口152,875人（R7.3末現在）", "152875"),
        ("注1）釧路市民の人口 152,875 人（R7.3末現在）", "152875"),
        ("参考　釧路市民の人口：152,875人", "152875"),
        ("参考 釧路市民の人口 152,875人 R7.3末現在", "152875"),
        ("釧路市⺠の人口 152,875人", "152875"),
    ],
)
def test_label_and_value_in_one_cell_are_parted(cell: str, value: str) -> None:
    sheet = kushiro(*HEAD, YEARS, *TABLE, cell).sheets[0]

    assert sheet.population is not None
    assert str(sheet.population.value) == value


def test_a_number_with_invisible_characters_is_refused_and_says_so() -> None:
    reading = kushiro(*HEAD, YEARS, "事業費 総額||1\u200b0|20|30")

    (remark,) = (remark for remark in reading.remarks if remark.rule == "RD001")
    assert remark.detail is not None
    assert "'10' is not a figure" in remark.detail.en
    assert "U+200B" in remark.detail.en
    assert reading.sheets[0].years["2023"].figure("total_cost").state == "text"  # type: ignore[union-attr]


def states(sheet: Sheet, field: str) -> list[str]:
    found = (year.figure(field) for year in sheet.years.values())
    return [figure.state if figure is not None else "none" for figure in found]


def test_blanks_beside_a_stray_number_are_unread() -> None:
    reading = kushiro(*HEAD, YEARS, *TABLE[:2], "よその行||7||", "地方債||||", "一般財源||6|15|24")

    assert states(reading.sheets[0], "funding.local_bonds") == ["unread", "blank", "blank"]
    assert states(reading.sheets[0], "total_cost") == ["number"] * 3
    assert [number.printed for number in reading.unread] == ["7"]
    assert [remark.printed for remark in reading.remarks if remark.rule == "RD003"] == ["7"]


def test_headings_without_an_era_take_that_of_the_title() -> None:
    years = "||5年度決算|6年度決算|7年度予算"
    sheet = kushiro(*HEAD, years, *TABLE).sheets[0]

    assert [year.year for year in sheet.years.values()] == [2023, 2024, 2025]
    assert states(sheet, "total_cost") == ["number"] * 3


def test_figures_stand_under_the_year_printed_above_them() -> None:
    years = "||令和4年度（決算額）|令和5年度（決算額）|令和6年度（予算額）"
    reading = kushiro(*HEAD, years, *TABLE)
    sheet = reading.sheets[0]

    totals = {key: year.total_cost for key, year in sheet.years.items()}
    assert {key: str(figure.value) for key, figure in totals.items() if figure} == {
        "2023": "20",
        "2024": "30",
        "2025": "None",
    }
    assert totals["2025"] is not None
    assert totals["2025"].state == "unread"
    (remark,) = (remark for remark in reading.remarks if remark.rule == "RD006")
    assert remark.detail is not None
    assert "1 year before" in remark.detail.en
    assert [number.printed for number in reading.unread] == ["10", "4", "6"]


def test_a_list_is_no_sheet() -> None:
    reading = kushiro(
        "令和6年度 主要施策成果シート 一覧", "番号|事業名|所管課・室|事業費 総額",
        "1|道路事業|道路課|10", "2|公園事業|公園課|20", "|合計||30",
    )  # fmt: skip

    assert reading.sheets == []
    assert [projects.names for projects in reading.lists] == [("道路事業", "公園事業")]


@pytest.mark.parametrize(("sheets", "state"), [(0, "list"), (1, "list"), (2, ""), (3, "")])
def test_a_list_is_passed_over_where_most_of_its_projects_have_sheets(
    sheets: int, state: str
) -> None:
    names = ("道路事業", "公園事業", "河川事業", "港湾事業")
    rows = [f"{number}|{name}|課|{number}00" for number, name in enumerate(names, 1)]
    reading = kushiro(
        "令和6年度 主要施策成果シート 一覧", "番号|事業名|所管課・室|事業費 総額", *rows
    )
    records = book(1, form=FORMS["kushiro"], kpis=0).sheets * sheets
    of_list = [
        record.model_copy(update={"name": name})
        for record, name in zip(records, names, strict=False)
    ]

    not_checked, parts, unread = judged(reading.lists, of_list, FORMS["kushiro"], "book")

    assert [missed.why.code for missed in not_checked] == ([state] if state else [])
    assert len(parts) == 1 - bool(state)
    numbers = ["100", "200", "300", "400"]
    assert [number.printed for number in unread] == (numbers if state else [])
    assert [number.printed for part in parts for number in part.unread] == (
        [] if state else numbers
    )


def test_a_form_without_evaluations_has_none_to_miss() -> None:
    made = book(2, form=FORMS["hamabe"], kpis=0)
    data = workbook_bytes(worksheets_of(made, FORMS["hamabe"], Layout()))

    reading = WorkbookReader().read(Source("book.xlsx", data), FORMS["hamabe"])

    assert len(reading.sheets) == 2
    assert not any(sheet.evaluations for sheet in reading.sheets)


def test_several_projects_under_one_title_are_sheets_of_their_own() -> None:
    card = ("釧路市民の人口|100", "市民一人あたりの費用|200")
    reading = kushiro(
        HEAD[0],
        "",
        "事業名|道路事業",
        "所管課・室|道路課",
        *card,
        "",
        "事業名|公園事業",
        "所管課・室|公園課",
        *card,
    )

    assert [sheet.name for sheet in reading.sheets] == ["道路事業", "公園事業"]
    assert [
        str(sheet.cost_per_capita.value) for sheet in reading.sheets if sheet.cost_per_capita
    ] == [
        "200",
        "200",
    ]


def test_a_heading_without_its_figures_is_not_checked() -> None:
    reading = kushiro(*HEAD, YEARS, *TABLE, "", HEAD[0], "事業名|公園事業")

    assert [sheet.name for sheet in reading.sheets] == ["道路事業"]
    assert [missed.why.code for missed in reading.not_checked] == ["sheet-not-understood"]


def test_two_tables_in_one_sheet_are_not_checked() -> None:
    second = ("所管課・室|公園課", YEARS, *TABLE)
    reading = kushiro(*HEAD, YEARS, *TABLE, "", *second)

    assert [missed.why.code for missed in reading.doubtful] == ["sheet-not-understood"]


def test_a_second_title_over_numbers_without_labels_is_a_lost_sheet() -> None:
    lost = [row.replace(row.split("|")[0], "不明") for row in (*TABLE, "所管課・室|公園課")]
    reading = kushiro(*HEAD, YEARS, *TABLE, "", HEAD[0], "", *lost)

    assert [missed.why.code for missed in reading.doubtful] == ["sheet-not-understood"]
    assert not kushiro(*HEAD, YEARS, *TABLE, "", HEAD[0]).doubtful


def test_a_sheet_without_a_figure_is_not_checked() -> None:
    reading = kushiro(*HEAD, "||前々年|前年|今年", *TABLE)

    assert [missed.sheet for missed in reading.doubtful] == [1]
    assert "worksheet 'S'" in reading.doubtful[0].why.en


def test_what_a_whole_book_lacks_is_one_remark() -> None:
    remarks = [
        label_missing(number, "population", "人口", Place(sheet=f"表{number}", cell="A1"))
        for number in range(1, 13)
    ]

    (remark,) = counted(remarks, 12)
    assert remark.sheet is None
    assert remark.detail is not None
    assert "12 sheets: worksheet '表1', worksheet '表2', worksheet '表3', …)" in remark.detail.en
    assert "全12シート：ワークシート「表1」、ワークシート「表2」" in remark.detail.ja
    assert counted(remarks, 13) == remarks
    assert counted(remarks[:9], 9) == remarks[:9]


@given(
    before=st.text(alphabet="令和㋿⺠人 \u3000\u200b①a", max_size=12),
    after=st.text(alphabet="1２,\u200b 人", max_size=8),
)
def test_what_stands_behind_a_key_is_cut_where_the_key_ends(before: str, after: str) -> None:
    text = before + after

    assert len(folded(text)) == len(text)
    assert key_of(behind(text, len(key_of(before)))) == key_of(after)


def tall(*boxes: tuple[int, int, int, str]) -> GridReading:
    """A sheet whose right half is of cells that span rows: row, column, rows, text."""
    place = Place(sheet="S", cell="A1")
    cells = [box.cell for box in grid_of([*HEAD, YEARS, *TABLE]).boxes]
    cells += [TextCell(row, column, text, place, rows=rows) for row, column, rows, text in boxes]
    return read_sheets(
        Grid.of(cells, lambda row, column: place), Labels(FORMS["kushiro"]), "book", 1
    )


def test_a_tall_text_is_not_lost_to_the_rows_beside_it() -> None:
    plan = "●対象は計56名とする。\n・研修を行う。"
    reading = tall(
        (2, 8, 1, "（1）年度当初計画"),
        (3, 8, 8, plan),
        (9, 1, 1, "市民一人あたりの費用"),
        (9, 4, 1, "52.5"),
        (10, 1, 1, "市民一人あたりの将来負担額"),
    )
    sheet = reading.sheets[0]

    assert sheet.planned == plan
    assert sheet.cost_per_capita is not None
    assert str(sheet.cost_per_capita.value) == "52.5"
    assert sheet.bond_burden_per_capita is not None
    assert sheet.bond_burden_per_capita.state == "blank"


def test_a_text_that_no_label_got_is_reported() -> None:
    reading = tall(
        (2, 8, 1, "（1）年度当初計画"), (9, 1, 1, "どの項目のものでもない文が続く。" * 4)
    )

    (remark,) = (
        remark for remark in reading.remarks if remark.detail and "this text" in remark.detail.en
    )
    assert remark.rule == "RD003"


def test_many_numbers_without_a_label_are_one_remark() -> None:
    rows = ["よその行||1|2|3", "ほかの行||4|5|6", "別の行||7|8|9"]
    reading = kushiro(*HEAD, YEARS, TABLE[0], *rows, *TABLE[1:])

    (remark,) = (remark for remark in reading.remarks if remark.rule == "RD003")
    assert remark.detail is not None
    assert "8 more" in remark.detail.en
    assert len(reading.unread) == 9
