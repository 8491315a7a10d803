"""``auditor try``: judges a formula on documents before it is a rule."""

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
from auditor.cli.documents import add_document_options, read_books
from auditor.cli.output import print_error
from auditor.cli.reasons import FORMATS, add_reason_options
from auditor.cli.session import session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.auditing.why import Reasons
    from auditor.rules.rule import Rule

__all__ = ["add_arguments", "run"]

_MOST: Final = 5


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "formula",
        en="the formula, in quotes: 'total_cost == sum(funding)'",
        ja="式。引用符で囲みます：'total_cost == sum(funding)'",
        metavar=("FORMULA", "式"),
    )
    add_document_options(parser)
    parser.option(
        "--when",
        en="judge only the rows for which this formula holds",
        ja="この式が成り立つ行だけを判定します",
        metavar=("FORMULA", "式"),
        default="",
    )
    parser.option(
        "--each",
        en="judge it on each sheet, year, evaluation, kpi, kpi_year, claim, book or figure "
        "(default: the first of these on which it can be read, years before sheets)",
        ja="判定の単位：sheet（シート）、year（年度の列）、evaluation（評価）、kpi（指標）、"
        "kpi_year（指標の年度）、claim（文中の記述）、book（冊子）、figure（項目）（省略時は式が読める単位。"
        "年度の列を優先します）",
        metavar=("ROW", "単位"),
    )
    add_reason_options(
        parser,
        en="show the first N rows that fail, and of which it is unknown",
        ja="不一致と判定不能の行を、それぞれ最初の N 行まで示します",
        most=_MOST,
    )
    add_output_options(parser, lambda: FORMATS)


def run(arguments: Namespace) -> int:
    """The exit code is 1 where a row fails, 2 where something was not read or no row was judged."""
    from auditor.auditing.options import AuditOptions
    from auditor.auditing.trying import trial_rule, tried
    from auditor.rules.rule import RuleError

    session = session_of(arguments)
    check_format(arguments.format, FORMATS)
    try:
        rule = trial_rule(
            arguments.formula, session.forms, when=arguments.when, each=arguments.each
        )
    except RuleError as fault:
        print_error(fault.listing(arguments.lang))
        return 2
    books, not_checked = read_books(session, arguments)
    options = AuditOptions(
        not_checked=not_checked, form=arguments.form, claim_readers=session.claim_readers
    )
    trial = tried(books, rule, session.forms, most=arguments.max_rows, options=options)
    deliver(arguments, _text(arguments, session, trial, rule), arguments.files)
    print_missed(session.problems, arguments)
    counts = trial.report.outcomes.get(rule.code, {})
    judged = any(number for outcome, number in counts.items() if outcome != "not_applicable")
    if trial.report.not_checked or session.problems or not judged:
        return 2
    return 1 if counts.get("fail") else 0


def _text(arguments: Namespace, session: Session, trial: Reasons, rule: Rule) -> str:
    if arguments.format == "json":
        from auditor.reports.json_report import dumped
        from auditor.reports.why import trial_data

        return dumped(trial_data(trial, rule))
    from auditor.reports.why import trial_text

    context = context_of(arguments, session, session.rules)
    return trial_text(trial, rule, context, verbose=arguments.verbose)
