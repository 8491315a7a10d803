"""``auditor settings``: shows the settings in force and where each comes from."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.session import session_of

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    from auditor.reports.settings_list import settings_data, settings_text
    from auditor.settings.listing import settings_in_force

    check_format(arguments.format, _FORMATS)
    session = session_of(arguments)  # which knows whether the forms and rules are there
    file = arguments.settings_file
    name = "" if file is None else file.name
    settings = settings_in_force(file)
    if arguments.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped(settings_data(settings, name))
    else:
        text = settings_text(settings, name, context_of(arguments, session, session.rules))
    deliver(arguments, text)
    return print_missed(session.problems, arguments)
