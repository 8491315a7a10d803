"""What is known of one form's columns before formulas are made of them.

That is how they are scaled, how large their values are, and where only the judge may answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from auditor.engines.engine import Frame
from auditor.records.fields import Each

__all__ = ["AT", "Base", "Needed", "Prepared"]

AT: Final = "#at"
"""The place of a column in its form; the year of an evaluation, or of a KPI's actual."""

Needed = Mapping[Each, Iterable[str]]
"""The names that formulas use on each kind of row."""


@dataclass(frozen=True)
class Base:
    """What is known of the columns of one kind of row: the scale, bound and least value of each,
    and which of them have marks.

    ``blank`` names the columns in which anything is missing; ``open`` and ``unknown`` those with
    a companion ``…/open`` or ``…/unknown``; a name of ``absent`` has no column. ``gaps`` says
    that a sheet may lack rows of columns that the form prints.
    """

    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    bounds: Mapping[str, int] = field(default_factory=dict[str, int])
    least: Mapping[str, int] = field(default_factory=dict[str, int])
    blank: frozenset[str] | None = None
    open: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    gaps: bool = True

    @property
    def coarse(self) -> Base:
        """The same with bounds that are powers of two. They hold of other tables of the kind too,
        so what formulas were turned into can be used again.
        """
        bounds = {
            name: 1 << (bound - 1).bit_length() for name, bound in self.bounds.items() if bound
        }
        least = {name: _below(value) for name, value in self.least.items()}
        return replace(self, bounds={**dict.fromkeys(self.bounds, 0), **bounds}, least=least)

    @property
    def key(self) -> Hashable:
        """The same for bases that say the same."""
        numbers = (self.scales, self.bounds, self.least)
        return (
            *(tuple(sorted(values.items())) for values in numbers),
            self.blank,
            self.open,
            self.unknown,
            self.absent,
            self.gaps,
        )


def _below(value: int) -> int:
    """The power of two that is not above a number; of its own sign."""
    if value > 0:
        return 1 << (value.bit_length() - 1)
    return -(1 << (-value - 1).bit_length()) if value < 0 else 0


@dataclass(frozen=True)
class Prepared:
    """One form's rows, with the columns that formulas name; ``unsound`` are the books that
    columns can't be sure of.
    """

    frames: Mapping[Each, Frame]
    bases: Mapping[Each, Base]
    unsound: frozenset[int]
    heights: Mapping[Each, int]
    books: int
