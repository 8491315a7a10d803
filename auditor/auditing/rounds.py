"""Rounds: today's audit held against an earlier one of the same documents.

A cause is known by the place of its main finding. Whether a correction was made is told by the
values there. Where the earlier records are there, all changes of figures and texts are found, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final, Literal, NamedTuple, get_args

from pydantic import Field

from auditor.auditing.changes import (
    WHOLE_GROUP,
    BookChanges,
    FilesOf,
    PointedCell,
    book_changes,
    file_changes,
)
from auditor.auditing.report import Report
from auditor.forms.words import squeezed
from auditor.formula.tree import Field as NamedField
from auditor.records.figures import Place, Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.heads import RecordsHead
from auditor.records.model import Book, Kpi, NotChecked, Sheet
from auditor.records.severities import QUESTION, CountedAs, Severity
from auditor.records.text import Text
from auditor.rules.causes import Cause
from auditor.rules.findings import Finding, KpiReference, SheetReference, department_of
from auditor.rules.rows import Cell
from auditor.rules.ruleset import RuleSet
from auditor.rules.suspects import SuspectCell

__all__ = [
    "CHANGES",
    "Change",
    "EarlierCause",
    "EarlierRound",
    "FindingSpot",
    "Since",
    "files_of",
    "pointed_cells",
    "since",
]

Change = Literal["resolved", "still_wrong", "open", "added", "not_audited"]
"""What became of a cause: it is gone, or its values changed and still do not agree, or nothing
changed, or it was not there before. ``not_audited`` is one whose sheet or rule is not in today's
audit.
"""

CHANGES: Final[tuple[Change, ...]] = get_args(Change)


class EarlierCause(Record):
    """A cause of a round. ``rules``, ``places`` and ``values`` are those of its findings, the main
    one first; ``message``, ``equation``, ``year``, ``place`` and ``question`` are those of the
    main one.
    """

    id: str
    severity: Severity
    question: bool = False
    document: str = ""
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    rules: tuple[str, ...]
    places: tuple[str, ...]
    values: tuple[str, ...]
    message: Text | None = None
    equation: str = ""
    year: str | None = None
    place: Place | None = None

    @property
    def counted_as(self) -> CountedAs:
        """Its severity, or a question, which is of none."""
        return QUESTION if self.question else self.severity

    @property
    def department(self) -> str:
        """The department that it was for; empty where nobody knows it."""
        return department_of(self.sheet, self.kpi)

    @classmethod
    def of(cls, cause: Cause, findings: Sequence[Finding]) -> EarlierCause:
        """The cause of a report with its findings, the main one first."""
        main = findings[0]
        return cls(
            id=cause.id,
            severity=cause.severity,
            question=main.question,
            document=cause.document,
            sheet=cause.sheet,
            kpi=cause.kpi,
            rules=tuple(finding.rule for finding in findings),
            places=tuple(finding.place for finding in findings),
            values=tuple(finding.values for finding in findings),
            message=main.message,
            equation=main.equation,
            year=main.year,
            place=main.first_place,
        )


class FindingSpot(NamedTuple):
    """What a finding is on: a rule on a sheet or KPI, and the column or year there."""

    rule: str
    document: str
    sheet: int | None
    kpi: int | None
    year: str | None


class EarlierRound(Record):
    """An earlier audit, as its ``結果.json`` and ``記録.json`` tell it, or as it was made again.

    ``waived`` has the values of its waived findings by their places, ``pointed`` the cells that
    findings and suspects point at, ``findings`` what each finding is on. ``books`` is None where
    the records were not kept. ``head`` says when the records were written, and whether they are
    frozen.
    """

    made_at: datetime | None = None
    round: int = 1
    causes: tuple[EarlierCause, ...] = ()
    waived: Frozen[str, str] = Field(default_factory=FrozenDict)
    pointed: frozenset[PointedCell] = frozenset()
    findings: frozenset[FindingSpot] = frozenset()
    books: tuple[Book, ...] | None = None
    not_checked: tuple[NotChecked, ...] = ()
    head: RecordsHead | None = None

    @classmethod
    def of(
        cls,
        report: Report,
        books: tuple[Book, ...] | None = None,
        head: RecordsHead | None = None,
    ) -> EarlierRound:
        """The round of a report on some books; ``head`` is that of their records, where there is
        one.
        """
        return cls(
            made_at=head.made_at if head is not None else None,
            round=head.round if head is not None else 1,
            causes=tuple(_causes_of(report)),
            waived={item.finding.place: item.finding.values for item in report.waived},
            pointed=pointed_cells(report),
            findings=frozenset(map(_spot_of, _all_findings(report))),
            books=books,
            not_checked=report.not_checked,
            head=head,
        )

    @property
    def is_frozen(self) -> bool:
        """Whether it is what was finally approved (校了)."""
        return self.head is not None and self.head.kind == "frozen"

    @property
    def missed(self) -> tuple[NotChecked, ...]:
        """What of its documents was not read."""
        return tuple(dict.fromkeys((*self.not_checked, *_missed_in(self.books or ()))))


class Since(Record):
    """What changed since an earlier round.

    ``changes`` has the change of each of today's causes, by its id; ``earlier`` those of earlier
    causes that today has no more. ``today`` are today's causes with their changes. ``content`` is
    None where the earlier round kept no records; ``head`` is that of its records.
    """

    round: int
    made_at: datetime | None = None
    changes: Frozen[str, Change]
    earlier: tuple[tuple[EarlierCause, Change], ...] = ()
    today: tuple[tuple[EarlierCause, Change], ...] = ()
    content: BookChanges | None = None
    head: RecordsHead | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether the earlier round is what was finally approved (校了)."""
        return self.head is not None and self.head.kind == "frozen"

    def of_departments(self, names: Collection[str]) -> Since:
        """What changed for some departments."""
        content = self.content.of_departments(names) if self.content is not None else None
        today = tuple(item for item in self.today if item[0].department in names)
        return self.model_copy(
            update={
                "earlier": tuple(item for item in self.earlier if item[0].department in names),
                "today": today,
                "changes": FrozenDict({cause.id: change for cause, change in today}),
                "content": content,
            }
        )

    def counts(self, report: Report, department: str) -> dict[Change, int]:
        """How many causes of a department changed how; ``report`` is today's."""
        counts: Counter[Change] = Counter()
        for cause in report.causes:
            if department_of(cause.sheet, cause.kpi) == department and cause.id in self.changes:
                counts[self.changes[cause.id]] += 1
        counts.update(change for cause, change in self.earlier if cause.department == department)
        return {change: counts[change] for change in CHANGES}


def since(
    earlier: EarlierRound,
    report: Report,
    books: Sequence[Book],
    files: FilesOf | None = None,
    rules: RuleSet | None = None,
) -> Since:
    """What changed from an earlier round to today's whole report. Raises UnrelatedBooks where the
    two have nothing in common.

    ``files`` are today's, those among them that could not be read; without it, they are the
    documents of the books. ``rules`` tell which blank cells a finding concerns: those that its
    formula names.

    ``books`` are today's: an earlier cause whose sheet is in none of them, is in a document that
    could not be checked, or has numbers that could not be read, is not resolved but not audited.
    So is one of a rule that was left out today, or that the program has no more. One that is
    waived today is neither.
    """
    findings = {finding.id: finding for finding in report.findings}
    if rules is not None:
        cells = earlier.pointed.union(_named_cells(earlier.findings, rules))
        earlier = earlier.model_copy(update={"pointed": cells})
    content = _content_changes(earlier, report, books, files_of(books) if files is None else files)
    before: dict[str, str] = dict(earlier.waived)
    for past in earlier.causes:
        before |= zip(past.places, past.values, strict=True)
    changes: dict[str, Change] = {}
    for cause in report.causes:
        parts = [findings[key] for key in cause.findings if key in findings]
        changes[cause.id] = _change(parts, before)

    places = {finding.place for finding in findings.values()}
    places.update(item.finding.place for item in report.waived)
    audited = _Audited(report, books)
    gone = (cause for cause in earlier.causes if places.isdisjoint(cause.places[:1]))
    return Since(
        round=earlier.round,
        made_at=earlier.made_at,
        changes=FrozenDict(changes),
        earlier=tuple((cause, audited.change_of(cause)) for cause in gone),
        today=tuple((cause, changes[cause.id]) for cause in _causes_of(report)),
        content=content,
        head=earlier.head,
    )


def _causes_of(report: Report) -> Iterator[EarlierCause]:
    findings = {finding.id: finding for finding in report.findings}
    for cause in report.causes:
        listed = [findings[key] for key in cause.findings if key in findings]
        if listed:
            yield EarlierCause.of(cause, listed)


def _content_changes(
    earlier: EarlierRound, report: Report, books: Sequence[Book], files: FilesOf
) -> BookChanges | None:
    """The changes of figures, texts and, since they were frozen, files."""
    if earlier.books is None:
        return None
    changes = book_changes(
        earlier.books,
        books,
        earlier.pointed,
        _documents_of(report.not_checked),
        _documents_of(earlier.missed),
    )
    if not earlier.is_frozen or earlier.head is None:
        return changes
    changed = {spot.document for spot in (*changes.spots, *changes.uncertain)}
    changed.update(sheet.document for sheet in changes.sheets)
    before = dict(earlier.head.files) or files_of(earlier.books)
    return changes.model_copy(update={"files": file_changes(before, files, changed)})


def _missed_in(books: Iterable[Book]) -> Iterator[NotChecked]:
    for document in chain.from_iterable(book.documents for book in books):
        yield from document.not_checked


def _documents_of(reasons: Iterable[NotChecked]) -> list[str]:
    return [reason.document for reason in reasons if reason.document is not None]


def files_of(books: Iterable[Book]) -> FilesOf:
    """The SHA-256 of the documents of some books, by their names."""
    documents = chain.from_iterable(book.documents for book in books)
    return {document.path: document.sha256 for document in documents if document.sha256}


def pointed_cells(report: Report) -> frozenset[PointedCell]:
    """The cells that the findings of a report, waived ones among them, and their suspects point
    at.
    """
    cells: set[PointedCell] = set()
    for finding in _all_findings(report):
        cells.update(map(_pointed, finding.cells))
    for cause in (*report.causes, *(item.cause for item in report.waived)):
        cells.update(map(_pointed, cause.cells))
        for suspect in cause.suspects:
            cells.update(_suspected(cell, cause) for cell in suspect.cells)
    return frozenset(cells)


def _all_findings(report: Report) -> tuple[Finding, ...]:
    return (*report.findings, *(item.finding for item in report.waived))


def _spot_of(finding: Finding) -> FindingSpot:
    sheet = finding.sheet.number if finding.sheet is not None else None
    kpi = finding.kpi.number if finding.kpi is not None else None
    return FindingSpot(finding.rule, finding.document, sheet, kpi, finding.year)


def _named_cells(findings: Iterable[FindingSpot], rules: RuleSet) -> Iterator[PointedCell]:
    """The cells of the findings' own rows that their formulas name, also those that are blank."""
    for finding in findings:
        rule = rules.get(finding.rule)
        if rule is None or rule.each not in ("sheet", "year", "kpi"):
            continue
        for part in rule.needs:
            if isinstance(part, NamedField) and not part.links:
                name = WHOLE_GROUP.format(part.name) if part.kind == "group" else part.name
                _, document, sheet, kpi, year = finding
                yield PointedCell(document, sheet, kpi, name, year)


def _pointed(cell: Cell) -> PointedCell:
    place = cell.place
    address: tuple[str, str] | None = None
    if not cell.field and place is not None and place.sheet is not None and place.cell is not None:
        address = place.sheet, place.cell
    return PointedCell(cell.document, cell.sheet, cell.kpi, cell.field, cell.year, address)


def _suspected(cell: SuspectCell, cause: Cause) -> PointedCell:
    sheet = cause.sheet.number if cause.sheet is not None else None
    kpi = cause.kpi.number if cause.kpi is not None else None
    return PointedCell(cause.document, sheet, kpi, cell.field, cell.year)


def _change(findings: Sequence[Finding], before: Mapping[str, str]) -> Change:
    """What became of a cause with these findings, the main one first."""
    main = findings[0]
    if before.get(main.place) == main.values:
        return "open"
    shared = [finding for finding in findings if finding.place in before]
    if any(before[finding.place] != finding.values for finding in shared):
        return "still_wrong"
    return "added"


class _Audited:
    """The rules that today's audit ran, and the sheets and KPIs that it could check, by what they
    are known by.
    """

    def __init__(self, report: Report, books: Iterable[Book]) -> None:
        self._rules = report.outcomes.keys()
        self._missed = {reason.document for reason in report.not_checked}
        self._unread: set[tuple[str, int | None]] = set()
        for document in report.documents:
            self._unread.update((document.path, number.sheet) for number in document.unread)
        self._names: set[tuple[str, ...]] = set()
        for book in books:
            owners: list[Sheet | Kpi] = [*book.sheets, *book.kpis]
            self._names.update(_name(owner) for owner in owners if self._was_checked(owner))

    def _was_checked(self, owner: Sheet | Kpi) -> bool:
        if owner.document in self._missed:
            return False
        return isinstance(owner, Kpi) or (owner.document, owner.number) not in self._unread

    def change_of(self, cause: EarlierCause) -> Change:
        """Whether an earlier cause that is gone is resolved, or was not looked at today."""
        owner = cause.sheet or cause.kpi
        checked = _name(owner) in self._names if owner is not None else not self._missed
        ran = self._rules >= set(cause.rules)
        return "resolved" if checked and ran else "not_audited"


def _name(owner: Sheet | Kpi | SheetReference | KpiReference) -> tuple[str, ...]:
    """The kind of a record and its name, which stay from one round to the next. Departments may
    have sheets of the same name.
    """
    if isinstance(owner, Kpi | KpiReference):
        return "kpi", squeezed(owner.project), squeezed(owner.name)
    return "sheet", squeezed(owner.department), squeezed(owner.name)
