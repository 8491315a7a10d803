"""Whatever becomes of one visible number of a document, it is never lost or changed without a
word: the figure is read as the paper shows it, or the reader says where it is not sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.readers.pdf import PdfReader
from auditor.readers.workbook import WorkbookReader
from auditor.records.figures import Figure, parse_figure
from auditor.records.model import Book, Sheet
from auditor.testing.build import book
from tests.documents import make_pdfs
from tests.documents.workbook_writer import Layout, workbook_bytes, worksheets_of

pytest.importorskip("pypdfium2")

FORMS: Final = load().forms
RULES: Final = load().rules
Key = tuple[str, str | None]

Change = Literal[
    "another value",
    "white",
    "invisible",
    "transparent",
    "tiny",
    "clipped away",
    "covered",
    "turned",
    "raised mark",
    "struck through",
    "spaced",
    "in numerals",
    "over the border",
    "into the margin",
]
NUMERALS: Final = str.maketrans("0123456789", "〇一二三四五六七八九")
HIDDEN: Final[frozenset[Change]] = frozenset(
    {"white", "invisible", "transparent", "tiny", "clipped away", "covered"}
)
"""After these the paper shows an empty cell."""


def figures_of(sheet: Sheet) -> dict[Key, Figure]:
    figures: dict[Key, Figure] = {(name, None): figure for name, figure in sheet.figure_items()}
    for key, year in sheet.years.items():
        figures |= {(name, key): figure for name, figure in year.figure_items()}
    return figures


def values_of(sheet: Sheet) -> dict[Key, object]:
    return {key: figure.value for key, figure in figures_of(sheet).items()}


@dataclass(frozen=True)
class Changed:
    """One number of a drawn page, and what becomes of it."""

    printed: str
    change: Change

    def draw(self, canvas: make_pdfs.Canvas, x: float, y: float) -> None:
        """Draw the number with its lower left corner at a point, changed."""
        size = canvas._fontsize
        width = make_pdfs.pdfmetrics.stringWidth(self.printed, make_pdfs.FONT, size)
        canvas.saveState()
        match self.change:
            case "another value":
                canvas.drawString(x, y, another(self.printed))
            case "white":
                canvas.setFillGray(1)
                canvas.drawString(x, y, self.printed)
            case "invisible":
                text = canvas.beginText(x, y)
                text.setTextRenderMode(3)
                text.textOut(self.printed)
                canvas.drawText(text)
            case "transparent":
                canvas.setFillAlpha(0)
                canvas.drawString(x, y, self.printed)
            case "tiny":
                canvas.setFont(make_pdfs.FONT, 0.4)
                canvas.drawString(x, y, self.printed)
            case "clipped away":
                path = canvas.beginPath()
                path.rect(x - 200, y, 1, 1)
                canvas.clipPath(path, stroke=0, fill=0)
                canvas.drawString(x, y, self.printed)
            case "covered":
                canvas.drawString(x, y, self.printed)
                canvas.setFillGray(1)
                canvas.rect(x - 0.5, y - 0.2 * size, width + 1, 1.1 * size, stroke=0, fill=1)
            case "turned":
                canvas.translate(x + width / 2, y)
                canvas.rotate(90)
                canvas.drawString(0, 0, self.printed)
            case "raised mark":
                canvas.drawString(x, y, self.printed)
                canvas.setFont(make_pdfs.FONT, 0.6 * size)
                canvas.drawString(x + width, y + 0.35 * size, "1")
            case "struck through":
                canvas.drawString(x, y, self.printed)
                canvas.setLineWidth(0.6)
                canvas.line(x, y + 0.35 * size, x + width, y + 0.35 * size)
            case "spaced":
                start = x - 1.5 * (len(self.printed) - 1)
                canvas.drawString(start, y, self.printed, charSpace=1.5)
            case "in numerals":
                canvas.drawString(x, y, self.printed.translate(NUMERALS))
            case "over the border":
                canvas.drawString(x + 0.6 * width + 2, y, self.printed)
            case "into the margin":
                canvas.drawString(5, 20, self.printed)
        canvas.restoreState()


def drawn(made: Book, changed: Changed) -> bytes:
    """A book's only sheet as a PDF in which one number is changed."""

    class Drawing(make_pdfs.Drawing):
        def string(self, line: str, x: float, y: float) -> None:
            if line == changed.printed:
                changed.draw(self.canvas, x, y)
            else:
                super().string(line, x, y)

    worksheets = worksheets_of(made, FORMS["kushiro"], Layout(numbers="text"))
    return make_pdfs.drawn(worksheets, make_pdfs.Print(page=(1190.0, 2400.0)), Drawing)


def another(printed: str) -> str:
    """Another number of as many digits."""
    last = next(at for at in range(len(printed) - 1, -1, -1) if printed[at].isdigit())
    return printed[:last] + str((int(printed[last]) + 3) % 10) + printed[last + 1 :]


def accusing(report: Report, cells: set[Key]) -> list[str]:
    """The rules, but those of the reading, whose errors rest on one of these cells."""
    return [
        finding.rule
        for finding in report.findings
        if finding.severity == "error"
        and not finding.rule.startswith(("RD", "XLS"))
        and any((cell.field, cell.year) in cells for cell in finding.cells)
    ]


def said(report: Report) -> bool:
    return bool(report.not_checked) or any(
        finding.rule.startswith(("RD", "XLS")) for finding in report.findings
    )


def assert_not_silent(
    report: Report, sheets: tuple[Sheet, ...], truth: Mapping[Key, object]
) -> None:
    """The one sheet is read as the paper shows it, or what is wrong in it is reported and nobody
    is accused of it.
    """
    read = values_of(sheets[0]) if sheets else {}
    wrong = {key for key, value in truth.items() if read.get(key) != value}
    if wrong:
        assert said(report), wrong
        assert not accusing(report, wrong)


def single(seed: int) -> Book:
    return book(sheets=1, seed=seed, form=FORMS["kushiro"], kpis=0)


def chosen(made: Book, data: st.DataObject) -> tuple[Key, str]:
    """A figure that is printed, and by that print the only one of its sheet."""
    figures = figures_of(made.sheets[0])
    prints = [figure.printed for figure in figures.values()]
    single_ones = [
        (key, figure.printed)
        for key, figure in figures.items()
        if figure.state == "number" and prints.count(figure.printed) == 1
    ]
    # What is to be found in the drawing must not stand in a text of the sheet either.
    texts = " ".join(str(value) for value in made.sheets[0].model_dump().values())
    key, printed = data.draw(st.sampled_from(single_ones))
    assume(texts.count(f"'{printed}'") <= 1)
    return key, printed


def audited(path: Path) -> tuple[Report, tuple[Sheet, ...]]:
    readers = (PdfReader(), WorkbookReader())
    result = read_documents([path], forms=FORMS, readers=readers, form="kushiro")
    sheets = tuple(sheet for made in result.books for sheet in made.sheets)
    report = audit(result.books, RULES, FORMS, AuditOptions(not_checked=result.not_checked))
    return report, sheets


def truth_after(made: Book, key: Key, printed: str, hidden: bool, value: str) -> dict[Key, object]:
    """The figures that the paper shows; a blank one has no value."""
    truth = values_of(made.sheets[0])
    assert printed
    truth[key] = None if hidden else parse_figure(value).value
    return truth


@pytest.mark.parametrize("change", get_args(Change))
@settings(max_examples=4)
@given(seed=st.integers(0, 9_999), data=st.data())
def test_no_change_of_a_printed_number_is_silent(
    change: Change, seed: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = single(seed)
    key, printed = chosen(made, data)
    # One digit or two would stand wholly in the next cell, and so belong there.
    assume(change != "over the border" or len(printed) > 2)
    changed = Changed(printed, change)
    path = tmp_path_factory.mktemp("page") / "page.pdf"
    path.write_bytes(drawn(made, changed))
    report, sheets = audited(path)
    value = another(printed) if change == "another value" else printed
    hidden = change in HIDDEN or change == "into the margin"
    assert_not_silent(report, sheets, truth_after(made, key, printed, hidden, value))
    if change == "into the margin":  # there the number is still seen
        unread = [number.printed for document in report.documents for number in document.unread]
        assert said(report) or printed in unread


def around(cell: Any) -> str:
    """The areas of a worksheet without one cell, as a print area."""
    column, row = cell.column_letter, cell.row
    before, after = cell.offset(0, -1).column_letter, cell.offset(0, 1).column_letter
    return (
        f"A1:{before}999,{column}1:{column}{row - 1},{column}{row + 1}:{column}999,{after}1:ZZ999"
    )


Edit = Literal[
    "another value",
    "no print",
    "white",
    "text",
    "next cell",
    "far away",
    "struck",
    "in symbols",
    "repeated",
    "as its formula",
    "outside of the print area",
]


@pytest.mark.parametrize("edit", get_args(Edit))
@settings(max_examples=4)
@given(seed=st.integers(0, 9_999), data=st.data())
def test_no_change_of_a_cell_is_silent(
    edit: Edit, seed: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    made = single(seed)
    key, printed = chosen(made, data)
    assume(edit != "next cell" or key[1] is not None)  # beside a label any cell is right
    worksheets = worksheets_of(made, FORMS["kushiro"], Layout())
    (worksheet,) = worksheets
    number = figures_of(made.sheets[0])[key].value
    places = [
        at
        for at, cell in worksheet.cells.items()
        if cell.value == number and not isinstance(cell.value, str)
    ]
    assume(len(places) == 1)
    workbook = openpyxl.load_workbook(BytesIO(workbook_bytes(worksheets)))
    page = workbook.active
    cell = page.cell(*places[0])
    value, hidden = printed, False
    match edit:
        case "another value":
            value = another(printed)
            cell.value = float(parse_figure(value).value or 0)
        case "no print":
            cell.number_format, hidden = ";;;", True
        case "white":
            cell.font, hidden = openpyxl.styles.Font(color="FFFFFFFF"), True
        case "text":
            cell.value = printed
        case "next cell":
            page.cell(cell.row, cell.column + 1).value, cell.value, hidden = cell.value, None, True
            assume(page.cell(cell.row, cell.column + 1).value is not None)
        case "far away":
            page.cell(cell.row + 60, cell.column + 20).value, cell.value = cell.value, None
            hidden = True
        case "struck":
            cell.font = openpyxl.styles.Font(strike=True)
            hidden = True
        case "in symbols":
            cell.font, hidden = openpyxl.styles.Font(name="Wingdings"), True
        case "repeated":
            cell.alignment, hidden = openpyxl.styles.Alignment(horizontal="fill"), True
        case "as its formula":
            cell.value, hidden = f"={cell.value}", True
            page.sheet_view.showFormulas = True
        case "outside of the print area":
            page.print_area, hidden = around(cell), True
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    workbook.save(path)
    report, sheets = audited(path)
    if edit == "next cell":  # whatever stood there is gone, so only the figure itself is known
        read = values_of(sheets[0]) if sheets else {}
        assert read.get(key) is None
        return
    truth = truth_after(made, key, printed, hidden, value)
    assert_not_silent(report, sheets, truth)
    if hidden and edit != "far away":
        assert said(report)
    if edit == "far away":
        unread = [number.place for document in report.documents for number in document.unread]
        assert said(report) or unread
