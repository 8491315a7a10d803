"""The schema of settings, whose model is of plain tuples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import NoneType, UnionType
from typing import (
    Any,
    Final,
    Literal,
    TypeAlias,
    TypeGuard,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

__all__ = ["Keys", "of_tuple"]

Keys: TypeAlias = Mapping[str, str]
"""Descriptions by dotted keys."""

_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_SCALARS: Final[Mapping[object, Mapping[str, str]]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date"},
}


def of_tuple(kind: type[tuple[Any, ...]], path: tuple[str, ...], described: Keys) -> dict[str, Any]:
    """The schema of a table whose keys are the fields of a named tuple. Raises KeyError for a key
    without a description.
    """
    properties: dict[str, Any] = {}
    for name, inner in get_type_hints(kind).items():
        key = (*path, name)
        value = _value(inner, key, described)
        properties[name] = {**value, "description": described[".".join(key)]}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _value(kind: object, key: tuple[str, ...], described: Keys) -> dict[str, Any]:
    origin, options = get_origin(kind), get_args(kind)
    if key == ("approval",):
        return {"anyOf": [{"type": "boolean"}, _TEXTS]}
    if origin in (Union, UnionType):
        (inner,) = (option for option in options if option is not NoneType)
        return _value(inner, key, described)
    if origin is Literal:
        return {"type": "string", "enum": list(options)}
    if origin is tuple:
        return dict(_TEXTS)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _value(options[1], key, described)
        return {"type": "object", "additionalProperties": inner}
    if _is_tuple(kind):
        return of_tuple(kind, key, described)
    return dict(_SCALARS[kind])


def _is_tuple(kind: object) -> TypeGuard[type[tuple[Any, ...]]]:
    return isinstance(kind, type) and issubclass(kind, tuple)
