"""What a heading says: a year, a kind of figures, a unit, and what is left when those are gone."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from auditor.drafting.vocabulary import Vocabulary
from auditor.forms.words import squeezed
from auditor.readers.grid.label_text import label_key, label_starts
from auditor.readers.wording import behind
from auditor.records.fiscal import YEAR_KEY, parse_year

__all__ = ["Heading", "heading_of", "printed_label", "same_heading"]

_YEAR: Final = re.compile(
    rf"(?P<year>{YEAR_KEY})(?:年度?)?(?:[(](?P<twice>{YEAR_KEY})(?:年度?)?[)])?"
)
_BRACKETED_YEAR: Final = re.compile(rf"[(](?P<year>{YEAR_KEY})(?:年度?)?[)]")
_SHORT: Final = re.compile(r"(?P<short>[0-9]{1,2}|元)年度")
_LAST_BRACKETS: Final = re.compile(r"\s*[(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕]\s*$")
_LETTER: Final = re.compile(r"(?<=[^\x00-\x7f])[A-Za-z]$")
_LONGEST: Final = 30
_MOST_REMEMBERED: Final = 20_000
_JOINTS: Final = "+＋-－×÷=＝"


class Heading(NamedTuple):
    """A heading: the year that it names, or the number of one without its era; the kind of column
    that it names, and the word for it; the unit in its brackets; ``rest`` is what else it says.
    """

    year: int | None = None
    short: str = ""
    kind: str | None = None
    word: str = ""
    unit: str | None = None
    rest: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether it names a year."""
        return self.year is not None or bool(self.short)

    @property
    def is_year(self) -> bool:
        """Whether it names a year, with a kind or without one, and nothing else."""
        return self.is_dated and not self.rest


def heading_of(text: str, vocabulary: Vocabulary) -> Heading:
    """What a heading says. A long text says nothing but itself."""
    heading: Heading | None = vocabulary.remembered.get(text)
    if heading is None:
        heading = _heading_of(text, vocabulary)
        if len(vocabulary.remembered) < _MOST_REMEMBERED:
            vocabulary.remembered[text] = heading
    return heading


def _heading_of(text: str, vocabulary: Vocabulary) -> Heading:
    key = label_key(text)
    unit = vocabulary.unit_in(text)
    if len(key) > _LONGEST:
        return Heading(unit=unit, rest=key)
    year: int | None = None
    short = ""
    rest = key
    if match := _YEAR.match(key) or _BRACKETED_YEAR.search(key):
        year = parse_year(match["year"])
        rest = key[: match.start()] + key[match.end() :]
    elif match := _SHORT.match(key):
        short = match["short"]
        rest = key[match.end() :]
    rest = rest.strip()
    if not (year or short):
        return Heading(kind=vocabulary.kind_of(text), word=text, unit=unit, rest=rest)
    if not _without_brackets(rest) and vocabulary.kind_of(rest) is None:
        return Heading(year, short, None, "", unit, "")
    kind = vocabulary.kind_of(rest)
    if kind is not None:
        word = _LETTER.sub("", _without_brackets(rest)) or rest.strip("()")
        return Heading(year, short, kind, word, unit, "")
    return Heading(year, short, None, "", unit, rest)


def _without_brackets(text: str) -> str:
    while (shorter := _LAST_BRACKETS.sub("", text)) != text:
        text = shorter
    return text


def printed_label(text: str) -> str:
    """A heading as a form names it: without marks before it and brackets behind it, where it is
    whole without them.
    """
    line = "".join(text.splitlines()).strip()
    start = label_starts(line)[-1]
    plain = behind(line, start).strip() or line
    shorter = _without_brackets(plain)
    if not shorter or shorter.endswith(tuple(_JOINTS)):
        return plain
    return shorter


def same_heading(text: str) -> str:
    """What two headings have in common that are the same."""
    return squeezed(text)
