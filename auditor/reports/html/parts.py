"""What several parts of the page share: names of forms and departments, and tables."""

from __future__ import annotations

from auditor.reports.findings import Table
from auditor.reports.html.model import PageTable
from auditor.reports.layout import cut, plain
from auditor.reports.wording import Wording

__all__ = ["department_name", "form_title", "shown_table", "table_of"]


def form_title(name: str, words: Wording) -> str:
    """What a form is called; its name where the form is not there."""
    form = words.forms.get(name)
    return plain(form.title.of(words.lang) if form else name)


def department_name(name: str, words: Wording) -> str:
    """A department, or that there is none."""
    return cut(name) or words.say("(no department)", "（所管課・室なし）")


def table_of(key: str, caption: str, table: Table) -> PageTable | None:
    """A table with its caption; None for one without rows."""
    return shown_table(key, caption, table) if table[1] else None


def shown_table(key: str, caption: str, table: Table) -> PageTable:
    """A table with its caption."""
    heads, rows, align = table
    return PageTable(key, caption, heads, rows, align)
