"""What the units of prose are in base units: yen and counters count 1, 千円 1,000, ％ 0.01."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from auditor.narrative.folding import folded

__all__ = ["RATIOS", "SCALES", "factor_of", "is_ratio"]

SCALES: Final[Mapping[str, Decimal]] = {
    "億": Decimal(10**8),
    "千万": Decimal(10**7),
    "百万": Decimal(10**6),
    "十万": Decimal(10**5),
    "万": Decimal(10**4),
    "千": Decimal(1000),
    "百": Decimal(100),
}
"""What stands between the digits and the counter; the longest of those that fit counts."""

RATIOS: Final[Mapping[str, Decimal]] = {
    "%": Decimal("0.01"),
    "パーセント": Decimal("0.01"),
    "割": Decimal("0.1"),
    "ポイント": Decimal("0.01"),
    "倍": Decimal(1),
}
"""The counters of ratios: how much of the whole one of each is."""


@lru_cache(maxsize=1024)
def factor_of(unit: str) -> Decimal:
    """How many base units one of a printed unit (its scale and its counter) is."""
    scale, counter = _parts(unit)
    return SCALES.get(scale, Decimal(1)) * RATIOS.get(counter, Decimal(1))


def is_ratio(unit: str) -> bool:
    """Whether a unit is one of ratios."""
    return _parts(unit)[1] in RATIOS


def _parts(unit: str) -> tuple[str, str]:
    """The scale of a unit, and its counter."""
    plain = folded(unit).strip()
    scale = max((word for word in SCALES if plain.startswith(word)), key=len, default="")
    return scale, plain[len(scale) :]
