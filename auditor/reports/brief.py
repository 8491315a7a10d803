"""What a command shows once it has delivered a folder.

That is the result in a sentence, the overview of the departments, what was accepted as it is, and
what was not checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.reports.beside import beside
from auditor.reports.changes import SINCE, changes_notes, changes_result
from auditor.reports.findings import Table, conclusion, missed, wording_of
from auditor.reports.layout import painted, plain, table, wrap
from auditor.reports.overview import changes_since, counted_in, department_name, overview
from auditor.reports.waived import UNUSED, WAIVED, unused_lines
from auditor.reports.wording import Wording

__all__ = ["brief", "overview_table"]

_MOST = 20
"""How many of the things that were not checked, and of the waivers without use, are listed; the
others are counted.
"""


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
    if context.since is not None:
        yield ""
        yield painted(SINCE.of(words.lang), "heading", context.color)
        for text in (changes_result(context.since, words), *changes_notes(context.since, words)):
            yield from wrap(text, context.width)
    yield from _waived(report, context, words)
    for part in beside(report, words):
        yield ""
        yield painted(part.title, "heading", context.color)
        yield from wrap(part.summary, context.width)
    if report.not_checked:
        yield ""
        title = words.say("Not checked", "点検できなかったもの")
        yield painted(title, "heading", context.color)
        lines = [missed(reason, words) for reason in report.not_checked]
        yield from _first_lines(lines, context, words)


def _waived(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """How many findings of which rule were accepted as they are, and the waivers without use."""
    if report.waived:
        yield ""
        yield painted(WAIVED.of(words.lang), "heading", context.color)
        counts = Counter(item.finding.rule for item in report.waived)
        parts = [words.labelled(plain(code), f"{count:,}") for code, count in counts.items()]
        yield from wrap(words.listed(parts), context.width)
    if lines := unused_lines(report, words):
        yield ""
        yield painted(UNUSED.of(words.lang), "heading", context.color)
        yield from _first_lines(lines, context, words)


def _first_lines(lines: Sequence[str], context: ReportContext, words: Wording) -> Iterator[str]:
    """The first lines, and how many more there are."""
    for line in lines[:_MOST]:
        yield from wrap(line, context.width)
    if (more := len(lines) - _MOST) > 0:
        yield words.say(f"and {more:,} more", f"ほか{more:,}件")


def overview_table(report: Report, context: ReportContext, words: Wording) -> Table:
    """The overview as a table; a column says what changed since an earlier round, where there is
    one.
    """
    counted = counted_in(report)
    heads = [
        words.say("department", "所管課・室"),
        *map(words.word, counted),
        words.say("about", "主な内容"),
    ]
    align = f"l{'r' * len(counted)}l"
    if context.since is not None:
        heads.append(words.say("since last round", "前回から"))
        align += "l"
    rows: list[list[str]] = []
    for row in overview(report, context):
        name = department_name(row.department, words)
        counts = [f"{count:,}" for count in (*row.counts.values(), row.questions)][: len(counted)]
        changes = [changes_since(row.department, report, context, words)] if context.since else []
        rows.append([name, *counts, words.say("; ", "／").join(row.subjects), *changes])
    return heads, rows, align
