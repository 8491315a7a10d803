"""The engine's own readers and report formats, given through the same hooks as anybody's;
imported when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.auditing.plugins import hookimpl

if TYPE_CHECKING:
    from auditor.auditing.formats import ReportFormat
    from auditor.readers.source import AnyReader

__all__ = ["auditor_readers", "auditor_reports"]


@hookimpl
def auditor_readers() -> Iterable[AnyReader]:
    """Records first: a JSON file may hold the words of a form in its texts."""
    from auditor.readers.in_child import pdf_reader, workbook_reader
    from auditor.readers.json.records import RecordsJsonReader
    from auditor.readers.kpi.table import KpiTableReader
    from auditor.readers.text.reader import SheetTextReader

    return (
        RecordsJsonReader(),
        workbook_reader(),
        pdf_reader(),
        KpiTableReader(),
        SheetTextReader(),
    )


@hookimpl
def auditor_reports() -> Iterable[ReportFormat]:
    """Terminal, JSON, Markdown and CSV."""
    from auditor.reports.csv_table import CsvReport
    from auditor.reports.json_report import JsonReport
    from auditor.reports.markdown import MarkdownReport
    from auditor.reports.terminal import TerminalReport

    return (TerminalReport(), JsonReport(), MarkdownReport(), CsvReport())
