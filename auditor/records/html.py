"""The small tables as which notebooks show reports and findings: plain HTML, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["table"]


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts. A caption stands above it; what is empty stays empty."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    lines = [f"<tr>{_cells(row)}</tr>" for row in rows]
    caption = f'<caption style="text-align:left">{escape(caption)}</caption>'
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _cells(row: Sequence[str]) -> str:
    return "".join(f'<td style="text-align:left">{escape(text)}</td>' for text in row)
