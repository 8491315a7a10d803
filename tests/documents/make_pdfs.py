"""Makes the PDFs of tests/documents/pdf, with the records that are on them: ``python
tests/documents/make_pdfs.py``.

``drawn`` prints worksheets as a spreadsheet program would, with fonts that are not embedded;
tests draw their own with it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from openpyxl import load_workbook
from openpyxl.worksheet.properties import PageSetupProperties
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "pdf"
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "rules"), str(ROOT / "datasets")]

from auditor.auditing.session import load  # noqa: E402
from auditor.forms.model import Form  # noqa: E402
from auditor.records.figures import Figure  # noqa: E402
from auditor.records.model import SHEET_FIELDS, Book  # noqa: E402
from auditor.testing.build import book  # noqa: E402
from tests.documents.workbook_writer import Layout, PlainWorksheet, worksheets_of  # noqa: E402

Borders = Literal[
    "solid",
    "each cell",
    "dashed",
    "dotted",
    "dash pattern",
    "filled",
    "double",
    "thick",
    "white on fill",
    "fills",
    "across",
    "down",
    "none",
]
FONT = "HeiseiKakuGo-W5"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
A4 = (595.3, 841.9)


@dataclass(frozen=True)
class Print:
    """How worksheets are printed. ``ruled`` says which cells have borders; ``split`` is how many
    pages a worksheet takes.
    """

    borders: Borders = "solid"
    ruled: Literal["all", "tables"] = "all"
    doubled: bool = False
    rotate: Literal[0, 90, 180, 270] = 0
    turned: bool = False  # the content is turned, not the page
    a_page: int = 1
    split: int = 1
    size: float = 8.0
    indent: float = 2.0
    align: Literal["right", "left", "center"] = "right"
    heads: Literal["right", "left", "center"] = "left"
    spacing: float = 0.0  # between the characters of figures
    yen: bool = False
    page: tuple[float, float] = A4


class Drawing:
    """One worksheet, or some of its rows, drawn from a point downwards."""

    def __init__(
        self,
        canvas: Canvas,
        sheet: PlainWorksheet,
        how: Print,
        left: float,
        top: float,
        width: float,
    ) -> None:
        self.canvas, self.sheet, self.how, self.left, self.top = canvas, sheet, how, left, top
        self.merged = {(a, b): (c, d) for a, b, c, d in sheet.merges}
        right = max([column for _, column in sheet.cells] + [d for _, _, _, d in sheet.merges])
        self.first_column = min(column for _, column in sheet.cells)
        self.columns = range(self.first_column, right + 1)
        self.step = width / len(self.columns)
        self.scale = min(self.step / (how.size * 6.2), 1.0) if len(self.columns) > 8 else 1.0

    @property
    def size(self) -> float:
        return self.how.size * self.scale

    def draw(self, rows: Sequence[int]) -> None:
        """Draw these rows below each other."""
        heights = [self._height(row) for row in rows]
        edges = [self.top]
        for height in heights:
            edges.append(edges[-1] - height)
        covered = {
            (row, column)
            for (top, left), (bottom, right) in self.merged.items()
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }
        for index, row in enumerate(rows):
            for column in self.columns:
                if (row, column) in covered:
                    continue
                last_row, last_column = self.merged.get((row, column), (row, column))
                end = min(index + last_row - row + 1, len(rows))
                x0 = self.left + (column - self.first_column) * self.step
                x1 = self.left + (last_column - self.first_column + 1) * self.step
                if self._is_ruled(row):
                    self._border(x0, edges[end], x1, edges[index])
                if (
                    cell := self.sheet.cells.get((row, column))
                ) is not None and cell.value is not None:
                    self._text(str(cell.value), x0, edges[end], x1, edges[index], last_row > row)

    def _height(self, row: int) -> float:
        lines = max(
            (str(c.value).count("\n") + 1 for (r, _), c in self.sheet.cells.items() if r == row),
            default=1,
        )
        return (lines * 1.25 + 0.5) * self.size

    def _is_ruled(self, row: int) -> bool:
        return (
            self.how.ruled == "all"
            or sum(r == row for r, _ in self.sheet.cells) >= 3
            or (row - 1, self.first_column) in self.merged
        )

    def _text(self, text: str, x0: float, y0: float, x1: float, y1: float, tall: bool) -> None:
        lines: list[str] = []
        room = max(int((x1 - x0 - 2 * self.how.indent) / self.size), 1)
        for line in text.split("\n"):
            width = pdfmetrics.stringWidth(line, FONT, self.size)
            if width <= x1 - x0 - self.how.indent or not tall:
                lines.append(line)
            else:
                lines += [line[at : at + room] for at in range(0, len(line), room)]
        height = len(lines) * 1.25 * self.size
        y = (y0 + y1 + height) / 2 - self.size * 1.05
        for line in lines:
            size, width = self.size, pdfmetrics.stringWidth(line, FONT, self.size)
            if width > x1 - x0 - self.how.indent:  # a spreadsheet would shrink it, too
                size *= (x1 - x0 - self.how.indent) / width
                width = x1 - x0 - self.how.indent
            figure = is_figure(line)
            head = "年度" in line and len(line) <= 12
            spacing = self.how.spacing if figure else 0.0
            width += spacing * (len(line) - 1)
            align = self.how.align if figure else self.how.heads if head else "left"
            x = x0 + self.how.indent
            if align != "left":
                x = x1 - self.how.indent - width if align == "right" else (x0 + x1 - width) / 2
            self.canvas.setFont(FONT, size)
            self.string(line, x, y)
            if self.how.yen and figure and "," in line and x - x0 > 2 * size:
                self.canvas.drawString(x0 + 1, y, "¥")
            y -= 1.25 * self.size

    def string(self, line: str, x: float, y: float) -> None:
        """Print a line of a cell, whose font is set."""
        spacing = self.how.spacing if is_figure(line) else 0.0
        self.canvas.drawString(x, y, line, charSpace=spacing)
        if self.how.doubled:
            self.canvas.drawString(x + 0.25, y, line)

    def _border(self, x0: float, y0: float, x1: float, y1: float) -> None:
        canvas, kind = self.canvas, self.how.borders
        if kind in ("white on fill", "fills"):
            canvas.setFillColorRGB(0.8, 0.87, 0.95)
            inset = 0.9 if kind == "fills" else 0.0
            canvas.rect(
                x0 + inset, y0 + inset, x1 - x0 - 2 * inset, y1 - y0 - 2 * inset, stroke=0, fill=1
            )
            canvas.setFillColorRGB(0, 0, 0)
            if kind == "white on fill":
                canvas.setStrokeColorRGB(1, 1, 1)
                canvas.rect(x0, y0, x1 - x0, y1 - y0, stroke=1, fill=0)
                canvas.setStrokeColorRGB(0, 0, 0)
            return
        for horizontal, at, start, end in (
            (True, y0, x0, x1),
            (True, y1, x0, x1),
            (False, x0, y0, y1),
            (False, x1, y0, y1),
        ):
            if kind != "none" and kind != ("down" if horizontal else "across"):
                self._line(horizontal, at, start, end)

    def _line(self, horizontal: bool, at: float, start: float, end: float) -> None:
        canvas, kind = self.canvas, self.how.borders

        def stroke(a: float, b: float, at: float = at) -> None:
            canvas.line(a, at, b, at) if horizontal else canvas.line(at, a, at, b)

        def fill(a: float, b: float, thick: float) -> None:
            if horizontal:
                canvas.rect(a, at - thick / 2, b - a, thick, stroke=0, fill=1)
            else:
                canvas.rect(at - thick / 2, a, thick, b - a, stroke=0, fill=1)

        canvas.setLineWidth(0.5)
        if kind in ("solid", "each cell", "across", "down"):
            inset = 0.4 if kind == "each cell" else 0.0
            stroke(start + inset, end - inset)
        elif kind == "double":
            stroke(start, end, at - 0.7)
            stroke(start, end, at + 0.7)
        elif kind == "dash pattern":
            canvas.setDash(3, 2)
            stroke(start, end)
            canvas.setDash()
        elif kind in ("filled", "thick"):
            fill(start, end, 0.75 if kind == "filled" else 4.0)
        else:
            dash, gap = (3.0, 2.0) if kind == "dashed" else (0.75, 1.5)
            while start < end:
                if kind == "dashed":
                    stroke(start, min(start + dash, end))
                else:
                    fill(start, start + dash, dash)
                start += dash + gap


def is_figure(line: str) -> bool:
    """Whether a line is set as figures are."""
    return not any(character.isalpha() for character in line) and any(
        character.isdigit() for character in line
    )


def drawn(
    worksheets: Sequence[PlainWorksheet], how: Print, drawing: Callable[..., Drawing] = Drawing
) -> bytes:
    """The worksheets as a PDF, each drawn by ``drawing``."""
    stream = BytesIO()
    width, height = how.page
    # Where a page is to be rotated by a quarter, reportlab swaps its sides itself.
    sideways = how.rotate in (90, 270) and how.turned
    canvas = Canvas(
        stream, pagesize=(height, width) if sideways else how.page, invariant=1, pageCompression=1
    )
    canvas.setTitle("")
    places: list[tuple[PlainWorksheet, Sequence[int]]] = []
    for sheet in worksheets:
        rows = range(
            min(row for row, _ in sheet.cells),
            max(max(row for row, _ in sheet.cells), *(c for _, _, c, _ in sheet.merges), 0) + 1,
        )
        part = -(-len(rows) // how.split)
        places += [(sheet, rows[at : at + part]) for at in range(0, len(rows), part)]
    for start in range(0, len(places), how.a_page):
        canvas.saveState()
        if how.rotate == 90:
            canvas.translate(height, 0)
            canvas.rotate(90)
        elif how.rotate == 180:
            canvas.translate(width, height)
            canvas.rotate(180)
        elif how.rotate == 270:
            canvas.translate(0, width)
            canvas.rotate(-90)
        for index, (sheet, rows) in enumerate(places[start : start + how.a_page]):
            room = (width - 60 - 20 * (how.a_page - 1)) / how.a_page
            drawing(canvas, sheet, how, 30 + index * (room + 20), height - 40, room).draw(rows)
        canvas.restoreState()
        if how.rotate and not how.turned:
            canvas.setPageRotation(how.rotate)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def printed(book: Book, form: Form, layout: Layout, how: Print) -> bytes:
    """A book's sheets as a PDF."""
    return drawn(worksheets_of(book, form, layout), how)


WORKBOOKS = FOLDER.parent / "workbooks"
PRINTED = (
    "kushiro-clean",
    "kushiro-kpi",
    "kushiro-stacked",
    "minato-portrait",
    "yamate-years-down",
)


def print_workbooks(names: Sequence[str], into: Path) -> None:
    """Print workbooks with LibreOffice, every worksheet fitted to the width of its page; a
    stacked one goes on over pages.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            workbook = load_workbook(WORKBOOKS / f"{name}.xlsx")
            for sheet in workbook.worksheets:
                sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
                sheet.page_setup.orientation, sheet.page_setup.paperSize = (
                    "landscape",
                    sheet.PAPERSIZE_A3,
                )
                sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
            workbook.save(Path(folder) / f"{name}.xlsx")
        profile = f"-env:UserInstallation=file://{folder}/profile"
        files = [str(Path(folder) / f"{name}.xlsx") for name in names]
        subprocess.run(
            [
                "soffice",
                "--headless",
                profile,
                "--convert-to",
                "pdf",
                "--outdir",
                str(into),
                *files,
            ],
            check=True,
            timeout=300,
        )


def truth(book: Book, form: Form) -> dict[str, Any]:
    """What a PDF holds, as plain JSON: every figure, blanks as null."""

    def value(figure: Figure | None) -> str | None:
        return None if figure is None or figure.value is None else str(figure.value)

    sheets: list[dict[str, Any]] = []
    for sheet in book.sheets:
        figures = {
            name: value(getattr(sheet, name)) for name in SHEET_FIELDS if name in form.fields
        }
        for key, year in sheet.years.items():
            for name in form.fields:
                if name in SHEET_FIELDS:
                    continue
                source = name.removeprefix("funding.")
                figures[f"{key}.{name}"] = value(
                    year.funding.get(source) if source != name else getattr(year, name)
                )
        sheets.append({"name": sheet.name, "department": sheet.department, "figures": figures})
    return {"form": form.name, "fiscal_year": book.fiscal_year, "sheets": sheets}


TEXT = Layout(numbers="text")
DRAWN: dict[str, tuple[str, Layout, Print]] = {
    "kushiro-solid": ("kushiro", TEXT, Print()),
    "kushiro-each-cell": ("kushiro", TEXT, Print(borders="each cell", ruled="tables")),
    "kushiro-dashed": ("kushiro", TEXT, Print(borders="dashed")),
    "kushiro-dotted": ("kushiro", TEXT, Print(borders="dotted")),
    "kushiro-filled": ("kushiro", TEXT, Print(borders="filled")),
    "kushiro-doubled": ("kushiro", TEXT, Print(doubled=True)),
    "kushiro-rotated": ("kushiro", TEXT, Print(rotate=90)),
    "kushiro-two-a-page": ("kushiro", TEXT, Print(a_page=2, page=(841.9, 595.3))),
    "kushiro-over-two-pages": ("kushiro", TEXT, Print(split=2)),
    "minato-portrait": (
        "minato",
        Layout(numbers="full_width", unit="table"),
        Print(borders="dash pattern"),
    ),
    "minato-years-down": (
        "minato",
        Layout(numbers="text", years="down"),
        Print(page=(841.9, 595.3)),
    ),
    "hamabe-plain": (
        "hamabe",
        Layout(numbers="text", value_width=2),
        Print(ruled="tables", align="center"),
    ),
}


def main() -> None:
    """Write every PDF with its truth; printed workbooks share theirs with the workbook."""
    forms = load().forms
    FOLDER.mkdir(exist_ok=True)
    for number, (name, (form_name, layout, how)) in enumerate(DRAWN.items()):
        form = forms[form_name]
        made = book(sheets=4, seed=number, form=form, kpis=0)
        (FOLDER / f"{name}.pdf").write_bytes(printed(made, form, layout, how))
        text = json.dumps(truth(made, form), ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    if shutil.which("soffice"):
        printed_folder = FOLDER / "printed"
        printed_folder.mkdir(exist_ok=True)
        print_workbooks(PRINTED, printed_folder)


if __name__ == "__main__":
    main()
