"""``auditor explain``: the pages of rules."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    colour_of,
    deliver,
    print_missed,
    width_of,
)
from auditor.cli.rule_choice import codes_of
from auditor.cli.session import add_plugin_option, session_of

if TYPE_CHECKING:
    from auditor.records.model import NotChecked

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    parser.operands(
        "codes",
        en="code, name or family of a rule; a retired code too",
        ja="規則コード・規則名・分類（廃止されたコードも使えます）",
        metavar=("CODE", "規則"),
    )
    parser.flag(
        "--verbose",
        en="show the rule's name and its formulas as rule files have them, too",
        ja="規則名と、規則ファイルに書かれた式も表示します",
    )
    add_plugin_option(parser)
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    from auditor.reports.rule_pages import rule_data, rule_page, shipped_rule
    from auditor.reports.wording import Wording

    check_format(arguments.format, _FORMATS)
    words = Wording(arguments.lang)
    problems: tuple[NotChecked, ...] = ()
    # No plugin can change a shipped rule, so its page need not wait for all the others; but
    # settings can.
    alone = not arguments.plugin and arguments.settings_file is None
    rules = [(shipped_rule(code), code) for code in arguments.codes if alone]
    pages = [(data, name) for data, name in rules if data]
    if len(pages) < len(arguments.codes):
        session = session_of(arguments)
        words, problems = Wording(arguments.lang, session.forms), session.problems
        pages.clear()
        for name in arguments.codes:
            members = map(session.rules.get, codes_of(session, name, arguments))
            pages += [(rule_data(rule), name) for rule in members if rule]
    if arguments.format == "json":
        text = json.dumps([data for data, _ in pages], ensure_ascii=False, indent=2) + "\n"
    else:
        width, color = width_of(arguments), colour_of(arguments)
        text = "\n".join(
            rule_page(data, name, words, width, color, verbose=arguments.verbose)
            for data, name in pages
        )
    deliver(arguments, text)
    return print_missed(problems, arguments)
