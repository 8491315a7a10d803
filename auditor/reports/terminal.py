"""The report for a terminal: entries, KPIs, what was checked and what was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.records.model import Document
from auditor.records.own import REPORT_TITLE
from auditor.reports import findings as content
from auditor.reports.entries import (
    NO_DEPARTMENT,
    QUESTIONS,
    QUESTIONS_NOTE,
    Entry,
    apart,
    counted,
    described,
    entries,
    following,
    grouped,
    severity_mark,
    titled,
)
from auditor.reports.layout import (
    Style,
    cut,
    entitled,
    hanging,
    painted,
    shown_width,
    table,
    wrap,
)
from auditor.reports.wording import Wording

if TYPE_CHECKING:
    from auditor.auditing.rounds import Since

__all__ = ["TerminalReport", "totals_text", "unread_text", "unsure_text"]

_LONGEST = 2_000


class TerminalReport:
    """``--format terminal``: what ``auditor check`` prints by default."""

    name = "terminal"

    def render(self, report: Report, context: ReportContext) -> str:
        """The report as lines of at most ``context.width`` columns, the conclusion last."""
        return "\n".join(_lines(report, context)) + "\n"


def _lines(report: Report, context: ReportContext) -> Iterator[str]:
    words = content.wording_of(report, context)
    say = words.say
    yield painted(REPORT_TITLE.of(words.lang), "heading", context.color)
    if note := content.narrowed(context, words):
        yield from wrap(note, context.width)
    findings, questions = apart(entries(report))
    if findings:
        yield from entitled(say("Findings", "指摘事項"), context.color)
    yield from _entries(findings, 1, report, context, words)
    if note := content.unlisted(report, words):
        yield ""
        yield from (painted(line, "heading", context.color) for line in wrap(note, context.width))
    if note := content.publication_note(report, words):
        yield ""
        yield from wrap(note, context.width)
    yield from _waived(report, context, words)
    if context.since is not None:
        yield from _since(context.since, context, words)
    yield from _returned(report, context, words)
    yield from _beside(report, context, words)
    if report.kpis:
        yield from entitled(say("KPI achievement", "KPIの達成状況"), context.color)
        heads, rows, align = content.kpi_table(report.kpis, words)
        yield table(heads, rows, context.width, align)
    yield from _sections(report, context, words)
    if questions:
        yield from entitled(QUESTIONS.of(words.lang), context.color)
        yield from wrap(QUESTIONS_NOTE.of(words.lang), context.width)
    yield from _entries(questions, len(findings) + 1, report, context, words)
    if report.documents:
        yield from _documents(report, context, words)
    elif report.passed_over:
        yield from entitled(say("What was checked", "点検したもの"), context.color)
        yield from _passed_over(report, context, words)
    if report.not_checked:
        yield from entitled(say("What could not be checked", "点検できなかったもの"), context.color)
        for reason in report.not_checked:
            yield from hanging("- ", cut(content.missed(reason, words), _LONGEST), context.width)
            yield from reason.excerpt
    yield ""
    style: Style = "error" if report.exit_code else "good"
    yield from (
        painted(line, style, context.color)
        for line in wrap(
            content.conclusion(report, words, bool(context.departments)), context.width
        )
    )


def _documents(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """What was checked: the documents, what was read of them, and how the judgements came out."""
    say = words.say
    yield from entitled(say("What was checked", "点検したもの"), context.color)
    heads, rows, align = content.documents_table(report, words)
    yield table(heads, rows, context.width, align)
    for line in content.parts_listed(report.documents, words):
        yield from hanging("- ", cut(line, _LONGEST), context.width)
    if report.passed_over:
        yield from _passed_over(report, context, words)
    if "unread" not in context.sections and any(d.unread for d in report.documents):
        yield from wrap(
            say(
                "Unread numbers are visible and stand in no record; --unread lists them.",
                "未読の数値は、紙面にありますが読み取っていません。"
                "--unread を付けると一覧を表示します。",
            ),
            context.width,
        )
    yield ""
    yield from wrap(content.outcomes_heading(context, words), context.width)
    heads, rows, align = content.outcome_table(report, words)
    yield table(heads, rows, context.width, align)
    if note := content.left_out(report, context, words):
        yield from wrap(note, context.width)
    for note in content.notes(report, context, words):
        yield from wrap(note, context.width)


def _entries(
    items: Iterable[Entry], first: int, report: Report, context: ReportContext, words: Wording
) -> Iterator[str]:
    """Entries in their groups, with numbers from ``first`` on."""
    number = first
    for heading, group in grouped(items, context.by, words):
        if heading:
            yield ""
            title = f"◆ {cut(heading)} {counted(group, report, words)}"
            yield from (
                painted(line, "heading", context.color) for line in wrap(title, context.width)
            )
        for entry in group:
            yield ""
            yield from _entry(number, entry, context, words)
            number += 1


def _entry(number: int, entry: Entry, context: ReportContext, words: Wording) -> Iterator[str]:
    lead, mark = f"{number}. ", severity_mark(entry, words)
    title = f"{mark} {_tag(entry, context, words)}{titled(entry.main, words)}"
    for position, line in enumerate(hanging(lead, cut(title), context.width)):
        colored = painted(mark, entry.severity, context.color)
        yield line if position else line.replace(mark, colored, 1)
    indent = " " * len(lead)
    yield from _pairs(indent, described(entry, words), context)
    others = following(entry, words)
    if others is None:
        return
    yield from hanging(f"{indent}→ ", others.heading, context.width)
    for severity, text in others.findings:
        yield from hanging(f"{indent}   - ", cut(f"{severity} {text}"), context.width)
    if others.more:
        yield f"{indent}   - {others.more}"


def _tag(entry: Entry, context: ReportContext, words: Wording) -> str:
    """What became of an entry since the earlier round, before its title."""
    if context.since is None:
        return ""
    from auditor.reports.changes import change_of

    change = change_of(entry, context, words)
    return words.say(f"[{change}] ", f"［{change}］") if change else ""


def _since(since: Since, context: ReportContext, words: Wording) -> Iterator[str]:
    """What changed since the earlier round."""
    from auditor.reports.changes import (
        SINCE,
        changes_notes,
        changes_result,
        changes_tables,
        changes_text,
    )

    yield from entitled(SINCE.of(words.lang), context.color)
    for text in (changes_result(since, words), *changes_notes(since, words)):
        yield from wrap(text, context.width)
    yield from changes_text(changes_tables(since, context, words), context, words)


def _waived(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """The findings that were accepted as they are, and the waivers that do not apply."""
    if not report.waived and not report.waivers_unused:
        return
    from auditor.reports.waived import UNUSED, WAIVED, facts, unused_lines

    if report.waived:
        yield from entitled(WAIVED.of(words.lang), context.color)
    for item in report.waived:
        yield ""
        title = f"{severity_mark(item.finding, words)} {titled(item.finding, words)}"
        yield from hanging("- ", cut(title), context.width)
        yield from _pairs("  ", facts(item, words), context)
    lines = unused_lines(report, words)
    if lines:
        yield from entitled(UNUSED.of(words.lang), context.color)
    for line in lines:
        yield from hanging("- ", cut(line, _LONGEST), context.width)


def _beside(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """What the book was held against: which project is which there, as far as names do not say."""
    if report.last_year is None and report.accounts is None:
        return
    from auditor.reports.beside import beside

    for part in beside(report, words):
        yield from entitled(part.title, context.color)
        yield from wrap(part.summary, context.width)
        heads, rows, align = part.table
        if rows:
            yield table(heads, rows, context.width, align)


def _returned(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """The marked copies that came back, and what was changed in them."""
    if not report.returned:
        return
    from auditor.reports.returned import RETURNED, returned_files

    yield from entitled(RETURNED.of(words.lang), context.color)
    for file in returned_files(report, words):
        yield from hanging("- ", cut(file.title, _LONGEST), context.width)
        for line in file.lines:
            yield from hanging("  - ", cut(line, _LONGEST), context.width)


def _passed_over(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """The files that were not audited and need not be."""
    from auditor.reports.returned import PASSED_OVER, passed_over_lines

    yield from wrap(words.labelled(PASSED_OVER.of(words.lang), "").rstrip(), context.width)
    for line in passed_over_lines(report, words):
        yield from hanging("- ", cut(line, _LONGEST), context.width)


def _pairs(indent: str, pairs: Sequence[tuple[str, str]], context: ReportContext) -> Iterator[str]:
    """Labels and texts beside each other."""
    widest = max((shown_width(label) for label, _ in pairs), default=0)
    for label, text in pairs:
        lead = indent + label + " " * (widest - shown_width(label) + 2)
        yield from hanging(lead, cut(text, _LONGEST), context.width)


def _sections(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    if "totals" in context.sections:
        yield from totals_text(context, words)
    if "unsure" in context.sections:
        yield from unsure_text(context, words)
    if "unread" in context.sections:
        yield from unread_text(report.documents, context, words)
    if "statistics" in context.sections:
        yield from entitled(words.say("Outcomes by rule", "規則別の判定"), context.color)
        heads, rows, align = content.statistics_table(report, context, words)
        yield table(heads, rows, context.width, align)
    if report.outcomes_listed:
        yield from _outcome_rows(report, context, words)


def _outcome_rows(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """The rows behind the outcomes that were asked for."""
    # Few reports list rows.
    from auditor.reports.row_outcomes import (
        ROWS_TITLE,
        decided_text,
        row_place,
        rows_more,
        rows_title,
    )

    yield from entitled(ROWS_TITLE.of(words.lang), context.color)
    if not report.outcome_rows:
        yield words.say("There are none.", "ありません。")
    for group in report.outcome_rows:
        rule = context.rules.get(group.rule)
        yield ""
        yield from wrap(rows_title(group, rule, words), context.width)
        for row in group.rows:
            text = words.labelled(row_place(row, words), decided_text(row, rule, words))
            yield from hanging("- ", cut(text, _LONGEST), context.width)
        if note := rows_more(group, words):
            yield from wrap(note, context.width)


def totals_text(context: ReportContext, words: Wording) -> Iterator[str]:
    """The totals of every book, or of every department in it."""
    from auditor.auditing.totals import totals  # few reports show them

    books = totals(context.books, context.by == "department", context.order)
    for total in books:
        form = context.forms.get(total.form)
        title = form.title.of(words.lang) if form else total.form
        if total.department is not None:
            title = words.listed([title, total.department or NO_DEPARTMENT.of(words.lang)])
        sheets = words.row_count(total.sheets, [total.form])
        of = f"{title} {words.year(total.fiscal_year)}"
        heading = words.labelled(words.say("Totals", "合計"), of)
        yield from entitled(heading + words.say(f" ({sheets})", f"（{sheets}）"), context.color)
        heads, rows, align = content.totals_table(total, words)
        yield table(heads, rows, context.width, align)
    if books:
        yield from wrap(content.totals_note(words), context.width)
    else:
        yield from entitled(words.say("Totals", "合計"), context.color)
        yield words.say("There is nothing to add up.", "合計できるものがありません。")


def unread_text(
    documents: Iterable[Document], context: ReportContext, words: Wording
) -> Iterator[str]:
    """The numbers that are visible and were not read."""
    yield from entitled(words.say("Unread numbers", "読み取れなかった数値"), context.color)
    heads, rows, align = content.unread_table(documents, words)
    if rows:
        yield table(heads, rows, context.width, align)
    else:
        yield words.say("There are none.", "ありません。")


def unsure_text(context: ReportContext, words: Wording) -> Iterator[str]:
    """The figures whose column was not sure."""
    from auditor.auditing.uncertain import uncertain_figures  # few reports list them

    figures = uncertain_figures(context.books)
    yield from entitled(
        words.say("Figures whose column was not sure", "年度の列が確実でない数値"), context.color
    )
    if not figures:
        yield words.say("There are none.", "ありません。")
        return
    heads, rows, align = content.unsure_table(figures, words)
    yield table(heads, rows, context.width, align)
