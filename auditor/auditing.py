"""Audits books against rules: counts every outcome, and says what was found and what could not be checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from pydantic import Field

from auditor.figures import Record
from auditor.forms import Form
from auditor.kpi import Achievement, achievement
from auditor.model import Book, Document, Frozen, FrozenDict, Kpi, NotChecked, Remark, Text, Why
from auditor.rows import Cell, Row, Rows
from auditor.rules import (
    CRASHED,
    OUTCOMES,
    SEVERITIES,
    Finding,
    KpiReference,
    Outcome,
    Rule,
    RuleSet,
    Severity,
    SheetReference,
    identity,
)

__all__ = ["FailOn", "JudgedKpi", "Report", "audit", "findings_of", "in_order"]

FailOn = Literal["error", "warning", "note", "never"]


class JudgedKpi(Record):
    """One KPI with the achievement derived for it."""

    document: str
    number: int
    project: str
    name: str
    unit: str
    target: str
    achievement: Achievement


class Report(Record):
    """What an audit found. ``exit_code``: 2 where something was not checked, 1 where something failed, else 0."""

    documents: tuple[Document, ...]
    not_checked: tuple[NotChecked, ...] = ()
    outcomes: Frozen[str, Frozen[Outcome, int]] = Field(default_factory=FrozenDict)
    findings: tuple[Finding, ...] = ()
    kpis: tuple[JudgedKpi, ...] = ()
    fail_on: FailOn = "error"

    @property
    def by_severity(self) -> Mapping[Severity, int]:
        return {severity: sum(finding.severity == severity for finding in self.findings) for severity in SEVERITIES}

    @property
    def exit_code(self) -> int:
        if self.not_checked:
            return 2
        if self.fail_on == "never":
            return 0
        failing = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        return 1 if any(finding.severity in failing for finding in self.findings) else 0


def audit(
    books: Book | Iterable[Book],
    rules: RuleSet,
    forms: Mapping[str, Form],
    *,
    not_checked: Iterable[NotChecked] = (),
    fail_on: FailOn = "error",
) -> Report:
    """Judge every row of every book by every rule. Books of one form and fiscal year are judged as one."""
    merged = Book.merged([books] if isinstance(books, Book) else books)
    missed = list(not_checked)
    outcomes: dict[str, dict[Outcome, int]] = {rule.code: dict.fromkeys(OUTCOMES, 0) for rule in rules}
    findings: list[Finding] = []
    for book in merged:
        missed.extend(reason for document in book.documents for reason in document.not_checked)
        form = forms.get(book.form)
        if form is None:
            en, ja = f"there is no form {book.form}", f"{book.form} という様式はありません"
            missed.extend(NotChecked(document=document.path, why=Why(code="unknown-form", en=en, ja=ja)) for document in book.documents)
            continue
        findings.extend(findings_of(Rows(book, form), rules, outcomes, missed))
    return Report(
        documents=tuple(document for book in merged for document in book.documents),
        not_checked=tuple(missed),
        outcomes=outcomes,
        findings=in_order(findings, merged),
        kpis=tuple(_judged_kpi(kpi) for book in merged for kpi in book.kpis),
        fail_on=fail_on,
    )


def findings_of(
    rows: Rows,
    rules: RuleSet,
    outcomes: Mapping[str, dict[Outcome, int]],
    missed: list[NotChecked],
    rows_of: Callable[[Rule], Iterable[Row]] | None = None,
) -> list[Finding]:
    """The findings of one book; adds to ``outcomes`` and ``missed``. ``rows_of`` says which rows to judge where not all are."""
    findings: list[Finding] = []
    failed: list[tuple[Finding, Rule, Row]] = []
    for rule in rules:
        counts = outcomes[rule.code]
        if rule.each == "reading":
            found = _remarked(rule, rows.book)
            counts["fail"] += len(found)
            findings.extend(found)
        elif rows_of is not None:
            _judged(rule, rows_of(rule), counts, failed, missed)
        elif rule.applies_to(rows.form):
            _judged(rule, rows.of(rule.each), counts, failed, missed)
        else:
            counts["not_applicable"] += len(rows.of(rule.each))
    return findings + _suspected(rows, rules, failed, missed)


def in_order(findings: Iterable[Finding], books: tuple[Book, ...]) -> tuple[Finding, ...]:
    """Findings as reports list them, with ids that occur once."""
    return tuple(_distinct(sorted(findings, key=_order(books))))


def _judged(
    rule: Rule, rows: Iterable[Row], counts: dict[Outcome, int], failed: list[tuple[Finding, Rule, Row]], missed: list[NotChecked]
) -> None:
    for row in rows:
        try:
            verdict = rule.judge(row)
            if verdict.outcome not in OUTCOMES:
                raise ValueError(f"there is no outcome {verdict.outcome!r}")
            if verdict.outcome == "fail":
                failed.append((rule.finding(row, verdict), rule, row))
        except (Exception, SystemExit) as fault:  # a rule that crashes says nothing about the data; it is counted and named
            verdict = CRASHED
            missed.append(_crash(rule, row, fault))
        counts[verdict.outcome] += 1


def _suspected(rows: Rows, rules: RuleSet, failed: list[tuple[Finding, Rule, Row]], missed: list[NotChecked]) -> list[Finding]:
    """The findings with their suspects; clean books never load the search. A note contradicts nothing, so it suspects nothing."""
    notes = [finding for finding, _, _ in failed if finding.severity == "note"]
    contradictions = [item for item in failed if item[0].severity != "note"]
    if not contradictions:
        return notes
    from auditor.suspects.sheets import suspected

    try:
        return [*suspected(rows, rules, contradictions), *notes]
    except Exception as fault:  # the findings stand without their suspects; that the search failed is said
        en, ja = (
            f"the search for suspects failed: {type(fault).__name__}: {fault}",
            f"原因の候補を探す処理が途中で止まりました: {type(fault).__name__}: {fault}",
        )
        missed.append(NotChecked(why=Why(code="suspects-failed", en=en, ja=ja)))
        return [finding for finding, _, _ in failed]


def _crash(rule: Rule, row: Row, fault: BaseException) -> NotChecked:
    owner = row.sheet or row.kpi
    return NotChecked(
        document=owner.document if owner else None,
        sheet=row.sheet.number if row.sheet else None,
        rule=rule.code,
        why=Why(
            code="crashed",
            en=f"rule {rule.code} ({rule.source}) failed: {type(fault).__name__}: {fault}",
            ja=f"規則 {rule.code}({rule.source})が途中で止まりました: {type(fault).__name__}: {fault}",
        ),
    )


def _remarked(rule: Rule, book: Book) -> list[Finding]:
    """What the readers remarked under this rule's code, as findings."""
    sheets = {(sheet.document, sheet.number): sheet for sheet in book.sheets}
    kpis = {(kpi.document, kpi.number): kpi for kpi in book.kpis}
    findings: list[Finding] = []
    for document in book.documents:
        for remark in document.remarks:
            if remark.rule != rule.code:
                continue
            sheet = sheets.get((document.path, remark.sheet)) if remark.sheet is not None else None
            kpi = kpis.get((document.path, remark.kpi)) if remark.kpi is not None else None
            at = SheetReference.of(sheet) if sheet else None
            of = KpiReference.of(kpi) if kpi else None
            cells = (_remarked_cell(document, remark),)
            findings.append(
                Finding(
                    id=identity(rule.code, at, of, remark.year, cells),
                    rule=rule.code,
                    name=rule.file.name,
                    severity=rule.file.severity,
                    document=document.path,
                    sheet=at,
                    year=remark.year,
                    kpi=of,
                    cells=cells,
                    equation=remark.printed,
                    message=_told(rule.file.title, remark.detail),
                    action=rule.file.action,
                )
            )
    return findings


def _told(title: Text, detail: Text | None) -> Text:
    return Text(en=f"{title.en}: {detail.en}", ja=f"{title.ja}: {detail.ja}") if detail else title


def _remarked_cell(document: Document, remark: Remark) -> Cell:
    return Cell(
        document=document.path,
        sheet=remark.sheet,
        kpi=remark.kpi,
        field=remark.field or "",
        year=remark.year,
        printed=remark.printed,
        place=remark.place,
    )


def _judged_kpi(kpi: Kpi) -> JudgedKpi:
    return JudgedKpi(
        document=kpi.document,
        number=kpi.number,
        project=kpi.project,
        name=kpi.name,
        unit=kpi.unit,
        target=kpi.target.printed,
        achievement=achievement(kpi),
    )


def _order(books: tuple[Book, ...]) -> Callable[[Finding], tuple[int, int, int, int, str, str]]:
    paths = {document.path: number for number, document in enumerate(document for book in books for document in book.documents)}
    return lambda finding: (
        paths.get(finding.document, len(paths)),
        finding.sheet.number if finding.sheet else 0,
        finding.kpi.number if finding.kpi else 0,
        SEVERITIES.index(finding.severity),
        finding.rule,
        finding.year or "",
    )


def _distinct(findings: Iterable[Finding]) -> Iterable[Finding]:
    """The findings with a counter added to any id that occurs again (two sheets alike to the last figure)."""
    seen: dict[str, int] = {}
    for finding in findings:
        seen[finding.id] = count = seen.get(finding.id, 0) + 1
        yield finding if count == 1 else finding.model_copy(update={"id": f"{finding.id}-{count}"})
