"""A number that is drawn in strokes, near the lines of its cell too, is never lost silently."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Source
from auditor.testing.build import book
from tests.documents import make_pdfs
from tests.documents.workbook_writer import Layout, worksheets_of

pytest.importorskip("pypdfium2")

FORM: Final = load().forms["kushiro"]
PARTS: Final = {
    "a": (0, 2, 1, 2),
    "b": (1, 1, 1, 2),
    "c": (1, 0, 1, 1),
    "d": (0, 0, 1, 0),
    "e": (0, 0, 0, 1),
    "f": (0, 1, 0, 2),
    "g": (0, 1, 1, 1),
}
DIGITS: Final = dict(
    zip(
        "0123456789",
        ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcfgd"],
        strict=True,
    )
)


@settings(max_examples=5)
@given(
    seed=st.integers(0, 99),
    right=st.sampled_from([-1.0, 0.0, 1.0]),
    up=st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0]),
    borders=st.sampled_from(["solid", "each cell"]),
)
def test_a_number_drawn_in_strokes_is_reported(
    seed: int, right: float, up: float, borders: make_pdfs.Borders
) -> None:
    made = book(sheets=1, seed=seed, form=FORM, kpis=0)
    total = made.sheets[0].years["2024"].total_cost
    assert total is not None

    class Drawing(make_pdfs.Drawing):
        def string(self, line: str, x: float, y: float) -> None:
            if line != total.printed:
                super().string(line, x, y)
                return
            size = self.canvas._fontsize
            self.canvas.setLineWidth(0.5)
            for place, character in enumerate(line):
                for part in DIGITS.get(character, ""):
                    u0, v0, u1, v1 = PARTS[part]
                    left, base = x + right + 0.55 * size * place, y + up
                    wide, high = 0.4 * size, 0.35 * size
                    self.canvas.line(
                        left + wide * u0, base + high * v0, left + wide * u1, base + high * v1
                    )

    worksheets = worksheets_of(made, FORM, Layout(numbers="text"))
    page = make_pdfs.Print(borders=borders, page=(1190.0, 2400.0))
    reading = PdfReader().read(Source("x.pdf", make_pdfs.drawn(worksheets, page, Drawing)), FORM)

    figure = reading.sheets[0].years["2024"].total_cost
    assert figure is not None
    assert figure.state == "unread"
    assert "RD002" in {remark.rule for remark in reading.remarks}
