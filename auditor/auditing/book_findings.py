"""The findings of one book.

Every row is judged by every rule; what the readers found wrong with the documents is added. What
explains findings together is sought behind that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from auditor.auditing.lasting import all_lasts
from auditor.auditing.options import Progress
from auditor.forms.model import Form
from auditor.records.errors import message_of
from auditor.records.fields import Each, OtherBook
from auditor.records.model import Document, Kpi, NotChecked, Remark, Sheet
from auditor.records.prose import has_prose
from auditor.records.severities import Severity
from auditor.records.text import Text, Why
from auditor.records.unchecked import MOST_ALIKE
from auditor.rules.findings import (
    OUTCOMES,
    Finding,
    KpiReference,
    Outcome,
    SheetReference,
    keys_of,
)
from auditor.rules.lookups import Lookups
from auditor.rules.rows import SHEETS_AT_A_TIME, Cell, Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.suspects import Beside, Suspect, SuspectCell
from auditor.rules.verdicts import CRASHED

if TYPE_CHECKING:  # few audits list rows beside their findings
    from auditor.auditing.outcome_rows import OutcomeListing

__all__ = [
    "Explained",
    "JudgedFinding",
    "RowsOf",
    "explained_findings",
    "findings_of",
    "tables_missing",
]

RowsOf = Callable[[Rule], Iterable[Row]]
"""Gives the rows that a rule judges."""


class JudgedFinding(NamedTuple):
    """A finding with its rule and row; a reading issue has no row. ``severity`` is the one that
    the rule gives it, whatever settings say.
    """

    finding: Finding
    rule: Rule
    row: Row | None
    severity: Severity


def findings_of(
    rows: Rows,
    rules: Iterable[Rule],
    outcomes: Mapping[str, dict[Outcome, int]],
    not_checked: list[NotChecked],
    rows_of: RowsOf | None = None,
    listing: OutcomeListing | None = None,
) -> Iterator[JudgedFinding]:
    """The findings of one book, rule by rule; those of rules that read prose, some sheets at a
    time: their sentences are let go then.

    Every outcome is counted in ``outcomes``, by the rule's code; rules that crash are added to
    ``not_checked``. ``rows_of`` gives the rows to judge where not all are. ``listing`` gets the
    rows that are listed beside findings.
    """
    of_prose: list[Rule] = []
    for rule in rules:
        counts = outcomes[rule.code]
        if rule.each == "reading":
            for finding in _reading_findings(rule, rows):
                counts["fail"] += 1
                yield JudgedFinding(finding, rule, None, rule.file.severity)
        elif rows_of is not None and rule.others <= rows.others.keys():
            yield from _judged(rule, rows_of(rule), counts, not_checked, rows, listing)
        elif rows_of is not None:
            counts["not_applicable"] += sum(1 for _ in rows_of(rule))
        elif not rule.applies_to(rows.form, rows.others, rows.lookups.forms):
            counts["not_applicable"] += len(rows.of(rule.each))
            if listing is not None:
                listing.add_not_applied(rule, rows)
            missing = tables_missing(rule, rows.form, rows.others, rows.lookups)
            # Several books of a form lack the same table.
            not_checked.extend(item for item in missing if item not in not_checked)
        elif rule.reads_prose and rule.each in ("sheet", "evaluation", "claim"):
            of_prose.append(rule)
        else:
            judged = rows.of(rule.each)
            yield from _judged(rule, judged, counts, not_checked, rows, listing)
    sheets = rows.book.sheets
    for first in range(0, len(sheets), SHEETS_AT_A_TIME):
        if len(sheets) > SHEETS_AT_A_TIME:
            rows.let_prose_go()
            all_lasts()
        part = sheets[first : first + SHEETS_AT_A_TIME]
        yield from _of_prose(of_prose, rows, part, outcomes, not_checked, listing)


def _of_prose(
    rules: Sequence[Rule],
    rows: Rows,
    sheets: Sequence[Sheet],
    outcomes: Mapping[str, dict[Outcome, int]],
    not_checked: list[NotChecked],
    listing: OutcomeListing | None,
) -> Iterator[JudgedFinding]:
    """The findings of rules that read prose on some sheets of a book."""
    part = _Part(rows, sheets)
    for rule in rules:
        counts = outcomes[rule.code]
        judged = part.every(rule) if listing is not None else part.chosen(rule, counts)
        yield from _judged(rule, judged, counts, not_checked, rows, listing)


class _Part:
    """The rows of some sheets of a book for the rules that read prose."""

    def __init__(self, rows: Rows, sheets: Sequence[Sheet]) -> None:
        self._rows, self._sheets = rows, sheets
        self._of: dict[Each | Literal["book", "reading"], list[Row]] = {}

    def every(self, rule: Rule) -> list[Row]:
        """All rows that a rule is for."""
        each = rule.each
        if each not in self._of:
            self._of[each] = self._rows.of_sheets(cast(Each, each), self._sheets)
        return self._of[each]

    def chosen(self, rule: Rule, counts: dict[Outcome, int]) -> list[Row]:
        """The rows on which a rule has anything to judge; the others are counted."""
        rows = self.every(rule)
        if rule.each == "sheet":
            counts["pass"] += len(rows) - len(self._with_prose)
            return self._with_prose
        kinds = rule.claim_kinds if rule.each == "claim" else None
        if kinds is None:
            return rows
        counts["not_applicable"] += len(rows) - sum(map(len, map(self._claims, kinds)))
        return list(chain.from_iterable(map(self._claims, sorted(kinds))))

    @cached_property
    def _with_prose(self) -> list[Row]:
        rows = self._rows.of_sheets("sheet", self._sheets)
        return [row for row in rows if row.sheet is not None and has_prose(row.sheet)]

    def _claims(self, kind: str) -> Sequence[Row]:
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> Mapping[str, Sequence[Row]]:
        claims: dict[str, list[Row]] = {}
        for row in self._rows.of_sheets("claim", self._sheets):
            claims.setdefault(str(row.values["kind"]), []).append(row)
        return claims


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


def _judged(
    rule: Rule,
    rows: Iterable[Row],
    counts: dict[Outcome, int],
    not_checked: list[NotChecked],
    of_book: Rows,
    listing: OutcomeListing | None,
) -> Iterator[JudgedFinding]:
    more = 0
    judge = rule.judge if listing is None else listing.judge_of(rule, of_book)
    for row in rows:
        finding = None
        # A rule is foreign code. One that crashes says nothing about the data: it is counted and
        # named.
        try:
            verdict = judge(row)
            if verdict.outcome not in OUTCOMES:
                raise ValueError(f"there is no outcome {verdict.outcome!r}")
            if verdict.outcome == "fail":
                finding = rule.finding(row, verdict)
        except BaseException as fault:
            from auditor.records.foreign import is_interrupt  # few rules crash

            if is_interrupt(fault):
                raise
            verdict = CRASHED
            if listing is not None:
                listing.add_crashed(rule, row, fault)
            if counts["crashed"] < MOST_ALIKE:
                not_checked.append(_crash(rule, row, fault))
            else:
                more += 1
        counts[verdict.outcome] += 1
        if listing is not None and verdict is not CRASHED:
            listing.add(rule, row, verdict, finding)
        if finding is not None:
            yield JudgedFinding(finding, rule, row, verdict.severity or rule.file.severity)
    if more:
        # Rows are of many documents, and the fault is the rule's: it is counted for all of them.
        en = f"rule {rule.code} ({rule.source}) failed on {more:,} more rows"
        ja = f"規則 {rule.code}（{rule.source}）は、ほかに{more:,}行でも途中で止まりました"
        why = Why(code="crashed", en=en, ja=ja)
        not_checked.append(NotChecked(rule=rule.code, why=why, more=more))


def _crash(rule: Rule, row: Row, fault: BaseException) -> NotChecked:
    from auditor.rules.crashes import crash_of  # few rules crash

    owner = row.sheet or row.kpi
    crash = crash_of(rule, row, fault)
    return NotChecked(
        document=owner.document if owner else None,
        sheet=row.sheet.number if row.sheet else None,
        rule=rule.code,
        why=Why(
            code="crashed",
            en=f"rule {rule.code} ({rule.source}) failed: {crash.message.en}",
            ja=f"規則 {rule.code}（{rule.source}）が途中で止まりました：{crash.message.ja}",
        ),
        excerpt=crash.excerpt,
    )


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
