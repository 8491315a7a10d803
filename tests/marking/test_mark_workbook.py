"""Marked-up workbooks: the findings are on their cells and in a list, and all else is what it
was.
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from pathlib import Path
from xml.dom import minidom

import openpyxl
import pytest

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.files.atomic import UnwritableFile
from auditor.files.ooxml import Limits
from auditor.marking.copies import MarkError
from auditor.marking.workbook.copy import mark_workbook
from auditor.readers.documents import read_documents
from auditor.records.addresses import column_letters
from auditor.records.figures import Place
from auditor.records.languages import Lang
from auditor.records.model import UnreadNumber
from auditor.records.text import Text
from auditor.reports.entries import entries, place_of, proposed
from auditor.reports.findings import nothing_found
from auditor.reports.wording import Wording
from tests.documents.workbook_writer import package_of, parts_of
from tests.marking.judged import of_these_bytes

LIGHT = {"FFFFDADD", "FFFFF1B8", "FFDFEDF9"}
SUSPECTED = {"FFFF7B81", "FFFFBF03", "FF9CC4E7"}
FILLS = LIGHT | SUSPECTED
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
    return parts_of(path.read_bytes())


def repacked(data: dict[str, bytes], path: Path) -> Path:
    path.write_bytes(package_of(data))
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


def test_each_cell_of_an_entry_has_a_fill_and_a_comment_that_leads_to_the_entry(
    marked: tuple[Path, Path, Report],
) -> None:
    _, out, report = marked
    book = opened(out)
    seen = 0
    for number, entry in enumerate(entries(report), 1):
        places = {
            (cell.place.sheet, cell.place.cell)
            for finding in entry.findings
            for cell in finding.cells
            if cell.place and cell.place.sheet in book.sheetnames
        }
        notes = 0
        for sheet, address in places:
            cell = book[sheet][address]
            assert cell.comment is not None, (sheet, address)
            assert re.search(rf"指摘{number}(?!\d)", cell.comment.text)
            assert cell.fill.fgColor.rgb in FILLS
            notes += f"・指摘{number}】" in cell.comment.text
            seen += 1
        assert notes == bool(places)
    assert seen > 10


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
        r"|xl/.*\.rels|_rels/\.rels|docProps/custom\.xml|xl/drawings/vmlDrawing1\.vml"
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
    assert "記載 24,960千円 → 計算上の値 24,690千円" in text  # the likeliest slip


def test_the_likeliest_cell_stands_out(marked: tuple[Path, Path, Report]) -> None:
    _, out, report = marked
    book = opened(out)
    sure = [entry for entry in entries(report) if proposed(entry)]
    strong = {
        (cell.place.sheet, cell.place.cell)
        for entry in sure
        for suspect in proposed(entry)
        if (cell := place_of(suspect, entry)) is not None and cell.place is not None
    }
    assert strong
    for sheet, address in strong:
        assert book[sheet][address].fill.fgColor.rgb in SUSPECTED
    others = [
        cell.place
        for entry in sure
        for cell in entry.main.cells
        if cell.place and (cell.place.sheet, cell.place.cell) not in strong
    ]
    light = [book[place.sheet][place.cell].fill.fgColor.rgb for place in others]
    assert light
    assert set(light) & LIGHT


def test_numbers_that_were_not_read_are_grey(tmp_path: Path) -> None:
    source = WORKBOOKS / "kushiro-clean.xlsx"
    report = report_of(source)
    name = opened(source).sheetnames[0]
    places = [Place(sheet=name, cell="C3"), Place(sheet=name, cell="AA40"), Place(sheet="無")]
    (document,) = report.documents
    unread = tuple(UnreadNumber(printed="1", place=place) for place in places)
    changed = report.model_copy(
        update={"documents": (document.model_copy(update={"unread": unread}),)}
    )
    mark_workbook(source, changed, tmp_path / "out.xlsx", "ja")

    book = opened(tmp_path / "out.xlsx")
    for place in places[:2]:
        cell = book[name][place.cell]
        assert cell.fill.fgColor.rgb == "FFDCDDDE"
        assert cell.comment is None
    assert book[name]["C3"].value == opened(source)[name]["C3"].value
    last = list(book["点検結果"].iter_rows(values_only=True))[-1]
    assert "読み取れなかった数値（3個）" in last[5]


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", ".xlsx"),
        ("vnd.ms-excel.sheet.macroEnabled.main+xml", ".xlsm"),
        ("vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", ".xltx"),
    ],
)
def test_a_copy_has_the_ending_of_its_kind(kind: str, ending: str, tmp_path: Path) -> None:
    data = parts(WORKBOOKS / "kushiro-clean.xlsx")
    before = b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    data["[Content_Types].xml"] = data["[Content_Types].xml"].replace(before, kind.encode())
    source = repacked(data, tmp_path / f"book{ending}")
    report = report_of(source)

    for other in {".xlsx", ".xlsm", ".xltx", ".xls", ""} - {ending}:
        with pytest.raises(MarkError, match=ending):
            mark_workbook(source, report, tmp_path / f"out{other}")
    mark_workbook(source, report, tmp_path / f"out{ending.upper()}")
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["book", "out"]


@pytest.mark.parametrize(("width", "height"), [(3.0, 8), (3.4, 13.5), (9, 15), (40, 60)])
def test_the_box_of_a_comment_is_as_large_as_its_text(
    width: float, height: float, tmp_path: Path
) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    for number in range(1, 200):
        sheet.column_dimensions[column_letters(number)].width = width
        sheet.row_dimensions[number].height = height
    sheet.row_dimensions[20].hidden = True
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.value = 24_960
    other = sheet.cell(cell.row, 1)
    other.comment = openpyxl.comments.Comment("要確認", "課員")
    source, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    book.save(source)
    mark_workbook(source, report_of(source), out, "ja")

    text = opened(out).worksheets[0][cell.coordinate].comment.text
    drawing = next(data for name, data in parts(out).items() if name.endswith(".vml")).decode()
    anchors = {
        (int(row), int(column)): [int(number) for number in anchor.split(",")]
        for anchor, row, column in re.findall(
            r"Anchor>([^<]*)<.*?Row>(\d+)<.*?Column>(\d+)<", drawing, re.DOTALL
        )
    }
    left, _, top, _, right, _, bottom, _ = anchors[cell.row - 1, cell.column - 1]
    lines = sum(1 + len(line) // 30 for line in text.split("\n"))
    shown_rows = sum(row + 1 != 20 for row in range(top, bottom + 1))
    assert (right - left + 1) * width * 7 > 300
    assert shown_rows * height * 96 / 72 > min(lines * 15, 500)
    assert (right - left - 1) * width * 7 < 700


def test_the_box_of_a_comment_that_was_there_grows(tmp_path: Path) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.value = 24_960
    cell.comment = openpyxl.comments.Comment("要確認", "課員")
    source, out, twice = (tmp_path / f"{name}.xlsx" for name in ("book", "out", "twice"))
    book.save(source)
    data = parts(source)
    drawing = next(name for name in data if name.endswith(".vml"))
    without = data[drawing]
    anchor = b"Anchor>7, 15, 11, 10, 8, 15, 12, 4</"
    before = re.sub(rb"<(\w+:)Row>", rb"<\1" + anchor + rb"\1Anchor>\g<0>", without)
    for drawn in (without, before):
        mark_workbook(repacked(data | {drawing: drawn}, source), report_of(source), out, "ja")
        assert b"Anchor>" in parts(out)[drawing]
    mark_workbook(out, report_of(out), twice, "ja")

    def corner(data: bytes) -> list[int]:
        anchor = re.search(rb"Anchor>([^<]*)<", data)
        assert anchor is not None
        return [int(number) for number in anchor[1].split(b",")]

    after = next(data for name, data in parts(out).items() if name.endswith(".vml"))
    assert corner(after)[:4] == corner(before)[:4]
    assert corner(after)[6] > corner(before)[6]
    texts = [opened(path).worksheets[0][cell.coordinate].comment.text for path in (out, twice)]
    assert texts[0] == texts[1]
    assert texts[0].startswith("要確認")
    others = [
        {other.coordinate: other.comment.text for row in opened(path).worksheets[0]
         for other in row if other.comment}
        for path in (out, twice)
    ]  # fmt: skip
    assert others[0] == others[1]


def test_the_added_worksheet_lists_and_links_the_findings(
    marked: tuple[Path, Path, Report],
) -> None:
    source, out, report = marked
    before, book = opened(source), opened(out)
    listing = book["点検結果"]

    assert book.sheetnames == [*before.sheetnames, "点検結果"]
    items = entries(report)
    rows = list(listing.iter_rows(min_row=2))
    assert [row[2].value for row in rows] == [entry.main.rule for entry in items]
    assert listing.auto_filter.ref == f"A1:J{len(items) + 1}"
    for row in rows:
        lines = max(str(cell.value).count("\n") + 1 for cell in row)
        assert listing.row_dimensions[row[0].row].height >= lines * 13
        link = row[3].hyperlink
        if row[2].value == "XLS015":  # it is of the whole workbook
            assert link is None
            continue
        assert link is not None
        sheet, _, address = link.location.rpartition("!")
        assert (row[3].value, row[4].value) == (address, sheet.strip("'"))
        assert sheet.strip("'") in book.sheetnames
        assert book[sheet.strip("'")][address].fill.fill_type == "solid"


def test_the_heading_of_the_added_worksheet_is_on_each_printed_page(
    marked: tuple[Path, Path, Report], tmp_path: Path
) -> None:
    """Also where the workbook defines names, and where the worksheet gets another name."""
    source, out, report = marked
    titled, named, again, english = (
        tmp_path / f"{name}.xlsx" for name in ("titled", "named", "again", "english")
    )
    data = parts(source)
    first = opened(source).sheetnames[0]
    names = (
        "<definedNames><definedName name='_xlnm.Print_Titles' localSheetId='0'>"
        f"'{first}'!$2:$3</definedName></definedNames><calcPr"
    )
    data["xl/workbook.xml"] = data["xl/workbook.xml"].replace(b"<calcPr", names.encode())
    mark_workbook(repacked(data, titled), report, named, "ja")
    mark_workbook(named, report, again, "ja")
    mark_workbook(again, report, english, "en")

    for path, listing in (
        (out, "点検結果"),
        (named, "点検結果"),
        (again, "点検結果"),
        (english, "Audit findings"),
    ):
        book = opened(path)
        assert book[listing].print_title_rows == "$1:$1"
        assert book[first].print_title_rows == (None if path == out else "$2:$3")
        # Excel opens no workbook whose elements are in another order, or stand twice.
        before, behind = parts(path)["xl/workbook.xml"].split(b"<definedNames>")
        assert b"</sheets>" in before
        assert b"<calcPr" in behind


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
        assert "No findings" not in rows[-1][5]


def test_what_is_marked_reads_and_audits_as_before(marked: tuple[Path, Path, Report]) -> None:
    _, out, report = marked

    again = report_of(out)
    assert "点検結果" not in {
        cell.place.sheet for finding in again.findings for cell in finding.cells if cell.place
    }
    assert [
        part.place.sheet for part in again.documents[0].parts if part.why.en.startswith("the")
    ] == ["点検結果"]
    assert {finding.id for finding in report.findings} <= {finding.id for finding in again.findings}
    assert {finding.rule for finding in again.findings} == {
        finding.rule for finding in report.findings
    }


def looks(path: Path) -> dict[tuple[str, str], tuple[object, ...]]:
    """The fill, comment and value of each cell."""
    return {
        (sheet.title, cell.coordinate): (
            cell.fill.fill_type and (cell.fill.fgColor.rgb, cell.fill.fgColor.theme),
            cell.comment and cell.comment.text,
            cell.value,
        )
        for sheet in opened(path)
        for row in sheet.iter_rows()
        for cell in row
    }


def test_a_copy_that_is_marked_again_is_as_if_it_were_marked_once(
    marked: tuple[Path, Path, Report], tmp_path: Path
) -> None:
    _, out, _ = marked
    report = report_of(out)
    twice, english = tmp_path / "twice.xlsx", tmp_path / "english.xlsx"
    mark_workbook(out, report, twice, "ja", forms=load().forms)
    assert looks(twice) == looks(out)
    assert len(opened(twice).sheetnames) == len(opened(out).sheetnames)

    mark_workbook(out, report, english, "en")
    assert opened(english).sheetnames[-1] == "Audit findings"
    texts = [text for _, text, _ in looks(english).values() if text]
    assert not any("指摘" in str(text) for text in texts)


def test_marks_of_an_earlier_audit_go_where_nothing_is_found_any_more(tmp_path: Path) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.fill = openpyxl.styles.PatternFill("solid", fgColor="FFEEDD00")
    other = sheet.cell(cell.row + 30, 1)
    other.comment = openpyxl.comments.Comment("要確認", "課員")
    right = tmp_path / "right.xlsx"
    book.save(right)
    cell.value = 24_960
    cell.comment = openpyxl.comments.Comment("確かめる", "課員")
    wrong, marked, corrected, again = (
        tmp_path / f"{name}.xlsx" for name in ("wrong", "marked", "corrected", "again")
    )
    book.save(wrong)
    mark_workbook(wrong, report_of(wrong), marked, "ja")
    assert looks(marked) != looks(wrong)

    # The department corrects the copy, with a program that writes all parts anew.
    copy = opened(marked)
    copy.worksheets[0][cell.coordinate].value = 24_690
    copy.save(corrected)
    report = report_of(corrected)
    assert not report.findings
    mark_workbook(corrected, report, again, "ja")
    before = {key: look for key, look in looks(again).items() if key[0] != "点検結果" and any(look)}
    wanted = {key: look for key, look in looks(right).items() if any(look)}
    fill, _, value = wanted[sheet.title, cell.coordinate]
    wanted[sheet.title, cell.coordinate] = (fill, "確かめる", value)
    assert before == wanted
    clean = opened(again)["点検結果"]["F2"].value
    assert clean == nothing_found(report, Wording("ja"), Text(en="", ja="この文書の"))
    assert clean.startswith("点検した範囲では、この文書の不一致は見つかりませんでした（")


def test_a_thread_of_comments_gets_a_reply(tmp_path: Path) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.value = 24_960
    cell.comment = openpyxl.comments.Comment("[スレッド] 要確認", "tc={A}")
    source, out, twice = (tmp_path / f"{name}.xlsx" for name in ("book", "out", "twice"))
    book.save(source)
    data = parts(source)
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    types = "http://schemas.microsoft.com/office/2017/10/relationships"
    data["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="{cell.coordinate}" '
        'dT="2026-01-01T00:00:00.00" personId="{B}" id="{A}"><text>要確認</text></threadedComment>'
        "</ThreadedComments>"
    ).encode()
    data["xl/persons/person.xml"] = (
        f'<personList xmlns="{space}"><person displayName="課員" id="{{B}}" userId="b" '
        'providerId="None"/></personList>'
    ).encode()
    for name, kind, target in (
        ("xl/_rels/workbook.xml.rels", "person", "/xl/persons/person.xml"),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            "threadedComment",
            "/xl/threadedComments/threadedComment1.xml",
        ),
    ):
        element = f'<Relationship Id="rIdT" Type="{types}/{kind}" Target="{target}"/>'
        data[name] = data[name].replace(b"</Relationships>", f"{element}</Relationships>".encode())
    report = report_of(repacked(data, source))
    mark_workbook(source, report, out, "ja")
    mark_workbook(out, report_of(out), twice, "ja")
    for path in (out, twice):
        after = parts(path)
        thread = after["xl/threadedComments/threadedComment1.xml"].decode()
        assert thread.count("<threadedComment ") == 2
        assert 'parentId="{A}"' in thread
        assert "FND001" in thread
        assert after["xl/persons/person.xml"].decode().count("<person ") == 2
        text = opened(path).worksheets[0][cell.coordinate].comment.text
        assert text.startswith("[スレッド] 要確認\n――――\n【要訂正・指摘1】FND001")
        assert text.count("――――") == 1


def test_marks_are_seen_under_conditional_formats(tmp_path: Path) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.value = 24_960
    green = openpyxl.styles.PatternFill("solid", bgColor="FFCCFFCC")
    area = f"A1:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
    for limit in (1000, 2000):
        rule = openpyxl.formatting.rule.CellIsRule("greaterThan", [str(limit)], fill=green)
        sheet.conditional_formatting.add(area, rule)
    source, out, twice, saved, right = (
        tmp_path / f"{name}.xlsx" for name in ("book", "out", "twice", "saved", "right")
    )
    book.save(source)
    report = report_of(source)
    mark_workbook(source, report, out, "ja")
    opened(out).save(saved)  # all parts are written anew
    for path in (out, saved):
        mark_workbook(path, report_of(path), twice, "ja")
        assert [finding.rule for finding in report_of(path).findings] == [
            finding.rule for finding in report.findings
        ]
        for copy in (out, twice):
            assert covering(copy) == looks_of_marks(copy)
    clean = report.model_copy(update={"findings": (), "causes": (), "counts": {}})
    mark_workbook(out, clean, right, "ja")
    assert covering(right) == {}
    assert len(opened(right).worksheets[0].conditional_formatting) == 1


def covering(path: Path) -> dict[str, str]:
    """The fill of the first conditional format of each cell for which that one always holds."""
    formats = opened(path).worksheets[0].conditional_formatting
    rules = [(rule.priority, rule, area) for area in formats for rule in area.rules]
    assert len({priority for priority, *_ in rules}) == len(rules)
    first = {
        cell: rule.dxf.fill.bgColor.rgb
        for _, rule, area in rules
        if rule.formula == ["TRUE"]
        for cell in str(area.sqref).split()
    }
    others = [priority for priority, rule, _ in rules if rule.formula != ["TRUE"]]
    own = [priority for priority, rule, _ in rules if rule.formula == ["TRUE"]]
    assert not own or max(own) < min(others)
    return first


def looks_of_marks(path: Path) -> dict[str, str]:
    """The fills of the cells that have a comment."""
    return {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in opened(path).worksheets[0].iter_rows()
        for cell in row
        if cell.comment is not None
    }


def test_a_cell_below_a_merged_area_is_marked_where_the_area_is_seen(tmp_path: Path) -> None:
    book = opened(WORKBOOKS / "kushiro-stacked.xlsx")
    sheet = book.worksheets[0]
    cell = next(cell for row in sheet for cell in row if cell.value == 24_690)
    cell.value = 24_960
    source, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    book.save(source)
    report = report_of(source)
    mark_workbook(source, report, out, "ja")
    plain = opened(out).worksheets[0]

    # The same findings, of a worksheet where the cells lie below merged areas.
    anchor = sheet.cell(cell.row - 1, cell.column).coordinate
    sheet.merge_cells(f"{anchor}:{cell.coordinate}")
    book.save(source)
    mark_workbook(source, of_these_bytes(report, source), out, "ja")
    merged = opened(out).worksheets[0]
    assert merged[anchor].comment.text == plain[cell.coordinate].comment.text
    assert merged[anchor].fill.fgColor.rgb == plain[cell.coordinate].fill.fgColor.rgb
    assert merged[cell.coordinate].comment is None


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
    assert all(cell.data_type != "f" for row in marked["点検結果"] for cell in row)
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
    report = of_these_bytes(report, signed)

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
