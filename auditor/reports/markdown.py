"""The report as Markdown, for pull requests, chats and documents.

Nothing that comes from a document can act as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.totals import totals
from auditor.auditing.uncertain import uncertain_figures
from auditor.records.own import REPORT_TITLE
from auditor.reports import findings as content
from auditor.reports.beside import beside
from auditor.reports.changes import (
    SINCE,
    change_of,
    changes_notes,
    changes_result,
    changes_tables,
)
from auditor.reports.entries import (
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
from auditor.reports.layout import cut
from auditor.reports.returned import (
    PASSED_OVER,
    RETURNED,
    passed_over_lines,
    returned_files,
)
from auditor.reports.row_outcomes import ROWS_TITLE, rows_more, rows_table, rows_title
from auditor.reports.waived import UNUSED, WAIVED, facts, unused_lines
from auditor.reports.wording import Wording

__all__ = ["MarkdownReport", "escaped", "markdown_table"]

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]#|~$])")
_LINE_START: Final = re.compile(r"^(\d*)([-+=.)])(?=[-+=\s]|$)")
_LINK: Final = re.compile(r"(?i)\b(https?|ftp)(:)(?=//)|\b(www)(\.)")
_LONGEST: Final = 2_000


def escaped(text: str) -> str:
    """The text on one line; whatever Markdown or HTML would take for its own is escaped."""
    line = _MARKUP.sub(r"\\\1", cut(text, _LONGEST))
    line = (
        line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    )
    line = _LINK.sub(lambda match: f"{match[1]}&#58;" if match[1] else f"{match[3]}&#46;", line)
    return _LINE_START.sub(r"\1\\\2", line)


class MarkdownReport:
    """``--format markdown``."""

    name = "markdown"

    def render(self, report: Report, context: ReportContext) -> str:
        """The report with the conclusion first."""
        return "\n".join(_lines(report, context)) + "\n"


def _lines(report: Report, context: ReportContext) -> Iterator[str]:
    words = content.wording_of(report, context)
    say = words.say
    yield f"# {REPORT_TITLE.of(words.lang)}"
    yield from ["", f"**{escaped(content.conclusion(report, words, bool(context.departments)))}**"]
    if note := content.narrowed(context, words):
        yield from ["", escaped(note)]
    if note := content.unlisted(report, words):
        yield from ["", escaped(note)]
    if note := content.publication_note(report, words):
        yield from ["", escaped(note)]
    if report.not_checked:
        yield from ["", say("## What could not be checked", "## 点検できなかったもの"), ""]
        yield from (f"- {escaped(content.missed(reason, words))}" for reason in report.not_checked)
    findings, questions = apart(entries(report))
    if findings:
        yield from ["", say("## Findings", "## 指摘事項")]
    yield from _entries(findings, 1, report, context, words)
    yield from _waived(report, words)
    yield from _since(context, words)
    yield from _returned(report, words)
    yield from _beside(report, words)
    if report.kpis:
        yield from ["", say("## KPI achievement", "## KPIの達成状況"), ""]
        yield from markdown_table(content.kpi_table(report.kpis, words))
    yield from _sections(report, context, words)
    if questions:
        yield from ["", f"## {QUESTIONS.of(words.lang)}", "", QUESTIONS_NOTE.of(words.lang)]
    yield from _entries(questions, len(findings) + 1, report, context, words)
    yield from ["", say("## What was checked", "## 点検したもの")]
    if report.documents:
        yield ""
        yield from markdown_table(content.documents_table(report, words))
        if parts := content.parts_listed(report.documents, words):
            yield ""
            yield from (f"- {escaped(part)}" for part in parts)
    yield from _passed_over(report, words)
    yield from ["", content.outcomes_heading(context, words), ""]
    yield from markdown_table(content.outcome_table(report, words))
    if note := content.left_out(report, context, words):
        yield from ["", escaped(note)]
    for note in content.notes(report, context, words):
        yield from ["", escaped(note)]


def _entries(
    items: Iterable[Entry], first: int, report: Report, context: ReportContext, words: Wording
) -> Iterator[str]:
    """Entries in their groups, with numbers from ``first`` on."""
    number = first
    for heading, group in grouped(items, context.by, words):
        if heading:
            yield from ["", f"### {escaped(heading)} {counted(group, report, words)}"]
        for entry in group:
            level = "####" if heading else "###"
            yield from _entry(f"{level} {number}.", entry, context, words)
            number += 1


def _entry(lead: str, entry: Entry, context: ReportContext, words: Wording) -> Iterator[str]:
    title = escaped(titled(entry.main, words))
    if change := change_of(entry, context, words):
        title = words.say(f"[{change}] ", f"［{change}］") + title
    yield from ["", f"{lead} {severity_mark(entry, words)} {title}", ""]
    yield from _pairs(described(entry, words), words)
    others = following(entry, words)
    if others is not None:
        yield f"- {escaped(others.heading)}"
        yield from (f"  - {mark} {escaped(text)}" for mark, text in others.findings)
        if others.more:
            yield f"  - {escaped(others.more)}"


def _pairs(pairs: Iterable[tuple[str, str]], words: Wording) -> Iterator[str]:
    """Labels with their texts, an item of a list each."""
    for label, text in pairs:
        yield f"- {words.say(f'**{label}:** ', f'**{label}：** ')}{escaped(text)}"


def _waived(report: Report, words: Wording) -> Iterator[str]:
    """The findings that were accepted as they are, and the waivers that do not apply."""
    if report.waived:
        yield from ["", f"## {WAIVED.of(words.lang)}"]
    for item in report.waived:
        mark = severity_mark(item.finding, words)
        yield from ["", f"### {mark} {escaped(titled(item.finding, words))}", ""]
        yield from _pairs(facts(item, words), words)
    if lines := unused_lines(report, words):
        yield from ["", f"## {UNUSED.of(words.lang)}", ""]
        yield from (f"- {escaped(line)}" for line in lines)


def _beside(report: Report, words: Wording) -> Iterator[str]:
    """What the book was held against: which project is which there, as far as names do not say."""
    for part in beside(report, words):
        yield from ["", f"## {part.title}", "", escaped(part.summary)]
        if part.table[1]:
            yield ""
            yield from markdown_table(part.table)


def _since(context: ReportContext, words: Wording) -> Iterator[str]:
    """What changed since the earlier round."""
    since = context.since
    if since is None:
        return
    yield from ["", f"## {SINCE.of(words.lang)}"]
    for text in (changes_result(since, words), *changes_notes(since, words)):
        yield from ["", escaped(text)]
    for each in changes_tables(since, context, words):
        yield from ["", f"### {escaped(each.caption)}", ""]
        yield from markdown_table(each.table)


def _returned(report: Report, words: Wording) -> Iterator[str]:
    """The marked copies that came back, and what was changed in them."""
    if report.returned:
        yield from ["", f"## {RETURNED.of(words.lang)}", ""]
    for file in returned_files(report, words):
        yield f"- {escaped(file.title)}"
        yield from (f"  - {escaped(line)}" for line in file.lines)


def _passed_over(report: Report, words: Wording) -> Iterator[str]:
    if report.passed_over:
        yield from ["", f"### {PASSED_OVER.of(words.lang)}", ""]
        yield from (f"- {escaped(line)}" for line in passed_over_lines(report, words))


def _sections(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    say = words.say
    if "totals" in context.sections:
        yield from ["", say("## Totals", "## 合計")]
        for total in totals(context.books, context.by == "department", context.order):
            form = context.forms.get(total.form)
            parts = [
                form.title.of(words.lang) if form else total.form,
                words.year(total.fiscal_year),
                total.department or "",
            ]
            yield from ["", f"### {escaped(words.listed([part for part in parts if part]))}", ""]
            yield from markdown_table(content.totals_table(total, words))
    if "unsure" in context.sections:
        yield from [
            "",
            say("## Figures whose column was not sure", "## 年度の列が確実でない数値"),
            "",
        ]
        figures = uncertain_figures(context.books)
        if figures:
            yield from markdown_table(content.unsure_table(figures, words))
        else:
            yield say("There are none.", "ありません。")
    if "unread" in context.sections:
        yield from ["", say("## Unread numbers", "## 読み取れなかった数値"), ""]
        heads, rows, align = content.unread_table(report.documents, words)
        if rows:
            yield from markdown_table((heads, rows, align))
        else:
            yield say("There are none.", "ありません。")
    if "statistics" in context.sections:
        yield from ["", say("## Outcomes by rule", "## 規則別の判定"), ""]
        yield from markdown_table(content.statistics_table(report, context, words))
    if report.outcomes_listed:
        yield from ["", f"## {ROWS_TITLE.of(words.lang)}"]
        if not report.outcome_rows:
            yield from ["", say("There are none.", "ありません。")]
    for group in report.outcome_rows:
        rule = context.rules.get(group.rule)
        yield from ["", f"### {escaped(rows_title(group, rule, words))}", ""]
        yield from markdown_table(rows_table(group, rule, words))
        if note := rows_more(group, words):
            yield from ["", escaped(note)]


def markdown_table(table: content.Table) -> Iterator[str]:
    """The lines of a table."""
    heads, rows, align = table
    yield f"| {' | '.join(escaped(head) for head in heads)} |"
    yield f"|{'|'.join('---:' if letter == 'r' else '---' for letter in align)}|"
    yield from (f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows)
