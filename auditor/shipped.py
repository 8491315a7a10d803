"""The readers and report formats of the engine itself, as a plugin like any other.

They are imported when a session is loaded, not before; a report format, when a report is written
in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, get_args

from auditor.auditing.plugins import hookimpl

if TYPE_CHECKING:
    from auditor.auditing.formats import ReportContext, ReportFormat
    from auditor.auditing.report import Report
    from auditor.readers.source import AnyReader

__all__ = ["FormatName", "auditor_readers", "auditor_reports", "format_named"]

FormatName = Literal[
    "terminal",
    "json",
    "markdown",
    "csv",
    "html",
    "jsonl",
    "sarif",
    "junit",
    "github",
]


@hookimpl
def auditor_readers() -> Iterable[AnyReader]:
    """All readers. Records come first: the texts of a JSON file may contain the words of a form,
    by which the other readers know their documents.
    """
    from auditor.readers.delimited import DelimitedReader
    from auditor.readers.in_child import pdf_reader, workbook_reader
    from auditor.readers.json.reader import RecordsJsonReader
    from auditor.readers.kpi.table import KpiTableReader
    from auditor.readers.text.reader import SheetTextReader

    return (
        RecordsJsonReader(),
        workbook_reader(),
        pdf_reader(),
        KpiTableReader(),
        SheetTextReader(),
        DelimitedReader(),
    )


@hookimpl
def auditor_reports() -> Iterable[ReportFormat]:
    """One for each name of ``FormatName``."""
    return [_Format(name) for name in get_args(FormatName)]


class _Format:
    """A report format that is imported when it is used: an audit is reported in one format, and
    need not wait for the others.
    """

    def __init__(self, name: FormatName) -> None:
        self._name: FormatName = name

    @property
    def name(self) -> str:
        return self._name

    def render(self, report: Report, context: ReportContext) -> str:
        """The whole report as text."""
        return format_named(self._name).render(report, context)


def format_named(name: FormatName) -> ReportFormat:
    """The report format of a name, imported."""
    match name:
        case "terminal":
            from auditor.reports.terminal import TerminalReport

            return TerminalReport()
        case "json":
            from auditor.reports.json_report import JsonReport

            return JsonReport()
        case "markdown":
            from auditor.reports.markdown import MarkdownReport

            return MarkdownReport()
        case "csv":
            from auditor.reports.csv_table import CsvReport

            return CsvReport()
        case "html":
            from auditor.reports.html.page import HtmlReport

            return HtmlReport()
        case "jsonl":
            from auditor.reports.json_lines import JsonLinesReport

            return JsonLinesReport()
        case "sarif":
            from auditor.reports.sarif import SarifReport

            return SarifReport()
        case "junit":
            from auditor.reports.junit import JunitReport

            return JunitReport()
        case "github":
            from auditor.reports.github import GithubReport

            return GithubReport()
