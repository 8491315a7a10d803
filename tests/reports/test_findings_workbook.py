"""Workbooks that are handed round: texts of documents stay texts, every cause has its row, and
answers can be read back.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import auditor
import auditor_datasets
from auditor.auditing.formats import ReportContext
from auditor.auditing.occasion import Occasion
from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierCause, Since
from auditor.auditing.session import load
from auditor.records.figures import Place
from auditor.records.frozen import FrozenDict
from auditor.records.languages import Lang
from auditor.records.severities import SEVERITIES
from auditor.reports.acceptance import REASONS
from auditor.reports.entries import entries
from auditor.reports.html.content import page_of
from auditor.reports.layout import plain, shown_width
from auditor.reports.overview import NEEDING_ANSWER, entries_by_department, needing_answer
from auditor.reports.wording import Wording
from auditor.reports.workbook.answers import ANSWERS, CONFIRMATIONS
from auditor.reports.workbook.drawing import Column, Drawing, Linked, cell_text
from auditor.reports.workbook.findings import WORKSHEETS, findings_workbook
from auditor.reports.workbook.links import Copy, external, internal
from auditor.reports.workbook.reply import reply_form
from auditor.reports.workbook.rows import audit_key, cause_rows
from auditor.rules.findings import SheetReference
from auditor.settings.model import Letter, Office, Settings
from tests.documents.workbook_writer import parts_of
from tests.reports.japanese_words import forbidden_in
from tests.reports.test_hostile import CONTEXTS, NASTY, REPORTS, WORDS

Context = Callable[..., ReportContext]
SESSION = load()
LANGUAGES: tuple[Lang, ...] = ("ja", "en")
JAPAN = timezone(timedelta(hours=9))
OCCASION = Occasion(
    title="令和６年度 主要施策成果シート 点検結果",
    made_at=datetime(2025, 7, 22, 15, 30, tzinfo=JAPAN),
    round=2,
    office="財政課",
    made_by="予算担当",
)
SETTINGS = Settings(
    office=Office(name="企画課"), letter=Letter(deadline=date(2025, 8, 4), reply_to="企画課")
)
FAULTY_BOOKS = tuple(
    book
    for name in ("kushiro-r6-faulty", "kushiro-r5-kpi-faulty")
    for book in auditor_datasets.load(name)
)
FAULTY = auditor.audit(FAULTY_BOOKS)
ID = {"ja": "照合用", "en": "for reference"}


def faulty_context(lang: Lang = "ja", **more: Any) -> ReportContext:
    return ReportContext(lang, SESSION.rules, FAULTY_BOOKS, forms=SESSION.forms, **more)


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def table(sheet: Worksheet, head: str) -> list[dict[str, Any]]:
    """The rows of a worksheet as cells by the heads of their columns."""
    rows = list(sheet.iter_rows())
    at = next(number for number, row in enumerate(rows) if head in [cell.value for cell in row])
    heads = [str(cell.value) for cell in rows[at]]
    cells = (dict(zip(heads, row, strict=True)) for row in rows[at + 1 :])
    return [row for row in cells if row[head].value is not None]


def widths_of(sheet: Worksheet) -> dict[int, float]:
    """The width of each column; the file has one for several alike."""
    widths: dict[int, float] = {}
    for group in sheet.column_dimensions.values():
        widths |= dict.fromkeys(range(group.min, group.max + 1), group.width)
    return widths


def causes(data: bytes, lang: Lang) -> list[dict[str, Any]]:
    return table(opened(data)[WORKSHEETS["causes"].of(lang)], ID[lang])


def every_workbook(report: Report, context: ReportContext) -> Iterator[bytes]:
    yield findings_workbook(report, context)
    for department in entries_by_department(report, context):
        yield reply_form(report, context, department)


def parts(data: bytes) -> dict[str, str]:
    return {name: content.decode() for name, content in parts_of(data).items()}


# — whatever documents say —


@given(REPORTS, CONTEXTS)
def test_nothing_of_a_document_is_a_formula_or_markup(
    report: Report, context: ReportContext
) -> None:
    for data in every_workbook(report, context):
        for sheet in opened(data).worksheets:
            assert [
                cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
            ] == []
        for name, text in parts(data).items():
            assert "<f>" not in text, name
            assert not re.search(r"<si><r>|<is><r>", text), name


@given(REPORTS, CONTEXTS)
def test_every_cause_has_exactly_one_row(report: Report, context: ReportContext) -> None:
    ids = [
        str(row[ID[context.lang]].value)
        for row in causes(findings_workbook(report, context), context.lang)
    ]
    asked = [entry.cause for entry in entries(report) if not entry.is_question]
    assert sorted(ids) == sorted(cell_text(cause.id).strip() or "" for cause in asked)


@given(st.lists(WORDS | st.sampled_from(["<r>x</r>", "<r><t>a</t></r>", "_x0041_", *NASTY])))
def test_texts_are_read_back_as_they_were_written(texts: list[str]) -> None:
    drawing = Drawing("t", None, Wording("ja"))
    sheet = drawing.worksheet("a", [Column("", 20)])
    for text in texts:
        sheet.add([text])
    values = [row[0] or "" for row in opened(drawing.finished())["a"].iter_rows(values_only=True)]
    assert values == [cell_text(text) for text in texts] or not texts


@given(WORDS)
def test_a_cell_holds_the_harmless_text_on_its_lines(text: str) -> None:
    shown = cell_text(text)
    lines = [plain(line) for line in text.split("\n")]
    assert len(shown) <= 32_767
    assert re.sub("[\ufffe\uffff]", "\ufffd", "\n".join(lines)) in (shown, shown.strip())


@pytest.mark.parametrize("character", ["長", "\U00020b9f"])
def test_a_long_text_is_cut_where_excel_cuts_it(character: str) -> None:
    text = cell_text(character * 40_000)
    assert text.endswith("…")
    assert 32_764 <= len(text.encode("utf-16-le")) // 2 <= 32_767


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False) | st.integers().map(Decimal)))
def test_numbers_are_numbers_where_no_digit_is_lost(numbers: list[Decimal]) -> None:
    drawing = Drawing("t", None, Wording("ja"))
    sheet = drawing.worksheet("a", [Column("", 20)])
    for number in numbers:
        sheet.add([number])
    cells = [row[0] for row in opened(drawing.finished())["a"].iter_rows()] if numbers else []
    for number, cell in zip(numbers, cells, strict=True):
        if cell.data_type == "n":
            assert Decimal(repr(cell.value)) == number
        else:
            _, digits, exponent = number.as_tuple()
            assert isinstance(exponent, int)
            assert len(digits) > 15 or exponent < -10 or number.adjusted() >= 15


@pytest.mark.parametrize(
    ("number", "lang", "form"),
    [
        ("-1234", "ja", '#,##0;"△"#,##0'),
        ("12.50", "ja", '#,##0.00;"△"#,##0.00'),
        ("12.5", "en", "#,##0.0"),
    ],
)
def test_numbers_print_their_own_decimals(number: str, lang: Lang, form: str) -> None:
    drawing = Drawing("t", None, Wording(lang))
    drawing.worksheet("a", [Column("", 20)]).add([Decimal(number)])
    cell = opened(drawing.finished())["a"]["A1"]
    assert (cell.number_format, cell.alignment.shrink_to_fit) == (form, True)


# — links —

PATHS = st.one_of(
    st.text(st.characters(), max_size=12),
    st.text("ab.%/#23 '!:\\[]課（）", max_size=12),
    st.sampled_from(
        ["課/a（指摘）.xlsx", "100%25.xlsx", "a#'b'!C1.xlsx", "../a b.xlsx", "http://x/a.xlsx"]
    ),
)


@given(
    PATHS,
    st.text(st.characters(), max_size=40),
    st.sampled_from(["A1", "xfd1048576", "A0", "x", "A1#b"]),
)
def test_a_link_leads_to_its_file_and_nowhere_else(path: str, name: str, cell: str) -> None:
    link = external(Copy(path), Place(sheet=name, cell=cell))
    if not link:
        return
    drawing = Drawing("t", None, Wording("ja"))
    sheet = drawing.worksheet("a", [Column("", 20)])
    sheet.add([Linked("text", link)])
    hyperlink = opened(drawing.finished())["a"]["A1"].hyperlink
    assert hyperlink is not None
    target = str(hyperlink.target)
    assert unquote(target).replace("\\", "/").removeprefix("./") == path.removeprefix("./")
    assert not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]", target)
    assert "#" not in target
    if hyperlink.location is not None:
        assert hyperlink.location == "'" + name.replace("'", "''") + f"'!{cell}"


@pytest.mark.parametrize(
    ("path", "place", "link"),
    [
        ("課/a.xlsx", Place(sheet="そ'の 1", cell="M16"), "external:./課/a.xlsx#'そ''の 1'!M16"),
        ("a.pdf", Place(page=3), "external:./a.pdf#page=3"),
        ("a.xlsx", Place(page=3), "external:./a.xlsx"),
        ("a.txt", Place(line=3), "external:./a.txt"),
        ("a%20b.xlsx", Place(), "external:./a%2520b.xlsx"),
        ("/etc/passwd", Place(), ""),
        ("\\\\server\\a.xlsx", Place(), ""),
        ("javascript:alert(1)", Place(), ""),
        ("C:/a.xlsx", Place(), ""),
        ("..", Place(), ""),
    ],
)
def test_links(path: str, place: Place, link: str) -> None:
    assert external(Copy(path), place) == link


def test_a_page_of_a_copy_with_some_pages_has_another_number() -> None:
    copy = Copy("a.pdf", {7: 1})
    assert external(copy, Place(page=7)) == "external:./a.pdf#page=1"
    assert external(copy, Place(page=8)) == "external:./a.pdf"


def test_a_row_leads_to_the_suspected_cell_in_its_department_s_copy() -> None:
    report = FAULTY.model_copy(update={"causes": FAULTY.causes[:1]})
    cause = report.causes[0]
    place = Place(sheet="表", cell="M16")
    cell = cause.cells[0].model_copy(update={"place": place})
    report = report.model_copy(
        update={"causes": (cause.model_copy(update={"cells": (cell, *cause.cells[1:])}),)}
    )
    department = cause.sheet.department if cause.sheet else ""
    links = {(cause.document, department): Copy("課/a.xlsx"), (cause.document, ""): Copy("b.xlsx")}
    (row,) = table(opened(findings_workbook(report, faulty_context(), links))["指摘一覧"], "照合用")
    hyperlink = row["セル・頁"].hyperlink
    assert (hyperlink.target, hyperlink.location) == ("課\\a.xlsx", "'表'!M16")


# — what the workbooks say —


@pytest.mark.parametrize("lang", LANGUAGES)
def test_counts_are_those_of_the_report(lang: Lang) -> None:
    context = faulty_context(lang, occasion=OCCASION, settings=SETTINGS)
    words = Wording(lang)
    data = findings_workbook(FAULTY, context)
    book = opened(data)
    assert book.sheetnames == [name.of(lang) for name in WORKSHEETS.values()]
    rows = causes(data, lang)
    severity = {"ja": "重要度", "en": "severity"}[lang]
    totals = list(book[WORKSHEETS["overview"].of(lang)].iter_rows(values_only=True))
    last = next(row for row in totals if row[0] in ("合計", "all"))
    for number, key in enumerate(SEVERITIES, 1):
        count = sum(cause.severity == key for cause in FAULTY.causes)
        assert sum(row[severity].value == words.word(key) for row in rows) == count
        assert last[number] == count
    assert len(rows) == len(FAULTY.causes)
    assert [row[{"ja": "番号", "en": "no."}[lang]].value for row in rows] == list(
        range(1, len(rows) + 1)
    )


def test_figures_are_numbers_with_their_unit() -> None:
    rows = {
        row["規則"].value: row
        for row in reversed(causes(findings_workbook(FAULTY, faulty_context()), "ja"))
    }
    first = rows["FND001"]
    assert [first[head].value for head in ("記載の値", "計算上の値", "単位")] == [
        8300,
        8030,
        "千円",
    ]
    assert rows["BOK004"]["記載の値"].value == "令和６年度"
    assert rows["TXT001"]["単位"].value is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_answers_are_chosen_from_lists(lang: Lang) -> None:
    context = faulty_context(lang, settings=SETTINGS)
    lists = [
        ",".join(text.of(lang) for text in texts.values())
        for texts in (ANSWERS, REASONS, CONFIRMATIONS)
    ]
    for department, items in entries_by_department(FAULTY, context).items():
        data = reply_form(FAULTY, context, department)
        sheet = opened(data).worksheets[0]
        rows = table(sheet, ID[lang])
        assert len(rows) == len(needing_answer(items))
        if not rows:
            continue
        validations = {
            str(item.formula1).strip('"'): item.sqref
            for item in sheet.data_validations.dataValidation
        }
        assert list(validations) == lists
        for row in rows:
            open_cells = [cell for cell in row.values() if not cell.protection.locked]
            heads = [head for head, cell in row.items() if not cell.protection.locked]
            assert len(open_cells) == 4, heads
            for cell in open_cells:
                chosen = [name for name, area in validations.items() if cell.coordinate in area]
                assert len(chosen) == (heads[open_cells.index(cell)] not in ("理由", "reason"))


def test_a_form_holds_what_a_department_has_to_answer_and_its_notes_apart() -> None:
    context = faulty_context(occasion=OCCASION, settings=SETTINGS)
    for department, items in entries_by_department(FAULTY, context).items():
        book = opened(reply_form(FAULTY, context, department))
        asked = {entry.cause.id for entry in needing_answer(items)}
        assert {row["照合用"].value for row in table(book["回答票"], "番号")} == asked
        notes = [entry for entry in items if entry.severity not in NEEDING_ANSWER]
        assert ("参考" in book.sheetnames) == bool(notes)
        if notes:
            assert len(table(book["参考"], "番号")) == len(notes)
            assert "所管課回答" not in [
                cell.value for row in book["参考"].iter_rows() for cell in row
            ]


def test_answers_read_back_though_rows_were_sorted() -> None:
    context = faulty_context()
    data = reply_form(FAULTY, context, "総合政策部企画課")
    book = opened(data)
    sheet = book["回答票"]
    rows = table(sheet, "番号")
    answers = {row["照合用"].value: f"理由{number}" for number, row in enumerate(rows)}
    assert len(rows) >= 3
    shuffled = [[cell.value for cell in row.values()] for row in reversed(rows)]
    for row, values in zip(rows, shuffled, strict=True):
        for cell, value in zip(row.values(), values, strict=True):
            cell.value = value
        row["理由"].value = answers[row["照合用"].value]
    buffer = BytesIO()
    book.save(buffer)
    again = table(opened(buffer.getvalue())["回答票"], "番号")
    assert {row["照合用"].value: row["理由"].value for row in again} == answers


def test_the_heading_says_until_when_and_of_which_audit() -> None:
    context = faulty_context(occasion=OCCASION, settings=SETTINGS)
    sheet = opened(reply_form(FAULTY, context, "総合政策部企画課"))["回答票"]
    lines = [str(row[0]) for row in sheet.iter_rows(values_only=True)]
    assert f"件名：{OCCASION.title}" in lines
    assert "回答期限：令和７年８月４日（月）" in lines
    assert f"照合用：2025-07-22　第２回　鍵 {audit_key(FAULTY)}" in lines
    heads = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "企画課確認" in heads
    assert "回答期限" not in str(
        [
            cell.value
            for row in opened(reply_form(FAULTY, faulty_context(), "総合政策部企画課"))[
                "回答票"
            ].iter_rows()
            for cell in row
        ]
    )


def test_documents_are_named_without_the_folders_of_the_machine(
    report: Report, context: Context
) -> None:
    paths = ["/home/someone/成果シート/課/a.xlsx", "/home/someone/成果シート/b.xlsx"]
    documents = [report.documents[0].model_copy(update={"path": path}) for path in paths]
    part = report.model_copy(
        update={"documents": tuple(documents), "not_checked": (), "findings": (), "causes": ()}
    )
    texts = parts(findings_workbook(part, context("ja")))
    assert "<t>課/a.xlsx</t>" in texts["xl/sharedStrings.xml"]
    assert not any("someone" in text for text in texts.values())


def test_rows_name_documents_by_their_folder_where_two_have_one_name() -> None:
    (path,) = {cause.document for cause in FAULTY.causes if cause.sheet}
    document = FAULTY.documents[0].model_copy(update={"path": path})
    for others, name in (((), path), (("課/" + path,), path), (("b/x.json", "a/" + path), path)):
        documents = (document, *(document.model_copy(update={"path": other}) for other in others))
        part = FAULTY.model_copy(update={"documents": documents})
        row = next(row for row in cause_rows(part, faulty_context(), "総合政策部企画課"))
        assert row.document == name


def test_what_was_not_checked_has_a_row_each(report: Report, context: Context) -> None:
    book = opened(findings_workbook(report, context("ja")))
    texts = [
        [str(cell) for cell in row if cell is not None]
        for row in book["点検できなかったもの"].iter_rows(values_only=True)
    ]
    assert ["空.txt", "ファイルが空です"] in texts
    assert ["シート.txt" in text for row in texts for text in row].count(True) >= 3
    assert ["読み取れなかった数値"] in texts
    first = [str(row[0]) for row in book["照会先一覧"].iter_rows(values_only=True)]
    assert any("点検できなかったもの2件" in line for line in first)


def test_totals_are_those_of_the_books_by_department() -> None:
    sheet = opened(findings_workbook(FAULTY, faulty_context()))["合計"]
    rows = table(sheet, "項目")
    whole = next(row for row in rows if row["所管課・室"].value == "（全体）")
    parts_of = [row for row in rows if row["項目"].value == whole["項目"].value][1:]
    heads = [head for head in whole if head.startswith("令和")]
    assert len(parts_of) > 1
    assert len(heads) == 3
    for head in heads:
        assert whole[head].value == sum(row[head].value or 0 for row in parts_of)


def test_an_earlier_round_has_its_columns() -> None:
    """What became of each cause, of those of each department, and of departments without any."""
    changes = {cause.id: "open" for cause in FAULTY.causes}
    gone = EarlierCause(
        id="x",
        severity="error",
        sheet=SheetReference(number=1, name="a", department="水道部"),
        rules=("FND001",),
        places=(),
        values=(),
    )
    since = Since(round=1, changes=FrozenDict(changes), earlier=((gone, "resolved"),))
    context = faulty_context(occasion=OCCASION, settings=SETTINGS, since=since)
    data = findings_workbook(FAULTY, context)
    assert {row["前回から"].value for row in causes(data, "ja")} == {"未対応"}
    rows = {row["所管課・室"].value: row for row in table(opened(data)["照会先一覧"], "所管課・室")}
    assert (rows["水道部"]["前回から"].value, rows["水道部"]["要訂正"].value) == ("解消1", 0)
    assert rows["総合政策部企画課"]["前回から"].value.startswith("未対応")
    for sheet in opened(data).worksheets:
        assert sheet.page_setup.fitToHeight == 0, sheet.title


# — the file and its pages —


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_report_gives_the_same_bytes_and_names_nobody(lang: Lang) -> None:
    context = faulty_context(lang, occasion=OCCASION, settings=SETTINGS)
    for data, again in zip(
        every_workbook(FAULTY, context), every_workbook(FAULTY, context), strict=True
    ):
        assert data == again
        texts = parts(data)
        core = texts["docProps/core.xml"]
        assert "<dc:creator></dc:creator>" in core
        assert "<cp:lastModifiedBy></cp:lastModifiedBy>" in core
        assert "<Company></Company>" in texts["docProps/app.xml"]
        assert re.findall(r"[0-9-]+T[0-9:]+Z", core) == ["2025-07-22T06:30:00Z"] * 2
        assert not any("hidden" in text for name, text in texts.items() if "worksheets/" in name)
        assert 'state="' not in texts["xl/workbook.xml"]
    assert opened(findings_workbook(FAULTY, faulty_context())).properties.created == datetime(
        2000, 1, 1, tzinfo=UTC
    ).replace(tzinfo=None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_a4_lying_and_readable(lang: Lang) -> None:
    context = faulty_context(lang, occasion=OCCASION, settings=SETTINGS)
    for data in every_workbook(FAULTY, context):
        for sheet in opened(data).worksheets:
            assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
            assert sheet.print_area
            assert "&P" in str(sheet.oddFooter.center.text)
            last = openpyxl.utils.cell.range_boundaries(sheet.print_area.split("!")[1])[2]
            widths = [width for column, width in widths_of(sheet).items() if column <= last]
            points = sum(round(width * 7 + 5) * 0.75 for width in widths)
            assert (11.69 - 0.5) * 72 / points >= 0.7, sheet.title


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rows_are_as_high_as_their_texts(lang: Lang) -> None:
    for data in every_workbook(FAULTY, faulty_context(lang)):
        for sheet in opened(data).worksheets:
            widths = widths_of(sheet)
            merged = {area.coord.partition(":")[0] for area in sheet.merged_cells.ranges}
            for row in sheet.iter_rows():
                height = sheet.row_dimensions[row[0].row].height
                wrapped = [
                    cell for cell in row if isinstance(cell.value, str) and cell.alignment.wrap_text
                ]
                texts = [cell for cell in wrapped if cell.coordinate not in merged]
                for cell in texts:
                    width = widths[cell.column]
                    letters = 1.2 if cell.value.isascii() else 1.06
                    lines = sum(
                        max(1, shown_width(line) / (width * letters))
                        for line in cell.value.split("\n")
                    )
                    assert height is not None
                    assert height >= lines * 10 * 1.2, (sheet.title, cell.coordinate)


def test_protection_has_no_password() -> None:
    texts = parts(reply_form(FAULTY, faulty_context(), "総合政策部企画課"))
    tag = re.search(r"<sheetProtection[^>]*>", texts["xl/worksheets/sheet1.xml"])
    assert tag is not None
    assert "password" not in tag[0]
    assert "hash" not in tag[0]
    for allowed in ("formatColumns", "formatRows", "autoFilter"):
        assert f'{allowed}="0"' in tag[0]


def test_the_words_are_those_of_outsiders() -> None:
    context = faulty_context(occasion=OCCASION, settings=SETTINGS)
    for data in every_workbook(FAULTY, context):
        for sheet in opened(data).worksheets:
            for row in sheet.iter_rows(values_only=True):
                for value in row:
                    assert not isinstance(value, str) or forbidden_in(value) == []


def test_a_clean_report_says_in_which_range(context: Context) -> None:
    books = tuple(auditor_datasets.load("kushiro-r6"))
    clean = auditor.audit(books).of_findings(()).model_copy(update={"counts": {}})
    book = opened(findings_workbook(clean, context("ja")))
    text = "".join(str(row[0]) for row in book["照会先一覧"].iter_rows(values_only=True))
    assert "点検した範囲では不一致は見つかりませんでした（文書" in text
    assert table(book["指摘一覧"], "番号") == []


def test_numbers_of_causes_are_the_same_in_every_workbook() -> None:
    context = faulty_context()
    rows = cause_rows(FAULTY, context)
    numbers = {row.id: row.number for row in rows}
    assert [row.number for row in rows] == list(range(1, len(FAULTY.causes) + 1))
    for department in {row.department for row in rows}:
        for row in table(opened(reply_form(FAULTY, context, department))["回答票"], "番号"):
            assert numbers[row["照合用"].value] == row["番号"].value


def test_numbers_are_those_of_the_cards() -> None:
    page, _ = page_of(FAULTY, faulty_context())
    cards = [card for part in page.departments for sheet in part.sheets for card in sheet.cards]
    cards += [card for part in page.notes for card in part.cards]
    rows = {row.id: row.number for row in cause_rows(FAULTY, faulty_context())}
    assert {card.card.entry.cause.id: card.number for card in cards} == rows


def test_links_inside_a_workbook() -> None:
    assert internal("そ'の", "A1") == "internal:'そ''の'!A1"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_them(tmp_path: Path) -> None:
    context = faulty_context(occasion=OCCASION, settings=SETTINGS)
    for number, data in enumerate(every_workbook(FAULTY, context)):
        if number < 2:
            (tmp_path / f"{number}.xlsx").write_bytes(data)
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "pdf", "--outdir", tmp_path, *tmp_path.glob("*.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    assert [path.stat().st_size > 10_000 for path in tmp_path.glob("*.pdf")] == [True, True]
