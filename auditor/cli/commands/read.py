"""``auditor read``: shows what was read of documents, for people or as records."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.documents import add_document_options, missed_in, read_books
from auditor.cli.session import session_of

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    add_document_options(parser)
    parser.flag(
        "--unread",
        en="list the numbers that are printed and were not read",
        ja="読み取れなかった数値をすべて表示します",
    )
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    session = session_of(arguments)
    check_format(arguments.format, _FORMATS)
    books, not_checked = read_books(session, arguments)
    missed = [*session.problems, *not_checked]
    unread = [*missed, *missed_in(books)]
    if arguments.format == "json":
        from auditor.readers.json.writing import dump_records

        text = dump_records(books)
        print_missed(unread, arguments)
    else:
        from auditor.reports.reading import reading_text

        text = reading_text(missed, context_of(arguments, session, session.rules, books))
    deliver(arguments, text, arguments.files)
    return 2 if unread else 0
