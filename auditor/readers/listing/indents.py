"""How far in names begin on a page, where position alone shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from auditor.readers.grid.cells import Box
from auditor.readers.listing.hierarchy import mark_of

__all__ = ["begins_in", "shows_indents"]

_CENTRED: Final = 1.0
"""In half-width characters: by so much the gaps beside a text in the middle of its cell differ."""


def shows_indents(names: Sequence[Box]) -> bool:
    """Whether names of a column stand where their depth puts them: on a page, and neither in the
    middle of their cells nor behind numbers, which tell it by themselves.
    """
    gaps = [gap for box in names if (gap := _gaps(box)) is not None]
    if not gaps or len(gaps) < len(names):
        return False
    centred = sum(abs(left - right) <= _CENTRED for left, right in gaps)
    numbered = sum(mark_of(box.text) is not None for box in names)
    return 2 * centred < len(gaps) and 2 * numbered < len(names)


def begins_in(box: Box) -> int:
    """How far in a name begins on a page, in half-width characters."""
    gaps = _gaps(box)
    return 0 if gaps is None else max(round(gaps[0]), 0)


def _gaps(box: Box) -> tuple[float, float] | None:
    """What is free beside a text in its cell; None where that is not known."""
    return cast("tuple[float, float] | None", getattr(box.cell, "gaps", None))
