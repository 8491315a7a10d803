"""The records of an old workbook's worksheet (BIFF), walked over to see whether all are there.

xlrd takes the first thing that looks like an end for the end, and gives an empty worksheet.
"""

from __future__ import annotations

from struct import unpack_from
from typing import Final

__all__ = ["is_whole"]

_BOF: Final = 0x0809
_EOF: Final = 0x000A
_DIMENSIONS: Final = 0x0200
_LONGEST: Final = 8_228
_KINDS: Final = frozenset([0x00, 0x01, 0x02, 0x04, 0x08, 0x10])
"""The high bytes of the numbers that kinds of records have."""


def is_whole(stream: bytes, start: int, end: int) -> bool:
    """Whether the worksheet whose records begin at ``start`` has all of them, up to an end behind
    which the next worksheet or nothing follows. The stream ends before ``end``.
    """
    at, depth, has_size = start, 0, False
    while at + 4 <= end:
        kind, length = unpack_from("<HH", stream, at)
        at += 4 + length
        if length > _LONGEST or kind >> 8 not in _KINDS or at > end:
            return False
        if kind == _BOF:  # a chart has records of its own inside
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if length:
                return False
        elif kind == _DIMENSIONS and depth == 1:
            has_size = True
        if depth == 0:
            return has_size and _is_end(stream, at, end)
    return False


def _is_end(stream: bytes, at: int, end: int) -> bool:
    """Whether another worksheet begins here, or nothing but padding is left."""
    if at + 4 <= end and unpack_from("<H", stream, at)[0] == _BOF:
        return True
    return not any(stream[at:end])
