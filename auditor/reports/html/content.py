"""What the page shows, in its order; the templates only lay it out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Final, NamedTuple

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.totals import BookTotals, totals
from auditor.auditing.uncertain import uncertain_figures
from auditor.records.fiscal import wide_digits
from auditor.reports import findings as content
from auditor.reports.cards import CHECK_SOURCE, Card, Records, cards
from auditor.reports.document_names import document_names
from auditor.reports.entries import Entry, counts_of
from auditor.reports.html.glossary import glossary
from auditor.reports.layout import cut, plain
from auditor.reports.overview import (
    NEEDING_ANSWER,
    DepartmentRow,
    entries_by_department,
    needing_answer,
    overview,
)
from auditor.reports.wording import Wording
from auditor.rules.severities import SEVERITIES
from auditor.version import __version__

__all__ = [
    "DepartmentSection",
    "NumberedCard",
    "OverviewRow",
    "Page",
    "PageTable",
    "SheetSection",
    "page_of",
]

_IN_HEAD: Final = 6
"""Of more documents the list stands behind the findings: the first page is for whom to ask."""
_SUBJECTS: Final = ((10, 3), (14, 2), (math.inf, 1))
"""How many subjects a row of the overview names, by the number of rows."""
_UNREAD: Final = 100
_DIGEST: Final = 12


class PageTable(NamedTuple):
    """A table under its caption; ``align`` has ``l`` or ``r`` for each column."""

    key: str
    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: str

    @property
    def kind(self) -> str:
        """The key without its number: tables of one kind look alike."""
        return self.key.rstrip("0123456789")


class OverviewRow(NamedTuple):
    """A row of the overview; ``target`` is the anchor of what there is to ask."""

    target: str
    name: str
    counts: tuple[str, ...]
    sheets: str
    subjects: str
    contact: str


class NumberedCard(NamedTuple):
    """A card with its number on the page, and the key of its department."""

    number: int
    card: Card
    department: str
    where: str = ""


class SheetSection(NamedTuple):
    """The cards of one sheet, KPI or document."""

    heading: str
    document: str
    cards: tuple[NumberedCard, ...]


class DepartmentSection(NamedTuple):
    """The entries that a department has to answer, by sheet."""

    key: str
    name: str
    summary: str
    sheets: tuple[SheetSection, ...]


class NoteSection(NamedTuple):
    """The notes of a department."""

    key: str
    name: str
    cards: tuple[NumberedCard, ...]


class Choice(NamedTuple):
    """What the page can be filtered by: a key, its name, and how many entries it has."""

    key: str
    name: str
    entries: int


class Page(NamedTuple):
    """All that a page shows."""

    lang: str
    title: str
    approval: tuple[str, ...]
    facts: list[tuple[str, str]]
    documents: PageTable | None
    documents_later: PageTable | None
    result: str
    scope: str
    notices: list[str]
    missed: list[str]
    unread: PageTable | None
    severity_names: list[str]
    severities: list[Choice]
    choices: list[Choice]
    rows: list[OverviewRow]
    sums: OverviewRow
    departments: list[DepartmentSection]
    notes: list[NoteSection]
    entries: int
    totals: list[PageTable]
    kpis: PageTable | None
    uncertain: PageTable | None
    parts: list[str]
    outcomes: PageTable
    rules: PageTable | None
    glossary: list[tuple[str, str]]
    check_source: str


def page_of(report: Report, context: ReportContext) -> tuple[Page, Wording]:
    """What the page shows of a report, and the words in which it does."""
    words = _words(report, context)
    groups = entries_by_department(report, context)
    keys = {name: f"d{number}" for number, name in enumerate(groups, 1)}
    numbering = _Numbering(Records(context.books), words)
    departments = list(_departments(groups, keys, numbering))
    notes = list(_notes(groups, keys, numbering))
    anchors = {section.key for section in departments}
    rows = list(_rows(overview(report, context), keys, anchors, words))
    entries = list(chain.from_iterable(groups.values()))
    documents = _table(
        "documents", words.say("documents", "点検した文書"), _documents(report, words)
    )
    later = len(report.documents) > _IN_HEAD
    page = Page(
        lang=context.lang,
        title=_title(report, context, words),
        approval=context.settings.approval if context.settings is not None else (),
        facts=_facts(report, context, words),
        documents=None if later else documents,
        documents_later=documents if later else None,
        result=content.conclusion(report, words, bool(context.departments)),
        scope=_scope(report, context, words),
        notices=_notices(report, context, words),
        missed=[content.missed(reason, words) for reason in report.not_checked],
        unread=_unread(report, context, words),
        severity_names=[words.word(severity) for severity in SEVERITIES],
        severities=_severities(entries, words),
        choices=[
            Choice(key, department_name(name, words), len(groups[name]))
            for name, key in keys.items()
        ],
        rows=rows,
        sums=_sums(entries, words),
        departments=departments,
        notes=notes,
        entries=len(entries),
        totals=_totals(context, words),
        kpis=_table(
            "kpis",
            words.say("KPI achievement", "KPIの達成状況"),
            content.kpi_table(report.kpis, words),
        ),
        uncertain=_uncertain(context, words),
        parts=content.parts_listed(report.documents, words),
        outcomes=_outcomes(report, context, words),
        rules=_table(
            "rules",
            words.say("outcomes by rule", "規則別の判定（件数）"),
            content.statistics_table(report, context, words),
        ),
        glossary=glossary(words),
        check_source=CHECK_SOURCE.of(words.lang),
    )
    return page, words


def _words(report: Report, context: ReportContext) -> Wording:
    paths = [document.path for document in report.documents]
    paths += [reason.document for reason in report.not_checked if reason.document]
    paths += [finding.document for finding in report.findings]
    return Wording(
        context.lang,
        context.forms,
        {document.path: document.form for document in report.documents},
        document_names(dict.fromkeys(paths)),
    )


def department_name(name: str, words: Wording) -> str:
    """A department, or that there is none."""
    return cut(name) or words.say("(no department)", "（所管課・室なし）")


# — the head —


def _title(report: Report, context: ReportContext, words: Wording) -> str:
    """What the report is called: as somebody settled it, else after its form and year."""
    for title in (
        context.occasion.title if context.occasion is not None else "",
        context.settings.title if context.settings is not None else "",
    ):
        if title:
            return title
    kind = words.say("Audit report", "点検結果")
    about = {(document.form, document.fiscal_year) for document in report.documents}
    if len(about) != 1:
        return kind
    form, year = about.pop()
    of = f"{form_title(form, words)} {words.year(year)}"
    return words.say(f"{kind}: {of}", f"{words.year(year)} {form_title(form, words)} {kind}")


def form_title(name: str, words: Wording) -> str:
    form = words.forms.get(name)
    return plain(form.title.of(words.lang) if form else name)


def _facts(report: Report, context: ReportContext, words: Wording) -> list[tuple[str, str]]:
    """When, by whom, about what and with what the audit was made; what nobody knows is left
    out.
    """
    say = words.say
    occasion, settings = context.occasion, context.settings
    facts: list[tuple[str, str]] = []
    if occasion is not None:
        made_at = words.moment(occasion.made_at) if occasion.made_at is not None else ""
        office = occasion.office or (settings.office.name if settings is not None else "")
        turn = str(occasion.round)
        made_by = occasion.made_by or (settings.office.role if settings is not None else "")
        facts += [
            (say("audited at", "点検日時"), made_at),
            (
                say("round", "回"),
                say(f"{occasion.round}", f"第{wide_digits(str(occasion.round))}回"),
            ),
            (say("audited by", "点検者"), made_by),
            (say("compiling section", "とりまとめ課"), office),
        ]
    forms = dict.fromkeys(form_title(document.form, words) for document in report.documents)
    years = dict.fromkeys(words.year(document.fiscal_year) for document in report.documents)
    sheets = sum(document.sheets for document in report.documents)
    kpis = sum(document.kpis for document in report.documents)
    parts = [words.count(len(report.documents), "document", "文書")]
    parts += [words.count(sheets, "sheet", "シート")] if sheets else []
    parts += [say(words.count(kpis, "KPI"), f"KPI{kpis:,}件")] if kpis else []
    rules = content.left_out(report, context, words)
    none_left_out = words.labelled(say("Rules left out", "点検から除いた規則"), say("none", "なし"))
    label, _, names = (rules or none_left_out).partition(say(": ", "："))
    facts += [
        (say("about", "対象"), words.listed(parts)),
        (say("form", "様式"), words.listed([*forms])),
        (say("fiscal year", "年度"), words.listed([*years])),
        (say("version", "版"), f"sheet-auditor {__version__}"),
        (label, names),
    ]
    return [(name, text) for name, text in facts if text]


def _documents(report: Report, words: Wording) -> content.Table:
    """The documents with how much each holds, and what tells this version of it from others."""
    heads, rows, align = content.documents_table(report, words)
    digests = [(document.sha256 or "")[:_DIGEST] for document in report.documents[: len(rows)]]
    digests += [""] * (len(rows) - len(digests))
    return (
        [*heads, "SHA-256"],
        [[*row, digest] for row, digest in zip(rows, digests, strict=True)],
        f"{align}l",
    )


def _scope(report: Report, context: ReportContext, words: Wording) -> str:
    """In which range the entries were found, and what was not checked; empty for a result without
    entries, whose sentence says both.
    """
    if not sum(report.counts.values()):
        return ""
    scope = content.checked_range(report, words, narrowed=bool(context.departments))
    kinds = words.listed(content.unchecked(report, words)) or words.say("nothing", "なし")
    return words.say(
        f"Checked: {scope}. Not checked: {kinds}.",
        f"点検した範囲：{scope}。点検していないもの：{kinds}。",
    )


def _notices(report: Report, context: ReportContext, words: Wording) -> list[str]:
    """What has to be told beside the result: what the page was narrowed to, and what it does not
    list.
    """
    notices = [content.narrowed(context, words), content.unlisted(report, words)]
    return [notice for notice in notices if notice]


def _unread(report: Report, context: ReportContext, words: Wording) -> PageTable | None:
    """The numbers that are visible and were not read: of audited parts, the first hundred; of all
    parts and all of them, where they are asked for.
    """
    documents = report.documents
    if "unread" not in context.sections:
        documents = tuple(document.model_copy(update={"parts": ()}) for document in documents)
    heads, rows, align = content.unread_table(documents, words)
    more = len(rows) - _UNREAD
    if "unread" not in context.sections and more > 0:
        others = words.say(f"{more:,} more", f"ほか{more:,}件")
        rows = [*rows[:_UNREAD], [others, *[""] * (len(heads) - 1)]]
    caption = words.say("numbers that could not be read", "読み取れなかった数値")
    return _table("unread", caption, (heads, rows, align))


# — whom to ask —


def _severities(entries: Iterable[Entry], words: Wording) -> list[Choice]:
    counts = counts_of(entries)
    return [Choice(severity, words.word(severity), number) for severity, number in counts.items()]


def _rows(
    rows: Sequence[DepartmentRow], keys: Mapping[str, str], anchors: set[str], words: Wording
) -> Iterator[OverviewRow]:
    """The rows of the overview. Many name fewer subjects each, so that they stand on one page."""
    most = next(number for longest, number in _SUBJECTS if len(rows) <= longest)
    for row in rows:
        key = keys[row.department]
        subjects = words.say("; ", "／").join(cut(subject) for subject in row.subjects[:most])
        if len(row.subjects) > most:
            subjects += words.say("; …", "／ほか")
        yield OverviewRow(
            target=key if key in anchors else f"n{key[1:]}",
            name=department_name(row.department, words),
            counts=tuple(_number(row.counts[severity]) for severity in SEVERITIES),
            sheets=f"{row.sheets:,}",
            subjects=subjects,
            contact=row.contact,
        )


def _sums(entries: Sequence[Entry], words: Wording) -> OverviewRow:
    counts = counts_of(entries)
    return OverviewRow(
        target="",
        name=words.say("total", "計"),
        counts=tuple(_number(counts.get(severity, 0)) for severity in SEVERITIES),
        sheets=f"{len({_owner(entry) for entry in entries}):,}",
        subjects="",
        contact="",
    )


def _number(count: int) -> str:
    return f"{count:,}" if count else "－"


def _owner(entry: Entry) -> tuple[object, ...]:
    """What an entry is on: a sheet, a KPI, or a whole document."""
    cause = entry.cause
    sheet = cause.sheet.number if cause.sheet else None
    return cause.document, sheet, cause.kpi.number if cause.kpi else None


# — entries —


class _Numbering:
    """Makes cards of entries and numbers them in the order of the page."""

    def __init__(self, records: Records, words: Wording) -> None:
        self._records, self.words, self._numbers = records, words, count(1)

    def cards(self, items: Sequence[Entry], key: str) -> tuple[NumberedCard, ...]:
        """The cards of some entries of the department with a key."""
        return tuple(
            NumberedCard(next(self._numbers), card, key, self._about(card))
            for card in cards(items, self._records, self.words)
        )

    def _about(self, card: Card) -> str:
        """The document and the sheet or KPI, for a card that stands under no sheet's heading."""
        sheet, document = heading_of(card.entry, self.words)
        return self.words.listed([part for part in (document, sheet, card.place) if part])


def _departments(
    groups: Mapping[str, Sequence[Entry]], keys: Mapping[str, str], numbering: _Numbering
) -> Iterator[DepartmentSection]:
    words = numbering.words
    for name, entries in groups.items():
        sheets: dict[tuple[object, ...], list[Entry]] = {}
        for entry in needing_answer(entries):
            sheets.setdefault(_owner(entry), []).append(entry)
        if not sheets:
            continue
        sections = tuple(
            SheetSection(*heading_of(items[0], words), numbering.cards(items, keys[name]))
            for items in sheets.values()
        )
        number = sum(len(section.cards) for section in sections)
        summary = words.listed(
            [
                words.count(len(sections), "sheet or KPI", "シート", "sheets and KPIs"),
                words.count(number, "entry", "か所", "entries"),
            ]
        )
        yield DepartmentSection(keys[name], department_name(name, words), summary, sections)


def _notes(
    groups: Mapping[str, Sequence[Entry]], keys: Mapping[str, str], numbering: _Numbering
) -> Iterator[NoteSection]:
    for name, entries in groups.items():
        notes = [entry for entry in entries if entry.severity not in NEEDING_ANSWER]
        if notes:
            items = numbering.cards(notes, keys[name])
            yield NoteSection(f"n{keys[name][1:]}", department_name(name, numbering.words), items)


def heading_of(entry: Entry, words: Wording) -> tuple[str, str]:
    """What an entry is on, and its document; the first is empty where that is all."""
    finding = entry.main
    about = ""
    if finding.sheet is not None:
        about = words.sheet(finding.sheet.number, finding.sheet.name, finding.document)
    elif finding.kpi is not None:
        about = words.listed(
            [words.kpi(finding.kpi.number, finding.kpi.name), plain(finding.kpi.project)]
        )
    document = words.document(finding.document)
    return (about, document) if about else (document or words.say("whole book", "冊子全体"), "")


# — behind the entries —


def _totals(context: ReportContext, words: Wording) -> list[PageTable]:
    """The totals of each book and, where it has several, of each of its departments."""
    tables: list[BookTotals] = []
    for book in context.books:
        tables += totals([book])
        parts = totals([book], by_department=True)
        tables += parts if len(parts) > 1 else ()
    return [
        _shown(f"total{number}", _total_caption(total, words), content.totals_table(total, words))
        for number, total in enumerate(tables, 1)
    ]


def _total_caption(total: BookTotals, words: Wording) -> str:
    of = form_title(total.form, words)
    if total.department is not None:
        of = department_name(total.department, words)
    sheets = words.count(total.sheets, "sheet", "シート")
    return f"{of} {words.year(total.fiscal_year)}" + words.say(f" ({sheets})", f"（{sheets}）")


def _uncertain(context: ReportContext, words: Wording) -> PageTable | None:
    if "unsure" not in context.sections:
        return None
    table = content.unsure_table(uncertain_figures(context.books), words)
    caption = words.say("figures whose column was not sure", "年度の列が確実でない数値")
    return _table("uncertain", caption, table)


def _outcomes(report: Report, context: ReportContext, words: Wording) -> PageTable:
    heads, (numbers, *_), _ = content.outcome_table(report, words)
    rows = [[head, number] for head, number in zip(heads, numbers, strict=True)]
    caption = content.outcomes_heading(context, words).rstrip(":")
    of_all = [words.say("outcome", "判定"), words.say("judgements", "件数")]
    return _shown("outcomes", caption, (of_all, rows, "lr"))


def _table(key: str, caption: str, table: content.Table) -> PageTable | None:
    """A table with its caption; None for one without rows."""
    return _shown(key, caption, table) if table[1] else None


def _shown(key: str, caption: str, table: content.Table) -> PageTable:
    heads, rows, align = table
    return PageTable(key, caption, heads, rows, align)
