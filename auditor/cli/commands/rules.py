"""``auditor rules``: lists the rules, and what a set of rules says as such."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.rule_choice import add_rule_options, selected_rules
from auditor.cli.session import add_plugin_option, session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.rules.ruleset import RuleSet

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    parser.flag(
        "--analyse",
        en="say which rules contradict each other, follow from others, or never fail or apply",
        ja="矛盾する規則や不要な規則を示します",
    )
    parser.flag(
        "--suspects",
        en="say which rules the search for suspects can't use, and why",
        ja="疑わしい箇所の探索に使えない規則とその理由を示します",
    )
    parser.flag(
        "--columns",
        en="say which rules can't be columns, so that they judge tables row by row, and why",
        ja="列の式にできず、表を1行ずつ判定する規則とその理由を示します",
    )
    add_plugin_option(parser)
    add_rule_options(parser)
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    session = session_of(arguments)
    check_format(arguments.format, _FORMATS)
    rules = selected_rules(session, arguments)
    if arguments.analyse or arguments.suspects or arguments.columns:
        text = _analysis(arguments, session, rules)
    else:
        text = _list(arguments, session, rules)
    deliver(arguments, text)
    return print_missed(session.problems, arguments)


def _list(arguments: Namespace, session: Session, rules: RuleSet) -> str:
    from auditor.reports.rule_pages import rule_data, rule_list

    if arguments.format == "json":
        from auditor.reports.json_report import dumped

        return dumped([rule_data(rule) for rule in rules])
    return rule_list(rules, context_of(arguments, session, rules))


def _analysis(arguments: Namespace, session: Session, rules: RuleSet) -> str:
    from auditor.reports.rule_analysis import analysis_data, analysis_text

    columns = None
    if arguments.columns:
        from auditor.engines import not_columnar

        columns = not_columnar(rules, session.forms)
    as_text = analysis_data if arguments.format == "json" else analysis_text
    return as_text(
        rules,
        context_of(arguments, session, rules),
        analysed=arguments.analyse,
        suspects=arguments.suspects,
        columns=columns,
    )
