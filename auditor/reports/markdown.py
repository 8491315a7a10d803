"""The report as Markdown, for pull requests, chats and documents; nothing from a document can act
as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from auditor.auditing.documents import Report
from auditor.auditing.formats import ReportContext
from auditor.auditing.totals import totals
from auditor.auditing.uncertain import uncertain_figures
from auditor.reports import findings as told
from auditor.reports.layout import cut
from auditor.reports.wording import Wording

__all__ = ["MarkdownReport", "escaped"]

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]#|~$])")
_LINE_START: Final = re.compile(r"^(\d*)([-+=.)])(?=[-+=\s]|$)")
_LINK: Final = re.compile(r"(?i)\b(https?|ftp)(:)(?=//)|\b(www)(\.)")
_LONGEST: Final = 2_000


def escaped(text: str) -> str:
    """The text on one line, with everything that Markdown or HTML would take for its own escaped."""
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
    words = told.wording_of(report, context)
    say = words.say
    yield say("# Audit report", "# 検査結果")
    yield from ["", f"**{escaped(told.conclusion(report, words, bool(context.departments)))}**"]
    if note := told.narrowed(context, words):
        yield from ["", escaped(note)]
    if note := told.unlisted(report, words):
        yield from ["", escaped(note)]
    if report.not_checked:
        yield from ["", say("## What could not be checked", "## 検査できなかったもの"), ""]
        yield from (f"- {escaped(told.missed(reason, words))}" for reason in report.not_checked)
    if report.findings:
        yield from ["", say("## Findings", "## 指摘事項")]
    number = 0
    for heading, group in told.grouped(report.findings, context.by, words):
        if heading:
            yield from ["", f"### {escaped(heading)} {told.counted(group, report, words)}"]
        for finding in group:
            number += 1
            level = "####" if heading else "###"
            title = f"{escaped(finding.rule)} {escaped(finding.message.of(words.lang))} ({escaped(finding.name)})"
            yield from [
                "",
                f"{level} {number}. {say(f'[{words.word(finding.severity)}]', f'［{words.word(finding.severity)}］')} {title}",
                "",
            ]
            yield from (
                f"- {say(f'**{label}:** ', f'**{label}：** ')}{escaped(text)}"
                for label, text in told.described(finding, words)
            )
    if report.kpis:
        yield from ["", say("## KPI achievement", "## KPIの達成状況"), ""]
        yield from _table(told.kpi_table(report.kpis, words))
    yield from _asked_for(report, context, words)
    yield from ["", say("## What was checked", "## 検査したもの")]
    if report.documents:
        yield ""
        yield from _table(told.documents_table(report, words))
    yield from ["", say("Judgements by outcome:", "判定の内訳（件数）"), ""]
    yield from _table(told.outcome_table(report, words))


def _asked_for(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    say = words.say
    if "totals" in context.sections:
        yield from ["", say("## Totals", "## 合計")]
        for total in totals(context.books, context.by == "department"):
            form = context.forms.get(total.form)
            parts = [
                form.title.of(words.lang) if form else total.form,
                words.year(total.fiscal_year),
                total.department or "",
            ]
            yield from ["", f"### {escaped(words.listed([part for part in parts if part]))}", ""]
            yield from _table(told.totals_table(total, words))
    if "unsure" in context.sections:
        yield from [
            "",
            say("## Figures whose column was not sure", "## 年度の列が確実でない数値"),
            "",
        ]
        figures = uncertain_figures(context.books)
        if figures:
            yield from _table(told.unsure_table(figures, words))
        else:
            yield say("There are none.", "ありません。")
    if "statistics" in context.sections:
        yield from ["", say("## Outcomes by rule", "## 規則別の判定"), ""]
        yield from _table(told.statistics_table(report, context, words))


def _table(content: told.Table) -> Iterator[str]:
    heads, rows, align = content
    yield f"| {' | '.join(escaped(head) for head in heads)} |"
    yield f"|{'|'.join('---:' if letter == 'r' else '---' for letter in align)}|"
    yield from (f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows)
