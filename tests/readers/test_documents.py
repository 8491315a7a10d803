"""From paths to books: which reader reads what, and one clear reason for everything that can't be
read.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers import source as source_module
from auditor.readers.documents import (
    AnyReader,
    Reading,
    ReadResult,
    Source,
    UnreadableDocument,
    read_documents,
)
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.json.writing import dump_records
from auditor.readers.kpi.table import KpiTableReader
from auditor.records.figures import Figure
from auditor.records.model import Kpi, NotChecked, Remark, Sheet
from auditor.records.text import Text, Why
from auditor.testing import build
from tests.documents.workbook_writer import Layout, workbook_bytes, worksheets_of

ROOT = Path(__file__).resolve().parents[2]
FORM = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
TWIN = FORM.model_copy(update={"name": "kushiro-old"})
FORMS = {"kushiro": FORM}
READERS: tuple[AnyReader, ...] = (RecordsJsonReader(), KpiTableReader())

TABLE = (
    "令和5年度交付金事業の実績\n交付対象事業の名称,重要業績評価指標,,,,実績値\n,指標,指標値,単位,年月,R4年度,R5年度\n"
    '甲事業,利用者数,"1,152",人,R6.3,284,481\n'
)
SHEET = Sheet(name="甲", fiscal_year=2024)


@dataclass
class Fake:
    """A reader whose answers a test sets."""

    reading: Callable[[Source], Reading]
    name: str = "fake"
    accepted: Callable[[Source, Form], bool] = lambda source, form: True

    def accepts(self, source: Source, form: Form) -> bool:
        return self.accepted(source, form)

    def read(self, source: Source, form: Form) -> Reading:
        assert form.name
        return self.reading(source)


def reasons(
    *paths: Path | str,
    forms: dict[str, Form] = FORMS,
    form: str | None = None,
    readers: tuple[AnyReader, ...] = READERS,
) -> list[str]:
    result = read_documents(paths, forms=forms, readers=readers, form=form)
    for reason in result.not_checked:
        assert reason.why.en
        assert reason.why.ja
        assert "\n" not in reason.why.en + reason.why.ja
    return [reason.why.code for reason in result.not_checked]


def zipped(name: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, "x")
    return data.getvalue()


def test_reads_tables_and_records_into_one_book_for_each_form_and_year(tmp_path: Path) -> None:
    table, records = tmp_path / "kpi.csv", tmp_path / "records.json"
    table.write_text(TABLE, encoding="cp932")
    kpi = {"project": "p", "name": "n", "target": 1, "actuals": {"2023": 1}}
    records.write_text(
        json.dumps(
            {"sheets": [{"name": "甲", "fiscal_year": 2024, "population": 1}], "kpis": [kpi]}
        ),
        encoding="utf-8",
    )
    result = read_documents([table, records], forms=FORMS, readers=READERS)
    assert result.not_checked == ()
    assert [
        (book.form, book.fiscal_year, len(book.sheets), len(book.kpis)) for book in result.books
    ] == [
        ("kushiro", 2023, 0, 2),
        ("kushiro", 2024, 1, 0),
    ]
    assert [(document.path, document.kpis) for document in result.books[0].documents] == [
        (str(table), 1),
        (str(records), 1),
    ]
    assert result.books[0].kpis[0].document == str(table)


def test_a_path_given_twice_is_read_once(tmp_path: Path) -> None:
    table = tmp_path / "kpi.csv"
    table.write_text(TABLE, encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(table)
    result = read_documents(
        [table, str(table), tmp_path / "." / "kpi.csv", tmp_path / "link.csv"],
        forms=FORMS,
        readers=READERS,
    )
    assert [document.path for book in result.books for document in book.documents] == [str(table)]


def test_a_bad_file_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "bad.json").write_text('{"', encoding="utf-8")
    (tmp_path / "empty").mkdir()
    result = read_documents(
        [tmp_path / "none", tmp_path / "bad.json", tmp_path / "empty", tmp_path / "good.csv"],
        forms=FORMS,
        readers=READERS,
    )
    assert [(reason.document, reason.why.code) for reason in result.not_checked] == [
        (str(tmp_path / "none"), "missing"),
        (str(tmp_path / "bad.json"), "not-json"),
        (str(tmp_path / "empty"), "folder"),
    ]
    assert [len(book.kpis) for book in result.books] == [1]


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "empty", "empty"),
        (b" \r\n\t", "empty", "empty"),
        (b"\xef\xbb\xbf\n", "empty", "empty"),
        ("\u3000\n".encode(), "empty", "empty"),
        (b"%PDF-1.7\n1 0 obj", "binary", "PDF"),
        (b"%PDF-1.7\n\0\xff", "binary", "PDF"),
        (zipped("xl/workbook.xml"), "binary", ".xlsx"),
        (zipped("word/document.xml"), "binary", ".docx"),
        (zipped("a.txt"), "binary", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "truncated", "cut off"),
        (b"\x89PNG\r\n\x1a\n\0", "binary", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "binary", "JPEG"),
        (b"\0\1\2\3", "binary", "no text"),
        (b"abc\x81\xff\xfe\xfd", "encoding", "CP932"),
        ("何でもない文章です。".encode(), "no-form", "--form"),
        ("主要施策成果シート 釧路市民の人口".encode(), "no-reader", "kpi-table"),
        (b"[]", "wrong-shape", "sheets"),
    ],
)
def test_what_can_t_be_read_has_one_clear_reason(
    tmp_path: Path, data: bytes, code: str, says: str
) -> None:
    path = tmp_path / "document.txt"
    path.write_bytes(data)
    assert reasons(path) == [code]
    (reason,) = read_documents([path], forms=FORMS, readers=READERS).not_checked
    assert reason.document == str(path)
    assert says in reason.why.en


def test_no_path_is_too_odd_to_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert reasons("a\0b", "x" * 5000, loop) == ["missing", "unreadable", "unreadable"]
    big = tmp_path / "big"
    big.write_bytes(b"x" * 101)
    monkeypatch.setattr(source_module, "LARGEST", 100)
    assert reasons(big) == ["too-large"]


def test_a_file_without_permission_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    assert reasons("closed.txt") == ["unreadable"]


def test_two_forms_that_both_fit_are_named_and_can_be_insisted_on(tmp_path: Path) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text(TABLE, encoding="utf-8")
    forms = {"kushiro": FORM, "kushiro-old": TWIN}
    (reason,) = read_documents([path], forms=forms, readers=READERS).not_checked
    assert reason.why.code == "several-forms"
    assert "kushiro, kushiro-old" in reason.why.en
    assert "--form" in reason.why.en
    assert "--form" in reason.why.ja
    result = read_documents([path], forms=forms, readers=READERS, form="kushiro-old")
    assert [(book.form, len(book.kpis)) for book in result.books] == [("kushiro-old", 1)]


def test_a_form_that_there_is_not_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text(TABLE, encoding="utf-8")
    forms = {"sapporo": FORM.model_copy(update={"name": "sapporo"}), "kushiro": FORM}
    (reason,) = read_documents([path], forms=forms, readers=READERS, form="kusiro").not_checked
    assert reason.why.code == "unknown-form"
    for text in (reason.why.en, reason.why.ja):
        assert "sapporo" in text
        assert "kushiro" in text
        assert text.rstrip("」のことですか'?").endswith("kushiro")
    assert reasons(path, forms={}, form="x") == ["unknown-form"]


def test_insisting_on_a_form_reads_a_document_that_says_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text("施策,指標,指標値,単位,年月,R5年度\n甲,乙,20,人,R6.3,22\n", encoding="utf-8")
    assert reasons(path) == ["no-form"]
    result = read_documents([path], forms=FORMS, readers=READERS, form="kushiro")
    assert [kpi.target.value for book in result.books for kpi in book.kpis] == [20]


def test_only_readers_can_tell_the_form_of_what_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    forms = {"kushiro": FORM, "kushiro-old": TWIN}
    one = Fake(
        lambda source: Reading(2024, sheets=(SHEET,)),
        accepted=lambda source, form: form.name == "kushiro",
    )
    assert [book.form for book in read_documents([path], forms=forms, readers=[one]).books] == [
        "kushiro"
    ]
    assert reasons(path, forms=forms, readers=(Fake(lambda source: Reading(2024)),)) == [
        "several-forms"
    ]


def test_the_first_reader_that_accepts_reads(tmp_path: Path) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text(TABLE, encoding="utf-8")
    fake = Fake(lambda source: Reading(2024, sheets=(SHEET,)))
    assert [
        len(book.sheets)
        for book in read_documents([path], forms=FORMS, readers=[fake, *READERS]).books
    ] == [1]
    assert [
        len(book.kpis)
        for book in read_documents([path], forms=FORMS, readers=[*READERS, fake]).books
    ] == [1]


def test_a_reader_that_crashes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text(TABLE, encoding="utf-8")

    def crash(*_: object) -> Reading:
        raise ZeroDivisionError("oops")

    for fake in (Fake(crash), Fake(crash, accepted=lambda source, form: bool(crash()))):
        (reason,) = read_documents([path], forms=FORMS, readers=[fake]).not_checked
        assert reason.why.code == "crashed"
        assert "ZeroDivisionError" in reason.why.en
    assert (
        "fake" in read_documents([path], forms=FORMS, readers=[Fake(crash)]).not_checked[0].why.en
    )


def test_a_document_of_two_years_gives_two_books_with_their_own_remarks(tmp_path: Path) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text(TABLE, encoding="utf-8")
    kpi = Kpi(number=1, fiscal_year=2022, project="p", name="n", target=Figure())
    said = (
        Remark(rule="RD001", sheet=2),
        Remark(rule="RD003"),
        Remark(rule="RD008", kpi=1),
        Remark(rule="RD001", sheet=1),
    )
    unread = NotChecked(sheet=3, why=Why(code="x", en="x", ja="x"))
    sheets = (SHEET, SHEET.model_copy(update={"number": 2, "fiscal_year": 2023}))
    fake = Fake(lambda source: Reading(2024, sheets, (kpi,), said, (unread,)))
    result = read_documents([path], forms=FORMS, readers=[fake])
    assert result.not_checked == ()
    documents = {book.fiscal_year: book.documents[0] for book in result.books}
    assert list(documents) == [2024, 2023, 2022]
    assert {year: (document.sheets, document.kpis) for year, document in documents.items()} == {
        2024: (1, 0),
        2023: (1, 0),
        2022: (0, 1),
    }
    assert documents[2024].remarks == (said[1], said[3])
    assert documents[2023].remarks == (said[0],)
    assert documents[2022].remarks == (said[2],)
    assert [document.not_checked for document in documents.values()] == [(unread,), (), ()]


def test_a_document_without_any_record_is_not_checked_and_its_remarks_are_kept(
    tmp_path: Path,
) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text(TABLE, encoding="utf-8")
    unread = NotChecked(document=str(path), why=Why(code="row-not-read", en="x", ja="x"))
    remark = Remark(rule="RD004", detail=Text(en="no column", ja="列がありません"))
    fake = Fake(lambda source: Reading(2024, remarks=(remark,), not_checked=(unread,)))
    assert reasons(path, readers=(fake,)) == ["no-records", "row-not-read", "RD004"]


def test_a_reader_that_gives_up_says_why(tmp_path: Path) -> None:
    path = tmp_path / "kpi.csv"
    path.write_text(TABLE, encoding="utf-8")

    def give_up(source: Source) -> Reading:
        raise UnreadableDocument(source.path, "scan", "is a scan", "画像だけの PDF です")

    assert reasons(path, readers=(Fake(give_up),)) == ["scan"]


def test_records_of_a_document_that_was_read_already_are_left_out(tmp_path: Path) -> None:
    table, records = tmp_path / "kpi.csv", tmp_path / "records.json"
    table.write_text(TABLE, encoding="utf-8")
    once = read_documents([table], forms=FORMS, readers=READERS)
    records.write_text(dump_records(once.books), encoding="utf-8")
    assert read_documents([records], forms=FORMS, readers=READERS) == once
    both = read_documents([table, records], forms=FORMS, readers=READERS)
    assert both.books == once.books
    assert [(reason.document, reason.why.code) for reason in both.not_checked] == [
        (str(records), "read-twice")
    ]


def test_no_paths_give_no_books() -> None:
    assert read_documents([], forms=FORMS, readers=READERS) == ReadResult()


def test_importing_the_readers_loads_no_data_frames() -> None:
    heavy = {"polars", "pandera", "pandas", "numpy"}
    code = "import sys, auditor.readers.documents, auditor.readers.kpi.table, auditor.readers.json.records; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert "pydantic" in loaded
    assert not heavy & set(loaded)


def test_invisible_characters_in_a_form_s_words_hide_no_form(tmp_path: Path) -> None:
    session = load()
    made = build.book(1, form=session.forms["kushiro"], kpis=0)
    (worksheet,) = worksheets_of(made, session.forms["kushiro"], Layout())
    for at, cell in worksheet.cells.items():
        if isinstance(cell.value, str) and "人口" in cell.value:
            value = "\u200b".join(cell.value).replace("人", "⼈")
            worksheet.cells[at] = replace(cell, value=value)
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_bytes([worksheet]))

    result = read_documents([path], forms=session.forms, readers=session.readers)

    assert [sheet.name for book in result.books for sheet in book.sheets] == [made.sheets[0].name]
    assert not result.not_checked
