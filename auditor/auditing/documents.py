"""Audits books.

Reports what contradicts what, and what could not be checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from auditor.auditing.collector import FindingCollector
from auditor.auditing.departments import department_of_kpi, lent_departments
from auditor.auditing.fitting import misfits
from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.report import JudgedKpi, Report
from auditor.auditing.wrong_records import sound_books
from auditor.forms.model import Form
from auditor.records.model import Book, Document, Kpi, NotChecked
from auditor.records.text import Why
from auditor.rules.kpi import achievement
from auditor.rules.rows import Rows
from auditor.rules.ruleset import READING_FAMILIES, RuleSet

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
    for book in merged:
        for document in book.documents:
            collector.not_checked.extend(document.not_checked)
            collector.not_checked.extend(unlisted_remarks(document, rules))
        form = forms.get(book.form)
        if form is None:
            collector.not_checked.extend(form_missing(book))
            continue
        collector.not_checked.extend(misfits(book, form))
        collector.judge(Rows(book, form))
    documents = chain.from_iterable(book.documents for book in merged)
    kpis = chain.from_iterable(book.kpis for book in merged)
    judged = tuple(_judged_kpi(kpi, department_of_kpi(kpi, lent)) for kpi in kpis)
    return collector.report(tuple(documents), judged)


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
