"""What the figures of a book come to: totals by column and field, and the figures whose column
was not sure.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from auditor.auditing.documents import Report
from auditor.records.figures import Figure, Place, PlacedBy, Record
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.rules.findings import SEVERITIES

__all__ = [
    "BookTotals",
    "Total",
    "UnsureFigure",
    "books_of",
    "departments",
    "figures_of",
    "matching",
    "of_departments",
    "totals",
    "unsure_figures",
]


class Total(Record):
    """The sum of one field over one column, in the unit printed, of the ``summed`` figures that
    are numbers.

    ``blank`` cells (dashes too) count as nothing; ``text`` cells could not be summed.
    """

    field: str
    year: str
    kind: str
    unit: str
    value: Decimal
    summed: int
    blank: int
    text: int


class BookTotals(Record):
    """The totals of a book, or of one department's sheets in it."""

    form: str
    fiscal_year: int
    department: str | None = None
    sheets: int
    totals: tuple[Total, ...]


class UnsureFigure(Record):
    """A figure whose column the document's text had lost, and which only ``placed_by`` gave it
    back.
    """

    document: str
    sheet: int
    name: str
    department: str
    field: str
    year: str
    printed: str
    unit: str
    placed_by: PlacedBy
    place: Place | None = None


def figures_of(sheet: Sheet) -> Iterator[tuple[str, str, str, Figure]]:
    """Every figure of the sheet's budget table with its field, column and the column's kind, in
    the form's order.
    """
    for key, year in sheet.years.items():
        for name, figure in year.figure_items():
            yield name, key, year.kind, figure


@dataclass
class _Sum:
    kind: str
    value: Decimal = Decimal(0)
    states: list[str] = field(default_factory=list[str])


def totals(books: Iterable[Book], by_department: bool = False) -> tuple[BookTotals, ...]:
    """The totals of every book, or of every department in it, for comparing with the settlement
    of accounts.
    """
    found: list[BookTotals] = []
    for book in books:
        groups: dict[str | None, list[Sheet]] = {}
        for sheet in book.sheets:
            groups.setdefault(sheet.department if by_department else None, []).append(sheet)
        for department, sheets in groups.items():
            found.append(
                BookTotals(
                    form=book.form,
                    fiscal_year=book.fiscal_year,
                    department=department,
                    sheets=len(sheets),
                    totals=_totals(sheets),
                )
            )
    return tuple(found)


def _totals(sheets: Sequence[Sheet]) -> tuple[Total, ...]:
    sums: dict[tuple[str, str, str], _Sum] = {}
    for sheet in sheets:
        for name, key, kind, figure in figures_of(sheet):
            total = sums.setdefault((name, key, figure.unit), _Sum(kind))
            total.states.append("blank" if figure.state == "dash" else figure.state)
            if figure.value is not None:
                total.value += figure.value
    return tuple(
        Total(
            field=name,
            year=key,
            kind=total.kind,
            unit=unit,
            value=total.value,
            summed=total.states.count("number"),
            blank=total.states.count("blank"),
            text=total.states.count("text"),
        )
        for (name, key, unit), total in sums.items()
    )


def unsure_figures(books: Iterable[Book]) -> tuple[UnsureFigure, ...]:
    """The printed figures that only arithmetic or the form's usual place put into their column."""
    return tuple(
        UnsureFigure(
            document=sheet.document,
            sheet=sheet.number,
            name=sheet.name,
            department=sheet.department,
            field=name,
            year=key,
            printed=figure.printed,
            unit=figure.unit,
            placed_by=figure.placed_by,
            place=figure.place,
        )
        for book in books
        for sheet in book.sheets
        for name, key, _, figure in figures_of(sheet)
        if figure.placed_by in ("arithmetic", "usual_place") and figure.printed
    )


def departments(books: Iterable[Book]) -> tuple[str, ...]:
    """The departments of the sheets, in order of first sight."""
    return tuple(dict.fromkeys(sheet.department for book in books for sheet in book.sheets))


def folded(text: str) -> str:
    """A name for comparing: full and half width, case and white space make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def matching(
    known: Iterable[str], wanted: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The departments in whose name a wanted one occurs, and what was wanted and occurs in none."""
    names = [(name, folded(name)) for name in known]
    parts = [(name, folded(name)) for name in wanted]
    found = tuple(name for name, full in names if any(part in full for _, part in parts if part))
    return found, tuple(
        name for name, part in parts if not part or not any(part in full for _, full in names)
    )


def of_departments(report: Report, wanted: Collection[str]) -> Report:
    """The report with the findings on sheets of these departments only; ``""`` stands for what
    has no department.

    KPIs have none. What was not checked stays, whatever it belongs to. Raises ValueError for a
    report that does not list all its findings: nobody knows whose the others are.
    """
    if report.unlisted:
        raise ValueError("a report is narrowed first, then limited")
    kept = tuple(
        found
        for found in report.findings
        if (found.sheet.department if found.sheet else "") in wanted
    )
    by_rule = Counter(found.rule for found in kept)
    by_severity = Counter(found.severity for found in kept)
    return report.model_copy(
        update={
            "findings": kept,
            "counts": FrozenDict({severity: by_severity[severity] for severity in SEVERITIES}),
            "rule_counts": FrozenDict({code: by_rule[code] for code in report.rule_counts}),
            "kpis": report.kpis if "" in wanted else (),
        }
    )


def books_of(books: Iterable[Book], wanted: Collection[str]) -> tuple[Book, ...]:
    """The books with the sheets of these departments only."""
    return tuple(
        book.model_copy(
            update={"sheets": tuple(sheet for sheet in book.sheets if sheet.department in wanted)}
        )
        for book in books
    )
