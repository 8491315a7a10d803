"""``auditor check``: audits documents and tables."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.cli.accounts import accounts_of, add_accounts_options
from auditor.cli.arguments import Parser
from auditor.cli.baseline import add_baseline_option, baseline_of
from auditor.cli.delivery import add_delivery_options, deliverer_of
from auditor.cli.display import check_format
from auditor.cli.documents import (
    Inputs,
    add_document_options,
    forms_read,
    inputs_of,
    read_documents,
    read_versions,
)
from auditor.cli.finding_file import add_finding_file_option, finding_file
from auditor.cli.last_year import add_last_year_options, last_year_of, with_takes_of_today
from auditor.cli.marked_copy import add_mark_option, check_marked_copy, write_marked_copy
from auditor.cli.outcomes import add_outcomes_option, check_outcome_format, listing_of
from auditor.cli.output import Progress, Refused
from auditor.cli.page_list import add_page_list_option, page_list_of, pages_of_sheets
from auditor.cli.publication import (
    add_publication_option,
    check_publication,
    disclosures_of,
)
from auditor.cli.report import Writer, add_report_options
from auditor.cli.rule_choice import selected_rules
from auditor.cli.session import session_of
from auditor.cli.waivers import add_waiver_options, waivers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.auditing.options import AuditOptions
    from auditor.auditing.report import Report
    from auditor.auditing.rounds import EarlierRound
    from auditor.auditing.session import Session
    from auditor.delivery.names import DocumentNames
    from auditor.records.model import NotChecked
    from auditor.rules.ruleset import RuleSet
    from auditor.versions.model import Resolved
    from auditor.waivers.model import Waiver

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    add_document_options(parser)
    add_report_options(parser)
    add_outcomes_option(
        parser,
        en="list the rows with these outcomes too, with what decided each: unknown, fail, pass, "
        "may, not_applicable, crashed, with commas",
        ja="この判定の行と、その決め手も表示します（コンマ区切り）：unknown（判定不能）、"
        "fail（不一致）、pass（一致）、may（端数処理の範囲内）、not_applicable（対象外）、"
        "crashed（規則の異常）",
    )
    add_publication_option(parser)
    add_mark_option(parser)
    add_delivery_options(parser)
    add_waiver_options(parser)
    add_last_year_options(parser)
    add_baseline_option(parser)
    add_page_list_option(parser)
    add_accounts_options(parser)
    parser.option(
        "--engine",
        en="what audits tables (default: polars)",
        ja="表を点検するエンジン（省略時は polars）",
        choices=("polars", "duckdb", "spark"),
    )
    parser.option(
        "--spark-master",
        en="with --engine spark: the cluster (default: local[*], this machine)",
        ja="--engine spark で使うクラスター（省略時は local[*]、このコンピューター）",
        metavar="URL",
    )
    parser.option(
        "--narrative",
        en="with tables: read their sentences, too, sheet by sheet",
        ja="表の文章も、シートごとに読んで点検します",
        action="store_true",
    )
    add_finding_file_option(parser)


def run(arguments: Namespace) -> int:
    from auditor.auditing.documents import audit

    session = session_of(arguments)
    rules = selected_rules(session, arguments)
    check_format(arguments.format, session.reports)
    inputs = inputs_of(session, arguments)
    check_outcome_format(arguments)
    check_publication(arguments, rules)
    check_marked_copy(arguments)
    deliverer = deliverer_of(arguments)
    waivers, baseline = waivers_of(arguments), baseline_of(arguments)
    page_list = page_list_of(arguments)
    earlier = _earlier(arguments, session, rules, waivers)
    by_columns = _by_columns(arguments, inputs)
    names = None if deliverer is None else deliverer.names
    name_of = str if names is None else names.name_of
    today = with_takes_of_today(arguments)
    read = _read(session, today, inputs, names, by_columns=by_columns)
    books = read.books
    last_year = last_year_of(session, arguments, books, names)
    not_checked = _once(*read.not_checked, *last_year.not_checked, *_missed_now(earlier))
    accounts = accounts_of(session, arguments, books, name_of)
    files = disclosures_of(arguments, inputs, name_of)
    sources = _files_read(arguments)
    writer = Writer(arguments, session, rules, books, sources, earlier, waivers, baseline)
    writer.pages = pages_of_sheets(arguments, page_list, books)
    if earlier is not None and earlier.is_frozen:
        from auditor.cli.rounds import files_now

        writer.files = files_now(arguments.files, books, name_of)
    with (
        finding_file(arguments) as file,
        Progress(arguments.say, "auditing", "点検中") as progress,
    ):
        options = writer.options(not_checked, file)
        options = replace(
            options,
            files=files,
            last_year=last_year.books,
            accounts=accounts,
            progress=progress.show,
            passed_over=read.passed_over,
            returned=read.returned,
            outcomes=listing_of(arguments),
            narrative=arguments.narrative or not inputs.tables,
        )
        if by_columns:
            report = _audit_tables(writer, inputs, options)
        else:
            report = audit(books, rules, session.forms, options)
    report = writer.settled(report)
    if deliverer is not None:
        deliverer.deliver(report, writer.context())
        return report.exit_code
    report = writer.write(report)
    if arguments.mark is not None:
        write_marked_copy(arguments, session.forms, report)
    writer.conclude(report)
    return report.exit_code


def _earlier(
    arguments: Namespace, session: Session, rules: RuleSet, waivers: Sequence[Waiver]
) -> EarlierRound | None:
    """The round that ``--since`` names. Raises EarlierError or Refused for what is none."""
    if arguments.since is None:
        return None
    from auditor.cli.rounds import Rounds

    return Rounds(arguments, session, rules, waivers).earlier(arguments.since)


def _once(*not_checked: NotChecked) -> tuple[NotChecked, ...]:
    """Each thing once: documents of the round before may have the names and faults of today's."""
    return tuple(dict.fromkeys(not_checked))


def _missed_now(earlier: EarlierRound | None) -> Sequence[NotChecked]:
    """What could not be read of the documents that stand for the earlier round."""
    return () if earlier is None or earlier.head is not None else earlier.missed


def _read(
    session: Session,
    arguments: Namespace,
    inputs: Inputs,
    names: DocumentNames | None,
    *,
    by_columns: bool,
) -> Resolved:
    """The books of the documents, by the names that a delivery gives them; tables have none."""
    from auditor.versions.model import Resolved

    if by_columns:
        # What a folder holds beside its tables can't be read, which is reported.
        return Resolved((), *read_documents(session, arguments, inputs)[1:3])
    return read_versions(session, arguments, inputs, names)


def _files_read(arguments: Namespace) -> list[str]:
    """The files that nothing is written over."""
    single = [arguments.baseline, arguments.accounts, arguments.last_year_errata]
    several = [*arguments.files, *arguments.waivers, *arguments.last_year]
    return [*several, *(str(path) for path in single if path)]


def _by_columns(arguments: Namespace, inputs: Inputs) -> bool:
    """Whether the inputs are tables, to be audited without a record of each row.

    Raises Refused for options of which some need tables alone and others a record of each row.
    """
    from auditor.readers.folders import contents_of

    if arguments.spark_master is not None and arguments.engine != "spark":
        raise Refused(
            "--spark-master needs --engine spark",
            "--spark-master は --engine spark とともに指定してください",
        )
    if not inputs.tables and arguments.engine is None:
        return False
    documents: list[str] = []
    for path in inputs.others:
        documents += contents_of(path, inputs.tables).documents
    by_records = _needing_records(arguments)
    columns_only = {"--engine": arguments.engine}
    if inputs.tables:
        columns_only["--findings"] = arguments.findings
    for option, value in columns_only.items():
        if value is None:
            continue
        if documents:
            raise Refused(
                f"{option} needs tables alone, and {documents[0]} is a document; "
                "audit documents in a call of their own",
                f"{option} は表だけの点検で使えます。{documents[0]} は文書です。"
                "文書は別に点検してください",
            )
        if by_records:
            raise Refused(
                f"{option} of tables can't be combined with {by_records[0]}, "
                "which needs a record of every sheet",
                f"表の点検では、{option} を {by_records[0]}"
                "（すべてのシートの記録が必要です）と同時に指定できません",
            )
    return not documents and not by_records


def _needing_records(arguments: Namespace) -> list[str]:
    """The options and settings in force that need a record of every sheet."""
    options = {
        "--totals": arguments.totals,
        "--unsure": arguments.unsure,
        "--department": arguments.department,
        "--by department": arguments.by == "department",
        "--output-dir": arguments.output_dir,
        "--deliver": arguments.deliver,
        "--since": arguments.since,
        "--page-list": arguments.page_list,
        "--last-year": arguments.last_year,
        "--accounts": arguments.accounts,
        "--outcomes": arguments.outcomes,
        "[departments.renamed]": arguments.settings.departments.renamed,
    }
    return [option for option, value in options.items() if value]


def _audit_tables(writer: Writer, inputs: Inputs, options: AuditOptions) -> Report:
    from auditor.auditing.tables import audit_tables
    from auditor.engines import engine_named

    arguments, session = writer.arguments, writer.session
    engine = engine_named(arguments.engine or "polars", arguments.spark_master)
    options = replace(options, engine=engine, limits=arguments.limits)
    return audit_tables(inputs.tables, writer.rules, forms_read(session, arguments), options)
