"""Headings that come again: they say that a document has the same figures for several years."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["repeated"]


def repeated(headings: Sequence[str]) -> list[int | None] | None:
    """For each heading the number of its block, from 0, or None for one that stands outside of
    the blocks; None where no headings come again.

    The blocks are the longest stretch of headings in which the same ones follow in the same order
    at least twice. Blocks of one heading need a name.
    """
    best: tuple[int, int, int, int] | None = None
    count = len(headings)
    for period in range(1, count // 2 + 1):
        start = 0
        while start + 2 * period <= count:
            times = _times(headings, start, period)
            if times > 1 and headings[start]:
                # The longest stretch; of these the shortest period.
                score = (times * period, -period, -start, times)
                best = score if best is None or score > best else best
            start += max((times - 1) * period, 1)
    if best is None:
        return None
    covered, period, start = best[0], -best[1], -best[2]
    blocks: list[int | None] = [None] * count
    for at in range(start, start + covered):
        blocks[at] = (at - start) // period
    return blocks


def _times(headings: Sequence[str], start: int, period: int) -> int:
    """How many times a stretch of headings follows upon itself."""
    first = headings[start : start + period]
    times = 1
    while headings[start + times * period : start + (times + 1) * period] == first:
        times += 1
    return times
