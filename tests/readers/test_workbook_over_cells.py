"""What a worksheet says of its cells from elsewhere decides what they show: conditions of its
extension, scales of colours, widths of columns, runs of a text, drawings that lie over them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import ColorScaleRule, Rule
from openpyxl.styles import Alignment, Font, GradientFill, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from auditor.auditing.session import load
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.readers.workbook import WorkbookReader
from auditor.records.figures import Figure
from auditor.testing.build import book
from tests.documents.workbook_writer import (
    Layout,
    PlainWorksheet,
    with_part_of,
    workbook_bytes,
    worksheets_of,
)

FORM: Final = load().forms["kushiro"]
PART: Final = "xl/worksheets/sheet1.xml"
WHITE: Final = Font(color="FFFFFFFF")
DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
ART: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
X14: Final = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM: Final = "http://schemas.microsoft.com/office/excel/2006/main"


def package() -> bytes:
    return workbook_bytes(worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout()))


def read(data: bytes) -> Reading:
    return WorkbookReader().read(Source("book.xlsx", data), FORM)


def amounts(reading: Reading) -> dict[str, Figure]:
    """The amounts of the sheet by their cells."""
    (sheet,) = reading.sheets
    figures = [figure for year in sheet.years.values() for _, figure in year.figure_items()]
    return {figure.place.cell: figure for figure in figures if figure.place and figure.place.cell}


BEFORE: Final = amounts(read(package()))
CELL: Final = min(cell for cell, figure in BEFORE.items() if (figure.value or 0) >= 1000)
VALUE: Final = BEFORE[CELL].value


def rules(reading: Reading) -> set[str]:
    return {remark.rule for remark in reading.remarks}


def changed(change: Any) -> Reading:
    workbook = openpyxl.load_workbook(BytesIO(package()))
    sheet: Any = workbook.active
    change(sheet, sheet[CELL])
    out = BytesIO()
    workbook.save(out)
    return read(out.getvalue())


# Conditions.


def extended(rule: str, sqref: str = CELL) -> bytes:
    """The book with a conditional format in the extension of its worksheet."""
    extension = (
        f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}">'
        f'<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{XM}">{rule}'
        f"<xm:sqref>{sqref}</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>"
        "</ext></extLst></worksheet>"
    )
    return with_part_of(
        package(), PART, lambda data: data.replace(b"</worksheet>", extension.encode())
    )


def x14_rule(attributes: str, formula: str, change: str) -> str:
    return (
        f'<x14:cfRule priority="1" id="{{0}}" {attributes}><xm:f>{escape(formula)}</xm:f>'
        f"<x14:dxf>{change}</x14:dxf></x14:cfRule>"
    )


INK: Final = '<font><color rgb="FFFFFFFF"/></font>'
NO_PRINT: Final = '<numFmt numFmtId="200" formatCode=";;;"/>'
FEW: Final = '<x14:cfvo type="percent"><xm:f>0</xm:f></x14:cfvo>'


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (x14_rule('type="cellIs" operator="notEqual"', "0", INK), "blank"),
        (x14_rule('type="expression"', "TRUE", NO_PRINT), "blank"),
        (x14_rule('type="expression"', "FALSE", NO_PRINT), "number"),
        (x14_rule('type="expression"', "別紙!$A$1=1", INK), "unread"),
        (x14_rule('type="expression"', "別紙!$A$1=1", '<font><b val="1"/></font>'), "number"),
        (
            '<x14:cfRule type="iconSet" priority="1" id="{0}">'
            f'<x14:iconSet showValue="0">{FEW}</x14:iconSet></x14:cfRule>',
            "blank",
        ),
        (
            f'<x14:cfRule type="dataBar" id="{{0}}"><x14:dataBar>{FEW}</x14:dataBar></x14:cfRule>',
            "number",
        ),
    ],
)
def test_conditions_of_the_extension_decide_what_is_seen(rule: str, state: str) -> None:
    reading = read(extended(rule))

    figure = amounts(reading)[CELL]
    assert figure.state == state
    assert figure.value == (VALUE if state == "number" else None)
    assert ("XLS016" in rules(reading)) is (state != "number")


def test_a_condition_of_the_extension_is_for_its_own_cells() -> None:
    rule = x14_rule('type="expression"', "TRUE", NO_PRINT)

    assert amounts(read(extended(rule, "A1:A2 ZZ9"))) == BEFORE


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (ColorScaleRule("min", None, "FFFF0000", "max", None, "FF00FF00"), "number"),
        (ColorScaleRule("min", None, "FF000000", "max", None, "FFFFFFFF"), "unread"),
        (Rule("top10", rank=1, dxf=DifferentialStyle(font=WHITE)), "blank"),
        (Rule("duplicateValues", dxf=DifferentialStyle(font=WHITE)), "number"),
        (Rule("uniqueValues", dxf=DifferentialStyle(font=WHITE)), "blank"),
        (Rule("beginsWith", text="x", dxf=DifferentialStyle(font=WHITE)), "number"),
        (Rule("aboveAverage", dxf=DifferentialStyle(font=WHITE)), "unread"),
    ],
)
def test_rules_that_compare_cells_are_worked_out_or_not_known(rule: Any, state: str) -> None:
    reading = changed(lambda sheet, cell: sheet.conditional_formatting.add(CELL, rule))

    assert amounts(reading)[CELL].state == state


@pytest.mark.parametrize(
    ("fill", "ink", "state"),
    [
        (GradientFill(stop=("FF000000", "FF1F497D")), "FFFFFFFF", "number"),
        (GradientFill(stop=("FFFFFFFF", "FFFAFAFA")), "FFFFFFFF", "blank"),
        (PatternFill("darkGray", fgColor="FF000000", bgColor="FF000000"), "FF000000", "blank"),
        (PatternFill("gray125"), "FF000000", "number"),
        (PatternFill("gray125"), "FFFFFFFF", "blank"),
    ],
)
def test_a_ground_of_several_colours_hides_what_is_seen_on_none(
    fill: Any, ink: str, state: str
) -> None:
    def change(_: Any, cell: Any) -> None:
        cell.fill, cell.font = fill, Font(color=ink)

    assert amounts(changed(change))[CELL].state == state


# Runs of a text.


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (TextBlock(InlineFont(color="FFFFFFFF"), "9"), ""),
        ("", TextBlock(InlineFont(sz=5), "1")),
        ("", TextBlock(InlineFont(color="FFFFFFFF", sz=11), "000")),
        (TextBlock(InlineFont(vertAlign="superscript"), "注2"), ""),
    ],
)
def test_runs_that_are_no_part_of_the_figure_are_left_out(before: Any, behind: Any) -> None:
    def change(_: Any, cell: Any) -> None:
        pieces = [piece for piece in (before, f"{VALUE:,}", behind) if piece]
        cell.value = CellRichText(*pieces)

    reading = changed(change)

    assert amounts(reading)[CELL].value == VALUE
    assert "XLS018" in rules(reading)


def test_a_coloured_run_is_part_of_the_figure() -> None:
    def change(_: Any, cell: Any) -> None:
        red = TextBlock(InlineFont(color="FFFF0000", sz=11), f"{VALUE:,}")
        cell.value = CellRichText(red, TextBlock(InlineFont(sz=6), " 千円"))

    reading = changed(change)

    assert amounts(reading)[CELL].value == VALUE
    assert "XLS018" not in rules(reading)


# Widths.


@pytest.mark.parametrize(
    ("width", "alignment", "state"),
    [
        (1.5, None, "unread"),
        (9.0, None, "number"),
        (1.5, Alignment(shrinkToFit=True), "number"),
        (1.5, Alignment(textRotation=90), "number"),
    ],
)
def test_a_number_that_its_column_cannot_show_is_not_read(
    width: float, alignment: Any, state: str
) -> None:
    def change(sheet: Any, cell: Any) -> None:
        cell.value = 123456
        sheet.column_dimensions[cell.column_letter].width = width
        if alignment is not None:
            cell.alignment = alignment

    reading = changed(change)

    assert amounts(reading)[CELL].state == state
    if state == "unread":
        (remark, *_) = [remark for remark in reading.remarks if remark.rule == "XLS016"]
        assert remark.detail is not None
        assert "####" in remark.detail.en and "####" in remark.detail.ja


# Drawings.


@dataclass(frozen=True)
class Shape:
    """A shape over the cell, from and to these parts of its width and height."""

    text: str = ""
    fill: str = "<a:noFill/>"
    element: str = "sp"
    geometry: str = "rect"
    begins: tuple[float, float] = (0.0, 0.0)
    ends: tuple[float, float] = (0.95, 0.95)

    def xml(self, at: str) -> str:
        match = re.fullmatch("([A-Z]+)([0-9]+)", at)
        assert match is not None
        column, row = openpyxl.utils.column_index_from_string(match[1]) - 1, int(match[2]) - 1
        wide, high = 64 * 9_525, 13.5 * 12_700

        def end(tag: str, part: tuple[float, float]) -> str:
            return (
                f"<xdr:{tag}><xdr:col>{column}</xdr:col><xdr:colOff>{int(part[0] * wide)}"
                f"</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>{int(part[1] * high)}"
                f"</xdr:rowOff></xdr:{tag}>"
            )

        text = f"<a:r><a:t>{self.text}</a:t></a:r>" if self.text else ""
        return (
            f'<xdr:wsDr xmlns:xdr="{DRAWING}" xmlns:a="{ART}"><xdr:twoCellAnchor>'
            f"{end('from', self.begins)}{end('to', self.ends)}<xdr:{self.element}><xdr:spPr>"
            f'<a:prstGeom prst="{self.geometry}"/>{self.fill}<a:ln><a:solidFill/></a:ln>'
            f"</xdr:spPr><xdr:txBody><a:p>{text}</a:p></xdr:txBody></xdr:{self.element}>"
            "</xdr:twoCellAnchor></xdr:wsDr>"
        )


def drawn(shape: Shape, at: str = CELL, data: bytes | None = None) -> bytes:
    """The book with a shape over a cell."""
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="d" Type="{RELS}/drawing" Target="../drawings/drawing1.xml"/>'
        "</Relationships>"
    )
    out = BytesIO(data or package())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", rels)
        archive.writestr("xl/drawings/drawing1.xml", shape.xml(at))
    return out.getvalue()


SOLID: Final = '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
GLASS: Final = '<a:solidFill><a:srgbClr val="FFFF00"><a:alpha val="4"/></a:srgbClr></a:solidFill>'


@pytest.mark.parametrize(
    ("shape", "state"),
    [
        (Shape(fill=SOLID), "unread"),
        (Shape(text="5,000", fill=SOLID), "unread"),
        (Shape(text="5,000"), "unread"),
        (Shape(element="pic"), "unread"),
        (Shape(geometry="line", element="cxnSp", begins=(0.1, 0.5), ends=(0.9, 0.5)), "unread"),
        (Shape(geometry="line", element="cxnSp", begins=(0.1, 0.0), ends=(0.9, 0.0)), "number"),
        (Shape(geometry="ellipse"), "number"),
        (Shape(text="確認済"), "number"),
        (Shape(fill=GLASS), "number"),
        (Shape(fill=SOLID, ends=(0.2, 0.9)), "number"),
    ],
)
def test_a_figure_under_a_drawing_is_not_read_unless_it_is_seen(shape: Shape, state: str) -> None:
    reading = read(drawn(shape))

    figure = amounts(reading)[CELL]
    assert figure.state == state
    assert ("XLS016" in rules(reading)) is (state != "number")


def test_a_number_in_a_text_box_is_unread_where_its_cell_is_empty() -> None:
    workbook = openpyxl.load_workbook(BytesIO(package()))
    sheet: Any = workbook.active
    sheet[CELL].value = None
    out = BytesIO()
    workbook.save(out)
    reading = read(drawn(Shape(text="8,030"), CELL, out.getvalue()))

    figure = amounts(reading)[CELL]
    assert (figure.state, figure.printed) == ("unread", "8,030")


@settings(max_examples=30, deadline=None)
@given(
    st.fixed_dictionaries(
        {name: st.integers(-5, 10**9) for name in ("col", "colOff", "row", "rowOff")}
    )
)
def test_no_place_of_a_drawing_breaks_the_reading(to: Mapping[str, int]) -> None:
    ends = "".join(f"<xdr:{name}>{value}</xdr:{name}>" for name, value in to.items())
    xml = re.sub("<xdr:to>.*</xdr:to>", f"<xdr:to>{ends}</xdr:to>", Shape(fill=SOLID).xml(CELL))
    data = with_part_of(drawn(Shape()), "xl/drawings/drawing1.xml", lambda _: xml.encode())

    assert amounts(read(data)).keys() == BEFORE.keys()


# The old kind, written by a program that knows its records.

OLD: Final = Path(__file__).parents[1] / "documents" / "workbooks" / "kushiro-looks.xls"


@pytest.mark.parametrize(
    ("name", "state", "printed"),
    [
        ("grants", "blank", ""),
        ("local_bonds", "unread", "12,000"),
        ("fees", "number", "4,000"),
        ("other_specific", "number", "500"),
        ("general_revenue", "number", "1,000"),
    ],
)
def test_the_old_kind_shows_what_its_fonts_show(name: str, state: str, printed: str) -> None:
    pytest.importorskip("xlrd")
    (sheet,) = WorkbookReader().read(Source(OLD.name, OLD.read_bytes()), FORM).sheets
    figure = sheet.years["2023"].funding[name]

    assert (figure.state, figure.printed) == (state, printed)


# Pictures in the place of cells.


def empty() -> bytes:
    return workbook_bytes([PlainWorksheet("写真")])


def test_a_workbook_of_pictures_is_called_one() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(drawn(Shape(element="pic"), "B2", empty()))

    assert caught.value.message.code == "pictures"
    assert "pictures" in caught.value.message.en and "画像" in caught.value.message.ja


def test_a_worksheet_of_pictures_beside_others_is_not_checked() -> None:
    worksheets = worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout())
    reading = read(
        drawn(Shape(element="pic"), "B2", workbook_bytes([PlainWorksheet("写真"), *worksheets]))
    )

    assert [reason.why.code for reason in reading.not_checked] == ["pictures"]
    assert "写真" in reading.not_checked[0].why.ja
    assert len(reading.sheets) == 1


def test_an_empty_worksheet_with_a_shape_is_empty() -> None:
    worksheets = worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout())
    data = workbook_bytes([PlainWorksheet("図形"), *worksheets])

    reading = read(drawn(Shape(text="承認", fill=SOLID), "B2", data))

    assert reading.not_checked == ()
