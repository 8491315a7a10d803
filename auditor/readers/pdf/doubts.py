"""Which cells of a page a reader can't be sure of.

A picture, a stroke or an annotation lies in or over them, or their characters are not plainly seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, assert_never

from auditor.readers.pdf.cells import PageCells
from auditor.readers.pdf.lines import lines_between
from auditor.readers.pdf.pages import Drawn, DrawnKind, Line, PrintedPage, Rectangle
from auditor.readers.pdf.words import Written
from auditor.records.text import Text

__all__ = ["Doubt", "Loose", "doubt_text", "doubts_of", "loose_marks"]

Doubt = Literal["picture", "drawing", "strike", "annotation", "red", "cut", "faint", "across"]

_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")
_INK: Final = 32  # of 255: a difference of grey that a person sees
_GROUND: Final = 1.5  # points of ground around what is drawn
_MOSTLY: Final = 0.75  # of a figure's width: so much in one cell makes it that cell's
_EDGE: Final = 1.2  # points along a cell's sides that belong to its border
_ON: Final = 0.6  # points: a stroke no further from a border lies on it
_LARGEST: Final = 3.0  # in heights of the text: a mark that may stand for a figure
_SIGN: Final = 9.0  # points
_STRUCK: Final = 2.0  # in heights of the text: a line of this length strikes a figure out


_LOOSE: Final[Mapping[DrawnKind, Doubt]] = {
    "picture": "picture",
    "photo": "picture",
    "drawing": "drawing",
    "slanted": "drawing",
    "annotation": "annotation",
    "red": "red",
    "cut": "cut",
    "faint": "faint",
}


def doubt_text(doubt: Doubt) -> Text:
    """What makes a cell doubtful, as the end of a sentence about it."""
    match doubt:
        case "picture":
            return Text(en="a picture lies in its cell", ja="セルに画像があります")
        case "drawing":
            return Text(
                en="something is drawn in its cell", ja="セルに図形や線などが描かれています"
            )
        case "strike":
            return Text(en="it is struck out", ja="取り消し線が引かれています")
        case "annotation":
            return Text(
                en="an annotation lies over its cell",
                ja="セルに注釈（訂正やスタンプなど）があります",
            )
        case "red":
            return Text(
                en="it is printed in red and may be negative",
                ja="赤字で印刷されており、負の値かもしれません",
            )
        case "cut":
            return Text(en="a part of it is hidden", ja="一部が隠れて見えません")
        case "faint":
            return Text(en="it can hardly be seen", ja="印刷が薄く、ほとんど見えません")
        case "across":
            return Text(
                en="a figure lies across its border, in two cells alike",
                ja="数値が罫線をまたいでおり、どちらのセルのものか分かりません",
            )
        case _:
            assert_never(doubt)


def doubts_of(page: PrintedPage, cells: PageCells) -> dict[Rectangle, Doubt]:
    """The doubtful cells and free texts of a page by their rectangles, with the reason."""
    areas: list[tuple[Rectangle, Written | None]] = [
        (written.cell or written.extent, written) for written in cells.written
    ]
    areas += [(area, None) for area in cells.empty]
    doubts: dict[Rectangle, Doubt] = {}
    across = sorted(page.across)
    marks = _Marks(page.drawn)
    bars = _Marks(Drawn("drawing", fill.area) for fill in page.fills if fill.is_dark)
    for area, written in areas:
        if written is not None and _is_struck(written, across):
            doubts[area] = "strike"
            continue
        doubt = _drawn_over(page, area, written, marks)
        if written is None and any(_is_bar(area, bar.area) for bar in bars.near(area)):
            doubt = "drawing"
        if doubt is not None:
            doubts[area] = doubt
    for torn in cells.crossing:
        for area in _torn_between(torn.extent, [area for area, _ in areas]):
            doubts.setdefault(area, "across")
    for extent in cells.between:
        doubts.update((area, "across") for area, _ in areas if area.common(extent))
    return doubts


def _drawn_over(
    page: PrintedPage, area: Rectangle, written: Written | None, marks: _Marks
) -> Doubt | None:
    """What the first of the marks in a cell or free text makes doubtful about it."""
    for drawn in marks.near(area):
        if (doubt := _doubt(page, area, written, drawn)) is not None:
            return doubt
    return None


class Loose(NamedTuple):
    """Something in no ruled cell that may stand for a figure, and what is doubtful about it."""

    area: Rectangle
    doubt: Doubt


def loose_marks(page: PrintedPage, cells: PageCells) -> list[Loose]:
    """The small marks of a page that lie outside of ruled cells, where a figure that nobody read
    may stand: drawn ones, digits that run another way, hidden and faint ones.
    """
    if not page.characters:
        return []
    height = page.usual_height
    marks = [Loose(area, "drawing") for area in page.turned]
    marks += [Loose(extent, "across") for extent in cells.between]
    for kind, area in page.drawn:
        if _is_small(area, height) and _shows(page, kind, area):
            marks.append(Loose(area, _LOOSE[kind]))
    marks += [
        Loose(fill.area, "drawing")
        for fill in page.fills
        if fill.is_dark and _is_small(fill.area, height)
    ]
    # A cell no higher than its digits is a part of what is drawn, as the round of a 0 is.
    ruled = [written.cell for written in cells.written if written.cell is not None]
    ruled = [cell for cell in (*ruled, *cells.empty) if cell.top - cell.bottom > height]
    return [mark for mark in marks if not any(_holds(cell, mark.area) for cell in ruled)]


def _is_small(area: Rectangle, height: float) -> bool:
    """Whether a mark is as high as one line of text."""
    return area.top - area.bottom <= _LARGEST * height


def _shows(page: PrintedPage, kind: DrawnKind, area: Rectangle) -> bool:
    """Whether a mark shows where no text does. What is said of characters needs no such proof."""
    if kind in ("annotation", "cut", "faint"):
        return True
    return kind != "red" and _inked(page, _grown(area), area)


def _holds(cell: Rectangle, area: Rectangle) -> bool:
    u, v = (area.left + area.right) / 2, (area.bottom + area.top) / 2
    return (
        cell.left - _EDGE <= u <= cell.right + _EDGE
        and cell.bottom - _EDGE <= v <= cell.top + _EDGE
    )


def _is_bar(cell: Rectangle, bar: Rectangle) -> bool:
    """Whether a dark bar lies in an empty cell or covers it: a digit there could not be seen."""
    return cell.common(bar) >= 0.7 * max(min(bar.area, cell.area), 0.01)


def _grown(area: Rectangle) -> Rectangle:
    left, bottom, right, top = area
    return Rectangle(left - _GROUND, bottom - _GROUND, right + _GROUND, top + _GROUND)


def _torn_between(extent: Rectangle, areas: Iterable[Rectangle]) -> list[Rectangle]:
    """The cells in which a figure that lies across a border may stand; none where most of it is in
    one.
    """
    shares = {area: area.common(extent) / max(extent.area, 0.01) for area in areas}
    near = [area for area, share in shares.items() if share > 0]
    # The text itself has a place of its own where no cell holds it alone.
    cells = [area for area in near if area != extent]
    return [] if max((shares[area] for area in cells), default=1) >= _MOSTLY else near


class _Marks:
    """What is drawn on a page, by the bands in which it lies."""

    def __init__(self, drawn: Iterable[Drawn]) -> None:
        self.bands: dict[int, list[Drawn]] = {}
        for mark in drawn:
            first, last = int(mark.area.bottom // 32), int(mark.area.top // 32)
            for band in range(first, min(last, first + 400) + 1):
                self.bands.setdefault(band, []).append(mark)

    def near(self, area: Rectangle) -> Iterable[Drawn]:
        """What may lie in an area."""
        if not self.bands:
            return ()
        near: dict[int, Drawn] = {}
        for band in range(int(area.bottom // 32), int(area.top // 32) + 1):
            near.update((id(mark), mark) for mark in self.bands.get(band, ()))
        return near.values()


def _doubt(
    page: PrintedPage, area: Rectangle, written: Written | None, drawn: Drawn
) -> Doubt | None:
    """What a drawn thing makes doubtful about a cell, if it lies in it or over its text."""
    kind, where = drawn
    size = max(where.area, 0.01)
    match kind:
        case "red" | "cut" | "faint":
            return kind if area.common(where) >= 0.5 * size else None
        case "annotation":
            text = written.extent if written is not None else area
            over = text.common(where) >= 0.2 * min(size, max(text.area, 0.01))
            return kind if over or area.common(where) >= 0.5 * size else None
        case "picture" | "photo":
            return "picture" if _lies_in(page, area, written, where, covers=True) else None
        case "drawing":
            return "drawing" if _lies_in(page, area, written, where, covers=False) else None
        case "slanted":
            if written is not None:
                return "strike" if _inked(page, _core(written), where) else None
            return "drawing" if _is_short_within(where, area) else None
        case _:
            assert_never(kind)


def _lies_in(
    page: PrintedPage, area: Rectangle, written: Written | None, where: Rectangle, *, covers: bool
) -> bool:
    """Whether a picture or drawing shows in a cell or over its text. One that is larger than the
    cell matters where it ``covers`` a cell without text.
    """
    if written is not None and _inked(page, _core(written), where):
        return True
    reach = area
    if written is not None and written.cell is None:  # a sign may stand before a free text
        reach = Rectangle(area.left - 1.2 * written.height, area.bottom, area.right, area.top)
    # What is no larger than a sign may lie across a border.
    small = max(where.right - where.left, where.top - where.bottom) <= _SIGN
    if small and _is_along(area, where):
        return False
    if reach.common(where) < (0.3 if small else 0.7) * max(where.area, 0.01):
        return written is None and covers and _inked(page, _inside(area), where)
    inside = _inside(reach)
    if small:
        inside = Rectangle(
            min(inside.left, where.left),
            min(inside.bottom, where.bottom),
            max(inside.right, where.right),
            max(inside.top, where.top),
        )
    return not _is_frame(area, where) and _inked(page, inside, where)


def _is_along(area: Rectangle, stroke: Rectangle) -> bool:
    """Whether a stroke runs along a side of a cell, as a dash of its border does."""
    wide, high = stroke.right - stroke.left, stroke.top - stroke.bottom
    if min(wide, high) > _EDGE:
        return False
    if wide > high:
        at, sides = (stroke.bottom + stroke.top) / 2, (area.bottom, area.top)
    else:
        at, sides = (stroke.left + stroke.right) / 2, (area.left, area.right)
    return any(abs(at - side) < _ON for side in sides)


def _is_short_within(where: Rectangle, area: Rectangle) -> bool:
    """Whether a stroke lies in an empty cell and does not cross it out."""
    return (
        area.common(where) >= 0.7 * max(where.area, 0.01)
        and where.right - where.left < 0.5 * (area.right - area.left)
        and where.top - where.bottom < 0.5 * (area.top - area.bottom)
    )


def _core(written: Written) -> Rectangle:
    """The middle of a text, through which no underline runs."""
    left, bottom, right, top = written.extent
    high = top - bottom
    return Rectangle(left, bottom + 0.3 * high, right, top - 0.35 * high)


def _inside(area: Rectangle) -> Rectangle:
    """A cell without its border."""
    return Rectangle(area.left + _EDGE, area.bottom + _EDGE, area.right - _EDGE, area.top - _EDGE)


def _is_frame(area: Rectangle, where: Rectangle) -> bool:
    """Whether a drawing is a cell's own border, as with rounded corners."""
    return (
        where.right - where.left > area.right - area.left - 2 * _EDGE
        and where.top - where.bottom > area.top - area.bottom - 2 * _EDGE
    )


def _inked(page: PrintedPage, area: Rectangle, where: Rectangle) -> bool:
    """Whether something that is no text shows where both areas meet: what is drawn, before the
    ground at its edges.
    """
    left, bottom = max(area.left, where.left - _GROUND), max(area.bottom, where.bottom - _GROUND)
    right, top = min(area.right, where.right + _GROUND), min(area.top, where.top + _GROUND)
    if left > right or bottom > top:
        return False
    return page.graphics is None or page.graphics(Rectangle(left, bottom, right, top)) >= _INK


def _is_struck(written: Written, across: Sequence[Line]) -> bool:
    """Whether a line runs through the middle of a figure."""
    if not across or "\n" in written.text or not _DIGITS.intersection(written.text):
        return False
    left, bottom, right, top = _core(written)
    through = 0.0
    for line in lines_between(across, bottom, top):
        through += max(min(line.end, right) - max(line.start, left), 0.0)
    # Beside a figure words may stand that nobody struck out.
    return through >= min(0.5 * (right - left), _STRUCK * written.height)
