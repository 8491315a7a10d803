"""What the page shows, in its order; the templates only lay it out."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.totals import BookTotals, totals
from auditor.auditing.uncertain import uncertain_figures
from auditor.records.severities import QUESTION, SEVERITIES, CountedAs
from auditor.records.text import Text
from auditor.reports import findings as content
from auditor.reports.beside import BesideName, beside
from auditor.reports.cards import Card, Records, cards
from auditor.reports.changes import changes_notes, changes_result, changes_tables
from auditor.reports.document_names import words_with_names
from auditor.reports.entries import (
    Entry,
    apart,
    counts_of,
    severity_mark,
    titled,
)
from auditor.reports.heading import report_title
from auditor.reports.html import head
from auditor.reports.html.glossary import glossary
from auditor.reports.html.model import (
    BesideSection,
    Choice,
    DepartmentSection,
    NoteSection,
    NumberedCard,
    OutcomeTable,
    OverviewRow,
    Page,
    PageTable,
    SheetSection,
    WaivedItem,
)
from auditor.reports.html.parts import changes_shown, shown_table, table_of
from auditor.reports.layout import cut
from auditor.reports.overview import (
    NEEDING_ANSWER,
    by_owner,
    changes_since,
    counted_in,
    department_name,
    entries_by_department,
    heading_of,
    needing_answer,
    numbered,
    overview,
)
from auditor.reports.returned import (
    passed_over_lines,
    returned_files,
)
from auditor.reports.row_outcomes import ROWS_TITLE, rows_more, rows_table, rows_title
from auditor.reports.waived import UNUSED, WAIVED, facts, unused_lines
from auditor.reports.wording import Wording

__all__ = ["page_of"]

_IN_HEAD: Final = 6
"""Of more documents the list stands behind the findings: the first page is for whom to ask."""
_SUBJECTS: Final = ((10, 3), (14, 2), (math.inf, 1))
"""How many subjects a row of the overview names, by the number of rows."""

_BESIDE: Final[Mapping[BesideName, tuple[str, Text]]] = {
    "last-year": (
        "pairs",
        Text(en="pairs to check, and what has no partner", ja="確認が必要な対応と、対応のないもの"),
    ),
    "accounts": (
        "projects",
        Text(
            en="projects to check, and what has no partner", ja="確認が必要な事業と、対応のないもの"
        ),
    ),
}
"""The key and the caption of the table of each book that this one was held against."""


def page_of(report: Report, context: ReportContext) -> tuple[Page, Wording]:
    """What the page shows of a report, and the words in which it does."""
    words = words_with_names(report, context)
    groups = entries_by_department(report, context)
    keys = {name: f"d{number}" for number, name in enumerate(groups, 1)}
    numbering = _Numbering(report, context, words)
    departments = list(_departments(groups, keys, numbering))
    notes = list(_notes(groups, keys, numbering))
    questions = list(_questions(groups, keys, numbering))
    anchors = [section.key for section in departments]
    anchors += [section.key for section in (*notes, *questions)]
    rows = list(_rows(report, context, keys, anchors, words))
    entries = list(chain.from_iterable(groups.values()))
    documents = _documents(report, words)
    later = len(report.documents) > _IN_HEAD
    page = Page(
        lang=context.lang,
        title=report_title(report, context, words),
        approval=context.settings.approval,
        facts=head.facts(report, context, words),
        documents=None if later else documents,
        documents_later=documents if later else None,
        result=content.conclusion(report, words, bool(context.departments)),
        scope=head.scope(report, context, words),
        notices=head.notices(report, context, words),
        missed=[content.missed(reason, words) for reason in report.not_checked],
        unread=head.unread_numbers(report, context, words),
        severity_names=list(map(words.word, counted_in(report))),
        severities=_severities(entries, words),
        choices=_choices(groups, keys, words),
        rows=rows,
        has_changes=context.since is not None,
        sums=_sums(entries, report, words),
        departments=departments,
        waived_title=WAIVED.of(words.lang),
        waived=_waived(report, words),
        unused_title=UNUSED.of(words.lang),
        waivers_unused=unused_lines(report, words),
        changes_result=_changes_result(context, words),
        changes=_changes(context, words),
        returned=returned_files(report, words),
        beside=list(_beside(report, words)),
        notes=notes,
        questions=questions,
        entries=len(entries),
        totals=_totals(context, words),
        totals_note=content.totals_note(words),
        kpis=_kpis(report, words),
        uncertain=_uncertain(context, words),
        parts=content.parts_listed(report.documents, words),
        passed_over=passed_over_lines(report, words),
        outcomes=_outcomes(report, context, words),
        rules=_rules(report, context, words),
        rows_title=ROWS_TITLE.of(words.lang) if report.outcomes_listed else "",
        outcome_rows=list(_outcome_rows(report, context, words)),
        glossary=glossary(words),
    )
    return page, words


def _documents(report: Report, words: Wording) -> PageTable | None:
    caption = words.say("documents", "点検した文書")
    return table_of("documents", caption, head.documents_table(report, words))


# — whom to ask —


def _choices(
    groups: Mapping[str, Sequence[Entry]], keys: Mapping[str, str], words: Wording
) -> list[Choice]:
    return [
        Choice(key, department_name(name, words), len(groups[name])) for name, key in keys.items()
    ]


def _severities(entries: Iterable[Entry], words: Wording) -> list[Choice]:
    parts = apart(entries)
    counts: dict[CountedAs, int] = dict(counts_of(parts.findings).items())
    if parts.questions:
        counts[QUESTION] = len(parts.questions)
    return [Choice(name, words.word(name), number) for name, number in counts.items()]


def _rows(
    report: Report,
    context: ReportContext,
    keys: Mapping[str, str],
    anchors: Collection[str],
    words: Wording,
) -> Iterator[OverviewRow]:
    """The rows of the overview. Many name fewer subjects each, so that they stand on one page."""
    most = next(number for longest, number in _SUBJECTS if len(keys) <= longest)
    for row in overview(report, context):
        key = keys.get(row.department, "")
        subjects = words.say("; ", "／").join(cut(subject) for subject in row.subjects[:most])
        if len(row.subjects) > most:
            subjects += words.say("; …", "／ほか")
        yield OverviewRow(
            target=_anchor(key, anchors),
            name=department_name(row.department, words),
            counts=_numbers([*row.counts.values(), row.questions], report),
            sheets=_number(row.sheets),
            subjects=subjects,
            contact=row.contact,
            changes=changes_since(row.department, report, context, words),
        )


def _anchor(key: str, anchors: Collection[str]) -> str:
    """Where the entries of a department begin: what it has to answer, its notes, its questions."""
    places = (key, f"n{key[1:]}", f"q{key[1:]}") if key else ()
    return next((place for place in places if place in anchors), "")


def _numbers(counts: Sequence[int], report: Report) -> tuple[str, ...]:
    """What a row of the overview counts, as far as the report has such entries."""
    return tuple(_number(count) for count in counts[: len(counted_in(report))])


def _sums(entries: Sequence[Entry], report: Report, words: Wording) -> OverviewRow:
    counts, questions = counts_of(entries), apart(entries).questions
    by_severity = [counts.get(severity, 0) for severity in SEVERITIES]
    return OverviewRow(
        target="",
        name=words.say("total", "計"),
        counts=_numbers([*by_severity, len(questions)], report),
        sheets=f"{len(by_owner(entries)):,}",
        subjects="",
    )


def _number(count: int) -> str:
    return f"{count:,}" if count else "－"


# — entries —


class _Numbering:
    """Makes cards of entries, with the numbers that they have in all that is handed round."""

    def __init__(self, report: Report, context: ReportContext, words: Wording) -> None:
        self._records, self.words = Records(context.books), words
        pairs = chain.from_iterable(numbered(report, context).values())
        self._numbers = {entry.cause.id: number for number, entry in pairs}
        self._since = context.since

    def cards(self, items: Sequence[Entry], key: str) -> tuple[NumberedCard, ...]:
        """The cards of some entries of the department with a key."""
        return tuple(
            NumberedCard(
                self._numbers[card.entry.cause.id],
                card,
                key,
                self._about(card),
                self._change(card.entry),
            )
            for card in cards(items, self._records, self.words)
        )

    def _change(self, entry: Entry) -> str:
        change = self._since.changes.get(entry.cause.id) if self._since is not None else None
        return self.words.word(change) if change is not None else ""

    def _about(self, card: Card) -> str:
        """The document and the sheet or KPI, for a card that stands under no sheet's heading."""
        sheet, document = heading_of(card.entry, self.words)
        return self.words.listed([part for part in (document, sheet, card.place) if part])


def _departments(
    groups: Mapping[str, Sequence[Entry]], keys: Mapping[str, str], numbering: _Numbering
) -> Iterator[DepartmentSection]:
    words = numbering.words
    for name, entries in groups.items():
        sheets = by_owner(needing_answer(entries))
        if not sheets:
            continue
        sections = tuple(
            SheetSection(*heading_of(items[0], words), numbering.cards(items, keys[name]))
            for items in sheets
        )
        number = sum(len(section.cards) for section in sections)
        forms = [words.form_of.get(entry.main.document, "") for entry in entries]
        summary = words.listed(
            [
                words.owner_count(len(sections), forms),
                words.count(number, "entry", "か所", "entries"),
            ]
        )
        yield DepartmentSection(keys[name], department_name(name, words), summary, sections)


def _notes(
    groups: Mapping[str, Sequence[Entry]], keys: Mapping[str, str], numbering: _Numbering
) -> Iterator[NoteSection]:
    for name, entries in groups.items():
        findings = apart(entries).findings
        notes = [entry for entry in findings if entry.severity not in NEEDING_ANSWER]
        if notes:
            items = numbering.cards(notes, keys[name])
            yield NoteSection(f"n{keys[name][1:]}", department_name(name, numbering.words), items)


def _questions(
    groups: Mapping[str, Sequence[Entry]], keys: Mapping[str, str], numbering: _Numbering
) -> Iterator[NoteSection]:
    for name, entries in groups.items():
        if questions := apart(entries).questions:
            items = numbering.cards(questions, keys[name])
            yield NoteSection(f"q{keys[name][1:]}", department_name(name, numbering.words), items)


def _waived(report: Report, words: Wording) -> list[WaivedItem]:
    items: list[WaivedItem] = []
    for item in report.waived:
        mark = severity_mark(item.finding, words)
        title = f"{mark} {titled(item.finding, words)}"
        items.append(WaivedItem(title, facts(item, words)))
    return items


def _kpis(report: Report, words: Wording) -> PageTable | None:
    caption = words.say("KPI achievement", "KPIの達成状況")
    return table_of("kpis", caption, content.kpi_table(report.kpis, words))


def _beside(report: Report, words: Wording) -> Iterator[BesideSection]:
    """What the book was held against: last year's book, and the accounts. Pairs that are plain
    are in no table.
    """
    for part in beside(report, words):
        key, caption = _BESIDE[part.name]
        table = table_of(key, caption.of(words.lang), part.table)
        yield BesideSection(part.name, part.title, part.summary, table)


# — behind the entries —


def _changes_result(context: ReportContext, words: Wording) -> list[str]:
    """What changed since the earlier round, in sentences; none without one."""
    since = context.since
    return [] if since is None else [changes_result(since, words), *changes_notes(since, words)]


def _changes(context: ReportContext, words: Wording) -> list[PageTable]:
    since = context.since
    return changes_shown(changes_tables(since, context, words)) if since is not None else []


def _totals(context: ReportContext, words: Wording) -> list[PageTable]:
    """The totals of each book and, where it has several, of each of its departments."""
    tables: list[BookTotals] = []
    for book in context.books:
        tables += totals([book])
        parts = totals([book], by_department=True, order=context.order)
        tables += parts if len(parts) > 1 else ()
    return [
        shown_table(
            f"total{number}", _total_caption(total, words), content.totals_table(total, words)
        )
        for number, total in enumerate(tables, 1)
    ]


def _total_caption(total: BookTotals, words: Wording) -> str:
    of = content.form_title(total.form, words)
    if total.department is not None:
        of = department_name(total.department, words)
    sheets = words.row_count(total.sheets, [total.form])
    return f"{of} {words.year(total.fiscal_year)}" + words.say(f" ({sheets})", f"（{sheets}）")


def _uncertain(context: ReportContext, words: Wording) -> PageTable | None:
    if "unsure" not in context.sections:
        return None
    table = content.unsure_table(uncertain_figures(context.books), words)
    caption = words.say("figures whose column was not sure", "年度の列が確実でない数値")
    return table_of("uncertain", caption, table)


def _rules(report: Report, context: ReportContext, words: Wording) -> PageTable | None:
    caption = words.say("outcomes by rule", "規則別の判定（件数）")
    return table_of("rules", caption, content.statistics_table(report, context, words))


def _outcome_rows(report: Report, context: ReportContext, words: Wording) -> Iterator[OutcomeTable]:
    """The rows behind the outcomes that were asked for."""
    for number, group in enumerate(report.outcome_rows, 1):
        rule = context.rules.get(group.rule)
        title = rows_title(group, rule, words)
        table = shown_table(f"rows{number}", title, rows_table(group, rule, words))
        yield OutcomeTable(table, rows_more(group, words))


def _outcomes(report: Report, context: ReportContext, words: Wording) -> PageTable:
    heads, (numbers, *_), _ = content.outcome_table(report, words)
    rows = [[head, number] for head, number in zip(heads, numbers, strict=True)]
    caption = content.outcomes_heading(context, words).rstrip(":")
    of_all = [words.say("outcome", "判定"), words.say("judgements", "件数")]
    return shown_table("outcomes", caption, (of_all, rows, "lr"))
