"""Large letters that lie across a page's text, as a watermark does: they are none of its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.readers.pdf.pages import Character

__all__ = ["without_watermarks"]

_LARGE: Final = 2.5  # times the usual height
_ACROSS: Final = 2  # characters of the usual size that a letter of a watermark lies over


def without_watermarks(characters: Sequence[Character]) -> list[Character]:
    """The characters without the large ones that lie over others. A large title stands alone."""
    if not characters:
        return []
    heights = sorted(character.height for character in characters)
    usual = heights[len(heights) // 2]
    large = [character for character in characters if character.height > _LARGE * usual]
    if not large:
        return list(characters)
    small = [c for c in characters if c.height <= _LARGE * usual and not c.text.isspace()]
    marks = {id(character) for character in large if _lies_over(character, small)}
    return [character for character in characters if id(character) not in marks]


def _lies_over(letter: Character, characters: Sequence[Character]) -> bool:
    bottom, top = letter.base - 0.2 * letter.height, letter.base + 0.8 * letter.height
    inside = (
        letter.left <= (character.left + character.right) / 2 <= letter.right
        and bottom <= character.base <= top
        for character in characters
    )
    return sum(inside) >= _ACROSS
