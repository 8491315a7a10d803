"""How sentences end: cut off in the middle, in the future tense, saying that nothing was done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from auditor.narrative.dated import fiscal_year_of_month
from auditor.narrative.days import Day
from auditor.narrative.lines import bracket_ends
from auditor.narrative.statements import Paragraph, Section, SheetText, Statement
from auditor.narrative.words import Words

__all__ = ["cut_off", "not_done", "still_planned"]

# --- cut off

_SHORTEST: Final = 8
"""Shorter texts are headings: 明日を, 次世代へ."""
_NOUN_AND_PARTICLE: Final = re.compile("[一-龥々ァ-ヶー」)%][がはの]$|を$")
_AFTER_STOPS: Final = re.compile("[一-龥々ァ-ヶー」)%][にとで]$")
"""Headings end so, too (より安全に); in a text of whole sentences they don't."""
_OPEN: Final = "(「『[【"
_CLOSED: Final = ")」』]】"
_OPENINGS: Final = re.compile(f"[{re.escape(_OPEN)}]")


def cut_off(section: Section) -> Iterator[Statement]:
    """The sentences at the end of a section, or of an item of a list, that end in the middle:
    behind a comma or a particle, or within a bracket.
    """
    if section.field == "captions":
        return

    @cache
    def is_prose() -> bool:
        return _has_stops(section)

    for paragraph, following in pairwise([*section.paragraphs, None]):
        if paragraph is None or not paragraph.statements:
            continue
        if following is None or _is_next_item(paragraph, following):
            statement = paragraph.statements[-1]
            if _is_cut(statement) or (_may_be_cut(statement) and is_prose()):
                yield statement


def _is_next_item(paragraph: Paragraph, following: Paragraph) -> bool:
    """Whether the next item of the same list follows: a sentence may go on around another list."""
    return bool(paragraph.marker) and (
        (paragraph.kind, paragraph.level) == (following.kind, following.level)
    )


def _is_cut(statement: Statement) -> bool:
    text = statement.text.rstrip()
    if len(text) < _SHORTEST or text.endswith("。"):
        return False
    return (
        text.endswith(("、", ",", *statement.words["cut_endings"]))
        or _NOUN_AND_PARTICLE.search(text, len(text) - 2) is not None
        or _is_open(text)
    )


def _may_be_cut(statement: Statement) -> bool:
    text = statement.text.rstrip()
    return len(text) >= _SHORTEST and _AFTER_STOPS.search(text, len(text) - 2) is not None


def _has_stops(section: Section) -> bool:
    """Whether all its sentences but one, and more than that, end with a full stop."""
    ends = [statement.text.endswith("。") for statement in section.statements]
    return len(ends) > 1 and sum(ends) >= len(ends) - 1


def _is_open(text: str) -> bool:
    """Whether a bracket is open at the end of a sentence."""
    if sum(map(text.count, _OPEN)) <= sum(map(text.count, _CLOSED)):
        return False
    closed = bracket_ends(text)
    return any(match.start() not in closed for match in _OPENINGS.finditer(text))


# --- still planned

_END: Final = r"[。.)」]{0,3}$"
_TOPIC: Final = re.compile(r"(?:中|内)?(?:に|は|、|も|$)|(?:上旬|中旬|下旬|末|頃|ごろ)")


def _is_future(statement: Statement) -> bool:
    return statement.text.rstrip("。.)」").endswith(statement.words["future"])


@cache
def _own_year(words: Words) -> re.Pattern[str]:
    return re.compile(f"(?:{words.pattern('this_year').pattern})(?:中|内)?(?:に|は|、|も)")


def still_planned(text: SheetText) -> Iterator[Statement]:
    """The sentences of the result that speak of the sheet's own year in the future tense
    (令和６年度は…実施する予定), and those that name no time: where an item says nothing else, or
    something is planned to be done that does not follow from a result.
    """
    section = text.section("achieved")
    if section is None:
        return
    words = text.words

    @cache
    def is_all_planned(item: Paragraph | None) -> bool:
        return _is_all_planned(_statements_of(item, section), words)

    for statement in section.statements:
        if not _is_future(statement):
            continue
        if words.pattern("later").search(statement.text) is not None:
            continue
        days = statement.tokens.days
        if any(_is_later(day, text.sheet.fiscal_year) for day in days):
            continue
        is_of_year = _speaks_of_year(statement, text.sheet.fiscal_year)
        if is_of_year or (
            not days and (_is_act(statement) or is_all_planned(_item_of(statement.paragraph)))
        ):
            yield statement


@cache
def _act(words: Words) -> re.Pattern[str]:
    act, later = words.pattern("acts").pattern, words.pattern("follows_from").pattern
    return re.compile(f"(?P<follows>{later})|(?:{act})(?:する|を行う)?予定(?:である|です)?{_END}")


def _is_act(statement: Statement) -> bool:
    """Whether a sentence only says that something is planned to be done (円滑に実施する予定), and
    that does not follow from a result (結果を公表する予定).
    """
    match = _act(statement.words).search(statement.text)
    return match is not None and not match["follows"]


def _speaks_of_year(statement: Statement, fiscal_year: int) -> bool:
    """Whether a sentence is about its sheet's own year: a mention of its results, or of what goes
    on since then, is not enough.
    """
    return _own_year(statement.words).search(statement.text) is not None or any(
        _year_of(day) == fiscal_year and _TOPIC.match(statement.text, day.end) is not None
        for day in statement.tokens.days
    )


def _year_of(day: Day) -> int | None:
    """The fiscal year of a day whose year is printed; a calendar year lies in two."""
    if day.year is None or (day.month is None and not day.is_fiscal):
        return None
    if day.is_fiscal or day.month is None:
        return day.year
    return fiscal_year_of_month(day.year, day.month)


def _is_later(day: Day, fiscal_year: int) -> bool:
    year = _year_of(day)
    return (day.year is not None and year is None) or (year is not None and year > fiscal_year)


def _item_of(paragraph: Paragraph) -> Paragraph | None:
    """The numbered item that a paragraph is part of."""
    item: Paragraph | None = paragraph
    while item is not None and item.ordinal is None:
        item = item.head
    return item


def _statements_of(item: Paragraph | None, section: Section) -> list[Statement]:
    """The sentences of an item; those of the whole section for None."""
    return list(section.statements if item is None else _below(item))


def _below(paragraph: Paragraph) -> Iterator[Statement]:
    yield from paragraph.statements
    for item in paragraph.items:
        yield from _below(item)


def _is_all_planned(statements: list[Statement], words: Words) -> bool:
    """Whether all sentences but headings are in the future tense, and none names a time."""
    sentences = [statement for statement in statements if statement.text.endswith("。")]
    future = [statement for statement in statements if _is_future(statement)]
    return (
        all(sentence in future for sentence in sentences)
        and not any(words.pattern("later").search(statement.text) for statement in statements)
        and not any(words.pattern("done").search(statement.text) for statement in statements)
        and not any(statement.tokens.days for statement in statements)
    )


# --- not done


@cache
def _not_done(words: Words) -> re.Pattern[str]:
    stated, unless = words.pattern("not_done").pattern, words.pattern("not_done_unless").pattern
    return re.compile(f"(?:{unless})|(?P<stated>{stated})(?=[。(]|[)」]{{0,2}}$)")


def not_done(text: SheetText) -> Iterator[tuple[Statement, int, int]]:
    """The sentences of the result that say of something that it was not done, each with the place
    of the words. What is said of earlier years is not meant.
    """
    pattern = _not_done(text.words)
    for name in ("achieved", "undivided"):
        section = text.section(name)
        if section is None or not _says_any(section, text.words["not_done"]):
            continue
        for statement in section.statements:
            match = next(
                (match for match in pattern.finditer(statement.text) if match["stated"]), None
            )
            if match is not None and not _is_earlier(statement, text.sheet.fiscal_year):
                yield statement, match.start(), match.end()


def _says_any(section: Section, words: Iterable[str]) -> bool:
    """Whether any of some words stands anywhere; most sections have none."""
    whole = "".join(statement.text for statement in section.statements)
    return any(word in whole for word in words)


def _is_earlier(statement: Statement, fiscal_year: int) -> bool:
    """Whether all years that a sentence names lie before the sheet's."""
    years = [year for day in statement.tokens.days if (year := _year_of(day)) is not None]
    return bool(years) and max(years) < fiscal_year
