"""``auditor plugins``: lists the plugins and what each brings."""

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
from auditor.cli.session import add_plugin_option, session_of

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    add_plugin_option(parser)
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    from auditor.reports.authoring import plugin_data, plugin_list

    session = session_of(arguments)
    check_format(arguments.format, _FORMATS)
    if arguments.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped(plugin_data(session.origins))
    else:
        text = plugin_list(session.origins, context_of(arguments, session, session.rules))
    deliver(arguments, text)
    return print_missed(session.problems, arguments)
