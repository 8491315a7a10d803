"""``auditor test-rules``: runs the cases of rule files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.output import print_error
from auditor.cli.session import add_plugin_option, session_of

if TYPE_CHECKING:
    from auditor.forms.model import Form
    from auditor.rules.rule import Rule, RuleError

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    parser.operands(
        "paths",
        en="rule files (.toml, .py), or folders of them",
        ja="規則ファイル（.toml、.py）またはそのフォルダー",
        metavar=("PATH", "パス"),
    )
    add_plugin_option(parser)
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    """The exit code is 1 where a case failed or a rule has none, 2 where a rule can't be used."""
    from auditor.reports.authoring import case_data, case_list, untested
    from auditor.testing.cases import run_cases

    session = session_of(arguments)
    check_format(arguments.format, _FORMATS)
    rules, faults = _loaded(dict.fromkeys(arguments.paths), session.forms)
    by_rule = {rule.code: run_cases(rule, session.forms) for rule in rules}
    results = list(chain.from_iterable(by_rule.values()))
    if arguments.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped(case_data(results))
    elif rules:
        text = case_list(rules, by_rule, context_of(arguments, session, session.rules))
    else:
        text = ""
    deliver(arguments, text)
    for fault in faults:
        column = f" {fault.column}" if fault.column else ""
        print_error(f"{fault.file}: {fault.key}{column}: {fault.message.of(arguments.lang)}")
    if print_missed(session.problems, arguments) or faults:
        return 2
    failed = any(not result.passed for result in results)
    return 1 if failed or any(untested(rule) for rule in rules) else 0


def _loaded(paths: Iterable[str], forms: Mapping[str, Form]) -> tuple[list[Rule], list[RuleError]]:
    """The rules of all files that can be used, and what is wrong with the others."""
    from auditor.records.text import Text
    from auditor.rules.loading import load_rule_file, rule_files
    from auditor.rules.rows import vocabulary
    from auditor.rules.rule import RuleError
    from auditor.rules.ruleset import RuleSet

    words = vocabulary(forms.values())
    rules: list[Rule] = []
    faults: list[RuleError] = []
    for path in paths:
        before = len(rules) + len(faults)
        try:
            files = rule_files(path)
        except RuleError as fault:
            faults.append(fault)
            continue
        for file in files:
            try:
                rules = list(RuleSet([*rules, *load_rule_file(file, words)]))
            except RuleError as fault:
                faults.append(fault)
        if len(rules) + len(faults) == before:
            nothing = Text(en="holds no rule", ja="規則がありません")
            faults.append(RuleError(str(path), "-", nothing))
    return rules, faults
