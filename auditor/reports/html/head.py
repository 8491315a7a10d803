"""The head of the page: the audit as an act, its result, and what it could not do."""

from __future__ import annotations

from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.reports import findings as content
from auditor.reports.heading import occasion_facts
from auditor.reports.html.model import PageTable
from auditor.reports.html.parts import table_of
from auditor.reports.layout import plain
from auditor.reports.wording import Wording
from auditor.version import __version__

__all__ = ["documents_table", "facts", "notices", "scope", "unread_numbers"]

_UNREAD: Final = 100
_DIGEST: Final = 12


def facts(report: Report, context: ReportContext, words: Wording) -> list[tuple[str, str]]:
    """When, by whom, about what and with what the audit was made; what nobody knows is left
    out.
    """
    say = words.say
    forms = dict.fromkeys(content.form_title(document.form, words) for document in report.documents)
    years = dict.fromkeys(words.year(document.fiscal_year) for document in report.documents)
    changed = [f"{plain(code)} {words.word(to)}" for code, to in report.severities.items()]
    pairs = [
        *occasion_facts(context, words),
        (say("about", "対象"), _about(report, words)),
        (say("form", "様式"), words.listed([*forms])),
        (say("fiscal year", "年度"), words.listed([*years])),
        (say("version", "版"), f"sheet-auditor {__version__}"),
        (
            say("rules left out", "点検から除いた規則"),
            content.rules_left_out(report, context, words) or say("none", "なし"),
        ),
        (say("severities changed", "区分を変えた規則"), words.listed(changed)),
    ]
    return [(name, text) for name, text in pairs if text]


def _about(report: Report, words: Wording) -> str:
    """How many documents, sheets and KPIs there were."""
    sheets = sum(document.sheets for document in report.documents)
    kpis = sum(document.kpis for document in report.documents)
    parts = [words.count(len(report.documents), "document", "文書")]
    forms = content.forms_of(report.documents)
    parts += [words.row_count(sheets, forms)] if sheets else []
    parts += [words.say(words.count(kpis, "KPI"), f"KPI{kpis:,}件")] if kpis else []
    return words.listed(parts)


def documents_table(report: Report, words: Wording) -> content.Table:
    """The documents with how much each holds, and what tells this version of it from others."""
    heads, rows, align = content.documents_table(report, words)
    digests = [(document.sha256 or "")[:_DIGEST] for document in report.documents[: len(rows)]]
    digests += [""] * (len(rows) - len(digests))
    return (
        [*heads, "SHA-256"],
        [[*row, digest] for row, digest in zip(rows, digests, strict=True)],
        f"{align}l",
    )


def scope(report: Report, context: ReportContext, words: Wording) -> str:
    """In which range the entries were found, and what was not checked; empty for a result without
    entries, whose sentence says both.
    """
    if not sum(report.by_severity.values()):
        return ""
    checked = content.checked_range(report, words, narrowed=bool(context.departments))
    kinds = words.listed(content.unchecked(report, words)) or words.say("nothing", "なし")
    return words.say(
        f"Checked: {checked}. Not checked: {kinds}.",
        f"点検した範囲：{checked}。点検していないもの：{kinds}。",
    )


def notices(report: Report, context: ReportContext, words: Wording) -> list[str]:
    """What has to be told beside the result: what the page was narrowed to, what it does not list,
    and what findings on files before publication are.
    """
    texts = (
        content.narrowed(context, words),
        content.unlisted(report, words),
        content.publication_note(report, words),
    )
    return [text for text in texts if text]


def unread_numbers(report: Report, context: ReportContext, words: Wording) -> PageTable | None:
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
    return table_of("unread", caption, (heads, rows, align))
