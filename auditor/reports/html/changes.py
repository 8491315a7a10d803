"""The page of ``auditor compare``: its tables, in the look of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from auditor.reports.changes import changes_result
from auditor.reports.html.environment import css_string, environment, policy, resource
from auditor.reports.html.model import PageTable

if TYPE_CHECKING:
    from auditor.reports.comparison import Compared

__all__ = ["changes_page"]


def changes_page(compared: Compared) -> str:
    """One file, whole without script and without network."""
    words = compared.words
    count = words.say(" / ", "／")
    head = f"@top-left {{ content: {css_string(compared.title)} }}"
    numbers = f'@top-right {{ content: counter(page) "{count}" counter(pages) }}'
    style = resource("style.css") + f"\n@page {{ {head} {numbers} }}\n"
    tables = [
        PageTable(f"changes-{table.key}", table.caption, table.heads, table.rows, table.align)
        for table in compared.tables()
    ]
    template = environment(words.lang).get_template("changes.html.j2")
    return template.render(
        lang=words.lang,
        title=compared.title,
        facts=compared.facts(),
        result=changes_result(compared.since, words),
        notes=compared.notes(),
        tables=tables,
        say=words.say,
        policy=policy(style, ""),
        style=Markup(style),  # our own, and a title that is escaped for it
    )
