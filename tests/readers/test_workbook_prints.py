"""What prints as other signs than a cell holds is not read: fonts of symbols, repeated content,
formulas in the place of results, cells outside of the print area. Formulas of the old kind of
workbook without results are none that give a blank.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final, get_args

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font
from openpyxl.workbook.defined_name import DefinedName

from auditor.auditing.session import load
from auditor.readers.source import Reading, Source
from auditor.readers.workbook import WorkbookReader
from auditor.readers.workbook.biff import never_calculated, records_of
from auditor.readers.workbook.cells import Doubt
from auditor.readers.workbook.references import areas_named
from auditor.readers.workbook.shown import UNCERTAIN
from auditor.records.addresses import Area
from auditor.records.figures import Figure
from auditor.testing.build import book
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    with_part_of,
    workbook_bytes,
    worksheets_of,
)

FORM: Final = load().forms["kushiro"]


def package(sheets: int = 1, **layout: Any) -> bytes:
    return workbook_bytes(worksheets_of(book(sheets, form=FORM, kpis=0), FORM, Layout(**layout)))


def read(data: bytes) -> Reading:
    return WorkbookReader().read(Source("book.xlsx", data), FORM)


def changed(change: Callable[[Any], object], data: bytes | None = None) -> Reading:
    """The book with its worksheet changed, read."""
    workbook = openpyxl.load_workbook(BytesIO(data or package()))
    change(workbook.active)
    out = BytesIO()
    workbook.save(out)
    return read(out.getvalue())


def amounts(reading: Reading, number: int = 1) -> dict[str, Figure]:
    """The amounts of a sheet by their cells."""
    sheet = reading.sheets[number - 1]
    figures = [figure for year in sheet.years.values() for _, figure in year.figure_items()]
    return {figure.place.cell: figure for figure in figures if figure.place and figure.place.cell}


BEFORE: Final = amounts(read(package()))
CELLS: Final = sorted(cell for cell, figure in BEFORE.items() if figure.value)


def unread(reading: Reading) -> list[str]:
    return sorted(cell for cell, figure in amounts(reading).items() if figure.state == "unread")


def rules(reading: Reading) -> list[str]:
    return [remark.rule for remark in reading.remarks]


def test_every_doubt_has_words() -> None:
    doubts = {name for part in get_args(Doubt) for name in get_args(part) or (part,)}
    assert set(UNCERTAIN) == doubts


@pytest.mark.parametrize(
    "style",
    [
        {"font": Font(name="Wingdings")},
        {"font": Font(name="Wingdings 2")},
        {"font": Font(name="Webdings")},
        {"font": Font(name="絵文字", charset=2)},
        {"alignment": Alignment(horizontal="fill")},
    ],
)
@given(cell=st.sampled_from(CELLS))
@settings(max_examples=5, deadline=None)
def test_a_number_that_prints_as_other_signs_is_not_read(
    style: dict[str, object], cell: str
) -> None:
    def change(sheet: Any) -> None:
        for name, value in style.items():
            setattr(sheet[cell], name, value)

    reading = changed(change)

    assert unread(reading) == [cell]
    assert rules(reading) == ["XLS016"]


@pytest.mark.parametrize("name", ["ＭＳ 明朝", "Meiryo UI", "Arial"])
def test_a_font_with_digits_is_read(name: str) -> None:
    reading = changed(lambda sheet: setattr(sheet[CELLS[0]], "font", Font(name=name, charset=128)))

    assert amounts(reading)[CELLS[0]].value == BEFORE[CELLS[0]].value
    assert reading.remarks == ()


def test_a_run_in_symbols_is_no_part_of_a_text() -> None:
    def change(sheet: Any) -> None:
        text = f"{sheet[CELLS[0]].value}"
        sheet[CELLS[0]].value = CellRichText(TextBlock(InlineFont(rFont="Wingdings"), "1"), text)

    reading = changed(change)

    assert amounts(reading)[CELLS[0]].value == BEFORE[CELLS[0]].value
    assert rules(reading) == ["XLS018"]


def test_dashes_that_fill_a_cell_are_no_minus() -> None:
    reading = changed(lambda sheet: setattr(sheet[CELLS[0]], "number_format", "*-#,##0"))

    assert amounts(reading)[CELLS[0]].state == "text"
    assert "RD001" in rules(reading)


# The view of formulas.


def with_formula(cell: str, *, view: str) -> bytes:
    (worksheet,) = worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout())
    at = openpyxl.utils.cell.coordinate_to_tuple(cell)
    plain = worksheet.cells[at]
    worksheet.cells[at] = PlainCell(plain.value, f"0+{plain.value}", plain.number_format)
    data = workbook_bytes([worksheet])

    def shown(xml: bytes) -> bytes:
        views = f'<sheetViews><sheetView workbookViewId="0"{view}/></sheetViews>'
        assert b"<sheetData>" in xml
        return xml.replace(b"<sheetData>", views.encode() + b"<sheetData>")

    return with_part_of(data, "xl/worksheets/sheet1.xml", shown)


@given(cell=st.sampled_from(CELLS))
@settings(max_examples=5, deadline=None)
def test_a_worksheet_that_shows_formulas_shows_no_results(cell: str) -> None:
    reading = read(with_formula(cell, view=' showFormulas="1"'))

    assert unread(reading) == [cell]
    assert "XLS016" in rules(reading)
    assert unread(read(with_formula(cell, view=""))) == []


# Print areas.


def test_numbers_outside_of_the_print_area_are_not_read() -> None:
    column, row = CELLS[-1][0], int(CELLS[-1][1:])
    outside = [cell for cell in CELLS if int(cell[1:]) == row]

    def change(sheet: Any) -> None:
        sheet.print_area = f"A1:{column}{row - 1}"

    reading = changed(change)

    assert set(outside) <= set(unread(reading))
    assert all(int(cell[1:]) >= row for cell in unread(reading))
    assert rules(reading) == ["XLS016"]


@pytest.mark.parametrize("area", ["A1:Z99", "A:Z", "A1:Z20,A21:Z99", "1:99"])
def test_what_is_printed_is_read(area: str) -> None:
    def change(sheet: Any) -> None:
        sheet.parent.defined_names = {}
        areas = ",".join(f"'{sheet.title}'!{part}" for part in area.split(","))
        name = DefinedName("_xlnm.Print_Area", attr_text=areas)
        sheet.defined_names = {"_xlnm.Print_Area": name}

    reading = changed(change)

    assert unread(reading) == []
    assert reading.remarks == ()


def test_figures_that_all_lie_outside_of_the_print_area_are_read_and_reported() -> None:
    reading = changed(lambda sheet: setattr(sheet, "print_area", "A1:B3"))

    assert {cell: figure.value for cell, figure in amounts(reading).items()} == {
        cell: figure.value for cell, figure in BEFORE.items()
    }
    assert rules(reading) == ["XLS008"]


@pytest.mark.parametrize(
    ("formula", "areas"),
    [
        ("A!$A$1:$B$2", [Area(1, 1, 2, 2)]),
        ("'様式, 1'!$A$1:$B$2,'様式, 1'!$D$5", [Area(1, 1, 2, 2), Area(5, 4, 5, 4)]),
        ("OFFSET(A!$A$1,0,0,9,9)", []),
        ("#REF!", []),
        ("", []),
    ],
)
def test_areas_are_named_by_references_alone(formula: str, areas: list[Area]) -> None:
    assert list(areas_named(formula)) == areas


# Formulas of the old kind.

EMPTY: Final = struct.pack("<BxxxxxH", 3, 0xFFFF) + b""
REFERENCE: Final = b"\x44\x00\x00\x01\x00"
SUM_OF_ONE: Final = b"\x25\x00\x00\x01\x00\x00\x00\x01\x00" + b"\x19\x10\x00\x00"
SUM: Final = REFERENCE * 2 + b"\x22\x02\x04\x00"
PRODUCT: Final = REFERENCE * 2 + b"\x05\x15"
TEXT: Final = b"\x17\x02\x00\x05\x06"
CHOICE: Final = REFERENCE + TEXT + b"\x42\x03\x01\x00"


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def formula(row: int, tokens: bytes, result: bytes = EMPTY, flags: int = 0) -> bytes:
    head = struct.pack("<HHH", row, 0, 0) + result.ljust(8, b"\0")
    return record(6, head + struct.pack("<HLH", flags, 0, len(tokens)) + tokens)


def worksheet(*formulas: bytes) -> bytes:
    return record(0x809, bytes(16)) + record(0x200, bytes(14)) + b"".join(formulas) + record(10)


def lacking(*formulas: bytes) -> set[int]:
    """The rows, from 1, of formulas without results."""
    stream = worksheet(*formulas)
    records = records_of(stream, 0, len(stream))
    assert records.is_whole
    return {row for row, _ in never_calculated([records])[0]}


COMPUTED: Final = formula(9, SUM, struct.pack("<d", 8030.0))


@pytest.mark.parametrize("tokens", [SUM_OF_ONE, SUM, PRODUCT, REFERENCE + b"\x13"])
def test_a_formula_of_numbers_has_no_empty_text_for_a_result(tokens: bytes) -> None:
    assert lacking(formula(0, tokens), COMPUTED) == {1}


@pytest.mark.parametrize("tokens", [TEXT, CHOICE, REFERENCE, REFERENCE + TEXT + b"\x08"])
def test_an_empty_text_may_be_a_result_where_others_are_computed(tokens: bytes) -> None:
    assert lacking(formula(0, tokens), COMPUTED) == set()
    assert lacking(formula(0, tokens), formula(1, SUM), COMPUTED) == {1, 2}
    assert lacking(formula(0, tokens)) == {1}


@pytest.mark.parametrize(("value", "flags"), [(0.0, 2), (0.0, 3)])
def test_a_zero_that_is_to_be_computed_on_opening_is_no_result(value: float, flags: int) -> None:
    assert lacking(formula(0, SUM, struct.pack("<d", value), flags)) == {1}
    assert lacking(formula(0, SUM, struct.pack("<d", value))) == set()
    assert lacking(formula(0, SUM, struct.pack("<d", 5.0), flags)) == set()


@given(st.binary(max_size=60))
def test_no_tokens_fail(tokens: bytes) -> None:
    assert lacking(formula(0, tokens), COMPUTED) <= {1}
