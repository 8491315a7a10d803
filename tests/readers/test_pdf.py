"""The PDF reader: every figure and every blank of the committed PDFs, of drawn layouts of every
kind, and of awkward pages.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
sys.path.append(str(DOCUMENTS))

import make_pdfs  # noqa: E402
from hostile_pdfs import without_glyphs  # noqa: E402
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from auditor.auditing.session import load  # noqa: E402
from auditor.forms.model import Form  # noqa: E402
from auditor.readers.documents import read_documents  # noqa: E402
from auditor.readers.in_child import pdf_reader  # noqa: E402
from auditor.readers.pdf import PdfReader  # noqa: E402
from auditor.readers.pdf.cells import cells_of  # noqa: E402
from auditor.readers.pdf.forms import OpenPage  # noqa: E402
from auditor.readers.pdf.pages import Character, Line, PageLimits, PrintedPage  # noqa: E402
from auditor.readers.pdf.printed import printed_pages  # noqa: E402
from auditor.readers.source import Reading, Source, UnreadableDocument  # noqa: E402
from auditor.records.model import Sheet  # noqa: E402
from auditor.testing.build import book  # noqa: E402
from tests.documents.workbook_writer import Layout, PlainWorksheet, worksheets_of  # noqa: E402

SESSION = load((str(DOCUMENTS / "forms"),))
FORMS = SESSION.forms
COMMITTED = sorted(path.stem for path in (DOCUMENTS / "pdf").glob("*.pdf"))
PRINTED = sorted(path.stem for path in (DOCUMENTS / "pdf" / "printed").glob("*.pdf"))


def truth(sheets: tuple[Sheet, ...], form: Form, year: int) -> list[dict[str, Any]]:
    from auditor.records.model import Book

    found: list[dict[str, Any]] = make_pdfs.truth(
        Book(form=form.name, fiscal_year=year, sheets=sheets), form
    )["sheets"]
    return found


def read(data: bytes, form: Form) -> Reading:
    return PdfReader().read(Source("sheets.pdf", data), form)


@pytest.mark.parametrize("name", COMMITTED)
def test_every_figure_and_blank_of_the_committed_pdfs(name: str) -> None:
    wanted = json.loads((DOCUMENTS / "pdf" / f"{name}.json").read_text(encoding="utf-8"))
    form = FORMS[wanted["form"]]

    reading = read((DOCUMENTS / "pdf" / f"{name}.pdf").read_bytes(), form)

    assert truth(reading.sheets, form, wanted["fiscal_year"]) == wanted["sheets"]
    assert reading.fiscal_year == wanted["fiscal_year"]
    assert reading.remarks == reading.not_checked == ()


def test_there_are_committed_pdfs() -> None:
    assert len(COMMITTED) >= 10
    assert set(PRINTED) == set(make_pdfs.PRINTED)


@pytest.mark.parametrize("name", PRINTED)
def test_workbooks_printed_by_libreoffice(name: str) -> None:
    """The same truth as the workbook's own, in which blanks are null."""
    wanted = json.loads((DOCUMENTS / "workbooks" / f"{name}.json").read_text(encoding="utf-8"))

    reading = read(
        (DOCUMENTS / "pdf" / "printed" / f"{name}.pdf").read_bytes(), FORMS[wanted["form"]]
    )

    assert [sheet.name for sheet in reading.sheets] == [sheet["name"] for sheet in wanted["sheets"]]
    assert reading.remarks == reading.not_checked == ()
    for sheet, of in zip(reading.sheets, wanted["sheets"], strict=True):
        assert (sheet.department, list(sheet.budget_stages)) == (
            of["department"],
            of["budget_stages"],
        )
        assert {year: evaluation.result for year, evaluation in sheet.evaluations.items()} == of[
            "results"
        ]
        for key, cell in of["figures"].items():
            if "." not in key:
                figure = getattr(sheet, key)
            else:
                column, name_of = key.split(".")
                year = sheet.years[column]
                figure = (
                    year.funding[name_of] if name_of in year.funding else getattr(year, name_of)
                )
            value = None if figure.value is None else f"{figure.value.normalize():f}"
            assert value == (
                None
                if cell["value"] is None
                else f"{float(cell['value']):g}"
                if "." in cell["value"]
                else cell["value"]
            ), key
            assert figure.place.page is not None
            assert figure.place.box is not None


def test_a_printed_table_of_indicators() -> None:
    wanted = json.loads((DOCUMENTS / "workbooks" / "kushiro-kpi.json").read_text(encoding="utf-8"))

    reading = read(
        (DOCUMENTS / "pdf" / "printed" / "kushiro-kpi.pdf").read_bytes(), FORMS["kushiro"]
    )

    assert [(kpi.project, kpi.name, kpi.unit) for kpi in reading.kpis] == [
        (of["project"], of["name"], of["unit"]) for of in wanted["kpis"]
    ]
    for kpi, of in zip(reading.kpis, wanted["kpis"], strict=True):
        assert kpi.target.value == Decimal(of["target"])
        for actual, printed in zip(kpi.actuals.values(), of["actuals"], strict=True):
            assert actual.printed == printed if printed == "-" else actual.value == Decimal(printed)
            assert actual.place is not None
            assert actual.place.box is not None
    assert reading.fiscal_year == wanted["fiscal_year"]
    assert reading.remarks == reading.not_checked == ()


def test_indicators_behind_sheets_are_read_too(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    writer = pypdf.PdfWriter()
    for name in ("kushiro-clean", "kushiro-kpi"):
        writer.append(DOCUMENTS / "pdf" / "printed" / f"{name}.pdf")
    both = tmp_path / "both.pdf"
    writer.write(both)

    reading = read(both.read_bytes(), FORMS["kushiro"])

    assert (len(reading.sheets), len(reading.kpis)) == (4, 4)
    assert reading.remarks == reading.not_checked == ()


HOW = st.builds(
    make_pdfs.Print,
    borders=st.sampled_from(
        ["solid", "each cell", "dashed", "dotted", "dash pattern", "filled", "double"]
    ),
    ruled=st.sampled_from(["all", "tables"]),
    doubled=st.booleans(),
    rotate=st.sampled_from([0, 90, 180, 270]),
    turned=st.booleans(),
    split=st.sampled_from([1, 1, 2, 3]),
    align=st.sampled_from(["right", "left", "center"]),
    page=st.just((1190.0, 2400.0)),
)
LAYOUTS = st.builds(
    Layout,
    years=st.sampled_from(["across", "down"]),
    unit=st.sampled_from(["label", "beside", "table", "none"]),
    numbers=st.sampled_from(["text", "full_width"]),
    value_width=st.sampled_from([1, 2]),
    split_labels=st.booleans(),
    split_title=st.booleans(),
    two_line_header=st.booleans(),
    arrange=st.sampled_from(["worksheets", "stacked"]),
)


@pytest.mark.parametrize("name", ["kushiro", "minato", "hamabe"])
@settings(max_examples=25)
@given(layout=LAYOUTS, how=HOW, seed=st.integers(0, 9_999))
def test_what_is_printed_is_read_back(
    name: str, layout: Layout, how: make_pdfs.Print, seed: int
) -> None:
    form = FORMS[name]
    made = book(sheets=2, seed=seed, form=form, kpis=0)

    reading = read(make_pdfs.printed(made, form, layout, how), form)

    assert truth(reading.sheets, form, made.fiscal_year) == truth(
        made.sheets, form, made.fiscal_year
    )
    assert reading.remarks == reading.not_checked == ()


def test_figures_stand_where_their_text_is() -> None:
    """Each box of a figure, rendered, holds ink, and a blank's box is its empty cell."""
    import pypdfium2

    data = (DOCUMENTS / "pdf" / "kushiro-solid.pdf").read_bytes()
    reading = read(data, FORMS["kushiro"])
    document = pypdfium2.PdfDocument(data)
    image = document[0].render(scale=4).to_pil().convert("L")
    height = document[0].get_height()
    document.close()
    boxes = {"number": 0, "blank": 0}
    for year in reading.sheets[0].years.values():
        for figure in (year.total_cost, *year.funding.values()):
            assert figure is not None
            assert figure.place is not None
            assert figure.place.page == 1
            assert figure.place.box is not None
            x0, y0, x1, y1 = figure.place.box
            inset = 1 if figure.state == "blank" else 0  # its borders are not in it
            part = image.crop(
                (
                    int((x0 + inset) * 4),
                    int((height - y1 + inset) * 4),
                    int((x1 - inset) * 4),
                    int((height - y0 - inset) * 4),
                )
            )
            assert (part.getextrema()[0] < 128) == (figure.state == "number")
            boxes["number" if figure.state == "number" else "blank"] += 1
    assert min(boxes.values()) > 0


def characters(text: str, left: float, base: float, width: float = 4.0) -> list[Character]:
    return [
        Character(c, left + width * i, base, left + width * (i + 1), 8.0)
        for i, c in enumerate(text)
    ]


def table(columns: list[float], rows: list[float]) -> PrintedPage:
    across = [Line(v, columns[0], columns[-1]) for v in rows]
    return PrintedPage(1, across=across, down=[Line(u, rows[0], rows[-1]) for u in columns])


def test_a_figure_across_a_line_stays_whole_and_is_told() -> None:
    page = table([0, 50, 100], [0, 20])
    page.characters = characters("12,345", 34, 6)  # the last characters stand beyond the line at 50

    cells = cells_of(page)

    assert [written.text for written in cells.written] == ["12,345"]
    assert [written.text for written in cells.crossing] == ["12,345"]


def test_two_figures_beside_a_line_are_two() -> None:
    page = table([0, 50, 100], [0, 20])
    page.characters = [*characters("12", 40.5, 6), *characters("345", 51.5, 6)]

    cells = cells_of(page)

    assert sorted(written.text for written in cells.written) == ["12", "345"]
    assert cells.crossing == []


def test_columns_without_lines_between_are_not_one_figure() -> None:
    page = table([0, 300], [0, 20])
    page.characters = [
        *characters("地方債", 2, 6, 8),
        *characters("1,000", 100, 6),
        *characters("2,000", 200, 6),
    ]

    assert [written.text for written in cells_of(page).written] == ["地方債", "1,000", "2,000"]


def test_a_sign_far_from_its_digits_belongs_to_them() -> None:
    page = table([0, 100], [0, 20])
    page.characters = [*characters("△", 2, 6, 8), *characters("1,234", 70, 6)]

    assert [written.text for written in cells_of(page).written] == ["△ 1,234"]


def test_digits_apart_are_no_figure() -> None:
    """``1 234`` could be two figures or one; it is kept as printed."""
    page = table([0, 100], [0, 20])
    page.characters = [*characters("1", 50, 6), *characters("234", 58, 6)]

    assert [written.text for written in cells_of(page).written] == ["1 234"]


def test_repeated_digits_are_not_taken_for_bold() -> None:
    import pypdfium2

    sheet = PlainWorksheet("1")
    sheet.put(1, 1, "1,111,111.11")
    data = make_pdfs.drawn([sheet], make_pdfs.Print(doubled=True))
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    assert (
        "".join(
            c.text for c in printed_pages(OpenPage(page, [], []), 1, PageLimits())[0].characters
        )
        == "1,111,111.11"
    )
    page.close()
    document.close()


DIRECTIONS = [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)]


@pytest.mark.parametrize("in_form", [False, True])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_text_without_glyphs_is_read(direction: tuple[int, ...], *, in_form: bool) -> None:
    """A digit alone, and rows that say the same, in a font that the machine does not have: pdfium
    sees no extent in one direction or both, and leaves such texts out of its own accord.
    """
    import pypdfium2

    a, b, c, d = direction
    texts = ["0", "7", *["12345678901234567890123456789012345678901234567890"] * 3]
    data = without_glyphs(
        b"\n".join(
            b"BT /G 8 Tf %d %d %d %d %d %d Tm (%s) Tj ET"
            % (a, b, c, d, 300 - 12 * row * c, 400 - 12 * row * d, text.encode())
            for row, text in enumerate(texts)
        ),
        in_form=in_form,
    )
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    found: dict[int, str] = {}
    for character in printed_pages(OpenPage(page, [], []), 1, PageLimits())[0].characters:
        base = round(character.base)
        found[base] = found.get(base, "") + character.text
    page.close()
    document.close()

    assert [found[base] for base in sorted(found, reverse=True)] == texts
    words = PdfReader().words(Source("sheets.pdf", data)) or ""
    assert [words.count(text) for text in ("7", texts[-1])] == [1 + 3 * 5, 3]


def test_a_guarded_reader_reads_the_same() -> None:
    form = FORMS["kushiro"]
    source = Source("sheets.pdf", (DOCUMENTS / "pdf" / "kushiro-solid.pdf").read_bytes())
    reader = pdf_reader()

    assert "主要施策成果シート" in (reader.words(source) or "")
    assert reader.read(source, form) == PdfReader().read(source, form)


def test_a_document_finds_its_form_and_reader(tmp_path: Path) -> None:
    """A wrong extension doesn't matter: the content decides."""
    path = tmp_path / "sheets.xlsx"
    path.write_bytes((DOCUMENTS / "pdf" / "minato-portrait.pdf").read_bytes())

    result = read_documents([path], forms=FORMS, readers=SESSION.readers)

    assert result.not_checked == ()
    assert [(found.form, len(found.sheets)) for found in result.books] == [("minato", 4)]


def test_without_the_extra_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(UnreadableDocument) as caught:
        pdf_reader().words(Source("x.pdf", b"%PDF-1.7\n"))
    assert caught.value.message.code == "needs-extra"
    assert "sheet-auditor[pdf]" in caught.value.message.ja


def test_worksheets_over_several_pages_keep_their_pages() -> None:
    form = FORMS["kushiro"]
    made = book(sheets=1, seed=2, form=form, kpis=0)
    reading = read(
        make_pdfs.drawn(worksheets_of(made, form, make_pdfs.TEXT), make_pdfs.Print(split=2)), form
    )

    assert {
        figure.place.page
        for figure in (reading.sheets[0].population, reading.sheets[0].years["2024"].total_cost)
        if figure and figure.place
    }
    assert reading.sheets[0].place is not None
    assert reading.sheets[0].place.page == 1
    assert reading.sheets[0].population is not None
    assert reading.sheets[0].population.place is not None
    assert reading.sheets[0].population.place.page == 2
