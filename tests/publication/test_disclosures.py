"""What workbooks, PDFs and texts give away: each kind is listed under its rule, alone and with
others; what is damaged is reported, and nothing else is lost by it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.files.confined import Limits
from auditor.publication.child import Looks
from auditor.publication.disclosures import RULES, SHOWN, Disclosures, Ledger
from auditor.publication.files import disclosures_in
from auditor.records.errors import CodedError
from auditor.records.figures import Place
from auditor.records.text import Text
from auditor.testing import book
from tests.documents.disclosing import (
    IN_PDFS,
    IN_WORKBOOKS,
    OLD_WORKBOOK,
    PARTS,
    disclosing_pdf,
    disclosing_workbook,
)
from tests.documents.workbook_writer import Layout, PlainWorksheet, workbook_bytes, worksheets_of

FORM = load().forms["kushiro"]
BOOK = book(sheets=2, form=FORM, kpis=0)
PLAIN = workbook_bytes(worksheets_of(BOOK, FORM, Layout()))
FILES = Path(__file__).resolve().parents[1] / "documents"
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(SLOW, max_examples=30)


def look(data: bytes) -> Disclosures:
    """What a file gives away, looked at in this process."""
    answer = Looks("1").answer("file", data, {}, lambda: None)
    return Disclosures.model_validate_json(str(answer["disclosures"]))


def rules_of(disclosures: Disclosures) -> set[str]:
    return {disclosure.rule for disclosure in disclosures.disclosures}


def quotes(disclosures: Disclosures, rule: str) -> list[str]:
    return [
        item.quote
        for disclosure in disclosures.disclosures
        if disclosure.rule == rule
        for item in disclosure.first
    ]


def test_the_rules_are_those_of_the_shipped_pack() -> None:
    assert tuple(rule.code for rule in load().rules.of_files) == RULES
    assert {rule.file.severity for rule in load().rules.of_files} == {"note"}
    assert {rule for rule, _ in IN_WORKBOOKS.values()} == set(RULES)


# — workbooks —


@pytest.mark.parametrize(
    "layout", [Layout(), Layout(arrange="stacked"), Layout(numbers="text", top=3)]
)
def test_a_plain_workbook_gives_nothing_away(layout: Layout) -> None:
    disclosures = look(workbook_bytes(worksheets_of(BOOK, FORM, layout)))
    assert disclosures.disclosures == ()
    assert disclosures.not_checked == ()
    assert disclosures.rules == RULES


@pytest.mark.parametrize("kind", IN_WORKBOOKS)
def test_what_a_workbook_has_is_listed_under_its_rule(kind: str) -> None:
    disclosures = look(disclosing_workbook(PLAIN, [kind]).data())
    assert rules_of(disclosures) == {IN_WORKBOOKS[kind][0]}
    assert disclosures.not_checked == ()


# Each of these changes the one element that a workbook has of its kind.
ONCE = {"hidden name", "name of another file", "outside of the print area", "header with the folder",
        "mail address in a footer"}  # fmt: skip


@SLOW
@given(st.sets(st.sampled_from(sorted(set(IN_WORKBOOKS) - ONCE))), st.sampled_from(sorted(ONCE)))
@example(set(IN_WORKBOOKS) - ONCE, "outside of the print area")
def test_each_is_found_beside_the_others(kinds: set[str], once: str) -> None:
    # What names the rows that are added stands before the print area does.
    ordered = [*sorted(kinds), once]
    disclosures = look(disclosing_workbook(PLAIN, ordered).data())
    expected = {IN_WORKBOOKS[kind][0] for kind in ordered}
    beside = {"PUB013"} if once == "outside of the print area" else set[str]()
    assert rules_of(disclosures) | beside == expected | beside
    assert disclosures.not_checked == ()


def test_what_is_found_is_quoted_with_its_place() -> None:
    disclosures = look(
        disclosing_workbook(PLAIN, [*list(IN_WORKBOOKS)[:13], "path", "printer"]).data()
    )
    first = {disclosure.label.en: disclosure.first[0] for disclosure in disclosures.disclosures}
    assert first["comment"].quote == "山田：要確認"
    assert first["comment"].place is not None
    assert first["comment"].place.cell == "B2"
    assert first["author"].quote == "山田 太郎"
    assert first["printer settings"].quote == "財政課複合機"
    assert first["folder where it was last saved"].quote == "C:\\Users\\yamada\\"
    assert "予算.xlsx" in "".join(quotes(disclosures, "PUB005"))


def test_numbers_that_must_not_be_handed_round_are_not_quoted() -> None:
    package = disclosing_workbook(PLAIN, ["account number", "number of 12 digits"])
    package.parts["docProps/app.xml"] = b""
    package.add(
        "docProps/app.xml",
        '<Properties xmlns="x"><Company>123456789018</Company></Properties>',
        "extended-properties",
        "",
    )
    text = look(package.data()).model_dump_json()
    assert "1234567" not in text
    assert "5678-9018" not in text


@SLOW
@given(st.integers(1, 60))
def test_many_like_things_are_counted_and_the_first_ones_listed(count: int) -> None:
    sheet = PlainWorksheet("名簿")
    for row in range(1, count + 1):
        sheet.put(row, 1, f"0154-23-{5000 + row}")
    (disclosure,) = look(workbook_bytes([sheet])).disclosures
    assert (disclosure.rule, disclosure.count) == ("PUB015", count)
    assert len(disclosure.first) == min(count, SHOWN)
    assert disclosure.first[0].place == Place(sheet="名簿", cell="A1")


@pytest.mark.parametrize("visibility", ["hidden", "veryHidden"])
def test_a_hidden_worksheet_and_what_is_in_it_are_found(visibility: str) -> None:
    sheet = PlainWorksheet("控え", visibility=visibility)  # type: ignore[arg-type]
    sheet.put(1, 1, "yamada@city.shiken.lg.jp")
    disclosures = look(workbook_bytes([PlainWorksheet("表"), sheet]))
    assert rules_of(disclosures) == {"PUB001", "PUB016"}


def test_hidden_rows_without_content_are_none() -> None:
    sheet = PlainWorksheet("表", hidden_rows={3, 4}, hidden_columns={9})
    sheet.put(1, 1, "名称")
    sheet.put(4, 2, 0)
    assert look(workbook_bytes([sheet])).disclosures == ()


@pytest.mark.parametrize("number", [123456789012, 100000000000])
def test_an_amount_of_twelve_digits_is_none(number: int) -> None:
    sheet = PlainWorksheet("表")
    sheet.put(1, 1, number)
    sheet.put(2, 1, 123456789018, number_format="#,##0")
    assert look(workbook_bytes([sheet])).disclosures == ()
    sheet.put(3, 1, 123456789018)
    assert rules_of(look(workbook_bytes([sheet]))) == {"PUB018"}


@pytest.mark.parametrize("by", ["table", "condition"])
def test_white_text_that_a_style_may_show_is_said_to_be_so(by: str) -> None:
    package = disclosing_workbook(PLAIN, ["white on white"])
    if by == "table":
        table = '<table xmlns="x" id="1" name="t" displayName="t" ref="A900:C910"/>'
        package.add("xl/tables/table1.xml", table, "table", "xl/worksheets/sheet1.xml")
    else:
        change = b'<dxfs count="1"><dxf><fill><patternFill><bgColor rgb="FF203864"/></patternFill></fill></dxf></dxfs></styleSheet>'
        package.change("xl/styles.xml", b"</styleSheet>", change)
        rule = b'<conditionalFormatting sqref="A900:C910"><cfRule type="expression" dxfId="0" priority="1"><formula>TRUE</formula></cfRule></conditionalFormatting></worksheet>'
        package.change("xl/worksheets/sheet1.xml", b"</worksheet>", rule)
    (disclosure,) = look(package.data()).disclosures
    assert disclosure.rule == "PUB012"
    assert "may show it" in disclosure.label.en


# — what is damaged —


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda _: b"\0\xff",
        lambda _: b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    ],
)
def test_a_damaged_part_is_reported_and_nothing_else_is_lost(
    kind: str, damage: Callable[[bytes], bytes]
) -> None:
    package = disclosing_workbook(PLAIN, [kind, "hidden row", "path"])
    package.parts[PARTS[kind]] = damage(package.parts[PARTS[kind]])
    disclosures = look(package.data())
    assert any(PARTS[kind] in reason.why.ja for reason in disclosures.not_checked)
    assert {"PUB002", "PUB011"} <= rules_of(disclosures)


@SLOW
@given(st.data())
def test_no_change_of_a_byte_breaks_the_look(data: st.DataObject) -> None:
    package = disclosing_workbook(PLAIN, sorted(set(IN_WORKBOOKS) - ONCE))
    part = data.draw(st.sampled_from(sorted(package.parts)))
    content = bytearray(package.parts[part])
    if content:
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    package.parts[part] = bytes(content)
    with suppress(CodedError):  # the whole file is refused, which is reported
        look(package.data())


# — PDFs —


pdfs = pytest.mark.usefixtures("pdf_libraries")


@pytest.fixture(scope="module")
def pdf_libraries() -> None:
    for name in ("pypdf", "pypdfium2", "reportlab"):
        pytest.importorskip(name)


@pdfs
@pytest.mark.parametrize("bare", [True, False])
def test_a_plain_pdf_gives_nothing_away(bare: bool) -> None:
    disclosures = look(disclosing_pdf([], bare=bare))
    assert disclosures.disclosures == ()
    assert disclosures.not_checked == ()


@pdfs
@pytest.mark.parametrize("kind", IN_PDFS)
def test_what_a_pdf_has_is_listed_under_its_rule(kind: str) -> None:
    disclosures = look(disclosing_pdf([kind]))
    assert rules_of(disclosures) == {IN_PDFS[kind][0]}
    assert disclosures.not_checked == ()


@pdfs
@FEW
@given(st.sets(st.sampled_from(sorted(IN_PDFS))))
@example(set(IN_PDFS))
def test_each_is_found_beside_the_others_in_a_pdf(kinds: set[str]) -> None:
    disclosures = look(disclosing_pdf(sorted(kinds)))
    assert rules_of(disclosures) == {IN_PDFS[kind][0] for kind in kinds}


@pdfs
def test_hidden_text_of_a_pdf_is_quoted_with_its_box() -> None:
    disclosures = look(disclosing_pdf(["black box", "undrawn text", "white text", "off the page"]))
    assert sorted(quotes(disclosures, "PUB012")) == ["SECRET 4321", "UNDRAWN 77", "WHITE 55"]
    assert quotes(disclosures, "PUB013") == ["CUT AWAY 66"]
    (place,) = [
        item.place
        for disclosure in disclosures.disclosures
        for item in disclosure.first
        if item.quote == "SECRET 4321"
    ]
    assert place is not None
    assert place.page == 1
    assert place.box is not None
    assert place.box[0] == pytest.approx(100, abs=3)


@pdfs
def test_what_was_cut_off_a_page_is_found() -> None:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject

    writer = PdfWriter(clone_from=PdfReader(BytesIO(disclosing_pdf([]))))
    writer.pages[0].cropbox = RectangleObject((0, 0, 595, 600))
    out = BytesIO()
    writer.write(out)
    assert quotes(look(out.getvalue()), "PUB013") == ["Total 1,234 and 56 in 2024-04-01"]


@pdfs
@pytest.mark.parametrize("times", [1, 3])
def test_earlier_states_of_a_pdf_are_counted(times: int) -> None:
    from pypdf import PdfReader, PdfWriter

    data = disclosing_pdf([])
    for _ in range(times):
        writer = PdfWriter(PdfReader(BytesIO(data)), incremental=True)
        writer.pages[0].rotate(180)
        out = BytesIO()
        writer.write(out)
        data = out.getvalue()
    assert quotes(look(data), "PUB004") == [str(times)]


@pdfs
def test_a_page_that_is_a_picture_is_reported() -> None:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    image = pytest.importorskip("PIL.Image")
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawImage(ImageReader(image.new("RGB", (60, 80), "grey")), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    assert [reason.why.code for reason in look(out.getvalue()).not_checked] == [
        "page-not-looked-at"
    ]


# — old workbooks, texts, and what is none of these —


def test_an_old_workbook_says_what_was_not_looked_at() -> None:
    pytest.importorskip("xlrd")
    disclosures = look((FILES / "workbooks/kushiro-clean.xls").read_bytes())
    assert set(RULES) - set(disclosures.rules) == {"PUB011"}
    assert [reason.why.code for reason in disclosures.not_checked] == ["partly-looked-at"]
    assert rules_of(disclosures) <= {"PUB006", "PUB007"}


def test_what_an_old_workbook_has_is_listed() -> None:
    pytest.importorskip("xlrd")
    disclosures = look(OLD_WORKBOOK.read_bytes())
    expected = [1, 2, 3, 5, 6, 7, 12, 13, 15, 18]
    assert rules_of(disclosures) == {f"PUB{number:03}" for number in expected}
    assert quotes(disclosures, "PUB003") == ["確認してください"]
    assert quotes(disclosures, "PUB005") == ["C:/a/b.xlsx"]
    assert "佐藤" in quotes(disclosures, "PUB006")
    assert {"旧題", "起案番号：財第1号"} <= set(quotes(disclosures, "PUB007"))
    assert quotes(disclosures, "PUB012") == ["白", "77"]
    assert quotes(disclosures, "PUB013") == ["外"]


@pdfs
@FEW
@given(st.data(), st.sampled_from(["xls", "pdf"]))
def test_no_change_of_a_byte_breaks_more_than_the_look_at_one_file(
    data: st.DataObject, ending: str
) -> None:
    # xlrd may never come to an end, and pdfium may crash: that is what the child process is for.
    pytest.importorskip("xlrd")
    old = OLD_WORKBOOK.read_bytes()
    content = bytearray(old if ending == "xls" else disclosing_pdf(sorted(IN_PDFS)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(content)
        (disclosures,) = disclosures_in([str(path)], limits=Limits(seconds=2))
    assert disclosures.rules or disclosures.not_checked


def test_of_a_text_the_numbers_are_found_by_line() -> None:
    text = "令和６年度\n担当　財政課（内線 2345）\n電話 0154-23-5151\n"
    for data in (text.encode(), text.encode("cp932"), text.encode("utf-16")):
        disclosures = look(data)
        assert rules_of(disclosures) == {"PUB015"}
        places = [item.place for d in disclosures.disclosures for item in d.first]
        assert places == [Place(line=2), Place(line=3)]


def zipped(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped("word/document.xml"),
        b"\x89PNG\r\n\x1a\n\0\0",
        b"PAR1\0\0\0\0",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0" + bytes(600),
    ],
)
def test_a_file_of_another_kind_is_reported(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(CodedError):
        look(data)
    (disclosures,) = disclosures_in([str(path)])
    assert disclosures.rules == ()
    (reason,) = disclosures.not_checked
    assert reason.document == str(path)
    assert reason.why.ja.startswith("公開前の確認：")


def test_files_are_looked_at_in_a_child_process_in_their_order(tmp_path: Path) -> None:
    good = tmp_path / "a.xlsx"
    good.write_bytes(disclosing_workbook(PLAIN, ["hidden row"]).data())
    bad = tmp_path / "b.xlsx"
    bad.write_bytes(good.read_bytes()[:900])
    paths = [str(good), str(tmp_path / "none.xlsx"), str(bad), str(good)]
    progress: list[tuple[int, int]] = []
    one = disclosures_in(paths, progress=lambda done, of: progress.append((done, of)))
    assert one == disclosures_in(paths, jobs=2)
    assert [bool(file.not_checked) for file in one] == [False, True, True, False]
    assert rules_of(one[0]) == {"PUB002"}
    assert progress == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_ledger_never_grows_with_like_things() -> None:
    ledger = Ledger()
    label = Text(en="x", ja="x")
    for number in range(10_000):
        ledger.add("PUB003", label, "長" * 1_000, Place(sheet="表", cell=f"A{number + 1}"))
    (disclosure,) = ledger.disclosures()
    assert disclosure.count == 10_000
    assert len(disclosure.model_dump_json()) < 12_000
