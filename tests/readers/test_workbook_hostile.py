"""Hostile and broken workbooks: each is refused within limits, with one reason in both languages,
and the other files are still read.
"""

from __future__ import annotations

import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from auditor.auditing.session import load
from auditor.files.ooxml import Limits
from auditor.readers.documents import read_documents
from auditor.readers.source import Source, UnreadableDocument
from auditor.readers.workbook import WorkbookReader
from auditor.testing.build import book
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    renamed_parts,
    with_part_of,
    workbook_bytes,
    worksheets_of,
)

FORM = load().forms["kushiro"]
SHEET = "xl/worksheets/sheet1.xml"


def good() -> bytes:
    return workbook_bytes(worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout()))


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with one part changed."""
    return with_part_of(good(), name, change)


def with_extra(*names: str) -> bytes:
    """The good workbook with more entries."""
    out = BytesIO(good())
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as target:
        warnings.simplefilter("ignore")  # zipfile warns of the second of two names
        for name in names:
            target.writestr(name, b"<a/>")
    return out.getvalue()


def sheet_with(rows: str, behind: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{behind}</worksheet>'
    return with_part(SHEET, lambda _: text.encode())


def renamed(part: str, before: bytes, after: bytes) -> Callable[[], bytes]:
    return lambda: with_part(part, lambda data: data.replace(before, after))


def entity_bomb() -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(20)
    )
    return with_part(
        "xl/sharedStrings.xml",
        lambda _: f"<!DOCTYPE sst [{entities}]><sst><si><t>&u;</t></si></sst>".encode(),
    )


def xxe() -> bytes:
    return with_part(
        SHEET,
        lambda _: (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'
        ),
    )


def zip_bomb() -> bytes:
    return with_part(
        SHEET, lambda data: data.replace(b"<sheetData>", b" " * 200_000_000 + b"<sheetData>")
    )


def encrypted_zip() -> bytes:
    data = bytearray(good())
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "entity bomb": (entity_bomb, "document-type"),
    "external entity": (xxe, "document-type"),
    "decompression bomb": (zip_bomb, "zip-bomb"),
    "merge over the whole sheet": (
        lambda: sheet_with("", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "too-much-merged",
    ),
    "overlapping merges": (
        lambda: sheet_with(
            "", "<mergeCells>" + '<mergeCell ref="A1:CV5000"/>' * 50 + "</mergeCells>"
        ),
        "too-much-merged",
    ),
    "cell outside of the sheet": (
        lambda: sheet_with('<row r="1"><c r="XFE1"><v>1</v></c></row>'),
        "bad-address",
    ),
    "row outside of the sheet": (lambda: sheet_with('<row r="1048577"/>'), "bad-address"),
    "two cells of one address": (
        lambda: sheet_with('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
        "duplicate-cell",
    ),
    "duplicate names": (lambda: with_extra("xl/a.xml", "xl/a.xml"), "duplicate-part"),
    "names that differ in case": (lambda: with_extra("xl/Workbook.xml"), "duplicate-part"),
    "name that leads out": (lambda: with_extra("../../evil.xml"), "bad-part-name"),
    "name that leads out with backslashes": (
        lambda: with_extra("..\\..\\evil.xml"),
        "bad-part-name",
    ),
    "name with backslashes of a part that is there": (
        lambda: with_extra("xl\\workbook.xml"),
        "duplicate-part",
    ),
    "unknown encoding": (
        renamed("xl/styles.xml", b'encoding="UTF-8"', b'encoding="UTF--0"'),
        "broken-xml",
    ),
    "encoding of several bytes a character": (
        renamed("xl/workbook.xml", b'encoding="UTF-8"', b'encoding="shift_jis"'),
        "broken-xml",
    ),
    "absolute name": (lambda: with_extra("/etc/evil.xml"), "bad-part-name"),
    "truncated": (lambda: good()[:3000], "truncated"),
    "cut in its directory": (lambda: good()[:-30], "truncated"),
    "encrypted parts": (encrypted_zip, "encrypted"),
    "encrypted workbook": (
        lambda: (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(500)
            + "EncryptedPackage".encode("utf-16-le")
        ),
        "encrypted",
    ),
    "old workbook that is none": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "Workbook".encode("utf-16-le"),
        "truncated",
    ),
    "sheet that is no XML": (lambda: with_part(SHEET, lambda data: data[:-20]), "broken-xml"),
    "fills that none begins": (
        lambda: with_part(
            "xl/styles.xml",
            lambda data: data.replace(b"<fill>", b"<full>").replace(b"</fill>", b"</full>"),
        ),
        "damaged-part",
    ),
    "colour of no font": (
        renamed("xl/styles.xml", b"<fonts", b'<fonts><color rgb="FFFF0000"/></fonts><fonts'),
        "damaged-part",
    ),
    "shared text that is missing": (
        lambda: sheet_with('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'),
        "broken-worksheet",
    ),
    "worksheet that is missing": (
        renamed("xl/_rels/workbook.xml.rels", b"sheet1", b"sheet9"),
        "missing-worksheet",
    ),
    "binary workbook": (
        renamed("[Content_Types].xml", b"spreadsheetml.sheet.main", b"sheet.binary.main"),
        "xlsb",
    ),
    "no workbook": (renamed("_rels/.rels", b"officeDocument", b"other"), "no-workbook"),
    "nothing of the form": (
        lambda: workbook_bytes([PlainWorksheet("空", {(1, 1): PlainCell("こんにちは")})]),
        "no-sheet",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_refused_with_one_reason(name: str) -> None:
    make, code = HOSTILE[name]
    data = make()
    began = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableDocument) as caught:
            WorkbookReader().read(Source("book.xlsx", data), FORM)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    why = caught.value.message
    assert why.code == code
    assert why.en
    assert why.ja
    assert "\n" not in why.en + why.ja
    assert time.process_time() - began < 20
    assert peak < 200_000_000


def test_names_with_backslashes_are_read() -> None:
    plain = WorkbookReader().read(Source("book.xlsx", good()), FORM)
    names = renamed_parts(good(), lambda name: name.replace("/", "\\"))
    targets = with_part_of(
        names,
        "xl\\_rels\\workbook.xml.rels",
        lambda data: data.replace(b"worksheets/", b"worksheets\\"),
    )

    for data in (names, targets):
        assert WorkbookReader().read(Source("book.xlsx", data), FORM) == plain


def test_limits_can_be_set() -> None:
    sheets = [
        PlainWorksheet(f"{number}", {(row, 1): PlainCell(Decimal(row)) for row in range(1, 50)})
        for number in range(4)
    ]
    data = workbook_bytes(sheets)

    for limits, code in (
        (Limits(cells=100), "too-many-cells"),
        (Limits(worksheets=3), "too-many-worksheets"),
        (Limits(parts=3), "too-many-parts"),
    ):
        with pytest.raises(UnreadableDocument) as caught:
            WorkbookReader(limits).read(Source("book.xlsx", data), FORM)
        assert caught.value.message.code == code
    with pytest.raises(UnreadableDocument) as caught:
        WorkbookReader(Limits(unzipped=1000)).read(Source("book.xlsx", data), FORM)
    assert caught.value.message.code == "too-large-unzipped"


def test_a_far_cell_costs_nothing() -> None:
    worksheets = worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout())
    worksheets[0].cells[1_048_576, 16_384] = PlainCell("遠くのメモ")

    began = time.process_time()
    reading = WorkbookReader().read(Source("book.xlsx", workbook_bytes(worksheets)), FORM)

    assert len(reading.sheets) == 1
    assert time.process_time() - began < 5


def test_numbers_that_no_cell_can_hold_are_text() -> None:
    data = with_part(
        SHEET,
        lambda sheet: sheet.replace(
            b"</row>", b'<c r="ZZ1"><v>1E+999999999</v></c><c r="ZZ2"><v>NaN</v></c></row>', 1
        ),
    )

    assert len(WorkbookReader().read(Source("book.xlsx", data), FORM).sheets) == 1


def test_other_files_of_the_call_are_read(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(xxe())
    (tmp_path / "renamed.txt").write_bytes(good())

    result = read_documents(
        [tmp_path / "bad.xlsx", tmp_path / "renamed.txt"],
        forms=load().forms,
        readers=load().readers,
    )

    assert [reason.why.code for reason in result.not_checked] == ["document-type"]
    assert [len(one.sheets) for one in result.books] == [1]
