"""The page of ``auditor compare``: its tables, in the look of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.reports.changes import changes_result
from auditor.reports.html.environment import page_text, resource, running_head
from auditor.reports.html.parts import changes_shown

if TYPE_CHECKING:
    from auditor.reports.comparison import Compared

__all__ = ["changes_page"]


def changes_page(compared: Compared) -> str:
    """One file, whole without script and without network."""
    words = compared.words
    style = resource("style.css") + f"\n@page {{ {running_head(compared.title, words)} }}\n"
    return page_text(
        "changes.html.j2",
        words,
        style,
        title=compared.title,
        facts=compared.facts(),
        result=changes_result(compared.since, words),
        notes=compared.notes(),
        tables=changes_shown(compared.tables()),
    )
