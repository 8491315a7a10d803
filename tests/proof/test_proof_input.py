"""What ``auditor proof`` refuses: each in one line, with exit code 2."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.testing.build import book
from auditor.testing.prints import print_of
from tests.documents.make_pdfs import A4, FONT
from tests.documents.workbook_writer import workbook_bytes, worksheets_of
from tests.proof.book_pdf import TEXT, book_pdf

FORM = load().forms["kushiro"]
DOCUMENTS = book(2, seed=5, form=FORM, kpis=0)


def canvas_pdf(draw: Callable[[Canvas], None], encrypt: StandardEncryption | None = None) -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1, encrypt=encrypt)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scan(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.effect_noise((300, 420), 90)), 0, 0, *A4)


def cover(canvas: Canvas) -> None:
    canvas.setFont(FONT, 20)
    canvas.drawString(100, 400, "主要施策の成果報告書")


def refusal(folder: Path, pdf: bytes, capsys: pytest.CaptureFixture[str], name: str) -> str:
    (folder / "documents").mkdir()
    workbook = folder / "documents" / "sheets.xlsx"
    workbook.write_bytes(workbook_bytes(worksheets_of(DOCUMENTS, FORM, TEXT)))
    (folder / name).write_bytes(pdf)
    words = ["proof", str(workbook.parent), str(folder / name), "--lang", "ja"]
    assert main([*words, "--page-list-to", str(folder / "pages.json")]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert not (folder / "pages.json").exists()
    (line,) = output.err.splitlines()
    return line


@pytest.mark.parametrize(
    ("pdf", "words"),
    [
        (canvas_pdf(scan), "文字の情報がない PDF"),
        (canvas_pdf(cover, StandardEncryption("secret", "other")), "暗号化されています"),
        (canvas_pdf(cover), "book.pdf"),
        (b"%PDF-1.4 nothing", "壊れています"),
        (b"no pdf", "PDF ではありません"),
        (
            book_pdf(print_of(book(2, seed=5, form=FORM, kpis=0, fiscal_year=2023)), FORM),
            "異なる年度",
        ),
        (
            book_pdf(print_of(book(2, seed=99, form=FORM, kpis=0)), FORM),
            "指定した文書のシートが1枚もありません",
        ),
    ],
    ids=["scan", "encrypted", "no sheet", "damaged", "no PDF", "other year", "other book"],
)
def test_an_unusable_book_is_refused_in_one_line(
    pdf: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refusal(tmp_path, pdf, capsys, "book.pdf")


def test_documents_and_a_book_are_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(book_pdf(print_of(DOCUMENTS), FORM))
    assert main(["proof", str(path), "--lang", "en"]) == 2
    assert "and then the PDF of the book" in capsys.readouterr().err


def test_a_book_in_the_folder_of_its_documents_is_no_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sheets.xlsx").write_bytes(workbook_bytes(worksheets_of(DOCUMENTS, FORM, TEXT)))
    pdf = tmp_path / "book.pdf"
    pdf.write_bytes(book_pdf(print_of(DOCUMENTS), FORM))
    assert main(["proof", str(tmp_path), str(pdf), "--lang", "en"]) == 0
    assert "matched 2" in capsys.readouterr().out
