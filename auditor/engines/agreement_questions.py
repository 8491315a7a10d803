"""What is asked of the rows of an agreement, group by group. Its expressions are made once, and
kept between audits.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from functools import cached_property
from typing import Final

import narwhals as nw

from auditor.engines.agreement import Agreement
from auditor.engines.bases import AT
from auditor.engines.expressions import KEPT, Expressions, Memory, Same
from auditor.engines.keys import CODE, OWNER
from auditor.formula.columns.values import Mask

__all__ = ["GROUP", "Questions", "numbered", "questions_of"]

GROUP: Final = "#group"
"""The number of a book and column of it."""

_TOLD_APART: Final = 2.0**50
"""Quotients of whole numbers whose product is below this are equal as floats only where they are
equal.
"""
_FEWEST: Final = 3
"""Fewer rows of a group agree on nothing."""


@functools.lru_cache(KEPT)
def numbered(columns: int) -> Expressions:
    """A number for each book and column of it: one key is found sooner than two."""
    return Expressions([(nw.col(CODE) * columns + nw.col(AT)).alias(GROUP)])


class Questions:
    """What is asked of the rows of an agreement, ``group`` by group, step by step."""

    def __init__(self, agreement: Agreement, group: list[str]) -> None:
        ratio = agreement.ratio
        assert ratio is not None
        self._agreement, self._group, self._ratio = agreement, group, ratio

    @cached_property
    def opened(self) -> Expressions | None:
        """Which rows are left open; None where none can be."""
        opened = self._ratio.missing.open
        return Expressions([opened]) if isinstance(opened, nw.Expr) else None

    @cached_property
    def ends(self) -> Expressions:
        """The ends of every row that has them (``lo``, ``hi``) with their whole numbers."""
        ratio = self._ratio
        there, under = ratio.missing.there, ratio.under.lo
        if isinstance(there, nw.Expr):
            under = nw.when(there).then(under)
        divided = replace(ratio, under=replace(ratio.under, lo=under, hi=under))
        lo, hi = divided.floats
        ends = ratio.open
        assert ends is not None
        columns: dict[str, Mask] = {
            "lo": lo,
            "hi": hi,
            "over_lo": ratio.over.lo,
            "over_hi": ratio.over.hi,
            "under": under,
            "lo_open": ends.lo,
            "hi_open": ends.hi,
        }
        keys = map(nw.col, dict.fromkeys([*self._group, OWNER]))
        named = (value.alias(name) for name, value in columns.items() if isinstance(value, nw.Expr))
        return Expressions([*keys, *named])

    @cached_property
    def usual(self) -> Expressions:
        """Between which ends the usual intervals of a group lie. It decides nothing but whether
        the group is sure.
        """
        lo, hi = nw.col("lo"), nw.col("hi")
        center, widest = ((hi + lo) / 2).median(), ((hi - lo) / 2).max()
        return Expressions([(center - widest).alias("least"), (center + widest).alias("most")])

    @cached_property
    def near(self) -> Expressions:
        """The intervals that lie there (all, where nothing is known to be usual), and how far the
        others reach towards them.
        """
        lo, hi = nw.col("lo"), nw.col("hi")
        above = (lo > nw.col("most")).fill_null(False)
        below = (hi < nw.col("least")).fill_null(False)
        near = ~above & ~below
        columns = {
            "lo": nw.when(near).then(lo),
            "hi": nw.when(near).then(hi),
            "below": nw.when(below).then(hi),
            "above": nw.when(above).then(lo),
        }
        named = (value.alias(name) for name, value in columns.items())
        return Expressions([*map(nw.col, self._group), *named])

    @cached_property
    def common(self) -> Expressions:
        """How many of a group's intervals are near, what these have in common and where they lie;
        how many others there are on each side, and how far they reach.
        """
        lo, hi, below, above = (nw.col(name) for name in ("lo", "hi", "below", "above"))
        folded = {
            "near": lo.count(),
            "common lo": lo.max(),
            "common hi": hi.min(),
            "from": lo.min(),
            "to": hi.max(),
            "others below": below.count(),
            "others above": above.count(),
            "below": below.max(),
            "above": above.min(),
        }
        return Expressions(value.alias(name) for name, value in folded.items())

    @cached_property
    def state(self) -> Expressions:
        """1 where it is sure that no other value is admitted by as many as the common ones; 0
        where the rows are too few; else null.
        """
        lo, hi = nw.col("common lo"), nw.col("common hi")
        near, others = (
            nw.col("near").cast(nw.Int64),
            (nw.col("others below") + nw.col("others above")).cast(nw.Int64),
        )
        met = (nw.col("below") >= nw.col("from")).fill_null(False)
        met = met | (nw.col("above") <= nw.col("to")).fill_null(False)
        common = lo == hi if self._ratio.point else lo < hi
        sure = common.fill_null(False) & (near > others) & ~met
        some = nw.when(sure).then(nw.lit(1, nw.Int64))
        state = nw.when(near + others < _FEWEST).then(nw.lit(0, nw.Int64)).otherwise(some)
        named = (lo.alias("lo"), hi.alias("hi"), state.alias("state"))
        return Expressions([*map(nw.col, self._group), *named])

    # --- where exactly the stretch begins and ends

    @property
    def _at(self) -> dict[str, nw.Expr]:
        """The rows at each end of their group's stretch."""
        return {"lo": nw.col("lo") == nw.col("first"), "hi": nw.col("hi") == nw.col("last")}

    @cached_property
    def at_an_end(self) -> Expressions:
        """The rows at either end."""
        return Expressions([self._at["lo"] | self._at["hi"]])

    @cached_property
    def at_ends(self) -> Expressions:
        """The whole numbers of each end, in the rows that are at it; their largest product."""
        over = nw.max_horizontal(nw.col("over_lo").abs(), nw.col("over_hi").abs())
        size = nw.col("under").cast(nw.Float64) * over.cast(nw.Float64)
        of_end = [
            nw.when(mask).then(nw.col(name)).alias(f"{name} of {end}")
            for end, mask in self._at.items()
            for name in (f"over_{end}", "under", *self._agreement.marks(end))
        ]
        return Expressions([*map(nw.col, self._group), size.alias("size"), *of_end])

    @cached_property
    def attained(self) -> Expressions:
        """Of each group the extremes of these numbers, and whether any row's end is open."""
        folded = [nw.col("size").max().alias("size")]
        for end in self._at:
            over, under = nw.col(f"over_{end} of {end}"), nw.col(f"under of {end}")
            folded += [
                over.min().alias(f"{end} least"),
                over.max().alias(f"{end} most"),
                under.min().alias(f"under_{end}"),
            ]
            folded += [
                nw.col(f"{mark} of {end}").cast(nw.Int64).max().alias(mark)
                for mark in self._agreement.marks(end)
            ]
        return Expressions(folded)

    @cached_property
    def told_apart(self) -> Expressions:
        """The groups whose ends floats tell from any other."""
        return Expressions([nw.col("size") < _TOLD_APART])

    @cached_property
    def whole_numbers(self) -> Expressions:
        """The whole numbers of both ends. Of equal quotients the one with the least divisor has
        the number that is nearest to 0.
        """
        columns = {name: nw.col(name) for name in self._agreement.columns}
        for end in self._at:
            least, most = nw.col(f"{end} least"), nw.col(f"{end} most")
            columns[f"over_{end}"] = nw.when(least > 0).then(least).otherwise(most)
        named = (columns[name].cast(nw.Int64).alias(name) for name in self._agreement.columns)
        return Expressions([*map(nw.col, self._group), *named])


_QUESTIONS: Final = Memory[Questions]()


def questions_of(agreement: Agreement, group: list[str]) -> Questions:
    """What is asked of an agreement's rows, as it was put together for an audit before."""
    key = (Same(agreement), *group)
    return _QUESTIONS.get(key) or _QUESTIONS.put(key, Questions(agreement, group))
