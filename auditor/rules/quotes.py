"""What rules in Python quote from prose: a sheet's sentences, and findings with words of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from auditor.records.fields import japanese_label
from auditor.records.sentences import Mark, Sentence, passage
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import PASS, Verdict, failed, first_of

if TYPE_CHECKING:
    from auditor.narrative.statements import SheetText, Statement

__all__ = ["Quote", "around", "in_short", "prose_of", "quoting"]


class Quote(NamedTuple):
    """Words of a text, and where they stand: the field of the text and, for one of an evaluation,
    its key. ``sentence`` is the passage that they are of, in which they are marked.
    """

    words: str
    section: str
    year: str | None = None
    sentence: Sentence | None = None

    @classmethod
    def of_text(
        cls, text: str, span: tuple[int, int], section: str, year: str | None = None
    ) -> Quote:
        """The words at a place of a text."""
        sentence = passage(text, [span], section, year, name=section)
        return cls(text[slice(*span)], section, year, sentence)

    @classmethod
    def of_statement(
        cls, statement: Statement, span: tuple[int, int] | None = None, words: str = ""
    ) -> Quote:
        """The words at a place of a sentence, or the beginning of the whole; ``words`` stand for
        them where the place alone says too little.
        """
        section = statement.section
        marks = () if span is None else (Mark(start=span[0], end=span[1], name=section.field),)
        sentence = statement.sentence(*marks)
        shown = words or (in_short(sentence.text) if span is None else sentence.text[slice(*span)])
        return cls(shown, section.field, section.year, sentence)


def prose_of(row: Row) -> SheetText:
    """The sentences of a row's sheet; they are read once for all rules."""
    assert row.sheet is not None
    return row.rows.prose(row.sheet)


def quoting(row: Row, quotes: Iterable[Quote], title: Text) -> Verdict:
    """The verdict on a sheet, or an indicator, with some words: the finding says the ``title``
    with the first of them and their sections, and points at each section. Without any the row
    passes.
    """
    different = {(quote.words, quote.section, quote.year): quote for quote in reversed([*quotes])}
    quotes = tuple(reversed(different.values()))
    if not quotes:
        return PASS
    phrases = dict.fromkeys(quote.words for quote in quotes)
    words = [Text(en=f'"{phrase}"', ja=f"「{phrase}」") for phrase in phrases]
    shown = first_of(words, lambda word: word)
    sections = tuple(dict.fromkeys(quote.section for quote in quotes))
    labels = "、".join(_label(row, section) for section in sections)
    evaluations = row.rows.once(_evaluations)
    cells = dict.fromkeys(
        (row if quote.year is None else evaluations[id(row.sheet), quote.year], quote.section)
        for quote in quotes
    )
    return failed(
        *cells,
        equation=" · ".join(word.ja for word in words[:_IN_EQUATION]),
        detail=Text(
            en=f"{title.en}: {shown.en} ({', '.join(sections)})",
            ja=f"{title.ja}：{shown.ja}（{labels}）",
        ),
        sentence=quotes[0].sentence,
    )


_IN_EQUATION = 5
_LONGEST = 40


def in_short(words: str) -> str:
    """A sentence, without its end where it is long."""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def around(words: str, start: int, end: int) -> str:
    """The part of a sentence about characters ``start`` to ``end``, if the whole is long."""
    if len(words) <= _LONGEST:
        return words
    first, last = max(0, end - _LONGEST), min(len(words), max(end + 5, start + _LONGEST))
    return f"{'…' * (first > 0)}{words[first:last]}{'…' * (last < len(words))}"


def _evaluations(rows: Rows) -> dict[tuple[int, str | None], Row]:
    """The evaluations of a book by the identity of their sheet and their year."""
    return {(id(row.sheet), row.column): row for row in rows.of("evaluation")}


def _label(row: Row, section: str) -> str:
    """The section as the form heads it; what has no heading of its own, or only the part of one
    by which it is recognised, is called by what it is.
    """
    heading = next(iter(row.form.labels.get(section, ())), "")
    brackets = [sum(heading.count(sign) for sign in signs) for signs in ("(（", ")）")]
    if heading and brackets[0] == brackets[1]:
        return heading
    return japanese_label(section)
