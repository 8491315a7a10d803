"""A document reads the same whatever fonts a machine has, though it embeds none: boxes and all."""

from __future__ import annotations

import hashlib
import os
import string
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "documents"))

import make_pdfs  # noqa: E402
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from auditor.auditing.session import load  # noqa: E402
from auditor.files.pdfium import pdfium  # noqa: E402
from auditor.readers.pdf import PdfReader  # noqa: E402
from auditor.readers.pdf.forms import OpenPage  # noqa: E402
from auditor.readers.pdf.pages import PageLimits  # noqa: E402
from auditor.readers.pdf.printed import sight_on  # noqa: E402
from auditor.readers.source import Source  # noqa: E402
from auditor.testing.build import book  # noqa: E402
from tests.documents.workbook_writer import Layout, worksheets_of  # noqa: E402
from tests.readers.hostile_pdfs import pdf, stream  # noqa: E402

FORM = load().forms["kushiro"]
PRINTS = [
    (Layout(numbers="text"), make_pdfs.Print()),
    (Layout(numbers="full_width", unit="table"), make_pdfs.Print(borders="dash pattern")),
    (Layout(numbers="text"), make_pdfs.Print(doubled=True)),
    (Layout(numbers="text"), make_pdfs.Print(rotate=90)),
    (Layout(numbers="text"), make_pdfs.Print(turned=True, yen=True, size=6)),
]
# pdfium looks for fonts in folders that are named when it is started.
OTHER_FONTS = """
import ctypes, sys
import pypdfium2_raw as raw
folders = [ctypes.create_string_buffer(name.encode()) for name in sys.argv[1:]]
names = (ctypes.POINTER(ctypes.c_char) * (len(folders) + 1))(*folders, None)
raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=names))
from tests.readers.test_pdf_fonts import readings
print("\\n".join(readings()))
"""


def printed(seed: int, layout: Layout, how: make_pdfs.Print) -> bytes:
    """Two sheets as a PDF that embeds no font."""
    sheets = book(sheets=2, seed=seed, form=FORM, kpis=0)
    return make_pdfs.drawn(worksheets_of(sheets, FORM, layout), how)


def read(data: bytes) -> str:
    return repr(PdfReader().read(Source("a.pdf", data), FORM))


def readings() -> list[str]:
    """What is read of each print, places included, as hashes."""
    return [
        hashlib.sha256(read(printed(7, layout, how)).encode()).hexdigest() for layout, how in PRINTS
    ]


@pytest.mark.parametrize("folders", [["/nowhere"], ["/usr/share/fonts/truetype"]])
def test_other_fonts_change_nothing(folders: list[str]) -> None:
    """Tried in a process of its own, for pdfium is started once."""
    sources = [ROOT, ROOT / "rules", ROOT / "datasets", ROOT / "tests" / "readers"]
    done = subprocess.run(
        [sys.executable, "-c", OTHER_FONTS, *folders],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == readings()


@given(st.integers(0, 10_000), st.sampled_from(PRINTS))
@settings(max_examples=8)
def test_a_text_is_as_high_as_its_font(seed: int, way: tuple[Layout, make_pdfs.Print]) -> None:
    """No outline of a letter, which another font would draw otherwise, stretches its box."""
    layout, how = way
    reading = PdfReader().read(Source("a.pdf", printed(seed, layout, how)), FORM)

    places = [sheet.places["department"] for sheet in reading.sheets]
    boxes = [place.box for place in places if place.box is not None]
    heights = [min(box[2] - box[0], box[3] - box[1]) for box in boxes]
    assert heights and all(0.9 * how.size <= height <= how.size for height in heights), heights


LETTERS = string.ascii_letters + string.digits


def foreign(text: str, width: int, turned: int, flags: int = 32) -> bytes:
    """A page with a text in a font that it does not embed, each of whose letters has this width,
    in thousandths of its size.
    """
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[turned]
    matrix = f"{10 * cos} {10 * sin} {-10 * sin} {10 * cos} 800 800"
    widths = " ".join([str(width)] * 95)
    measures = "/FontBBox [0 -200 1000 800] /ItalicAngle 0 /Ascent 800 /Descent -200 /StemV 80"
    return pdf(
        {
            1: "<< /Type /Catalog /Pages 2 0 R >>",
            2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1600 1600] /Contents 4 0 R "
            "/Resources << /Font << /F1 5 0 R >> >> >>",
            4: stream(f"BT /F1 1 Tf {matrix} Tm ({text}) Tj ET".encode()),
            5: "<< /Type /Font /Subtype /TrueType /BaseFont /Foo /FirstChar 32 /LastChar 126 "
            f"/Widths [{widths}] /Encoding /WinAnsiEncoding /FontDescriptor 6 0 R >>",
            6: f"<< /Type /FontDescriptor /FontName /Foo /Flags {flags} {measures} >>",
        }
    )


def boxes(data: bytes) -> list[tuple[float, ...]]:
    page = pdfium().PdfDocument(data)[0]
    return [glyph[1:7] for glyph in sight_on(OpenPage(page, [], []), PageLimits()).glyphs]


def paint(data: bytes) -> None:
    pdfium().PdfDocument(data)[0].render()


@given(st.integers(0, 3), st.integers(150, 1200), st.integers(150, 1200), st.sampled_from([32, 34]))
@settings(max_examples=30)
def test_what_was_painted_before_moves_no_box(
    turned: int, width: int, other: int, flags: int
) -> None:
    """pdfium bends a font of its own to what it paints, and keeps it so."""
    page = foreign(LETTERS, width, turned, flags)
    paint(foreign("abc", 200, 0, flags))
    expected = boxes(page)
    assert len(expected) == len(LETTERS)

    paint(foreign("abc", other, 0, flags))

    assert boxes(page) == expected
