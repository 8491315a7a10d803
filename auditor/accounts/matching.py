"""The accounts as a book beside the sheets: which project is which, and its amounts in yen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from auditor.accounts.model import Account, Entry, Ledger, added
from auditor.comparison.pairs import NO_NAMES, Pair, Pairing, Undecided, pair_sheets
from auditor.forms.model import YEN, Form
from auditor.forms.words import squeezed
from auditor.records.decimals import number
from auditor.records.figures import Figure, Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, FiscalYear, Sheet, figures_of_year

__all__ = ["BesideAccounts", "beside_accounts"]


@dataclass(frozen=True)
class BesideAccounts:
    """A book held together with the accounts: their projects as a book of the same form, in yen,
    and which sheet is which project. ``accounts`` are the projects by their sheet's number there.
    """

    book: Book
    pairing: Pairing[Sheet]
    accounts: Mapping[int, Account]

    def account(self, sheet: Sheet) -> Account:
        """The project that a sheet of the accounts' book stands for."""
        return self.accounts[sheet.number]


def beside_accounts(
    ledger: Ledger, book: Book, form: Form, renamed: Mapping[str, str] = NO_NAMES
) -> BesideAccounts:
    """Hold a book and the accounts together.

    Rows of one project add up. Where only one sheet has its name, they do so whatever their
    departments (共管), else by department. So they do where the sheet prints what its own
    department has, and no row is marked as shared: another project has the same name.
    ``renamed`` says what departments are called now.
    """
    accounts = list(_accounts(ledger, book, form, renamed))
    there = [
        _sheet_of(account, number_, ledger, book, form)
        for number_, account in enumerate(accounts, 1)
    ]
    document = Document.of(ledger.document, form.name, book.fiscal_year, there, ())
    return BesideAccounts(
        Book(
            form=form.name,
            fiscal_year=book.fiscal_year,
            documents=(document.model_copy(update={"sha256": ledger.sha256}),),
            sheets=tuple(there),
        ),
        _pairing(book.sheets, there, ledger, renamed),
        dict(enumerate(accounts, 1)),
    )


# --- projects


def _accounts(
    ledger: Ledger, book: Book, form: Form, renamed: Mapping[str, str]
) -> Iterable[Account]:
    """The rows of the accounts by project, in the order of their first rows."""
    homes: defaultdict[str, list[Sheet]] = defaultdict(list)
    for sheet in book.sheets:
        homes[squeezed(sheet.name)].append(sheet)
    today = {squeezed(old): new for old, new in renamed.items()}
    rows: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in ledger.entries:
        department = today.get(squeezed(entry.department), entry.department)
        rows[squeezed(entry.project)].append(entry._replace(department=department))
    together = {
        name
        for name, sheets in homes.items()
        if len(sheets) == 1 and not _has_namesakes(sheets[0], rows[name], form)
    }
    groups: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for name, entries in rows.items():
        for entry in entries:
            groups[name, "" if name in together else squeezed(entry.department)].append(entry)
    for (name, _), of_group in groups.items():
        departments = [sheet.department for sheet in homes.get(name, ())]
        home = _home(of_group, departments)
        yield Account(of_group[0].project, home, tuple(of_group))


def _has_namesakes(sheet: Sheet, entries: Sequence[Entry], form: Form) -> bool:
    """Whether rows with the name of a sheet are of another project: the sheet prints the total of
    its own department's rows, and not that of all.
    """
    home = squeezed(sheet.department)
    own = [entry for entry in entries if squeezed(entry.department) == home]
    if len(own) in (0, len(entries)) or any(entry.is_shared for entry in entries):
        return False
    key = form.evaluated_column(sheet.fiscal_year, sheet.fiscal_year)
    column = sheet.years.get(key or "")
    printed = None if column is None else column.total_cost
    if printed is None or printed.value is None:
        return False
    unit = form.factor(printed.unit)
    amount = Fraction(printed.value) * Fraction(unit)

    def agrees(rows: Sequence[Entry]) -> bool:
        total = added(entry.amounts.get("total_cost") for entry in rows)
        return total is not None and abs(Fraction(total) - amount) < unit

    return agrees(own) and not agrees(entries)


def _home(entries: Sequence[Entry], departments: Sequence[str]) -> str:
    """The department whose sheet the rows of a project may belong to: that of a sheet of the same
    name, where one of the rows has it.
    """
    rows = {squeezed(entry.department) for entry in entries}
    for department in departments:
        if squeezed(department) in rows:
            return department
    return entries[0].department


def _pairing(
    sheets: Sequence[Sheet], there: Sequence[Sheet], ledger: Ledger, renamed: Mapping[str, str]
) -> Pairing[Sheet]:
    """Which sheet is which project: by name and department, then by names spelt alike. The
    accounts have no stages and other units, so that neither stages nor figures tell anything.
    """
    plain: dict[str, object] = {"budget_stages": (), "years": FrozenDict()}
    if not ledger.has_departments:
        plain["department"] = ""
    views = [sheet.model_copy(update=plain) for sheet in sheets]
    projects = [sheet.model_copy(update=plain) for sheet in there]
    original = {id(view): sheet for view, sheet in zip(views, sheets, strict=True)}
    original |= {id(view): sheet for view, sheet in zip(projects, there, strict=True)}
    pairing = pair_sheets(views, projects, renamed)
    return Pairing(
        pairs=tuple(
            Pair(original[id(pair.record)], original[id(pair.earlier)], pair.how)
            for pair in pairing.pairs
        ),
        unpaired=tuple(original[id(view)] for view in pairing.unpaired),
        unpaired_earlier=tuple(original[id(view)] for view in pairing.unpaired_earlier),
        undecided=tuple(
            Undecided(
                original[id(item.record)],
                tuple(original[id(view)] for view in item.candidates),
            )
            for item in pairing.undecided
        ),
    )


# --- records


def _sheet_of(account: Account, at: int, ledger: Ledger, book: Book, form: Form) -> Sheet:
    """A project of the accounts as a sheet whose evaluated column has its amounts in yen; its
    ``captions`` say what they are the sum of.
    """
    place = Place(line=account.entries[0].line)
    amounts = {name: account.amount(name) for name in ledger.fields}
    if amounts["total_cost"] is not None:  # a source that is blank beside a total is none
        amounts = {name: amount or Decimal(0) for name, amount in amounts.items()}
    figures = {name: _figure(amounts.get(name), place) for name in form.amounts}
    evaluated = form.evaluated_column(book.fiscal_year, book.fiscal_year)
    years: dict[str, FiscalYear] = {}
    for column in form.columns:
        key = form.column_id(column, book.fiscal_year)
        here = figures if key == evaluated else dict.fromkeys(figures, Figure(unit=YEN))
        years[key] = FiscalYear(
            year=book.fiscal_year + column.offset, kind=column.kind, **figures_of_year(here)
        )
    return Sheet(
        document=ledger.document,
        number=at,
        name=account.project,
        fiscal_year=book.fiscal_year,
        department=account.department,
        captions=_made_of(account),
        years=FrozenDict(years),
        place=place,
    )


def _figure(amount: Decimal | None, place: Place) -> Figure:
    if amount is None:
        return Figure(unit=YEN, place=place)
    return Figure(value=amount, state="number", printed=number(amount), unit=YEN, place=place)


def _made_of(account: Account) -> str:
    """What the amounts of a project are the sum of, and what else its rows say, in Japanese, as
    the file is.
    """
    parts: list[str] = []
    if len(account.entries) > 1:
        parts.append(f"{len(account.entries)}行の合計")
    if len(account.items) > 1:
        parts.append(f"目：{'、'.join(account.items)}")
    if len(account.departments) > 1:
        parts.append(f"共管：{'、'.join(account.departments)}")
    elif account.is_shared:
        parts.append("共管")
    for word, amount in (("繰越", account.carried_over), ("人件費", account.staff_cost)):
        if amount:
            parts.append(f"{word} {number(amount)}円")
    return "、".join(parts)
