"""A department gets its own sheets of a document, marked, or no file."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from auditor.auditing.departments import of_departments
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.waiving import waive
from auditor.marking.copies import SIGNED, DocumentChanged, MarkError
from auditor.marking.share import MarkedShare, marked_share
from auditor.readers.documents import read_documents
from auditor.records.figures import Place
from auditor.records.model import Document, Part, Sheet, UnreadNumber
from auditor.records.text import Why
from auditor.testing.build import book as built
from auditor.waivers.model import Waiver
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    package_of,
    parts_of,
    workbook_bytes,
    worksheets_of,
)

SESSION = load()
FORM = SESSION.forms["kushiro"]
PARKS, LIBRARY = "都市整備部公園課", "教育委員会図書館"


def faulty_worksheets(layout: Layout, departments: list[str]) -> list[PlainWorksheet]:
    """Sheets of departments, each with a total that is off."""
    book = built(sheets=len(departments), seed=3, form=FORM, kpis=0)
    sheets = [
        sheet.model_copy(update={"department": department, "name": f"{department}の事業{number}"})
        for number, (sheet, department) in enumerate(zip(book.sheets, departments, strict=True), 1)
    ]
    worksheets = worksheets_of(book.model_copy(update={"sheets": tuple(sheets)}), FORM, layout)
    for worksheet in worksheets:
        labels = [at for at, cell in worksheet.cells.items() if "事業費" in str(cell.value)]
        for row, _ in labels:
            at = max(place for place in worksheet.cells if place[0] == row)
            worksheet.cells[at] = PlainCell(9_999_999, number_format="#,##0")
    return worksheets


class Audited:
    """A document that was read and audited."""

    def __init__(self, path: Path) -> None:
        self.path, self.data = path, path.read_bytes()
        result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
        options = AuditOptions(not_checked=result.not_checked)
        self.report: Report = audit(result.books, SESSION.rules, SESSION.forms, options)
        (self.document,) = self.report.documents
        self.sheets = [sheet for book in result.books for sheet in book.sheets]

    def share(self, department: str, document: Document | None = None) -> MarkedShare:
        own = [sheet for sheet in self.sheets if sheet.department == department]
        others = [sheet for sheet in self.sheets if sheet.department != department]
        report = of_departments(self.report, [department])
        return marked_share(
            self.data, document or self.document, report, own, others, forms=SESSION.forms
        )


def workbook(tmp_path: Path, *departments: str, layout: Layout | None = None) -> Audited:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_bytes(faulty_worksheets(layout or Layout(), list(departments))))
    return Audited(path)


def worksheet_of(sheet: Sheet) -> str:
    assert sheet.place is not None
    assert sheet.place.sheet is not None
    return sheet.place.sheet


def test_a_workbook_of_two_departments_is_divided(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY, PARKS)
    for department, other in ((PARKS, LIBRARY), (LIBRARY, PARKS)):
        copy = audited.share(department)
        assert copy.ending == ".xlsx"
        assert not copy.pages
        book = openpyxl.load_workbook(BytesIO(copy.data))
        own = [worksheet_of(sheet) for sheet in audited.sheets if sheet.department == department]
        assert book.sheetnames == [*own, "点検結果"]
        assert any(cell.comment for name in own for row in book[name] for cell in row)
        contents = b"".join(parts_of(copy.data).values()).decode("utf-8", "replace")
        assert department in contents
        assert other not in contents


def test_what_others_have_is_not_counted(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    own, other = audited.sheets
    of_own = audited.report.of_findings(
        finding for finding in audited.report.findings if finding.department == PARKS
    )
    assert of_own.unlisted
    copy = marked_share(audited.data, audited.document, of_own, [own], [other])
    book = openpyxl.load_workbook(BytesIO(copy.data))
    assert not [row for row in book["点検結果"] if "掲載しています" in str(row[5].value)]


def test_waived_findings_have_no_mark_and_one_line(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    waivers = [
        Waiver(
            rule=finding.rule,
            place=finding.place,
            values=finding.values,
            reason="確認した",
            kind="その他",
            role="財政課",
            date=date(2025, 8, 18),
        )
        for finding in audited.report.findings
    ]
    audited.report = waive(audited.report, waivers, date(2025, 8, 18))
    count = len(of_departments(audited.report, [PARKS]).waived)
    assert 0 < count < len(waivers)
    book = openpyxl.load_workbook(BytesIO(audited.share(PARKS).data))
    assert not any(cell.comment for sheet in book for row in sheet for cell in row)
    texts = [str(cell.value) for row in book["点検結果"] for cell in row]
    assert f"確認済み（訂正不要）：{count:,}件（印を付けていません）" in texts
    assert any(f"確認済み（訂正不要）の{count:,}件のほかに" in text for text in texts)


def test_a_workbook_of_one_department_is_whole(tmp_path: Path) -> None:
    worksheets = faulty_worksheets(Layout(), [PARKS, PARKS])
    cover = PlainWorksheet("表紙")
    cover.put(1, 1, "決算の資料")
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_bytes([cover, *worksheets]))
    audited = Audited(path)
    book = openpyxl.load_workbook(BytesIO(audited.share(PARKS).data))
    assert book.sheetnames == ["表紙", *(sheet.name for sheet in worksheets), "点検結果"]
    left_out = Part(
        place=Place(sheet="表紙"), state="left_out", why=Why(code="left-out", en="-", ja="-")
    )
    document = audited.document.model_copy(update={"parts": (left_out,)})
    part = openpyxl.load_workbook(BytesIO(audited.share(PARKS, document).data))
    assert part.sheetnames == [*(sheet.name for sheet in worksheets), "点検結果"]


@pytest.mark.parametrize("arrange", ["stacked", "beside"])
def test_two_departments_on_one_worksheet_are_not_divided(tmp_path: Path, arrange: str) -> None:
    layout = Layout(arrange=arrange)  # type: ignore[arg-type]
    audited = workbook(tmp_path, PARKS, LIBRARY, layout=layout)
    assert len(audited.sheets) == 2
    with pytest.raises(MarkError, match="same worksheets"):
        audited.share(PARKS)


def test_a_document_that_changed_has_no_copy(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    audited.data = package_of(parts_of(audited.data) | {"xl/extra.xml": b"<x/>"})
    with pytest.raises(DocumentChanged):
        audited.share(PARKS)


def test_a_report_on_others_is_refused(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    own, other = audited.sheets
    with pytest.raises(ValueError, match="narrowed"):
        marked_share(audited.data, audited.document, audited.report, [own], [other])


def test_sheets_without_a_place_are_not_divided(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    bare = {"place": None, "places": {}, "years": {}, "evaluations": {}, "figures": {}}
    bare |= {"population": None, "cost_per_capita": None, "bond_burden_per_capita": None}
    audited.sheets = [sheet.model_copy(update=bare) for sheet in audited.sheets]
    with pytest.raises(MarkError, match="stands"):
        audited.share(PARKS)


def test_unread_numbers_of_others_are_not_counted(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    own, other = map(worksheet_of, audited.sheets)
    unread = (
        UnreadNumber(printed="1", place=Place(sheet=own, cell="Z40"), sheet=1),
        UnreadNumber(printed="2", place=Place(sheet=other, cell="Z40"), sheet=2),
        UnreadNumber(printed="3", place=Place(sheet=other, cell="Z41"), sheet=2),
    )
    document = audited.document.model_copy(update={"unread": unread})
    audited.report = audited.report.model_copy(update={"documents": (document,)})
    book = openpyxl.load_workbook(BytesIO(audited.share(PARKS, document).data))
    remarks = [str(row[5].value) for row in book["点検結果"]]
    assert any("（1個）" in remark for remark in remarks)


def test_a_signed_workbook_has_a_caution(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    assert audited.share(PARKS).caution is None
    parts = parts_of(audited.data)
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    parts["_xmlsignatures/origin.sigs"] = b""
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="s" Type="{kind}" Target="_xmlsignatures/origin.sigs"/>'
        "</Relationships>".encode(),
    )
    (tmp_path / "signed.xlsx").write_bytes(package_of(parts))
    signed = Audited(tmp_path / "signed.xlsx").share(PARKS)
    assert signed.caution == SIGNED
    assert "_xmlsignatures/origin.sigs" not in parts_of(signed.data)
    contents = b"".join(parts_of(signed.data).values()).decode("utf-8", "replace")
    assert SIGNED.ja in contents


def test_what_can_not_be_marked_says_so(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    document = audited.document.model_copy(update={"sha256": None})
    for data, word in ((b"\xd0\xcf\x11\xe0", "xlsx"), (b"name\tvalue", "pdf")):
        audited.data = data
        with pytest.raises(MarkError, match=word):
            audited.share(PARKS, document)


def test_marks_of_an_earlier_audit_go(tmp_path: Path) -> None:
    audited = workbook(tmp_path, PARKS, LIBRARY)
    path = tmp_path / "marked.xlsx"
    own, other = audited.sheets
    whole = marked_share(audited.data, audited.document, audited.report, [own, other], [])
    path.write_bytes(whole.data)
    again = Audited(path)
    again.report = again.report.model_copy(update={"findings": (), "causes": (), "counts": {}})
    book = openpyxl.load_workbook(BytesIO(again.share(PARKS).data))
    assert not [cell for row in book[worksheet_of(own)] for cell in row if cell.comment]


def test_a_pdf_of_two_departments_is_divided(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
    pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
    pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    from tests.documents.make_pdfs import TEXT, Print, drawn

    path = tmp_path / "book.pdf"
    departments = [LIBRARY, PARKS, LIBRARY, PARKS]
    path.write_bytes(drawn(faulty_worksheets(TEXT, departments), Print(split=2)))
    audited = Audited(path)
    assert [sheet.department for sheet in audited.sheets] == departments
    copy = audited.share(PARKS)
    assert copy.ending == ".pdf"
    assert copy.pages == {3: 1, 4: 2, 7: 3, 8: 4}
    reader = pypdf.PdfReader(BytesIO(copy.data))
    assert reader.page_labels == ["3", "4", "7", "8"]
    marks = [len(page.get("/Annots", ())) for page in reader.pages]
    assert marks[0] > 0
    assert marks[2] > 0
    notes = [
        str(note.get_object().get("/Contents"))
        for page in reader.pages
        for note in page.get("/Annots", ())
    ]
    assert any("3ページを参照" in note for note in notes)
    assert LIBRARY not in "".join(page.extract_text() for page in reader.pages)


def test_two_departments_on_one_page_are_not_divided(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
    pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
    pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    from tests.documents.make_pdfs import TEXT, Print, drawn

    path = tmp_path / "book.pdf"
    how = Print(a_page=2, page=(841.9, 595.3), size=5)
    path.write_bytes(drawn(faulty_worksheets(TEXT, [PARKS, LIBRARY]), how))
    audited = Audited(path)
    assert len(audited.sheets) == 2
    with pytest.raises(MarkError, match="same pages"):
        audited.share(PARKS)
