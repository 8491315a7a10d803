"""The numbers of the search: every constant of a module, and every default of what it defines."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType
from typing import Final

__all__ = ["model_numbers"]

_ASSIGNED: Final = re.compile(r"^([A-Z_]+)\b[^=\n(]*= ", re.MULTILINE)
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


def model_numbers(name: str) -> Iterator[str]:
    """Those of one module, in its order."""
    module = import_module(f"auditor.suspects.{name}")
    constants = set(_ASSIGNED.findall(inspect.getsource(module)))
    for key, value in vars(module).items():
        if key in constants:
            shown = sorted(value) if isinstance(value, frozenset | set) else value
            yield _ADDRESS.sub("", f"{key} = {shown!r}")
        elif getattr(value, "__module__", None) == module.__name__:
            for line in _defaults(key, inspect.unwrap(value)):
                yield _ADDRESS.sub("", line)


def _defaults(name: str, value: object) -> Iterator[str]:
    """The defaults of a function, or of a class: its fields, and what its methods have."""
    if isinstance(value, FunctionType):
        several = value.__defaults__, value.__kwdefaults__
        if any(several):
            yield f"{name}{several}"
    elif isinstance(value, type):
        if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                default = None if field.default is dataclasses.MISSING else field.default
                if not callable(default):
                    flags = f"{field.init:d}{field.repr:d}"
                    yield f"{name}.{field.name} {default!r} {flags}"
        elif hasattr(value, "_field_defaults"):
            yield f"{name} {value._field_defaults}"
        for key, below in vars(value).items():
            inner = below.func if hasattr(below, "func") else getattr(below, "__func__", below)
            if isinstance(inner, FunctionType) and inner.__module__ == value.__module__:
                yield from _defaults(f"{name}.{key}", inner)
            elif isinstance(below, bool | int | float | str | tuple) and not key.startswith("__"):
                yield f"{name}.{key} = {below!r}"
