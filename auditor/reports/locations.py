"""Where findings stand, and when they were made, as programs take it: paths, URIs, lines, UTC."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final, NamedTuple
from urllib.parse import quote

from auditor.records.figures import Place
from auditor.rules.findings import Finding

__all__ = [
    "Location",
    "documents_of",
    "in_utc",
    "line_of",
    "location_of",
    "path_of",
    "uri_of",
]

_LAST_LINE: Final = 2**31 - 1
"""What programs take for a line's number."""


def path_of(path: str) -> str:
    """A document's path with forward slashes, relative to where the audit ran unless it was given
    as an absolute one; empty where there is none.
    """
    return PurePath(path).as_posix() if path and PurePath(path).parts else ""


def uri_of(path: str) -> str:
    """A document's path as a URI reference, percent-encoded as UTF-8: relative unless the path is
    absolute; empty where there is none.
    """
    text = path_of(path)
    if not PurePath(text).is_absolute():
        return _quoted(text, "/")
    if text.startswith("//"):  # a share: its server is the authority
        return f"file:{_quoted(text, '/')}"
    return f"file:///{_quoted(text.removeprefix('/'), '/:')}"


def _quoted(text: str, safe: str) -> str:
    try:  # a name that is no UTF-8 has its bytes as halves of characters
        octets = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        octets = text.encode("utf-8", "surrogatepass")
    return quote(octets, safe)


def documents_of(finding: Finding, documents: Container[str]) -> list[str]:
    """The documents that a finding is about: one, or those of a whole book."""
    path = finding.document
    parts = path.split(", ")
    if path not in documents and len(parts) > 1 and all(part in documents for part in parts):
        return parts
    return [path]


class Location(NamedTuple):
    """The path of a document, and a line of it; no line for a workbook or a page."""

    path: str
    line: int | None


def location_of(finding: Finding, documents: Container[str]) -> Location:
    """The one place that a finding is shown at: that of its first cell whose place is known, else
    the first of its documents.
    """
    cell = finding.first_placed
    if cell is None:
        return Location(documents_of(finding, documents)[0], None)
    return Location(cell.document, line_of(cell.place))


def line_of(place: Place | None) -> int | None:
    """The line of a text at which a place is; None for one in a workbook or on a page."""
    if place is None or place.line is None or place.sheet is not None or place.page is not None:
        return None
    return place.line if 0 < place.line <= _LAST_LINE else None


def in_utc(moment: datetime) -> str:
    """A moment in UTC, to the second and without a sign of its zone: 2025-08-04T06:30:10."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
