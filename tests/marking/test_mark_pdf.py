"""The marked-up PDF: the original as a prefix, boxes where the figures are, notes and bookmarks,
and never over its input.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
sys.path.extend([str(DOCUMENTS), str(DOCUMENTS.parent / "readers")])

import make_pdfs  # noqa: E402
from hostile_pdfs import encrypted, page_loop  # noqa: E402

from auditor.auditing.documents import audit  # noqa: E402
from auditor.auditing.options import AuditOptions  # noqa: E402
from auditor.auditing.report import Report  # noqa: E402
from auditor.auditing.session import load  # noqa: E402
from auditor.files.atomic import UnwritableFile  # noqa: E402
from auditor.files.confined import Limits  # noqa: E402
from auditor.marking.copies import MarkError  # noqa: E402
from auditor.marking.pdf.copy import mark_pdf, marked_pdf  # noqa: E402
from auditor.readers.documents import read_documents  # noqa: E402
from auditor.testing.build import book  # noqa: E402
from tests.documents.workbook_writer import PlainCell, worksheets_of  # noqa: E402

SESSION = load()


def faulty(path: Path, **how: Any) -> Report:
    """A PDF of two sheets whose first total is off, and the audit of it."""
    form = SESSION.forms["kushiro"]
    sheets = worksheets_of(book(sheets=2, seed=1, form=form, kpis=0), form, make_pdfs.TEXT)
    at = next(at for at, cell in sheets[0].cells.items() if cell.value == "29,725")
    sheets[0].cells[at] = PlainCell("29,721")
    path.write_bytes(make_pdfs.drawn(sheets, make_pdfs.Print(**how)))
    read = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
    report = audit(
        read.books, SESSION.rules, SESSION.forms, AuditOptions(not_checked=read.not_checked)
    )
    assert "FND001" in {finding.rule for finding in report.findings}
    assert report.not_checked == ()
    return report


def displayed(
    box: tuple[float, float, float, float], rotate: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """A box of a page's own space as it is shown when the page is turned clockwise."""
    x0, y0, x1, y1 = box
    match rotate:
        case 90:
            return y0, width - x1, y1, width - x0
        case 180:
            return width - x1, height - y1, width - x0, height - y0
        case 270:
            return height - y1, x0, height - y0, x1
        case _:
            return box


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_boxes_are_where_the_figures_are(tmp_path: Path, rotate: int) -> None:
    """Rendered, each page differs from the original in the boxes' outlines alone, and inside each
    box stands ink.
    """
    import pypdfium2

    source, target = tmp_path / "book.pdf", tmp_path / "marked.pdf"
    report = faulty(source, rotate=rotate)
    mark_pdf(source, report, target, forms=SESSION.forms)

    before, after = pypdfium2.PdfDocument(source), pypdfium2.PdfDocument(target)
    pages = []
    for document in (before, after):
        page = document[0]
        pages.append(page.render(scale=4, may_draw_forms=False).to_pil().convert("RGB"))
        _, _, right, top = page.get_mediabox()
        page.close()
    before.close()
    after.close()
    from PIL import ImageChops

    changed = (
        ImageChops.difference(*pages).convert("L").point(lambda value: 255 if value > 60 else 0)
    )
    boxes = {
        cell.place.box
        for finding in report.findings
        for cell in finding.cells
        if cell.place and cell.place.page == 1 and cell.place.box
    }
    assert len(boxes) >= 3
    height = pages[0].height / 4
    for x0, y0, x1, y1 in (displayed(box, rotate, right, top) for box in boxes):
        inside = (
            pages[0]
            .convert("L")
            .crop((int(x0 * 4), int((height - y1) * 4), int(x1 * 4), int((height - y0) * 4)))
        )
        assert inside.getextrema()[0] < 128
        area = (
            int((x0 - 3) * 4),
            int((height - y1 - 3) * 4),
            int((x1 + 3) * 4),
            int((height - y0 + 3) * 4),
        )
        assert changed.crop(area).getbbox() is not None
        changed.paste(0, area)
    assert changed.getbbox() is None


def test_the_original_is_a_prefix_and_notes_are_japanese(tmp_path: Path) -> None:
    source, target = tmp_path / "book.pdf", tmp_path / "marked.pdf"
    report = faulty(source)
    mark_pdf(source, report, target, forms=SESSION.forms)

    written = target.read_bytes()
    assert written.startswith(source.read_bytes())
    reader = pypdf.PdfReader(BytesIO(written))
    annotations = [
        annotation.get_object() for page in reader.pages for annotation in page.get("/Annots", [])
    ]
    squares = [annotation for annotation in annotations if annotation["/Subtype"] == "/Square"]
    popups = [annotation for annotation in annotations if annotation["/Subtype"] == "/Popup"]
    assert (
        len(squares)
        == len(popups)
        == len({cell.place.box for f in report.findings for cell in f.cells if cell.place})
    )
    note = next(square["/Contents"] for square in squares if "29,721" in square["/Contents"])
    assert "財源内訳の合計が事業費総額と一致しません" in note
    assert "29,725" in note
    assert all(popup["/Parent"].get_object() in squares for popup in popups)


def test_each_finding_has_a_bookmark(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)

    outline = pypdf.PdfReader(
        BytesIO(marked_pdf(source.read_bytes(), report, {str(source)}))
    ).outline

    assert outline[0].title == "検査結果"
    assert [item.title.split()[0] for item in outline[1]] == [
        finding.rule for finding in report.findings
    ]


def test_a_bookmark_says_what_is_not_listed(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    total = len(report.findings)
    for most in (0, 1):
        outline = pypdf.PdfReader(
            BytesIO(marked_pdf(source.read_bytes(), report.limited(most), {str(source)}))
        ).outline
        assert f"指摘{total}件のうち{most}件を掲載しています" in outline[1][0].title
        assert len(outline[1]) == 1 + most


def test_nothing_to_mark_leaves_the_original(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    clean = report.model_copy(update={"findings": (), "counts": {}})

    assert marked_pdf(source.read_bytes(), clean, {str(source)}) == source.read_bytes()


def test_marked_twice_keeps_the_first_marks(tmp_path: Path) -> None:
    source, once = tmp_path / "book.pdf", tmp_path / "once.pdf"
    report = faulty(source)
    mark_pdf(source, report, once)

    twice = marked_pdf(once.read_bytes(), report, {str(source)})

    count = [
        len(pypdf.PdfReader(BytesIO(data)).pages[0]["/Annots"])
        for data in (once.read_bytes(), twice)
    ]
    assert twice.startswith(once.read_bytes())
    assert count[1] == 2 * count[0]


def test_never_over_its_input(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    before = source.read_bytes()
    for target in (source, tmp_path / "sub" / ".." / "book.pdf", tmp_path):
        with pytest.raises(UnwritableFile):
            mark_pdf(source, report, target)
    assert source.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["book.pdf"]


def test_what_cannot_be_marked_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    writer = pypdf.PdfWriter(source)
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    protected = BytesIO()
    writer.write(protected)
    for data in (b"no pdf", source.read_bytes()[:900], protected.getvalue()):
        with pytest.raises(MarkError):
            marked_pdf(data, report, {str(source)})


def test_a_hostile_pdf_ends_its_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marking keeps to its limits of time and memory and names the one it reached. No copy
    appears.
    """
    source = tmp_path / "book.pdf"
    report = faulty(source)
    for limits, reason in (
        (Limits(seconds=0.01), "0.01 秒"),
        (Limits(memory=16 << 20), "プロセスが異常終了"),
    ):
        if limits.memory < Limits().memory and sys.platform != "linux":
            continue  # only Linux keeps a process to its memory
        with pytest.raises(MarkError) as caught:
            mark_pdf(source, report, tmp_path / "marked.pdf", limits=limits)
        assert reason in caught.value.message.ja
    assert [path.name for path in tmp_path.iterdir()] == ["book.pdf"]

    def loaded(*_: Any, **__: Any) -> None:
        raise AssertionError("pypdf works in the child process alone")

    monkeypatch.setattr(pypdf, "PdfReader", loaded)
    monkeypatch.setattr(pypdf, "PdfWriter", loaded)
    assert mark_pdf(source, report, tmp_path / "marked.pdf") is None
    assert (tmp_path / "marked.pdf").is_file()


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing", page_loop()])
def test_a_broken_pdf_is_refused_in_both_languages(data: bytes, tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    with pytest.raises(MarkError) as caught:
        marked_pdf(data, report, {str(source)}, limits=Limits(seconds=5))
    assert caught.value.message.en.startswith("the PDF can't be marked: ")
    assert "印を付けられません" in caught.value.message.ja


def test_a_protected_pdf_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    with pytest.raises(MarkError, match="protected"):
        marked_pdf(encrypted(source.read_bytes()), report, {str(source)})


def test_the_copy_of_a_signed_pdf_says_that_its_signature_no_longer_holds(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    signed(source)
    before = source.read_bytes()

    for lang, word in (("ja", "電子署名"), ("en", "digitally signed")):
        told = mark_pdf(source, report, tmp_path / "marked.pdf", lang)  # type: ignore[arg-type]

        assert told is not None
        assert word in told.of(lang)
        outline = pypdf.PdfReader(tmp_path / "marked.pdf").outline
        assert word in outline[1][0].title
        assert len(outline[1]) == 1 + len(report.findings)
    assert source.read_bytes() == before
    clean = report.model_copy(update={"findings": (), "counts": {}})
    assert mark_pdf(source, clean, tmp_path / "same.pdf") is None
    assert (tmp_path / "same.pdf").read_bytes() == before


def signed(path: Path) -> None:
    """Put a signature field with a signature into a PDF, as a signing program leaves it (the
    signature itself is no real one).
    """
    writer = pypdf.PdfWriter(path, incremental=True)
    name, generic = pypdf.generic.NameObject, pypdf.generic
    signature = generic.DictionaryObject(
        {
            name("/Type"): name("/Sig"),
            name("/Filter"): name("/Adobe.PPKLite"),
            name("/ByteRange"): generic.ArrayObject(
                [generic.NumberObject(number) for number in (0, 10, 20, 10)]
            ),
            name("/Contents"): generic.ByteStringObject(bytes(8)),
        }
    )
    entry = generic.DictionaryObject(
        {
            name("/FT"): name("/Sig"),
            name("/T"): generic.TextStringObject("Signature1"),
            name("/V"): writer._add_object(signature),
        }
    )
    fields = generic.ArrayObject([writer._add_object(entry)])
    form = generic.DictionaryObject(
        {name("/SigFlags"): generic.NumberObject(3), name("/Fields"): fields}
    )
    writer.root_object[name("/AcroForm")] = writer._add_object(form)
    stream = BytesIO()
    writer.write(stream)
    path.write_bytes(stream.getvalue())
