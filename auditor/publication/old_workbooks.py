"""What a workbook of the old kind gives away (.xls), beside its cells, as far as xlrd shows it."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Mapping
from io import StringIO
from typing import Any, Final

from auditor.publication.disclosures import Code, Ledger
from auditor.publication.labels import (
    AUTHOR,
    CATEGORY,
    COMMENT,
    COMMENTS,
    COMPANY,
    CUSTOM,
    EMBEDDED,
    HIDDEN_NAME,
    KEYWORDS,
    LAST_MODIFIED_BY,
    LINK,
    MACRO,
    MANAGER,
    PIVOT,
    REVISIONS,
    SUBJECT,
    TITLE,
    signed,
)
from auditor.readers.workbook.worksheets import WorksheetEntry
from auditor.readers.workbook.xls import OldWorkbook
from auditor.records.addresses import address
from auditor.records.figures import Place
from auditor.records.text import Text, Why

__all__ = ["look_at_old_sheet", "look_at_old_workbook"]

_PARTLY: Final = Why(
    code="partly-looked-at",
    en="printer settings, folders, the texts of shapes, of headers and of footers in a workbook of "
    "the old kind (.xls) were not looked at; save it as .xlsx to have them looked at",
    ja="旧形式のブック（.xls）では、プリンターの設定、保存先のフォルダー、図形・ヘッダー・フッターの"
    "文字は確認していません。.xlsx で保存し直すと確認できます",
)
_USER: Final = Text(en="user who saved it", ja="保存した利用者")
_STREAMS: Final[Mapping[str, tuple[Code, Text]]] = {
    "_vba_project_cur": ("PUB009", MACRO),
    "revision log": ("PUB004", REVISIONS),
    "_sx_db_cur": ("PUB014", PIVOT),
}
"""What the streams of the file are for, by their names in lower case."""
_SUMMARY: Final[Mapping[int, tuple[Code, Text]]] = {
    2: ("PUB007", TITLE),
    3: ("PUB007", SUBJECT),
    4: ("PUB006", AUTHOR),
    5: ("PUB007", KEYWORDS),
    6: ("PUB007", COMMENTS),
    8: ("PUB006", LAST_MODIFIED_BY),
}
_DOCUMENT: Final[Mapping[int, tuple[Code, Text]]] = {
    2: ("PUB007", CATEGORY),
    14: ("PUB006", MANAGER),
    15: ("PUB006", COMPANY),
}
"""What is looked at among the properties, by their numbers."""
_NARROW, _WIDE = 30, 31
_DICTIONARY, _CODE_PAGE = 0, 1
"""The properties that say how the others are named and encoded."""
_CODE_PAGES: Final = {932: "cp932", 65001: "utf-8", 1252: "cp1252", 1200: "utf-16-le"}
_MOST: Final = 1_000


def look_at_old_workbook(workbook: OldWorkbook, data: bytes, ledger: Ledger) -> None:
    """Take up what belongs to the whole workbook, and what of it could not be looked at."""
    book = workbook.book
    external = importlib.import_module("xlrd.book").SUPBOOK_EXTERNAL
    for kind in getattr(book, "_supbook_types", ()):
        if kind == external:
            ledger.add("PUB005", LINK)
    for name in getattr(book, "name_obj_list", ()):
        is_own = name.builtin or name.name.startswith("_xlnm")
        if name.hidden and not is_own:
            ledger.add("PUB010", HIDDEN_NAME, name.name)
    if user := str(getattr(book, "user_name", "") or "").strip():
        ledger.add("PUB006", _USER, user)
        ledger.scan(user)
    _look_at_streams(data, ledger)
    ledger.miss(_PARTLY)


def look_at_old_sheet(workbook: OldWorkbook, entry: WorksheetEntry, ledger: Ledger) -> None:
    """Take up the notes and hyperlinks of a worksheet."""
    sheet: Any = workbook.book.sheet_by_index(int(entry.part))
    for (row, column), note in getattr(sheet, "cell_note_map", {}).items():
        place = Place(sheet=entry.name, cell=address(row + 1, column + 1))
        author, text = str(note.author or "").strip("\0 "), str(note.text or "")
        ledger.add("PUB003", COMMENT, signed(text, author), place)
        ledger.scan(text, place)
    for link in getattr(sheet, "hyperlink_list", ()):
        target = link.url_or_path
        text = target.decode("cp932", "replace") if isinstance(target, bytes) else str(target or "")
        place = Place(sheet=entry.name, cell=address(link.frowx + 1, link.fcolx + 1))
        ledger.scan(text, place)
        if link.type in ("local file", "unc"):
            ledger.add("PUB005", LINK, text, place)


def _look_at_streams(data: bytes, ledger: Ledger) -> None:
    """Take up what the names of the file's streams tell, and its properties."""
    compdoc: Any = importlib.import_module("xlrd.compdoc")
    try:
        file = compdoc.CompDoc(data, logfile=StringIO())
        names = [str(entry.name) for entry in file.dirlist]
        summary = file.get_named_stream("\x05SummaryInformation")
        document = file.get_named_stream("\x05DocumentSummaryInformation")
    except Exception:  # xlrd raises whatever a broken file makes it stumble over
        ledger.miss(_NO_STREAMS)
        return
    for name in names:
        if purpose := _STREAMS.get(name.casefold()):
            ledger.add(*purpose, name)
        elif name.startswith("MBD"):
            ledger.add("PUB008", EMBEDDED, name)
    for content, labels in ((summary, _SUMMARY), (document, _DOCUMENT)):
        if content is None:
            continue
        try:
            _look_at_properties(content, labels, ledger)
        except (struct.error, IndexError, ValueError, OverflowError):
            ledger.miss(_NO_PROPERTIES)


_NO_STREAMS: Final = Why(
    code="damaged-part",
    en="the streams of the file can't be listed, so its properties were not looked at",
    ja="ファイルの内部構造を読めないため、プロパティなどは確認していません",
)
_NO_PROPERTIES: Final = Why(
    code="damaged-part",
    en="the properties of the file are damaged and were not looked at",
    ja="プロパティが壊れているため、確認していません",
)


def _look_at_properties(
    stream: bytes, labels: Mapping[int, tuple[Code, Text]], ledger: Ledger
) -> None:
    """Take up the properties of a stream: the first section has numbers that are the same in every
    file, a second one those that users named.
    """
    (sections,) = struct.unpack_from("<I", stream, 24)
    (start,) = struct.unpack_from("<I", stream, 44)
    for code, text in _texts(stream, start).items():
        ledger.scan(text)
        if text.strip() and (property_of := labels.get(code)):
            ledger.add(*property_of, text)
    if sections > 1:
        (start,) = struct.unpack_from("<I", stream, 64)
        names = _names(stream, start)
        for code, text in _texts(stream, start).items():
            ledger.add("PUB007", CUSTOM, f"{names.get(code, '')}：{text}".lstrip("："))
            ledger.scan(text)


def _offsets(stream: bytes, start: int) -> dict[int, int]:
    """Where in the stream the properties of a section stand, by their numbers."""
    (count,) = struct.unpack_from("<I", stream, start + 4)
    pairs: list[tuple[int, int]] = [
        struct.unpack_from("<II", stream, start + 8 + 8 * index)
        for index in range(min(count, _MOST))
    ]
    return {code: start + offset for code, offset in pairs}


def _encoding(stream: bytes, offsets: Mapping[int, int]) -> str:
    """The encoding of a section's texts."""
    if _CODE_PAGE not in offsets:
        return "cp932"
    (number,) = struct.unpack_from("<H", stream, offsets[_CODE_PAGE] + 4)
    return _CODE_PAGES.get(number, "cp932")


def _names(stream: bytes, start: int) -> dict[int, str]:
    """The names that users gave to the properties of a section, by their numbers."""
    offsets = _offsets(stream, start)
    if _DICTIONARY not in offsets:
        return {}
    encoding, at, names = _encoding(stream, offsets), offsets[_DICTIONARY], dict[int, str]()
    (count,) = struct.unpack_from("<I", stream, at)
    at += 4
    for _ in range(min(count, _MOST)):
        code, length = struct.unpack_from("<II", stream, at)
        size = 2 * length if encoding == "utf-16-le" else length
        names[code] = stream[at + 8 : at + 8 + size].decode(encoding, "replace").rstrip("\0")
        at += 8 + size + (-size % 4 if encoding == "utf-16-le" else 0)
    return names


def _texts(stream: bytes, start: int) -> dict[int, str]:
    """The texts of a section by their numbers."""
    offsets = _offsets(stream, start)
    encoding, texts = _encoding(stream, offsets), dict[int, str]()
    for code, at in offsets.items():
        if code == _DICTIONARY:
            continue
        (kind,) = struct.unpack_from("<H", stream, at)
        if kind not in (_NARROW, _WIDE):
            continue
        (length,) = struct.unpack_from("<I", stream, at + 4)
        raw = stream[at + 8 : at + 8 + length * (2 if kind == _WIDE else 1)]
        name = "utf-16-le" if kind == _WIDE else encoding
        texts[code] = raw.decode(name, "replace").rstrip("\0")
    return texts
