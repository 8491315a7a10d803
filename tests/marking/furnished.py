"""A workbook whose worksheets hold everything that may lead from one to another."""

from __future__ import annotations

import re
from io import BytesIO

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests.documents.workbook_writer import package_of, parts_of

__all__ = ["SECRETS", "furnished"]

SECRETS = (
    "別課の事業",
    "別課の事業の注記",
    "別課の事業の氏名",
    "別課の事業の図",
    "別課の返信",
    "別課の名前",
    "別課の表",
    "別課の氏名",
)
"""What the worksheets 公園 and 図書館 must not show."""
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MS = "http://schemas.microsoft.com/office/2017/10/relationships"


def furnished() -> bytes:
    """The worksheets 公園, 図書館, 別課の事業 and 合計, of which 合計 names all others."""
    book = Workbook()
    park = book.active
    park.title = "公園"
    library, other, total = (book.create_sheet(name) for name in ("図書館", "別課の事業", "合計"))
    for number, sheet in enumerate((park, library, other), 1):
        sheet["A1"], sheet["B1"] = f"{sheet.title}の金額", number * 111_111
        sheet["A2"], sheet["B2"] = "内訳", number * 222_222
        sheet["A4"].comment = Comment(f"{sheet.title}の注記", f"{sheet.title}の氏名")
        chart = BarChart()
        chart.title = f"{sheet.title}の図"
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=2))
        sheet.add_chart(chart, "H2")
    park["C1"] = "=SUM(B1:B2)"
    park["C2"] = "=図書館!B1*2"
    park["C3"] = "=別課の事業!B1"
    park["C4"] = "=SUM(公園:別課の事業!B1)"
    park["C5"] = "=SUM(公園:図書館!B1)"
    park["C6"] = '=INDIRECT("別課の事業!B2")'
    park["C7"] = "=別課の名前+1"
    park["C8"] = "=公園の名前+1"
    park["C9"] = "=SUM(別課の表[額])"
    park["C10"] = '="「別課」は"&"含まない"'
    park["C11"] = "='別課の事業'!B2+B1"
    other["D1"], other["D2"] = "額", 987_654_321
    other.add_table(Table(displayName="別課の表", ref="D1:D2"))
    book.defined_names["別課の名前"] = DefinedName("別課の名前", attr_text="別課の事業!$B$1")
    book.defined_names["公園の名前"] = DefinedName("公園の名前", attr_text="公園!$B$1")
    book.defined_names["定数"] = DefinedName("定数", attr_text='"別課の事業"')
    for sheet in (park, library, other, total):
        sheet.print_area = "A1:F20"
    choices = DataValidation(type="list", formula1="別課の事業!$A$1:$A$2")
    choices.add("E1")
    own_choices = DataValidation(type="list", formula1="$A$1:$A$2")
    own_choices.add("E2")
    park.add_data_validation(choices)
    park.add_data_validation(own_choices)
    red = PatternFill("solid", bgColor="FFFF0000")
    park.conditional_formatting.add("B1", FormulaRule(["別課の事業!$B$1>0"], fill=red))
    park.conditional_formatting.add("B2", FormulaRule(["B2>0"], fill=red))
    park["A6"], park["A7"] = "一覧へ", "内訳へ"
    park["A6"].hyperlink = "#別課の事業!A1"
    park["A7"].hyperlink = "#公園!A2"
    for row, sheet in enumerate((park, library, other), 1):
        total.cell(row, 1, f"={sheet.title}!A1")
        total.cell(row, 2, f"={sheet.title}!B1")
    stream = BytesIO()
    book.save(stream)
    return package_of(_with_more(parts_of(stream.getvalue())))


def _with_more(parts: dict[str, bytes]) -> dict[str, bytes]:
    """What openpyxl does not write: stored results, a shared and an array formula, threads of
    comments, other parts of the workbook.
    """
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(
        r'(<c r="C(\d+)"[^>]*><f>[^<]*</f>)<v\s*/>',
        lambda match: f"{match[1]}<v>{int(match[2]) * 1_000}</v>",
        sheet,
    )
    more = (
        '<row r="30"><c r="A30"><f t="shared" ref="A30:A31" si="0">別課の事業!B1</f><v>31</v></c>'
        '<c r="B30"><f t="array" ref="B30:B31">別課の事業!B1:B2</f><v>41</v></c>'
        '<c r="C30" cm="1"><f t="shared" ref="C30:C31" si="1">B1*2</f><v>51</v></c></row>'
        '<row r="31"><c r="A31"><f t="shared" si="0"/><v>32</v></c><c r="B31"><v>42</v></c>'
        '<c r="C31"><f t="shared" si="1"/><v>52</v></c></row>'
    )
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        "</sheetData>", more + "</sheetData>"
    ).encode()
    threads = {1: "公園の返信", 3: "別課の返信"}
    persons: list[str] = []
    for number, text in threads.items():
        person = f"{{{number:08d}-0000-0000-0000-000000000000}}"
        persons.append(f'<person displayName="{text}の人" id="{person}" providerId="None"/>')
        parts[f"xl/threadedComments/threadedComment{number}.xml"] = (
            '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
            f'threadedcomments"><threadedComment ref="A4" dT="2024-05-01T00:00:00.00" '
            f'personId="{person}" id="{person}"><text>{text}</text></threadedComment>'
            "</ThreadedComments>"
        ).encode()
        _relate(
            parts,
            f"xl/worksheets/_rels/sheet{number}.xml.rels",
            f"{_MS}/threadedComment",
            f"/xl/threadedComments/threadedComment{number}.xml",
        )
    parts["xl/persons/person.xml"] = (
        '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
        f'threadedcomments">{"".join(persons)}</personList>'
    ).encode()
    workbook = "xl/_rels/workbook.xml.rels"
    _relate(parts, workbook, f"{_MS}/person", "/xl/persons/person.xml")
    for name, kind in (
        ("xl/calcChain.xml", "calcChain"),
        ("xl/vbaProject.bin", "vbaProject"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", "pivotCacheDefinition"),
        ("xl/revisions/revisionHeaders.xml", "revisionHeaders"),
        ("xl/connections.xml", "connections"),
    ):
        parts[name] = "<x>別課の事業</x>".encode()
        _relate(parts, workbook, f"{_RELS}/{kind}", f"/{name}")
    parts["customXml/item1.xml"] = "<x>別課の事業</x>".encode()
    _relate(parts, "_rels/.rels", f"{_RELS}/customXml", "/customXml/item1.xml")
    core = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = core.replace("openpyxl", "別課の氏名").encode()
    return parts


def _relate(parts: dict[str, bytes], rels: str, kind: str, target: str) -> None:
    text = parts[rels].decode()
    number = text.count("<Relationship ") + 100
    new = f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
    parts[rels] = text.replace("</Relationships>", new + "</Relationships>").encode()
