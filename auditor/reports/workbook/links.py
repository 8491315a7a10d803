"""Links from a workbook to the documents and their marked copies, which lie beside it.

A link's target is relative, and nothing in a file's name can make it another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from auditor.records.addresses import parse_address
from auditor.records.figures import Place

__all__ = ["NO_LINKS", "Copy", "Links", "copy_of", "external", "internal"]

_LONGEST: Final = 2_000
"""Excel takes 2,080 characters in a link, and as many in the place behind it."""
_LONGEST_NAME: Final = 31
"""The longest name that Excel takes for a worksheet."""
_REFUSED: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\\ud800-\udfff\ufffe\uffff]')
"""What no name on Windows has: a scheme, a drive or another separator would need it."""
_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f\[\]:*?/\\\ud800-\udfff\ufffe\uffff]")
"""What no worksheet's name has."""
_ESCAPED: Final = re.compile(r"[%# \[\]^`{}]")
_WORKBOOKS: Final = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls")


class Copy(NamedTuple):
    """What a document's links lead to: its marked copy, or the document itself.

    ``path`` is relative to the workbook that has the link, with ``/`` between folders. ``pages``
    are the numbers that the document's pages have in a copy that holds some of them alone; empty
    where it holds all.
    """

    path: str
    pages: Mapping[int, int] = MappingProxyType({})


Links = Mapping[tuple[str, str], Copy]
"""The copies by document and department; under the empty department, those for all others."""

NO_LINKS: Final[Links] = MappingProxyType({})


def copy_of(document: str, department: str, links: Links) -> Copy | None:
    """What the links to a document lead to from the entry of a department; None for no link."""
    return links.get((document, department)) or links.get((document, ""))


def external(copy: Copy, place: Place | None) -> str:
    """The link to a file, at a place of it where it has one: ``external:課/a.xlsx#'表'!M16``.

    Empty for a path that is not relative, or that a file on Windows could not have.
    """
    target = _target(copy.path)
    anchor = _anchor(copy, place) if place is not None else ""
    return f"external:{target}#{anchor}" if target and anchor else target and f"external:{target}"


def internal(worksheet: str, cell: str) -> str:
    """The link to a cell of the same workbook."""
    return f"internal:{_quoted(worksheet)}!{cell}"


def _target(path: str) -> str:
    """The path as a relative reference, escaped so that it is read back as the same path."""
    if _REFUSED.search(path) or path.startswith("/") or not path.strip("/."):
        return ""
    target = _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", path)
    if not path.startswith("."):
        target = f"./{target}"  # XlsxWriter looks for a drive, and takes ./ away
    return target if len(target) <= _LONGEST else ""


def _anchor(copy: Copy, place: Place) -> str:
    name = copy.path.casefold()
    if place.page is not None and name.endswith(".pdf"):
        page = copy.pages.get(place.page) if copy.pages else place.page
        return f"page={page}" if page is not None else ""
    if not place.sheet or not place.cell or not name.endswith(_WORKBOOKS):
        return ""
    usable = len(place.sheet) <= _LONGEST_NAME and not _NOT_IN_NAMES.search(place.sheet)
    return f"{_quoted(place.sheet)}!{place.cell}" if usable and parse_address(place.cell) else ""


def _quoted(worksheet: str) -> str:
    return "'" + worksheet.replace("'", "''") + "'"
