"""Marked PDFs that come back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")

from pypdf.annotations import FreeText  # noqa: E402

from auditor.files.own.copies import copy_in  # noqa: E402
from auditor.marking.copies import MarkError  # noqa: E402
from auditor.marking.pdf.copy import marked_pdf  # noqa: E402
from auditor.marking.unmarking import unmarked  # noqa: E402
from auditor.records.model import Sheet  # noqa: E402
from auditor.testing.build import book as built  # noqa: E402
from tests.documents.make_pdfs import TEXT, Print, drawn  # noqa: E402
from tests.documents.workbook_writer import PlainCell, worksheets_of  # noqa: E402
from tests.versions.returning import FORM, SESSION, audited, settled  # noqa: E402


def printed(path: Path, *wrong: str) -> Path:
    """A PDF of two sheets in which one total is off, and other figures are what they are not."""
    sheets = worksheets_of(built(sheets=2, seed=1, form=FORM, kpis=0), FORM, TEXT)
    cells = sheets[0].cells
    at = next(at for at, cell in cells.items() if cell.value == "29,725")
    cells[at] = PlainCell(wrong[0] if wrong else "29,721")
    path.write_bytes(drawn(sheets, Print()))
    return path


def copy_of(source: Path, path: Path, pages: list[int] | None = None) -> Path:
    data = marked_pdf(
        source.read_bytes(), audited(source), [str(source)], forms=SESSION.forms, pages=pages
    )
    path.write_bytes(data)
    return path


def test_a_copy_is_passed_over_and_unmarked_to_the_byte(tmp_path: Path) -> None:
    source = printed(tmp_path / "01.pdf")
    copy = copy_of(source, tmp_path / "01（指摘）.pdf")
    read = settled(source, copy)
    assert [(item.document, item.why.code) for item in read.passed_over] == [
        (str(copy), "unchanged-copy")
    ]
    assert (read.not_checked, read.returned) == ((), ())
    assert unmarked(copy.read_bytes()) == source.read_bytes()
    with pytest.raises(MarkError):
        unmarked(source.read_bytes())


def test_a_note_of_the_department_stays(tmp_path: Path) -> None:
    source = printed(tmp_path / "01.pdf")
    copy = copy_of(source, tmp_path / "01（指摘）.pdf")
    writer = pypdf.PdfWriter(BytesIO(copy.read_bytes()), incremental=True)
    note = FreeText(text="確認しました", rect=(50, 50, 200, 80))
    writer.add_annotation(0, note)
    stream = BytesIO()
    writer.write(stream)
    copy.write_bytes(stream.getvalue())
    mark = copy_in(copy.read_bytes())
    assert mark is not None
    assert mark.state == "unknown"
    read = settled(source, copy)
    assert [item.why.code for item in read.passed_over] == ["unchanged-copy"]
    rest = pypdf.PdfReader(BytesIO(unmarked(copy.read_bytes())))
    notes = [str(item.get_object().get("/Contents")) for item in rest.pages[0].get("/Annots", ())]
    assert notes == ["確認しました"]
    assert "/SheetAuditor" not in rest.root_object.get("/PieceInfo", {})


def test_a_corrected_pdf_takes_the_place_of_its_pages(tmp_path: Path) -> None:
    source = printed(tmp_path / "01.pdf")
    part = copy_of(source, tmp_path / "part.pdf", pages=[1])
    mark = copy_in(part.read_bytes())
    assert mark is not None
    assert mark.pages == (1,)
    assert [item.why.code for item in settled(source, part).passed_over] == ["unchanged-copy"]

    # What a program makes of the copy in which a figure was typed over.
    corrected = printed(tmp_path / "corrected.pdf", "29,725")
    writer = pypdf.PdfWriter(clone_from=str(corrected))
    original = pypdf.PdfReader(str(part)).root_object["/PieceInfo"]
    writer.root_object[pypdf.generic.NameObject("/PieceInfo")] = original.clone(writer)
    writer.remove_page(1)
    writer.write(str(corrected))
    read = settled(source, corrected)
    (returned,) = read.returned
    (record,) = returned.records
    (difference,) = record.differences
    assert difference.before is not None
    assert difference.after is not None
    assert (difference.before.printed, difference.after.printed) == ("29,721", "29,725")
    documents = {
        sheet.number: sheet.document
        for book in read.books
        for sheet in book.sheets
        if isinstance(sheet, Sheet)
    }
    assert documents == {1: str(corrected), 2: str(source)}
