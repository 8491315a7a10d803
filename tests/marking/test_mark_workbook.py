"""Marked-up workbooks: the findings are on their cells and in a list, and all else is what it
was.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from io import BytesIO
from pathlib import Path
from xml.dom import minidom

import openpyxl
import pytest

from auditor.auditing.documents import audit
from auditor.auditing.formats import Lang
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.files.atomic import UnwritableFile
from auditor.files.ooxml import Limits
from auditor.marking.copies import MarkError
from auditor.marking.workbook.copy import mark_workbook
from auditor.readers.documents import read_documents

WORKBOOKS = Path(__file__).resolve().parents[1] / "documents" / "workbooks"


def opened(path: Path, *, data_only: bool = False) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl says what it would lose
        return openpyxl.load_workbook(BytesIO(path.read_bytes()), data_only=data_only)


def report_of(path: Path) -> Report:
    session = load()
    result = read_documents([path], forms=session.forms, readers=session.readers)
    return audit(
        result.books, session.rules, session.forms, AuditOptions(not_checked=result.not_checked)
    )


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(data: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in data.items():
            archive.writestr(name, content)
    return path


def furnished(path: Path) -> Path:
    """The faulty workbook with what openpyxl would lose: a text box, a button, a picture, print
    settings, a sparkline, macros.
    """
    data = parts(WORKBOOKS / "kushiro-faulty.xlsx")
    sheet = data["xl/worksheets/sheet1.xml"].decode()
    sparkline = (
        '<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" xmlns:x14="urn:x14">'
        "<x14:sparklineGroups/></ext></extLst>"
    )
    data["xl/worksheets/sheet1.xml"] = sheet.replace(
        "</worksheet>", sparkline + "</worksheet>"
    ).encode()
    vml = data["xl/drawings/vmlDrawing1.vml"].decode()
    client = '<x:ClientData ObjectType="Button"><x:FmlaMacro>提出</x:FmlaMacro></x:ClientData>'
    button = f'<v:shape id="_x0000_s9001" type="#_x0000_t201">{client}</v:shape>'
    data["xl/drawings/vmlDrawing1.vml"] = vml.replace(
        "</xml>", button + "<br></xml>"
    ).encode()  # old drawings are not always XML
    data["xl/drawings/drawing9.xml"] = (
        "<xdr:wsDr xmlns:xdr='x'><xdr:sp>文字枠</xdr:sp></xdr:wsDr>".encode()
    )
    data["xl/media/image1.png"] = b"\x89PNG" + bytes(range(256))
    data["xl/printerSettings/printerSettings1.bin"] = bytes(range(255, -1, -1))
    data["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0macro"
    return repacked(data, path)


@pytest.fixture
def marked(tmp_path: Path) -> tuple[Path, Path, Report]:
    source, out = furnished(tmp_path / "book.xlsx"), tmp_path / "marked.xlsx"
    report = report_of(source)
    mark_workbook(source, report, out, "ja", forms=load().forms)
    return source, out, report


def test_each_cell_of_a_finding_has_a_fill_and_a_comment(marked: tuple[Path, Path, Report]) -> None:
    _, out, report = marked
    book = opened(out)
    cells = {
        (cell.place.sheet, cell.place.cell, finding.rule)
        for finding in report.findings
        for cell in finding.cells
        if cell.place
    }

    assert len(cells) > 10
    for sheet, address, rule in cells:
        cell = book[sheet][address]
        assert cell.comment is not None, (sheet, address)
        assert rule in cell.comment.text
        assert cell.fill.fgColor.rgb in ("FFFFC7CE", "FFFFEB9C", "FFDDEBF7")


def test_cells_keep_their_formats_borders_values_and_formulas(
    marked: tuple[Path, Path, Report],
) -> None:
    source, out, _ = marked
    for data_only in (True, False):
        before, after = opened(source, data_only=data_only), opened(out, data_only=data_only)
        for sheet in before:
            for row in sheet.iter_rows():
                for cell in row:
                    other = after[sheet.title][cell.coordinate]
                    assert (other.value, other.number_format) == (cell.value, cell.number_format)
                    for looks in ("border", "font", "alignment"):
                        assert repr(getattr(other, looks)) == repr(getattr(cell, looks))


def test_all_else_survives_byte_for_byte(marked: tuple[Path, Path, Report]) -> None:
    source, out, _ = marked
    before, after = parts(source), parts(out)
    changed = {name for name in before if before[name] != after[name]}

    assert set(before) <= set(after)
    touched = (
        r"\[Content_Types\]\.xml|xl/(workbook|styles|comments\d+|worksheets/sheet\d+)\.xml"
        r"|xl/.*\.rels|xl/drawings/vmlDrawing1\.vml"
    )
    assert all(re.fullmatch(touched, name) for name in changed)
    assert not changed & {
        "xl/sharedStrings.xml",
        "xl/drawings/drawing9.xml",
        "xl/media/image1.png",
        "xl/vbaProject.bin",
    }
    sheet = after["xl/worksheets/sheet1.xml"].decode()
    assert "x14:sparklineGroups" in sheet
    assert "提出" in after["xl/drawings/vmlDrawing1.vml"].decode()
    without = re.sub(r'<legacyDrawing [^>]*/>| s="\d+"', "", sheet)
    assert without == re.sub(
        r'<legacyDrawing [^>]*/>| s="\d+"', "", before["xl/worksheets/sheet1.xml"].decode()
    )
    for name, data in after.items():
        if name.endswith((".xml", ".rels")):
            minidom.parseString(data)


def test_comments_that_were_there_are_kept(marked: tuple[Path, Path, Report]) -> None:
    source, out, _ = marked
    before = {
        (s.title, c.coordinate): c.comment.text
        for s in opened(source)
        for row in s
        for c in row
        if c.comment
    }
    after = opened(out)

    assert before
    for (sheet, cell), text in before.items():
        assert after[sheet][cell].comment.text.startswith(text)


def test_a_commented_cell_with_a_finding_has_both(tmp_path: Path) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.value = 24_960
    cell.comment = openpyxl.comments.Comment("要確認", "課員")
    source = tmp_path / "book.xlsx"
    book.save(source)
    mark_workbook(source, report_of(source), tmp_path / "out.xlsx", "ja")

    text = opened(tmp_path / "out.xlsx").worksheets[0][cell.coordinate].comment.text
    assert text.startswith("要確認")
    assert "FND001" in text
    assert "24,960千円 → 24,690千円" in text  # the likeliest slip


def test_the_added_worksheet_lists_and_links_the_findings(
    marked: tuple[Path, Path, Report],
) -> None:
    source, out, report = marked
    before, book = opened(source), opened(out)
    listing = book["検査結果"]

    assert book.sheetnames == [*before.sheetnames, "検査結果"]
    assert {row[2].value for row in listing.iter_rows(min_row=2)} == {
        finding.rule for finding in report.findings
    }
    for row in listing.iter_rows(min_row=2):
        link = row[3].hyperlink
        if row[2].value == "XLS015":  # it is of the whole workbook
            assert link is None
            continue
        assert link is not None
        sheet, _, address = link.location.rpartition("!")
        assert sheet.strip("'") in book.sheetnames
        assert book[sheet.strip("'")][address].fill.fill_type == "solid"


def test_the_added_worksheet_says_what_it_does_not_list(
    marked: tuple[Path, Path, Report], tmp_path: Path
) -> None:
    source, _, report = marked
    total = len(report.findings)
    for most, last in ((1, "1 of"), (0, "0 of")):
        mark_workbook(source, report.limited(most), tmp_path / "out.xlsx", "en")
        rows = list(
            opened(tmp_path / "out.xlsx")["Audit findings"].iter_rows(min_row=2, values_only=True)
        )
        assert f"{last} {total} finding" in rows[-1][5]
        assert "--max-findings" in rows[-1][5]
        assert "no findings" not in rows[-1]


def test_what_is_marked_reads_and_audits_as_before(marked: tuple[Path, Path, Report]) -> None:
    _, out, report = marked

    again = report_of(out)
    assert {finding.id for finding in report.findings} <= {finding.id for finding in again.findings}
    assert {finding.rule for finding in again.findings} == {
        finding.rule for finding in report.findings
    }


def test_a_marked_copy_can_be_marked_again(
    marked: tuple[Path, Path, Report], tmp_path: Path
) -> None:
    _, out, _ = marked
    mark_workbook(out, report_of(out), tmp_path / "twice.xlsx", "en")

    assert opened(tmp_path / "twice.xlsx").sheetnames[-2:] == ["検査結果", "Audit findings"]


def test_empty_cells_and_prefixed_parts_are_marked(tmp_path: Path) -> None:
    """A workbook whose XML is written with a prefix, as some programs do, and a finding on a cell
    that is not in the file.
    """
    data = parts(WORKBOOKS / "kushiro-stacked.xlsx")
    for name in (
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    ):
        text = data[name].decode().replace("xmlns=", "xmlns:x=", 1)
        data[name] = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", text).encode()
    data["xl/worksheets/sheet1.xml"], count = re.subn(
        rb'<x:c r="G13"[^>]*><x:v>24690</x:v></x:c>', b"", data["xl/worksheets/sheet1.xml"]
    )
    assert count == 1
    source = repacked(data, tmp_path / "book.xlsx")
    report = report_of(source)
    empty = [
        cell
        for finding in report.findings
        for cell in finding.cells
        if cell.place and cell.place.cell == "G13"
    ]
    assert empty
    mark_workbook(source, report, tmp_path / "out.xlsx", "ja")

    cell = opened(tmp_path / "out.xlsx")["上下"]["G13"]
    assert cell.comment is not None
    assert cell.fill.fill_type == "solid"


def test_it_is_never_written_over_its_input(tmp_path: Path) -> None:
    source = tmp_path / "book.xlsx"
    source.write_bytes((WORKBOOKS / "kushiro-faulty.xlsx").read_bytes())
    report = report_of(source)
    (tmp_path / "link.xlsx").symlink_to(source)

    for out in (source, tmp_path / "link.xlsx", tmp_path):
        with pytest.raises(UnwritableFile):
            mark_workbook(source, report, out)
    assert source.read_bytes() == (WORKBOOKS / "kushiro-faulty.xlsx").read_bytes()


def test_nothing_is_left_where_it_can_not_be_made(tmp_path: Path) -> None:
    source = tmp_path / "book.xlsx"
    source.write_bytes((WORKBOOKS / "kushiro-faulty.xlsx").read_bytes()[:2000])

    with pytest.raises(MarkError) as caught:
        mark_workbook(source, report_of(WORKBOOKS / "kushiro-faulty.xlsx"), tmp_path / "out.xlsx")
    assert caught.value.message.ja
    with pytest.raises(MarkError):
        mark_workbook(
            WORKBOOKS / "kushiro-clean.xls",
            report_of(WORKBOOKS / "kushiro-clean.xlsx"),
            tmp_path / "out.xlsx",
        )
    with pytest.raises(UnwritableFile):
        mark_workbook(
            WORKBOOKS / "kushiro-clean.xlsx",
            report_of(WORKBOOKS / "kushiro-clean.xlsx"),
            tmp_path / "none" / "out.xlsx",
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx"]


def test_text_of_a_document_is_never_a_formula_or_markup(tmp_path: Path) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.value = "=<b>&'\"1"
    cell.data_type = "s"
    sheet.title = "It's <A>"
    source = tmp_path / "book.xlsx"
    book.save(source)
    report = report_of(source)
    mark_workbook(source, report, tmp_path / "out.xlsx")

    marked = opened(tmp_path / "out.xlsx")
    assert any("<b>&" in finding.equation for finding in report.findings)
    assert all(cell.data_type != "f" for row in marked["検査結果"] for cell in row)
    assert "It's <A>" in marked.sheetnames


@pytest.mark.parametrize(("lang", "word"), [("ja", "電子署名"), ("en", "digitally signed")])
def test_the_copy_of_a_signed_workbook_says_that_its_signature_no_longer_holds(
    marked: tuple[Path, Path, Report], tmp_path: Path, lang: Lang, word: str
) -> None:
    source, _, report = marked
    assert mark_workbook(source, report, tmp_path / "out.xlsx", lang) is None
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    relationship = f'<Relationship Id="rIdSig" Type="{kind}"'
    data = parts(source) | {"_xmlsignatures/origin.sigs": b""}
    ended = f'{relationship} Target="_xmlsignatures/origin.sigs"/></Relationships>'.encode()
    data["_rels/.rels"] = data["_rels/.rels"].replace(b"</Relationships>", ended)
    signed = repacked(data, source)
    before = signed.read_bytes()

    for findings in (report.findings, ()):
        told = mark_workbook(
            signed, report.model_copy(update={"findings": findings}), tmp_path / "out.xlsx", lang
        )

        assert told is not None
        assert word in told.of(lang)
        book = opened(tmp_path / "out.xlsx")
        assert word in list(book[book.sheetnames[-1]].iter_rows(values_only=True))[-1][5]
    assert signed.read_bytes() == before


def test_a_workbook_is_marked_within_limits_that_can_be_raised(
    marked: tuple[Path, Path, Report], tmp_path: Path
) -> None:
    source, _, report = marked
    with pytest.raises(MarkError, match="parts"):
        mark_workbook(source, report, tmp_path / "out.xlsx", limits=Limits(parts=5))
    assert (
        mark_workbook(source, report, tmp_path / "out.xlsx", limits=Limits(parts=5).raised(10))
        is None
    )
