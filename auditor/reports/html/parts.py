"""What several parts of the page share: its tables."""

from __future__ import annotations

from auditor.reports.findings import Table
from auditor.reports.html.model import PageTable

__all__ = ["shown_table", "table_of"]


def table_of(key: str, caption: str, table: Table) -> PageTable | None:
    """A table with its caption; None for one without rows."""
    return shown_table(key, caption, table) if table[1] else None


def shown_table(key: str, caption: str, table: Table) -> PageTable:
    """A table with its caption."""
    heads, rows, align = table
    return PageTable(key, caption, heads, rows, align)
