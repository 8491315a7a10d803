"""Patches parts of a package by splicing bytes.

Elements are found by their offsets, and everything around them stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr, unescape

from auditor.files.ooxml import PackageError

__all__ = [
    "DECLARATION",
    "FORBIDDEN",
    "MAIN",
    "Patch",
    "Tag",
    "as_utf8",
    "attributes_in",
    "document_type",
    "relationship_of",
    "tags",
    "text_in",
    "with_attributes",
    "xml_text",
]

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""The characters that XML can't hold."""
_MARKUP: Final = re.compile(r"<[^>]*>")
_START_TAG: Final = re.compile(rb"<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>")
"""A start tag; an attribute may hold ``>``."""
_ENCODING: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']"
)


class Tag(NamedTuple):
    """An element of a part by its byte offsets: the start tag is ``start`` to ``open_end``, the
    end tag ``close`` to ``end``. ``name`` has no prefix; the root's ``depth`` is 0.
    """

    name: str
    attributes: dict[str, str]
    depth: int
    start: int
    open_end: int
    close: int
    end: int

    @property
    def self_closing(self) -> bool:
        """``<row/>``: without an end tag."""
        return self.close == self.end == self.open_end


@dataclass
class Patch:
    """A part's bytes and what is to be spliced into them; offsets are those of the bytes."""

    data: bytes
    splices: list[tuple[int, int, bytes]] = field(default_factory=list[tuple[int, int, bytes]])

    def insert(self, at: int, text: str) -> None:
        """Put text before an offset, after the texts that were put there earlier."""
        self.replace(at, at, text)

    def replace(self, start: int, end: int, text: str) -> None:
        """Put text in the place of what stands from ``start`` to ``end``."""
        self.splices.append((start, end, text.encode()))

    def append(self, tag: Tag, text: str, prefix: str = "") -> None:
        """Put text at the end of an element's content."""
        if tag.self_closing:
            opened = self.data[tag.start : tag.open_end].decode().rstrip("/> ")
            self.replace(tag.start, tag.end, f"{opened}>{text}</{prefix}{tag.name}>")
        else:
            self.insert(tag.close, text)

    def set_attributes(self, tag: Tag, values: Mapping[str, str]) -> None:
        """Change some attributes of an element."""
        start_tag = self.data[tag.start : tag.open_end].decode()
        self.replace(tag.start, tag.open_end, with_attributes(start_tag, values))

    @property
    def result(self) -> bytes:
        """The bytes with everything spliced in."""
        parts: list[bytes] = []
        at = 0
        for start, end, text in sorted(self.splices, key=lambda splice: (splice[0], splice[1])):
            parts += [self.data[at:start], text]
            at = end
        return b"".join([*parts, self.data[at:]])


def with_attributes(start_tag: str, values: Mapping[str, str]) -> str:
    """A start tag with some attributes changed or added."""
    for name, value in values.items():
        attribute = f" {name}={quoteattr(value)}"
        match = re.search(rf"\s{name}\s*=\s*(\"[^\"]*\"|'[^']*')", start_tag)
        if match:
            start_tag = start_tag[: match.start()] + attribute + start_tag[match.end() :]
        else:
            end = len(start_tag) - (2 if start_tag.endswith("/>") else 1)
            start_tag = start_tag[:end].rstrip() + attribute + start_tag[end:]
    return start_tag


def attributes_in(values: Mapping[str, str]) -> str:
    """Attributes as a start tag holds them."""
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def relationship_of(tag: Tag) -> str:
    """The relationship that an element names: ``r:id`` under whatever prefix, or nothing. An
    ``id`` alone would be another attribute.
    """
    names = (name for name in tag.attributes if ":" in name and _local_name(name) == "id")
    name = next(names, None)
    return "" if name is None else tag.attributes[name]


def _local_name(name: str) -> str:
    """A name without its prefix: ``id`` of ``r:id``."""
    return name[name.rfind(":") + 1 :]


def document_type() -> PackageError:
    """The fault of a part that declares a document type."""
    return PackageError("document-type", "declares a document type", "文書型宣言（DTD）があります")


def tags(data: bytes, choose: Callable[[str, int], bool]) -> tuple[list[Tag], str]:
    """The elements that ``choose`` takes by local name and depth, in order, and the prefix of the
    root element (``x:``, or nothing).

    ``data`` is in UTF-8. Raises PackageError for a part that declares a document type, and
    ExpatError for one that is no XML.
    """
    parser = expat.ParserCreate()
    open_tags: list[tuple[str, dict[str, str], int, int] | None] = []
    elements: list[Tag] = []
    prefix = ""

    def refuse(*_: object) -> None:
        raise document_type()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal prefix
        local = _local_name(name)
        if not open_tags:
            prefix = name[: len(name) - len(local)]
        if not choose(local, len(open_tags)):
            open_tags.append(None)
            return
        at = parser.CurrentByteIndex
        tag = _START_TAG.match(data, at)
        assert tag is not None, "the parser found a tag there"
        open_tags.append((local, attributes, at, tag.end()))

    def end(_: str) -> None:
        opened = open_tags.pop()
        if opened is None:
            return
        local, attributes, at, open_end = opened
        depth = len(open_tags)
        if data[open_end - 2 : open_end] == b"/>":
            elements.append(Tag(local, attributes, depth, at, open_end, open_end, open_end))
            return
        close = parser.CurrentByteIndex
        close_end = data.index(b">", close) + 1
        elements.append(Tag(local, attributes, depth, at, open_end, close, close_end))

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(data, True)
    return sorted(elements, key=lambda tag: tag.start), prefix


def as_utf8(data: bytes) -> bytes:
    """A part in UTF-8, whatever its encoding is; raises PackageError for an unknown one."""
    encoding = "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif match := _ENCODING.match(data[:200]):
        encoding = match[1].decode()
    if encoding.lower() in ("utf-8", "utf8", "us-ascii", "ascii"):
        return data
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        raise PackageError(
            "encoding", "has a part in an unknown encoding", "文字コードの分からない部品があります"
        ) from None
    return re.sub(r"^\ufeff?<\?xml[^>]*\?>", DECLARATION.rstrip(), text, count=1).encode()


def text_in(data: bytes, tag: Tag) -> str:
    """The text of an element and of those inside."""
    return unescape(_MARKUP.sub("", data[tag.open_end : tag.close].decode()))


def xml_text(text: str, most: int) -> str:
    """Text for XML: without the characters that XML can't hold, and of at most ``most``
    characters.
    """
    text = FORBIDDEN.sub("\ufffd", text)
    return escape(text if len(text) <= most else text[: most - 1] + "…")
