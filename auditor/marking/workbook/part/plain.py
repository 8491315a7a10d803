"""Parts of a package without comments, so that patterns find their elements.

In XML without comments and unparsed sections every ``<`` begins a tag. A pattern finds elements
there many times faster than a parser does.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from xml.sax.saxutils import escape

from auditor.marking.workbook.splices import document_type

__all__ = ["ATTRIBUTES", "attribute", "plain", "prefix_of", "text_of"]

ATTRIBUTES: Final = rb"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*"
"""What stands in a start tag behind its name, in a pattern."""
_SPECIAL: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[(?P<text>.*?)\]\]>|<\?(?!xml[\s?]).*?\?>", re.DOTALL
)
_ROOT: Final = re.compile(rb"<([\w.-]+:)?[\w.-]+")


def plain(data: bytes) -> bytes:
    """A part in UTF-8 that holds nothing but elements and their texts. Raises PackageError where
    it declares a document type.
    """
    if b"<!" not in data and data.count(b"<?") <= 1:
        return data
    data = _SPECIAL.sub(_as_text, data)
    if b"<!" in data:
        raise document_type()
    return data


def _as_text(match: re.Match[bytes]) -> bytes:
    return escape((match["text"] or b"").decode()).encode()


def prefix_of(data: bytes) -> bytes:
    """The prefix of a part's root element (``x:``), or nothing."""
    match = _ROOT.search(data)
    return (match[1] or b"") if match is not None else b""


def text_of(data: bytes) -> str:
    """Character data of a part as a text."""
    return unescape(data.decode())


def attribute(attributes: bytes, name: bytes) -> str | None:
    """The value of an attribute in a start tag; None where it is not there."""
    pattern = rb"(?:^|\s)" + re.escape(name) + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
    match = re.search(pattern, attributes)
    if match is None:
        return None
    return text_of(match[1] if match[1] is not None else match[2])
