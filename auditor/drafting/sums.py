"""Sums searched for among the columns of a block: which columns add up to which.

A few rows are folded into one number for each column, a sum of the rows with random weights. It
keeps every sum, so that a subset of columns is found by one number; all rows are counted later.
Rows with faults spoil a sample, so several are taken. What a sample leaves open, because a column
is 0 on all its rows, is searched for among the rows in which the sum does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from auditor.drafting.numbers import Numbers

__all__ = ["SumSearch"]

_SAMPLES: Final = 5
_SAMPLE: Final = 10
_WIDEST: Final = 22
"""So many columns at most are searched for a subset at once."""
_AROUND: Final = 12
"""So many columns are searched with either sign."""
_SUBSETS: Final = 8
_DEPTH: Final = 4
_WEIGHTS: Final = 2**61

Parts = frozenset[int]


class SumSearch:
    """Sums among the operands of a block, as they show on some of its rows.

    The same block gives the same sums: what is random is random in the same way each time.
    """

    def __init__(self, numbers: Numbers, rows: Sequence[int]) -> None:
        self._numbers = numbers
        self._rows = rows
        self._random = Random(len(rows) * 1009 + len(numbers.columns))
        self._weights = [self._random.randrange(1, _WEIGHTS) for _ in range(numbers.rows)]
        self._operands = numbers.operands
        self._signed = {
            at for at in numbers.operands if any(value < 0 for value in numbers.filled[at])
        }

    # --- each total by itself

    def parts(self, total: int) -> set[Parts]:
        """Subsets of columns that may add up to a column."""
        target = self._numbers.filled[total]
        rows = [row for row in self._rows if target[row]]
        subsets: set[Parts] = set()
        for sample in self._samples(rows):
            for window in self._windows(total):
                subsets.update(self._subsets(target, sample, window))
        return {self._completed(total, subset) for subset in subsets}

    def _samples(self, rows: Sequence[int]) -> Iterator[list[int]]:
        """Samples of rows, those with many figures rather than others."""
        if len(rows) <= _SAMPLE:
            if rows:
                yield list(rows)
            return
        filled = [self._numbers.filled[at] for at in self._operands]
        figures = {row: sum(bool(column[row]) for column in filled) for row in rows}
        rich = sorted(rows, key=lambda row: -figures[row])[: max(_SAMPLE * 2, len(rows) // 2)]
        for number in range(_SAMPLES):
            yield self._random.sample(rich if number % 2 == 0 else list(rows), _SAMPLE)

    def _near(self, total: int) -> list[int]:
        """The other columns, the nearest first."""
        others = [at for at in self._operands if at != total]
        return sorted(others, key=lambda at: (abs(at - total), at))

    def _windows(self, total: int) -> Iterator[list[int]]:
        """Columns that may add up to a column: those nearest to it, those under its group's
        heading, those of the same heading under other groups.
        """
        near = self._near(total)
        yield near
        # Without negative numbers no part is larger than the whole, so that few can be meant.
        if self._signed.intersection(near[: _WIDEST * 2]):
            yield [at for at in near if at not in self._signed]
        columns, headings = self._numbers.columns, self._numbers.headings
        if group := columns[total].group:
            yield [at for at in near if columns[at].group == group]
        alike = [at for at in near if headings[at] == headings[total]]
        if len(alike) > 1:
            yield alike

    def _subsets(
        self, target: Sequence[int], sample: Sequence[int], window: Sequence[int]
    ) -> list[Parts]:
        """Subsets of a window whose sum is the target on every row of the sample."""
        filled = self._numbers.filled
        columns: list[int] = []
        tried: set[int] = set()
        sums: list[int] = []
        bounded = not self._signed.intersection(window[: _WIDEST * 2])
        for at in window:
            column = filled[at]
            if bounded and any(column[row] > target[row] for row in sample):
                continue
            folded = self._folded(column, sample)
            if folded and folded not in tried:
                tried.add(folded)
                columns.append(at)
                sums.append(folded)
                if len(columns) == _WIDEST:
                    break
        masks = subsets_of_sum(sums, self._folded(target, sample))
        return [
            frozenset(columns[bit] for bit in range(len(columns)) if mask >> bit & 1)
            for mask in masks
        ]

    def _folded(self, column: Sequence[int], sample: Sequence[int]) -> int:
        weights = self._weights
        return sum(weights[row] * column[row] for row in sample)

    def _completed(self, total: int, subset: Parts) -> Parts:
        """A subset with the columns that the rows ask for in which it does not hold."""
        for _ in range(_DEPTH):
            rest = self._rest(total, subset)
            rows = [row for row in self._rows if rest[row]]
            if not rows or len(rows) * 10 >= len(self._rows) * 9:
                break
            more = self._mending(total, subset, rest, rows)
            if not more:
                break
            subset |= more
        return self._with_rare(total, subset)

    def _mending(
        self, total: int, subset: Parts, rest: Sequence[int], rows: Sequence[int]
    ) -> Parts:
        """The columns with which a sum holds in most of the rows in which it does not."""
        near = [at for at in self._near(total) if at not in subset]
        best, fewest = frozenset[int](), len(rows)
        for sample in self._samples(rows):
            for more in self._subsets(rest, sample, near):
                columns = [self._numbers.filled[at] for at in more]
                failing = sum(
                    rest[row] != sum(column[row] for column in columns) for row in self._rows
                )
                if failing < fewest:
                    best, fewest = more, failing
        return best

    def _rest(self, total: int, subset: Parts) -> list[int]:
        """What a sum leaves of its total in each row."""
        rest = list(self._numbers.filled[total])
        for at in subset:
            rest = [
                value - part for value, part in zip(rest, self._numbers.filled[at], strict=True)
            ]
        return rest

    def _with_rare(self, total: int, subset: Parts) -> Parts:
        """A subset with the columns that have figures in a few rows alone, and there mend it.

        All rows are looked at: one half may have none of these figures.
        """
        rest = self._rest(total, subset)
        if sum(map(bool, rest)) * 4 > len(rest):
            return subset
        for at in self._near(total)[:_WIDEST]:
            if at in subset:
                continue
            column = self._numbers.filled[at]
            rows = [row for row, value in enumerate(column) if value]
            mended = sum(rest[row] == column[row] for row in rows)
            broken = sum(rest[row] == 0 for row in rows)
            if mended > broken * 10:
                subset |= {at}
                rest = [value - part for value, part in zip(rest, column, strict=True)]
        return subset

    # --- all totals at once

    def runs(self) -> Iterator[tuple[int, Parts]]:
        """Columns and the runs of neighbours, of any length and anywhere, that add up to them."""
        filled, operands = self._numbers.filled, self._operands
        rows = list(self._rows)
        for _ in range(_SAMPLES):
            sample = rows if len(rows) <= _SAMPLE else self._random.sample(rows, _SAMPLE)
            folded = [self._folded(filled[at], sample) for at in operands]
            ends = [0]
            for value in folded:
                ends.append(ends[-1] + value)
            starts: dict[int, list[int]] = {}
            for place, value in enumerate(ends):
                starts.setdefault(value, []).append(place)
            for number, total in enumerate(operands):
                if folded[number]:
                    yield from self._runs_to(number, total, folded[number], ends, starts)

    def _runs_to(
        self, number: int, total: int, value: int, ends: Sequence[int], starts: dict[int, list[int]]
    ) -> Iterator[tuple[int, Parts]]:
        for start, before in enumerate(ends):
            for end in starts.get(before + value, ())[:_SUBSETS]:
                if end - start > 1 and not start <= number < end:
                    yield total, frozenset(self._operands[start:end])

    def balances(self) -> Iterator[dict[int, int]]:
        """Neighbours that balance with signs, several on both sides: the columns with 1 or -1."""
        filled, operands = self._numbers.filled, self._operands
        rows = list(self._rows)
        for _ in range(_SAMPLES):
            sample = rows if len(rows) <= _SAMPLE else self._random.sample(rows, _SAMPLE)
            folded = [self._folded(filled[at], sample) for at in operands]
            for first in range(len(operands)):
                if not folded[first]:
                    continue
                window = [at for at in range(first + 1, len(operands)) if folded[at]][:_AROUND]
                for signs in signed_sums([folded[at] for at in window], folded[first]):
                    balance = {operands[first]: 1}
                    for at, sign in zip(window, signs, strict=True):
                        if sign:
                            balance[operands[at]] = -sign
                    yield balance


def subsets_of_sum(values: Sequence[int], target: int) -> list[int]:
    """Subsets of at most 22 numbers with a sum, as bit masks; the smallest few where they are
    many. Both halves of the numbers are summed apart and met in the middle.
    """
    if not values:
        return []
    middle = len(values) // 2
    lower = _sums(values[:middle])
    upper = _sums(values[middle:])
    masks: dict[int, list[int]] = {}
    for mask, value in enumerate(lower):
        masks.setdefault(value, []).append(mask)
    matches: list[int] = []
    for mask, value in enumerate(upper):
        for low in masks.get(target - value, ()):
            whole = mask << middle | low
            if whole:
                matches.append(whole)
    matches.sort(key=lambda mask: (mask.bit_count(), mask))
    return matches[:_SUBSETS]


def _sums(values: Sequence[int]) -> list[int]:
    """The sums of all subsets, by their bit masks."""
    sums = [0]
    for value in values:
        sums += [before + value for before in sums]
    return sums


def signed_sums(values: Sequence[int], target: int) -> list[tuple[int, ...]]:
    """Signs -1, 0 and 1 under which numbers add up to a target, the fewest numbers first."""
    middle = len(values) // 2
    lower: dict[int, list[tuple[int, ...]]] = {}
    for value, signs in _signed(values[:middle]):
        lower.setdefault(value, []).append(signs)
    matches: list[tuple[int, ...]] = []
    for value, signs in _signed(values[middle:]):
        for low in lower.get(target - value, ()):
            matches.append((*low, *signs))
    matches.sort(key=lambda signs: (sum(map(abs, signs)), signs))
    return matches[:_SUBSETS]


def _signed(values: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
    sums: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    for value in values:
        longer: list[tuple[int, tuple[int, ...]]] = []
        for sign in (0, 1, -1):
            longer += [(before + sign * value, (*signs, sign)) for before, signs in sums]
        sums = longer
    return sums
