"""Short strokes that rule nothing: a drawn minus, the parts of a drawn digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.readers.pdf.lines import joined_lines, lines_between
from auditor.readers.pdf.pages import Drawn, Line, PrintedPage, Rectangle

__all__ = ["take_strokes"]

_MOST_STROKES: Final = 2_000  # short strokes; more of them are dashes
_DASHES: Final = 6.0  # points between two strokes that go on in one another
_RULE: Final = 4.5  # times the length of a stroke: a line of dashes that is no row of digits
_TOUCH: Final = 0.8  # points between a stroke and a line that it meets
_CORNER: Final = 1.6  # the same for two strokes of one digit, which thick ones run past
_SHORT_OF: Final = 3.0  # points by which a line that divides cells may stop short of another
_MOST_PARTS: Final = 300  # strokes that may be taken for parts of digits
_DOT: Final = 2.0  # points; what is shorter is a dot of a line
_SAME: Final = 2.0  # points between the strokes of one line
_EDGE: Final = 1.2
_UNDER: Final = 0.7  # of its length, what of an underline lies under characters
_POINTS: Final = frozenset(".,．，")  # nobody boxes them in alone
_ON: Final = 0.6  # points: a stroke no further from a line lies on it


def take_strokes(page: PrintedPage) -> None:
    """Make drawings of the short strokes of a page that stand alone, as a minus or a bar does, or
    only meet each other, as the parts of a drawn digit do. They rule nothing, but for those that
    box in characters. Dashes and corners of a table are no such strokes.
    """
    if not page.characters:
        return
    longest = 1.3 * page.usual_height
    across = _standing_alone(page.across, page.down, longest)
    across = [line for line in across if not _underlines(_area(line, level=True), page)]
    down = _standing_alone(page.down, page.across, longest)
    areas = [_area(line, level=True) for line in across]
    areas += [_area(line, level=False) for line in down]
    page.drawn += (Drawn("drawing", area) for area in areas)
    if 0 < len(areas) <= _MOST_PARTS:
        boxed = _boxes(page, areas)
        page.across = _without(page.across, across, boxed[: len(across)])
        page.down = _without(page.down, down, boxed[len(across) :])


def _without(lines: Sequence[Line], strokes: Sequence[Line], boxed: Sequence[bool]) -> list[Line]:
    """Lines without those strokes that do not box in characters."""
    taken = {stroke for stroke, is_boxed in zip(strokes, boxed, strict=True) if not is_boxed}
    return [line for line in lines if line not in taken]


def _area(line: Line, *, level: bool) -> Rectangle:
    if level:
        return Rectangle(line.start, line.at - 0.5, line.end, line.at + 0.5)
    return Rectangle(line.at - 0.5, line.start, line.at + 0.5, line.end)


def _standing_alone(lines: Sequence[Line], others: Sequence[Line], longest: float) -> list[Line]:
    """The short lines that are no part of a longer one and do not lead from one to another."""
    short = [line for line in lines if 1.2 <= line.end - line.start <= longest]
    if not short or len(short) > _MOST_STROKES:
        return []
    # Strokes that only meet each other are drawn digits or signs.
    crossing = sorted(
        line for line in joined_lines(others, _SAME) if line.end - line.start > longest
    )
    rules = [line for line in crossing if line.end - line.start > _RULE * longest]
    corners = sorted(
        line
        for line in others
        if _DOT < line.end - line.start <= longest and not _is_part(line, rules)
    )
    ruling = sorted(
        line
        for line in joined_lines(lines, _ON)
        if line.end - line.start > _RULE * longest
        or (
            _crosses(line, crossing)
            and not _is_stub(line, crossing, longest)
            and not _has_corners(line, short, corners)
        )
    )
    return [
        line
        for line in short
        if not _is_part(line, ruling) and not _bridges(line, crossing, _TOUCH)
    ]


def _is_stub(line: Line, crossing: Sequence[Line], longest: float) -> bool:
    """Whether a line is as short as a stroke and does not lead from one line to another."""
    return line.end - line.start <= longest and not _bridges(line, crossing, _SHORT_OF)


def _has_corners(line: Line, short: Sequence[Line], corners: Sequence[Line]) -> bool:
    """Whether most pieces of a line end at short strokes, as those of drawn digits in a row do."""
    pieces = [
        piece
        for piece in short
        if abs(piece.at - line.at) <= _ON
        and line.start - _ON <= piece.start
        and piece.end <= line.end + _ON
    ]
    at_corners = sum(_meets(piece, corners, _CORNER) for piece in pieces)
    return bool(pieces) and 2 * at_corners >= len(pieces)


def _boxes(page: PrintedPage, areas: Sequence[Rectangle]) -> list[bool]:
    """Whether strokes, with those that they touch, stand around a character."""
    numbers = list(range(len(areas)))  # of the strokes that touch each other, the first
    for index, area in enumerate(areas):
        around = Rectangle(*area)._replace(left=area.left - _TOUCH, right=area.right + _TOUCH)
        for before in range(index):
            if numbers[before] != numbers[index] and around.common(areas[before]) > 0:
                old, new = sorted((numbers[index], numbers[before]), reverse=True)
                numbers = [new if number == old else number for number in numbers]
    centres = [
        ((c.left + c.right) / 2, c.base + 0.3 * c.height)
        for c in page.characters
        if not c.text.isspace() and c.text not in _POINTS
    ]
    around_text: dict[int, bool] = {}
    for number in set(numbers):
        of = [area for area, other in zip(areas, numbers, strict=True) if other == number]
        left, right = min(area.left for area in of), max(area.right for area in of)
        bottom, top = min(area.bottom for area in of), max(area.top for area in of)
        around_text[number] = any(left < u < right and bottom < v < top for u, v in centres)
    return [around_text[number] for number in numbers]


def _is_part(stroke: Line, lines: Sequence[Line]) -> bool:
    """Whether a stroke is a dash of a longer line."""
    return any(
        line.start - _DASHES <= stroke.start and stroke.end <= line.end + _DASHES
        for line in lines_between(lines, stroke.at - _ON, stroke.at + _ON)
    )


def _meets(line: Line, crossing: Sequence[Line], touch: float) -> bool:
    """Whether a line of the other direction touches an end of a line."""
    ends = (line.start, line.end)
    return any(_ends_at(end, line.at, crossing, touch) for end in ends)


def _bridges(line: Line, crossing: Sequence[Line], touch: float) -> bool:
    """Whether lines of the other direction touch both ends of a line."""
    ends = (line.start, line.end)
    return all(_ends_at(end, line.at, crossing, touch) for end in ends)


def _ends_at(end: float, at: float, crossing: Sequence[Line], touch: float) -> bool:
    return any(
        line.start - touch <= at <= line.end + touch
        for line in lines_between(crossing, end - touch, end + touch)
    )


def _crosses(line: Line, crossing: Sequence[Line]) -> bool:
    """Whether a line of the other direction meets a line or crosses it."""
    return any(
        other.start - _EDGE <= line.at <= other.end + _EDGE
        for other in lines_between(crossing, line.start - _TOUCH, line.end + _TOUCH)
    )


def _underlines(stroke: Rectangle, page: PrintedPage) -> bool:
    """Whether a stroke lies under characters, with most of its length."""
    middle = (stroke.left + stroke.right) / 2
    above = [
        c
        for c in page.characters
        if c.left - 1 <= stroke.right
        and stroke.left <= c.right + 1
        and c.base - 0.5 * c.height <= stroke.top <= c.base + 0.05 * c.height
    ]
    if not any(c.left - 1 <= middle <= c.right + 1 for c in above):
        return False
    left, right = min(c.left for c in above) - 1, max(c.right for c in above) + 1
    common = min(stroke.right, right) - max(stroke.left, left)
    return common >= _UNDER * (stroke.right - stroke.left)
