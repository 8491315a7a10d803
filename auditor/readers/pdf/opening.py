"""Opening a PDF, and what can be wrong with the file.

It may be encrypted, cut off, damaged in parts, or hold other documents.
"""

from __future__ import annotations

import base64
import importlib
import re
import struct
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from itertools import chain
from typing import Any, Final

from auditor.files.pdfium import pdfium
from auditor.readers.source import Source, UnreadableDocument

__all__ = ["PageContents", "damaged", "opened_document"]

# What a page that shows nothing consists of: numbers, names, and operators that only prepare for
# something to be shown.
_QUIET: Final = re.compile(
    rb"(?:[-+.0-9]+|/\S*|\[|\]|<<|>>|[qQwJjMdigGkKnmlcvyhW]|W\*|T\*|cm|ri|gs|rg|RG|cs|CS|scn?|SCN?"
    rb"|re|BT|ET|T[fmdDLcwzrs]|BMC|BDC|EMC|MP|DP)"
)
# Bytes in which a filter packs nothing; more of them that unpack to nothing are damaged.
_EMPTY: Final = 40
_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD
_SECURITY: Final = 5
_OBJECT: Final = re.compile(rb"\d\s+\d+\s+obj\b")
_TRAILER: Final = re.compile(rb"trailer\s*<<.*>>", re.DOTALL)
_FLATE: Final = ("/FlateDecode", "/Fl")
_ASCII85: Final = ("/ASCII85Decode", "/A85")
_DIGITS85: Final = bytes.maketrans(bytes(range(33, 118)), bytes(range(85)))
_DEEPEST: Final = 8
_MOST_FORMS: Final = 200


@contextmanager
def opened_document(source: Source) -> Generator[Any]:
    """The document of pypdfium2, with its form fields; raises UnreadableDocument. What its texts
    are measured by is in it, whatever fonts are installed.
    """
    pypdfium2 = pdfium()

    if b"%%EOF" not in source.data.rstrip(b"\0 \r\n\t")[-2048:] and not _is_whole(source.data):
        raise damaged(source)
    try:
        document: Any = pypdfium2.PdfDocument(source.data)
    except pypdfium2.PdfiumError as fault:
        if getattr(fault, "err_code", None) in (_PASSWORD, _SECURITY):
            raise UnreadableDocument(
                source.path,
                "encrypted",
                "is encrypted; save it without a password",
                "暗号化されています。パスワードなしで保存し直してください",
            ) from None
        raise damaged(source) from None
    try:
        if PageContents(source).is_portfolio and document.count_attachments():
            raise UnreadableDocument(
                source.path,
                "portfolio",
                "is a portfolio, a PDF into which other documents are packed; take the PDF with"
                " the sheets out of it, and give that",
                "ほかの文書をまとめた PDF ポートフォリオです。"
                "シートの入った PDF を取り出して指定してください",
            )
        document.init_forms()
        yield document
    finally:
        document.close()


def _is_whole(data: bytes) -> bool:
    """Whether a file without an end mark holds all of its objects: behind the last of them stands
    the table of objects or its trailer, and no object that breaks off.
    """
    last = max(data.rfind(b"endobj"), data.rfind(b"endstream"))
    if last < 0:
        return False
    tail = data[last:]
    if _OBJECT.search(tail):
        return False
    return b"startxref" in tail or _TRAILER.search(tail) is not None


def damaged(source: Source) -> UnreadableDocument:
    """Why a broken file is not read."""
    return UnreadableDocument(
        source.path,
        "truncated",
        "the PDF file is cut off or damaged",
        "PDF ファイルが途中で切れているか壊れています",
    )


_STREAMS_OF_PAGES: Final = ("/Thumb", "/Metadata")
"""What is no content of a page."""


class PageContents:
    """The contents of a document's pages as they are packed, to see whether they are whole:
    pdfium shows what it can unpack, and says nothing of the rest.
    """

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def _reader(self) -> Any:
        """The document of pypdf, or None where it can't be opened there."""
        try:
            pypdf: Any = importlib.import_module("pypdf")
            reader = pypdf.PdfReader(BytesIO(self.source.data))
            return None if reader.is_encrypted and not reader.decrypt("") else reader
        except Exception:  # pypdf raises whatever a damaged file makes it stumble over
            return None

    @property
    def is_portfolio(self) -> bool:
        """Whether the document only serves to hold others."""
        if b"/EmbeddedFiles" not in self.source.data and b"/Type/ObjStm" not in self.source.data:
            return b"/Collection" in self.source.data
        try:
            return "/Collection" in self._reader.trailer["/Root"]
        except Exception:
            return False

    def is_damaged(self, index: int) -> bool:
        """Whether something on a page can't be unpacked, or not to its end."""
        if self._reader is None:
            return False
        try:
            page = self._reader.pages[index]
            streams = [*_streams(page.get("/Contents")), *_forms(page, set(), 0)]
        except Exception:
            return False
        return any(_is_broken(stream) for stream in streams)

    def is_blank(self, index: int) -> bool:
        """Whether a page on which pdfium finds nothing has nothing to show. If in doubt, it is
        damaged.
        """
        try:
            page = self._reader.pages[index]
            streams = _streams(page.get("/Contents"))
            if not streams and _has_streams_elsewhere(page):
                return False
            contents = [(stream.get_data().split(), len(stream._data)) for stream in streams]
        except Exception:
            return False
        return all(
            all(map(_QUIET.fullmatch, tokens)) if tokens else packed <= _EMPTY
            for tokens, packed in contents
        )


def _items(contents: Any) -> Iterator[Any]:
    yield from contents


def _streams(contents: Any) -> list[Any]:
    if contents is None:
        return []
    contents = contents.get_object()
    if not isinstance(contents, list):
        return [contents]
    return [part.get_object() for part in _items(contents)]


def _has_streams_elsewhere(page: Any) -> bool:
    """Whether a page without contents has streams under another name, as where their name was
    damaged.
    """
    values = (value for name, value in page.items() if name not in _STREAMS_OF_PAGES)
    streams = chain.from_iterable(map(_streams, values))
    return any(hasattr(stream, "get_data") for stream in streams)


def _forms(owner: Any, seen: set[int], depth: int) -> Iterator[Any]:
    """The forms that a page or form may paint, and what they hold."""
    resources = owner.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    if objects is None or depth > _DEEPEST:
        return
    for reference in objects.get_object().values():
        item = reference.get_object()
        if id(item) in seen or len(seen) > _MOST_FORMS or not hasattr(item, "get_data"):
            continue
        seen.add(id(item))
        if item.get("/Subtype") == "/Form":
            yield item
            yield from _forms(item, seen, depth + 1)


def _is_broken(stream: Any) -> bool:
    """Whether a stream can't be unpacked to its end. A missing checksum alone loses nothing."""
    if not hasattr(stream, "get_data"):  # it broke off before its data
        return True
    filters = stream.get("/Filter")
    filters = filters.get_object() if filters is not None else None
    names = [filters] if isinstance(filters, str) else list(filters or ())
    data = stream._data
    if not names:
        return False
    if names[0] in _ASCII85 and names[1:] and names[1] in _FLATE:
        try:
            data, names = _from_ascii85(data), names[1:]
        except (ValueError, struct.error):
            return True
    if names[0] in _FLATE:
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            while data[2:] and not unpacking.eof:
                unpacking.decompress(data[2:], 1 << 24)
                data = b"  " + unpacking.unconsumed_tail
        except zlib.error:
            return True
        return not unpacking.eof
    try:
        stream.get_data()
    except Exception:
        return True
    return False


def _from_ascii85(data: bytes) -> bytes:
    """What is packed as ASCII85; ten times as fast as the library. Raises ValueError."""
    body = b"".join(data.split())
    end = body.rfind(b"~>")
    if end < 0:
        raise ValueError
    body = body[2 if body.startswith(b"<~") else 0 : end]
    if b"z" in body:
        return base64.a85decode(body)
    missing = -len(body) % 5
    digits = (body + b"u" * missing).translate(_DIGITS85)
    if len(digits) != len(digits.translate(None, bytes(range(85, 256)))):
        raise ValueError
    groups = [
        (((a * 85 + b) * 85 + c) * 85 + d) * 85 + e
        for a, b, c, d, e in zip(*(digits[at::5] for at in range(5)), strict=True)
    ]
    return struct.pack(f">{len(groups)}I", *groups)[: -missing or None]
