"""``--format html``: the page, from what it shows to its text."""

from __future__ import annotations

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.reports.html.content import page_of
from auditor.reports.html.environment import css_string, page_text, resource, running_head
from auditor.reports.html.model import Page
from auditor.reports.wording import Wording

__all__ = ["HtmlReport"]


class HtmlReport:
    """``--format html``: one file, whole without script and without network."""

    name = "html"

    def render(self, report: Report, context: ReportContext) -> str:
        """The page, by department whatever the context groups by."""
        page, words = page_of(report, context)
        style = resource("style.css") + _running_heads(page, words)
        return page_text("page.html.j2", words, style, resource("script.js"), page=page)


def _running_heads(page: Page, words: Wording) -> str:
    """The style of the heads of printed pages: the title or the department, and page／pages.

    Browsers can't take the text of a head from the page, so each department has a kind of page.
    """
    rules = [f"@page {{ {running_head(page.title, words)} }}"]
    for section in page.departments:
        head = f"@top-left {{ content: {css_string(section.name)} }}"
        rules.append(f"@page {section.key} {{ {head} }}")
        rules.append(f".{section.key} {{ page: {section.key} }}")
    return "\n".join(["", *rules, ""])
