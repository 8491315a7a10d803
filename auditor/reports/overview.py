"""The overview of a report: whom to ask about what, a row for each department (照会先一覧)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain, count
from typing import Final, NamedTuple

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.records.severities import QUESTION, SEVERITIES, CountedAs, Severity
from auditor.reports.entries import NO_DEPARTMENT, Entry, apart, entries
from auditor.reports.layout import cut, plain
from auditor.reports.wording import Wording

__all__ = [
    "NEEDING_ANSWER",
    "DepartmentRow",
    "Owner",
    "by_owner",
    "changes_since",
    "counted_in",
    "department_name",
    "entries_by_department",
    "heading_of",
    "needing_answer",
    "numbered",
    "overview",
    "owner_of",
]

NEEDING_ANSWER: Final[frozenset[Severity]] = frozenset({"error", "warning"})
"""The severities that a department has to answer; a note needs no answer."""

_SUBJECTS: Final = 3

Owner = tuple[str, int | None, int | None]
"""What an entry is on: its document, and the number of the sheet or of the KPI there."""


class DepartmentRow(NamedTuple):
    """What there is to ask a department.

    ``department`` is empty where nobody knows whose the entries are. ``counts`` are those of its
    entries by severity, ``questions`` how many places somebody may ask about, ``sheets`` how many
    sheets and KPIs all of them are on. ``subjects`` are the
    titles of the rules with most entries in the report's language, the first three; ``contact``
    is whom to ask, empty where the settings do not say. A department that had entries in the
    earlier round alone has counts of 0 and nothing else.
    """

    department: str
    counts: dict[Severity, int]
    questions: int
    sheets: int
    subjects: tuple[str, ...]
    contact: str


def department_name(name: str, words: Wording) -> str:
    """A department as it is shown, or that there is none."""
    return cut(name) or NO_DEPARTMENT.of(words.lang)


def needing_answer(items: Iterable[Entry]) -> list[Entry]:
    """The entries that their department has to answer."""
    return [entry for entry in items if entry.severity in NEEDING_ANSWER]


def entries_by_department(report: Report, context: ReportContext) -> dict[str, list[Entry]]:
    """The entries of each department that has some, the departments in their official order, else
    in that of the report; what belongs to none is last.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in entries(report):
        groups.setdefault(entry.main.department, []).append(entry)
    names = context.order.in_order(groups)
    names.sort(key=lambda name: not name)
    return {name: groups[name] for name in names}


def numbered(report: Report, context: ReportContext) -> dict[str, list[tuple[int, Entry]]]:
    """The entries of each department with the numbers that they have in all that is handed round.

    Those that need an answer come first, department by department and sheet by sheet; then the
    notes, then what somebody may ask about.
    """
    groups = entries_by_department(report, context)
    numbers = count(1)
    rows: dict[str, list[tuple[int, Entry]]] = {department: [] for department in groups}
    for turn in range(3):
        for department, items in groups.items():
            part = [entry for entry in items if _turn(entry) == turn]
            in_order = chain.from_iterable(by_owner(part))
            rows[department] += ((next(numbers), entry) for entry in in_order)
    return rows


def _turn(entry: Entry) -> int:
    """In which of the three turns an entry gets its number."""
    if entry.is_question:
        return 2
    return 0 if entry.severity in NEEDING_ANSWER else 1


def counted_in(report: Report) -> tuple[CountedAs, ...]:
    """What an overview counts: entries by severity and, where there are some, questions."""
    return (*SEVERITIES, QUESTION) if report.questions else SEVERITIES


def by_owner(items: Iterable[Entry]) -> list[list[Entry]]:
    """The entries of each sheet, KPI or document together, in the order of first sight."""
    groups: dict[Owner, list[Entry]] = {}
    for entry in items:
        groups.setdefault(owner_of(entry), []).append(entry)
    return list(groups.values())


def owner_of(entry: Entry) -> Owner:
    """The sheet, the KPI or the whole document that an entry is on."""
    cause = entry.cause
    sheet = cause.sheet.number if cause.sheet else None
    return cause.document, sheet, cause.kpi.number if cause.kpi else None


def heading_of(entry: Entry, words: Wording) -> tuple[str, str]:
    """What an entry is on, and its document; the first is that, and the second empty, where that is
    all.
    """
    finding = entry.main
    about = ""
    if finding.sheet is not None:
        about = words.sheet_of(finding.sheet, finding.document)
    elif finding.kpi is not None:
        about = words.listed(
            [words.kpi(finding.kpi.number, finding.kpi.name), plain(finding.kpi.project)]
        )
    document = words.document(finding.document)
    return (about, document) if about else (document or words.say("whole book", "冊子全体"), "")


def changes_since(department: str, report: Report, context: ReportContext, words: Wording) -> str:
    """What became of the causes of a department since the earlier round, counted; empty without
    one.
    """
    if context.since is None:
        return ""
    counts = context.since.counts(report, department)
    parts = [
        words.word(change) + words.say(" ", "") + f"{number:,}"
        for change, number in counts.items()
        if number
    ]
    return words.listed(parts)


def overview(report: Report, context: ReportContext) -> list[DepartmentRow]:
    """A row for each department that has entries: the one with most errors first, then most
    warnings, then most notes. Those whose entries are all resolved since the earlier round stand
    behind them, to be told so.
    """
    groups = entries_by_department(report, context)
    rows = [
        DepartmentRow(
            department=name,
            counts=_counts(items),
            questions=sum(entry.is_question for entry in items),
            sheets=len(by_owner(items)),
            subjects=_subjects(items, context),
            contact=context.order.contact_of(name),
        )
        for name, items in groups.items()
    ]
    rows.sort(key=lambda row: [-row.counts[severity] for severity in SEVERITIES])
    resolved = (name for name in _earlier_departments(context) if name not in groups)
    return rows + [DepartmentRow(name, _counts(()), 0, 0, (), "") for name in resolved]


def _earlier_departments(context: ReportContext) -> Iterable[str]:
    """The departments that had entries in the earlier round; none for a narrowed report."""
    if context.since is None or context.departments:
        return ()
    return dict.fromkeys(cause.department for cause, _ in context.since.earlier)


def _counts(items: Iterable[Entry]) -> dict[Severity, int]:
    counts = Counter(entry.severity for entry in items if not entry.is_question)
    return {severity: counts[severity] for severity in SEVERITIES}


def _subjects(items: Iterable[Entry], context: ReportContext) -> tuple[str, ...]:
    """The titles of the rules that most of the entries are about; those that need an answer
    first.
    """
    answered: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for entry in apart(items).findings or items:
        counter = answered if entry.severity in NEEDING_ANSWER else others
        counter[entry.main.rule] += 1
    codes = [code for code, _ in [*answered.most_common(), *others.most_common()]]
    titles: list[str] = []
    for code in dict.fromkeys(codes):
        rule = context.rules.get(code)
        titles.append(rule.file.title.of(context.lang) if rule is not None else code)
    return tuple(titles[:_SUBJECTS])
