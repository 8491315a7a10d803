"""The values that a case states: where each stands, and the case with other ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

__all__ = ["ABSENT", "Key", "leaves", "value_at", "with_values"]

Key = tuple[str | int, ...]
"""Where a value stands in a case: keys of tables, and places in lists."""


class _Absent:
    """That nothing is stated."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


def leaves(stated: Mapping[str, Any], above: Key = ()) -> Iterator[tuple[Key, object]]:
    """The single values of a table and of all tables and lists in it, in their order."""
    for name, value in stated.items():
        yield from _leaves_of(value, (*above, name))


def _leaves_of(value: object, key: Key) -> Iterator[tuple[Key, object]]:
    if isinstance(value, Mapping):
        yield from leaves(cast("Mapping[str, Any]", value), key)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(cast("Sequence[object]", value)):
            yield from _leaves_of(item, (*key, number))
    else:
        yield key, value


def value_at(stated: Mapping[str, Any], key: Key) -> object:
    """The value that stands at a key; ABSENT where none does."""
    here: object = stated
    for step in key:
        if isinstance(here, Mapping):
            here = cast("Mapping[object, object]", here).get(step, ABSENT)
        elif isinstance(here, list | tuple) and isinstance(step, int):
            items = cast("Sequence[object]", here)
            here = items[step] if step < len(items) else ABSENT
        else:
            return ABSENT
    return here


def with_values(stated: Mapping[str, Any], values: Mapping[Key, object]) -> dict[str, Any]:
    """A copy of a case with other values; what is ABSENT is left out, and so are the tables and
    list items of which nothing is left.
    """
    copy = cast("dict[str, Any]", _copied(stated))
    for key, value in values.items():
        _put(copy, key, value)
    return {name: kept for name, value in copy.items() if (kept := _swept(value)) is not ABSENT}


def _copied(value: object) -> object:
    if isinstance(value, Mapping):
        table = cast("Mapping[object, object]", value)
        return {name: _copied(item) for name, item in table.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in cast("Sequence[object]", value)]
    return value


def _put(table: Any, key: Key, value: object) -> None:
    """Put a value at its key. A table takes the place of a single value that says that there is
    nothing of it; a place that a list has no more stays out.
    """
    *above, last = key
    for step in above:
        if isinstance(table, dict):
            inner = cast("dict[object, Any]", table)
            if not isinstance(inner.get(step), dict | list):
                inner[step] = {}
            table = inner[step]
        elif isinstance(step, int) and step < len(table):
            table = table[step]
        else:
            return
    if isinstance(table, dict) or (isinstance(last, int) and last < len(table)):
        table[last] = value


def _swept(value: object) -> object:
    """A value without what is ABSENT in it. Tables and lists that were empty from the start, say
    something, and stay.
    """
    if isinstance(value, dict):
        table = cast("dict[object, object]", value)
        rest = {name: part for name, item in table.items() if (part := _swept(item)) is not ABSENT}
        return rest if rest or not table else ABSENT
    if isinstance(value, list):
        items = cast("list[object]", value)
        some = [part for item in items if (part := _swept(item)) is not ABSENT]
        return some if some or not items else ABSENT
    return value
