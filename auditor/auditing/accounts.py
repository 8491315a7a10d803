"""The accounts beside the audited book: which project is which, as a report shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from auditor.accounts.matching import BesideAccounts, beside_accounts
from auditor.accounts.model import Account, AccountsError, Ledger
from auditor.auditing.last_year import named
from auditor.auditing.report import AccountPair, AccountRows, Accounts, AccountUndecided
from auditor.forms.model import Form
from auditor.records.fields import OtherBook
from auditor.records.model import Book, Document, Sheet
from auditor.rules.rows import NO_OTHERS, Other, Rows

__all__ = ["HeldAgainstAccounts", "audited_book"]


def audited_book(books: Iterable[Book]) -> tuple[str, int]:
    """The form and the fiscal year of the one book that accounts are held against. Raises
    AccountsError where there is none, or there are several.
    """
    keys = list(dict.fromkeys((book.form, book.fiscal_year) for book in books if book.sheets))
    if not keys:
        raise AccountsError(
            "the accounts can't be held against anything: there is no sheet",
            "決算額の一覧と照合するシートがありません",
        )
    if len(keys) > 1:
        several = ", ".join(f"{form} {year}" for form, year in keys)
        raise AccountsError(
            f"the accounts are those of one form and fiscal year, and the documents have {several};"
            " audit them apart",
            f"決算額の一覧と照合できるのは1つの様式・年度だけです（文書：{several}）。"
            "分けて点検してください",
        )
    return keys[0]


class HeldAgainstAccounts:
    """The accounts, held together with the one audited book that has sheets. Raises AccountsError
    where not one project is in both.
    """

    def __init__(
        self,
        ledger: Ledger,
        books: Sequence[Book],
        forms: Mapping[str, Form],
        renamed: Mapping[str, str],
    ) -> None:
        self.key: tuple[str, int] = audited_book(books)
        form = forms[self.key[0]]
        book = next(book for book in books if (book.form, book.fiscal_year) == self.key)
        self.beside: BesideAccounts = beside_accounts(ledger, book, form, renamed)
        if not self.beside.pairing.pairs:
            raise AccountsError(
                f"{ledger.document}: not one of its projects is in the documents; nothing was "
                "checked",
                f"{ledger.document}：点検する文書と同じ事業が1つもないため、点検していません",
            )

    def others(self, book: Book, form: Form) -> Mapping[OtherBook, Other]:
        """What the rows of a book are linked to."""
        if (book.form, book.fiscal_year) != self.key:
            return NO_OTHERS
        pairs = [(pair.record, pair.earlier) for pair in self.beside.pairing.pairs]
        return {"accounts": Other(Rows(self.beside.book, form.in_yen), pairs)}

    @property
    def document(self) -> Document:
        return self.beside.book.documents[0]

    def section(self) -> Accounts:
        """How the book was held against the accounts, as a report shows it."""
        pairing = self.beside.pairing
        return Accounts(
            document=self.document,
            pairs=tuple(
                AccountPair(record=named(pair.record), rows=self._rows(pair.earlier), how=pair.how)
                for pair in pairing.pairs
            ),
            unpaired=tuple(map(named, pairing.unpaired)),
            unpaired_accounts=tuple(map(self._rows, pairing.unpaired_earlier)),
            undecided=tuple(
                AccountUndecided(
                    record=named(item.record), candidates=tuple(map(self._rows, item.candidates))
                )
                for item in pairing.undecided
            ),
        )

    def _rows(self, sheet: Sheet) -> AccountRows:
        return _rows(self.beside.account(sheet))


def _rows(account: Account) -> AccountRows:
    return AccountRows(
        project=account.project,
        departments=account.departments,
        lines=tuple(entry.line for entry in account.entries),
        total=account.amount("total_cost"),
        items=account.items,
        shared=account.is_shared,
        carried_over=account.carried_over,
        staff_cost=account.staff_cost,
    )
