"""A part of a workbook has its worksheets as they were, and nothing of the others."""

from __future__ import annotations

import functools
import html
import re
import shutil
import subprocess
import warnings
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.files.ooxml import PackageError
from auditor.marking.workbook.part.copy import part_of_workbook
from auditor.marking.workbook.part.scope import Scope
from auditor.readers.source import Source
from auditor.readers.workbook import WorkbookReader
from auditor.records.model import Sheet
from auditor.testing.build import book as built
from auditor.testing.strategies import consistent_books
from tests.documents.workbook_writer import (
    Layout,
    package_of,
    parts_of,
    workbook_bytes,
    worksheets_of,
)
from tests.marking.furnished import SECRETS, furnished

FORM = load().forms["kushiro"]
WORKBOOKS = Path(__file__).resolve().parents[1] / "documents" / "workbooks"
MADE = sorted(WORKBOOKS.glob("*.xlsx"))


def opened(data: bytes, **how: Any) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl says what it would lose
        return openpyxl.load_workbook(BytesIO(data), **how)


def texts(book: openpyxl.Workbook, names: list[str]) -> set[str]:
    """The texts on some worksheets, and their names."""
    words = set(names)
    for sheet in book.worksheets:
        if sheet.title in names:
            cells = chain.from_iterable(sheet.iter_rows())
            words |= {cell.value for cell in cells if isinstance(cell.value, str)}
    return words


def everything(data: bytes) -> str:
    """All that stands in the parts of a package, without XML's escapes."""
    parts = parts_of(data)
    contents = (html.unescape(part.decode("utf-8", "replace")) for part in parts.values())
    return "\n".join([*parts, *contents])


def read(data: bytes) -> list[Sheet]:
    """The sheets as they are read, whatever their document and number."""
    sheets = WorkbookReader().read(Source("book.xlsx", data), FORM).sheets
    return [sheet.model_copy(update={"number": 0}) for sheet in sheets]


@functools.lru_cache(maxsize=2)
def whole_workbook(data: bytes, data_only: bool) -> openpyxl.Workbook:
    """A whole workbook, which is opened once for all its parts. It is not to be changed."""
    return opened(data, data_only=data_only)


def check_part(data: bytes, chosen: list[str]) -> bytes:
    """A part, of which holds what holds for every part."""
    part = part_of_workbook(data, chosen)
    whole, copy = whole_workbook(data, False), opened(part)
    assert copy.sheetnames == [name for name in whole.sheetnames if name in chosen]
    assert copy.active.title in chosen
    for name in copy.sheetnames:
        before, after = whole[name], copy[name]
        assert after.merged_cells == before.merged_cells
        assert after.print_area.replace("$", "") == before.print_area.replace("$", "")
    stored, stored_after = whole_workbook(data, True), opened(part, data_only=True)
    for name in copy.sheetnames:
        for row in stored[name].iter_rows():
            for cell in row:
                other = stored_after[name][cell.coordinate]
                assert (other.value, other.number_format) == (cell.value, cell.number_format)
                assert other._style == cell._style
    others = [name for name in whole.sheetnames if name not in chosen]
    shared = "\n".join(texts(stored, chosen))
    rest = everything(part)
    for text in texts(stored, others):
        # Short words may stand anywhere.
        if text not in shared and len(text) >= 3:
            assert text not in rest, text
    return part


@settings(max_examples=25)
@given(
    consistent_books(FORM, sheets=(1, 5), kpis=(0, 0)),
    st.builds(Layout, years=st.sampled_from(["across", "down"])),
    st.data(),
)
def test_a_part_reads_as_the_whole_does(made: Any, layout: Layout, data: st.DataObject) -> None:
    worksheets = worksheets_of(made[1], FORM, layout)
    whole = workbook_bytes(worksheets)
    names = [worksheet.name for worksheet in worksheets]
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    part = check_part(whole, chosen)

    def on(sheet: Sheet) -> str:
        assert sheet.place is not None
        assert sheet.place.sheet is not None
        return sheet.place.sheet

    assert read(part) == [sheet for sheet in read(whole) if on(sheet) in chosen]


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.stem)
def test_each_worksheet_of_the_workbooks_stands_alone(path: Path) -> None:
    data = path.read_bytes()
    names = opened(data).sheetnames
    for name in names:
        check_part(data, [name])
    check_part(data, names)


def test_nothing_of_another_worksheet_is_in_any_part() -> None:
    data = furnished()
    for name in SECRETS:
        assert name in everything(data)
    part = check_part(data, ["公園", "図書館"])
    rest = everything(part)
    for secret in (*SECRETS, ">333333<", ">666666<", "987654321", "合計"):
        assert secret not in rest, secret
    for own in ("公園の注記", "図書館の氏名", "公園の返信", "公園の図"):
        assert own in rest
    unused = r"calcChain|vbaProject|pivot|revision|connections|customXml|docProps"
    assert not [name for name in parts_of(part) if re.search(unused, name)]


def test_formulas_stay_among_the_worksheets_and_become_values_otherwise() -> None:
    part = part_of_workbook(furnished(), ["公園", "図書館"])
    formulas, values = opened(part)["公園"], opened(part, data_only=True)["公園"]
    own = {
        "C1": "=SUM(B1:B2)",
        "C2": "=図書館!B1*2",
        "C5": "=SUM(公園:図書館!B1)",
        "C8": "=公園の名前+1",
        "C10": '="「別課」は"&"含まない"',
        "C31": "=B2*2",
    }
    for cell, formula in own.items():
        assert formulas[cell].value == formula
    constants = {"C3": 3_000, "C4": 4_000, "C6": 6_000, "C7": 7_000, "C9": 9_000, "C11": 11_000}
    constants |= {"A30": 31, "A31": 32, "B30": 41, "B31": 42}
    for cell, value in constants.items():
        assert formulas[cell].value == values[cell].value == value
    alone = opened(part_of_workbook(furnished(), ["公園"]))["公園"]
    assert alone["C2"].value == 2_000
    assert alone["C5"].value == 5_000


def test_names_choices_conditions_and_links_stay_where_they_are_own() -> None:
    book = opened(part_of_workbook(furnished(), ["図書館", "公園"]))
    sheet = book["公園"]
    assert list(book.defined_names) == ["公園の名前"]
    assert [str(item.sqref) for item in sheet.data_validations.dataValidation] == ["E2"]
    assert [str(item.sqref) for item in sheet.conditional_formatting] == ["B2"]
    assert [cell for cell in ("A6", "A7") if sheet[cell].hyperlink] == ["A7"]
    assert book["図書館"].print_area == "'図書館'!$A$1:$F$20"
    assert sheet["A4"].comment.text == "公園の注記"


def test_a_chart_of_other_worksheets_is_empty() -> None:
    parts = parts_of(furnished())
    name = next(name for name in parts if name.endswith("chart1.xml"))
    parts[name] = parts[name].replace("'公園'".encode(), "別課の事業".encode())
    part = parts_of(part_of_workbook(package_of(parts), ["公園"]))
    assert b"#REF!" in part[name]
    assert "別課".encode() not in part[name]


def test_the_first_visible_worksheet_is_shown() -> None:
    book = opened(furnished())
    book.active = 3
    book["図書館"].sheet_state = "hidden"
    stream = BytesIO()
    book.save(stream)
    part = opened(part_of_workbook(stream.getvalue(), ["図書館", "別課の事業"]))
    assert part.active.title == "別課の事業"
    assert [sheet.sheet_view.tabSelected or None for sheet in part] == [None, True]
    alone = opened(part_of_workbook(stream.getvalue(), ["図書館"]))
    assert alone["図書館"].sheet_state == "visible"


def test_other_workbooks_stay_where_they_are_used() -> None:
    parts = parts_of(furnished())
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for number, file in enumerate(("別課の帳簿.xlsx", "公園の帳簿.xlsx"), 1):
        parts[f"xl/externalLinks/externalLink{number}.xml"] = (
            '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'<externalBook xmlns:r="{rels}" r:id="rId1"><sheetNames><sheetName val="帳簿"/>'
            '<sheetName val="別課の事業"/></sheetNames><sheetDataSet><sheetData sheetId="0">'
            '<row r="1"><cell r="A1"><v>987654321</v></cell></row></sheetData></sheetDataSet>'
            "</externalBook></externalLink>"
        ).encode()
        parts[f"xl/externalLinks/_rels/externalLink{number}.xml.rels"] = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{rels}/externalLinkPath" Target="{file}" '
            'TargetMode="External"/></Relationships>'
        ).encode()
        main = parts["xl/_rels/workbook.xml.rels"].decode()
        parts["xl/_rels/workbook.xml.rels"] = main.replace(
            "</Relationships>",
            f'<Relationship Id="link{number}" Type="{rels}/externalLink" '
            f'Target="externalLinks/externalLink{number}.xml"/></Relationships>',
        ).encode()
    workbook = parts["xl/workbook.xml"].decode()
    links = "".join(
        f'<externalReference xmlns:r="{rels}" r:id="link{number}"/>' for number in (1, 2)
    )
    parts["xl/workbook.xml"] = workbook.replace(
        "</sheets>", f"</sheets><externalReferences>{links}</externalReferences>"
    ).encode()
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("図書館!B1*2", "[2]帳簿!A1*2").encode()
    data = package_of(parts)

    part = part_of_workbook(data, ["公園"])
    rest = everything(part)
    assert opened(part)["公園"]["C2"].value == "=[1]帳簿!A1*2"
    assert "公園の帳簿.xlsx" in rest
    for text in ("別課の", "987654321"):
        assert text not in rest
    assert "帳簿" not in everything(part_of_workbook(data, ["図書館"]))


def test_comments_in_xml_do_not_hide_cells() -> None:
    parts = parts_of(furnished())
    name = "xl/worksheets/sheet1.xml"
    sheet = (
        parts[name].decode().replace("<sheetData>", "<!-- 別課の事業 <sheetData> --><sheetData>")
    )
    parts[name] = sheet.replace("別課の事業!B1</f>", "<![CDATA[別課の事業!B1]]></f>").encode()
    main = parts["xl/workbook.xml"].decode()
    parts["xl/workbook.xml"] = main.replace("<sheets>", "<!--別課の事業--><sheets>").encode()
    assert "別課の事業" not in everything(part_of_workbook(package_of(parts), ["公園", "図書館"]))


def test_a_document_type_is_refused() -> None:
    parts = parts_of(furnished())
    main = parts["xl/workbook.xml"].decode()
    root = main.index("<workbook")
    parts["xl/workbook.xml"] = f'{main[:root]}<!DOCTYPE w [<!ENTITY a "b">]>{main[root:]}'.encode()
    with pytest.raises(PackageError):
        part_of_workbook(package_of(parts), ["公園"])


def test_a_worksheet_that_is_not_there_is_refused() -> None:
    for names in ([], ["無い"], ["公園", "無い"]):
        with pytest.raises(PackageError):
            part_of_workbook(furnished(), names)


@pytest.mark.parametrize(
    ("formula", "out"),
    [
        ("SUM(B1:B2)", False),
        ("甲!A1+乙!B2", False),
        ("丙!A1", True),
        ("'丙'!A1", True),
        ("SUM(甲:乙!A1)", False),
        ("SUM('甲:丙'!A1)", True),
        ("SUM(乙:丙!A1)", True),
        ('"丙!A1"', False),
        ('INDIRECT("丙!A1")', True),
        ("INDIRECT(A1)", True),
        ('INDIRECT("A"&ROW())', False),
        ("SHEETS()", True),
        ("_xlfn.SHEETS()", True),
        ('CUBEVALUE("c",A1)', True),
        ("_xlfn.XLOOKUP(A1,B1:B2,C1:C2)", False),
        ("_xlfn._xlws.SORT(A1:A2)", False),
        ("MyMacro(A1)", True),
        ("合計する(A1)", True),
        ("#REF!+1", False),
        ("[1]甲!A1", False),
        ("[2]甲!A1", True),
        ("'C:\\x\\[b.xlsx]甲'!A1", True),
        ("甲!丙の名+1", True),
        ("'甲''s'!A1", True),
        ("SUM(甲!A1:甲!B2)", True),  # rare, and not told apart
        ('GETPIVOTDATA("額",A1)', True),
        ('IF(A1>0,"a\'b",甲!A1)', False),
    ],
)
def test_what_reaches_out(formula: str, out: bool) -> None:
    scope = Scope(["甲", "乙", "丙"], ["甲", "乙"], {1: 1})
    scope.gone.add("丙の名")
    assert scope.reaches_out(formula) is out


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_a_part(tmp_path: Path) -> None:
    sheets = built(sheets=3, seed=4, form=FORM, kpis=0)
    worksheets = worksheets_of(sheets, FORM, Layout())
    whole = workbook_bytes(worksheets)
    for name, data, chosen in (
        ("made", whole, [worksheets[1].name]),
        ("furnished", furnished(), ["公園", "図書館"]),
    ):
        source = tmp_path / f"{name}.xlsx"
        source.write_bytes(part_of_workbook(data, chosen))
        command = [
            "soffice",
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
        ]
        command += [f"-env:UserInstallation=file://{tmp_path}/profile", "--outdir", str(tmp_path)]
        subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
        names = {path.stem.removeprefix(f"{name}-") for path in tmp_path.glob(f"{name}-*.csv")}
        assert names == set(chosen)
    assert "111111" in (tmp_path / "furnished-公園.csv").read_text(encoding="utf-8")
