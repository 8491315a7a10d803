"""The settings in force: the file that a command line takes them from, and what they mean for it.

Options of the command line win over settings, settings over defaults; that is decided here alone.
"""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused
from auditor.settings.loading import nearest_settings, read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.auditing.session import Session
    from auditor.rules.ruleset import RuleSet
    from auditor.settings.loading import SettingsFile
    from auditor.settings.model import Settings

__all__ = ["add_settings_options", "chosen_settings", "rules_in_force", "use_settings"]

_FILE: Final = "--settings"
_NONE: Final = "--no-settings"


def add_settings_options(parser: Parser) -> None:
    """Add ``--settings`` and ``--no-settings``. They may stand before the command or behind it,
    so neither place has a default that would hide the other's.
    """
    parser.option(
        _FILE,
        use="read",
        en="the settings file (default: auditor.toml or [tool.auditor] of pyproject.toml, "
        "in this folder or the nearest one above it)",
        ja="設定ファイルを指定します（省略時は、このフォルダーまたは最も近い上位フォルダーの "
        "auditor.toml か pyproject.toml の [tool.auditor]）",
        metavar=("FILE", "ファイル"),
        dest="settings_path",
        default=argparse.SUPPRESS,
    )
    parser.option(
        _NONE,
        en="use no settings file",
        ja="設定ファイルを使いません",
        action="store_true",
        default=argparse.SUPPRESS,
    )


def chosen_settings(words: Sequence[str]) -> SettingsFile | None:
    """The settings file of a command line, or the nearest one; None without any.

    It is needed before the arguments are parsed, since it may say in which language faults in
    them are reported. Its own faults are not raised here.
    """
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--":
            break
        if word == _NONE:
            return None
        if word == _FILE:
            return read_settings(Path(following))
        if word.startswith(f"{_FILE}="):
            return read_settings(Path(word.removeprefix(f"{_FILE}=")))
    return nearest_settings()


def use_settings(arguments: Namespace, file: SettingsFile | None) -> None:
    """Complete the arguments of a command by the settings: each option that was not given has its
    setting, or its default, afterwards.

    ``settings`` and ``settings_file`` are the settings and their file, ``made_at`` is the time.
    Raises SettingsError for a file with faults, Refused for a file and none at once.
    """
    # Imported only here: a bare start needs no settings.
    from auditor.settings.model import Settings

    if hasattr(arguments, "settings_path") and hasattr(arguments, "no_settings"):
        raise Refused(
            f"{_FILE} and {_NONE} exclude each other",
            f"{_FILE} と {_NONE} は同時に指定できません",
        )
    if file is not None and file.faults:
        raise file.error(file.faults)
    settings = Settings() if file is None else file.settings
    for option, value in _options(settings):
        if hasattr(arguments, option) and not getattr(arguments, option):
            setattr(arguments, option, value)
    # Plugins add something, so that those of both places are used.
    arguments.plugin = [*settings.plugins, *getattr(arguments, "plugin", ())]
    arguments.settings, arguments.settings_file = settings, file
    arguments.made_at = _now()


def _now() -> datetime:
    """The time in this place. SOURCE_DATE_EPOCH, seconds since 1970, stands for it where outputs
    are to be the same in every run (reproducible-builds.org). Raises Refused for another text.
    """
    from datetime import UTC, datetime

    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return datetime.now().astimezone().replace(microsecond=0)
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise Refused(
            f"SOURCE_DATE_EPOCH is to be a number of seconds, not {text!r}",
            f"SOURCE_DATE_EPOCH には秒数を指定してください（指定：「{text}」）",
        )
    return datetime.fromtimestamp(int(text), UTC)


def _options(settings: Settings) -> Iterator[tuple[str, object]]:
    """The options that settings stand for, by their names in the arguments."""
    yield "form", settings.form
    yield "worksheet", list(settings.worksheets)
    yield "pages", settings.pages
    yield "page_list", settings.page_list
    yield "fail_on", settings.fail_on
    yield "narrative", settings.narrative
    yield "waivers", [settings.waivers] if settings.waivers else []
    yield "last_year", list(settings.last_year)
    yield "last_year_errata", settings.last_year_errata
    yield "accounts", settings.accounts.file
    yield "figures", settings.figures
    yield "select", list(settings.rules.select)
    yield "ignore", list(settings.rules.ignore)


def rules_in_force(session: Session, arguments: Namespace) -> RuleSet:
    """The session's rules with the severities of the settings. Raises SettingsError where the
    file names a form or a rule that there is not, or lowers what may not be lowered.
    """
    file: SettingsFile | None = arguments.settings_file
    if file is None:
        return session.rules
    from auditor.auditing.settings_in_use import unknown_names  # few have settings

    faults = tuple(unknown_names(session, file))
    if faults:
        from auditor.cli.display import print_missed

        # The form or rule may be that of a plugin that would not load.
        print_missed(session.problems, arguments)
        raise file.error(faults)
    return session.rules.with_severities(file.settings.severities)
