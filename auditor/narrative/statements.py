"""The texts of a sheet as paragraphs and statements: lines that the layout broke are joined, and
what a marker or a full stop parts is apart.

A line goes on the paragraph before it where that one ends in the middle: with a comma, within a
bracket, or at the edge of the page. A line with a marker of its own (・, ①, (1)) never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.narrative.folding import folded, width
from auditor.narrative.tokens import Tokens, tokens_of
from auditor.narrative.words import Words, words_of
from auditor.records.model import Evaluation, Kpi, Sheet
from auditor.records.sentences import Mark, Sentence

__all__ = [
    "EVALUATION_SECTIONS",
    "SHEET_SECTIONS",
    "Paragraph",
    "Section",
    "SheetText",
    "Statement",
]

SHEET_SECTIONS: Final = ("purpose", "planned", "achieved", "undivided", "captions")
EVALUATION_SECTIONS: Final = ("issues", "direction")


@dataclass(eq=False)
class Statement:
    """One sentence, or one item of a list, on one line.

    ``printed`` is the text as the document has it, ``text`` the same in one width; both are of the
    same length. ``line`` is the line of the section in which it begins, from 0.
    """

    paragraph: Paragraph
    printed: str
    text: str
    line: int
    words: Words

    @property
    def section(self) -> Section:
        return self.paragraph.section

    @cached_property
    def tokens(self) -> Tokens:
        """The quantities and days in it, and the figures that count nothing."""
        return tokens_of(self.text, self.printed, self.words)

    def sentence(self, *marks: Mark) -> Sentence:
        """The statement as a record, with the places of a claim's figures."""
        section = self.section
        return Sentence(
            text=self.printed,
            section=section.field,
            year=section.year,
            line=self.line,
            marks=tuple(sorted(marks, key=lambda mark: mark.start)),
        )


@dataclass(eq=False)
class Paragraph:
    """Lines that belong together. ``marker`` is what it begins with (・, ①, (1)), ``indent`` how
    many narrow columns it stands in.
    """

    section: Section
    line: int
    indent: int
    marker: str
    statements: list[Statement] = field(default_factory=list["Statement"])

    @property
    def text(self) -> str:
        """The whole paragraph in one width, without its marker."""
        return "".join(statement.text for statement in self.statements)

    @cached_property
    def ordinal(self) -> int | None:
        """The number of a marker that counts: 3 for ③ and (3)."""
        return _ordinal(self.marker)


@dataclass(eq=False)
class Section:
    """One text of a sheet: the ``field`` that holds it, and the key of its evaluation."""

    field: str
    year: str | None
    text: str
    words: Words

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(_paragraphs(self))

    @property
    def statements(self) -> Iterator[Statement]:
        for paragraph in self.paragraphs:
            yield from paragraph.statements


@dataclass(eq=False)
class SheetText:
    """All prose of a sheet. ``kpis`` are the indicators of its project."""

    sheet: Sheet
    form: Form
    kpis: tuple[Kpi, ...] = ()

    @cached_property
    def words(self) -> Words:
        return words_of(self.form)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that say anything, in the order in which sheets print them."""
        texts = [_Text(name, None, getattr(self.sheet, name)) for name in SHEET_SECTIONS]
        for year, evaluation in self.sheet.evaluations.items():
            texts += _of_evaluation(year, evaluation)
        return tuple(
            Section(text.field, text.year, text.text, self.words) for text in texts if text.text
        )

    def section(self, name: str, year: str | None = None) -> Section | None:
        """The section of a field, or None where the sheet has none."""
        return next((s for s in self.sections if (s.field, s.year) == (name, year)), None)

    @property
    def statements(self) -> Iterator[Statement]:
        for section in self.sections:
            yield from section.statements


class _Text(NamedTuple):
    field: str
    year: str | None
    text: str


def _of_evaluation(year: str, evaluation: Evaluation) -> list[_Text]:
    """The texts of an evaluation; one that is blank for a printed reason says nothing else."""
    if evaluation.reason:
        return []
    return [_Text(name, year, getattr(evaluation, name)) for name in EVALUATION_SECTIONS]


# --- lines

_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARKER: Final = re.compile(
    rf"[・●◎◇◆□■★☆※○◦▶►→⇒＊*]|[△▲▽▼](?! ?[0-9])|[{_CIRCLED}]|\([0-9]{{1,2}}\)"
    r"|[0-9]{1,2}[.)](?![0-9])|[(]?[ア-ン][).、](?=.)|-(?=[ぁ-んァ-ヶ一-龠 ])|\([ア-ンa-z]\)"
)
_HEADING: Final = re.compile(r"[【〈≪《]")
_STARTS: Final = re.compile(r"[)\]」』、。]|\((?![0-9]{1,2}\)|[ア-ン]\))")
_OPEN: Final = "(「『["
_CLOSED: Final = ")」』]"
_NARROWEST: Final = 20
"""Lines of fewer columns than these are not taken for the width of the text."""


class _Line(NamedTuple):
    number: int
    indent: int
    marker: str
    printed: str
    text: str


def _lines(text: str) -> Iterator[_Line | None]:
    """The lines of a text without the space around them; None for an empty one."""
    for number, printed in enumerate(text.splitlines()):
        plain = folded(printed)
        begin = len(plain) - len(plain.lstrip())
        end = len(plain.rstrip())
        if begin >= end:
            yield None
            continue
        indent = width(printed[:begin])
        match = _MARKER.match(plain, begin)
        marker = ""
        if match is not None:
            marker = match.group()
            begin = match.end()
            while begin < end and plain[begin] == " ":
                begin += 1
        yield _Line(number, indent, marker, printed[begin:end], plain[begin:end])


def _paragraphs(section: Section) -> Iterator[Paragraph]:
    lines = list(_lines(section.text))
    edge = max((line.indent + width(line.text) for line in lines if line is not None), default=0)
    edge = edge - 4 if edge >= _NARROWEST else 10**6
    together: list[_Line] = []
    for line in lines:
        if line is None:
            if together:
                yield _paragraph(section, together)
            together = []
            continue
        if together and not _goes_on(together, line, edge):
            yield _paragraph(section, together)
            together = []
        together.append(line)
    if together:
        yield _paragraph(section, together)


def _goes_on(before: list[_Line], line: _Line, edge: int) -> bool:
    """Whether a line is the rest of those before it."""
    last = before[-1]
    if line.marker or _HEADING.match(line.text):
        return False
    if last.text.endswith(("。", ".")):
        return False
    if last.text.endswith(("、", ",")) or _STARTS.match(line.text):
        return True
    if _depth(before) > 0:
        return True
    return last.indent + width(last.text) >= edge


def _depth(lines: list[_Line]) -> int:
    """How many brackets are open at the end of some lines."""
    depth = 0
    for line in lines:
        for sign in line.text:
            if sign in _OPEN:
                depth += 1
            elif sign in _CLOSED:
                depth = max(0, depth - 1)
    return depth


def _paragraph(section: Section, lines: list[_Line]) -> Paragraph:
    first = lines[0]
    paragraph = Paragraph(section, first.number, first.indent, first.marker)
    printed = "".join(line.printed for line in lines)
    text = "".join(line.text for line in lines)
    begin = 0
    for end in _ends(text):
        start = begin + len(text[begin:end]) - len(text[begin:end].lstrip())
        if start < end:
            number = _line_at(lines, start)
            paragraph.statements.append(
                Statement(paragraph, printed[start:end], text[start:end], number, section.words)
            )
        begin = end
    return paragraph


def _ends(text: str) -> Iterator[int]:
    """Where the statements of a paragraph end: behind each full stop that is in no bracket."""
    depth = last = 0
    for index, sign in enumerate(text, start=1):
        if sign in _OPEN:
            depth += 1
        elif sign in _CLOSED:
            depth = max(0, depth - 1)
        elif sign == "。" and depth == 0:
            last = index
            yield index
    if last < len(text):
        yield len(text)


def _line_at(lines: list[_Line], index: int) -> int:
    """The line in which a character of the joined text stands."""
    end = 0
    for line in lines:
        end += len(line.text)
        if index < end:
            return line.number
    return lines[-1].number


def _ordinal(marker: str) -> int | None:
    if marker and marker in _CIRCLED:
        return _CIRCLED.index(marker) + 1
    digits = marker.strip("().")
    return int(digits) if digits.isascii() and digits.isdecimal() else None
