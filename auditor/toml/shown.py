"""Values of a file as messages about it have them."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.records.nearest import nearest_name
from auditor.toml.faults import harmless

__all__ = ["no_choice", "shown_value"]


def shown_value(item: object) -> tuple[str, str]:
    """A value of a file as a message quotes it, in English and Japanese."""
    match item:
        case str():
            return f'"{harmless(item)}"', f'"{harmless(item)}"'
        case bool():
            return str(item).lower(), str(item).lower()
        case int() | float():
            return "a number", "数値"
        case list():
            return "a list", "並び"
        case dict():
            return "a table", "表"
        case _:
            return "a date or time", "日付または時刻"


def no_choice(value: object, words: Sequence[str]) -> tuple[str, str]:
    """That a value is none of the words that a key takes, and which was meant."""
    near = nearest_name(value, words) if isinstance(value, str) else None
    hint_en = f"; did you mean {near}?" if near else ""
    hint_ja = f"。「{near}」のことですか" if near else ""
    shown_en, shown_ja = shown_value(value)
    return (
        f"one of {', '.join(words)} was expected, not {shown_en}{hint_en}",
        f"{'、'.join(words)} のいずれかが必要です（記載：{shown_ja}）{hint_ja}",
    )
