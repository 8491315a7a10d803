"""Sentences of a document's prose, with the figures in them that something is said about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from auditor.records.figures import Record

__all__ = ["EVALUATION_SECTIONS", "SHEET_SECTIONS", "Mark", "Sentence", "passage"]

SHEET_SECTIONS: Final = ("purpose", "planned", "achieved", "undivided", "captions")
"""The texts of a sheet that hold sentences."""
EVALUATION_SECTIONS: Final = ("issues", "direction")
"""The texts of an evaluation that do."""

_BORDERS: Final = re.compile(
    r"[。！？]+[」』）)]?"
    r"|(?<![ \t\u3000])[ \t\u3000]*\n"
    r"(?=[ \t\u3000]*(?:\n|[・●○◎■□◆◇※①-⑳-]|[(（]?[0-9０-９]{1,2}[)）.．]))"
)
"""Where a sentence ends, or a line before the next item."""
_GAPS: Final = re.compile(r"(?<![ \t\u3000])[ \t\u3000]*[\r\n\v\f\x85\u2028\u2029][\s]*")
"""Where a line ends, with the white space around."""


class Mark(Record):
    """Where a figure stands in the text of its sentence: characters ``start`` to ``end`` (not
    included), and the ``name`` under which rules know it (``total``, ``parts.1``).
    """

    start: int
    end: int
    name: str


class Sentence(Record):
    """What a sheet says in one place, as printed, but on one line.

    ``section`` is the field whose text it is (``achieved``, ``issues``), ``year`` the key of the
    evaluation that the text belongs to. ``line`` counts the lines of that text from 0. ``marks``
    stand in the order of the text and don't overlap.
    """

    text: str
    section: str
    year: str | None = None
    line: int = 0
    marks: tuple[Mark, ...] = ()

    @property
    def pieces(self) -> Iterator[tuple[str, Mark | None]]:
        """The text in its order, in pieces that are marked by one figure or by none."""
        at = 0
        for mark in self.marks:
            if mark.start > at:
                yield self.text[at : mark.start], None
            yield self.text[mark.start : mark.end], mark
            at = mark.end
        if at < len(self.text):
            yield self.text[at:], None


def passage(
    text: str,
    spans: Iterable[tuple[int, int]],
    section: str,
    year: str | None = None,
    name: str = "",
) -> Sentence:
    """The sentences of a text in which ``spans`` stand (start and end of each thing that is wrong,
    in order, not overlapping), on one line, with a mark at each; for rules in Python that search
    texts themselves. It is the whole text where there is no span.

    ``section`` and ``year`` say which text it is; ``name`` is that of the marks.
    """
    places = [(start, end) for start, end in spans if start < end]
    first, last = (places[0][0], places[-1][1]) if places else (0, len(text))
    borders = [(0, 0), *(match.span() for match in _BORDERS.finditer(text)), (len(text),) * 2]
    start = max(end for _, end in borders if end <= first) if places else 0
    while start < first and text[start].isspace():
        start += 1
    stop = min(end for _, end in borders if end >= last)

    line = _OneLine(text, start, stop)
    marks = (Mark(start=line.at(begin), end=line.at(end), name=name) for begin, end in places)
    return Sentence(
        text=line.text,
        section=section,
        year=year,
        line=text.count("\n", 0, start),
        marks=tuple(mark for mark in marks if mark.start < mark.end),
    )


class _OneLine:
    """A stretch of a text on one line, and where its characters stand there. A line that goes on is
    joined as Japanese is, or with a blank between words.
    """

    def __init__(self, text: str, start: int, stop: int) -> None:
        self.text = ""
        self._places = [0] * (len(text) + 1)
        at = start
        # In a text of its own: what stands before it is no part of a gap.
        for gap in _GAPS.finditer(text[start:stop]):
            begin, end = start + gap.start(), start + gap.end()
            self._add(text, at, begin)
            is_word = text[begin - 1 : begin].isascii() and self.text
            between = " " if is_word and text[end : end + 1].isascii() else ""
            self._places[begin:end] = [len(self.text)] * (end - begin)
            self.text += between if end < stop else ""
            at = end
        self._add(text, at, stop)
        self._places[stop] = len(self.text)

    def _add(self, text: str, start: int, stop: int) -> None:
        """Add characters as they are."""
        begin = len(self.text)
        self._places[start:stop] = range(begin, begin + stop - start)
        self.text += text[start:stop]

    def at(self, place: int) -> int:
        """Where a place of the text is on the line."""
        return self._places[place]
