"""Whether two columns count in the same unit: the factor between their numbers tells.

A note of the unit may be wrong, or missing. The same amounts in 円 and 千円 differ by a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from auditor.drafting.columns import NumberColumn
from auditor.drafting.numbers import plain

__all__ = ["Factor", "UnitDoubt", "factor_between", "unit_doubts"]

_POWERS: Final = (-6, -4, -3, 0, 3, 4, 6)
"""円, 千円, 万円 and 百万円 differ by these powers of ten."""
_FEWEST: Final = 5
_AROUND: Final = 3
"""So many times larger or smaller than the power a value may be: amounts change with the years."""


@dataclass(frozen=True, slots=True)
class Factor:
    """The numbers of one column are 10 to the ``power`` times those of the other, in ``holds``
    ``of`` the rows that have both.
    """

    power: int
    holds: int
    of: int

    @property
    def value(self) -> Decimal:
        return Decimal(1).scaleb(self.power)


@dataclass(frozen=True, slots=True)
class UnitDoubt:
    """Two columns of one heading whose numbers are of different size, as if their units were.

    Those of ``key`` are 10 to the ``power`` times those of most columns of the heading, of which
    ``other`` is the nearest.
    """

    key: str
    other: str
    factor: Factor


def factor_between(
    values: Sequence[Decimal | None], others: Sequence[Decimal | None]
) -> Factor | None:
    """The power of ten between the same figures in two documents; None where they are others.

    The rows are the same records: last year's file prints what this year's prints of last year.
    One of the columns may be rounded to its unit. Half of the rows have to agree, five at least.
    """
    pairs = [
        (value, other)
        for value, other in zip(values, others, strict=True)
        if value is not None and other is not None and value and other
    ]
    best: Factor | None = None
    for power in _POWERS:
        holds = sum(_is_rounded(value, other, power) for value, other in pairs)
        if best is None or holds > best.holds:
            best = Factor(power, holds, len(pairs))
    if best is None or best.holds < _FEWEST or best.holds * 2 < best.of:
        return None
    return best


def _is_rounded(value: Decimal, other: Decimal, power: int) -> bool:
    """Whether a value is another one times a power of ten, one of them rounded to whole units."""
    scaled = other.scaleb(power)
    # Of 12,345 円 and 12 千円 the second has lost what is less than its unit.
    unit = Decimal(1) if power < 0 else Decimal(1).scaleb(power)
    return value == scaled or (power != 0 and abs(value - scaled) < unit)


def unit_doubts(columns: Sequence[NumberColumn]) -> Iterator[UnitDoubt]:
    """Columns whose numbers are a thousand times as large as those of the same heading elsewhere.

    Eight of ten rows have to be so, five at least, and most columns of the heading of one size.
    """
    alike: dict[str, list[NumberColumn]] = {}
    for column in columns:
        body = column.heading
        if column.group:
            body = body.removeprefix(column.group)
        alike.setdefault(plain(body), []).append(column)
    for family in alike.values():
        if len(family) > 1:
            yield from _doubts_among(family)


def _doubts_among(family: Sequence[NumberColumn]) -> Iterator[UnitDoubt]:
    first = family[0]
    sizes = {first.key: 0}
    factors: dict[str, Factor] = {}
    for column in family[1:]:
        factor = _size_between(column.values, first.values)
        if factor is not None:
            sizes[column.key] = factor.power
            factors[column.key] = factor
    usual = _most_common(sizes)
    for column in family:
        size = sizes.get(column.key)
        if size is None or size == usual:
            continue
        other = next(entry for entry in family if sizes.get(entry.key) == usual)
        factor = _size_between(column.values, other.values)
        if factor is not None and factor.power:
            yield UnitDoubt(column.key, other.key, factor)


def _most_common(sizes: Mapping[str, int]) -> int:
    """The size of most columns; of two that are as common, that of the first column."""
    powers = list(sizes.values())
    return max(dict.fromkeys(powers), key=powers.count)


def _size_between(
    values: Sequence[Decimal | None], others: Sequence[Decimal | None]
) -> Factor | None:
    """The power of ten that lies between the amounts of most rows, give or take a factor of 3."""
    pairs = [
        (abs(value), abs(other))
        for value, other in zip(values, others, strict=True)
        if value and other
    ]
    if len(pairs) < _FEWEST:
        return None
    for power in (0, 3, -3, 6, -6):
        holds = 0
        for value, other in pairs:
            scaled = other.scaleb(power)
            holds += scaled <= value * _AROUND and value <= scaled * _AROUND
        if holds * 10 >= len(pairs) * 8:
            return Factor(power, holds, len(pairs))
    return None
