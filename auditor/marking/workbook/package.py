"""The package of a marked workbook.

It has the original parts, those that change, and the names, relationships and content types of
new ones.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from io import BytesIO
from typing import Final, NamedTuple

from auditor.files.ooxml import ZIP_EPOCH, Package, Relationship, part_name, rels_of
from auditor.files.own.properties import (
    CONTENT_TYPE,
    PART,
    RELATIONSHIP,
    STRICT_RELATIONSHIP,
    part_of_properties,
)
from auditor.marking.workbook.splices import (
    DECLARATION,
    MAIN,
    Patch,
    as_utf8,
    relationship_of,
    tags,
)

__all__ = ["SPREADSHEET", "NewRelationships", "PackageCopy"]

SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
"""What the content types of a workbook's parts begin with."""

_TRANSITIONAL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_STRICT_MAIN: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_PACKAGE_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES: Final = "[Content_Types].xml"
_VML_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"


class PackageCopy:
    """A copy of a workbook's package. ``changed`` has the bytes of new and changed parts, by
    name, and ``content_types`` the type of each new part. Parts that are ``left_out``, by their
    names in lower case, do not come along.
    """

    main: str
    package: Package

    def __init__(self, package: Package) -> None:
        self.package, self.main = package, package.main
        self.changed: dict[str, bytes] = {}
        self.content_types: list[tuple[str, str]] = []
        self.left_out: frozenset[str] = frozenset()

    def part(self, name: str) -> bytes:
        """A part as it is by now, in UTF-8."""
        return self.changed.get(name) or as_utf8(self.package.read(name))

    @property
    def is_signed(self) -> bool:
        """Whether the workbook has a digital signature."""
        relationships = self.package.relationships("").values()
        return any(rel.type.endswith("/digital-signature/origin") for rel in relationships)

    def __contains__(self, name: str) -> bool:
        return name in self.package or name in self.changed

    def related(self, part: str, kind: str) -> str | None:
        """The part of some kind that a part points to, or None."""
        return next(self.package.related(part, kind), None)

    def free_name(self, pattern: str) -> str:
        """A name that no part has; ``pattern`` holds ``{}`` for a number."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    @cached_property
    def worksheets(self) -> dict[str, str]:
        """The part of each worksheet, by the worksheet's name."""
        rels = self.package.relationships(self.main)
        sheets, _ = tags(self.part(self.main), lambda name, depth: name == "sheet" and depth == 2)
        worksheets: dict[str, str] = {}
        for sheet in sheets:
            rel = rels.get(relationship_of(sheet))
            if rel is not None and rel.kind == "worksheet":
                worksheets[sheet.attributes.get("name", "")] = rel.target
        return worksheets

    @cached_property
    def relationship_namespace(self) -> str:
        """The namespace of relationships in the workbook's flavour, strict or transitional."""
        strict = b"purl.oclc.org/ooxml" in self.part(self.main)[:4000]
        return _STRICT if strict else _TRANSITIONAL

    @property
    def main_namespace(self) -> str:
        """The namespace of worksheets in the workbook's flavour."""
        return _STRICT_MAIN if self.relationship_namespace == _STRICT else MAIN

    def keep_parts(self, parts: Iterable[str]) -> None:
        """Leave out all parts but some; those keep their relationships."""
        names = ["", *parts]
        staying = {_CONTENT_TYPES.casefold(), *map(str.casefold, names)}
        staying |= {rels_of(name).casefold() for name in names}
        self.left_out = frozenset(self.package.entries.keys() - staying)

    def set_properties(self, properties: Mapping[str, str]) -> None:
        """Let the copy say what it is; see ``auditor.files.own``. What it said before goes."""
        kinds = (RELATIONSHIP, STRICT_RELATIONSHIP)
        part = next(filter(None, (self.related("", kind) for kind in kinds)), None)
        before = None if part is None else self.part(part)
        if part is None:
            part = PART if PART not in self else self.free_name("docProps/custom{}.xml")
            self.content_types.append((part, CONTENT_TYPE))
            strict = self.relationship_namespace == _STRICT
            relationships = NewRelationships(self, "")
            relationships.add(kinds[strict], part)
            relationships.write()
        self.changed[part] = part_of_properties(before, properties)

    def as_written(self, name: str) -> bytes:
        """The bytes that a part has in the copy."""
        return self.changed.get(name) or self.package.read(name)

    def zipped(self, level: int | None = None) -> bytes:
        """The bytes of the copy: parts in their old order, then the new ones. ``level`` is how hard
        they are packed, from 1 to 9.
        """
        self._declare_types()
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            new = dict(self.changed)
            spelling = {name.casefold(): name for name in reversed(new)}
            for entry in self.package.zip.infolist():
                name = part_name(entry.filename)
                if name.casefold() in self.left_out:
                    continue
                changed = spelling.pop(name.casefold(), None)
                if changed is not None:
                    data = new.pop(changed)
                else:
                    data = b"" if entry.is_dir() else self.package.read(name)
                archive.writestr(_header_like(entry), data, compresslevel=level)
            for name, data in new.items():
                header = zipfile.ZipInfo(name, ZIP_EPOCH)
                archive.writestr(header, data, zipfile.ZIP_DEFLATED, level)
        return buffer.getvalue()

    def _declare_types(self) -> None:
        """Add the types of the new parts to the list of content types, without those of parts that
        are left out.
        """
        patch = Patch(self.part(_CONTENT_TYPES))
        elements, prefix = tags(patch.data, lambda _, depth: depth <= 1)
        root = elements[0]
        extensions = {
            tag.attributes.get("Extension", "").casefold()
            for tag in elements
            if tag.name == "Default"
        }
        drawings = [
            part for part in self.changed if part.endswith(".vml") and part not in self.package
        ]
        if drawings and "vml" not in extensions:
            first = next((tag for tag in elements if tag.depth == 1), None)
            default = f'<{prefix}Default Extension="vml" ContentType="{_VML_TYPE}"/>'
            patch.insert(first.start if first else root.close, default)
        for tag in elements:
            part = part_name(tag.attributes.get("PartName", "")).lstrip("/").casefold()
            if tag.name == "Override" and part in self.left_out:
                patch.replace(tag.start, tag.end, "")
        overrides = [
            f'<{prefix}Override PartName="/{part}" ContentType="{kind}"/>'
            for part, kind in self.content_types
        ]
        patch.append(root, "".join(overrides), prefix)
        self.changed[_CONTENT_TYPES] = patch.result


def _header_like(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(part_name(entry.filename), entry.date_time)
    header.compress_type = entry.compress_type
    header.external_attr = entry.external_attr
    header.create_system = entry.create_system
    return header


class _NewRelationship(NamedTuple):
    id: str
    type: str
    target: str


class NewRelationships:
    """The relationships that one part gets; ``write`` adds them all to the copy."""

    def __init__(self, copy: PackageCopy, part: str) -> None:
        self._copy, self._part = copy, part
        self.existing: Mapping[str, Relationship] = copy.package.relationships(part)
        self._new: list[_NewRelationship] = []

    def add(self, kind: str, target: str) -> str:
        """A relationship to the part ``target``; returns its id."""
        ids = {*self.existing, *(rel.id for rel in self._new)}
        number = 1
        while f"rIdAudit{number}" in ids:
            number += 1
        name = f"rIdAudit{number}"
        self._new.append(
            _NewRelationship(name, f"{self._copy.relationship_namespace}/{kind}", target)
        )
        return name

    def write(self) -> None:
        if not self._new:
            return
        copy, name = self._copy, rels_of(self._part)
        folder = posixpath.dirname(self._part)
        if name not in copy:
            copy.changed[name] = (
                f'{DECLARATION}<Relationships xmlns="{_PACKAGE_RELS}">'
                f"{_relationship_elements(self._new, folder, '')}</Relationships>"
            ).encode()
            return
        patch = Patch(copy.part(name))
        elements, prefix = tags(patch.data, lambda _, depth: depth == 0)
        patch.append(elements[0], _relationship_elements(self._new, folder, prefix), prefix)
        copy.changed[name] = patch.result


def _relationship_elements(
    relationships: Sequence[_NewRelationship], folder: str, prefix: str
) -> str:
    return "".join(
        f'<{prefix}Relationship Id="{rel.id}" Type="{rel.type}" '
        f'Target="{posixpath.relpath(rel.target, folder)}"/>'
        for rel in relationships
    )
