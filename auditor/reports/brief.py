"""What a command shows once it has delivered a folder.

That is the result in a sentence, the overview of the departments, and what was not checked.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.reports.findings import Table, conclusion, missed, wording_of
from auditor.reports.layout import painted, table, wrap
from auditor.reports.overview import (
    changes_since,
    department_name,
    overview,
    without_entries,
)
from auditor.reports.wording import Wording
from auditor.rules.severities import SEVERITIES

__all__ = ["brief", "overview_table"]

_MISSED = 20
"""How many of the things that were not checked are listed; the others are counted."""


def brief(report: Report, context: ReportContext) -> str:
    """The brief, in the width of the terminal."""
    words = wording_of(report, context)
    return "\n".join(_lines(report, context, words)) + "\n"


def _lines(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    yield from wrap(conclusion(report, words), context.width)
    heads, rows, align = overview_table(report, context, words)
    if rows:
        yield ""
        yield painted(words.say("Whom to ask about what", "照会先一覧"), "heading", context.color)
        yield table(heads, rows, context.width, align)
    if report.not_checked:
        yield ""
        title = words.say("Not checked", "点検できなかったもの")
        yield painted(title, "heading", context.color)
        for reason in report.not_checked[:_MISSED]:
            yield from wrap(missed(reason, words), context.width)
        if (more := len(report.not_checked) - _MISSED) > 0:
            yield words.say(f"and {more:,} more", f"ほか{more:,}件")


def overview_table(report: Report, context: ReportContext, words: Wording) -> Table:
    """The overview as a table; a column says what changed since an earlier round, where there is
    one.
    """
    heads = [
        words.say("department", "所管課・室"),
        *(words.word(severity) for severity in SEVERITIES),
        words.say("about", "主な内容"),
    ]
    align = "lrrrl"
    if context.since is not None:
        heads.append(words.say("since last round", "前回から"))
        align += "l"
    rows: list[list[str]] = []
    for row in overview(report, context):
        name = department_name(row.department, words)
        counts = [f"{row.counts[severity]:,}" for severity in SEVERITIES]
        changes = [changes_since(row.department, report, context, words)] if context.since else []
        rows.append([name, *counts, words.say("; ", "／").join(row.subjects), *changes])
    # Departments whose entries are all resolved are there to be told so.
    for department in without_entries(report, context):
        name = department_name(department, words)
        counts = ["0" for _ in SEVERITIES]
        rows.append([name, *counts, "", changes_since(department, report, context, words)])
    return heads, rows, align
