"""Ratios, shares, products and multiples searched for among the columns of a block.

A few rows with long numbers say which columns can be meant; all rows are counted later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Final

from auditor.drafting.numbers import Numbers
from auditor.drafting.relation import Equation, Term

__all__ = ["RatioSearch", "simplest"]

_SAMPLE: Final = 4
_AGREEING: Final = 3
_MULTIPLES: Final = 8
_AROUND: Final = 24
_RATIOS: Final = (-6, -3, 0, 2, 3, 4, 5, 6)
"""Powers of ten: per cent, per thousand, thousand yen by heads in yen …"""
_PRODUCTS: Final = (-6, -4, -3, 0, 3, 4, 6)
_LONGEST: Final = 6
_LONG: Final = 10


class RatioSearch:
    """Ratios, products and multiples among the operands of a block, on some of its rows."""

    def __init__(self, numbers: Numbers, rows: Sequence[int]) -> None:
        self._numbers = numbers
        self._rows = rows
        self._random = Random(len(rows) * 2003 + len(numbers.columns))

    def _key(self, at: int) -> str:
        return self._numbers.columns[at].key

    def _window(self, total: int) -> list[int]:
        """Columns near another one, under its group's heading, and of its heading elsewhere."""
        numbers = self._numbers
        near = sorted(numbers.operands, key=lambda at: (abs(at - total), at))
        near = [at for at in near if at != total]
        window = dict.fromkeys(near[:_AROUND])
        heading, group = numbers.headings[total], numbers.columns[total].group
        related = [
            at
            for at in near[_AROUND:]
            if numbers.headings[at] == heading or (group and numbers.columns[at].group == group)
        ]
        window.update(dict.fromkeys(related[:_AROUND]))
        return list(window)

    def _sample(self, total: int) -> list[int]:
        """Rows in which a column has long numbers, which say more than short ones."""
        column, step = self._numbers.filled[total], self._numbers.steps[total]
        rows = [row for row in self._rows if column[row]]
        long = [row for row in rows if abs(column[row]) >= _LONG * step]
        rows = long if len(long) >= _SAMPLE else rows
        different: dict[int, int] = {}
        for row in self._random.sample(rows, len(rows)):
            different.setdefault(column[row], row)
        return list(different.values())[:_SAMPLE]

    def of(self, total: int) -> Iterator[Equation]:
        """Ratios and products that may compute a column."""
        sample = self._sample(total)
        if len(sample) >= _AGREEING:
            window = self._window(total)
            yield from self._ratios(total, sample, window)
            yield from self._products(total, sample, window)

    def _ratios(
        self, total: int, sample: Sequence[int], window: Sequence[int]
    ) -> Iterator[Equation]:
        filled, scale = self._numbers.filled, self._numbers.scale
        step = self._numbers.steps[total]
        votes: Counter[tuple[int, int, bool, int]] = Counter()
        for row in sample:
            stated = filled[total][row]
            values = [(at, filled[at][row]) for at in window if filled[at][row]]
            for below, divisor in values:
                product, leeway = stated * divisor, step * abs(divisor)
                for above, dividend in values:
                    if above == below:
                        continue
                    power = _power(product, dividend * scale, leeway, _RATIOS)
                    if power is not None:
                        votes[above, below, False, power] += 1
                    power = _power(product, (dividend - divisor) * scale, leeway, _RATIOS)
                    if power is not None:
                        votes[above, below, True, power] += 1
        for (above, below, change, power), number in votes.items():
            if number >= _AGREEING:
                terms: tuple[Term, ...] = (Term(self._key(above)),)
                if change:
                    terms = (*terms, Term(self._key(below), -1))
                divisor_terms = (Term(self._key(below)),)
                factor = Decimal(1).scaleb(power)
                yield Equation("ratio", self._key(total), terms, divisor_terms, factor)

    def shares(self, total: int) -> Iterator[Equation]:
        """Columns of whose total a column is the share."""
        numbers = self._numbers
        step = numbers.steps[total]
        sample = self._sample(total)
        for at in self._window(total):
            whole = numbers.whole(at)
            if whole <= 0:
                continue
            votes: Counter[int] = Counter()
            for row in sample:
                product = numbers.filled[total][row] * whole
                part = numbers.filled[at][row] * numbers.scale
                power = _power(product, part, step * whole, (0, 2))
                if power is not None:
                    votes[power] += 1
            for power, number in votes.items():
                if number >= _AGREEING:
                    terms = (Term(self._key(at)),)
                    factor = Decimal(1).scaleb(power)
                    yield Equation("share", self._key(total), terms, (), factor)

    def _products(
        self, total: int, sample: Sequence[int], window: Sequence[int]
    ) -> Iterator[Equation]:
        filled, scale = self._numbers.filled, self._numbers.scale
        step = self._numbers.steps[total]
        votes: Counter[tuple[int, int, int]] = Counter()
        for row in sample:
            stated = filled[total][row] * scale
            values = [(at, filled[at][row]) for at in window if filled[at][row]]
            for (left, by), (right, other) in combinations(values, 2):
                power = _power(stated, by * other, step * scale, _PRODUCTS)
                if power is not None:
                    votes[min(left, right), max(left, right), power] += 1
        for (left, right, power), number in votes.items():
            if number >= _AGREEING:
                terms = (Term(self._key(left)), Term(self._key(right)))
                factor = Decimal(1).scaleb(power)
                yield Equation("product", self._key(total), terms, (), factor)

    def multiples(self, total: int) -> Iterator[Equation]:
        """Columns of which a column is a constant multiple, with the constant."""
        filled = self._numbers.filled
        step = self._numbers.steps[total]
        for at in self._window(total):
            rows = [row for row in self._rows if filled[total][row] and filled[at][row]]
            if len(rows) < _AGREEING:
                continue
            sample = self._random.sample(rows, min(_MULTIPLES, len(rows)))
            if self._factor(total, at, sample, step) is None:
                continue
            factor = self._factor(total, at, rows, step)
            if factor is not None and factor != 1:
                terms = (Term(self._key(at)),)
                yield Equation("multiple", self._key(total), terms, (), factor)

    def _factor(self, total: int, at: int, rows: Sequence[int], step: int) -> Decimal | None:
        """The simplest number that most rows admit as the constant of a multiple."""
        filled = self._numbers.filled
        ends: list[tuple[Fraction, int]] = []
        for row in rows:
            stated, part = filled[total][row], filled[at][row]
            if part < 0:
                stated, part = -stated, -part
            # A printed number stands for what is less than a step away, however it was rounded.
            ends.append((Fraction(2 * stated - step, 2 * part), -1))
            ends.append((Fraction(2 * stated + step, 2 * part), 1))
        ends.sort()
        admitted = most = 0
        lowest = highest = Fraction(0)
        for place, (value, kind) in enumerate(ends):
            admitted -= kind
            if admitted > most:
                most, lowest, highest = admitted, value, ends[place + 1][0]
        if most * 10 < len(rows) * 8:
            return None
        return simplest(lowest, highest)


def _power(left: int, right: int, leeway: int, powers: Sequence[int]) -> int | None:
    """The power of ten by which the right side is the left one, give or take the leeway."""
    if not right or (left < 0) != (right < 0):
        return None
    left, right = abs(left), abs(right)
    # Nearly all pairs are told apart by their length alone.
    nearest = (left.bit_length() - right.bit_length()) * 30103 // 100000
    for power in (nearest, nearest + 1):
        if power not in powers:
            continue
        if power >= 0:
            if abs(left - right * 10**power) <= leeway:
                return power
        elif abs(left * 10**-power - right) <= leeway * 10**-power:
            return power
    return None


def simplest(lowest: Fraction, highest: Fraction) -> Decimal | None:
    """The number with the fewest digits between two ends; None where it has more than six."""
    if lowest <= 0 <= highest:
        return None
    power = 12
    while power > -12:
        unit = Fraction(10) ** power
        whole = -(-lowest // unit)
        if whole * unit <= highest:
            digits = len(str(abs(whole)))
            return Decimal(whole).scaleb(power) if digits <= _LONGEST else None
        power -= 1
    return None
