"""Tells a text that its cell cut off from one that says something else.

A text is cut where what is printed is the workbook's own but for parts that are missing, and each
of these is missing at a border of a cell: the print reaches it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from auditor.forms.words import squeezed
from auditor.proof.pages import Frame
from auditor.records.figures import Place

__all__ = ["HASHES", "lost_parts"]

HASHES: Final = re.compile(r"[#＃]{2,}")
"""What a spreadsheet prints where a number has no room."""

_BESIDE: Final = 2.5
"""A line that ends nearer to a border than this had no room: it breaks before a long word or a
sign that may not begin a line. In heights of its letters, as all of these.
"""
_BELOW: Final = 1.3
"""Nearer to a border than this no further line has room."""
_FULL: Final = 0.7
"""The share of the longest line's characters that a full line has."""
_MARKS: Final = re.compile("[、。,.・･'゛゜-]")
"""Signs that are small or low, in the forms that texts are compared in."""
_WITHIN: Final = 1.0
"""How far boxes of one text may differ, in points."""


def lost_parts(whole: str, printed: str, place: Place | None, frames: Sequence[Frame]) -> list[str]:
    """The parts of ``whole`` that a cell cut off where ``printed`` stands; none where the two
    differ for another reason.

    ``frames`` are the texts of the printed page.
    """
    inside = list(_frames_at(place, frames))
    return _lost(whole, printed, inside, squeezed) or _lost(whole, printed, inside, _without_marks)


def _without_marks(text: str) -> str:
    """A text without its small signs: of a line that is cut along its middle, they are not seen."""
    return _MARKS.sub("", squeezed(text))


def _lost(
    whole: str, printed: str, frames: Sequence[Frame], key: Callable[[str], str]
) -> list[str]:
    """The parts that are missing, where texts are compared by their ``key``."""
    target, text = key(whole), key(printed)
    if not text or text == target:
        return []
    breaks = _breaks(whole, key)
    lost: list[str] = []
    cursor = 0
    after: Frame | None = None
    for part, free in _parts(text, frames, key):
        frame = _below(free, after)
        at = target.find(part, cursor)
        if at < 0:
            return []
        if at > cursor:
            tail = after is not None and _has_no_room_behind(after, cursor in breaks)
            if not tail and not _has_no_room_before(frame):
                return []
            lost.append(_as_written(whole, cursor, at, key))
        cursor, after = at + len(part), frame
    if after is None:
        return []
    if cursor < len(target):
        if not _has_no_room_behind(after, cursor in breaks):
            return []
        lost.append(_as_written(whole, cursor, len(target), key))
    return lost


def _below(frame: Frame, above: Frame | None) -> Frame:
    """A line that its cell cuts along its middle seems to stand below the cell, in none: it has
    the room of the line above it.
    """
    if above is None or above.right is None or frame.below is not None:
        return frame
    height = max(frame.box[3] - frame.box[1], 0.1)
    right = above.right + (above.box[2] - frame.box[2]) / height
    return frame.model_copy(update={"right": right, "below": 0.0})


def _as_written(whole: str, start: int, end: int, key: Callable[[str], str]) -> str:
    """The part of a text between two places in its key, as it is written."""
    ends: list[int] = []
    for character in whole:
        ends.append((ends[-1] if ends else 0) + len(key(character)))
    if not ends or ends[-1] != len(key(whole)):  # signs that only together are one
        return key(whole)[start:end]
    inside = (character for character, at in zip(whole, ends, strict=True) if start < at <= end)
    return "".join(inside).strip()


def _breaks(text: str, key: Callable[[str], str]) -> set[int]:
    """Where the lines of a text end, in characters of its key."""
    ends: set[int] = set()
    end = 0
    for line in text.splitlines():
        end += len(key(line))
        ends.add(end)
    return ends


def _frames_at(place: Place | None, frames: Iterable[Frame]) -> Iterator[Frame]:
    """The texts that stand within a place, from the top."""
    if place is None or place.box is None:
        return
    left, bottom, right, top = place.box
    inside = [
        frame
        for frame in frames
        if frame.box[0] >= left - _WITHIN
        and frame.box[1] >= bottom - _WITHIN
        and frame.box[2] <= right + _WITHIN
        and frame.box[3] <= top + _WITHIN
    ]
    yield from sorted(inside, key=lambda frame: (-frame.box[3], frame.box[0]))


def _parts(
    text: str, frames: Sequence[Frame], key: Callable[[str], str]
) -> list[tuple[str, Frame]]:
    """A printed text by the cells in which it stands; empty where that is not certain."""
    keys = [key(frame.text) for frame in frames]
    if "".join(keys) == text:
        return list(zip(keys, frames, strict=True))
    holding = [frame for name, frame in zip(keys, frames, strict=True) if text in name]
    return [(text, holding[0])] if len(holding) == 1 else []


def _has_no_room_behind(frame: Frame, is_break: bool) -> bool:
    """Whether a text has no room behind its end; ``is_break`` says that a line ends there."""
    full = is_break or _is_full(frame.text.splitlines()[-1], frame)
    return full and (frame.below is None or frame.below <= _BELOW)


def _has_no_room_before(frame: Frame) -> bool:
    """Whether a text has no room before its beginning."""
    full = _is_full(frame.text.splitlines()[0], frame)
    return full and (frame.above is None or frame.above <= _BELOW)


def _is_full(line: str, frame: Frame) -> bool:
    """Whether a line of a text goes from border to border."""
    longest = max(len(squeezed(other)) for other in frame.text.splitlines())
    wide = frame.right is not None and frame.right <= _BESIDE
    return wide and len(squeezed(line)) >= _FULL * longest
