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
    if any(quantity.scale or quantity.step != 1 for quantity in three):
        return {}
    if any(quantity.end == len(quantity.text) for quantity in three):
        return {}  # the rest of its counter may stand on the next line
    one, two, other = three
    for alone, first, second in ((other, one, two), (two, one, other), (one, two, other)):
        is_pair = words.are_alike(first.counter, second.counter)
        if is_pair and alone.is_known and not words.are_alike(alone.counter, first.counter):
            return {"counter": first.counter, "other_counter": alone.counter}
    return {}
