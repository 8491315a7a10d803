"""What the headings over a column of a list say: its year, its kind, and the name of its figure.

They stand over each other in any order: a year over kinds, kinds or figures over years, a kind
between the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from auditor.drafting.headings import Heading, heading_of
from auditor.drafting.vocabulary import Vocabulary
from auditor.records.fiscal import ERAS

__all__ = ["Dated", "dated_columns", "dated_of"]


_BRACKETED: Final = re.compile(r"\s*[(（\[【〔<].*[)）\]】〕>]\s*")


@dataclass(frozen=True)
class Dated:
    """A column's headings taken apart. ``rest`` names the figure, as far as they say more than
    years and kinds; ``group`` stands over it.
    """

    year: int | None
    kind: str | None
    word: str
    rest: str
    group: str
    unit: str | None


def dated_of(texts: Sequence[str], vocabulary: Vocabulary, near: int | None = None) -> Dated:
    """What the headings over a column say, the nearest to its cells first. A year without its era
    (５年度) is the one ``near`` another.
    """
    headings = [heading_of(text, vocabulary) for text in texts]
    year = next((year for heading in headings if (year := _year_in(heading, near))), None)
    unit = headings[0].unit
    if year is None:
        groups = [text for text, over in zip(texts, headings, strict=True) if not over.is_year]
        group = next((text for text in groups if text != texts[0]), "")
        first = headings[0]
        kind, word = (first.kind, first.word) if first.is_dated else (None, "")
        return Dated(None, kind, word, first.rest or "", group, unit)
    kind, word, names = None, "", list[str]()
    for text, heading in zip(texts, headings, strict=True):
        of_heading = _kind_in(heading, vocabulary)
        if of_heading is not None and kind is None:
            kind, word = of_heading
        name = _name_in(text, heading, is_kind=of_heading is not None, is_first=not names)
        if name and not (names == [] and text is not texts[0] and _BRACKETED.fullmatch(text)):
            names.append(name)
    return Dated(year, kind, word, *_first_two(names), unit)


def _year_in(heading: Heading, near: int | None) -> int | None:
    if heading.year is None and heading.short and near is not None:
        return min((era.western(heading.short) for era in ERAS), key=lambda year: abs(year - near))
    return heading.year


def _first_two(names: Sequence[str]) -> tuple[str, str]:
    first, second = [*names, "", ""][:2]
    return first, second


def _kind_in(heading: Heading, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """The kind that a heading says, and its word for it."""
    if heading.is_dated:
        return (heading.kind, heading.word) if heading.kind else None
    kind = vocabulary.kind_of(heading.rest)
    return (kind, heading.rest) if kind else None


def _name_in(text: str, heading: Heading, *, is_kind: bool, is_first: bool) -> str:
    """What a heading says of its figure: nothing where it is a year or a kind. 目標値 and 実績値
    are figures, whatever they say of their columns.
    """
    word = heading.rest or heading.word
    if is_kind and not word.endswith("値"):
        return ""
    if heading.is_dated or is_first:
        return word
    return text


def dated_columns(
    numbers: Sequence[int],
    texts: Mapping[int, Sequence[str]],
    vocabulary: Vocabulary,
    near: int | None = None,
) -> dict[int, Dated]:
    """What the headings of some columns say, from the left. A column that prints a year and no
    kind, where others of its year do, is of the kind that stands left of it: 執行率 behind 決算額.
    """
    dated = {number: dated_of(texts[number], vocabulary, near) for number in numbers}
    if any(part.year for part in dated.values()):
        dated |= _following_years(numbers, dated)
    kinds: dict[int, list[Dated]] = {}
    for part in dated.values():
        if part.year is not None and part.kind is not None:
            kinds.setdefault(part.year, []).append(part)
    last: Dated | None = None
    for number in numbers:
        part = dated[number]
        if part.year is None:
            continue
        if part.kind is not None:
            last = part
        elif part.rest and (beside := kinds.get(part.year)):
            of_kind = last if last is not None and last.year == part.year else beside[0]
            with_kind = replace(part, kind=of_kind.kind, word=of_kind.word)
            if all(_place(other) != _place(with_kind) for other in dated.values()):
                dated[number] = with_kind
    return dated


def _place(part: Dated) -> tuple[object, ...]:
    """Where a figure stands: two columns can't have the same place."""
    return part.year, part.kind, part.word, part.rest


def _following_years(numbers: Sequence[int], dated: Mapping[int, Dated]) -> dict[int, Dated]:
    """Columns that print no year and come again right behind each column that does: shares,
    rates. Each is of the year before it.
    """
    last: Dated | None = None
    beside = 0
    years: dict[int, Dated] = {}
    again: dict[tuple[str, str], list[int]] = {}
    for number in numbers:
        part = dated[number]
        if part.year is not None:
            last, beside = part, number + 1
        elif last is not None and number == beside:
            years[number] = replace(part, year=last.year, kind=last.kind, word=last.word)
            again.setdefault((part.group, part.rest), []).append(number)
    following: dict[int, Dated] = {}
    for alike in again.values():
        distinct = {(years[number].year, years[number].word) for number in alike}
        if 1 < len(alike) == len(distinct):
            following |= {number: years[number] for number in alike}
    return following
