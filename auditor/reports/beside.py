"""What reports show of another book, or of the accounts, that a book was held against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from auditor.auditing.report import Report
from auditor.reports.accounts import ACCOUNTS, accounts_summary, accounts_table
from auditor.reports.findings import Table
from auditor.reports.last_year import LAST_YEAR, pairs_summary, pairs_table
from auditor.reports.wording import Wording

__all__ = ["Beside", "BesideName", "beside"]

BesideName = Literal["last-year", "accounts"]


class Beside(NamedTuple):
    """The title, how many have a partner there in a sentence, and a table of the pairs to check
    and of what has no partner, which may have no rows.
    """

    name: BesideName
    title: str
    summary: str
    table: Table


def beside(report: Report, words: Wording) -> Iterator[Beside]:
    """Last year's book and the accounts, as far as the audit had them."""
    if (book := report.last_year) is not None:
        summary, table = pairs_summary(book, words), pairs_table(book, words)
        yield Beside("last-year", LAST_YEAR.of(words.lang), summary, table)
    if (accounts := report.accounts) is not None:
        summary, table = accounts_summary(accounts, words), accounts_table(accounts, words)
        yield Beside("accounts", ACCOUNTS.of(words.lang), summary, table)
