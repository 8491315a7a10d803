"""The readers and report formats of the engine itself, as a plugin like any other.

They are imported when a session is loaded, not before.
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
    """All readers. Records come first: the texts of a JSON file may contain the words of a form,
    by which the other readers know their documents.
    """
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
