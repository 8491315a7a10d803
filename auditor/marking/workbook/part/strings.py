"""The shared texts of a part of a workbook: those that its cells hold, the others empty."""

from __future__ import annotations

import re
from collections.abc import Collection

from auditor.marking.workbook.part.plain import ATTRIBUTES, prefix_of

__all__ = ["with_strings"]


def with_strings(data: bytes, numbers: Collection[int]) -> bytes:
    """The part of the shared texts, without comments, with the texts of some ``numbers`` from 0.
    The others are empty, so that the cells' numbers stay true.
    """
    prefix = prefix_of(data)
    item = rb"<" + prefix + rb"si(?=[\s/>])" + ATTRIBUTES
    pattern = re.compile(item + rb"(?:/>|>.*?</" + prefix + rb"si\s*>)", re.DOTALL)
    empty = b"<%ssi><%st/></%ssi>" % (prefix, prefix, prefix)
    pieces: list[bytes] = []
    end = 0
    for number, match in enumerate(pattern.finditer(data)):
        pieces += [data[end : match.start()], match[0] if number in numbers else empty]
        end = match.end()
    # What stands behind the texts tells of them.
    close = data.rfind(b"</")
    return b"".join([*pieces, data[max(end, close) :]])
