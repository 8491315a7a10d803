"""Office Open XML packages (.xlsx, .xlsm), opened within limits.

Their parts are streamed, and parsed without entities.

Nothing here knows what a part means. Whatever is wrong with a package is a PackageError that says
so in both languages.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from io import BytesIO
from typing import Final, NamedTuple
from xml.parsers import expat

from auditor.records.errors import CodedError

__all__ = [
    "ZIP_EPOCH",
    "Disordered",
    "Limits",
    "Package",
    "PackageError",
    "Relationship",
    "is_zip",
    "package_of",
    "parse_xml",
    "part_name",
    "rels_of",
]

_CHUNK: Final = 1 << 16
_MIB: Final = 1 << 20
_XML_LOCAL: Final = "}"
_PARSED_ENCODINGS: Final = re.compile(
    r"utf-8|utf-16(le|be)?|(us-)?ascii|iso-8859-(1[013456]?|[2-9])|(windows-|cp)125[0-8]",
    re.IGNORECASE,
)
"""Of any other encoding, expat raises an error that a handler might raise too."""


ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of parts that the program writes, so that equal packages are equal files."""


class PackageError(CodedError):
    """A package that can't be used."""


class Disordered(PackageError):
    """A part of XML whose elements stand where they can't, or lack what each of them has."""


@dataclass(frozen=True)
class Limits:
    """How much of a workbook is read. ``ratio`` of unzipped to zipped bytes counts for parts
    larger than ``ratio_from``.

    Areas are in cells, sizes in bytes; ``cells`` counts those that only have looks too. A
    worksheet has 1,048,576 rows and 16,384 columns at most.
    """

    unzipped: int = 512 * _MIB
    ratio: int = 200
    ratio_from: int = 4 * _MIB
    parts: int = 20_000
    worksheets: int = 2_000
    cells: int = 3_000_000
    filled_cells: int = 600_000
    merges: int = 200_000
    merged_area: int = 2_000_000
    merged_area_once: int = 500_000
    strings: int = 2_000_000

    def raised(self, factor: int) -> Limits:
        """``factor`` times as much of everything."""
        return Limits(*(getattr(self, limit.name) * factor for limit in fields(self)))


class Relationship(NamedTuple):
    """What a part points to: ``target`` is the other part's name, or an address outside of the
    package.
    """

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last word of the type, the same in the strict and the transitional flavour."""
        return self.type.rpartition("/")[2]


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def package_of(parts: Mapping[str, bytes]) -> bytes:
    """The bytes of a package with some parts, by their names."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


class Package:
    """A zip of parts. Raises PackageError for what no spreadsheet program writes: such files are
    made to do harm, or are broken.
    """

    zip: zipfile.ZipFile

    def __init__(self, data: bytes, limits: Limits | None = None) -> None:
        self.limits: Limits = limits or Limits()
        try:
            self.zip = zipfile.ZipFile(BytesIO(data))
            entries = self.zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, OverflowError, NotImplementedError):
            raise PackageError(
                "truncated",
                "the file is cut off or damaged: its zip directory can't be read",
                "ファイルが途中で切れているか壊れています",
            ) from None
        self.entries: dict[str, zipfile.ZipInfo] = {}
        self._relationships: dict[str, Mapping[str, Relationship]] = {}
        self._check(entries)

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        limits = self.limits
        if len(entries) > limits.parts:
            raise PackageError(
                "too-many-parts",
                f"holds more than {limits.parts:,} parts",
                f"部品が{limits.parts:,}個を超えています",
            )
        total = 0
        for entry in entries:
            name = part_name(entry.filename)
            parts = name.rstrip("/").split("/")
            if name.startswith("/") or "\0" in name or ".." in parts or ":" in parts[0]:
                raise PackageError(
                    "bad-part-name",
                    f"a part has a name that leads out of the file: {name!r}",
                    f"部品の名前が不正です：{name!r}",
                )
            key = name.casefold()
            if key in self.entries:
                raise PackageError(
                    "duplicate-part",
                    f"holds two parts named {name!r}",
                    f"同じ名前の部品が2つあります：{name!r}",
                )
            if entry.flag_bits & 1:
                raise PackageError(
                    "encrypted",
                    "is encrypted; save it without a password",
                    "暗号化されています。パスワードなしで保存し直してください",
                )
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise PackageError(
                    "compression",
                    f"part {name!r} is compressed in an unknown way",
                    f"部品 {name!r} の圧縮方式に対応していません",
                )
            if entry.file_size > limits.ratio_from and entry.file_size > limits.ratio * max(
                entry.compress_size, 1
            ):
                raise PackageError(
                    "zip-bomb",
                    f"part {name!r} unpacks to more than {limits.ratio} times its size",
                    f"部品 {name!r} が展開すると{limits.ratio}倍を超えます",
                )
            total += entry.file_size
            self.entries[key] = entry
        if total > limits.unzipped:
            size = f"{limits.unzipped // _MIB} MiB"
            raise PackageError(
                "too-large-unzipped",
                f"unpacks to more than {size}",
                f"展開すると {size} を超えます",
            )

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self.entries

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, a piece at a time."""
        entry = self.entries.get(name.casefold())
        if entry is None:
            raise PackageError(
                "missing-part", f"part {name!r} is missing", f"部品 {name!r} がありません"
            )
        try:
            with self.zip.open(entry) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError):
            raise PackageError(
                "damaged-part", f"part {name!r} is damaged", f"部品 {name!r} が壊れています"
            ) from None

    def read(self, name: str) -> bytes:
        """All bytes of a part."""
        return b"".join(self.chunks(name))

    def relationships(self, name: str) -> Mapping[str, Relationship]:
        """What a part points to, by id; nothing where it has no relationships. The package's own
        are those of ``""``.
        """
        if name not in self._relationships:
            self._relationships[name] = self._parsed_relationships(name)
        return self._relationships[name]

    def related(self, name: str, kind: str) -> Iterator[str]:
        """The parts of the package that a part points to by a kind of relationship."""
        for rel in self.relationships(name).values():
            if rel.kind == kind and not rel.external and rel.target in self:
                yield rel.target

    def _parsed_relationships(self, name: str) -> dict[str, Relationship]:
        rels = rels_of(name)
        if rels not in self:
            return {}
        folder = posixpath.dirname(name)
        relationships: dict[str, Relationship] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship":
                external = attributes.get("TargetMode") == "External"
                target = attributes.get("Target", "")
                if not external:
                    target = part_name(target)
                    joined = target if target.startswith("/") else f"/{folder}/{target}"
                    target = posixpath.normpath(joined).lstrip("/")
                relationships[attributes.get("Id", "")] = Relationship(
                    attributes.get("Id", ""), attributes.get("Type", ""), target, external
                )

        parse_xml(self.chunks(rels), rels, start)
        return relationships

    @cached_property
    def content_types(self) -> Mapping[str, str]:
        """The content types: of a part by ``/name`` in lower case, of an extension by itself."""
        types: dict[str, str] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Override":
                name = part_name(attributes.get("PartName", ""))
                types[name.casefold()] = attributes.get("ContentType", "")
            elif tag == "Default":
                types[attributes.get("Extension", "").casefold()] = attributes.get(
                    "ContentType", ""
                )

        parse_xml(self.chunks("[Content_Types].xml"), "[Content_Types].xml", start)
        return types

    def content_type(self, name: str) -> str:
        """The content type of a part."""
        return self.content_types.get(f"/{name.casefold()}") or self.content_types.get(
            name.casefold().rpartition(".")[2], ""
        )

    @cached_property
    def main(self) -> str:
        """The name of the document's main part."""
        rels = self.relationships("").values()
        name = next(
            (rel.target for rel in rels if rel.kind == "officeDocument" and not rel.external), None
        )
        if name is None or name not in self:
            raise PackageError(
                "no-workbook",
                "is a zip archive, but no workbook",
                "zip ファイルですが、ブックではありません",
            )
        return name


def part_name(written: str) -> str:
    """The name of a part as the standard spells it. Some programs on Windows write its folders
    with backslashes, and Excel opens what they write.
    """
    return written.replace("\\", "/")


def rels_of(name: str) -> str:
    """The name of the part that holds a part's relationships."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels".lstrip("/")


def parse_xml(
    chunks: Iterator[bytes],
    part: str,
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    *,
    prefixed: bool = False,
) -> None:
    """Stream a part through expat. Names come without their namespace, or ``prefixed`` as written
    (which is faster).

    Document types are refused, and with them every entity but the five of XML itself. Where what
    takes up the elements stumbles (LookupError, ValueError), the part is damaged: Disordered.
    """
    parser = (
        expat.ParserCreate() if prefixed else expat.ParserCreate(namespace_separator=_XML_LOCAL)
    )
    parser.buffer_text = True
    parser.buffer_size = _CHUNK

    def refuse(*_: object) -> None:
        raise PackageError(
            "document-type",
            f"part {part!r} declares a document type or entities",
            f"部品 {part!r} に文書型宣言（DTD）があります",
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = _encoding_check(part)
    if prefixed:
        parser.StartElementHandler = start
        parser.EndElementHandler = end
    else:
        parser.StartElementHandler = _without_namespace(start)
        parser.EndElementHandler = (lambda tag: end(tag.rpartition(_XML_LOCAL)[2])) if end else None
    parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise PackageError(
            "broken-xml",
            f"part {part!r} is no XML from line {fault.lineno} on",
            f"部品 {part!r} の{fault.lineno}行目を XML として読めません",
        ) from None
    except (LookupError, ValueError) as fault:
        line = parser.CurrentLineNumber
        raise Disordered(
            "damaged-part",
            f"part {part!r} is damaged in line {line}: an element is out of its place or "
            "incomplete",
            f"部品 {part!r} の{line}行目が壊れています（要素の位置または内容が正しくありません）",
        ) from fault


def _encoding_check(part: str) -> Callable[[str, str | None, int], None]:
    """What refuses a part whose declaration names an encoding that expat doesn't know."""

    def check(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and _PARSED_ENCODINGS.fullmatch(encoding) is None:
            raise PackageError(
                "broken-xml",
                f"part {part!r} is written in an encoding that can't be read: {encoding[:40]!r}",
                f"部品 {part!r} の文字コード {encoding[:40]!r} は読み取れません",
            )

    return check


def _without_namespace(
    start: Callable[[str, dict[str, str]], None] | None,
) -> Callable[[str, dict[str, str]], None] | None:
    if start is None:
        return None
    handler = start

    def local(tag: str, attributes: dict[str, str]) -> None:
        handler(
            tag.rpartition(_XML_LOCAL)[2],
            {name.rpartition(_XML_LOCAL)[2]: value for name, value in attributes.items()},
        )

    return local
