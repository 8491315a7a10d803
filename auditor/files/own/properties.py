"""The properties of an Office file in which the program says that it wrote the file.

They are custom properties (``docProps/custom.xml``), which spreadsheet and word processors keep
when they save a file again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from xml.dom import minidom
from xml.dom.minidom import Element

from auditor.files.ooxml import PackageError, parse_xml
from auditor.records.own import PROGRAM, OwnKind

__all__ = [
    "CONTENT_TYPE",
    "PART",
    "RELATIONSHIP",
    "STRICT_RELATIONSHIP",
    "own_properties",
    "part_of_properties",
    "with_kind",
]

PART: Final = "docProps/custom.xml"
CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
RELATIONSHIP: Final = "custom-properties"
"""The last word of the type of the relationship that leads to the part."""
STRICT_RELATIONSHIP: Final = "customProperties"
"""The same in the strict flavour."""

_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PROPERTIES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""The format of custom properties, which each of them names."""
_FIRST: Final = 2
"""Properties are numbered from here."""
_ROOT_RELS: Final = "_rels/.rels"
_TYPES: Final = "[Content_Types].xml"


def own_properties(data: bytes, part: str = PART) -> dict[str, str]:
    """The program's own properties in the part ``data``, by their names without the program's:
    ``""`` is the kind of the file. Raises PackageError for what is no XML.
    """
    properties: dict[str, str] = {}
    name = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal name
        if tag == "property":
            name = attributes.get("name", "")

    def text(content: str) -> None:
        if name == PROGRAM or name.startswith(f"{PROGRAM} "):
            key = name.removeprefix(PROGRAM).strip()
            properties[key] = properties.get(key, "") + content.strip()

    parse_xml(iter([data]), part, start, text=text)
    return properties


def part_of_properties(data: bytes | None, properties: Mapping[str, str]) -> bytes:
    """The part of properties with the program's own, in place of those that are there; those of
    others stay. ``data`` is the part as it is, None for none. Raises PackageError.
    """
    if data is None:
        data = f'<Properties xmlns="{_PROPERTIES}"/>'.encode()
    parse_xml(iter([data]), PART)  # refuses entities
    document = minidom.parseString(data)
    root = document.documentElement
    if root is None:
        raise PackageError("broken-properties", "has no properties", "プロパティを読めません")
    numbers = [_FIRST - 1]
    for element in list(_elements(root)):
        name = element.getAttribute("name")
        if name == PROGRAM or name.startswith(f"{PROGRAM} "):
            root.removeChild(element)
        elif element.getAttribute("pid").isdecimal():
            numbers.append(int(element.getAttribute("pid")))
    for number, (name, value) in enumerate(properties.items(), max(numbers) + 1):
        element = document.createElementNS(_PROPERTIES, "property")
        element.setAttribute("xmlns", _PROPERTIES)
        element.setAttribute("fmtid", _FORMAT)
        element.setAttribute("pid", str(number))
        element.setAttribute("name", f"{PROGRAM} {name}".strip())
        text = document.createElementNS(_VALUES, "vt:lpwstr")
        text.setAttribute("xmlns:vt", _VALUES)
        text.appendChild(document.createTextNode(value))
        element.appendChild(text)
        root.appendChild(element)
    written: bytes = document.toxml(encoding="UTF-8", standalone=True)
    return written


def with_kind(parts: Mapping[str, bytes], kind: OwnKind) -> dict[str, bytes]:
    """The parts of an Office file with the property that says what the program wrote it as."""
    written = {**parts, PART: part_of_properties(parts.get(PART), {"": kind})}
    if PART not in parts:
        attributes = {
            "Id": "rIdAudit",
            "Type": f"{_RELATIONSHIPS}/{RELATIONSHIP}",
            "Target": PART,
        }
        written[_ROOT_RELS] = _with_child(parts[_ROOT_RELS], "Relationship", attributes)
        attributes = {"PartName": f"/{PART}", "ContentType": CONTENT_TYPE}
        written[_TYPES] = _with_child(parts[_TYPES], "Override", attributes)
    return written


def _elements(root: Element) -> Iterator[Element]:
    return (node for node in root.childNodes if isinstance(node, Element))


def _with_child(data: bytes, name: str, attributes: Mapping[str, str]) -> bytes:
    """A part with one more element below its root, under the root's own prefix."""
    parse_xml(iter([data]), name)  # refuses entities
    document = minidom.parseString(data)
    root = document.documentElement
    assert root is not None, "a part has a root"
    prefix = f"{root.prefix}:" if root.prefix else ""
    element = document.createElement(prefix + name)
    for key, value in attributes.items():
        element.setAttribute(key, value)
    root.appendChild(element)
    written: bytes = document.toxml(encoding="UTF-8", standalone=True)
    return written
