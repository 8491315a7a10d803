"""What the rows of a group should agree on, and how columns tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import narwhals as nw

from auditor.formula.columns.values import Num, Ratio, Whole
from auditor.formula.tree import Node
from auditor.records import figures
from auditor.records.figures import Interval, Quantity

__all__ = ["TOO_LARGE", "Agreement"]

_LARGEST: Final = 2**63 - 1
TOO_LARGE: Final = -1
"""The divisor of what no column can hold: its rows are left to the judge."""
_ENDS: Final = ("lo_d", "lo_u", "hi_d", "hi_u")


@dataclass(frozen=True)
class Agreement:
    """One ``agreed(…)``: the number that the rows of a group should agree on, and how what they
    agree on is told by columns.

    ``ratio`` is the number as a quotient whose ends are known to be open or not: its whole
    numbers are columns, ``under_lo`` is 0 where nothing is agreed on, and below 0 where the numbers
    are too large. Any other number is told by enclosures, with ``state`` 0 for nothing.
    """

    expression: Node
    value: Num
    prefix: str
    height: int

    @cached_property
    def ratio(self) -> Ratio | None:
        value = self.value
        if isinstance(value, Whole):
            value = value.over_one or value
        return (
            value
            if isinstance(value, Ratio) and value.under.point and value.open is not None
            else None
        )

    def marks(self, end: str) -> list[str]:
        """The column that says whether an end (``lo`` or ``hi``) is open, where that is not the
        same for every row.
        """
        ends = self.ratio and self.ratio.open
        return [f"{end}_open"] if ends and isinstance(getattr(ends, end), nw.Expr) else []

    @cached_property
    def columns(self) -> dict[str, str]:
        """The columns by which what is agreed on is told: the name in the table of groups, and in
        a frame of rows.
        """
        names: list[str] = []
        if self.ratio is None:
            names += [*_ENDS, "state"]
        else:
            ends = ("lo",) if self.ratio.point else ("lo", "hi")
            for end in ends:
                names += [f"over_{end}", f"under_{end}", *self.marks(end)]
        return {name: f"{self.prefix}/{name}" for name in names}

    def written(self, value: Quantity | None) -> dict[str, int | float | None]:
        """An agreed value as columns."""
        if self.ratio is None:
            if value is None:
                return {**dict.fromkeys(_ENDS), "state": 0}
            span = figures.ends(value)
            return {
                **dict(zip(_ENDS, (*_enclosed(span.lo), *_enclosed(span.hi)), strict=True)),
                "state": 1,
            }
        if value is None:
            return dict.fromkeys(self.columns, 0)
        span, (up, down) = figures.ends(value), self.ratio.factors
        parts: dict[str, int | float | None] = {
            "lo_open": int(span.lo_open),
            "hi_open": int(span.hi_open),
        }
        for end, place in (("lo", span.lo), ("hi", span.hi)):
            quotient = Fraction(place) * down / up
            parts |= {f"over_{end}": quotient.numerator, f"under_{end}": quotient.denominator}
        columns = {name: parts[name] for name in self.columns}
        if any(abs(number or 0) > _LARGEST for number in columns.values()):
            return {**dict.fromkeys(self.columns, 0), "under_lo": TOO_LARGE}
        return columns

    def read(self, row: Mapping[str, Any]) -> Quantity | None:
        """The agreed value that columns tell."""
        assert self.ratio is not None
        (up, down), ends = self.ratio.factors, self.ratio.open
        if not row["under_lo"] or ends is None:
            return None
        lo, hi = (
            figures.exact(Fraction(row[f"over_{end}"] * up, row[f"under_{end}"] * down))
            for end in ("lo", "lo" if self.ratio.point else "hi")
        )
        if lo == hi:
            return lo
        return Interval(
            lo,
            hi,
            *(
                bool(row[self.marks(end)[0]] if self.marks(end) else getattr(ends, end))
                for end in ("lo", "hi")
            ),
        )


def _enclosed(value: int | Fraction) -> tuple[float, float]:
    near = float(value)
    away = abs(near) * 2.0**-51
    return near - away, near + away
