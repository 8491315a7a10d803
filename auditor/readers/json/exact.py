"""JSON without surprises: exact numbers, no key twice, no NaN.

Whatever Python's parser would ignore is a fault that is reported.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from auditor.readers.source import Source, UnreadableDocument
from auditor.records.addresses import MAX_COLUMN
from auditor.records.decimals import FARTHEST, LONGEST_NUMBER
from auditor.records.errors import AuditorError

__all__ = ["DEEPEST", "Object", "as_list", "exact_value", "is_too_deep", "load_json", "shortened"]

Object = dict[str, Any]

_VALUE: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SHOWN: Final = 80

# Records are ten deep. Where Python runs in a browser, a file that is nested a few thousand times
# would take the whole of it along, before Python could refuse.
DEEPEST: Final = 100
_BRACKET: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{\]}]', re.DOTALL)


class _Refused(AuditorError):
    """JSON that Python would take and this program doesn't."""


def load_json(source: Source) -> Any:
    """The document's JSON: numbers as int or Decimal, as their text where they are too large for
    any figure.

    Raises UnreadableDocument with the code ``not-json``.
    """

    def fault(en: str, ja: str) -> UnreadableDocument:
        return UnreadableDocument(source.path, "not-json", en, ja)

    text = source.text or ""
    if is_too_deep(text):
        raise fault("the JSON is nested too deeply", "JSON の入れ子が深すぎます")
    try:
        data = json.loads(
            text,
            object_pairs_hook=_distinct,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_constant,
        )
        if "\\ud" in text or "\\uD" in text:
            json.dumps(data, ensure_ascii=False, default=str).encode()
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise fault(
            f"is not JSON: {error.msg} ({where})",
            f"JSON として読めません（{error.lineno}行 {error.colno}文字目）",
        ) from None
    except UnicodeEncodeError:
        raise fault(
            "the JSON holds half a character (a lone surrogate)",
            "JSON に不完全な文字（単独のサロゲート）があります",
        ) from None
    except _Refused as refused:
        raise fault(refused.message.en, refused.message.ja) from None
    return data


def is_too_deep(text: str) -> bool:
    """Whether lists and objects lie in each other more often than those of any record."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    depth = 0
    for token in _BRACKET.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
                if depth > DEEPEST:
                    return True
            case "]" | "}":
                depth -= 1
            case _:
                pass  # what stands in a text is none
    return False


def exact_value(text: str) -> Decimal | None:
    """The number that a JSON number or a dumped Decimal writes, or None where it is none or too
    large.
    """
    if len(text) > LONGEST_NUMBER or not _VALUE.fullmatch(text):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if abs(value.adjusted()) <= FARTHEST else None


def as_list(value: Any) -> list[Any]:
    """A JSON list, typed; null is an empty one."""
    items: list[Any] = value or []
    return items


def shortened(value: Any) -> str:
    """A value for a message."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else str(cast(object, value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _distinct(pairs: list[tuple[str, Any]]) -> Object:
    """An object of the file; Python would keep the last of two values with one key."""
    if len(pairs) > MAX_COLUMN:
        raise _Refused(
            f"an object has {len(pairs):,} keys, and no more than {MAX_COLUMN:,} are read",
            f"1つのオブジェクトにキーが{len(pairs):,}個あります（{MAX_COLUMN:,}個まで）",
        )
    data = dict(pairs)
    if len(data) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = shortened(counts.most_common(1)[0][0])
        raise _Refused(
            f"the key {twice!r} stands twice in one object",
            f"1つのオブジェクトにキー「{twice}」が2つあります",
        )
    return data


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _decimal(text: str) -> Decimal | str:
    value = exact_value(text)
    return text if value is None else value


def _constant(word: str) -> Any:
    raise _Refused(f"{word} is no number", f"{word} は数値ではありません")
