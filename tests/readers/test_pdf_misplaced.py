"""A figure that stands between rows or in a heading, and marks in tables without rules: what the
reader can't place is unread and reported, and no rule accuses anybody of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
sys.path.append(str(Path(__file__).resolve().parents[1] / "documents"))

import make_pdfs
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Reading, Source
from auditor.records.figures import parse_figure
from auditor.records.model import Book, Sheet
from auditor.testing.build import book
from tests.documents.workbook_writer import Layout, worksheets_of

FORMS: Final = load().forms
RULES: Final = load().rules
WIDE: Final = 1190.0, 842.0
TEXT: Final = Layout(numbers="text")
Key = tuple[str, str | None]
Alteration = Callable[[Canvas, str, float, float, float], None]


def values(sheet: Sheet) -> dict[Key, object]:
    figures: dict[Key, object] = {(name, None): f.value for name, f in sheet.figure_items()}
    for year, column in sheet.years.items():
        figures |= {(name, year): figure.value for name, figure in column.figure_items()}
    return figures


def printed(
    made: Book, how: make_pdfs.Print, target: str = "", alter: Alteration | None = None
) -> bytes:
    """A book's sheets, on which the figure printed as ``target`` is drawn by ``alter``."""

    class Altered(make_pdfs.Drawing):
        def string(self, line: str, x: float, y: float) -> None:
            if alter is None or line != target:
                super().string(line, x, y)
                return
            self.canvas.saveState()
            alter(self.canvas, line, x, y, self.canvas._fontsize)
            self.canvas.restoreState()

    return make_pdfs.drawn(worksheets_of(made, FORMS[made.form], TEXT), how, Altered)


def read(data: bytes, form: str) -> Reading:
    return PdfReader().read(Source("sheets.pdf", data), FORMS[form])


def audited(data: bytes, form: str, folder: Path) -> tuple[Report, list[Sheet]]:
    path = folder / "sheets.pdf"
    path.write_bytes(data)
    result = read_documents([path], forms=FORMS, readers=(PdfReader(),), form=form)
    report = audit(result.books, RULES, FORMS, AuditOptions(not_checked=result.not_checked))
    return report, [sheet for made in result.books for sheet in made.sheets]


def accusing(report: Report, cells: set[Key]) -> list[str]:
    """The rules, but those of the reading, whose errors rest on one of these cells."""
    return [
        finding.rule
        for finding in report.findings
        if finding.severity == "error"
        and not finding.rule.startswith("RD")
        and any((cell.field, cell.year) in cells for cell in finding.cells)
    ]


def single(made: Book, data: st.DataObject) -> tuple[Key, str]:
    """A figure that is printed once on a book's only sheet."""
    sheet = made.sheets[0]
    figures = {(name, None): figure for name, figure in sheet.figure_items()}
    for year, column in sheet.years.items():
        figures |= {(name, year): figure for name, figure in column.figure_items()}
    prints = [figure.printed for figure in figures.values()]
    texts = str(sheet.model_dump())
    keys = [
        key
        for key, figure in figures.items()
        if figure.state == "number" and prints.count(figure.printed) == 1
    ]
    key = data.draw(st.sampled_from(keys))
    assume(texts.count(f"'{figures[key].printed}'") == 1)
    return key, figures[key].printed


# — alterations: the canvas, the print, its place and its size —


def between_rows(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y + 0.875 * size, line)


def turned(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.translate(x + size, y)
    canvas.rotate(90)
    canvas.drawString(0, 0, line)


def struck(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    canvas.line(x, y + 0.33 * size, x + canvas.stringWidth(line), y + 0.33 * size)


def as_picture(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (80, 40), "white")
    ImageDraw.Draw(picture).text((4, 4), line, fill="black")
    canvas.drawImage(ImageReader(picture), x, y, 3 * size, size)


def blackened(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.rect(x, y - 0.2 * size, canvas.stringWidth(line), size, stroke=0, fill=1)


def as_outlines(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    path = canvas.beginPath()
    for number in range(len(line)):
        left = x + 0.5 * number * size
        path.moveTo(left, y)
        path.curveTo(left + size, y, left + size, y + 0.7 * size, left, y + 0.7 * size)
    canvas.drawPath(path, stroke=0, fill=1)


UNPLACED: Final[dict[str, Alteration]] = {
    "between rows": between_rows,
    "turned": turned,
    "struck": struck,
    "picture": as_picture,
    "blackened": blackened,
    "outlines": as_outlines,
}


@pytest.mark.parametrize("borders", ["solid", "across", "none"])
@pytest.mark.parametrize("name", UNPLACED)
@settings(max_examples=3)
@given(seed=st.integers(0, 9_999), data=st.data())
def test_what_can_not_be_placed_is_unread_and_accuses_nobody(
    name: str,
    borders: make_pdfs.Borders,
    seed: int,
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = book(sheets=1, seed=seed, form=FORMS["kushiro"], kpis=0)
    key, target = single(made, data)
    pages = printed(made, make_pdfs.Print(borders=borders, page=WIDE), target, UNPLACED[name])

    report, sheets = audited(pages, "kushiro", tmp_path_factory.mktemp("page"))

    assert not sheets or values(sheets[0])[key] is None
    assert report.not_checked or any(finding.rule.startswith("RD") for finding in report.findings)
    assert not accusing(report, {key})


@settings(max_examples=6)
@given(seed=st.integers(0, 9_999), data=st.data())
def test_a_digit_that_is_clipped_away_is_not_seen_by_its_neighbour(
    seed: int, data: st.DataObject
) -> None:
    made = book(sheets=1, seed=seed, form=FORMS["kushiro"], kpis=0)
    key, target = single(made, data)
    assume(len(target) > 2 and "△" not in target)

    def without_first(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
        path = canvas.beginPath()
        path.rect(x + canvas.stringWidth(line[0]), y - size, 200, 3 * size)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.drawString(x, y, line)

    (sheet,) = read(
        printed(made, make_pdfs.Print(page=WIDE), target, without_first), "kushiro"
    ).sheets

    assert values(sheet)[key] in (None, parse_figure(target[1:].lstrip(",")).value)


@pytest.mark.parametrize("name", ["kushiro", "minato", "hamabe"])
@pytest.mark.parametrize("borders", ["solid", "none"])
def test_a_clean_sheet_of_each_form_has_no_finding(
    name: str, borders: make_pdfs.Borders, tmp_path: Path
) -> None:
    made = book(sheets=1, seed=3, form=FORMS[name], kpis=0)
    data = printed(made, make_pdfs.Print(borders=borders, page=WIDE, align="left"))

    report, sheets = audited(data, name, tmp_path)

    assert [values(sheet) for sheet in sheets] == [values(sheet) for sheet in made.sheets]
    assert report.findings == report.not_checked == ()


def _over(data: bytes, draw: Callable[[Canvas], None], *, before: bool = False) -> bytes:
    """A PDF with something drawn on each page."""
    import io

    pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=WIDE)
    draw(canvas)
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    for page in writer.pages:
        page.merge_page(pypdf.PdfReader(io.BytesIO(stream.getvalue())).pages[0], over=not before)
    merged = io.BytesIO()
    writer.write(merged)
    return merged.getvalue()


@pytest.mark.parametrize("text", ["DRAFT", "2024", "案"])
@settings(max_examples=3)
@given(seed=st.integers(0, 9_999))
def test_a_watermark_takes_no_figure_away(text: str, seed: int) -> None:
    made = book(sheets=1, seed=seed, form=FORMS["kushiro"], kpis=0)

    def mark(canvas: Canvas) -> None:
        canvas.setFillGray(0.88)
        canvas.setFont(make_pdfs.FONT, 240)
        canvas.drawCentredString(WIDE[0] / 2, 0.4 * WIDE[1], text)

    data = _over(printed(made, make_pdfs.Print(page=WIDE)), mark, before=True)
    reading = read(data, "kushiro")

    assert [values(sheet) for sheet in reading.sheets] == [values(sheet) for sheet in made.sheets]


def test_a_title_over_a_scanned_table_is_no_cover() -> None:
    made = book(sheets=2, seed=1, form=FORMS["kushiro"], kpis=0)
    whole = printed(made, make_pdfs.Print(page=WIDE))
    pypdfium2 = pytest.importorskip("pypdfium2")
    picture = pypdfium2.PdfDocument(whole)[0].render(scale=1).to_pil()

    import io

    pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=WIDE)
    canvas.drawImage(ImageReader(picture), 0, 0, WIDE[0], WIDE[1] - 60)
    canvas.setFont(make_pdfs.FONT, 14)
    canvas.drawString(40, WIDE[1] - 40, "令和6年度実施事業 主要施策成果シート")
    canvas.save()
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(stream.getvalue()))
    writer.append(io.BytesIO(whole), pages=(1, 2))
    merged = io.BytesIO()
    writer.write(merged)

    reading = read(merged.getvalue(), "kushiro")

    assert len(reading.sheets) == 1
    assert [missed.why.code for missed in reading.not_checked] == ["scan"]
