"""Draws a ``BookPrint`` as a PDF: cover, contents page, a sheet a page, page numbers."""

from __future__ import annotations

from io import BytesIO

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from auditor.forms.model import Form
from auditor.testing.prints import BookPrint
from tests.documents.make_pdfs import A4, FONT, Drawing, Print
from tests.documents.workbook_writer import Layout, PlainWorksheet, lay_out

TEXT = Layout(numbers="text")


class ClippedDrawing(Drawing):
    """Cells that cut their texts off instead of making them smaller."""

    def _text(self, text: str, x0: float, y0: float, x1: float, y1: float, tall: bool) -> None:
        width = pdfmetrics.stringWidth(text, FONT, self.size)
        if tall or "\n" in text or width <= x1 - x0 - self.how.indent:
            super()._text(text, x0, y0, x1, y1, tall)
            return
        self.canvas.saveState()
        path = self.canvas.beginPath()
        path.rect(x0, y0, x1 - x0, y1 - y0)
        self.canvas.clipPath(path, stroke=0)
        self.canvas.setFont(FONT, self.size)
        self.canvas.drawString(x0 + self.how.indent, (y0 + y1) / 2 - 0.4 * self.size, text)
        self.canvas.restoreState()


def book_pdf(printed: BookPrint, form: Form) -> bytes:
    """The pages of a print. A text that is longer than its cell is cut by the cell."""
    stream = BytesIO()
    width, height = A4
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    canvas.setTitle("")
    canvas.setFont(FONT, 20)
    canvas.drawCentredString(width / 2, height / 2, "主要施策の成果報告書")
    canvas.showPage()
    if printed.contents:
        canvas.setFont(FONT, 14)
        canvas.drawCentredString(width / 2, height - 80, "目　　次")
        canvas.setFont(FONT, 10)
        for at, row in enumerate(printed.contents):
            y = height - 120 - 18 * at
            canvas.drawString(70, y, f"{at + 1}　{row.name}")
            canvas.drawString(300, y, row.department)
            canvas.drawString(430, y, "………………")
            canvas.drawRightString(540, y, str(row.page))
        canvas.showPage()
    for number, sheet in enumerate(printed.sheets, 1):
        worksheet = PlainWorksheet("")
        lay_out(worksheet, sheet, form, TEXT, 1, 1)
        rows = range(1, max(row for row, _ in worksheet.cells) + 1)
        ClippedDrawing(canvas, worksheet, Print(), 30, height - 40, width - 60).draw(rows)
        if printed.numbered:
            canvas.setFont(FONT, 9)
            canvas.drawCentredString(width / 2, 25, f"－ {number} －")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()
