"""Every setting in force, one by one, with the line of the file that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias, cast

from auditor.settings.loading import SettingsFile
from auditor.settings.model import Settings

__all__ = ["Setting", "Value", "settings_in_force"]

Value: TypeAlias = str | bool | date | tuple[str, ...] | Mapping[str, str] | None


class Setting(NamedTuple):
    """One setting: its dotted key and its value. ``line`` is None where it is the default."""

    key: str
    value: Value
    line: int | None


def settings_in_force(file: SettingsFile | None) -> list[Setting]:
    """The settings of a file, and the defaults of all that it does not say, in the order of the
    model. A table of names has an entry for each.
    """
    settings = Settings() if file is None else file.settings
    return list(_entries(settings, (), file))


def _entries(
    section: tuple[Any, ...], path: tuple[str, ...], file: SettingsFile | None
) -> Iterator[Setting]:
    for name, value in zip(_keys(section), section, strict=True):
        key = (*path, name)
        if _keys(value):
            yield from _entries(value, key, file)
            continue
        names = _named(value)
        for inner, text in names.items():
            yield _entry((*key, inner), text, file)
        if not names:
            yield _entry(key, cast(Value, value), file)


def _named(value: object) -> Mapping[str, str]:
    """The entries of a table of names; none of any other value."""
    return cast("Mapping[str, str]", value) if isinstance(value, Mapping) else {}


def _keys(section: object) -> tuple[str, ...]:
    """The keys of a section; none of any other value."""
    return cast("tuple[str, ...]", getattr(section, "_fields", ()))


def _entry(key: tuple[str, ...], value: Value, file: SettingsFile | None) -> Setting:
    line = None if file is None else file.line_of(key)
    return Setting(".".join(key), value, line)
