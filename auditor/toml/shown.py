"""Values of a file as messages about it have them."""

from __future__ import annotations

from auditor.toml.faults import harmless

__all__ = ["shown_value"]


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
