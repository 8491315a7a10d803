"""The view of a document in a browser: it looks as the document does, only what is in sight is
drawn, marks are told by their frames and by words, and texts stay texts.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from auditor.desk.views import viewed
from auditor.readers.source import Source
from tests.desk.bare_sheet import BareSheet
from tests.desk.foreign_fonts import HIGH, WIDE, pages_with
from tests.documents.workbook_writer import PlainCell, PlainWorksheet, workbook_bytes

pytestmark = pytest.mark.xdist_group("browser")  # one browser for all of these

GOOD = Path(__file__).parents[1] / "documents" / "pdf" / "kushiro-solid.pdf"
EVIL = '<img src="http://evil.test/" onerror="document.title=1"><script>document.title=2</script>'
Open = Callable[..., BareSheet]


@pytest.fixture
def open_sheet(browser: Browser) -> Iterator[Open]:
    """Opens a page with a view; at the end nothing may have been complained of."""
    opened: list[BareSheet] = []

    def open_page(
        data: bytes | None = None, name: str = "book.xlsx", lang: str = "ja"
    ) -> BareSheet:
        document = None if data is None else viewed(Source(name, data))
        opened.append(BareSheet(browser, document, lang))
        return opened[-1]

    yield open_page
    for sheet in opened:
        sheet.page.close()
        assert sheet.complaints == []


def table(name: str = "表", rows: int = 3, columns: int = 3) -> PlainWorksheet:
    places = ((row, column) for row in range(1, rows + 1) for column in range(1, columns + 1))
    return PlainWorksheet(name, {at: PlainCell(at[0] * 1000 + at[1]) for at in places})


def mark(entry: str, cell: str, kind: str, sheet: str = "表", **more: Any) -> dict[str, Any]:
    spot = {"entry": entry, "document": "book.xlsx", "sheet": sheet, "cell": cell, "mark": kind}
    return {**spot, "label": f"欄{cell}", **more}


# --- workbooks


def test_cells_stand_where_their_columns_and_rows_are(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table()]))
    sheet.show()
    assert sheet.texts(".sheet-text") == [str(r * 1000 + c) for r in (1, 2, 3) for c in (1, 2, 3)]
    left, top, width, height = sheet.box(".sheet-tile:last-child .sheet-text:nth-child(5)")
    assert (left, top, width, height) == (64, 18, 64, 18)
    assert sheet.texts(".sheet-letters .sheet-head") == ["A", "B", "C"]
    sheet.page.evaluate("window.sheet.zoom(2)")
    assert sheet.box(".sheet-text:nth-child(5)") == (128, 36, 128, 36)


def test_a_wide_worksheet_fits_the_width(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table(columns=30)]))
    sheet.show()
    sheet.page.evaluate("window.sheet.zoom('width')")
    factor = sheet.page.evaluate("window.sheet.zoomed")
    assert 900 < factor * 30 * 64 + 46 <= 1000


def test_a_cell_is_drawn_with_its_style(open_sheet: Open) -> None:
    openpyxl: Any = pytest.importorskip("openpyxl")
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    book = openpyxl.Workbook()
    cell = book.active["B2"]
    cell.value = "題名"
    cell.font = Font(name="Arial", size=18, bold=True, color="FF0000FF")
    cell.fill = PatternFill("solid", fgColor="FFFFEE00")
    cell.alignment = Alignment(horizontal="center")
    cell.border = Border(bottom=Side("double", "FFFF0000"))
    book.active.merge_cells("B2:D3")
    book.active["A5"] = "とても長い題名が隣の空いた欄にはみ出します"
    out = BytesIO()
    book.save(out)
    sheet = open_sheet(out.getvalue())
    sheet.show()
    css: list[str] = sheet.page.evaluate(
        """() => {
          const text = getComputedStyle(document.querySelector(".sheet-text"));
          const lines = getComputedStyle(document.querySelector(".sheet-lines"));
          const fill = getComputedStyle(document.querySelector(".sheet-fill"));
          return [text.fontSize, text.fontWeight, text.color, text.justifyContent,
                  lines.borderBottomStyle, lines.borderBottomColor, fill.backgroundColor];
        }"""
    )
    assert css[:4] == ["24px", "700", "rgb(0, 0, 255)", "center"]
    assert css[4:] == ["double", "rgb(255, 0, 0)", "rgb(255, 238, 0)"]
    assert sheet.box(".sheet-fill")[2] == 3 * 64 + 1
    assert sheet.box(".sheet-text:last-child")[2] > 3 * 64


def test_of_a_large_worksheet_only_what_is_in_sight_is_drawn(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table(rows=5_000, columns=4)]))
    sheet.show()
    assert sheet.count("*") < 3_000
    assert "1001" in sheet.texts(".sheet-text")
    sheet.page.evaluate("document.querySelector('.sheet-scroll').scrollTop = 80000")
    sheet.page.wait_for_function(
        "() => [...document.querySelectorAll('.sheet-text')].some((e) => e.textContent === '4460001')"
    )
    assert "1001" not in sheet.texts(".sheet-text")
    assert "4460" in sheet.texts(".sheet-numbers .sheet-head")
    assert sheet.count("*") < 3_000


def test_two_hundred_and_fifty_worksheets_are_opened_one_by_one(open_sheet: Open) -> None:
    sheets = [table(f"シート{number}", rows=2, columns=2) for number in range(250)]
    sheet = open_sheet(workbook_bytes(sheets))
    sheet.show(marks=[mark("e9", "B2", "likeliest", "シート200")])
    assert sheet.count("[role=tab]") == 250
    assert sheet.worksheets == []
    sheet.select("e9")
    assert sheet.worksheets == ["シート200"]
    assert sheet.texts("[role=tab][aria-selected=true]") == ["シート200"]
    assert sheet.focused() == "セルB2、2002、誤りとみられる欄 欄B2"
    sheet.page.locator("[role=tab]").nth(3).click()
    sheet.page.keyboard.press("ArrowRight")
    sheet.page.wait_for_function(
        "() => document.querySelector('[aria-selected=true]').textContent === 'シート4'"
    )
    sheet.select("e9")
    assert sheet.worksheets == ["シート200", "シート3", "シート4"]


def test_marks_are_told_by_frames_and_words(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table()]))
    marks = [
        mark("e1", "B2", "likeliest", value="9,999", number="①"),
        mark("e1", "A2", "partner"),
        mark("e2", "B2", "candidate", number="②", computed="7"),
        mark("e2", "C2", "follows"),
    ]
    spot = {"document": "book.xlsx", "sheet": "表", "cell": "C3"}
    sheet.show(marks=marks, unread=[{"text": "3003", "spot": spot}])
    frames: list[list[str]] = sheet.page.evaluate(
        """() => [...document.querySelectorAll(".sheet-mark")].map((mark) => [
          mark.className.match(/sheet-mark-([a-z]+)/)[1], getComputedStyle(mark).outlineStyle])"""
    )
    kinds = [["likeliest", "solid"], ["partner", "dashed"], ["follows", "dotted"]]
    assert frames == [*kinds, ["unread", "solid"]]
    assert sheet.count(".sheet-mark-value") == 0

    sheet.select("e1")
    assert sheet.texts(".sheet-mark-value") == ["→ 9,999"]
    assert sheet.focused() == (
        "セルB2、2002、誤りとみられる欄 ① 欄B2 計算上の値 9,999、ほかの訂正候補 ② 欄B2 計算上の値 7"
    )
    sheet.select("e2")
    assert sheet.count(".sheet-mark-chosen.sheet-mark-candidate") == 1
    assert sheet.texts(".sheet-mark-number") == ["②", "？"]
    sheet.page.locator(".sheet-mark-candidate").click()
    sheet.page.locator(".sheet-mark-follows").press("Enter")
    assert sheet.page.evaluate("window.picked") == ["e1", "e2"]
    names = sheet.page.locator(".sheet-mark-unread").get_attribute("aria-label")
    assert names == "セルC3、3003、読み取れなかった数値"


def test_each_of_several_wrong_places_has_its_value(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table()]))
    marks = [
        mark("e1", "A1", "likeliest", value="1", computed="1"),
        mark("e1", "C3", "likeliest", value="1", computed="3"),
    ]
    sheet.show(marks=marks, selected="e1")
    assert sheet.texts(".sheet-mark-value") == ["→ 1", "→ 3"]


def test_a_mark_in_a_merged_area_frames_all_of_it(open_sheet: Open) -> None:
    worksheet = PlainWorksheet("表")
    worksheet.put(1, 1, 5, columns=2, rows=2)
    sheet = open_sheet(workbook_bytes([worksheet]))
    sheet.show(marks=[mark("e1", "B2", "likeliest")])
    assert sheet.box(".sheet-mark") == (-1, -1, 129, 37)


def test_a_mark_under_the_mouse_hides_nothing(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table()]))
    sheet.show(marks=[mark("e1", "B2", "likeliest")])
    sheet.page.locator(".sheet-mark").hover()
    look: list[str] = sheet.page.evaluate(
        """() => {
          const css = getComputedStyle(document.querySelector(".sheet-mark"));
          return [css.backgroundColor, css.borderTopWidth, css.padding];
        }"""
    )
    assert look == ["rgba(214, 48, 32, 0.16)", "0px", "0px"]


def test_a_place_that_is_not_shown_is_named(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table()]))
    sheet.show(marks=[mark("e1", "Z99", "likeliest")])
    sheet.select("e1")
    assert sheet.texts(".sheet-status") == ["セルZ99は、表示している範囲の外にあります。"]
    sheet.page.evaluate("window.sheet.setLang('en')")
    sheet.select("e1")
    assert sheet.texts(".sheet-status") == ["Cell Z99 lies outside of what is shown."]


@pytest.mark.parametrize("name", ["book.xlsx", "list.csv", "book.txt"])
def test_what_a_document_says_is_never_markup(open_sheet: Open, name: str) -> None:
    worksheet = PlainWorksheet(EVIL[:31], {(1, 1): PlainCell(EVIL), (2, 1): PlainCell("値")})
    data = {
        "book.xlsx": workbook_bytes([worksheet]),
        "list.csv": f'"{EVIL.replace(chr(34), chr(34) * 2)}",1\n値,2\n'.encode(),
        "book.txt": f"{EVIL}\n値\n".encode(),
    }[name]
    sheet = open_sheet(data, name)
    evil = {"mark": "likeliest", "label": EVIL, "value": EVIL, "entry": EVIL, "document": name}
    place = {"book.xlsx": {"cell": "A1", "sheet": EVIL[:31]}}.get(name, {"line": 1})
    sheet.show(marks=[{**evil, **place}], unread=[{"text": EVIL, "spot": place}])
    sheet.select(EVIL)
    assert EVIL in " ".join(sheet.texts(".sheet-text, .sheet-line-text"))
    assert sheet.page.title() == "表示"
    assert sheet.count("#view img, #view script") == 0


def test_a_worksheet_that_cannot_be_fetched_says_so(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table("一"), table("二")]))
    sheet.show()
    sheet.page.evaluate(
        "() => { window.askWorksheet = () => Promise.reject({ ja: '壊れています', en: 'broken' }); }"
    )
    sheet.page.locator("[role=tab]").nth(1).click()
    sheet.page.wait_for_function("() => document.querySelector('.sheet-status').textContent !== ''")
    assert sheet.texts(".sheet-status") == ["表示できません。 壊れています"]


def test_on_paper_all_of_a_worksheet_is_there(open_sheet: Open) -> None:
    pypdfium2: Any = pytest.importorskip("pypdfium2")
    sheet = open_sheet(workbook_bytes([table(rows=200, columns=8)]))
    sheet.show()
    document = pypdfium2.PdfDocument(sheet.page.pdf(format="A4"))
    pages = [page.get_textpage().get_text_bounded() for page in document]
    assert "1001" in pages[0]
    assert "200008" in pages[-1]
    assert len(pages) > 2
    assert "200008" not in sheet.texts(".sheet-text")


# --- pages and lines


def test_on_paper_the_pages_in_sight_are_there_with_their_marks(open_sheet: Open) -> None:
    pypdfium2: Any = pytest.importorskip("pypdfium2")
    sheet = open_sheet(GOOD.read_bytes(), "book.pdf")
    box = [100, 500, 200, 520]
    mark = {"entry": "e", "severity": "error", "mark": "likeliest", "page": 2, "box": box}
    sheet.show(None, marks=[{"document": "book.pdf", **mark}], selected="e")
    sheet.page.evaluate("window.sheet.zoom(2.5)")  # wider than the paper
    sheet.select("e")
    sheet.page.evaluate("window.sheet.readyToPrint()")
    before = sheet.box(".sheet-mark"), sheet.page.evaluate("window.sheet.zoomed")
    document = pypdfium2.PdfDocument(sheet.page.pdf(format="A4", print_background=True))
    assert len(document) == 1
    picture = document[0].render(scale=2).to_pil().convert("RGB")
    texts = document[0].get_textpage().get_text_bounded()
    assert "画面に表示していたページだけを印刷しています" in texts
    assert "2ページ" in texts
    assert "1ページ" not in texts
    counts: dict[Any, int] = {colour: n for n, colour in picture.getcolors(1 << 24) or ()}
    red = sum(n for (r, g, b), n in counts.items() if r > 110 and max(g, b) < 40)
    assert red > 500  # the mark
    assert sum(n for colour, n in counts.items() if max(colour) < 90) > 2_000  # what is written
    assert (sheet.box(".sheet-mark"), sheet.page.evaluate("window.sheet.zoomed")) == before
    assert sheet.count(".sheet-page[hidden]") == 0


def test_pictures_are_fetched_when_pages_come_into_sight(open_sheet: Open) -> None:
    sheet = open_sheet(GOOD.read_bytes(), "book.pdf")
    sheet.show()
    sheet.page.wait_for_selector(".sheet-picture:not([hidden])")
    count = sheet.count(".sheet-page")
    assert {number for number, _ in sheet.pages} <= {1, 2}
    sheet.page.locator(".sheet-page").nth(count - 1).scroll_into_view_if_needed()
    sheet.page.wait_for_function(
        "() => !document.querySelector('.sheet-page:last-child .sheet-picture').hidden"
    )
    assert count in {number for number, _ in sheet.pages}
    sheet.page.evaluate("window.sheet.zoom(2)")
    sheet.page.wait_for_timeout(600)
    assert max(width for _, width in sheet.pages) > 1_500


def ink_on(sheet: BareSheet) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in points, of all that is dark on the picture of a page."""
    image: Any = pytest.importorskip("PIL.Image")
    sheet.page.wait_for_selector(".sheet-picture:not([hidden])")
    sheet.page.wait_for_timeout(200)
    drawn: str = sheet.page.evaluate(
        """() => {
          const picture = document.querySelector(".sheet-picture");
          const { naturalWidth: width, naturalHeight: height } = picture;
          const canvas = Object.assign(document.createElement("canvas"), { width, height });
          canvas.getContext("2d").drawImage(picture, 0, 0);
          return canvas.toDataURL("image/png");
        }"""
    )
    seen = image.open(BytesIO(base64.b64decode(drawn.partition(",")[2]))).convert("L")
    left, top, right, bottom = seen.point([255] * 128 + [0] * 128).getbbox()
    return 0.75 * left, 0.75 * top, 0.75 * right, 0.75 * bottom


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_letters_that_the_file_lacks_are_written_where_they_stand(
    open_sheet: Open, turns: int
) -> None:
    data = pages_with([("予算額", 60, 300)], turns=turns)
    sheet = open_sheet(data, "book.pdf")
    sheet.show()
    ink = ink_on(sheet)
    assert sheet.texts(".sheet-page-note")[0].startswith("このページの文字には")
    # From the left 60 points in, 300 above the lower edge, 60 wide and nearly 20 high.
    expected = {
        0: (60, HIGH - 318, 120, HIGH - 297),
        1: (297, 60, 318, 120),
        2: (WIDE - 120, 297, WIDE - 60, 318),
        3: (HIGH - 318, WIDE - 120, HIGH - 297, WIDE - 60),
    }[turns]
    assert ink == pytest.approx(expected, abs=3)


def test_letters_have_the_room_that_the_page_gives_them(open_sheet: Open) -> None:
    """A font with wider letters does not run into what stands beside it."""
    sheet = open_sheet(pages_with([("一1234567890", 30, 300), ("一二", 30, 200)]), "book.pdf")
    sheet.show()
    assert ink_on(sheet)[2] <= 30 + 20 + 10 * 10 + 2


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_box_lies_on_the_page_as_it_is_turned(open_sheet: Open, turns: int) -> None:
    pypdfium2: Any = pytest.importorskip("pypdfium2")
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(300, 400)
    page.set_mediabox(50, 20, 350, 420)
    page.set_rotation(90 * turns)
    out = BytesIO()
    document.save(out)
    sheet = open_sheet(out.getvalue(), "book.pdf")
    spot = {"entry": "e", "page": 1, "box": [80, 30, 140, 50], "mark": "likeliest", "label": "欄"}
    sheet.show(marks=[spot])
    sheet.page.wait_for_selector(".sheet-picture:not([hidden])")
    sheet.page.wait_for_timeout(100)
    left, top, width, height = (part * 0.75 for part in sheet.box(".sheet-mark"))
    # From the left 30 points in, 10 above the lower edge, 60 wide and 20 high.
    upright = {0: (30, 370), 1: (10, 30), 2: (210, 10), 3: (370, 210)}[turns]
    assert (left, top) == pytest.approx(upright, abs=4)
    expected = (60, 20) if turns % 2 == 0 else (20, 60)
    assert (width, height) == pytest.approx(expected, abs=6)


def test_a_line_of_a_text_is_marked(open_sheet: Open) -> None:
    text = "\n".join(f"行{number}" for number in range(1, 5_001))
    sheet = open_sheet(text.encode(), "book.txt")
    spot = {"entry": "e", "line": 4_321, "mark": "likeliest", "label": "総額", "value": "5"}
    sheet.show(marks=[spot])
    assert sheet.count(".sheet-line") < 1_500
    sheet.select("e")
    assert sheet.focused() == "4321行目、行4321、誤りとみられる欄 総額 計算上の値 5"
    assert sheet.texts(".sheet-line-likeliest .sheet-line-text") == ["行4321"]
    sheet.page.keyboard.press("Enter")
    assert sheet.page.evaluate("window.picked") == ["e"]


def test_a_row_of_a_delimited_text_is_marked_by_its_line(open_sheet: Open) -> None:
    text = '事業名,金額\n"長い\n名前",1\nB,"2,000"\n'
    sheet = open_sheet(text.encode(), "list.csv")
    cell = {"entry": "e", "line": 4, "cell": "B", "mark": "likeliest", "label": "金額"}
    row = {"entry": "f", "line": 2, "mark": "partner", "label": "行"}
    sheet.show(marks=[cell, row])
    names = [
        button.get_attribute("aria-label") for button in sheet.page.locator(".sheet-mark").all()
    ]
    assert names == [
        "4行目、2,000、誤りとみられる欄 金額",
        "2行目、長い\n名前、照らし合わせた欄 行",
    ]


def test_every_word_is_there_in_both_languages(open_sheet: Open) -> None:
    sheet = open_sheet()
    assert sheet.page.evaluate("window.words.wordsMissing()") == []


def test_nothing_is_shown_of_no_view(open_sheet: Open) -> None:
    sheet = open_sheet(workbook_bytes([table()]))
    sheet.show()
    sheet.page.evaluate("window.sheet.show(null)")
    assert sheet.count(".sheet-scroll, .sheet-tab") == 0
    sheet.page.evaluate("window.sheet.destroy()")
    assert sheet.count("#view *") == 0
