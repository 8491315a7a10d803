"""A number that is drawn in strokes, near the lines of its cell too, is never lost silently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.readers.pdf import PdfReader
from auditor.readers.pdf.pages import Character, Line, PrintedPage
from auditor.readers.pdf.strokes import take_strokes
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


@settings(max_examples=8)
@given(
    seed=st.integers(0, 99),
    right=st.sampled_from([-1.0, 0.0, 1.0, 2.0, 2.5]),
    up=st.sampled_from([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]),
    width=st.sampled_from([0.5, 1.0]),
    borders=st.sampled_from(["solid", "each cell", "double"]),
    in_part=st.booleans(),
)
@example(seed=98, right=1.0, up=-3.0, width=1.0, borders="each cell", in_part=False)
@example(seed=7, right=2.5, up=-2.0, width=1.0, borders="each cell", in_part=True)
@example(seed=0, right=2.0, up=-3.0, width=0.5, borders="solid", in_part=False)
def test_a_number_drawn_in_strokes_is_reported(
    seed: int, right: float, up: float, width: float, borders: make_pdfs.Borders, in_part: bool
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
            self.canvas.saveState()
            self.canvas.setLineWidth(width)
            self.canvas.setDash()
            drawn = max(line.find(","), 0) if in_part else 0
            super().string(line[:drawn], x, y)
            for place, character in enumerate(line):
                if place < drawn:
                    continue
                for part in DIGITS.get(character, ""):
                    u0, v0, u1, v1 = PARTS[part]
                    left, base = x + right + 0.55 * size * place, y + up
                    wide, high = 0.4 * size, 0.35 * size
                    self.canvas.line(
                        left + wide * u0, base + high * v0, left + wide * u1, base + high * v1
                    )
            self.canvas.restoreState()

    worksheets = worksheets_of(made, FORM, Layout(numbers="text"))
    page = make_pdfs.Print(borders=borders, page=(1190.0, 2400.0))
    reading = PdfReader().read(Source("x.pdf", make_pdfs.drawn(worksheets, page, Drawing)), FORM)

    figure = reading.sheets[0].years["2024"].total_cost
    assert figure is not None
    assert figure.state == "unread"
    assert "RD002" in {remark.rule for remark in reading.remarks}


def _cell(*, across: Line, down: Sequence[Line] = ()) -> PrintedPage:
    """A page of a cell with "67" in it and lines more, after the strokes were taken."""
    page = PrintedPage(
        1,
        characters=[Character("6", 180, 106, 185, 9), Character("7", 185, 106, 190, 9)],
        across=[Line(100, 0, 200), Line(114, 0, 200), across],
        down=[Line(0, 60, 160), Line(200, 60, 160), *down],
    )
    take_strokes(page)
    return page


@pytest.mark.parametrize("end", [199.5, 200.0, 200.5])
def test_a_stroke_that_meets_a_border_with_one_end_is_a_drawing(end: float) -> None:
    stroke = Line(112.5, end - 5, end)
    page = _cell(across=stroke, down=[Line(end - 0.6, 105, 112.5)])

    assert stroke not in page.across
    assert stroke.at in {(drawn.area.bottom + drawn.area.top) / 2 for drawn in page.drawn}


@pytest.mark.parametrize("short_of", [0.0, 0.5, 1.0, 2.0])
def test_a_short_line_between_two_borders_divides_their_cells(short_of: float) -> None:
    line = Line(107, 190 + short_of, 200)
    page = _cell(across=line, down=[Line(190, 100, 114)])

    assert line in page.across
    assert not page.drawn


def test_dashes_are_no_strokes() -> None:
    alone = [Line(107, start, start + 5) for start in range(20, 160, 7)]
    page = PrintedPage(
        1, characters=[Character("6", 180, 106, 185, 9)], across=[Line(100, 0, 200), *alone]
    )
    take_strokes(page)

    assert page.across == [Line(100, 0, 200), *alone]
    assert not page.drawn


def test_a_line_in_pieces_between_dashed_lines_divides_their_cells() -> None:
    pieces = [Line(107, 160, 164), Line(107, 166, 170)]
    dashes = [Line(at, start, start + 4) for at in (160, 170) for start in range(40, 180, 6)]
    page = PrintedPage(
        1,
        characters=[Character("6", 180, 106, 185, 9)],
        across=[Line(100, 0, 200), Line(114, 0, 200), *pieces],
        down=dashes,
    )
    take_strokes(page)

    assert set(pieces) <= set(page.across)
    assert not page.drawn


@pytest.mark.parametrize(("left", "underlines"), [(176, False), (178, True), (180, True)])
def test_an_underline_lies_under_characters_with_most_of_its_length(
    left: float, *, underlines: bool
) -> None:
    line = Line(105, left, left + 6)
    page = _cell(across=line)

    assert (line in page.across) == underlines
    assert bool(page.drawn) != underlines


@pytest.mark.parametrize(("character", "boxed"), [("8", True), (".", False)])
def test_strokes_around_a_point_are_no_box(character: str, *, boxed: bool) -> None:
    page = PrintedPage(
        1,
        characters=[Character(character, 101, 100, 104, 9)],
        across=[Line(v, 100, 105) for v in (100.0, 103.0, 106.0)],
        down=[Line(100, 100, 103), Line(105, 103, 106)],
    )
    take_strokes(page)

    assert bool(page.across) == bool(page.down) == boxed
