"""How exports of the 財務会計システム write headings, totals and marks."""

from __future__ import annotations

import re
from typing import Final

from auditor.forms.words import squeezed

__all__ = ["ends_as_total", "heading_of", "is_mark", "is_total", "unit_of"]

_UNIT: Final = re.compile(r"[(\[](?:単位:?)?((?:[十百千万億]*)円)[)\]]$")
_BRACKETS: Final = re.compile(r"^[\[(（【〔<＜]|[\])）】〕>＞]$")
_TOTAL: Final = re.compile(r"(.*[款項目節費課部局室係所])?(総|小|中|大|累|合|総合)?計")
_ENDS_AS_TOTAL: Final = re.compile(r"(?<!会)計$")
_NO: Final = frozenset({"", "0", "-", "－", "―", "×", "無", "なし", "否", "false", "no"})
"""What stands in a column of marks where there is no mark."""


def heading_of(text: str) -> str:
    """A heading as it is compared: without its unit."""
    return _UNIT.sub("", squeezed(text)).casefold()


def unit_of(text: str) -> str:
    """The unit of money behind a heading: 円, 千円; empty where none is stated."""
    match = _UNIT.search(squeezed(text))
    return "" if match is None else match[1]


def is_total(text: str) -> bool:
    """Whether a text is what the row of a total is called: 合計, 総務課計, 〔小計〕."""
    return _TOTAL.fullmatch(_unbracketed(text)) is not None


def ends_as_total(text: str) -> bool:
    """Whether a text beside a blank project says that its row is a total."""
    return _ENDS_AS_TOTAL.search(_unbracketed(text)) is not None


def is_mark(text: str) -> bool:
    """Whether a cell of a column of marks holds one."""
    return squeezed(text).casefold() not in _NO


def _unbracketed(text: str) -> str:
    return _BRACKETS.sub("", squeezed(text))
