"""Texts that stand twice: a result in the words of its plan, one section in those of another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from auditor.narrative.statements import Paragraph, Section, SheetText, Statement

__all__ = ["Repeated", "repeated_sections", "said_as_planned"]

_SENTENCE: Final = 15
"""Shorter sentences are headings, which a result repeats from its plan."""
_SECTION: Final = 30
_PLANS: Final = re.compile(r"(?<![あいなきれせと])[うくぐすつぬぶむる]。?$|とする。?$")
"""A verb in the tense of plans (実施する, 努める); what is so anyway (である, している) is none."""


def said_as_planned(text: SheetText) -> Iterator[Statement]:
    """The sentences of the result that are word for word sentences of the plan, where their item
    says nothing else: a result may repeat a line of the plan as its heading.
    """
    plan, result = text.section("planned"), text.section("achieved")
    if plan is None or result is None:
        return
    planned = {_plain(statement) for statement in plan.statements}
    statements = list(result.statements)
    if all(_plain(statement) in planned for statement in statements):
        length = sum(len(_plain(statement)) for statement in statements)
        if length >= _SECTION or any(map(_is_of_plan, statements)):
            yield statements[0]
        return
    kinds = Counter(map(_kind, result.paragraphs))
    for item in result.paragraphs:
        is_of_list = bool(item.marker) and kinds[_kind(item)] > 1
        if item.ordinal is None and not is_of_list:
            continue
        lines = list(_below(item))
        if not all(_plain(line) in planned for line in lines):
            continue
        for line in lines:
            if _is_of_plan(line):
                yield line


def _is_of_plan(statement: Statement) -> bool:
    """Whether it is a sentence, and no heading, in the tense of plans."""
    return len(_plain(statement)) >= _SENTENCE and _PLANS.search(statement.text) is not None


def _kind(paragraph: Paragraph) -> tuple[int, str, int]:
    """What the items of one list have in common."""
    return id(paragraph.head), paragraph.kind, paragraph.level


def _below(paragraph: Paragraph) -> Iterator[Statement]:
    yield from paragraph.statements
    for item in paragraph.items:
        yield from _below(item)


def _plain(statement: Statement) -> str:
    return statement.text.replace(" ", "").rstrip("。")


# --- sections

_PIECE: Final = 40
"""So many characters that two sections share are more than a turn of speech."""
_WHOLE: Final = 10
"""Shorter texts (なし, 特になし) do repeat."""


class Repeated(NamedTuple):
    """A text that stands in two sections."""

    statement: Statement
    other: Section


def repeated_sections(text: SheetText) -> Iterator[Repeated]:
    """What a section repeats of another that should say something else: the plan and the result
    of the purpose, an evaluation of the one before it.
    """
    for other, section in _pairs(text):
        statement = _shared(section, other)
        if statement is not None:
            yield Repeated(statement, other)


def _pairs(text: SheetText) -> Iterator[tuple[Section, Section]]:
    """The sections that are held against each other, the one to be reported behind."""
    purpose = text.section("purpose")
    for name in ("planned", "achieved"):
        section = text.section(name)
        if purpose is not None and section is not None:
            yield purpose, section
    for name in ("issues", "direction"):
        sections = [section for section in text.sections if section.field == name]
        yield from pairwise(sorted(sections, key=lambda section: section.year or ""))


def _shared(section: Section, other: Section) -> Statement | None:
    """What a section shares with another: its first sentence where all is the same, or a sentence
    of some length.
    """
    whole, others = _joined(section.statements), _joined(other.statements)
    if len(whole) >= _WHOLE and whole == others:
        return section.statements[0]
    for statement in section.statements:
        plain = _plain(statement)
        if len(plain) >= _PIECE and plain in others:
            return statement
    return None


def _joined(statements: Iterable[Statement]) -> str:
    return "".join(_plain(statement) for statement in statements)
