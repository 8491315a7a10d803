"""Passages: what is written of a few figures or days, which are remembered as they were written.

A passage is made of literal text and of slots. Whoever changes a slot has the same passage with one
thing changed, in the same wording, width of digits and layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet

__all__ = [
    "SECTIONS",
    "DaySlot",
    "Layout",
    "NumberSlot",
    "Passage",
    "ProseOfSheet",
    "Section",
    "Slot",
    "WithProse",
    "WordSlot",
    "laid_out",
    "written",
]

Section = Literal["purpose", "planned", "achieved", "issues", "direction", "captions"]
SECTIONS: Final[tuple[Section, ...]] = (
    "purpose",
    "planned",
    "achieved",
    "issues",
    "direction",
    "captions",
)


@dataclass(frozen=True)
class NumberSlot:
    """A figure: its ``value`` in base units (円, ％ = 1/100), and what its last digit counts
    (``step``); ``exact`` where it was counted out. ``write`` prints another number in its place.
    """

    name: str
    text: str
    value: Fraction
    step: Fraction
    exact: bool
    write: Callable[[Fraction], str]
    counter: str = ""

    def changed(self, value: Fraction) -> NumberSlot:
        """The same figure with another value."""
        return replace(self, value=value, text=self.write(value))


@dataclass(frozen=True)
class DaySlot:
    """A day, as (year, month, day); ``write`` prints another in its place, whether or not the
    calendar has it.
    """

    name: str
    text: str
    day: tuple[int, int, int]
    write: Callable[[int, int, int], str]

    def changed(self, year: int, month: int, day: int) -> DaySlot:
        """The same print of another day."""
        return replace(self, day=(year, month, day), text=self.write(year, month, day))


@dataclass(frozen=True)
class WordSlot:
    """A word that says something of the figures beside it: a weekday, 増, a heading of the plan."""

    name: str
    text: str

    def changed(self, word: str) -> WordSlot:
        """Another word in its place."""
        return replace(self, text=word)


Slot = NumberSlot | DaySlot | WordSlot
Piece = str | Slot


@dataclass(frozen=True)
class Passage:
    """A sentence, a few bullets or a small table, with what is written in it.

    ``kind`` is what is said (``share``, ``sum``, ``weekday`` …). ``item`` is the number of the
    item of the plan that it belongs to.
    """

    kind: str
    pieces: tuple[Piece, ...]
    section: Section = "achieved"
    item: int | None = None

    @property
    def text(self) -> str:
        """What is written, before it is laid out."""
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)

    @property
    def slots(self) -> Mapping[str, Slot]:
        """The figures, days and words, by their names."""
        return {piece.name: piece for piece in self.pieces if not isinstance(piece, str)}

    def numbers(self) -> Mapping[str, NumberSlot]:
        """The figures alone."""
        return {name: slot for name, slot in self.slots.items() if isinstance(slot, NumberSlot)}

    def with_slot(self, slot: Slot) -> Passage:
        """The passage with another slot in place of the one of that name."""
        pieces = tuple(
            slot if not isinstance(piece, str) and piece.name == slot.name else piece
            for piece in self.pieces
        )
        return replace(self, pieces=pieces)

    def with_text(self, text: str) -> Passage:
        """The passage with this text, whose figures are forgotten."""
        return replace(self, pieces=(text,))


class Layout(NamedTuple):
    """How a text is set: so many characters a line (0: never broken), the indent of lines that go
    on, and whether a blank line stands between passages.
    """

    width: int = 0
    indent: str = ""
    air: bool = False


# What does not begin a line, and what does not end one.
_NO_START: Final = frozenset("、。，．）」』】〉》)％%・ー")
_NO_END: Final = frozenset("（「『【〈《(")
_WHOLE: Final = frozenset("0123456789,.:/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def laid_out(passages: list[Passage], layout: Layout) -> str:
    """The passages as one text, with lines broken as a cell of that width breaks them."""
    lines: list[str] = []
    for passage in passages:
        if lines and layout.air:
            lines.append("")
        for line in passage.text.split("\n"):
            lines += _broken(line, layout)
    return "\n".join(lines)


def _broken(line: str, layout: Layout) -> list[str]:
    rest, lines = line, list[str]()
    width = layout.width
    while width and len(rest) > width:
        at = width
        while at > width // 2 and not _may_break(rest, at):
            at -= 1
        at = max(at, len(layout.indent) + 1)
        lines.append(rest[:at])
        rest = layout.indent + rest[at:]
    return [*lines, rest]


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after in _NO_START or before in _NO_END or after in " 　" or before in " 　":
        return False
    return not (before in _WHOLE and after in _WHOLE)


@dataclass(frozen=True)
class ProseOfSheet:
    """The passages of one sheet in their order, and how each of its texts is laid out."""

    passages: tuple[Passage, ...] = ()
    layouts: Mapping[Section, Layout] = field(default_factory=dict[Section, Layout])

    def text(self, section: Section) -> str:
        """What a section says."""
        passages = [passage for passage in self.passages if passage.section == section]
        return laid_out(passages, self.layouts.get(section, Layout()))

    def sections(self) -> tuple[Section, ...]:
        """The sections that say something."""
        return tuple(
            section
            for section in SECTIONS
            if any(passage.section == section for passage in self.passages)
        )


class WithProse(NamedTuple):
    """A book whose sheets say something, and what they say, sheet by sheet."""

    book: Book
    prose: tuple[ProseOfSheet, ...]

    def with_passages(self, at: int, passages: tuple[Passage, ...]) -> WithProse:
        """The book in which a sheet says this instead."""
        prose = replace(self.prose[at], passages=passages)
        sheet = written(self.book.sheets[at], prose, self.prose[at].sections())
        sheets = (*self.book.sheets[:at], sheet, *self.book.sheets[at + 1 :])
        book = self.book.model_copy(update={"sheets": sheets})
        return WithProse(book, (*self.prose[:at], prose, *self.prose[at + 1 :]))


def written(sheet: Sheet, prose: ProseOfSheet, sections: tuple[Section, ...]) -> Sheet:
    """The sheet with these sections in its texts; issues and directions are those of its last
    evaluation with a result.
    """
    update: dict[str, object] = {
        section: prose.text(section)
        for section in sections
        if section not in ("issues", "direction")
    }
    judged = [key for key, each in sheet.evaluations.items() if each.result]
    of_evaluation: dict[str, object] = {
        section: prose.text(section) for section in sections if section in ("issues", "direction")
    }
    if judged and of_evaluation:
        last = judged[-1]
        evaluation = sheet.evaluations[last].model_copy(update=of_evaluation)
        update["evaluations"] = FrozenDict({**sheet.evaluations, last: evaluation})
    return sheet.model_copy(update=update)
