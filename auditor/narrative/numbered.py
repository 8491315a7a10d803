"""The numbered items of a plan, and which of them its result does not take up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from auditor.forms.words import squeezed
from auditor.narrative.lines import CIRCLED, ordinal_of
from auditor.narrative.statements import Paragraph, Section, SheetText

__all__ = ["not_taken_up"]


class _List(NamedTuple):
    """Which list an item is of: the numbers that it stands below, and the kind of its own."""

    below: tuple[str, ...]
    kind: str


_MOST: Final = 100
"""So many lists of a result are compared."""

_Items = Mapping[int, Paragraph]


def not_taken_up(text: SheetText) -> Iterator[Paragraph]:
    """The numbered items of the plan without their number in the result.

    Only lists that the result numbers as the plan does are compared: some of the numbers that both
    have, and half of them, must stand with words that both have, too. An item whose title stands
    anywhere in the result, or whose number is mentioned there, was taken up.
    """
    plan, result = text.section("planned"), text.section("achieved")
    if plan is None or result is None:
        return
    results = _lists(result)
    no_items = text.words.pattern("no_items")
    for which, (planned, *again) in _lists(plan).items():
        # Another list below the same number may be any of them.
        if again or sorted(planned) != list(range(1, len(planned) + 1)):
            planned = _together((planned, *again))
        lists = results.get(which, ())[:_MOST]
        if any(planned.keys() <= items.keys() for items in lists):
            continue
        numbers = _taken_up(planned, lists)
        if not numbers:
            continue
        numbers |= set(_mentioned(which.kind, result))
        for number, item in planned.items():
            is_action = no_items.match(item.text) is None
            if number not in numbers and is_action and not _stands_in(item, result):
                yield item


def _taken_up(planned: _Items, lists: Iterable[_Items]) -> set[int]:
    """The numbers of those lists of a result that take up a plan's; none where it is not certain
    that they do.
    """
    numbers: set[int] = set()
    for items in lists:
        shared = [number for number in planned if number in items]
        alike = [number for number in shared if _alike(planned[number], items[number])]
        if alike and 2 * len(alike) >= len(shared):
            numbers |= set(items)
    return numbers


def _lists(section: Section) -> dict[_List, list[dict[int, Paragraph]]]:
    """The numbered items of a section by their lists. A number that is not above the one before it
    begins another list.
    """
    lists: dict[_List, list[dict[int, Paragraph]]] = {}
    for paragraph in section.paragraphs:
        number = paragraph.ordinal
        if number is None:
            continue
        alike = lists.setdefault(_List(_numbers_above(paragraph), paragraph.kind), [])
        if not alike or number <= max(alike[-1]):
            alike.append({})
        alike[-1][number] = paragraph
    return lists


def _together(lists: Iterable[_Items]) -> dict[int, Paragraph]:
    """The first item of each number of some lists."""
    items: dict[int, Paragraph] = {}
    for each in lists:
        items = {**each, **items}
    return dict(sorted(items.items()))


def _numbers_above(paragraph: Paragraph) -> tuple[str, ...]:
    """The numbers that a paragraph stands below, the innermost first."""
    numbers: list[str] = []
    head = paragraph.head
    while head is not None:
        if head.ordinal is not None:
            numbers.append(f"{head.kind} {head.ordinal}")
        head = head.head
    return tuple(numbers)


# --- words that two items share

_LETTERS: Final = re.compile("[^一-龥々ァ-ヶーA-Za-z]+")
_RUN: Final = 3
_RUN_OF_ANY: Final = 5
_OF_TITLE: Final = 6
_LONGEST: Final = 200
"""So many characters of an item are compared: its title stands at its beginning."""


def _runs(text: str) -> set[str]:
    """All runs of a few characters of a text's nouns."""
    runs: set[str] = set()
    for noun in _LETTERS.split(squeezed(text[:_LONGEST])):
        runs.update(noun[start : start + _RUN] for start in range(len(noun) - _RUN + 1))
    return runs


def _runs_of_any(text: str) -> set[str]:
    plain = squeezed(text[:_LONGEST])
    ends = range(_RUN_OF_ANY, len(plain) + 1)
    return {plain[end - _RUN_OF_ANY : end] for end in ends}


def _alike(item: Paragraph, other: Paragraph) -> bool:
    """Whether two items share a noun, a part of one, or some words."""
    if not _runs(item.text).isdisjoint(_runs(other.text)):
        return True
    return not _runs_of_any(item.text).isdisjoint(_runs_of_any(other.text))


def _stands_in(item: Paragraph, section: Section) -> bool:
    """Whether a section has the beginning of an item's title, or most of its nouns."""
    everything = squeezed(section.text)
    title = squeezed(item.statements[0].text) if item.statements else ""
    if not title or title[:_OF_TITLE] in everything:
        return True
    runs = _runs(item.statements[0].text)
    return sum(run in everything for run in runs) * 2 > len(runs)


# --- numbers that a text mentions

_NUMBERS: Final = {
    "①": re.compile(f"(?P<first>[{CIRCLED}])(?: ?[~-] ?(?P<last>[{CIRCLED}]))?"),
    "(1)": re.compile(r"\((?P<first>[0-9]{1,2})\)(?: ?[~-] ?\((?P<last>[0-9]{1,2})\))?"),
}


def _mentioned(kind: str, section: Section) -> Iterator[int]:
    """The numbers of a kind that sentences mention, all of a range (①～③) too."""
    pattern = _NUMBERS.get(kind)
    if pattern is None:
        return
    for statement in section.statements:
        for match in pattern.finditer(statement.text):
            first = ordinal_of(match["first"]) or 0
            last = ordinal_of(match["last"]) if match["last"] else first
            yield from range(first, (last or first) + 1)
