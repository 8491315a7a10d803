"""Kinds of cases whose bytes are damaged: packages, old workbooks, PDFs, and files of kinds that
nobody reads. What a damaged file shows nobody knows, but how many sheets it held.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final, get_args

from tests.documents.delimited_writer import shown_worksheet
from tests.documents.make_pdfs import Borders, Print, drawn
from tests.documents.old_workbook_writer import old_workbook_bytes
from tests.documents.workbook_writer import PlainWorksheet, package_of, parts_of, workbook_bytes
from tests.fuzzing.cells import damaged_worksheets, numbers_of
from tests.fuzzing.documents import Cells, cells_case, checked, start_cells, written
from tests.fuzzing.model import Case, Kind
from tests.fuzzing.numbers import numbers_in
from tests.fuzzing.texts import damaged_bytes, damaged_text

__all__ = ["DAMAGED"]

_DOCUMENTS: Final = Path(__file__).parents[1] / "documents"
_LETTER: Final = Path(__file__).parents[2] / "auditor" / "delivery" / "letter.ja.docx"


@dataclass(frozen=True)
class _Bytes:
    """A document's bytes, and how many sheets it held."""

    data: bytes
    name: str
    form: str = ""
    sheets: int = 0


def _case(material: _Bytes) -> Case:
    insisted = ("--form", material.form) if material.form else ()
    return Case(
        {material.name: material.data},
        checked(*insisted, material.name),
        [material.name],
        sheets=material.sheets,
        may_give_up=True,
    )


# --- packages -------------------------------------------------------------------------------------


def _start_package(random: Random) -> _Bytes:
    material = start_cells(random)
    data = workbook_bytes(written(material.sheets), bordered=bool(material.how % 2))
    return _Bytes(data, "book.xlsx", material.form, material.count)


def _damage_package(random: Random, material: _Bytes) -> _Bytes:
    """A part changed and all of them zipped again, or the zip itself damaged."""
    if not random.randrange(4):
        return replace(material, data=damaged_bytes(random, material.data))
    try:
        parts = parts_of(material.data)
    except Exception:  # what is damaged already is no package any more
        return replace(material, data=damaged_bytes(random, material.data))
    if not parts:
        return material
    name = random.choice(sorted(parts))
    match random.randrange(8):
        case 0:
            del parts[name]
        case 1:
            parts[name[: len(name) // 2] + "x" + name[len(name) // 2 :]] = parts.pop(name)
        case 2:
            other = random.choice(sorted(parts))
            parts[name], parts[other] = parts[other], parts[name]
        case 3 | 4:
            parts[name] = _other_markup(random, parts[name])
        case _:
            parts[name] = damaged_bytes(random, parts[name])
    return replace(material, data=package_of(parts))


_ODD: Final = (
    b"", b"-1", b"0", b"99999999999", b"1e309", b"NaN", b"x" * 300, "年".encode(), b"&#0;", b"&x;",
    b"UTF--0", b"true", b"A1:XFD1048576", b"A0", b"../../x", b"&#xD800;",
)  # fmt: skip


def _other_markup(random: Random, part: bytes) -> bytes:
    """XML with an attribute's value, an element or a text changed."""
    runs = list(re.finditer(rb'"[^"<>]*"|<[^<>]+>|>[^<>]+<', part))
    if not runs:
        return part
    run = random.choice(runs)
    text = run[0][1:-1]
    if run[0].startswith(b"<") and random.randrange(2):
        return part[: run.start()] + part[run.end() :]
    instead = random.choice((*_ODD, text * 2, text[::-1], text[: len(text) // 2]))
    return part[: run.start() + 1] + instead + part[run.end() - 1 :]


# --- old workbooks --------------------------------------------------------------------------------


def _damage_cells(random: Random, material: Cells) -> Cells:
    return replace(material, sheets=damaged_worksheets(random, material.sheets))


def _old_case(material: Cells) -> Case:
    sheets = written(material.sheets)
    return cells_case(material, "book.xls", old_workbook_bytes(sheets), sheets)


def _start_old(random: Random) -> _Bytes:
    if not random.randrange(4):
        name = random.choice(("kushiro-clean.xls", "kushiro-looks.xls", "disclosing.xls"))
        count = 4 if name == "kushiro-clean.xls" else 0
        return _Bytes((_DOCUMENTS / "workbooks" / name).read_bytes(), "book.xls", sheets=count)
    material = start_cells(random)
    data = old_workbook_bytes(written(material.sheets))
    return _Bytes(data, "book.xls", material.form, material.count)


def _damage_bytes(random: Random, material: _Bytes) -> _Bytes:
    return replace(material, data=damaged_bytes(random, material.data))


# --- PDFs -----------------------------------------------------------------------------------------

_PLAIN: Final = re.compile(r"[△▲－-]? ?[0-9０-９][0-9０-９,.，．]*%?")


def _print(how: int) -> Print:
    a_page = (1, 1, 2)[how // 151 % 3]
    return Print(
        borders=get_args(Borders)[how % len(get_args(Borders))],
        page=(1190.6 * a_page, 2400.0),  # wide enough, or figures would lie over each other
        rotate=(0, 0, 0, 90, 180)[how // 7 % 5],  # type: ignore[arg-type]
        align=("right", "right", "left", "center")[how // 37 % 4],  # type: ignore[arg-type]
        a_page=a_page,
    )


def _pdf(material: Cells) -> bytes:
    return drawn(
        [shown_worksheet(sheet) for sheet in written(material.sheets)], _print(material.how)
    )


def _pdf_case(material: Cells) -> Case:
    """Cells that hold one number are drawn as it is; longer texts may be broken over lines."""
    sheets = written(material.sheets)
    for sheet in sheets:
        sheet.hidden_rows, sheet.hidden_columns, sheet.visibility = set(), set(), "visible"
    case = cells_case(material, "book.pdf", _pdf(material), sheets)
    plain = {
        number
        for sheet in map(shown_worksheet, sheets)
        for cell in sheet.cells.values()
        if isinstance(cell.value, str) and _PLAIN.fullmatch(cell.value) and len(cell.value) < 14
        for number in numbers_in(cell.value)
    }
    # Wide digits may lie over each other where a cell is narrow: what is hidden is said.
    wide = any("０" <= sign <= "９" for sheet in sheets for sign in _signs(sheet))
    excuses = ("RD002",) if wide else ()
    return replace(case, visible=plain & numbers_of(sheets), excuses=excuses)


def _signs(sheet: PlainWorksheet) -> Iterator[str]:
    for cell in sheet.cells.values():
        if isinstance(cell.value, str):
            yield from cell.value


def _start_pdf(random: Random) -> _Bytes:
    if random.randrange(3):
        path = random.choice(sorted((_DOCUMENTS / "pdf").rglob("*.pdf")))
        count = _FEWER.get(f"{path.parent.name}/{path.name}", 4)
        return _Bytes(path.read_bytes(), "book.pdf", sheets=count)
    material = start_cells(random)
    return _Bytes(_pdf(material), "book.pdf", material.form, material.count)


_FEWER: Final = {
    "printed/kushiro-kpi.pdf": 0,
    "printed/minato-portrait.pdf": 1,
    "printed/yamate-years-down.pdf": 0,
}
"""The stored PDFs that hold fewer sheets than four."""
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_WORDS: Final = (
    b"/Filter", b"/Length", b"/Contents", b"/Kids", b"/Count", b"/Resources", b"/Font", b"/Type",
    b"/FlateDecode", b"/MediaBox", b"obj", b"endobj", b"xref", b"trailer", b"startxref", b"/Root",
    b"BT", b"ET", b"Tj", b"Tf", b"Tm", b" re", b"/Encoding", b"/ToUnicode", b"/Rotate",
)  # fmt: skip


def _damage_pdf(random: Random, material: _Bytes) -> _Bytes:
    """A stream damaged, unpacked or not, a word of the file damaged, or its bytes."""
    data = material.data
    match random.randrange(5):
        case 0 | 1:
            data = _other_stream(random, data)
        case 2 | 3:
            data = _other_word(random, data)
        case _:
            data = damaged_bytes(random, data)
    return replace(material, data=data)


def _other_stream(random: Random, data: bytes) -> bytes:
    streams = list(_STREAM.finditer(data))
    if not streams:
        return damaged_bytes(random, data)
    stream = random.choice(streams)
    content = stream[1]
    try:
        plain = zlib.decompress(content)
    except zlib.error:
        other = damaged_bytes(random, content)
    else:
        other = plain
        for _ in range(random.choice((1, 1, 4, 20))):
            other = damaged_bytes(random, other)
        other = zlib.compress(other)
    # The file keeps its length where it can, so that its table of objects stays true.
    if len(other) < len(content):
        other += b"\0" * (len(content) - len(other))
    return data[: stream.start(1)] + other + data[stream.end(1) :]


def _other_word(random: Random, data: bytes) -> bytes:
    words = [word for word in _WORDS if word in data]
    if not words:
        return damaged_bytes(random, data)
    word = random.choice(words)
    at = random.choice([match.start() for match in re.finditer(re.escape(word), data)])
    place = at + random.randrange(len(word) + 6)
    return data[:place] + random.randbytes(1) + data[place + 1 :]


# --- kinds that nobody reads ----------------------------------------------------------------------


def _start_other(random: Random) -> _Bytes:
    cells = "".join(f"<td>{random.randint(0, 10**6):,}</td>" for _ in range(6))
    page = f"<html><body><h1>主要施策成果シート</h1><table><tr>{cells}</tr></table></body></html>"
    kinds: dict[str, Callable[[], bytes]] = {
        "book.docx": _LETTER.read_bytes,
        "book.html": page.encode,
        "book.xls": page.encode,
        "book.xml": lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><a/>',
        "book.rtf": lambda: rb"{\rtf1\ansi " + b"12,345 " * 20 + b"}",
        "book.ods": lambda: package_of(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
        ),
        "book.xlsb": lambda: package_of({"xl/workbook.bin": b"\0" * 90}),
        "book.zip": lambda: package_of({"a.txt": page.encode()}),
        "book.eml": lambda: b"Subject: 12,345\r\nMIME-Version: 1.0\r\n\r\n67,890\r\n",
        "book.parquet": lambda: b"PAR1" + b"\0" * 60 + b"PAR1",
        "book.png": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60,
        "book": lambda: b"",
    }
    name = random.choice(sorted(kinds))
    return _Bytes(kinds[name](), name)


def _damage_other(random: Random, material: _Bytes) -> _Bytes:
    if material.data[:2] == b"PK":
        return _damage_package(random, material)
    if random.randrange(2):
        text = material.data.decode("utf-8", "replace")
        return replace(material, data=damaged_text(random, text).encode("utf-8", "replace"))
    return _damage_bytes(random, material)


DAMAGED: Final[tuple[Kind[Any], ...]] = (
    Kind("xlsx-parts", _start_package, _damage_package, _case),
    Kind("xls", start_cells, _damage_cells, _old_case),
    Kind("xls-bytes", _start_old, _damage_bytes, _case),
    Kind("pdf", start_cells, _damage_cells, _pdf_case),
    Kind("pdf-parts", _start_pdf, _damage_pdf, _case),
    Kind("other", _start_other, _damage_other, _case),
)
