"""Writes worksheets as a workbook of the old kind (.xls): BIFF8 records in a compound file, no more
of either than a reader needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from struct import pack
from typing import Final

from tests.documents.workbook_writer import PlainCell, PlainWorksheet

__all__ = ["old_workbook_bytes"]

_SECTOR: Final = 512
_END: Final = 0xFFFFFFFE
_FREE: Final = 0xFFFFFFFF
_FAT_SECTOR: Final = 0xFFFFFFFD
_WORKBOOK: Final = 0x0005
_WORKSHEET: Final = 0x0010
_SMALLEST: Final = 4096
"""A shorter stream would have to stand among the small ones."""
_FIRST_FORMAT: Final = 164
_STATES: Final = {"visible": 0, "hidden": 1, "veryHidden": 2}


def old_workbook_bytes(worksheets: Sequence[PlainWorksheet]) -> bytes:
    """The worksheets as an .xls file; formulas are written as their results."""
    return _compound_file(_stream(worksheets))


# --- records --------------------------------------------------------------------------------------


def _record(kind: int, content: bytes = b"") -> bytes:
    return pack("<HH", kind, len(content)) + content


def _text(text: str, length: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return pack(f"<{length}B", len(encoded) // 2, 1) + encoded


def _start(kind: int) -> bytes:
    return _record(0x0809, pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))


def _style(number_format: int, *, is_style: bool) -> bytes:
    protection = 0xFFF5 if is_style else 0x0001
    return _record(0x00E0, pack("<HHHBBBBIIH", 0, number_format, protection, 32, 0, 0, 0, 0, 0, 0))


def _stream(worksheets: Sequence[PlainWorksheet]) -> bytes:
    codes = sorted(
        {cell.number_format for sheet in worksheets for cell in sheet.cells.values()} - {"General"}
    )
    styles = {"General": 1} | {code: index for index, code in enumerate(codes, 2)}

    head = _start(_WORKBOOK) + _record(0x0042, pack("<H", 1200))
    font = pack("<HHHHHBBBB", 220, 0, 0x7FFF, 400, 0, 0, 0, 128, 0) + _text("Arial", "B")
    head += _record(0x0031, font) * 4
    for index, code in enumerate(codes):
        head += _record(0x041E, pack("<H", _FIRST_FORMAT + index) + _text(code, "H"))
    head += _style(0, is_style=True) + _style(0, is_style=False)
    for index in range(len(codes)):
        head += _style(_FIRST_FORMAT + index, is_style=False)

    parts = [_worksheet(sheet, styles) for sheet in worksheets]
    entries = [
        (pack("<BB", _STATES[sheet.visibility], 0) + _text(sheet.name, "B")) for sheet in worksheets
    ]
    at = len(head) + sum(8 + len(entry) for entry in entries) + len(_record(0x000A))
    for entry, part in zip(entries, parts, strict=True):
        head += _record(0x0085, pack("<I", at) + entry)
        at += len(part)
    return head + _record(0x000A) + b"".join(parts)


def _worksheet(sheet: PlainWorksheet, styles: dict[str, int]) -> bytes:
    bottom = max((row for row, _ in sheet.cells), default=0)
    right = max((column for _, column in sheet.cells), default=0)
    records = _start(_WORKSHEET) + _record(0x0200, pack("<IIHHH", 0, bottom, 0, right, 0))
    for (row, column), cell in sorted(sheet.cells.items()):
        records += _cell(row - 1, column - 1, cell, styles[cell.number_format])
    areas = [
        pack("<HHHH", top - 1, bottom - 1, left - 1, right - 1)
        for top, left, bottom, right in sheet.merges
    ]
    for start in range(0, len(areas), 1000):
        some = areas[start : start + 1000]
        records += _record(0x00E5, pack("<H", len(some)) + b"".join(some))
    return records + _record(0x000A)


def _cell(row: int, column: int, cell: PlainCell, style: int) -> bytes:
    where = pack("<HHH", row, column, style)
    if cell.value is None:
        return _record(0x0201, where)
    if isinstance(cell.value, Decimal | int):
        return _record(0x0203, where + pack("<d", float(cell.value)))
    return _record(0x0204, where + _text(cell.value, "H"))


# --- the compound file ----------------------------------------------------------------------------


def _compound_file(stream: bytes) -> bytes:
    """A compound file of one stream, ``Workbook``: the table of sectors, the stream, the folder."""
    size = max(len(stream), _SMALLEST)
    count = -(-size // _SECTOR)
    table_count = 1
    while table_count * (_SECTOR // 4) < table_count + count + 1:
        table_count += 1
    assert table_count <= 109, "a larger file needs more than its first sector"

    folder = table_count + count
    chain = [_FAT_SECTOR] * table_count
    chain += [table_count + index + 1 for index in range(count - 1)] + [_END]
    chain += [_END]
    chain += [_FREE] * (table_count * (_SECTOR // 4) - len(chain))

    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    header += pack("<HHHHHHIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, table_count)
    header += pack("<IIIIIII", folder, 0, _SMALLEST, _END, 0, _END, 0)
    tables = list(range(table_count)) + [_FREE] * (109 - table_count)
    header += pack("<109I", *tables)

    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, table_count, size)
    body = stream.ljust(count * _SECTOR, b"\0")
    return header + pack(f"<{len(chain)}I", *chain) + body + entries.ljust(_SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    entry = encoded.ljust(64, b"\0") + pack("<HBBIII", len(encoded), kind, 1, _FREE, _FREE, child)
    return entry + bytes(36) + pack("<IQ", start, size)
