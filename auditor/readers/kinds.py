"""What a file is that no reader can read, told by its content, and what its owner can do.

Nothing here decides what is read: a plugin may bring a reader for any kind of file.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from itertools import chain
from pathlib import PurePath
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.source import Source, UnreadableDocument
from auditor.records.text import Text, Why

__all__ = ["Kind", "explained", "kind_of", "refused", "text_kind_of"]

_SAVE_AS_XLSX: Final = Text(
    en="open it in a spreadsheet program and save it as .xlsx",
    ja="表計算ソフトで開き、.xlsx で保存し直してください",
)
_SAVE_AS_PDF: Final = Text(
    en="save it as PDF and give that, or give the workbook that its tables come from",
    ja="PDF で保存し直すか、表の元になったブックを指定してください",
)
_FROM_WHICH: Final = Text(
    en="this program reads no pictures: give the file from which it was made",
    ja="画像は読み取れません。作成元のファイルを指定してください",
)
_NOTHING: Final = Text(en="there is no reader for it", ja="対応する読み取りプログラムがありません")
_GIVE_THE_ORIGINAL: Final = Text(
    en="if this text was taken out of a PDF or a workbook, give the PDF or the workbook itself",
    ja="PDF やブックから取り出した文字であれば、元の PDF やブックを指定してください",
)
_SAVE_AGAIN: Final = Text(
    en="copy it again, or open it in the program that made it and save it anew",
    ja="もう一度コピーするか、作成したソフトで開いて保存し直してください",
)


class Kind(NamedTuple):
    """A kind of file: what it is, what to do with it, and the endings that its name may have."""

    name: Text
    advice: Text
    endings: tuple[str, ...]


def _kind(en: str, ja: str, advice: Text, *endings: str) -> Kind:
    return Kind(Text(en=en, ja=ja), advice, endings)


_PDF: Final = _kind("a PDF file", "PDF ファイル", _NOTHING, ".pdf")
_XLSX: Final = _kind(
    "an Excel workbook (.xlsx)",
    "Excel ブック（.xlsx）",
    _NOTHING,
    ".xlsx",
    ".xlsm",
    ".xltx",
    ".xltm",
)
_XLS: Final = _kind(
    "an Excel workbook of the old kind (.xls)",
    "旧形式の Excel ブック（.xls）",
    _SAVE_AS_XLSX,
    ".xls",
    ".xlt",
)
_LOCK: Final = _kind(
    "not a document but the mark that a document is open in another program",
    "文書ではなく、文書を開いている間だけ置かれる印のファイル",
    Text(en="give the document itself", ja="文書そのものを指定してください"),
)
# How files begin, and what they are.
_BEGINNINGS: Final = (
    (b"%PDF", _PDF),
    (b"\x89PNG", _kind("a picture (PNG)", "画像（PNG）", _FROM_WHICH, ".png")),
    (b"\xff\xd8\xff", _kind("a picture (JPEG)", "画像（JPEG）", _FROM_WHICH, ".jpg", ".jpeg")),
    (b"GIF8", _kind("a picture (GIF)", "画像（GIF）", _FROM_WHICH, ".gif")),
    (b"II*\0", _kind("a picture (TIFF)", "画像（TIFF）", _FROM_WHICH, ".tif", ".tiff")),
    (b"MM\0*", _kind("a picture (TIFF)", "画像（TIFF）", _FROM_WHICH, ".tif", ".tiff")),
    (
        b"\x1f\x8b",
        _kind(
            "a compressed file (gzip)",
            "圧縮ファイル（gzip）",
            Text(
                en="unpack it, and give the documents in it",
                ja="展開し、中の文書を指定してください",
            ),
            ".gz",
            ".tgz",
        ),
    ),
    (
        b"PAR1",
        _kind(
            "a table (Parquet)",
            "表データ（Parquet）",
            Text(en="give --table for a table", ja="表であれば --table を付けてください"),
            ".parquet",
        ),
    ),
)
# Streams of old Office files, which hold one document in the manner of a file system.
_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
_COMPOUND_HEADER: Final = 512
_LAST_SECTOR: Final = 0xFFFFFFFA
_STREAMS: Final = (
    ("WordDocument", _kind("a Word document (.doc)", "Word 文書（.doc）", _SAVE_AS_PDF, ".doc")),
    (
        "PowerPoint Document",
        _kind("a PowerPoint file (.ppt)", "PowerPoint ファイル（.ppt）", _SAVE_AS_PDF, ".ppt"),
    ),
    ("Workbook", _XLS),
    ("Book", _XLS),
)
_OLD_OFFICE: Final = _kind(
    "an Excel or Word file of the old kind (.xls, .doc)",
    "旧形式の Excel・Word ファイル（.xls、.doc）",
    Text(
        en="save a workbook as .xlsx, and another document as PDF",
        ja="ブックは .xlsx で、ほかの文書は PDF で保存し直してください",
    ),
    ".xls",
    ".doc",
    ".ppt",
)
_ZIP: Final = _kind(
    "a ZIP archive",
    "ZIP ファイル",
    Text(
        en="unpack it, and give the documents in it",
        ja="展開し、中の文書を指定してください",
    ),
    ".zip",
)
# What zip archives hold, by their first match.
_PARTS: Final = (
    (
        b"xl/workbook.bin",
        _kind("a binary workbook (.xlsb)", "バイナリ形式のブック（.xlsb）", _SAVE_AS_XLSX, ".xlsb"),
    ),
    (b"xl/workbook", _XLSX),
    (
        b"word/document",
        _kind("a Word document (.docx)", "Word 文書（.docx）", _SAVE_AS_PDF, ".docx", ".docm"),
    ),
    (
        b"ppt/presentation",
        _kind("a PowerPoint file (.pptx)", "PowerPoint ファイル（.pptx）", _SAVE_AS_PDF, ".pptx"),
    ),
    (
        b"opendocument.spreadsheet",
        _kind(
            "an OpenDocument spreadsheet (.ods)",
            "OpenDocument の表計算ファイル（.ods）",
            _SAVE_AS_XLSX,
            ".ods",
        ),
    ),
    (
        b"opendocument",
        _kind(
            "an OpenDocument file (.odt, .odp)",
            "OpenDocument のファイル（.odt、.odp）",
            _SAVE_AS_PDF,
            ".odt",
            ".odp",
        ),
    ),
    (b"", _ZIP),
)
# Texts that spreadsheet and web programs save, often under the name of a workbook.
_MARKUP: Final = (
    (
        re.compile(
            r"<\?xml[^>]*>.{0,2000}?urn:schemas-microsoft-com:office:spreadsheet", re.DOTALL
        ),
        _kind("a spreadsheet saved as XML", "XML 形式で保存された表", _SAVE_AS_XLSX, ".xml"),
    ),
    (
        re.compile(
            r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
            r"<(?:!doctype html|html|head|table|meta|style)\b",
            re.DOTALL | re.IGNORECASE,
        ),
        _kind("an HTML page", "HTML のページ", _SAVE_AS_XLSX, ".html", ".htm"),
    ),
    (
        re.compile(r"mime-version:", re.IGNORECASE),
        _kind("a web archive (MHTML)", "Web アーカイブ（MHTML）", _SAVE_AS_XLSX, ".mht", ".mhtml"),
    ),
    (
        re.compile(r"<\?xml\b"),
        _kind("an XML file", "XML ファイル", _SAVE_AS_XLSX, ".xml"),
    ),
    (
        re.compile(r"\{\\rtf"),
        _kind("a document in RTF", "RTF 形式の文書", _SAVE_AS_PDF, ".rtf"),
    ),
)
_ENDINGS: Final = frozenset({".pdf", ".xlsx", ".xlsm", ".xls", ".txt", ".csv", ".tsv", ".json"})
# Codes of files that no reader knows, and of texts of which none could make anything.
_NO_READER: Final = frozenset({"binary", "no-workbook"})
_NOTHING_IN_IT: Final = _NO_READER | {
    "no-form",
    "no-reader",
    "no-records",
    "no-sheet",
    "no-table",
    "no-year",
    "not-json",
    "sheet-not-understood",
}
_CUT_OFF: Final = Why(
    code="truncated",
    en="the file is cut off: its directory is missing",
    ja="ファイルが途中で切れています",
)
_LARGEST_LOCK: Final = 1024
_SHARE: Final = 4
"""A text with one label in so many of a form's is taken for one of its sheets."""


def kind_of(source: Source) -> Kind | None:
    """What a file that is no text is; None where its content does not tell."""
    name, data = PurePath(source.path).name, source.data
    if name.startswith(("~$", ".~lock.")) and len(data) <= _LARGEST_LOCK:
        return _LOCK
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next(kind for part, kind in _PARTS if part in data)
    if data.startswith(_COMPOUND):
        streams = (kind for stream, kind in _STREAMS if stream.encode("utf-16-le") in data)
        return next(streams, _OLD_OFFICE)
    return next((kind for magic, kind in _BEGINNINGS if data.startswith(magic)), None)


def text_kind_of(source: Source) -> Kind | None:
    """What a text is that is written for another program (HTML, XML); None for others."""
    beginning = (source.text or "")[:10_000].lstrip("\ufeff \t\r\n")
    return next((kind for pattern, kind in _MARKUP if pattern.match(beginning)), None)


def explained(source: Source, reasons: Iterable[Why], forms: Iterable[Form]) -> list[Why]:
    """Why nothing of a document was read, with what it is and what to do about it."""
    faults = list(reasons)
    codes = {fault.code for fault in faults}
    binary, markup = kind_of(source), text_kind_of(source)
    if binary is not None and codes <= _NO_READER and not _is_cut_off(source.data):
        return [_of_kind(source, binary, "binary")]
    if markup is not None and codes <= _NOTHING_IN_IT:
        return [_of_kind(source, markup, "other-kind")]

    if binary is not None and codes <= _NO_READER:
        faults = [_CUT_OFF]
    elif binary is None and codes & _NOTHING_IN_IT and _looks_taken_out(source, forms):
        faults = [_with(faults[0], _GIVE_THE_ORIGINAL), *faults[1:]]
    faults = [_with(fault, _SAVE_AGAIN) if fault.code == "truncated" else fault for fault in faults]
    ending = _other_ending(source, binary) if binary is not None else ""
    # A workbook is a ZIP archive too; one that is cut off may lack the part that tells so.
    is_workbook = binary is _ZIP and ending in _XLSX.endings
    if binary is None or not ending or not faults or is_workbook:
        return faults
    content = Text(
        en=f"although it is named {ending}, its content is {binary.name.en}",
        ja=f"名前は {ending} ですが、中身は{binary.name.ja}です",
    )
    return [_with(faults[0], content), *faults[1:]]


def _of_kind(source: Source, kind: Kind, code: str) -> Why:
    ending = _other_ending(source, kind)
    en = f"is {kind.name.en}, although it is named {ending}" if ending else f"is {kind.name.en}"
    ja = f"名前は {ending} ですが、{kind.name.ja}です" if ending else f"{kind.name.ja}です"
    return Why(code=code, en=f"{en}; {kind.advice.en}", ja=f"{ja}。{kind.advice.ja}")


def _is_cut_off(data: bytes) -> bool:
    """Whether an old Office file ends before the sectors that hold its directory and its table of
    sectors.
    """
    if not data.startswith(_COMPOUND) or len(data) < _COMPOUND_HEADER:
        return data.startswith(_COMPOUND)
    shift: int = struct.unpack_from("<H", data, 30)[0]
    directory: int = struct.unpack_from("<I", data, 48)[0]
    tables: tuple[int, ...] = struct.unpack_from("<109I", data, 76)
    last = max(sector for sector in (directory, *tables, 0) if sector <= _LAST_SECTOR)
    # The header takes the place of a sector.
    return shift < 16 and (last + 2) << shift > len(data)


def _with(fault: Why, advice: Text) -> Why:
    return Why(code=fault.code, en=f"{fault.en}; {advice.en}", ja=f"{fault.ja}。{advice.ja}")


def _looks_taken_out(source: Source, forms: Iterable[Form]) -> bool:
    """Whether a text holds words of a form. Most such texts are taken out of a PDF, which tells
    more than its text.
    """
    text = source.text
    if text is None or text.lstrip()[:1] in ("{", "["):
        return False
    body = squeezed(text)
    for form in forms:
        labels = list(chain.from_iterable(form.labels.values()))
        present = sum(squeezed(label) in body for label in labels)
        if any(squeezed(word) in body for word in form.detect):
            return True
        if present and _SHARE * present >= len(labels):
            return True
    return False


def _other_ending(source: Source, kind: Kind) -> str:
    """The ending of a document's name, where it says that the document is of another kind."""
    ending = PurePath(source.path).suffix.lower()
    expected = kind is _LOCK or ending not in _ENDINGS or ending in kind.endings
    return "" if expected else ending


def refused(source: Source, readers: Iterable[str]) -> UnreadableDocument:
    """The fault of a document that no reader accepts; ``explained`` says what it is."""
    if kind_of(source) is not None or (source.text is None and b"\0" in source.data):
        return UnreadableDocument(
            source.path, "binary", "is no text file", "テキストファイルではありません"
        )
    if source.text is None:
        return UnreadableDocument(
            source.path,
            "encoding",
            "the text is encoded neither as UTF-8 nor as CP932 (Shift_JIS)",
            "文字コードが UTF-8 でも CP932（Shift_JIS）でもありません",
        )
    names = ", ".join(readers) or "-"
    return UnreadableDocument(
        source.path,
        "no-reader",
        f"nothing that is laid out as a sheet or a table was found in it (readers: {names})",
        "シートまたは表として読み取れる部分がありません",
    )
