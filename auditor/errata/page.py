"""The list of errata as a page: text that can be searched and copied, printed on A4."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from auditor.errata.marked import Pieces
from auditor.errata.model import Draft
from auditor.errata.presentation import Part, presentation_of
from auditor.reports.html.environment import page_text, resource, running_head
from auditor.reports.layout import plain
from auditor.reports.wording import Wording

__all__ = ["errata_page"]


def errata_page(draft: Draft, words: Wording, *, before_submission: bool = False) -> str:
    """The page, whole without script and without network."""
    shown = presentation_of(draft, words, _harmless, before_submission=before_submission)
    heads = f"@page {{ size: A4 landscape; {running_head(shown.title, words)} }}"
    style = "\n".join([resource("style.css"), resource("errata.css"), heads, ""])
    parts = [
        part._replace(heads=part.heads[:-1], rows=[row[:-1] for row in part.rows])
        if part.name == "errata"
        else part
        for part in shown.parts
    ]
    return page_text(
        "errata.html.j2",
        words,
        style,
        title=shown.title,
        lines=shown.lines,
        parts=[(part, _rows(part)) for part in parts],
    )


def _harmless(text: str) -> str:
    return "\n".join(plain(line) for line in text.split("\n"))


def _rows(part: Part) -> list[list[Markup]]:
    return [[_marked(cell) for cell in row] for row in part.rows]


def _marked(cell: str | Pieces) -> Markup:
    """A cell's text whole, with its underlined pieces and its lines."""
    pieces: Sequence[tuple[str, bool]] = [(cell, False)] if isinstance(cell, str) else cell
    marked = Markup("")
    for text, underlined in pieces:
        lines = Markup("<br>").join(escape(line) for line in text.split("\n"))
        marked += Markup("<u>{}</u>").format(lines) if underlined else lines
    return marked
