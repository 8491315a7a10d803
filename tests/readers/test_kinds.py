"""What no reader can read: one message in each language, which says what the file is and what to do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.readers.kinds import kind_of, text_kind_of
from auditor.readers.source import Source
from auditor.records.text import Why

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
SESSION = load()
WHOLE = {
    path.suffix: path.read_bytes()
    for path in (
        DOCUMENTS / "workbooks" / "kushiro-clean.xlsx",
        DOCUMENTS / "workbooks" / "kushiro-clean.xls",
        DOCUMENTS / "pdf" / "kushiro-solid.pdf",
    )
}


def zipped(*names: str, **texts: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
        for name, text in texts.items():
            archive.writestr(name, text)
    return data.getvalue()


def compound(stream: str) -> bytes:
    """An old Office file whose directory names a stream."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = (9).to_bytes(2, "little")
    header[76:512] = b"\xff" * 436
    return bytes(header) + stream.encode("utf-16-le").ljust(512, b"\0")


def reasons(path: Path) -> list[Why]:
    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
    assert not result.books
    assert {missed.document for missed in result.not_checked} == {str(path)}
    whys = [missed.why for missed in result.not_checked]
    for why in whys:
        for text in (why.en, why.ja):
            assert "\n" not in text
            assert "Error" not in text
            assert "Traceback" not in text
    return whys


SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
CASES: dict[str, tuple[str, bytes, str, str]] = {
    "ods": ("a.ods", zipped("content.xml", mimetype=SPREADSHEET), "(.ods)", ".xlsx"),
    "ods under another name": ("a.xlsx", zipped(mimetype=SPREADSHEET), "named .xlsx", ".xlsx"),
    "xlsb": ("a.xlsb", zipped("[Content_Types].xml", "xl/workbook.bin"), "(.xlsb)", ".xlsx"),
    "docx": ("a.docx", zipped("[Content_Types].xml", "word/document.xml"), "(.docx)", "PDF"),
    "doc": ("a.doc", compound("WordDocument"), "(.doc)", "PDF"),
    "zip": ("a.zip", zipped("a.txt"), "ZIP", "documents in it"),
    "html": ("a.xls", b"<html><table><tr><td>1</td></table>", "HTML", ".xlsx"),
    "html with words of a form": (
        "a.xls",
        "<!DOCTYPE html>\n<html>主要施策成果シート 釧路市民の人口 事業名等 </html>".encode(),
        "HTML",
        ".xlsx",
    ),
    "html of a table alone": ("a.xls", "<table><tr><td>あ".encode("cp932"), "HTML", ".xlsx"),
    "xml spreadsheet": (
        "a.xls",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "XML",
        ".xlsx",
    ),
    "web archive": ("a.xls", b"MIME-Version: 1.0\r\nContent-Type: x", "MHTML", ".xlsx"),
    "rtf": ("a.doc", b"{\\rtf1\\ansi x}", "RTF", "PDF"),
    "lock": ("~$a.xlsx", b"\x04user" + b" " * 50 + b"\0" * 111, "open in another", "itself"),
    "picture": ("a.pdf", b"\x89PNG\r\n\x1a\n\0", "named .pdf", "no pictures"),
    "cut workbook": ("a.xlsx", WHOLE[".xlsx"][:9_000], "cut off", "copy it again"),
    "cut old workbook": ("a.xls", WHOLE[".xls"][:9_000], "cut off", "copy it again"),
    "cut PDF": ("a.pdf", WHOLE[".pdf"][:9_000], "cut off", "copy it again"),
    "cut PDF under another name": (
        "a.xlsx",
        WHOLE[".pdf"][:9_000],
        "its content is a PDF",
        "copy it again",
    ),
    "text taken out of a PDF": (
        "a.txt",
        "釧路市民の人口 153,203人\n主要施策成果シート\n".encode(),
        "taken out of a PDF",
        "give the PDF",
    ),
}


@pytest.mark.parametrize(("name", "data", "what", "advice"), CASES.values(), ids=CASES.keys())
def test_one_message_says_what_it_is_and_what_to_do(
    name: str, data: bytes, what: str, advice: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (why,) = reasons(path)
    assert what in why.en
    assert advice in why.en
    assert "ください" in why.ja


@pytest.mark.parametrize("suffix", WHOLE)
def test_whole_documents_are_of_a_known_kind(suffix: str) -> None:
    kind = kind_of(Source(f"a{suffix}", WHOLE[suffix]))
    assert kind is not None
    assert suffix in kind.endings


@settings(max_examples=12, deadline=None)
@given(suffix=st.sampled_from(sorted(WHOLE)), part=st.floats(0.02, 0.98))
def test_a_file_that_is_cut_off_is_never_read_in_part(
    suffix: str, part: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / f"cut{suffix}"
    path.write_bytes(WHOLE[suffix][: int(part * len(WHOLE[suffix]))])
    assert [why.code for why in reasons(path)] == ["truncated"]


@given(st.text(max_size=60))
def test_plain_text_is_no_markup(text: str) -> None:
    source = Source("a.txt", text.encode("utf-8", "replace"))
    assert text_kind_of(source) is None or "<" in text or "ime" in text.lower() or "rtf" in text


def test_a_page_for_the_web_that_is_no_workbook_is_left_to_readers_of_plugins(
    tmp_path: Path,
) -> None:
    """What a file is decides nothing before every reader was asked."""

    class Web:
        name = "web"

        def accepts(self, source: Source, _: object) -> bool:
            return source.data.startswith(b"<html>")

        def read(self, _: Source, __: object) -> object:
            from auditor.readers.source import Reading
            from auditor.records.model import Sheet

            return Reading(2024, sheets=(Sheet(name="a", fiscal_year=2024),))

    path = tmp_path / "a.html"
    path.write_text("<html>", encoding="utf-8")
    result = read_documents([path], forms=SESSION.forms, readers=[Web()], form="kushiro")  # type: ignore[list-item]
    assert [len(book.sheets) for book in result.books] == [1]
