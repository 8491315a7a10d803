"""A worksheet whose content is gone is named and not checked; an empty one is nothing to speak of."""

from __future__ import annotations

import struct
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.readers.workbook import WorkbookReader
from auditor.testing.build import book
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    with_part_of,
    workbook_bytes,
    worksheets_of,
)

FORM = load().forms["kushiro"]
OLD: Final = Path("tests/documents/workbooks/kushiro-clean.xls").read_bytes()
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(data: bytes) -> Reading:
    return WorkbookReader().read(Source("book", data), FORM)


def headers(data: bytes) -> list[tuple[int, int]]:
    """Where each record of each worksheet begins, and its worksheet, from 0."""
    at, worksheet, found = 1536, -1, list[tuple[int, int]]()
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        worksheet += kind == 0x0809
        if worksheet > 0:  # the first are the records of the whole workbook
            found.append((at, worksheet - 1))
        at += 4 + length
        if kind == 0x000A and worksheet == 4:
            break
    return found


HEADERS: Final = headers(OLD)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(HEADERS), st.integers(0, 40))
def test_an_old_worksheet_that_ends_too_early(header: tuple[int, int], length: int) -> None:
    pytest.importorskip("xlrd")
    at, worksheet = header
    kind, true_length = struct.unpack_from("<HH", OLD, at)
    damaged = bytearray(OLD)
    struct.pack_into("<HH", damaged, at, 0x000A, length)
    try:
        reading = read(bytes(damaged))
    except UnreadableDocument:
        return
    if (kind, true_length) == (0x000A, length):
        assert reading.not_checked == ()
        return
    whole = read(OLD)
    assert [item.why.code for item in reading.not_checked] == ["worksheet-lost"]
    place = whole.sheets[worksheet].years["2024"].total_cost
    assert place is not None
    assert place.place is not None
    assert repr(place.place.sheet) in reading.not_checked[0].why.en
    assert len(reading.sheets) == len(whole.sheets) - 1


def made(extra: PlainWorksheet) -> bytes:
    sheets = worksheets_of(book(2, form=FORM, kpis=0), FORM, Layout())
    return workbook_bytes([*sheets, extra])


def with_last(text: str) -> bytes:
    data = made(PlainWorksheet("最後", {(1, 1): PlainCell(Decimal(1))}))
    return with_part_of(data, "xl/worksheets/sheet3.xml", lambda _: text.encode())


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        ("<sheetData/>", False),
        ('<dimension ref="A1"/><sheetData/>', False),
        ('<dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1" s="0"/></row></sheetData>', False),
        ('<dimension ref="A1:O40"/><sheetData/>', True),
        ("", True),
    ],
)  # fmt: skip
def test_an_empty_worksheet_and_a_lost_one(body: str, lost: bool) -> None:
    reading = read(with_last(f'<worksheet xmlns="{MAIN}">{body}</worksheet>'))

    assert len(reading.sheets) == 2
    assert [item.why.code for item in reading.not_checked] == ["worksheet-lost"] * lost
    assert all("最後" in item.why.en and "最後" in item.why.ja for item in reading.not_checked)
    assert reading.remarks == ()


@pytest.mark.parametrize("text", ["", "<worksheet><sheetData>"])
def test_a_worksheet_that_is_no_xml_is_named(text: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(with_last(text))

    assert "最後" in caught.value.message.en
    assert "最後" in caught.value.message.ja
