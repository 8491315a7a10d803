"""``auditor compare``: what changed between two rounds, or since the final approval."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from auditor.cli.arguments import Parser
from auditor.cli.departments import add_department_options, departments_of
from auditor.cli.display import (
    add_output_options,
    check_format,
    check_workbook,
    context_of,
    deliver,
)
from auditor.cli.documents import add_document_options
from auditor.cli.output import write_file
from auditor.cli.rule_choice import add_rule_options, selected_rules
from auditor.cli.session import session_of
from auditor.cli.waivers import add_waiver_options, waivers_of

if TYPE_CHECKING:
    from auditor.auditing.rounds import EarlierRound
    from auditor.cli.rounds import Round
    from auditor.reports.comparison import ComparisonFormat, Side

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "earlier",
        use="read",
        en="the earlier round: the folder of a result, one of its JSON files, a file of freeze, or "
        "documents",
        ja="前回：結果のフォルダー、その中の 結果.json か 記録.json、校了の記録、または文書",
        metavar=("EARLIER", "前回"),
    )
    add_document_options(
        parser,
        en="the later round: the same, or several documents and folders",
        ja="今回：前回と同じものを指定できます。文書やフォルダーは複数指定できます",
        metavar=("NOW", "今回"),
    )
    add_rule_options(parser)
    add_department_options(parser, ())
    add_waiver_options(parser)
    add_output_options(parser, _formats)


def _formats() -> tuple[str, ...]:
    from auditor.reports.comparison import COMPARISON_FORMATS

    return COMPARISON_FORMATS


def run(arguments: Namespace) -> int:
    from auditor.auditing.rounds import since
    from auditor.cli.rounds import Rounds
    from auditor.reports.comparison import Compared, rendered

    session = session_of(arguments)
    rules = selected_rules(session, arguments)
    check_format(arguments.format, _formats())
    check_workbook(arguments)
    rounds = Rounds(arguments, session, rules, waivers_of(arguments))
    earlier = rounds.earlier(Path(arguments.earlier))
    later = rounds.later(arguments.files)
    changes = since(earlier, later.report, later.books, later.files, session.rules)
    departments = departments_of(arguments, later.books, later.report.not_checked)
    if departments:
        changes = changes.of_departments(departments)
    compared = Compared(
        since=changes,
        report=later.report,
        context=context_of(arguments, session, rules, later.books),
        earlier=_earlier_side(arguments.earlier, earlier),
        later=_later_side(arguments, later),
        missed=earlier.missed,
    )
    content = rendered(compared, cast("ComparisonFormat", arguments.format))
    inputs = [arguments.earlier, *arguments.files]
    if isinstance(content, bytes):
        write_file(arguments.output, content, inputs)
    else:
        deliver(arguments, content, inputs)
    return compared.exit_code


def _name(path: str) -> str:
    """A file or folder without those above it."""
    return Path(path).resolve().name


def _earlier_side(path: str, earlier: EarlierRound) -> Side:
    from auditor.reports.comparison import Side

    number = earlier.round if earlier.made_at is not None and not earlier.is_frozen else None
    return Side(_name(path), number, earlier.made_at)


def _later_side(arguments: Namespace, later: Round) -> Side:
    from auditor.reports.comparison import Side

    name = arguments.say(", ", "、").join(map(_name, arguments.files))
    if later.head is None:
        return Side(name, None, arguments.made_at)
    number = later.head.round if later.head.kind == "round" else None
    return Side(name, number, later.head.made_at)
