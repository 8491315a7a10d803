"""The tree of a text's paragraphs: which are items of which, by their markers and how far they are
indented.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from auditor.narrative.statements import Paragraph

__all__ = ["are_beside", "set_levels"]

_LEEWAY: Final = 1
"""Items of one list are indented alike, but for so many narrow columns."""
_OF_NEXT: Final = 8
_LARGE: Final = tuple("●◎○◆◇■□★☆")
_SMALL: Final = tuple("・-*※")
_DEEPEST: Final = 12
"""No text has more levels; what is indented further stays on this one."""


def set_levels(paragraphs: Iterable[Paragraph]) -> None:
    """Give each paragraph the paragraph above it, and its level.

    A paragraph stands beside the nearest one above it with a marker of its kind and its indent.
    One with another kind of marker opens a level below, unless it is indented less; a ◎ that is
    indented less than the ・ above it is no part of that.
    """
    above: list[Paragraph] = []
    previous: Paragraph | None = None
    for paragraph in paragraphs:
        paragraph.above = previous
        if previous is not None:
            previous.below = paragraph
        previous = paragraph
        while above and above[-1].indent > paragraph.indent + 1:
            above.pop()
        while above and _ends_small(above[-1], paragraph):
            above.pop()
        depth = min(_beside(above, paragraph), _DEEPEST)
        del above[depth:]
        paragraph.level = len(above)
        if above:
            paragraph.head = above[-1]
            above[-1].items.append(paragraph)
        above.append(paragraph)


def are_beside(paragraph: Paragraph, other: Paragraph) -> bool:
    """Whether two paragraphs are indented alike. The next of numbered items may be further off:
    the first of them often stands behind a label.
    """
    ordinal = paragraph.ordinal
    is_next = ordinal is not None and other.ordinal == ordinal + 1
    leeway = _OF_NEXT if is_next else _LEEWAY
    return abs(other.indent - paragraph.indent) <= leeway


def _ends_small(small: Paragraph, paragraph: Paragraph) -> bool:
    return small.kind in _SMALL and paragraph.kind in _LARGE and paragraph.indent < small.indent


def _beside(above: list[Paragraph], paragraph: Paragraph) -> int:
    for depth in range(len(above) - 1, -1, -1):
        other = above[depth]
        if other.kind == paragraph.kind and are_beside(other, paragraph):
            return depth
    return len(above)
