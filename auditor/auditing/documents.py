"""Audits books against rules: counts every outcome, and says what was found and what could not be
checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import Field

from auditor.auditing.options import DEFAULTS, AuditOptions, FailOn
from auditor.forms.model import Form
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.model import Book, Document, Kpi, NotChecked, Remark
from auditor.records.text import Text, Why
from auditor.rules.findings import (
    OUTCOMES,
    SEVERITIES,
    Finding,
    KpiReference,
    Outcome,
    Severity,
    SheetReference,
    identity,
)
from auditor.rules.kpi import Achievement, achievement
from auditor.rules.rows import Cell, Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import CRASHED

if TYPE_CHECKING:  # data frames are loaded where findings are written as rows only
    import polars as pl

__all__ = ["Found", "Gathering", "JudgedKpi", "Report", "audit", "unknown_form"]

RowsOf = Callable[[Rule], Iterable[Row]]
Framed = Callable[[Iterable["Found"], str], "pl.DataFrame"]
_BATCH: Final = 10_000


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
    """What an audit found. ``exit_code``: 2 where something was not checked, 1 where something
    failed, else 0.

    ``findings`` are the first of all, in the order of books, documents and sheets, where a limit
    was set. All else says what it says of all findings: ``counts`` are those by severity,
    ``rule_counts`` those by rule, and ``unlisted`` how many ``findings`` lacks.
    """

    documents: tuple[Document, ...]
    not_checked: tuple[NotChecked, ...] = ()
    outcomes: Frozen[str, Frozen[Outcome, int]] = Field(default_factory=FrozenDict)
    findings: tuple[Finding, ...] = ()
    counts: Frozen[Severity, int] = Field(
        default_factory=lambda known: _counted(known.get("findings", ()))
    )
    rule_counts: Frozen[str, int] = Field(
        default_factory=lambda known: _failed(known.get("outcomes", {}))
    )
    kpis: tuple[JudgedKpi, ...] = ()
    fail_on: FailOn = "error"

    @property
    def by_severity(self) -> Mapping[Severity, int]:
        return self.counts

    @property
    def unlisted(self) -> int:
        return sum(self.counts.values()) - len(self.findings)

    @property
    def exit_code(self) -> int:
        if self.not_checked:
            return 2
        if self.fail_on == "never":
            return 0
        failing = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        return 1 if any(self.counts.get(severity) for severity in failing) else 0

    def limited(self, most: int | None) -> Report:
        """The report with the first ``most`` findings; all counts stay."""
        return self if most is None else self.model_copy(update={"findings": self.findings[:most]})


def _counted(findings: Iterable[Finding]) -> dict[Severity, int]:
    counts: dict[Severity, int] = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def _failed(outcomes: Mapping[str, Mapping[Outcome, int]]) -> dict[str, int]:
    return {code: counts.get("fail", 0) for code, counts in outcomes.items()}


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
    gathering = Gathering(rules, options)
    gathering.expect(merged)
    for book in merged:
        gathering.missed.extend(
            reason for document in book.documents for reason in document.not_checked
        )
        form = forms.get(book.form)
        if form is None:
            gathering.missed.extend(unknown_form(book))
            continue
        gathering.judge(Rows(book, form))
    return gathering.report(
        tuple(document for book in merged for document in book.documents),
        tuple(_judged_kpi(kpi) for book in merged for kpi in book.kpis),
    )


def unknown_form(book: Book) -> Iterator[NotChecked]:
    """That none of a book's documents was checked, for want of its form."""
    en, ja = f"there is no form {book.form}", f"{book.form} という様式はありません"
    why = Why(code="unknown-form", en=en, ja=ja)
    return (NotChecked(document=document.path, why=why) for document in book.documents)


class Found(NamedTuple):
    """A finding with the rule and row that it is of; what a reader remarked has no row."""

    finding: Finding
    rule: Rule
    row: Row | None

    @property
    def owner(self) -> object:
        """The sheet or KPI that its suspects are sought in."""
        return (self.row.sheet or self.row.kpi) if self.row else None


_Place = tuple[int, int, int, int, int, str, str]
"""Where a report lists a finding: by book, document, sheet, KPI, severity, rule and year."""


class Gathering:
    """What comes of judging book after book: all findings are counted and written, the first in
    the report's order are kept.
    """

    def __init__(self, rules: RuleSet, options: AuditOptions) -> None:
        self.rules, self.options = rules, options
        self.most, self.file = options.max_findings, options.findings
        self._books: dict[tuple[str, str, int], int] = {}
        self._documents: dict[str, int] = {}
        self.outcomes: dict[str, dict[Outcome, int]] = {
            rule.code: dict.fromkeys(OUTCOMES, 0) for rule in rules
        }
        self.counts = _counted(())
        self.missed: list[NotChecked] = list(options.not_checked)
        self.listed: list[tuple[_Place, Finding]] = []

    def expect(self, books: Iterable[Book]) -> None:
        """Findings are listed in the order of these books and their documents, after those
        before.
        """
        for book in books:
            self._books.setdefault((book.key, book.form, book.fiscal_year), len(self._books))
            for document in book.documents:
                self._documents.setdefault(document.path, len(self._documents))

    def judge(
        self,
        rows: Rows,
        rules: Iterable[Rule] | None = None,
        rows_of: RowsOf | None = None,
        framed: Framed | None = None,
    ) -> None:
        """Judge a book. Its findings come in batches, so that those beyond the limit are never
        all there.

        ``rows_of`` says which rows to judge where not all are, ``framed`` how findings are
        written as rows where not by their numbers.
        """
        found = _found(
            rows, self.rules if rules is None else rules, self.outcomes, self.missed, rows_of
        )
        kept: list[Found] = []
        room = 0
        while batch := list(islice(found, _BATCH)):
            for item in batch:
                self.counts[item.finding.severity] += 1
            if self.file is not None:
                self.file.write(
                    _framed(batch, rows.book.key)
                    if framed is None
                    else framed(batch, rows.book.key)
                )
            kept, room = self._first([*kept, *batch], rows.book)
        if kept:
            explained = _suspected(rows, self.rules, kept, self.missed)
            placed = sorted(
                ((self._place(finding, rows.book), finding) for finding in explained), key=_placed
            )
            self.listed += placed[:room]
            if self.most is not None and len(self.listed) >= self.most:
                self.listed = sorted(self.listed, key=_placed)[: self.most]

    def report(self, documents: tuple[Document, ...], kpis: tuple[JudgedKpi, ...] = ()) -> Report:
        """What was found in all."""
        return Report(
            documents=documents,
            not_checked=tuple(self.missed),
            outcomes=self.outcomes,
            findings=tuple(_distinct(finding for _, finding in sorted(self.listed, key=_placed))),
            counts=self.counts,
            kpis=kpis,
            fail_on=self.options.fail_on,
        )

    def _place(self, finding: Finding, book: Book) -> _Place:
        return (
            self._books.get((book.key, book.form, book.fiscal_year), len(self._books)),
            self._documents.get(finding.document, len(self._documents)),
            finding.sheet.number if finding.sheet else 0,
            finding.kpi.number if finding.kpi else 0,
            SEVERITIES.index(finding.severity),
            finding.rule,
            finding.year or "",
        )

    def _first(self, found: list[Found], book: Book) -> tuple[list[Found], int]:
        """Those of a book's findings that are among the first by now, and how many they are.

        The others of the last one's sheet follow them: what is suspected there rests on all of
        its findings.
        """
        if self.most is None or len(self.listed) + len(found) <= self.most:
            return found, len(found)
        found = sorted(found, key=lambda item: self._place(item.finding, book))
        if len(self.listed) >= self.most and (
            self.most == 0 or self._place(found[0].finding, book) >= self.listed[-1][0]
        ):
            return [], 0
        ranks = [(place, False) for place, _ in self.listed] + [
            (self._place(item.finding, book), True) for item in found
        ]
        room = end = sum(new for _, new in sorted(ranks)[: self.most])
        while (
            0 < end < len(found)
            and found[end].owner is not None
            and found[end].owner is found[room - 1].owner
        ):
            end += 1
        return found[:end], room


def _placed(item: tuple[_Place, Finding]) -> _Place:
    return item[0]


def _framed(found: Iterable[Found], book: str) -> pl.DataFrame:
    from auditor.tables.findings import finding_frame

    return finding_frame((item.finding for item in found), book)


def _found(
    rows: Rows,
    rules: Iterable[Rule],
    outcomes: Mapping[str, dict[Outcome, int]],
    missed: list[NotChecked],
    rows_of: RowsOf | None = None,
) -> Iterator[Found]:
    """The findings of one book, without suspects, rule by rule."""
    for rule in rules:
        counts = outcomes[rule.code]
        if rule.each == "reading":
            for finding in _remarked(rule, rows.book):
                counts["fail"] += 1
                yield Found(finding, rule, None)
        elif rows_of is not None:
            yield from _judged(rule, rows_of(rule), counts, missed)
        elif rule.applies_to(rows.form):
            yield from _judged(rule, rows.of(rule.each), counts, missed)
        else:
            counts["not_applicable"] += len(rows.of(rule.each))


def _judged(
    rule: Rule, rows: Iterable[Row], counts: dict[Outcome, int], missed: list[NotChecked]
) -> Iterator[Found]:
    for row in rows:
        finding = None
        try:
            verdict = rule.judge(row)
            if verdict.outcome not in OUTCOMES:
                raise ValueError(f"there is no outcome {verdict.outcome!r}")
            if verdict.outcome == "fail":
                finding = rule.finding(row, verdict)
        except (
            Exception,
            SystemExit,
        ) as fault:  # a rule that crashes says nothing about the data; it is counted and named
            verdict = CRASHED
            missed.append(_crash(rule, row, fault))
        counts[verdict.outcome] += 1
        if finding is not None:
            yield Found(finding, rule, row)


def _suspected(
    rows: Rows, rules: RuleSet, found: Iterable[Found], missed: list[NotChecked]
) -> list[Finding]:
    """The findings with their suspects; clean books never load the search. A note contradicts
    nothing, so it suspects nothing.
    """
    others: list[Finding] = []
    contradictions: list[tuple[Finding, Rule, Row]] = []
    for finding, rule, row in found:
        if row is None or finding.severity == "note":
            others.append(finding)
        else:
            contradictions.append((finding, rule, row))
    if not contradictions:
        return others
    from auditor.suspects.sheets import suspected

    findings, failures = suspected(rows, rules, contradictions)
    missed.extend(_unsearched(failure.row, failure.fault) for failure in failures)
    return [*others, *findings]


def _unsearched(row: Row, fault: Exception) -> NotChecked:
    """That the findings of a sheet or KPI stand without suspects, because the search failed."""
    owner = row.sheet or row.kpi
    reason = f"{type(fault).__name__}: {fault}"
    return NotChecked(
        document=owner.document if owner else None,
        sheet=row.sheet.number if row.sheet else None,
        why=Why(
            code="suspects-failed",
            en=f"the search for suspects{f' of KPI {row.kpi.number}' if row.kpi else ''} "
            f"failed: {reason}",
            ja=f"{f'KPI{row.kpi.number}の' if row.kpi else ''}原因の候補を探す処理が"
            f"途中で止まりました: {reason}",
        ),
    )


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
        target=kpi.target.shown(),
        achievement=achievement(kpi),
    )


def _distinct(findings: Iterable[Finding]) -> Iterable[Finding]:
    """The findings with a counter added to any id that occurs again (two sheets alike to the last
    figure).
    """
    seen: dict[str, int] = {}
    for finding in findings:
        seen[finding.id] = count = seen.get(finding.id, 0) + 1
        yield finding if count == 1 else finding.model_copy(update={"id": f"{finding.id}-{count}"})
