"""Departments: their names as people type them, and a report narrowed to some of them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from auditor.auditing.report import (
    Accounts,
    Baseline,
    LastYear,
    NamedRecord,
    Report,
    severity_counts,
)
from auditor.forms.words import squeezed
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Kpi, Sheet
from auditor.rules.findings import Finding, KpiReference
from auditor.settings.model import AS_THEY_COME, Departments
from auditor.versions.model import ReturnedFile

if TYPE_CHECKING:  # few audits list rows beside their findings
    from auditor.rules.outcomes import OutcomeRows

__all__ = [
    "books_of",
    "department_of_kpi",
    "departments",
    "lent_departments",
    "matching",
    "of_departments",
    "with_names_of_today",
]

SheetOrKpi = TypeVar("SheetOrKpi", Sheet, Kpi)


def departments(books: Iterable[Book], order: Departments = AS_THEY_COME) -> tuple[str, ...]:
    """The departments of the sheets and KPIs in their official order, else in order of first
    occurrence.
    """
    names: dict[str, None] = {}
    for book in books:
        names |= dict.fromkeys(sheet.department for sheet in book.sheets)
        names |= dict.fromkeys(kpi.department for kpi in book.kpis)
    return tuple(order.in_order(names))


def with_names_of_today(books: Iterable[Book], departments: Departments) -> tuple[Book, ...]:
    """The books with each department called as the settings say that it is now."""
    if not departments.renamed:
        return tuple(books)
    return tuple(
        book.model_copy(
            update={
                "sheets": tuple(_renamed(sheet, departments) for sheet in book.sheets),
                "kpis": tuple(_renamed(kpi, departments) for kpi in book.kpis),
            }
        )
        for book in books
    )


def _renamed(record: SheetOrKpi, departments: Departments) -> SheetOrKpi:
    name = departments.name_of(record.department)
    if name == record.department:
        return record
    return record.model_copy(update={"department": name})


def matching(
    departments: Iterable[str], terms: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The departments whose name contains one of the terms, and the terms that occur in no name.

    Full and half width, case and white space make no difference. An empty term occurs in none.
    """
    names = {name: _folded(name) for name in departments}
    parts = {term: _folded(term) for term in terms}
    matches = tuple(
        name for name, full in names.items() if any(part in full for part in parts.values() if part)
    )
    unmatched = tuple(
        term
        for term, part in parts.items()
        if not part or not any(part in full for full in names.values())
    )
    return matches, unmatched


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def of_departments(report: Report, names: Collection[str]) -> Report:
    """The report with the findings and KPIs of these departments only; ``""`` stands for what
    has no department, as KPIs without a sheet do.

    Waivers are narrowed as findings are. What was not checked stays, whatever it belongs to.
    Raises ValueError for a report that does not list all its findings, since nobody knows whose
    the others are.
    """
    if report.unlisted:
        raise ValueError("a report is narrowed first, then limited")
    findings = tuple(finding for finding in report.findings if finding.department in names)
    kpis = tuple(kpi for kpi in report.kpis if kpi.department in names)
    by_rule = Counter(finding.rule for finding in findings)
    return report.of_findings(findings).model_copy(
        update={
            "baseline": _baseline_of(report, findings, names),
            "counts": FrozenDict(severity_counts(findings)),
            "rule_counts": FrozenDict({code: by_rule[code] for code in report.rule_counts}),
            "kpis": kpis,
            "last_year": report.last_year and _narrowed(report.last_year, names),
            "returned": _returned(report, names),
            "outcome_rows": tuple(_outcome_rows(report, names)),
            "accounts": report.accounts and _narrowed_accounts(report.accounts, names),
            "waived": tuple(item for item in report.waived if item.finding.department in names),
            "waivers_unused": tuple(
                item for item in report.waivers_unused if item.department in names
            ),
        }
    )


def _outcome_rows(report: Report, names: Collection[str]) -> Iterator[OutcomeRows]:
    """The listed rows of some departments; whose the others are that are only counted, nobody
    knows.
    """
    for group in report.outcome_rows:
        rows = tuple(row for row in group.rows if row.department in names)
        more = group.total - len(group.rows)
        if rows or more:
            yield group.model_copy(update={"rows": rows, "total": len(rows) + more})


def _narrowed(last_year: LastYear, names: Collection[str]) -> LastYear:
    """The records of some departments beside those of last year's book."""
    pairs = (
        pair
        for pair in last_year.pairs
        if pair.record.department in names or pair.earlier.department in names
    )
    return last_year.model_copy(
        update={
            "pairs": tuple(pairs),
            "unpaired": _named(last_year.unpaired, names),
            "unpaired_earlier": _named(last_year.unpaired_earlier, names),
            "undecided": tuple(
                item for item in last_year.undecided if item.record.department in names
            ),
        }
    )


def _named(records: Iterable[NamedRecord], names: Collection[str]) -> tuple[NamedRecord, ...]:
    """The records of some departments."""
    return tuple(record for record in records if record.department in names)


def _baseline_of(
    report: Report, findings: Collection[Finding], names: Collection[str]
) -> Baseline | None:
    """What departments have in common with an earlier report."""
    baseline = report.baseline
    if baseline is None:
        return None
    ids = set(baseline.unchanged)
    common = [finding for finding in findings if finding.id in ids]
    return Baseline(
        unchanged=tuple(finding.id for finding in common),
        counts=severity_counts(common),
        fixed={name: count for name, count in baseline.fixed.items() if name in names},
    )


def _returned(report: Report, names: Collection[str]) -> tuple[ReturnedFile, ...]:
    """The copies that came back with records of some departments, and these records alone."""
    files: list[ReturnedFile] = []
    for file in report.returned:
        records = tuple(record for record in file.records if record.department in names)
        if records:
            files.append(file.model_copy(update={"records": records}))
    return tuple(files)


def _narrowed_accounts(accounts: Accounts, names: Collection[str]) -> Accounts:
    """The sheets of some departments beside the accounts, and the projects that are theirs."""
    return accounts.model_copy(
        update={
            "pairs": tuple(pair for pair in accounts.pairs if pair.record.department in names),
            "unpaired": _named(accounts.unpaired, names),
            "unpaired_accounts": tuple(
                rows
                for rows in accounts.unpaired_accounts
                if any(department in names for department in rows.departments)
            ),
            "undecided": tuple(
                item for item in accounts.undecided if item.record.department in names
            ),
        }
    )


def lent_departments(books: Iterable[Book]) -> dict[str, str]:
    """The department of each project (by its squeezed name) that has sheets: its KPIs are for the
    same where their table names none. Sheets of one project that are of several departments lend
    none.
    """
    owners: dict[str, set[str]] = {}
    for sheet in chain.from_iterable(book.sheets for book in books):
        owners.setdefault(squeezed(sheet.name), set()).add(sheet.department)
    return {name: next(iter(names)) for name, names in owners.items() if len(names) == 1}


def department_of_kpi(kpi: Kpi | KpiReference, lent: Mapping[str, str]) -> str:
    """The department of a KPI: the table's own, else the one that its project lends; empty where
    there is neither.
    """
    return kpi.department or lent.get(squeezed(kpi.project), "")


def books_of(books: Iterable[Book], names: Collection[str]) -> tuple[Book, ...]:
    """The books with the sheets of these departments only."""
    return tuple(
        book.model_copy(
            update={"sheets": tuple(sheet for sheet in book.sheets if sheet.department in names)}
        )
        for book in books
    )
