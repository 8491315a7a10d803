"""``auditor totals``: adds up the figures, for comparison with the settlement of accounts."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.departments import add_department_options, departments_of
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.documents import add_document_options, missed_in, read_books
from auditor.cli.session import session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.records.model import Book

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json", "csv")


def add_arguments(parser: Parser) -> None:
    add_document_options(parser)
    add_department_options(parser, ("department",))
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    from auditor.auditing.departments import books_of

    session = session_of(arguments)
    check_format(arguments.format, _FORMATS)
    books, not_checked = read_books(session, arguments)
    missed = [*session.problems, *not_checked, *missed_in(books)]
    departments = departments_of(arguments, books, missed)
    if departments:
        books = books_of(books, departments)
    deliver(arguments, _text(arguments, session, books), arguments.files)
    return print_missed(missed, arguments)


def _text(arguments: Namespace, session: Session, books: Sequence[Book]) -> str:
    from auditor.auditing.totals import totals
    from auditor.reports.wording import Wording

    results = totals(books, arguments.by == "department", arguments.settings.departments)
    if arguments.format == "json":
        from auditor.reports.json_report import dumped

        return dumped([total.model_dump(mode="json") for total in results])
    if arguments.format == "csv":
        from auditor.reports.csv_table import totals_csv

        return totals_csv(results, Wording(arguments.lang, session.forms))
    from auditor.reports.terminal import totals_text

    context = context_of(arguments, session, session.rules, books)
    words = Wording(arguments.lang, session.forms)
    return "\n".join(totals_text(context, words)).lstrip("\n") + "\n"
