"""Slips of the pen in prose: fillers that were left in, doubled particles, and figures with digits
of two widths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from auditor.narrative.words import Words

__all__ = [
    "MAYBE_TWO_WIDTHS",
    "doubled_particles",
    "fillers",
    "maybe_doubled",
    "maybe_fillers",
    "maybe_slips",
    "mixed_widths",
    "with_neighbours",
]

# --- fillers

# A run of one sign that no sentence repeats.
_RUNS: Final = (
    r"([あいうアイウｱ])\1{2,}|([△▲□■◇◆●×])\2{2,}|○{3,}"
    r"|(?<![A-Za-z])(?:[xX]{3,}|TODO|TBD|FIXME|lorem ipsum)(?![A-Za-z])|(?<!\*)\*{3,6}(?!\*)|\?{3,}"
)
_SIGN: Final = "[●○×xX*?■□]"
_FIGURE: Final = "[0-9]"

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


@cache
def _fillers(words: Words) -> re.Pattern[str]:
    before, after = words.pattern("filler_before").pattern, words.pattern("filler_after").pattern
    notes, eras = words.pattern("filler_notes").pattern, words.pattern("filler_eras").pattern
    # A counter ends here: 課題 and 人材 begin with one.
    counter = f"(?:{before})(?:以上|以下|未満|程度|前後|余|(?![一-龥々]))"
    return re.compile(
        f"{_RUNS}"
        rf"|(?<![A-Za-z])({_SIGN})\3(?={counter})"
        r"|(?<=[ぁ-んァ-ヶ一-龥、。])●●(?=[ぁ-んァ-ヶ一-龥])(?!さん|様|氏)"
        r"|[○●×xX] ?月 ?[○●×xX] ?日|[○●] ?年 ?[○●] ?月"
        rf"|(?:{eras}|(?<![A-Za-z])[RH])[○●]年度?"
        rf"|(?:{after})[○●](?={counter})"
        rf"|[(【\[<※★☆] ?(?:{notes}) ?(?:[)】\]>。]|$)"
        rf"|{_FIGURE}[^0-9 (]{{0,3}} ?\(仮\)",
        re.MULTILINE,
    )


def fillers(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """The places of a text in one width that were typed to be replaced."""
    for match in _fillers(words).finditer(text):
        yield match.span()


# --- particles

_NOUN_ENDS: Final = "[一-龥々ァ-ヶー」』)%A-Za-z0-9]"
_NO_KANA: Final = "[^ぁ-ん]"
_TWO_OBJECTS: Final = "を[一-龥々ァ-ヶー]{1,8}を"


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
    for match in _doubled(words).finditer(text):
        yield match.span()


# --- widths

_FIGURE_OF_DIGITS: Final = re.compile(
    "[0-9０-９]{1,3}(?:[,，][0-9０-９]{3})+(?![0-9０-９])|[0-9０-９]+"
)
_NARROW: Final = re.compile("[0-9]")
_WIDE: Final = re.compile("[０-９]")


def mixed_widths(printed: str) -> Iterator[tuple[int, int]]:
    """The places of a printed text that hold one figure with digits of two widths (１0,717)."""
    for match in _FIGURE_OF_DIGITS.finditer(printed):
        if _NARROW.search(match.group()) and _WIDE.search(match.group()):
            yield match.span()


MAYBE_TWO_WIDTHS: Final = "[0-9][,，]?[０-９]|[０-９][,，]?[0-9]"
"""Matches at least all figures of two widths, in the words of all engines."""


def maybe_doubled(words: Words) -> str:
    """A pattern that matches at least all doubled particles, whose signs a line may part, in the
    words of all engines.
    """
    pairs = (*words["doubled"], *words["doubled_between_nouns"])
    return "|".join((*(r"\s*".join(pair) for pair in pairs), r"を[一-龥々ァ-ヶー\s]{1,12}を"))


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
