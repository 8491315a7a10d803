"""The findings of one book.

Every row is judged by every rule; what the readers found wrong with the documents is added, and
the cells that are suspected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from auditor.records.errors import fault_line
from auditor.records.model import Book, Document, NotChecked, Remark
from auditor.records.text import Text, Why
from auditor.rules.findings import (
    OUTCOMES,
    Finding,
    KpiReference,
    Outcome,
    SheetReference,
    identity,
)
from auditor.rules.rows import Cell, Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import CRASHED

__all__ = ["JudgedFinding", "RowsOf", "findings_of", "with_suspects"]

RowsOf = Callable[[Rule], Iterable[Row]]
"""Gives the rows that a rule judges."""


class JudgedFinding(NamedTuple):
    """A finding with its rule and row; a reading issue has no row."""

    finding: Finding
    rule: Rule
    row: Row | None

    @property
    def owner(self) -> object:
        """The sheet or KPI in which its suspects are sought."""
        return (self.row.sheet or self.row.kpi) if self.row else None


def findings_of(
    rows: Rows,
    rules: Iterable[Rule],
    outcomes: Mapping[str, dict[Outcome, int]],
    not_checked: list[NotChecked],
    rows_of: RowsOf | None = None,
) -> Iterator[JudgedFinding]:
    """The findings of one book, without suspects, rule by rule.

    Every outcome is counted in ``outcomes``, by the rule's code; rules that crash are added to
    ``not_checked``. ``rows_of`` gives the rows to judge where not all are.
    """
    for rule in rules:
        counts = outcomes[rule.code]
        if rule.each == "reading":
            for finding in _reading_findings(rule, rows.book):
                counts["fail"] += 1
                yield JudgedFinding(finding, rule, None)
        elif rows_of is not None:
            yield from _judged(rule, rows_of(rule), counts, not_checked)
        elif rule.applies_to(rows.form):
            yield from _judged(rule, rows.of(rule.each), counts, not_checked)
        else:
            counts["not_applicable"] += len(rows.of(rule.each))


def _judged(
    rule: Rule, rows: Iterable[Row], counts: dict[Outcome, int], not_checked: list[NotChecked]
) -> Iterator[JudgedFinding]:
    for row in rows:
        finding = None
        # A rule is foreign code. One that crashes says nothing about the data: it is counted and
        # named.
        try:
            verdict = rule.judge(row)
            if verdict.outcome not in OUTCOMES:
                raise ValueError(f"there is no outcome {verdict.outcome!r}")
            if verdict.outcome == "fail":
                finding = rule.finding(row, verdict)
        except KeyboardInterrupt:
            raise
        except BaseException as fault:
            verdict = CRASHED
            not_checked.append(_crash(rule, row, fault))
        counts[verdict.outcome] += 1
        if finding is not None:
            yield JudgedFinding(finding, rule, row)


def _crash(rule: Rule, row: Row, fault: BaseException) -> NotChecked:
    owner = row.sheet or row.kpi
    message = fault_line(fault)
    return NotChecked(
        document=owner.document if owner else None,
        sheet=row.sheet.number if row.sheet else None,
        rule=rule.code,
        why=Why(
            code="crashed",
            en=f"rule {rule.code} ({rule.source}) failed: {message}",
            ja=f"規則 {rule.code}({rule.source})が途中で止まりました: {message}",
        ),
    )


# — suspects —


def with_suspects(
    rows: Rows, rules: RuleSet, findings: Iterable[JudgedFinding], not_checked: list[NotChecked]
) -> list[Finding]:
    """The findings of a book with their suspects. Where the search fails for a sheet or KPI, its
    findings have none, and that is added to ``not_checked``.
    """
    # A note contradicts nothing, so it has no suspects.
    others: list[Finding] = []
    contradictions: list[tuple[Finding, Rule, Row]] = []
    for finding, rule, row in findings:
        if row is None or finding.severity == "note":
            others.append(finding)
        else:
            contradictions.append((finding, rule, row))
    if not contradictions:
        return others

    # The search is loaded here, so that clean books never pay for it.
    from auditor.suspects.sheets import explained

    explanations, failures = explained(rows, rules, contradictions)
    not_checked.extend(_failed_search(failure.row, failure.fault) for failure in failures)
    searched = [finding for finding, _, _ in contradictions]
    for explanation in explanations:
        for number in explanation.contradictions:
            update = {"suspects": explanation.suspects}
            searched[number] = searched[number].model_copy(update=update)
    return [*others, *searched]


def _failed_search(row: Row, fault: Exception) -> NotChecked:
    """The findings of a sheet or KPI stand without suspects, because the search failed."""
    owner = row.sheet or row.kpi
    kpi_en = f" of KPI {row.kpi.number}" if row.kpi else ""
    kpi_ja = f"KPI{row.kpi.number}の" if row.kpi else ""
    message = fault_line(fault)
    return NotChecked(
        document=owner.document if owner else None,
        sheet=row.sheet.number if row.sheet else None,
        why=Why(
            code="suspects-failed",
            en=f"the search for suspects{kpi_en} failed: {message}",
            ja=f"{kpi_ja}原因の候補を探す処理が途中で止まりました: {message}",
        ),
    )


# — reading issues —


def _reading_findings(rule: Rule, book: Book) -> list[Finding]:
    """The issues that readers reported under this rule's code, as findings."""
    sheets = {(sheet.document, sheet.number): sheet for sheet in book.sheets}
    kpis = {(kpi.document, kpi.number): kpi for kpi in book.kpis}
    findings: list[Finding] = []
    for document in book.documents:
        for issue in document.remarks:
            if issue.rule != rule.code:
                continue
            sheet = kpi = None
            if issue.sheet is not None and (document.path, issue.sheet) in sheets:
                sheet = SheetReference.of(sheets[document.path, issue.sheet])
            if issue.kpi is not None and (document.path, issue.kpi) in kpis:
                kpi = KpiReference.of(kpis[document.path, issue.kpi])
            cells = (_issue_cell(document, issue),)
            findings.append(
                Finding(
                    id=identity(rule.code, sheet, kpi, issue.year, cells),
                    rule=rule.code,
                    name=rule.file.name,
                    severity=rule.file.severity,
                    document=document.path,
                    sheet=sheet,
                    year=issue.year,
                    kpi=kpi,
                    cells=cells,
                    equation=issue.printed,
                    message=_issue_message(rule.file.title, issue.detail),
                    action=rule.file.action,
                )
            )
    return findings


def _issue_message(title: Text, detail: Text | None) -> Text:
    return Text(en=f"{title.en}: {detail.en}", ja=f"{title.ja}: {detail.ja}") if detail else title


def _issue_cell(document: Document, issue: Remark) -> Cell:
    return Cell(
        document=document.path,
        sheet=issue.sheet,
        kpi=issue.kpi,
        field=issue.field or "",
        year=issue.year,
        printed=issue.printed,
        place=issue.place,
    )
