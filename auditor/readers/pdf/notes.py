"""Note marks beside figures.

Digits that stand raised, lowered or small are none of a figure's own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from auditor.readers.pdf.pages import Character, Line

__all__ = ["without_notes"]

_DIGITS: Final = frozenset("0123456789０１２３４５６７８９")
_MARKS: Final = _DIGITS | frozenset("*＊※†‡注()（）")
_RAISED: Final = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")
_CIRCLED: Final = frozenset(chr(code) for code in range(0x2460, 0x2474))
_FIGURE: Final = _MARKS | _RAISED | _CIRCLED
# In sizes of the larger font:
_SMALLER: Final = 0.85
_SMALLEST: Final = 0.35
_OFF: Final = 0.12
_NEAR: Final = 0.35
_OVERLAP: Final = 0.3
_LOWEST: Final = -0.5
_HIGHEST: Final = 0.9
_LONGEST: Final = 5
_MOST_DIGITS: Final = 2


@dataclass(slots=True)
class _Piece:
    """Characters of one size on one baseline, next to each other."""

    numbers: list[int]
    left: float
    right: float
    base: float
    size: float
    is_mark: bool  # it could be one
    level: tuple[int, int, bool]  # the same for pieces of one size on one baseline


def without_notes(
    characters: Sequence[Character], down: Sequence[Line]
) -> tuple[list[Character], list[Character]]:
    """The characters without the note marks beside figures, and the marks.

    A mark holds a digit or ``*`` or ``※``, stands beside larger digits or off their baseline, and
    no ruling line runs between. Units, signs and commas are none, wherever they stand.
    """
    pieces = _pieces(characters)
    if not pieces:
        return list(characters), []
    by_left = sorted(pieces, key=lambda piece: piece.left)
    by_right = sorted(pieces, key=lambda piece: piece.right)
    lefts, rights = [piece.left for piece in by_left], [piece.right for piece in by_right]
    largest = max(piece.size for piece in pieces)
    near, over = _NEAR * largest, _OVERLAP * largest
    marks: set[int] = set()
    for piece in pieces:
        if not piece.is_mark:
            continue
        level, base = piece.level, piece.base
        before = by_right[
            bisect_left(rights, piece.left - near) : bisect_left(rights, piece.left + over)
        ]
        behind = by_left[
            bisect_left(lefts, piece.right - over) : bisect_left(lefts, piece.right + near)
        ]
        for other in (*before, *behind):
            if other.level == level or abs(other.base - base) > largest:
                continue
            if _marks(piece, other) and not _parted(piece, other, down):
                marks.update(piece.numbers)
                break
    if not marks:
        return list(characters), []
    return (
        [character for number, character in enumerate(characters) if number not in marks],
        [characters[number] for number in sorted(marks)],
    )


def _pieces(characters: Sequence[Character]) -> list[_Piece]:
    levels: dict[tuple[int, int, bool], list[int]] = {}
    for number, character in enumerate(characters):
        text, _, base, _, _, size = character
        if text in _FIGURE and size:
            key = (round(base * 4), round(size * 4), text in _RAISED)
            levels.setdefault(key, []).append(number)
    pieces: list[_Piece] = []
    for level, numbers in levels.items():
        numbers.sort(key=lambda number: characters[number].left)
        groups: list[list[int]] = [[numbers[0]]]
        for number in numbers[1:]:
            before, character = characters[groups[-1][-1]], characters[number]
            if character.left - before.right > 0.6 * character.size:
                groups.append([])
            groups[-1].append(number)
        pieces += [_piece(characters, group, level) for group in groups]
    return pieces


def _piece(
    characters: Sequence[Character], numbers: list[int], level: tuple[int, int, bool]
) -> _Piece:
    of = [characters[number] for number in numbers]
    texts = [character.text for character in of]
    is_short = len(of) <= _LONGEST and sum(map(_DIGITS.__contains__, texts)) <= _MOST_DIGITS
    # A raised character of Unicode's own is as good as a small one.
    size = of[0].size * (0.5 if level[2] else 1.0)
    return _Piece(
        numbers,
        of[0].left,
        max([character.right for character in of]),
        of[0].base,
        size,
        is_short and any(text not in "()（）" for text in texts),
        level,
    )


def _marks(piece: _Piece, figure: _Piece) -> bool:
    """Whether a piece stands beside a figure as a note mark does."""
    if piece is figure or not figure.size:
        return False
    size = figure.size
    rise = piece.base - figure.base
    if not _LOWEST * size <= rise <= _HIGHEST * size:
        return False
    gap = max(figure.left - piece.right, piece.left - figure.right)
    if not -_OVERLAP * size <= gap <= _NEAR * size:
        return False
    if piece.size < _SMALLER * size:
        return piece.size >= _SMALLEST * size  # what is smaller yet lies beside a watermark
    if piece.size > size * 1.02 or abs(rise) <= _OFF * size:
        return False
    # Of two pieces of one size the longer one is the figure, or the lower one.
    return (len(piece.numbers), -piece.base) < (len(figure.numbers), -figure.base)


def _parted(piece: _Piece, figure: _Piece, lines: Sequence[Line]) -> bool:
    """Whether a ruling line runs between two pieces."""
    first, second = (piece, figure) if piece.left < figure.left else (figure, piece)
    middle = figure.base + 0.3 * figure.size
    start, end = first.right - 0.1 * figure.size, second.left + 0.1 * figure.size
    return any(start <= line.at <= end and line.start <= middle <= line.end for line in lines)
