"""Collects the findings of book after book.

All of them are counted and, where a file is given, written; the first ones in the report's order
are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from auditor.auditing.book_findings import (
    Explained,
    RowsOf,
    explained_findings,
    findings_of,
)
from auditor.auditing.causes import grouped, in_order, limited
from auditor.auditing.departments import department_of_kpi
from auditor.auditing.judged_rows import JudgedFinding
from auditor.auditing.options import AuditOptions, FindingSink
from auditor.auditing.report import JudgedByRow, JudgedKpi, Report, severity_counts
from auditor.forms.model import Form
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, NotChecked, Sheet
from auditor.records.severities import SEVERITIES, CountedAs
from auditor.records.text import Text, Why
from auditor.records.unchecked import Reasons
from auditor.rules.claim_reading import ClaimReading
from auditor.rules.findings import OUTCOMES, Finding, KpiReference, Outcome
from auditor.rules.rows import ClaimsOf, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet

if TYPE_CHECKING:  # data frames are loaded only where findings are written as rows
    import polars as pl

    from auditor.auditing.untouched import Untouched
    from auditor.publication.disclosures import Disclosures
    from auditor.rules.outcomes import OutcomeRows

__all__ = ["FindingCollector"]

FrameOf = Callable[[Iterable[JudgedFinding], str], "pl.DataFrame"]
"""Makes rows of findings; its second argument is the book's key."""

_BATCH: Final = 10_000
"""How many findings of a book are in memory before those beyond the limit are dropped."""

_SHOWN: Final = 5
"""How many books are named where some are judged row by row; the others are counted."""

_ReportPosition = tuple[int, int, int, int, bool, int, str, str]
"""Where a report lists a finding: by book, document, sheet and KPI, what could not be read first,
then by severity, rule and year.
"""


def _unlike_units(rules: Iterable[Rule], form: Form) -> Iterator[NotChecked]:
    """The rules that are not run on a form because of their units, each once."""
    for rule in rules:
        for fault in rule.unit_faults(form)[:1]:
            yield NotChecked(
                rule=rule.code,
                why=Why(
                    code="unlike-units",
                    en=f"rule {rule.code} ({rule.source}) can't be run on the form {form.name}: "
                    f"{fault.key}, column {fault.column}: {fault.message.en}",
                    ja=f"規則 {rule.code}（{rule.source}）は様式 {form.name} では使えません："
                    f"{fault.key} の{fault.column}文字目：{fault.message.ja}",
                ),
            )


class FindingCollector:
    """The findings, outcomes and unchecked places of an audit, book by book.

    ``most`` limits the findings that the report lists (None for no limit), except that it lists
    each of its causes whole; counts and ``file`` get all findings. ``lent`` has the departments
    that projects lend to their KPIs.
    """

    lent: Mapping[str, str]
    options: AuditOptions
    file: FindingSink | None
    most: int | None

    def __init__(
        self, rules: RuleSet, options: AuditOptions, lent: Mapping[str, str] | None = None
    ) -> None:
        prose = () if options.narrative else (rule for rule in rules.of_books if rule.reads_prose)
        self._prose = tuple(rule.code for rule in prose)
        judging = (rule for rule in rules.of_books if rule.code not in self._prose)
        self.rules: RuleSet = RuleSet(judging, rules.named)
        self.leaves_prose: bool = False
        """Whether there is prose that the rules over it have not seen."""

        self.options, self.lent = options, lent or {}
        self.most, self.file = options.max_findings, options.findings
        self._reading = {rule.code for rule in self.rules if rule.each == "reading"}
        self._severities = rules.assigned
        self._of_forms: dict[str, RuleSet] = {}
        self._of_files = [] if options.files is None else rules.of_files
        self._books: dict[tuple[str, str, int], int] = {}
        self._documents: dict[str, int] = {}
        self.outcomes: dict[str, dict[Outcome, int]] = {
            rule.code: dict.fromkeys(OUTCOMES, 0) for rule in (*self.rules, *self._of_files)
        }
        self.counts: dict[CountedAs, int] = severity_counts(())
        self._by_row: dict[tuple[tuple[str, ...], Text], tuple[list[str], list[int]]] = {}
        """The books that were judged row by row and how many rows, by rules and reason."""
        self.not_checked: Reasons = Reasons(options.not_checked)
        self.listed: list[tuple[_ReportPosition, Finding]] = []
        """The first ``most`` findings by now, and the others of the last one's sheet."""
        self._explained: list[Explained] = []
        self._book_of: dict[str, int] = {}
        """The first book of each document, by its number."""
        self._sheets: list[Sheet] = []
        """The sheets whose departments the findings on files are for."""

    def expect(self, books: Iterable[Book]) -> None:
        """Fix the report's order: findings of these books and documents come after those of the
        books expected before.
        """
        for book in books:
            number = len(self._books)
            number = self._books.setdefault((book.key, book.form, book.fiscal_year), number)
            for document in book.documents:
                self._documents.setdefault(document.path, len(self._documents))
                self._book_of.setdefault(document.path, number)
            if self._of_files:
                self._sheets += book.sheets

    def judged_by_row(
        self, rows: int, why: Text, books: Iterable[str] = (), rules: Iterable[str] = ()
    ) -> None:
        """Report that rows of tables were judged one by one, and why."""
        names, numbers = self._by_row.setdefault((tuple(rules), why), ([], []))
        names.extend(books)
        numbers.append(rows)

    @property
    def claims_of(self) -> ClaimsOf:
        """What reads the claims of sheets; what it can't read is not checked."""
        return ClaimReading(self.options.claim_readers, self.not_checked)

    def count(self, counted_as: CountedAs, number: int) -> None:
        """Count findings."""
        self.counts[counted_as] = self.counts.get(counted_as, 0) + number

    def rules_of(self, form: Form) -> RuleSet:
        """The rules that judge the books of a form, with the severities that it states."""
        if form.name not in self._of_forms:
            self._of_forms[form.name] = self.rules.of_form(form)
            self.not_checked.extend(_unlike_units(self._of_forms[form.name], form))
        return self._of_forms[form.name]

    def judge(
        self,
        rows: Rows,
        rules: Iterable[Rule] | None = None,
        rows_of: RowsOf | None = None,
        frame_of: FrameOf | None = None,
    ) -> None:
        """Judge a book by ``rules`` (all, for None), as ``rules_of`` its form gives them.

        ``rows_of`` gives the rows to judge where not all are. ``frame_of`` makes rows of findings
        for the file where sheets and KPIs have other keys there than their numbers.
        """
        # Findings come in batches, so that those beyond the limit are never in memory together.
        findings = findings_of(
            rows,
            self.rules_of(rows.form) if rules is None else rules,
            self.outcomes,
            self.not_checked,
            rows_of,
            self.options.outcomes,
            # Claims that plugins read are known in this process alone.
            1 if self.options.claim_readers else self.options.jobs,
        )
        untouched = self._untouched(rows)
        first: list[JudgedFinding] = []
        while batch := list(islice(findings, _BATCH)):
            for item in batch:
                self.count(item.finding.counted_as, 1)
            if self.file is not None:
                self.file.write((frame_of or _finding_frame)(batch, rows.book.key))
            first = self._first([*first, *batch], rows.book)
        first = [item._replace(finding=self._with_department(item.finding)) for item in first]
        if first:
            self._explained += explained_findings(
                rows, self.rules_of(rows.form), first, self.not_checked, self.options.progress
            )
            self._list((item.finding for item in first), rows.book)
        if untouched is not None:
            self.not_checked.extend(untouched.not_checked())

    def _untouched(self, rows: Rows) -> Untouched | None:
        """The records of a book, to be held against what they are once code of plugins has seen
        them; None where it sees none.
        """
        in_python = (rule for rule in self.rules if rule.check is not None)
        plugins = (rule.plugin for rule in in_python if rule.plugin)
        names = [*plugins, *(reader.plugin for reader in self.options.claim_readers)]
        if not names:
            return None
        from auditor.auditing.untouched import Untouched  # few plugins have code that judges

        return Untouched(rows, dict.fromkeys(names))

    def report(self, documents: tuple[Document, ...], kpis: tuple[JudgedKpi, ...] = ()) -> Report:
        """The report of all books judged so far. An audit of nothing is reported as one."""
        self.not_checked.extend(self._other_forms(documents))
        if self.options.files is not None:
            self._judge_files(self.options.files)
        self.not_checked.extend(self._of_no_form())
        if (why := self._nothing_judged(documents)) is not None:
            self.not_checked.append(NotChecked(why=why))
        findings = [finding for _, finding in sorted(self.listed, key=_position)]
        apart = {rule.code for rule in self._of_files}
        groups = grouped(findings, self._explained, self._reading, apart)
        if self.most is not None and len(findings) > self.most:
            chosen = limited((group.members for group in groups), self.most)
            findings = [finding for at, finding in enumerate(findings) if at in chosen]
            groups = grouped(findings, self._explained, self._reading, apart)
        listed = in_order(findings, groups, self._reading, self.options.departments)
        # All parts are validated. To validate them again, pydantic would first build the models of
        # a whole report, which takes longer than to judge some sheets.
        elsewhere = self._elsewhere
        outcomes = {
            code: FrozenDict(counts)
            for code, counts in self.outcomes.items()
            if code not in elsewhere
        }
        listing = self.options.outcomes
        return Report.model_construct(
            documents=documents,
            not_checked=self.not_checked.counted(),
            passed_over=tuple(self.options.passed_over),
            returned=tuple(self.options.returned),
            outcomes=FrozenDict(outcomes),
            findings=listed.findings,
            causes=listed.causes,
            counts=FrozenDict(self.counts),
            kpis=kpis,
            left_out=tuple(self.options.left_out),
            prose_unread=self._prose if self.leaves_prose else (),
            judged_by_row=tuple(self._judged_by_row()),
            severities=FrozenDict(self._severities),
            outcomes_listed=() if listing is None else listing.choice.in_order,
            outcome_rows=() if listing is None else tuple(map(self._lent_rows, listing.result())),
            fail_on=self.options.fail_on,
        )

    def _judge_files(self, files: Sequence[Disclosures]) -> None:
        """List what the files would give away, and what of them was not looked at."""
        # Most audits look at no file so, and need not wait for what does.
        from auditor.auditing.before_publication import Owners, count_outcomes, file_findings

        for file in files:
            self.not_checked.extend(file.not_checked)
        count_outcomes(files, self._of_files, self.outcomes)
        owners = Owners()
        owners.add(self._sheets)
        for finding in file_findings(files, self._of_files, owners):
            self.count(finding.counted_as, 1)
            if self.file is not None:
                self.file.write(_frame_of([finding], ""))
            book = self._book_of.get(finding.document, len(self._books))
            self.listed.append((self._position_in(finding, book), finding))
        self._limit()

    def _judged_by_row(self) -> Iterator[JudgedByRow]:
        for (rules, why), (names, numbers) in self._by_row.items():
            books = tuple(dict.fromkeys(names))
            yield JudgedByRow(
                rows=sum(numbers),
                why=why,
                books=books[:_SHOWN],
                more=len(books[_SHOWN:]),
                rules=rules,
            )

    def _with_department(self, finding: Finding) -> Finding:
        """The finding with the department that its project lends to a KPI without one."""
        kpi = self._with_lent(finding.kpi)
        return finding if kpi is finding.kpi else finding.model_copy(update={"kpi": kpi})

    def _with_lent(self, kpi: KpiReference | None) -> KpiReference | None:
        """A KPI with the department that its project lends to it."""
        if kpi is None or kpi.department:
            return kpi
        return kpi.model_copy(update={"department": department_of_kpi(kpi, self.lent)})

    def _lent_rows(self, rows: OutcomeRows) -> OutcomeRows:
        """The rows with the departments that projects lend to their KPIs."""
        lent = (row.model_copy(update={"kpi": self._with_lent(row.kpi)}) for row in rows.rows)
        return rows.model_copy(update={"rows": tuple(lent)})

    def _other_forms(self, documents: Iterable[Document]) -> Iterator[NotChecked]:
        """The documents that have another form than the one that is insisted on."""
        name = self.options.form
        if name is None:
            return
        for document in documents:
            if document.form != name:
                yield NotChecked(
                    document=document.path,
                    why=Why(
                        code="other-form",
                        en=f"has the form {document.form}, not {name}, which was insisted on",
                        ja=f"様式は {document.form} です。指定された {name} ではありません",
                    ),
                )

    @property
    def _elsewhere(self) -> frozenset[str]:
        """The rules that are for none of the forms that were audited: they took no part."""
        if not self._of_forms:
            return frozenset()
        mine = chain.from_iterable(self._of_forms.values())
        return frozenset(rule.code for rule in self.rules) - {rule.code for rule in mine}

    def _of_no_form(self) -> Iterator[NotChecked]:
        """The names of a selection whose rules are for none of the forms that were audited."""
        elsewhere, there = self._elsewhere, ", ".join(self._of_forms)
        for name, codes in self.rules.named.items():
            rules = [rule for code in codes if (rule := self.rules.get(code)) is not None]
            if not rules or not elsewhere.issuperset(codes):
                continue
            forms = ", ".join(dict.fromkeys(chain.from_iterable(rule.forms for rule in rules)))
            yield NotChecked(
                why=Why(
                    code="for-other-forms",
                    en=f"{name} was selected, but is for {forms}; what was read is of the form "
                    f"{there}",
                    ja=f"指定された {name} の対象は {forms} です。"
                    f"読み取った文書の様式は {there} のため、点検していません",
                )
            )

    def _nothing_judged(self, documents: Sequence[Document]) -> Why | None:
        """Why nothing was audited, where nothing was and nothing else says so."""
        if self.not_checked:
            return None
        if not documents:
            return Why(
                code="no-documents",
                en="there is nothing to audit: no document and no table was given",
                ja="点検するものがありません。文書または表を指定してください",
            )
        # What was noticed while reading is no check, unless nothing else was asked for.
        reading = self._reading if len(self._reading) < len(self.rules) else ()
        judged = (
            sum(counts.values()) - counts["not_applicable"]
            for code, counts in self.outcomes.items()
            if code not in reading
        )
        if any(judged):
            return None
        return Why(
            code="no-rule-applies",
            en="none of the rules applies to what was read, so nothing was checked",
            ja="読み取った内容に当てはまる規則がないため、何も点検していません",
        )

    def _list(self, findings: Iterable[Finding], book: Book) -> None:
        """List findings of a book, as many as the report has room for."""
        self.listed += ((self._position(finding, book), finding) for finding in findings)
        self._limit()

    def _limit(self) -> None:
        """Keep the first findings, and the others of the last one's sheet."""
        self.listed.sort(key=_position)
        if self.most is not None and len(self.listed) > self.most:
            last = self.listed[self.most - 1][0]
            end = self.most
            while end < len(self.listed) and _owner(self.listed[end][0]) == _owner(last):
                end += 1
            del self.listed[end:]

    def _position(self, finding: Finding, book: Book) -> _ReportPosition:
        number = self._books.get((book.key, book.form, book.fiscal_year), len(self._books))
        return self._position_in(finding, number)

    def _position_in(self, finding: Finding, book: int) -> _ReportPosition:
        """Where the report lists a finding of a book, which comes by its number."""
        return (
            book,
            self._documents.get(finding.document, len(self._documents)),
            finding.sheet.number if finding.sheet else 0,
            finding.kpi.number if finding.kpi else 0,
            finding.rule not in self._reading,
            SEVERITIES.index(finding.severity),
            finding.rule,
            finding.year or "",
        )

    def _first(self, findings: list[JudgedFinding], book: Book) -> list[JudgedFinding]:
        """Those of a book's findings that the report would list by now.

        They are followed by the other findings of the last one's sheet, since what explains a
        sheet rests on all of its findings.
        """
        if self.most is None or len(self.listed) + len(findings) <= self.most:
            return findings
        if self.most == 0:
            return []
        positions = [self._position(item.finding, book) for item in findings]
        ranks = sorted([*(position for position, _ in self.listed), *positions])
        end = _owner(ranks[self.most - 1])
        pairs = zip(positions, findings, strict=True)
        return [item for position, item in pairs if _owner(position) <= end]


def _position(item: tuple[_ReportPosition, Finding]) -> _ReportPosition:
    return item[0]


def _owner(position: _ReportPosition) -> tuple[int, ...]:
    """The book, document, sheet and KPI of a finding in the report's order."""
    return position[:4]


def _finding_frame(findings: Iterable[JudgedFinding], book: str) -> pl.DataFrame:
    return _frame_of((item.finding for item in findings), book)


def _frame_of(findings: Iterable[Finding], book: str) -> pl.DataFrame:
    from auditor.tables.findings import finding_frame

    return finding_frame(findings, book)
