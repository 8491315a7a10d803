"""Last year's book, against which the audited one is held: ``--last-year``, and its errata."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from auditor.cli.arguments import Parser
from auditor.cli.documents import arguments_for, read_books, takes_in
from auditor.cli.output import Refused

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.delivery.names import DocumentNames
    from auditor.records.model import Book, NotChecked

__all__ = ["LastYearRead", "add_last_year_options", "last_year_of", "with_takes_of_today"]


def add_last_year_options(parser: Parser) -> None:
    """Add ``--last-year`` and ``--last-year-errata``."""
    parser.option(
        "--last-year",
        use="read",
        en="hold the documents against last year's book: its documents, folders of them, or its "
        "records (may be repeated; default: the settings)",
        ja="前年度の冊子と照合します。前年度の文書、そのフォルダー、または記録を指定します"
        "（複数可。省略時は設定のとおり）",
        metavar=("FILE", "ファイル"),
        action="append",
        default=[],
    )
    parser.option(
        "--last-year-errata",
        use="read",
        en="last year's list of errata, as auditor errata writes it: it is applied to last year's "
        "book before anything is compared (default: the settings)",
        ja="前年度の冊子の正誤表（auditor errata が書き出すもの）を指定します。照合の前に、前年度の"
        "数値に反映します（省略時は設定のとおり）",
        metavar=("FILE", "ファイル"),
    )


class LastYearRead(NamedTuple):
    """The books of the year before, and what of them could not be read."""

    books: tuple[Book, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


def last_year_of(
    session: Session,
    arguments: Namespace,
    books: Sequence[Book],
    names: DocumentNames | None = None,
) -> LastYearRead:
    """Read last year's book with the readers of the audited documents; ``names`` are what
    documents are called in what is handed round. Raises Refused and LastYearError for what can't be
    the book of the year before ``books``.
    """
    if not arguments.last_year:
        if arguments.last_year_errata:
            raise Refused(
                "--last-year-errata needs --last-year",
                "--last-year-errata は --last-year とともに指定してください",
            )
        return LastYearRead()
    from auditor.auditing.last_year import check_last_year

    _refuse_inputs_of_today(arguments)
    # The pages of a PDF are this year's.
    takes = takes_in(arguments.take, arguments.last_year)
    reading = arguments_for(arguments.last_year, arguments, pages=None, table=False, take=takes)
    earlier, not_checked = read_books(session, reading, names)
    if not earlier and not_checked:
        raise _unreadable(not_checked)
    check_last_year(books, earlier)
    if arguments.last_year_errata:
        from auditor.cli.last_year_errata import corrected

        path = arguments.last_year_errata
        name = path if names is None else names.name_of(path)
        departments = arguments.settings.departments
        earlier, missed = corrected(earlier, path, name, session.forms, departments)
        not_checked = (*not_checked, *missed)
    return LastYearRead(earlier, not_checked)


def with_takes_of_today(arguments: Namespace) -> Namespace:
    """The arguments without those of ``--take`` that choose a version of last year's book."""
    before = set(takes_in(arguments.take, arguments.last_year))
    today = set(takes_in(arguments.take, arguments.files))
    takes = [take for take in arguments.take if take not in before or take in today]
    return Namespace(**{**vars(arguments), "take": takes})


def _refuse_inputs_of_today(arguments: Namespace) -> None:
    """Raise Refused for a document that is audited and last year's at once."""
    audited = {os.path.realpath(path) for path in arguments.files}
    for path in arguments.last_year:
        if os.path.realpath(path) in audited:
            raise Refused(
                f"{path} is audited, so it can't be last year's book",
                f"{path} は点検する文書です。前年度の冊子には指定できません",
            )


def _unreadable(not_checked: Sequence[NotChecked]) -> Refused:
    """That nothing of last year's book could be read, with the first reason."""
    first = not_checked[0]
    en, ja = first.why.en, first.why.ja
    document = first.document or ""
    return Refused(
        f"nothing of last year's book could be read: {document} {en}".replace("  ", " "),
        f"前年度の冊子から何も読み取れません：{document}（{ja}）",
    )
