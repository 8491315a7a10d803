"""``auditor test-rules``: runs the cases of rule files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.output import print_error, write
from auditor.cli.session import add_plugin_option, session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.rules.rule import Rule, RuleError
    from auditor.testing.cases import CaseResult
    from auditor.testing.mutants.run import MutantsOfRule

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    parser.operands(
        "paths",
        use="read",
        en="rule files (.toml, .py), forms with rules in them, or folders of these",
        ja="規則ファイル（.toml、.py）、規則を書いた様式、またはそのフォルダー",
        metavar=("PATH", "パス"),
    )
    add_plugin_option(parser)
    parser.option(
        "--mutants",
        en="change every step of the formulas, one at a time, and show the changes that no case "
        "notices",
        ja="式を１か所ずつ変え、どの例の結果も変わらない変更（例の不足）を表示します",
        action="store_true",
    )
    parser.option(
        "--watch",
        en="run the cases again whenever a file changes; Ctrl-C ends",
        ja="ファイルが変わるたびに実行し直します（Ctrl-C で終了）",
        action="store_true",
    )
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    """The exit code is 1 where a case failed, a rule has none or a mutant survives the cases, 2
    where a rule can't be used.
    """
    if arguments.watch:
        return _watch(arguments)
    return _run_once(arguments)


def _watch(arguments: Namespace) -> int:
    """Run the cases whenever a file changes; the exit code is that of the last run."""
    from auditor.auditing.session import load
    from auditor.cli.watching import changes

    code = 0
    try:
        for number, _ in enumerate(changes([*arguments.paths, *arguments.plugin])):
            if number:
                load.cache_clear()
                write("\n")
            code = _run_once(Namespace(**vars(arguments)))
    except KeyboardInterrupt:
        pass
    return code


def _run_once(arguments: Namespace) -> int:
    from auditor.reports.authoring import untested
    from auditor.rules.loading import no_rule
    from auditor.rules.rule import RuleError
    from auditor.rules.ruleset import RuleSet, check_names
    from auditor.testing.cases import run_cases
    from auditor.testing.rule_files import rules_in

    files, faults = _files(dict.fromkeys(arguments.paths))
    forms = _forms(arguments.paths, files)
    arguments.plugin = [*arguments.plugin, *_not_in(arguments.plugin, _not_installed(forms))]
    session = session_of(arguments)
    check_format(arguments.format, _FORMATS)
    rules = list(chain.from_iterable(rules_in(form, session) for form in forms))
    for file in files:
        try:
            more = [] if file in forms else rules_in(file, session)
            for rule in more:
                check_names(rule, rules)
            rules = list(RuleSet([*rules, *more]))
        except RuleError as fault:
            faults.append(fault)
    if not rules and not faults and not session.problems:
        faults += map(no_rule, arguments.paths)
    by_rule = {rule.code: run_cases(rule, session.forms, session.claim_readers) for rule in rules}
    mutants = _mutants(rules, session) if arguments.mutants else None
    deliver(arguments, _shown(arguments, session, rules, by_rule, mutants))
    for problem in faults:
        print_error(problem.listing(arguments.lang))
    if print_missed(session.problems, arguments) or faults:
        return 2
    results = [*chain.from_iterable(by_rule.values()), *(mutants or ())]
    failed = any(not result.passed for result in results)
    return 1 if failed or any(untested(rule) for rule in rules) else 0


def _mutants(rules: Iterable[Rule], session: Session) -> list[MutantsOfRule]:
    from auditor.testing.mutants.run import hold_mutants

    return hold_mutants(rules, session)


def _shown(
    arguments: Namespace,
    session: Session,
    rules: Sequence[Rule],
    by_rule: Mapping[str, Sequence[CaseResult]],
    mutants: Sequence[MutantsOfRule] | None,
) -> str:
    """The results of the cases, and of the mutants where they are asked for, as text or JSON."""
    from auditor.reports.authoring import case_data, case_list

    if arguments.format == "json":
        from auditor.reports.json_report import dumped

        cases = case_data(chain.from_iterable(by_rule.values()))
        if mutants is None:
            return dumped(cases)
        from auditor.reports.mutants import mutant_data

        return dumped({"cases": cases, "mutants": mutant_data(mutants)})
    if not rules:
        return ""
    context = context_of(arguments, session, session.rules)
    text = case_list(rules, by_rule, context)
    if mutants is None:
        return text
    from auditor.reports.mutants import mutant_list

    left_out = sum(rule.check is not None for rule in rules)
    return f"{text}\n{mutant_list(mutants, left_out, context)}"


def _forms(paths: Iterable[str], files: Iterable[Path]) -> list[Path]:
    """The forms among some files, and those beside them: anywhere in the folders of the paths."""
    from auditor.auditing.plugin_paths import is_form

    beside = (sorted(Path(path).rglob("*.toml")) for path in paths if Path(path).is_dir())
    candidates = dict.fromkeys([*files, *chain.from_iterable(beside)])
    return [file for file in candidates if file.suffix == ".toml" and is_form(file)]


def _not_installed(forms: Iterable[Path]) -> list[Path]:
    """The forms that are not in use already, as those of an installed plugin are."""
    forms = list(forms)
    if not forms:
        return []
    from auditor.auditing.session import load

    session = load()
    in_use = {*session.form_files.values(), *session.catalogue.values()}
    there = {path.resolve() for path in in_use}
    return [form for form in forms if form.resolve() not in there]


def _files(paths: Iterable[str]) -> tuple[list[Path], list[RuleError]]:
    """The files of all paths, and what is wrong with the others."""
    from auditor.rules.loading import rule_files
    from auditor.rules.rule import RuleError

    files: list[Path] = []
    faults: list[RuleError] = []
    for path in paths:
        try:
            files += rule_files(path)
        except RuleError as fault:
            faults.append(fault)
    return list(dict.fromkeys(files)), faults


def _not_in(plugins: Iterable[str], files: Iterable[Path]) -> Iterator[str]:
    """The files that are no plugin yet, nor in the folder of one."""
    there = [Path(name).resolve() for name in plugins]
    for file in files:
        path = file.resolve()
        if not any(path.is_relative_to(plugin) for plugin in there):
            yield str(file)
