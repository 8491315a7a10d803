"""The session that a command works with: the shipped pack, and plugins of the command line."""

from __future__ import annotations

import gc
from argparse import Namespace
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.settings import rules_in_force

if TYPE_CHECKING:
    from auditor.auditing.session import Session

__all__ = ["add_plugin_option", "session_of"]


def add_plugin_option(parser: Parser) -> None:
    """Add ``--plugin``."""
    parser.option(
        "--plugin",
        en="use a plugin too: a module, a .py file, a rule or form file, or a folder of them "
        "(may be repeated)",
        ja="プラグインを追加します。モジュール名、.py ファイル、規則や様式のファイル、"
        "またはそのフォルダー（複数可）",
        metavar=("PLUGIN", "プラグイン"),
        action="append",
        default=[],
    )


def session_of(arguments: Namespace) -> Session:
    """The session with the plugins of the settings and of ``--plugin``, and the rules with the
    severities of the settings. Raises SettingsError for settings that do not fit it.
    """
    from auditor.auditing.session import load

    session = load(tuple(arguments.plugin))
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    rules = rules_in_force(session, arguments)
    return session if rules is session.rules else session._replace(rules=rules)
