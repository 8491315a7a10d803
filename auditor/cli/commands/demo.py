"""``auditor demo``: audits the shipped examples that have faults."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.display import check_format
from auditor.cli.report import Writer, add_report_options
from auditor.cli.rule_choice import selected_rules
from auditor.cli.session import add_plugin_option, session_of

if TYPE_CHECKING:
    from auditor.records.model import Book

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    add_plugin_option(parser)
    add_report_options(parser)


def run(arguments: Namespace) -> int:
    """The exit code is 0 for a demonstration that worked, findings or not."""
    import auditor_datasets
    from auditor.auditing.documents import audit

    session = session_of(arguments)
    rules = selected_rules(session, arguments)
    check_format(arguments.format, session.reports)
    books: list[Book] = []
    for name in auditor_datasets.names():
        if name.endswith("faulty"):
            books += auditor_datasets.load(name)
    writer = Writer(arguments, session, rules, books)
    report = writer.write(audit(books, rules, session.forms, writer.options(())))
    writer.conclude(report)
    return 2 if report.exit_code == 2 else 0
