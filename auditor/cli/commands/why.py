"""``auditor why``: the figures and steps behind a rule's answers, and what decided them."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final

from auditor.cli.accounts import accounts_of, add_accounts_options
from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.documents import add_document_options, inputs_of, read_versions
from auditor.cli.last_year import add_last_year_options, last_year_of, with_takes_of_today
from auditor.cli.outcomes import add_outcomes_option, outcomes_of
from auditor.cli.output import Refused
from auditor.cli.reasons import FORMATS, add_reason_options
from auditor.cli.row_choice import add_row_options, row_choice_of
from auditor.cli.rule_choice import codes_of
from auditor.cli.session import session_of
from auditor.cli.waivers import add_waiver_options, waivers_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.auditing.why import Reasons
    from auditor.rules.rule import Rule

__all__ = ["add_arguments", "run"]

_MOST: Final = 20


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "rule",
        en="code, name or family of a rule",
        ja="規則コード・規則名・分類",
        metavar=("RULE", "規則"),
    )
    add_document_options(parser)
    add_row_options(parser)
    add_outcomes_option(
        parser,
        en="only rows with these outcomes, with commas: pass, may, fail, unknown, "
        "not_applicable, crashed",
        ja="この判定の行だけを示します（コンマ区切り）：pass（一致）、may（端数処理の範囲内）、"
        "fail（不一致）、unknown（判定不能）、not_applicable（対象外）、crashed（規則の異常）",
    )
    add_reason_options(
        parser,
        en="show the first N rows of each outcome",
        ja="判定ごとに最初の N 行を示します",
        most=_MOST,
    )
    add_waiver_options(parser)
    add_last_year_options(parser)
    add_accounts_options(parser)
    add_output_options(parser, lambda: FORMATS)


def run(arguments: Namespace) -> int:
    """The exit code is 2 where something was not read, or no row fits what was asked for."""
    session = session_of(arguments)
    check_format(arguments.format, FORMATS)
    codes = codes_of(session, arguments.rule, arguments)
    rules = [rule for code in codes if (rule := session.rules.get(code)) is not None]
    reasons = _reasons(arguments, session, rules)
    if arguments.format == "json":
        from auditor.reports.json_report import dumped
        from auditor.reports.why import why_data

        text = dumped(why_data(reasons, rules))
    else:
        from auditor.reports.why import why_text

        context = context_of(arguments, session, session.rules)
        text = why_text(reasons, rules, context, verbose=arguments.verbose)
    deliver(arguments, text, arguments.files)
    print_missed(session.problems, arguments)
    return 2 if reasons.report.not_checked or not (reasons.total or reasons.not_run) else 0


def _reasons(arguments: Namespace, session: Session, rules: list[Rule]) -> Reasons:
    """How the rules answered the rows that the arguments choose. Raises WrongYear, Refused."""
    from auditor.auditing.options import AuditOptions
    from auditor.auditing.why import reasons
    from auditor.rules.ruleset import RuleSet

    choice = row_choice_of(arguments)
    outcomes = outcomes_of(arguments)
    waivers = waivers_of(arguments)
    inputs = inputs_of(session, arguments)
    read = read_versions(session, with_takes_of_today(arguments), inputs, None)
    last_year = last_year_of(session, arguments, read.books, None)
    accounts = accounts_of(session, arguments, read.books, str)
    options = AuditOptions(
        not_checked=(*session.problems, *read.not_checked, *last_year.not_checked),
        form=arguments.form,
        claim_readers=session.claim_readers,
        last_year=last_year.books,
        accounts=accounts,
    )
    if not read.books and not options.not_checked:
        raise Refused(
            "no document was given that could be read", "読み取れる文書が指定されていません"
        )
    return reasons(
        read.books,
        RuleSet(rules),
        session.forms,
        choice,
        outcomes=outcomes,
        most=arguments.max_rows,
        options=options,
        waivers=waivers,
        day=arguments.made_at.date(),
    )
