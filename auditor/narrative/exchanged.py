"""Three figures that agree to the last digit while one of them has another counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from auditor.narrative.quantities import Quantity
from auditor.narrative.words import Words

__all__ = ["odd_counter"]

_LEAST: Final = 10
_LEAST_PART: Final = 2
"""Smaller figures agree by chance."""


def odd_counter(words: Words, *three: Quantity) -> Mapping[str, str]:
    """The ``counter`` of two of three figures, of which one is the sum of the others, and the
    ``other_counter`` of the third. Nothing where they count alike, all differ or don't agree.
    """
    small, middle, large = sorted(three, key=lambda quantity: abs(quantity.value))
    if abs(small.value) + abs(middle.value) != abs(large.value):
        return {}
    if abs(large.value) < _LEAST or abs(small.value) < _LEAST_PART:
        return {}
    if any(quantity.scale or quantity.step != 1 or not quantity.is_known for quantity in three):
        return {}
    if any(quantity.end == len(quantity.text) for quantity in three):
        return {}  # the rest of its counter may stand on the next line
    one, two, other = (quantity.counter for quantity in three)
    for alone, pair in ((other, (one, two)), (two, (one, other)), (one, (two, other))):
        if words.are_alike(*pair) and not words.are_alike(alone, pair[0]):
            return {"counter": pair[0], "other_counter": alone}
    return {}
