"""Printed tables of all kinds of rules and alignment: every figure is read right, or it is said
that it is not.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pypdfium2")
pytest.importorskip("reportlab")

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.pdf import PdfReader
from auditor.readers.pdf.cells import cells_of
from auditor.readers.pdf.pages import Character, Fill, Line, PrintedPage, Rectangle
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.records.figures import Figure
from auditor.records.model import Sheet
from auditor.testing.build import book
from tests.documents import make_pdfs
from tests.documents.workbook_writer import Layout

FORMS = load().forms
LAYOUTS = st.builds(
    Layout,
    unit=st.sampled_from(["label", "beside", "table", "none"]),
    numbers=st.just("text"),
    value_width=st.sampled_from([1, 2]),
    two_line_header=st.booleans(),
)
HOW = st.builds(
    make_pdfs.Print,
    borders=st.sampled_from(["thick", "white on fill", "fills", "across", "down", "none"]),
    ruled=st.sampled_from(["all", "tables"]),
    align=st.sampled_from(["right", "right", "left", "center"]),
    heads=st.sampled_from(["left", "center", "right"]),
    spacing=st.sampled_from([0.0, 0.0, 2.0]),
    yen=st.booleans(),
    page=st.just((1190.0, 2400.0)),
)


def figures_of(sheet: Sheet, form: Form) -> dict[str, Decimal | None]:
    """Every figure by its field and column."""
    figures: dict[str, Decimal | None] = {}

    def put(key: str, figure: Figure | None) -> None:
        figures[key] = figure.value if figure is not None else None

    for name in form.sheet_figures:
        put(name, sheet.figure(name))
    for year, of_year in sheet.years.items():
        for name in form.amounts:
            put(f"{name}@{year}", of_year.figure(name))
    return figures


def faults(sheets: tuple[Sheet, ...], reading: Reading, form: Form) -> list[str]:
    """The figures that are not read as they were printed, on sheets that own up to nothing."""
    silent: list[str] = []
    if reading.not_checked:
        return silent
    doubted = {remark.sheet for remark in reading.remarks}
    read = {sheet.name: sheet for sheet in reading.sheets}
    for sheet in sheets:
        copy = read.get(sheet.name)
        if copy is None:
            silent.append(sheet.name)
        elif copy.number not in doubted and None not in doubted:
            printed, known = figures_of(sheet, form), figures_of(copy, form)
            silent += [key for key, value in printed.items() if known.get(key) != value]
    return silent


@pytest.mark.parametrize("name", ["kushiro", "minato"])
@settings(max_examples=25)
@given(layout=LAYOUTS, how=HOW, seed=st.integers(0, 9_999))
def test_every_figure_is_right_or_it_is_said(
    name: str, layout: Layout, how: make_pdfs.Print, seed: int
) -> None:
    form = FORMS[name]
    printed = book(sheets=2, seed=seed, form=form, kpis=0)
    data = make_pdfs.printed(printed, form, layout, how)
    try:
        reading = PdfReader().read(Source("sheets.pdf", data), form)
    except UnreadableDocument:
        return

    assert faults(printed.sheets, reading, form) == []


@pytest.mark.parametrize("borders", ["thick", "white on fill", "fills"])
@pytest.mark.parametrize("seed", range(3))
def test_cells_of_coloured_and_of_thickly_ruled_tables_are_read(
    borders: make_pdfs.Borders, seed: int
) -> None:
    form = FORMS["kushiro"]
    printed = book(sheets=2, seed=seed, form=form, kpis=0)
    how = make_pdfs.Print(borders=borders, page=(1190.0, 2400.0))

    reading = PdfReader().read(
        Source("sheets.pdf", make_pdfs.printed(printed, form, Layout(numbers="text"), how)), form
    )

    assert reading.not_checked == reading.remarks == ()
    assert [figures_of(sheet, form) for sheet in reading.sheets] == [
        figures_of(sheet, form) for sheet in printed.sheets
    ]


def characters(text: str, left: float, base: float, width: float = 4.0) -> list[Character]:
    """A text set with characters of one width; spaces are gaps."""
    return [
        Character(c, left + width * i, base, left + width * (i + 1), 8.0)
        for i, c in enumerate(text)
    ]


def ruled(columns: list[float], rows: list[float], *texts: list[Character]) -> PrintedPage:
    return PrintedPage(
        1,
        across=[Line(v, columns[0], columns[-1]) for v in rows],
        down=[Line(u, rows[0], rows[-1]) for u in columns],
        characters=[character for text in texts for character in text],
    )


def texts(page: PrintedPage) -> list[str]:
    return [written.text for written in cells_of(page).written]


def test_evenly_spaced_digits_are_a_figure_where_its_thousands_prove_it() -> None:
    first, second = characters("6 , 3 5 4", 10, 5), characters("1 2", 80, 5)

    assert texts(ruled([0, 60, 120], [0, 20], first, second)) == ["6,354", "12"]
    assert texts(ruled([0, 60, 120], [0, 20], second)) == ["1 2"]


def test_digits_that_stick_out_return_to_their_figure() -> None:
    figures = characters("1 2 , 3 4 5 , 6 7 8", 42, 5), characters("1 , 2 3 4", 130, 5)

    assert texts(ruled([0, 60, 120, 180], [0, 20], *figures)) == ["12,345,678", "1,234"]


@pytest.mark.parametrize(("sign", "left"), [("△", 51), ("△", 56), ("△", 44), ("－", 56)])
def test_a_sign_over_the_border_belongs_to_its_figure(sign: str, left: float) -> None:
    page = ruled(
        [0, 60, 120],
        [0, 20],
        characters("39", 46, 5),
        characters(sign, left, 5, 8),
        characters("5,359", 90, 5),
    )
    if left == 44:
        page.characters = page.characters[2:]  # far from the border
    expected = ["39", f"{sign} 5,359"] if left != 44 else [sign, "5,359"]

    assert texts(page) == expected


def test_a_dash_is_no_sign_of_the_next_cell() -> None:
    page = ruled([0, 60, 120], [0, 20], characters("－", 51, 5, 8), characters("5,359", 90, 5))

    assert texts(page) == ["－", "5,359"]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("36,", "656"), "36,656"),
        (("12,3", "45"), "12,345"),
        (("1,234", "567"), "1,234\n567"),
        (("12", "345"), "12\n345"),
    ],
)
def test_a_broken_figure_is_whole_where_its_thousands_prove_it(
    lines: tuple[str, str], text: str
) -> None:
    page = ruled([0, 60], [0, 30], characters(lines[0], 10, 18), characters(lines[1], 10, 8))

    assert texts(page) == [text]


def boxed(*digits: tuple[int, str], dashed: bool = False) -> PrintedPage:
    """A heading over six narrow cells, and digits in some of them."""
    page = ruled([0, 60], [0, 12, 24], characters("決算", 2, 15, 8))
    page.down += [Line(10.0 * at, 0, 12, dashed) for at in range(1, 6)]
    for at, digit in digits:
        page.characters += characters(digit, 10.0 * at + 3, 3)
    return page


def test_digits_in_cells_of_their_own_are_a_figure() -> None:
    assert texts(boxed((2, "△"), (3, "4"), (4, "5"), (5, "6"))) == ["△456", "決算"]
    assert texts(boxed((5, "6"))) == ["6", "決算"]


def test_digits_in_cells_with_a_gap_are_none() -> None:
    assert "46" not in texts(boxed((3, "4"), (5, "6")))
    assert "45" not in texts(boxed((3, "4"), (4, "5")))


def test_coloured_cells_beside_each_other_are_cells() -> None:
    page = ruled([], [])
    page.fills = [
        Fill(number, Rectangle(40.0 * number, 0, 40.0 * number + 38, 20)) for number in range(3)
    ]
    page.characters = [*characters("12", 10, 5), *characters("34", 50, 5)]

    written = cells_of(page).written

    assert [(text.text, text.cell is not None) for text in written] == [("12", True), ("34", True)]


def unruled(headings: str, *rows: tuple[str, float, float]) -> PrintedPage:
    """Years at 100, 160 and 220, and texts with the right edge and the height of each."""
    page = PrintedPage(1)
    for number, heading in enumerate(headings.split()):
        page.characters += characters(heading, 100 + 60.0 * number, 100, 6)
    for text, right, base in rows:
        page.characters += characters(text, right - 4.0 * len(text), base)
    return page


YEARS = "令和4年度 令和5年度 令和6年度"


def test_short_figures_stand_in_the_column_of_those_they_are_aligned_with() -> None:
    page = unruled(YEARS, ("12,345,678", 150, 80), ("5", 150, 70), ("7", 210, 70))

    columns = {written.text: written.area for written in cells_of(page).written}

    assert columns["5"].left == columns["12,345,678"].left == columns["令和4年度"].left
    assert columns["7"].left == columns["令和5年度"].left


def test_figures_that_may_belong_to_two_columns_are_refused() -> None:
    page = unruled(YEARS, ("123,456,789,123,456", 190, 80), ("5", 100, 70))

    cells = cells_of(page)

    assert cells.unclear
    assert all(written.band is None for written in cells.written)
