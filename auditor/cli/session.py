"""The session that a command works with.

It has the shipped pack, the plugins of the command line, and the forms that this names.
"""

from __future__ import annotations

import gc
from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused
from auditor.cli.settings import rules_in_force
from auditor.files.memory import all_loaded

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.forms.model import Form

__all__ = ["add_plugin_option", "form_named", "session_of"]


def add_plugin_option(parser: Parser) -> None:
    """Add ``--plugin``."""
    parser.option(
        "--plugin",
        use="read",
        en="use a plugin too: a module, a .py file, a rule or form file, or a folder of them "
        "(may be repeated)",
        ja="プラグインを追加します。モジュール名、.py ファイル、規則や様式のファイル、"
        "またはそのフォルダー（複数可）",
        metavar=("PLUGIN", "プラグイン"),
        action="append",
        default=[],
    )


def session_of(arguments: Namespace, forms: Iterable[str] = ()) -> Session:
    """The session with the plugins of the settings and of ``--plugin``, and the rules with the
    severities of the settings. The form that ``--form`` names and ``forms`` are in it if they are
    in the catalogue. Raises SettingsError for settings that do not fit it.
    """
    from auditor.auditing.session import load_with

    session = load_with((getattr(arguments, "form", None), *forms), tuple(arguments.plugin))
    if not gc.isenabled():
        all_loaded()
    rules = rules_in_force(session, arguments)
    return session if rules is session.rules else session._replace(rules=rules)


def form_named(name: str, session: Session, arguments: Namespace) -> Form:
    """The form of a name. Raises Refused where there is none, and reports first which plugins would
    not load: the form may be that of one of them.
    """
    if name not in session.forms:
        from auditor.cli.display import print_missed
        from auditor.readers.source import unknown_form

        print_missed(session.problems, arguments)
        why = unknown_form(name, session.forms, session.catalogue)
        raise Refused(why.en, why.ja)
    return session.forms[name]
