"""Sentences of a document as reports show them: cut around their figures, which are marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from auditor.records.sentences import Mark, Sentence
from auditor.reports.layout import plain

__all__ = ["LONGEST", "Quoted", "bracketed", "cut_sentence", "quoted"]

LONGEST: Final = 160
"""How many characters of a sentence are shown, unless a format has more room."""

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_LEFT_OUT: Final = "…"
_BRACKETS: Final = (("【", "】"), ("≪", "≫"), ("《", "》"), ("〔", "〕"), ("⟦", "⟧"))
"""The first pair that a sentence does not have itself shows where its figures are."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A part of a sentence as it is shown; a figure that the finding is about is ``marked``. One
    that is likely wrong has the value that the others give for it, ``computed``.
    """

    text: str
    marked: bool
    computed: str = ""


def quoted(
    sentence: Sentence, longest: int = LONGEST, computed: Mapping[str, str] = NOTHING
) -> list[Quoted]:
    """A sentence in parts, in the order of the text, that can be shown as they are. ``computed``
    are the values of figures that are likely wrong, by the names of their marks.
    """
    return [
        Quoted(plain(text), mark is not None, computed.get(mark.name, "") if mark else "")
        for text, mark in cut_sentence(sentence, longest).pieces
    ]


def bracketed(sentence: Sentence, longest: int = LONGEST) -> str:
    """A sentence as plain text, its figures in brackets that it has nowhere else: a mark that a
    file, a printer and a screen reader keep.
    """
    opening, closing = next(
        (pair for pair in _BRACKETS if not set(pair) & set(sentence.text)), _BRACKETS[-1]
    )
    return "".join(
        f"{opening}{part.text}{closing}" if part.marked else part.text
        for part in quoted(sentence, longest)
    )


def cut_sentence(sentence: Sentence, longest: int) -> Sentence:
    """A sentence of at most ``longest`` characters (20 or more), with … for all that is left out:
    its figures stay whole, with as much of the text around each as there is room for.

    Where not even the figures alone have room, those that come first stay.
    """
    text = sentence.text
    if len(text) <= longest:
        return sentence
    marks = _with_room(sentence.marks, len(text), longest)
    if not marks:
        return _shown(sentence, [(0, longest - len(_LEFT_OUT))], ())
    around = 0
    step = 1 << longest.bit_length()
    while step:  # the largest margin with which all of it is short enough
        if _length(_stretches(marks, around + step, len(text)), len(text)) <= longest:
            around += step
        step >>= 1
    return _shown(sentence, _stretches(marks, around, len(text)), marks)


_Stretch = tuple[int, int]
"""Where a part of a text begins and ends."""


def _with_room(marks: Sequence[Mark], size: int, longest: int) -> Sequence[Mark]:
    """The first of some figures, as many as have room without any text around them."""
    count = len(marks)
    while count and _length(_stretches(marks[:count], 0, size), size) > longest:
        count -= 1
    return marks[:count]


def _stretches(marks: Sequence[Mark], around: int, size: int) -> list[_Stretch]:
    """The parts of a text that are shown: each figure with some characters on both sides. A single
    character between two of them, or at an end, takes no more room than … does.
    """
    stretches: list[_Stretch] = []
    for mark in marks:
        start, end = max(mark.start - around, 0), min(mark.end + around, size)
        if stretches and start - stretches[-1][1] <= len(_LEFT_OUT):
            start, end = stretches[-1][0], max(end, stretches.pop()[1])
        stretches.append((start, end))
    first, last = stretches[0], stretches[-1]
    if first[0] <= len(_LEFT_OUT):
        stretches[0] = 0, first[1]
    if size - last[1] <= len(_LEFT_OUT):
        stretches[-1] = stretches[-1][0], size
    return stretches


def _length(stretches: Sequence[_Stretch], size: int) -> int:
    """How long the stretches are with what stands for the text between and around them."""
    shown = sum(end - start for start, end in stretches)
    gaps = len(stretches) - 1 + (stretches[0][0] > 0) + (stretches[-1][1] < size)
    return shown + gaps * len(_LEFT_OUT)


def _shown(sentence: Sentence, stretches: Sequence[_Stretch], marks: Sequence[Mark]) -> Sentence:
    """The sentence with these stretches of its text alone, and the marks in them."""
    text = ""
    moved: list[Mark] = []
    for start, end in stretches:
        if start > 0:
            text += _LEFT_OUT
        by = len(text) - start
        moved += _moved(marks, start, end, by)
        text += sentence.text[start:end]
    if stretches[-1][1] < len(sentence.text):
        text += _LEFT_OUT
    return sentence.model_copy(update={"text": text, "marks": tuple(moved)})


def _moved(marks: Sequence[Mark], start: int, end: int, by: int) -> Iterator[Mark]:
    """The marks of a stretch, each moved by some characters."""
    for mark in marks:
        if start <= mark.start and mark.end <= end:
            yield Mark(start=mark.start + by, end=mark.end + by, name=mark.name)
