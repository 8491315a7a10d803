"""The texts of a sheet as paragraphs and statements: lines that the layout broke are joined, and
what a marker or a full stop parts is apart.

Paragraphs form a tree: an item of a list stands below its head.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.narrative.folding import width
from auditor.narrative.levels import set_levels
from auditor.narrative.lines import Line, bracket_ends, joined, kind_of, ordinal_of
from auditor.narrative.tokens import Tokens, tokens_of
from auditor.narrative.wording import Wording, wording_of
from auditor.narrative.words import Words, words_of
from auditor.records.model import Evaluation, Kpi, Sheet
from auditor.records.sentences import EVALUATION_SECTIONS, SHEET_SECTIONS, Mark, Sentence

__all__ = [
    "Paragraph",
    "Section",
    "SheetText",
    "Statement",
    "sentence_of",
]

_HEADS: Final = ("【", "〈", "≪", "《")


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

    @cached_property
    def wording(self) -> Wording:
        """Its text with one letter for each number."""
        return wording_of(self.text, self.tokens)

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

    ``line`` and ``last`` are its first and its last line.
    ``head`` is the paragraph that it stands below, ``items`` are those below it, and ``level`` is
    how many such there are. ``above`` and ``below`` are the paragraphs next to it.
    """

    section: Section
    line: int
    last: int
    indent: int
    marker: str
    statements: list[Statement] = field(default_factory=list["Statement"])
    level: int = 0
    head: Paragraph | None = None
    above: Paragraph | None = None
    below: Paragraph | None = None
    items: list[Paragraph] = field(default_factory=list["Paragraph"])

    @property
    def text(self) -> str:
        """The whole paragraph in one width, without its marker."""
        return "".join(statement.text for statement in self.statements)

    @property
    def ordinal(self) -> int | None:
        """The number of a marker that counts: 3 for ③ and (3)."""
        return ordinal_of(self.marker)

    @property
    def kind(self) -> str:
        """The kind of its marker (① for ③), 【 for a heading in brackets."""
        if self.marker:
            return kind_of(self.marker)
        return "【" if self.statements and self.statements[0].text.startswith(_HEADS) else ""


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

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(chain.from_iterable([each.statements for each in self.paragraphs]))


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

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(chain.from_iterable([section.statements for section in self.sections]))

    @cached_property
    def figured(self) -> tuple[Statement, ...]:
        """The statements of two quantities or more, or of a fraction beside one."""
        return tuple(
            statement
            for statement in self.statements
            if len(_NUMBERS.findall(statement.text)) > 1
            and len(statement.tokens.quantities) + len(statement.tokens.fractions) > 1
        )


_NUMBERS: Final = re.compile("[0-9]{1,30}")


class _Text(NamedTuple):
    field: str
    year: str | None
    text: str


def _of_evaluation(year: str, evaluation: Evaluation) -> list[_Text]:
    """The texts of an evaluation; one that is blank for a printed reason says nothing else."""
    if evaluation.reason:
        return []
    return [_Text(name, year, getattr(evaluation, name)) for name in EVALUATION_SECTIONS]


BETWEEN_LINES: Final = "／"
"""What stands between the lines of a list where they are one sentence."""


def sentence_of(places: Iterable[tuple[Statement, Mark | None]]) -> Sentence:
    """Statements of one section as one record, in their order, with the figures in them marked."""
    places = list(places)
    by_line = sorted({id(s): s for s, _ in places}.values(), key=lambda s: s.line)
    begins: dict[int, int] = {}
    length = 0
    for statement in by_line:
        begins[id(statement)] = length
        length += len(statement.printed) + len(BETWEEN_LINES)
    marks: list[Mark] = []
    for statement, mark in places:
        if mark is not None:
            begin = begins[id(statement)]
            start, end = begin + mark.start, begin + mark.end
            marks.append(Mark(start=start, end=end, name=mark.name))
    first = by_line[0]
    return Sentence(
        text=BETWEEN_LINES.join(statement.printed for statement in by_line),
        section=first.section.field,
        year=first.section.year,
        line=first.line,
        marks=tuple(sorted(marks, key=lambda mark: mark.start)),
    )


# --- paragraphs


def _paragraphs(section: Section) -> tuple[Paragraph, ...]:
    paragraphs = [_paragraph(section, lines) for lines in _listed(list(joined(section.text)))]
    set_levels(paragraphs)
    return tuple(paragraphs)


_STOP: Final = re.compile("。")
_FIRST: Final = re.compile(r"(?<=[: ])(?:①|\(1\)|1[.)](?![0-9])|\(ア\)) {0,4}(?=[^ ])")


def _listed(paragraphs: list[list[Line]]) -> Iterator[list[Line]]:
    """Paragraphs, with the first item of a list apart from the label that it stands behind
    (日時: ①…, and ② on the next line).
    """
    for lines, following in pairwise([*paragraphs, []]):
        if not lines[0].text and not lines[1:]:
            continue  # a mark on a line of its own
        first = lines[0]
        match = _FIRST.search(first.text) if following else None
        if match is not None and _follows(match.group().strip(), following[0].marker):
            label, indent = first.text[: match.start()], width(first.printed[: match.start()])
            label = label.rstrip()
            yield [first._replace(printed=first.printed[: len(label)], text=label)]
            first = first._replace(
                indent=first.indent + indent,
                marker=match.group().strip(),
                printed=first.printed[match.end() :],
                text=first.text[match.end() :],
            )
        yield [first, *lines[1:]]


def _follows(marker: str, other: str) -> bool:
    return kind_of(marker) == kind_of(other) and ordinal_of(other) == 2


def _paragraph(section: Section, lines: list[Line]) -> Paragraph:
    first = lines[0]
    paragraph = Paragraph(section, first.number, lines[-1].number, first.indent, first.marker)
    if len(lines) == 1 and "。" not in first.text[:-1]:
        statement = Statement(paragraph, first.printed, first.text, first.number, section.words)
        paragraph.statements.append(statement)
        return paragraph
    printed = "".join(line.printed for line in lines)
    text = "".join(line.text for line in lines)
    begins = list(accumulate((len(line.text) for line in lines), initial=0))
    begin = 0
    for end in _ends(text):
        start = begin + len(text[begin:end]) - len(text[begin:end].lstrip())
        if start < end:
            number = lines[bisect_right(begins, start) - 1].number
            paragraph.statements.append(
                Statement(paragraph, printed[start:end], text[start:end], number, section.words)
            )
        begin = end
    return paragraph


def _ends(text: str) -> Iterator[int]:
    """Where the statements of a paragraph end: behind each full stop that is in no bracket."""
    brackets = sorted(bracket_ends(text).items()) if "。" in text[:-1] else []
    last = index = closes = 0
    for match in _STOP.finditer(text):
        while index < len(brackets) and brackets[index][0] < match.start():
            closes = max(closes, brackets[index][1])
            index += 1
        if match.start() >= closes:
            last = match.end()
            yield last
    if last < len(text):
        yield len(text)
