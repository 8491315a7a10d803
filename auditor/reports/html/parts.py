"""What several parts of pages share: their tables."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.reports.changes import ChangesTable
from auditor.reports.findings import Table
from auditor.reports.html.model import PageTable

__all__ = ["changes_shown", "shown_table", "table_of"]


def table_of(key: str, caption: str, table: Table) -> PageTable | None:
    """A table with its caption; None for one without rows."""
    return shown_table(key, caption, table) if table[1] else None


def shown_table(key: str, caption: str, table: Table) -> PageTable:
    """A table with its caption."""
    heads, rows, align = table
    return PageTable(key, caption, heads, rows, align)


def changes_shown(tables: Iterable[ChangesTable]) -> list[PageTable]:
    """The tables of what changed since an earlier round."""
    return [shown_table(f"changes-{each.key}", each.caption, each.table) for each in tables]
