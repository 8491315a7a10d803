"""Parts of a package patched by splicing bytes: elements found by their offsets, and everything
around them left as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from auditor.files.ooxml import PackageError

__all__ = [
    "DECLARATION",
    "FORBIDDEN",
    "MAIN",
    "Patch",
    "Tag",
    "as_utf8",
    "tags",
    "with_attributes",
    "xml_text",
]

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # in XML


class Tag(NamedTuple):
    """An element of a part by its byte offsets: its start tag from ``start`` to ``open_end``, all
    of it to ``end``.
    """

    name: str
    attributes: dict[str, str]
    depth: int
    start: int
    open_end: int
    close: int
    end: int

    @property
    def alone(self) -> bool:
        """``<row/>``: without an end tag."""
        return self.close == self.end == self.open_end


@dataclass
class Patch:
    """A part's bytes and what is to be spliced into them."""

    data: bytes
    splices: list[tuple[int, int, bytes]] = field(default_factory=list[tuple[int, int, bytes]])

    def insert(self, at: int, text: str) -> None:
        self.replace(at, at, text)

    def replace(self, start: int, end: int, text: str) -> None:
        self.splices.append((start, end, text.encode()))

    def append(self, tag: Tag, text: str, prefix: str = "") -> None:
        """Put text at the end of an element's content."""
        if tag.alone:
            opened = self.data[tag.start : tag.open_end].decode().rstrip("/> ")
            self.replace(tag.start, tag.end, f"{opened}>{text}</{prefix}{tag.name}>")
        else:
            self.insert(tag.close, text)

    def set(self, tag: Tag, values: Mapping[str, str]) -> str:
        """An element's start tag with some attributes changed; the tag itself is spliced by
        ``replace``.
        """
        return with_attributes(self.data[tag.start : tag.open_end].decode(), values)

    @property
    def done(self) -> bytes:
        parts: list[bytes] = []
        at = 0
        for start, end, text in sorted(self.splices, key=lambda splice: (splice[0], splice[1])):
            parts += [self.data[at:start], text]
            at = end
        return b"".join([*parts, self.data[at:]])


def with_attributes(tag: str, values: Mapping[str, str]) -> str:
    """A start tag with attributes set."""
    for name, value in values.items():
        written = f" {name}={quoteattr(value)}"
        there = re.search(rf"\s{name}\s*=\s*(\"[^\"]*\"|'[^']*')", tag)
        end = len(tag) - (2 if tag.endswith("/>") else 1)
        tag = (
            tag[: there.start()] + written + tag[there.end() :]
            if there
            else tag[:end].rstrip() + written + tag[end:]
        )
    return tag


def tags(data: bytes, wanted: Callable[[str, int], bool]) -> tuple[list[Tag], str]:
    """The elements that are ``wanted`` by local name and depth, in order, and the prefix of the
    root element.
    """
    parser = expat.ParserCreate()
    open_tags: list[tuple[str, dict[str, str], int, int] | None] = []
    found: list[Tag] = []
    prefix = ""

    def refuse(*_: object) -> None:
        raise PackageError("document-type", "declares a document type", "文書型宣言(DTD)があります")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal prefix
        local = name.rpartition(":")[2]
        if not open_tags:
            prefix = name[: len(name) - len(local)]
        if not wanted(local, len(open_tags)):
            open_tags.append(None)
            return
        at = parser.CurrentByteIndex
        open_tags.append((local, attributes, at, _tag_end(data, at)))

    def end(_: str) -> None:
        opened = open_tags.pop()
        if opened is None:
            return
        local, attributes, at, open_end = opened
        if data[open_end - 2 : open_end] == b"/>":
            found.append(Tag(local, attributes, len(open_tags), at, open_end, open_end, open_end))
            return
        close = parser.CurrentByteIndex
        found.append(
            Tag(local, attributes, len(open_tags), at, open_end, close, data.index(b">", close) + 1)
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(data, True)
    return sorted(found, key=lambda tag: tag.start), prefix


def _tag_end(data: bytes, at: int) -> int:
    quote = 0
    while True:
        character = data[at]
        if quote:
            quote = 0 if character == quote else quote
        elif character in b"\"'":
            quote = character
        elif character == ord(">"):
            return at + 1
        at += 1


def as_utf8(data: bytes) -> bytes:
    """A part in UTF-8, whatever it is written in."""
    declared = re.match(
        rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']", data[:200]
    )
    encoding = (
        "utf-16"
        if data.startswith((b"\xff\xfe", b"\xfe\xff"))
        else declared[1].decode()
        if declared
        else "utf-8"
    )
    if encoding.lower() in ("utf-8", "utf8", "us-ascii", "ascii"):
        return data
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        raise PackageError(
            "encoding", "has a part in an unknown encoding", "文字コードの分からない部品があります"
        ) from None
    return re.sub(
        r"^\ufeff?<\?xml[^>]*\?>",
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        text,
        count=1,
    ).encode()


def xml_text(text: str, most: int) -> str:
    """Text for XML: without what XML can't hold, not longer than a cell or comment may be."""
    text = FORBIDDEN.sub("\ufffd", text)
    return escape(text if len(text) <= most else text[: most - 1] + "…")
