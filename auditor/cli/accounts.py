"""Options that name the accounts, and whether settled figures are expected or final."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, get_args

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused
from auditor.settings.model import Figures

if TYPE_CHECKING:
    from auditor.accounts.model import Ledger
    from auditor.auditing.session import Session
    from auditor.records.model import Book

__all__ = ["accounts_of", "add_accounts_options"]


def add_accounts_options(parser: Parser) -> None:
    """Add ``--accounts`` and ``--figures``."""
    parser.option(
        "--accounts",
        use="read",
        en="hold settled totals and sources against the accounts: a CSV file in yen with a row "
        "for each project (default: the settings)",
        ja="決算額・財源を財務会計の一覧（事業別決算額のCSV、円単位）と照合します"
        "（省略時は設定のとおり）",
        metavar=("FILE", "ファイル"),
    )
    parser.option(
        "--figures",
        en="say in reports whether the settled figures are expected or final",
        ja="決算額が見込か確定かを報告書に示します（見込＝決算見込額、確定＝確定額）",
        choices=get_args(Figures),
    )


def accounts_of(
    session: Session,
    arguments: Namespace,
    books: Sequence[Book],
    name_of: Callable[[str], str] = str,
) -> Ledger | None:
    """Read the accounts of the one book among ``books``. Raises AccountsError for a file that
    can't be used, Refused for one that can't be opened.
    """
    if not arguments.accounts:
        return None
    from auditor.accounts.reading import read_ledger
    from auditor.auditing.accounts import audited_book
    from auditor.readers.source import UnreadableDocument

    form, _ = audited_book(book for book in books if book.form in session.forms)
    columns = arguments.settings.accounts
    try:
        ledger = read_ledger(arguments.accounts, session.forms[form], columns)
    except UnreadableDocument as fault:
        en, ja = fault.message.en, fault.message.ja
        raise Refused(f"{arguments.accounts}: {en}", f"{arguments.accounts}：{ja}") from None
    return ledger._replace(document=name_of(arguments.accounts))
