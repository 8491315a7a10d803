"""The settings file: ``auditor.toml``, or ``[tool.auditor]`` of ``pyproject.toml``.

It is sought in the working directory and in the folders above it; the nearest one is the whole of
the settings. Nothing of it is loaded where there is none.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

if TYPE_CHECKING:
    from auditor.settings.errors import SettingsError
    from auditor.settings.model import Settings
    from auditor.toml.faults import Fault, Lines
    from auditor.toml.places import KeyPath, Places

__all__ = [
    "SETTINGS_FILE",
    "SettingsFile",
    "nearest_settings",
    "read_settings",
    "settings_of",
]

SETTINGS_FILE: Final = "auditor.toml"
_PROJECT_FILE: Final = "pyproject.toml"
_PROJECT_TABLE: Final = ("tool", "auditor")

_KIND: Final = ("settings file", "設定ファイル")

_NAMING_US: Final = (b"auditor", b"\\u", b"\\U")
"""One of these stands in every ``pyproject.toml`` with a table of ours; others are not parsed."""


class SettingsFile(NamedTuple):
    """A settings file. ``path`` opens it from the working directory. Where it has faults, the
    settings of the keys that have none are there all the same: the language, for one.
    """

    path: Path
    settings: Settings
    faults: tuple[Fault, ...]
    lines: Lines
    places: Places
    table: KeyPath

    @property
    def name(self) -> str:
        """What reports call the file: its name alone."""
        return self.path.name

    def line_of(self, key: KeyPath) -> int | None:
        """The line on which a key stands; None where the file does not have it."""
        spot = self.places.keys.get((*self.table, *key))
        return None if spot is None else self.lines.at(spot[0])[0]

    def fault(self, key: KeyPath, en: str, ja: str, *, of_key: bool = False) -> Fault:
        """A fault of a key's value, or of the key itself."""
        from auditor.toml.faults import Fault

        return Fault(self.places.of_fault((*self.table, *key), of_key=of_key), en, ja)

    def error(self, faults: tuple[Fault, ...]) -> SettingsError:
        """The error that reports faults of the file."""
        from auditor.settings.errors import SettingsError

        return SettingsError(str(self.path), self.lines, faults)


def nearest_settings() -> SettingsFile | None:
    """The settings file of the working directory or the nearest folder above it that has one;
    None without any. In one folder, ``auditor.toml`` comes before ``pyproject.toml``.
    """
    try:
        here = Path.cwd()
    except OSError:  # the working directory was removed
        return None
    for folder in (here, *here.parents):
        path = folder / SETTINGS_FILE
        if os.path.lexists(path):
            return read_settings(_from_here(path, here))
        project = folder / _PROJECT_FILE
        if project.is_file():
            file = _settings_of_project(_from_here(project, here))
            if file is not None:
                return file
    return None


def _from_here(path: Path, here: Path) -> Path:
    return Path(os.path.relpath(path, here))


def read_settings(path: Path) -> SettingsFile:
    """The settings file of a path; what is wrong with it is in its ``faults``."""
    from auditor.toml.reading import bytes_of

    data = bytes_of(path, *_KIND)
    return settings_of(path, data) if isinstance(data, bytes) else _unusable(path, *data)


def settings_of(path: Path, data: bytes) -> SettingsFile:
    """The settings in the content of a file; what is wrong with it is in its ``faults``."""
    file = _parsed(path, data, _PROJECT_TABLE if path.name == _PROJECT_FILE else ())
    if file is None:
        words = "has no table [tool.auditor]", "表 [tool.auditor] がありません"
        return _unusable(path, *words)
    return file


def _settings_of_project(path: Path) -> SettingsFile | None:
    """The settings of a ``pyproject.toml``; None where it is not about this program."""
    from auditor.toml.reading import bytes_of

    data = bytes_of(path, *_KIND)
    if not isinstance(data, bytes):
        return _unusable(path, *data)
    if not any(word in data for word in _NAMING_US):
        return None
    return _parsed(path, data, _PROJECT_TABLE)


def _unusable(path: Path, en: str, ja: str) -> SettingsFile:
    from auditor.toml.faults import Fault

    return _faulty(path, "", Fault(None, en, ja))


def _faulty(path: Path, text: str, fault: Fault) -> SettingsFile:
    from auditor.settings.model import Settings
    from auditor.toml.faults import Lines
    from auditor.toml.places import Places

    return SettingsFile(path, Settings(), (fault,), Lines(text), Places(), ())


def _parsed(path: Path, data: bytes, table: tuple[str, ...]) -> SettingsFile | None:
    """The settings in the table of a file; None where it has no such table."""
    from auditor.toml.faults import Lines
    from auditor.toml.reading import Unparsable, parsed

    try:
        toml = parsed(data)
    except Unparsable as why:
        return _faulty(path, why.text, why.fault)
    inner: object = toml.content
    for name in table:
        inner = cast("dict[str, object]", inner).get(name) if isinstance(inner, dict) else None
    if inner is None:
        return None

    from auditor.settings.checks import checked

    settings, faults = checked(inner, toml.places, table)
    settings = settings._replace(
        waivers=settings.waivers and _joined(path, settings.waivers),
        page_list=settings.page_list and _joined(path, settings.page_list),
        last_year=tuple(_joined(path, name) for name in settings.last_year),
        last_year_errata=settings.last_year_errata and _joined(path, settings.last_year_errata),
        accounts=settings.accounts._replace(
            file=settings.accounts.file and _joined(path, settings.accounts.file)
        ),
        plugins=tuple(_beside(path, name) for name in settings.plugins),
        letter=settings.letter._replace(template=_beside(path, settings.letter.template)),
    )
    return SettingsFile(path, settings, tuple(faults), Lines(toml.text), toml.places, table)


def _joined(path: Path, name: str) -> str:
    """A path beside a settings file, from the working directory."""
    return os.path.join(path.parent, name)  # noqa: PTH118 - a Path would drop the "./"


def _beside(path: Path, name: str) -> str:
    """A path that a settings file names, from the working directory; the name of a module stays
    as it is.
    """
    if not name:
        return name
    is_path = name.endswith((".py", ".toml", ".docx")) or name.startswith(".") or "/" in name
    if is_path or os.sep in name or (path.parent / name).exists():
        beside = _joined(path, name)
        # A bare name would be taken for a module.
        return beside if os.path.dirname(beside) else os.path.join(".", beside)  # noqa: PTH118, PTH120
    return name
