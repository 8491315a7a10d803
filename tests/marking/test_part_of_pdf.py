"""A part of a PDF shows its pages as they were, and holds nothing of the others."""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pypdfium2 = pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
sys.path.append(str(DOCUMENTS))

import make_pdfs  # noqa: E402
from PIL import ImageChops  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from auditor.auditing.session import load  # noqa: E402
from auditor.files.confined import Stopped  # noqa: E402
from auditor.marking.pdf.part import part_of_pdf  # noqa: E402
from auditor.readers.pdf import PdfReader  # noqa: E402
from auditor.readers.source import Source  # noqa: E402
from auditor.records.model import Sheet  # noqa: E402
from auditor.testing.strategies import consistent_books  # noqa: E402
from tests.documents.workbook_writer import worksheets_of  # noqa: E402

FORM = load().forms["kushiro"]
LETTERS = "ABCDE"


def part_of(data: bytes, pages: list[int]) -> bytes:
    return part_of_pdf(data, pages, lambda: None)


def furnished() -> bytes:
    """A page for each letter, with everything that may hold what stands on another page."""
    stream = BytesIO()
    canvas = Canvas(stream, invariant=1, pageCompression=1)
    canvas.setTitle("secret-Title")
    canvas.setAuthor("secret-Author")
    for letter in LETTERS:
        canvas.beginForm(f"form{letter}")
        canvas.drawString(0, 0, f"secret-{letter}-form")
        canvas.endForm()
    for letter in LETTERS:
        canvas.bookmarkPage(f"secret-{letter}-place")
        canvas.addOutlineEntry(f"secret-{letter}-outline", f"secret-{letter}-place")
        canvas.drawString(72, 700, f"secret-{letter}-text")
        canvas.saveState()
        canvas.translate(72, 600)
        canvas.doForm(f"form{letter}")
        canvas.restoreState()
        canvas.textAnnotation(f"secret-{letter}-note", (72, 500, 172, 540))
        for target in LETTERS:
            canvas.linkRect("", f"secret-{target}-place", (72, 400, 172, 440))
        canvas.linkURL(f"https://example.org/secret-{letter}-link", (72, 350, 172, 380))
        canvas.acroForm.textfield(
            name=f"secret-{letter}-field", value=f"secret-{letter}-value", x=72, y=300
        )
        canvas.showPage()
    canvas.save()
    writer = pypdf.PdfWriter(BytesIO(stream.getvalue()))
    # All pages name all forms, as many programs write it.
    shared = writer.pages[0]["/Resources"].get_object()
    for page in writer.pages:
        shared["/XObject"].get_object().update(page["/Resources"]["/XObject"].get_object())
    for page in writer.pages:
        page[pypdf.generic.NameObject("/Resources")] = shared
    writer.add_attachment("secret-C-file.txt", b"secret-C-attached")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def everything(data: bytes) -> str:
    """All names, texts and unpacked streams of a file."""
    reader = pypdf.PdfReader(BytesIO(data))
    pieces = [data.decode("latin-1")]
    for number in range(1, reader.trailer["/Size"]):
        value = pypdf.generic.IndirectObject(number, 0, reader).get_object()
        pieces.append(repr(value))
        if isinstance(value, pypdf.generic.StreamObject):
            pieces.append(value.get_data().decode("latin-1"))
    return "\n".join(pieces)


def secrets(data: bytes) -> set[str]:
    return set(re.findall(r"secret-(\w+)", everything(data)))


def pictures(data: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    images = [page.render(scale=1.5).to_pil().convert("RGB") for page in document]
    document.close()
    return images


def alike(before: Any, after: Any) -> bool:
    return before.size == after.size and ImageChops.difference(before, after).getbbox() is None


@settings(max_examples=15)
@given(st.lists(st.sampled_from(range(1, len(LETTERS) + 1)), min_size=1, unique=True).map(sorted))
def test_nothing_of_another_page_is_in_the_file(pages: list[int]) -> None:
    whole = furnished()
    assert secrets(whole) == {*LETTERS, "Title", "Author"}
    part = part_of(whole, pages)
    assert secrets(part) == {LETTERS[number - 1] for number in pages}
    reader = pypdf.PdfReader(BytesIO(part))
    assert reader.page_labels == [str(number) for number in pages]
    assert not reader.outline
    assert not reader.metadata
    assert set(reader.get_form_text_fields()) == {
        f"secret-{LETTERS[number - 1]}-field" for number in pages
    }
    whole_pictures, part_pictures = pictures(whole), pictures(part)
    for new, number in enumerate(pages):
        assert alike(whole_pictures[number - 1], part_pictures[new])
        for word in ("text", "form", "note", "link", "value"):
            assert f"secret-{LETTERS[number - 1]}-{word}" in everything(part)


@settings(max_examples=10)
@given(
    consistent_books(FORM, sheets=(1, 4), kpis=(0, 0)),
    st.sampled_from([0, 90, 180, 270]),
    st.data(),
)
def test_a_part_reads_as_the_whole_does(made: Any, rotate: Any, data: st.DataObject) -> None:
    worksheets = worksheets_of(made[1], FORM, make_pdfs.TEXT)
    whole = make_pdfs.drawn(worksheets, make_pdfs.Print(rotate=rotate))
    numbers = list(range(1, len(worksheets) + 1))
    pages = sorted(data.draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True)))

    def read(pdf: bytes, numbers: list[int]) -> list[dict[str, Any]]:
        """The sheets on some pages as they are read, whatever the numbers of sheet and page."""
        sheets = PdfReader().read(Source("book.pdf", pdf), FORM).sheets
        return [
            without_numbers(sheet)
            for sheet in sheets
            if sheet.place and sheet.place.page in numbers
        ]

    assert read(part_of(whole, pages), numbers) == read(whole, pages)


def without_numbers(sheet: Sheet) -> Any:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: without(item) for key, item in value.items() if key not in ("number", "page")
            }
        return [without(item) for item in value] if isinstance(value, list | tuple) else value

    return without(sheet.model_dump())


@pytest.mark.parametrize("path", sorted((DOCUMENTS / "pdf").glob("*.pdf")), ids=lambda p: p.stem)
def test_each_page_of_the_pdfs_looks_the_same_alone(path: Path) -> None:
    data = path.read_bytes()
    before = pictures(data)
    for number, picture in enumerate(before, 1):
        (alone,) = pictures(part_of(data, [number]))
        assert alike(picture, alone)


def test_layers_that_are_hidden_stay_hidden() -> None:
    writer = pypdf.PdfWriter(BytesIO(furnished()))
    generic = pypdf.generic
    name = generic.NameObject
    layers = []
    for letter, page in zip("AB", writer.pages, strict=False):
        layer = generic.DictionaryObject(
            {
                name("/Type"): name("/OCG"),
                name("/Name"): generic.TextStringObject(f"layer-{letter}"),
            }
        )
        layers.append(writer._add_object(layer))
        resources = generic.DictionaryObject(page["/Resources"])
        resources[name("/Properties")] = generic.DictionaryObject({name("/L"): layers[-1]})
        page[name("/Resources")] = resources
        content = generic.DecodedStreamObject()
        content.set_data(b"/OC /L BDC\n" + page.get_contents().get_data() + b"\nEMC")
        page[name("/Contents")] = writer._add_object(content)
    off = generic.DictionaryObject({name("/OFF"): generic.ArrayObject(layers)})
    writer.root_object[name("/OCProperties")] = generic.DictionaryObject(
        {name("/OCGs"): generic.ArrayObject(layers), name("/D"): off}
    )
    stream = BytesIO()
    writer.write(stream)
    whole = stream.getvalue()
    part = part_of(whole, [2])
    assert alike(pictures(whole)[1], pictures(part)[0])
    assert not alike(pictures(furnished())[1], pictures(part)[0])
    assert "layer-B" in everything(part)
    assert "layer-A" not in everything(part)


def test_a_protected_pdf_has_no_part() -> None:
    pytest.importorskip("cryptography", reason="it brings AES")
    for permission, allowed in (
        (pypdf.constants.UserAccessPermissions.ADD_OR_MODIFY, False),
        (pypdf.constants.UserAccessPermissions.ASSEMBLE_DOC, True),
    ):
        writer = pypdf.PdfWriter(BytesIO(furnished()))
        writer.encrypt("", "owner", permissions_flag=permission, algorithm="AES-256")
        stream = BytesIO()
        writer.write(stream)
        if allowed:
            assert secrets(part_of(stream.getvalue(), [1])) == {"A"}
        else:
            with pytest.raises(Stopped):
                part_of(stream.getvalue(), [1])
