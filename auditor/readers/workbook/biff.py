"""The records of an old workbook's worksheet (BIFF): whether all are there, and its formulas.

xlrd takes the first thing that looks like an end for the end, and gives an empty worksheet. Of
formulas it gives results, those too that nobody has computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from struct import unpack_from
from typing import Final

__all__ = ["Records", "never_calculated", "records_of"]

_BOF: Final = 0x0809
_EOF: Final = 0x000A
_DIMENSIONS: Final = 0x0200
_FORMULA: Final = 0x0006
_LONGEST: Final = 8_228
_KINDS: Final = frozenset([0x00, 0x01, 0x02, 0x04, 0x08, 0x10])
"""The high bytes of the numbers that kinds of records have."""

_TOKENS_AT: Final = 22
"""Where in a formula's record its tokens begin, behind their length."""
_EMPTY_TEXT: Final = (3, 0xFFFF)
"""The first byte and the last two of a result that is an empty text."""
_ON_LOAD: Final = 2
"""The flag of a formula that is to be calculated when the workbook is opened."""

# Tokens of formulas, whose last one says what the whole gives. Those of three classes (references,
# values, arrays) differ by 32.
_TEXT: Final = 0x17
_ATTRIBUTE: Final = 0x19
_CALLS: Final = frozenset([0x21, 0x22])
_SKIPPED: Final = frozenset([0x12, 0x15])
"""A plus sign and parentheses leave what they are given."""
_ARITHMETIC: Final = frozenset([0x03, 0x04, 0x05, 0x06, 0x07, 0x13, 0x14, 0x1E, 0x1F])
"""The tokens of operators and constants that give numbers."""
_SUM_OF_ONE: Final = 0x10
_CHOICE: Final = 0x04
_SPACE: Final = 0x40
_NUMBERS: Final = frozenset([0, 4, 5, 6, 7, 24, 25, 26, 27, 39, 212, 213, 228, 344, 345])
"""The functions COUNT, SUM, AVERAGE, MIN, MAX, ABS, INT, SIGN, ROUND, MOD, ROUNDUP, ROUNDDOWN,
SUMPRODUCT, SUBTOTAL and SUMIF.
"""
_SIZES: Final[Mapping[int, int]] = {
    **dict.fromkeys(range(0x03, 0x17), 1),
    **dict.fromkeys((0x1C, 0x1D), 2),
    **dict.fromkeys((0x1E, 0x21, 0x29), 3),
    **dict.fromkeys((0x22,), 4),
    **dict.fromkeys((0x23, 0x24, 0x2A, 0x2C), 5),
    **dict.fromkeys((0x26, 0x27, 0x28, 0x39, 0x3A, 0x3C), 7),
    **dict.fromkeys((0x20,), 8),
    **dict.fromkeys((0x1F, 0x25, 0x2B, 0x2D), 9),
    **dict.fromkeys((0x3B, 0x3D), 11),
}
"""The lengths of tokens; those of texts and attributes differ."""


@dataclass
class Records:
    """What the records of a worksheet say: whether all are there, up to an end behind which the
    next worksheet or nothing follows, and which cells have formulas, by row and column from 1.

    Of the ``formulas``, ``uncalculated`` are those that were certainly never computed, ``empty``
    those that store an empty text, which may be their result.
    """

    is_whole: bool = False
    has_results: bool = False
    formulas: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    uncalculated: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    empty: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])


def records_of(stream: bytes, start: int, end: int) -> Records:
    """The records of the worksheet that begin at ``start``. The stream ends before ``end``."""
    records = Records()
    at, depth, has_size = start, 0, False
    while at + 4 <= end:
        kind, length = unpack_from("<HH", stream, at)
        content, at = at + 4, at + 4 + length
        if length > _LONGEST or kind >> 8 not in _KINDS or at > end:
            break
        if kind == _BOF:  # a chart has records of its own inside
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if length:
                break
        elif depth == 1 and kind == _DIMENSIONS:
            has_size = True
        elif depth == 1 and kind == _FORMULA:
            _take_formula(records, stream[content:at])
        if depth == 0:
            records.is_whole = has_size and _is_end(stream, at, end)
            break
    return records


def _is_end(stream: bytes, at: int, end: int) -> bool:
    """Whether another worksheet begins here, or nothing but padding is left."""
    if at + 4 <= end and unpack_from("<H", stream, at)[0] == _BOF:
        return True
    return not any(stream[at:end])


def _take_formula(records: Records, record: bytes) -> None:
    if len(record) < _TOKENS_AT:
        return
    row, column = unpack_from("<HH", record)
    (flags,), (size,) = unpack_from("<H", record, 14), unpack_from("<H", record, 20)
    at = row + 1, column + 1
    records.formulas.add(at)
    is_empty = (record[6], unpack_from("<H", record, 12)[0]) == _EMPTY_TEXT
    if flags & _ON_LOAD and (is_empty or not any(record[6:14])):
        records.uncalculated.add(at)
    elif not is_empty:
        records.has_results = True
    elif _gives_number(record[_TOKENS_AT:][:size]):
        records.uncalculated.add(at)
    else:
        records.empty.add(at)


def _gives_number(tokens: bytes) -> bool:
    """Whether a formula gives nothing but a number, as its last token says."""
    at, gives_number = 0, False
    while at < len(tokens):
        kind = tokens[at]
        if kind >= 0x40:  # the same token of another class
            kind = kind & 0x1F | 0x20
        size = _size(kind, tokens, at)
        if size == 0 or at + size > len(tokens):
            return False
        token = tokens[at : at + size]
        if kind == _ATTRIBUTE and not token[1] & _SPACE:
            gives_number = bool(token[1] & _SUM_OF_ONE)
        elif kind in _CALLS:
            gives_number = int.from_bytes(token[-2:], "little") & 0x7FFF in _NUMBERS
        elif kind not in _SKIPPED and kind != _ATTRIBUTE:
            gives_number = kind in _ARITHMETIC
        at += size
    return gives_number


def _size(kind: int, tokens: bytes, at: int) -> int:
    """The length of a token; 0 of one that is not known."""
    if kind == _TEXT and at + 2 < len(tokens):
        return 3 + tokens[at + 1] * (2 if tokens[at + 2] & 1 else 1)
    if kind == _ATTRIBUTE and at + 3 < len(tokens):
        if tokens[at + 1] & _CHOICE:
            return 6 + 2 * int.from_bytes(tokens[at + 2 : at + 4], "little")
        return 4
    return _SIZES.get(kind, 0)


def never_calculated(worksheets: Sequence[Records]) -> list[set[tuple[int, int]]]:
    """For each worksheet the cells whose formulas were never computed.

    A formula that gives numbers alone has no empty text for a result. Where there is such a one,
    or no formula of the workbook has any other result, the empty texts are none.
    """
    has_results = any(records.has_results for records in worksheets)
    if has_results and not any(records.uncalculated for records in worksheets):
        return [set() for _ in worksheets]
    return [records.uncalculated | records.empty for records in worksheets]
