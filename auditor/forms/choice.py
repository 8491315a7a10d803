"""Which worksheets and pages of a document are read: patterns of names, and ranges of pages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Final

from auditor.records.errors import WrongArgument

__all__ = ["PageRanges", "chosen_worksheet", "page_ranges", "worksheet_patterns"]

PageRanges = tuple[tuple[int, int | None], ...]
"""First and last page of each range; the last is None where the range has no end."""

_RANGE: Final = re.compile(r"([1-9][0-9]{0,6})(?:(-)([1-9][0-9]{0,6})?)?")


def page_ranges(text: str) -> PageRanges:
    """The ranges of ``3-12,15,20-``; no range for an empty text, which takes all pages. Raises
    ValueError for any other text.
    """
    ranges: list[tuple[int, int | None]] = []
    for part in text.split(",") if text.strip() else ():
        match = _RANGE.fullmatch("".join(part.split()))
        if match is None:
            raise _no_range(part)
        first, dash, last = match.groups()
        end = int(last or first)
        if dash and not last:
            ranges.append((int(first), None))
            continue
        if end < int(first):
            raise _no_range(part)
        ranges.append((int(first), end))
    return tuple(ranges)


def _no_range(part: str) -> WrongArgument:
    return WrongArgument(
        f'"{part}" is no range of pages, such as 3-12,15 or 20-',
        f"「{part}」はページの範囲ではありません（例：3-12,15、20-）",
    )


def worksheet_patterns(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns; raises ValueError for one without a name in it."""
    checked = tuple(patterns)
    for pattern in checked:
        if not pattern.removeprefix("!").strip():
            raise WrongArgument(
                f'"{pattern}" is no pattern of worksheets, such as "*決算*" or "!一覧"',
                f"「{pattern}」はシート名の型ではありません（例：*決算*、!一覧）",
            )
    return checked


def chosen_worksheet(name: str, patterns: Sequence[str]) -> bool:
    """Whether a worksheet is read: where patterns take worksheets in, one of them has to match its
    name; and none that leaves worksheets out (``!…``) may.

    ``*`` stands for any characters, ``?`` for one. Width and case make no difference.
    """
    taken_in = [pattern for pattern in patterns if not pattern.startswith("!")]
    left_out = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    if taken_in and not any(_matches(name, pattern) for pattern in taken_in):
        return False
    return not any(_matches(name, pattern) for pattern in left_out)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(_plain(name), _plain(pattern))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
