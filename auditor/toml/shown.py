"""Values of a file as messages about it have them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from auditor.records.nearest import nearest_name
from auditor.toml.faults import harmless

__all__ = ["as_written", "no_choice", "shown_value"]


def shown_value(item: object) -> tuple[str, str]:
    """A value of a file as a message quotes it, in English and Japanese."""
    match item:
        case str():
            return f'"{harmless(item)}"', f'"{harmless(item)}"'
        case bool():
            return str(item).lower(), str(item).lower()
        case int() | float() | Decimal():
            return "a number", "数値"
        case list():
            return "a list", "並び"
        case dict():
            return "a table", "表"
        case _:
            return "a date or time", "日付または時刻"


def as_written(item: object) -> str:
    """A value of a file as it could be written there, in short."""
    match item:
        case str():
            return f'"{harmless(item)}"'
        case bool():
            return str(item).lower()
        case list() | tuple():
            return harmless(f"[{', '.join(map(as_written, cast('Sequence[object]', item)))}]")
        case dict():
            table = cast("dict[str, object]", item)
            parts = (f"{key} = {as_written(value)}" for key, value in table.items())
            return harmless(f"{{ {', '.join(parts)} }}")
        case None:
            return "nothing"
        case _:
            return harmless(str(item))


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
