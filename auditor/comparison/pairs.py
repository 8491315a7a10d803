"""Which record of one book is which of another: two rounds, two years, or a book and its print.

Records are paired by their names, then by names that are spelt alike, then by figures that both
print. A step pairs two records only where neither has a second candidate: of two, none is guessed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from auditor.comparison.how import How
from auditor.forms.words import squeezed
from auditor.records.figures import Figure
from auditor.records.model import Kpi, Sheet

__all__ = [
    "Pair",
    "Pairing",
    "Undecided",
    "name_of_kpi",
    "name_of_sheet",
    "pair_kpis",
    "pair_sheets",
]

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})

T = TypeVar("T", bound=Sheet | Kpi)
K = TypeVar("K", bound=Hashable)
Values = Mapping[Hashable, Decimal]
"""The numbers of a record other than 0, by what tells them apart in both books."""


@dataclass(frozen=True)
class Pair(Generic[T]):
    """A record, and the one that it is in the earlier book."""

    record: T
    earlier: T
    how: How


@dataclass(frozen=True)
class Undecided(Generic[T]):
    """A record that may be any of several of the earlier book."""

    record: T
    candidates: tuple[T, ...]


@dataclass(frozen=True)
class Pairing(Generic[T]):
    """Two books held together; each record is in one of these lists, in its book's order."""

    pairs: tuple[Pair[T], ...] = ()
    unpaired: tuple[T, ...] = ()
    unpaired_earlier: tuple[T, ...] = ()
    undecided: tuple[Undecided[T], ...] = ()


def pair_sheets(
    sheets: Iterable[Sheet],
    earlier: Iterable[Sheet],
    renamed: Mapping[str, str] = NO_NAMES,
    given: Iterable[tuple[Sheet, Sheet]] = (),
) -> Pairing[Sheet]:
    """The sheets of a book with those of an earlier one.

    ``renamed`` says what departments of either book are called now. ``given`` pairs are taken as
    they are. Sheets are the same

    - by project, budget stages and department;
    - or by projects spelt alike, with the same stages and the same digits in their names, of whose
      common figures at least half agree;
    - or by common figures, of which nine in ten agree, with at least three different numbers.
    """
    names = {squeezed(old): squeezed(new) for old, new in renamed.items()}

    def name_of(sheet: Sheet) -> tuple[str, ...]:
        *others, department = name_of_sheet(sheet)
        return *others, names.get(department, department)

    def spelling_of(sheet: Sheet) -> str:
        return sheet.name

    def kin_of(sheet: Sheet) -> tuple[str, ...]:
        return *sorted(map(squeezed, sheet.budget_stages)), *_DIGITS.findall(squeezed(sheet.name))

    partners = _Pairing(sheets, earlier, name_of, spelling_of, kin_of, _values_of_sheet)
    return partners.pairing(given)


def name_of_sheet(sheet: Sheet) -> tuple[str, ...]:
    """By what a sheet is the same in another book: project, budget stages, department."""
    stages = sorted(map(squeezed, sheet.budget_stages))
    return squeezed(sheet.name), *stages, squeezed(sheet.department)


def name_of_kpi(kpi: Kpi) -> tuple[str, ...]:
    """By what an indicator is the same in another book: project and name."""
    return squeezed(kpi.project), squeezed(kpi.name)


def pair_kpis(
    kpis: Iterable[Kpi],
    earlier: Iterable[Kpi],
    given: Iterable[tuple[Kpi, Kpi]] = (),
) -> Pairing[Kpi]:
    """The indicators of a book with those of an earlier one: by project and name, then as sheets
    are, by the target and the actuals of years that both print.
    """

    def spelling_of(kpi: Kpi) -> str:
        return f"{kpi.project} {kpi.name}"

    def kin_of(kpi: Kpi) -> tuple[str, ...]:
        return tuple(_DIGITS.findall(squeezed(spelling_of(kpi))))

    return _Pairing(kpis, earlier, name_of_kpi, spelling_of, kin_of, _values_of_kpi).pairing(given)


def _values_of_sheet(sheet: Sheet) -> Values:
    return dict(_numbers(_columns_of(sheet)))


def _columns_of(sheet: Sheet) -> Iterator[tuple[Hashable, Figure]]:
    for column in sheet.years.values():
        for name, figure in column.figure_items():
            yield (column.year, column.kind, name), figure


def _values_of_kpi(kpi: Kpi) -> Values:
    return dict(_numbers(((name, year), figure) for name, year, figure in kpi.every_figure()))


def _numbers(figures: Iterable[tuple[Hashable, Figure]]) -> Iterator[tuple[Hashable, Decimal]]:
    for key, figure in figures:
        if figure.value:
            yield key, figure.value


_ALIKE: Final = Fraction(3, 4)
"""The share of two names' neighbouring characters that they have in common if they are spelt
alike.
"""
_NEARLY_EQUAL: Final = Fraction(9, 10)
"""The same share, where no figures that both print can be held together."""
_DIGITS: Final = re.compile(r"\d+")
_LEAST_NUMBERS: Final = 3
_AGREEING: Final = Fraction(9, 10)
_COMMON: Final = 200
"""A number or a pair of characters that more records have tells nothing."""


class _Pairing(Generic[T]):
    """The records of two books that have no partner yet; each step pairs some of them."""

    def __init__(
        self,
        records: Iterable[T],
        earlier: Iterable[T],
        name_of: Callable[[T], tuple[str, ...]],
        spelling_of: Callable[[T], str],
        kin_of: Callable[[T], tuple[str, ...]],
        values_of: Callable[[T], Values],
    ) -> None:
        self.records: list[T] = list(records)
        self.earlier: list[T] = list(earlier)
        self.name_of = name_of
        self.spelling_of = spelling_of
        self.kin_of = kin_of
        self.values_of = values_of
        # Hashing a record hashes all that it holds, so the values are kept by place.
        self.values = cache(self._values)
        self.earlier_values = cache(self._earlier_values)
        self.partner: dict[int, tuple[int, How]] = {}
        self.taken: set[int] = set()

    def pairing(self, given: Iterable[tuple[T, T]]) -> Pairing[T]:
        """All pairs, and what has none."""
        places = {id(record): at for at, record in enumerate(self.records)}
        earlier_places = {id(record): at for at, record in enumerate(self.earlier)}
        self._take(((places[id(a)], earlier_places[id(b)]) for a, b in given), "given")
        candidates: dict[int, set[int]] = {}
        steps: tuple[tuple[How, Callable[[], Iterator[tuple[int, int]]]], ...] = (
            ("name", self._same_names),
            ("spelling", self._spelt_alike),
            ("columns", self._same_columns),
        )
        for how, step in steps:
            edges = set(step())
            self._take(_without_rival(edges), how)
            for record, other in edges:
                candidates.setdefault(record, set()).add(other)
        return self._result(candidates)

    def _result(self, candidates: Mapping[int, set[int]]) -> Pairing[T]:
        pairs: list[Pair[T]] = []
        unpaired: list[T] = []
        undecided: list[Undecided[T]] = []
        asked: set[int] = set()
        for at, record in enumerate(self.records):
            if at in self.partner:
                other, how = self.partner[at]
                pairs.append(Pair(record, self.earlier[other], how))
                continue
            others = sorted(candidates.get(at, set()) - self.taken)
            asked.update(others)
            if others:
                undecided.append(Undecided(record, tuple(self.earlier[other] for other in others)))
            else:
                unpaired.append(record)
        alone = set(range(len(self.earlier))) - self.taken - asked
        return Pairing(
            pairs=tuple(pairs),
            unpaired=tuple(unpaired),
            unpaired_earlier=tuple(self.earlier[at] for at in sorted(alone)),
            undecided=tuple(undecided),
        )

    def _take(self, edges: Iterable[tuple[int, int]], how: How) -> None:
        for record, other in edges:
            self.partner[record] = other, how
            self.taken.add(other)

    def _values(self, at: int) -> Values:
        return self.values_of(self.records[at])

    def _earlier_values(self, at: int) -> Values:
        return self.values_of(self.earlier[at])

    def _open(self) -> tuple[list[int], list[int]]:
        """The records of both books that have no partner yet."""
        records = [at for at in range(len(self.records)) if at not in self.partner]
        return records, [at for at in range(len(self.earlier)) if at not in self.taken]

    def _same_names(self) -> Iterator[tuple[int, int]]:
        records, others = self._open()
        by_name: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for other in others:
            by_name[self.name_of(self.earlier[other])].append(other)
        for record in records:
            for other in by_name.get(self.name_of(self.records[record]), ()):
                yield record, other

    def _spelt_alike(self) -> Iterator[tuple[int, int]]:
        """Records whose names are spelt alike, and whose figures do not tell them apart."""
        records, others = self._open()
        left = {at: _neighbours(self.spelling_of(self.records[at])) for at in records}
        right = {at: _neighbours(self.spelling_of(self.earlier[at])) for at in others}
        kin = {at: self.kin_of(self.records[at]) for at in records}
        kin_of_earlier = {at: self.kin_of(self.earlier[at]) for at in others}
        for record, other, _ in _sharing(left, right):
            if kin[record] != kin_of_earlier[other]:
                continue
            likeness = _likeness(left[record], right[other])
            if likeness < _ALIKE:
                continue
            agreeing, shared = self._agreeing(record, other)
            if 2 * agreeing >= shared and (shared or likeness >= _NEARLY_EQUAL):
                yield record, other

    def _same_columns(self) -> Iterator[tuple[int, int]]:
        """Records that print the same figures, whatever they are called."""
        records, others = self._open()
        left = {at: Counter(self.values(at).items()) for at in records}
        right = {at: Counter(self.earlier_values(at).items()) for at in others}
        for record, other, shared in _sharing(left, right):
            if len({value for _, value in shared}) < _LEAST_NUMBERS:
                continue
            agreeing, in_both = self._agreeing(record, other)
            if agreeing >= _AGREEING * in_both:
                yield record, other

    def _agreeing(self, record: int, other: int) -> tuple[int, int]:
        """How many of the figures that both records print agree, and how many there are."""
        one, two = self.values(record), self.earlier_values(other)
        shared = one.keys() & two.keys()
        return sum(one[key] == two[key] for key in shared), len(shared)


def _without_rival(edges: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The edges whose two ends have no other one."""
    records = Counter(record for record, _ in edges)
    others = Counter(other for _, other in edges)
    for record, other in sorted(edges):
        if records[record] == others[other] == 1:
            yield record, other


def _neighbours(text: str) -> Counter[str]:
    """The pairs of neighbouring characters of a text, its ends among them."""
    marked = f"^{squeezed(text)}$"
    return Counter(marked[at : at + 2] for at in range(len(marked) - 1))


def _likeness(one: Counter[str], two: Counter[str]) -> Fraction:
    """The share of what two names consist of that they have in common."""
    return Fraction(2 * (one & two).total(), one.total() + two.total())


def _sharing(
    left: Mapping[int, Counter[K]], right: Mapping[int, Counter[K]]
) -> Iterator[tuple[int, int, Sequence[K]]]:
    """The numbers of records that share something that is not common to many, with what they
    share of it.
    """
    holders: defaultdict[K, list[int]] = defaultdict(list)
    for other, things in right.items():
        for thing in things:
            holders[thing].append(other)
    for record, things in left.items():
        shared: defaultdict[int, list[K]] = defaultdict(list)
        for thing in things:
            if len(holders.get(thing, ())) <= _COMMON:
                for other in holders.get(thing, ()):
                    shared[other].append(thing)
        for other in sorted(shared):
            yield record, other, shared[other]
