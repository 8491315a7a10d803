"""Each text of a record has the place where it was read, as figures have theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.readers.grid.cells import Box, TextCell, enclosing_place
from auditor.readers.source import Source
from auditor.readers.text.reader import SheetTextReader
from auditor.records.figures import Place
from auditor.records.model import Book, Evaluation, Kpi, Sheet
from auditor.testing import book as built
from tests.documents.folder.making import made, written
from tests.documents.text_writer import BlockOrder, sheet_text

FORM: Final = load().forms["kushiro"]
PAGES: Final = Path(__file__).parents[1] / "documents" / "pdf"
ORDERS: Final[tuple[BlockOrder, ...]] = ("values_first", "texts_first")
TEXTS: Final[Mapping[type, tuple[str, ...]]] = {
    Sheet: ("name", "department", "category", "plans", "purpose", "planned", "achieved"),
    Evaluation: ("issues", "direction"),
    Kpi: ("project", "department", "name", "unit", "summary", "declared_achieved"),
}


def records_of(books: tuple[Book, ...]) -> Iterator[Sheet | Evaluation | Kpi]:
    for book in books:
        for sheet in book.sheets:
            yield sheet
            yield from sheet.evaluations.values()
        yield from book.kpis


def texts_of(record: Sheet | Evaluation | Kpi) -> Iterator[tuple[str, str]]:
    """The texts of a record that are not empty, and the fields in which they are."""
    for name in TEXTS[type(record)]:
        value = getattr(record, name)
        if text := value[0] if isinstance(value, tuple) and value else value:
            yield name, str(text)


def plain(text: str) -> str:
    return "".join(text.split())


def test_a_text_of_a_workbook_stands_in_its_cell(tmp_path: Path) -> None:
    folder = made(5, books=6, sheets=12, kinds=())
    written(folder.clean, tmp_path)
    sheets = {
        sheet.title: sheet
        for data in folder.clean.values()
        for sheet in openpyxl.load_workbook(BytesIO(data))
    }
    words = {"achieved": "達成", "missed": "未達成"}
    texts = 0
    for record in records_of(auditor.read_books([tmp_path])):
        for name, text in texts_of(record):
            place = record.places[name]
            assert place.sheet is not None
            held = plain(str(sheets[place.sheet][place.cell].value))
            assert plain(words.get(text, text).splitlines()[0]) in held or held in plain(text)
            texts += 1
    assert texts > 100


@pytest.mark.parametrize("order", ORDERS)
def test_a_text_of_extracted_text_stands_on_its_line(order: BlockOrder) -> None:
    (sheet,) = built(1, 7, FORM).sheets
    text = sheet_text(sheet, FORM, order)
    lines = text.splitlines()
    reading = SheetTextReader().read(Source("a.txt", text.encode()), FORM)
    record = reading.sheets[0]
    for part in (record, *record.evaluations.values()):
        for name, words in texts_of(part):
            place = part.places[name]
            assert place.line is not None
            assert plain(words.splitlines()[0])[:5] in plain(lines[place.line - 1])


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.pdf")), ids=lambda path: path.stem)
def test_a_text_of_a_page_has_a_box_there(path: Path) -> None:
    for record in records_of(auditor.read_books([path])):
        for name, _ in texts_of(record):
            place = record.places[name]
            assert place.page is not None
            assert place.box is not None
            left, top, right, bottom = place.box
            assert left < right
            assert top < bottom


CORNERS: Final = st.tuples(*[st.floats(0, 800)] * 4)


@given(st.lists(CORNERS, min_size=1, max_size=6))
def test_boxes_of_a_text_lie_in_its_place(corners: list[tuple[float, float, float, float]]) -> None:
    boxes = [
        Box(TextCell(1, number, "x", Place(page=1, box=box))) for number, box in enumerate(corners)
    ]
    whole = enclosing_place(boxes).box
    assert whole is not None
    for box in corners:
        assert whole[0] <= box[0]
        assert whole[1] <= box[1]
        assert whole[2] >= box[2]
        assert whole[3] >= box[3]


def test_a_finding_about_a_text_points_at_its_cell(tmp_path: Path) -> None:
    """Whatever text the filler is left in."""
    folder = made(7, books=4, sheets=8, kinds=("filler",) * 6)
    written(folder.faulty, tmp_path)
    report = auditor.audit(auditor.read_books([tmp_path]))
    findings = [finding for finding in report.findings if finding.rule == "TXT001"]
    assert findings
    for finding in findings:
        data = folder.faulty[Path(finding.document).name]
        book = openpyxl.load_workbook(BytesIO(data))
        for cell in finding.cells:
            assert cell.place is not None
            assert cell.place.sheet is not None
            assert "あああ" in str(book[cell.place.sheet][cell.place.cell].value)
