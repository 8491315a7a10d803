"""Which rules a command works with: ``--select`` and ``--ignore``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.display import print_missed
from auditor.cli.output import Refused

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.rules.ruleset import RuleSet

__all__ = ["add_rule_options", "codes_of", "selected_rules"]


def add_rule_options(parser: Parser) -> None:
    """Add ``--select`` and ``--ignore``."""
    parser.option(
        "--select",
        en="check these rules only: codes, names or families, with commas; default stands for "
        "all but the optional ones",
        ja="この規則だけで点検します（規則コード・規則名・FND などの分類。コンマ区切り）。"
        "default は省略時の規則で、default,YOY012 のように任意の規則を加えられます",
        metavar=("RULES", "規則"),
        action="append",
        default=[],
    )
    parser.option(
        "--ignore",
        en="leave these rules out",
        ja="この規則では点検しません（書き方は --select と同じ）",
        metavar=("RULES", "規則"),
        action="append",
        default=[],
    )


def codes_of(session: Session, name: str, arguments: Namespace) -> list[str]:
    """The codes of the rules that a code, name or family means; raises RuleError for none."""
    from auditor.rules.rule import RuleError

    try:
        return session.rules.codes(name)
    except RuleError:
        # The rule may be that of a plugin that would not load.
        print_missed(session.problems, arguments)
        raise


def selected_rules(session: Session, arguments: Namespace) -> RuleSet:
    """The rules of ``--select`` without those of ``--ignore``; raises Refused for none."""
    select, ignore = _separate(arguments.select), _separate(arguments.ignore)
    for name in (*select, *ignore):
        codes_of(session, name, arguments)
    if arguments.select and not select:
        raise Refused("--select names no rule", "--select に規則が指定されていません")
    if session.rules and not session.rules.chosen(select, ignore):
        raise Refused(
            "--ignore leaves no rule to check", "--ignore により、点検する規則がなくなりました"
        )
    return session.rules.select(select, ignore)


def _separate(values: Iterable[str]) -> list[str]:
    names = (name.strip() for name in ",".join(values).split(","))
    return [name for name in names if name]
