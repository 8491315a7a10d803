"""What is seen is what is read: a figure of a printed sheet is hidden, covered, struck out, drawn
over or marked, and the reader follows what a person sees or says that it can't.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
sys.path.append(str(DOCUMENTS))

import hostile_pdfs as hostile  # noqa: E402
import make_pdfs  # noqa: E402
from hypothesis import assume, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from reportlab.lib.utils import ImageReader  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from auditor.auditing.session import load  # noqa: E402
from auditor.readers.pdf import PdfReader, rendering  # noqa: E402
from auditor.readers.source import Reading, Source, UnreadableDocument  # noqa: E402
from auditor.records.figures import Figure  # noqa: E402
from auditor.testing.build import book  # noqa: E402
from tests.documents.workbook_writer import worksheets_of  # noqa: E402

FORM = load().forms["kushiro"]
WIDE = 1190.0, 842.0
Alteration = Callable[[Canvas, str, float, float, float], None]


def read(data: bytes) -> Reading:
    return PdfReader().read(Source("sheets.pdf", data), FORM)


def printed(seed: int, target: int, alter: Alteration | None) -> bytes:
    """Sheets of which the amount with the number ``target`` is printed by ``alter``."""
    made = book(sheets=1, seed=seed, form=FORM, kpis=0)
    amounts = {
        figure.printed
        for sheet in made.sheets
        for year in sheet.years.values()
        for figure in (year.total_cost, *year.funding.values(), year.staff_cost)
        if figure is not None and figure.state == "number"
    }
    count = -1

    class Altered(make_pdfs.Drawing):
        def string(self, line: str, x: float, y: float) -> None:
            nonlocal count
            count += line in amounts
            if alter is None or count != target or line not in amounts:
                super().string(line, x, y)
                return
            self.canvas.saveState()
            alter(self.canvas, line, x, y, self.canvas._fontsize)
            self.canvas.restoreState()

    worksheets = worksheets_of(made, FORM, make_pdfs.TEXT)
    return make_pdfs.drawn(worksheets, make_pdfs.Print(page=WIDE), Altered)


def figures(reading: Reading) -> dict[tuple[int, str, str], Figure]:
    return {
        (sheet.number, year, name): figure
        for sheet in reading.sheets
        for year, column in sheet.years.items()
        for name, figure in column.figure_items()
    }


def width(line: str, size: float) -> float:
    return float(make_pdfs.pdfmetrics.stringWidth(line, make_pdfs.FONT, size))


def white(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(x, y, line)


def invisible(mode: int) -> Alteration:
    def draw(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
        canvas.drawString(x, y, line, mode=mode)

    return draw


def transparent(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(x, y, line)


def clipped(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
    path = canvas.beginPath()
    path.rect(0, 0, 1, 1)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(x, y, line)


def tiny(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
    canvas.setFont(make_pdfs.FONT, 0.5)
    canvas.drawString(x, y, line)


def covered(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(x - 0.5, y - 0.2 * size, width(line, size) + 1, 1.1 * size, stroke=0, fill=1)


def covered_by_picture(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    image = ImageReader(io.BytesIO(_png((255, 255, 255))))
    canvas.drawImage(image, x - 0.5, y - 0.2 * size, width(line, size) + 1, 1.1 * size)


def on_its_own_ground(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.setFillColorRGB(0.7, 0.8, 0.9)
    canvas.rect(x - 0.5, y - 0.2 * size, width(line, size) + 1, 1.1 * size, stroke=0, fill=1)
    canvas.drawString(x, y, line)


HIDDEN: dict[str, Alteration] = {
    "white": white,
    "render mode 3": invisible(3),
    "render mode 7": invisible(7),
    "transparent": transparent,
    "clipped away": clipped,
    "tiny": tiny,
    "covered by a box": covered,
    "covered by a picture": covered_by_picture,
    "in the colour of its ground": on_its_own_ground,
}


def struck(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    canvas.setLineWidth(0.6)
    canvas.line(x, y + 0.33 * size, x + width(line, size), y + 0.33 * size)


def crossed_out(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    canvas.line(x, y, x + width(line, size), y + 0.8 * size)


def drawn_triangle(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    path = canvas.beginPath()
    path.moveTo(x - size, y)
    path.lineTo(x - 0.2 * size, y)
    path.lineTo(x - 0.6 * size, y + 0.7 * size)
    path.close()
    canvas.drawPath(path, stroke=1, fill=0)


def drawn_minus(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    canvas.setLineWidth(0.6)
    canvas.line(x - 0.8 * size, y + 0.33 * size, x - 0.2 * size, y + 0.33 * size)


def picture_beside(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    image = ImageReader(io.BytesIO(_png((0, 0, 0))))
    canvas.drawImage(image, x - 0.9 * size, y, 0.7 * size, 0.7 * size)


def in_red(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
    canvas.setFillColorRGB(1, 0, 0)
    canvas.drawString(x, y, line)


def instead_as_picture(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    image = ImageReader(io.BytesIO(_png((0, 0, 0))))
    canvas.drawImage(image, x, y, width(line, size), 0.7 * size)


def instead_as_outlines(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    for index in range(len(line)):
        path = canvas.beginPath()
        path.ellipse(x + 0.5 * index * size, y, 0.4 * size, 0.7 * size)
        canvas.drawPath(path, stroke=1, fill=0)


DOUBTFUL: dict[str, Alteration] = {
    "struck out": struck,
    "crossed out": crossed_out,
    "with a drawn triangle": drawn_triangle,
    "with a drawn minus": drawn_minus,
    "with a picture": picture_beside,
    "in red": in_red,
    "a picture instead": instead_as_picture,
    "outlines instead": instead_as_outlines,
}


def raised(mark: str, rise: float, share: float, gap: float = 0.0) -> Alteration:
    def draw(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
        small = share * size
        room = width(mark, small) + gap
        canvas.drawString(x - room, y, line)
        canvas.setFont(make_pdfs.FONT, small)
        canvas.drawString(x - room + width(line, size) + gap, y + rise * size, mark)

    return draw


def before(mark: str, rise: float, share: float) -> Alteration:
    def draw(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
        canvas.drawString(x, y, line)
        canvas.setFont(make_pdfs.FONT, share * size)
        canvas.drawString(x - width(mark, share * size), y + rise * size, mark)

    return draw


def light(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
    canvas.setFillGray(0.6)
    canvas.drawString(x, y, line)


def on_dark(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.rect(x - 0.5, y - 0.2 * size, width(line, size) + 1, 1.1 * size, stroke=0, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(x, y, line)


def underlined(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x, y, line)
    canvas.setLineWidth(0.4)
    canvas.line(x, y - 0.12 * size, x + width(line, size), y - 0.12 * size)


def condensed(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    text = canvas.beginText(x + 0.4 * width(line, size), y)
    text.setHorizScale(60)
    text.textOut(line)
    canvas.drawText(text)


PLAIN: dict[str, Alteration] = {
    "a raised mark": raised("1", 0.33, 0.65),
    "a raised mark of two digits": raised("12", 0.3, 0.6),
    "a lowered mark": raised("2", -0.15, 0.6),
    "a mark a hair apart": raised("1", 0.33, 0.65, 0.5),
    "a small mark on the baseline": raised("1", 0, 0.6),
    "a raised mark with a bracket": raised("1)", 0.33, 0.65),
    "a mark before": before("1", 0.33, 0.65),
    "light grey": light,
    "white on a dark ground": on_dark,
    "underlined": underlined,
    "condensed": condensed,
}


def over_the_line(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.drawString(x + 0.3 * width(line, size), y, line)


def _png(colour: tuple[int, int, int]) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "PNG")
    return stream.getvalue()


SEEDS = st.integers(0, 999)
TARGETS = st.integers(0, 5)


@pytest.mark.parametrize("name", HIDDEN)
@settings(max_examples=3)
@given(seed=SEEDS, target=TARGETS)
def test_a_figure_that_nobody_sees_is_blank(name: str, seed: int, target: int) -> None:
    clean = figures(read(printed(seed, target, None)))

    reading = read(printed(seed, target, HIDDEN[name]))

    changed = [key for key, figure in figures(reading).items() if figure.value != clean[key].value]
    assert len(changed) == 1
    # Where a machine's fonts have no △, it can't be seen that one is clipped.
    assume("△" not in clean[changed[0]].printed)
    assert figures(reading)[changed[0]].state == "blank"
    assert reading.remarks == ()


def with_a_clipped_digit_over_its_end(
    canvas: Canvas, line: str, x: float, y: float, size: float
) -> None:
    canvas.drawString(x, y, line)
    path = canvas.beginPath()
    path.rect(0, 0, 1, 1)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(x + width(line, size) - 0.45 * size, y, "８")


@settings(max_examples=5)
@given(seed=SEEDS, target=TARGETS)
def test_what_another_cell_cuts_off_over_a_figure_is_not_read(seed: int, target: int) -> None:
    clean = figures(read(printed(seed, target, None)))

    reading = read(printed(seed, target, with_a_clipped_digit_over_its_end))

    values = {key: figure.value for key, figure in figures(reading).items()}
    assert values == {key: figure.value for key, figure in clean.items()}


@pytest.mark.parametrize("name", DOUBTFUL)
@settings(max_examples=3)
@given(seed=SEEDS, target=TARGETS)
def test_a_figure_that_may_mean_something_else_is_unread_and_said(
    name: str, seed: int, target: int
) -> None:
    data = printed(seed, target, DOUBTFUL[name])
    clean = figures(read(printed(seed, target, None)))

    reading = read(data)

    changed = [key for key, figure in figures(reading).items() if figure.value != clean[key].value]
    negative = name == "in red" and not changed
    if negative:  # a printed sign is plain enough
        assert reading.remarks == ()
        return
    assert [figures(reading)[key].state for key in changed] == ["unread"]
    (remark,) = reading.remarks
    assert (remark.rule, remark.year, remark.evidence) == ("RD002", changed[0][1], "uncertain")


@settings(max_examples=5)
@given(seed=SEEDS, target=TARGETS)
def test_a_figure_across_a_line_is_uncertain(seed: int, target: int) -> None:
    clean = figures(read(printed(seed, target, None)))

    reading = read(printed(seed, target, over_the_line))

    after = figures(reading)
    crossing = [remark for remark in reading.remarks if remark.rule == "RD002"]
    assume(crossing)  # a short one stays in its cell
    moved = [
        key
        for key, figure in after.items()
        if figure.place != clean[key].place and figure.value is not None
    ]
    assert {remark.evidence for remark in crossing} == {"uncertain"}
    if not moved:  # half of it lies in either cell
        assert "unread" in {figure.state for figure in after.values()}
        return
    (remark,) = crossing
    named = [(cell.sheet, cell.year, cell.field) for cell in remark.cells]
    assert len(moved) == 1
    # It may belong to the blank cell beyond the line.
    assert [key for key in named if after[key].state != "blank"] == moved
    assert len(named) <= 2


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=3)
@given(seed=SEEDS, target=TARGETS)
def test_a_figure_with_a_mark_or_in_another_dress_is_read(
    name: str, seed: int, target: int
) -> None:
    clean = figures(read(printed(seed, target, None)))

    reading = read(printed(seed, target, PLAIN[name]))

    values = {key: figure.value for key, figure in figures(reading).items()}
    assert values == {key: figure.value for key, figure in clean.items()}
    assert reading.remarks == ()


# --- pages ---------------------------------------------------------------------------------------


def merged(*parts: bytes, transform: tuple[float, ...] | None = None) -> bytes:
    """The pages of some PDFs in one, turned by a matrix."""
    pypdf: Any = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    writer = pypdf.PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part))
    if transform is not None:
        for page in writer.pages:
            page.add_transformation(transform)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@settings(max_examples=6)
@given(degrees=st.floats(-1.9, 1.9), seed=SEEDS)
def test_a_page_a_little_askew_is_turned_back(degrees: float, seed: int) -> None:
    import math

    plain = printed(seed, -1, None)
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    around = WIDE[0] / 2, WIDE[1] / 2
    shift = (
        around[0] - around[0] * cosine + around[1] * sine,
        around[1] - around[0] * sine - around[1] * cosine,
    )

    reading = read(merged(plain, transform=(cosine, sine, -sine, cosine, *shift)))

    values = {key: figure.value for key, figure in figures(reading).items()}
    assert values == {key: figure.value for key, figure in figures(read(plain)).items()}
    assert reading.remarks == reading.not_checked == ()


@pytest.mark.parametrize("degrees", [3, 5, -4, 10])
def test_a_page_far_askew_is_refused_with_its_place(degrees: int) -> None:
    import math

    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    reading = read(merged(printed(1, -1, None), transform=(cosine, sine, -sine, cosine, 0, 0)))

    assert reading.sheets == ()
    assert [(of.why.code, "1ページ" in of.why.ja) for of in reading.not_checked] == [
        ("page-askew", True)
    ]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_two_sheets_on_a_page_one_of_them_turned(degrees: int) -> None:
    pypdf: Any = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    first, second = printed(1, -1, None), printed(2, -1, None)
    readers = [pypdf.PdfReader(io.BytesIO(data)) for data in (first, second)]
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(3 * WIDE[0], 3 * WIDE[0])
    page.merge_transformed_page(
        readers[0].pages[0], pypdf.Transformation().translate(0, WIDE[0] * 1.5)
    )
    turned = pypdf.Transformation().rotate(degrees).translate(WIDE[0] * 1.8, WIDE[0] * 1.2)
    page.merge_transformed_page(readers[1].pages[0], turned)
    stream = io.BytesIO()
    writer.write(stream)

    reading = read(stream.getvalue())

    names = {sheet.name for data in (first, second) for sheet in read(data).sheets}
    assert {sheet.name for sheet in reading.sheets} == names
    assert reading.not_checked == ()
    values = sorted(str(figure.value) for figure in figures(reading).values())
    both = [figure for data in (first, second) for figure in figures(read(data)).values()]
    assert values == sorted(str(figure.value) for figure in both)


@pytest.mark.parametrize("hidden_text", [False, True])
def test_a_scan_with_a_page_number_is_no_page_to_pass_over(*, hidden_text: bool) -> None:
    scan = _numbered(hostile.scan(3, hidden_text=hidden_text))

    reading = read(merged(scan, printed(1, -1, None)))

    assert len(reading.sheets) == 1
    assert {of.why.code for of in reading.not_checked} == {"scan"}


def _numbered(data: bytes) -> bytes:
    """Pages with a number printed at the foot of each."""
    pypdf: Any = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(data))
    for number, page in enumerate(writer.pages, 1):
        stream = io.BytesIO()
        canvas = Canvas(stream, pagesize=(page.mediabox.width, page.mediabox.height))
        canvas.drawString(float(page.mediabox.width) / 2, 20, f"- {number} -")
        canvas.save()
        page.merge_page(pypdf.PdfReader(stream).pages[0])
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_a_cover_is_passed_over_and_a_list_of_other_projects_is_not_checked() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=WIDE)
    canvas.setFont(make_pdfs.FONT, 20)
    canvas.drawString(300, 500, "令和6年度 成果報告書")
    canvas.showPage()
    canvas.setFont(make_pdfs.FONT, 9)
    rows = [("番号", "事業名", "事業費総額")]
    rows += [(str(n), f"第{n}事業", f"{n},234") for n in range(1, 4)]
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            canvas.drawString(100 + 200 * column, 700 - 20 * row, text)
            canvas.rect(95 + 200 * column, 695 - 20 * row, 200, 20)
    canvas.save()

    reading = read(merged(stream.getvalue(), printed(1, -1, None)))

    assert len(reading.sheets) == 1
    assert [missed.why.code for missed in reading.not_checked] == ["list"]
    assert [(part.place.page, part.state, part.why.code) for part in reading.parts] == [
        (1, "passed_over", "no-sheet")
    ]


# --- fields, annotations, files ------------------------------------------------------------------


def as_field(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
    canvas.acroForm.textfield(
        value=line,
        x=x,
        y=y - 0.2 * size,
        width=width(line, size) + 2,
        height=1.2 * size,
        fontSize=size,
        borderWidth=0,
        forceBorder=False,
        name=f"field {line}",
        fontName="Helvetica",
    )


@settings(max_examples=3)
@given(seed=SEEDS, target=TARGETS)
def test_the_value_of_a_form_field_is_read(seed: int, target: int) -> None:
    clean = figures(read(printed(seed, target, None)))
    # The sign that Japanese figures have is in none of the fonts of reportlab's fields.

    def plain(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
        if line.isascii():
            as_field(canvas, line, x, y, size)
        else:
            canvas.drawString(x, y, line)

    reading = read(printed(seed, target, plain))

    values = {key: figure.value for key, figure in figures(reading).items()}
    assert values == {key: figure.value for key, figure in clean.items()}
    assert reading.remarks == ()


@pytest.mark.parametrize("kind", ["FreeText", "Stamp", "StrikeOut", "Text"])
def test_an_annotation_over_a_figure_is_said(kind: str) -> None:
    pypdf: Any = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    generic: Any = pypdf.generic
    data = printed(3, -1, None)
    key, figure = next(
        (key, figure) for key, figure in figures(read(data)).items() if figure.state == "number"
    )
    assert figure.place is not None
    assert figure.place.box is not None
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(data))
    annotation = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject(f"/{kind}"),
            generic.NameObject("/Rect"): generic.ArrayObject(
                generic.FloatObject(side) for side in figure.place.box
            ),
            generic.NameObject("/Contents"): generic.TextStringObject("9,111"),
        }
    )
    writer.add_annotation(0, annotation)
    stream = io.BytesIO()
    writer.write(stream)

    reading = read(stream.getvalue())

    assert figures(reading)[key].state == "unread"
    assert [(remark.rule, remark.field) for remark in reading.remarks] == [("RD002", key[2])]


def test_what_a_text_is_said_to_mean_is_not_believed() -> None:
    def marked(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
        canvas._code.append("/Span <</ActualText (9,999)>> BDC")
        canvas.drawString(x, y, line)
        canvas._code.append("EMC")

    reading = read(printed(1, 0, marked))

    clean = figures(read(printed(1, 0, None)))
    assert {key: figure.value for key, figure in figures(reading).items()} == {
        key: figure.value for key, figure in clean.items()
    }


@pytest.mark.parametrize("tail", [b"\n<html>" + b" " * 5_000, b"\0" * 4_000])
def test_what_follows_the_end_of_a_file_does_not_matter(tail: bytes) -> None:
    data = printed(1, -1, None)

    assert figures(read(data + tail)) == figures(read(data))


@pytest.mark.parametrize("cut", [b"%%EOF", b"startxref"])
def test_a_file_without_its_end_mark_is_read_and_a_cut_one_is_not(cut: bytes) -> None:
    data = printed(1, -1, None)
    assert figures(read(data[: data.rindex(cut)])) == figures(read(data))
    with pytest.raises(UnreadableDocument):
        read(data[: data.rindex(b"endobj")])


def layered(data: bytes, *, shown: bool) -> bytes:
    """What is drawn between the marks of a layer, in one that is switched on or off."""
    pypdf: Any = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    generic: Any = pypdf.generic
    name, text, array = generic.NameObject, generic.TextStringObject, generic.ArrayObject
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(data))
    groups = [
        writer._add_object(
            generic.DictionaryObject({name("/Type"): name("/OCG"), name("/Name"): text("figures")})
        )
        for _ in range(2)  # of one name, so that names can't tell them apart
    ]
    off = array([] if shown else [groups[0]])
    writer.root_object[name("/OCProperties")] = generic.DictionaryObject(
        {
            name("/OCGs"): array(groups),
            name("/D"): generic.DictionaryObject({name("/OFF"): off}),
        }
    )
    writer.pages[0]["/Resources"][name("/Properties")] = generic.DictionaryObject(
        {name("/L"): groups[0]}
    )
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize("shown", [True, False])
def test_a_layer_that_is_switched_off_is_not_seen(*, shown: bool) -> None:
    def draw(canvas: Canvas, line: str, x: float, y: float, _: float) -> None:
        canvas._code.append("/OC /L BDC")
        canvas.drawString(x, y, line)
        canvas._code.append("EMC")

    clean = figures(read(printed(1, 2, None)))

    reading = read(layered(printed(1, 2, draw), shown=shown))

    after = figures(reading)
    changed = [key for key, figure in clean.items() if after[key].value != figure.value]
    assert [after[key].state for key in changed] == ([] if shown else ["blank"])


def test_a_new_figure_over_an_old_one_counts_alone() -> None:
    def corrected(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
        covered(canvas, line, x, y, size)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(x, y, _corrected(line))

    clean = figures(read(printed(1, 0, None)))

    reading = read(printed(1, 0, corrected))

    after = figures(reading)
    changed = [key for key, figure in clean.items() if after[key].value != figure.value]
    assert [after[key].printed for key in changed] == [
        _corrected(clean[key].printed) for key in changed
    ]
    assert len(changed) == 1
    assert reading.remarks == ()


def half_covered(low: float, high: float, *, again: bool, apart: bool, shift: float) -> Alteration:
    """A cover over a part of a figure's height, with a new figure over it, or none; ``apart`` is
    each digit a text of its own, as some programs print them.
    """

    def put(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
        for part in line if apart else [line]:
            canvas.drawString(x, y, part)
            x += width(part, size)

    def draw(canvas: Canvas, line: str, x: float, y: float, size: float) -> None:
        put(canvas, line, x, y, size)
        canvas.saveState()
        canvas.setFillColorRGB(1, 1, 1)
        room = width(line, size) + 1
        canvas.rect(x - 0.5, y + low * size, room, (high - low) * size, stroke=0, fill=1)
        canvas.restoreState()
        if again:
            put(canvas, _corrected(line), x + shift * size, y, size)

    return draw


def _corrected(line: str) -> str:
    return line.replace("1", "7").replace("2", "7")


@settings(max_examples=12)
@given(
    seed=SEEDS,
    low=st.floats(-0.4, 0.5),
    high=st.floats(0.2, 1.0),
    again=st.booleans(),
    apart=st.booleans(),
    shift=st.sampled_from([-0.3, 0.0, 0.3]),
)
def test_of_a_figure_in_part_under_a_cover_no_part_is_read(
    seed: int, low: float, high: float, again: bool, apart: bool, shift: float
) -> None:
    clean = figures(read(printed(seed, 0, None)))
    alter = half_covered(low, max(high, low + 0.2), again=again, apart=apart, shift=shift)

    reading = read(printed(seed, 0, alter))

    after = figures(reading)
    changed = [key for key, figure in after.items() if figure.printed != clean[key].printed]
    for key in changed:
        assert after[key].state == "unread" or after[key].printed in (
            ("", _corrected(clean[key].printed)) if again else ("",)
        )
    assert {remark.rule for remark in reading.remarks} <= {"RD002"}


@pytest.mark.parametrize("name", [*HIDDEN, *PLAIN])
def test_what_is_seen_does_not_depend_on_how_often_lines_are_painted(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = printed(1, 0, HIDDEN.get(name) or PLAIN[name])
    once = read(data)

    monkeypatch.setattr(rendering.Painter, "grounds", lambda *_: None)

    assert read(data) == once


def test_a_page_most_of_whose_text_is_set_invisible_is_refused_by_that_name() -> None:
    """The mode of a text stays until it is set anew, so that all text behind it is unseen."""
    made = book(sheets=1, seed=3, form=FORM, kpis=0)
    texts = 0

    class Leaking(make_pdfs.Drawing):
        def string(self, line: str, x: float, y: float) -> None:
            nonlocal texts
            texts += 1
            if texts < 20:
                super().string(line, x, y)
                return
            text = self.canvas.beginText(x, y)
            text.setTextRenderMode(3)
            text.textLine(line)
            self.canvas.drawText(text)

    worksheets = worksheets_of(made, FORM, make_pdfs.TEXT)
    reading = read(make_pdfs.drawn(worksheets, make_pdfs.Print(page=WIDE), Leaking))
    assert [missed.why.code for missed in reading.not_checked] == ["text-unseen"]
