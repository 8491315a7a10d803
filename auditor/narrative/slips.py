"""Slips of the pen in prose: fillers that were left in, doubled particles, and figures with digits
of two widths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Final

from auditor.narrative.statements import Section, Statement
from auditor.narrative.words import Words

__all__ = [
    "MAYBE_TWO_WIDTHS",
    "doubled_particles",
    "fillers",
    "maybe_doubled",
    "maybe_fillers",
    "maybe_slips",
    "mixed_widths",
    "statements_with_doubled",
    "with_neighbours",
]

# --- fillers

# All alternatives of a pattern begin with one of few signs, which a search goes by.
_RUNS: Final = re.compile(r"([あいうアイウｱ△▲□■◇◆●×○?])\1{2,99}")
_IN_LETTERS: Final = re.compile(
    r"[xX](?<![A-Za-z][xX])[xX]{2,99}(?![A-Za-z])|\*(?<!\*\*)\*{2,5}(?!\*)"
    r"|[TFl](?<![A-Za-z][TFl])(?:ODO|BD|IXME|orem ipsum)(?![A-Za-z])"
)
_UNDECIDED: Final = re.compile(r"[0-9][^0-9 (]{0,3} ?\(仮\)")

_MAYBE: Final = "|".join(
    (
        *(f"{sign}{{3}}" for sign in "あいうアイウｱ△▲◇◆"),
        r"[○〇◯]{2}|[xX]{2}|[ｘＸ]{2}|\?{2}|？{2}|\*{2}|＊{2}|●{2}|×{2}|■{2}|□{2}",
        "TODO|TBD|FIXME|ＴＯＤＯ|ＴＢＤ|ＦＩＸＭＥ|lorem|ｌｏｒｅｍ",
        r"[○〇◯●×xXｘＸ][ 　]?[年月]|[^ぁ-ん\s][○〇◯●].",
        "[(（]仮[)）]",
    )
)


def maybe_fillers(words: Words) -> str:
    """A pattern that matches at least all fillers, in the words of all engines: no look-around."""
    return "|".join((_MAYBE, *words["filler_notes"]))


_DOUBLE: Final = ("●●", "○○", "××", "**", "??", "■■", "□□", "xx", "XX")


@cache
def _counter(words: Words) -> str:
    """A counter that ends here: 課題 and 人材 only begin with one."""
    before = words.pattern("filler_before").pattern
    return f"(?:{before})(?:以上|以下|未満|程度|前後|余|(?![一-龥々]))"


@cache
def _doubles(words: Words) -> re.Pattern[str]:
    """Two signs in place of a number or a name."""
    counter = _counter(words)
    return re.compile(
        rf"([●○×*?■□])\1(?={counter})|[xX](?<![A-Za-z][xX])[xX](?={counter})"
        r"|●(?<=[ぁ-んァ-ヶ一-龥、。]●)●(?=[ぁ-んァ-ヶ一-龥])(?!さん|様|氏)"
    )


@cache
def _singles(words: Words) -> re.Pattern[str]:
    """One sign in place of a number."""
    after, eras = words.pattern("filler_after").pattern, words.pattern("filler_eras").pattern
    return re.compile(
        r"[○●×xX] ?月 ?[○●×xX] ?日|[○●] ?年 ?[○●] ?月"
        rf"|(?:{eras})[○●]年度?|[RH](?<![A-Za-z][RH])[○●]年度?"
        rf"|(?:{after})[○●](?={_counter(words)})"
    )


@cache
def _notes(words: Words) -> re.Pattern[str]:
    notes = words.pattern("filler_notes").pattern
    return re.compile(rf"[(【\[<※★☆] ?(?:{notes}) ?(?:[)】\]>。]|$)", re.MULTILINE)


def fillers(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """The places of a text in one width that were typed to be replaced, in their order."""
    patterns = [_RUNS, _IN_LETTERS, _notes(words)]
    if "(仮)" in text:
        patterns.append(_UNDECIDED)
    if any(double in text for double in _DOUBLE):
        patterns.append(_doubles(words))
    if any(sign in text for sign in "○●×xX"):
        patterns.append(_singles(words))
    matches = chain.from_iterable(pattern.finditer(text) for pattern in patterns)
    end = 0
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if match.start() >= end:
            end = match.end()
            yield match.span()


# --- particles

_NOUN_ENDS: Final = "[一-龥々ァ-ヶー」』)%A-Za-z0-9]"
_NO_KANA: Final = "[^ぁ-ん]"
_TWO_OBJECTS: Final = "を[一-龥々ァ-ヶー]{1,8}を"
_OBJECTS: Final = re.compile(_TWO_OBJECTS)


@cache
def _doubled(words: Words) -> re.Pattern[str]:
    anywhere, between = words.pattern("doubled").pattern, words.pattern("doubled_between_nouns")
    return re.compile(
        f"(?:{anywhere})|(?<={_NOUN_ENDS})(?:{between.pattern})(?={_NO_KANA})|{_TWO_OBJECTS}"
    )


def doubled_particles(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """The places of a text in one width where a particle stands twice (推進をを図る), two that
    exclude each other follow one another, or a verb has two objects (体制を強化を行う).
    """
    pairs = (*words["doubled"], *words["doubled_between_nouns"])
    if _OBJECTS.search(text) is None and not any(pair in text for pair in pairs):
        return
    for match in _doubled(words).finditer(text):
        yield match.span()


def statements_with_doubled(section: Section) -> Iterator[tuple[Statement, tuple[int, int]]]:
    """The sentences of a section with doubled particles, each with a place."""
    # Most sections have none: all their sentences are searched at once.
    whole = "".join(statement.text for statement in section.statements)
    if any(doubled_particles(whole, section.words)):
        for statement in section.statements:
            for span in doubled_particles(statement.text, section.words):
                yield statement, span


# --- widths

_FIGURE_OF_DIGITS: Final = re.compile(
    "[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})+(?![0-9０-９])|[0-9０-９]+"
)
MAYBE_TWO_WIDTHS: Final = "[0-9][,，]?[０-９]|[０-９][,，]?[0-9]"
"""Matches at least all figures of two widths, in the words of all engines."""

_TWO_WIDTHS: Final = re.compile(MAYBE_TWO_WIDTHS)
_NARROW: Final = re.compile("[0-9]")
_WIDE: Final = re.compile("[０-９]")


def mixed_widths(printed: str) -> Iterator[tuple[int, int]]:
    """The places of a printed text that hold one figure with digits of two widths (１0,717)."""
    if _TWO_WIDTHS.search(printed) is None:
        return
    for match in _FIGURE_OF_DIGITS.finditer(printed):
        if _NARROW.search(match.group()) and _WIDE.search(match.group()):
            yield match.span()


def maybe_doubled(words: Words) -> str:
    """A pattern that matches at least all doubled particles, whose signs a line may part, in the
    words of all engines.
    """
    pairs = (*words["doubled"], *words["doubled_between_nouns"])
    gap = "[^ぁ-んァ-ヶー一-龥々0-9A-Za-z]*"
    objects = "を[^ぁ-ん]{1,40}を"
    return "|".join((*(gap.join(pair) for pair in pairs), objects))


def maybe_slips(words: Words) -> str:
    """A pattern that matches at least all that the other functions find in a text on one line, in
    the words of all engines.
    """
    return "|".join((maybe_fillers(words), MAYBE_TWO_WIDTHS, maybe_doubled(words)))


_AROUND: Final = 2


def with_neighbours(text: str, span: tuple[int, int]) -> str:
    """What stands at a place, with a few characters on both sides."""
    start, end = span
    return text[max(0, start - _AROUND) : end + _AROUND]
