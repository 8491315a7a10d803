"""Names and values of a file as messages about it have them: the nearest name, a value in short."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["nearest_name", "shown_value"]

_NEAR: Final = 0.75


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The name that was meant, where that is plain: the same but for hyphens, capitals or an
    ending, or a letter or two beside it.
    """
    import difflib  # few files are faulty

    words = list(names)
    plain = name.strip().lower().replace("-", "_")
    if plain in words:
        return plain
    if len(plain) >= 4:
        longer = [word for word in words if word.startswith(plain)]
        if len(longer) == 1:
            return longer[0]
    matches = difflib.get_close_matches(plain[:60], words, n=1, cutoff=_NEAR)
    return matches[0] if matches else None


def shown_value(item: object) -> tuple[str, str]:
    """A value of a file as a message quotes it, in English and Japanese."""
    from auditor.toml.faults import harmless

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
