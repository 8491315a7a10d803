"""The texts of labels: what of them is compared, and what may stand before and behind a label.

Bullets, numbers and marks of notes stand before one; units, notes and dates behind it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from auditor.readers.wording import behind, folded, key_of
from auditor.records.fiscal import YEAR_KEY, parse_day

__all__ = [
    "OPENING",
    "YEAR_CELL",
    "bare",
    "half_widths",
    "is_open",
    "label_key",
    "label_starts",
    "plain_label",
    "stands_apart",
    "value_of",
    "with_whole_kana",
]

YEAR_CELL: Final = re.compile(rf"({YEAR_KEY})(?:年度?)?(.*)")
"""A fiscal year, and what else its cell says."""

OPENING: Final = ("(", "（", "「", "『", "〔", "【")
_CLOSING: Final = (")", "）", "」", "』", "〕", "】")

_KANA: Final = re.compile(r"[\uff61-\uff9f]+")
# The number or letter of a list: 1, ア, a, 一, iv.
_ORDER: Final = (
    r"[0-9]{1,2}|[ァ-ヺ]|[ぁ-ん]|[A-Za-z]|[一二三四五六七八九十]{1,2}"
    r"|[\u2160-\u217f]{1,2}|[ivxIVX]{2,4}"
)
# What may stand before a label: (1) 1. ① ・ ■ ア (ア) ⅰ, and the marks of notes: 注1) (注) ※.
_MARK: Final = re.compile(
    rf"""\s*(?:
        [(\[<〔【]\s*(?:[注註]\s*[0-9]{{0,2}}|{_ORDER})\s*[)\]>〕】]
      | (?:[注註]|備考)\s*(?:[0-9]{{1,2}}\s*[)\].,、:]?|[)\].,、:]|(?=\s))
      | [※*]\s*[0-9]{{0,2}}\s*\)?
      | (?:{_ORDER})(?:\s*[)\].,、:]|(?=\s))
      | [ァ-ヺ](?=[\u4e00-\u9fff])
      | [\u2160-\u217f\u2460-\u24ff\u2776-\u2793\u3251-\u325f\u3280-\u32bf\u32d0-\u32fe]
        \s*[)\].,、]?
      | [・●○◎■□◆◇▼▲★☆▶▷•]
      | [-–—](?=\s)
    )""",
    re.VERBOSE,
)
_ROMAN: Final = re.compile("[\u2160-\u217f]")
_MOST_MARKS: Final = 4
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
# What may stand before a label within a cell.
_PAUSES: Final = "、。,.:;)]」』】〕/|・"
# A figure with its unit, and a text apart from it.
_DATED: Final = re.compile(r"(\S*[0-9０-９](?:\s*[^\s0-9０-９]{1,3})?)\s+([^\s0-9].*)", re.DOTALL)


def with_whole_kana(text: str) -> str:
    """The text with kana in full width, where ﾊﾞ is one letter."""
    return _KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), text)


@lru_cache(maxsize=20_000)
def label_key(text: str) -> str:
    """Text for matching labels only: plain widths, whole kana, no white space; circled digits
    stay what they are.
    """
    return key_of(with_whole_kana(text))


@lru_cache(maxsize=20_000)
def label_starts(text: str) -> tuple[int, ...]:
    """Where a label may begin in a text's key: at its beginning, and behind each mark there."""
    # Folding makes ⅰ an i, which may be a word's first letter.
    plain = "".join(
        raw if _ROMAN.match(raw) else character
        for raw, character in zip(text, folded(text), strict=True)
    )
    starts, at = [0], 0
    while len(starts) <= _MOST_MARKS and (mark := _MARK.match(plain, at)):
        at = mark.end()
        starts.append(len(key_of(text[:at])))
    return tuple(starts)


def stands_apart(text: str, key: str, at: int) -> bool:
    """Whether white space or a pause stands before a character of a text's key."""
    return at == 0 or key[at - 1] in _PAUSES or folded(behind(text, at))[:1].isspace()


def plain_label(text: str) -> str:
    """A label's key without marks before it, and without units and notes in brackets: what it is
    compared by with labels that are only like it.
    """
    key = label_key(text)[label_starts(text)[-1] :]
    return _IN_BRACKETS.sub("", key) or bare(text)


def bare(text: str) -> str:
    """A label's key without the brackets around it."""
    return label_key(text).strip("()[]【】〔〕<>〈〉")


def is_open(text: str) -> bool:
    """Whether a bracket in a text is not closed, so that it goes on elsewhere."""
    return sum(map(text.count, OPENING)) > sum(map(text.count, _CLOSING))


def half_widths(text: str) -> int:
    """How wide a text is, in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def value_of(text: str) -> str:
    """What stands before the first bracket that holds a date or a note, or before a date without
    brackets.
    """
    text = text.strip()
    if text.startswith(("(", "（")):
        return text
    value = re.split(r"[(（〔\[]", text, maxsplit=1)[0].strip()
    dated = _DATED.fullmatch(value)
    return dated[1] if dated and parse_day(dated[2]) is not None else value
