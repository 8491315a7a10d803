"""How documents look: what the reader reads stands in the view where it was read, sizes are those
of a spreadsheet program, and no document makes a view too large.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.desk.views import viewed
from auditor.desk.views.model import PagesView, TextView
from auditor.desk.views.sizes import Columns
from auditor.desk.views.worksheet import DRAWN, LONGEST, MOST_CELLS
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Source, UnreadableDocument
from auditor.readers.workbook import WorkbookReader
from auditor.readers.workbook.extras import Widths
from auditor.readers.workbook.faces import Typeface
from auditor.records.addresses import parse_address
from auditor.records.figures import Figure
from auditor.records.model import Sheet
from auditor.testing.strategies import consistent_books
from tests.desk.foreign_fonts import pages_with
from tests.documents.either_kind import document_bytes
from tests.documents.workbook_writer import PlainCell, PlainWorksheet, workbook_bytes, worksheets_of
from tests.readers import hostile_pdfs
from tests.readers.test_workbook_hostile import HOSTILE, sheet_with
from tests.readers.test_workbook_over_cells import Shape, drawn
from tests.readers.test_workbook_properties import LAYOUTS

FORM = load().forms["kushiro"]
GOOD = Path(__file__).parents[1] / "documents" / "pdf" / "kushiro-solid.pdf"
openpyxl: Any = pytest.importorskip("openpyxl")


Shown = dict[str, Any]


def grid(data: bytes, name: str = "book.xlsx", worksheet: str | None = None) -> Shown:
    view = viewed(Source(name, data)).view(worksheet, "ja")
    assert view["kind"] == "grid"
    json.dumps(view)
    return cast(Shown, view)


def shown(view: Shown) -> Shown:
    worksheets: list[Shown] = view["worksheets"]
    (worksheet,) = [sheet for sheet in worksheets if not sheet.get("pending")]
    return worksheet


def texts(worksheet: Shown) -> dict[tuple[int, int], str]:
    return {(cell["r"], cell["c"]): cell.get("text", "") for cell in worksheet["cells"]}


def figures(sheet: Sheet) -> Iterator[Figure]:
    for name in ("population", "cost_per_capita", "bond_burden_per_capita"):
        if (figure := getattr(sheet, name)) is not None:
            yield figure
    for year in sheet.years.values():
        yield from year.funding.values()
        if year.total_cost is not None:
            yield year.total_cost


def check(worksheet: Shown) -> None:
    """What holds of every view of a worksheet."""
    columns, rows = worksheet["columns"], worksheet["rows"]
    assert len(worksheet["cells"]) <= MOST_CELLS
    assert len(rows) <= DRAWN.bottom
    assert len(columns) <= DRAWN.right
    assert all(0 <= size <= 2_000 for size in [*columns, *rows])
    places = [(cell["r"], cell["c"]) for cell in worksheet["cells"]]
    assert places == sorted(set(places))
    for cell in worksheet["cells"]:
        assert 1 <= cell["r"] <= len(rows)
        assert 1 <= cell["c"] <= len(columns)
        assert 0 <= cell["style"] < len(worksheet["styles"])
        assert len(cell.get("text", "")) <= LONGEST
    for top, left, bottom, right in worksheet["merges"]:
        assert top <= bottom <= len(rows)
        assert left <= right <= len(columns)
        inside = [at for at in places if top <= at[0] <= bottom and left <= at[1] <= right]
        assert set(inside) <= {(top, left)}


@given(data=st.data(), layout=LAYOUTS, kind=st.sampled_from(["xlsx", "xls"]))
@settings(max_examples=25)
def test_every_figure_that_is_read_stands_in_the_view(
    data: st.DataObject, layout: Any, kind: Any
) -> None:
    _, book = data.draw(consistent_books(FORM, sheets=(1, 2), kpis=(0, 0)))
    document = document_bytes(worksheets_of(book, FORM, layout), kind)
    source = Source(f"book.{kind}", document)
    views: dict[str, Shown] = {}
    for sheet in WorkbookReader().read(source, FORM).sheets:
        for figure in figures(sheet):
            place = figure.place
            assert place is None or place.sheet is not None
            if place is None or place.cell is None or place.sheet is None:
                continue
            if place.sheet not in views:
                view = grid(document, source.path, place.sheet)
                views[place.sheet] = shown(view)
            at = parse_address(place.cell)
            assert at is not None
            assert figure.printed.strip() in texts(views[place.sheet]).get(at, "")
    for worksheet in views.values():
        check(worksheet)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_with_its_reason_or_shown(name: str) -> None:
    make, code = HOSTILE[name]
    data = make()
    if code == "no-sheet":
        check(shown(grid(data)))
        return
    with pytest.raises(UnreadableDocument) as caught:
        grid(data)
    assert caught.value.code == code
    assert caught.value.message.ja


def test_a_far_cell_is_said_to_be_left_out() -> None:
    worksheet = shown(grid(sheet_with('<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>')))
    check(worksheet)
    assert "1,048,576行のうち5,000行目まで" in worksheet["more"]


def test_of_many_cells_the_first_rows_are_shown() -> None:
    cells = {(row, column): PlainCell(row) for row in range(1, 800) for column in range(1, 100)}
    worksheet = shown(grid(workbook_bytes([PlainWorksheet("多い", cells)])))
    check(worksheet)
    assert len(worksheet["rows"]) == MOST_CELLS // 99
    assert texts(worksheet)[600, 99] == "600"
    assert worksheet["more"]


def test_columns_and_merges_of_a_hostile_file_cost_little() -> None:
    merges = "".join(f'<mergeCell ref="A{row}:XFD{row}"/>' for row in range(1, 100))
    data = sheet_with(
        '<row r="1"><c r="A1"><v>1</v></c></row>', f"<mergeCells>{merges}</mergeCells>"
    )
    check(shown(grid(data)))
    worksheet = Widths()
    worksheet.columns = [(1, 16_384, 9.0)] * 20_000
    assert len(Columns(worksheet, Typeface()).upto(DRAWN.right)) == DRAWN.right


def test_a_long_text_is_cut() -> None:
    data = workbook_bytes([PlainWorksheet("長い", {(1, 1): PlainCell("長" * 30_000)})])
    assert len(texts(shown(grid(data)))[1, 1]) == LONGEST


def test_one_worksheet_is_shown_and_the_others_are_named() -> None:
    sheets = [PlainWorksheet(f"シート{n}", {(1, 1): PlainCell(n)}) for n in range(1, 4)]
    sheets[0].visibility = "hidden"
    view = grid(workbook_bytes(sheets))
    assert [sheet.get("pending", False) for sheet in view["worksheets"]] == [True, False, True]
    assert [sheet["hidden"] for sheet in view["worksheets"]] == [True, False, False]
    other = grid(workbook_bytes(sheets), worksheet="シート3")
    assert texts(shown(other))[1, 1] == "3"
    assert shown(grid(workbook_bytes(sheets), worksheet="ない"))["name"] == "シート2"


# --- looks


def made(change: Any) -> Shown:
    """The view of a workbook that openpyxl writes."""
    book = openpyxl.Workbook()
    change(book.active)
    out = BytesIO()
    book.save(out)
    return shown(grid(out.getvalue()))


def test_a_cell_looks_as_its_styles_say() -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    def change(sheet: Any) -> None:
        cell = sheet["B2"]
        cell.value = 1234.5
        cell.number_format = "#,##0"
        cell.font = Font(name="ＭＳ ゴシック", size=9, bold=True, color="FFCC0000", strike=True)
        cell.fill = PatternFill("solid", fgColor="FFEEDD00")
        cell.alignment = Alignment(horizontal="center", vertical="top", textRotation=90)
        cell.border = Border(
            left=Side("medium", "FF0000FF"), diagonal=Side("thin"), diagonalDown=True
        )
        sheet["C3"].border = Border(bottom=Side("double"))

    worksheet = made(change)
    check(worksheet)
    (cell,) = [cell for cell in worksheet["cells"] if cell.get("text")]
    assert (cell["r"], cell["c"], cell["text"], cell["fixed"]) == (2, 2, "1,235", True)
    assert worksheet["styles"][cell["style"]] == {
        "font": "ＭＳ ゴシック",
        "size": 12.0,
        "bold": True,
        "struck": True,
        "ink": "#cc0000",
        "fill": "#eedd00",
        "align": "center",
        "level": "top",
        "turned": 90,
        "left": {"width": 2, "line": "solid", "colour": "#0000ff"},
        "down": {"width": 1, "line": "solid", "colour": "#000000"},
    }
    (blank,) = [cell for cell in worksheet["cells"] if not cell.get("text")]
    assert (blank["r"], blank["c"]) == (3, 3)
    assert worksheet["styles"][blank["style"]]["bottom"]["line"] == "double"


def test_a_merged_area_has_the_lines_of_its_last_cells() -> None:
    from openpyxl.styles import Border, Side

    def change(sheet: Any) -> None:
        sheet["A1"] = "名"
        sheet.merge_cells("A1:C2")
        sheet["C1"].border = Border(right=Side("thick"))
        sheet["A2"].border = Border(bottom=Side("hair"))

    worksheet = made(change)
    (cell,) = worksheet["cells"]
    style = worksheet["styles"][cell["style"]]
    assert style["right"]["width"] == 3
    assert style["bottom"]["line"] == "dotted"
    assert worksheet["merges"] == [[1, 1, 2, 3]]


def test_whole_columns_and_rows_have_looks() -> None:
    from openpyxl.styles import PatternFill

    def change(sheet: Any) -> None:
        sheet["A1"], sheet["C4"] = "上", "下"
        sheet.column_dimensions["B"].fill = PatternFill("solid", fgColor="FF112233")

    worksheet = made(change)
    fills = {
        (cell["r"], cell["c"])
        for cell in worksheet["cells"]
        if worksheet["styles"][cell["style"]].get("fill") == "#112233"
    }
    assert fills == {(row, 2) for row in range(1, 5)}


def test_sizes_are_those_of_a_spreadsheet_program() -> None:
    def change(sheet: Any) -> None:
        sheet["A1"] = "値"
        sheet["E5"] = "一行目\n二行目\n三行目"
        sheet["E5"].alignment = openpyxl.styles.Alignment(wrap_text=True)
        sheet.column_dimensions["A"].width = 9.140625
        sheet.column_dimensions["B"].width = 20.7109375
        sheet.column_dimensions["C"].hidden = True
        sheet.row_dimensions[1].height = 30
        sheet.row_dimensions[2].hidden = True

    worksheet = made(change)
    assert worksheet["columns"] == [64, 145, 0, 64, 64]
    assert worksheet["rows"][:2] == [40, 0]
    assert worksheet["rows"][4] > 50


@pytest.mark.parametrize(
    ("font", "size", "pixels"),
    [("Calibri", 11, 64), ("ＭＳ Ｐゴシック", 11, 72), ("游ゴシック", 11, 72), ("Arial", 10, 64)],
)
def test_a_default_width_is_eight_digits_of_the_workbooks_font(
    font: str, size: float, pixels: int
) -> None:
    assert Columns(Widths(), Typeface(font, size)).upto(2) == [pixels, pixels]


def test_a_drawing_lies_where_it_is_anchored() -> None:
    (drawing,) = shown(grid(drawn(Shape(text="注意"), "C3")))["drawings"]
    assert drawing == {
        "kind": "box",
        "text": "注意",
        "x": 128.0,
        "y": 36.0,
        "width": pytest.approx(0.95 * 64),
        "height": pytest.approx(0.95 * 18, abs=0.01),
    }


# --- other kinds


def test_pages_have_sizes_and_pictures() -> None:
    image: Any = pytest.importorskip("PIL.Image")
    document = viewed(Source.open(GOOD))
    view = cast(PagesView, document.view(None, "ja"))
    assert view["kind"] == "pages"
    size = view["pages"][0]
    picture = document.picture(1, 400)
    assert picture.width == pytest.approx(400, abs=2)
    assert picture.height == pytest.approx(400 * size["height"] / size["width"], abs=2)
    opened = image.open(BytesIO(picture.data))
    opened.load()
    assert opened.size == (picture.width, picture.height)
    assert len(opened.getcolors(1 << 20)) > 2
    with pytest.raises(UnreadableDocument, match="no page"):
        document.picture(len(view["pages"]) + 1, 400)
    large = document.picture(1, 1 << 30)
    assert large.width * large.height <= 6_100_000
    document.close()


def test_a_picture_shows_what_pdfium_paints() -> None:
    image: Any = pytest.importorskip("PIL.Image")
    pypdfium2: Any = pytest.importorskip("pypdfium2")
    data = pages_with([("1,234 is the total", 30, 200)], font="Helvetica")
    picture = viewed(Source("a.pdf", data)).picture(1, 500)
    page = pypdfium2.PdfDocument(data)[0]
    expected = page.render(scale=500 / page.get_width()).to_pil().convert("RGB")
    assert image.open(BytesIO(picture.data)).tobytes() == expected.tobytes()
    # pdfium has such a font of its own.
    assert (list(picture.letters), picture.substitutes, picture.lacking) == ([], True, False)


def test_letters_of_fonts_that_the_file_lacks_come_beside_the_picture() -> None:
    image: Any = pytest.importorskip("PIL.Image")
    texts = [("予算 △1,234", 30, 300), ("隠れた額", 30, 200)]
    data = pages_with(texts, covers=[(20, 190, 200, 40)])
    picture = viewed(Source("a.pdf", data)).picture(1, 300)
    (letters,) = picture.letters
    assert (letters["text"], letters["size"], letters["angle"]) == ("予算 △1,234", 20, 0)
    assert letters["spots"][:6] == [30, 300, 20, 50, 300, 20]
    assert len(letters["spots"]) == 3 * len(letters["text"])
    assert (letters["family"], letters.get("serif"), letters.get("bold")) == (
        "HeiseiMin W3",
        True,
        None,
    )
    # Digits are not painted either, for pdfium's would look otherwise beside them.
    assert image.open(BytesIO(picture.data)).convert("L").getextrema() == (255, 255)


@given(st.integers(0, 3), st.sampled_from(["kushiro-solid", "kushiro-doubled", "kushiro-rotated"]))
@settings(max_examples=12)
def test_letters_are_those_that_are_read(number: int, name: str) -> None:
    """They say what the reader reads, each letter once, at the places of its figures."""
    source = Source.open(GOOD.with_name(f"{name}.pdf"))
    picture = viewed(source).picture(number + 1, 300)
    spoken = "".join(letters["text"] for letters in picture.letters)
    sheet = PdfReader().read(source, FORM).sheets[number]
    for column in sheet.years.values():
        for _, figure in column.figure_items():
            if figure.state == "number" and figure.place is not None and figure.place.box:
                assert figure.printed in spoken
                left, bottom, right, top = figure.place.box
                assert any(
                    left - 0.1 <= x <= right + 0.1 and bottom - 0.1 <= y <= top + 0.1
                    for letters in picture.letters
                    if figure.printed in letters["text"]
                    for x, y in [(letters["spots"][0], letters["spots"][1])]
                )
    assert (picture.substitutes, picture.lacking) == (True, False)


def test_a_page_whose_notes_have_texts_may_lack_letters() -> None:
    pypdfium2: Any = pytest.importorskip("pypdfium2")
    raw: Any = pytest.importorskip("pypdfium2.raw")
    document = pypdfium2.PdfDocument(pages_with([("予算", 30, 300)]))
    page = document[0]
    raw.FPDFPage_CloseAnnot(raw.FPDFPage_CreateAnnot(page.raw, raw.FPDF_ANNOT_FREETEXT))
    out = BytesIO()
    document.save(out)
    assert viewed(Source("a.pdf", out.getvalue())).picture(1, 300).lacking


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (GOOD.read_bytes()[:2_000], "truncated"),
        (b"%PDF-1.7\nnothing", "truncated"),
        (hostile_pdfs.encrypted(GOOD.read_bytes()), "encrypted"),
    ],
)
def test_a_pdf_that_is_refused_says_why(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        viewed(Source("book.pdf", data)).view(None, "ja")
    assert caught.value.code == code


def test_a_scan_is_shown() -> None:
    document = viewed(Source("scan.pdf", hostile_pdfs.scan()))
    assert document.view(None, "ja")["kind"] == "pages"
    assert document.picture(1, 100).data.startswith(b"\x89PNG")


def test_texts_have_lines() -> None:
    view = viewed(Source("t.txt", "一\r\n\r\n二\x0c三\r四".encode("cp932"))).view(None, "ja")
    assert cast(TextView, view)["lines"] == ["一", "", "二\x0c三", "四"]
    many = cast(TextView, viewed(Source("t.txt", b"a\n" * 60_000)).view(None, "en"))
    assert len(many["lines"]) == 50_000
    assert "60,001" in many["more"]


def test_rows_of_a_delimited_text_are_a_grid() -> None:
    text = '事業名,金額\n"長い\n名前",1\nB,"2,000"\n'
    worksheet = shown(grid(text.encode("cp932"), "list.csv"))
    check(worksheet)
    assert texts(worksheet) == {
        (1, 1): "事業名",
        (1, 2): "金額",
        (2, 1): "長い\n名前",
        (2, 2): "1",
        (3, 1): "B",
        (3, 2): "2,000",
    }
    assert worksheet["lines"] == [1, 2, 4]


@pytest.mark.parametrize(
    ("data", "code"), [(b"\x89PNG\r\n\x1a\n\0\0", "binary"), (b"\x81\xff\xa0", "encoding")]
)
def test_what_is_no_document_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        viewed(Source("x.dat", data))
    assert caught.value.code == code
