"""Audits books.

Reports what contradicts what, and what could not be checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from auditor.auditing.collector import FindingCollector
from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.report import JudgedKpi, Report
from auditor.forms.model import Form
from auditor.records.model import Book, Kpi, NotChecked
from auditor.records.text import Why
from auditor.rules.kpi import achievement
from auditor.rules.rows import Rows
from auditor.rules.ruleset import RuleSet

__all__ = ["audit", "unknown_form"]


def audit(
    books: Book | Iterable[Book],
    rules: RuleSet,
    forms: Mapping[str, Form],
    options: AuditOptions = DEFAULTS,
) -> Report:
    """Judge every row of every book by every rule. Books of one form and fiscal year are judged
    as one.
    """
    merged = Book.merged([books] if isinstance(books, Book) else books)
    collector = FindingCollector(rules, options)
    collector.expect(merged)
    for book in merged:
        for document in book.documents:
            collector.not_checked.extend(document.not_checked)
        form = forms.get(book.form)
        if form is None:
            collector.not_checked.extend(unknown_form(book))
            continue
        collector.judge(Rows(book, form))
    documents = chain.from_iterable(book.documents for book in merged)
    kpis = chain.from_iterable(book.kpis for book in merged)
    return collector.report(tuple(documents), tuple(_judged_kpi(kpi) for kpi in kpis))


def unknown_form(book: Book) -> Iterator[NotChecked]:
    """Reports each of a book's documents as not checked, because there is no such form."""
    en, ja = f"there is no form {book.form}", f"{book.form} という様式はありません"
    why = Why(code="unknown-form", en=en, ja=ja)
    return (NotChecked(document=document.path, why=why) for document in book.documents)


def _judged_kpi(kpi: Kpi) -> JudgedKpi:
    return JudgedKpi(
        document=kpi.document,
        number=kpi.number,
        project=kpi.project,
        name=kpi.name,
        unit=kpi.unit,
        target=kpi.target.shown(),
        achievement=achievement(kpi),
    )
