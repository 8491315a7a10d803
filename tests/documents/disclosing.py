"""Adds to workbooks and PDFs what they would give away: one kind at a time, each with the rule that
lists it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from tests.documents.workbook_writer import package_of, parts_of

__all__ = [
    "IN_PDFS",
    "IN_WORKBOOKS",
    "OLD_WORKBOOK",
    "PARTS",
    "Package",
    "disclosing_pdf",
    "disclosing_workbook",
]

_RELS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_WORKBOOK: Final = "xl/workbook.xml"
_SHEET: Final = "xl/worksheets/sheet1.xml"


@dataclass
class Package:
    """The parts of a workbook, to be added to."""

    parts: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @classmethod
    def of(cls, data: bytes) -> Package:
        return cls(parts_of(data))

    def data(self) -> bytes:
        return package_of(self.parts)

    def add(self, name: str, content: str | bytes, kind: str = "", of: str = _WORKBOOK) -> None:
        """Add a part, which another one points to."""
        self.parts[name] = content.encode() if isinstance(content, str) else content
        if kind:
            self.relate(of, kind, "/" + name)

    def relate(self, of: str, kind: str, target: str, *, external: bool = False) -> None:
        """Let a part (the package, for an empty name) point to something."""
        folder, _, file = of.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        mode = ' TargetMode="External"' if external else ""
        number = self.parts.get(rels, empty).count(b"<Relationship ")
        entry = (
            f'<Relationship Id="x{number}" Type="{_RELS}/{kind}" Target="{escape(target)}"{mode}/>'
        )
        self.change(rels, b"</Relationships>", entry.encode() + b"</Relationships>", empty)

    def change(self, name: str, old: bytes, new: bytes, otherwise: bytes = b"") -> None:
        """Change a part in one place."""
        content = self.parts.get(name, otherwise)
        assert content.count(old) >= 1, (name, old)
        self.parts[name] = content.replace(old, new, 1)


Change = Callable[[Package], None]


def _row(package: Package, row: str) -> None:
    package.change(_SHEET, b"</sheetData>", row.encode() + b"</sheetData>")


def _text(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def _behind_cells(package: Package, element: str) -> None:
    package.change(_SHEET, b"</worksheet>", element.encode() + b"</worksheet>")


def _in_workbook(package: Package, element: str) -> None:
    package.change(_WORKBOOK, b"</workbook>", element.encode() + b"</workbook>")


def _hidden_worksheet(package: Package) -> None:
    entry = '<sheet name="x" sheetId="77" state="veryHidden" r:id="xhid"/>'
    content = f"<worksheet {_MAIN}><sheetData/></worksheet>"
    _add_sheet(package, entry, "worksheet", "worksheets/sheet77.xml", content)


def _hidden_chart(package: Package) -> None:
    entry = '<sheet name="y" sheetId="78" state="hidden" r:id="xcha"/>'
    content = f"<chartsheet {_MAIN}/>"
    _add_sheet(package, entry, "chartsheet", "chartsheets/sheet1.xml", content)


def _add_sheet(package: Package, entry: str, kind: str, target: str, content: str) -> None:
    """Add a sheet with its entry in the workbook."""
    package.change(_WORKBOOK, b"</sheets>", entry.encode() + b"</sheets>")
    package.parts[f"xl/{target}"] = content.encode()
    name = entry.partition('r:id="')[2].partition('"')[0]
    rel = f'<Relationship Id="{name}" Type="{_RELS}/{kind}" Target="{target}"/>'
    end = b"</Relationships>"
    package.change("xl/_rels/workbook.xml.rels", end, rel.encode() + end)


def _hidden_row(package: Package) -> None:
    _row(package, f'<row r="900" hidden="1">{_text("A900", "控え")}</row>')


def _flat_row(package: Package) -> None:
    _row(package, f'<row r="901" ht="0" customHeight="1">{_text("A901", "控え")}</row>')


def _hidden_column(package: Package) -> None:
    content = package.parts[_SHEET]
    column = b'<cols><col min="60" max="61" width="9" hidden="1"/></cols>'
    package.parts[_SHEET] = re.sub(
        rb"(<cols>.*?</cols>)?<sheetData", column + b"<sheetData", content, count=1
    )
    _row(package, f'<row r="902">{_text("BH902", "控え")}</row>')


def _comment(package: Package) -> None:
    package.add(
        "xl/comments9.xml",
        f"<comments {_MAIN}><authors><author>山田</author></authors><commentList>"
        '<comment ref="B2" authorId="0"><text><r><t>要</t></r><r><t>確認</t></r></text></comment>'
        "</commentList></comments>",
        "comments",
        _SHEET,
    )


def _thread(package: Package) -> None:
    package.add(
        "xl/threadedComments/threadedComment9.xml",
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B2" personId="{1}"><text>要確認</text></threadedComment></ThreadedComments>',
        "threadedComment",
        _SHEET,
    )


def _revisions(package: Package) -> None:
    package.add(
        "xl/revisions/revisionHeaders.xml",
        f'<headers {_MAIN} guid="{{1}}"><header guid="{{2}}" userName="佐藤"/></headers>',
        "revisionHeaders",
    )


def _external_link(package: Package) -> None:
    name = "xl/externalLinks/externalLink9.xml"
    package.add(name, f"<externalLink {_MAIN}><externalBook/></externalLink>", "externalLink")
    package.relate(name, "externalLinkPath", "file:///\\\\server\\財政\\予算.xlsx", external=True)


def _hyperlink(package: Package) -> None:
    package.relate(_SHEET, "hyperlink", "..\\内部\\起案.docx", external=True)


def _connection(package: Package) -> None:
    package.add(
        "xl/connections.xml",
        f'<connections {_MAIN}><connection id="1" name="財務" sourceFile="C:\\db\\a.mdb"/></connections>',
        "connections",
    )


def _core(package: Package) -> None:
    _properties(package, "<dc:creator>山田 太郎</dc:creator>")


def _title(package: Package) -> None:
    _properties(package, "<dc:title>昨年度の案</dc:title>")


def _properties(package: Package, element: str) -> None:
    name = "docProps/core.xml"
    start = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
    )
    if name not in package.parts:
        package.add(name, f"{start}</cp:coreProperties>")
        package.relate("", "metadata/core-properties", "/" + name)
    end = b"</cp:coreProperties>"
    package.change(name, end, element.encode() + end)


def _company(package: Package) -> None:
    package.add(
        "docProps/app.xml",
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Company>試験市</Company></Properties>",
        "extended-properties",
        "",
    )


def _custom(package: Package) -> None:
    package.add(
        "docProps/custom.xml",
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property fmtid="{1}" pid="2" name="起案番号"><vt:lpwstr>財第12号</vt:lpwstr></property></Properties>',
        "custom-properties",
        "",
    )


def _embedded(package: Package) -> None:
    package.add("xl/embeddings/oleObject1.bin", b"\0" * 40, "oleObject", _SHEET)


def _macro(package: Package) -> None:
    package.add("xl/vbaProject.bin", b"\0" * 40, "vbaProject")


def _hidden_name(package: Package) -> None:
    _in_workbook(
        package,
        '<definedNames><definedName name="旧単価" hidden="1">12</definedName></definedNames>',
    )


def _outside_name(package: Package) -> None:
    _in_workbook(
        package,
        "<definedNames><definedName name=\"元\">'C:\\x\\[a.xlsx]b'!$A$1</definedName></definedNames>",
    )


def _path(package: Package) -> None:
    _in_workbook(
        package,
        '<x:absPath xmlns:x="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac" url="C:\\Users\\yamada\\"/>',
    )


def _printer(package: Package) -> None:
    name = "財政課複合機".encode("utf-16-le")
    package.add(
        "xl/printerSettings/printerSettings1.bin", name + b"\0" * 80, "printerSettings", _SHEET
    )


def _styles(package: Package) -> tuple[str, int]:
    """The styles, and how many of them cells may have."""
    styles = package.parts["xl/styles.xml"].decode()
    return styles, styles.partition("<cellXfs")[2].partition("</cellXfs>")[0].count("<xf ")


def _nothing_format(package: Package) -> None:
    styles, number = _styles(package)
    code = '<numFmt numFmtId="399" formatCode=";;;"/>'
    if "</numFmts>" in styles:
        styles = styles.replace("</numFmts>", code + "</numFmts>")
    else:
        styles = styles.replace("<fonts", f'<numFmts count="1">{code}</numFmts><fonts', 1)
    xf = '<xf numFmtId="399" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    package.parts["xl/styles.xml"] = styles.replace("</cellXfs>", xf + "</cellXfs>").encode()
    _row(package, f'<row r="903"><c r="A903" s="{number}"><v>4321</v></c></row>')


def _white(package: Package) -> None:
    styles, number = _styles(package)
    fonts = len(re.findall(r"<font>", styles))
    white = '<font><color rgb="FFFFFFFF"/><sz val="11"/></font></fonts>'
    xf = f'<xf numFmtId="0" fontId="{fonts}" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    styles = styles.replace("</fonts>", white, 1).replace("</cellXfs>", xf + "</cellXfs>")
    package.parts["xl/styles.xml"] = styles.encode()
    _row(
        package,
        f'<row r="904"><c r="A904" s="{number}" t="inlineStr"><is><t>白い字</t></is></c></row>',
    )


def _print_area(package: Package) -> None:
    _row(package, f'<row r="905">{_text("ZZ905", "欄外の計算")}</row>')
    name = re.search(rb'<sheet name="([^"]*)"', package.parts[_WORKBOOK])
    assert name is not None
    area = f'<definedName name="_xlnm.Print_Area" localSheetId="0">\'{name[1].decode()}\'!$A$1:$YY$1000</definedName>'
    _in_workbook(package, f"<definedNames>{area}</definedNames>")


def _pivot(package: Package) -> None:
    name = "xl/pivotCache/pivotCacheDefinition1.xml"
    package.add(
        name,
        f'<pivotCacheDefinition {_MAIN} recordCount="3"><cacheSource type="worksheet">'
        '<worksheetSource ref="A1:B4" sheet="名簿"/></cacheSource></pivotCacheDefinition>',
        "pivotCacheDefinition",
    )
    package.add(
        "xl/pivotCache/pivotCacheRecords1.xml",
        f'<pivotCacheRecords {_MAIN}><r><s v="a"/></r></pivotCacheRecords>',
        "pivotCacheRecords",
        name,
    )


def _custom_xml(package: Package) -> None:
    package.add("customXml/item1.xml", "<root><x>案</x></root>", "customXml")


def _scenario(package: Package) -> None:
    _behind_cells(package, '<scenarios><scenario name="増額" count="0"/></scenarios>')


def _of_header(text: str) -> Change:
    def change(package: Package) -> None:
        _behind_cells(
            package, f"<headerFooter><oddFooter>{escape(text)}</oddFooter></headerFooter>"
        )

    return change


def _of_cell(at: str, text: str) -> Change:
    def change(package: Package) -> None:
        _row(package, f'<row r="{at[1:]}">{_text(at, text)}</row>')

    return change


def _of_pivot(package: Package) -> None:
    package.add(
        "xl/pivotCache/pivotCacheDefinition2.xml",
        f'<pivotCacheDefinition {_MAIN}><sharedItems><s v="090-1234-5678"/></sharedItems></pivotCacheDefinition>',
    )


def _of_person(package: Package) -> None:
    package.add(
        "xl/persons/person.xml",
        '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<person displayName="" id="{1}" userId="S::yamada@city.shiken.lg.jp::1" providerId="AD"/></personList>',
    )


IN_WORKBOOKS: Final[Mapping[str, tuple[str, Change]]] = {
    "hidden worksheet": ("PUB001", _hidden_worksheet),
    "hidden chart sheet": ("PUB001", _hidden_chart),
    "hidden row": ("PUB002", _hidden_row),
    "row without height": ("PUB002", _flat_row),
    "hidden column": ("PUB002", _hidden_column),
    "comment": ("PUB003", _comment),
    "thread": ("PUB003", _thread),
    "revisions": ("PUB004", _revisions),
    "external link": ("PUB005", _external_link),
    "hyperlink to a file": ("PUB005", _hyperlink),
    "connection": ("PUB005", _connection),
    "author": ("PUB006", _core),
    "company": ("PUB006", _company),
    "title": ("PUB007", _title),
    "custom property": ("PUB007", _custom),
    "embedded object": ("PUB008", _embedded),
    "macro": ("PUB009", _macro),
    "hidden name": ("PUB010", _hidden_name),
    "name of another file": ("PUB010", _outside_name),
    "path": ("PUB011", _path),
    "printer": ("PUB011", _printer),
    "header with the folder": ("PUB011", _of_header("&L&Z&F")),
    "format that shows nothing": ("PUB012", _nothing_format),
    "white on white": ("PUB012", _white),
    "outside of the print area": ("PUB013", _print_area),
    "pivot table": ("PUB014", _pivot),
    "custom XML": ("PUB014", _custom_xml),
    "scenario": ("PUB014", _scenario),
    "telephone number": ("PUB015", _of_cell("A910", "担当 山田（0154-23-5151）")),
    "telephone number in a pivot table": ("PUB015", _of_pivot),
    "mail address": ("PUB016", _of_cell("A911", "Ｙａｍａｄａ＠city.shiken.lg.jp")),
    "mail address of a person": ("PUB016", _of_person),
    "mail address in a footer": ("PUB016", _of_header("&Lyamada@city.shiken.lg.jp")),
    "account number": ("PUB017", _of_cell("A912", "普通預金 1234567")),
    "number of 12 digits": ("PUB018", _of_cell("A913", "1234-5678-9018")),
}
"""What can be added to a workbook, with the rule that lists it."""

PARTS: Final = {
    "comment": "xl/comments9.xml",
    "thread": "xl/threadedComments/threadedComment9.xml",
    "revisions": "xl/revisions/revisionHeaders.xml",
    "connection": "xl/connections.xml",
    "company": "docProps/app.xml",
    "custom property": "docProps/custom.xml",
    "pivot table": "xl/pivotCache/pivotCacheDefinition1.xml",
}
"""The part of a package in which something stands alone."""


def disclosing_workbook(data: bytes, kinds: Collection[str]) -> Package:
    """The workbook with some of what can be added."""
    package = Package.of(data)
    for kind in kinds:
        IN_WORKBOOKS[kind][1](package)
    return package


# — PDFs —

Draw = Callable[[Any], None]


def _black_box(canvas: Any) -> None:
    canvas.drawString(100, 500, "SECRET 4321")
    canvas.setFillGray(0)
    canvas.rect(90, 490, 120, 30, stroke=0, fill=1)


def _undrawn(canvas: Any) -> None:
    text = canvas.beginText(100, 460)
    text.setTextRenderMode(3)
    text.textOut("UNDRAWN 77")
    text.setTextRenderMode(0)
    canvas.drawText(text)


def _white_text(canvas: Any) -> None:
    canvas.setFillGray(1)
    canvas.drawString(100, 420, "WHITE 55")
    canvas.setFillGray(0)


def _off_page(canvas: Any) -> None:
    canvas.drawString(100, 900, "CUT AWAY 66")


def _phone(canvas: Any) -> None:
    canvas.drawString(100, 380, "TEL 0154-23-5151")


def _author(canvas: Any) -> None:
    canvas.setAuthor("Yamada Taro")


def _pdf_title(canvas: Any) -> None:
    canvas.setTitle("Draft of last year")


def _link_to_file(canvas: Any) -> None:
    canvas.linkURL("file:///C:/Users/yamada/a.xlsx", (100, 340, 200, 360))


def _note(writer: Any) -> None:
    from pypdf.annotations import Text as Note

    note = Note(rect=(50, 550, 70, 570), text="check this", open=False)
    writer.add_annotation(page_number=0, annotation=note)


def _attachment(writer: Any) -> None:
    writer.add_attachment("draft.xlsx", b"PK")


def _script(writer: Any) -> None:
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('x');"),
        }
    )
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def _info(writer: Any) -> None:
    writer.add_metadata({"/KianBango": "Z-12"})


IN_PDFS: Final[Mapping[str, tuple[str, Draw]]] = {
    "black box": ("PUB012", _black_box),
    "undrawn text": ("PUB012", _undrawn),
    "white text": ("PUB012", _white_text),
    "off the page": ("PUB013", _off_page),
    "telephone number": ("PUB015", _phone),
    "author": ("PUB006", _author),
    "title": ("PUB007", _pdf_title),
    "link to a file": ("PUB005", _link_to_file),
    "note": ("PUB003", _note),
    "attachment": ("PUB008", _attachment),
    "script": ("PUB009", _script),
    "custom property": ("PUB007", _info),
}
"""What a PDF can have, with the rule that lists it."""

_WRITTEN: Final = frozenset({"note", "attachment", "script", "custom property"})


def disclosing_pdf(kinds: Collection[str], *, bare: bool = True) -> bytes:
    """A PDF of one page (A4, upright) with some of what it can have."""
    from pypdf import PdfReader, PdfWriter
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    canvas.setFont("Helvetica", 12)
    canvas.setAuthor("")
    canvas.setTitle("")
    canvas.setSubject("")
    canvas.setKeywords("")
    canvas.drawString(100, 700, "Total 1,234 and 56 in 2024-04-01")
    for kind in kinds:
        if kind not in _WRITTEN:
            IN_PDFS[kind][1](canvas)
    canvas.showPage()
    canvas.save()
    if bare and not _WRITTEN.intersection(kinds):
        return out.getvalue()
    writer = PdfWriter(clone_from=PdfReader(BytesIO(out.getvalue())))
    for kind in kinds:
        if kind in _WRITTEN:
            IN_PDFS[kind][1](writer)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


# — a workbook of the old kind —

OLD_WORKBOOK: Final = Path(__file__).parent / "workbooks" / "disclosing.xls"


def make_old_workbook() -> None:
    """Write ``workbooks/disclosing.xls``, by way of LibreOffice."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.packaging.custom import StringProperty
    from openpyxl.styles import Font

    from tests.documents.make_workbooks import calculated

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "表"
    texts = {
        "A1": "担当 0154-23-5151",
        "A2": "欄",
        "A3": "白",
        "A5": "隠し",
        "C1": "列",
        "H9": "外",
    }
    for at, text in texts.items():
        sheet[at] = text
    sheet["A2"].comment = Comment("確認してください", "山田")
    sheet["A3"].font = Font(color="FFFFFFFF")
    sheet["A4"] = 77
    sheet["A4"].number_format = ";;;"
    sheet["A6"] = "起案"
    sheet["A6"].hyperlink = "file:///C:/a/b.xlsx"
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.print_area = "A1:C7"
    hidden = book.create_sheet("裏")
    hidden["A1"] = "1234-5678-9018"
    hidden.sheet_state = "hidden"
    book.properties.creator, book.properties.title = "佐藤", "旧題"
    book.custom_doc_props.append(StringProperty(name="起案番号", value="財第1号"))
    calculated(book, OLD_WORKBOOK, "xls:MS Excel 97")


if __name__ == "__main__":
    make_old_workbook()
