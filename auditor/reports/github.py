"""The report as workflow commands of GitHub Actions, which shows them as annotations.

Every line is a command, so that no text of a document can be another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report, WaivedFinding
from auditor.records.severities import SEVERITIES, Severity
from auditor.reports import findings as content
from auditor.reports.changes import SINCE, changes_notes, changes_result
from auditor.reports.entries import Entry, apart, entries, lines_of, titled
from auditor.reports.layout import cut
from auditor.reports.locations import location_of, path_of
from auditor.reports.sarif_rules import TOOL
from auditor.reports.waived import UNUSED, WAIVED, justification, unused_lines
from auditor.reports.wording import Wording

__all__ = ["GithubReport"]

Command = Literal["error", "warning", "notice"]

_COMMANDS: Final[dict[Severity, Command]] = {
    "error": "error",
    "warning": "warning",
    "note": "notice",
}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = _DATA | str.maketrans({":": "%3A", ",": "%2C"})
_LONGEST_TITLE: Final = 255
_LONGEST: Final = 600
"""The characters of one line of a message; GitHub takes 64 KB for all."""


class GithubReport:
    """``--format github``: the conclusion, what was not checked, and an annotation for each
    cause, the highest severity first, and a notice for each waived finding.
    """

    name = "github"

    def render(self, report: Report, context: ReportContext) -> str:
        """A command a line. GitHub shows ten of each kind and step, so the conclusion, which
        counts all, stands first.
        """
        return "".join(f"{line}\n" for line in _lines(report, context))


def _lines(report: Report, context: ReportContext) -> Iterator[str]:
    words = content.wording_of(report, context)
    documents = {document.path for document in report.documents}
    notes = [
        content.conclusion(report, words, narrowed=bool(context.departments)),
        content.narrowed(context, words),
        content.unlisted(report, words),
        content.left_out(report, context, words),
    ]
    yield _command(_worst(report), TOOL, [note for note in notes if note])

    for reason in report.not_checked:
        title = words.say("not checked", "点検できなかったもの")
        yield _command("error", title, [content.missed(reason, words)], reason.document or "")

    findings, questions = apart(entries(report))
    # The sort keeps the order of entries of one severity.
    findings.sort(key=lambda entry: SEVERITIES.index(entry.severity))
    for entry in (*findings, *questions):
        yield _entry(entry, documents, words)
    for item in report.waived:
        yield _waived(item, documents, words)
    if unused := unused_lines(report, words):
        yield _command("notice", UNUSED.of(words.lang), unused)
    if context.since is not None:
        lines = [changes_result(context.since, words), *changes_notes(context.since, words)]
        yield _command("notice", SINCE.of(words.lang), lines)


def _worst(report: Report) -> Command:
    """The command of the conclusion: that of the worst that was found and is not known."""
    if report.not_checked:
        return "error"
    for severity in SEVERITIES:
        if report.new_counts[severity]:
            return _COMMANDS[severity]
    return "notice"


def _entry(entry: Entry, documents: set[str], words: Wording) -> str:
    command = "notice" if entry.in_baseline else _COMMANDS[entry.severity]
    title = titled(entry.main, words)
    if entry.is_question:
        title = words.labelled(words.word(entry.counted_as), title)
    return _command(command, title, lines_of(entry, words), *location_of(entry.main, documents))


def _waived(item: WaivedFinding, documents: set[str], words: Wording) -> str:
    """The notice of a finding that was accepted as it is."""
    finding = item.finding
    lines = [titled(finding, words), justification(item.waiver, words)]
    return _command("notice", WAIVED.of(words.lang), lines, *location_of(finding, documents))


def _command(
    name: Command, title: str, lines: list[str], path: str = "", line: int | None = None
) -> str:
    """A workflow command; what GitHub takes for its own is escaped."""
    properties = {
        "file": cut(path_of(path), _LONGEST),
        "line": "" if line is None else str(line),
        "title": cut(title, _LONGEST_TITLE),
    }
    listed = ",".join(
        f"{key}={text.translate(_PROPERTY)}" for key, text in properties.items() if text
    )
    message = "\n".join(cut(text, _LONGEST) for text in lines)
    return f"::{name} {listed}::{message.translate(_DATA)}"
