"""What looks at the pages of a printed book in its confined place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from auditor.proof.pages import BookPage, Frame
from auditor.readers.pdf.cells import cells_of
from auditor.readers.pdf.forms import OpenPage, opened_page
from auditor.readers.pdf.opening import opened_document
from auditor.readers.pdf.pages import MOST_PAGES, PageLimits, PageTooLarge, PrintedPage, Rectangle
from auditor.readers.pdf.printed import printed_pages
from auditor.readers.pdf.texts import PageAskew
from auditor.readers.pdf.words import Written
from auditor.readers.source import Source

__all__ = ["Looks"]

_EDGE: Final = 0.12
"""The share of a page's height at its top and at its foot in which page numbers stand."""
_LEVEL: Final = 0.5
"""Texts stand in one row if they share this much of the lower one's height."""


class Looks:
    """The worker in the child process; ``factor`` says how far the limits are raised."""

    def __init__(self, factor: str) -> None:
        self.limits: PageLimits = PageLimits().raised(int(factor))
        self.most_pages: int = MOST_PAGES * int(factor)

    def answer(
        self, path: str, data: bytes, _: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, object]:
        """The pages. Raises a CodedError for a file that can't be opened."""
        pages: list[BookPage] = []
        with opened_document(Source(path, data)) as document:
            for index in range(min(len(document), self.most_pages)):
                with opened_page(document, index) as opened:
                    pages.append(self._page(opened, index + 1))
                progress()
        return {"pages": TypeAdapter(list[BookPage]).dump_json(pages).decode()}

    def _page(self, opened: OpenPage | None, number: int) -> BookPage:
        unread = BookPage(number=number, is_read=False)
        if opened is None:
            return unread
        try:
            parts = printed_pages(opened, number, self.limits)
        except (PageTooLarge, PageAskew):
            return unread
        rows: list[str] = []
        edges: list[str] = []
        frames: list[Frame] = []
        for part in parts:
            if part.characters:
                written = cells_of(part).written
                rows += _rows(written)
                edges += _at_edges(part, written)
                frames += _frames(part, written)
        return BookPage(number=number, rows=tuple(rows), edges=tuple(edges), frames=tuple(frames))


def _rows(texts: Sequence[Written]) -> Iterator[str]:
    """The texts from the top; those of one level stand in one row, from the left."""
    row: list[Written] = []
    for text in sorted(texts, key=lambda text: -(text.area.top + text.area.bottom)):
        if row and not _is_level(row[0].area, text.area):
            yield _joined(row)
            row = []
        row.append(text)
    if row:
        yield _joined(row)


def _is_level(first: Rectangle, second: Rectangle) -> bool:
    shared = min(first.top, second.top) - max(first.bottom, second.bottom)
    return shared >= _LEVEL * min(first.top - first.bottom, second.top - second.bottom)


def _joined(row: Iterable[Written]) -> str:
    ordered = sorted(row, key=lambda text: text.area.left)
    return "  ".join("".join(text.text.splitlines()) for text in ordered)


def _at_edges(page: PrintedPage, texts: Sequence[Written]) -> Iterator[str]:
    """The texts without a cell at the upper and lower edge of a page."""
    room = page.room
    if room is None:
        return
    reach = _EDGE * (room.top - room.bottom)
    for text in texts:
        middle = (text.extent.bottom + text.extent.top) / 2
        if text.cell is None and not room.bottom + reach < middle < room.top - reach:
            yield text.text


def _frames(page: PrintedPage, texts: Sequence[Written]) -> Iterator[Frame]:
    for text in texts:
        extent, height = text.extent, max(text.height, 0.1)
        sides: dict[str, Any] = {}
        if text.cell is not None:
            cell = text.cell
            sides = {
                "left": (extent.left - cell.left) / height,
                "right": (cell.right - extent.right) / height,
                "above": (cell.top - extent.top) / height,
                "below": (extent.bottom - cell.bottom) / height,
            }
        else:
            sides = _beside(text, texts, height)
        yield Frame(
            text=text.text,
            box=page.turn.box(extent.left, extent.bottom, extent.right, extent.top),
            **{side: round(room, 2) for side, room in sides.items()},
        )


def _beside(text: Written, texts: Iterable[Written], height: float) -> dict[str, float]:
    """The room to the next texts on the same level."""
    extent = text.extent
    level = [other.area for other in texts if other is not text]
    level = [area for area in level if _is_level(area, extent)]
    after = [area.left - extent.right for area in level if area.left >= extent.left]
    before = [extent.left - area.right for area in level if area.left < extent.left]
    rooms = {"right": min(after, default=None), "left": min(before, default=None)}
    return {side: room / height for side, room in rooms.items() if room is not None}
