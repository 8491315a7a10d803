"""Values as TOML writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

__all__ = ["toml_value"]


def toml_value(value: object) -> str:
    """A text, number, date, list or table of them on one line."""
    if isinstance(value, Mapping):
        table = cast("Mapping[str, object]", value)
        parts = ", ".join(f"{key} = {toml_value(item)}" for key, item in table.items())
        return f"{{ {parts} }}"
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return f"[{', '.join(map(toml_value, items))}]"
    if isinstance(value, str) and '"' in value and "'" not in value:
        return f"'{value}'"
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
