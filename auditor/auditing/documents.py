"""Audits books.

Reports what contradicts what, and what could not be checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from auditor.auditing.collector import FindingCollector
from auditor.auditing.departments import department_of_kpi, lent_departments
from auditor.auditing.fitting import misfits
from auditor.auditing.looked_up import is_read_whole, lookups_of
from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.report import JudgedKpi, Report
from auditor.auditing.wrong_records import sound_books
from auditor.forms.model import Form
from auditor.records.fields import OtherBook
from auditor.records.model import Book, Document, Kpi, NotChecked, Sheet
from auditor.records.prose import has_prose
from auditor.records.text import Why
from auditor.rules.kpi import achievement
from auditor.rules.rows import Other, Rows
from auditor.rules.ruleset import READING_FAMILIES, RuleSet

if TYPE_CHECKING:
    from auditor.auditing.accounts import HeldAgainstAccounts
    from auditor.auditing.last_year import LastYearBooks

__all__ = ["audit", "form_missing", "unlisted_remarks"]


def audit(
    books: Book | Iterable[Book],
    rules: RuleSet,
    forms: Mapping[str, Form],
    options: AuditOptions = DEFAULTS,
) -> Report:
    """Judge every row of every book by every rule. Books of one form and fiscal year are judged
    as one; a book with a record that is not what its model says is not.
    """
    wrong: list[NotChecked] = []
    merged = Book.merged(sound_books([books] if isinstance(books, Book) else books, wrong))
    lent = lent_departments(merged)
    collector = FindingCollector(rules, options, lent)
    collector.not_checked.extend(wrong)
    collector.expect(merged)
    last_year = _last_year(options, merged, collector.not_checked)
    accounts = _accounts(options, merged, forms)
    lookups = lookups_of(merged, forms, options.not_checked)
    if not options.narrative:
        collector.leaves_prose = any(map(has_prose, _sheets(merged)))
    for book in merged:
        for document in book.documents:
            collector.not_checked.extend(document.not_checked)
            collector.not_checked.extend(unlisted_remarks(document, rules))
        form = forms.get(book.form)
        if form is None:
            collector.not_checked.extend(form_missing(book))
            continue
        collector.not_checked.extend(misfits(book, form))
        others: dict[OtherBook, Other] = {}
        if last_year is not None:
            others |= last_year.others(book, form)
        if accounts is not None:
            others |= accounts.others(book, form)
        is_whole = is_read_whole(book, options.not_checked)
        rows = Rows(
            book,
            form,
            others,
            lookups=lookups,
            is_whole=is_whole,
            claims_of=collector.claims_of,
        )
        collector.judge(rows)
    documents = chain.from_iterable(book.documents for book in merged)
    kpis = chain.from_iterable(book.kpis for book in merged)
    judged = tuple(_judged_kpi(kpi, department_of_kpi(kpi, lent)) for kpi in kpis)
    report = collector.report(tuple(documents), judged)
    sections = {
        "last_year": last_year and last_year.section(),
        "accounts": accounts and accounts.section(),
    }
    return report.model_copy(update={name: part for name, part in sections.items() if part})


def _sheets(books: Iterable[Book]) -> Iterator[Sheet]:
    return chain.from_iterable(book.sheets for book in books)


def _last_year(
    options: AuditOptions, books: Sequence[Book], not_checked: list[NotChecked]
) -> LastYearBooks | None:
    """The books of the year before, where there are any; what of them can't be compared is added
    to ``not_checked``.
    """
    if not options.last_year:
        return None
    # Most audits have no other book.
    from auditor.auditing.last_year import LastYearBooks

    return LastYearBooks(options.last_year, books, not_checked)


def _accounts(
    options: AuditOptions, books: Sequence[Book], forms: Mapping[str, Form]
) -> HeldAgainstAccounts | None:
    """The accounts, where there are any. Raises AccountsError where they are not those of the
    books.
    """
    if options.accounts is None:
        return None
    from auditor.auditing.accounts import HeldAgainstAccounts

    judged = [book for book in books if book.form in forms]
    return HeldAgainstAccounts(options.accounts, judged, forms, options.departments.renamed)


def unlisted_remarks(document: Document, rules: RuleSet) -> Iterator[NotChecked]:
    """Reports that a document was not read without doubt where no rule of the set lists what its
    reader remarks: those of the family RD say that figures may be missing or wrong.
    """
    remarks = [
        remark
        for remark in document.remarks
        if remark.rule.startswith(READING_FAMILIES) and rules.get(remark.rule) is None
    ]
    if remarks:
        codes = sorted({remark.rule for remark in remarks})
        en = (
            f"{len(remarks):,} remarks of the reading are not listed, as these rules leave them "
            f"out: {', '.join(codes)}"
        )
        ja = (
            f"読み取りの指摘 {len(remarks):,}件は、規則の指定から除かれているため"
            f"表示していません：{'、'.join(codes)}"
        )
        yield NotChecked(document=document.path, why=Why(code="unlisted", en=en, ja=ja))


def form_missing(book: Book) -> Iterator[NotChecked]:
    """Reports each of a book's documents as not checked, because there is no such form."""
    en, ja = f"there is no form {book.form}", f"{book.form} という様式はありません"
    why = Why(code="unknown-form", en=en, ja=ja)
    return (NotChecked(document=document.path, why=why) for document in book.documents)


def _judged_kpi(kpi: Kpi, department: str) -> JudgedKpi:
    return JudgedKpi(
        document=kpi.document,
        number=kpi.number,
        project=kpi.project,
        name=kpi.name,
        department=department,
        unit=kpi.unit,
        target=kpi.target.shown(),
        achievement=achievement(kpi),
    )
