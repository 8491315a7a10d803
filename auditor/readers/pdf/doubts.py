"""Which cells of a page a reader can't be sure of.

A picture, a stroke or an annotation lies in or over them, or their characters are not plainly seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, assert_never

from auditor.readers.pdf.cells import PageCells
from auditor.readers.pdf.lines import joined_lines
from auditor.readers.pdf.pages import Drawn, DrawnKind, Line, PrintedPage, Rectangle
from auditor.readers.pdf.words import Written
from auditor.records.text import Text

__all__ = ["Doubt", "Loose", "doubt_text", "doubts_of", "loose_marks"]

Doubt = Literal["picture", "drawing", "strike", "annotation", "red", "cut", "faint", "across"]

_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")
_MOST_STROKES: Final = 2_000  # short strokes; more of them are dashes
_DASHES: Final = 6.0  # points between two strokes that go on in one another
_RULE: Final = 4.5  # times the length of a stroke: a line of dashes that is no row of digits
_INK: Final = 32  # of 255: a difference of grey that a person sees
_GROUND: Final = 1.5  # points of ground around what is drawn
_MOSTLY: Final = 0.75  # of a figure's width: so much in one cell makes it that cell's
_EDGE: Final = 1.2  # points along a cell's sides that belong to its border
_SAME: Final = 2.0  # points between the strokes of one line
_LARGEST: Final = 3.0  # in heights of the text: a mark that may stand for a figure
_SIGN: Final = 9.0  # points
_TOUCH: Final = 0.8  # points between a stroke and a line that it meets
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
    strokes = _strokes(page)
    areas: list[tuple[Rectangle, Written | None]] = [
        (written.cell or written.extent, written) for written in cells.written
    ]
    areas += [(area, None) for area in cells.empty]
    doubts: dict[Rectangle, Doubt] = {}
    across = sorted(page.across)
    marks = _Marks([*page.drawn, *strokes])
    bars = _Marks(Drawn("drawing", fill.area) for fill in page.fills if fill.is_dark)
    for area, written in areas:
        doubt: Doubt | None = None
        if written is not None and _is_struck(written, across):
            doubt = "strike"
        for drawn in marks.near(area) if doubt is None else ():
            if (doubt := _doubt(page, area, written, drawn)) is not None:
                break
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
    height = _usual_height(page)
    marks = [Loose(area, "drawing") for area in page.turned]
    marks += [Loose(extent, "across") for extent in cells.between]
    for kind, area in [*page.drawn, *_strokes(page)]:
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


def _usual_height(page: PrintedPage) -> float:
    heights = sorted(character.height for character in page.characters)
    return heights[len(heights) // 2]


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
    return any(abs(at - side) < _EDGE for side in sides)


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
    index = bisect_left(across, (bottom, float("-inf"), float("-inf")))
    through = 0.0
    while index < len(across) and across[index].at <= top:
        line = across[index]
        through += max(min(line.end, right) - max(line.start, left), 0.0)
        index += 1
    # Beside a figure words may stand that nobody struck out.
    return through >= min(0.5 * (right - left), _STRUCK * written.height)


def _strokes(page: PrintedPage) -> list[Drawn]:
    """Short strokes that stand alone, as a minus or a bar does: no dashes, no corners."""
    if not page.characters:
        return []
    longest = 1.3 * _usual_height(page)
    strokes: list[Drawn] = []
    for lines, others, level in ((page.across, page.down, True), (page.down, page.across, False)):
        short = [line for line in lines if 1.2 <= line.end - line.start <= longest]
        if not short or len(short) > _MOST_STROKES:
            continue
        # Strokes that only meet each other are drawn digits or signs.
        crossing = sorted(
            line for line in joined_lines(others, _SAME) if line.end - line.start > longest
        )
        ruling = sorted(
            line
            for line in joined_lines(lines, _SAME)
            if line.end - line.start > _RULE * longest or _crosses(line, crossing)
        )
        for line in short:
            if _is_part(line, ruling) or _meets(line, crossing):
                continue
            u0, v0, u1, v1 = (
                (line.start, line.at - 0.5, line.end, line.at + 0.5)
                if level
                else (line.at - 0.5, line.start, line.at + 0.5, line.end)
            )
            area = Rectangle(u0, v0, u1, v1)
            if not level or not _underlines(area, page):
                strokes.append(Drawn("drawing", area))
    return strokes


def _is_part(stroke: Line, lines: Sequence[Line]) -> bool:
    """Whether a stroke is a dash of a longer line."""
    index = bisect_left(lines, (stroke.at - _SAME, float("-inf"), float("-inf")))
    while index < len(lines) and lines[index].at <= stroke.at + _SAME:
        line = lines[index]
        if line.start - _DASHES <= stroke.start and stroke.end <= line.end + _DASHES:
            return True
        index += 1
    return False


def _meets(line: Line, crossing: Sequence[Line]) -> bool:
    """Whether a line of the other direction touches an end of a line."""
    for end in (line.start, line.end):
        index = bisect_left(crossing, (end - _TOUCH, float("-inf"), float("-inf")))
        while index < len(crossing) and crossing[index].at <= end + _TOUCH:
            if crossing[index].start - _TOUCH <= line.at <= crossing[index].end + _TOUCH:
                return True
            index += 1
    return False


def _crosses(line: Line, crossing: Sequence[Line]) -> bool:
    """Whether a line of the other direction meets a line or crosses it."""
    index = bisect_left(crossing, (line.start - _TOUCH, float("-inf"), float("-inf")))
    while index < len(crossing) and crossing[index].at <= line.end + _TOUCH:
        if crossing[index].start - _EDGE <= line.at <= crossing[index].end + _EDGE:
            return True
        index += 1
    return False


def _underlines(stroke: Rectangle, page: PrintedPage) -> bool:
    """Whether a stroke lies under a character."""
    middle = (stroke.left + stroke.right) / 2
    return any(
        c.left - 1 <= middle <= c.right + 1
        and c.base - 0.5 * c.height <= stroke.top <= c.base + 0.05 * c.height
        for c in page.characters
    )
