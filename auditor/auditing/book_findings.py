"""The findings of one book.

Every row is judged by every rule; what the readers found wrong with the documents is added. What
explains findings together is sought behind that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from auditor.auditing.judged_rows import JudgedFinding, judged_rows
from auditor.auditing.options import Progress
from auditor.auditing.prose import of_prose, prose_findings
from auditor.files.confined import at_once
from auditor.forms.model import Form
from auditor.records.errors import message_of
from auditor.records.fields import OtherBook
from auditor.records.model import Document, Kpi, NotChecked, Remark, Sheet
from auditor.records.text import Text, Why
from auditor.rules.findings import (
    Finding,
    KpiReference,
    Outcome,
    SheetReference,
    keys_of,
)
from auditor.rules.lookups import Lookups
from auditor.rules.rows import Cell, Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.suspects import Beside, Suspect, SuspectCell

if TYPE_CHECKING:  # few audits list rows beside their findings, and few books are large
    from auditor.auditing.outcome_rows import OutcomeListing
    from auditor.auditing.prose_ahead import ProseAhead

__all__ = [
    "Explained",
    "RowsOf",
    "explained_findings",
    "findings_of",
    "tables_missing",
]

RowsOf = Callable[[Rule], Iterable[Row]]
"""Gives the rows that a rule judges."""


def findings_of(
    rows: Rows,
    rules: Iterable[Rule],
    outcomes: Mapping[str, dict[Outcome, int]],
    not_checked: list[NotChecked],
    rows_of: RowsOf | None = None,
    listing: OutcomeListing | None = None,
    jobs: int | None = 1,
) -> Iterator[JudgedFinding]:
    """The findings of one book, rule by rule; those of rules that read prose, some sheets at a
    time, up to ``jobs`` of them in further processes.

    Every outcome is counted in ``outcomes``, by the rule's code; rules that crash are added to
    ``not_checked``. ``rows_of`` gives the rows to judge where not all are. ``listing`` gets the
    rows that are listed beside findings.
    """
    rules = list(rules)
    prose = [rule for rule in rules if rows_of is None and of_prose(rule) and _applies(rule, rows)]
    with _ahead(rows, prose, 1 if listing is not None else jobs) as ahead:
        for rule in rules:
            counts = outcomes[rule.code]
            if rule.each == "reading":
                for finding in _reading_findings(rule, rows):
                    counts["fail"] += 1
                    yield JudgedFinding(finding, rule, None, rule.file.severity)
            elif rows_of is not None and rule.others <= rows.others.keys():
                yield from judged_rows(rule, rows_of(rule), counts, not_checked, rows, listing)
            elif rows_of is not None:
                counts["not_applicable"] += sum(1 for _ in rows_of(rule))
            elif not _applies(rule, rows):
                counts["not_applicable"] += len(rows.of(rule.each))
                if listing is not None:
                    listing.add_not_applied(rule, rows)
                missing = tables_missing(rule, rows.form, rows.others, rows.lookups)
                # Several books of a form lack the same table.
                not_checked.extend(item for item in missing if item not in not_checked)
            elif not of_prose(rule):
                judged = rows.of(rule.each)
                yield from judged_rows(rule, judged, counts, not_checked, rows, listing)
        yield from prose_findings(prose, rows, outcomes, not_checked, listing, ahead)


def _applies(rule: Rule, rows: Rows) -> bool:
    """Whether a rule applies to a book, beside the books and tables that were given."""
    return rule.applies_to(rows.form, rows.others, rows.lookups.forms)


def _ahead(
    rows: Rows, rules: Sequence[Rule], jobs: int | None
) -> AbstractContextManager[ProseAhead | None]:
    """Judges sheets by rules that read prose as long as the context lasts, in up to ``jobs``
    further processes (None: as many as are best); None where that is not worth it.
    """
    best = at_once(len(rows.book.sheets))
    jobs = best if jobs is None else min(best, jobs)
    if jobs == 1 or not rules:
        return nullcontext()
    from auditor.auditing.prose_ahead import ProseAhead  # few books are large

    return closing(ProseAhead(rows, rules, jobs))


def tables_missing(
    rule: Rule, form: Form, others: Collection[OtherBook], lookups: Lookups
) -> Iterator[NotChecked]:
    """Reports that a rule was not applied to a form, because a table was not given that it looks
    rows up in.
    """
    missing = sorted(rule.looked_up(form) - set(lookups.forms))
    if missing and rule.applies_to(form, others):
        names = ", ".join(missing)
        en = f"was not applied: no table of form {names} was given, in which it looks rows up"
        ja = f"適用していません。参照する表（様式 {names}）が指定されていません"
        yield NotChecked(rule=rule.code, why=Why(code="lookup-table", en=en, ja=ja))


# — causes —


class Explained(NamedTuple):
    """Findings that one mistake explains, the suspects for it, and their cells."""

    findings: tuple[Finding, ...]
    suspects: tuple[Suspect, ...]
    none_of_these: Decimal
    cells: tuple[Cell, ...]


def explained_findings(
    rows: Rows,
    rules: RuleSet,
    findings: Iterable[JudgedFinding],
    not_checked: list[NotChecked],
    progress: Progress | None = None,
) -> list[Explained]:
    """What explains findings of a book, each of them at most once. Where the search fails for a
    sheet or KPI, its findings are not explained, and that is added to ``not_checked``. ``progress``
    hears how many of how many sheets and KPIs are done.
    """
    # A note contradicts nothing, so nothing has to explain it. What settings say of a severity
    # makes nothing more or less likely.
    items = [item for item in findings if item.row is not None and item.severity != "note"]
    if not items:
        return []
    contradictions = [_contradiction(item) for item in items]

    # Suspects are loaded here, so that clean books never pay for them.
    from auditor.suspects.explaining import explained

    explanations, failures = explained(rows, rules, contradictions, progress)
    not_checked.extend(_failed_search(failure.row, failure.fault) for failure in failures)
    cells = _SuspectCells(rows)
    return [
        Explained(
            tuple(items[number].finding for number in explanation.contradictions),
            explanation.suspects,
            explanation.none_of_these,
            cells.of(explanation.suspects, contradictions[explanation.contradictions[0]][2]),
        )
        for explanation in explanations
    ]


def _contradiction(item: JudgedFinding) -> tuple[Finding, Rule, Row]:
    """A finding as its rule made it, with rule and row."""
    assert item.row is not None
    finding = item.finding
    if item.rule.assigned is not None:
        finding = finding.model_copy(update={"severity": item.severity})
    return finding, item.rule, item.row


class _SuspectCells:
    """The cells of a book's sheets and KPIs, by field and year."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._of_owner: dict[int, list[Row]] = {}

    def of(self, suspects: Iterable[Suspect], row: Row) -> tuple[Cell, ...]:
        """The cells of some suspects, on the sheet or KPI of a row."""
        parts = chain.from_iterable(suspect.cells for suspect in suspects)
        if row.claim is not None:
            return tuple(_claim_cells(row, parts))
        places: dict[tuple[OtherBook | None, Beside | None, str, str | None], None] = dict.fromkeys(
            (part.other_book, part.beside, part.field, part.year) for part in parts
        )
        cells: list[Cell] = []
        for book, beside, field, year in places:
            rows = self._rows_beside(row, book, None if beside is None else self._sheets[beside])
            cell = next(filter(None, (_cell(other, field, year) for other in rows)), None)
            if cell is not None:
                cells.append(cell.model_copy(update={"other_book": book}) if book else cell)
        return tuple(cells)

    @cached_property
    def _sheets(self) -> Mapping[Beside, Sheet]:
        """The sheets of the book, by document and number."""
        sheets = self._rows.book.sheets
        return {Beside(sheet.document, sheet.number): sheet for sheet in sheets}

    def _rows_beside(self, row: Row, book: OtherBook | None, sheet: Sheet | None) -> Sequence[Row]:
        """The rows of the sheet or KPI of a row, columns and all, or of another ``sheet``; or of
        its partner in another book.
        """
        owner = sheet or row.sheet or row.kpi
        if book is not None:
            there = self._rows.others[book]
            partner = there.partner(owner) if owner is not None else None
            return () if partner is None else there.rows.of_owner(partner)
        if not self._of_owner:
            for scope in ("sheet", "year", "evaluation", "kpi"):
                for other in self._rows.of(scope):
                    self._of_owner.setdefault(id(other.sheet or other.kpi), []).append(other)
        return self._of_owner.get(id(owner), [])


def _claim_cells(row: Row, parts: Iterable[SuspectCell]) -> Iterator[Cell]:
    """The cells of a claim that suspects name, each once."""
    assert row.claim is not None
    cells = [row.cell(name) for name in (*row.claim.figures, *row.claim.references)]
    named = {(part.field, part.name, part.year) for part in parts}
    return (cell for cell in cells if (cell.field, cell.name, cell.year) in named)


def _cell(row: Row, field: str, year: str | None) -> Cell | None:
    """The cell of a row that a suspect names by its field and year; None where it has none."""
    name = field.removeprefix("evaluations.") if row.scope == "evaluation" else field
    if row.scope == "kpi" and year is not None:
        name = f"{field}.{year}"
    if row.scope != "kpi" and row.column != year:
        return None
    if row.figure(name) is None and not isinstance(row.values.get(name), str):
        return None
    cell = row.cell(name)
    return cell if (cell.field, cell.year) == (field, year) else None


def _failed_search(row: Row, fault: Exception) -> NotChecked:
    """The findings of a sheet or KPI are not explained, because the search failed."""
    owner = row.sheet or row.kpi
    kpi_en = f" of KPI {row.kpi.number}" if row.kpi else ""
    kpi_ja = f"KPI{row.kpi.number}の" if row.kpi else ""
    message = message_of(fault)
    return NotChecked(
        document=owner.document if owner else None,
        sheet=row.sheet.number if row.sheet else None,
        why=Why(
            code="suspects-failed",
            en=f"the search for suspects{kpi_en} failed: {message.en}",
            ja=f"{kpi_ja}訂正候補を探す処理が途中で止まりました：{message.ja}",
        ),
    )


# — reading issues —


def _reading_findings(rule: Rule, rows: Rows) -> list[Finding]:
    """The issues that readers reported under this rule's code, as findings."""
    remarks = rows.once(_remarks).get(rule.code)
    if remarks is None:
        return []
    records = rows.once(_numbered)
    findings: list[Finding] = []
    for document, issue in remarks:
        sheet = records.sheets.get((document.path, issue.sheet))
        kpi = records.kpis.get((document.path, issue.kpi))
        cells = tuple(_issue_cells(document, issue))
        keys = keys_of(rule.code, document.form, sheet or kpi, issue.year, cells)
        findings.append(
            Finding(
                **keys._asdict(),
                rule=rule.code,
                name=rule.file.name,
                severity=rule.severity,
                document=document.path,
                sheet=SheetReference.of(sheet) if sheet else None,
                year=issue.year,
                kpi=KpiReference.of(kpi) if kpi else None,
                cells=cells,
                equation=issue.printed,
                message=_issue_message(rule.file.title, issue.detail),
                action=rule.file.action,
            )
        )
    return findings


def _remarks(rows: Rows) -> dict[str, list[tuple[Document, Remark]]]:
    """The remarks of a book's documents by the code that they become findings of."""
    remarks: dict[str, list[tuple[Document, Remark]]] = {}
    for document in rows.book.documents:
        for remark in document.remarks:
            remarks.setdefault(remark.rule, []).append((document, remark))
    return remarks


class _Numbered(NamedTuple):
    """The sheets and KPIs of a book by document and number."""

    sheets: dict[tuple[str, int | None], Sheet]
    kpis: dict[tuple[str, int | None], Kpi]


def _numbered(rows: Rows) -> _Numbered:
    book = rows.book
    return _Numbered(
        {(sheet.document, sheet.number): sheet for sheet in book.sheets},
        {(kpi.document, kpi.number): kpi for kpi in book.kpis},
    )


def _issue_message(title: Text, detail: Text | None) -> Text:
    return Text(en=f"{title.en}: {detail.en}", ja=f"{title.ja}：{detail.ja}") if detail else title


def _issue_cells(document: Document, remark: Remark) -> Iterator[Cell]:
    """The cells that a remark is about: its own, or all of those that are alike."""
    for issue in remark.cells if remark.alike else (remark,):
        yield Cell(
            document=document.path,
            sheet=issue.sheet,
            kpi=issue.kpi,
            field=issue.field or "",
            year=issue.year,
            printed=issue.printed,
            place=issue.place,
        )
