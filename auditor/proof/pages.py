"""What the pages of a printed book show beside its sheets: rows of text, page numbers, cells.

The pages are looked at in a child process (``child``), with what the PDF reader sees of them.
"""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter, ValidationError

from auditor.files.confined import Limits, Stopped, Task, answered, broken_down
from auditor.readers.source import Source, UnreadableDocument
from auditor.records.figures import Record
from auditor.records.text import Text

__all__ = ["BookPage", "Frame", "pages_of"]

_DOING: Final = Text(en="looking at the pages", ja="ページの読み取り")


class Frame(Record):
    """A text with the room around it, in heights of its letters: to the borders of its cell or,
    where it has none, to the texts beside it. None is room without an end.

    ``box`` is its place on the page, as records have it.
    """

    text: str
    box: tuple[float, float, float, float]
    left: float | None = None
    right: float | None = None
    above: float | None = None
    below: float | None = None


class BookPage(Record):
    """A page by its number from 1. ``rows`` are its texts from the top, those of one level beside
    each other; ``edges`` those at the upper and lower edge, where page numbers stand.

    ``is_read`` is false where the page could not be looked at.
    """

    number: int
    rows: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    is_read: bool = True


_PAGES: Final = TypeAdapter(tuple[BookPage, ...])


def pages_of(source: Source, factor: int = 1) -> tuple[BookPage, ...]:
    """The pages of a PDF; ``factor`` raises the limits. Raises UnreadableDocument."""
    task = Task("auditor.proof.child:Looks", (str(factor),), Limits().raised(factor), _DOING)
    try:
        answer = answered(task, source.path, source.data, {"ask": "pages"})
        try:
            return _PAGES.validate_json(answer["pages"])
        except (ValidationError, KeyError, TypeError):
            raise broken_down(task) from None
    except Stopped as fault:
        why = fault.message
        raise UnreadableDocument(source.path, why.code, why.en, why.ja) from None
